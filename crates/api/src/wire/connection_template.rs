//! A connection template (dossier 3.4).

use serde::Deserialize;

use super::{Told, told};

/// A connection template as every route returns it: both variants of the union in one. One that
/// Airbyte hosts has no config, preference or sync flag.
#[derive(Debug, Deserialize)]
pub(crate) struct ConnectionTemplate {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "told")]
    pub(crate) organization_id: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) data_hosting_type: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) destination_definition_id: Told,
    /// What it was called in 2025.
    #[serde(default, deserialize_with = "told")]
    pub(crate) destination_actor_definition_id: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) destination_name: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) destination_config: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) cron_expression: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) non_breaking_changes_preference: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) sync_on_create: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) tags: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) updated_at: Told,
}
