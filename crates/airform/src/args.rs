//! The command line. The comments here are the help texts.

mod apply;
mod decision;
mod fmt;
mod guards;
mod live;
mod output;
mod parsers;
mod plan;
mod reading;
mod requests;
mod sandbox;
mod state;
mod testing;
#[cfg(test)]
mod tests;
mod token;
mod tools;
mod validate;

use clap::{ArgAction, Parser, Subcommand, ValueEnum};

pub(crate) use apply::{ApplyCommand, DestroyCommand, EventFormat};
pub(crate) use decision::{DecisionArgs, Prune};
pub(crate) use fmt::FmtCommand;
pub(crate) use guards::GuardArgs;
pub(crate) use live::{DriftCommand, ExportCommand, ImportCommand};
pub(crate) use output::{OutputCommand, OutputFormat};
pub(crate) use plan::{GraphCommand, GraphFormat, PlanCommand, PlanFormat, ShowCommand, ViewArgs};
pub(crate) use reading::{ManifestArgs, NamedManifestArgs, ReadingArgs, TargetArgs};
pub(crate) use requests::RequestArgs;
pub(crate) use sandbox::SandboxCommand;
pub(crate) use state::{StateCommand, StateVerb};
pub(crate) use testing::{SnapshotCommand, TestCommand};
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
#[command(name = "airform", version, max_term_width = 80, after_long_help = EXIT_CODES)]
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
  AIRFORM_TOKEN_COMMAND (a command that prints a token). AIRBYTE_API_URL names
  another host.

