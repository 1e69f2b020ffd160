//! What a plan may do.

use clap::{Args, Parser, ValueEnum};
use model::Kind;

use super::GuardArgs;
use super::parsers::{address, kind_parser};

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

    /// Write the secrets of this resource again though nothing has changed; may be given several times
    ///
    /// For a secret that was changed or lost at the service, where nobody can see it. Those that only
    /// a new object could be given (a connector's `credentials`) are not among them.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) rotate: Vec<model::Address>,

    /// Write every secret that was taken as it is, by adoption, import or export, and never written
    #[arg(long)]
    pub(crate) rotate_assumed: bool,

    /// Remember what was changed outside Airform as what stands, and change nothing else
    ///
    /// It is no drift then. What the manifest wants otherwise, it wants still. Nothing can be written
    /// to the organization.
    #[arg(long, conflicts_with_all = ["replace", "rotate", "rotate_assumed", "prune", "replace_workspace"])]
    pub(crate) refresh_only: bool,

    /// Take back what this run has changed; `airform state runs` lists runs
    ///
    /// What it made is deleted, and what it changed is changed back, as far as that is known. The plan
    /// says what cannot be brought back.
    #[arg(long, value_name = "RUN", conflicts_with_all = ["replace", "rotate", "rotate_assumed", "prune", "target", "exclude", "refresh_only"])]
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

    /// Send configurations that their connectors' specifications have something against
    ///
    /// What they have against them is a warning then. For a specification that is wrong, or older
    /// than its connector.
    #[arg(long)]
    pub(crate) no_config_check: bool,

    /// What it may not do.
    #[command(flatten)]
    pub(crate) guards: GuardArgs,
}

/// [`DecisionArgs`] alone.
#[derive(Debug, Parser)]
#[command(name = "options")]
struct Alone {
    #[command(flatten)]
    decision: DecisionArgs,
}

impl DecisionArgs {
    /// The options that `words` are.
    pub(crate) fn parse_words(words: &[String]) -> Result<DecisionArgs, String> {
        let words = std::iter::once("options").chain(words.iter().map(String::as_str));
        let parsed = Alone::try_parse_from(words);
        parsed.map(|alone| alone.decision).map_err(|error| {
            let text = error.to_string();
            text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
        })
    }

    /// The options as they would be written, without those that were not given.
    pub(crate) fn words(&self) -> Vec<String> {
        let DecisionArgs {
            prune,
            expect_workspace_deletes,
            replace,
            rotate,
            rotate_assumed,
            refresh_only,
            inverse,
            replace_workspace,
            target,
            exclude,
            no_adopt,
            accept_vanished,
            no_config_check,
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
        words.extend(rotate.iter().map(|address| format!("--rotate={address}")));
        words.extend(rotate_assumed.then(|| "--rotate-assumed".to_owned()));
        words.extend(refresh_only.then(|| "--refresh-only".to_owned()));
        words.extend(inverse.map(|run| format!("--inverse={run}")));
        words.extend(replace_workspace.iter().map(|name| format!("--replace-workspace={name}")));
        words.extend(target.iter().map(|address| format!("--target={address}")));
        words.extend(exclude.iter().map(|address| format!("--exclude={address}")));
        words.extend(no_adopt.then(|| "--no-adopt".to_owned()));
        let vanished = accept_vanished.iter();
        words.extend(vanished.map(|kind| format!("--accept-vanished={}", kind.section())));
        words.extend(no_config_check.then(|| "--no-config-check".to_owned()));
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
