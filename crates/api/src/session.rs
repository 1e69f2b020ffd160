//! The token that requests go with, and the organization that it belongs to.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tokio::sync::Mutex;

use crate::clock::Clock;
use crate::delivery::{Delivery, Message, Sender};
use crate::error::Error;
use crate::route::Route;
use crate::settings::Credentials;
use crate::wire;

/// What is left of a token's time when it is renewed. The vendor's own client does the same
/// (dossier 2.1).
const MARGIN: Duration = Duration::from_secs(60);

/// A token, and when to ask for another one.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) text: SecretString,
    /// Tells tokens of one session apart.
    serial: u64,
    /// By the session's clock; none where nobody said how long it lasts.
    pub(crate) renew_at: Option<Duration>,
}

/// The token that requests go with, and the organization that it belongs to.
#[derive(Debug)]
pub(crate) struct Session {
    credentials: Credentials,
    configured: Option<String>,
    /// The organization that the service named.
    seen: OnceLock<String>,
    /// Held while a token is asked for, so that one is asked for once however many wait for it.
    held: Mutex<Option<Token>>,
    clock: Arc<dyn Clock>,
}

impl Session {
    /// # Errors
    /// The credentials or the organization cannot be sent.
    pub(crate) fn new(
        credentials: Credentials,
        organization: Option<String>,
        clock: Arc<dyn Clock>,
    ) -> Result<Session, Error> {
        let settings = |text: &str| Error::Settings(text.to_owned());
        match &credentials {
            Credentials::Token(token) => {
                check_token(token).map_err(|cause| Error::Settings(cause.to_owned()))?;
            }
            Credentials::Client { id, secret } => {
                if id.trim().is_empty() {
                    return Err(settings("the client id is empty"));
                }
                if secret.expose_secret().trim().is_empty() {
                    return Err(settings("the client secret is empty"));
                }
            }
            Credentials::Provider(_) => {}
        }
        if organization.as_ref().is_some_and(|id| id.is_empty() || !is_printable(id)) {
            return Err(settings("the organization is not an id"));
        }
        let (seen, held) = (OnceLock::new(), Mutex::new(None));
        Ok(Session { credentials, configured: organization, seen, held, clock })
    }

    /// The organization to say in each request, where it is known.
    pub(crate) fn organization(&self) -> Option<&str> {
        self.configured.as_deref().or_else(|| self.seen())
    }

    /// The organization that the service named.
    pub(crate) fn seen(&self) -> Option<&str> {
        self.seen.get().map(String::as_str)
    }

    /// The service says that the credentials belong to `found`.
    ///
    /// # Errors
    /// Another one is configured, or was seen before.
    pub(crate) fn see(&self, found: &str) -> Result<(), Error> {
        let expected = self.organization().unwrap_or(found).to_owned();
        if !expected.eq_ignore_ascii_case(found) {
            return Err(Error::WrongOrganization { expected, found: found.to_owned() });
        }
        if is_printable(found) {
            self.seen.get_or_init(|| found.to_ascii_lowercase());
        }
        Ok(())
    }

    /// A token that is good now, as far as anybody can tell from here.
    pub(crate) async fn token(&self, delivery: &Delivery) -> Result<Token, Error> {
        let mut held = self.held.lock().await;
        let now = self.clock.now();
        if let Some(token) = held.as_ref().filter(|t| t.renew_at.is_none_or(|at| now < at)) {
            return Ok(token.clone());
        }
        self.obtain(&mut held, delivery).await
    }

    /// Whether the time to renew `token` is past.
    pub(crate) fn is_old(&self, token: &Token) -> bool {
        token.renew_at.is_some_and(|at| self.clock.now() >= at)
    }

    /// A token after the service refused `refused`; none where there is no other to be had.
    pub(crate) async fn renew(
        &self,
        refused: &Token,
        delivery: &Delivery,
    ) -> Result<Option<Token>, Error> {
        if matches!(self.credentials, Credentials::Token(_)) {
            return Ok(None);
        }
        let mut held = self.held.lock().await;
        // Somebody else was refused too and was quicker.
        if let Some(token) = held.as_ref().filter(|token| token.serial != refused.serial) {
            return Ok(Some(token.clone()));
        }
        self.obtain(&mut held, delivery).await.map(Some)
    }

    async fn obtain(&self, held: &mut Option<Token>, delivery: &Delivery) -> Result<Token, Error> {
        let (text, life) = match &self.credentials {
            Credentials::Token(token) => (token.clone(), None),
            Credentials::Client { id, secret } => self.exchange(id, secret, delivery).await?,
            Credentials::Provider(provider) => {
                let provider = Arc::clone(provider);
                let answer = tokio::task::spawn_blocking(move || provider.token()).await;
                let token = answer
                    .map_err(|_| Error::Credentials("the provider broke down".to_owned()))?
                    .map_err(Error::Credentials)?;
                check_token(&token).map_err(|cause| Error::Credentials(cause.to_owned()))?;
                (token, None)
            }
        };
        let serial = held.as_ref().map_or(0, |token| token.serial + 1);
        // Of a token that hardly outlives the margin, half its time is left instead.
        let renew_at =
            life.map(|life| self.clock.now() + life.saturating_sub(MARGIN.min(life / 2)));
        let token = Token { text, serial, renew_at };
        *held = Some(token.clone());
        Ok(token)
    }

    async fn exchange(
        &self,
        id: &str,
        secret: &SecretString,
        delivery: &Delivery,
    ) -> Result<(SecretString, Option<Duration>), Error> {
        let message = Message::new(Route::ExchangeToken)
            .body(json!({"client_id": id, "client_secret": secret.expose_secret()}))
            .secret(secret);
        let sender = Sender { bearer: None, until: None, organization: self.organization() };
        let answer = delivery.deliver(&message, sender).await?;
        let answer = wire::token::Exchanged::read(answer)
            .ok_or_else(|| Error::Credentials("the exchange's answer has none".to_owned()))?;
        let wire::token::Exchanged { access_token, expires_in, organization_id } = answer;
        check_token(&access_token).map_err(|cause| Error::Credentials(cause.to_owned()))?;
        if let Some(found) = organization_id {
            self.see(&found)?;
        }
        Ok((access_token, expires_in))
    }
}

fn check_token(token: &SecretString) -> Result<(), &'static str> {
    match token.expose_secret() {
        "" => Err("the token is empty"),
        text if is_printable(text) => Ok(()),
        _ => Err("the token holds spaces, line ends or other characters that no token has"),
    }
}

/// Whether `text` can be a header's value as it is.
fn is_printable(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic()) && HeaderValue::from_str(text).is_ok()
}
