//! Source templates (dossier 3.3).

use std::collections::BTreeMap;

use model::live::{Id, LiveKind, LiveObject, Wanted};
use model::{Kind, Value};
use serde_json::{Value as Json, json};

use super::{Field, TakenBy, Template, Verb, attributes, customization, encode_text};
use super::{definition_id, is_ours, tag_names};
use crate::client::Client;
use crate::delivery::Message;
use crate::error::Error;
use crate::refresh::{concurrently, get, list};
use crate::route::Route;
use crate::step::Filled;
use crate::wire;

pub(crate) static TEMPLATE: Template = Template {
    kind: Kind::SourceTemplate,
    create: Route::CreateSourceTemplate,
    list: Route::ListSourceTemplates,
    get: Route::GetSourceTemplate,
    update: Route::UpdateSourceTemplate,
    delete: Route::DeleteSourceTemplate,
    tag: Route::TagSourceTemplate,
    untag: Route::UntagSourceTemplate,
    create_body,
    immutable: &["definition"],
    read,
};

pub(crate) const FIELDS: &[Field] = &[
    Field { attribute: "name", wire: "name", taken_by: TakenBy::Both, encode: wire::json },
    Field {
        attribute: "definition",
        wire: "actor_definition_id",
        taken_by: TakenBy::Create,
        encode: wire::json,
    },
    Field {
        attribute: "clone_of",
        wire: "original_source_template_id",
        taken_by: TakenBy::Create,
        encode: wire::json,
    },
    Field {
        attribute: "mode",
        wire: "mode",
        taken_by: TakenBy::Both,
        encode: |mode| encode_text(mode, str::to_ascii_uppercase),
    },
    Field {
        attribute: "partial_default_config",
        wire: "partial_default_config",
        taken_by: TakenBy::Both,
        encode: wire::json,
    },
    Field {
        attribute: "customization",
        wire: "customization",
        taken_by: TakenBy::Both,
        encode: customization::encode,
    },
    Field {
        attribute: "propagate",
        wire: "propagate",
        taken_by: TakenBy::Update,
        encode: wire::json,
    },
];

/// The body of a create. A clone takes a name and a mode and nothing else; the two kinds of create
/// are told apart by their keys, so a body must never have those of both (dossier 3.3).
fn create_body(attributes: &BTreeMap<String, Filled>) -> Result<Json, Error> {
    let mut body = super::body(Kind::SourceTemplate, Verb::Create, attributes)?;
    if attributes.contains_key("clone_of") {
        let fits = |name: &str| matches!(name, "clone_of" | "name" | "mode");
        if let Some(name) = attributes.keys().find(|name| !fits(name)) {
            let text = format!("set `{name}` when cloning a source template");
            return Err(Error::Unsupported(text));
        }
    } else {
        body.entry("partial_default_config").or_insert_with(|| json!({}));
    }
    Ok(Json::Object(body))
}

fn read(shown: Json, us: Option<&str>) -> Option<(Id, LiveObject)> {
    let wire::source_template::SourceTemplate {
        id,
        name,
        organization_id,
        actor_definition_id,
        source_definition_id,
        mode,
        partial_default_config,
        customization,
        tags,
        updated_at,
    } = wire::object(shown)?;
    let object = LiveObject {
        name: wire::text(&name).unwrap_or_default().to_owned(),
        ours: is_ours(&organization_id, us),
        attributes: attributes([
            ("name", name.map(wire::value)),
            ("definition", definition_id(actor_definition_id.or(source_definition_id))),
            ("mode", mode.map(decode_mode)),
            ("partial_default_config", partial_default_config.map(wire::value)),
            ("customization", customization.map(customization::decode)),
            ("tags", tag_names(tags)),
        ]),
        updated_at: wire::text(&updated_at).map(str::to_owned),
    };
    Some((wire::id(&id), object))
}

/// Modes that we know are in lower case in the manifest; others are shown as they are.
fn decode_mode(mode: Json) -> Value {
    match mode.as_str() {
        Some("DIRECT") => Value::text("direct"),
        Some("REPLICATION") => Value::text("replication"),
        Some("MULTI") => Value::text("multi"),
        _ => wire::value(mode),
    }
}

/// One list, another one where objects of other owners are wanted, and a call for each object whose configuration is wanted, which no list tells
/// (dossier 5.1).
pub(crate) async fn live(
    client: &Client,
    wanted: &Wanted,
    us: Option<&str>,
) -> Result<LiveKind, Error> {
    let query = |global| Message::new(TEMPLATE.list).query("use_global", global);
    let mut objects = list(client, query("false"), |item| read(item, us)).await?;
    if wanted.foreign {
        // Whether this list holds our own too is not known for sure (dossier 3.3), so it only adds.
        for (id, object) in list(client, query("true"), |item| read(item, us)).await? {
            objects.entry(id).or_insert(object);
        }
    }
    let detailed: Vec<Id> = objects
        .iter()
        .filter(|(id, object)| {
            let named = wanted.detailed_names.contains(&object.name);
            let is_wanted = wanted.all || named || wanted.detailed_ids.contains(id);
            object.ours && is_wanted && !client.trusts(id, object)
        })
        .map(|(id, _)| id.clone())
        .collect();
    // Each answer holds a specification, so none is kept as it came.
    let us = us.map(str::to_owned);
    let details = concurrently(client, detailed, |client, id| {
        let us = us.clone();
        async move {
            let answer = get(&client, TEMPLATE.get, &id).await?;
            Ok((id, answer.map(|answer| read(answer, us.as_deref()))))
        }
    })
    .await?;
    if details.iter().any(|(_, detail)| detail.is_none()) {
        // Deleted since the list was read, and then the list does not have it now: taken for gone
        // while it stands, it would be made a second time.
        let now = list(client, query("false"), |item| read(item, us.as_deref())).await?;
        let absent = details.iter().filter(|(_, detail)| detail.is_none());
        for (id, _) in absent {
            if now.contains_key(id) {
                let request = Message::new(TEMPLATE.get).at(&id.0).request();
                return Err(Error::Contradicted { request, id: id.clone() });
            }
            objects.remove(id);
        }
    }
    for (id, detail) in details {
        let Some(detail) = detail else { continue };
        let (_, detail) = detail.ok_or_else(|| Error::Unreadable {
            request: format!("GET /integrations/templates/sources/{id}"),
            cause: "it is no source template".to_owned(),
            unclear: false,
        })?;
        if let Some(object) = objects.get_mut(&id) {
            // Who owns it, only the list tells.
            object.attributes.extend(detail.attributes);
        }
    }
    let total = objects.values().filter(|object| object.ours).count();
    Ok(LiveKind { objects, total, unavailable: false })
}
