//! Where the state is.

use std::path::{Path, PathBuf};

use model::backend::Bucket;
use state::Store;

use super::target::STATE_FILE;
use crate::env::Env;
use crate::report::Failure;
use crate::sources::shown;
use crate::streams::Streams;
use crate::views::style::{WARNING, paint};

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

/// Warns, in one line, of what others may read of a state and of the files that belong to it.
pub(crate) fn warn_of_open<'p>(
    store: &Store,
    beside: impl IntoIterator<Item = &'p Path>,
    streams: &mut Streams,
) {
    let mut open = store.open_to_others();
    let beside = beside.into_iter().filter(|path| state::is_open_to_others(path));
    open.extend(beside.map(Path::to_owned));
    warn_of(&open, streams);
}

/// Warns, in one line, of files that others may read.
pub(crate) fn warn_of(open: &[PathBuf], streams: &mut Streams) {
    if open.is_empty() {
        return;
    }
    let names: Vec<String> = open.iter().map(|path| shown(path)).collect();
    streams.remark(format!(
        "{} others than you may read {}; close what is nobody else's: chmod 600 {}",
        paint(WARNING, "warning:"),
        crate::views::plan::list(&names),
        names.join(" "),
    ));
}
