//! From a request to its answer: routing, faults, tokens, handler, journal.

use crate::auth::{Authority, Credentials, expired};
use crate::catalog::Catalog;
use crate::clock::Timestamp;
use crate::drift;
use crate::faults::{FaultKind, Faults};
use crate::journal::{Exchange, TokenKind, redact};
use crate::refusal::{Complaint, Refusal};
use crate::routes::{self, Call, Reply, ReplyBody, Route};
use crate::switches::Switches;
use crate::wire::{Broken, CutBody};
use crate::world::World;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{RawPathParams, Request, State};
use axum::http::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, LOCATION, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// No request of the service comes near this.
const MOST_BODY_BYTES: usize = 16 * 1024 * 1024;

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Service {
    state: Mutex<Inner>,
    catalog: Catalog,
    /// `http://127.0.0.1:PORT`.
    host: String,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) world: World,
    pub(crate) switches: Switches,
    pub(crate) authority: Authority,
    pub(crate) faults: Faults,
    pub(crate) journal: Vec<Exchange>,
    /// Requests so far.
    requests: u64,
}

impl Service {
    pub(crate) fn new(
        mut world: World,
        catalog: Catalog,
        switches: Switches,
        credentials: Credentials,
        host: String,
    ) -> Service {
        world.complete();
        let inner = Inner {
            world,
            switches,
            authority: Authority::new(credentials),
            faults: Faults::default(),
            journal: Vec::new(),
            requests: 0,
        };
        Service { state: Mutex::new(inner), catalog, host }
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic in a test's `edit` must not take every later test down with it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The service as an axum router.
    pub(crate) fn router(self: Arc<Self>) -> Router {
        let mut router = Router::new();
        for route in routes::all() {
            let handler = move |State(service): State<Arc<Service>>,
                                parameters: RawPathParams,
                                request: Request| async move {
                let parameters = parameters
                    .iter()
                    .map(|(key, value)| (key.to_owned(), value.to_owned()))
                    .collect();
                service.answer(Target::Route(route, parameters), request).await
            };
            router = router.route(route.template, on(filter(route.method), handler));
        }
        router
            .method_not_allowed_fallback(
                |State(service): State<Arc<Service>>, request: Request| async move {
                    service.answer(Target::OtherMethod, request).await
                },
            )
            .fallback(|State(service): State<Arc<Service>>, request: Request| async move {
                let target = redirect(request.uri()).map_or(Target::Nothing, Target::Redirect);
                service.answer(target, request).await
            })
            .with_state(self)
    }

    async fn answer(&self, target: Target, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let asked = Asked {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            query: pairs(parts.uri.query().unwrap_or_default()),
            headers: parts.headers,
            body: axum::body::to_bytes(body, MOST_BODY_BYTES).await.map_err(|_| ()),
        };
        let (fault, wait) = {
            let mut inner = self.lock();
            let fault = inner.faults.meet(&asked.method, &asked.path, target.template());
            let delay = match fault {
                Some(FaultKind::Delay { millis }) => millis,
                _ => 0,
            };
            (fault, inner.switches.latency_millis.saturating_add(delay))
        };
        if wait > 0 {
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
        let mut inner = self.lock();
        let (reply, broken) = self.carry_out(&mut inner, &target, &asked, fault);
        respond(&reply, broken, inner.world.now(), inner.requests)
    }

    /// Does what the request asks, or what its fault makes of it, and writes it down.
    fn carry_out(
        &self,
        inner: &mut Inner,
        target: &Target,
        asked: &Asked,
        fault: Option<FaultKind>,
    ) -> (Reply, Option<Broken>) {
        inner.requests += 1;
        if inner.switches.wall_clock {
            inner.world.advance_to(Timestamp::of_the_machine());
        }
        let shape = inner.switches.error_shape;
        let refused = |refusal: Refusal| refusal_reply(&refusal, shape);
        let before = inner.world.now();
        let mut broken = None;
        let reply = match fault {
            None | Some(FaultKind::Delay { .. }) => self.dispatch(inner, target, asked),
            Some(FaultKind::Status { code, body, headers }) => {
                let mut reply = body.map_or_else(
                    || refused(Refusal::new(code, format!("Injected {code}"))),
                    |body| Reply::of_text(code, body),
                );
                reply.headers.extend(headers);
                reply
            }
            Some(FaultKind::Expire) => refused(expired()),
            Some(FaultKind::ResetBefore) => {
                broken = Some(Broken::Unanswered);
                refused(Refusal::new(500, "unanswered"))
            }
            Some(FaultKind::ResetAfterCommit) => {
                broken = Some(Broken::Unanswered);
                self.dispatch(inner, target, asked)
            }
            Some(FaultKind::StatusAfterCommit { code }) => {
                self.dispatch(inner, target, asked);
                refused(Refusal::new(code, format!("Injected {code}")))
            }
            Some(FaultKind::TruncatedBody) => {
                let reply = self.dispatch(inner, target, asked);
                broken = Some(Broken::After(reply.body.to_text().len() / 2));
                reply
            }
            Some(FaultKind::NonJson) => {
                let status = self.dispatch(inner, target, asked).status;
                Reply::gateway(status)
            }
        };
        let committed = inner.world.now() != before;
        let bearer = inner.authority.bearer(asked.header(&AUTHORIZATION));
        record(inner, target, asked, bearer.kind(), &reply, broken, committed);
        (reply, broken)
    }

    fn dispatch(&self, inner: &mut Inner, target: &Target, asked: &Asked) -> Reply {
        let shape = inner.switches.error_shape;
        match self.try_dispatch(inner, target, asked) {
            Ok(mut reply) => {
                if let (true, ReplyBody::Json(body)) =
                    (inner.switches.schema_drift, &mut reply.body)
                {
                    drift::apply(body);
                }
                reply
            }
            Err(refusal) => refusal_reply(&refusal, shape),
        }
    }

    fn try_dispatch(
        &self,
        inner: &mut Inner,
        target: &Target,
        asked: &Asked,
    ) -> Result<Reply, Refusal> {
        let (route, parameters) = match target {
            Target::Route(route, parameters) => (route, parameters),
            Target::OtherMethod => return Err(Refusal::router(405)),
            Target::Redirect(location) => {
                let mut reply = Reply::of_text(307, String::new());
                reply
                    .headers
                    .push((LOCATION.as_str().to_owned(), format!("{}{location}", self.host)));
                return Ok(reply);
            }
            Target::Nothing => return Err(Refusal::router(404)),
        };
        // The service's router decodes a path before it matches it, so that a `/` in a name is two
        // segments there and no route fits.
        let unreachable = parameters.iter().any(|(_, value)| value.contains('/'));
        if unreachable || !route.exists(&inner.switches) {
            return Err(Refusal::router(404));
        }
        let bearer = inner.authority.bearer(asked.header(&AUTHORIZATION));
        let caller = inner.authority.admit(
            route.access,
            &bearer,
            asked.header(&ORGANIZATION),
            &inner.world,
            &inner.switches,
        )?;
        let body = asked.json()?;
        (route.handler)(&mut Call {
            world: &mut inner.world,
            authority: &mut inner.authority,
            catalog: &self.catalog,
            switches: &inner.switches,
            caller,
            parameters,
            query: &asked.query,
            body: body.as_ref(),
            host: &self.host,
            seed: inner.requests,
        })
    }
}

const ORGANIZATION: HeaderName = HeaderName::from_static("x-organization-id");

/// What a path and method lead to.
enum Target {
    Route(&'static Route, Vec<(String, String)>),
    /// The path is there under another method.
    OtherMethod,
    /// The path is there without its trailing slash.
    Redirect(String),
    Nothing,
}

impl Target {
    fn template(&self) -> Option<&'static str> {
        match self {
            Target::Route(route, _) => Some(route.template),
            Target::OtherMethod | Target::Redirect(_) | Target::Nothing => None,
        }
    }
}

/// A request as it came.
struct Asked {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    /// `Err`: larger than anything the service takes, or broken off.
    body: Result<Bytes, ()>,
}

impl Asked {
    fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap_or("\u{fffd}"))
    }

