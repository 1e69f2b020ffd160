//! What a manifest is compared with: an organization, and what is remembered of it.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use api::{Budget, Client, Credentials, Observer, Settings};
use emulator::{Config, Emulator, World};
use model::Kind;
use model::live::{Facts, Live, Scope};
use model::state::{Owner, State, UPDATED_AT};
use secrecy::SecretString;
use state::Store;

use super::Context;
use super::declared::Declared;
use super::store;
use super::token_command::TokenCommand;
use crate::args::{RequestArgs, TargetArgs};
use crate::cache::Cache;
use crate::env::{self, Env};
use crate::log::Log;
use crate::report::Failure;
use crate::streams::Streams;
use crate::views::progress::{Looking, Teller};
use crate::views::style::{WARNING, paint, plain};

/// The state file's name, beside the manifest.
pub(crate) const STATE_FILE: &str = "airform.state.json";
/// Where everything about a sandbox is kept, beside the manifest.
pub(crate) const SANDBOX_FOLDER: &str = ".airform/sandbox";
/// Often enough for a count of seconds that somebody reads.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// The host that a sandbox's state is written for. Its port differs from run to run.
const SANDBOX_HOST: &str = "sandbox";

/// Where requests go and where state is.
pub(crate) struct Target {
    /// The organization that is asked for, where somebody says which.
    configured: Option<String>,
    /// The service.
    pub(crate) client: Client,
    /// What is remembered.
    pub(crate) store: Store,
    /// What may be spent on requests.
    pub(crate) requests: RequestArgs,
    host: String,
    sandbox: Option<Sandbox>,
    /// What is known of definitions.
    cache: Option<Cache>,
    log: Arc<Log>,
    /// Whoever is told how reading goes on.
    teller: Teller,
}

/// A stand-in for the service that runs in this process and keeps its world in a file.
struct Sandbox {
    emulator: Emulator,
    world: PathBuf,
}

impl Target {
    /// Gets ready to speak to the service, or starts the sandbox. Nothing is sent.
    pub(crate) fn open(
        arguments: &TargetArgs,
        declared: &Declared,
        context: &mut Context<'_>,
    ) -> Result<Target, Failure> {
        let TargetArgs { state, sandbox, parallelism, refresh_definitions, requests } = arguments;
        let log = Arc::clone(&context.log);
        let asked = |base: &str, credentials| Settings {
            concurrency: usize::from(*parallelism),
            ..asked(base, credentials, requests, log)
        };
        let teller = Teller::of(context.streams);
        if *sandbox {
            let log = Arc::clone(&context.log);
            let target = Target::sandbox(&declared.base, requests.clone(), log, asked)?;
            let worlds = target.sandbox.iter().map(|sandbox| sandbox.world.as_path());
            store::warn_of_open(&target.store, worlds, context.streams);
            return Ok(Target { teller, ..target });
        }
        let env = &context.env;
        let configured = organization(declared, env)?;
        let base = env.get(env::API_URL).unwrap_or(api::DEFAULT_BASE);
        let settings =
            Settings { organization: configured.clone(), ..asked(base, credentials(env)?) };
        let client = client(settings, requests, env)?;
        client.keep_secret(declared.secrets_at_hand(env).all());
        let bucket = declared.desired.backend.as_ref().map(|(bucket, _)| bucket);
        let store = store::open(state.clone(), bucket, &declared.base, env)?;
        store::warn_of_open(&store, [], context.streams);
        let host = client.host().to_owned();
        let requests = requests.clone();
        let cache = Cache::of(env, &host, *refresh_definitions);
        let log = Arc::clone(&context.log);
        Ok(Target { configured, client, store, requests, host, sandbox: None, cache, log, teller })
    }

