//! The way of `airform apply` from a manifest to the service and back, without its words and its
//! waits.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use api::{Client, Clock, Credentials, Limits, Settings};
use emulator::Emulator;
use manifest::{GivenVariables, SourceFile};
use model::desired::Desired;
use model::event::Event;
use model::live::{Live, Scope};
use model::plan::{BlockerCause, Plan};
use model::secret::{Fingerprint, Fingerprints, SecretSource};
use model::span::FileId;
use model::state::{Owner, State};
use model::{Address, Kind, Path, Value};
use planner::{Options, Prune};
use secrecy::{ExposeSecret, SecretString};
use state::{Holder, Session, Store};
use tokio::sync::Notify;

use super::Attempt;
use crate::Error;

/// How long one apply may take. Nothing here waits, so that whoever needs this long never ends.
const PATIENCE: Duration = Duration::from_secs(120);

/// Time passes as soon as somebody waits for it.
#[derive(Debug, Default)]
struct Hurried(Mutex<Duration>);

impl Clock for Hurried {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += time;
        Box::pin(tokio::task::yield_now())
    }
}

/// The texts of secrets, by variable.
pub(super) struct Texts(BTreeMap<String, SecretString>);

impl Texts {
    pub(super) fn new(secrets: &serde_json::Value) -> Texts {
        let all = secrets.as_object().into_iter().flatten();
        Texts(
            all.map(|(name, text)| (name.clone(), text.as_str().unwrap_or_default().into()))
                .collect(),
        )
    }
}

impl apply::Secrets for Texts {
    fn text(&self, source: &SecretSource) -> Option<SecretString> {
        match source {
            SecretSource::Env(name) => self.0.get(name).cloned(),
            SecretSource::File(_) | SecretSource::Variable(_) => None,
        }
    }
}

/// Digests that are good enough to tell values apart.
struct Digests<'a> {
    key: [u8; 32],
    texts: &'a Texts,
}

impl Digests<'_> {
    fn revealed(&self, value: &Value) -> Value {
        match value {
            Value::Secret(secret) => {
                let text = secret.reveal(|source| match source {
                    SecretSource::Env(name) => self.texts.0.get(name),
                    SecretSource::File(_) | SecretSource::Variable(_) => None,
                });
                text.map_or(value.clone(), |text| Value::text(text.expose_secret()))
            }
            Value::List(items) => Value::List(items.iter().map(|v| self.revealed(v)).collect()),
            Value::Map(members) => Value::Map(
                members.iter().map(|(key, value)| (key.clone(), self.revealed(value))).collect(),
            ),
            other => other.clone(),
        }
    }
}

impl Fingerprints for Digests<'_> {
    fn of(&self, address: &Address, path: &Path, value: &Value) -> Fingerprint {
        let mut hasher = DefaultHasher::new();
        let value = format!("{:?}", self.revealed(value));
        (self.key, address.to_string(), path.to_string(), value).hash(&mut hasher);
        Fingerprint(format!("{:016x}", hasher.finish()))
    }
}

/// Nothing is outside.
struct Nothing;

impl manifest::Lookup for Nothing {
    fn env(&self, _: &str) -> Option<String> {
        None
    }

    fn file(&self, _: &str, _: FileId) -> Result<String, String> {
        Err("no such file".to_owned())
    }
}

/// What a manifest declares.
///
/// # Errors
/// All complaints about it.
pub(super) fn read(manifest: &serde_json::Value) -> Result<Desired, Error> {
    let file = SourceFile { name: "storm.yaml".to_owned(), text: format!("{manifest:#}") };
    let reading = manifest::read(&[file], &GivenVariables::default(), &Nothing);
    reading.desired.ok_or_else(|| {
        let complaints: Vec<String> =
            reading.diagnostics.iter().map(|one| one.message.clone()).collect();
        complaints.join("; ").into()
    })
}

/// How an apply ended.
#[derive(Debug, PartialEq)]
pub(super) enum Ended {
    /// Everything stands; so many steps were taken.
    Done(usize),
    /// Nothing was done because of that.
    Blocked(String),
    /// It went wrong before anything was done.
    Refused(String),
    /// It went wrong on the way.
    Partly(String),
    /// It was killed.
    Cut,
    /// It did not end.
    Hung,
}

/// Where a storm plays.
pub(super) struct Place<'a> {
    pub(super) emulator: &'a Emulator,
    pub(super) state: PathBuf,
}

