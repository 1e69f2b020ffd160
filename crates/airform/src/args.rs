//! The command line. The comments here are the help texts.

mod apply;
mod decision;
mod guards;
mod live;
mod output;
mod parsers;
mod plan;
mod reading;
mod requests;
mod sandbox;
mod state;
mod token;
mod tools;
mod validate;

use clap::{ArgAction, Parser, Subcommand, ValueEnum};

pub(crate) use apply::{ApplyCommand, DestroyCommand, EventFormat};
pub(crate) use decision::{DecisionArgs, Prune};
pub(crate) use guards::GuardArgs;
pub(crate) use live::{DriftCommand, ExportCommand, ImportCommand};
pub(crate) use output::{OutputCommand, OutputFormat};
pub(crate) use plan::{GraphCommand, GraphFormat, PlanCommand, PlanFormat, ShowCommand, ViewArgs};
pub(crate) use reading::{ManifestArgs, NamedManifestArgs, ReadingArgs, TargetArgs};
pub(crate) use requests::RequestArgs;
pub(crate) use sandbox::SandboxCommand;
pub(crate) use state::{StateCommand, StateVerb};
pub(crate) use token::{TokenArgs, TokenCommand, TokenVerb};
pub(crate) use tools::{
    CatalogArgs, CompletionsCommand, DefinitionsCommand, DefinitionsVerb, ExplainCommand,
    InitCommand, ManCommand, Shell,
};
pub(crate) use validate::ValidateCommand;

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

    /// Say how many requests were made about what; -vv names each of them
    ///
    /// With -vv, or RUST_LOG=airform=debug, each request is a line on standard error: method, path, status,
    /// time and what the service calls it. Never bodies, headers or values of a query.
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
  2    changes are pending (only with --detailed-exitcode), or there is drift
  3    the plan is blocked; it says why
  4    partly applied; run again to go on
  5    the world has moved since the plan was made
  6    another run holds the state
  64   the command line makes no sense
  130  stopped by Ctrl-C or SIGTERM

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
    #[command(
        after_help = "Examples:\n  airform plan infra/ --var stage=prod\n  airform plan infra/ --out saved.plan"
    )]
    Plan(PlanCommand),
    /// Show what would change, ask, and change it; or carry out a saved plan
    #[command(
        after_help = "Examples:\n  airform apply examples/01-quickstart --sandbox --auto-approve\n  airform apply saved.plan"
    )]
    Apply(ApplyCommand),
    /// Show a saved plan
    #[command(after_help = "Example:\n  airform show saved.plan --format markdown > comment.md")]
    Show(ShowCommand),
    /// Draw what waits for what: everything that is declared, or a saved plan
    #[command(
        after_help = "Examples:\n  airform graph infra/ --format svg > infra.svg\n  airform graph saved.plan --format mermaid"
    )]
    Graph(GraphCommand),
    /// Show what was changed outside Airform; exits with 2 where something was
    #[command(after_help = "Example:\n  airform drift infra/")]
    Drift(DriftCommand),
    /// Delete everything that the manifest's state holds, after showing it and asking
    #[command(after_help = "Example:\n  airform destroy infra/ --expect-workspace-deletes 2")]
    Destroy(DestroyCommand),
    /// Check the manifest, without credentials and without a network
    #[command(after_help = "Example:\n  airform validate infra/ --offline")]
    Validate(ValidateCommand),
    /// Print the JSON schema of the manifest, for editors, or of what is said to programs
    #[command(after_help = "Example:\n  airform schema > manifest.schema.json")]
    Schema {
        /// Of what
        #[arg(value_enum, default_value_t = SchemaOf::Manifest)]
        of: SchemaOf,
    },
    /// Serve a stand-in for the Embedded API on this machine
    #[command(after_help = "Example:\n  airform sandbox --port 8787")]
    Sandbox(SandboxCommand),
    /// Tell ids and names of what stands, for the application that embeds Airbyte
    #[command(after_help = "Example:\n  airform output --manifest infra/ --format dotenv > .env")]
    Output(OutputCommand),
    /// Write what an organization holds as a manifest, with the state that belongs to it
    #[command(after_help = "Example:\n  airform export --out infra/")]
    Export(ExportCommand),
    /// Remember a live object as the declared resource that it is
    #[command(after_help = "Example:\n  airform import workspaces.acme acme-prod infra/")]
    Import(ImportCommand),
    /// Mint a token for a customer, or read one
    #[command(after_help = "Example:\n  airform token scoped --workspace acme infra/")]
    Token(TokenCommand),
    /// Look at what is remembered of earlier runs, and mend it
    #[command(after_help = "Example:\n  airform state list")]
    State(StateCommand),
    /// Find connectors, their fields and YAML to begin with
    #[command(after_help = "Example:\n  airform definitions show S3 --offline")]
    Definitions(DefinitionsCommand),
    /// Write a folder to begin with: a manifest and a .gitignore
    #[command(after_help = "Example:\n  airform init infra/")]
    Init(InitCommand),
    /// Say what a code means, and what to do about it
    #[command(after_help = "Example:\n  airform explain plan::guarded")]
    Explain(ExplainCommand),
    /// Print a script with which a shell completes the command line
    #[command(
        after_help = "Example:\n  airform completions bash > ~/.local/share/bash-completion/completions/airform"
    )]
    Completions(CompletionsCommand),
    /// Write manual pages
    #[command(after_help = "Example:\n  airform man --out ~/.local/share/man/man1")]
    Man(ManCommand),
}

/// What has a JSON schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// A file of a manifest
    Manifest,
    /// A plan, and the events of an apply, with --format json
    Plan,
}
