//! Connection templates (dossier 3.4).

use std::collections::BTreeMap;

use model::kinds::connection_template::{HOSTING_AIRBYTE, HOSTING_USER};
use model::live::{Id, LiveKind, LiveObject};
use model::{Kind, Value};
use serde_json::{Value as Json, json};

use super::{Field, TakenBy, Template, Verb, attributes, encode_text};
use super::{definition_id, is_ours, tag_names};
use crate::client::Client;
use crate::delivery::Message;
use crate::error::Error;
use crate::refresh::list;
use crate::route::Route;
use crate::step::Filled;
use crate::wire::{self, Told};

pub(crate) static TEMPLATE: Template = Template {
    kind: Kind::ConnectionTemplate,
    create: Route::CreateConnectionTemplate,
    list: Route::ListConnectionTemplates,
    get: Route::GetConnectionTemplate,
    update: Route::UpdateConnectionTemplate,
    delete: Route::DeleteConnectionTemplate,
    tag: Route::TagConnectionTemplate,
    untag: Route::UntagConnectionTemplate,
    create_body,
    immutable: &["hosting", "destination"],
    read,
};

const USER_HOSTED: &str = "user_hosted";
const AIRBYTE_HOSTED: &str = "airbyte_hosted";

pub(crate) const FIELDS: &[Field] = &[
    Field {
        attribute: "hosting",
        wire: "data_hosting_type",
        taken_by: TakenBy::Create,
        encode: |hosting| {
            encode_text(hosting, |hosting| match hosting {
                HOSTING_USER => USER_HOSTED.to_owned(),
                HOSTING_AIRBYTE => AIRBYTE_HOSTED.to_owned(),
                other => other.to_owned(),
            })
        },
    },
    Field {
        attribute: "destination",
        wire: "destination_definition_id",
        taken_by: TakenBy::Create,
        encode: wire::json,
    },
    Field {
        attribute: "destination_name",
        wire: "destination_name",
        taken_by: TakenBy::Both,
        encode: wire::json,
    },
    Field {
        attribute: "destination_config",
        wire: "destination_config",
        taken_by: TakenBy::Both,
        encode: wire::json,
    },
    Field {
        attribute: "cron_expression",
        wire: "cron_expression",
        taken_by: TakenBy::Both,
        encode: wire::json,
    },
    Field {
        attribute: "non_breaking_changes_preference",
        wire: "non_breaking_changes_preference",
        taken_by: TakenBy::Both,
        encode: wire::json,
    },
    Field {
        attribute: "sync_on_create",
        wire: "sync_on_create",
        taken_by: TakenBy::Both,
        encode: wire::json,
    },
];

/// The body of a create: one of two variants. What Airbyte hosts has a schedule and nothing else.
fn create_body(attributes: &BTreeMap<String, Filled>) -> Result<Json, Error> {
    let mut body = super::body(Kind::ConnectionTemplate, Verb::Create, attributes)?;
    // The two variants are told apart by this key (dossier 3.4), so it is sent even where it has
    // its default.
    let hosting = body.entry("data_hosting_type").or_insert_with(|| json!(USER_HOSTED));
    if hosting == AIRBYTE_HOSTED {
        let fits = |name: &str| matches!(name, "hosting" | "cron_expression");
        if let Some(name) = attributes.keys().find(|name| !fits(name)) {
            let text = format!("set `{name}` when making a connection template hosted by Airbyte");
            return Err(Error::Unsupported(text));
        }
    } else {
        body.entry("destination_config").or_insert_with(|| json!({}));
    }
    Ok(Json::Object(body))
}

fn read(shown: Json, us: Option<&str>) -> Option<(Id, LiveObject)> {
    let wire::connection_template::ConnectionTemplate {
        id,
        organization_id,
        data_hosting_type,
        destination_definition_id,
        destination_actor_definition_id,
        destination_name,
        destination_config,
        cron_expression,
        non_breaking_changes_preference,
        sync_on_create,
        tags,
        updated_at,
    } = wire::object(shown)?;
    let object = LiveObject {
        name: wire::text(&destination_name).unwrap_or_default().to_owned(),
        ours: is_ours(&organization_id, us),
        attributes: attributes([
            ("hosting", Some(decode_hosting(data_hosting_type, &destination_config))),
            (
                "destination",
                definition_id(destination_definition_id.or(destination_actor_definition_id)),
            ),
            ("destination_name", destination_name.map(wire::value)),
            ("destination_config", destination_config.map(wire::value)),
            ("cron_expression", cron_expression.map(wire::value)),
            ("non_breaking_changes_preference", non_breaking_changes_preference.map(wire::value)),
            ("sync_on_create", sync_on_create.map(wire::value)),
            ("tags", tag_names(tags)),
        ]),
        updated_at: wire::text(&updated_at).map(str::to_owned),
    };
    Some((wire::id(&id), object))
}

/// Each variant has its own word as default, so where the word is missing the config tells them
/// apart (dossier 3.4).
fn decode_hosting(told: Told, config: &Told) -> Value {
    match told {
        Some(Json::String(word)) => match word.as_str() {
            USER_HOSTED => Value::text(HOSTING_USER),
            AIRBYTE_HOSTED => Value::text(HOSTING_AIRBYTE),
            _ => Value::Text(word),
        },
        _ if config.is_some() => Value::text(HOSTING_USER),
        _ => Value::text(HOSTING_AIRBYTE),
    }
}

/// One list tells everything (dossier 5.1).
pub(crate) async fn live(client: &Client, us: Option<&str>) -> Result<LiveKind, Error> {
    let objects = list(client, Message::new(TEMPLATE.list), |item| read(item, us)).await?;
    let total = objects.values().filter(|object| object.ours).count();
    Ok(LiveKind { objects, total, unavailable: false })
}
