//! What is to be said of objects that nobody can look at.

use model::Address;
use model::plan::{Action, Change, Note, Reason};

use crate::world::World;

/// Whether something that is declared stays, and nobody can tell whether it is still as written.
pub(super) fn is_unseen(address: &Address, change: &Change) -> bool {
    let stays = matches!(change.action, Action::NoOp | Action::Update | Action::Record)
        && change.reason != Reason::UndeclaredKept;
    stays && change.id.is_some() && address.kind().schema().write_only
}

/// What is to be said of an object that is to be called `name` and made over whatever stands, unless
/// what stands is ours.
pub(super) fn overwrites(world: &World<'_>, address: &Address, name: &str) -> Option<Note> {
    let kind = address.kind();
    let is_blind = kind.schema().write_only && world.ours(kind, name).next().is_none();
    is_blind.then(|| Note::Overwrites { address: address.clone(), name: name.to_owned() })
}
