//! What stands in the way of a plan.

use std::collections::BTreeSet;

use crate::address::Address;
use crate::desired::ImportBy;
use crate::guard::{Breach, RuleName};
use crate::kind::Kind;
use crate::live::Id;
use crate::value::Path;

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
