//! Commands around a manifest that need no organization.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::RequestArgs;

/// `airform explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainCommand {
    /// The code, or a part of one; without it every code is listed
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
}

/// `airform completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsCommand {
    /// For which shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// A shell that can complete what is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Shell {
    /// bash
    Bash,
    /// Elvish
    Elvish,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
    /// zsh
    Zsh,
}

/// `airform man`.
#[derive(Debug, Args)]
pub(crate) struct ManCommand {
    /// The folder to write the pages to; it is made where it is not there
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// `airform init`.
#[derive(Debug, Args)]
pub(crate) struct InitCommand {
    /// The folder; it is made where it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,

    /// Where GitHub finds the action that the workflow uses
    #[arg(long, value_name = "OWNER/REPOSITORY@VERSION")]
    pub(crate) action: Option<String>,
}

/// `airform definitions`.
#[derive(Debug, Args)]
pub(crate) struct DefinitionsCommand {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: DefinitionsVerb,
}

/// The commands under `airform definitions`.
#[derive(Debug, Subcommand)]
pub(crate) enum DefinitionsVerb {
    /// List the connectors whose name or image holds a text
    ///
    /// One a line: its name, which end of a pipeline it is, and its UUID.
    #[command(after_help = "Examples:\n  airform definitions search post --offline")]
    Search {
        /// A part of the name; without it all are listed
        #[arg(value_name = "TEXT", default_value = "")]
        text: String,
        /// Where to look.
        #[command(flatten)]
        from: CatalogArgs,
    },
    /// Show the fields of a connector, and YAML to begin with
    ///
    /// Each field with what it takes, whether it has to be given, and whether it is a secret. The YAML is
    /// ready for a manifest, with a look-up in place of each secret.
    #[command(after_help = "Examples:\n  airform definitions show GitHub --offline")]
    Show {
        /// Its name in any case, its UUID, or its image
        #[arg(value_name = "CONNECTOR")]
        name: String,
        /// Only the YAML
        #[arg(long)]
        yaml: bool,
        /// Where to look.
        #[command(flatten)]
        from: CatalogArgs,
    },
}

/// Where connectors are looked for.
#[derive(Debug, Args)]
pub(crate) struct CatalogArgs {
    /// Among the connectors that are built in, described in short, and not at the service
    #[arg(long, conflicts_with = "catalog")]
    pub(crate) offline: bool,

    /// Among the connectors in this file, as the public registry or the service has them
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,

    /// How the service is asked.
    #[command(flatten)]
    pub(crate) requests: RequestArgs,
}
