//! Objects of a bucket, for callers that wait.
//!
//! The walk waits for a record to be durable as it waits for a disk, so what is asynchronous ends
//! here: requests run on a thread of their own, which also renews the lock while the rest of the
//! program does something else, or nothing.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};

use object_store::path::Path as Key;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutPayload, UpdateVersion};
use tokio::runtime::Runtime;

use crate::error::Error;

/// The bucket.
pub(super) type Bucket = Arc<dyn ObjectStore>;

/// How often a conditional write is tried whose answer was lost. The client underneath repeats what
/// the service refused for the moment by itself.
const TRIES: usize = 2;

/// An object as it was found.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) bytes: Vec<u8>,
    pub(super) meta: ObjectMeta,
}

impl Object {
    pub(super) fn version(&self) -> UpdateVersion {
        version(&self.meta)
    }
}

fn version(meta: &ObjectMeta) -> UpdateVersion {
    UpdateVersion { e_tag: meta.e_tag.clone(), version: meta.version.clone() }
}

/// Why a conditional write did not come about.
#[derive(Debug)]
pub(super) enum NotPut {
    /// The object is not, or no longer, what it was thought to be. Nothing was written.
    Conflict,
    /// Something else. It may have been written.
    Failed(Error),
}

/// A bucket, and the thread that its requests run on.
#[derive(Debug)]
pub(super) struct Remote {
    pub(super) bucket: Bucket,
    /// What messages call the bucket: `s3://acme`.
    root: String,
    /// `None` only while it is being dropped.
    runtime: Option<Runtime>,
}

