//! Everything the service remembers.

mod connector;
mod deletion;
mod file;
mod oauth_credential;
mod replication;
mod rows;
mod table;

pub use connector::{Connector, EntityMode, RequestedEntity, TagMode, TagSelection};
pub use deletion::DeletionDelay;
pub(crate) use file::AIRBYTE_HOSTED_NAME;
pub use oauth_credential::OAuthCredential;
pub use replication::{Connection, ConnectionStatus, Destination};
pub use rows::{
    ChangesPreference, CloudWorkspace, ConnectionTemplate, Hosting, Organization, SourceMode,
    SourceTemplate, Tag, Workspace, WorkspaceStatus,
};
pub use table::{Row, Table};

use crate::clock::Timestamp;
use crate::ids;
use deletion::Deletion;
use serde_json::Map;
use std::collections::{BTreeMap, BTreeSet};
use uuid::{Uuid, uuid};

/// The US region, in which a workspace stands when nobody asks for another (dossier 2.2).
pub const REGION_US: Uuid = uuid!("645a183f-b12b-4c6e-8ad3-99e165603450");
/// The EU region (dossier 2.2).
pub const REGION_EU: Uuid = uuid!("b9e48d61-f082-4a14-a8d0-799a907938cb");
/// The organization of a fresh sandbox.
pub const SANDBOX_ORGANIZATION: Uuid = uuid!("5a4db0c5-0000-4000-8000-000000000001");
/// The workspace that every organization has (dossier 3.1).
pub const DEFAULT_WORKSPACE: &str = "default";

/// How far the logical clock moves at each write. Not a round number, so that a client that keeps
/// only milliseconds is found out.
const WRITE_MICROS: i64 = 1_013;

/// Everything the service remembers: what its routes read and write, and a clock.
///
/// A world is read from and written to JSON ([`World::from_json`], [`World::to_json`]); tests look
/// into its tables, where configs stand unmasked, and change them "by hand" through
/// [`crate::Emulator::edit`].
#[derive(Clone, Debug)]
pub struct World {
    /// The organizations. The credentials belong to the first one, or to all of them
    /// ([`crate::Switches::credentials_span_organizations`]).
    pub organizations: Vec<Organization>,
    /// Workspaces of all organizations, tombstones included.
    pub workspaces: Table<Workspace>,
    /// Workspaces that exist in Airbyte Cloud only: minting a token with such a name adopts it.
    pub cloud_workspaces: Vec<CloudWorkspace>,
    /// Template tags of all organizations.
    pub tags: Table<Tag>,
    /// Source templates of all organizations, and the global ones, which belong to none.
    pub source_templates: Table<SourceTemplate>,
    /// Connection templates of all organizations.
    pub connection_templates: Table<ConnectionTemplate>,
    /// Connectors of all workspaces, those on their way out included.
    pub connectors: Table<Connector>,
    /// What connection templates made in the workspaces.
    pub destinations: Table<Destination>,
    /// What connection templates made in the workspaces.
    pub connections: Table<Connection>,
    /// OAuth apps of all organizations.
    pub oauth_credentials: Table<OAuthCredential>,
    /// The connectors on their way out.
    deletions: BTreeMap<Uuid, Deletion>,
    /// The logical time. It moves at every write and with [`World::advance`] only.
    now: Timestamp,
    /// How many ids were made: the next one follows from it.
    ids_made: u64,
}

impl Default for World {
    fn default() -> Self {
        World::sandbox()
    }
}

impl World {
    /// A fresh sandbox: one organization with its `default` workspace, and Airbyte's global source
    /// templates.
    #[must_use]
    pub fn sandbox() -> World {
        let mut world = World::empty();
        world.add_global_templates();
        world.complete();
        world
    }

