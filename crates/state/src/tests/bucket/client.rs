//! A client that breaks.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

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
}

/// A machine's way to a bucket.
#[derive(Debug)]
pub(super) struct Client {
    bucket: Arc<InMemory>,
    unplugged: AtomicBool,
    lax: AtomicBool,
    writes: AtomicUsize,
    refused: AtomicUsize,
    gone_from: AtomicUsize,
    faults: Mutex<BTreeMap<usize, Fault>>,
}

impl Client {
    pub(super) fn of(bucket: Arc<InMemory>) -> Client {
        Client {
            bucket,
            unplugged: AtomicBool::new(false),
            lax: AtomicBool::new(false),
            writes: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
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

    /// How many requests were refused because it is unplugged.
    pub(super) fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }

    fn reach(&self) -> Result<()> {
        if self.unplugged.load(Ordering::SeqCst) {
            self.refused.fetch_add(1, Ordering::SeqCst);
            return Err(broken());
        }
        Ok(())
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
        let put = self.bucket.put_opts(at, what, opts).await;
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
        self.bucket.put_multipart_opts(at, opts).await
    }

    async fn get_opts(&self, at: &Key, opts: GetOptions) -> Result<GetResult> {
        self.reach()?;
        self.bucket.get_opts(at, opts).await
    }

    fn delete_stream(&self, at: Many<Key>) -> Many<Key> {
        self.bucket.delete_stream(at)
    }

    fn list(&self, prefix: Option<&Key>) -> Many<ObjectMeta> {
        self.bucket.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Key>) -> Result<ListResult> {
        self.reach()?;
        self.bucket.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Key, to: &Key, opts: CopyOptions) -> Result<()> {
        self.bucket.copy_opts(from, to, opts).await
    }
}
