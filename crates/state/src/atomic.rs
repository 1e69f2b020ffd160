//! Files that are there whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// `path` with `suffix` at its end.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// The file in which the next content of `path` is prepared. The name is fixed, because only
/// whoever holds the lock writes; so a crash leaves one that is found and not ever more of them.
fn temporary(path: &Path) -> PathBuf {
    beside(path, ".tmp")
}

/// Makes `bytes` the content of `path`. When it returns, they are on disk; when it fails or is cut
/// off at any moment, `path` is what it was.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let temporary = temporary(path);
    remove(&temporary)?;
    let written = create(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|source| {
        // A full disk is better off without the half of a file.
        let _ = fs::remove_file(&temporary);
        Error::Io { doing: "write", path: temporary.clone(), source }
    })?;
    fs::rename(&temporary, path).map_err(Error::io("write", path))?;
    sync_folder(path)
}

/// Removes what a [`write`] to `path` that was cut off has left behind.
pub(crate) fn clean(path: &Path) -> Result<(), Error> {
    remove(&temporary(path))
}

/// Removes `path`, if it is there.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// The content of `path`, or `None` if it is not there.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path)(error)),
    }
}

/// Makes a file that was not there, for its owner only. A file or link that somebody else has put
/// there is refused.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// Has files that are made by `options` readable by their owner only.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Whether others than its owner may read or change the file at `path`. Where it is not there, or
/// access is not told by a mode, nobody is known to.
pub(crate) fn is_open_to_others(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// Brings the names in the folder of `path` to disk: a file whose name is lost is lost.
pub(crate) fn sync_folder(path: &Path) -> Result<(), Error> {
    // Elsewhere a folder cannot be opened, and names are not written apart from their files.
    if cfg!(unix) {
        let folder = match path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        File::open(folder).and_then(|f| f.sync_all()).map_err(Error::io("write", folder))?;
    }
    Ok(())
}
