//! What is done about templates by whose tag they carry.

use model::Address;
use model::plan::{Action, BlockerCause, Reason};

use super::{Decider, Decision};
use crate::owner;
use crate::world::Object;

impl<'a> Decider<'_, 'a, '_> {
    /// It carries our ownership tag, and nobody knows of it.
    pub(super) fn orphan(&self, address: &'a Address, object: Object<'a>) -> Decision {
        let mut steps = self.steps(address);
        steps.prune_orphan(object);
        let (id, name) = (object.id.clone(), object.live.name.clone());
        let mut decision = Decision::new(Action::Delete, Reason::Orphaned, Some(id), name);
        decision.drafts = steps.done();
        decision
    }

    /// Nothing is done to what another owner has marked.
    pub(super) fn leave_to_others(
        &self,
        address: &Address,
        object: Object<'a>,
        decision: &mut Decision,
    ) {
        if let Some(tag) = owner::other_owner(self.world, address.kind(), object) {
            let (id, tag) = (object.id.clone(), tag.to_owned());
            decision.block(address, None, BlockerCause::OwnedByAnother { id, tag });
        }
    }
}
