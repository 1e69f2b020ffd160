//! The rows of a world's tables.

use super::table::Row;
use crate::clock::Timestamp;
use crate::customization::Customization;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use uuid::Uuid;

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// A workspace: one customer (dossier 3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Its id.
    pub id: Uuid,
    /// Its name: exact and case-sensitive where tokens are minted.
    pub name: String,
    /// The organization it belongs to.
    pub organization: Uuid,
    /// The region it was created in. No route returns it.
    pub region: Uuid,
    /// Whether its connections run.
    pub status: WorkspaceStatus,
    /// The cache setting; none: inherited from the organization.
    pub cache_enabled: Option<bool>,
    /// Whether it is deleted.
    pub tombstone: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// A workspace of Airbyte Cloud that the service does not know yet (dossier 2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudWorkspace {
    /// The id that it keeps when it is adopted.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The organization it belongs to.
    pub organization: Uuid,
}

/// Whether a workspace's connections run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceStatus {
    /// They run.
    Active,
    /// They are disabled.
    Inactive,
}

/// A tag for templates (dossier 3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its id, which no route takes.
    pub id: Uuid,
    /// Its name, unique in the organization, and its key in every path.
    pub name: String,
    /// The organization it belongs to.
    pub organization: Uuid,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// A source template (dossier 3.3).
#[derive(Clone, Debug, PartialEq)]
pub struct SourceTemplate {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The organization it belongs to; none: it is global, kept by Airbyte.
    pub organization: Option<Uuid>,
    /// The connector definition it presets.
    pub definition: Uuid,
    /// The preset part of the connector's config, secrets in clear text.
    pub partial_default_config: Map<String, Value>,
    /// Which streams are copied and how; none: not customized.
    pub customization: Option<Customization>,
    /// What its connectors are for.
    pub mode: SourceMode,
    /// The names of its tags.
    pub tags: BTreeSet<String>,
    /// Whether it is deleted and kept for the connectors made from it only.
    pub tombstone: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last written, tagging included.
    pub updated_at: Timestamp,
}

/// What the connectors made from a source template are for (dossier 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SourceMode {
    /// Agents read through it.
    Direct,
    /// Data is copied.
    Replication,
    /// Both.
    Multi,
}

/// A connection template (dossier 3.4).
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionTemplate {
    /// Its id.
    pub id: Uuid,
    /// The organization it belongs to.
    pub organization: Uuid,
    /// The name of the destinations made from it.
    pub destination_name: String,
    /// The schedule in Quartz form; none: started by hand.
    pub cron_expression: Option<String>,
    /// Where the data goes.
    pub hosting: Hosting,
    /// The names of its tags.
    pub tags: BTreeSet<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last written, tagging included.
    pub updated_at: Timestamp,
}

/// Where the data of a connection template goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Hosting {
    /// To a destination of the user's own.
    User {
        /// The destination connector's definition.
        definition: Uuid,
        /// The destination's config, secrets in clear text.
        destination_config: Map<String, Value>,
        /// What happens when a source's schema changes.
        non_breaking_changes_preference: ChangesPreference,
        /// Whether a first sync starts at once.
        sync_on_create: bool,
    },
    /// To storage that Airbyte manages.
    Airbyte,
}

/// What happens when a source's schema changes without breaking (dossier 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangesPreference {
    /// Nothing.
    Ignore,
    /// The connection is disabled.
    Disable,
    /// New columns are taken over.
    PropagateColumns,
    /// New columns and streams are taken over.
    PropagateFully,
}

impl Row for Workspace {
    fn id(&self) -> Uuid {
        self.id
    }
    fn organization(&self) -> Option<Uuid> {
        Some(self.organization)
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn is_listed(&self) -> bool {
        !self.tombstone
    }
}

impl Row for Tag {
    fn id(&self) -> Uuid {
        self.id
    }
    fn organization(&self) -> Option<Uuid> {
        Some(self.organization)
    }
    fn name(&self) -> &str {
        &self.name
    }
}

impl Row for SourceTemplate {
    fn id(&self) -> Uuid {
        self.id
    }
    fn organization(&self) -> Option<Uuid> {
        self.organization
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn is_listed(&self) -> bool {
        !self.tombstone
    }
}

impl Row for ConnectionTemplate {
    fn id(&self) -> Uuid {
        self.id
    }
    fn organization(&self) -> Option<Uuid> {
        Some(self.organization)
    }
    fn name(&self) -> &str {
        &self.destination_name
    }
}