    /// The body, where it is said to be JSON or nothing is said. A body of another type is not
    /// looked into, as the service does not.
    fn json(&self) -> Result<Option<Value>, Refusal> {
        let body = self.body.as_ref().map_err(|()| Refusal::new(413, "Request body too large"))?;
        if body.is_empty() {
            return Ok(None);
        }
        let essence = self.header(&CONTENT_TYPE).unwrap_or("application/json");
        let essence = essence.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") && !essence.ends_with("+json") {
            return Ok(Some(Value::String(String::from_utf8_lossy(body).into_owned())));
        }
        serde_json::from_slice(body).map(Some).map_err(|error| {
            Refusal::invalid(vec![Complaint {
                at: vec!["body".into(), error.column().into()],
                message: "JSON decode error".to_owned(),
                kind: "json_invalid",
            }])
        })
    }
}

/// Where a path with a trailing slash leads: to the same path without it, if that is a route.
fn redirect(uri: &Uri) -> Option<String> {
    let path = uri.path().strip_suffix('/')?;
    let segments: Vec<&str> = path.split('/').collect();
    let fits = |route: &Route| {
        let template: Vec<&str> = route.template.split('/').collect();
        template.len() == segments.len()
            && template
                .iter()
                .zip(&segments)
                .all(|(wanted, got)| wanted == got || (wanted.starts_with('{') && !got.is_empty()))
    };
    routes::all()
        .any(fits)
        .then(|| uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}

fn filter(method: &str) -> MethodFilter {
    match method {
        "POST" => MethodFilter::POST,
        "PUT" => MethodFilter::PUT,
        "PATCH" => MethodFilter::PATCH,
        "DELETE" => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let decode =
        |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key), decode(value))
        })
        .collect()
}

