//! `airform plan`, `show` and `graph`: what shows a plan.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{DecisionArgs, ManifestArgs, TargetArgs};

/// `airform plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanCommand {
    /// Where the manifest is.
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    /// What to compare it with.
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// What the plan may do.
    #[command(flatten)]
    pub(crate) decision: DecisionArgs,

    /// Go without secrets: each is taken to be what it was
    ///
    /// For whoever may look and not apply, such as a check of a pull request from a fork.
    #[arg(long, conflicts_with = "out")]
    pub(crate) without_secrets: bool,

    /// Whether to look at the organization; without, the plan is made from the state alone
    ///
    /// Everything is taken to be as the last run left it, so what was changed elsewhere is not seen. Only
    /// what a connector is, and asks for, is looked up where it is not known yet.
    #[arg(long, value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set, hide_default_value = true)]
    pub(crate) refresh: bool,

    /// Take a source template for unchanged while the service names the time of our own last write to it
    ///
    /// That saves a request for each. It is right only if the service moves that time with every change,
    /// also those that Airbyte makes itself, which is not documented.
    #[arg(long, conflicts_with = "out")]
    pub(crate) trust_updated_at: bool,

    /// Save the plan, for `airform apply FILE` to carry out
    ///
    /// It is bound to what it was made over: the manifest, its variables and secrets, the state, and
    /// every object that it touches. Where any of that has moved, it is refused. The file has no
    /// secret in it, and is for its owner only.
    // What is taken back is not declared, so a plan of it hangs on more than is compared.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["inverse", "refresh_only"])]
    pub(crate) out: Option<PathBuf>,

    /// How to show it.
    #[command(flatten)]
    pub(crate) view: ViewArgs,

    /// Exit with 2 where changes are pending
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}

/// How a plan is shown.
#[derive(Debug, Args)]
pub(crate) struct ViewArgs {
    /// How to write the plan
    #[arg(long, value_enum, default_value_t = PlanFormat::Text, value_name = "FORMAT")]
    pub(crate) format: PlanFormat,

    /// Name each of many changes that are alike, instead of counting them
    #[arg(long)]
    pub(crate) full: bool,
}

/// How a plan is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// For a terminal
    Text,
    /// For programs; `airform schema plan` says what is in it
    Json,
    /// For a comment in a pull request: never over 60,000 characters
    Markdown,
    /// A page that needs nothing else
    Html,
}

/// `airform show`.
#[derive(Debug, Args)]
pub(crate) struct ShowCommand {
    /// A file that `airform plan --out` has written
    pub(crate) file: PathBuf,

    /// How to show it.
    #[command(flatten)]
    pub(crate) view: ViewArgs,
}

/// `airform graph`.
#[derive(Debug, Args)]
pub(crate) struct GraphCommand {
    /// Where the manifest is, or a file that `airform plan --out` has written.
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,

    /// How to draw it
    #[arg(long, value_enum, default_value_t = GraphFormat::Dot, value_name = "FORMAT")]
    pub(crate) format: GraphFormat,

    /// Draw each of many resources
    #[arg(long)]
    pub(crate) full: bool,
}

/// How a graph is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// For Graphviz
    Dot,
    /// For mermaid, which GitHub draws
    Mermaid,
    /// A picture
    Svg,
}
