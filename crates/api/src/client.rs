//! The client: what all calls share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::live::{Id, LiveObject};
use secrecy::SecretString;
use serde_json::Value as Json;
use tokio::sync::OnceCell;

use crate::clock::{Clock, Machine};
use crate::delivery::{Delivery, Message, Sender};
use crate::error::Error;
use crate::observe::Pause;
use crate::page::{self, Page};
use crate::rate::{Jitter, Rate};
use crate::refusal;
use crate::session::Session;
use crate::settings::{Credentials, Settings};
use crate::transport::Transport;
use crate::wire;

/// How many tokens may grow old while one request waits: as many as there are pauses of an hour that
/// anybody sits through. A service whose tokens end at once is not asked for ever.
const MOST_AGED: u32 = 24;

/// Talks to one organization of the service. Clones are the same client: they share connections,
/// token, pauses and the count of requests.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
    read_only: bool,
    /// When source templates were last written to that need not be read again.
    trusted: Arc<BTreeMap<Id, String>>,
}

#[derive(Debug)]
struct Shared {
    host: String,
    concurrency: usize,
    delivery: Delivery,
    session: Session,
    most_pages: usize,
    identified: OnceCell<Option<String>>,
    /// The page that told who we are, for whoever lists workspaces first.
    first_page: Mutex<Option<Page>>,
    minting: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
    kept: Mutex<Vec<SecretString>>,
}

impl Client {
    /// A client by these settings. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Settings`]: the address is no URL, is plain http to another machine, or holds a
    /// password; credentials or organization cannot be sent as they are; the certificates are none.
    pub fn new(settings: Settings) -> Result<Client, Error> {
        Client::with_clock(settings, Arc::new(Machine::new()))
    }

    /// A client that waits by `clock`: see [`Clock`].
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_clock(settings: Settings, clock: Arc<dyn Clock>) -> Result<Client, Error> {
        let Settings {
            base,
            credentials,
            organization,
            concurrency,
            authorities,
            budget,
            limits,
            seed,
            observer,
        } = settings;
        // A service that says again what it was sent may do so long after, in answer to anything.
        let kept = match &credentials {
            Credentials::Token(secret) | Credentials::Client { secret, .. } => vec![secret.clone()],
            Credentials::Provider(_) => Vec::new(),
        };
        let session = Session::new(credentials, organization, Arc::clone(&clock))?;
        let transport = Transport::new(&base, authorities.as_deref(), limits)?;
        let host = transport.host();
        let rate = Rate::new(concurrency, budget, clock, observer.clone());
        let delivery = Delivery::new(transport, rate, Jitter::new(seed), observer);
        let shared = Shared {
            host,
            concurrency: concurrency.max(1),
            delivery,
            session,
            most_pages: limits.pages,
            identified: OnceCell::new(),
            first_page: Mutex::new(None),
            minting: Mutex::new(BTreeMap::new()),
            kept: Mutex::new(kept),
        };
        Ok(Client { shared: Arc::new(shared), read_only: false, trusted: Arc::default() })
    }

    /// The same client, for whoever must not change anything: it sends `GET` and the exchange of
    /// credentials for a token, and refuses all else before it is sent.
    #[must_use]
    pub fn read_only(&self) -> Client {
        Client { read_only: true, ..self.clone() }
    }

    /// The same client, for whoever believes that a source template is as it was left for as long as
    /// its list says the same time of its last write as `written`. That saves a request for each, and
    /// is sound only if every way of writing to one changes that time, which is not settled
    /// (dossier 5.1).
    #[must_use]
    pub fn trusting(&self, written: BTreeMap<Id, String>) -> Client {
        Client { trusted: Arc::new(written), ..self.clone() }
    }

    /// Whether `object` need not be read in full.
    pub fn trusts(&self, id: &Id, object: &LiveObject) -> bool {
        object.updated_at.is_some() && self.trusted.get(id) == object.updated_at.as_ref()
    }

    /// Scheme, host and port (where it is not the scheme's own): `https://api.airbyte.ai`.
    pub fn host(&self) -> &str {
        &self.shared.host
    }

    /// How many requests were sent so far, repetitions and token requests included.
    pub fn requests(&self) -> u64 {
        self.shared.delivery.sent()
    }

    /// What is left of a pause that the service asked for (dossier 1.3). None where it did not, or the
    /// pause is over; also where only a pace of our own lets nothing go.
    pub fn throttled(&self) -> Option<Pause> {
        self.shared.delivery.rate.pause_left()
    }

    /// The id of the organization that the credentials belong to, as the service says it: in the
    /// exchange of client credentials, or else in the first workspace that it lists, since every
    /// organization has one (dossier 3.1). None where it lists none: then nobody can tell. Asked
    /// once; sent with every request from then on.
    ///
    /// # Errors
    /// [`Error::WrongOrganization`] where another one is configured, and whatever a call can meet.
    pub async fn identify(&self) -> Result<Option<String>, Error> {
        self.shared.identified.get_or_try_init(|| self.ask_who_we_are()).await.cloned()
    }

