//! What stands in the way of a plan as a whole.

mod rules;

pub use rules::frozen;

use std::collections::{BTreeMap, BTreeSet};

use model::kinds::connector::WORKSPACE;
use model::kinds::workspace::DEFAULT_NAME;
use model::plan::{Action, Blocker, BlockerCause, Change, Note, Reason};
use model::state::Record;
use model::{Address, Kind};

use crate::world::World;

/// From how many remembered objects of a kind on it is suspicious that all are gone (rulings,
/// "Behaviour").
const VANISHED_FROM: usize = 2;

/// Every reason not to carry out `changes` that no single resource gives, and what was overridden.
pub(crate) fn guard(
    world: &World<'_>,
    changes: &BTreeMap<Address, Change>,
) -> (Vec<Blocker>, Vec<Note>) {
    let mut causes = Vec::new();
    for kind in world.wanted() {
        if !world.is_known(kind) {
            causes.push(BlockerCause::KindUnavailable { kind });
            continue;
        }
        causes.extend(vanished(world, kind));
    }
    causes.extend(unsettled(world));
    causes.extend(unconfirmed_deletes(world, changes));
    let templates = templates_in_use(world, changes);
    let whole = causes.into_iter().map(|cause| Blocker { address: None, path: None, cause });
    let (broken, overridden) = rules::check(world, changes);
    let replaces = unconfirmed_replaces(world, changes);
    let blockers = whole.chain(broken).chain(replaces).chain(templates).collect();
    (blockers, overridden)
}

/// The workspaces that may be replaced and whose names nobody has said. What goes with them is shown
/// all the same: it is what the name is asked for.
fn unconfirmed_replaces(
    world: &World<'_>,
    changes: &BTreeMap<Address, Change>,
) -> impl Iterator<Item = Blocker> {
    changes.iter().filter_map(|(address, change)| {
        let is_replaced = address.kind() == Kind::Workspace
            && change.action == Action::Replace
            && change.reason != Reason::Deposed;
        if !is_replaced {
            return None;
        }
        let lifecycle = world.lifecycle(address)?;
        let name = &world.object(address.kind(), change.id.as_ref()?)?.live.name;
        let is_said = world.options.replace_workspaces.contains(name);
        // Otherwise it is blocked for good, and a name would not help.
        let may_be = lifecycle.allow_replace && !lifecycle.prevent_destroy && name != DEFAULT_NAME;
        (may_be && !is_said).then(|| Blocker {
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
    let mut records = world.records(kind).filter(|record| !is_swallowed(world, kind, record));
    let count = records.clone().count();
    let is_all = records.all(|record| world.object(kind, &record.id).is_none());
    (is_all && count >= VANISHED_FROM && !world.options.accept_vanished.contains(&kind))
        .then_some(BlockerCause::KindVanished { kind, count })
}

/// Whether a connector is gone because its workspace is, which counts for itself.
fn is_swallowed(world: &World<'_>, kind: Kind, record: &Record) -> bool {
    let workspace = record.kept.get(WORKSPACE).filter(|_| kind == Kind::Connector);
    let Some(workspace) = workspace.and_then(|kept| Address::parse(kept)) else { return false };
    let stands = world
        .record(&workspace)
        .is_some_and(|workspace| world.object(Kind::Workspace, &workspace.id).is_some());
    !stands && !world.resource(&workspace).is_some_and(|workspace| workspace.external)
}

/// Source templates that are deleted under connectors that stay. Such a connector goes on (dossier
/// 3.3), but nothing could make it again.
fn templates_in_use(
    world: &World<'_>,
    changes: &BTreeMap<Address, Change>,
) -> impl Iterator<Item = Blocker> {
    let is_deleted = |(address, change): &(&Address, &Change)| {
        address.kind() == Kind::SourceTemplate && change.action == Action::Delete
    };
    changes.iter().filter(is_deleted).filter_map(|(address, _)| {
        let count = made_from(world, changes, address);
        (count > 0).then(|| Blocker {
            address: Some(address.clone()),
            path: None,
            cause: BlockerCause::TemplateInUse { count },
        })
    })
}

/// How many remembered connectors are made from `template` and stay.
pub(crate) fn made_from(
    world: &World<'_>,
    changes: &BTreeMap<Address, Change>,
    template: &Address,
) -> usize {
    let stays = |address: &Address, record: &Record| {
        // Another one may stand for it by now, of which the record says nothing: a run broke off when
        // it had made that one.
        let change = changes.get(address).filter(|change| change.id.as_ref() == Some(&record.id));
        change.is_some_and(|change| match change.action {
            Action::NoOp | Action::Update | Action::Adopt | Action::Record => true,
            Action::Replace => change.reason == Reason::Deposed,
            Action::Create | Action::Delete | Action::Forget => false,
        })
    };
    let template = template.to_string();
    let connectors = world.state.records.iter().filter(|(address, record)| {
        address.kind() == Kind::Connector && record.kept.get("source_template") == Some(&template)
    });
    connectors.filter(|(address, record)| stays(address, record)).count()
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
