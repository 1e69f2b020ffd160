//! What a create of ours has made whose answer was lost.

use model::Address;
use model::plan::Reason;
use model::secret::Fingerprint;
use model::state::{Origin, Record, Remembered, Seen, Sent};

use super::{Decider, Decision};
use crate::declared::Declared;
use crate::diff::Subject;
use crate::world::Object;

impl<'a> Decider<'_, 'a, '_> {
    /// Takes over what was made, or replaces it where something else is declared by now. `known` is what
    /// is remembered of the address.
    pub(super) fn begun(
        &mut self,
        address: &'a Address,
        declared: &Declared,
        object: Object<'a>,
        known: Option<&'a Record>,
    ) -> Decision {
        let made = self.made(address, object, known);
        let record = made.as_ref();
        let subject = Subject { address, declared, object, record, answer_lost: true };
        // It is ours, and known as well as if the answer had been heard.
        if record.is_some() && self.compare(&subject).is_replace() {
            self.completed.insert((address.kind(), object.id.clone()));
            return self.known(&subject, None, None);
        }
        self.adopt(&subject, Reason::AnswerLost, known)
    }

    /// What is known of an object that a create of ours made whose answer was lost. `known` is what is
    /// remembered of the address.
    pub(super) fn made(
        &self,
        address: &Address,
        object: Object<'a>,
        known: Option<&Record>,
    ) -> Option<Record> {
        let Sent { kept, leaves, dropped: _ } = self.world.sent(address, &object.live.name)?;
        let remembered = |sent: &Fingerprint| Remembered {
            sent: sent.clone(),
            origin: Origin::Written,
            // Nobody has heard what it showed. What shows otherwise is written again.
            seen: Seen::Same,
        };
        let leaves = leaves.iter().map(|(path, sent)| (path.clone(), remembered(sent))).collect();
        Some(Record {
            id: object.id.clone(),
            name: object.live.name.clone(),
            kept: kept.clone(),
            leaves,
            prevent_destroy: self.world.lifecycle(address).is_some_and(|l| l.prevent_destroy),
            deposed: known.map_or_else(Vec::new, |record| record.deposed.clone()),
        })
    }
}
