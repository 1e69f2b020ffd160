//! `airform plan`.

use super::target::Target;
use super::{Context, clear_secrets, decide, declared, runtime};
use crate::args::PlanCommand;
use crate::exit::Exit;
use crate::report::Failure;
use crate::secrets::{KeyedFingerprints, Secrets};

/// Shows what would change, and changes nothing.
pub(crate) fn run(command: PlanCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let PlanCommand { manifest, target, decision, without_secrets, detailed_exitcode } = command;
    let env = decide::seen_env(target.sandbox, &context.env);
    let declared = declared::read(&manifest, &env, context)?;
    let secrets = if target.sandbox {
        Secrets::stand_ins(&declared.desired)
    } else if without_secrets {
        Secrets::default()
    } else {
        declared.secrets(&env)?
    };
    let target = Target::open(&target, &declared, context)?.read_only();
    let document = target.store.load()?.document;
    let decided = runtime()?.block_on(async {
        let owner = target.owner(&document.state, context.streams).await?;
        let fingerprints =
            KeyedFingerprints::new(document.key.bytes(), &owner.organization, &secrets);
        let options = decide::options(&decision);
        decide::decide(&declared, &target, &document.state, &fingerprints, &options).await
    })?;
    clear_secrets::warn(&declared, &decided, context);
    let plan = decided.plan;
    decide::show(&plan, context);
    if context.verbose {
        context.streams.remark(format!("requests made: {}", target.client.requests()));
    }
    if !plan.blockers.is_empty() {
        return Err(decide::blocked(&plan, &declared));
    }
    Ok(if plan.is_quiet() || !detailed_exitcode { Exit::Done } else { Exit::Pending })
}
