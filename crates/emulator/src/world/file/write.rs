//! From a world to its file form.

use super::connector::{connection_files, connector_files, destination_files};
use super::oauth_credential::oauth_credential_files;
use super::{
    CloudWorkspaceFile, ConnectionTemplateFile, OrganizationFile, SourceTemplateFile, TagFile,
    WorkspaceFile, WorldFile,
};
use crate::world::{
    CloudWorkspace, ConnectionTemplate, Hosting, Organization, REGION_EU, REGION_US, Row,
    SourceTemplate, Table, Tag, Workspace, World,
};

/// The file that describes a world: sorted, with everything in it.
pub(super) fn file(world: &World) -> WorldFile {
    let World {
        organizations,
        workspaces,
        cloud_workspaces,
        tags,
        source_templates,
        connection_templates,
        connectors: _,        // written in `connector`
        destinations: _,      // written in `connector`
        connections: _,       // written in `connector`
        oauth_credentials: _, // written in `oauth_credential`
        deletions: _,         // written with the connectors
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
        connectors: connector_files(world),
        destinations: Some(destination_files(world)),
        connections: Some(connection_files(world)),
        oauth_credentials: oauth_credential_files(world),
    }
}

pub(super) fn sorted<T: Row>(table: &Table<T>) -> Vec<&T> {
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
        tombstone,
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
        tombstone: *tombstone,
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
