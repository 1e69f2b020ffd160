//! A connector (dossier 3.5), and what an organization's own list tells of it (dossier 3.6).

use serde::Deserialize;

use super::{Told, told};

/// A connector as its own routes show it. A list has `summarized_source_template` and no
/// configuration, a detail has `source_template`; neither says which workspace it is in.
#[derive(Debug, Deserialize)]
pub(crate) struct Connector {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "told")]
    pub(crate) name: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) source_template: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) summarized_source_template: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) replication_config: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) entities: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) updated_at: Told,
}

/// The template that a connector was made from, as it shows it: each form has its own name for the
/// definition.
#[derive(Debug, Deserialize)]
pub(crate) struct MadeFrom {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "told")]
    pub(crate) actor_definition_id: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) source_definition_id: Told,
}

/// A connector in the organization's own list.
#[derive(Debug, Deserialize)]
pub(crate) struct Placed {
    pub(crate) id: String,
    pub(crate) workspace_id: String,
    #[serde(default, deserialize_with = "told")]
    pub(crate) workspace_tombstone: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) connector_definition_id: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) connector_name: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) entities: Told,
}

/// A check, as it began or as it went on.
#[derive(Debug, Deserialize)]
pub(crate) struct Check {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "told")]
    pub(crate) status: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) error_message: Told,
    #[serde(default)]
    pub(crate) failure_reason: Option<FailureReason>,
}

/// Why a check failed. Its other fields are for those who keep the service running.
#[derive(Debug, Deserialize)]
pub(crate) struct FailureReason {
    #[serde(default, deserialize_with = "told")]
    pub(crate) external_message: Told,
}
