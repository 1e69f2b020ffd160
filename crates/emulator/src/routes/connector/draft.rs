//! What a request makes of a connector: a new one, or a changed one. Checks and writes read the same
//! body (dossier 3.5).

use super::{config::Given, find, schema, workspace_called};
use crate::catalog::{Definition, Side};
use crate::fields::{Field, Fields, list, non_empty, object, one_of, text, texts, uuid};
use crate::refusal::Refusal;
use crate::routes::{Call, TAG_MODES, source_template};
use crate::user_config::overlay;
use crate::world::{
    Connector, EntityMode, RequestedEntity, Row, SourceTemplate, TagMode, TagSelection,
};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A connector that may be made.
pub(super) struct Draft {
    pub(super) workspace_name: String,
    /// None: it is to be made.
    pub(super) workspace: Option<Uuid>,
    pub(super) template: SourceTemplate,
    pub(super) name: Option<String>,
    pub(super) given: Given,
    pub(super) connection_templates: TagSelection,
    pub(super) entities: Option<Vec<RequestedEntity>>,
}

const NO_TYPE: &str =
    "One of connector_type, definition_id, or source_template_id must be provided";

impl Draft {
    /// The connector that the body describes, if it may be made.
    pub(super) fn read(call: &Call<'_>) -> Result<Draft, Refusal> {
        let mut body = Fields::of_body(call.body)?;
        let name = body.optional("name", non_empty);
        // The older names are deprecated, not gone (dossier 8).
        let name_key = ["workspace_name", "customer_name", "external_user_id"]
            .into_iter()
            .find(|key| body.raw(key).is_some())
            .unwrap_or("workspace_name");
        let workspace_name = body.required(name_key, non_empty);
        let kind = Kind {
            connector_type: body.optional("connector_type", text),
            definition: body.optional("definition_id", uuid),
            template: body.optional("source_template_id", uuid),
        };
        let given = Given::read(&mut body);
        let entities = entities(&mut body).set().filter(|entities| !entities.is_empty());
        let tags = body.defaulted("selected_connection_template_tags", Vec::new(), texts);
        let mode = body.defaulted(
            "selected_connection_template_tags_mode",
            TagMode::Any,
            one_of(TAG_MODES),
        );
        // Rules about several fields are looked at only where each field by itself is right.
        if body.is_clean() {
            if kind.is_unknown() {
                body.complain_whole(NO_TYPE);
            }
            if given.is_nothing() {
                body.complain_whole(
                    "At least one of replication_config, credentials, or \
                     server_side_oauth_secret_id must be provided",
                );
            }
        }
        let (Some(workspace_name), true) = (workspace_name, body.is_clean()) else {
            return Err(body.refusal());
        };
        let workspace = workspace_called(call, &workspace_name).map(Row::id);
        if workspace.is_none() && !call.switches.connector_creates_workspaces {
            return Err(Refusal::not_found("Workspace", format_args!("'{workspace_name}'")));
        }
        let template = kind.template(call)?.clone();
        given.satisfies(schema(call, Some(&template)), &template.partial_default_config)?;
        Ok(Draft {
            workspace_name,
            workspace,
            template,
            name,
            given,
            connection_templates: TagSelection { tags: tags.into_iter().collect(), mode },
            entities,
        })
    }
}

/// What a new connector is to be: one of these, or several that agree.
pub(super) struct Kind {
    pub(super) connector_type: Option<String>,
    pub(super) definition: Option<Uuid>,
    pub(super) template: Option<Uuid>,
}

impl Kind {
    fn is_unknown(&self) -> bool {
        self.connector_type.is_none() && self.definition.is_none() && self.template.is_none()
    }

