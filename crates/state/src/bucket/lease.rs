//! One run at a time, over a bucket.
//!
//! A bucket knows no processes: a holder that died holds on. So the lock is a lease. The holder
//! writes its record anew again and again, and one that has not been for as long as it says is
//! taken over. When that is, the bucket's clock alone says: both the time of the record and "now"
//! are when it wrote an object, so that the clocks of machines play no part.
//!
//! A lease only keeps people out of each other's way. A holder that slept through the end of its
//! lease may still think that it holds it; what it writes then is refused, because whoever took
//! over has closed its journal and written the state anew (see `journal` and [`super`]).
//!
//! Every record has a nonce, for two reasons: entity tags are often digests, so that a record that
//! looks as an earlier one did would pass for it; and a write whose answer was lost is found again.
//! A lock is released by overwriting it, not deleted: not every service can delete on a condition.

use std::sync::Arc;
use std::time::{Duration, Instant};

use object_store::UpdateVersion;
use object_store::path::Path as Key;
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, watch};
use uuid::Uuid;

use super::remote::{Handle, NotPut, Object, Remote};
use crate::error::Error;
use crate::lock::Holder;

/// How long leases last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    /// How long one is good for without being renewed.
    pub(crate) lease: Duration,
    /// How much longer others wait: clocks of buckets tick in seconds.
    pub(crate) grain: Duration,
}

impl Timing {
    /// A minute: long enough to sit out a bucket's bad moment, and what a killed CI job costs the
    /// next one at most.
    pub(crate) const USUAL: Timing =
        Timing { lease: Duration::from_secs(60), grain: Duration::from_secs(2) };
}

/// How often a lock is tried for that others take, release and take again.
const TRIES: usize = 5;

/// The version of a record's form.
const VERSION: u64 = 1;

/// What stands in the object of a lock.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    format_version: u64,
    /// The lock's name as long as one run holds it. `airform state unlock` wants to hear it.
    id: String,
    /// Another one in every record.
    nonce: String,
    /// Nobody holds it any more.
    released: bool,
    lease_ms: u64,
    who: String,
    command: String,
    at: String,
}

impl Record {
    fn new(id: String, holder: &Holder, lease: Duration) -> Record {
        let Holder { who, command, at } = holder.clone();
        let lease_ms = u64::try_from(lease.as_millis()).unwrap_or(u64::MAX);
        let nonce = Uuid::new_v4().to_string();
        Record { format_version: VERSION, id, nonce, released: false, lease_ms, who, command, at }
    }

    fn anew(&self, released: bool) -> Record {
        Record { nonce: Uuid::new_v4().to_string(), released, ..self.clone() }
    }

    fn write(&self) -> Vec<u8> {
        // A struct of texts, numbers and a flag: there is nothing in it that JSON could not hold.
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    fn read(key: &Key, handle: &Handle, object: &Object) -> Result<Record, Error> {
        #[derive(Deserialize)]
        struct Gate {
            format_version: u64,
        }
        let path = handle.path(key);
        if let Ok(Gate { format_version: found }) = serde_json::from_slice(&object.bytes)
            && found > VERSION
        {
            return Err(Error::TooNew { path, found, known: VERSION });
        }
        serde_json::from_slice(&object.bytes)
            .map_err(|error| Error::NoLock { path, what: error.to_string() })
    }

    fn holder(&self) -> String {
        let Record { who, command, at, .. } = self;
        let note = format!("{who} since {at}: {command}");
        note.chars().filter(|c| !c.is_control()).collect()
    }
}

/// The keys of a lock.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    /// Its record.
    pub(super) lock: Key,
    /// What is written to learn the bucket's time.
    pub(super) clock: Key,
}

/// How a lease stands.
#[derive(Debug, Clone)]
struct Standing {
    /// Until when nobody takes it over.
    until: Instant,
    /// Why it is held no longer.
    lost: Option<String>,
}

/// A lock that is held until it is released, or dropped, or taken over.
#[derive(Debug)]
pub(super) struct Lease {
    remote: Arc<Remote>,
    keys: Keys,
    record: Record,
    /// Whoever is about to write the record.
    written: Arc<Mutex<Written>>,
    standing: watch::Receiver<Standing>,
    /// It was held by a run that let it run out.
    pub(super) taken_over: bool,
}

/// The record as it stands.
#[derive(Debug)]
struct Written {
    version: UpdateVersion,
    /// It was released, so it is not to be renewed.
    ended: bool,
}

