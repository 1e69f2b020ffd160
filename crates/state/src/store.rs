//! Where a state lies.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::atomic;
use crate::document::Document;
use crate::error::Error;
use crate::file::Files;
use crate::format::{self, Stored, Unreadable};
use crate::journal::Found;
use crate::lock::Holder;
use crate::place::{Content, Place};
use crate::progress::Progress;
use crate::session::Session;

/// A place for one state.
#[derive(Debug, Clone)]
pub struct Store {
    place: Arc<dyn Place>,
    /// See [`Store::of_a_sandbox`].
    forgets_killed_runs: bool,
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
    pub(crate) fn at(place: impl Place + 'static) -> Store {
        Store { place: Arc::new(place), forgets_killed_runs: false }
    }

    /// The state in the file at `path`. It need not exist; its folder must, before anything is
    /// written.
    pub fn file(path: impl Into<PathBuf>) -> Store {
        Store::at(Files::new(path.into()))
    }

    /// The state of a sandbox, whose organization is kept in a file that is written when a run ends.
    /// What a killed run did died with it, so its journal speaks of what is not there and is
    /// dropped: the state file and the organization's file then belong together again.
    pub fn of_a_sandbox(path: impl Into<PathBuf>) -> Store {
        Store { forgets_killed_runs: true, ..Store::file(path) }
    }

    /// What people call the place: the path of the state file, or `s3://…`.
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// The files of this state that others than their owner may read or change: a state has no secret
    /// in it, but the key by which guesses at them can be tried. One that is written again is closed.
    pub fn open_to_others(&self) -> Vec<PathBuf> {
        ["", ".backup", ".journal"]
            .into_iter()
            .map(|suffix| atomic::beside(self.path(), suffix))
            .filter(|path| atomic::is_open_to_others(path))
            .collect()
    }

    /// Reads the state, and what a killed run has left in the journal. Takes no lock and writes
    /// nothing, so it can be done beside a run that goes on and in a folder that is read-only.
    ///
    /// # Errors
    ///
    /// The files cannot be read, or do not say what they should.
    pub fn load(&self) -> Result<Loaded, Error> {
        Ok(self.made_of(self.place.read()?)?.0)
    }

    /// Takes the lock and reads the state. What a killed run has left in the journal is put into
    /// the state file first, and the rest of what it left behind is removed.
    ///
    /// # Errors
    ///
    /// Somebody else holds the lock; the files cannot be read or written, or do not say what they
    /// should.
    pub fn lock(&self, holder: &Holder) -> Result<Session, Error> {
        let mut held = self.place.lock(holder)?;
        let (mut loaded, folded) = self.made_of(held.read()?)?;
        let mut stored = Stored { document: loaded.document, folded };
        // A run that was taken over and does not know it must not find the state as it left it.
        if loaded.recovered.is_some() || held.is_taken_over() && loaded.existed {
            stored.document.serial += 1;
            held.write(&self.text(&stored)?)?;
        }
        held.remove_read()?;
        loaded.document = stored.document;
        Ok(Session::new(self.clone(), held, holder.clone(), loaded, stored.folded))
    }

    /// The state as its file would hold it, with what the journal of a run adds to it. It holds the
    /// key of all fingerprints. `None` where there is no state. Takes no lock and writes nothing.
    ///
    /// # Errors
    ///
    /// As [`Store::load`].
    pub fn pull(&self) -> Result<Option<String>, Error> {
        let (loaded, folded) = self.made_of(self.place.read()?)?;
        if !loaded.existed {
            return Ok(None);
        }
        let text = self.text(&Stored { document: loaded.document, folded })?;
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
        let (pushed, path) = (pushed.to_owned(), self.path().to_owned());
        let (mut document, ours) = (new.document, session.document());
        if session.exists() {
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
        }
        document.serial += 1;
        let serial = document.serial;
        session.replace(document)?;
        Ok(serial)
    }

    /// Ends a lock that a killed run has left behind, and tells who held it. `None` if there is
    /// none.
    ///
    /// A lock file that was left behind hinders nobody; this only tidies up. In a bucket a lock
    /// hinders others until it runs out, which this spares them. Before that its `id`, which they
    /// are told, must be given: a run that goes on after all loses it.
    ///
    /// # Errors
    ///
    /// [`Error::Locked`] and [`Error::Leased`] if whoever holds it is, or may be, alive;
    /// [`Error::OtherLock`] if the lock is not the one that is meant.
    pub fn unlock(&self, id: Option<&str>) -> Result<Option<String>, Error> {
        self.place.unlock(id)
    }

    /// What was found in words of ours, and the run that the state then has in it.
    fn made_of(&self, content: Content) -> Result<(Loaded, Option<String>), Error> {
        let Content { mut journals, state } = content;
        if self.forgets_killed_runs {
            journals.clear();
        }
        let Some(text) = state else {
            if !journals.is_empty() {
                return Err(Error::JournalOrphaned { path: self.place.journal_path() });
            }
            let document = Document::fresh();
            return Ok((Loaded { document, existed: false, recovered: None }, None));
        };
        let stored = format::read_state(&text)
            .map_err(|why| unreadable(why, self.path(), self.place.backup()))?;
        let mut following = Vec::new();
        for found in journals {
            if self.follows(&stored, &found)? {
                following.push(found);
            }
        }
        let Stored { document, mut folded } = stored;
        let mut progress = Progress::new(document);
        let mut recovered = None;
        for Found { begin, entries } in following {
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
            return Err(Error::JournalForeign { path: self.place.journal_path(), journal, state });
        }
        Ok(true)
    }

    /// `stored` as it is written down.
    pub(crate) fn text(&self, stored: &Stored) -> Result<Vec<u8>, Error> {
        format::write_state(stored).map_err(|error| Error::io("write", self.path())(error.into()))
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
