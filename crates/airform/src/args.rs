//! The command line. The comments here are the help texts.

mod guards;
mod requests;
mod tools;
mod validate;

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use model::Kind;

pub(crate) use guards::GuardArgs;
pub(crate) use requests::RequestArgs;
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

/// Where the manifest is, and what its variables are.
#[derive(Debug, Args)]
pub(crate) struct ManifestArgs {
    /// Files and folders that make up the manifest [default: the current folder]
    ///
    /// Of a folder, every *.yaml and *.yml directly in it that has a `version:` and a section of
    /// ours is read, in order of name. All of them together are one manifest.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// How it is read.
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

/// How a manifest is read.
#[derive(Debug, Args)]
pub(crate) struct ReadingArgs {
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
    /// The state file [default: airform.state.json beside the first PATH]
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

    /// How requests are made.
    #[command(flatten)]
    pub(crate) requests: RequestArgs,
}

/// What the plan may do.
#[derive(Debug, Args)]
pub(crate) struct DecisionArgs {
    /// Delete what earlier runs made and the manifest no longer declares
    ///
    /// Covers tags, templates and OAuth apps. `--prune=connectors` covers connectors too, which loses how far each
    /// has read; `--prune=workspaces` covers everything, which destroys the customers' data and so asks
    /// for their number.
    #[arg(long, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "templates")]
    pub(crate) prune: Option<Prune>,

    /// How many workspaces --prune=workspaces is expected to delete
    #[arg(long, value_name = "N")]
    pub(crate) expect_workspace_deletes: Option<usize>,

    /// Replace this resource though nothing in it has changed; may be given several times
    ///
    /// Whatever else holds for a replacement holds here: `prevent_destroy` forbids it, a workspace and
    /// a connector need `allow_replace`.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) replace: Vec<model::Address>,

    /// Remember what was changed outside Airform as what stands, and change nothing else
    ///
    /// It is no drift then. What the manifest wants otherwise, it wants still. Nothing can be written
    /// to the organization.
    #[arg(long, conflicts_with_all = ["replace", "prune", "replace_workspace"])]
    pub(crate) refresh_only: bool,

    /// Take back what this run has changed; `airform state runs` lists runs
    ///
    /// What it made is deleted, and what it changed is changed back, as far as that is known. The plan
    /// says what cannot be brought back.
    #[arg(long, value_name = "RUN", conflicts_with_all = ["replace", "prune", "target", "exclude", "refresh_only"])]
    pub(crate) inverse: Option<u64>,

    /// Replace this workspace, with its connectors and all data of its customer
    ///
    /// Its declaration must say `lifecycle: {allow_replace: true}` as well.
    #[arg(long, value_name = "NAME")]
    pub(crate) replace_workspace: Vec<String>,

    /// Only this resource and what it refers to; may be given several times
    ///
    /// The rest stays as it is, so that the organization may not be as declared afterwards. The
    /// plan says what is left out.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) target: Vec<model::Address>,

    /// All but this resource and what refers to it; may be given several times
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) exclude: Vec<model::Address>,

    /// Refuse to take over objects that already stand under a declared name
    #[arg(long)]
    pub(crate) no_adopt: bool,

    /// Believe that everything of this kind is really gone, and make it anew
    #[arg(long, value_name = "KIND", value_parser = kind_parser())]
    pub(crate) accept_vanished: Vec<Kind>,

    /// What it may not do.
    #[command(flatten)]
    pub(crate) guards: GuardArgs,
}

fn kind_parser() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.map(Kind::section)).try_map(|section| {
        Kind::from_section(&section).ok_or_else(|| format!("{section} is not a kind"))
    })
}

/// The kinds of which the service tells what it has.
fn told_kind_parser() -> impl TypedValueParser<Value = Kind> {
    let told = Kind::ALL.into_iter().filter(|kind| !kind.schema().write_only);
    PossibleValuesParser::new(told.map(Kind::section)).try_map(|section| {
        Kind::from_section(&section).ok_or_else(|| format!("{section} is not a kind"))
    })
}

