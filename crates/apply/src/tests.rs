//! Plans made by hand, carried out by a service made by hand.

mod basis;
mod random;
mod ready;
mod rest;
mod seen;
mod verify;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use api::{Filled, ReadyCall, ReadyStep};
use model::event::Event;
use model::live::{Id, Live, Scope};
use model::plan::{Call, Memory, Plan, Step, StepId, Target};
use model::secret::{Fingerprint, Fingerprints, SecretPart, SecretRef, SecretSource};
use model::state::{Record, State, StateChange};
use model::{Address, Kind, Path, SmallMap, Value};
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;

use crate::{Cancel, Options, Performer, Report, Secrets, Seen, StepResult, apply};

/// A service that does as it is told, and remembers what it was asked.
#[derive(Clone, Default)]
struct Fake(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    /// How it answers, by what the call is about.
    script: BTreeMap<String, Answer>,
    /// What stands when somebody looks.
    live: Live,
    /// Every call, in words, when it comes and (in brackets) when it goes.
    log: Vec<String>,
    running: usize,
    /// How many calls there were at once, at most.
    most: usize,
}

#[derive(Clone, Default)]
struct Answer {
    /// How often other tasks get their turn before it answers.
    delay: usize,
    /// The id it gives; otherwise one that is made of the name.
    id: Option<Id>,
    failure: Option<Failure>,
}

#[derive(Clone, Copy)]
enum Failure {
    Certain,
    Unclear,
    Panic,
}

impl Fake {
    fn answering<const N: usize>(script: [(&str, Answer); N]) -> Fake {
        let script = script.into_iter().map(|(name, answer)| (name.to_owned(), answer)).collect();
        Fake(Arc::new(Mutex::new(Inner { script, ..Inner::default() })))
    }

    fn log(&self) -> Vec<String> {
        self.0.lock().unwrap().log.clone()
    }

    /// The calls that came, in order.
    fn calls(&self) -> Vec<String> {
        self.log().into_iter().filter(|line| !line.starts_with('(')).collect()
    }
}

fn after(delay: usize) -> Answer {
    Answer { delay, ..Answer::default() }
}

fn fails(failure: Failure) -> Answer {
    Answer { failure: Some(failure), ..Answer::default() }
}

fn gives(id: &str) -> Answer {
    Answer { id: Some(Id(id.into())), ..Answer::default() }
}

impl Performer for Fake {
    async fn look(&self, scope: &Scope) -> Result<Live, api::Error> {
        let mut inner = self.0.lock().unwrap();
        let kinds: Vec<&str> = scope.kinds.keys().map(|kind| kind.noun()).collect();
        inner.log.push(format!("look for a {}", kinds.join(", ")));
        Ok(inner.live.clone())
    }

    async fn perform(&self, step: &ReadyStep) -> Result<api::Outcome, api::Error> {
        let (verb, name, id) = match &step.call {
            ReadyCall::Create { name, .. } => {
                let name = name.clone().unwrap();
                ("create", name.clone(), Id(format!("id-{name}")))
            }
            ReadyCall::Update { id, name, .. } => ("update", name.clone(), id.clone()),
            ReadyCall::Delete { id, name } => ("delete", name.clone(), id.clone()),
            ReadyCall::Attach { id, tag } => ("attach", tag.clone(), id.clone()),
            ReadyCall::Detach { id, tag } => ("detach", tag.clone(), id.clone()),
        };
        let answer = {
            let mut inner = self.0.lock().unwrap();
            inner.log.push(format!("{verb} {name}"));
            inner.running += 1;
            inner.most = inner.most.max(inner.running);
            inner.script.get(&name).cloned().unwrap_or_default()
        };
        for _ in 0..answer.delay {
            tokio::task::yield_now().await;
        }
        let mut inner = self.0.lock().unwrap();
        inner.log.push(format!("({name})"));
        inner.running -= 1;
        drop(inner);
        let cause = "reset".to_owned();
        let failed = |unclear| api::Error::Unanswered { request: name.clone(), cause, unclear };
        match answer.failure {
            None => {
                Ok(api::Outcome { id: answer.id.unwrap_or(id), attributes: None, updated_at: None })
            }
            Some(Failure::Certain) => Err(failed(false)),
            Some(Failure::Unclear) => Err(failed(true)),
            Some(Failure::Panic) => panic!("as told"),
        }
    }
}

/// Knows one secret.
struct OneSecret;

impl Secrets for OneSecret {
    fn text(&self, source: &SecretSource) -> Option<SecretString> {
        (*source == SecretSource::Env("KEY".into())).then(|| SecretString::from("hunter2"))
    }
}

fn secret(variable: &str) -> Value {
    let source = SecretSource::Env(variable.into());
    Value::Secret(SecretRef { parts: vec![SecretPart::Lookup(source)] })
}

