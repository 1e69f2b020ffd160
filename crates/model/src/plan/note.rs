//! What a plan tells beside what it does.

use super::Shown;
use crate::address::Address;
use crate::guard::{Breach, RuleName};
use crate::kind::Kind;
use crate::live::Definition;
use crate::value::Path;

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
