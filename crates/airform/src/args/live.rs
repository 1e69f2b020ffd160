//! `airform drift`, `export` and `import`: what looks at the organization and writes nothing to it.

use std::path::PathBuf;

use clap::Args;
use model::Kind;

use super::parsers::{address, told_kind_parser};
use super::{ManifestArgs, RequestArgs, TargetArgs};

/// `airform drift`.
///
/// Compares the organization with what was applied, and leaves out what the manifest wants
/// otherwise by now. Nothing can be written: whatever would write is refused before it is sent.
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
///
/// The plan right after is empty. Secrets are not told by the service: each becomes the name of an
/// environment variable, which the next apply needs and `plan --without-secrets` does not.
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
///
/// Nothing is sent that writes. Where the object is not as declared, the next plan says so.
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