/// Fingerprints that can be read.
struct Plain;

impl Fingerprints for Plain {
    fn of(&self, _: &Address, path: &Path, value: &Value) -> Fingerprint {
        print(path, value)
    }
}

fn print(path: &Path, value: &Value) -> Fingerprint {
    match value {
        Value::Secret(_) => print(path, &Value::text("hunter2")),
        value => Fingerprint(format!("{path}={value:?}")),
    }
}

fn tag(name: &str) -> Address {
    Address::new(Kind::Tag, name)
}

fn texts<const N: usize>(attributes: [(&str, &str); N]) -> SmallMap<String, Value> {
    attributes.into_iter().map(|(name, text)| (name.to_owned(), Value::text(text))).collect()
}

/// The memory of a new object of this name.
fn created(name: &str) -> Memory {
    let path = Path::attribute("name");
    let sent = print(&path, &Value::text(name));
    Memory::Created {
        name: name.into(),
        kept: SmallMap::new(),
        leaves: [(path, sent)].into(),
        prevent_destroy: false,
        replaces: None,
    }
}

fn step(address: Address, call: Call, memory: Memory, after: &[usize]) -> Step {
    Step { address, call, after: after.iter().copied().map(StepId).collect(), memory }
}

/// A step that makes a tag.
fn create(name: &str, after: &[usize]) -> Step {
    let call = Call::Create { attributes: texts([("name", name)]) };
    step(tag(name), call, created(name), after)
}

fn plan(steps: Vec<Step>) -> Plan {
    Plan { steps, ..Plan::default() }
}

fn record(id: &str) -> Record {
    Record {
        id: Id(id.into()),
        name: "x".into(),
        kept: SmallMap::new(),
        leaves: SmallMap::new(),
        prevent_destroy: false,
        deposed: Vec::new(),
    }
}

/// A run: everything that it needs, and what came of it.
struct Run {
    folder: TempDir,
    fake: Fake,
    /// What is remembered before.
    before: BTreeMap<Address, Record>,
    parallelism: usize,
    known_workspaces: BTreeSet<Id>,
    /// What the plan saw.
    seen: Option<Seen>,
    /// The run is asked to stop when this is done.
    cancel_at: Option<StepId>,
    /// Nothing can be recorded.
    full_disk: bool,
}

struct Came {
    report: Report,
    events: Vec<Event>,
    /// What is remembered after the run has been finished.
    state: State,
}

impl Run {
    fn new(fake: &Fake) -> Run {
        Run {
            folder: TempDir::new().unwrap(),
            fake: fake.clone(),
            before: BTreeMap::new(),
            parallelism: 10,
            known_workspaces: BTreeSet::new(),
            seen: None,
            cancel_at: None,
            full_disk: false,
        }
    }

    fn lock(&self) -> state::Session {
        let [who, command, at] = ["ann", "apply", "now"].map(str::to_owned);
        let store = state::Store::file(self.folder.path().join("state.json"));
        store.lock(&state::Holder { who, command, at }).unwrap()
    }

    fn of(&self, plan: &Plan) -> Came {
        self.with(&self.fake, plan)
    }

    fn with(&self, performer: &impl Performer, plan: &Plan) -> Came {
        let mut session = self.lock();
        for (address, record) in self.before.clone() {
            session.edit(StateChange::Put { address, record });
        }
        session.finish().unwrap();
        let mut session = self.lock();
        let journal = self.folder.path().join("state.json.journal");
        if self.full_disk {
            std::fs::create_dir(&journal).unwrap();
        }
        let options = Options {
            parallelism: self.parallelism,
            known_workspaces: self.known_workspaces.clone(),
            seen: self.seen.clone(),
        };
        let cancel = Cancel::default();
        let mut events = Vec::new();
        let mut listener = |event: Event| {
            if matches!(event, Event::Done { step } if self.cancel_at == Some(step)) {
                cancel.cancel();
            }
            events.push(event);
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let report = runtime.block_on(apply(
            plan,
            performer,
            &mut session,
            &OneSecret,
            &Plain,
            &options,
            &cancel,
            &mut listener,
        ));
        if self.full_disk {
            std::fs::remove_dir(&journal).unwrap();
        }
        let state = session.finish().unwrap().state;
        Came { report, events, state }
    }
}

/// A result in a word.
fn word(result: &StepResult) -> String {
    match result {
        StepResult::Done { .. } => "done".into(),
        StepResult::Failed(error) => format!("failed: {error}"),
        StepResult::Skipped { because } => format!("skipped for {}", because.0),
        StepResult::Cancelled => "cancelled".into(),
    }
}

impl Came {
    fn words(&self) -> Vec<String> {
        self.report.steps.iter().map(word).collect()
    }

    fn id(&self, address: &Address) -> Option<&str> {
        self.state.records.get(address).map(|record| record.id.0.as_str())
    }
}
