//! What the service says when it refuses: four shapes of body, read as one (dossier 1.2).

use model::value::Path;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;

use crate::error::{Error, Refusal};
use crate::hide::hide;

/// What the service says of one field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The place in the resource, under the manifest's names, where it is one.
    pub path: Option<Path>,
    /// The place as the service calls it: `body.destination_config.s3_bucket_name`.
    pub field: Option<String>,
    /// What is wrong.
    pub message: String,
    /// The service's name for this kind of mistake, such as `value_error`.
    pub code: Option<String>,
}

/// A refusal as it was written, before anything is made of it.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) message: Option<String>,
    pub(crate) complaints: Vec<Complaint>,
    /// The router refused: there is no such route (dossier 6).
    pub(crate) by_router: bool,
}

/// A complaint about one place of the request.
#[derive(Debug)]
pub(crate) struct Complaint {
    /// The way to it: keys, and positions as digits.
    pub(crate) at: Vec<String>,
    pub(crate) message: String,
    pub(crate) code: Option<String>,
}

/// A refusal says something, and not everything.
const LONGEST_MESSAGE: usize = 400;

/// Reads a body in any of the shapes that the service and the gateways before it use.
pub(crate) fn read(status: u16, body: &[u8]) -> Said {
    let Ok(json) = serde_json::from_slice::<Json>(body) else {
        let text = String::from_utf8_lossy(body);
        let text = text.trim();
        // A gateway's page is made for browsers; its status says as much.
        let is_page = text.starts_with('<');
        return Said {
            message: (!text.is_empty() && !is_page).then(|| text.to_owned()),
            ..Said::default()
        };
    };
    let mut said = Said {
        by_router: status == 405
            || (status == 404 && json == serde_json::json!({"detail": "Not Found"})),
        ..Said::default()
    };
    match &json {
        Json::String(text) => said.message = Some(text.clone()),
        Json::Array(items) => said.complaints.extend(items.iter().filter_map(complaint)),
        other => probe(other, &mut said),
    }
    if said.message.is_none() {
        said.message = said.complaints.first().map(|first| first.message.clone());
    }
    said
}

fn probe(body: &Json, said: &mut Said) {
    if let Some(errors) = body.get("errors").and_then(Json::as_array) {
        said.complaints.extend(errors.iter().filter_map(complaint));
    }
    match body.get("detail") {
        Some(Json::Array(items)) => said.complaints.extend(items.iter().filter_map(complaint)),
        Some(detail @ Json::Object(_)) => probe(detail, said),
        _ => {}
    }
    let text = ["message", "detail", "error"].into_iter().find_map(|key| text(body, key));
    said.message = said.message.take().or(text);
}

