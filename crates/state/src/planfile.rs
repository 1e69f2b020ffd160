//! Plans that are kept in a file, to be looked at now and carried out later.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use model::basis::Basis;
use model::plan::Plan;

use crate::atomic;
use crate::document::Key;
use crate::error::Error;
use crate::format;

/// All that a plan file says. It has no text of a secret in it, but whoever has its key, where it
/// has one, can try guesses against its digests: it is readable by its owner only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedPlan {
    /// How it was asked for.
    pub request: Request,
    /// What the state is to begin with, where there was none.
    pub seed: Option<Seed>,
    /// What it was made over.
    pub basis: Basis,
    /// The plan.
    pub plan: Plan,
    /// What the calls of the plan's steps leave out, by step: secrets that cannot be looked up, because
    /// they are numbers. [`model::Value::Null`] stands in their place; the manifest has them.
    pub withheld: BTreeMap<usize, BTreeSet<model::Path>>,
}

/// How a plan was asked for: what it takes to read the same manifest and to find the same state.
/// Paths are as they were given, and so are taken from the folder of whoever carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// The files and folders of the manifest.
    pub paths: Vec<String>,
    /// What is laid over them, in order.
    pub overlays: Vec<String>,
    /// Files of variables, in order.
    pub var_files: Vec<String>,
    /// Variables given by hand, as `name=value`. Those that are sensitive are not among them.
    pub variables: Vec<String>,
    /// The manifest may read files outside of its folders.
    pub allow_outside: bool,
    /// The state, where it is not in the usual place.
    pub state: Option<String>,
    /// It is about a sandbox.
    pub sandbox: bool,
    /// The options that the decision was made with, as they were given. The decision stands in the
    /// plan: these are for whoever looks at it.
    pub options: Vec<String>,
}

/// What tells a state from any other, for one that does not exist yet: digests in the plan are made
/// under its key, and the state that the plan begins has to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// The lineage.
    pub lineage: String,
    /// The key of all fingerprints.
    pub key: Key,
}

impl SavedPlan {
    /// Writes the file at `path`, readable by its owner only.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let text = format::write_plan(self).map_err(|e| Error::io("write", path)(e.into()))?;
        atomic::write(path, &text)
    }

    /// Reads the file at `path`, with its id: the digest of its bytes tells it from any other.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is none of ours, or is of a newer version.
    pub fn read(path: &Path) -> Result<(SavedPlan, String), Error> {
        let text = std::fs::read(path).map_err(Error::io("read", path))?;
        let saved = format::read_plan(&text).map_err(|why| why.of_plan(path))?;
        Ok((saved, format::digest(&text)))
    }
}

/// Whether others than its owner may read or change the file at `path`, which holds something of this
/// crate or of the same kind.
pub fn is_open_to_others(path: &Path) -> bool {
    atomic::is_open_to_others(path)
}

/// Whether `head`, the first bytes of a file, are those of a plan file of any version.
pub fn is_plan(head: &[u8]) -> bool {
    head.starts_with(format::PLAN_HEAD)
}

impl format::Unreadable {
    fn of_plan(self, path: &Path) -> Error {
        let path = path.to_owned();
        match self {
            format::Unreadable::TooNew(found) => {
                Error::TooNew { path, found, known: format::PLAN_VERSION }
            }
            format::Unreadable::Malformed { line, column, what } => {
                Error::NotAPlan { path, line, column, what }
            }
        }
    }
}