impl Place<'_> {
    /// A client of its own for each run, as each is a process of its own.
    fn client(&self, parallelism: usize, patience: Option<u64>) -> Result<Client, Error> {
        // By the client's credentials, so that a token that has expired is got anew.
        let given = emulator::Credentials::default();
        let credentials = Credentials::Client {
            id: given.client_id,
            secret: SecretString::from(given.client_secret),
        };
        let wait = patience.map_or(Duration::MAX, Duration::from_millis);
        let settings = Settings {
            concurrency: parallelism,
            limits: Limits { wait, ..Limits::default() },
            ..Settings::new(self.emulator.url(), credentials)
        };
        Ok(Client::with_clock(settings, Arc::new(Hurried::default()))?)
    }

    fn lock(&self) -> Result<Session, Error> {
        let [who, command, at] = ["a storm", "apply", "now"].map(str::to_owned);
        Ok(Store::file(&self.state).lock(&Holder { who, command, at })?)
    }

    /// What is remembered, with the lock taken and let go of.
    pub(super) fn remembered(&self) -> Result<State, Error> {
        Ok(self.lock()?.finish()?.state)
    }

    /// One apply, as the program does it. `hands` hears how many steps were begun.
    pub(super) async fn apply(
        &self,
        desired: &Desired,
        texts: &Texts,
        attempt: &Attempt,
        hands: &mut dyn FnMut(u64),
    ) -> Result<Ended, Error> {
        let run = self.run(desired, texts, attempt, hands);
        tokio::time::timeout(PATIENCE, run).await.unwrap_or(Ok(Ended::Hung))
    }

    async fn run(
        &self,
        desired: &Desired,
        texts: &Texts,
        attempt: &Attempt,
        hands: &mut dyn FnMut(u64),
    ) -> Result<Ended, Error> {
        let client = self.client(attempt.parallelism, attempt.patience)?;
        let mut session = self.lock()?;
        let key = *session.document().key.bytes();
        let digests = Digests { key, texts };
        let decided = async {
            let organization = client.identify().await?;
            let live = client.refresh(&Scope::of(desired, session.state())).await?;
            Ok::<_, api::Error>((organization, live))
        };
        let (organization, live) = match decided.await {
            Ok(decided) => decided,
            Err(error) => {
                drop(session.finish()?);
                return Ok(Ended::Refused(error.to_string()));
            }
        };
        let plan = answered(desired, &live, session.state(), &digests);
        if !plan.blockers.is_empty() {
            drop(session.finish()?);
            return Ok(Ended::Blocked(blockers(&plan)));
        }
        if plan.is_empty() {
            drop(session.finish()?);
            return Ok(Ended::Done(0));
        }
        let host = client.host().to_owned();
        session.claim(Owner { host, organization: organization.unwrap_or_default() })?;
        session.begin_run(planner::images(&plan, desired, &live, session.state()))?;
        let workspaces = live.kinds.get(&Kind::Workspace);
        let known_workspaces: BTreeSet<_> =
            workspaces.map(|kind| kind.objects.keys().cloned().collect()).unwrap_or_default();
        let seen = apply::Seen::of(&plan, &live, Instant::now(), Duration::ZERO);
        let seen = attempt.looks.then_some(seen);
        let walk = apply::Options { parallelism: attempt.parallelism, known_workspaces, seen };
        hands(0);
        let (cancel, cut) = (apply::Cancel::default(), Notify::new());
        let mut started = 0;
        let mut events = |event: Event| {
            if matches!(event, Event::Started { .. }) {
                if attempt.cut == Some(started) {
                    cut.notify_one();
                }
                started += 1;
                hands(started);
            }
        };
        let report = tokio::select! {
            report = apply::apply(
                &plan, &client, &mut session, texts, &digests, &walk, &cancel, &mut events,
            ) => report,
            () = cut.notified() => return Ok(Ended::Cut),
        };
        drop(session.finish()?);
        if report.is_complete() {
            return Ok(Ended::Done(plan.steps.len()));
        }
        let failures: Vec<String> = report
            .failures()
            .map(|(step, error)| {
                let address = plan.steps.get(step.0).map(|step| step.address.to_string());
                format!("{}: {error}", address.unwrap_or_default())
            })
            .chain(report.state_error.as_ref().map(ToString::to_string))
            .collect();
        Ok(Ended::Partly(failures.join("; ")))
    }

    /// What is left to do, in words; none where nothing is.
    pub(super) async fn rest(
        &self,
        desired: &Desired,
        texts: &Texts,
    ) -> Result<Option<String>, Error> {
        let client = self.client(1, None)?;
        let loaded = Store::file(&self.state).load()?;
        let state = &loaded.document.state;
        let digests = Digests { key: *loaded.document.key.bytes(), texts };
        let live = client.refresh(&Scope::of(desired, state)).await?;
        let plan = answered(desired, &live, state, &digests);
        if plan.is_empty() && plan.blockers.is_empty() {
            return Ok(None);
        }
        let steps: Vec<String> = plan
            .changes
            .iter()
            .filter(|(_, change)| change.action != model::plan::Action::NoOp)
            .map(|(address, change)| {
                let leaves: Vec<String> = change.leaves.keys().map(ToString::to_string).collect();
                format!("{:?} {address} ({})", change.action, leaves.join(", "))
            })
            .collect();
        Ok(Some(format!("{}\n{}", steps.join("\n"), blockers(&plan))))
    }
}

fn blockers(plan: &Plan) -> String {
    let causes: Vec<String> = plan
        .blockers
        .iter()
        .map(|one| {
            let address =
                one.address.as_ref().map_or_else(|| "the plan".to_owned(), ToString::to_string);
            format!("{address}: {:?}", one.cause)
        })
        .collect();
    causes.join("; ")
}

/// A plan that is not held up by questions that only a person could answer.
fn answered(desired: &Desired, live: &Live, state: &State, digests: &Digests<'_>) -> Plan {
    let workspaces = live.kinds.get(&Kind::Workspace);
    let names = workspaces.into_iter().flat_map(|kind| kind.objects.values());
    let mut options = Options {
        prune: Prune { kinds: Kind::ALL.into(), expected_workspace_deletes: None },
        replace_workspaces: names.map(|object| object.name.clone()).collect(),
        ..Options::default()
    };
    let plan = planner::plan(desired, live, state, digests, &options);
    let count = plan.blockers.iter().find_map(|blocker| match blocker.cause {
        BlockerCause::WorkspaceDeletesUnconfirmed { count, .. } => Some(count),
        _ => None,
    });
    if count.is_none() {
        return plan;
    }
    options.prune.expected_workspace_deletes = count;
    planner::plan(desired, live, state, digests, &options)
}
