//! What the fuzzers in `fuzz/` call. The same functions replay their corpora in
//! `tests/suite/corpus.rs`, so that what a fuzzer once found is looked for on every run.
//!
//! Each takes any bytes and returns; what would be a defect panics. Nothing of this is reached by
//! the program.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use model::Kind;
use reqwest::Url;
use secrecy::SecretString;
use serde_json::{Value as Json, json};

use crate::kinds::{self, connection_template, connector, source_template, tag, workspace};
use crate::refusal::{self, presentable};
use crate::{page, rate, token, wire};

const US: Option<&str> = Some("0d9c9ae1-6a6b-4c0a-8c6c-5b5a3c1d2e3f");
const SECRET: &str = "hunter2-hunter2";

/// Reads what a service answered as each thing that it could be: a list of any kind, an object of
/// any kind, a definition, a token, a refusal, a header.
///
/// # Panics
/// What would be shown of a refusal steers a terminal or holds a secret.
pub fn answer(bytes: &[u8]) {
    for status in [400, 404, 500] {
        let said = refusal::read(status, bytes);
        let secret = SecretString::from(SECRET);
        let shown = |text: &str| {
            let shown = presentable(text, &[&secret]);
            assert!(!shown.contains(SECRET), "a secret is shown");
            assert!(!shown.contains(char::is_control), "a terminal is steered");
        };
        shown(said.message.as_deref().unwrap_or_default());
        for complaint in said.complaints {
            shown(&complaint.message);
            shown(&complaint.at.join("."));
            for kind in Kind::ALL {
                let _ = kinds::locate(kind, &complaint.at).map(|path| path.to_string());
            }
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = rate::retry_after(text, Some("Sun, 06 Nov 1994 08:49:37 GMT"));
        let _ = rate::retry_after("7", Some(text));
    }
    let Ok(json) = serde_json::from_slice::<Json>(bytes) else { return };
    let _ = wire::workspace::total(&json);
    let _ = wire::token::minted(&json);
    let _ = wire::token::Exchanged::read(json.clone());
    let _ = wire::definition::specification(json.clone());
    let _ = wire::organization(&json);
    object(&json);
    for item in wire::items(json).into_iter().flatten() {
        object(&item);
    }
}

fn object(json: &Json) {
    let _ = tag::read(json.clone(), US);
    let _ = workspace::read(json.clone(), US);
    let _ = connector::read(json.clone());
    let _ = connector::read_placed(json.clone());
    let _ = (source_template::TEMPLATE.read)(json.clone(), US);
    let _ = (connection_template::TEMPLATE.read)(json.clone(), US);
    let _ = wire::definition::source(json.clone());
    let _ = wire::definition::destination(json.clone());
}

/// Reads what a list says of its next page, and makes the request for it.
///
/// # Panics
/// It would go anywhere but where the first one went.
pub fn next(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let Ok(Some(cursor)) = page::cursor_of(Some(&Json::String(text))) else { return };
    let base = "https://api.airbyte.ai/api/v1/workspaces";
    let Ok(mut url) = Url::parse(base) else { return };
    url.query_pairs_mut().append_pair("cursor", &cursor);
    assert!(url.as_str().starts_with(&format!("{base}?cursor=")), "the list was left");
    let read: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    assert_eq!(read, [("cursor".to_owned(), cursor)], "the cursor is the only thing that is taken");
    assert_eq!(url.fragment(), None);
}

/// Reads a token that a customer may use: as it is, and with these bytes for its claims.
///
/// # Panics
/// What it says of itself holds a token.
pub fn jwt(bytes: &[u8]) {
    inspected(&String::from_utf8_lossy(bytes));
    inspected(&format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(bytes)));
}

/// Reads a token for the widget: as it is, as what was written in base64, and as the address in it.
///
/// # Panics
/// As [`jwt`].
pub fn widget_token(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    inspected(&text);
    inspected(&STANDARD.encode(bytes));
    let envelope = json!({"token": "e30.e30.sig", "widgetUrl": text});
    inspected(&STANDARD.encode(envelope.to_string()));
}

fn inspected(text: &str) {
    let Some(facts) = token::inspect(&SecretString::from(text)) else { return };
    for (_, value) in facts.widget.iter().flat_map(|widget| &widget.filters) {
        assert!(token::inspect(&SecretString::from(value.as_str())).is_none(), "a token is shown");
    }
}
