//! From a request to its answer: routing, faults, tokens, handler, journal.

use crate::answer::respond;
use crate::asked::{Asked, Target, redirect};
use crate::auth::{Authority, Credentials, expired};
use crate::catalog::Catalog;
use crate::clock::Timestamp;
use crate::drift;
use crate::faults::{FaultKind, Faults};
use crate::journal::{Exchange, TokenKind, redact};
use crate::rate::{Standing, Window};
use crate::refusal::Refusal;
use crate::routes::{self, Call, Checks, Reply, ReplyBody};
use crate::switches::{ErrorShape, Switches};
use crate::wire::Broken;
use crate::world::World;
use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::http::HeaderName;
use axum::http::header::{AUTHORIZATION, LOCATION, WWW_AUTHENTICATE};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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
    checks: Checks,
    pub(crate) faults: Faults,
    pub(crate) journal: Vec<Exchange>,
    window: Window,
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
            checks: Checks::default(),
            faults: Faults::default(),
            journal: Vec::new(),
            window: Window::default(),
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
        let asked = Asked::read(request).await;
        let (fault, wait, raced) = {
            let mut inner = self.lock();
            let fault = inner.faults.meet(&asked.method, &asked.path, target.template());
            let delay = match fault {
                Some(FaultKind::Delay { millis }) => millis,
                _ => 0,
            };
            let wait = inner.switches.latency_millis.saturating_add(delay);
            (fault, wait, inner.races(&asked))
        };
        if wait > 0 {
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
        let (reply, broken, now, number) = {
            let mut inner = self.lock();
            let (reply, broken) = self.carry_out(&mut inner, &target, &asked, fault, raced);
            (reply, broken, inner.world.now(), inner.requests)
        };
        respond(&reply, broken, now, number)
    }

    /// Counts the request, does what comes of it, and writes it down.
    fn carry_out(
        &self,
        inner: &mut Inner,
        target: &Target,
        asked: &Asked,
        fault: Option<FaultKind>,
        raced: bool,
    ) -> (Reply, Option<Broken>) {
        inner.requests += 1;
        if inner.switches.wall_clock {
            inner.world.advance_to(Timestamp::of_the_machine());
        }
        // Time may have passed since the last request; what counts requests counts this one.
        inner.world.finish_deletions();
        inner.world.count_request();
        let before = inner.world.now();
        let standing = inner.switches.rate_limit.map(|limit| inner.window.count(limit, before));
        let (mut reply, broken) = if standing.as_ref().is_some_and(Standing::is_refused) {
            let refusal = Refusal::new(429, "Rate limit exceeded");
            (refusal_reply(&refusal, inner.switches.error_shape), None)
        } else {
            self.under_fault(inner, target, asked, fault.clone(), raced)
        };
        reply.headers.extend(standing.iter().flat_map(Standing::headers));
        let committed = inner.world.now() != before;
        let bearer = inner.authority.bearer(asked.header(&AUTHORIZATION));
        let met = Met { token: bearer.kind(), broken, committed, fault };
        record(inner, target, asked, &reply, met);
        inner.world.finish_deletions();
        (reply, broken)
    }

    /// Does what the request asks, or what its fault makes of it.
    fn under_fault(
        &self,
        inner: &mut Inner,
        target: &Target,
        asked: &Asked,
        fault: Option<FaultKind>,
        raced: bool,
    ) -> (Reply, Option<Broken>) {
        let shape = inner.switches.error_shape;
        let refused = |refusal: Refusal| refusal_reply(&refusal, shape);
        let mut dispatch = || self.dispatch(inner, target, asked, raced);
        match fault {
            None | Some(FaultKind::Delay { .. }) => (dispatch(), None),
            Some(FaultKind::Status { code, body, headers }) => {
                let mut reply = body.map_or_else(
                    || refused(Refusal::new(code, format!("Injected {code}"))),
                    |body| Reply::of_text(code, body),
                );
                reply.headers.extend(headers);
                (reply, None)
            }
            Some(FaultKind::Expire) => (refused(expired()), None),
            Some(FaultKind::ResetBefore) => {
                (refused(Refusal::new(500, "unanswered")), Some(Broken::Unanswered))
            }
            Some(FaultKind::ResetAfterCommit) => (dispatch(), Some(Broken::Unanswered)),
            Some(FaultKind::SilenceBefore) => {
                (refused(Refusal::new(500, "unanswered")), Some(Broken::Silent))
            }
            Some(FaultKind::SilenceAfterCommit) => (dispatch(), Some(Broken::Silent)),
            Some(FaultKind::StatusAfterCommit { code }) => {
                dispatch();
                (refused(Refusal::new(code, format!("Injected {code}"))), None)
            }
            Some(FaultKind::TruncatedBody) => {
                let reply = dispatch();
                let kept = reply.body.to_text().len() / 2;
                (reply, Some(Broken::After(kept)))
            }
            Some(FaultKind::NonJson) => (Reply::gateway(dispatch().status), None),
        }
    }

    fn dispatch(&self, inner: &mut Inner, target: &Target, asked: &Asked, raced: bool) -> Reply {
        let shape = inner.switches.error_shape;
        match self.try_dispatch(inner, target, asked, raced) {
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
        raced: bool,
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
            checks: &mut inner.checks,
            catalog: &self.catalog,
            switches: &inner.switches,
            caller,
            parameters,
            query: &asked.query,
            body,
            host: &self.host,
            seed: inner.requests,
            raced,
        })
    }
}

