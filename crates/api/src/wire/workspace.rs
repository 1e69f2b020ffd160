//! A workspace (dossier 3.1).

use serde::Deserialize;
use serde_json::Value as Json;

use super::{Told, told};

/// A workspace as every route returns it. In 2025 `cache_enabled` and `tombstone` were missing.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "told")]
    pub(crate) name: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) organization_id: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) status: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) cache_enabled: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) tombstone: Told,
    #[serde(default, deserialize_with = "told")]
    pub(crate) updated_at: Told,
}

/// How many workspaces there are in all.
pub(crate) fn total(stats: &Json) -> Option<usize> {
    stats.get("total_count")?.as_u64()?.try_into().ok()
}