    /// The token that requests go with: the configured one, or a new one in its place.
    pub(crate) async fn token(&self) -> Result<SecretString, Error> {
        let Shared { session, delivery, .. } = &*self.shared;
        Ok(session.token(delivery).await?.text)
    }

    async fn ask_who_we_are(&self) -> Result<Option<String>, Error> {
        let Shared { session, delivery, .. } = &*self.shared;
        session.token(delivery).await?;
        if session.seen().is_none() {
            // A whole page, because a refresh asks for it right after: two requests for what one tells.
            let page = page::page(self, None, None).await?;
            if let Some(found) = page.items.iter().find_map(wire::organization) {
                session.see(&found)?;
            }
            *self.shared.first_page.lock().unwrap_or_else(PoisonError::into_inner) = Some(page);
        }
        Ok(session.seen().map(str::to_owned))
    }

    /// Sends `message` with the session's token. A 401 means that nothing was done, so whatever it
    /// was may be sent once more with a new token. One that grew old while it was waited for a limit
    /// of the service says nothing of the credentials, and is replaced besides.
    pub(crate) async fn call(&self, message: Message) -> Result<Json, Error> {
        let Shared { session, delivery, .. } = &*self.shared;
        let mut token = session.token(delivery).await?;
        let (mut is_replayed, mut aged, mut unclear) = (false, 0, false);
        loop {
            // One that is old as soon as it is there is sent all the same.
            let until = token.renew_at.filter(|_| !session.is_old(&token));
            let error = match self.send(&message, &token.text, until).await {
                Err(error) if error.status() == Some(401) => error.or_unclear(unclear),
                answer => return answer.map_err(|error| error.or_unclear(unclear)),
            };
            unclear |= error.is_unclear();
            if session.is_old(&token) && aged < MOST_AGED {
                aged += 1;
                token = session.token(delivery).await?;
                continue;
            }
            if is_replayed {
                return Err(error);
            }
            is_replayed = true;
            token = match session.renew(&token, delivery).await? {
                Some(token) => token,
                None => return Err(unrenewable(error)),
            };
        }
    }

    /// Sends `message` with this token and no other.
    pub(crate) async fn send_as(
        &self,
        message: &Message,
        bearer: &SecretString,
    ) -> Result<Json, Error> {
        self.send(message, bearer, None).await
    }

    async fn send(
        &self,
        message: &Message,
        bearer: &SecretString,
        until: Option<Duration>,
    ) -> Result<Json, Error> {
        if self.read_only && message.writes() {
            return Err(Error::ReadOnly { request: message.request() });
        }
        let Shared { session, delivery, .. } = &*self.shared;
        let organization = session.organization();
        let sender = Sender { bearer: Some(bearer), until, organization };
        delivery.deliver(message, sender).await.map_err(|error| self.without_kept(error))
    }

    /// Lets no error say one of `secrets` again, whichever request it is about. Those that a request
    /// holds are hidden in any case.
    pub fn keep_secret(&self, secrets: impl IntoIterator<Item = SecretString>) {
        self.shared.kept.lock().unwrap_or_else(PoisonError::into_inner).extend(secrets);
    }

    fn without_kept(&self, error: Error) -> Error {
        let kept = self.shared.kept.lock().unwrap_or_else(PoisonError::into_inner);
        refusal::without(error, &kept.iter().collect::<Vec<_>>())
    }

    /// From now on nothing waits any more, for the service's limits or for the pace: what would
    /// have to is not sent, and fails with [`Error::Stopped`]. What can go at once goes.
    pub fn stop_waiting(&self) {
        self.shared.delivery.stop_waiting();
    }

    /// The first page of all workspaces, where finding out who we are has brought it. Given once: who
    /// comes later wants it as it is by then.
    pub(crate) fn take_first_page(&self) -> Option<Page> {
        self.shared.first_page.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// How many requests may be under way at once, at most.
    pub(crate) fn concurrency(&self) -> usize {
        self.shared.concurrency
    }

    /// How many pages a list may have.
    pub(crate) fn most_pages(&self) -> usize {
        self.shared.most_pages
    }

    /// Waits as before the `tries`-th repetition of something.
    pub(crate) async fn wait_after(&self, tries: u32) {
        self.shared.delivery.wait_after(tries).await;
    }

    /// The lock that whoever mints a token for the workspace `name` must hold: two at once can make
    /// two workspaces of one name (dossier 7.1).
    pub(crate) fn minting(&self, name: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut minting = self.shared.minting.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(minting.entry(name.to_owned()).or_default())
    }
}

/// The 401 of a token that nothing here can renew, with what can be done.
fn unrenewable(error: Error) -> Error {
    match error {
        Error::Refused(mut refusal) => {
            refusal.hint = Some(
                "an operator token lasts 15 minutes: take a new one, or give client id and secret, \
                 which are exchanged as often as needed",
            );
            Error::Refused(refusal)
        }
        other => other,
    }
}