    fn sandbox(
        base: &Path,
        requests: RequestArgs,
        log: Arc<Log>,
        asked: impl FnOnce(&str, Credentials) -> Settings,
    ) -> Result<Target, Failure> {
        let folder = base.join(SANDBOX_FOLDER);
        let world = folder.join("world.json");
        let failed = |what: &str, why: String| Failure::error(format!("{what}: {why}"));
        std::fs::create_dir_all(&folder)
            .map_err(|error| failed(&folder.display().to_string(), error.to_string()))?;
        let mut config = Config::default();
        if world.exists() {
            let text = crate::sources::read_text(&world).map_err(Failure::error)?;
            config.world = World::from_json(&text)
                .map_err(|why| failed(&world.display().to_string(), why))
                .map_err(|f| f.help("delete the folder .airform/sandbox to begin anew"))?;
        }
        let token = SecretString::from(config.credentials.operator_token.clone());
        let emulator = Emulator::start_blocking(config)
            .map_err(|error| failed("cannot start the sandbox", error.to_string()))?;
        let client = Client::new(asked(&emulator.url(), Credentials::Token(token)))?;
        Ok(Target {
            configured: None,
            client,
            store: Store::of_a_sandbox(folder.join(STATE_FILE)),
            requests,
            host: SANDBOX_HOST.to_owned(),
            sandbox: Some(Sandbox { emulator, world }),
            // It answers at once, and its world can be another one tomorrow.
            cache: None,
            log,
            teller: Teller::Nobody,
        })
    }

    /// Whether the service is the stand-in in this process.
    pub(crate) fn is_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }

    /// The same, over a client that cannot write.
    pub(crate) fn read_only(mut self) -> Target {
        self.client = self.client.read_only();
        self
    }

    /// The same, over a client that does not read source templates again that nobody has written to
    /// since `state` remembers them.
    pub(crate) fn trusting(mut self, declared: &Declared, state: &State) -> Target {
        let wanted = Scope::of(&declared.desired, state).kinds.remove(&Kind::SourceTemplate);
        let detailed = wanted.unwrap_or_default().detailed_ids;
        let written = state.records.values().filter(|record| detailed.contains(&record.id));
        let written = written
            .filter_map(|record| Some((record.id.clone(), record.kept.get(UPDATED_AT)?.clone())));
        self.client = self.client.trusting(written.collect());
        self
    }

    /// Reads what `scope` asks for and no earlier run has been told, shows on a terminal how it goes,
    /// and says with how few requests it can be done.
    pub(crate) async fn refresh(&self, scope: &mut Scope) -> Result<(Live, u64), api::Error> {
        let organization = self.looked(self.client.identify()).await?;
        self.ask(organization.as_deref(), scope).await
    }

    /// What `scope` asks of definitions, of the service only where no earlier run was told, and how
    /// many requests that takes at least. No objects are read.
    pub(crate) async fn definitions(
        &self,
        organization: &str,
        scope: &mut Scope,
    ) -> Result<(Facts, u64), api::Error> {
        let kinds = std::mem::take(&mut scope.kinds);
        let asked = self.ask(Some(organization), scope).await;
        scope.kinds = kinds;
        asked.map(|(live, floor)| (live.facts, floor))
    }

    /// Reads what `scope` asks for but what earlier runs were told of `organization`'s definitions,
    /// which is put beside it.
    async fn ask(
        &self,
        organization: Option<&str>,
        scope: &mut Scope,
    ) -> Result<(Live, u64), api::Error> {
        let Some((cache, organization)) = self.cache.as_ref().zip(organization) else {
            return self.read(scope).await;
        };
        let known = cache.narrow(organization, scope);
        self.log.keep(known.extent());
        let (mut live, floor) = self.read(scope).await?;
        cache.complete(organization, scope, known, &mut live.facts);
        Ok((live, floor))
    }

    /// Where requests go, as state remembers it.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    async fn read(&self, scope: &Scope) -> Result<(Live, u64), api::Error> {
        if *scope == Scope::default() {
            return Ok(Default::default());
        }
        let live = self.looked(self.client.refresh(scope)).await?;
        let templates = live.kinds.get(&Kind::SourceTemplate);
        let trusted = templates.into_iter().flat_map(|read| &read.objects);
        let trusted = trusted.filter(|(id, object)| self.client.trusts(id, object)).count();
        let floor = api::floor(scope, &live).saturating_sub(trusted as u64);
        Ok((live, floor))
    }

    /// Waits for what is read, and tells how it goes.
    async fn looked<T>(&self, work: impl Future<Output = T>) -> T {
        let mut looking = Looking::new(&self.teller);
        let look = || looking.tell(self.client.requests(), self.client.throttled());
        let done = watched(work, look).await;
        looking.finish();
        done
    }

    /// Finds out which organization answers, and refuses one that `state` was not written for:
    /// before anything is read, as everything in it would look deleted.
    pub(crate) async fn owner(
        &self,
        state: &State,
        streams: &mut Streams,
    ) -> Result<Owner, Failure> {
        let organization = match (self.looked(self.client.identify()).await?, &self.configured) {
            (Some(organization), _) => organization,
            // An organization without anything in it cannot be checked; what was asked for is what
            // the service then refuses, or is.
            (None, Some(configured)) => {
                streams.remark(format!(
                    "{} the service does not say which organization this is; {configured} is taken at its word",
                    paint(WARNING, "note:")
                ));
                configured.clone()
            }
            (None, None) => {
                return Err(Failure::error("the service does not say which organization this is")
                    .help(format!(
                        "name it: {}, or `organization:` in the manifest",
                        env::ORGANIZATION_ID
                    )));
            }
        };
        let owner = Owner { host: self.host.clone(), organization };
        match &state.owner {
            Some(known) if *known != owner => Err(Failure::error(format!(
                "{} was written for the organization {} at {}, but this is {} at {}",
                self.store.path().display(),
                known.organization,
                known.host,
                owner.organization,
                owner.host,
            ))
            .help("use the credentials that belong to this state, or another --state")),
            _ => Ok(owner),
        }
    }

    /// Keeps the sandbox's world for the next run. A real service keeps itself.
    pub(crate) fn keep(&self) -> Result<(), Failure> {
        let Some(Sandbox { emulator, world }) = &self.sandbox else { return Ok(()) };
        write_whole(world, &emulator.world().to_json())
    }
}

