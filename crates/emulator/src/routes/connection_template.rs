//! Connection templates: dossier 3.4. Two variants, told apart by `data_hosting_type`.

use super::{Call, Family, Handler, Reply, Route, tag::Tagged};
use crate::auth::Access;
use crate::catalog::{Definition, Side};
use crate::clock::Timestamp;
use crate::cron;
use crate::fields::{Field, Fields, Problem, boolean, non_empty, object, one_of, text, uuid};
use crate::masking;
use crate::refusal::Refusal;
use crate::world::{
    AIRBYTE_HOSTED_NAME, ChangesPreference, ConnectionTemplate, Hosting, Row, Table, World,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

const PATH: &str = "/api/v1/integrations/templates/connections";
const ITEM: &str = "/api/v1/integrations/templates/connections/{id}";

pub(super) const ROUTES: &[Route] = &[
    route("POST", PATH, create),
    route("GET", PATH, list),
    route("POST", "/api/v1/integrations/templates/connections/cron/describe", describe_cron),
    route("GET", ITEM, get),
    route("PATCH", ITEM, update),
    route("DELETE", ITEM, delete),
];

const fn route(method: &'static str, template: &'static str, handler: Handler) -> Route {
    Route { method, template, access: Access::Operator, family: Family::Core, handler }
}

const PREFERENCES: &[(&str, ChangesPreference)] = &[
    ("ignore", ChangesPreference::Ignore),
    ("disable", ChangesPreference::Disable),
    ("propagate_columns", ChangesPreference::PropagateColumns),
    ("propagate_fully", ChangesPreference::PropagateFully),
];

/// A template as every route returns it, lists included.
fn shown(call: &Call<'_>, template: &ConnectionTemplate) -> Value {
    let ConnectionTemplate {
        id,
        organization,
        destination_name,
        cron_expression,
        hosting,
        tags,
        created_at,
        updated_at,
    } = template;
    let definition = match hosting {
        Hosting::User { definition, .. } => call.catalog.get(Side::Destination, *definition),
        Hosting::Airbyte => None,
    };
    let mut shown = json!({
        "id": id,
        "organization_id": organization,
        "destination_name": destination_name,
        "icon": definition.map(Definition::icon_url),
        "cron_expression": cron_expression,
        "tags": call.tag_names(tags),
        "created_at": created_at,
        "updated_at": updated_at,
    });
    let variant = match hosting {
        Hosting::Airbyte => json!({"data_hosting_type": "airbyte_hosted"}),
        Hosting::User {
            definition: definition_id,
            destination_config,
            non_breaking_changes_preference,
            sync_on_create,
        } => {
            let schema = definition.map_or(&Value::Null, Definition::connection_specification);
            json!({
                "data_hosting_type": "user_hosted",
                "destination_definition_id": definition_id,
                "destination_config":
                    masking::masked(destination_config, schema, call.switches.masking, *id),
                "non_breaking_changes_preference": non_breaking_changes_preference,
                "sync_on_create": sync_on_create,
            })
        }
    };
    if let (Some(shown), Value::Object(variant)) = (shown.as_object_mut(), variant) {
        shown.extend(variant);
    }
    shown
}

impl Tagged for ConnectionTemplate {
    fn table(world: &mut World) -> &mut Table<Self> {
        &mut world.connection_templates
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
        find(call).map(Row::id)
    }
    fn detail(call: &Call<'_>, id: Uuid) -> Result<Reply, Refusal> {
        call.world
            .connection_templates
            .get(id)
            .map(|template| Reply::ok(shown(call, template)))
            .ok_or_else(|| unknown(id))
    }
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a ConnectionTemplate, Refusal> {
    let id = call.id("id")?;
    call.world
        .connection_templates
        .get(id)
        .filter(|template| template.organization == call.organization())
        .ok_or_else(|| unknown(id))
}

fn unknown(id: Uuid) -> Refusal {
    Refusal::not_found("Connection template", id)
}

fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let wanted = call.tag_filter()?;
    let items = call
        .world
        .connection_templates
        .listed(Some(call.organization()))
        .filter(|template| wanted.takes(&template.tags))
        .map(|template| shown(call, template))
        .collect();
    Ok(call.list("data", items))
}

fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    find(call).map(|template| Reply::ok(shown(call, template)))
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    const HOSTS: &[(&str, bool)] = &[("user_hosted", true), ("airbyte_hosted", false)];
    let mut body = Fields::of_body(call.body)?;
    let by_user = body.defaulted("data_hosting_type", true, one_of(HOSTS));
    let cron_expression = body.optional("cron_expression", quartz);
    let (name, hosting) = if by_user {
        let name = body.required("destination_name", non_empty);
        let definition = body.required("destination_definition_id", uuid);
        let config = body.required("destination_config", object);
        let non_breaking_changes_preference = body.defaulted(
            "non_breaking_changes_preference",
            ChangesPreference::Ignore,
            one_of(PREFERENCES),
        );
        let sync_on_create = body.defaulted("sync_on_create", true, boolean);
        let (Some(name), Some(definition), Some(destination_config)) = (name, definition, config)
        else {
            return Err(body.refusal());
        };
        let hosting = Hosting::User {
            definition,
            destination_config,
            non_breaking_changes_preference,
            sync_on_create,
        };
        (name, hosting)
    } else {
        (AIRBYTE_HOSTED_NAME.to_owned(), Hosting::Airbyte)
    };
    body.finish()?;
    if let Hosting::User { definition, .. } = &hosting {
        if call.catalog.get(Side::Destination, *definition).is_none() {
            return Err(Refusal::not_found("Destination definition", definition));
        }
        refuse_taken_name(call, None, &name)?;
    }
    let id = call.world.create_connection_template(call.caller.organization, &name, hosting);
    call.world
        .connection_templates
        .update(id, |template| template.cron_expression = cron_expression);
    ConnectionTemplate::detail(call, id)
}

