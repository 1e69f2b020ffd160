//! The JSON form of a world: written by people for a scenario, by the emulator for the next run.
//!
//! Everything but the natural keys may be left out. What is written out is complete and sorted, so
//! that two worlds differ in their files exactly where they differ.

use super::{
    ChangesPreference, CloudWorkspace, ConnectionTemplate, Hosting, Organization, REGION_EU,
    REGION_US, Row, SourceMode, SourceTemplate, Table, Tag, Workspace, WorkspaceStatus, World,
};
use crate::catalog::{Catalog, Side};
use crate::clock::Timestamp;
use crate::customization;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use uuid::Uuid;

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
    /// definition): ids are made, the organization is the first one, times are the clock's.
    ///
    /// ```
    /// let world = emulator::World::from_json(r#"{
    ///     "workspaces": [{"name": "acme", "region": "eu"}],
    ///     "tags": [{"name": "crm"}],
    ///     "source_templates": [{"definition": "GitHub", "tags": ["crm"]}]
    /// }"#).unwrap();
    /// assert_eq!(world.workspaces.len(), 2); // `default` is always there
    /// ```
    ///
    /// # Errors
    /// A text that is not JSON of this form, an unknown field, an unknown organization, definition
    /// or tag, or an id given twice; the message says where.
    pub fn from_json(text: &str) -> Result<World, String> {
        let file: WorldFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Reader { world: World::empty() }.read(file)
    }

    /// Writes the world as JSON: sorted, complete, the same text for the same world. Secrets stand
    /// in it in clear text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(&written(self)).unwrap_or_default();
        text.push('\n');
        text
    }
}

struct Reader {
    world: World,
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
        self.world.complete();
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

    fn id(&mut self, section: &str, name: &str, given: Option<Uuid>) -> Result<Uuid, String> {
        match given {
            None => Ok(self.world.new_id()),
            Some(id) if self.world.has_id(id) => {
                Err(format!("{section}: `{name}`: the id {id} is there twice"))
            }
            Some(id) => Ok(id),
        }
    }

    fn organization(
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
    fn times(
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
fn definition_id(given: &str, side: Side) -> Result<(Uuid, Option<String>), String> {
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

fn written(world: &World) -> WorldFile {
    let World {
        organizations,
        workspaces,
        cloud_workspaces,
        tags,
        source_templates,
        connection_templates,
        now,
        ids_made,
    } = world;
    let (own, global): (Vec<_>, Vec<_>) =
        sorted(source_templates).into_iter().partition(|template| template.organization.is_some());
    let mut cloud_workspaces: Vec<&CloudWorkspace> = cloud_workspaces.iter().collect();
    cloud_workspaces.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    WorldFile {
        clock: Some(*now),
        ids_made: *ids_made,
        // Not sorted: the first one has a meaning.
        organizations: organizations
            .iter()
            .map(|Organization { id, name }| OrganizationFile { id: Some(*id), name: name.clone() })
            .collect(),
        workspaces: sorted(workspaces).into_iter().map(workspace_file).collect(),
        cloud_workspaces: cloud_workspaces
            .into_iter()
            .map(|CloudWorkspace { id, name, organization }| CloudWorkspaceFile {
                id: Some(*id),
                name: name.clone(),
                organization: Some(organization.to_string()),
            })
            .collect(),
        tags: sorted(tags).into_iter().map(tag_file).collect(),
        source_templates: own.into_iter().map(source_template_file).collect(),
        global_source_templates: Some(global.into_iter().map(source_template_file).collect()),
        connection_templates: sorted(connection_templates)
            .into_iter()
            .map(connection_template_file)
            .collect(),
    }
}

fn sorted<T: Row>(table: &Table<T>) -> Vec<&T> {
    let mut rows: Vec<&T> = table.iter().collect();
    rows.sort_by(|a, b| (a.name(), a.id()).cmp(&(b.name(), b.id())));
    rows
}

fn workspace_file(row: &Workspace) -> WorkspaceFile {
    let Workspace {
        id,
        name,
        organization,
        region,
        status,
        cache_enabled,
        tombstone,
        created_at,
        updated_at,
    } = row;
    WorkspaceFile {
        id: Some(*id),
        name: name.clone(),
        organization: Some(organization.to_string()),
        region: Some(match *region {
            REGION_US => "us".to_owned(),
            REGION_EU => "eu".to_owned(),
            other => other.to_string(),
        }),
        status: *status,
        cache_enabled: *cache_enabled,
        tombstone: *tombstone,
        created_at: Some(*created_at),
        updated_at: Some(*updated_at),
    }
}

fn tag_file(row: &Tag) -> TagFile {
    let Tag { id, name, organization, created_at, updated_at } = row;
    TagFile {
        id: Some(*id),
        name: name.clone(),
        organization: Some(organization.to_string()),
        created_at: Some(*created_at),
        updated_at: Some(*updated_at),
    }
}

fn source_template_file(row: &SourceTemplate) -> SourceTemplateFile {
    let SourceTemplate {
        id,
        name,
        organization,
        definition,
        partial_default_config,
        customization,
        mode,
        tags,
        created_at,
        updated_at,
    } = row;
    SourceTemplateFile {
        id: Some(*id),
        name: Some(name.clone()),
        organization: organization.map(|id| id.to_string()),
        definition: definition.to_string(),
        partial_default_config: partial_default_config.clone(),
        customization: customization.as_ref().and_then(|value| serde_json::to_value(value).ok()),
        mode: *mode,
        tags: tags.clone(),
        created_at: Some(*created_at),
        updated_at: Some(*updated_at),
    }
}

fn connection_template_file(row: &ConnectionTemplate) -> ConnectionTemplateFile {
    let ConnectionTemplate {
        id,
        organization,
        destination_name,
        cron_expression,
        hosting,
        tags,
        created_at,
        updated_at,
    } = row;
    let (destination, destination_config, non_breaking_changes_preference, sync_on_create) =
        match hosting {
            Hosting::Airbyte => (None, None, None, None),
            Hosting::User {
                definition,
                destination_config,
                non_breaking_changes_preference,
                sync_on_create,
            } => (
                Some(definition.to_string()),
                Some(destination_config.clone()),
                Some(*non_breaking_changes_preference),
                Some(*sync_on_create),
            ),
        };
    ConnectionTemplateFile {
        id: Some(*id),
        destination_name: Some(destination_name.clone()),
        organization: Some(organization.to_string()),
        destination,
        destination_config,
        cron_expression: cron_expression.clone(),
        non_breaking_changes_preference,
        sync_on_create,
        tags: tags.clone(),
        created_at: Some(*created_at),
        updated_at: Some(*updated_at),
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
                {"cron_expression": "0 0 12 * * ?"}]
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
        let id = "645a183f-b12b-4c6e-8ad3-99e165603451";
        check_error(
            &format!(
                r#"{{"tags": [{{"name": "a", "id": "{id}"}}, {{"name": "b", "id": "{id}"}}]}}"#
            ),
            "tags: `b`: the id",
        );
    }
}
