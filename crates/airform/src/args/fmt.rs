//! `airform fmt`.

use std::path::PathBuf;

use clap::Args;

/// `airform fmt`.
///
/// Sections and the keys of a resource come in the order of the schema; a level is two spaces; an empty
/// line stands between sections, and at most one elsewhere. Lines are moved, never written anew:
/// comments, quotes and the order of names stay. Where a file would then say something else, less is
/// done, and that is said. No file is written while one of them has a mistake.
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
