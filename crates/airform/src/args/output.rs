//! `airform output`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::NamedManifestArgs;
use super::parsers::address;

/// `airform output`.
#[derive(Debug, Args)]
pub(crate) struct OutputCommand {
    /// Only this resource, for example workspaces.acme
    #[arg(value_parser = address)]
    pub(crate) address: Option<model::Address>,

    /// How to write it
    #[arg(long, value_enum, default_value_t = OutputFormat::Json, value_name = "FORMAT")]
    pub(crate) format: OutputFormat,

    /// Where the manifest is.
    #[command(flatten)]
    pub(crate) manifest: NamedManifestArgs,

    /// The state file [default: airform.state.json beside the first PATH]
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,

    /// The state of the sandbox beside the manifest
    #[arg(long, conflicts_with = "state")]
    pub(crate) sandbox: bool,
}

/// How `airform output` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// One object
    Json,
    /// `export` lines, for a shell
    Env,
    /// The lines of a .env file
    Dotenv,
}
