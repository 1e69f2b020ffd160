//! Source templates: dossier 3.3. One id, two names for its definition, and three shapes.

use super::{Call, Family, Handler, Reply, Route, tag::Tagged};
use crate::auth::Access;
use crate::catalog::{Definition, Side};
use crate::clock::Timestamp;
use crate::customization;
use crate::fields::{Fields, boolean, non_empty, object, one_of, uuid};
use crate::masking;
use crate::refusal::Refusal;
use crate::world::{SourceMode, SourceTemplate, Table, World};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

const PATH: &str = "/api/v1/integrations/templates/sources";
const ITEM: &str = "/api/v1/integrations/templates/sources/{id}";

pub(super) const ROUTES: &[Route] = &[
    route("POST", PATH, create),
    route("GET", PATH, list),
    route("GET", "/api/v1/integrations/templates/sources/global", list_global),
    route("GET", ITEM, get),
    route("PATCH", ITEM, update),
    route("DELETE", ITEM, delete),
    Route {
        access: Access::Either,
        ..route(
            "GET",
            "/api/v1/integrations/templates/sources/{id}/workspace/{workspace_id}",
            get_for,
        )
    },
];

const fn route(method: &'static str, template: &'static str, handler: Handler) -> Route {
    Route { method, template, access: Access::Operator, family: Family::Core, handler }
}

const MODES: &[(&str, SourceMode)] = &[
    ("DIRECT", SourceMode::Direct),
    ("REPLICATION", SourceMode::Replication),
    ("MULTI", SourceMode::Multi),
];

/// The truth as HTTP clients of several languages write it into a query.
const BOOLEANS: &[(&str, bool)] =
    &[("true", true), ("false", false), ("True", true), ("False", false)];

/// A list item, in connectors too: without config and spec, with `actor_definition_id` and `organization_id`.
pub(super) fn summary(call: &Call<'_>, template: &SourceTemplate) -> Value {
    let SourceTemplate {
        id,
        name,
        organization,
        definition,
        partial_default_config: _, // in no list (dossier 5.1)
        customization,
        mode,
        tags,
        tombstone: _, // no route shows it
        created_at,
        updated_at,
    } = template;
    let known = call.catalog.get(Side::Source, *definition);
    json!({
        "id": id,
        "name": name,
        "icon": known.map(Definition::icon_url),
        "connector_name": known.map(Definition::slug),
        "organization_id": organization,
        "actor_definition_id": definition,
        "tags": call.tag_names(tags),
        "customization": customization,
        "mode": mode,
        "created_at": created_at,
        "updated_at": updated_at,
    })
}

/// The answer to a write, in connectors too: with config and spec, with `source_definition_id`, without
/// `organization_id`.
pub(super) fn detailed(call: &Call<'_>, template: &SourceTemplate) -> Value {
    let SourceTemplate {
        id,
        name,
        organization: _, // only lists show it (dossier 3.3)
        definition,
        partial_default_config,
        customization,
        mode,
        tags,
        tombstone: _, // no route shows it
        created_at,
        updated_at,
    } = template;
    let known = call.catalog.get(Side::Source, *definition);
    let no_schema = json!({"type": "object"});
    let schema = known.map_or(&no_schema, Definition::connection_specification);
    let rest = masking::without_preset(schema, partial_default_config);
    json!({
        "id": id,
        "name": name,
        "icon": known.map(Definition::icon_url),
        "source_definition_id": definition,
        "user_config_spec": match known {
            Some(known) => known.public_spec(rest),
            None => json!({"connectionSpecification": rest}),
        },
        "partial_default_config":
            masking::masked(partial_default_config, schema, call.switches.masking, *id),
        "customization": customization,
        "tags": call.tag_names(tags),
        "mode": mode,
        "is_experimental": false,
        "created_at": created_at,
        "updated_at": updated_at,
    })
}

/// The schema of the connector's config, before anything is preset.
pub(super) fn schema<'a>(call: &Call<'a>, template: &SourceTemplate) -> &'a Value {
    call.catalog
        .get(Side::Source, template.definition)
        .map_or(&Value::Null, Definition::connection_specification)
}

