//! What is remembered of earlier runs. The file that holds it is known to the `state` crate.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::live::Id;
use crate::secret::Fingerprint;
use crate::small_map::SmallMap;
use crate::value::Path;

/// The name under which a record keeps the version that its secrets were declared to have.
pub const SECRET_VERSION: &str = "secret_version";

/// The name under which the record of a source template keeps when it was last written to, as the
/// service said it to our own last write.
pub const UPDATED_AT: &str = "updated_at";

/// What is remembered. A lost state loses no object and doubles none: it only forgets what the
/// service never tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// Whom it was written for: the API's host and the organization. A run against another is
    /// refused before anything is read (rulings, "Data").
    pub owner: Option<Owner>,
    /// What stands, by address.
    pub records: BTreeMap<Address, Record>,
    /// Creates that were begun and of whose end nothing is known.
    pub open: Vec<OpenIntent>,
}

/// The organization that a state belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Scheme, host and port of the API.
    pub host: String,
    /// The organization's id.
    pub organization: String,
}

/// What is remembered of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The object's id.
    pub id: Id,
    /// What it was called last: the value of its natural key.
    pub name: String,
    /// Values that the service never tells and that are no secrets, by attribute name: a
    /// workspace's `region` (a UUID), a source template's `clone_of` (an address), the tags that
    /// chose a connector's connection templates (addresses with blanks between). Beside them what was
    /// declared as [`SECRET_VERSION`] when the secrets were written, and [`UPDATED_AT`].
    pub kept: SmallMap<String, String>,
    /// The leaves that were declared when last written, adopted or recorded. What a resource is
    /// replaced with is one of them: `replace_triggered_by["tags.crm"]`, with the fingerprint of
    /// that resource's declaration.
    pub leaves: SmallMap<Path, Remembered>,
    /// It is not to be deleted or replaced. It stays so when its declaration is gone (rulings,
    /// "Data").
    pub prevent_destroy: bool,
    /// Objects that this one has replaced and that are still to be deleted.
    pub deposed: Vec<Deposed>,
}

/// What is remembered of a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The fingerprint of the declared value.
    pub sent: Fingerprint,
    /// How we came by it.
    pub origin: Origin,
    /// What the service then showed in its place.
    pub seen: Seen,
}

impl Remembered {
    /// What is remembered of a leaf that a write was about to change, of whose end nothing is known: it
    /// is as no value is, so that whatever is declared is written, also nothing.
    pub fn doubtful() -> Remembered {
        Remembered { sent: Fingerprint(String::new()), origin: Origin::Written, seen: Seen::Hidden }
    }

    /// Whether nobody knows what was sent last.
    pub fn is_doubtful(&self) -> bool {
        self.sent.0.is_empty()
    }
}

impl Record {
    /// Remembers that `sent` may have arrived or not.
    pub fn doubt(&mut self, sent: &Sent) {
        for path in sent.leaves.keys().chain(&sent.dropped) {
            self.leaves.insert(path.clone(), Remembered::doubtful());
        }
    }
}

/// Whether a leaf's remembered value was ever sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It was.
    Written,
    /// It was only declared, over a live value that could not be compared (adopted, imported).
    Assumed,
    /// As `Assumed`, by a run that did not have the secret (exported, imported). What stands as
    /// sent says nothing, and the first run that has the secret remembers it as assumed.
    Unknown,
}

/// What the service showed in place of a leaf after it was declared or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The same value.
    Same,
    /// Nothing that could be compared: a mask, or no value at all.
    Hidden,
    /// Another value, by its fingerprint: it was normalized, or the write was ignored. While
    /// neither side moves this is no change (rulings, "Behaviour").
    Other(Fingerprint),
}

/// An object that was replaced and not yet deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deposed {
    /// Its id.
    pub id: Id,
    /// What it was called before it was set aside.
    pub name: String,
}

/// A create that was begun and whose answer was never recorded: the object may stand or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIntent {
    /// For which resource.
    pub address: Address,
    /// Under which name it was to be made, where it has one.
    pub name: Option<String>,
    /// What it was to be made of. None in a state that was written by a version that did not keep it.
    pub sent: Option<Sent>,
}

/// What a call was about to make of a resource, as far as memory goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sent {
    /// See [`Record::kept`].
    pub kept: SmallMap<String, String>,
    /// The leaves that were sent.
    pub leaves: SmallMap<Path, Fingerprint>,
    /// Leaves that it was to take away.
    pub dropped: BTreeSet<Path>,
}

/// A change of the state. The walk makes them, the journal holds them, [`State::change`] carries
/// them out; all three agree because there is no other way to change a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateChange {
    /// The record of `address` is now this one. Its open intents are settled.
    Put {
        /// The resource.
        address: Address,
        /// All that is remembered of it.
        record: Record,
    },
    /// Nothing is remembered of `address` any more, open intents included.
    Remove {
        /// The resource.
        address: Address,
    },
}

impl State {
    /// What it takes for `to` to be what `from` was: its record goes over, and whatever keeps its
    /// address keeps the new one. Nothing where `from` is not remembered.
    pub fn renamed(&self, from: &Address, to: &Address) -> Vec<StateChange> {
        let Some(record) = self.records.get(from) else { return Vec::new() };
        let mut changes = vec![
            StateChange::Remove { address: from.clone() },
            StateChange::Put { address: to.clone(), record: record.clone() },
        ];
        let (old, new) = (from.to_string(), to.to_string());
        for (address, record) in self.records.iter().filter(|(address, _)| *address != from) {
            if record.kept.values().any(|value| *value == old) {
                let mut record = record.clone();
                for value in record.kept.values_mut().filter(|value| **value == old) {
                    value.clone_from(&new);
                }
                changes.push(StateChange::Put { address: address.clone(), record });
            }
        }
        changes
    }

    /// Carries out `change`.
    pub fn change(&mut self, change: StateChange) {
        match change {
            StateChange::Put { address, record } => {
                self.open.retain(|intent| intent.address != address);
                self.records.insert(address, record);
            }
            StateChange::Remove { address } => {
                self.open.retain(|intent| intent.address != address);
                self.records.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;

    #[test]
    fn whatever_keeps_an_address_follows_it() {
        let address = |name: &str| Address::new(Kind::SourceTemplate, name);
        let record = |id: &str, origin: &str| Record {
            id: Id(id.to_owned()),
            name: id.to_owned(),
            kept: [("clone_of".to_owned(), origin.to_owned())].into(),
            leaves: SmallMap::new(),
            prevent_destroy: false,
            deposed: Vec::new(),
        };
        let mut state = State::default();
        for (name, origin) in [("a", ""), ("b", "source_templates.a"), ("c", "source_templates.b")]
        {
            state.records.insert(address(name), record(name, origin));
        }
        assert_eq!(state.renamed(&address("x"), &address("y")), []);
        for change in state.renamed(&address("a"), &address("z")) {
            state.change(change);
        }
        let expected = [("b", "source_templates.z"), ("c", "source_templates.b"), ("z", "")];
        let found: Vec<(&str, &str)> = state
            .records
            .iter()
            .map(|(address, record)| (address.name(), record.kept["clone_of"].as_str()))
            .collect();
        assert_eq!(found, expected);
    }
}
