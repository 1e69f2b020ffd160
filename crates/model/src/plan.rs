//! The one decision, complete.
//!
//! A [`Plan`] leaves no choice to whoever carries it out. What is to be called, in which order, and
//! what state will say afterwards all stand in it; only ids that the service has yet to give out
//! and the texts of secrets are filled in later. So the walk cannot differ from what was reviewed,
//! and a design in which the walk looks at the world and decides anew is ruled out.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::desired::ImportBy;
use crate::guard::{Breach, RuleName};
use crate::kind::Kind;
use crate::live::{Definition, Id};
use crate::secret::Fingerprint;
use crate::state::{Deposed, Record};
use crate::value::{Path, Value};

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
    pub leaves: BTreeMap<Path, LeafChange>,
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

/// The position of a step in [`Plan::steps`].
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
        attributes: BTreeMap<String, Value>,
    },
    /// Change an object in place.
    Update {
        /// Which.
        target: Target,
        /// What it is called at that moment: some routes go by name (dossier 3.2).
        name: String,
        /// What to change; whole attributes only. [`Value::Null`] empties one.
        attributes: BTreeMap<String, Value>,
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
        kept: BTreeMap<String, String>,
        /// The leaves that were sent.
        leaves: BTreeMap<Path, Fingerprint>,
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
        leaves: BTreeMap<Path, Fingerprint>,
        /// Leaves that are declared no longer.
        dropped: BTreeSet<Path>,
        /// What is kept from then on, beside what is: see [`Record::kept`].
        kept: BTreeMap<String, String>,
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

/// Why a plan may not be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocker {
    /// The resource that it is about, where it is about one.
    pub address: Option<Address>,
    /// The place in it, where there is one.
    pub path: Option<Path>,
    /// What stands in the way.
    pub cause: BlockerCause,
}

/// What stands in the way of a plan. Closed: a view says it in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockerCause {
    /// Several live objects stand under the declared name.
    Ambiguous {
        /// The name.
        name: String,
        /// Their ids.
        ids: BTreeSet<Id>,
    },
    /// One live object stands under the declared name, and `--no-adopt` was given.
    AdoptionRefused {
        /// Its id.
        id: Id,
    },
    /// One live object stands under the declared name and differs where it cannot be changed in
    /// place: adoption never replaces.
    AdoptionWouldReplace {
        /// Its id.
        id: Id,
        /// The attributes.
        attributes: BTreeSet<String>,
    },
    /// The declared name is held by an object that is not to give it up.
    NameTaken {
        /// The name.
        name: String,
        /// Who holds it.
        id: Id,
        /// The resource that the holder belongs to, where it belongs to one.
        holder: Option<Address>,
    },
    /// A resource was given another address, where another object is remembered already.
    MoveTaken {
        /// The old address.
        from: Address,
        /// What else could be meant.
        id: Id,
    },
    /// The object that a resource is to be does not stand.
    ImportMissing {
        /// Which.
        by: ImportBy,
    },
    /// The object that a resource is to be is another one's.
    ImportTaken {
        /// The object.
        id: Id,
        /// Whose it is.
        holder: Address,
    },
    /// Resources take one another's names in a circle.
    RenameCycle {
        /// They.
        addresses: BTreeSet<Address>,
    },
    /// A workspace would be replaced: its customer's data would be destroyed.
    WorkspaceReplaced {
        /// The attributes that cannot be changed in place.
        attributes: BTreeSet<String>,
    },
    /// A workspace may be replaced, and nobody has said its name.
    WorkspaceReplaceUnconfirmed {
        /// Its name.
        name: String,
    },
    /// It would be deleted or replaced, and is protected from that.
    DestroyPrevented,
    /// A connector would be replaced: how far it has read for its customer would be lost.
    ConnectorReplaced {
        /// The attributes that cannot be changed in place. None where something else replaces it.
        attributes: BTreeSet<String>,
    },
    /// A source template would be deleted, and connectors that are made from it would stay.
    TemplateInUse {
        /// How many.
        count: usize,
    },
    /// No connector definition is called so.
    UnknownDefinition {
        /// As written.
        text: String,
        /// Names that are like it.
        similar: Vec<String>,
    },
    /// Several connector definitions are called so.
    AmbiguousDefinition {
        /// As written.
        text: String,
        /// Their ids.
        ids: BTreeSet<String>,
    },
    /// A resource that is declared as somebody else's does not stand.
    ExternalMissing {
        /// Its name.
        name: String,
    },
    /// The live object has a hidden value at a place that is not declared. Declared configuration
    /// is sent whole, so the value would be lost, and it cannot be kept either because it cannot
    /// be read.
    HiddenValueLost,
    /// The service has no routes for this kind.
    KindUnavailable {
        /// The kind.
        kind: Kind,
    },
    /// Every object of a kind that is remembered is gone: a wrong token or host looks just so
    /// (dossier 1.1).
    KindVanished {
        /// The kind.
        kind: Kind,
        /// How many are remembered.
        count: usize,
    },
    /// A guard does not allow it.
    Guarded {
        /// The guard's name.
        guard: String,
        /// Which of its rules.
        rule: RuleName,
        /// How it is broken.
        breach: Breach,
    },
    /// It carries the tag of another owner, and so is not touched.
    OwnedByAnother {
        /// Its id.
        id: Id,
        /// That tag.
        tag: String,
    },
    /// The user asked for its secrets to be written again, and there is none that could be.
    NothingToRotate {
        /// It stands, and so has none that is declared and can be changed in place. Otherwise whatever
        /// it has is written when it is made.
        stands: bool,
    },
    /// Everything is to go, and creates were begun of whose end nothing is known: what they made
    /// would stay behind, unknown to anybody.
    Unsettled {
        /// For which resources.
        addresses: BTreeSet<Address>,
    },
    /// Workspaces would be deleted and nobody said how many.
    WorkspaceDeletesUnconfirmed {
        /// How many there would be.
        count: usize,
        /// How many were expected, where that was said.
        expected: Option<usize>,
    },
}

