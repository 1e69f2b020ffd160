//! Template tags: dossier 3.2. A tag is addressed by its name, so one with a `/` cannot be reached.

use super::{Call, Family, Handler, Reply, Route};
use crate::auth::Access;
use crate::clock::Timestamp;
use crate::fields::{Fields, tag_name};
use crate::refusal::Refusal;
use crate::world::{ConnectionTemplate, Row, SourceTemplate, Table, Tag, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

pub(super) const ROUTES: &[Route] = &[
    route("POST", "/api/v1/integrations/templates/tags", create),
    route("GET", "/api/v1/integrations/templates/tags", list),
    route("PUT", "/api/v1/integrations/templates/tags/{name}", rename),
    route("DELETE", "/api/v1/integrations/templates/tags/{name}", delete),
    route("POST", "/api/v1/integrations/templates/sources/{id}/tags", attach::<SourceTemplate>),
    route(
        "DELETE",
        "/api/v1/integrations/templates/sources/{id}/tags/{tag_name}",
        detach::<SourceTemplate>,
    ),
    route(
        "POST",
        "/api/v1/integrations/templates/connections/{id}/tags",
        attach::<ConnectionTemplate>,
    ),
    route(
        "DELETE",
        "/api/v1/integrations/templates/connections/{id}/tags/{tag_name}",
        detach::<ConnectionTemplate>,
    ),
];

const fn route(method: &'static str, template: &'static str, handler: Handler) -> Route {
    Route { method, template, access: Access::Operator, family: Family::Tag, handler }
}

/// A kind of template that carries tags.
pub(super) trait Tagged: Row + Sized {
    fn table(world: &mut World) -> &mut Table<Self>;
    fn tags(&self) -> &BTreeSet<String>;
    /// Puts a tag on or takes it off, which counts as a write of the template.
    fn set_tag(&mut self, tag: &str, on: bool, now: Timestamp);
    /// The template of the path, if the caller may change it.
    fn own(call: &Call<'_>) -> Result<Uuid, Refusal>;
    /// The template as its own routes answer it.
    fn detail(call: &Call<'_>, id: Uuid) -> Result<Reply, Refusal>;
}

fn shown(tag: &Tag) -> Value {
    let Tag { id, name, organization, created_at, updated_at } = tag;
    json!({
        "id": id,
        "name": name,
        "organization_id": organization,
        "created_at": created_at,
        "updated_at": updated_at,
    })
}

fn find(call: &Call<'_>, name: &str) -> Option<Uuid> {
    call.world.tags.named(Some(call.organization()), name).next().map(|tag| tag.id)
}

fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let items = call.world.tags.listed(Some(call.organization())).map(shown).collect();
    Ok(call.list("data", items))
}

fn answer(call: &Call<'_>, id: Uuid) -> Result<Reply, Refusal> {
    call.world
        .tags
        .get(id)
        .map(|tag| Reply::ok(shown(tag)))
        .ok_or_else(|| Refusal::not_found("Tag", id))
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let name = name_in_body(call, "name")?;
    if find(call, &name).is_some() {
        return Err(duplicate(call, &name));
    }
    let id = call.world.create_tag(call.caller.organization, &name);
    answer(call, id)
}

fn rename(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = of_path(call, "name")?;
    let name = name_in_body(call, "name")?;
    if find(call, &name).is_some_and(|other| other != id) {
        return Err(duplicate(call, &name));
    }
    call.world.rename_tag(id, &name);
    answer(call, id)
}

fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = of_path(call, "name")?;
    call.world.delete_tag(id);
    Ok(Reply::ok(json!({"id": id, "deleted_at": call.world.now()})))
}

fn attach<T: Tagged>(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = T::own(call)?;
    let name = name_in_body(call, "tag")?;
    if find(call, &name).is_none() {
        if !call.switches.tagging_creates_tags {
            return Err(unknown(&name));
        }
        call.world.create_tag(call.caller.organization, &name);
    }
    if has::<T>(call, id, &name) {
        let message = format!("Template {id} already has the tag '{name}'");
        return Err(Refusal::new(call.switches.duplicate_status, message));
    }
    set::<T>(call, id, &name, true);
    T::detail(call, id)
}

fn detach<T: Tagged>(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = T::own(call)?;
    let name = call.parameter("tag_name").to_owned();
    if !has::<T>(call, id, &name) {
        return Err(Refusal::new(404, format!("Template {id} does not have the tag '{name}'")));
    }
    set::<T>(call, id, &name, false);
    if call.switches.untag_returns_template {
        return T::detail(call, id);
    }
    Ok(Reply::ok(json!({"deleted_at": call.world.now()})))
}

fn has<T: Tagged>(call: &mut Call<'_>, id: Uuid, name: &str) -> bool {
    T::table(call.world).get(id).is_some_and(|template| template.tags().contains(name))
}

fn set<T: Tagged>(call: &mut Call<'_>, id: Uuid, name: &str, on: bool) {
    let now = call.world.stamp();
    T::table(call.world).update(id, |template| template.set_tag(name, on, now));
}

fn name_in_body(call: &Call<'_>, field: &str) -> Result<String, Refusal> {
    let mut body = Fields::of_body(call.body)?;
    let name = body.required(field, tag_name);
    name.ok_or_else(|| body.refusal())
}

fn of_path(call: &Call<'_>, parameter: &str) -> Result<Uuid, Refusal> {
    let name = call.parameter(parameter);
    find(call, name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Refusal {
    Refusal::not_found("Tag", format_args!("'{name}'"))
}

fn duplicate(call: &Call<'_>, name: &str) -> Refusal {
    Refusal::duplicate(call.switches.duplicate_status, "Tag", name)
}