Examples:
  airform init infra/
  airform plan infra/ --sandbox
  airform apply infra/";

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
    ///
    /// Three views are compared: the manifest, the organization as it stands, and what earlier runs remember.
    /// Each change is shown with its reason. What is not declared is not touched, only counted; what is no
    /// longer declared stays, unless --prune is given. With --out the plan is saved, to be reviewed and
    /// carried out later, exactly as it is.
    #[command(
        after_help = "Examples:\n  airform plan infra/ --var stage=prod\n  airform plan infra/ --out saved.plan"
    )]
    Plan(PlanCommand),
    /// Show what would change, ask, and change it; or carry out a saved plan
    ///
    /// Where PATH is a file that `airform plan --out` has written, that plan is carried out: exactly what
    /// was looked at, without asking, once, and only if nothing that it hangs on has moved (otherwise the
    /// exit code is 5). What it was planned with is in the file; only sensitive variables are given again.
    #[command(
        after_help = "Examples:\n  airform apply infra/\n  airform apply infra/ --sandbox --auto-approve\n  airform apply saved.plan"
    )]
    Apply(ApplyCommand),
    /// Show a saved plan
    ///
    /// Nothing is asked of the organization: what is shown is what `airform apply FILE` would do, or
    /// would refuse to do where anything has moved since.
    #[command(after_help = "Examples:\n  airform show saved.plan --format markdown > comment.md")]
    Show(ShowCommand),
    /// Draw what waits for what: everything that is declared, or a saved plan
    ///
    /// Neither credentials nor a network are needed. What is referred to stands before what refers to it;
    /// of a plan, what is done first stands before what waits for it. More than 60 resources are drawn by
    /// declaration, or by kind.
    #[command(
        after_help = "Examples:\n  airform graph infra/ --format svg > infra.svg\n  airform graph saved.plan --format mermaid"
    )]
    Graph(GraphCommand),
    /// Show what was changed outside Airform; exits with 2 where something was
    ///
    /// Compares the organization with what was applied, and leaves out what the manifest wants
    /// otherwise by now. Nothing can be written: whatever would write is refused before it is sent.
    #[command(
        after_help = "Examples:\n  airform drift infra/\n  airform drift infra/ --overlay prod.yaml"
    )]
    Drift(DriftCommand),
    /// Delete everything that the manifest's state holds, after showing it and asking
    ///
    /// What is declared `external` and what was never applied from here is not touched, and neither is
    /// the organization's own workspace `default`.
    #[command(after_help = "Examples:\n  airform destroy infra/ --expect-workspace-deletes 2")]
    Destroy(DestroyCommand),
    /// Check the manifest, without credentials and without a network
    ///
    /// By itself it reads the manifest and says everything that is wrong with it, each with its place.
    /// With --offline or --catalog it also holds the configurations of connectors against what the
    /// connectors ask for, which a plan does with the service's own answers.
    #[command(after_help = "Examples:\n  airform validate infra/ --offline")]
    Validate(ValidateCommand),
    /// Compare plans with those that are expected, without credentials and without a network
    ///
    /// A test names a manifest, its variables and a recorded organization; the plan of it is compared with
    /// the one that is kept beside it (NAME.snap for NAME.test.yaml), and with what the test expects.
    /// Nothing of the environment is seen, no secret is needed, and nothing is written but, with --update,
    /// the plans. Exits with 1 where a plan is another one.
    #[command(
        after_help = "Examples:\n  airform test\n  airform test tests/prod.test.yaml --update"
    )]
    Test(TestCommand),
    /// Record the organization for plan tests, without its secrets
    ///
    /// What was recorded is an organization for `airform test` and `airform sandbox --world`. In place of
    /// each secret, and of what looks like one, stands `(secret)`.
    #[command(after_help = "Examples:\n  airform snapshot --out tests/world.json")]
    Snapshot(SnapshotCommand),
    /// Lay out manifests: order, indentation, empty lines
    ///
    /// Sections and the keys of a resource come in the order of the schema; a level is two spaces; an empty
    /// line stands between sections, and at most one elsewhere. Lines are moved, never written anew:
    /// comments, quotes and the order of names stay. Where a file would then say something else, less is
    /// done, and that is said. No file is written while one of them has a mistake.
    #[command(after_help = "Examples:\n  airform fmt infra/\n  airform fmt infra/ --check --diff")]
    Fmt(FmtCommand),
    /// Print the JSON schema of the manifest, for editors, or of what is said to programs
    ///
    /// An editor that knows the manifest's completes its fields and says what they are. A program that reads
    /// plans and applies finds every field of them in the plan's.
    #[command(
        after_help = "Examples:\n  airform schema > manifest.schema.json\n  airform schema plan > plan.schema.json"
    )]
    Schema {
        /// Of what
        #[arg(value_enum, default_value_t = SchemaOf::Manifest)]
        of: SchemaOf,
    },
    /// Serve a stand-in for the Embedded API on this machine
    ///
    /// It prints what has to be exported for other commands, and for programs of your own, to speak to it.
    /// It needs no account. What is made in it is gone when it ends, unless --world keeps it. `plan` and
    /// `apply` do not need it: with --sandbox they have one of their own.
    #[command(after_help = "Examples:\n  airform sandbox --port 8787")]
    Sandbox(SandboxCommand),
    /// Tell ids and names of what stands, for the application that embeds Airbyte
    ///
    /// Without an address: the `outputs:` of the manifest, or everything where it has none. It is told
    /// from the state, as the last apply left it.
    #[command(after_help = "Examples:\n  airform output --manifest infra/ --format dotenv > .env")]
    Output(OutputCommand),
    /// Write what an organization holds as a manifest, with the state that belongs to it
    ///
    /// The plan right after is empty. Secrets are not told by the service: each becomes the name of an
    /// environment variable, which the next apply needs and `plan --without-secrets` does not.
    #[command(
        after_help = "Examples:\n  airform export --out infra/\n  airform export --kinds workspaces,tags"
    )]
    Export(ExportCommand),
    /// Remember a live object as the declared resource that it is
    ///
    /// Nothing is sent that writes. Where the object is not as declared, the next plan says so.
    #[command(after_help = "Examples:\n  airform import workspaces.acme acme-prod infra/")]
    Import(ImportCommand),
    /// Mint a token for a customer, or read one
    ///
    /// Tokens are minted only for customers whose workspace stands, since the service would make one for any
    /// other name. A token is printed once and kept nowhere.
    #[command(after_help = "Examples:\n  airform token scoped --workspace acme infra/")]
    Token(TokenCommand),
    /// Look at what is remembered of earlier runs, and mend it
    ///
    /// State says which object each resource is, and what was last written to it, as keyed digests. What it
    /// has forgotten is found again by name; objects are not touched by any of these commands.
    #[command(after_help = "Examples:\n  airform state list")]
    State(StateCommand),
    /// Find connectors, their fields and YAML to begin with
    ///
    /// The service is asked with the credentials that are set. Where none are, and with --offline, the
    /// connectors that are built in are meant.
    #[command(after_help = "Examples:\n  airform definitions show S3 --offline")]
    Definitions(DefinitionsCommand),
    /// Write a folder to begin with: a manifest, a .gitignore, a workflow
    ///
    /// Writes airform.yaml, a .gitignore, and the workflow .github/workflows/airform.yml at the root of the
    /// git repository that DIR stands in. Nothing that stands there already is touched; where a manifest
    /// does, nothing is written.
    #[command(
        after_help = "Examples:\n  airform init\n  airform init infra/ --action acme/airform@v0.1.0"
    )]
    Init(InitCommand),
    /// Say what a code means, and what to do about it
    ///
    /// Codes stand in front of complaints (`manifest::unknown-field`), before what blocks a plan
    /// (`plan::guarded`), and, with --verbose, behind a plan for the reasons in it (`reason::drifted`).
    #[command(after_help = "Examples:\n  airform explain plan::guarded")]
    Explain(ExplainCommand),
    /// Print a script with which a shell completes the command line
    ///
    /// The shell reads it each time that it starts, or once, from where it looks for such scripts.
    #[command(
        after_help = "Examples:\n  source <(airform completions bash)\n  airform completions zsh > ~/.zfunc/_airform\n  airform completions fish > ~/.config/fish/completions/airform.fish"
    )]
    Completions(CompletionsCommand),
    /// Write manual pages
    ///
    /// One for each command: `man airform`, `man airform-plan`.
    #[command(after_help = "Examples:\n  airform man --out ~/.local/share/man/man1")]
    Man(ManCommand),
}

/// What has a JSON schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// A file of a manifest
    Manifest,
    /// A plan, and the events of an apply, with --format json
    Plan,
    /// A file of `airform test`
    Test,
}