impl Tagged for SourceTemplate {
    fn table(world: &mut World) -> &mut Table<Self> {
        &mut world.source_templates
    }
    fn tags(&self) -> &BTreeSet<String> {
        &self.tags
    }
    fn set_tag(&mut self, tag: &str, on: bool, now: Timestamp) {
        if on {
            self.tags.insert(tag.to_owned());
        } else {
            self.tags.remove(tag);
        }
        self.updated_at = now;
    }
    fn own(call: &Call<'_>) -> Result<Uuid, Refusal> {
        let template = find(call)?;
        if template.organization.is_none() {
            // Undocumented; a template that belongs to nobody here is nobody's to change.
            return Err(Refusal::new(403, "Global source templates cannot be changed"));
        }
        Ok(template.id)
    }
    fn detail(call: &Call<'_>, id: Uuid) -> Result<Reply, Refusal> {
        call.world
            .source_templates
            .get(id)
            .map(|template| Reply::ok(detailed(call, template)))
            .ok_or_else(|| unknown(id))
    }
}

/// The template of the path: the organization's own or a global one.
fn find<'a>(call: &'a Call<'_>) -> Result<&'a SourceTemplate, Refusal> {
    let id = call.id("id")?;
    visible(call, id).ok_or_else(|| unknown(id))
}

pub(super) fn visible<'a>(call: &'a Call<'_>, id: Uuid) -> Option<&'a SourceTemplate> {
    call.world
        .source_templates
        .get(id)
        .filter(|template| template.organization.is_none_or(|owner| owner == call.organization()))
        .filter(|template| !template.tombstone)
}

pub(super) fn unknown(id: Uuid) -> Refusal {
    Refusal::not_found("Source template", id)
}

fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let global =
        call.query_word("use_global", BOOLEANS)?.unwrap_or(call.switches.plain_list_has_globals);
    let wanted = call.tag_filter()?;
    let own = call.world.source_templates.listed(Some(call.organization()));
    let globals = call.world.source_templates.listed(None).filter(|_| global);
    let items = own
        .chain(globals)
        .filter(|template| wanted.takes(&template.tags))
        .map(|template| summary(call, template))
        .collect();
    Ok(call.list("data", items))
}

fn list_global(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let items =
        call.world.source_templates.listed(None).map(|template| summary(call, template)).collect();
    Ok(call.list("data", items))
}

fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let template = find(call)?;
    let mut body = detailed(call, template);
    if let Some(object) = body.as_object_mut() {
        let known = call.catalog.get(Side::Source, template.definition);
        object.insert("auth_tooltip".to_owned(), Value::Null);
        object.insert("connector_name".to_owned(), known.map(Definition::slug).into());
    }
    Ok(Reply::ok(body))
}

/// The template as one workspace sees it. No workspace has a spec of its own here.
fn get_for(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = call.id("workspace_id")?;
    if call.caller.workspace.is_some_and(|own| own != id) {
        return Err(Refusal::new(403, "You do not have access to this workspace"));
    }
    let exists = call.world.workspaces.get(id).is_some_and(|workspace| {
        workspace.organization == call.organization() && !workspace.tombstone
    });
    if exists { get(call) } else { Err(Refusal::not_found("Workspace", id)) }
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = Fields::of_body(call.body)?;
    let original = body.raw("original_source_template_id");
    let can_be_clone = original.is_some_and(|id| uuid(id).is_ok());
    let can_be_create = body.raw("actor_definition_id").is_some();
    // An original that is no id can only be a create (dossier 3.3); both at once are neither.
    match (can_be_clone, can_be_create) {
        (true, true) => {
            let mut body = body;
            body.complain_whole(
                "actor_definition_id and original_source_template_id exclude each other",
            );
            Err(body.refusal())
        }
        (true, false) => clone(call, body),
        (false, true) => create_anew(call, body),
        (false, false) if original.is_some() => clone(call, body),
        (false, false) => create_anew(call, body),
    }
}

