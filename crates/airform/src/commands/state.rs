//! `airform state`.

use std::path::{Path, PathBuf};

use model::Address;
use model::state::StateChange;
use state::Store;

use super::Context;
use super::target::{SANDBOX_FOLDER, STATE_FILE};
use crate::args::{StateCommand, StateVerb};
use crate::exit::Exit;
use crate::report::Failure;
use crate::views;

/// Looks at what is remembered, and mends it.
pub(crate) fn run(command: StateCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let StateCommand { command, state, sandbox } = command;
    let default = if sandbox {
        Path::new(SANDBOX_FOLDER).join(STATE_FILE)
    } else {
        PathBuf::from(STATE_FILE)
    };
    let store = Store::file(state.unwrap_or(default));
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
        StateVerb::Unlock => {
            let path = store.path().display();
            let line = match store.unlock()? {
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
        return Err(Failure::error(format!("no state at {}", store.path().display()))
            .help("name it with --state, or run this beside the manifest"));
    }
    Ok(loaded.document.state)
}

fn unknown(address: &Address, store: &Store) -> Failure {
    Failure::error(format!("{} remembers nothing of {address}", store.path().display()))
        .help("airform state list shows what it remembers")
}