/// Does `work`, and looks at it now and then.
pub(crate) async fn watched<T>(work: impl Future<Output = T>, mut look: impl FnMut()) -> T {
    let mut work = pin!(work);
    look();
    loop {
        match tokio::time::timeout(LOOK_EVERY, work.as_mut()).await {
            Ok(done) => return done,
            Err(_) => look(),
        }
    }
}

/// Writes a file that only its owner may read, and so that it is never seen half-written.
pub(crate) fn write_whole(path: &Path, text: &str) -> Result<(), Failure> {
    let new = path.with_extension("json.new");
    private(&new)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| std::fs::rename(&new, path))
        .map_err(|error| Failure::error(format!("{}: {error}", path.display())))
}

/// A new file that only its owner may read: a world holds whatever was put into it. What stands there
/// is removed first, as it would keep its mode, and a link would be followed.
fn private(path: &Path) -> std::io::Result<File> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// How the service is asked, as far as arguments say it.
fn asked(base: &str, credentials: Credentials, requests: &RequestArgs, log: Arc<Log>) -> Settings {
    let RequestArgs { max_requests, rate, ca_cert: _ } = requests;
    Settings {
        budget: Budget { requests: *max_requests, pace: *rate },
        observer: Some(log as Arc<dyn Observer>),
        ..Settings::new(base, credentials)
    }
}

/// A way to the service. No error tells what credentials are in the environment.
fn client(settings: Settings, requests: &RequestArgs, env: &Env) -> Result<Client, Failure> {
    let authorities = requests.ca_cert.as_deref().map(read_authorities).transpose()?;
    let made = Client::new(Settings { authorities, ..settings });
    let client = made.map_err(|error| match (error, &requests.ca_cert) {
        (api::Error::Authorities(why), Some(path)) => unusable(path, &why),
        (error, _) => error.into(),
    })?;
    let named = [env::OPERATOR_TOKEN, env::CLIENT_SECRET].into_iter();
    client
        .keep_secret(named.filter_map(|name| Some(SecretString::from(env.get(name)?.to_owned()))));
    Ok(client)
}

