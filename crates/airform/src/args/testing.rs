//! `airform test` and `airform snapshot`.

use std::path::PathBuf;

use clap::Args;

use super::RequestArgs;

/// `airform test`.
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