    fn empty() -> World {
        World {
            organizations: Vec::new(),
            workspaces: Table::default(),
            cloud_workspaces: Vec::new(),
            tags: Table::default(),
            source_templates: Table::default(),
            connection_templates: Table::default(),
            connectors: Table::default(),
            destinations: Table::default(),
            connections: Table::default(),
            oauth_credentials: Table::default(),
            deletions: BTreeMap::new(),
            now: Timestamp::START,
            ids_made: 0,
        }
    }

    /// Gives the world its first organization and every organization its `default` workspace, where
    /// they are missing. One that was deleted is not missing.
    pub(crate) fn complete(&mut self) {
        self.complete_organizations();
        let ids: Vec<Uuid> =
            self.organizations.iter().map(|organization| organization.id).collect();
        for id in ids {
            let has_default = self.workspaces.named(Some(id), DEFAULT_WORKSPACE).next().is_some()
                || self.workspaces.iter().any(|workspace| {
                    workspace.organization == id && workspace.name == DEFAULT_WORKSPACE
                });
            if !has_default {
                self.create_workspace(id, DEFAULT_WORKSPACE, None);
            }
        }
    }

    fn complete_organizations(&mut self) {
        if self.organizations.is_empty() {
            let name = "Sandbox".to_owned();
            self.organizations.push(Organization { id: SANDBOX_ORGANIZATION, name });
        }
    }

    /// The organization that the credentials belong to.
    #[must_use]
    pub fn home(&self) -> Uuid {
        self.organizations.first().map_or(SANDBOX_ORGANIZATION, |first| first.id)
    }