fn create_anew(call: &mut Call<'_>, mut body: Fields<'_>) -> Result<Reply, Refusal> {
    let definition = body.required("actor_definition_id", uuid);
    let config = body.required("partial_default_config", object);
    let name = body.optional("name", non_empty);
    let customization = customization::read(&mut body, "customization").set();
    let mode = body.optional("mode", one_of(MODES)).unwrap_or(SourceMode::Replication);
    let (Some(definition), Some(config), true) = (definition, config, body.is_clean()) else {
        return Err(body.refusal());
    };
    let Some(known) = call.catalog.get(Side::Source, definition) else {
        return Err(Refusal::not_found("Source definition", definition));
    };
    let name = name.unwrap_or_else(|| known.name.clone());
    insert(call, &name, definition, |template| {
        template.partial_default_config = config;
        template.customization = customization;
        template.mode = mode;
    })
}

/// A clone has the original's config, customization, mode and, unless another is given, name. Not
/// its tags: no document says so, and a tag is a statement about one template.
fn clone(call: &mut Call<'_>, mut body: Fields<'_>) -> Result<Reply, Refusal> {
    let original = body.required("original_source_template_id", uuid);
    let name = body.optional("name", non_empty);
    let mode = body.optional("mode", one_of(MODES));
    let (Some(original), true) = (original, body.is_clean()) else { return Err(body.refusal()) };
    let original = visible(call, original).ok_or_else(|| unknown(original))?.clone();
    let name = name.unwrap_or(original.name);
    insert(call, &name, original.definition, |template| {
        template.partial_default_config = original.partial_default_config;
        template.customization = original.customization;
        template.mode = mode.unwrap_or(original.mode);
    })
}

fn insert(
    call: &mut Call<'_>,
    name: &str,
    definition: Uuid,
    fill: impl FnOnce(&mut SourceTemplate),
) -> Result<Reply, Refusal> {
    refuse_taken_name(call, None, name)?;
    let organization = Some(call.organization());
    let id = call.world.create_source_template(organization, name, definition);
    call.world.source_templates.update(id, fill);
    SourceTemplate::detail(call, id)
}

fn refuse_taken_name(call: &Call<'_>, id: Option<Uuid>, name: &str) -> Result<(), Refusal> {
    let taken = call.switches.unique_template_names
        && call
            .world
            .source_templates
            .named(Some(call.organization()), name)
            .any(|template| Some(template.id) != id);
    if taken {
        return Err(Refusal::duplicate(call.switches.duplicate_status, "Source template", name));
    }
    Ok(())
}

/// `actor_definition_id` is not among the fields, so it is ignored like any unknown one.
fn update(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = SourceTemplate::own(call)?;
    let mut body = Fields::of_body(call.body)?;
    let name = body.optional("name", non_empty);
    let propagate = body.optional("propagate", boolean).unwrap_or(false);
    let config = body.field("partial_default_config", object);
    let customization = customization::read(&mut body, "customization");
    let mode = body.field("mode", one_of(MODES));
    body.finish()?;
    if let Some(name) = &name {
        refuse_taken_name(call, Some(id), name)?;
    }
    let config = config.map(|sent| match call.world.source_templates.get(id) {
        Some(template) => {
            call.received(sent, &template.partial_default_config, schema(call, template), id)
        }
        None => sent,
    });
    let now = call.world.stamp();
    let null_clears = call.switches.null_clears;
    call.world.source_templates.update(id, |template| {
        if let Some(name) = name {
            template.name = name;
        }
        config.write(&mut template.partial_default_config, null_clears, Map::new());
        customization.write_optional(&mut template.customization, null_clears);
        mode.write(&mut template.mode, null_clears, SourceMode::Replication);
        template.updated_at = now;
    });
    if propagate {
        call.world.propagate(id);
    }
    SourceTemplate::detail(call, id)
}

fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = SourceTemplate::own(call)?;
    call.world.delete_source_template(id);
    Ok(Reply::ok(json!({"id": id, "deleted_at": call.world.now()})))
}
