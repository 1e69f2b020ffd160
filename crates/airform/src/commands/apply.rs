//! `airform apply`.

use std::cell::RefCell;
use std::time::{Duration, Instant, SystemTime};

use model::event::Event;
use model::plan::{BlockerCause, Plan, StepId};
use planner::Options;
use state::{Holder, Session};

use super::decide::{self, Decided};
use super::declared::{self, Declared};
use super::stop::listen;
use super::target::{Target, watched};
use super::{Context, budget, clear_secrets, config_check, inverse, runtime, saved, withheld};
use crate::args::{ApplyCommand, EventFormat, TargetArgs};
use crate::exit::Exit;
use crate::report::Failure;
use crate::secrets::{KeyedFingerprints, Secrets};
use crate::views;
use crate::views::plan::counted;
use crate::views::progress::Progress;
use crate::views::style::{ERROR, paint, plain};

/// For how long what a plan saw is taken for how things stand. Then each step looks once more before
/// it is sent, which costs a request as the write does: a run that ends sooner makes one request for
/// each write and no more, and one that goes on for hours, window after window, meets no surprise.
pub(super) const BELIEVED: Duration = Duration::from_secs(10 * 60);

/// Shows what would change, asks, and changes it.
pub(crate) fn run(command: ApplyCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    if command.format == EventFormat::Json {
        context.streams.speak_in_events();
    }
    if let [path] = command.manifest.paths.as_slice()
        && saved::is_plan(path)
    {
        return saved::run(&command, context);
    }
    let ApplyCommand { manifest, target, decision, auto_approve, format: _ } = command;
    let env = decide::seen_env(target.sandbox, &context.env);
    let declared = declared::read(&manifest, &env, context)?;
    let secrets = if target.sandbox {
        Secrets::stand_ins(&declared.desired)
    } else {
        declared.secrets(&env)?
    };
    let options = decide::options(&decision);
    let job = Job {
        verb: "apply",
        declared,
        secrets,
        target,
        options,
        inverse: decision.inverse,
        no_config_check: decision.no_config_check,
        auto_approve,
    };
    carry_out(job, context)
}

/// What is to be made so, and how.
pub(super) struct Job {
    /// The command, for whoever finds the state locked.
    pub(super) verb: &'static str,
    /// What is declared.
    pub(super) declared: Declared,
    /// The texts of its secrets.
    pub(super) secrets: Secrets,
    /// Where.
    pub(super) target: TargetArgs,
    /// What the planner may do.
    pub(super) options: Options,
    /// The run that is taken back.
    pub(super) inverse: Option<u64>,
    /// What specifications have against configurations is a warning.
    pub(super) no_config_check: bool,
    /// Nobody is asked.
    pub(super) auto_approve: bool,
}

/// Plans a job, shows the plan, asks, and carries it out.
pub(super) fn carry_out(mut job: Job, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let mut target = Target::open(&job.target, &job.declared, context)?;
    if job.options.refresh_only {
        target = target.read_only();
    }
    let mut session = target.store.lock(&holder(job.verb))?;
    if let Some(recovered) = session.recovered() {
        context.streams.remark(views::apply::recovered_line(recovered));
    }
    if let Some(number) = job.inverse {
        let (declared, options) = (&mut job.declared, &mut job.options);
        inverse::take_back(number, session.document(), declared, options, context)?;
    }
    let ended = runtime()?.block_on(applied(&job, &target, &mut session, context));
    finish(ended, &target, session, context)
}

/// Ends a run, however it went.
pub(super) fn finish(
    ended: Result<Exit, Failure>,
    target: &Target,
    session: Session,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    // Whatever happened, what was recorded is kept. The sandbox's organization comes first: one that
    // knows more than its state is taken over by name, one that knows less looks destroyed.
    let kept = target.keep();
    let finished = session.finish().map(drop).map_err(Failure::from);
    context.tell_requests(&target.client);
    match (ended, kept.and(finished)) {
        (ended, Ok(())) => ended,
        // Something was done, and not all of it is remembered.
        (Ok(_), Err(failure)) => Err(failure.ending(Exit::Partial)),
        (Err(first), Err(second)) => {
            second.report(context.streams);
            Err(first)
        }
    }
}

