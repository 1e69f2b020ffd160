//! An organization's own OAuth apps: dossier 3.7. They are written and never read back.

use super::{Call, Family, Handler, Reply, ReplyBody, Route, refuse_missing};
use crate::auth::Access;
use crate::catalog::{Definition, Side};
use crate::fields::{Fields, object, text, uuid};
use crate::refusal::Refusal;
use crate::world::OAuthCredential;
use serde_json::json;

pub(super) const ROUTES: &[Route] = &[
    route("PUT", "/api/v1/oauth/credentials", put),
    route("DELETE", "/api/v1/oauth/credentials/connector_type/{connector_type}", delete),
];

const fn route(method: &'static str, template: &'static str, handler: Handler) -> Route {
    Route { method, template, access: Access::Operator, family: Family::Core, handler }
}

fn shown(credential: &OAuthCredential) -> Reply {
    let OAuthCredential {
        id,
        organization,
        connector_name: _, // `connector_type` is another thing in the answer (dossier 3.7)
        definition,
        side,
        configuration: _, // never returned
        created_at,
        updated_at,
    } = credential;
    Reply::ok(json!({
        "id": id,
        "scope_type": "organization",
        "scope_id": organization,
        "connector_type": side,
        "connector_definition_id": definition,
        "created_at": created_at,
        "updated_at": updated_at,
    }))
}

/// Creates or replaces. The only body of the service in which an unknown field is a mistake.
fn put(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    const FIELDS: [&str; 3] = ["connector_type", "connector_definition_id", "configuration"];
    let mut body = Fields::of_body(call.body)?;
    let name = body.optional("connector_type", text);
    let id = body.optional("connector_definition_id", uuid);
    let configuration = body.required("configuration", object);
    for (key, _) in body.entries() {
        if !FIELDS.contains(&key.as_str()) {
            body.complain(key, "Extra inputs are not permitted".to_owned(), "extra_forbidden");
        }
    }
    if body.is_clean() && name.is_some() == id.is_some() {
        body.complain_whole(
            "Exactly one of connector_type or connector_definition_id must be provided",
        );
    }
    let (Some(configuration), true) = (configuration, body.is_clean()) else {
        return Err(body.refusal());
    };
    let (side, known) = match (&name, id) {
        (Some(name), _) => called(call, name)?,
        (None, id) => {
            let id = id.unwrap_or_default();
            find(|side| call.catalog.get(side, id))
                .ok_or_else(|| Refusal::not_found("Connector definition", id))?
        }
    };
    if let Some(specification) = known.oauth_app_specification() {
        refuse_missing("configuration", specification, &configuration)?;
    }
    let now = call.world.stamp();
    let organization = call.organization();
    let credential = match call.world.oauth_credential(organization, known.id) {
        Some(present) => OAuthCredential { configuration, updated_at: now, ..present.clone() },
        None => OAuthCredential {
            id: call.world.new_id(),
            organization,
            connector_name: known.name.clone(),
            definition: known.id,
            side,
            configuration,
            created_at: now,
            updated_at: now,
        },
    };
    let reply = shown(&credential);
    call.world.oauth_credentials.insert(credential);
    Ok(reply)
}

/// Succeeds where there is nothing to delete, too; a misspelt name is still a 404 (dossier 1.1).
fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let definition = called(call, call.parameter("connector_type"))?.1.id;
    let id = call.world.oauth_credential(call.organization(), definition).map(|row| row.id);
    if let Some(id) = id {
        call.world.stamp();
        call.world.oauth_credentials.remove(id);
    }
    Ok(Reply { status: 204, body: ReplyBody::Empty, headers: Vec::new() })
}

/// The connector with this display name, a source rather than a destination.
fn called<'a>(call: &Call<'a>, name: &str) -> Result<(Side, &'a Definition), Refusal> {
    find(|side| call.catalog.called(side, name))
        .ok_or_else(|| Refusal::not_found("Connector type", format_args!("'{name}'")))
}

fn find<'a>(look_up: impl Fn(Side) -> Option<&'a Definition>) -> Option<(Side, &'a Definition)> {
    [Side::Source, Side::Destination]
        .into_iter()
        .find_map(|side| look_up(side).map(|definition| (side, definition)))
}
