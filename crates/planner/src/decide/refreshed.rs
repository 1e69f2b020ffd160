//! Nothing but what was seen: what was changed outside becomes what was last known, so that it counts
//! as drift no longer. Whether the manifest wants it otherwise is for another plan to say.

use model::kind::Attribute;
use model::plan::{Action, MovedSide, Reason};
use model::state::{Origin, Record, Remembered, Seen};
use model::{Address, Path, SmallMap, Value};

use super::{Decider, Decision};
use crate::declared::Remembrance;
use crate::diff::Subject;
use crate::pairing::{Case, How};

impl<'a> Decider<'_, 'a, '_> {
    /// What is seen of one resource that is remembered.
    pub(super) fn refreshed(&self, address: &'a Address, case: &Case<'a, '_>) -> Decision {
        let record = self.world.record(address);
        let object = self.pairing.remembered(self.world, address);
        let name = self.name(address, object);
        let id = object.map(|object| object.id.clone());
        let nothing = Decision::new(Action::NoOp, Reason::AsDeclared, id.clone(), name.clone());
        // A create that was begun is for an apply to look for.
        let Some(record) = record.filter(|_| self.world.begun(address).is_none()) else {
            return nothing;
        };
        let is_elsewhere = self.pairing.holders.get(&(address.kind(), &record.id));
        let (Some(object), Case::Declared { resource, standing, .. }) = (object, case) else {
            if object.is_some() || is_elsewhere.is_some() || !record.deposed.is_empty() {
                return nothing;
            }
            let mut decision =
                Decision::new(Action::Forget, Reason::Vanished, None, record.name.clone());
            let mut steps = self.steps(address);
            steps.forget();
            decision.drafts = steps.done();
            return decision;
        };
        if !matches!(standing.how, How::Id { .. }) {
            return nothing;
        }
        let mut declared = self.lexicon.declared(self.world, address, resource);
        let spec = |attribute: &Attribute| self.lexicon.spec(self.world, address, attribute);
        declared.keep_ignored(&resource.lifecycle, object.live, Remembrance::Of(record), spec);
        let declared = &declared;
        let subject =
            &Subject { address, declared, object, record: Some(record), answer_lost: false };
        let mut leaves = self.compare(subject).leaves;
        leaves.retain(|_, leaf| leaf.moved == MovedSide::Live);
        if leaves.is_empty() {
            return nothing;
        }
        let mut decision =
            Decision::new(Action::Record, Reason::Drifted, id, object.live.name.clone());
        let mut steps = self.steps(address);
        steps.settle(self.as_seen(subject, record, leaves.keys()), None);
        decision.drafts = steps.done();
        for leaf in leaves.values_mut() {
            std::mem::swap(&mut leaf.before, &mut leaf.after);
            leaf.forces_replace = false;
        }
        decision.change.leaves = leaves;
        decision
    }

    /// `record` as if the live values at `drifted` had been sent. What is hidden or gone is as if it had
    /// never been.
    fn as_seen<'p>(
        &self,
        subject: &Subject<'a, '_>,
        record: &Record,
        drifted: impl Iterator<Item = &'p Path>,
    ) -> Record {
        let mut seen = record.clone();
        seen.name.clone_from(&subject.object.live.name);
        let live: SmallMap<Path, Value> = subject
            .declared
            .attributes
            .iter()
            .filter_map(|d| self.lexicon.live_leaves(d.attribute, subject.object.live))
            .flatten()
            .collect();
        for path in drifted {
            match live.get(path).filter(|leaf| !leaf.is_opaque()) {
                Some(leaf) => {
                    let sent = self.world.fingerprint(subject.address, path, leaf);
                    let leaf = Remembered { sent, origin: Origin::Written, seen: Seen::Same };
                    seen.leaves.insert(path.clone(), leaf);
                }
                None => {
                    seen.leaves.remove(path);
                }
            }
        }
        seen
    }
}