impl Lease {
    /// Takes the lock for `holder`.
    pub(super) fn take(
        remote: &Arc<Remote>,
        keys: &Keys,
        holder: &Holder,
        timing: Timing,
    ) -> Result<Lease, Error> {
        let id = Uuid::new_v4().to_string();
        let record = Record::new(id, holder, timing.lease);
        let begun = Instant::now();
        let (version, taken_over) = {
            let (keys, record) = (keys.clone(), record.clone());
            remote.wait(|handle| async move { acquire(&handle, &keys, &record, timing).await })?
        };
        let until = begun + timing.lease;
        let (tell, standing) = watch::channel(Standing { until, lost: None });
        let written = Arc::new(Mutex::new(Written { version, ended: false }));
        remote.spawn(renew(
            remote.handle(),
            keys.lock.clone(),
            record.clone(),
            timing.lease,
            written.clone(),
            tell,
        ));
        let (remote, keys) = (remote.clone(), keys.clone());
        Ok(Lease { remote, keys, record, written, standing, taken_over })
    }

    /// That it is still held, as far as is known here.
    pub(super) fn check(&self) -> Result<(), Error> {
        let Standing { until, lost } = self.standing.borrow().clone();
        let why = match lost {
            Some(why) => why,
            None if Instant::now() >= until => "it could not be renewed in time".to_owned(),
            None => return Ok(()),
        };
        Err(self.lost(why))
    }

    /// That it is still held, as the bucket says.
    pub(super) fn verify(&self) -> Result<(), Error> {
        self.check()?;
        let key = self.keys.lock.clone();
        let found = self.remote.wait(|handle| async move {
            let found = handle.get(&key).await?;
            found.map(|object| Record::read(&key, &handle, &object)).transpose()
        })?;
        match found {
            Some(record) if record.id == self.record.id && !record.released => Ok(()),
            found => Err(self.lost(taken(found.as_ref()))),
        }
    }

    pub(super) fn lost(&self, why: String) -> Error {
        Error::LockLost { path: self.remote.path(&self.keys.lock), why }
    }

    /// Lets go of it, if it is still held. Nothing depends on this: it runs out by itself.
    fn release(&self) {
        if self.standing.borrow().lost.is_some() {
            return;
        }
        let (key, record, written) =
            (self.keys.lock.clone(), self.record.clone(), self.written.clone());
        let _ = self.remote.wait(|handle| async move {
            let mut written = written.lock().await;
            written.ended = true;
            release(&handle, &key, &record, written.version.clone()).await
        });
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.release();
    }
}

/// Why a lock that was held is not.
fn taken(found: Option<&Record>) -> String {
    match found {
        None => "its record is gone".to_owned(),
        Some(record) if record.released => "it was unlocked by hand".to_owned(),
        Some(record) => format!("it was taken over by {}", record.holder()),
    }
}

/// Brings `record` to the bucket. Tells also whether it took the place of one that had run out.
async fn acquire(
    handle: &Handle,
    keys: &Keys,
    record: &Record,
    timing: Timing,
) -> Result<(UpdateVersion, bool), Error> {
    for _ in 0..TRIES {
        let found = handle.get(&keys.lock).await?;
        let (known, taken_over) = match &found {
            None => (None, false),
            Some(object) => {
                let theirs = Record::read(&keys.lock, handle, object)?;
                if !theirs.released
                    && let Some(left) = left(handle, keys, object, &theirs, timing).await?
                {
                    return Err(held(handle, keys, &theirs, left));
                }
                (Some(object.version()), !theirs.released)
            }
        };
        match handle.put(&keys.lock, &record.write(), known.as_ref()).await {
            Ok(version) => {
                if known.is_none() {
                    demand_conditions(handle, keys, record).await?;
                }
                return Ok((version, taken_over));
            }
            // Somebody was quicker. Who, the next look tells.
            Err(NotPut::Conflict) => {}
            Err(NotPut::Failed(error)) => return Err(error),
        }
    }
    Err(Error::Contended { path: handle.path(&keys.lock) })
}

/// How long it is, in milliseconds, until nobody need respect a lock any more. `None` if nobody
/// need now.
async fn left(
    handle: &Handle,
    keys: &Keys,
    object: &Object,
    record: &Record,
    timing: Timing,
) -> Result<Option<u64>, Error> {
    handle.overwrite(&keys.clock, b"").await?;
    let now = handle.written_at(&keys.clock).await?;
    let age = u64::try_from(now - object.meta.last_modified.timestamp_millis()).unwrap_or(0);
    let grain = u64::try_from(timing.grain.as_millis()).unwrap_or(u64::MAX);
    let left = record.lease_ms.saturating_add(grain).saturating_sub(age);
    Ok((left > 0).then_some(left))
}

