//! A message, sent as often as it takes and does no harm.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::Kind;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value as Json;

use crate::error::{Error, Refusal};
use crate::kinds;
use crate::observe::{Exchange, Observer};
use crate::page::NAME_CONTAINS;
use crate::rate::{Jitter, PATIENCE, Rate, Stop};
use crate::refusal::{self, Complaint, FieldError, presentable};
use crate::route::Route;
use crate::transport::{Fault, Incoming, Outgoing, Transport};
use crate::wire::Answer;

/// How often a message is sent before its failure is believed.
const TRIES: u32 = 4;
/// A service that is down and says for longer than this is not waited for: whoever runs us can. For
/// one that is there and has a limit, see [`crate::rate`].
const LONGEST_ASKED: Duration = Duration::from_secs(300);
/// Long enough for the slowest answer that was seen; real clients wait between 30 and 300 seconds
/// (dossier 1).
const TIMEOUT: Duration = Duration::from_secs(60);

/// Whether a message may be sent again when nobody knows if it was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It may: done twice is as done once.
    Harmless,
    /// It may not: it would make a second object. It is sent again only where it certainly was not
    /// carried out.
    OnlyIfUndone,
}

/// Something to say to the service.
#[derive(Debug)]
pub(crate) struct Message {
    route: Route,
    parameters: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Option<Json>,
    repeat: Repeat,
    timeout: Duration,
    /// Whose attributes the fields of a refusal are.
    kind: Option<Kind>,
    /// What a refusal must not show.
    secrets: Vec<SecretString>,
}

impl Message {
    pub(crate) fn new(route: Route) -> Message {
        Message {
            route,
            parameters: Vec::new(),
            query: Vec::new(),
            body: None,
            repeat: Repeat::Harmless,
            timeout: TIMEOUT,
            kind: None,
            secrets: Vec::new(),
        }
    }

    /// Fills the next gap of the path.
    pub(crate) fn at(mut self, parameter: &str) -> Message {
        self.parameters.push(parameter.to_owned());
        self
    }

    pub(crate) fn query(mut self, key: &'static str, value: &str) -> Message {
        self.query.push((key, value.to_owned()));
        self
    }

    pub(crate) fn body(mut self, body: Json) -> Message {
        self.body = Some(body);
        self
    }

    /// The body is about a resource of `kind` and holds `secrets`.
    pub(crate) fn about(mut self, kind: Kind, secrets: Vec<SecretString>) -> Message {
        self.kind = Some(kind);
        self.secrets = secrets;
        self
    }

    pub(crate) fn secret(mut self, secret: &SecretString) -> Message {
        self.secrets.push(secret.clone());
        self
    }

    pub(crate) fn only_if_undone(mut self) -> Message {
        self.repeat = Repeat::OnlyIfUndone;
        self
    }

    pub(crate) fn timeout(mut self, timeout: Duration) -> Message {
        self.timeout = timeout;
        self
    }

    /// What it is called in an error: method and path.
    pub(crate) fn request(&self) -> String {
        let path =
            self.route.paths(&self.parameters).ok().and_then(|paths| paths.into_iter().next());
        format!("{} {}", self.route.method(), path.unwrap_or_default())
    }

    fn request_to(&self, path: &str) -> String {
        format!("{} {path}", self.route.method())
    }

    pub(crate) fn writes(&self) -> bool {
        self.route.method() != Method::GET
    }
}

/// As whom a message is sent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sender<'a> {
    pub(crate) bearer: Option<&'a SecretString>,
    /// When the bearer is too old to be sent, by the clock. What has not gone by then fails as the
    /// service would have it fail, with a 401.
    pub(crate) until: Option<Duration>,
    pub(crate) organization: Option<&'a str>,
}

/// Delivers messages.
#[derive(Debug)]
pub(crate) struct Delivery {
    transport: Transport,
    pub(crate) rate: Rate,
    jitter: Jitter,
    observer: Option<Arc<dyn Observer>>,
    /// Which of a route's paths the service has, where it is not the first.
    older: Mutex<BTreeMap<Route, usize>>,
}

/// An answer that is none, and what to do about it.
struct Failure {
    error: Error,
    /// It may go better next time, and trying again does no harm.
    again: bool,
    /// How long the service wants to be left alone.
    retry_after: Option<Duration>,
}

impl Delivery {
    pub(crate) fn new(
        transport: Transport,
        rate: Rate,
        jitter: Jitter,
        observer: Option<Arc<dyn Observer>>,
    ) -> Delivery {
        Delivery { transport, rate, jitter, observer, older: Mutex::new(BTreeMap::new()) }
    }

    /// Waits as before the `tries`-th repetition of something.
    pub(crate) async fn wait_after(&self, tries: u32) {
        self.rate.sleep(self.jitter.wait_after(tries)).await;
    }

