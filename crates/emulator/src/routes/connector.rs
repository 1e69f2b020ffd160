//! Connectors: dossier 3.5. Which workspace one stands in is told by none of these routes, and of
//! what was filled in only `replication_config` and `entities` come back.

mod check;
mod config;
mod draft;
mod usage;

pub(crate) use check::Checks;

use self::config::Given;
use self::draft::Draft;
use super::{Call, Family, Handler, Reply, Route, source_template, workspace};
use crate::auth::Access;
use crate::catalog::Side;
use crate::masking;
use crate::refusal::Refusal;
use crate::user_config::overlay;
use crate::world::{Connector, SourceTemplate, Workspace};
use serde_json::{Map, Value, json};
use uuid::Uuid;

const PATH: &str = "/api/v1/integrations/connectors";
const ITEM: &str = "/api/v1/integrations/connectors/{id}";

pub(super) const ROUTES: &[Route] = &[
    route("POST", PATH, create),
    route("GET", PATH, list),
    route("GET", ITEM, get),
    route("PUT", ITEM, update),
    route("DELETE", ITEM, delete),
    route("POST", "/api/v1/integrations/connectors/check", check::new_config),
    route("POST", "/api/v1/integrations/connectors/{id}/check", check::changed_config),
    Route {
        family: Family::CheckStatus,
        ..route("GET", "/api/v1/integrations/connectors/check/{id}/status", check::status)
    },
    route("POST", "/api/v1/integrations/connectors/{id}/execute", usage::execute),
    Route {
        family: Family::Organization,
        ..route("GET", "/api/v1/integrations/connectors/{id}/entities", usage::entities)
    },
    Route {
        family: Family::Organization,
        ..route("POST", "/api/v1/integrations/connectors/oauth/initiate", usage::initiate_oauth)
    },
];

const fn route(method: &'static str, template: &'static str, handler: Handler) -> Route {
    Route { method, template, access: Access::Operator, family: Family::Core, handler }
}

/// The template that a connector was made from, under a tombstone too.
fn template<'a>(call: &'a Call<'_>, connector: &Connector) -> Option<&'a SourceTemplate> {
    call.world.source_templates.get(connector.source_template)
}

/// A list item.
fn summary(call: &Call<'_>, connector: &Connector) -> Value {
    let template = template(call, connector);
    json!({
        "id": connector.id,
        "name": connector.name,
        "summarized_source_template":
            template.map(|template| source_template::summary(call, template)),
        "created_at": connector.created_at,
        "updated_at": connector.updated_at,
    })
}

fn detailed(call: &Call<'_>, connector: &Connector) -> Value {
    let Connector {
        id,
        name,
        organization: _,
        workspace: _, // told by the organization's own list only (dossier 3.6)
        source_template: _,
        preset,
        replication_config,
        credentials: _, // never returned, as all below without a place here (dossier 5.2)
        environment: _,
        oauth_secret_id: _,
        connection_templates: _,
        entities,
        created_at,
        updated_at,
    } = connector;
    let template = template(call, connector);
    let mut config = Map::new();
    if call.switches.connector_config_shows_presets {
        config.clone_from(preset);
    }
    overlay(&mut config, replication_config);
    let schema = schema(call, template);
    json!({
        "id": id,
        "name": name,
        "source_template": template.map(|template| source_template::detailed(call, template)),
        "replication_config": masking::masked(&config, schema, call.switches.masking, *id),
        "entities": entities,
        "created_at": created_at,
        "updated_at": updated_at,
    })
}

/// The schema of the whole config of a template's connectors.
fn schema<'a>(call: &Call<'a>, template: Option<&SourceTemplate>) -> &'a Value {
    template.map_or(&Value::Null, |template| source_template::schema(call, template))
}

