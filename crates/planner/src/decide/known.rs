//! What is done about an object of ours that is known by its id: it stays, perhaps changed, or
//! another one takes its place.

use model::desired::{Lifecycle, Resource};
use model::kind::Attribute;
use model::kinds::workspace::DEFAULT_NAME;
use model::plan::{Action, BlockerCause, Reason};
use model::state::{Deposed, Origin, Record};
use model::{Address, Kind};

use super::unseen::overwrites;
use super::{Decider, Decision, settled};
use crate::declared::Remembrance;
use crate::diff::{Diff, Subject};
use crate::world::{Object, is_nameless};

/// A resource that has been given another address.
pub(super) struct Move<'a> {
    pub(super) from: &'a Address,
    /// What the new address remembers of an object that is gone.
    pub(super) lost: Option<&'a Record>,
}

impl Move<'_> {
    /// What the gone object had replaced.
    pub(super) fn leftovers(&self) -> Vec<Deposed> {
        self.lost.map_or_else(Vec::new, |record| record.deposed.clone())
    }
}

impl<'a> Decider<'_, 'a, '_> {
    /// An object of ours, known by its id.
    pub(super) fn known(
        &mut self,
        subject: &Subject<'a, '_>,
        moved: Option<Move<'a>>,
        replacement: Option<Object<'a>>,
    ) -> Decision {
        let diff = self.compare(subject);
        let address = subject.address;
        let is_swallowed = self.swallower(address.kind(), subject.object).is_some();
        // A tag has nothing but its name, and goes from wherever it is attached with the old object.
        let is_asked = self.world.options.replace.contains(address) && address.kind() != Kind::Tag;
        if !diff.is_replace() && !is_swallowed && !is_asked {
            return self.keep(subject, diff, moved);
        }
        // A new object is as declared: what is ignored is only what has become of the old one.
        let Some(resource) = self.world.resource(address) else {
            return self.keep(subject, diff, moved);
        };
        let declared = &self.lexicon.declared(self.world, address, resource);
        let &Subject { address, declared: _, object, record, answer_lost } = subject;
        let subject = &Subject { address, declared, object, record, answer_lost };
        if is_swallowed {
            return self.replace_with_workspace(subject, &resource.lifecycle, diff, moved);
        }
        match replacement {
            Some(replacement) => self.complete(subject, resource, diff, replacement),
            None => self.replace(subject, &resource.lifecycle, diff, moved),
        }
    }

    /// The object stays, perhaps changed.
    fn keep(&self, subject: &Subject<'a, '_>, mut diff: Diff, moved: Option<Move<'a>>) -> Decision {
        let address = subject.address;
        let mut record = settled(self.world, subject, &mut diff);
        record.deposed.extend(moved.iter().flat_map(Move::leftovers));
        let leftovers = record.deposed.clone();
        let mut steps = self.steps(address);
        let is_remembered = subject.record == Some(&record);
        let only_at_hand = subject.record.is_some_and(|known| is_at_hand(known, &record));
        if !is_remembered || moved.is_some() || self.world.begun(address).is_some() {
            let from = moved.as_ref().map(|moved| moved.from.clone());
            steps.settle_before(record, from, diff.witness.clone());
        }
        steps.change(subject, &diff);
        steps.delete_leftovers(&leftovers);
        let is_live = |old: &Deposed| self.is_live(address, old);
        let from = moved.map(|moved| Reason::Moved { from: moved.from.clone() });
        let (action, reason) = match from {
            // A delete is never hidden behind a lesser action.
            _ if leftovers.iter().any(is_live) => (Action::Replace, Reason::Deposed),
            Some(moved) if diff.is_change() => (Action::Update, moved),
            Some(moved) => (Action::Record, moved),
            None if diff.is_change() => (Action::Update, diff.reason()),
            None if !leftovers.is_empty() => (Action::Record, Reason::Deposed),
            None if !steps.is_empty() && only_at_hand => (Action::Record, Reason::SecretsAtHand),
            None if !steps.is_empty() => (Action::Record, Reason::NotRemembered),
            None => (Action::NoOp, Reason::AsDeclared),
        };
        let id = Some(subject.object.id.clone());
        let mut decision =
            Decision::new(action, reason, id, self.name(address, Some(subject.object)));
        decision.drafts = steps.done();
        self.rotates(address, &diff, &mut decision);
        decision.take(diff);
        decision
    }

