//! `airform drift`, `export` and `import`: what looks at the organization and writes nothing to it.

use std::path::PathBuf;

use clap::Args;
use model::Kind;

use super::parsers::{address, told_kind_parser};
use super::{ManifestArgs, RequestArgs, TargetArgs};

/// `airform drift`.
#[derive(Debug, Args)]
pub(crate) struct DriftCommand {
    /// Where the manifest is.
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    /// What to compare it with.
    #[command(flatten)]
    pub(crate) target: TargetArgs,
}

/// `airform export`.
#[derive(Debug, Args)]
pub(crate) struct ExportCommand {
    /// Only these kinds, and what they refer to
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = told_kind_parser())]
    pub(crate) kinds: Vec<Kind>,

    /// The folder to write to, which is made where there is none [default: standard output]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// Replace the files of an earlier export
    #[arg(long, requires = "out")]
    pub(crate) force: bool,

    /// The state file to write [default: airform.state.json in DIR; none without --out]
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,

    /// How many requests may be under way at once
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) parallelism: u16,

    /// How requests are made.
    #[command(flatten)]
    pub(crate) requests: RequestArgs,
}

/// `airform import`.
#[derive(Debug, Args)]
pub(crate) struct ImportCommand {
    /// The resource, which has to be declared, for example workspaces.acme
    #[arg(value_parser = address)]
    pub(crate) address: model::Address,

    /// The object: its id, or exactly what it is called
    pub(crate) id: String,

    /// Where the manifest is.
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    /// Where the object stands.
    #[command(flatten)]
    pub(crate) target: TargetArgs,
}
