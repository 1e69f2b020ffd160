//! An answer on its way out, as HTTP.

use crate::clock::Timestamp;
use crate::routes::{Reply, ReplyBody};
use crate::wire::{Broken, CutBody};
use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::Value;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The answer as HTTP; one that is to break carries the word for the connection.
pub(crate) fn respond(
    reply: &Reply,
    broken: Option<Broken>,
    now: Timestamp,
    number: u64,
) -> Response {
    let text = reply.body.to_text();
    let kind = match reply.body {
        ReplyBody::Json(_) => Some("application/json"),
        ReplyBody::Text(_) if serde_json::from_str::<Value>(&text).is_ok() => {
            Some("application/json")
        }
        ReplyBody::Text(_) => Some("text/html; charset=utf-8"),
        ReplyBody::Empty => None,
    };
    let length = text.len();
    let body = match broken {
        Some(Broken::After(kept)) => Body::new(CutBody::new(&text, kept)),
        Some(Broken::Unanswered | Broken::Silent) | None => Body::from(text.into_owned()),
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if let Some(kind) = kind {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
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
        Some(ending @ (Broken::Unanswered | Broken::Silent)) => {
            response.extensions_mut().insert(ending);
        }
        None => {}
    }
    response
}