/// The connector of the path, if its workspace is the organization's and not deleted.
fn find<'a>(call: &'a Call<'_>) -> Result<&'a Connector, Refusal> {
    let id = call.id("id")?;
    call.world
        .connectors
        .get(id)
        .filter(|connector| workspace::live(call, connector.workspace).is_some())
        .ok_or_else(|| unknown(id))
}

fn unknown(id: Uuid) -> Refusal {
    Refusal::not_found("Connector", id)
}

fn answer(call: &Call<'_>, id: Uuid) -> Result<Reply, Refusal> {
    let connector = call.world.connectors.get(id).ok_or_else(|| unknown(id))?;
    Ok(Reply::ok(detailed(call, connector)))
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let Draft { workspace_name, workspace, template, name, given, connection_templates, entities } =
        Draft::read(call)?;
    let organization = call.organization();
    let workspace = workspace
        .unwrap_or_else(|| call.world.get_or_create_workspace(organization, &workspace_name, None));
    let name = name.unwrap_or_else(|| {
        let known = call.catalog.get(Side::Source, template.definition);
        let connector_name = known.map_or("Source", |known| known.name.as_str());
        format!("{connector_name} - {}", call.world.new_id())
    });
    let Given { replication_config, credentials, environment, oauth_secret_id } = given;
    let id = call.world.create_connector(workspace, template.id, &name, |connector| {
        connector.replication_config = replication_config.unwrap_or_default();
        connector.credentials = credentials;
        connector.environment = environment;
        connector.oauth_secret_id = oauth_secret_id;
        connector.connection_templates = connection_templates;
        connector.entities = entities;
    });
    answer(call, id.ok_or_else(|| source_template::unknown(template.id))?)
}

fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let definition = call.query_id("definition_id")?;
    let Some(workspace) = workspace_asked(call)? else {
        return Ok(call.list("data", Vec::new()));
    };
    let of_definition = |connector: &&Connector| {
        definition.is_none_or(|wanted| {
            template(call, connector).is_some_and(|template| template.definition == wanted)
        })
    };
    let items = call
        .world
        .connectors
        .in_workspace(workspace)
        .filter(of_definition)
        .map(|connector| summary(call, connector))
        .collect();
    Ok(call.list("data", items))
}

/// The workspace whose connectors are asked for; none: an unknown one whose list is empty.
fn workspace_asked(call: &Call<'_>) -> Result<Option<Uuid>, Refusal> {
    // The older names are deprecated, not gone (dossier 3.5).
    let name = ["workspace_name", "customer_name", "external_user_id"]
        .into_iter()
        .find_map(|key| call.query(key));
    let (found, asked) = match (call.query_id("workspace_id")?, name) {
        (Some(id), _) => (workspace::live(call, id), id.to_string()),
        (None, Some(name)) => (workspace_called(call, name), format!("'{name}'")),
        (None, None) => {
            return Err(Refusal::new(400, "Either workspace_id or workspace_name is required"));
        }
    };
    match found {
        Some(workspace) => Ok(Some(workspace.id)),
        None if call.switches.unknown_workspace_is_empty => Ok(None),
        None => Err(Refusal::not_found("Workspace", asked)),
    }
}

/// The organization's workspace of exactly this name; of several the oldest.
fn workspace_called<'a>(call: &'a Call<'_>, name: &str) -> Option<&'a Workspace> {
    call.world.workspaces.named(Some(call.organization()), name).next()
}

fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    find(call).map(|connector| Reply::ok(detailed(call, connector)))
}

fn update(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let mut changed = draft::changed(call)?;
    let id = changed.id;
    changed.updated_at = call.world.stamp();
    call.world.connectors.update(id, |connector| *connector = changed);
    answer(call, id)
}

/// Accepts the deletion; the connector is there for some time yet (dossier 3.5).
fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = find(call)?.id;
    let job = call.world.accept_deletion(id, call.switches.connector_deletion);
    Ok(Reply { status: 202, ..Reply::ok(json!({"job_id": job})) })
}