impl Remote {
    pub(super) fn new(bucket: Bucket, root: String) -> Result<Remote, Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("bucket")
            .enable_all()
            .build()
            .map_err(Error::io("get ready for", root.as_ref()))?;
        Ok(Remote { bucket, root, runtime: Some(runtime) })
    }

    /// What messages call the object at `key`.
    pub(super) fn path(&self, key: &Key) -> PathBuf {
        path(&self.root, key)
    }

    /// Runs `work` on the bucket's thread, and waits for what it comes to.
    pub(super) fn wait<T, F>(&self, work: impl FnOnce(Handle) -> F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let (tell, told) = mpsc::channel();
        let work = work(self.handle());
        if let Some(runtime) = &self.runtime {
            runtime.spawn(async move {
                // Whoever asked waits for it below, and so hears of it.
                let _ = tell.send(work.await);
            });
        }
        told.recv().unwrap_or_else(|_| {
            let (doing, path) = ("use", PathBuf::from(&self.root));
            Err(Error::Bucket { doing, path, why: "the request was broken off".to_owned() })
        })
    }

    /// Has `work` done beside everything else.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(work);
        }
    }

    pub(super) fn handle(&self) -> Handle {
        Handle { bucket: self.bucket.clone(), root: self.root.clone() }
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        // It may be dropped where nothing may block; what still runs then has no one to hear of it.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The bucket, for work on its own thread.
#[derive(Debug, Clone)]
pub(super) struct Handle {
    bucket: Bucket,
    root: String,
}

impl Handle {
    pub(super) fn path(&self, key: &Key) -> PathBuf {
        path(&self.root, key)
    }

    /// The object at `key`. `None` if there is none.
    pub(super) async fn get(&self, key: &Key) -> Result<Option<Object>, Error> {
        let found = match self.bucket.get(key).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(self.error("read", key, &error)),
        };
        let meta = found.meta.clone();
        let bytes = found.bytes().await.map_err(|error| self.error("read", key, &error))?;
        Ok(Some(Object { bytes: bytes.to_vec(), meta }))
    }

    /// The keys directly below `prefix`, in order.
    pub(super) async fn list(&self, prefix: &Key) -> Result<Vec<Key>, Error> {
        let listed = self.bucket.list_with_delimiter(Some(prefix)).await;
        let listed = listed.map_err(|error| self.error("list", prefix, &error))?;
        let mut keys: Vec<Key> = listed.objects.into_iter().map(|meta| meta.location).collect();
        keys.sort();
        Ok(keys)
    }

    /// Removes the object at `key`, if it is there.
    pub(super) async fn delete(&self, key: &Key) -> Result<(), Error> {
        match self.bucket.delete(key).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.error("remove", key, &error)),
        }
    }

    /// Writes the object at `key`, whatever stands there, and tells when that was by the bucket's
    /// own clock.
    pub(super) async fn overwrite(&self, key: &Key, bytes: &[u8]) -> Result<(), Error> {
        let payload = PutPayload::from(bytes.to_vec());
        let put = self.bucket.put(key, payload).await;
        put.map(drop).map_err(|error| self.error("write", key, &error))
    }

    /// When the object at `key` was written, in milliseconds by the bucket's own clock, whose grain
    /// may be a second.
    pub(super) async fn written_at(&self, key: &Key) -> Result<i64, Error> {
        let meta = self.bucket.head(key).await;
        let meta = meta.map_err(|error| self.error("read", key, &error))?;
        Ok(meta.last_modified.timestamp_millis())
    }

    /// Writes the object at `key` if it still is of the version `known`, or, if that is `None`, if
    /// there is none.
    ///
    /// `bytes` must never have stood there before: if the answer to a write is lost, it is by them
    /// that the write is found to have come about. That it was refused the second time says nothing
    /// then, as the first may be what stood in its way.
    pub(super) async fn put(
        &self,
        key: &Key,
        bytes: &[u8],
        known: Option<&UpdateVersion>,
    ) -> Result<UpdateVersion, NotPut> {
        use object_store::Error as Refusal;
        let mode = || known.cloned().map_or(PutMode::Create, PutMode::Update);
        let mut tries = TRIES;
        loop {
            tries -= 1;
            let payload = PutPayload::from(bytes.to_vec());
            let error = match self.bucket.put_opts(key, payload, mode().into()).await {
                Ok(put) => return Ok(put.into()),
                Err(error) => error,
            };
            let is_conflict =
                matches!(error, Refusal::AlreadyExists { .. } | Refusal::Precondition { .. });
            let is_final = matches!(
                error,
                Refusal::PermissionDenied { .. }
                    | Refusal::Unauthenticated { .. }
                    | Refusal::NotFound { .. }
                    | Refusal::NotImplemented { .. }
            );
            if !is_final {
                match self.get(key).await {
                    Ok(Some(found)) if found.bytes == bytes => return Ok(found.version()),
                    Ok(_) if is_conflict => return Err(NotPut::Conflict),
                    Ok(_) if tries > 0 => continue,
                    Ok(_) => {}
                    Err(_) if !is_conflict => {}
                    Err(error) => return Err(NotPut::Failed(error)),
                }
            }
            return Err(NotPut::Failed(self.error("write", key, &error)));
        }
    }

    /// An error of the bucket's in words. What the service says to a refusal is kept to its first
    /// line: the rest is XML.
    fn error(&self, doing: &'static str, key: &Key, error: &object_store::Error) -> Error {
        use object_store::Error as Refusal;
        let text = error.to_string();
        let text = text.lines().next().unwrap_or_default();
        // A listing that is refused is of no kind of its own.
        let status =
            text.split_once("status code: ").map(|(_, status)| status.trim_end_matches([':', ' ']));
        let code = status.map(|status| status.split(' ').next().unwrap_or_default());
        let why = match (error, code) {
            (Refusal::PermissionDenied { .. }, _) | (_, Some("403")) => {
                "the credentials in the environment do not allow it (403)".to_owned()
            }
            (Refusal::Unauthenticated { .. }, _) | (_, Some("401")) => {
                "the credentials in the environment are not accepted (401)".to_owned()
            }
            (Refusal::NotFound { .. }, _) | (_, Some("404")) => {
                "there is no such bucket".to_owned()
            }
            (_, Some(_)) => {
                let status: String = status.unwrap_or_default().chars().take(LONGEST).collect();
                format!("the service answered {status}")
            }
            (_, None) => text.chars().take(LONGEST).collect(),
        };
        Error::Bucket { doing, path: self.path(key), why }
    }
}

/// The longest text, in characters, that is repeated from an error of the client's.
const LONGEST: usize = 300;

fn path(root: &str, key: &Key) -> PathBuf {
    PathBuf::from(format!("{root}/{key}"))
}
