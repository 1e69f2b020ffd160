//! The bare floors: what nobody who speaks HTTP and reads YAML can go below.
//!
//! They are fair where they do what the program cannot do without, with the same means, and nothing
//! else. The same crates with the same settings: one client that unpacks gzip, over plain HTTP
//! without certificates or a proxy, on a runtime with as many threads; pages one after the other, as
//! each names the next, and the rest ten at once. Answers become structs that have the fields
//! which a plan compares and no others; the YAML becomes structs in the same way, without the places
//! that complaints need.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use crate::Error;
use crate::client::{self, Program, Ran};
use crate::scene::Scene;

/// How many requests are under way at once, and how many threads there are: as in the program.
const PARALLELISM: usize = 10;
const THREADS: usize = 2;

/// A process that does one thing only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Floor {
    /// It sends the requests in a file.
    Requests,
    /// It reads the YAML in a folder.
    Yaml,
}

impl Floor {
    /// The floor whose hidden word this is.
    pub fn of_word(word: &str) -> Option<Floor> {
        [Floor::Requests, Floor::Yaml].into_iter().find(|floor| floor.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            Floor::Requests => "floor-requests",
            Floor::Yaml => "floor-yaml",
        }
    }

    /// Does it, in this process.
    ///
    /// # Errors
    /// A request fails, or a file is no YAML.
    pub fn run(self, place: &str) -> Result<(), Error> {
        match self {
            Floor::Requests => send_requests(place),
            Floor::Yaml => read_yaml(Path::new(place)),
        }
    }

    /// Does it, in a process of its own.
    fn measure(self, scene: &Scene, place: &Path) -> Result<Ran, Error> {
        let this = std::env::current_exe()?;
        let words = [self.word(), &place.to_string_lossy()];
        let program = Program { path: &this, launched: true };
        client::run(program, &words, scene.folder(), &scene.emulator.url())?
            .expect(self.word(), &[0])
    }
}

/// A request, and what kind of answer it gets.
#[derive(Deserialize, Serialize)]
struct Target {
    path: String,
    query: Vec<(String, String)>,
    is_list: bool,
}

/// Requests of which each has to wait for the one before.
type Chain = Vec<Target>;

/// The requests that the last run of `scene` made, to be made once more.
pub(crate) struct Requests {
    list: tempfile::NamedTempFile,
}

impl Requests {
    /// # Errors
    /// They cannot be written down.
    pub(crate) fn of_last_run(scene: &Scene) -> Result<Requests, Error> {
        let mut pages: BTreeMap<String, Chain> = BTreeMap::new();
        let mut chains: Vec<Chain> = Vec::new();
        for exchange in scene.emulator.journal() {
            if exchange.method != "GET" {
                continue;
            }
            let route = exchange.route.unwrap_or_default();
            // A route ends in an id where it gives one object, and one counts only.
            let is_list = !route.ends_with('}') && !route.ends_with("stats");
            let target = Target { path: exchange.path, query: exchange.query, is_list };
            if target.query.iter().any(|(key, _)| key == "limit") {
                pages.entry(target.path.clone()).or_default().push(target);
            } else {
                chains.push(vec![target]);
            }
        }
        // They take longest, so they begin first.
        chains.splice(0..0, pages.into_values());
        let list = tempfile::NamedTempFile::new()?;
        std::fs::write(list.path(), serde_json::to_string(&chains)?)?;
        Ok(Requests { list })
    }

    /// Sends them.
    ///
    /// # Errors
    /// One of them fails.
    pub(crate) fn measure(&self, scene: &Scene) -> Result<Ran, Error> {
        Floor::Requests.measure(scene, self.list.path())
    }
}

/// Reads the YAML of `scene`.
///
/// # Errors
/// It cannot be run, or the YAML is none.
pub(crate) fn yaml(scene: &Scene) -> Result<Ran, Error> {
    Floor::Yaml.measure(scene, scene.folder())
}

