//! A state in a bucket, for teams and for runners that keep no disk.
//!
//! | object | what it is | when it is there |
//! |---|---|---|
//! | `KEY` | what is remembered, as in a file | from the first write on |
//! | `KEY.backup` | what `KEY` was before it was last written | from the second write on |
//! | `KEY.journal/RUN.NUMBER` | what a run has begun and done since it read `KEY` (see [`segments`]) | during a run, or after a crash |
//! | `KEY.lock` | who holds the state, since when, and for how long (see [`lease`]) | from the first run on |
//! | `KEY.clock` | nothing; when it was written is the bucket's "now" | once somebody found it locked |
//!
//! Every write but that of the backup and the clock is on a condition: that the object is what it
//! was when we last read or wrote it, or is not there. Nothing rests on clocks: whoever takes over
//! from a run that may be alive closes its journal and writes the state anew, so that each of the
//! two ways in which that run could still write is refused from then on. It cannot begin a journal
//! either, as it asks for its lock in between: either it finds the lock taken, or whoever took it
//! finds the journal.

mod connect;
mod lease;
mod remote;
mod segments;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::UpdateVersion;
use object_store::path::Path as Key;

pub(crate) use self::lease::Timing;
use self::lease::{Keys, Lease};
use self::remote::{Bucket, NotPut, Remote};
use self::segments::{NotAppended, Segments};
use crate::error::Error;
use crate::journal::{Begin, Entry};
use crate::lock::Holder;
use crate::place::{Content, Held, Place};
use crate::store::Store;

/// A state in a bucket.
#[derive(Debug, Clone)]
pub(crate) struct InBucket {
    remote: Arc<Remote>,
    path: PathBuf,
    timing: Timing,
    state: Key,
    backup: Key,
    journals: Key,
    locks: Keys,
}

impl Store {
    /// The state in a bucket. `variables` are those of the environment, of which the ones that the
    /// service's own tools read for credentials are looked at. Nothing is sent.
    ///
    /// # Errors
    ///
    /// The place or the variables make no sense.
    pub fn bucket(
        place: &model::backend::Bucket,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Store, Error> {
        let (bucket, key) = connect::connect(place, variables)?;
        let url = place.url();
        let root = url.strip_suffix(&format!("/{}", place.key)).unwrap_or(&url);
        Ok(Store::at(InBucket::new(bucket, root, &key, Timing::USUAL)?))
    }
}

impl InBucket {
    /// The state at `key` of a bucket that messages call `root`.
    pub(crate) fn new(
        bucket: Bucket,
        root: &str,
        key: &Key,
        timing: Timing,
    ) -> Result<InBucket, Error> {
        let remote = Arc::new(Remote::new(bucket, root.to_owned())?);
        let beside = |suffix: &str| Key::from(format!("{key}{suffix}"));
        Ok(InBucket {
            path: remote.path(key),
            remote,
            timing,
            state: key.clone(),
            backup: beside(".backup"),
            journals: beside(".journal"),
            locks: Keys { lock: beside(".lock"), clock: beside(".clock") },
        })
    }

    /// What is there, and of what version the state is.
    fn content(&self) -> Result<(Content, Option<UpdateVersion>), Error> {
        let journals = segments::read(&self.remote, &self.journals)?;
        let key = self.state.clone();
        let object = self.remote.wait(|handle| async move { handle.get(&key).await })?;
        let version = object.as_ref().map(|object| object.version());
        Ok((Content { journals, state: object.map(|object| object.bytes) }, version))
    }
}

impl Place for InBucket {
    fn path(&self) -> &Path {
        &self.path
    }

    fn journal_path(&self) -> PathBuf {
        self.remote.path(&self.journals)
    }

    fn backup(&self) -> Option<PathBuf> {
        let key = self.backup.clone();
        let found = self.remote.wait(|handle| async move { handle.get(&key).await });
        found.ok().flatten().map(|_| self.remote.path(&self.backup))
    }

