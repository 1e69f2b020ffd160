//! A request as it came, and where it leads.

use crate::refusal::{Complaint, Refusal};
use crate::routes::{self, Route};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// No request of the service comes near this.
const MOST_BODY_BYTES: usize = 16 * 1024 * 1024;

/// What a path and method lead to.
pub(crate) enum Target {
    Route(&'static Route, Vec<(String, String)>),
    /// The path is there under another method.
    OtherMethod,
    /// The path is there without its trailing slash.
    Redirect(String),
    Nothing,
}

impl Target {
    pub(crate) fn template(&self) -> Option<&'static str> {
        match self {
            Target::Route(route, _) => Some(route.template),
            Target::OtherMethod | Target::Redirect(_) | Target::Nothing => None,
        }
    }
}

/// A request as it came.
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    headers: HeaderMap,
    body: AskedBody,
}

enum AskedBody {
    None,
    Json(Value),
    /// Said to be JSON but broken off or wrong at this column.
    Broken(usize),
    /// Larger than anything the service takes, or never received in full.
    TooLarge,
}

impl Asked {
    pub(crate) async fn read(request: Request) -> Asked {
        let (parts, body) = request.into_parts();
        let body = match axum::body::to_bytes(body, MOST_BODY_BYTES).await {
            Ok(bytes) => read_body(parts.headers.get(CONTENT_TYPE), &bytes),
            Err(_) => AskedBody::TooLarge,
        };
        Asked {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            query: pairs(parts.uri.query().unwrap_or_default()),
            headers: parts.headers,
            body,
        }
    }

    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap_or("\u{fffd}"))
    }

    /// The body, if there is one.
    pub(crate) fn json(&self) -> Result<Option<&Value>, Refusal> {
        match &self.body {
            AskedBody::None => Ok(None),
            AskedBody::Json(value) => Ok(Some(value)),
            AskedBody::TooLarge => Err(Refusal::new(413, "Request body too large")),
            AskedBody::Broken(column) => Err(Refusal::invalid(vec![Complaint {
                at: vec!["body".into(), (*column).into()],
                message: "JSON decode error".to_owned(),
                kind: "json_invalid",
            }])),
        }
    }
}

/// Reads the body where it is said to be JSON or nothing is said. One of another type is a text, as
/// it is for the service, which then complains that it is no object.
fn read_body(kind: Option<&HeaderValue>, bytes: &[u8]) -> AskedBody {
    if bytes.is_empty() {
        return AskedBody::None;
    }
    let kind = kind.map_or("application/json", |kind| kind.to_str().unwrap_or_default());
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") && !kind.ends_with("+json") {
        return AskedBody::Json(Value::String(String::from_utf8_lossy(bytes).into_owned()));
    }
    match serde_json::from_slice(bytes) {
        Ok(value) => AskedBody::Json(value),
        Err(error) => AskedBody::Broken(error.column()),
    }
}

/// Where a path with a trailing slash leads: to the same path without it, if that is a route.
pub(crate) fn redirect(uri: &Uri) -> Option<String> {
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
