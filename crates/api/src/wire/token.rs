//! Tokens (dossier 2).

use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value as Json;

/// The answer to an exchange of client credentials.
pub(crate) struct Exchanged {
    pub(crate) access_token: SecretString,
    pub(crate) expires_in: Option<Duration>,
    pub(crate) organization_id: Option<String>,
}

impl Exchanged {
    /// Read by hand: a derived struct's errors may quote what they stumble over, and that may be
    /// the token.
    pub(crate) fn read(answer: Json) -> Option<Exchanged> {
        Some(Exchanged {
            access_token: answer.get("access_token")?.as_str()?.into(),
            expires_in: answer.get("expires_in").and_then(Json::as_u64).map(Duration::from_secs),
            organization_id: answer
                .get("organization_id")
                .and_then(Json::as_str)
                .map(str::to_owned),
        })
    }
}

/// The token in the answer to a mint.
pub(crate) fn minted(answer: &Json) -> Option<SecretString> {
    answer.get("token")?.as_str().filter(|token| !token.is_empty()).map(SecretString::from)
}
