//! The JSON form of a world: written by people for a scenario, by the emulator for the next run.
//!
//! Everything but the natural keys may be left out. What is written out is complete and sorted, so
//! that two worlds differ in their files exactly where they differ.

mod connector;
mod oauth_credential;
mod read;
mod write;

use self::connector::{ConnectionFile, ConnectorFile, DestinationFile};
use self::oauth_credential::OAuthCredentialFile;
use super::{ChangesPreference, SourceMode, WorkspaceStatus, World};
use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A whole world.
#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WorldFile {
    clock: Option<Timestamp>,
    ids_made: u64,
    organizations: Vec<OrganizationFile>,
    workspaces: Vec<WorkspaceFile>,
    cloud_workspaces: Vec<CloudWorkspaceFile>,
    tags: Vec<TagFile>,
    source_templates: Vec<SourceTemplateFile>,
    /// Absent: those of a fresh sandbox.
    global_source_templates: Option<Vec<SourceTemplateFile>>,
    connection_templates: Vec<ConnectionTemplateFile>,
    connectors: Vec<ConnectorFile>,
    /// Both absent: what the connection templates make for the connectors.
    destinations: Option<Vec<DestinationFile>>,
    connections: Option<Vec<ConnectionFile>>,
    oauth_credentials: Vec<OAuthCredentialFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrganizationFile {
    id: Option<Uuid>,
    name: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkspaceFile {
    id: Option<Uuid>,
    name: String,
    /// Name or id; absent: the first one. So in every section.
    organization: Option<String>,
    /// `us`, `eu` or an id.
    region: Option<String>,
    #[serde(default = "active")]
    status: WorkspaceStatus,
    cache_enabled: Option<bool>,
    #[serde(default)]
    tombstone: bool,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CloudWorkspaceFile {
    id: Option<Uuid>,
    name: String,
    organization: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TagFile {
    id: Option<Uuid>,
    name: String,
    organization: Option<String>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceTemplateFile {
    id: Option<Uuid>,
    /// Absent: the definition's name.
    name: Option<String>,
    organization: Option<String>,
    /// An id, or a name of the built-in catalog. So for destinations too.
    definition: String,
    #[serde(default)]
    partial_default_config: Map<String, Value>,
    customization: Option<Value>,
    #[serde(default = "replication")]
    mode: SourceMode,
    #[serde(default)]
    tags: BTreeSet<String>,
    #[serde(default)]
    tombstone: bool,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConnectionTemplateFile {
    id: Option<Uuid>,
    /// May be left out where Airbyte hosts.
    destination_name: Option<String>,
    organization: Option<String>,
    /// Absent: Airbyte hosts.
    destination: Option<String>,
    destination_config: Option<Map<String, Value>>,
    cron_expression: Option<String>,
    non_breaking_changes_preference: Option<ChangesPreference>,
    sync_on_create: Option<bool>,
    #[serde(default)]
    tags: BTreeSet<String>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

fn active() -> WorkspaceStatus {
    WorkspaceStatus::Active
}

fn replication() -> SourceMode {
    SourceMode::Replication
}

/// What Airbyte calls the destination that it manages. The real text is not documented.
pub(crate) const AIRBYTE_HOSTED_NAME: &str = "Airbyte-managed S3";

impl World {
    /// Reads a world from JSON. Everything may be left out but the names (and a template's
    /// definition, a connector's workspace and template): ids are made, the organization is the first
    /// one, times are the clock's.
    ///
    /// ```
    /// let world = emulator::World::from_json(r#"{
    ///     "workspaces": [{"name": "acme", "region": "eu"}],
    ///     "tags": [{"name": "crm"}],
    ///     "source_templates": [{"definition": "GitHub", "tags": ["crm"]}],
    ///     "connectors": [{"workspace": "acme", "source_template": "GitHub"}]
    /// }"#).unwrap();
    /// assert_eq!(world.workspaces.len(), 2); // `default` is always there
    /// ```
    ///
    /// # Errors
    /// A text that is not JSON of this form, an unknown field, a reference to what is not there, or
    /// an id given twice; the message says where.
    pub fn from_json(text: &str) -> Result<World, String> {
        let file: WorldFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
        read::world(file)
    }

    /// Writes the world as JSON: sorted, complete, the same text for the same world. Secrets stand
    /// in it in clear text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(&write::file(self)).unwrap_or_default();
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_error(text: &str, expected: &str) {
        let message = World::from_json(text).err().unwrap_or_default();
        assert!(message.contains(expected), "{message}");
    }

    #[test]
    fn a_world_survives_being_written_and_read() {
        let text = r#"{
            "organizations": [{"name": "Ours"}, {"name": "Theirs"}],
            "workspaces": [{"name": "b", "region": "eu", "status": "inactive"},
                           {"name": "a", "organization": "Theirs", "tombstone": true}],
            "cloud_workspaces": [{"name": "legacy"}],
            "tags": [{"name": "crm"}],
            "source_templates": [{"definition": "GitHub", "tags": ["crm"],
                "customization": {"stream_selection_mode": "all"}}],
            "connection_templates": [
                {"destination": "S3", "destination_name": "lake", "sync_on_create": false},
                {"cron_expression": "0 0 12 * * ?"}],
            "connectors": [{"workspace": "b", "source_template": "GitHub", "credentials": {"a": 1},
                "entities": [{"entity": "issues"}],
                "deletion": {"job_id": "645a183f-b12b-4c6e-8ad3-99e165603451",
                    "due": {"after": 2}}},
                {"workspace": "default", "source_template": "Stripe", "name": "Money"}],
            "oauth_credentials": [{"connector": "GitHub", "configuration": {"client_id": "x"}},
                {"connector": "BigQuery", "side": "destination", "configuration": {}}]
        }"#;
        let written = World::from_json(text).unwrap().to_json();
        assert_eq!(World::from_json(&written).unwrap().to_json(), written);
        assert!(written.contains(r#""name": "GitHub""#));
        assert!(World::from_json("{}").unwrap().to_json() == World::sandbox().to_json());
    }

    #[test]
    fn mistakes_in_a_file_are_named() {
        check_error("[", "EOF");
        check_error(r#"{"workspace": []}"#, "unknown field `workspace`");
        check_error(r#"{"workspaces": [{"nam": "a"}]}"#, "unknown field `nam`");
        check_error(
            r#"{"workspaces": [{"name": "a", "organization": "X"}]}"#,
            "workspaces: `a`: `X` is not one of the `organizations`",
        );
        check_error(r#"{"workspaces": [{"name": "a", "region": "moon"}]}"#, "not a region");
        check_error(r#"{"tags": [{"name": "a"}, {"name": "a"}]}"#, "tags: `a` is there twice");
        check_error(r#"{"source_templates": [{"definition": "Nope"}]}"#, "`Nope`");
        check_error(
            r#"{"source_templates": [{"definition": "GitHub", "tags": ["x"]}]}"#,
            "source_templates: `GitHub`: the tag `x`",
        );
        check_error(
            r#"{"source_templates": [{"definition": "GitHub", "customization": {"stream_mappers":
                {"users": [{"type": "hashing"}]}}}]}"#,
            "users",
        );
        check_error(r#"{"connection_templates": [{"destination_config": {}}]}"#, "`destination`");
        let connectors = |workspace: &str, template: &str| {
            format!(
                r#"{{"workspaces": [{{"name": "a"}}, {{"name": "b"}}, {{"name": "b"}}], "connectors":
                [{{"name": "c", "workspace": "{workspace}", "source_template": "{template}"}}]}}"#
            )
        };
        check_error(&connectors("x", "GitHub"), "`c`: `x` is not one of the `workspaces`");
        check_error(&connectors("b", "GitHub"), "`c`: `b` is the name of several of the");
        check_error(&connectors("a", "y"), "`c`: `y` is not one of the `source_templates`");
        let app = r#"{"connector": "GitHub", "configuration": {}}"#;
        check_error(
            &format!(r#"{{"oauth_credentials": [{app}, {app}]}}"#),
            "`GitHub` is there twice",
        );
        let id = "645a183f-b12b-4c6e-8ad3-99e165603451";
        check_error(
            &format!(
                r#"{{"tags": [{{"name": "a", "id": "{id}"}}, {{"name": "b", "id": "{id}"}}]}}"#
            ),
            "tags: `b`: the id",
        );
    }
}