impl DecisionArgs {
    /// The options as they would be written, without those that were not given.
    pub(crate) fn words(&self) -> Vec<String> {
        let DecisionArgs {
            prune,
            expect_workspace_deletes,
            replace,
            refresh_only,
            inverse,
            replace_workspace,
            target,
            exclude,
            no_adopt,
            accept_vanished,
            guards,
        } = self;
        let mut words = Vec::new();
        words.extend(prune.map(|prune| match prune {
            Prune::Templates => "--prune".to_owned(),
            Prune::Connectors => "--prune=connectors".to_owned(),
            Prune::Workspaces => "--prune=workspaces".to_owned(),
        }));
        words.extend(expect_workspace_deletes.map(|n| format!("--expect-workspace-deletes={n}")));
        words.extend(replace.iter().map(|address| format!("--replace={address}")));
        words.extend(refresh_only.then(|| "--refresh-only".to_owned()));
        words.extend(inverse.map(|run| format!("--inverse={run}")));
        words.extend(replace_workspace.iter().map(|name| format!("--replace-workspace={name}")));
        words.extend(target.iter().map(|address| format!("--target={address}")));
        words.extend(exclude.iter().map(|address| format!("--exclude={address}")));
        words.extend(no_adopt.then(|| "--no-adopt".to_owned()));
        let vanished = accept_vanished.iter();
        words.extend(vanished.map(|kind| format!("--accept-vanished={}", kind.section())));
        words.extend(guards.words());
        words
    }
}

/// What `--prune` covers; each also what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Prune {
    /// Tags, templates and OAuth apps
    Templates,
    /// Connectors too
    Connectors,
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

    /// Go without secrets: each is taken to be what it was
    ///
    /// For whoever may look and not apply, such as a check of a pull request from a fork.
    #[arg(long, conflicts_with = "out")]
    pub(crate) without_secrets: bool,

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

/// `airform graph`.
///
/// Neither credentials nor a network are needed. What is referred to stands before what refers to it;
/// of a plan, what is done first stands before what waits for it. More than 60 resources are drawn by
/// declaration, or by kind.
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
///
/// Nothing is asked of the organization: what is shown is what `airform apply FILE` would do, or
/// would refuse to do where anything has moved since.
#[derive(Debug, Args)]
pub(crate) struct ShowCommand {
    /// A file that `airform plan --out` has written
    pub(crate) file: PathBuf,

    /// How to show it.
    #[command(flatten)]
    pub(crate) view: ViewArgs,
}

/// `airform apply`.
///
/// Where PATH is a file that `airform plan --out` has written, that plan is carried out: exactly what
/// was looked at, without asking, once, and only if nothing that it hangs on has moved (otherwise the
/// exit code is 5). What it was planned with is in the file; only sensitive variables are given again.
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

/// `airform drift`.
///
/// Compares the organization with what was applied, and leaves out what the manifest wants
/// otherwise by now. Nothing can be written: whatever would write is refused before it is sent.
#[derive(Debug, Args)]
pub(crate) struct DriftCommand {
    /// Where the manifest is.
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    /// What to compare it with.
    #[command(flatten)]
    pub(crate) target: TargetArgs,
}

/// `airform destroy`.
///
/// What is declared `external` and what was never applied from here is not touched, and neither is
/// the organization's own workspace `default`.
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

/// `airform export`.
///
/// The plan right after is empty. Secrets are not told by the service: each becomes the name of an
/// environment variable, which the next apply needs and `plan --without-secrets` does not.
#[derive(Debug, Args)]
pub(crate) struct ExportCommand {
    /// Only these kinds, and what they refer to
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = told_kind_parser())]
    pub(crate) kinds: Vec<Kind>,

    /// The folder to write to, which is made where there is none [default: standard output]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// Replace the files of an earlier export
    #[arg(long, requires = "out")]
    pub(crate) force: bool,

    /// The state file to write [default: airform.state.json in DIR; none without --out]
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,

    /// How many requests may be under way at once
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) parallelism: u16,

    /// How requests are made.
    #[command(flatten)]
    pub(crate) requests: RequestArgs,
}