fn complaint(item: &Json) -> Option<Complaint> {
    if let Some(text) = item.as_str() {
        return Some(Complaint { at: Vec::new(), message: text.to_owned(), code: None });
    }
    let message = ["message", "msg", "userPresentableMessage", "error"]
        .into_iter()
        .find_map(|k| text(item, k))?;
    let at = match (item.get("loc"), text(item, "field")) {
        (Some(Json::Array(parts)), _) => parts.iter().map(part).collect(),
        (_, Some(field)) => field.split('.').map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let code = text(item, "error_code").or_else(|| text(item, "type"));
    // The validator's own way of saying that the complaint is somebody's and not its own.
    let message = message.strip_prefix("Value error, ").map(str::to_owned).unwrap_or(message);
    Some(Complaint { at, message, code })
}

fn text(object: &Json, key: &str) -> Option<String> {
    object.get(key)?.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

fn part(part: &Json) -> String {
    part.as_str().map_or_else(|| part.to_string(), str::to_owned)
}

/// `text` fit to be shown: on one line, not too long, without control characters, which could make
/// a terminal do things, and without any of `secrets`, which a validator may quote.
pub(crate) fn presentable(text: &str, secrets: &[&SecretString]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        hide(&mut text, secret.expose_secret());
    }
    let words: Vec<String> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let line = words.join(" ");
    match line.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// `error` without any of `secrets`: those of all that is declared, where only some were sent with the
/// request and may have been hidden.
pub(crate) fn without(mut error: Error, secrets: &[&SecretString]) -> Error {
    if let Error::Refused(refusal) = &mut error {
        let Refusal {
            request: _,
            status: _,
            message,
            hint: _,
            by_router: _,
            fields,
            request_id,
            unclear: _,
        } = &mut **refusal;
        let told = fields.iter_mut().flat_map(|field| {
            let FieldError { path: _, field, message, code } = field;
            [Some(message), field.as_mut(), code.as_mut()]
        });
        for text in told.chain([Some(message), request_id.as_mut()]).flatten() {
            *text = presentable(text, secrets);
        }
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, message: Option<&str>, complaints: &[(&str, &str)]) {
        let said = read(status, body.as_bytes());
        assert_eq!(said.message.as_deref(), message);
        let got: Vec<_> =
            said.complaints.iter().map(|c| (c.at.join("."), c.message.as_str())).collect();
        let want: Vec<_> =
            complaints.iter().map(|&(at, message)| (at.to_owned(), message)).collect();
        assert_eq!(got, want);
    }

    #[test]
    fn every_shape_of_a_refusal_is_read() {
        check(
            422,
            r#"{"message": "Value error, no", "errors": [{"field": "body", "message": "Value error, no",
                "error_code": "value_error", "details": null}]}"#,
            Some("Value error, no"),
            &[("body", "no")],
        );
        check(
            400,
            r#"{"message": null, "errors": [{"field": null, "message": "no"}]}"#,
            Some("no"),
            &[("", "no")],
        );
        check(400, r#"{"message": null, "errors": []}"#, None, &[]);
        check(403, r#"{"detail": "no"}"#, Some("no"), &[]);
        check(403, r#"{"detail": {"message": "no"}}"#, Some("no"), &[]);
        check(
            422,
            r#"{"detail": [{"loc": ["body", "items", 3], "msg": "no", "type": "missing"}]}"#,
            Some("no"),
            &[("body.items.3", "no")],
        );
        check(
            400,
            r#"{"errors": [{"userPresentableMessage": "no"}, {"error": "nor"}, {"x": 1}]}"#,
            Some("no"),
            &[("", "no"), ("", "nor")],
        );
        check(500, r#"{"error": "no"}"#, Some("no"), &[]);
        check(500, r#""no""#, Some("no"), &[]);
        check(500, r#"["no"]"#, Some("no"), &[("", "no")]);
        check(502, "<html><body>Bad Gateway</body></html>", None, &[]);
        check(502, "upstream gone\n", Some("upstream gone"), &[]);
        check(502, "", None, &[]);
        check(500, "17", None, &[]);
        check(500, "\u{fffd}\u{0}", Some("\u{fffd}\u{0}"), &[]);
    }

    #[test]
    fn only_the_router_says_that_there_is_no_route() {
        for (status, body, by_router) in [
            (404, r#"{"detail": "Not Found"}"#, true),
            (405, r#"{"detail": "Method Not Allowed"}"#, true),
            (404, r#"{"detail": "Tag 'crm' not found"}"#, false),
            (400, r#"{"detail": "Not Found"}"#, false),
            (404, "", false),
        ] {
            assert_eq!(read(status, body.as_bytes()).by_router, by_router, "{status} {body}");
        }
    }

    #[test]
    fn what_is_shown_is_one_line_without_secrets_or_control_characters() {
        let secrets: [SecretString; 3] =
            ["hunter2".into(), "-----BEGIN\nMIIabcdefgh\n".into(), "".into()];
        let secrets: Vec<&SecretString> = secrets.iter().collect();
        for (text, shown) in [
            ("'hunter2' is\nno  number", "'(secret)' is no number"),
            (r"'-----BEGIN\nMIIabcdefgh\n' is no key", r"'(secret)\n(secret)\n' is no key"),
            ("red \u{1b}[31malert\u{7}", "red [31malert"),
        ] {
            assert_eq!(presentable(text, &secrets), shown);
        }
        assert_eq!(presentable(&"ü".repeat(999), &[]).chars().count(), LONGEST_MESSAGE + 1);
    }
}
