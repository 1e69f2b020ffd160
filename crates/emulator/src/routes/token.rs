//! Tokens and organizations: dossier 2, with the older names of 2.4.

use super::{Call, Family, Handler, Reply, Route};
use crate::auth::{Access, organizations_of};
use crate::fields::{Fields, Problem, non_empty, one_of, text, texts, uuid};
use crate::refusal::Refusal;
use crate::world::{REGION_EU, REGION_US};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use uuid::Uuid;

pub(super) const ROUTES: &[Route] = &[
    route("POST", "/api/v1/account/applications/token", Access::Open, Family::Token, exchange),
    route("POST", "/api/v1/applications/token", Access::Open, Family::Core, exchange),
    route(
        "POST",
        "/api/v1/account/applications/scoped-token",
        Access::Operator,
        Family::Token,
        scoped,
    ),
    route("POST", "/api/v1/embedded/scoped-token", Access::Operator, Family::Core, scoped),
    route(
        "GET",
        "/api/v1/account/applications/scoped-token/info",
        Access::Scoped,
        Family::Token,
        info,
    ),
    route("GET", "/api/v1/embedded/scoped-token/info", Access::Scoped, Family::Core, info),
    route("GET", "/api/v1/embedded/scoped-token-info", Access::Scoped, Family::Core, info),
    route(
        "GET",
        "/api/v1/embedded/organizations/current-scoped",
        Access::Scoped,
        Family::Core,
        info,
    ),
    route(
        "POST",
        "/api/v1/account/applications/widget-token",
        Access::Operator,
        Family::Token,
        widget,
    ),
    route("POST", "/api/v1/embedded/widget-token", Access::Operator, Family::Core, widget),
    route("POST", "/api/v1/embedded/widget_token", Access::Operator, Family::Core, widget),
    route(
        "GET",
        "/api/v1/internal/account/organizations",
        Access::AnyOrganization,
        Family::Core,
        organizations,
    ),
];

const fn route(
    method: &'static str,
    template: &'static str,
    access: Access,
    family: Family,
    handler: Handler,
) -> Route {
    Route { method, template, access, family, handler }
}

fn exchange(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let mut body = Fields::of_body(call.body)?;
    let client_id = body.required("client_id", text);
    let client_secret = body.required("client_secret", text);
    let (Some(client_id), Some(client_secret)) = (client_id, client_secret) else {
        return Err(body.refusal());
    };
    if !call.authority.knows(&client_id, &client_secret) {
        return Err(Refusal::new(401, "Invalid client_id or client_secret"));
    }
    let life = call.switches.operator_token_seconds;
    let organization = call.organization();
    let token = call.authority.operator_token(organization, call.world.now(), life);
    Ok(Reply::ok(json!({
        "access_token": token,
        "token_type": "bearer",
        "expires_in": life,
        "organization_id": organization,
    })))
}

fn scoped(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let mut body = Fields::of_body(call.body)?;
    let name = body.required("workspace_name", non_empty);
    let region = body.optional("region_id", region);
    let (Some(name), true) = (name, body.is_clean()) else { return Err(body.refusal()) };
    let (token, _) = mint(call, &name, region);
    Ok(Reply::ok(json!({"token": token})))
}

/// The token for the workspace of this name, which is made if it is not there: the only way to make
/// one, and the reason why a misspelt name is a new customer.
fn mint(call: &mut Call<'_>, name: &str, region: Option<Uuid>) -> (String, Uuid) {
    let organization = call.organization();
    let workspace = if call.raced {
        call.world.create_workspace(organization, name, region)
    } else {
        call.world.get_or_create_workspace(organization, name, region)
    };
    let life = call.switches.scoped_token_seconds;
    let now = call.world.now();
    (call.authority.scoped_token(organization, workspace, now, life), workspace)
}

fn region(value: &Value) -> Result<Uuid, Problem> {
    let id = uuid(value)?;
    if [REGION_US, REGION_EU].contains(&id) {
        Ok(id)
    } else {
        Err((format!("Value error, region {id} does not exist"), "value_error"))
    }
}

fn info(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = call.caller.workspace.unwrap_or_default();
    let workspace = call
        .world
        .workspaces
        .get(id)
        .filter(|workspace| !workspace.tombstone)
        .ok_or_else(|| Refusal::not_found("Workspace", id))?;
    Ok(Reply::ok(json!({
        "organization_id": workspace.organization,
        "workspace_id": workspace.id,
        "workspace_name": workspace.name,
    })))
}

fn widget(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    const MODES: &[(&str, &str)] = &[("all", "all"), ("any", "any")];
    let mut body = Fields::of_body(call.body)?;
    let name = body.required("workspace_name", non_empty);
    let origin = body.required("allowed_origin", origin);
    let region = body.optional("region_id", region);
    let filters = [
        ("selected_source_template_tags", "selectedSourceTemplateTags"),
        ("selected_connection_template_tags", "selectedConnectionTemplateTags"),
    ]
    .map(|(field, parameter)| {
        let tags = body.defaulted(field, Vec::new(), texts);
        let mode = body.defaulted(&format!("{field}_mode"), "any", one_of(MODES));
        (parameter, tags, mode)
    });
    let (Some(name), Some(origin), true) = (name, origin, body.is_clean()) else {
        return Err(body.refusal());
    };
    let (token, workspace) = mint(call, &name, region);
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut url = format!(
        "https://app.airbyte.ai/quick-start/widget?workspaceId={workspace}&allowedOrigin={}",
        encode(&origin)
    );
    for (parameter, tags, mode) in filters {
        for tag in &tags {
            url.push_str(&format!("&{parameter}={}", encode(tag)));
        }
        if !tags.is_empty() {
            url.push_str(&format!("&{parameter}Mode={mode}"));
        }
    }
    let envelope = json!({"token": token, "widgetUrl": url}).to_string();
    Ok(Reply::ok(json!({"token": STANDARD.encode(envelope)})))
}

/// Scheme and host, perhaps a port: no path, no trailing slash, no wildcard (dossier 2.3).
fn origin(value: &Value) -> Result<String, Problem> {
    let origin = text(value)?;
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    if host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', '?', '#', ' '])) {
        Ok(origin)
    } else {
        let message = "Value error, allowed_origin must be a scheme and a host without a path, \
                       such as https://app.example.com";
        Err((message.to_owned(), "value_error"))
    }
}

fn organizations(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let mut items: Vec<Value> = organizations_of(call.world, call.switches)
        .iter()
        .map(|organization| {
            let first = call.world.workspaces.listed(Some(organization.id)).next();
            json!({
                "id": organization.id,
                "organization_name": organization.name,
                "first_workspace_id": first.map(|workspace| workspace.id),
                "secret_migration_status": "completed",
            })
        })
        .collect();
    call.shuffle(&mut items);
    Ok(Reply::ok(json!({"organizations": items, "is_instance_admin": false})))
}
