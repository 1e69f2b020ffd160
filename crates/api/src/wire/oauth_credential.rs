//! An organization's OAuth app (dossier 3.7).

use serde::Deserialize;

/// An app as the answer to a write shows it. What it is for, and what it holds, is not said: the
/// `connector_type` in it is `source` or `destination`.
#[derive(Debug, Deserialize)]
pub(crate) struct OAuthCredential {
    pub(crate) id: String,
}