    /// Sends `message` until it is answered for good. An answer without a body is
    /// [`Json::Null`].
    pub(crate) async fn deliver(
        &self,
        message: &Message,
        sender: Sender<'_>,
    ) -> Result<Json, Error> {
        let paths = message.route.paths(&message.parameters)?;
        let known = self.known_form(message.route);
        let mut answer = self.repeat(message, &paths[known], sender).await;
        for (form, path) in paths.iter().enumerate().skip(known + 1) {
            if !answer.as_ref().is_err_and(Error::says_no_route) {
                break;
            }
            let older = self.repeat(message, path, sender).await;
            // Where no path is there, the refusal of the present one is the one to show.
            if !older.as_ref().is_err_and(Error::says_no_route) {
                self.remember(message.route, form);
                answer = older;
            }
        }
        answer
    }

    /// Sends `message` to `path` until it is answered for good.
    ///
    /// A limit (429) is no failure: it costs no try, and all wait for it together.
    async fn repeat(
        &self,
        message: &Message,
        path: &str,
        sender: Sender<'_>,
    ) -> Result<Json, Error> {
        let body = message.body.as_ref().map(Json::to_string);
        let mut tries = 1;
        let mut limits = 0;
        // Once a try may have been carried out, no later one makes that undone.
        let mut unclear = false;
        loop {
            let outgoing = Outgoing {
                method: message.route.method(),
                path,
                query: &message.query,
                body: body.as_deref(),
                bearer: sender.bearer,
                organization: sender.organization,
                timeout: message.timeout,
            };
            let stopped = |stop| stopped(stop, message.request_to(path), unclear);
            let turn = self.rate.turn(sender.until).await.map_err(stopped)?;
            let sent_at = self.rate.now();
            let answer = self.transport.send(outgoing).await;
            self.tell(message, path, sender, sent_at, &answer);
            let status = answer.as_ref().map(|answer| answer.status).ok();
            let is_news = matches!(status, Some(429 | 503)) && turn.overloaded();
            // That tokens are given out tells nothing of the limit of what they are for.
            if sender.bearer.is_some() && matches!(status, Some(status) if status != 429) {
                turn.answered();
            }
            if let Ok(Incoming { allowance, .. }) = &answer {
                self.rate.told(allowance);
            }
            let Failure { error, again, retry_after } =
                match message.judge(path, answer, sender.bearer) {
                    Ok(json) => return Ok(json),
                    Err(failure) => *failure,
                };
            if status == Some(429) {
                limits += 1;
                let own = self.jitter.wait_after(limits);
                // Who says when need not be guessed at. Nothing at all is no time to wait.
                let wait = retry_after.filter(|asked| !asked.is_zero()).unwrap_or(own);
                // What was sent before the last pause tells nothing that is not known.
                if is_news {
                    self.rate.refused(wait).map_err(stopped)?;
                }
                continue;
            }
            limits = 0;
            unclear |= error.is_unclear();
            let wait = self.jitter.wait_after(tries).max(retry_after.unwrap_or_default());
            if !again || tries == TRIES || wait > LONGEST_ASKED || !self.rate.may_repeat() {
                return Err(error.or_unclear(unclear));
            }
            // Others may go meanwhile.
            drop(turn);
            if !self.rate.sleep(wait).await {
                return Err(error.or_unclear(unclear));
            }
            tries += 1;
        }
    }

    /// Lets nothing wait any more.
    pub(crate) fn stop_waiting(&self) {
        self.rate.stop_waiting();
    }

    /// How many requests were sent.
    pub(crate) fn sent(&self) -> u64 {
        self.rate.made()
    }

    /// Tells whoever listens what came of a request.
    fn tell(
        &self,
        message: &Message,
        path: &str,
        sender: Sender<'_>,
        sent_at: Duration,
        answer: &Result<Incoming, Fault>,
    ) {
        let Some(observer) = &self.observer else { return };
        let secrets: Vec<&SecretString> = message.secrets.iter().chain(sender.bearer).collect();
        let answer = answer.as_ref().ok();
        // It is the service's text, and could quote anything.
        let request_id = answer.and_then(|answer| answer.request_id.as_deref());
        let request_id = request_id.map(|id| presentable(id, &secrets));
        let keys: Vec<&'static str> = message.query.iter().map(|(key, _)| *key).collect();
        let (subject, way) = message.route.topic();
        observer.exchanged(&Exchange {
            method: message.route.method().as_str(),
            path,
            keys: &keys,
            subject,
            way: if keys.contains(&NAME_CONTAINS) { "by name" } else { way },
            status: answer.map(|answer| answer.status),
            time: self.rate.now().saturating_sub(sent_at),
            request_id: request_id.as_deref(),
        });
    }