async fn applied(
    job: &Job,
    target: &Target,
    session: &mut Session,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let Job {
        verb: _,
        declared,
        secrets,
        target: arguments,
        options,
        inverse: _,
        no_config_check,
        auto_approve,
    } = job;
    let owner = target.owner(session.state(), context.streams).await?;
    let key = *session.document().key.bytes();
    let fingerprints = KeyedFingerprints::new(&key, &owner.organization, secrets);
    let mut options = options.clone();
    let seen_at = Instant::now();
    let mut decided =
        decide::decide(declared, target, session.state(), &fingerprints, &options).await?;
    withheld::keep(declared, &decided.live.facts, &target.client);
    if options.destroy && decided.plan.is_empty() && decided.plan.blockers.is_empty() {
        context.streams.say("Nothing is left to destroy.");
        return Ok(Exit::Done);
    }
    let check = (*no_config_check, target.is_sandbox());
    config_check::enforce_planned(declared, &decided, &options, check, context)?;
    clear_secrets::warn(declared, &decided.live.facts, context);
    if context.streams.in_events() || !decide::show_asked(&options, &decided.plan, context) {
        decide::show(&decided.plan, context);
    }
    if let Some(count) = unconfirmed(&decided.plan, &options)
        && context.streams.interactive
        && !auto_approve
        && typed(count)?
    {
        options.prune.expected_workspace_deletes = Some(count);
        let desired = &declared.desired;
        let state = session.state();
        decided.plan = planner::plan(desired, &decided.live, state, &fingerprints, &options);
    }
    let replaced = replaced(&decided.plan);
    if !replaced.is_empty()
        && context.streams.interactive
        && !auto_approve
        && names_typed(&replaced)?
    {
        options.replace_workspaces.extend(replaced);
        let desired = &declared.desired;
        let state = session.state();
        decided.plan = planner::plan(desired, &decided.live, state, &fingerprints, &options);
    }
    let Decided { plan, .. } = &decided;
    if !plan.blockers.is_empty() {
        return Err(decide::blocked(plan, declared));
    }
    if plan.is_empty() {
        return Ok(decide::nothing_to_do(plan, context));
    }
    budget::check_apply(&target.requests, plan, target.client.requests(), context)?;
    if !auto_approve && !plan.is_quiet() {
        approve(context)?;
        // Whoever was asked may have thought about it for an hour.
        let planned = decided.basis(declared, &fingerprints);
        budget::check_refresh(&target.requests, &planned.scope)?;
        let (live, _) = target.refresh(&mut planned.scope.clone()).await?;
        let found = apply::basis::again(&planned, &live, &fingerprints);
        saved::still_holds(apply::basis::live_moved(&planned, &found))?;
    }
    session.claim(owner.clone())?;
    session.begin_run(planner::images(plan, &declared.desired, &decided.live, session.state()))?;
    let known_workspaces = decided.known_workspaces();
    let parallelism = usize::from(arguments.parallelism);
    let seen = Some(apply::Seen::of(plan, &decided.live, seen_at, BELIEVED));
    let walk = apply::Options { parallelism, known_workspaces, seen };
    carry(plan, declared, target, session, (secrets, &fingerprints), &walk, context).await
}