    /// A new object takes the place of this one.
    fn replace(
        &mut self,
        subject: &Subject<'a, '_>,
        lifecycle: &Lifecycle,
        mut diff: Diff,
        moved: Option<Move<'a>>,
    ) -> Decision {
        let &Subject { address, declared, object: old, .. } = subject;
        let mut decision = self.replacing(subject, &diff);
        let is_workspace = address.kind() == Kind::Workspace;
        let is_default = old.live.name == DEFAULT_NAME;
        if lifecycle.prevent_destroy {
            decision.block(address, None, BlockerCause::DestroyPrevented);
        } else if is_workspace && (!lifecycle.allow_replace || is_default) {
            let attributes = diff.replace.clone();
            decision.block(address, None, BlockerCause::WorkspaceReplaced { attributes });
        } else if address.kind() == Kind::Connector && !lifecycle.allow_replace {
            let attributes = diff.replace.clone();
            decision.block(address, None, BlockerCause::ConnectorReplaced { attributes });
        }
        let mut record = settled(self.world, subject, &mut diff);
        record.deposed.extend(moved.iter().flat_map(Move::leftovers));
        let leftovers = record.deposed.clone();
        // Two workspaces cannot be told apart by the name that they are made by (rulings, "Data"). And
        // what is written over cannot be deleted afterwards.
        let is_written_over = address.kind().schema().write_only;
        let goes_first = is_workspace || is_written_over || lifecycle.destroy_before_create;
        // Also another resource may want the name, and wait for it.
        let in_the_way = !goes_first
            && self.pairing.is_wanted(self.world, address.kind(), old)
            && !is_nameless(address.kind(), &old.live.attributes);
        let aside = in_the_way.then(|| self.aside_name(address.kind(), &old.live.name));
        let mut steps = self.steps(address);
        if moved.is_some() || diff.witness.is_some() || subject.answer_lost {
            let from = moved.map(|moved| moved.from.clone());
            steps.settle_before(record.clone(), from, diff.witness.clone());
        }
        decision.notes.extend(overwrites(self.world, address, &decision.change.name));
        if goes_first {
            steps.delete_leftovers(&leftovers);
            steps.delete_first(old, &record);
            steps.create(declared, None);
        } else {
            if let Some(aside) = &aside {
                steps.set_aside(old, aside.clone());
            }
            steps.create(declared, Some(deposed(old)));
            steps.delete_replaced(old, aside.as_ref().unwrap_or(&old.live.name));
            steps.delete_leftovers(&leftovers);
        }
        decision.drafts = steps.done();
        decision.change.leaves = diff.leaves;
        decision.blockers.extend(diff.blockers);
        decision
    }

    /// The object that takes the place of this one stands already: an earlier run made it and did
    /// not get to recording it.
    fn complete(
        &mut self,
        subject: &Subject<'a, '_>,
        resource: &Resource,
        diff: Diff,
        new: Object<'a>,
    ) -> Decision {
        let &Subject { address, declared, object: old, record: known, answer_lost: _ } = subject;
        let mut decision = self.replacing(subject, &diff);
        let mut made = self.made(address, new, known);
        if let Some(made) = &mut made {
            made.deposed.push(deposed(old));
        }
        // What was not declared yet when it was made, and is ignored by now, it has not got.
        let mut left = None;
        if let Some(sent) = self.world.sent(address, &new.live.name) {
            let mut declared = self.lexicon.declared(self.world, address, resource);
            let spec = |attribute: &Attribute| self.lexicon.spec(self.world, address, attribute);
            let begun = Remembrance::Begun(Some(sent));
            declared.keep_ignored(&resource.lifecycle, new.live, begun, spec);
            left = Some(declared);
        }
        let record = made.as_ref();
        let made = |declared| Subject { address, declared, object: new, record, answer_lost: true };
        let subject = made(left.as_ref().unwrap_or(declared));
        let mut rest = self.compare(&subject);
        if record.is_some() && rest.is_replace() {
            // Something else has been declared since, and so it is replaced as well.
            self.completed.insert((address.kind(), new.id.clone()));
            return self.replace(&made(declared), &resource.lifecycle, rest, None);
        }
        if !rest.replace.is_empty() {
            let (id, attributes) = (new.id.clone(), rest.replace.clone());
            let cause = BlockerCause::AdoptionWouldReplace { id, attributes };
            decision.block(address, None, cause);
        }
        let leftovers = known.map_or_else(Vec::new, |record| record.deposed.clone());
        let mut record = settled(self.world, &subject, &mut rest);
        record.deposed = leftovers.clone();
        record.deposed.push(deposed(old));
        let mut steps = self.steps(address);
        steps.settle_before(record, None, rest.witness.clone());
        steps.change(&subject, &rest);
        steps.delete_replaced(old, &old.live.name);
        steps.delete_leftovers(&leftovers);
        decision.drafts = steps.done();
        decision.take(rest);
        decision.change.leaves = diff.leaves;
        self.completed.insert((address.kind(), new.id.clone()));
        decision
    }

    pub(super) fn replacing(&self, subject: &Subject<'a, '_>, diff: &Diff) -> Decision {
        let id = Some(subject.object.id.clone());
        let reason = if !diff.replace.is_empty() {
            Reason::Immutable { attributes: diff.replace.clone() }
        } else if !diff.triggers.is_empty() {
            Reason::Triggered { by: diff.triggers.clone() }
        } else if self.world.options.replace.contains(subject.address) {
            Reason::Asked
        } else {
            Reason::GoesWithWorkspace
        };
        let name = self.name(subject.address, Some(subject.object));
        Decision::new(Action::Replace, reason, id, name)
    }

    /// A free name for what is replaced: `NAME (replaced)`, or with a number where that is taken.
    fn aside_name(&mut self, kind: Kind, name: &str) -> String {
        let numbered = (2_usize..).map(|number| format!("{name} (replaced {number})"));
        let mut names = std::iter::once(format!("{name} (replaced)")).chain(numbered);
        let is_free = |aside: &String| {
            self.world.called(kind, aside).is_empty()
                && !self.world.is_declared(kind, aside)
                && !self.asides.contains(&(kind, aside.clone()))
        };
        let aside = names.find(is_free).unwrap_or_default();
        self.asides.insert((kind, aside.clone()));
        aside
    }
}

fn deposed(object: Object<'_>) -> Deposed {
    Deposed { id: object.id.clone(), name: object.live.name.clone() }
}

/// Whether `now` differs from `known` in nothing but secrets that `known` was made without.
fn is_at_hand(known: &Record, now: &Record) -> bool {
    if known == now {
        return false;
    }
    let mut known = known.clone();
    for (path, leaf) in &mut known.leaves {
        if let (Origin::Unknown, Some(now)) = (leaf.origin, now.leaves.get(path)) {
            leaf.clone_from(now);
        }
    }
    known == *now
}
