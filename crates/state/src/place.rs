//! Where the parts of a state lie: what a file and a bucket have in common.

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::journal::{Begin, Entry, Found};
use crate::lock::Holder;

/// A place for a state, its backup, its journal and its lock.
pub(crate) trait Place: Debug + Send + Sync {
    /// What messages call the state.
    fn path(&self) -> &Path;

    /// What messages call its journal.
    fn journal_path(&self) -> PathBuf;

    /// What messages call its backup, if there is one.
    fn backup(&self) -> Option<PathBuf>;

    /// What is there. Changes nothing.
    fn read(&self) -> Result<Content, Error>;

    /// Takes the lock, and removes what a killed run has left half-written.
    fn lock(&self, holder: &Holder) -> Result<Box<dyn Held>, Error>;

    /// See [`crate::Store::unlock`].
    fn unlock(&self, id: Option<&str>) -> Result<Option<String>, Error>;
}

/// What is at a place.
#[derive(Debug, Default)]
pub(crate) struct Content {
    /// The journals of runs that have not ended. Of a file there is one at most. Read before the
    /// state: a run that ends meanwhile puts its journal into the state and then removes it, so that
    /// it is read twice at worst, and never missed.
    pub(crate) journals: Vec<Found>,
    /// The state as it is written down.
    pub(crate) state: Option<Vec<u8>>,
}

/// A place whose lock is held until this is dropped.
pub(crate) trait Held: Debug {
    /// What is there. From now on no other run adds to it.
    fn read(&mut self) -> Result<Content, Error>;

    /// Whether the lock was taken from a run that may not know yet. It is kept from writing by that
    /// the state is no longer what it read.
    fn is_taken_over(&self) -> bool;

    /// Makes `text` the state, if nobody but us has written it since it was read, and what it was so
    /// far the backup.
    fn write(&mut self, text: &[u8]) -> Result<(), Error>;

    /// Begins a journal, where none must be.
    fn begin(&mut self, begin: Begin) -> Result<(), Error>;

    /// Appends to the journal. It is durable when this returns.
    fn append(&mut self, entry: &Entry) -> Result<(), Error>;

    /// That the lock is still ours, so that more may be begun.
    fn check(&self) -> Result<(), Error>;

    /// Removes the journals that were read.
    fn remove_read(&mut self) -> Result<(), Error>;

    /// Removes the journal that was begun.
    fn remove_begun(&mut self) -> Result<(), Error>;
}
