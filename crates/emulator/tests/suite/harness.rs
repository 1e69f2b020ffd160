//! One way to ask and one way to look at the answer.

use emulator::{Catalog, Config, Emulator, Switches, World};
use reqwest::header::HeaderMap;
use serde_json::Value;

/// The two organizations of [`two_organizations`].
pub(crate) const OURS: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const THEIRS: &str = "22222222-2222-4222-8222-222222222222";

/// An id that nothing has.
pub(crate) const NOWHERE: &str = "99999999-9999-4999-8999-999999999999";

pub(crate) const GITHUB: &str = "ef69ef6e-aa7f-4af1-a01d-ef775033524e";
pub(crate) const POSTGRES: &str = "decd338e-5647-4c0b-adf4-da0e75f5a750";
pub(crate) const S3: &str = "4816b78f-1489-44c1-9060-4b19d5fa9362";

/// A running emulator and a client for it.
pub(crate) struct Bench {
    pub(crate) emulator: Emulator,
    client: reqwest::Client,
    token: String,
    organization: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// The body as JSON; a text where it is none.
    pub(crate) body: Value,
}

impl Bench {
    pub(crate) async fn start(world: World, switches: Switches) -> Bench {
        let catalog = Catalog::embedded();
        Bench::of(Config { world, switches, catalog, ..Config::default() }).await
    }

    pub(crate) async fn of(config: Config) -> Bench {
        // Plain HTTP needs no cryptography, but the client insists on knowing whose it would use.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Bench {
            emulator: Emulator::start(config).await.unwrap(),
            client,
            token: "sandbox-operator-token".to_owned(),
            organization: None,
        }
    }

    /// A fresh sandbox with these switches.
    pub(crate) async fn with(switches: Switches) -> Bench {
        Bench::start(World::sandbox(), switches).await
    }

    /// A fresh sandbox.
    pub(crate) async fn new() -> Bench {
        Bench::with(Switches::default()).await
    }

    /// The same emulator under another token; the empty one sends none.
    pub(crate) fn with_token(mut self, token: &str) -> Bench {
        token.clone_into(&mut self.token);
        self
    }

    /// The same emulator with an `X-Organization-Id` header.
    pub(crate) fn with_organization(mut self, id: &str) -> Bench {
        self.organization = Some(id.to_owned());
        self
    }

    pub(crate) fn switch(&self, turn: impl FnOnce(&mut Switches)) {
        let mut switches = self.emulator.switches();
        turn(&mut switches);
        self.emulator.set_switches(switches);
    }

    /// Sends `ask`, such as `GET /workspaces`, with a body unless it is `null`.
    pub(crate) async fn try_send(&self, ask: &str, body: Value) -> reqwest::Result<Answer> {
        let (method, path) = ask.split_once(' ').unwrap();
        let url = format!("{}{path}", self.emulator.url());
        let mut request = self.client.request(method.parse().unwrap(), url);
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(id) = &self.organization {
            request = request.header("X-Organization-Id", id);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Answer { status, headers, body })
    }

    pub(crate) async fn send(&self, ask: &str, body: Value) -> Answer {
        self.try_send(ask, body).await.unwrap()
    }

    /// Sends and expects a status and a part of the body: of objects the keys that are named, of
    /// lists every item in any order, of texts that one holds the other.
    pub(crate) async fn check(&self, ask: &str, body: Value, status: u16, part: Value) -> Value {
        let answer = self.send(ask, body).await;
        assert_eq!(answer.status, status, "{ask}: {}", answer.body);
        assert!(holds(&answer.body, &part), "{ask}: {} does not hold {part}", answer.body);
        answer.body
    }

    /// Sends what succeeds and gives the id of the answer.
    pub(crate) async fn create(&self, ask: &str, body: Value) -> String {
        let answer = self.send(ask, body).await;
        assert_eq!(answer.status, 200, "{ask}: {}", answer.body);
        answer.body["id"].as_str().unwrap().to_owned()
    }

    /// The names in the list that `ask` gives, sorted.
    pub(crate) async fn names(&self, ask: &str) -> Vec<String> {
        let answer = self.send(ask, Value::Null).await;
        assert_eq!(answer.status, 200, "{ask}: {}", answer.body);
        let mut names: Vec<String> = items(&answer.body)
            .iter()
            .map(|item| {
                let name = item.get("name").or_else(|| item.get("destination_name")).unwrap();
                name.as_str().unwrap().to_owned()
            })
            .collect();
        names.sort();
        names
    }

    /// Mints a token for a workspace of this name and gives the workspace's id.
    pub(crate) async fn mint(&self, name: &str) -> String {
        let body = serde_json::json!({"workspace_name": name});
        let answer = self.send("POST /account/applications/scoped-token", body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let claims = claims(answer.body["token"].as_str().unwrap());
        claims["io.airbyte.auth.workspace_scope"]["workspaceId"].as_str().unwrap().to_owned()
    }
}

/// A world with two organizations, the first of which is the credentials' own; each has a workspace,
/// a tag and a template of each kind.
pub(crate) fn two_organizations() -> World {
    World::from_json(&format!(
        r#"{{
        "organizations": [{{"name": "ours", "id": "{OURS}"}}, {{"name": "theirs", "id": "{THEIRS}"}}],
        "workspaces": [{{"name": "acme"}}, {{"name": "acme", "organization": "theirs"}}],
        "tags": [{{"name": "crm"}}, {{"name": "crm", "organization": "theirs"}}],
        "source_templates": [{{"definition": "GitHub", "tags": ["crm"]}},
            {{"definition": "GitHub", "organization": "theirs", "name": "Theirs"}}],
        "connection_templates": [{{"destination": "S3", "tags": ["crm"]}},
            {{"destination": "S3", "organization": "theirs", "destination_name": "Theirs"}}]
        }}"#
    ))
    .unwrap()
}

/// The claims of a JWT, unchecked.
pub(crate) fn claims(token: &str) -> Value {
    use base64::Engine;
    let payload = token.split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// The items of a list, bare or in any of the envelopes.
pub(crate) fn items(body: &Value) -> &Vec<Value> {
    ["data", "definitions", "destinations", "organizations"]
        .iter()
        .find_map(|key| body.get(key))
        .unwrap_or(body)
        .as_array()
        .unwrap()
}

fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| holds(whole, part)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len()
                && part.iter().all(|part| whole.iter().any(|whole| holds(whole, part)))
        }
        (Value::String(whole), Value::String(part)) if !part.is_empty() => whole.contains(part),
        (whole, part) => whole == part,
    }
}
