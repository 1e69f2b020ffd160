//! The one decision, complete.
//!
//! A [`Plan`] leaves no choice to whoever carries it out. What is to be called, in which order, and
//! what state will say afterwards all stand in it; only ids that the service has yet to give out
//! and the texts of secrets are filled in later. So the walk cannot differ from what was reviewed,
//! and a design in which the walk looks at the world and decides anew is ruled out.

mod blocker;
mod note;
mod step;

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::kind::Kind;
use crate::live::{Definition, Id};
use crate::small_map::SmallMap;
use crate::value::{Path, Value};

pub use self::blocker::{Blocker, BlockerCause};
pub use self::note::Note;
pub use self::step::{Call, Memory, Step, StepId, Target};

/// What is to be done and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use]
pub struct Plan {
    /// One entry per resource that is declared or remembered, by address.
    pub changes: BTreeMap<Address, Change>,
    /// The calls. A step's position is its [`StepId`], and each stands behind all that it waits
    /// for.
    pub steps: Vec<Step>,
    /// Why this plan may not be carried out. A plan with blockers is shown and never applied.
    pub blockers: Vec<Blocker>,
    /// What a reader should know though nothing is done about it.
    pub notes: Vec<Note>,
    /// How many live objects of each kind read are neither declared nor remembered.
    pub unmanaged: BTreeMap<Kind, usize>,
}

impl Plan {
    /// Whether there is nothing to send and nothing to remember.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether nothing changes, in the organization or in what stands for what. There may still be
    /// something to remember.
    pub fn is_quiet(&self) -> bool {
        self.changes.values().all(|change| match change.action {
            Action::NoOp => true,
            Action::Record => change.reason == Reason::SecretsAtHand,
            Action::Create
            | Action::Update
            | Action::Replace
            | Action::Delete
            | Action::Adopt
            | Action::Forget => false,
        })
    }

    /// How many changes have `action`.
    pub fn count(&self, action: Action) -> usize {
        self.changes.values().filter(|change| change.action == action).count()
    }
}

/// What happens to one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What is done.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// The object's id, where there is one already. In a replace, the old one's.
    pub id: Option<Id>,
    /// What the object is called, or is to be called where that changes.
    pub name: String,
    /// The leaves that differ, by path.
    pub leaves: SmallMap<Path, LeafChange>,
    /// Names of the connector definitions whose UUIDs stand in `leaves`.
    pub definitions: BTreeSet<Definition>,
}

impl Change {
    /// Whether the attribute called `name` is sent, where it is declared.
    pub fn sends(&self, name: &str) -> bool {
        match self.action {
            Action::Create | Action::Replace => true,
            Action::Update | Action::Adopt => self.leaves.keys().any(|path| path.root() == name),
            Action::NoOp | Action::Delete | Action::Record | Action::Forget => false,
        }
    }
}

/// What is done about a resource.
///
/// | action | before | after | calls |
/// |---|---|---|---|
/// | `NoOp` | stands, remembered | the same | none |
/// | `Create` | nothing | stands, remembered | create, then what create cannot take |
/// | `Update` | stands, remembered | changed in place | update, taggings |
/// | `Replace` | stands, remembered | another object stands | rename aside, create, taggings, delete; or delete, create, taggings |
/// | `Delete` | stands, remembered | nothing | delete |
/// | `Adopt` | stands, not remembered | remembered, perhaps changed | none, or as `Update` |
/// | `Record` | stands, remembered otherwise | remembered | none |
/// | `Forget` | remembered, and gone or let go | not remembered | none |
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Nothing.
    NoOp,
    /// Make it.
    Create,
    /// Change it in place.
    Update,
    /// Make a new one in its place, then delete the old one.
    Replace,
    /// Delete it.
    Delete,
    /// Take an object that stands under its name as it, and change it where it differs.
    Adopt,
    /// Send nothing, remember something.
    Record,
    /// Send nothing, remember it no longer.
    Forget,
}

/// Why an [`Action`] was chosen. Closed: a view says it in words, nobody works it out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Everything is as declared.
    AsDeclared,
    /// It is declared to be somebody else's.
    External,
    /// It is no longer declared, and nobody asked to prune.
    UndeclaredKept,
    /// It is the organization's own `default` workspace, which is never deleted.
    DefaultWorkspace,
    /// It is declared and neither remembered nor found.
    New,
    /// It is remembered, and is gone from the organization.
    Vanished,
    /// What is declared has changed since it was last written.
    Edited,
    /// What is live has changed since it was last written.
    Drifted,
    /// Both have.
    EditedAndDrifted,
    /// It differs, and nothing tells which side moved.
    Differs,
    /// These attributes differ and cannot be changed in place.
    Immutable {
        /// The attributes.
        attributes: BTreeSet<String>,
    },
    /// The declarations of these resources have changed, and it is to be replaced then.
    Triggered {
        /// The resources.
        by: BTreeSet<Address>,
    },
    /// One object stands under the declared name.
    FoundByName,
    /// A create was begun in an earlier run, and what it was to make stands.
    AnswerLost,
    /// It is remembered under an address that is no longer declared.
    Moved {
        /// That address.
        from: Address,
    },
    /// What is declared is the same, or cannot be compared, and is not yet remembered so.
    NotRemembered,
    /// Secrets that were taken as they are by a run that did not have them are at hand by now.
    SecretsAtHand,
    /// The manifest says which live object it is.
    Imported,
    /// It is no longer declared, and the manifest says what is to become of it.
    Removed,
    /// It is no longer declared, and the user asked to prune.
    Pruned,
    /// The user asked for everything to go.
    Destroyed,
    /// The workspace that it is in is deleted or replaced, and takes it along (dossier 5.5).
    GoesWithWorkspace,
    /// The user asked for another object in its place.
    Asked,
    /// Its secrets are as declared, or were never written, and the user asked for them to be written.
    Rotated,
    /// An earlier run has made it, and is taken back.
    Undone,
    /// Something is to be done, and the user left it for another time.
    LeftOut,
    /// It was replaced in an earlier run that did not get to deleting it.
    Deposed,
    /// It carries the tag of what is made here, is neither declared nor remembered, and the user asked
    /// to prune.
    Orphaned,
    /// It is no longer declared and no longer there.
    GoneAndUndeclared,
}

/// How one leaf differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafChange {
    /// What is live.
    pub before: Shown,
    /// What is declared.
    pub after: Shown,
    /// Its attribute cannot be changed in place.
    pub forces_replace: bool,
    /// Which side moved.
    pub moved: MovedSide,
}

/// Which side of a leaf moved since it was last written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovedSide {
    /// The declaration.
    Declared,
    /// The organization.
    Live,
    /// Nothing tells.
    Unknown,
    /// Neither, as far as anybody knows: a secret that is written again all the same.
    Neither,
}

/// A value as far as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// There is none.
    Absent,
    /// A leaf in clear.
    Clear(Value),
    /// A secret, whose text is never shown.
    Secret,
    /// Something that the service keeps to itself.
    Hidden,
}