/// What a reader should know though nothing is done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The organization was not looked at: everything is taken to be as state remembers it.
    NotRefreshed,
    /// These values cannot be read back and were never written by us: they are taken as declared.
    Assumed {
        /// How many leaves.
        leaves: usize,
        /// On how many resources.
        resources: usize,
    },
    /// The service did not take what was sent, or made something else of it, and nothing has
    /// changed since.
    Settled {
        /// The resource.
        address: Address,
        /// The leaf.
        path: Path,
        /// What is live.
        live: Shown,
        /// What is declared.
        declared: Shown,
    },
    /// An attribute was declared and is so no longer: its value stays as it is.
    NoLongerDeclared {
        /// The resource.
        address: Address,
        /// The attribute.
        attribute: String,
    },
    /// A resource is remembered and no longer declared, and one that is new differs from it in
    /// nothing but its name. Unless the manifest says so, it is not taken for a rename.
    PerhapsMoved {
        /// The one that is gone.
        from: Address,
        /// The one that is new.
        to: Address,
    },
    /// A guard does not allow what is planned, and was overridden.
    Overridden {
        /// The guard's name.
        guard: String,
        /// Which of its rules.
        rule: RuleName,
        /// The resource, where it is about one.
        address: Option<Address>,
        /// How it is broken.
        breach: Breach,
    },
    /// Objects carry the tag of what is made here and are neither declared nor remembered; without
    /// `--prune` they stay.
    Orphans {
        /// Their kind.
        kind: Kind,
        /// How many.
        count: usize,
    },
    /// Resources stand that the service never shows: what was changed about them elsewhere is not
    /// seen.
    Unseen {
        /// Their kind.
        kind: Kind,
        /// How many.
        resources: usize,
    },
    /// The service does not tell what a connector asks for, so configurations of it are sent as they
    /// are declared.
    Unchecked {
        /// The definition, as the service calls it.
        definition: Definition,
        /// How many resources are sent with such a configuration.
        resources: usize,
    },
    /// What is made takes the place of whatever somebody may have set by hand: nothing shows whether
    /// anybody has.
    Overwrites {
        /// The resource.
        address: Address,
        /// What it is called.
        name: String,
    },
    /// A resource is remembered and no longer declared; without `--prune` it stays.
    Kept {
        /// The resource.
        address: Address,
    },
    /// A workspace is deactivated, and with it the connections of these connectors.
    Deactivates {
        /// The workspace.
        address: Address,
        /// How many connectors are in it.
        connectors: usize,
    },
    /// A workspace is deleted or replaced, and these connectors go with it.
    ConnectorsGo {
        /// The workspace.
        address: Address,
        /// How many are declared, and made again in the new one.
        again: usize,
        /// How many are not.
        lost: usize,
    },
    /// A source template is replaced, and the connectors that are made from it stay with the old one,
    /// which they outlive (dossier 3.3).
    ConnectorsStay {
        /// The template.
        address: Address,
        /// How many.
        count: usize,
    },
}
