//! From the file form of a world to the world.

use super::{
    AIRBYTE_HOSTED_NAME, CloudWorkspaceFile, ConnectionTemplateFile, OrganizationFile,
    SourceTemplateFile, TagFile, WorkspaceFile, WorldFile,
};
use crate::catalog::{Catalog, Side};
use crate::clock::Timestamp;
use crate::customization;
use crate::world::{
    ChangesPreference, CloudWorkspace, ConnectionTemplate, Hosting, Organization, REGION_EU,
    REGION_US, SourceTemplate, Tag, Workspace, World,
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The world that a file describes; `Err` says what it describes wrongly.
pub(super) fn world(file: WorldFile) -> Result<World, String> {
    Reader { world: World::empty() }.read(file)
}

pub(super) struct Reader {
    pub(super) world: World,
}

impl Reader {
    fn read(mut self, file: WorldFile) -> Result<World, String> {
        let WorldFile {
            clock,
            ids_made,
            organizations,
            workspaces,
            cloud_workspaces,
            tags,
            source_templates,
            global_source_templates,
            connection_templates,
            connectors,
            destinations,
            connections,
            oauth_credentials,
        } = file;
        self.world.now = clock.unwrap_or(Timestamp::START);
        self.world.ids_made = ids_made;
        for OrganizationFile { id, name } in organizations {
            let id = self.id("organizations", &name, id)?;
            self.world.organizations.push(Organization { id, name });
        }
        self.world.complete_organizations();
        for file in workspaces {
            self.workspace(file)?;
        }
        for CloudWorkspaceFile { id, name, organization } in cloud_workspaces {
            let id = self.id("cloud_workspaces", &name, id)?;
            let organization = self.organization("cloud_workspaces", &name, organization)?;
            self.world.cloud_workspaces.push(CloudWorkspace { id, name, organization });
        }
        for file in tags {
            self.tag(file)?;
        }
        for file in source_templates {
            let name = file.name.clone().unwrap_or_else(|| file.definition.clone());
            let organization =
                self.organization("source_templates", &name, file.organization.clone())?;
            self.source_template(file, Some(organization))?;
        }
        match global_source_templates {
            Some(files) => {
                for file in files {
                    self.source_template(file, None)?;
                }
            }
            None => self.world.add_global_templates(),
        }
        for file in connection_templates {
            self.connection_template(file)?;
        }
        // What follows may stand in the workspace that every organization has.
        self.world.complete();
        self.workspace_contents(connectors, destinations, connections)?;
        for file in oauth_credentials {
            self.oauth_credential(file)?;
        }
        Ok(self.world)
    }

    fn workspace(&mut self, file: WorkspaceFile) -> Result<(), String> {
        let WorkspaceFile {
            id,
            name,
            organization,
            region,
            status,
            cache_enabled,
            tombstone,
            created_at,
            updated_at,
        } = file;
        let (created_at, updated_at) = self.times(created_at, updated_at);
        let row = Workspace {
            id: self.id("workspaces", &name, id)?,
            organization: self.organization("workspaces", &name, organization)?,
            region: region_id(region.as_deref())
                .map_err(|problem| format!("workspaces: `{name}`: {problem}"))?,
            name,
            status,
            cache_enabled,
            tombstone,
            created_at,
            updated_at,
        };
        self.world.workspaces.insert(row);
        Ok(())
    }

    fn tag(&mut self, file: TagFile) -> Result<(), String> {
        let TagFile { id, name, organization, created_at, updated_at } = file;
        let (created_at, updated_at) = self.times(created_at, updated_at);
        let organization = self.organization("tags", &name, organization)?;
        if self.world.tags.named(Some(organization), &name).next().is_some() {
            return Err(format!("tags: `{name}` is there twice"));
        }
        let id = self.id("tags", &name, id)?;
        self.world.tags.insert(Tag { id, name, organization, created_at, updated_at });
        Ok(())
    }

    fn source_template(
        &mut self,
        file: SourceTemplateFile,
        organization: Option<Uuid>,
    ) -> Result<(), String> {
        let SourceTemplateFile {
            id,
            name,
            organization: _,
            definition,
            partial_default_config,
            customization,
            mode,
            tags,
            tombstone,
            created_at,
            updated_at,
        } = file;
        let section = "source_templates";
        let (definition, known_name) = definition_id(&definition, Side::Source)
            .map_err(|problem| format!("{section}: {problem}"))?;
        let name = name.or(known_name).unwrap_or_else(|| definition.to_string());
        self.check_tags(section, &name, organization, &tags)?;
        let (created_at, updated_at) = self.times(created_at, updated_at);
        let row = SourceTemplate {
            id: self.id(section, &name, id)?,
            organization,
            definition,
            partial_default_config,
            customization: customization
                .map(|value| customization::read_alone(&value))
                .transpose()
                .map_err(|problem| format!("{section}: `{name}`: {problem}"))?,
            mode,
            tags,
            tombstone,
            created_at,
            updated_at,
            name,
        };
        self.world.source_templates.insert(row);
        Ok(())
    }

    fn connection_template(&mut self, file: ConnectionTemplateFile) -> Result<(), String> {
        let ConnectionTemplateFile {
            id,
            destination_name,
            organization,
            destination,
            destination_config,
            cron_expression,
            non_breaking_changes_preference,
            sync_on_create,
            tags,
            created_at,
            updated_at,
        } = file;
        let section = "connection_templates";
        let (hosting, known_name) = match destination {
            Some(destination) => {
                let (definition, known_name) = definition_id(&destination, Side::Destination)
                    .map_err(|problem| format!("{section}: {problem}"))?;
                let hosting = Hosting::User {
                    definition,
                    destination_config: destination_config.unwrap_or_default(),
                    non_breaking_changes_preference: non_breaking_changes_preference
                        .unwrap_or(ChangesPreference::Ignore),
                    sync_on_create: sync_on_create.unwrap_or(true),
                };
                (hosting, known_name)
            }
            None if destination_config.is_some()
                || non_breaking_changes_preference.is_some()
                || sync_on_create.is_some() =>
            {
                let name = destination_name.unwrap_or_default();
                return Err(format!("{section}: `{name}`: a config needs a `destination`"));
            }
            None => (Hosting::Airbyte, Some(AIRBYTE_HOSTED_NAME.to_owned())),
        };
        let name = destination_name.or(known_name).unwrap_or_default();
        let organization = self.organization(section, &name, organization)?;
        self.check_tags(section, &name, Some(organization), &tags)?;
        let (created_at, updated_at) = self.times(created_at, updated_at);
        let row = ConnectionTemplate {
            id: self.id(section, &name, id)?,
            organization,
            destination_name: name,
            cron_expression,
            hosting,
            tags,
            created_at,
            updated_at,
        };
        self.world.connection_templates.insert(row);
        Ok(())
    }

    pub(super) fn id(
        &mut self,
        section: &str,
        name: &str,
        given: Option<Uuid>,
    ) -> Result<Uuid, String> {
        match given {
            None => Ok(self.world.new_id()),
            Some(id) if self.world.has_id(id) => {
                Err(format!("{section}: `{name}`: the id {id} is there twice"))
            }
            Some(id) => Ok(id),
        }
    }

    pub(super) fn organization(
        &self,
        section: &str,
        name: &str,
        given: Option<String>,
    ) -> Result<Uuid, String> {
        let Some(given) = given else { return Ok(self.world.home()) };
        self.world
            .organizations
            .iter()
            .find(|organization| organization.name == given || organization.id.to_string() == given)
            .map(|organization| organization.id)
            .ok_or_else(|| {
                format!("{section}: `{name}`: `{given}` is not one of the `organizations`")
            })
    }

    fn check_tags(
        &self,
        section: &str,
        name: &str,
        organization: Option<Uuid>,
        tags: &BTreeSet<String>,
    ) -> Result<(), String> {
        match tags.iter().find(|tag| self.world.tags.named(organization, tag).next().is_none()) {
            Some(tag) => {
                Err(format!("{section}: `{name}`: the tag `{tag}` is not one of the `tags`"))
            }
            None => Ok(()),
        }
    }

    /// Times that are given, else the clock's, which moves on for each row as if it were written.
    pub(super) fn times(
        &mut self,
        created_at: Option<Timestamp>,
        updated_at: Option<Timestamp>,
    ) -> (Timestamp, Timestamp) {
        match (created_at, updated_at) {
            (Some(created), updated) => (created, updated.unwrap_or(created)),
            (None, Some(updated)) => (updated, updated),
            (None, None) => {
                let now = self.world.stamp();
                (now, now)
            }
        }
    }
}

fn region_id(given: Option<&str>) -> Result<Uuid, String> {
    match given {
        None | Some("us") => Ok(REGION_US),
        Some("eu") => Ok(REGION_EU),
        Some(other) => Uuid::try_parse(other)
            .map_err(|_| format!("`{other}` is not a region: `us`, `eu` or an id")),
    }
}

/// A definition's id, and its name where the built-in catalog has it.
pub(super) fn definition_id(given: &str, side: Side) -> Result<(Uuid, Option<String>), String> {
    let catalog = Catalog::embedded();
    if let Ok(id) = Uuid::try_parse(given) {
        return Ok((id, catalog.get(side, id).map(|known| known.name.clone())));
    }
    catalog
        .iter(side)
        .find(|known| known.name == given)
        .map(|known| (known.id, Some(known.name.clone())))
        .ok_or_else(|| {
            format!("`{given}` is not a definition of the built-in catalog: write its id")
        })
}
