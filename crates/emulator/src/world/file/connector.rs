//! The sections of a world file about what stands in workspaces.

use super::read::{Reader, definition_id};
use super::write::sorted;
use crate::catalog::Side;
use crate::clock::Timestamp;
use crate::world::deletion::Deletion;
use crate::world::{
    ChangesPreference, Connection, ConnectionStatus, Connector, Destination, RequestedEntity,
    SourceTemplate, TagMode, TagSelection, Workspace, World,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConnectorFile {
    id: Option<Uuid>,
    /// Absent: the source template's name.
    name: Option<String>,
    organization: Option<String>,
    /// Name or id. So for the source template, too: the organization's own or a global one.
    workspace: String,
    source_template: String,
    /// Absent: what the source template presets.
    preset: Option<Map<String, Value>>,
    #[serde(default)]
    replication_config: Map<String, Value>,
    credentials: Option<Map<String, Value>>,
    environment: Option<Map<String, Value>>,
    oauth_secret_id: Option<String>,
    #[serde(default)]
    connection_template_tags: BTreeSet<String>,
    #[serde(default)]
    connection_template_tags_mode: TagMode,
    entities: Option<Vec<RequestedEntity>>,
    deletion: Option<Deletion>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

/// People leave it out: then it is made with the connectors, as the service would.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DestinationFile {
    id: Uuid,
    name: String,
    organization: Option<String>,
    workspace: String,
    definition: String,
    #[serde(default)]
    destination_config: Map<String, Value>,
    created_at: Option<Timestamp>,
}

/// As for destinations. It stands where its connector stands.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConnectionFile {
    id: Uuid,
    name: String,
    connector: Uuid,
    destination: Uuid,
    connection_template: Uuid,
    status: ConnectionStatus,
    cron_expression: Option<String>,
    non_breaking_changes_preference: ChangesPreference,
    synced_on_create: bool,
    created_at: Option<Timestamp>,
}

impl Reader {
    /// Reads the three sections. Where the last two are both absent, connection templates act on the
    /// connectors as if they were made now.
    pub(super) fn workspace_contents(
        &mut self,
        connectors: Vec<ConnectorFile>,
        destinations: Option<Vec<DestinationFile>>,
        connections: Option<Vec<ConnectionFile>>,
    ) -> Result<(), String> {
        let made_now = destinations.is_none() && connections.is_none();
        for file in connectors {
            let connector = self.connector(file)?;
            if made_now {
                self.world.materialise(&connector);
            }
            self.world.connectors.insert(connector);
        }
        for file in destinations.into_iter().flatten() {
            let destination = self.destination(file)?;
            self.world.destinations.insert(destination);
        }
        for file in connections.into_iter().flatten() {
            let connection = self.connection(file)?;
            self.world.connections.insert(connection);
        }
        Ok(())
    }

    fn connector(&mut self, file: ConnectorFile) -> Result<Connector, String> {
        let ConnectorFile {
            id,
            name,
            organization,
            workspace,
            source_template,
            preset,
            replication_config,
            credentials,
            environment,
            oauth_secret_id,
            connection_template_tags,
            connection_template_tags_mode,
            entities,
            deletion,
            created_at,
            updated_at,
        } = file;
        let section = "connectors";
        let called = name.clone().unwrap_or_else(|| source_template.clone());
        let organization = self.organization(section, &called, organization)?;
        let workspace = self.workspace_called(section, &called, organization, &workspace)?.id;
        let template =
            self.source_template_called(section, &called, organization, &source_template)?;
        let source_template = template.id;
        let preset = preset.unwrap_or_else(|| template.partial_default_config.clone());
        let name = name.unwrap_or_else(|| template.name.clone());
        let (created_at, updated_at) = self.times(created_at, updated_at);
        let id = self.id(section, &name, id)?;
        if let Some(deletion) = deletion {
            self.world.deletions.insert(id, deletion);
        }
        Ok(Connector {
            id,
            name,
            organization,
            workspace,
            source_template,
            preset,
            replication_config,
            credentials,
            environment,
            oauth_secret_id,
            connection_templates: TagSelection {
                tags: connection_template_tags,
                mode: connection_template_tags_mode,
            },
            entities,
            created_at,
            updated_at,
        })
    }

    fn destination(&mut self, file: DestinationFile) -> Result<Destination, String> {
        let DestinationFile {
            id,
            name,
            organization,
            workspace,
            definition,
            destination_config,
            created_at,
        } = file;
        let section = "destinations";
        let organization = self.organization(section, &name, organization)?;
        let (definition, _) = definition_id(&definition, Side::Destination)
            .map_err(|problem| format!("{section}: `{name}`: {problem}"))?;
        Ok(Destination {
            id: self.id(section, &name, Some(id))?,
            organization,
            workspace: self.workspace_called(section, &name, organization, &workspace)?.id,
            name,
            definition,
            destination_config,
            created_at: self.times(created_at, None).0,
        })
    }

