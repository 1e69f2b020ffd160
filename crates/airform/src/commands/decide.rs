//! From what is declared to a plan.

use std::collections::BTreeSet;
use std::time::SystemTime;

use api::Client;
use manifest::{Diagnostic, Severity};
use model::basis::LiveBasis;
use model::desired::Desired;
use model::guard::{Rule, TOO_MANY_GONE};
use model::live::{Id, Live, Scope};
use model::moment::Moment;
use model::plan::{Action, BlockerCause, Note, Plan};
use model::secret::Fingerprints;
use model::state::State;
use model::{Address, Kind};
use planner::{Options, Prune};

use super::declared::Declared;
use super::target::Target;
use super::{Context, budget};
use crate::args::{self, DecisionArgs, GuardArgs, PlanFormat, ViewArgs};
use crate::env::Env;
use crate::exit::Exit;
use crate::report::Failure;
use crate::views;
use crate::views::drift::Drift;
use crate::views::requests::Requests;
use crate::views::style::plain;

/// What the planner may do, as asked for.
pub(crate) fn options(arguments: &DecisionArgs) -> Options {
    let mut kinds = BTreeSet::new();
    // Each covers what the one before it does: the further, the more of a customer's is lost.
    let covers = |prune| arguments.prune >= Some(prune);
    if covers(args::Prune::Templates) {
        kinds.extend([
            Kind::Tag,
            Kind::SourceTemplate,
            Kind::ConnectionTemplate,
            Kind::OAuthCredential,
        ]);
    }
    if covers(args::Prune::Connectors) {
        kinds.insert(Kind::Connector);
    }
    if covers(args::Prune::Workspaces) {
        kinds.insert(Kind::Workspace);
    }
    Options {
        prune: Prune { kinds, expected_workspace_deletes: arguments.expect_workspace_deletes },
        adopt: !arguments.no_adopt,
        replace_workspaces: arguments.replace_workspace.iter().cloned().collect(),
        replace: arguments.replace.iter().cloned().collect(),
        rotate: arguments.rotate.iter().cloned().collect(),
        rotate_assumed: arguments.rotate_assumed,
        refresh_only: arguments.refresh_only,
        accept_vanished: arguments.accept_vanished.iter().copied().collect(),
        destroy: false,
        undo: false,
        only: arguments.target.iter().cloned().collect(),
        except: arguments.exclude.iter().cloned().collect(),
        ..guarded(&arguments.guards)
    }
}

/// What the planner may not do, as asked for.
pub(crate) fn guarded(arguments: &GuardArgs) -> Options {
    Options {
        guards: arguments.guards(),
        override_guards: arguments.override_guard.iter().cloned().collect(),
        now: Some(arguments.guard_time.unwrap_or_else(now)),
        ..Options::default()
    }
}