fn refusal_reply(refusal: &Refusal, shape: crate::switches::ErrorShape) -> Reply {
    let mut headers = Vec::new();
    if refusal.status == 401 {
        headers.push((WWW_AUTHENTICATE.as_str().to_owned(), "Bearer".to_owned()));
    }
    Reply { status: refusal.status, body: ReplyBody::Json(refusal.body(shape)), headers }
}

fn record(
    inner: &mut Inner,
    target: &Target,
    asked: &Asked,
    token: TokenKind,
    reply: &Reply,
    broken: Option<Broken>,
    committed: bool,
) {
    let is_token_route = target.template().is_some_and(|route| route.contains("token"));
    let kept = |body: Value| if is_token_route { redact(body) } else { body };
    let keep_bodies = inner.switches.journal_bodies;
    let request = asked.json().ok().flatten().filter(|_| keep_bodies).map(kept);
    let (response, response_text) = match (&reply.body, broken) {
        (_, Some(Broken::Unanswered)) => (None, None),
        (body, Some(Broken::After(length))) => {
            let text = body.to_text();
            let cut = String::from_utf8_lossy(text.as_bytes().get(..length).unwrap_or_default());
            // Half of a body may hold half of a token.
            let text = if is_token_route { "<redacted>".to_owned() } else { cut.into_owned() };
            (None, Some(text))
        }
        (ReplyBody::Json(body), None) => (keep_bodies.then(|| kept(body.clone())), None),
        (ReplyBody::Text(text), None) => (None, Some(text.clone())),
    };
    inner.journal.push(Exchange {
        number: inner.requests,
        method: asked.method.clone(),
        path: asked.path.clone(),
        query: asked.query.clone(),
        route: target.template(),
        token,
        organization_header: asked.header(&ORGANIZATION).map(str::to_owned),
        request,
        status: if broken == Some(Broken::Unanswered) { 0 } else { reply.status },
        response,
        response_text,
        committed,
    });
}

/// The answer as HTTP; one that is to break carries the word for the connection.
fn respond(reply: &Reply, broken: Option<Broken>, now: Timestamp, number: u64) -> Response {
    let text = reply.body.to_text();
    let kind = match reply.body {
        ReplyBody::Json(_) => "application/json",
        ReplyBody::Text(_) if serde_json::from_str::<Value>(&text).is_ok() => "application/json",
        ReplyBody::Text(_) => "text/html; charset=utf-8",
    };
    let length = text.len();
    let body = match broken {
        Some(Broken::After(kept)) => Body::new(CutBody::new(&text, kept)),
        Some(Broken::Unanswered) | None => Body::from(text.into_owned()),
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    // The server's own clock, so that a client can tell what is new by the server's time.
    for (name, value) in [(DATE, now.http_date()), (REQUEST_ID, format!("req-{number:08}"))] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    for (name, value) in &reply.headers {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
        {
            headers.insert(name, value);
        }
    }
    match broken {
        Some(Broken::After(_)) => {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        Some(Broken::Unanswered) => {
            response.extensions_mut().insert(Broken::Unanswered);
        }
        None => {}
    }
    response
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