/// The text of a file with certificates.
fn read_authorities(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| unusable(path, &error.to_string()))
}

fn unusable(path: &Path, why: &str) -> Failure {
    let path = plain(&path.display().to_string());
    Failure::error(format!("--ca-cert {path}: {}", plain(why)))
        .help("give the authority's certificate as PEM, as a browser exports it")
}

/// A way to the service for a command that has no manifest, and so writes nothing. `None` where no
/// credentials are set.
pub(crate) fn read_only_client(
    requests: &RequestArgs,
    context: &Context<'_>,
) -> Result<Option<Client>, Failure> {
    let env = &context.env;
    let named = [env::OPERATOR_TOKEN, env::CLIENT_ID, env::CLIENT_SECRET, env::TOKEN_COMMAND];
    if named.iter().all(|name| env.get(name).is_none()) {
        return Ok(None);
    }
    let base = env.get(env::API_URL).unwrap_or(api::DEFAULT_BASE);
    let settings = Settings {
        organization: env.get(env::ORGANIZATION_ID).map(str::to_owned),
        concurrency: 2,
        ..asked(base, credentials(env)?, requests, Arc::clone(&context.log))
    };
    Ok(Some(client(settings, requests, env)?.read_only()))
}

/// The one way in that is configured.
fn credentials(env: &Env) -> Result<Credentials, Failure> {
    let token = env.get(env::OPERATOR_TOKEN);
    let id = env.get(env::CLIENT_ID);
    let secret = env.get(env::CLIENT_SECRET);
    let command = env.get(env::TOKEN_COMMAND);
    if let Some(token) = token {
        return Ok(Credentials::Token(SecretString::from(token.to_owned())));
    }
    match (id, secret) {
        (Some(id), Some(secret)) => {
            return Ok(Credentials::Client {
                id: id.to_owned(),
                secret: SecretString::from(secret.to_owned()),
            });
        }
        (Some(_), None) => return Err(half(env::CLIENT_ID, env::CLIENT_SECRET)),
        (None, Some(_)) => return Err(half(env::CLIENT_SECRET, env::CLIENT_ID)),
        (None, None) => {}
    }
    if let Some(command) = command {
        let words = shlex::split(command).filter(|words| !words.is_empty()).ok_or_else(|| {
            Failure::usage(format!("{} is not a command line", env::TOKEN_COMMAND))
        })?;
        return Ok(Credentials::Provider(Arc::new(TokenCommand::new(words))));
    }
    Err(Failure::error("no credentials").help(format!(
        "set {}, or {} and {}, or {}; --sandbox needs none",
        env::OPERATOR_TOKEN,
        env::CLIENT_ID,
        env::CLIENT_SECRET,
        env::TOKEN_COMMAND
    )))
}

fn half(set: &str, missing: &str) -> Failure {
    Failure::error(format!("{set} is set, but {missing} is not"))
}

/// The organization that is asked for, by the manifest or by the environment.
fn organization(declared: &Declared, env: &Env) -> Result<Option<String>, Failure> {
    let in_env = env.get(env::ORGANIZATION_ID);
    match (&declared.desired.organization, in_env) {
        (Some((in_manifest, _)), Some(in_env)) if !in_manifest.eq_ignore_ascii_case(in_env) => {
            Err(Failure::error(format!(
                "the manifest is for the organization {in_manifest}, but {} is {in_env}",
                env::ORGANIZATION_ID
            )))
        }
        (Some((in_manifest, _)), _) => Ok(Some(in_manifest.clone())),
        (None, in_env) => Ok(in_env.map(str::to_owned)),
    }
}
