//! What stands in the way of a plan as a whole.

use std::collections::{BTreeMap, BTreeSet};

use model::kinds::workspace::DEFAULT_NAME;
use model::plan::{Action, Blocker, BlockerCause, Change, Reason};
use model::{Address, Kind};

use crate::world::World;

/// From how many managed objects of a kind on the share that goes is watched.
const WATCHED_FROM: usize = 10;
/// How many in a hundred may go (rulings, "Data").
const MAY_GO_PERCENT: usize = 30;
/// From how many remembered objects of a kind on it is suspicious that all are gone (rulings,
/// "Behaviour").
const VANISHED_FROM: usize = 2;

/// Every reason not to carry out `changes` that no single resource gives.
pub(crate) fn guard(world: &World<'_>, changes: &BTreeMap<Address, Change>) -> Vec<Blocker> {
    let mut causes = Vec::new();
    for kind in world.wanted() {
        if !world.is_known(kind) {
            causes.push(BlockerCause::KindUnavailable { kind });
            continue;
        }
        causes.extend(vanished(world, kind));
        causes.extend(too_many_gone(world, kind, changes));
    }
    causes.extend(unsettled(world));
    causes.extend(unconfirmed_deletes(world, changes));
    let whole = causes.into_iter().map(|cause| Blocker { address: None, path: None, cause });
    whole.chain(unconfirmed_replaces(world, changes)).collect()
}

/// The workspaces that may be replaced and whose names nobody has said. What goes with them is shown
/// all the same: it is what the name is asked for.
fn unconfirmed_replaces(
    world: &World<'_>,
    changes: &BTreeMap<Address, Change>,
) -> impl Iterator<Item = Blocker> {
    changes.iter().filter_map(|(address, change)| {
        let lifecycle = world.lifecycle(address)?;
        let is_replaced = address.kind() == Kind::Workspace
            && change.action == Action::Replace
            && change.reason != Reason::Deposed;
        let name = &world.object(address.kind(), change.id.as_ref()?)?.live.name;
        let is_said = world.options.replace_workspaces.contains(name);
        // Otherwise it is blocked for good, and a name would not help.
        let may_be = lifecycle.allow_replace && !lifecycle.prevent_destroy && name != DEFAULT_NAME;
        (is_replaced && may_be && !is_said).then(|| Blocker {
            address: Some(address.clone()),
            path: None,
            cause: BlockerCause::WorkspaceReplaceUnconfirmed { name: name.clone() },
        })
    })
}

/// A create of which nothing is known may have made something. To look for it is what a plan of the
/// declaration is for; here nothing is declared.
fn unsettled(world: &World<'_>) -> Option<BlockerCause> {
    let addresses: BTreeSet<Address> = world.all_begun().cloned().collect();
    (world.options.destroy && !addresses.is_empty())
        .then_some(BlockerCause::Unsettled { addresses })
}

fn vanished(world: &World<'_>, kind: Kind) -> Option<BlockerCause> {
    let mut records = world.records(kind);
    let count = records.clone().count();
    let is_all = records.all(|record| world.object(kind, &record.id).is_none());
    (is_all && count >= VANISHED_FROM && !world.options.accept_vanished.contains(&kind))
        .then_some(BlockerCause::KindVanished { kind, count })
}

fn too_many_gone(
    world: &World<'_>,
    kind: Kind,
    changes: &BTreeMap<Address, Change>,
) -> Option<BlockerCause> {
    // Without state, what is taken over by its name and what is known by its tag are all there is.
    let is_known_anyhow = |(address, change): &(&Address, &Change)| {
        let is_found = change.action == Action::Adopt || change.reason == Reason::Orphaned;
        address.kind() == kind && is_found && !world.state.records.contains_key(address)
    };
    let found = match world.desired.ownership_tag {
        Some(_) => changes.iter().filter(is_known_anyhow).count(),
        None => 0,
    };
    let of = world.records(kind).count() + found;
    let count =
        changes.iter().filter(|(address, change)| address.kind() == kind && goes(change)).count();
    // Who asks for everything to go need not be asked whether so much is meant.
    (!world.options.destroy && of >= WATCHED_FROM && count * 100 > of * MAY_GO_PERCENT)
        .then_some(BlockerCause::TooManyGone { kind, count, of })
}

/// Whether the object that is managed now goes. Deleting what an earlier run has replaced takes
/// nothing away, and what goes with its workspace is counted there.
fn goes(change: &Change) -> bool {
    match change.action {
        Action::Delete => change.reason != Reason::GoesWithWorkspace,
        Action::Replace => change.reason != Reason::Deposed,
        Action::NoOp
        | Action::Create
        | Action::Update
        | Action::Adopt
        | Action::Record
        | Action::Forget => false,
    }
}

fn unconfirmed_deletes(
    world: &World<'_>,
    changes: &BTreeMap<Address, Change>,
) -> Option<BlockerCause> {
    let count = changes
        .iter()
        .filter(|(address, change)| {
            address.kind() == Kind::Workspace && change.action == Action::Delete
        })
        .count();
    let expected = world.options.prune.expected_workspace_deletes;
    (count > 0 && expected != Some(count))
        .then_some(BlockerCause::WorkspaceDeletesUnconfirmed { count, expected })
}