/// The time of this machine. Only guards that are about time ask for it.
fn now() -> Moment {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Moment(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// Refuses names that nobody knows: a guard that is not there guards nothing.
fn check_names(desired: &Desired, state: &State, options: &Options) -> Result<(), Failure> {
    let known = |address: &Address| {
        desired.resources.contains_key(address) || state.records.contains_key(address)
    };
    // What a run has made may be gone already.
    if !options.undo
        && let Some(unknown) = options.only.iter().chain(&options.except).find(|at| !known(at))
    {
        return Err(Failure::usage(format!("{unknown} is neither declared nor remembered")));
    }
    let is_guard = |name: &String| {
        name == TOO_MANY_GONE
            || desired.guards.contains_key(name)
            || options.guards.contains_key(name)
    };
    if let Some(unknown) = options.override_guards.iter().find(|name| !is_guard(name)) {
        let message = format!("--override-guard {}: there is no such guard", plain(unknown));
        return Err(Failure::usage(message));
    }
    let tags = options.guards.values().flat_map(|guard| guard.rules.values());
    let mut tags = tags.filter_map(|rule| match rule {
        Rule::Tags(tags) => Some(tags),
        _ => None,
    });
    match tags.find_map(|tags| tags.iter().find(|tag| !desired.resources.contains_key(tag))) {
        Some(tag) => Err(Failure::usage(format!("--require-tag: {tag} is not declared"))),
        None => Ok(()),
    }
}

/// A decision, and what it was made over.
pub(crate) struct Decided {
    /// The decision.
    pub(crate) plan: Plan,
    /// The organization as it was.
    pub(crate) live: Live,
    /// What was asked of it.
    pub(crate) scope: Scope,
    /// With how few requests that can be known.
    pub(crate) floor: u64,
}

impl Decided {
    /// What the plan hangs on, for whoever carries it out later.
    pub(crate) fn basis(&self, declared: &Declared, fingerprints: &dyn Fingerprints) -> LiveBasis {
        let Decided { plan, live, scope, floor: _ } = self;
        apply::basis::live(plan, &declared.desired, scope, live, fingerprints)
    }

    /// The same, decided over what is remembered.
    pub(super) fn not_refreshed(mut self) -> Decided {
        self.plan.notes.insert(0, Note::NotRefreshed);
        self
    }

    /// The workspaces that were there: minting must not return one of them.
    pub(crate) fn known_workspaces(&self) -> BTreeSet<Id> {
        known_workspaces(&self.live)
    }
}

/// The workspaces in `live`.
pub(crate) fn known_workspaces(live: &Live) -> BTreeSet<Id> {
    let workspaces = live.kinds.get(&Kind::Workspace);
    workspaces.map(|kind| kind.objects.keys().cloned().collect()).unwrap_or_default()
}

/// What can be looked at: an organization while somebody watches, or a recorded one.
pub(crate) trait Organization {
    /// Reads what `scope` asks for, and says with how few requests that can be done. What is known
    /// already is not asked for; in the end `scope` is what it was.
    async fn refresh(&self, scope: &mut Scope) -> Result<(Live, u64), api::Error>;

    /// Refuses to read what takes more than may be spent on it.
    fn allows(&self, _scope: &Scope) -> Result<(), Failure> {
        Ok(())
    }
}

impl Organization for Client {
    async fn refresh(&self, scope: &mut Scope) -> Result<(Live, u64), api::Error> {
        let live = Client::refresh(self, scope).await?;
        let floor = api::floor(scope, &live);
        Ok((live, floor))
    }
}

impl Organization for Target {
    async fn refresh(&self, scope: &mut Scope) -> Result<(Live, u64), api::Error> {
        Target::refresh(self, scope).await
    }

    fn allows(&self, scope: &Scope) -> Result<(), Failure> {
        budget::check_refresh(&self.requests, scope)
    }
}

/// Asks the organization what the decision needs to know, and decides.
pub(crate) async fn decide(
    declared: &Declared,
    organization: &impl Organization,
    state: &State,
    fingerprints: &dyn Fingerprints,
    options: &Options,
) -> Result<Decided, Failure> {
    check_names(&declared.desired, state, options)?;
    for address in &options.replace {
        if declared.desired.resources.get(address).is_none_or(|resource| resource.external) {
            return Err(Failure::usage(format!(
                "{address} is not declared as ours, so it is not replaced"
            )));
        }
        if address.kind() == Kind::Tag {
            return Err(Failure::usage(format!(
                "{address} is nothing but a name on templates: there is nothing to replace"
            )));
        }
    }
    for address in &options.rotate {
        if declared.desired.resources.get(address).is_none_or(|resource| resource.external) {
            return Err(Failure::usage(format!(
                "{address} is not declared as ours, so it has no secrets to write again"
            )));
        }
    }
    let externals = options.destroy.then(|| declared.desired.external_only());
    let mut scope = Scope::of(externals.as_ref().unwrap_or(&declared.desired), state);
    organization.allows(&scope)?;
    let (live, floor) = organization.refresh(&mut scope).await?;
    declared.cover(&live.facts);
    let plan = planner::plan(&declared.desired, &live, state, fingerprints, options);
    Ok(Decided { plan, live, scope, floor })
}

/// Shows a plan that does only what was asked for aloud in the words of that, and says whether it has.
pub(crate) fn show_asked(options: &Options, plan: &Plan, context: &mut Context<'_>) -> bool {
    if options.refresh_only {
        show_refreshed(plan, context);
        return true;
    }
    let is_taken_back = options.undo && plan.is_empty() && plan.blockers.is_empty();
    if is_taken_back {
        context.streams.say("Nothing is left to take back.");
    }
    is_taken_back
}

/// Shows what is to be remembered by a plan that does nothing else.
fn show_refreshed(plan: &Plan, context: &mut Context<'_>) {
    let mut drift = Drift::default();
    for (address, change) in &plan.changes {
        match change.action {
            Action::Record => drop(drift.changed.insert(address.clone(), change.clone())),
            Action::Forget => drop(drift.gone.insert(address.clone(), change.name.clone())),
            Action::NoOp
            | Action::Create
            | Action::Update
            | Action::Replace
            | Action::Delete
            | Action::Adopt => {}
        }
    }
    context.streams.say(views::drift::render(&drift));
    if !drift.is_none() {
        context.streams.say(
            "Only the state would change: it would count as applied. What the manifest wants otherwise, it wants still.",
        );
    }
}

/// Shows the plan as it was asked for: itself on standard output, remarks on standard error.
pub(crate) fn show_as(
    plan: &Plan,
    requests: Option<Requests>,
    view: &ViewArgs,
    context: &mut Context<'_>,
) {
    for remark in views::plan::remarks(plan) {
        context.streams.remark(remark);
    }
    let ViewArgs { format, full } = view;
    context.streams.say(match format {
        PlanFormat::Text => {
            let look = views::plan::Look { full: *full, width: context.streams.width };
            views::plan::render(plan, look)
        }
        PlanFormat::Json => views::json::text(&views::json::document(plan, requests), true),
        PlanFormat::Markdown => views::markdown::render(plan),
        PlanFormat::Html => views::html::render(plan),
    });
    reasons(plan, context);
}

/// Shows the plan that is about to be carried out.
pub(crate) fn show(plan: &Plan, context: &mut Context<'_>) {
    if context.streams.in_events() {
        return context.streams.event(&views::json::Event::planned(plan));
    }
    for remark in views::plan::remarks(plan) {
        context.streams.remark(remark);
    }
    let look = views::plan::Look { full: false, width: context.streams.width };
    context.streams.say(views::plan::render(plan, look));
    reasons(plan, context);
}

/// Says which reasons stand in the plan, for `airform explain`, where more is to be said.
fn reasons(plan: &Plan, context: &mut Context<'_>) {
    if context.is_verbose()
        && let Some(reasons) = views::code::reasons(plan)
    {
        context.streams.remark(reasons);
    }
}

/// Ends a run whose plan is empty. That it is has been shown.
pub(crate) fn nothing_to_do(plan: &Plan, context: &mut Context<'_>) -> Exit {
    if context.streams.in_events() {
        context.streams.event(&views::json::Event::ended(plan, 0, true));
    }
    Exit::Done
}

/// What blocks the plan, as the end of a run.
pub(crate) fn blocked(plan: &Plan, declared: &Declared) -> Failure {
    Failure::complaints(Exit::Blocked, blockers(plan, declared), declared.shown().to_vec())
}

/// What blocks the plan, with the places in the manifest.
pub(crate) fn blockers(plan: &Plan, declared: &Declared) -> Vec<Diagnostic> {
    plan.blockers
        .iter()
        .map(|blocker| {
            let words = views::blocker::words(blocker);
            let resource = blocker
                .address
                .as_ref()
                .and_then(|address| declared.desired.resources.get(address));
            let mut labels = Vec::new();
            let entry = match &blocker.cause {
                BlockerCause::Guarded { guard, rule, .. } => {
                    let guard = declared.desired.guards.get(guard);
                    let rule = guard.and_then(|guard| guard.places.get(rule));
                    labels.extend(rule.map(|place| (*place, "this rule".to_owned())));
                    None
                }
                BlockerCause::MoveTaken { from, .. } => {
                    declared.desired.moved.get(from).map(|moved| moved.span)
                }
                BlockerCause::ImportMissing { .. } | BlockerCause::ImportTaken { .. } => blocker
                    .address
                    .as_ref()
                    .and_then(|address| declared.desired.imports.get(address))
                    .map(|import| import.span),
                _ => None,
            };
            let place = entry.or(resource.map(|resource| match &blocker.path {
                Some(path) => resource.place(path),
                None => resource.span,
            }));
            labels.extend(place.map(|place| (place, "here".to_owned())));
            Diagnostic {
                code: views::code::of_blocker(&blocker.cause),
                severity: Severity::Error,
                message: words.message,
                labels,
                help: Some(words.help),
            }
        })
        .collect()
}

/// The environment that the manifest sees. A sandbox's has no way to a real organization.
pub(crate) fn seen_env(sandbox: bool, env: &Env) -> Env {
    if sandbox {
        env.without_airbyte()
            .with(crate::env::ORGANIZATION_ID, &emulator::SANDBOX_ORGANIZATION.to_string())
    } else {
        env.clone()
    }
}
