//! When each step is taken.
//!
//! One task walks, and calls run beside it on its own thread: what they wait for is the network.
//! They also wait while it writes to the disk, a few milliseconds against a call's hundreds.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use api::{ReadyCall, ReadyStep};
use model::event::Event;
use model::live::{Id, Live, Scope};
use model::plan::{Call, Memory, Plan, Step, StepId};
use model::secret::Fingerprints;
use model::state::{Record, Sent, StateChange};
use model::{Address, Kind, SmallMap};
use state::{Intent, Operation, Outcome, Session};
use tokio::task::{self, JoinSet, LocalSet};

use crate::error::Error;
use crate::ready::{Sources, natural_name, ready};
use crate::report::{Report, StepResult};
use crate::verify::{Verified, verify};
use crate::{Cancel, Options, Performer, Secrets};

/// Carries `plan` out. A step is begun as soon as all that it waits for is done, the first of the
/// plan first, with its intent on disk before its call is sent. What it comes to is on disk before
/// anything that waits for it is begun. When a step fails, what waits for it is skipped and the
/// rest goes on; when nothing can be recorded any more, or everything that is sent would fail too
/// ([`api::Error::ends_it_all`]), nothing more is begun. A plan with blockers is not begun at all.
///
/// `events` hears of everything as it happens. The session is left open, so that its owner can
/// finish it whatever came of this.
#[expect(
    clippy::too_many_arguments,
    reason = "each is another one's business; a struct of them \
                                               would be made in one place to be taken apart here"
)]
pub async fn apply<P: Performer>(
    plan: &Plan,
    performer: &P,
    session: &mut Session,
    secrets: &dyn Secrets,
    fingerprints: &dyn Fingerprints,
    options: &Options,
    cancel: &Cancel,
    events: &mut dyn FnMut(Event),
) -> Report {
    let walk = Walk::new(plan, session, secrets, fingerprints, options, events);
    LocalSet::new().run_until(take(walk, performer, options.parallelism.max(1), cancel)).await
}

/// Takes step after step, with calls as local tasks.
async fn take<P: Performer>(
    mut walk: Walk<'_>,
    performer: &P,
    parallelism: usize,
    cancel: &Cancel,
) -> Report {
    let mut calls = JoinSet::new();
    let mut running: HashMap<task::Id, StepId> = HashMap::new();
    loop {
        if !cancel.is_cancelled() {
            for (id, step, look) in walk.begin(parallelism.saturating_sub(running.len())) {
                let performer = performer.clone();
                let call = calls.spawn_local(async move {
                    match look {
                        Some(scope) => match performer.look(&scope).await {
                            Ok(live) => Came::Looked(step, live),
                            Err(error) => Came::Answered(Err(error)),
                        },
                        None => Came::Answered(performer.perform(&step).await),
                    }
                });
                running.insert(call.id(), id);
            }
        }
        let Some(first) = calls.join_next_with_id().await else { break };
        let mut ended = Vec::new();
        let mut next = Some(first);
        while let Some(joined) = next {
            let (call, result) = match joined {
                Ok((call, Came::Answered(result))) => (call, result.map_err(Error::Call)),
                Ok((call, Came::Looked(step, live))) => match walk.still(&step, &live) {
                    Ok(()) => {
                        let performer = performer.clone();
                        let sent = calls.spawn_local(async move {
                            Came::Answered(performer.perform(&step).await)
                        });
                        running.remove(&call).map(|id| running.insert(sent.id(), id));
                        next = calls.try_join_next_with_id();
                        continue;
                    }
                    Err(moved) => (call, Err(moved)),
                },
                Err(broken) => (broken.id(), Err(Error::Broken)),
            };
            if let Some(step) = running.remove(&call) {
                ended.push((step, result));
            }
            next = calls.try_join_next_with_id();
        }
        walk.end(ended);
    }
    walk.report()
}

/// What a task has come to.
enum Came {
    /// This is how it looks where the step is to be taken.
    Looked(ReadyStep, Live),
    /// The step was taken.
    Answered(Result<api::Outcome, api::Error>),
}

