//! Where the state is.

use std::path::{Path, PathBuf};

use model::backend::Bucket;
use state::Store;

use super::target::STATE_FILE;
use crate::env::Env;
use crate::report::Failure;

/// The state in the file that was asked for, or in the manifest's bucket, or in the file beside it.
pub(crate) fn open(
    file: Option<PathBuf>,
    bucket: Option<&Bucket>,
    base: &Path,
    env: &Env,
) -> Result<Store, Failure> {
    match (file, bucket) {
        (Some(file), _) => Ok(Store::file(file)),
        (None, Some(bucket)) => Ok(Store::bucket(bucket, env.of_buckets())?),
        (None, None) => Ok(Store::file(base.join(STATE_FILE))),
    }
}
