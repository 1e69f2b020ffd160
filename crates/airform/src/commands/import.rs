//! `airform import`.

use manifest::{Diagnostic, Severity};
use model::desired::{Import, ImportBy};
use model::live::{Id, Scope};
use model::plan::{Call, Memory, Plan, Reason};
use model::state::{Record, StateChange};
use model::{Address, Path};

use super::decide::seen_env;
use super::declared::{self, Declared};
use super::target::Target;
use super::{Context, runtime};
use crate::args::ImportCommand;
use crate::exit::Exit;
use crate::report::Failure;
use crate::secrets::{KeyedFingerprints, Secrets};
use crate::views;
use crate::views::plan::counted;

/// Remembers a live object as a declared resource, as an entry under `import:` would.
pub(crate) fn run(command: ImportCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let ImportCommand { address, id, manifest, target } = command;
    let env = seen_env(target.sandbox, &context.env);
    let mut declared = declared::read(&manifest, &env, context)?;
    let secrets = if target.sandbox {
        Secrets::stand_ins(&declared.desired)
    } else {
        declared.secrets_at_hand(&env)
    };
    declare(&address, &id, &mut declared)?;
    let target = Target::open(&target, &declared, context)?.read_only();
    let mut session = target.store.lock(&super::apply::holder("import"))?;
    if let Some(record) = session.state().records.get(&address) {
        return Err(Failure::error(format!("{address} is remembered already, as {}", record.id))
            .help("airform state rm forgets it"));
    }
    let key = *session.document().key.bytes();
    let (owner, plan) = runtime()?.block_on(async {
        let owner = target.owner(session.state(), context.streams).await?;
        let fingerprints = KeyedFingerprints::new(&key, &owner.organization, &secrets);
        let mut scope = Scope::of(&declared.desired, session.state());
        let (live, _) = target.refresh(&mut scope).await?;
        declared.cover(&live.facts);
        let options = planner::Options::default();
        let desired = &declared.desired;
        let plan = planner::plan(desired, &live, session.state(), &fingerprints, &options);
        Ok::<_, Failure>((owner, plan))
    })?;
    let record = record(&plan, &address, &declared)?.clone();
    let said = said(&plan, &address, &record);
    session.claim(owner)?;
    session.edit(StateChange::Put { address, record });
    session.finish()?;
    context.streams.say(said);
    Ok(Exit::Done)
}

/// Says in the declaration which object it is, as if it stood there.
fn declare(address: &Address, id: &str, declared: &mut Declared) -> Result<(), Failure> {
    let Some(resource) = declared.desired.resources.get(address) else {
        return Err(Failure::error(format!("{address} is not declared"))
            .help("declare it first; what is imported is what a declaration is about"));
    };
    if resource.external {
        return Err(Failure::error(format!(
            "{address} is external, so nothing is remembered of it"
        ))
        .help("take `external: true` away to manage it here"));
    }
    if address.kind().schema().write_only {
        return Err(Failure::error(format!("{} cannot be imported", address.kind().one()))
            .help("the service never shows it; what is declared is written over what stands"));
    }
    let by = match is_uuid(id) {
        true => ImportBy::Id(Id(id.to_ascii_lowercase())),
        false => ImportBy::Name(id.to_owned()),
    };
    let import = Import { by, span: resource.span };
    declared.desired.imports.insert(address.clone(), import);
    Ok(())
}

/// Ids have the form of a UUID (dossier 1); what is called so can only be imported by its id.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// What is to be remembered of `address`, or what stands in the way.
fn record<'p>(
    plan: &'p Plan,
    address: &Address,
    declared: &Declared,
) -> Result<&'p Record, Failure> {
    let in_the_way: Vec<Diagnostic> = plan
        .blockers
        .iter()
        .filter(|blocker| blocker.address.as_ref() == Some(address))
        .map(|blocker| {
            let words = views::blocker::words(blocker);
            let resource = declared.desired.resources.get(address);
            let place = resource.map(|resource| match &blocker.path {
                Some(path) => resource.place(path),
                None => resource.span,
            });
            Diagnostic {
                code: "import::refused",
                severity: Severity::Error,
                message: words.message,
                labels: place
                    .map(|place| (place, "declared here".to_owned()))
                    .into_iter()
                    .collect(),
                help: None,
            }
        })
        .collect();
    if !in_the_way.is_empty() {
        return Err(Failure::complaints(Exit::Error, in_the_way, declared.shown().to_vec()));
    }
    if let Some(Reason::Moved { from }) = plan.changes.get(address).map(|change| &change.reason) {
        return Err(Failure::error(format!("this object is {from} already"))
            .help("airform state mv gives it another address"));
    }
    let own = plan.steps.iter().filter(|step| step.address == *address);
    let mut remembered = own.filter_map(|step| match (&step.call, &step.memory) {
        (Call::Nothing, Memory::Put { record, moved_from: None }) => Some(record),
        _ => None,
    });
    remembered
        .next_back()
        .ok_or_else(|| Failure::error(format!("nothing tells which object {address} is")))
}

/// What was done, and what is left to do.
fn said(plan: &Plan, address: &Address, record: &Record) -> String {
    let name = views::style::quoted(&record.name);
    let done = format!("{address} is the {} {name} ({}) now.", address.kind().noun(), record.id);
    let change = plan.changes.get(address);
    let differing: std::collections::BTreeSet<&str> =
        change.into_iter().flat_map(|change| change.leaves.keys().map(Path::root)).collect();
    match differing.len() {
        0 => format!("{done} It is as declared."),
        count => {
            let names: Vec<String> = differing.iter().map(|name| format!("`{name}`")).collect();
            let verb = if count == 1 { "differs" } else { "differ" };
            format!(
                "{done} {} {verb} from what is declared ({}); airform plan shows how.",
                counted(count, "attribute", "attributes"),
                views::plan::list(&names)
            )
        }
    }
}