fn held(handle: &Handle, keys: &Keys, record: &Record, left: u64) -> Error {
    let path = handle.path(&keys.lock);
    let id = record.id.chars().filter(|c| !c.is_control()).collect();
    Error::Leased { path, holder: record.holder(), id, seconds: left.div_ceil(1000) }
}

/// That the bucket keeps to conditions. One that does not lets everybody in, and takes every write:
/// it is asked for two things that it must refuse, once in the life of a state.
async fn demand_conditions(handle: &Handle, keys: &Keys, record: &Record) -> Result<(), Error> {
    let nobody =
        UpdateVersion { e_tag: Some("\"none\"".to_owned()), version: Some("1".to_owned()) };
    for known in [None, Some(&nobody)] {
        match handle.put(&keys.lock, &record.anew(true).write(), known).await {
            Err(NotPut::Conflict) => {}
            Err(NotPut::Failed(error)) => return Err(error),
            Ok(_) => return Err(Error::NoConditions { path: handle.path(&keys.lock) }),
        }
    }
    Ok(())
}

/// Renews a lease three times in its life, until it is released or lost.
async fn renew(
    handle: Handle,
    key: Key,
    record: Record,
    lease: Duration,
    written: Arc<Mutex<Written>>,
    tell: watch::Sender<Standing>,
) {
    let mut pause = lease / 3;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            // Its owner is gone.
            () = tell.closed() => return,
        }
        let mut written = written.lock().await;
        if written.ended {
            return;
        }
        // From before it was sent: whoever takes over counts from when it arrived.
        let begun = Instant::now();
        match handle.put(&key, &record.anew(false).write(), Some(&written.version)).await {
            Ok(version) => {
                written.version = version;
                tell.send_replace(Standing { until: begun + lease, lost: None });
                pause = lease / 3;
            }
            Err(NotPut::Conflict) => {
                let found = handle.get(&key).await.ok().flatten();
                let found = found.and_then(|object| Record::read(&key, &handle, &object).ok());
                tell.send_modify(|standing| standing.lost = Some(taken(found.as_ref())));
                return;
            }
            // The bucket's bad moment. As long as the lease lasts there is a next one.
            Err(NotPut::Failed(_)) => pause = lease / 10,
        }
    }
}

/// Overwrites `record`, if that is what stands there, with one that nobody need respect.
async fn release(
    handle: &Handle,
    key: &Key,
    record: &Record,
    mut known: UpdateVersion,
) -> Result<(), Error> {
    for _ in 0..TRIES {
        match handle.put(key, &record.anew(true).write(), Some(&known)).await {
            Ok(_) => return Ok(()),
            Err(NotPut::Failed(error)) => return Err(error),
            // A renewal whose answer was lost has come between, or it is another's.
            Err(NotPut::Conflict) => match handle.get(key).await? {
                Some(object) if Record::read(key, handle, &object)?.id == record.id => {
                    known = object.version();
                }
                _ => return Ok(()),
            },
        }
    }
    Ok(())
}

/// Ends a lock that a run has left behind, and tells who held it. One whose lease lasts must be
/// meant by its `id`. `None` if nobody holds it.
pub(super) fn unlock(
    remote: &Arc<Remote>,
    keys: &Keys,
    id: Option<&str>,
    timing: Timing,
) -> Result<Option<String>, Error> {
    let (keys, id) = (keys.clone(), id.map(str::to_owned));
    remote.wait(|handle| async move {
        let Some(object) = handle.get(&keys.lock).await? else { return Ok(None) };
        let record = Record::read(&keys.lock, &handle, &object)?;
        if record.released {
            return Ok(None);
        }
        match id {
            Some(id) if id != record.id => {
                let (path, holder) = (handle.path(&keys.lock), record.holder());
                return Err(Error::OtherLock { path, given: id, id: record.id, holder });
            }
            Some(_) => {}
            None => {
                if let Some(left) = left(&handle, &keys, &object, &record, timing).await? {
                    return Err(held(&handle, &keys, &record, left));
                }
            }
        }
        release(&handle, &keys.lock, &record, object.version()).await?;
        Ok(Some(record.holder()))
    })
}
