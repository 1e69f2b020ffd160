//! `airform validate`.

use std::path::PathBuf;

use clap::Args;

use super::ManifestArgs;

/// `airform validate`.
#[derive(Debug, Args)]
pub(crate) struct ValidateCommand {
    /// Where the manifest is.
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,

    /// Check the configurations of the connectors that are built in
    #[arg(long)]
    pub(crate) offline: bool,

    /// Check the configurations of the connectors in this file
    ///
    /// JSON, as the public registry has it ({"sources": […], "destinations": […]}) or as the service
    /// answers about a definition; a list of such answers too.
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,
}
