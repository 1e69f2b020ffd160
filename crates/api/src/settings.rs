//! Whom to talk to, and as whom.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;

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
    /// How many requests may be in flight at once; 0 counts as 1.
    pub concurrency: usize,
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