/// A Quartz expression. What the service says to a wrong one is not documented; 422 is what its
/// validator would answer.
fn quartz(value: &Value) -> Result<String, Problem> {
    let expression = text(value)?;
    match cron::check(&expression) {
        Ok(()) => Ok(expression),
        Err(problem) => {
            Err((format!("Value error, invalid cron expression: {problem}"), "value_error"))
        }
    }
}

fn refuse_taken_name(call: &Call<'_>, id: Option<Uuid>, name: &str) -> Result<(), Refusal> {
    let taken = call.switches.unique_template_names
        && call
            .world
            .connection_templates
            .named(Some(call.organization()), name)
            .any(|template| Some(template.id) != id);
    if taken {
        return Err(Refusal::duplicate(
            call.switches.duplicate_status,
            "Connection template",
            name,
        ));
    }
    Ok(())
}

/// `destination_definition_id` and `data_hosting_type` are not among the fields, so they are ignored
/// like any unknown one. Where Airbyte hosts, only the schedule means anything.
fn update(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = ConnectionTemplate::own(call)?;
    let mut body = Fields::of_body(call.body)?;
    let name = body.optional("destination_name", non_empty);
    let config = body.field("destination_config", object);
    let cron_expression = body.field("cron_expression", quartz);
    let preference = body.field("non_breaking_changes_preference", one_of(PREFERENCES));
    let sync = body.field("sync_on_create", boolean);
    body.finish()?;
    if let Some(name) = &name {
        refuse_taken_name(call, Some(id), name)?;
    }
    let config =
        config.map(|sent| match call.world.connection_templates.get(id).map(|row| &row.hosting) {
            Some(Hosting::User { definition, destination_config, .. }) => {
                let known = call.catalog.get(Side::Destination, *definition);
                let schema = known.map_or(&Value::Null, Definition::connection_specification);
                call.received(sent, destination_config, schema, id)
            }
            Some(Hosting::Airbyte) | None => sent,
        });
    let now = call.world.stamp();
    let null_clears = call.switches.null_clears;
    call.world.connection_templates.update(id, |template| {
        write(template, name, config, preference, sync, null_clears);
        cron_expression.write_optional(&mut template.cron_expression, null_clears);
        template.updated_at = now;
    });
    ConnectionTemplate::detail(call, id)
}

fn write(
    template: &mut ConnectionTemplate,
    name: Option<String>,
    config: Field<Map<String, Value>>,
    preference: Field<ChangesPreference>,
    sync: Field<bool>,
    null_clears: bool,
) {
    let Hosting::User {
        definition: _,
        destination_config,
        non_breaking_changes_preference,
        sync_on_create,
    } = &mut template.hosting
    else {
        return;
    };
    if let Some(name) = name {
        template.destination_name = name;
    }
    config.write(destination_config, null_clears, Map::new());
    preference.write(non_breaking_changes_preference, null_clears, ChangesPreference::Ignore);
    sync.write(sync_on_create, null_clears, true);
}

fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = ConnectionTemplate::own(call)?;
    let now = call.world.stamp();
    call.world.connection_templates.remove(id);
    Ok(Reply::ok(json!({"id": id, "deleted_at": now})))
}

/// What a wrong expression gets is not documented; `is_valid` would be pointless if it were an
/// error.
fn describe_cron(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let mut body = Fields::of_body(call.body)?;
    let expression = body.required("cron_expression", text);
    let Some(expression) = expression else { return Err(body.refusal()) };
    let (description, is_valid) = match cron::check(&expression) {
        Ok(()) => (format!("Runs on the Quartz schedule {expression}"), true),
        Err(problem) => (format!("Invalid cron expression: {problem}"), false),
    };
    Ok(Reply::ok(json!({"description": description, "is_valid": is_valid})))
}