    /// The logical time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Moves the logical clock on, as tokens age; a negative number does not move it back.
    pub fn advance(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds.max(0));
    }

    /// Moves the clock up to `moment`, if that is later.
    pub(crate) fn advance_to(&mut self, moment: Timestamp) {
        self.now = self.now.max(moment);
    }

    /// The time of a write. Every write asks for one, so a clock that moved is a world that changed.
    pub(crate) fn stamp(&mut self) -> Timestamp {
        self.now = self.now.plus_micros(WRITE_MICROS);
        self.now
    }

    /// An id that nothing has yet.
    pub fn new_id(&mut self) -> Uuid {
        loop {
            self.ids_made += 1;
            let id = ids::numbered(self.ids_made);
            // An id copied from a transcript into a world file may come up again.
            if !self.has_id(id) {
                return id;
            }
        }
    }

    fn has_id(&self, id: Uuid) -> bool {
        self.organizations.iter().any(|organization| organization.id == id)
            || self.cloud_workspaces.iter().any(|workspace| workspace.id == id)
            || self.workspaces.get(id).is_some()
            || self.tags.get(id).is_some()
            || self.source_templates.get(id).is_some()
            || self.connection_templates.get(id).is_some()
            || self.connectors.get(id).is_some()
            || self.destinations.get(id).is_some()
            || self.connections.get(id).is_some()
            || self.oauth_credentials.get(id).is_some()
    }

    /// Creates an active workspace and gives its id; no region means the US one. Names are not
    /// checked: duplicates exist in the wild (dossier 7.1).
    pub fn create_workspace(
        &mut self,
        organization: Uuid,
        name: &str,
        region: Option<Uuid>,
    ) -> Uuid {
        let id = self.new_id();
        self.put_workspace(id, organization, name, region.unwrap_or(REGION_US));
        id
    }

    /// The workspace with exactly this name, found, adopted from Airbyte Cloud or created, in this
    /// order (dossier 2.2). The region counts only when it is created.
    pub(crate) fn get_or_create_workspace(
        &mut self,
        organization: Uuid,
        name: &str,
        region: Option<Uuid>,
    ) -> Uuid {
        if let Some(known) = self.workspaces.named(Some(organization), name).next() {
            return known.id;
        }
        let in_cloud = self
            .cloud_workspaces
            .iter()
            .position(|cloud| cloud.organization == organization && cloud.name == name);
        match in_cloud {
            Some(at) => {
                let cloud = self.cloud_workspaces.remove(at);
                self.put_workspace(cloud.id, organization, name, REGION_US);
                cloud.id
            }
            None => self.create_workspace(organization, name, region),
        }
    }

    fn put_workspace(&mut self, id: Uuid, organization: Uuid, name: &str, region: Uuid) {
        let now = self.stamp();
        self.workspaces.insert(Workspace {
            id,
            name: name.to_owned(),
            organization,
            region,
            status: WorkspaceStatus::Active,
            cache_enabled: None,
            tombstone: false,
            created_at: now,
            updated_at: now,
        });
    }

    /// Creates a tag and gives its id. The caller sees to it that the name is new.
    pub fn create_tag(&mut self, organization: Uuid, name: &str) -> Uuid {
        let id = self.new_id();
        let now = self.stamp();
        self.tags.insert(Tag {
            id,
            name: name.to_owned(),
            organization,
            created_at: now,
            updated_at: now,
        });
        id
    }

    /// Gives a tag a new name, in every template that has it too.
    pub fn rename_tag(&mut self, id: Uuid, name: &str) {
        let now = self.stamp();
        let renamed = self.tags.update(id, |tag| {
            tag.updated_at = now;
            (tag.organization, std::mem::replace(&mut tag.name, name.to_owned()))
        });
        if let Some((organization, old)) = renamed {
            self.retag(organization, &old, Some(name));
        }
    }

    /// Deletes a tag, in every template that has it too.
    pub fn delete_tag(&mut self, id: Uuid) {
        self.stamp();
        if let Some(tag) = self.tags.remove(id) {
            self.retag(tag.organization, &tag.name, None);
        }
    }

    fn retag(&mut self, organization: Uuid, old: &str, new: Option<&str>) {
        let swap = |tags: &mut BTreeSet<String>| {
            if tags.remove(old) {
                tags.extend(new.map(str::to_owned));
            }
        };
        self.source_templates.update_all(|template| {
            if template.organization == Some(organization) {
                swap(&mut template.tags);
            }
        });
        self.connection_templates.update_all(|template| {
            if template.organization == organization {
                swap(&mut template.tags);
            }
        });
    }

    /// Creates a source template with nothing preset and gives its id; no organization means a
    /// global one.
    pub fn create_source_template(
        &mut self,
        organization: Option<Uuid>,
        name: &str,
        definition: Uuid,
    ) -> Uuid {
        let id = self.new_id();
        let now = self.stamp();
        self.source_templates.insert(SourceTemplate {
            id,
            name: name.to_owned(),
            organization,
            definition,
            partial_default_config: Map::new(),
            customization: None,
            mode: SourceMode::Replication,
            tags: BTreeSet::new(),
            tombstone: false,
            created_at: now,
            updated_at: now,
        });
        id
    }

    /// Creates a connection template without a schedule and gives its id.
    pub fn create_connection_template(
        &mut self,
        organization: Uuid,
        destination_name: &str,
        hosting: Hosting,
    ) -> Uuid {
        let id = self.new_id();
        let now = self.stamp();
        self.connection_templates.insert(ConnectionTemplate {
            id,
            organization,
            destination_name: destination_name.to_owned(),
            cron_expression: None,
            hosting,
            tags: BTreeSet::new(),
            created_at: now,
            updated_at: now,
        });
        id
    }

    /// The global templates of a fresh sandbox. Names and definitions as in the registry
    /// (dossier 3.9).
    fn add_global_templates(&mut self) {
        const GLOBAL: [(&str, Uuid); 3] = [
            ("GitHub", uuid!("ef69ef6e-aa7f-4af1-a01d-ef775033524e")),
            ("HubSpot", uuid!("36c891d9-4bd9-43ac-bad2-10e12756272c")),
            ("Stripe", uuid!("e094cb9a-26de-4645-8761-65c0c425d1de")),
        ];
        for (name, definition) in GLOBAL {
            let id = self.create_source_template(None, name, definition);
            self.source_templates.update(id, |template| template.mode = SourceMode::Multi);
        }
    }
}
