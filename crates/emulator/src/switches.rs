//! What the dossier leaves open, and what the service has done at one time or another: one switch
//! each, so that a client can be tested under every reading.

use crate::rate::RateLimit;
use crate::world::DeletionDelay;
use serde::{Deserialize, Serialize};

/// How the service behaves where its documents are silent or contradict each other.
///
/// The default is the dossier's best reading. Every switch can be turned while the emulator runs,
/// and the whole set can be read from JSON (`{"masking": "dropped"}`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// What stands at a secret leaf when a config is returned (dossier 5.2, 9.9).
    pub masking: Masking,
    /// Whether `null` in a PATCH or PUT clears the field. Off: `null` is the same as leaving it out
    /// (dossier 5.4).
    pub null_clears: bool,
    /// Which of the three shapes an error body has (dossier 1.2).
    pub error_shape: ErrorShape,
    /// Whether every list comes back in another order at each call (dossier 9.12).
    pub shuffle: bool,
    /// What a page calls `next` (dossier 3.1).
    pub next_style: NextStyle,
    /// The status of "already exists", which no document states (dossier 1.1): 400, 409 or 422.
    pub duplicate_status: u16,
    /// Whether two templates of one kind may not share a name (dossier 3.3).
    pub unique_template_names: bool,
    /// Whether a workspace may not be renamed to a name that another one has.
    pub unique_workspace_names: bool,
    /// Whether two mints for one new name that overlap make two workspaces (dossier 7.1). Requests
    /// overlap only where `latency_millis` or a delay gives them time to.
    pub minting_races: bool,
    /// Whether attaching an undefined tag creates it (dossier 3.2).
    pub tagging_creates_tags: bool,
    /// Whether removing a tag answers with the whole template, as in 2025, and not only with
    /// `deleted_at` (dossier 8).
    pub untag_returns_template: bool,
    /// Whether the eight tag routes exist (dossier 3.2: they may vanish).
    pub tag_routes: bool,
    /// Whether only the older token routes exist (dossier 2.4).
    pub legacy_token_routes_only: bool,
    /// Whether lists without pages come as a bare array, without an envelope (dossier 6).
    pub bare_lists: bool,
    /// Whether the plain list of source templates holds the global ones too, as in 2025
    /// (dossier 8).
    pub plain_list_has_globals: bool,
    /// Whether a deleted workspace is still readable by id, with `tombstone: true`, where it
    /// otherwise is 404 (dossier 3.1).
    pub tombstones_readable: bool,
    /// Whether every workspace delete outlives the gateway: it is done, and answered 504
    /// (dossier 3.1).
    pub workspace_deletes_time_out: bool,
    /// Whether a workspace that becomes active again has its connections enabled again
    /// (dossier 3.1).
    pub activation_enables_connections: bool,
    /// Whether the connectors of a deleted workspace stay in the organization's list of credentials,
    /// with `workspace_tombstone: true` (dossier 3.6).
    pub deleted_workspaces_keep_connectors: bool,
    /// Whether creating a connector in a workspace that is not there makes it, as earlier drafts of
    /// the documents have it, where it otherwise is 404 (dossier 8).
    pub connector_creates_workspaces: bool,
    /// Whether the list of connectors of an unknown workspace is empty, where it otherwise is 404
    /// (dossier 3.5).
    pub unknown_workspace_is_empty: bool,
    /// Whether a connector's `replication_config` comes back with what its template presets.
    pub connector_config_shows_presets: bool,
    /// Whether a PUT of a connector's `replication_config` is laid over the present one, where it
    /// otherwise replaces it (dossier 3.5).
    pub connector_config_merges: bool,
    /// Whether a mask that is sent back in a config keeps the secret that it stands for, where it is
    /// otherwise taken literally (dossier 3.5). It holds for PATCH and PUT of every kind.
    pub masks_keep_secrets: bool,
    /// How long a connector outlives the acceptance of its deletion (dossier 3.5).
    pub connector_deletion: DeletionDelay,
    /// How checks end.
    pub check_status: CheckStatus,
    /// How many answers come before the end of a check is known: `pending` from the check itself,
    /// then `running` from the status route (dossier 3.5).
    pub check_polls: u64,
    /// Whether the route exists that tells how a check goes on (dossier 3.5: not public).
    pub check_status_route: bool,
    /// Whether the routes exist that look at a whole organization (dossier 3.6: not public).
    pub organization_routes: bool,
    /// Whether the credentials map to every organization of the world and not only to the first
    /// (dossier 2.5).
    pub credentials_span_organizations: bool,
    /// Whether answers carry fields and enum values that no document knows (dossier 9.13).
    pub schema_drift: bool,
    /// The lifetime of an exchanged operator token, in seconds of the world's clock (dossier 2.1).
    pub operator_token_seconds: u32,
    /// The lifetime of a scoped token, in seconds of the world's clock (dossier 2.2).
    pub scoped_token_seconds: u32,
    /// After how many requests an exchanged operator token counts as expired; none: only time
    /// counts.
    pub operator_token_requests: Option<u64>,
    /// Whether the fixed operator token of [`crate::Credentials`] counts as expired.
    pub fixed_token_expired: bool,
    /// How many requests are answered in a window of the world's clock before 429; none: as many as
    /// come, and no header speaks of it (dossier 1.3).
    pub rate_limit: Option<RateLimit>,
    /// Whether the world's clock follows the machine's, for people and real SDKs, where it otherwise
    /// moves by a few microseconds at each write.
    pub wall_clock: bool,
    /// How long each answer waits, in milliseconds.
    pub latency_millis: u64,
    /// Whether the journal keeps bodies. Off for measurements with many large pages.
    pub journal_bodies: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Switches {
            masking: Masking::Asterisks,
            null_clears: false,
            error_shape: ErrorShape::Envelope,
            shuffle: true,
            next_style: NextStyle::Absolute,
            duplicate_status: 409,
            unique_template_names: false,
            unique_workspace_names: false,
            minting_races: false,
            tagging_creates_tags: false,
            untag_returns_template: false,
            tag_routes: true,
            legacy_token_routes_only: false,
            bare_lists: false,
            plain_list_has_globals: false,
            tombstones_readable: false,
            workspace_deletes_time_out: false,
            activation_enables_connections: false,
            deleted_workspaces_keep_connectors: false,
            connector_creates_workspaces: false,
            unknown_workspace_is_empty: false,
            connector_config_shows_presets: false,
            connector_config_merges: false,
            masks_keep_secrets: false,
            connector_deletion: DeletionDelay::Requests(2),
            check_status: CheckStatus::Succeeded,
            check_polls: 0,
            check_status_route: true,
            organization_routes: true,
            credentials_span_organizations: false,
            schema_drift: false,
            operator_token_seconds: 900,
            scoped_token_seconds: 1200,
            operator_token_requests: None,
            fixed_token_expired: false,
            rate_limit: None,
            wall_clock: false,
            latency_millis: 0,
            journal_bodies: true,
        }
    }
}

