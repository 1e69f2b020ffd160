//! The journal of a run in a bucket.
//!
//! Objects cannot be appended to, so a journal is a row of segments, and appending writes the last
//! one anew, on the condition that nobody else has since. From a size on the next segment is begun,
//! so that a long run neither sends its whole journal with every entry nor leaves an object behind
//! for each. How far the last one has got decides which of the two comes next: two that append to
//! one journal always contend for the same object, and one of them loses.
//!
//! That is what closes a journal for good: whoever takes over appends that it is closed, and what
//! its run appends from then on is refused. What was recorded before is read, what comes after was
//! never begun.

use std::path::PathBuf;
use std::sync::Arc;

use object_store::UpdateVersion;
use object_store::path::Path as Key;

use super::remote::{NotPut, Object, Remote};
use crate::error::Error;
use crate::journal::{self, Entry, Found};

/// From which size on a segment is full, in bytes: some hundred entries. A run sends half of this
/// with each entry on average, which is little beside a request's own cost.
const FULL: usize = 64 * 1024;

/// How often closing a journal is tried whose run still appends.
const TRIES: usize = 10;

/// The last segment of a journal.
#[derive(Debug)]
struct Last {
    number: usize,
    bytes: Vec<u8>,
    version: UpdateVersion,
}

/// A journal that can be appended to.
#[derive(Debug)]
pub(super) struct Segments {
    remote: Arc<Remote>,
    folder: Key,
    run: String,
    /// `None` before anything was written.
    last: Option<Last>,
}

/// Why an entry was not appended.
pub(super) enum NotAppended {
    /// Somebody else has appended.
    Closed,
    /// Something else. It may have been appended.
    Failed(Error),
}

impl Segments {
    /// A journal of `run` that has no segment yet.
    pub(super) fn of(remote: &Arc<Remote>, folder: &Key, run: String) -> Segments {
        Segments { remote: remote.clone(), folder: folder.clone(), run, last: None }
    }

    /// All of its keys.
    pub(super) fn keys(&self) -> Vec<Key> {
        let count = self.last.as_ref().map_or(0, |last| last.number + 1);
        (0..count).map(|number| segment(&self.folder, &self.run, number)).collect()
    }

    pub(super) fn append(&mut self, entry: &Entry) -> Result<(), NotAppended> {
        let path = self.remote.path(&self.folder);
        let line = journal::line(entry)
            .map_err(|error| NotAppended::Failed(Error::io("write", &path)(error)))?;
        let (number, bytes, known) = match &self.last {
            Some(Last { number, bytes, version }) if bytes.len() < FULL => {
                (*number, [bytes.as_slice(), &line].concat(), Some(version.clone()))
            }
            Some(Last { number, .. }) => (number + 1, line, None),
            None => (0, line, None),
        };
        let key = segment(&self.folder, &self.run, number);
        let body = bytes.clone();
        let put = self
            .remote
            .wait(|handle| async move { Ok(handle.put(&key, &body, known.as_ref()).await) });
        let version = put.map_err(NotAppended::Failed)?.map_err(|refusal| match refusal {
            NotPut::Conflict => NotAppended::Closed,
            NotPut::Failed(error) => NotAppended::Failed(error),
        })?;
        self.last = Some(Last { number, bytes, version });
        Ok(())
    }
}

/// Where the segment of this number of the journal of `run` is.
fn segment(folder: &Key, run: &str, number: usize) -> Key {
    folder.clone().join(format!("{run}.{number:08}"))
}

/// The keys of all segments, by run, each in order.
fn all(remote: &Remote, folder: &Key) -> Result<Vec<(String, Vec<Key>)>, Error> {
    let folder = folder.clone();
    let keys = remote.wait(|handle| async move { handle.list(&folder).await })?;
    let mut runs: Vec<(String, Vec<Key>)> = Vec::new();
    for key in keys {
        let Some((run, _)) = key.filename().and_then(|name| name.split_once('.')) else { continue };
        match runs.last_mut() {
            Some((last, keys)) if last == run => keys.push(key),
            _ => runs.push((run.to_owned(), vec![key])),
        }
    }
    Ok(runs)
}

/// The objects at `keys`, but for those that were removed meanwhile: their run has ended.
fn objects(remote: &Remote, keys: Vec<Key>) -> Result<Vec<Object>, Error> {
    remote.wait(|handle| async move {
        let mut objects = Vec::with_capacity(keys.len());
        for key in &keys {
            objects.extend(handle.get(key).await?);
        }
        Ok(objects)
    })
}

/// What is recorded of runs that have not ended. One that has only begun has done nothing.
pub(super) fn read(remote: &Remote, folder: &Key) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    for (run, keys) in all(remote, folder)? {
        let objects = objects(remote, keys)?;
        let bytes: Vec<u8> = objects.into_iter().flat_map(|object| object.bytes).collect();
        let path = path(remote, folder, &run);
        let journal = journal::parse(&path, &bytes)?;
        found.extend(journal.filter(|journal| {
            journal.entries.iter().any(|entry| !matches!(entry, Entry::Closed { .. }))
        }));
    }
    Ok(found)
}

/// Closes every journal, and gives the keys of all.
pub(super) fn close(remote: &Arc<Remote>, folder: &Key, entry: &Entry) -> Result<Vec<Key>, Error> {
    for _ in 0..TRIES {
        let mut contended = false;
        let mut closed = Vec::new();
        for (run, keys) in all(remote, folder)? {
            let number = keys.len() - 1;
            let Some(object) = objects(remote, keys)?.pop() else { continue };
            let version = object.version();
            let last = Some(Last { number, bytes: object.bytes, version });
            let (remote, folder) = (remote.clone(), folder.clone());
            let mut journal = Segments { remote, folder, run, last };
            match journal.append(entry) {
                Ok(()) => closed.extend(journal.keys()),
                // Its run goes on, and was quicker.
                Err(NotAppended::Closed) => contended = true,
                Err(NotAppended::Failed(error)) => return Err(error),
            }
        }
        if !contended {
            return Ok(closed);
        }
    }
    Err(Error::Contended { path: remote.path(folder) })
}

/// Removes the segments at `keys`, the first one last: it says which run they are of, so that what
/// is left when this is cut off is known to be done with.
pub(super) fn remove(remote: &Remote, keys: Vec<Key>) -> Result<(), Error> {
    remote.wait(|handle| async move {
        for key in keys.iter().rev() {
            handle.delete(key).await?;
        }
        Ok(())
    })
}

fn path(remote: &Remote, folder: &Key, run: &str) -> PathBuf {
    remote.path(&folder.clone().join(run.to_owned()))
}
