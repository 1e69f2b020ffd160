//! `airform token`.

use clap::{Args, Subcommand};

use super::{ManifestArgs, TargetArgs};

/// `airform token`.
#[derive(Debug, Args)]
pub(crate) struct TokenCommand {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: TokenVerb,
}

/// The commands under `airform token`.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Mint a token for all that one customer may do; it lasts 20 minutes
    ///
    /// It is for a program of yours that acts for this customer, and not for a browser.
    #[command(after_help = "Examples:\n  airform token scoped --workspace acme infra/")]
    Scoped {
        /// For whom and how.
        #[command(flatten)]
        token: TokenArgs,
        /// The customer's workspace: its logical name, or what it is called in the organization
        ///
        /// It must stand: a token for one that does not would make it.
        #[arg(long, value_name = "NAME")]
        workspace: String,
    },
    /// Mint a token for the widget in one customer's browser, by a profile of the manifest
    ///
    /// The profile says from which origin the widget is loaded, and which templates the customer is offered.
    #[command(
        after_help = "Examples:\n  airform token widget --profile portal --workspace acme infra/"
    )]
    Widget {
        /// For whom and how.
        #[command(flatten)]
        token: TokenArgs,
        /// The profile, under `widget_tokens:` in the manifest
        #[arg(long, value_name = "NAME")]
        profile: String,
        /// The customer's workspace, where the profile does not say, or instead of what it says
        #[arg(long, value_name = "NAME")]
        workspace: Option<String>,
    },
    /// Print the operator token that the other commands use
    ///
    /// Whoever has it may do everything in the organization; it lasts 15 minutes.
    #[command(
        after_help = "Examples:\n  curl -H \"Authorization: Bearer $(airform token operator infra/)\" …"
    )]
    Operator {
        /// For whom and how.
        #[command(flatten)]
        token: TokenArgs,
    },
    /// Say what a token on standard input says of itself; it is not checked, and not printed
    ///
    /// For whom it is, for how long, and which kind it is. Nothing is sent.
    #[command(
        after_help = "Examples:\n  airform token scoped --workspace acme infra/ | airform token inspect"
    )]
    Inspect {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// What every token is minted over.
#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// Where the manifest is.
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    /// Where the organization is.
    #[command(flatten)]
    pub(crate) target: TargetArgs,

    /// Print it as JSON, with what it says of itself
    #[arg(long)]
    pub(crate) json: bool,
}
