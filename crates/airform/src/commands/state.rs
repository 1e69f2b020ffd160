//! `airform state`.

mod digests;

use std::path::Path;

use model::Address;
use model::state::StateChange;
use state::Store;

use super::Context;
use super::target::{SANDBOX_FOLDER, STATE_FILE};
use crate::args::{StateCommand, StateVerb};
use crate::exit::Exit;
use crate::report::Failure;
use crate::sources::read_text;
use crate::views;
use crate::views::plan::counted;

/// Looks at what is remembered, and mends it.
pub(crate) fn run(command: StateCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let StateCommand { command, state, sandbox, reading } = command;
    let store = if sandbox {
        Store::file(Path::new(SANDBOX_FOLDER).join(STATE_FILE))
    } else {
        let bucket = match state {
            Some(_) => None,
            None => super::declared::bucket(&[], &reading, &context.env)?,
        };
        super::store::open(state, bucket.as_ref(), Path::new(""), &context.env)?
    };
    super::store::warn_of_open(&store, [], context.streams);
    match command {
        StateVerb::List => {
            let state = load(&store)?;
            if !state.records.is_empty() {
                context.streams.say(views::state::list(&state));
            }
        }
        StateVerb::Show { address } => {
            let state = load(&store)?;
            let record = state.records.get(&address).ok_or_else(|| unknown(&address, &store))?;
            context.streams.say(views::state::show(&address, record));
        }
        StateVerb::Mv { from, to } => {
            let known = digests::Known::of_manifest(reading, sandbox, context);
            renamed(&store, (&from, &to), &known, context)?;
        }
        StateVerb::ReplaceKey { requests } => {
            return digests::replace_key(&store, reading, (sandbox, requests), context);
        }
        StateVerb::Runs => {
            let runs = store.load()?.document.runs;
            match runs.is_empty() {
                true => context.streams.remark("No run is remembered."),
                false => context.streams.say(views::inverse::runs(&runs)),
            }
        }
        StateVerb::Pull => {
            let text = store.pull()?.ok_or_else(|| none(&store))?;
            context.streams.give(text.trim_end());
        }
        StateVerb::Push { file } => {
            let text = read_text(&file).map_err(Failure::error)?;
            let serial = store.push(&super::apply::holder("state push"), &file, text.as_bytes())?;
            let path = store.path().display();
            context.streams.say(format!("{path} is the pushed state now, of serial {serial}."));
        }
        StateVerb::Rm { address } => {
            let mut session = store.lock(&super::apply::holder("state rm"))?;
            if !session.state().records.contains_key(&address) {
                return Err(unknown(&address, &store));
            }
            session.edit(StateChange::Remove { address: address.clone() });
            session.finish()?;
            context.streams.say(format!(
                "{address} is forgotten. Its object stays as it is in the organization."
            ));
        }
        StateVerb::Unlock { id } => {
            let path = store.path().display();
            let line = match store.unlock(id.as_deref())? {
                Some(holder) => format!("{path} is unlocked. It was held by {holder}."),
                None => format!("{path} is not locked."),
            };
            context.streams.say(line);
        }
    }
    Ok(Exit::Done)
}

fn load(store: &Store) -> Result<model::state::State, Failure> {
    let loaded = store.load()?;
    if !loaded.existed {
        return Err(none(store));
    }
    Ok(loaded.document.state)
}

fn none(store: &Store) -> Failure {
    Failure::error(format!("no state at {}", store.path().display()))
        .help("name it with --state, or run this beside the manifest")
}

/// Gives a record another address, where nothing stands in the way.
fn renamed(
    store: &Store,
    (from, to): (&Address, &Address),
    known: &digests::Known,
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    let mut session = store.lock(&super::apply::holder("state mv"))?;
    let state = session.state();
    if from.kind() != to.kind() {
        return Err(Failure::usage(format!(
            "{from} is {}, and {to} {}",
            from.kind().one(),
            to.kind().one()
        )));
    }
    if state.records.contains_key(to) {
        return Err(Failure::error(format!("{to} is remembered already"))
            .help("airform state rm forgets it"));
    }
    if let Some(begun) = state.open.iter().find(|intent| [from, to].contains(&&intent.address)) {
        return Err(Failure::error(format!(
            "an interrupted run began to make {}, and nothing tells whether it did",
            begun.address
        ))
        .help("run airform apply first: it finds out"));
    }
    let mut changes = state.renamed(from, to);
    if changes.is_empty() {
        return Err(unknown(from, store));
    }
    let key = *session.document().key.bytes();
    let unmade = known.readdress(&mut changes, (from, to), state.owner.as_ref(), &key);
    for change in changes {
        session.edit(change);
    }
    session.finish()?;
    if !unmade.is_empty() {
        let paths: Vec<String> = unmade.iter().map(ToString::to_string).collect();
        context.streams.remark(format!(
            "{} of it cannot be read back, and nothing here tells what was sent ({}): the next apply sends it once more.",
            counted(unmade.len(), "value", "values"),
            paths.join(", ")
        ));
    }
    context.streams.say(format!("{from} is {to} now. Call it so in the manifest too."));
    Ok(())
}

fn unknown(address: &Address, store: &Store) -> Failure {
    Failure::error(format!("{} remembers nothing of {address}", store.path().display()))
        .help("airform state list shows what it remembers")
}