/// What stands at a secret leaf in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Masking {
    /// The secret itself.
    Cleartext,
    /// Ten asterisks.
    Asterisks,
    /// `{"_secret": "<uuid>"}`, the same for a leaf as long as its template lives.
    SecretObject,
    /// Nothing: the key is left out.
    Dropped,
}

/// The shape of an error body. Router-level 404 and 405 are `{"detail": "…"}` under every shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorShape {
    /// `{"message", "errors": [{"field", "message", "error_code", "details"}]}`.
    Envelope,
    /// `{"detail": "text"}`.
    Detail,
    /// `{"detail": [{"loc", "msg", "type"}]}` for 422, `{"detail": "text"}` for the rest.
    FastApi,
}

/// How a check of a connector's config stands (dossier 3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// It has not begun.
    Pending,
    /// It goes on.
    Running,
    /// Somebody stopped it.
    Cancelled,
    /// The config does not work.
    Failed,
    /// The config works.
    Succeeded,
    /// It cannot be said.
    Inconclusive,
    /// There is nothing to check.
    Skipped,
}

/// What a page calls `next`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextStyle {
    /// The next page's URL on the emulator's own host; `null` at the end.
    Absolute,
    /// Path and query of the next page; `null` at the end.
    Relative,
    /// The cursor alone; the empty string at the end.
    Cursor,
    /// The next page's URL on a host that is not ours: whoever follows it leaks the token.
    Hostile,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_read_from_json_and_a_misspelt_one_is_an_error() {
        let read: Switches = serde_json::from_str(r#"{"masking": "secret_object"}"#).unwrap();
        assert_eq!(read, Switches { masking: Masking::SecretObject, ..Switches::default() });
        assert!(serde_json::from_str::<Switches>(r#"{"maskin": "dropped"}"#).is_err());
    }
}
