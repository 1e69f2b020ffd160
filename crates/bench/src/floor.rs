//! The bare floors: what nobody who speaks HTTP and reads YAML can go below.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::Error;
use crate::client::{self, Ran};
use crate::scene::Scene;

/// The hidden word that makes this process send requests and do nothing else.
pub(crate) const REQUESTS: &str = "floor-requests";
/// The same for reading YAML.
pub(crate) const YAML: &str = "floor-yaml";

/// How many requests are under way at once: what the program does too.
const PARALLELISM: usize = 10;

/// A path and its query.
type Target = (String, Vec<(String, String)>);

/// As much of any answer as has to be looked at to know that it is one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    List { data: Vec<Named> },
    One(#[expect(dead_code, reason = "decoding is what is measured")] Named),
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding is what is measured")]
struct Named {
    id: Option<String>,
    name: Option<String>,
    status: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

/// Sends the requests that the last run of `scene` made, in a process of its own.
///
/// # Errors
/// It cannot be run, or one of them fails.
pub(crate) fn requests(scene: &Scene) -> Result<Ran, Error> {
    let targets: Vec<Target> = scene
        .emulator
        .journal()
        .into_iter()
        .filter(|exchange| exchange.method == "GET")
        .map(|exchange| (exchange.path, exchange.query))
        .collect();
    let list = scene.folder().join("targets.json");
    std::fs::write(&list, serde_json::to_string(&targets)?)?;
    let ran = client::run(
        &std::env::current_exe()?,
        &[REQUESTS, &list.to_string_lossy()],
        scene.folder(),
        &scene.emulator.url(),
    )?;
    std::fs::remove_file(list)?;
    ran.expect(REQUESTS, &[0])
}

/// Reads the YAML of `scene`, in a process of its own.
///
/// # Errors
/// It cannot be run, or the YAML is none.
pub(crate) fn yaml(scene: &Scene) -> Result<Ran, Error> {
    let folder = scene.folder().to_string_lossy().into_owned();
    let this = std::env::current_exe()?;
    client::run(&this, &[YAML, &folder], scene.folder(), &scene.emulator.url())?.expect(YAML, &[0])
}

/// This process, as the loop that sends what stands in the file `list`.
///
/// # Errors
/// One of the requests fails.
pub(crate) fn send_requests(list: &str) -> Result<(), Error> {
    let targets: Vec<Target> = serde_json::from_str(&std::fs::read_to_string(list)?)?;
    let api = std::env::var("AIRBYTE_API_URL")?;
    let host = reqwest::Url::parse(&api)?;
    let token = std::env::var("AIRBYTE_OPERATOR_TOKEN")?;
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "a provider of cryptography is installed already")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = reqwest::Client::builder().gzip(true).no_proxy().build()?;
        let room = Arc::new(Semaphore::new(PARALLELISM));
        let mut running = tokio::task::JoinSet::new();
        for (path, query) in targets {
            let permit = Arc::clone(&room).acquire_owned().await?;
            let mut url = host.join(&path)?;
            if !query.is_empty() {
                url.query_pairs_mut().extend_pairs(query);
            }
            let request = client.get(url).bearer_auth(&token);
            running.spawn(async move {
                let answer = request.send().await?.error_for_status()?.bytes().await?;
                let read: Answer = serde_json::from_slice(&answer)?;
                drop(permit);
                Ok::<usize, Error>(match read {
                    Answer::List { data } => data.len(),
                    Answer::One(_) => 1,
                })
            });
        }
        while let Some(done) = running.join_next().await {
            done??;
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
    source_templates: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    connection_templates: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    workspaces: BTreeMap<String, PlainWorkspace>,
    #[serde(default)]
    connectors: BTreeMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "reading is what is measured")]
struct PlainWorkspace {
    name: Option<String>,
    region: Option<String>,
    status: Option<String>,
}

/// This process, as the loop that reads the YAML in `folder`.
///
/// # Errors
/// A file cannot be read, or is no manifest.
pub(crate) fn read_yaml(folder: &str) -> Result<(), Error> {
    // The limits of the reader are for documents from strangers.
    let options = serde_saphyr::options! { budget: None };
    for entry in std::fs::read_dir(Path::new(folder))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = std::fs::read_to_string(path)?;
            let _: Plain = serde_saphyr::from_str_with_options(&text, options.clone())?;
        }
    }
    Ok(())
}
