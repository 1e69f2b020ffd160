//! A state in a file, with what belongs to it beside it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::atomic::{self, beside};
use crate::error::Error;
use crate::journal::{self, Begin, Entry, Journal};
use crate::lock::{Holder, Lock};
use crate::place::{Content, Held, Place};

/// The files of a state.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    path: PathBuf,
}

impl Files {
    pub(crate) fn new(path: PathBuf) -> Files {
        // A new file takes the place of the old one. If that is a link, the link would be replaced
        // and what it points to would stay behind.
        let link = fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink());
        let path = if link { fs::canonicalize(&path).unwrap_or(path) } else { path };
        Files { path }
    }

    fn backup_path(&self) -> PathBuf {
        beside(&self.path, ".backup")
    }

    fn lock_path(&self) -> PathBuf {
        beside(&self.path, ".lock")
    }
}

impl Place for Files {
    fn path(&self) -> &Path {
        &self.path
    }

    fn journal_path(&self) -> PathBuf {
        beside(&self.path, ".journal")
    }

    fn backup(&self) -> Option<PathBuf> {
        Some(self.backup_path()).filter(|backup| backup.exists())
    }

    fn read(&self) -> Result<Content, Error> {
        let path = self.journal_path();
        let journal = match atomic::read(&path)? {
            Some(bytes) => journal::parse(&path, &bytes)?,
            None => None,
        };
        Ok(Content { journals: journal.into_iter().collect(), state: atomic::read(&self.path)? })
    }

    fn lock(&self, holder: &Holder) -> Result<Box<dyn Held>, Error> {
        let lock = Lock::take(&self.lock_path(), holder)?;
        atomic::clean(&self.path)?;
        atomic::clean(&self.backup_path())?;
        Ok(Box::new(HeldFiles { files: self.clone(), journal: None, _lock: lock }))
    }

    /// The lock is the operating system's and goes with its process, so that no `id` is needed to
    /// mean one, and none can be ended from here.
    fn unlock(&self, _id: Option<&str>) -> Result<Option<String>, Error> {
        let left_over = Lock::take_left_over(&self.lock_path())?;
        Ok(left_over.map(|(_lock, note)| note))
    }
}

/// The files of a state whose lock is held.
#[derive(Debug)]
struct HeldFiles {
    files: Files,
    journal: Option<Journal>,
    /// Last, so that it is let go of last.
    _lock: Lock,
}

impl Held for HeldFiles {
    fn read(&mut self) -> Result<Content, Error> {
        self.files.read()
    }

    fn is_taken_over(&self) -> bool {
        false
    }

    fn write(&mut self, text: &[u8]) -> Result<(), Error> {
        if let Some(previous) = atomic::read(&self.files.path)? {
            atomic::write(&self.files.backup_path(), &previous)?;
        }
        atomic::write(&self.files.path, text)
    }

    fn begin(&mut self, begin: Begin) -> Result<(), Error> {
        self.journal = Some(Journal::create(&self.files.journal_path(), begin)?);
        Ok(())
    }

    fn append(&mut self, entry: &Entry) -> Result<(), Error> {
        match &mut self.journal {
            Some(journal) => journal.append(entry),
            None => Err(Error::JournalBroken { path: self.files.journal_path() }),
        }
    }

    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    fn remove_read(&mut self) -> Result<(), Error> {
        atomic::remove(&self.files.journal_path())
    }

    fn remove_begun(&mut self) -> Result<(), Error> {
        atomic::remove(&self.files.journal_path())
    }
}
