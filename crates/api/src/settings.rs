//! Whom to talk to, and as whom.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::observe::Observer;

/// The service's own address (dossier 1).
pub const DEFAULT_BASE: &str = "https://api.airbyte.ai/api/v1";

/// Whom to talk to, and as whom.
#[derive(Debug)]
pub struct Settings {
    /// The root that every route is under, such as [`DEFAULT_BASE`]. Plain http is refused unless
    /// the host is this machine.
    pub base: String,
    /// What proves that we may.
    pub credentials: Credentials,
    /// The organization that is meant, where that is configured. It is sent with every request
    /// (dossier 2.5), and a token of another one is refused.
    pub organization: Option<String>,
    /// How many requests may be in flight at once, at most; 0 counts as 1. A limit of the service
    /// halves it, and every round that goes well gives one back.
    pub concurrency: usize,
    /// Certificates of authorities that are trusted beside those of the system, as PEM.
    pub authorities: Option<Vec<u8>>,
    /// How many requests may be sent.
    pub budget: Budget,
    /// How much is read of what the service answers.
    pub limits: Limits,
    /// What the lengths of waits are drawn from. Runs that were started together should differ.
    pub seed: u64,
    /// Who is told of every request.
    pub observer: Option<Arc<dyn Observer>>,
}

impl Settings {
    /// The settings of somebody who asks for nothing in particular: ten requests at once, as many as
    /// it takes.
    pub fn new(base: impl Into<String>, credentials: Credentials) -> Settings {
        Settings {
            base: base.into(),
            credentials,
            organization: None,
            concurrency: 10,
            authorities: None,
            budget: Budget::default(),
            limits: Limits::default(),
            // It tells apart runs that were started together, as CI does.
            seed: u64::from(std::process::id()),
            observer: None,
        }
    }
}

/// How many requests may be sent. Every one counts: repetitions and those for tokens too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    /// How many in all. The next one is an error.
    pub requests: Option<u64>,
    /// How many in a window of time. The next one waits.
    pub pace: Option<Pace>,
}

/// So many requests in any window of this length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How many; 0 counts as 1.
    pub requests: u32,
    /// How long the window is.
    pub window: Duration,
}

/// How much is read of what the service answers. More than the defaults is no organization, but a
/// service that has gone wrong, or somebody who wants to fill our memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The bytes of one answer, once it is unpacked. The largest that we know of, a list of all
    /// connector definitions, is a hundredth of the default.
    pub answer: usize,
    /// The pages of one list. With full pages, the default is two million objects.
    pub pages: usize,
    /// How long an answer may take. It only shortens what each request waits by itself.
    pub wait: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { answer: 64 * 1024 * 1024, pages: 20_000, wait: Duration::MAX }
    }
}

/// What proves that we may.
#[derive(Clone)]
pub enum Credentials {
    /// An operator token. It lasts 900 seconds from when it was made (dossier 2.1), and nothing here
    /// can renew it.
    Token(SecretString),
    /// An application's credentials, exchanged for operator tokens as often as needed.
    Client {
        /// The client id.
        id: String,
        /// The client secret.
        secret: SecretString,
    },
    /// Somebody who has operator tokens.
    Provider(Arc<dyn TokenProvider>),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Credentials::Token(_) => "Token",
            Credentials::Client { .. } => "Client",
            Credentials::Provider(_) => "Provider",
        })
    }
}

/// Somebody who has operator tokens.
pub trait TokenProvider: Send + Sync {
    /// A token that is good now. It is asked for once, and again whenever the service no longer
    /// takes the last one. It may block.
    ///
    /// # Errors
    /// Why there is none, in one line without any secret text.
    fn token(&self) -> Result<SecretString, String>;
}
