//! `airform test` and `airform snapshot`.

use std::path::PathBuf;

use clap::Args;

use super::RequestArgs;

/// `airform test`.
///
/// A test names a manifest, its variables and a recorded organization; the plan of it is compared with
/// the one that is kept beside it (NAME.snap for NAME.test.yaml), and with what the test expects.
/// Nothing of the environment is seen, no secret is needed, and nothing is written but, with --update,
/// the plans. Exits with 1 where a plan is another one.
#[derive(Debug, Args)]
pub(crate) struct TestCommand {
    /// Tests, and folders with *.test.yaml files directly in them [default: tests]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Keep the plans as they are now
    #[arg(long)]
    pub(crate) update: bool,
}

/// `airform snapshot`.
///
/// What was recorded is an organization for `airform test` and `airform sandbox --world`. In place of
/// each secret, and of what looks like one, stands `(secret)`.
#[derive(Debug, Args)]
pub(crate) struct SnapshotCommand {
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,

    /// How many requests may be under way at once
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) parallelism: u16,

    /// How requests are made.
    #[command(flatten)]
    pub(crate) requests: RequestArgs,
}