    /// Which of a route's paths the service has, as far as we know.
    fn known_form(&self, route: Route) -> usize {
        let older = self.older.lock().unwrap_or_else(PoisonError::into_inner);
        older.get(&route).copied().unwrap_or(0)
    }

    fn remember(&self, route: Route, form: usize) {
        self.older.lock().unwrap_or_else(PoisonError::into_inner).insert(route, form);
    }
}

/// That a request was not sent, and why.
fn stopped(stop: Stop, request: String, unclear: bool) -> Error {
    match stop {
        Stop::Patience { asked } => Error::Limited { request, asked, waited: PATIENCE, unclear },
        Stop::Told => Error::Stopped { request, unclear },
        Stop::Spent { allowed } => Error::Spent { request, allowed, unclear },
        Stop::Late => Error::Refused(Box::new(Refusal {
            request,
            status: 401,
            message: "the token grew old before its turn came".to_owned(),
            fields: Vec::new(),
            request_id: None,
            hint: None,
            unclear,
            by_router: false,
        })),
    }
}

impl Message {
    fn judge(
        &self,
        path: &str,
        answer: Result<Incoming, Fault>,
        bearer: Option<&SecretString>,
    ) -> Result<Json, Box<Failure>> {
        let request = self.request_to(path);
        let harmless = self.repeat == Repeat::Harmless;
        let unclear = self.writes();
        let failed = |error, again| Err(Box::new(Failure { error, again, retry_after: None }));
        let Incoming { status, retry_after, allowance: _, request_id, body } = match answer {
            Ok(answer) => answer,
            Err(Fault::NotSent(cause)) => {
                return failed(Error::Unanswered { request, cause, unclear: false }, true);
            }
            Err(Fault::Lost(cause)) => {
                return failed(Error::Unanswered { request, cause, unclear }, harmless);
            }
            Err(Fault::TooLarge { largest }) => {
                let cause =
                    format!("it is larger than {largest} bytes, as none that makes sense is");
                return failed(Error::Unreadable { request, cause, unclear }, false);
            }
        };
        if (200..300).contains(&status) {
            if body.is_empty() {
                return Ok(Json::Null);
            }
            return serde_json::from_slice(&body).map(|Answer(answer)| answer).or_else(|error| {
                // The position is enough: what stands there may be a secret.
                let cause = format!("not JSON at line {}, column {}", error.line(), error.column());
                failed(Error::Unreadable { request, cause, unclear }, harmless)
            });
        }
        let said = refusal::read(status, &body);
        let secrets: Vec<&SecretString> = self.secrets.iter().chain(bearer).collect();
        let refusal = Refusal {
            request,
            status,
            message: presentable(said.message.as_deref().unwrap_or_default(), &secrets),
            hint: self.hint(status, &said),
            by_router: said.by_router,
            fields: said.complaints.into_iter().filter_map(|c| self.field(c, &secrets)).collect(),
            request_id: request_id.map(|id| presentable(&id, &secrets)),
            unclear: unclear && status >= 500,
        };
        // 500 is a defect over there and not a bad moment: the vendor's own client does not send
        // again either (dossier 1.1).
        let again = harmless && matches!(status, 502..=504);
        let error = Error::Refused(Box::new(refusal));
        Err(Box::new(Failure { error, again, retry_after }))
    }

    fn field(&self, complaint: Complaint, secrets: &[&SecretString]) -> Option<FieldError> {
        let Complaint { at, message, code } = complaint;
        let path = self.kind.and_then(|kind| kinds::locate(kind, &at));
        // That it is about the body goes without saying.
        let field = at.iter().any(|part| part != "body");
        let field = field.then(|| presentable(&at.join("."), secrets));
        let message = presentable(&message, secrets);
        let code = code.map(|code| presentable(&code, secrets));
        (!message.is_empty()).then_some(FieldError { path, field, message, code })
    }

    fn hint(&self, status: u16, said: &refusal::Said) -> Option<&'static str> {
        let text = said.message.as_deref().unwrap_or_default();
        match status {
            // Words of the service itself (dossier 2.5).
            400 if text.contains("specify target organization") => Some(
                "these credentials have several organizations: name one, by `organization:` in the manifest or AIRBYTE_ORGANIZATION_ID",
            ),
            401 if self.route == Route::ExchangeToken => {
                Some("the client id or the client secret is wrong")
            }
            403 => Some("an organization without an active Agents subscription gets this too"),
            404 | 405 if said.by_router && self.parameters.is_empty() => {
                Some("no such route: does the API address end in /api/v1?")
            }
            300..400 => Some("redirects are not followed: is the API address right?"),
            _ => None,
        }
    }
}
