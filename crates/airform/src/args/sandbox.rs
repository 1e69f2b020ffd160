//! `airform sandbox`.

use std::path::PathBuf;

use clap::Args;

/// `airform sandbox`.
#[derive(Debug, Args)]
pub(crate) struct SandboxCommand {
    /// The port to listen on, on the loopback interface [default: a free one]
    #[arg(long)]
    pub(crate) port: Option<u16>,

    /// Begin with this organization instead of an empty one, and write it back on Ctrl-C
    #[arg(long, value_name = "FILE")]
    pub(crate) world: Option<PathBuf>,

    /// Know these connectors instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,

    /// The operator token to accept
    #[arg(long, value_name = "TEXT", default_value = "sandbox-operator-token")]
    pub(crate) operator_token: String,

    /// The client id to accept
    #[arg(long, value_name = "TEXT", default_value = "sandbox-client")]
    pub(crate) client_id: String,

    /// The client secret to accept
    #[arg(long, value_name = "TEXT", default_value = "sandbox-secret")]
    pub(crate) client_secret: String,
}