const ORGANIZATION: HeaderName = HeaderName::from_static("x-organization-id");

impl Inner {
    /// Whether a workspace that this request asks for is not there now, at its arrival, and is to be
    /// created without another look: the race of two mints for one new name (dossier 7.1).
    fn races(&self, asked: &Asked) -> bool {
        let name =
            asked.json().ok().flatten().and_then(|body| body.get("workspace_name")?.as_str());
        self.switches.minting_races
            && name.is_some_and(|name| {
                self.world.organizations.iter().all(|organization| {
                    self.world.workspaces.named(Some(organization.id), name).next().is_none()
                })
            })
    }
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

fn refusal_reply(refusal: &Refusal, shape: ErrorShape) -> Reply {
    let mut headers = Vec::new();
    if refusal.status == 401 {
        headers.push((WWW_AUTHENTICATE.as_str().to_owned(), "Bearer".to_owned()));
    }
    Reply { status: refusal.status, body: ReplyBody::Json(refusal.body(shape)), headers }
}

/// What a request met.
struct Met {
    token: TokenKind,
    broken: Option<Broken>,
    committed: bool,
    fault: Option<FaultKind>,
}

fn record(inner: &mut Inner, target: &Target, asked: &Asked, reply: &Reply, met: Met) {
    let Met { token, broken, committed, fault } = met;
    let is_token_route = target.template().is_some_and(|route| route.contains("token"));
    let kept = |body: Value| if is_token_route { redact(body) } else { body };
    let keep_bodies = inner.switches.journal_bodies;
    let request = asked.json().ok().flatten().filter(|_| keep_bodies).cloned().map(kept);
    let (response, response_text) = match (&reply.body, broken) {
        (_, Some(Broken::Unanswered | Broken::Silent)) => (None, None),
        (body, Some(Broken::After(length))) => {
            let text = body.to_text();
            let cut = String::from_utf8_lossy(text.as_bytes().get(..length).unwrap_or_default());
            // Half of a body may hold half of a token.
            let text = if is_token_route { "<redacted>".to_owned() } else { cut.into_owned() };
            (None, Some(text))
        }
        (ReplyBody::Json(body), None) => (keep_bodies.then(|| kept(body.clone())), None),
        (ReplyBody::Text(text), None) => (None, Some(text.clone())),
        (ReplyBody::Empty, None) => (None, None),
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
        status: match broken {
            Some(Broken::Unanswered | Broken::Silent) => 0,
            Some(Broken::After(_)) | None => reply.status,
        },
        response,
        response_text,
        committed,
        fault,
    });
}
