//! `airform fmt`.

use std::path::PathBuf;

use clap::Args;

/// `airform fmt`.
#[derive(Debug, Args)]
pub(crate) struct FmtCommand {
    /// Files, and folders whose manifests are meant [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Write nothing; list the files that would change, and exit with 1 where there are any
    #[arg(long)]
    pub(crate) check: bool,

    /// Write nothing; show what would change
    #[arg(long)]
    pub(crate) diff: bool,
}
