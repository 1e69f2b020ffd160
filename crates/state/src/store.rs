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
        format::read_state(&text).map(Some).map_err(|unreadable| match unreadable {
            Unreadable::TooNew(found) => {
                Error::TooNew { path: self.path.clone(), found, known: format::VERSION }
            }
            Unreadable::Malformed { line, column, what } => Error::Malformed {
                path: self.path.clone(),
                line,
                column,
                what,
                backup: Some(self.backup_path()).filter(|backup| backup.exists()),
            },
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
