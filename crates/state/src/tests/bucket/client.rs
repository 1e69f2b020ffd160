//! A client that breaks.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_core::Stream;
use object_store::memory::InMemory;
use object_store::path::Path as Key;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

type Many<T> = Pin<Box<dyn Stream<Item = Result<T>> + Send>>;

/// What becomes of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is refused, with nothing written.
    Refused,
    /// It is carried out, and nobody learns of it.
    AnswerLost,
    /// It is refused as if its condition did not hold (412), whether it does or not.
    Conflict,
}

/// What the machines of a bucket share: its objects, and its clock, which only a test moves.
#[derive(Debug, Default)]
pub(super) struct Service {
    pub(super) objects: Arc<InMemory>,
    clock: Mutex<Clock>,
}

#[derive(Debug, Default)]
struct Clock {
    /// In milliseconds.
    now: i64,
    written: BTreeMap<Key, i64>,
}

impl Service {
    /// Lets time go by.
    pub(super) fn advance(&self, time: Duration) {
        self.clock.lock().unwrap().now += i64::try_from(time.as_millis()).unwrap();
    }

    fn stamp(&self, at: &Key) {
        let mut clock = self.clock.lock().unwrap();
        let now = clock.now;
        clock.written.insert(at.clone(), now);
    }

    /// When the object of `meta` was written, by the clock of the test.
    fn date(&self, meta: &mut ObjectMeta) {
        let written = self.clock.lock().unwrap().written.get(&meta.location).copied();
        let millis = |millis: i64| Duration::from_millis(u64::try_from(millis).unwrap());
        let real = meta.last_modified;
        meta.last_modified = real - millis(real.timestamp_millis()) + millis(written.unwrap_or(0));
    }
}

/// A machine's way to a bucket.
#[derive(Debug)]
pub(super) struct Client {
    service: Arc<Service>,
    unplugged: AtomicBool,
    lax: AtomicBool,
    writes: AtomicUsize,
    reads: AtomicUsize,
    no_reads_from: AtomicUsize,
    gone_from: AtomicUsize,
    faults: Mutex<BTreeMap<usize, Fault>>,
}

impl Client {
    pub(super) fn of(service: Arc<Service>) -> Client {
        Client {
            service,
            unplugged: AtomicBool::new(false),
            lax: AtomicBool::new(false),
            writes: AtomicUsize::new(0),
            reads: AtomicUsize::new(0),
            no_reads_from: AtomicUsize::new(usize::MAX),
            gone_from: AtomicUsize::new(usize::MAX),
            faults: Mutex::default(),
        }
    }

    /// From now on nothing goes through.
    pub(super) fn unplug(&self) {
        self.unplugged.store(true, Ordering::SeqCst);
    }

    /// From now on everything does.
    pub(super) fn plug(&self) {
        self.unplugged.store(false, Ordering::SeqCst);
        self.gone_from.store(usize::MAX, Ordering::SeqCst);
        self.no_reads_from.store(usize::MAX, Ordering::SeqCst);
        self.faults.lock().unwrap().clear();
    }

    /// Conditions are not kept to.
    pub(super) fn ignore_conditions(&self) {
        self.lax.store(true, Ordering::SeqCst);
    }

    /// The write of this number fails.
    pub(super) fn fail_write(&self, number: usize, fault: Fault) {
        self.faults.lock().unwrap().insert(number, fault);
    }

    /// The writes from this number on fail.
    pub(super) fn fail_writes_from(&self, number: usize) {
        self.gone_from.store(number, Ordering::SeqCst);
    }

    /// How many writes there were.
    pub(super) fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }

    /// The reads from this number on fail.
    pub(super) fn fail_reads_from(&self, number: usize) {
        self.no_reads_from.store(number, Ordering::SeqCst);
    }

    /// How many reads there were.
    pub(super) fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    fn read(&self) -> Result<()> {
        self.reach()?;
        let number = self.reads.fetch_add(1, Ordering::SeqCst);
        if number >= self.no_reads_from.load(Ordering::SeqCst) { Err(broken()) } else { Ok(()) }
    }

    fn reach(&self) -> Result<()> {
        if self.unplugged.load(Ordering::SeqCst) { Err(broken()) } else { Ok(()) }
    }
}

fn broken() -> Error {
    Error::Generic { store: "test", source: "the network is down".into() }
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("test")
    }
}

#[async_trait]
impl ObjectStore for Client {
    async fn put_opts(&self, at: &Key, what: PutPayload, opts: PutOptions) -> Result<PutResult> {
        self.reach()?;
        let mut opts = opts;
        if self.lax.load(Ordering::SeqCst) {
            opts.mode = PutMode::Overwrite;
        }
        let conditional = opts.mode != PutMode::Overwrite;
        let number =
            if conditional { self.writes.fetch_add(1, Ordering::SeqCst) } else { usize::MAX };
        if conditional && number >= self.gone_from.load(Ordering::SeqCst) {
            return Err(broken());
        }
        let fault = self.faults.lock().unwrap().get(&number).copied();
        if fault == Some(Fault::Refused) {
            return Err(broken());
        }
        if fault == Some(Fault::Conflict) {
            let (path, source) = (at.to_string(), "412".into());
            return Err(Error::Precondition { path, source });
        }
        let put = self.service.objects.put_opts(at, what, opts).await;
        if put.is_ok() {
            self.service.stamp(at);
        }
        if fault == Some(Fault::AnswerLost) {
            return Err(broken());
        }
        put
    }

    async fn put_multipart_opts(
        &self,
        at: &Key,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.service.objects.put_multipart_opts(at, opts).await
    }

    async fn get_opts(&self, at: &Key, opts: GetOptions) -> Result<GetResult> {
        self.read()?;
        let mut found = self.service.objects.get_opts(at, opts).await?;
        self.service.date(&mut found.meta);
        Ok(found)
    }

    fn delete_stream(&self, at: Many<Key>) -> Many<Key> {
        self.service.objects.delete_stream(at)
    }

    fn list(&self, prefix: Option<&Key>) -> Many<ObjectMeta> {
        self.service.objects.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Key>) -> Result<ListResult> {
        self.read()?;
        self.service.objects.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Key, to: &Key, opts: CopyOptions) -> Result<()> {
        self.service.objects.copy_opts(from, to, opts).await
    }
}
