//! An emulator, a client that points at it, and a clock that nobody waits for.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::{Client, Clock, Credentials, Error, Filled, Outcome, ReadyCall, ReadyStep, Settings};
use emulator::{Config, Emulator, Exchange, Fault, FaultKind, Switches, World};
use model::live::{Id, Live, LiveKind, LiveObject, Scope, Wanted};
use model::{Kind, SmallMap};
use serde_json::Value as Json;

/// Time passes here as soon as somebody waits for it.
#[derive(Debug, Default)]
pub(crate) struct Hurried {
    passed: Mutex<Duration>,
    waits: Mutex<Vec<Duration>>,
    /// Whose clock goes along while somebody waits.
    followed: Mutex<Option<Arc<Emulator>>>,
}

impl Hurried {
    pub(crate) fn pass(&self, time: Duration) {
        *self.passed.lock().unwrap() += time;
    }

    /// The waits so far are these, in seconds, or shorter by less than half: see `api::rate`.
    #[track_caller]
    pub(crate) fn check(&self, seconds: &[u64], context: &str) {
        let waits = self.waits.lock().unwrap();
        let fits = |(wait, &most): (&Duration, &u64)| {
            let most = Duration::from_secs(most);
            *wait > most / 2 && *wait <= most
        };
        assert_eq!(waits.len(), seconds.len(), "{context}: {waits:?}");
        assert!(waits.iter().zip(seconds).all(fits), "{context}: {waits:?}");
    }
}

impl Clock for Hurried {
    fn now(&self) -> Duration {
        *self.passed.lock().unwrap()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.waits.lock().unwrap().push(time);
        self.pass(time);
        if let Some(emulator) = &*self.followed.lock().unwrap() {
            let seconds = i64::try_from(time.as_secs() + 1).unwrap();
            emulator.edit(|world| world.advance(seconds));
        }
        Box::pin(tokio::task::yield_now())
    }
}

pub(crate) struct Bench {
    pub(crate) emulator: Arc<Emulator>,
    pub(crate) client: Client,
    pub(crate) clock: Arc<Hurried>,
}

pub(crate) fn client_credentials() -> Credentials {
    Credentials::Client { id: "sandbox-client".to_owned(), secret: "sandbox-secret".into() }
}

pub(crate) fn operator_token() -> Credentials {
    Credentials::Token("sandbox-operator-token".into())
}

impl Bench {
    /// A world as in the emulator's world files, and a client with client credentials.
    pub(crate) async fn new(world: &str, switches: Switches) -> Bench {
        Bench::with(world, switches, client_credentials(), None).await
    }

    pub(crate) async fn with(
        world: &str,
        switches: Switches,
        credentials: Credentials,
        organization: Option<&str>,
    ) -> Bench {
        let world = World::from_json(world).unwrap();
        let config = Config { world, switches, ..Config::default() };
        let emulator = Arc::new(Emulator::start(config).await.unwrap());
        let clock = Arc::new(Hurried::default());
        let organization = organization.map(str::to_owned);
        let settings = Settings { organization, ..Settings::new(emulator.url(), credentials) };
        let client = Client::with_clock(settings, clock.clone()).unwrap();
        Bench { emulator, client, clock }
    }

    /// From now on the service's clock goes along with every wait.
    pub(crate) fn follow(&self) {
        *self.clock.followed.lock().unwrap() = Some(self.emulator.clone());
    }

    /// The same with another client, which has client credentials and these settings besides.
    pub(crate) fn set(&mut self, set: impl FnOnce(&mut Settings)) {
        let mut settings = Settings::new(self.emulator.url(), client_credentials());
        set(&mut settings);
        self.client = Client::with_clock(settings, self.clock.clone()).unwrap();
    }

    /// A client with client credentials whose organization is identified, and a clean journal.
    pub(crate) async fn ready(world: &str, switches: Switches) -> Bench {
        let bench = Bench::new(world, switches).await;
        bench.client.identify().await.unwrap();
        bench.emulator.clear_journal();
        bench
    }