    fn read(&self) -> Result<Content, Error> {
        Ok(self.content()?.0)
    }

    fn lock(&self, holder: &Holder) -> Result<Box<dyn Held>, Error> {
        let lease = Lease::take(&self.remote, &self.locks, holder, self.timing)?;
        let by = holder.clone();
        let (place, state) = (self.clone(), None);
        Ok(Box::new(HeldBucket {
            place,
            by,
            state,
            read: Vec::new(),
            journal: None,
            broken: false,
            lease,
        }))
    }

    fn unlock(&self, id: Option<&str>) -> Result<Option<String>, Error> {
        lease::unlock(&self.remote, &self.locks, id, self.timing)
    }
}

/// A state in a bucket whose lock is held.
#[derive(Debug)]
struct HeldBucket {
    place: InBucket,
    by: Holder,
    /// The state as it was last read or written here.
    state: Option<(Vec<u8>, UpdateVersion)>,
    /// The journals that were found, and closed. Only these are removed: if we are slow, and are
    /// robbed of the lock, there are others by now.
    read: Vec<Key>,
    journal: Option<Segments>,
    /// An append has failed, so that what the journal says is not certain.
    broken: bool,
    /// Last, so that it is let go of last.
    lease: Lease,
}

impl Held for HeldBucket {
    fn read(&mut self) -> Result<Content, Error> {
        let InBucket { remote, journals, .. } = &self.place;
        self.read = segments::close(remote, journals, &Entry::Closed { by: self.by.clone() })?;
        let (content, version) = self.place.content()?;
        self.state = content.state.clone().zip(version);
        Ok(content)
    }

    fn is_taken_over(&self) -> bool {
        self.lease.taken_over
    }

    fn write(&mut self, text: &[u8]) -> Result<(), Error> {
        let InBucket { remote, state: key, backup, path, .. } = &self.place;
        let (key, backup, previous) = (key.clone(), backup.clone(), self.state.take());
        let body = text.to_vec();
        let put = remote.wait(|handle| async move {
            let known = match previous {
                Some((bytes, version)) => {
                    handle.overwrite(&backup, &bytes).await?;
                    Some(version)
                }
                None => None,
            };
            Ok(handle.put(&key, &body, known.as_ref()).await)
        })?;
        match put {
            Ok(version) => {
                self.state = Some((text.to_vec(), version));
                Ok(())
            }
            Err(NotPut::Conflict) => Err(Error::Overtaken { path: path.clone() }),
            Err(NotPut::Failed(error)) => Err(error),
        }
    }

    fn begin(&mut self, begin: Begin) -> Result<(), Error> {
        let InBucket { remote, journals, .. } = &self.place;
        self.journal = Some(Segments::of(remote, journals, begin.run.clone()));
        self.append(&Entry::Begin(begin))?;
        // Nothing of a journal that only begins is ever read, so that it need not be removed.
        self.lease.verify()
    }

    fn append(&mut self, entry: &Entry) -> Result<(), Error> {
        let path = || self.place.journal_path();
        let Some(journal) = self.journal.as_mut().filter(|_| !self.broken) else {
            return Err(Error::JournalBroken { path: path() });
        };
        let appended = journal.append(entry);
        self.broken = appended.is_err();
        appended.map_err(|refusal| match refusal {
            NotAppended::Closed => self.lease.verify().err().unwrap_or_else(|| {
                self.lease.lost("another run has closed its journal".to_owned())
            }),
            NotAppended::Failed(error) => error,
        })
    }

    fn check(&self) -> Result<(), Error> {
        self.lease.check()
    }

    fn remove_read(&mut self) -> Result<(), Error> {
        segments::remove(&self.place.remote, std::mem::take(&mut self.read))
    }

    fn remove_begun(&mut self) -> Result<(), Error> {
        match self.journal.take() {
            Some(journal) => segments::remove(&self.place.remote, journal.keys()),
            None => Ok(()),
        }
    }
}
