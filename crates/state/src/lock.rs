//! One run at a time.
//!
//! What excludes others is the operating system's lock on `PATH.lock` (rulings, "Behaviour"): it
//! goes with the process that holds it, however that ends, so a crash leaves nothing that somebody
//! would have to clear away. The text in the file only says who it is. A file whose mere existence
//! is the lock is ruled out: after a crash nobody can tell whether its owner lives.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::atomic;
use crate::error::Error;

/// Who asks for the lock. It is shown to others who ask for it meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// User and machine, or whatever else tells people whom to ask.
    pub who: String,
    /// What is being run.
    pub command: String,
    /// Since when, as RFC 3339. Given by the caller: nothing here looks at a clock.
    pub at: String,
}

/// No note is longer: a line of text that somebody else wrote goes into an error message.
const NOTE_MAX: u64 = 512;

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Takes the lock at `path` for `holder`.
    pub(crate) fn take(path: &Path, holder: &Holder) -> Result<Lock, Error> {
        let Holder { who, command, at } = holder;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        loop {
            let file = atomic::private(&mut options).open(path);
            let file = file.map_err(Error::io("open", path))?;
            if let Some(mut lock) = Lock::hold(path, file)? {
                let note = format!("{who} since {at}: {command}\n");
                let written =
                    lock.file.set_len(0).and_then(|()| lock.file.write_all(note.as_bytes()));
                written.map_err(Error::io("write", path))?;
                return Ok(lock);
            }
        }
    }

    /// Takes the lock at `path` if a file was left there, and tells what it says.
    pub(crate) fn take_left_over(path: &Path) -> Result<Option<(Lock, String)>, Error> {
        match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => {
                let note = note(&file);
                Ok(Lock::hold(path, file)?.map(|lock| (lock, note)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("open", path)(error)),
        }
    }

    /// Locks `file`. `None` if it is no longer the one at `path`: its holder has removed it after
    /// it was opened here, and a lock on it would exclude nobody.
    fn hold(path: &Path, file: File) -> Result<Option<Lock>, Error> {
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Locked { path: path.to_owned(), holder: note(&file) });
            }
            Err(TryLockError::Error(error)) => return Err(Error::io("lock", path)(error)),
        }
        Ok(stands_at(&file, path).then(|| Lock { path: path.to_owned(), file }))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is still held: behind the lock's end the file may be another's. If this fails, a
        // note is left over that binds nobody.
        let _ = fs::remove_file(&self.path);
    }
}

/// What the holder has written, in a form that can be printed.
fn note(mut file: &File) -> String {
    let mut bytes = Vec::new();
    // Where locks forbid reading, too, nothing is learnt.
    let _ = file.rewind().and_then(|()| file.take(NOTE_MAX).read_to_end(&mut bytes));
    let note: String =
        String::from_utf8_lossy(&bytes).trim().chars().filter(|c| !c.is_control()).collect();
    if note.is_empty() { "another process".to_owned() } else { note }
}

#[cfg(unix)]
fn stands_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

/// Elsewhere a file that is open stays at its name until it is closed.
#[cfg(not(unix))]
fn stands_at(_file: &File, _path: &Path) -> bool {
    true
}