    pub(crate) fn fault(&self, method: &str, route: &str, kind: FaultKind) {
        self.emulator.inject(Fault::next(method, route, kind));
    }

    /// Performs on a task of its own, as whoever walks a plan does.
    pub(crate) async fn perform(&self, kind: Kind, call: ReadyCall) -> Result<Outcome, Error> {
        let client = self.client.clone();
        tokio::spawn(async move { client.perform(&ReadyStep { kind, call }).await }).await.unwrap()
    }

    pub(crate) async fn refresh(&self, scope: Scope) -> Result<Live, Error> {
        let client = self.client.clone();
        tokio::spawn(async move { client.refresh(&scope).await }).await.unwrap()
    }

    /// The objects of one kind, none of them wanted in particular.
    pub(crate) async fn read(&self, kind: Kind) -> LiveKind {
        self.read_wanted(kind, Wanted::default()).await.unwrap()
    }

    pub(crate) async fn read_wanted(&self, kind: Kind, wanted: Wanted) -> Result<LiveKind, Error> {
        let kinds = BTreeMap::from([(kind, wanted)]);
        let mut live = self.refresh(Scope { kinds, ..Scope::default() }).await?;
        Ok(live.kinds.remove(&kind).unwrap())
    }

    /// The requests so far: `METHOD /path?query STATUS`, ids shortened to `{id}`.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.emulator.journal().iter().map(line).collect()
    }

    pub(crate) fn take_requests(&self) -> Vec<String> {
        let requests = self.requests();
        self.emulator.clear_journal();
        requests
    }
}

fn line(exchange: &Exchange) -> String {
    let path = exchange.path.trim_start_matches("/api/v1");
    let path: Vec<&str> = path
        .split('/')
        .map(|part| if part.len() == 36 && part.contains('-') { "{id}" } else { part })
        .collect();
    let query: Vec<String> =
        exchange.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    format!("{} {}{query} {}", exchange.method, path.join("/"), exchange.status)
}

/// The only object of `name`.
pub(crate) fn named<'a>(live: &'a LiveKind, name: &str) -> (&'a Id, &'a LiveObject) {
    let mut found = live.objects.iter().filter(|(_, object)| object.name == name);
    match (found.next(), found.next()) {
        (Some(only), None) => only,
        other => panic!("{name}: {other:?}"),
    }
}

/// Attributes of an object from JSON.
pub(crate) fn attributes(json: Json) -> BTreeMap<String, Filled> {
    match filled(json) {
        Filled::Map(members) => members,
        other => panic!("{other:?}"),
    }
}

/// `{"$secret": "text"}` stands for a secret.
fn filled(json: Json) -> Filled {
    match json {
        Json::Null => Filled::Null,
        Json::Bool(bool) => Filled::Bool(bool),
        Json::Number(number) => {
            Filled::Number(model::value::Number::parse(&number.to_string()).unwrap())
        }
        Json::String(text) => Filled::Text(text),
        Json::Array(items) => Filled::List(items.into_iter().map(filled).collect()),
        Json::Object(members) => match members.get("$secret").and_then(Json::as_str) {
            Some(secret) => Filled::Secret(secret.into()),
            None => Filled::Map(members.into_iter().map(|(k, v)| (k, filled(v))).collect()),
        },
    }
}

/// A value as JSON, to compare it with what is written in a test.
pub(crate) fn json(value: &model::Value) -> Json {
    use model::Value;
    match value {
        Value::Null => Json::Null,
        Value::Bool(bool) => (*bool).into(),
        Value::Number(number) => serde_json::from_str(number.as_str()).unwrap(),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(members) => {
            Json::Object(members.iter().map(|(key, member)| (key.clone(), json(member))).collect())
        }
        Value::Secret(_) | Value::Reference(_) => panic!("never live"),
    }
}

pub(crate) fn all_json(attributes: &SmallMap<String, model::Value>) -> Json {
    json(&model::Value::Map(attributes.clone()))
}

pub(crate) fn create(name: &str, json: Json) -> ReadyCall {
    ReadyCall::Create { name: Some(name.to_owned()), attributes: attributes(json) }
}
