//! The calls of a plan, and what state says after each.

use std::collections::BTreeSet;

use crate::address::Address;
use crate::live::Id;
use crate::secret::Fingerprint;
use crate::small_map::SmallMap;
use crate::state::{Deposed, Record};
use crate::value::{Path, Value};

/// The position of a step in [`Plan::steps`](super::Plan::steps).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId(pub usize);

/// At most one call, and what state says after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The resource that it is for.
    pub address: Address,
    /// What is called.
    pub call: Call,
    /// What it waits for; all of them stand before it.
    pub after: BTreeSet<StepId>,
    /// What state says of the resource when it has succeeded.
    pub memory: Memory,
}

/// One write call, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Nothing is sent.
    Nothing,
    /// Make an object. Attributes that need calls of their own are not among `attributes`.
    Create {
        /// What to make, by attribute name, with definitions as UUIDs. A [`Value::Reference`]
        /// stands for the id of that resource's object.
        attributes: SmallMap<String, Value>,
    },
    /// Change an object in place.
    Update {
        /// Which.
        target: Target,
        /// What it is called at that moment: some routes go by name (dossier 3.2).
        name: String,
        /// What to change; whole attributes only. [`Value::Null`] empties one.
        attributes: SmallMap<String, Value>,
    },
    /// Delete an object.
    Delete {
        /// Which.
        id: Id,
        /// What it is called at that moment.
        name: String,
    },
    /// Put a tag on a template.
    Attach {
        /// Which.
        target: Target,
        /// The tag's name at that moment.
        tag: String,
    },
    /// Take a tag off a template.
    Detach {
        /// Which.
        target: Target,
        /// The tag's name at that moment.
        tag: String,
    },
}

/// An object that may yet have to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// It stands.
    Id(Id),
    /// It is the one that state holds for the step's own address when the step is reached.
    Own,
}

/// What state says of a step's resource when the step has succeeded. Fingerprints are of what is
/// declared; what the service showed in return is filled in from its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Memory {
    /// Nothing changes.
    Unchanged,
    /// A new object stands for the resource. Only with [`Call::Create`].
    Created {
        /// What it is called.
        name: String,
        /// See [`Record::kept`].
        kept: SmallMap<String, String>,
        /// The leaves that were sent.
        leaves: SmallMap<Path, Fingerprint>,
        /// See [`Record::prevent_destroy`].
        prevent_destroy: bool,
        /// The object that it replaces. It is kept in [`Record::deposed`] until it is deleted.
        replaces: Option<Deposed>,
    },
    /// The record gains or loses leaves and perhaps a name.
    Updated {
        /// The new name, where it changes.
        name: Option<String>,
        /// Leaves that were sent.
        leaves: SmallMap<Path, Fingerprint>,
        /// Leaves that are declared no longer.
        dropped: BTreeSet<Path>,
        /// What is kept from then on, beside what is: see [`Record::kept`].
        kept: SmallMap<String, String>,
    },
    /// The record is this one; all that it says was known when the plan was made.
    Put {
        /// The record.
        record: Record,
        /// The address that it is moved from, whose own record goes.
        moved_from: Option<Address>,
    },
    /// This deposed object is gone.
    DeposedGone {
        /// Its id.
        id: Id,
    },
    /// The record goes.
    Removed,
}