    fn connection(&mut self, file: ConnectionFile) -> Result<Connection, String> {
        let ConnectionFile {
            id,
            name,
            connector,
            destination,
            connection_template,
            status,
            cron_expression,
            non_breaking_changes_preference,
            synced_on_create,
            created_at,
        } = file;
        let section = "connections";
        let id = self.id(section, &name, Some(id))?;
        let created_at = self.times(created_at, None).0;
        let Some(source) = self.world.connectors.get(connector) else {
            return Err(format!("{section}: `{name}`: `{connector}` is not one of the connectors"));
        };
        if self.world.destinations.get(destination).is_none() {
            return Err(format!(
                "{section}: `{name}`: `{destination}` is not one of the destinations"
            ));
        }
        Ok(Connection {
            id,
            organization: source.organization,
            workspace: source.workspace,
            name,
            connector,
            destination,
            connection_template,
            status,
            cron_expression,
            non_breaking_changes_preference,
            synced_on_create,
            created_at,
        })
    }

    /// The organization's workspace of this name, if it is the only one, or of this id.
    fn workspace_called(
        &self,
        section: &str,
        name: &str,
        organization: Uuid,
        called: &str,
    ) -> Result<&Workspace, String> {
        let workspaces = &self.world.workspaces;
        let by_id = Uuid::try_parse(called).ok().and_then(|id| workspaces.get(id));
        if let Some(found) = by_id.filter(|found| found.organization == organization) {
            return Ok(found);
        }
        only(workspaces.named(Some(organization), called)).map_err(|problem| {
            format!("{section}: `{name}`: `{called}` {problem} of the `workspaces`")
        })
    }

    /// The organization's own source template of this name, else the global one, if it is the only
    /// one, or the one of this id.
    fn source_template_called(
        &self,
        section: &str,
        name: &str,
        organization: Uuid,
        called: &str,
    ) -> Result<&SourceTemplate, String> {
        let templates = &self.world.source_templates;
        let by_id = Uuid::try_parse(called).ok().and_then(|id| templates.get(id));
        let is_ours = |owner: Option<Uuid>| owner.is_none_or(|owner| owner == organization);
        if let Some(found) = by_id.filter(|found| is_ours(found.organization)) {
            return Ok(found);
        }
        let is_own = templates.named(Some(organization), called).next().is_some();
        only(templates.named(is_own.then_some(organization), called)).map_err(|problem| {
            format!("{section}: `{name}`: `{called}` {problem} of the `source_templates`")
        })
    }
}

fn only<'a, T>(mut rows: impl Iterator<Item = &'a T>) -> Result<&'a T, &'static str> {
    match (rows.next(), rows.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err("is not one"),
        (Some(_), Some(_)) => Err("is the name of several"),
    }
}

pub(super) fn connector_files(world: &World) -> Vec<ConnectorFile> {
    let file = |row: &Connector| {
        let Connector {
            id,
            name,
            organization,
            workspace,
            source_template,
            preset,
            replication_config,
            credentials,
            environment,
            oauth_secret_id,
            connection_templates: TagSelection { tags, mode },
            entities,
            created_at,
            updated_at,
        } = row.clone();
        ConnectorFile {
            id: Some(id),
            name: Some(name),
            organization: Some(organization.to_string()),
            workspace: workspace.to_string(),
            source_template: source_template.to_string(),
            preset: Some(preset),
            replication_config,
            credentials,
            environment,
            oauth_secret_id,
            connection_template_tags: tags,
            connection_template_tags_mode: mode,
            entities,
            deletion: world.deletions.get(&id).copied(),
            created_at: Some(created_at),
            updated_at: Some(updated_at),
        }
    };
    sorted(&world.connectors).into_iter().map(file).collect()
}

pub(super) fn destination_files(world: &World) -> Vec<DestinationFile> {
    let file = |row: &Destination| {
        let Destination {
            id,
            organization,
            workspace,
            name,
            definition,
            destination_config,
            created_at,
        } = row.clone();
        DestinationFile {
            id,
            name,
            organization: Some(organization.to_string()),
            workspace: workspace.to_string(),
            definition: definition.to_string(),
            destination_config,
            created_at: Some(created_at),
        }
    };
    sorted(&world.destinations).into_iter().map(file).collect()
}

pub(super) fn connection_files(world: &World) -> Vec<ConnectionFile> {
    let file = |row: &Connection| {
        let Connection {
            id,
            organization: _, // the connector's
            workspace: _,    // the connector's
            name,
            connector,
            destination,
            connection_template,
            status,
            cron_expression,
            non_breaking_changes_preference,
            synced_on_create,
            created_at,
        } = row.clone();
        ConnectionFile {
            id,
            name,
            connector,
            destination,
            connection_template,
            status,
            cron_expression,
            non_breaking_changes_preference,
            synced_on_create,
            created_at: Some(created_at),
        }
    };
    sorted(&world.connections).into_iter().map(file).collect()
}
