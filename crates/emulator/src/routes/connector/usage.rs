//! What a connector is made for, and the way to one through a browser (dossier 3.5). Nothing is read
//! from a source here and nobody can consent, so these hold the rules of the requests and the shapes
//! of the answers.
//!
//! `GET /integrations/connectors/{connector_type}/oauth/scopes` is left out: it was seen in a list of
//! routes, and nothing is known of what it answers.

use super::{draft::Kind, find, workspace_called};
use crate::catalog::Side;
use crate::fields::{Fields, Problem, boolean, non_empty, object, text, texts, uuid};
use crate::refusal::Refusal;
use crate::routes::{Call, Reply};
use axum::http::Uri;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// An agent's request to a connector.
pub(super) fn execute(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let connector = find(call)?.id;
    let mut body = Fields::of_body(call.body)?;
    let _entity = body.required("entity", non_empty);
    let _action = body.required("action", non_empty);
    let _params = body.optional("params", object);
    let _select = body.optional("select_fields", texts);
    let _exclude = body.optional("exclude_fields", texts);
    let _skip_truncation = body.defaulted("skip_truncation", true, boolean);
    body.finish()?;
    Ok(Reply::ok(json!({
        "status": "success",
        "result": {"data": []},
        "connector_metadata": {},
        "execution_metadata": {"connector_instance_id": connector, "execution_time_ms": 0},
    })))
}

/// What can be read from a kind of connector. The catalog describes configs, not streams, so none is
/// named.
pub(super) fn entities(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = call.id("id")?;
    if call.catalog.get(Side::Source, id).is_none() {
        return Err(Refusal::not_found("Source definition", id));
    }
    Ok(Reply::ok(json!({"entities": [], "has_scope_mapping": false})))
}

/// Where a user is sent to give consent. Unlike a create this needs a template of the organization's
/// own.
pub(super) fn initiate_oauth(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let mut body = Fields::of_body(call.body)?;
    let workspace_name = body.required("workspace_name", non_empty);
    let redirect_url = body.required("redirect_url", redirect);
    let kind = Kind {
        connector_type: body.optional("connector_type", text),
        definition: body.optional("definition_id", uuid),
        template: body.optional("source_template_id", uuid),
    };
    let _name = body.optional("name", non_empty);
    let _config = body.optional("replication_config", object);
    let _environment = body.optional("environment", object);
    let _entities = super::draft::entities(&mut body);
    let (Some(workspace_name), Some(redirect_url), true) =
        (workspace_name, redirect_url, body.is_clean())
    else {
        return Err(body.refusal());
    };
    if workspace_called(call, &workspace_name).is_none() {
        return Err(Refusal::not_found("Workspace", format_args!("'{workspace_name}'")));
    }
    let template = kind.template(call)?;
    if template.organization != Some(call.organization()) {
        return Err(Refusal::new(
            400,
            "No organization-specific source template configured for this connector type.",
        ));
    }
    let slug = call.catalog.get(Side::Source, template.definition).map_or("source", |it| it.slug());
    let back = utf8_percent_encode(&redirect_url, NON_ALPHANUMERIC);
    let consent_url = format!("https://consent.example/{slug}?redirect_url={back}");
    Ok(Reply::ok(json!({"consent_url": consent_url})))
}

fn redirect(value: &Value) -> Result<String, Problem> {
    let url = non_empty(value)?;
    let is_url = url.parse::<Uri>().is_ok_and(|url| url.scheme().is_some() && url.host().is_some());
    if is_url { Ok(url) } else { Err(("Input should be a valid URL".to_owned(), "url_parsing")) }
}
