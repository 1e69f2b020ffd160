//! What a plan was made over, for whoever carries it out later.
//!
//! A plan is only as good as the world that it was decided over. One that is kept is kept with this,
//! and is carried out only where all of it still holds. Nothing in here can be read back: texts,
//! declarations and objects stand as digests.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::kind::Kind;
use crate::live::{Id, Scope};
use crate::secret::{Fingerprint, SecretSource};
use crate::state::Owner;

/// What a plan was made over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The organization.
    pub owner: Owner,
    /// The files that made up the manifest, by name, with the SHA-256 of each.
    pub files: BTreeMap<String, String>,
    /// What each resource was declared to be once variables and secrets were filled in.
    pub declared: BTreeMap<Address, Fingerprint>,
    /// The text of each secret.
    pub secrets: BTreeMap<SecretSource, Fingerprint>,
    /// The state. `None` where there was none yet: then there must be none when it is carried out.
    pub state: Option<StateBasis>,
    /// The objects that it touches, and those that it points to.
    pub live: LiveBasis,
}

/// Which state it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateBasis {
    /// Tells it from any other state.
    pub lineage: String,
    /// Counts its changes.
    pub serial: u64,
}

/// The part of the organization that a plan hangs on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LiveBasis {
    /// What it takes to read it again.
    pub scope: Scope,
    /// The objects, by id.
    pub objects: BTreeMap<(Kind, Id), ObjectBasis>,
    /// Who stood under each name that the plan takes. One who stands there anew is in its way.
    pub holders: BTreeMap<(Kind, String), BTreeSet<Id>>,
}

/// One object that a plan hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectBasis {
    /// The resource that it is for.
    pub address: Address,
    /// All that the service told of it. `None` where it was gone.
    pub seen: Option<Fingerprint>,
}

/// Something that is not as it was when a plan was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// The plan is for another organization.
    Organization {
        /// The one that it is for.
        planned: Owner,
        /// The one that answers.
        found: Owner,
    },
    /// A file of the manifest says something else.
    File {
        /// Its name.
        name: String,
        /// How it has changed.
        how: FileMoved,
    },
    /// The text of a secret is another one.
    Secret {
        /// Where it comes from.
        source: SecretSource,
    },
    /// A resource is declared otherwise, though the files are the same: by a variable, or by what
    /// they take from the environment.
    Declaration {
        /// The resource.
        address: Address,
    },
    /// There was no state, and there is one.
    StateBegun,
    /// There was a state, and there is none.
    StateGone,
    /// It is another state.
    Lineage {
        /// Of the state that the plan was made over.
        planned: String,
        /// Of the state that is there.
        found: String,
    },
    /// The state has gone on.
    Serial {
        /// When the plan was made.
        planned: u64,
        /// Now.
        found: u64,
    },
    /// An object that the plan hangs on has changed, has gone, or has come back.
    Object {
        /// The resource that it is for.
        address: Address,
        /// The object.
        id: Id,
        /// How it has changed.
        how: ObjectMoved,
    },
    /// Another object stands under a name that the plan takes.
    NameTaken {
        /// Of which kind.
        kind: Kind,
        /// The name.
        name: String,
        /// The object.
        id: Id,
    },
}

/// How a file has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileMoved {
    /// It is another text.
    Changed,
    /// It was not part of the manifest.
    New,
    /// It is no longer part of the manifest.
    Gone,
}

/// How an object has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectMoved {
    /// The service tells otherwise of it.
    Changed,
    /// It is gone.
    Gone,
    /// It was gone, and stands.
    Back,
}
