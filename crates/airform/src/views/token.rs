//! What a token says of itself.

use std::time::{Duration, UNIX_EPOCH};

use api::{TokenFacts, TokenKind, WidgetFacts};
use serde_json::{Map, Value as Json, json};

use super::style::plain;

/// What is said where the token is about to be seen.
pub(crate) const WARNING: &str =
    "warning: this is a secret, and it is on your screen now; `airform token …` belongs in a pipe";

/// The first second of the year 10000, which a date of HTTP has no room for.
const END_OF_DATES: u64 = 253_402_300_800;

/// One fact per line.
pub(crate) fn facts(facts: &TokenFacts) -> String {
    let TokenFacts { kind, workspace, expires, widget } = facts;
    let mut lines = vec![format!(
        "kind: {}",
        match kind {
            TokenKind::Operator => "operator (it names no workspace)",
            TokenKind::Scoped => "scoped",
            TokenKind::Widget => "widget",
        }
    )];
    lines.extend(workspace.as_ref().map(|id| format!("workspace: {}", plain(&id.0))));
    lines.extend(expires.map(|seconds| match date(seconds) {
        Some(date) => format!("expires: {date}"),
        None => format!("expires: {seconds} seconds after 1970"),
    }));
    if let Some(WidgetFacts { url, origin, filters }) = widget {
        lines.push(format!("widget: {}", plain(url)));
        lines.extend(origin.as_ref().map(|origin| format!("origin: {}", plain(origin))));
        for (key, value) in filters {
            lines.push(format!("{}: {}", plain(key), plain(value)));
        }
    }
    lines.push("Its signature was not checked.".to_owned());
    lines.join("\n")
}

fn date(seconds: u64) -> Option<String> {
    let time = (seconds < END_OF_DATES).then(|| UNIX_EPOCH + Duration::from_secs(seconds))?;
    Some(httpdate::fmt_http_date(time))
}

/// The same for programs, with the token where it is given out.
pub(crate) fn json(
    facts: Option<&TokenFacts>,
    token: Option<&str>,
    workspace_name: Option<&str>,
) -> String {
    let mut members = Map::new();
    let mut set = |name: &str, value: Json| drop(members.insert(name.to_owned(), value));
    if let Some(token) = token {
        set("token", json!(token));
    }
    if let Some(name) = workspace_name {
        set("workspace_name", json!(name));
    }
    if let Some(TokenFacts { kind, workspace, expires, widget }) = facts {
        let kind = match kind {
            TokenKind::Operator => "operator",
            TokenKind::Scoped => "scoped",
            TokenKind::Widget => "widget",
        };
        set("kind", json!(kind));
        set("workspace_id", json!(workspace.as_ref().map(|id| &id.0)));
        set("expires", json!(expires));
        if let Some(WidgetFacts { url, origin, filters }) = widget {
            let filters: Vec<Json> =
                filters.iter().map(|(key, value)| json!({"name": key, "value": value})).collect();
            set("widget", json!({"url": url, "origin": origin, "filters": filters}));
        }
    }
    super::json::visible(&format!("{:#}", Json::Object(members)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_second_can_be_said() {
        for (seconds, date) in [
            (0, Some("Thu, 01 Jan 1970 00:00:00 GMT")),
            (END_OF_DATES - 1, Some("Fri, 31 Dec 9999 23:59:59 GMT")),
            (END_OF_DATES, None),
            (u64::MAX, None),
        ] {
            assert_eq!(super::date(seconds).as_deref(), date);
        }
    }

    #[test]
    fn facts_steer_no_terminal() {
        let widget = WidgetFacts {
            url: "https://a".to_owned(),
            origin: None,
            filters: vec![("tags\u{1b}".to_owned(), "a\nb".to_owned())],
        };
        let facts = TokenFacts {
            kind: TokenKind::Widget,
            workspace: None,
            expires: None,
            widget: Some(widget),
        };
        assert_eq!(
            super::facts(&facts),
            "kind: widget\nwidget: https://a\ntags\\u{1b}: a\\nb\nIts signature was not checked."
        );
    }
}