struct Walk<'a> {
    plan: &'a Plan,
    session: &'a mut Session,
    secrets: &'a dyn Secrets,
    fingerprints: &'a dyn Fingerprints,
    options: &'a Options,
    events: &'a mut dyn FnMut(Event),
    results: Vec<Option<StepResult>>,
    /// How many each step still waits for.
    waiting: Vec<usize>,
    dependents: Vec<Vec<StepId>>,
    /// Steps with a call that wait for nothing more.
    ready: BTreeSet<StepId>,
    /// Steps without one that do not either.
    quiet: BTreeSet<StepId>,
    /// Every id that belongs to a resource, or did when the run began or since.
    holders: BTreeMap<Id, Address>,
    /// What this run has written to itself, and so looks otherwise than the plan saw it.
    written: BTreeSet<Id>,
    state_error: Option<state::Error>,
    /// Whatever else were sent would fail as something did.
    is_hopeless: bool,
}

impl<'a> Walk<'a> {
    fn new(
        plan: &'a Plan,
        session: &'a mut Session,
        secrets: &'a dyn Secrets,
        fingerprints: &'a dyn Fingerprints,
        options: &'a Options,
        events: &'a mut dyn FnMut(Event),
    ) -> Walk<'a> {
        let mut dependents = vec![Vec::new(); plan.steps.len()];
        for (id, step) in plan.steps.iter().enumerate().map(|(id, step)| (StepId(id), step)) {
            for first in &step.after {
                // One that waits for what is not in the plan is never ready.
                if let Some(dependents) = dependents.get_mut(first.0) {
                    dependents.push(id);
                }
            }
        }
        let mut walk = Walk {
            plan,
            secrets,
            fingerprints,
            options,
            events,
            results: plan.steps.iter().map(|_| None).collect(),
            waiting: plan.steps.iter().map(|step| step.after.len()).collect(),
            dependents,
            ready: BTreeSet::new(),
            quiet: BTreeSet::new(),
            holders: BTreeMap::new(),
            written: BTreeSet::new(),
            state_error: None,
            is_hopeless: false,
            session,
        };
        for (address, record) in &walk.session.state().records {
            hold(&mut walk.holders, address, record);
        }
        for (id, step) in plan.steps.iter().enumerate() {
            if step.after.is_empty() {
                walk.enqueue(StepId(id));
            }
        }
        walk
    }

    fn enqueue(&mut self, id: StepId) {
        match self.step(id).map(|step| &step.call) {
            Some(Call::Nothing) => self.quiet.insert(id),
            _ => self.ready.insert(id),
        };
    }

    /// Takes what can be begun, `free` calls at most: their intents are on disk. Steps without a
    /// call are taken at once and without limit.
    fn begin(&mut self, free: usize) -> Vec<(StepId, ReadyStep, Option<Scope>)> {
        let mut intents = Vec::new();
        let mut calls = Vec::new();
        let mut settled = Vec::new();
        while !self.is_stopped() {
            let next = match self.quiet.pop_first() {
                // These may make others ready, which then go out together with what is.
                None if !settled.is_empty() => {
                    self.settle(std::mem::take(&mut settled), false);
                    continue;
                }
                None if calls.len() < free => self.ready.pop_first(),
                quiet => quiet,
            };
            let Some(id) = next else { break };
            let Some(step) = self.step(id) else { continue };
            let sources = Sources { state: self.session.state(), secrets: self.secrets };
            match ready(step, &sources) {
                Ok(Some(call)) => {
                    intents.extend(intent(id, step));
                    let look = self.look(&call);
                    calls.push((id, call, look));
                }
                Ok(None) => settled.push((id, Ok(None))),
                Err(error) => settled.push((id, Err(error))),
            }
        }
        if self.is_stopped() {
            return Vec::new();
        }
        if let Err(error) = self.session.intents(&intents) {
            self.state_error = Some(error);
            return Vec::new();
        }
        for (step, ..) in &calls {
            (self.events)(Event::Started { step: *step });
        }
        calls
    }

    /// What to look at before `step` is sent.
    fn look(&mut self, step: &ReadyStep) -> Option<Scope> {
        let is_ours_by_now = match &step.call {
            ReadyCall::Update { id, .. } | ReadyCall::Delete { id, .. } => {
                !self.written.insert(id.clone())
            }
            ReadyCall::Create { .. } | ReadyCall::Attach { .. } | ReadyCall::Detach { .. } => false,
        };
        let seen = self.options.seen.as_ref().filter(|_| !is_ours_by_now)?;
        seen.look(step)
    }

    /// Whether what was looked at is as the plan saw it. An answer that was lost may have made what
    /// stands under the name, or this run has.
    fn still(&self, step: &ReadyStep, live: &Live) -> Result<(), Error> {
        let Some(seen) = &self.options.seen else { return Ok(()) };
        Ok(seen.still(step, live)?)
    }

    /// Takes in what calls came to.
    fn end(&mut self, mut ended: Vec<(StepId, Result<api::Outcome, Error>)>) {
        // In the plan's order: that of their arrival is nothing to tell people about.
        ended.sort_by_key(|(step, _)| *step);
        let ended = ended.into_iter().map(|(step, result)| (step, result.map(Some)));
        self.settle(ended.collect(), true);
    }

    /// Records what steps came to, all that succeeded together, and goes on from there. Steps that
    /// had no `intent` leave nothing of their failure in the journal.
    fn settle(&mut self, ended: Vec<(StepId, Result<Option<api::Outcome>, Error>)>, intent: bool) {
        let mut fresh = Fresh::default();
        let mut succeeded = Vec::new();
        let mut failed = Vec::new();
        for (id, result) in ended {
            let Some(step) = self.step(id) else { continue };
            let verified = result.and_then(|answer| {
                let verified = self.verify(step, answer.as_ref(), &fresh)?;
                Ok((answer.map(|answer| answer.id), verified))
            });
            match verified {
                Ok((made, Verified { changes, differs })) => {
                    for change in &changes {
                        if let StateChange::Put { address, record } = change {
                            hold(&mut self.holders, address, record);
                        }
                        fresh.take(change);
                    }
                    succeeded.push((made, differs, Outcome { step: id, changes }));
                }
                Err(error) => failed.push((id, error)),
            }
        }
        let outcomes: Vec<Outcome> = succeeded.iter().map(|(.., done)| done.clone()).collect();
        match self.session.outcomes(&outcomes) {
            Ok(()) => {
                for (id, differs, Outcome { step, changes: _ }) in succeeded {
                    self.done(step, id, differs);
                }
            }
            Err(error) => {
                self.state_error.get_or_insert(error);
                let lost = succeeded.into_iter();
                failed.extend(lost.map(|(id, _, done)| (done.step, Error::Unrecorded { id })));
            }
        }
        for (step, error) in failed {
            self.failed(step, error, intent);
        }
    }

    fn verify(
        &self,
        step: &Step,
        answer: Option<&api::Outcome>,
        fresh: &Fresh,
    ) -> Result<Verified, Error> {
        if let (Call::Create { .. }, Some(answer)) = (&step.call, answer) {
            self.check_new(step.address.kind(), &answer.id)?;
        }
        let record = fresh.record(&step.address, self.session);
        verify(step, answer, record, self.fingerprints)
    }

    /// That `id`, which was given to something new, is new (rulings, "Data").
    fn check_new(&self, kind: Kind, id: &Id) -> Result<(), Error> {
        let holder = self.holders.get(id);
        let stood = kind == Kind::Workspace && self.options.known_workspaces.contains(id);
        if holder.is_some() || stood {
            return Err(Error::NotNew { kind, id: id.clone(), holder: holder.cloned() });
        }
        Ok(())
    }

    fn done(&mut self, step: StepId, id: Option<Id>, differs: Vec<model::Path>) {
        self.conclude(step, StepResult::Done { id });
        (self.events)(Event::Done { step });
        if !differs.is_empty() {
            (self.events)(Event::Differs { step, paths: differs });
        }
        for dependent in self.dependents.get(step.0).cloned().unwrap_or_default() {
            if let Some(waiting) = self.waiting.get_mut(dependent.0) {
                *waiting -= 1;
                if *waiting == 0 {
                    self.enqueue(dependent);
                }
            }
        }
    }

    fn failed(&mut self, step: StepId, error: Error, intent: bool) {
        let done = matches!(error, Error::Unrecorded { .. });
        if intent
            && !done
            && let Err(error) = self.session.failed(step, error.is_unclear())
        {
            self.state_error.get_or_insert(error);
        }
        self.is_hopeless |= error.ends_it_all();
        (self.events)(Event::Failed { step, message: error.to_string() });
        self.conclude(step, StepResult::Failed(error));
        // What waits for a step that was done is not to be skipped, and not to be begun either.
        if !done {
            self.skip_dependents(step);
        }
    }

    fn skip_dependents(&mut self, failed: StepId) {
        let mut causes = BTreeSet::from([failed]);
        while let Some(because) = causes.pop_first() {
            for step in self.dependents.get(because.0).cloned().unwrap_or_default() {
                if matches!(self.results.get(step.0), Some(None)) {
                    self.conclude(step, StepResult::Skipped { because });
                    (self.events)(Event::Skipped { step, because });
                    causes.insert(step);
                }
            }
        }
    }

    /// Whether nothing more is to be begun, whatever is ready.
    fn is_stopped(&self) -> bool {
        self.state_error.is_some() || self.is_hopeless || !self.plan.blockers.is_empty()
    }

    fn step(&self, id: StepId) -> Option<&'a Step> {
        self.plan.steps.get(id.0)
    }

    fn conclude(&mut self, step: StepId, result: StepResult) {
        if let Some(place) = self.results.get_mut(step.0) {
            *place = Some(result);
        }
    }

    fn report(self) -> Report {
        let Walk { results, events, state_error, is_hopeless, .. } = self;
        let end = |(step, result): (usize, Option<StepResult>)| {
            result.unwrap_or_else(|| {
                events(Event::Cancelled { step: StepId(step) });
                StepResult::Cancelled
            })
        };
        Report {
            steps: results.into_iter().enumerate().map(end).collect(),
            state_error,
            is_hopeless,
        }
    }
}

