//! What was asked and what was answered.

use crate::faults::FaultKind;
use serde::Serialize;
use serde_json::Value;

/// One request with its answer, as it went over the wire.
///
/// Tokens and client secrets are not kept: where a token route takes or gives one, the bodies hold
/// `<redacted>`. Configs are kept as they were sent, secrets included.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Exchange {
    /// Its place among all requests, from 1; clearing the journal does not start anew.
    pub number: u64,
    /// The method.
    pub method: String,
    /// The path without its query, percent-encoded as sent.
    pub path: String,
    /// The query's pairs, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The template of the route that took it, such as `/api/v1/workspaces/{workspace_id}`.
    pub route: Option<&'static str>,
    /// What kind of token came with it.
    pub token: TokenKind,
    /// The `X-Organization-Id` header.
    pub organization_header: Option<String>,
    /// The body sent, where it is JSON.
    pub request: Option<Value>,
    /// The status answered; 0 where the connection was closed without an answer.
    pub status: u16,
    /// The body answered, where it is JSON.
    pub response: Option<Value>,
    /// The body answered, where it is not JSON; cut off where it broke off.
    pub response_text: Option<String>,
    /// Whether it changed the world.
    pub committed: bool,
    /// What went wrong with it on order.
    pub fault: Option<FaultKind>,
}

/// The kind of a bearer token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// None came.
    None,
    /// An application token, exchanged or fixed, expired or not.
    Operator,
    /// A scoped token, expired or not.
    Scoped,
    /// Nothing that was issued here.
    Unknown,
}

const REDACTED: &str = "<redacted>";

/// Takes the secrets of the token routes out of a body.
pub(crate) fn redact(mut body: Value) -> Value {
    if let Some(object) = body.as_object_mut() {
        for key in ["client_secret", "access_token", "token"] {
            if let Some(value) = object.get_mut(key) {
                *value = REDACTED.into();
            }
        }
    }
    body
}
