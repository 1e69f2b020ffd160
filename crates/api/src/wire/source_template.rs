//! A source template (dossier 3.3).

use serde::Deserialize;

use super::{Told, told};

/// A source template. Lists and details are one struct here: a list has no
/// `partial_default_config`, a detail no `organization_id`, and each has its own name for the
/// definition.
#[derive(Debug, Deserialize)]
pub(crate) struct SourceTemplate {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "told")]
    pub(crate) name: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) organization_id: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) actor_definition_id: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) source_definition_id: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) mode: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) partial_default_config: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) customization: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) tags: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) updated_at: Told,
}
