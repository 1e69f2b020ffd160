//! `airform apply` and `destroy`: what writes to the organization.

use clap::{Args, ValueEnum};
use model::Kind;

use super::parsers::kind_parser;
use super::{DecisionArgs, GuardArgs, ManifestArgs, TargetArgs};

/// `airform apply`.
#[derive(Debug, Args)]
pub(crate) struct ApplyCommand {
    /// Where the manifest is.
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    /// What to compare it with.
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// What the plan may do.
    #[command(flatten)]
    pub(crate) decision: DecisionArgs,

    /// Do not ask
    #[arg(long)]
    pub(crate) auto_approve: bool,

    /// How to say what happens
    #[arg(long, value_enum, default_value_t = EventFormat::Text, value_name = "FORMAT")]
    pub(crate) format: EventFormat,
}

/// How an apply says what happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EventFormat {
    /// For people
    Text,
    /// For programs: one object a line, the plan first
    Json,
}

/// `airform destroy`.
#[derive(Debug, Args)]
pub(crate) struct DestroyCommand {
    /// Where the manifest is.
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    /// Where what it made stands.
    #[command(flatten)]
    pub(crate) target: TargetArgs,

    /// How many workspaces, each with all data of its customer, are expected to be deleted
    #[arg(long, value_name = "N")]
    pub(crate) expect_workspace_deletes: Option<usize>,

    /// Believe that everything of this kind is gone already, and forget it
    #[arg(long, value_name = "KIND", value_parser = kind_parser())]
    pub(crate) accept_vanished: Vec<Kind>,

    /// What it may not do.
    #[command(flatten)]
    pub(crate) guards: GuardArgs,

    /// Do not ask
    #[arg(long)]
    pub(crate) auto_approve: bool,
}