/// Records that are about to be written together. Of two steps for one resource that end at once,
/// the second builds upon what the first has left.
#[derive(Default)]
struct Fresh(BTreeMap<Address, Option<Record>>);

impl Fresh {
    fn take(&mut self, change: &StateChange) {
        match change.clone() {
            StateChange::Put { address, record } => self.0.insert(address, Some(record)),
            StateChange::Remove { address } => self.0.insert(address, None),
        };
    }

    fn record<'a>(&'a self, address: &Address, session: &'a Session) -> Option<&'a Record> {
        match self.0.get(address) {
            Some(fresh) => fresh.as_ref(),
            None => session.state().records.get(address),
        }
    }
}

fn hold(holders: &mut BTreeMap<Id, Address>, address: &Address, record: &Record) {
    for id in std::iter::once(&record.id).chain(record.deposed.iter().map(|old| &old.id)) {
        holders.insert(id.clone(), address.clone());
    }
}

/// What the journal says before the call of `step` is sent.
fn intent(id: StepId, step: &Step) -> Option<Intent> {
    let (operation, name) = match &step.call {
        Call::Nothing => return None,
        Call::Create { attributes: _ } => (Operation::Create, natural_name(step)),
        Call::Update { target: _, name, attributes: _ } => (Operation::Update, Some(name.as_str())),
        Call::Delete { id: _, name } => (Operation::Delete, Some(name.as_str())),
        Call::Attach { target: _, tag: _ } => (Operation::Attach, None),
        Call::Detach { target: _, tag: _ } => (Operation::Detach, None),
    };
    let name = name.map(str::to_owned);
    let sent = match (operation, &step.memory) {
        (Operation::Create, Memory::Created { kept, leaves, .. }) => {
            let (kept, leaves) = (kept.clone(), leaves.clone());
            Some(Sent { kept, leaves, dropped: BTreeSet::new() })
        }
        (Operation::Update, Memory::Updated { leaves, dropped, .. }) => {
            let (leaves, dropped) = (leaves.clone(), dropped.clone());
            Some(Sent { kept: SmallMap::new(), leaves, dropped })
        }
        _ => None,
    };
    Some(Intent { step: id, address: step.address.clone(), operation, name, sent })
}
