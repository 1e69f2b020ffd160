//! A tag (dossier 3.2).

use serde::Deserialize;

use super::{Told, told};

/// A tag as every route returns it.
#[derive(Debug, Deserialize)]
pub(crate) struct Tag {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "told")]
    pub(crate) name: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) organization_id: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) updated_at: Told,
}
