//! `airform plan`.

use model::basis::{Basis, StateBasis};
use state::{Loaded, SavedPlan, Seed};

use super::target::Target;
use super::{
    Context, budget, clear_secrets, config_check, decide, declared, inverse, left_to_the_end,
    recall, runtime, saved, withheld,
};
use crate::args::{PlanCommand, PlanFormat};
use crate::exit::Exit;
use crate::report::Failure;
use crate::secrets::{KeyedFingerprints, Secrets};
use crate::views;

/// Shows what would change, and changes nothing.
pub(crate) fn run(command: PlanCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let PlanCommand {
        manifest,
        target: place,
        decision,
        without_secrets,
        refresh,
        trust_updated_at,
        out,
        view,
        detailed_exitcode,
    } = command;
    if !refresh {
        recall::check(&decision, out.is_some())?;
    }
    let env = decide::seen_env(place.sandbox, &context.env);
    let mut declared = declared::read(&manifest, &env, context)?;
    let secrets = if place.sandbox {
        Secrets::stand_ins(&declared.desired)
    } else if without_secrets {
        Secrets::default()
    } else {
        declared.secrets(&env)?
    };
    let target = Target::open(&place, &declared, context)?.read_only();
    let loaded = target.store.load()?;
    let document = &loaded.document;
    let target =
        if trust_updated_at { target.trusting(&declared, &document.state) } else { target };
    let mut options = decide::options(&decision);
    if let Some(number) = decision.inverse {
        inverse::take_back(number, document, &mut declared, &mut options, context)?;
    }
    let state = &document.state;
    let (owner, decided) = runtime()?.block_on(async {
        let owner = match refresh {
            true => target.owner(state, context.streams).await?,
            false => recall::owner(state, &target)?,
        };
        let fingerprints =
            KeyedFingerprints::new(document.key.bytes(), &owner.organization, &secrets);
        let decided = match refresh {
            true => decide::decide(&declared, &target, state, &fingerprints, &options).await?,
            false => {
                let recalled = recall::Recalled::new(&target, &declared.desired, state, &owner);
                decide::decide(&declared, &recalled, state, &fingerprints, &options)
                    .await?
                    .not_refreshed()
            }
        };
        Ok::<_, Failure>((owner, decided))
    })?;
    let check = (decision.no_config_check, target.is_sandbox());
    config_check::enforce_planned(&declared, &decided, &options, check, context)?;
    clear_secrets::warn(&declared, &decided.live.facts, context);
    let plan = &decided.plan;
    let is_text = matches!(view.format, PlanFormat::Text);
    if !(is_text && decide::show_asked(&options, plan, context)) {
        let made = target.client.requests();
        let requests = budget::of(plan, decided.floor, made);
        decide::show_as(plan, Some(requests), &view, context);
    }
    if let Some(path) = out {
        clear_secrets::none_to_save(&declared, &decided.live.facts)?;
        let request = saved::request(&manifest, &place, &decision, &declared)?;
        let fingerprints =
            KeyedFingerprints::new(document.key.bytes(), &owner.organization, &secrets);
        let basis = saved::basis(&declared, owner.clone(), state_basis(&loaded), &fingerprints);
        let live = decided.basis(&declared, &fingerprints);
        let seed = (!loaded.existed)
            .then(|| Seed { lineage: document.lineage.clone(), key: document.key.clone() });
        let basis = Basis { live, ..basis };
        let (kept, withheld) = withheld::taken_out(plan, &declared, &decided.live.facts)?;
        SavedPlan { request, seed, basis, plan: kept, withheld }.write(&path)?;
        context.streams.remark(views::moved::saved_line(plan, &path));
    }
    context.tell_requests(&target.client);
    let ended = match plan.blockers.is_empty() {
        false => Err(decide::blocked(plan, &declared)),
        true if plan.is_quiet() || !detailed_exitcode => Ok(Exit::Done),
        true => Ok(Exit::Pending),
    };
    left_to_the_end((decided, loaded, std::mem::take(&mut declared.desired)));
    ended
}

/// Which state the plan is made over. What a killed run has left in its journal is put into the state
/// file by the next one that holds it, and counts there as a change.
fn state_basis(loaded: &Loaded) -> Option<StateBasis> {
    let Loaded { document, existed, recovered } = loaded;
    existed.then(|| StateBasis {
        lineage: document.lineage.clone(),
        serial: document.serial + u64::from(recovered.is_some()),
    })
}