    /// The template that is named, else the organization's only one for the definition, else the
    /// global one.
    pub(super) fn template<'a>(&self, call: &'a Call<'_>) -> Result<&'a SourceTemplate, Refusal> {
        let definition = self.definition(call)?;
        if let Some(id) = self.template {
            let template =
                source_template::visible(call, id).ok_or_else(|| source_template::unknown(id))?;
            if definition.is_some_and(|definition| definition.id != template.definition) {
                return Err(contradiction());
            }
            return Ok(template);
        }
        let definition = definition.ok_or_else(|| Refusal::new(422, NO_TYPE))?;
        let templates = |organization| {
            call.world
                .source_templates
                .listed(organization)
                .filter(|template| template.definition == definition.id)
        };
        let mut own = templates(Some(call.organization()));
        match (own.next(), own.next()) {
            (Some(only), None) => Ok(only),
            (Some(_), Some(_)) => Err(Refusal::new(
                400,
                format!(
                    "Multiple source templates exist for {}: source_template_id is required",
                    definition.name
                ),
            )),
            (None, _) => templates(None).next().ok_or_else(|| {
                Refusal::new(404, format!("No source template found for {}", definition.name))
            }),
        }
    }

    fn definition<'a>(&self, call: &'a Call<'_>) -> Result<Option<&'a Definition>, Refusal> {
        let by_id = self
            .definition
            .map(|id| {
                let known = call.catalog.get(Side::Source, id);
                known.ok_or_else(|| Refusal::not_found("Source definition", id))
            })
            .transpose()?;
        let by_name = self
            .connector_type
            .as_ref()
            .map(|name| {
                let known = call.catalog.called(Side::Source, name);
                known.ok_or_else(|| Refusal::not_found("Connector type", format_args!("'{name}'")))
            })
            .transpose()?;
        match (by_id, by_name) {
            (Some(by_id), Some(by_name)) if by_id.id != by_name.id => Err(contradiction()),
            (by_id, by_name) => Ok(by_id.or(by_name)),
        }
    }
}

/// Several identifiers are taken (dossier 3.5); that they may not disagree is our reading.
fn contradiction() -> Refusal {
    Refusal::new(400, "connector_type, definition_id and source_template_id contradict each other")
}

/// The connector of the path as the body changes it, if it may be so.
pub(super) fn changed(call: &Call<'_>) -> Result<Connector, Refusal> {
    let mut connector = find(call)?.clone();
    let mut body = Fields::of_body(call.body)?;
    let name = body.optional("name", non_empty);
    let config = body.field("replication_config", object);
    let entities = entities(&mut body);
    body.finish()?;
    if let Some(name) = name {
        connector.name = name;
    }
    // An empty list clears (dossier 3.5); whether `null` does is open, as everywhere.
    entities.write_optional(&mut connector.entities, call.switches.null_clears);
    connector.entities = connector.entities.filter(|entities| !entities.is_empty());
    let template = call.world.source_templates.get(connector.source_template);
    let schema = schema(call, template);
    let config = match config {
        Field::Set(sent) => {
            let stored = &connector.replication_config;
            let sent = call.received(sent, stored, schema, connector.id);
            if call.switches.connector_config_merges {
                let mut merged = stored.clone();
                overlay(&mut merged, &sent);
                merged
            } else {
                sent
            }
        }
        Field::Null if call.switches.null_clears => Map::new(),
        Field::Null | Field::Absent => return Ok(connector),
    };
    connector.replication_config = config;
    Given::of(&connector).satisfies(schema, &connector.preset)?;
    Ok(connector)
}

pub(super) fn entities<'a>(body: &mut Fields<'a>) -> Field<Vec<RequestedEntity>> {
    const NAME: &str = "entities";
    match body.field(NAME, list) {
        Field::Absent => Field::Absent,
        Field::Null => Field::Null,
        Field::Set(items) => Field::Set(
            items
                .iter()
                .enumerate()
                .filter_map(|(at, item)| body.nested_at([NAME.into(), at.into()], item, entity))
                .collect(),
        ),
    }
}

fn entity(fields: &mut Fields<'_>) -> Option<RequestedEntity> {
    let entity = fields.required("entity", text);
    let modes = fields.optional("modes", |value: &Value| list(value)?.iter().map(mode).collect());
    Some(RequestedEntity { entity: entity?, modes })
}

fn mode(value: &Value) -> Result<EntityMode, crate::fields::Problem> {
    const MODES: &[(&str, EntityMode)] =
        &[("read", EntityMode::Read), ("write", EntityMode::Write)];
    one_of(MODES)(value)
}