/// `airform import`.
///
/// Nothing is sent that writes. Where the object is not as declared, the next plan says so.
#[derive(Debug, Args)]
pub(crate) struct ImportCommand {
    /// The resource, which has to be declared, for example workspaces.acme
    #[arg(value_parser = address)]
    pub(crate) address: model::Address,

    /// The object: its id, or exactly what it is called
    pub(crate) id: String,

    /// Where the manifest is.
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,
    /// Where the object stands.
    #[command(flatten)]
    pub(crate) target: TargetArgs,
}

/// `airform output`.
///
/// Without an address: the `outputs:` of the manifest, or everything where it has none. It is told
/// from the state, as the last apply left it.
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

/// As [`ManifestArgs`], for a command whose arguments are something else.
#[derive(Debug, Args)]
pub(crate) struct NamedManifestArgs {
    /// A file or folder of the manifest [default: the current folder]
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest: Vec<PathBuf>,

    /// How it is read.
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

impl NamedManifestArgs {
    /// The folder beside which state is kept.
    pub(crate) fn base(&self) -> PathBuf {
        crate::sources::base_of(self.manifest.first().map_or(Path::new("."), PathBuf::as_path))
    }
}

impl From<NamedManifestArgs> for ManifestArgs {
    fn from(named: NamedManifestArgs) -> ManifestArgs {
        let NamedManifestArgs { manifest: paths, reading } = named;
        ManifestArgs { paths, reading }
    }
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
    #[command(after_help = "Example:\n  airform token scoped --workspace acme infra/")]
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
    #[command(
        after_help = "Example:\n  airform token widget --profile portal --workspace acme infra/"
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
    #[command(
        after_help = "Example:\n  curl -H \"Authorization: Bearer $(airform token operator infra/)\" …"
    )]
    Operator {
        /// For whom and how.
        #[command(flatten)]
        token: TokenArgs,
    },
    /// Say what a token on standard input says of itself; it is not checked, and not printed
    #[command(
        after_help = "Example:\n  airform token scoped --workspace acme infra/ | airform token inspect"
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

/// `airform state`.
#[derive(Debug, Args)]
pub(crate) struct StateCommand {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: StateVerb,

    /// The state file [default: the bucket of the manifest in the current folder, or
    /// airform.state.json there]
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) state: Option<PathBuf>,

    /// The state of the sandbox of the current folder
    #[arg(long, global = true, conflicts_with = "state")]
    pub(crate) sandbox: bool,

    /// How the manifest is read that says which bucket.
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
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
    /// Give what is remembered of one address to another
    #[command(after_help = "Example:\n  airform state mv workspaces.acme workspaces.acme-corp")]
    Mv {
        /// The address that it has
        #[arg(value_parser = address)]
        from: model::Address,
        /// The address that it is to have
        #[arg(value_parser = address)]
        to: model::Address,
    },
    /// List the last runs that changed something, by number, for `airform plan --inverse`
    Runs,
    /// Print the state as it is kept; it holds no secret, but a key that belongs to nobody else
    #[command(after_help = "Example:\n  airform state pull > state.json")]
    Pull,
    /// Put a state that was pulled, and mended, in place of the one that stands
    ///
    /// It must be of the same lineage and of a serial that is no lower.
    #[command(after_help = "Example:\n  airform state push state.json")]
    Push {
        /// The state
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Forget an address; its object stays
    Rm {
        /// For example source_templates.github
        #[arg(value_parser = address)]
        address: model::Address,
    },
    /// Remove the lock that a dead run has left
    ///
    /// A state file's lock ends with its run, so this only tidies up. In a bucket a lock runs out
    /// after a minute; with its ID, which whoever finds it locked is told, it ends at once.
    Unlock {
        /// The lock's id, where it is in a bucket and has not run out
        id: Option<String>,
    },
}

fn address(text: &str) -> Result<model::Address, String> {
    model::Address::parse(text).ok_or_else(|| {
        format!(
            "an address is SECTION.NAME or SECTION.NAME[\"KEY\"], for example source_templates.github; sections are {}",
            Kind::ALL.map(Kind::section).join(", ")
        )
    })
}
