//! What is in a workspace goes where the workspace goes.

use std::collections::{BTreeMap, BTreeSet};

use model::desired::Lifecycle;
use model::live::Id;
use model::plan::{Action, BlockerCause, Change, Note, Reason, Shown};
use model::{Address, Kind, Path, Value};

use super::known::Move;
use super::{Decider, Decision, settled};
use crate::diff::{Diff, Subject};
use crate::guard::made_from;
use crate::pairing::Pairing;
use crate::scope::told_workspace;
use crate::world::{Object, World};

impl<'a> Decider<'_, 'a, '_> {
    /// The workspace that `object` goes with.
    pub(super) fn swallower(&self, kind: Kind, object: Object<'a>) -> Option<&'a Address> {
        self.pairing.swallowed_with(self.world, kind, object, &self.replaced)
    }

    /// Remembers that a workspace is replaced, for what is in it.
    pub(super) fn note_replaced(&mut self, address: &'a Address, decision: &Decision) {
        let change = &decision.change;
        let is_replaced = change.action == Action::Replace && change.reason != Reason::Deposed;
        if address.kind() == Kind::Workspace && is_replaced && decision.blockers.is_empty() {
            self.replaced.insert(address);
        }
    }

    /// What is left for another time goes all the same where its workspace does. It is not made again
    /// before that time comes.
    pub(super) fn swallowed(&self, address: &'a Address) -> Option<Decision> {
        let object = self.pairing.remembered(self.world, address)?;
        let record = self.world.record(address)?;
        self.swallower(address.kind(), object)?;
        let (reason, id) = (Reason::GoesWithWorkspace, Some(object.id.clone()));
        let name = object.live.name.clone();
        let mut decision = Decision::new(Action::Delete, reason, id, name);
        if record.prevent_destroy {
            decision.block(address, None, BlockerCause::DestroyPrevented);
        }
        let mut steps = self.steps(address);
        steps.prune(record);
        decision.drafts = steps.done();
        Some(decision)
    }

    /// A connector goes with its workspace, and is made again where it is declared.
    pub(super) fn replace_with_workspace(
        &self,
        subject: &Subject<'a, '_>,
        lifecycle: &Lifecycle,
        mut diff: Diff,
        moved: Option<Move<'a>>,
    ) -> Decision {
        let &Subject { address, declared, object: old, .. } = subject;
        let mut decision = self.replacing(subject, &diff);
        if lifecycle.prevent_destroy {
            decision.block(address, None, BlockerCause::DestroyPrevented);
        }
        let mut record = settled(self.world, subject, &mut diff);
        record.deposed.extend(moved.iter().flat_map(Move::leftovers));
        let leftovers = record.deposed.clone();
        let mut steps = self.steps(address);
        if moved.is_some() || diff.witness.is_some() || subject.answer_lost {
            let from = moved.map(|moved| moved.from.clone());
            steps.settle_before(record.clone(), from, diff.witness.clone());
        }
        steps.delete_leftovers(&leftovers);
        steps.delete_first(old, &record);
        steps.create(declared, None);
        decision.drafts = steps.done();
        decision.take(diff);
        decision
    }
}

/// Whether a workspace becomes inactive.
fn is_deactivated(change: &Change) -> bool {
    let status = change.leaves.get(&Path::attribute("status"));
    matches!(change.action, Action::Update | Action::Adopt)
        && status.is_some_and(|leaf| leaf.after == Shown::Clear(Value::text("inactive")))
}

/// How many connectors go with the workspaces that are deleted or `replaced`, or rest with those that
/// are deactivated, and how many stay with the source templates that are replaced. What was not read
/// is not counted.
pub(super) fn notes(
    world: &World<'_>,
    pairing: &Pairing<'_, '_>,
    replaced: &BTreeSet<&Address>,
    changes: &BTreeMap<Address, Change>,
) -> Vec<Note> {
    let mut notes = Vec::new();
    let connectors = world.live.kinds.get(&Kind::Connector);
    let within = |id: &Id| {
        let id = id.clone();
        let objects = connectors.into_iter().flat_map(|read| &read.objects);
        objects
            .map(|(id, live)| Object { id, live })
            .filter(move |object| told_workspace(*object) == Some(id.0.as_str()))
    };
    for (address, change) in changes.iter().filter(|(at, _)| at.kind() == Kind::Workspace) {
        let (Some(id), address) = (&change.id, address.clone()) else { continue };
        if is_deactivated(change) {
            let connectors = within(id).count();
            notes.extend((connectors > 0).then_some(Note::Deactivates { address, connectors }));
        } else if change.action == Action::Delete {
            let lost = within(id).count();
            notes.extend((lost > 0).then_some(Note::ConnectorsGo { address, again: 0, lost }));
        }
    }
    for &workspace in replaced {
        let Some(id) = pairing.standing(workspace) else { continue };
        let within = within(id);
        let is_made_again = |object: &Object<'_>| {
            let holder = pairing.holders.get(&(Kind::Connector, object.id));
            let change = holder.and_then(|holder| changes.get(*holder));
            change.is_some_and(|change| change.action == Action::Replace)
        };
        let (again, lost): (Vec<_>, Vec<_>) = within.partition(is_made_again);
        let (address, again, lost) = (workspace.clone(), again.len(), lost.len());
        if again + lost > 0 {
            notes.push(Note::ConnectorsGo { address, again, lost });
        }
    }
    for (address, change) in changes {
        let is_replaced = change.action == Action::Replace && change.reason != Reason::Deposed;
        if address.kind() == Kind::SourceTemplate && is_replaced {
            let count = made_from(world, changes, address);
            let address = address.clone();
            notes.extend((count > 0).then_some(Note::ConnectorsStay { address, count }));
        }
    }
    notes
}
