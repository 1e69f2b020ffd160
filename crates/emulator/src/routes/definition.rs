//! Connector definitions: dossier 3.8. One idea, three envelopes.

use super::{Call, Family, Handler, Reply, Route};
use crate::auth::Access;
use crate::catalog::{Definition, Side};
use crate::refusal::Refusal;
use serde_json::{Value, json};
use uuid::Uuid;

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/v1/integrations/definitions/sources", list_sources),
    route("GET", "/api/v1/integrations/definitions/sources/{id}", get_source),
    route("GET", "/api/v1/integrations/definitions/destinations", list_destinations),
    route("GET", "/api/v1/integrations/definitions/destinations/{id}", get_destination),
];

const fn route(method: &'static str, template: &'static str, handler: Handler) -> Route {
    Route { method, template, access: Access::Operator, family: Family::Core, handler }
}

fn summary(side: Side, definition: &Definition) -> Value {
    json!({
        "sourceDefinitionId": (side == Side::Source).then_some(definition.id),
        "destinationDefinitionId": (side == Side::Destination).then_some(definition.id),
        "name": definition.name,
        "dockerRepository": definition.docker_repository,
        "iconUrl": definition.icon_url(),
        "custom": definition.custom,
        "supportLevel": definition.support_level,
    })
}

fn detailed(call: &Call<'_>, side: Side, what: &str) -> Result<(Uuid, Value), Refusal> {
    let id = call.id("id")?;
    let definition = call.catalog.get(side, id).ok_or_else(|| Refusal::not_found(what, id))?;
    let mut shown = summary(side, definition);
    let spec = definition.public_spec(definition.connection_specification().clone());
    if let Some(shown) = shown.as_object_mut() {
        shown.insert("spec".to_owned(), spec);
    }
    Ok((id, shown))
}

fn list_sources(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let name = call.query("name").unwrap_or_default().to_lowercase();
    let items = call
        .catalog
        .iter(Side::Source)
        .filter(|definition| definition.name.to_lowercase().contains(&name))
        .map(|definition| summary(Side::Source, definition))
        .collect();
    Ok(call.list("definitions", items))
}

fn get_source(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (id, definition) = detailed(call, Side::Source, "Source definition")?;
    let name = definition.get("name").and_then(Value::as_str).unwrap_or_default();
    let questions = json!({"direct": [format!("What is new in {name}?")], "search": []});
    Ok(Reply::ok(json!({"id": id, "definition": definition, "example_questions": questions})))
}

fn list_destinations(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let wanted: Vec<Uuid> = call
        .query_all("actorDefinitionIds")
        .map(|id| super::id("query", "actorDefinitionIds", id))
        .collect::<Result<_, _>>()?;
    let items = call
        .catalog
        .iter(Side::Destination)
        .filter(|definition| wanted.is_empty() || wanted.contains(&definition.id))
        .map(|definition| {
            json!({"id": definition.id, "name": definition.name, "icon": definition.icon_url()})
        })
        .collect();
    Ok(call.list("destinations", items))
}

fn get_destination(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (id, definition) = detailed(call, Side::Destination, "Destination definition")?;
    Ok(Reply::ok(json!({"id": id, "definition": definition})))
}
