//! What connection templates leave in a workspace: destinations and connections (dossier 3.4, 3.6).

use super::connector::Connector;
use super::table::{Row, Table};
use super::{ChangesPreference, ConnectionTemplate, Hosting, SourceMode, World};
use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::{Uuid, uuid};

/// The connector of the storage that Airbyte manages: S3 (dossier 3.4).
const AIRBYTE_HOSTED_DEFINITION: Uuid = uuid!("4816b78f-1489-44c1-9060-4b19d5fa9362");

/// Where the data of a connector goes, as it was when the connector was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Destination {
    /// Its id.
    pub id: Uuid,
    /// The organization it belongs to.
    pub organization: Uuid,
    /// The workspace it stands in.
    pub workspace: Uuid,
    /// Its name.
    pub name: String,
    /// Its connector's definition.
    pub definition: Uuid,
    /// Its config, secrets in clear text; empty where Airbyte hosts.
    pub destination_config: Map<String, Value>,
    /// When it was created.
    pub created_at: Timestamp,
}

/// A connector's data on its way to a destination.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// Its id.
    pub id: Uuid,
    /// The organization it belongs to.
    pub organization: Uuid,
    /// The workspace it stands in.
    pub workspace: Uuid,
    /// Its name.
    pub name: String,
    /// The connector that it reads from.
    pub connector: Uuid,
    /// The destination that it writes to.
    pub destination: Uuid,
    /// The connection template it was made from, perhaps deleted since. No route returns it.
    pub connection_template: Uuid,
    /// Whether it runs.
    pub status: ConnectionStatus,
    /// The schedule in Quartz form; none: started by hand.
    pub cron_expression: Option<String>,
    /// What happens when the source's schema changes.
    pub non_breaking_changes_preference: ChangesPreference,
    /// Whether a first sync was started when it was made.
    pub synced_on_create: bool,
    /// When it was created.
    pub created_at: Timestamp,
}

/// Whether a connection runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    /// It runs.
    Active,
    /// It is disabled.
    Inactive,
}

impl Row for Destination {
    fn id(&self) -> Uuid {
        self.id
    }
    fn organization(&self) -> Option<Uuid> {
        Some(self.organization)
    }
    fn workspace(&self) -> Option<Uuid> {
        Some(self.workspace)
    }
    fn name(&self) -> &str {
        &self.name
    }
}

impl Row for Connection {
    fn id(&self) -> Uuid {
        self.id
    }
    fn organization(&self) -> Option<Uuid> {
        Some(self.organization)
    }
    fn workspace(&self) -> Option<Uuid> {
        Some(self.workspace)
    }
    fn name(&self) -> &str {
        &self.name
    }
}

impl World {
    /// Makes a destination and a connection for each connection template that the connector
    /// selects: now, and never again (dossier 5.5). Nothing is copied for agents alone.
    pub(super) fn materialise(&mut self, connector: &Connector) {
        let template = self.source_templates.get(connector.source_template);
        if template.is_none_or(|template| template.mode == SourceMode::Direct) {
            return;
        }
        let templates: Vec<ConnectionTemplate> = self
            .connection_templates
            .listed(Some(connector.organization))
            .filter(|template| connector.connection_templates.takes(&template.tags))
            .cloned()
            .collect();
        for template in templates {
            self.connect(connector, template);
        }
    }

    fn connect(&mut self, connector: &Connector, template: ConnectionTemplate) {
        let ConnectionTemplate {
            id: connection_template,
            organization,
            destination_name,
            cron_expression,
            hosting,
            tags: _, // they have selected it
            created_at: _,
            updated_at: _,
        } = template;
        let (definition, destination_config, non_breaking_changes_preference, synced_on_create) =
            match hosting {
                Hosting::User {
                    definition,
                    destination_config,
                    non_breaking_changes_preference,
                    sync_on_create,
                } => (
                    definition,
                    destination_config,
                    non_breaking_changes_preference,
                    sync_on_create,
                ),
                Hosting::Airbyte => {
                    (AIRBYTE_HOSTED_DEFINITION, Map::new(), ChangesPreference::Ignore, true)
                }
            };
        let destination = self.new_id();
        let connection = self.new_id();
        self.connections.insert(Connection {
            id: connection,
            organization,
            workspace: connector.workspace,
            name: format!("{} → {destination_name}", connector.name),
            connector: connector.id,
            destination,
            connection_template,
            status: self.connections_start(connector.workspace),
            cron_expression,
            non_breaking_changes_preference,
            synced_on_create,
            created_at: connector.created_at,
        });
        self.destinations.insert(Destination {
            id: destination,
            organization,
            workspace: connector.workspace,
            name: destination_name,
            definition,
            destination_config,
            created_at: connector.created_at,
        });
    }

    /// The status of a new connection: in an inactive workspace none runs.
    fn connections_start(&self, workspace: Uuid) -> ConnectionStatus {
        match self.workspaces.get(workspace).map(|workspace| workspace.status) {
            Some(super::WorkspaceStatus::Inactive) => ConnectionStatus::Inactive,
            Some(super::WorkspaceStatus::Active) | None => ConnectionStatus::Active,
        }
    }

    /// Takes a connector's connections and destinations out.
    pub(super) fn dematerialise(&mut self, connector: &Connector) {
        let made: Vec<(Uuid, Uuid)> = self
            .connections
            .in_workspace(connector.workspace)
            .filter(|connection| connection.connector == connector.id)
            .map(|connection| (connection.id, connection.destination))
            .collect();
        for (connection, destination) in made {
            self.connections.remove(connection);
            self.destinations.remove(destination);
        }
    }

    /// Sets the status of every connection of a workspace.
    pub(crate) fn set_connections(&mut self, workspace: Uuid, status: ConnectionStatus) {
        for id in ids(&self.connections, workspace) {
            self.connections.update(id, |connection| connection.status = status);
        }
    }

    /// Deletes a workspace, leaving a tombstone, and with it what stands in it. Where
    /// `connectors_stay`, their rows are left behind for the organization's own list (dossier 3.6).
    pub fn delete_workspace(&mut self, id: Uuid, connectors_stay: bool) {
        let now = self.stamp();
        self.workspaces.update(id, |workspace| {
            workspace.tombstone = true;
            workspace.updated_at = now;
        });
        for connection in ids(&self.connections, id) {
            self.connections.remove(connection);
        }
        for destination in ids(&self.destinations, id) {
            self.destinations.remove(destination);
        }
        if !connectors_stay {
            for connector in ids(&self.connectors, id) {
                self.remove_connector(connector);
            }
        }
    }
}

/// The ids of a table's rows in a workspace.
fn ids<T: Row>(table: &Table<T>, workspace: Uuid) -> Vec<Uuid> {
    table.in_workspace(workspace).map(Row::id).collect()
}