/// Carries a plan out that was approved.
pub(super) async fn carry(
    plan: &Plan,
    declared: &Declared,
    target: &Target,
    session: &mut Session,
    (secrets, fingerprints): (&Secrets, &KeyedFingerprints<'_>),
    walk: &apply::Options,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let cancel = apply::Cancel::default();
    listen(cancel.clone(), target.client.clone());
    if !context.streams.in_events() {
        context.streams.remark("");
    }
    let progress = RefCell::new(Progress::new(plan, context.streams));
    let mut told = |event: Event| progress.borrow_mut().event(&event);
    let client = &target.client;
    let work = apply::apply(plan, client, session, secrets, fingerprints, walk, &cancel, &mut told);
    let report = watched(work, || progress.borrow_mut().throttled(client.throttled())).await;
    progress.into_inner().finish();
    conclude(plan, declared, report, context)
}

/// Says how it went.
fn conclude(
    plan: &Plan,
    declared: &Declared,
    report: apply::Report,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let done = |step: StepId| report.is_done(step);
    let words = views::apply::done_words(plan, done);
    if context.streams.in_events() {
        context.streams.event(&views::json::Event::ended(
            plan,
            report.done(),
            report.is_complete(),
        ));
    } else {
        context.streams.remark("");
        context.streams.say(match (report.is_complete(), report.done()) {
            (true, _) => format!("Applied: {words}."),
            (false, 0) => "Nothing was applied.".to_owned(),
            (false, _) => format!("Applied in part: {words}."),
        });
    }
    if report.is_complete() {
        return Ok(Exit::Done);
    }
    if let Some(error) = &report.state_error {
        context.streams.remark(format!("{} {}", paint(ERROR, "error:"), plain(&error.to_string())));
    }
    for complaint in views::apply::failures(plan, declared, &report) {
        let drawn = views::diagnostics::render(&complaint, declared.shown());
        context.streams.remark(format!("{drawn}\n"));
    }
    for line in views::apply::rest(plan, &report) {
        context.streams.remark(line);
    }
    Ok(match (report.was_cancelled(), report.done() > 0) {
        (true, _) => Exit::Interrupted,
        (false, true) => Exit::Partial,
        (false, false) => Exit::Error,
    })
}

/// How many workspaces the plan would delete, where that is all that blocks it.
fn unconfirmed(plan: &Plan, options: &Options) -> Option<usize> {
    match plan.blockers.as_slice() {
        [only] if options.prune.expected_workspace_deletes.is_none() => match only.cause {
            BlockerCause::WorkspaceDeletesUnconfirmed { count, .. } => Some(count),
            _ => None,
        },
        _ => None,
    }
}

/// The workspaces that the plan would replace, where that is all that blocks it.
fn replaced(plan: &Plan) -> Vec<String> {
    let names = plan.blockers.iter().map(|blocker| match &blocker.cause {
        BlockerCause::WorkspaceReplaceUnconfirmed { name } => Some(name.clone()),
        _ => None,
    });
    names.collect::<Option<Vec<_>>>().unwrap_or_default()
}

/// Whether somebody types the name of every workspace that is to be replaced.
fn names_typed(names: &[String]) -> Result<bool, Failure> {
    for name in names {
        let answer = ask(&format!(
            "The workspace {} will be deleted with its connectors and all data of its customer, and made anew. Type its name to go on",
            views::style::quoted(name)
        ))?;
        if answer.trim() != name.trim() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether somebody types how many workspaces are to be deleted.
fn typed(count: usize) -> Result<bool, Failure> {
    let answer = ask(&format!(
        "{} will be deleted with all data. Type their number to go on",
        counted(count, "workspace", "workspaces")
    ))?;
    Ok(answer.trim() == count.to_string())
}

/// Asks for a yes, and fails without one.
fn approve(context: &mut Context<'_>) -> Result<(), Failure> {
    if !context.streams.interactive {
        return Err(Failure::error("nobody is here to approve this plan, so nothing was changed")
            .help("look at the plan, then give --auto-approve"));
    }
    let answer = ask("Apply this plan? Only `yes` is taken for a yes")?;
    if answer.trim() == "yes" {
        return Ok(());
    }
    Err(Failure::error("not approved, so nothing was changed"))
}

fn ask(question: &str) -> Result<String, Failure> {
    dialoguer::Input::<String>::new()
        .with_prompt(question)
        .allow_empty(true)
        .interact_text()
        .map_err(|error| Failure::error(format!("cannot ask: {error}")))
}

/// Who holds the lock, for whoever finds it held.
pub(crate) fn holder(command: &str) -> Holder {
    let user = std::env::var("USER").unwrap_or_else(|_| "somebody".to_owned());
    Holder {
        who: format!("{user} (process {})", std::process::id()),
        command: command.to_owned(),
        at: httpdate::fmt_http_date(SystemTime::now()),
    }
}
