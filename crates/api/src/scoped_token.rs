//! What a scoped token says of itself (dossier 2.2).

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use model::live::Id;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;

const SCOPE: &str = "io.airbyte.auth.workspace_scope";

/// With or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The workspace that a scoped token is for. None where it does not say so in a form that we know;
/// it is not meant for us. Its signature is not checked: it came from the service a moment ago.
pub(crate) fn workspace(token: &SecretString) -> Option<Id> {
    workspace_in(&claims(token.expose_secret())?)
}

/// The workspace that these claims are for.
pub(crate) fn workspace_in(claims: &Json) -> Option<Id> {
    let id = claims.get(SCOPE)?.get("workspaceId")?.as_str()?;
    (!id.is_empty()).then(|| Id(id.to_ascii_lowercase()))
}

/// What stands in the middle part of a token.
pub(crate) fn claims(token: &str) -> Option<Json> {
    decoded(token.split('.').nth(1)?)
}

/// JSON in base64, in either alphabet.
pub(crate) fn decoded(text: &str) -> Option<Json> {
    let text = text.replace('+', "-").replace('/', "_");
    serde_json::from_slice(&BASE64.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    const ID: &str = "0d9c9ae1-6a6b-4c0a-8c6c-5b5a3c1d2e3f";

    #[track_caller]
    fn check(token: &str, id: Option<&str>) {
        assert_eq!(workspace(&token.into()).map(|id| id.0).as_deref(), id);
    }

    #[test]
    fn the_workspace_stands_in_the_middle_part() {
        let claims =
            format!(r#"{{"{SCOPE}": {{"workspaceId": "{}"}}, "x": "~~??ü"}}"#, ID.to_uppercase());
        check(&format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(&claims)), Some(ID));
        check(&format!("e30.{}.sig", STANDARD.encode(&claims)), Some(ID));
        check(&format!("e30.{}", STANDARD.encode(&claims)), Some(ID));
    }

    #[test]
    fn a_token_of_another_kind_tells_nothing() {
        let part = |text: &str| format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(text));
        for token in [
            String::new(),
            "opaque".to_owned(),
            "a.b.c".to_owned(),
            "a.!!.c".to_owned(),
            part("{}"),
            part("[]"),
            part(&format!(r#"{{"{SCOPE}": 7}}"#)),
            part(&format!(r#"{{"{SCOPE}": {{"workspaceId": ""}}}}"#)),
        ] {
            check(&token, None);
        }
    }
}
