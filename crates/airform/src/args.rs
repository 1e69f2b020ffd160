//! The command line. The comments here are the help texts.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use model::Kind;

/// Declares what an Airbyte Embedded organization holds, and makes it so.
///
/// Write tags, source templates, connection templates and workspaces as YAML; `airform plan` shows
/// what would change, `airform apply` changes it. Add `--sandbox` to either to try it on a stand-in
/// that runs inside the program and needs no account.
#[derive(Debug, Parser)]
#[command(name = "airform", version, max_term_width = 100, after_long_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,

    /// Say how many requests were made
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    nothing to do, or done
  1    something is wrong; nothing was changed because of it
  2    changes are pending (only with --detailed-exitcode)
  3    the plan is blocked; it says why
  4    partly applied; run again to go on
  5    the world has moved since the plan was made
  6    another run holds the state
  64   the command line makes no sense
  130  stopped by Ctrl-C

Credentials:
  AIRBYTE_OPERATOR_TOKEN, or AIRBYTE_CLIENT_ID with AIRBYTE_CLIENT_SECRET, or
  AIRFORM_TOKEN_COMMAND (a command that prints a token). AIRBYTE_API_URL names another host.";

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what would change, and change nothing
    #[command(after_help = "Example:\n  airform plan infra/ --var stage=prod")]
    Plan(PlanCommand),
    /// Show what would change, ask, and change it
    #[command(
        after_help = "Example:\n  airform apply examples/01-quickstart --sandbox --auto-approve"
    )]
    Apply(ApplyCommand),
    /// Check the manifest, without credentials and without a network
    #[command(after_help = "Example:\n  airform validate infra/")]
    Validate(ManifestArgs),
    /// Print the JSON schema of the manifest, for editors
    #[command(after_help = "Example:\n  airform schema > manifest.schema.json")]
    Schema,
    /// Serve a stand-in for the Embedded API on this machine
    #[command(after_help = "Example:\n  airform sandbox --port 8787")]
    Sandbox(SandboxCommand),
    /// Look at what is remembered of earlier runs, and mend it
    #[command(after_help = "Example:\n  airform state list")]
    State(StateCommand),
}

/// Where the manifest is, and what its variables are.
#[derive(Debug, Args)]
pub(crate) struct ManifestArgs {
    /// Files and folders that make up the manifest [default: the current folder]
    ///
    /// Of a folder, every *.yaml and *.yml directly in it that has a `version:` and a section of
    /// ours is read, in order of name. All of them together are one manifest.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Set a variable of the manifest
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) var: Vec<String>,

    /// Set variables of the manifest from a YAML file; a later file wins, and --var over all
    #[arg(long, value_name = "FILE")]
    pub(crate) var_file: Vec<PathBuf>,

    /// Lay a file over the manifest, for what differs here; may be given several times, in order
    ///
    /// It is written as a manifest is. Maps merge, lists and single values replace what stands below
    /// them, and `null` removes it. Keep overlays in a folder of their own: two files of one manifest
    /// may not declare the same thing.
    #[arg(long, value_name = "FILE")]
    pub(crate) overlay: Vec<PathBuf>,

    /// Let the manifest read files that lie outside of the folders of its own files
    #[arg(long)]
    pub(crate) allow_outside: bool,
}

/// What to compare the manifest with.
#[derive(Debug, Args)]
pub(crate) struct TargetArgs {
    /// The state file [default: airform.state.json beside the manifest]
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,

    /// Use a stand-in for the service that runs inside the program, with no account and no network
    ///
    /// Its organization, state and journal are kept under .airform/sandbox beside the manifest.
    /// AIRBYTE_* variables and --state are ignored, and secrets are replaced by stand-ins.
    #[arg(long)]
    pub(crate) sandbox: bool,

    /// How many requests may be under way at once
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) parallelism: u16,
}

/// What the plan may do.
#[derive(Debug, Args)]
pub(crate) struct DecisionArgs {
    /// Delete what earlier runs made and the manifest no longer declares
    ///
    /// Covers tags and templates; `--prune=workspaces` covers workspaces too, which destroys their
    /// customers' data and so asks for their number.
    #[arg(long, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "templates")]
    pub(crate) prune: Option<Prune>,

    /// How many workspaces --prune=workspaces is expected to delete
    #[arg(long, value_name = "N")]
    pub(crate) expect_workspace_deletes: Option<usize>,

    /// Replace this workspace, with its connectors and all data of its customer
    ///
    /// Its declaration must say `lifecycle: {allow_replace: true}` as well.
    #[arg(long, value_name = "NAME")]
    pub(crate) replace_workspace: Vec<String>,

    /// Refuse to take over objects that already stand under a declared name
    #[arg(long)]
    pub(crate) no_adopt: bool,

    /// Believe that everything of this kind is really gone, and make it anew
    #[arg(long, value_name = "KIND", value_parser = kind_parser())]
    pub(crate) accept_vanished: Vec<Kind>,
}

fn kind_parser() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.map(Kind::section)).try_map(|section| {
        Kind::from_section(&section).ok_or_else(|| format!("{section} is not a kind"))
    })
}

/// What `--prune` covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Prune {
    /// Tags and templates
    Templates,
    /// Workspaces too
    Workspaces,
}

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

    /// Exit with 2 where changes are pending
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}

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
}

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

/// `airform state`.
#[derive(Debug, Args)]
pub(crate) struct StateCommand {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: StateVerb,

    /// The state file [default: airform.state.json in the current folder]
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) state: Option<PathBuf>,

    /// The state of the sandbox of the current folder
    #[arg(long, global = true, conflicts_with = "state")]
    pub(crate) sandbox: bool,
}

/// The commands under `airform state`.
#[derive(Debug, Subcommand)]
pub(crate) enum StateVerb {
    /// List the addresses that are remembered
    List,
    /// Show what is remembered of one address
    Show {
        /// For example source_templates.github
        #[arg(value_parser = address)]
        address: model::Address,
    },
    /// Forget an address; its object stays
    Rm {
        /// For example source_templates.github
        #[arg(value_parser = address)]
        address: model::Address,
    },
    /// Remove the lock that a dead run has left
    Unlock,
}

fn address(text: &str) -> Result<model::Address, String> {
    model::Address::parse(text).ok_or_else(|| {
        format!(
            "an address is SECTION.NAME or SECTION.NAME[\"KEY\"], for example source_templates.github; sections are {}",
            Kind::ALL.map(Kind::section).join(", ")
        )
    })
}
