//! Where a state lies.

use std::fs;
use std::path::{Path, PathBuf};

use crate::atomic::{self, beside};
use crate::document::Document;
use crate::error::Error;
use crate::format::{self, Stored, Unreadable};
use crate::journal::{self, Found};
use crate::lock::{Holder, Lock};
use crate::progress::Progress;
use crate::session::Session;

/// A place for one state.
#[derive(Debug, Clone)]
pub struct Store {
    path: PathBuf,
}

/// A state as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The state. Where none was found it is one that remembers nothing, of a lineage and a key
    /// that are made up anew each time.
    pub document: Document,
    /// Whether one was found.
    pub existed: bool,
    /// What the journal of a run that was killed, or that is still going on, added to it.
    pub recovered: Option<Recovered>,
}

/// What was taken from a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovered {
    /// How many steps of that run had succeeded.
    pub outcomes: usize,
    /// How many creates it had begun of whose end nothing is known. They are among
    /// `State::open` now.
    pub open: usize,
}

impl Store {
    /// The state in the file at `path`. It need not exist; its folder must, before anything is
    /// written.
    pub fn file(path: impl Into<PathBuf>) -> Store {
        let path = path.into();
        // A new file takes the place of the old one. If that is a link, the link would be replaced
        // and what it points to would stay behind.
        let link = fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink());
        Store { path: if link { fs::canonicalize(&path).unwrap_or(path) } else { path } }
    }

    /// The path of the state file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the state, and what a killed run has left in the journal. Takes no lock and writes
    /// nothing, so it can be done beside a run that goes on and in a folder that is read-only.
    ///
    /// # Errors
    ///
    /// The files cannot be read, or do not say what they should.
    pub fn load(&self) -> Result<Loaded, Error> {
        Ok(self.read()?.0)
    }

    /// Takes the lock and reads the state. What a killed run has left in the journal is put into
    /// the state file first, and the rest of what it left behind is removed.
    ///
    /// # Errors
    ///
    /// Somebody else holds the lock; the files cannot be read or written, or do not say what they
    /// should.
    pub fn lock(&self, holder: &Holder) -> Result<Session, Error> {
        let lock = Lock::take(&self.lock_path(), holder)?;
        atomic::clean(&self.path)?;
        atomic::clean(&self.backup_path())?;
        let (mut loaded, folded) = self.read()?;
        let mut stored = Stored { document: loaded.document, folded };
        if loaded.recovered.is_some() {
            stored.document.serial += 1;
            self.write(&stored)?;
        }
        self.remove_journal()?;
        loaded.document = stored.document;
        Ok(Session::new(self.clone(), lock, holder.clone(), loaded, stored.folded))
    }

    /// The state as its file would hold it, with what the journal of a run adds to it. It holds the
    /// key of all fingerprints. `None` where there is no state. Takes no lock and writes nothing.
    ///
    /// # Errors
    ///
    /// As [`Store::load`].
    pub fn pull(&self) -> Result<Option<String>, Error> {
        let (loaded, folded) = self.read()?;
        if !loaded.existed {
            return Ok(None);
        }
        let text = format::write_state(&Stored { document: loaded.document, folded })
            .map_err(|error| Error::io("write", &self.path)(error.into()))?;
        Ok(Some(String::from_utf8_lossy(&text).into_owned()))
    }

    /// Puts the state in `text`, which was read from `pushed`, in place of the one that stands, which
    /// becomes its backup. It must go on from that: be of the same lineage and organization, and
    /// of a serial that is no lower. Gives the serial that it then has.
    ///
    /// # Errors
    ///
    /// As [`Store::lock`]; `text` is no state, or does not go on from the one that stands.
    pub fn push(&self, holder: &Holder, pushed: &Path, text: &[u8]) -> Result<u64, Error> {
        let new = format::read_state(text).map_err(|why| unreadable(why, pushed, None))?;
        let session = self.lock(holder)?;
        let (pushed, path) = (pushed.to_owned(), self.path.clone());
        let (mut document, ours) = (new.document, session.document());
        let mut folded = None;
        if let Some(standing) = self.read_state()? {
            if document.lineage != ours.lineage {
                let (theirs, ours) = (document.lineage, ours.lineage.clone());
                return Err(Error::OtherLineage { pushed, path, theirs, ours });
            }
            if document.serial < ours.serial {
                let (theirs, ours) = (document.serial, ours.serial);
                return Err(Error::Outdated { pushed, path, theirs, ours });
            }
            if let Some(owner) = &ours.state.owner
                && document.state.owner.as_ref() != Some(owner)
            {
                let claimed = document.state.owner.unwrap_or_else(|| owner.clone());
                return Err(Error::OtherOwner { path, owner: owner.clone(), claimed });
            }
            folded = standing.folded;
        }
        document.serial += 1;
        let serial = document.serial;
        self.write(&Stored { document, folded })?;
        // It has changed nothing itself, and lets go of the lock.
        session.finish()?;
        Ok(serial)
    }

    /// Removes a lock file that a killed run has left behind, and tells what it says. `None` if
    /// there is none. A lock file that was left behind hinders nobody; this only tidies up.
    ///
    /// # Errors
    ///
    /// [`Error::Locked`] if whoever holds it is alive.
    pub fn unlock(&self) -> Result<Option<String>, Error> {
        let left_over = Lock::take_left_over(&self.lock_path())?;
        Ok(left_over.map(|(_lock, note)| note))
    }

    /// What is found, and the run that the state file then has in it.
    fn read(&self) -> Result<(Loaded, Option<String>), Error> {
        // The journal first: a run that ends meanwhile puts it into the state file and then removes
        // it, so that it is read twice at worst, and never missed.
        let journal = journal::read(&self.journal_path())?;
        let (stored, journal) = match (self.read_state()?, journal) {
            (None, None) => {
                let document = Document::fresh();
                return Ok((Loaded { document, existed: false, recovered: None }, None));
            }
            (None, Some(_)) => return Err(Error::JournalOrphaned { path: self.journal_path() }),
            (Some(stored), None) => (stored, None),
            (Some(stored), Some(found)) => {
                let journal = self.follows(&stored, &found)?.then_some(found);
                (stored, journal)
            }
        };
        let Stored { document, mut folded } = stored;
        let mut progress = Progress::new(document);
        let mut recovered = None;
        if let Some(Found { begin, entries }) = journal {
            for entry in entries {
                progress.enter(entry);
            }
            let open = progress.close();
            if progress.changed || progress.outcomes > 0 {
                recovered = Some(Recovered { outcomes: progress.outcomes, open });
                folded = Some(begin.run);
            }
        }
        Ok((Loaded { document: progress.document, existed: true, recovered }, folded))
    }

    /// Whether `found` continues `stored`. It does not if it is in there already: the run was
    /// killed after it had written the state and before it had removed its journal.
    fn follows(&self, stored: &Stored, found: &Found) -> Result<bool, Error> {
        let Stored { document, folded } = stored;
        if folded.as_ref() == Some(&found.begin.run) {
            return Ok(false);
        }
        let journal = (found.begin.lineage.clone(), found.begin.serial);
        let state = (document.lineage.clone(), document.serial);
        if journal != state {
            return Err(Error::JournalForeign { path: self.journal_path(), journal, state });
        }
        Ok(true)
    }

    fn read_state(&self) -> Result<Option<Stored>, Error> {
        let Some(text) = atomic::read(&self.path)? else { return Ok(None) };
        format::read_state(&text).map(Some).map_err(|why| {
            let backup = Some(self.backup_path()).filter(|backup| backup.exists());
            unreadable(why, &self.path, backup)
        })
    }

    /// Makes `stored` the content of the state file, and its content so far that of the backup.
    pub(crate) fn write(&self, stored: &Stored) -> Result<(), Error> {
        let text = format::write_state(stored)
            .map_err(|error| Error::io("write", &self.path)(error.into()))?;
        if let Some(previous) = atomic::read(&self.path)? {
            atomic::write(&self.backup_path(), &previous)?;
        }
        atomic::write(&self.path, &text)
    }

    pub(crate) fn remove_journal(&self) -> Result<(), Error> {
        atomic::remove(&self.journal_path())
    }

    pub(crate) fn journal_path(&self) -> PathBuf {
        beside(&self.path, ".journal")
    }

    fn backup_path(&self) -> PathBuf {
        beside(&self.path, ".backup")
    }

    fn lock_path(&self) -> PathBuf {
        beside(&self.path, ".lock")
    }
}

fn unreadable(why: Unreadable, path: &Path, backup: Option<PathBuf>) -> Error {
    let path = path.to_owned();
    match why {
        Unreadable::TooNew(found) => Error::TooNew { path, found, known: format::VERSION },
        Unreadable::Malformed { line, column, what } => {
            Error::Malformed { path, line, column, what, backup }
        }
    }
}