/// A list in any of its envelopes.
#[derive(Deserialize)]
struct List {
    #[serde(alias = "definitions", alias = "destinations")]
    data: Vec<Object>,
}

/// What a plan compares.
#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding is what is measured")]
struct Object {
    id: Option<String>,
    name: Option<String>,
    organization_id: Option<String>,
    status: Option<String>,
    updated_at: Option<String>,
    mode: Option<String>,
    source_definition_id: Option<String>,
    tags: Option<Vec<String>>,
    cache_enabled: Option<bool>,
    cron_expression: Option<String>,
    partial_default_config: Option<serde_json::Value>,
    destination_config: Option<serde_json::Value>,
    replication_config: Option<serde_json::Value>,
    customization: Option<serde_json::Value>,
}

fn send_requests(list: &str) -> Result<(), Error> {
    let chains: Vec<Chain> = serde_json::from_str(&std::fs::read_to_string(list)?)?;
    let host = reqwest::Url::parse(&std::env::var("AIRBYTE_API_URL")?)?;
    let token = std::env::var("AIRBYTE_OPERATOR_TOKEN")?;
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()?
    .with_root_certificates(rustls::RootCertStore::empty())
    .with_no_client_auth();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build()?;
    runtime.block_on(async {
        let client =
            reqwest::Client::builder().no_proxy().tls_backend_preconfigured(tls).build()?;
        let room = Arc::new(Semaphore::new(PARALLELISM));
        let mut running = tokio::task::JoinSet::new();
        for chain in chains {
            let (room, client) = (Arc::clone(&room), client.clone());
            let (host, token) = (host.clone(), token.clone());
            running.spawn(async move {
                let mut answers = Vec::new();
                for Target { path, query, is_list } in chain {
                    let mut url = host.join(&path)?;
                    if !query.is_empty() {
                        url.query_pairs_mut().extend_pairs(query);
                    }
                    let permit = room.acquire().await?;
                    let answer = client.get(url).bearer_auth(&token).send().await?;
                    let answer = answer.error_for_status()?.bytes().await?;
                    drop(permit);
                    if is_list {
                        answers.extend(serde_json::from_slice::<List>(&answer)?.data);
                    } else {
                        answers.push(serde_json::from_slice::<Object>(&answer)?);
                    }
                }
                Ok::<_, Error>(answers)
            });
        }
        // What was read is kept to the end, as whoever compares it has to.
        let mut answers = Vec::new();
        while let Some(done) = running.join_next().await {
            answers.push(done??);
        }
        Ok(())
    })
}

/// A manifest as plain structs would have it.
#[derive(Deserialize)]
#[expect(dead_code, reason = "reading is what is measured")]
struct Plain {
    version: u32,
    #[serde(default)]
    tags: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    source_templates: BTreeMap<String, PlainSource>,
    #[serde(default)]
    connection_templates: BTreeMap<String, PlainConnection>,
    #[serde(default)]
    workspaces: BTreeMap<String, PlainWorkspace>,
    #[serde(default)]
    connectors: BTreeMap<String, PlainConnector>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "reading is what is measured")]
struct PlainSource {
    definition: String,
    name: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    partial_default_config: serde_json::Value,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "reading is what is measured")]
struct PlainConnection {
    destination: String,
    #[serde(default)]
    tags: Vec<String>,
    cron_expression: Option<String>,
    destination_config: serde_json::Value,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "reading is what is measured")]
struct PlainWorkspace {
    name: Option<String>,
    region: Option<String>,
    status: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "reading is what is measured")]
struct PlainConnector {
    workspace: String,
    source_template: String,
    name: String,
    replication_config: serde_json::Value,
}

fn read_yaml(folder: &Path) -> Result<(), Error> {
    // The limits of the reader are for documents from strangers.
    let options = serde_saphyr::options! { budget: None };
    let mut read = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = std::fs::read_to_string(path)?;
            read.push(serde_saphyr::from_str_with_options::<Plain>(&text, options.clone())?);
        }
    }
    Ok(())
}
