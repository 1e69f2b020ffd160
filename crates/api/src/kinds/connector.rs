//! Connectors (dossier 3.5). They are made in a workspace by its name and found by their ids; which
//! workspace one is in, only the organization's own list tells (dossier 3.6).

pub(crate) mod check;

use std::collections::{BTreeMap, BTreeSet};

use model::kinds::connector::WORKSPACE;
use model::live::{Id, LiveKind, LiveObject, Wanted};
use model::{Kind, Value};
use serde_json::{Value as Json, json};

use super::{Field, TakenBy, Verb, attributes, body, definition_id, workspace};
use crate::client::Client;
use crate::delivery::Message;
use crate::error::Error;
use crate::perform::secrets;
use crate::refresh::{concurrently, get, list};
use crate::route::Route;
use crate::settle::{Attempt, Settled, settle};
use crate::step::{Filled, Outcome};
use crate::wire;

/// The largest page of the organization's list (dossier 3.6).
const PAGE: usize = 200;
/// How often a deleted connector is looked for before it is said that it still stands: five minutes,
/// with the waits in between.
const LOOKS: u32 = 15;

/// Whether a check comes before the connector. It has a call of its own.
pub(crate) const CHECK: &str = "check";

pub(crate) const FIELDS: &[Field] = &[
    // Never by id (dossier 3.5): what stands here is filled in by `create`.
    Field {
        attribute: WORKSPACE,
        wire: "workspace_name",
        taken_by: TakenBy::Create,
        encode: wire::json,
    },
    Field { attribute: "name", wire: "name", taken_by: TakenBy::Both, encode: wire::json },
    Field {
        attribute: "source_template",
        wire: "source_template_id",
        taken_by: TakenBy::Create,
        encode: wire::json,
    },
    Field {
        attribute: "definition",
        wire: "definition_id",
        taken_by: TakenBy::Create,
        encode: wire::json,
    },
    Field {
        attribute: "replication_config",
        wire: "replication_config",
        taken_by: TakenBy::Both,
        encode: wire::json,
    },
    Field {
        attribute: "credentials",
        wire: "credentials",
        taken_by: TakenBy::Create,
        encode: wire::json,
    },
    Field {
        attribute: "environment",
        wire: "environment",
        taken_by: TakenBy::Create,
        encode: wire::json,
    },
    Field { attribute: "entities", wire: "entities", taken_by: TakenBy::Both, encode: wire::json },
    Field {
        attribute: "connection_template_tags",
        wire: "selected_connection_template_tags",
        taken_by: TakenBy::Create,
        encode: wire::json,
    },
    Field {
        attribute: "connection_template_tags_mode",
        wire: "selected_connection_template_tags_mode",
        taken_by: TakenBy::Create,
        encode: wire::json,
    },
];

/// A connector as its own routes show it.
pub(crate) fn read(shown: Json) -> Option<(Id, LiveObject)> {
    let wire::connector::Connector {
        id,
        name,
        source_template,
        summarized_source_template,
        replication_config,
        entities,
        updated_at,
    } = wire::object(shown)?;
    let made_from = source_template.or(summarized_source_template).and_then(wire::object);
    let (template, definition) = match made_from {
        Some(wire::connector::MadeFrom { id, actor_definition_id, source_definition_id }) => (
            Some(Value::Text(wire::id(&id).0)),
            definition_id(actor_definition_id.or(source_definition_id)),
        ),
        None => (None, None),
    };
    let object = LiveObject {
        name: wire::text(&name).unwrap_or_default().to_owned(),
        // Its routes show no others.
        ours: true,
        attributes: attributes([
            ("name", name.map(wire::value)),
            ("source_template", template),
            ("definition", definition),
            ("replication_config", replication_config.map(wire::value)),
            ("entities", entities.map(wire::value)),
        ]),
        updated_at: wire::text(&updated_at).map(str::to_owned),
    };
    Some((wire::id(&id), object))
}

/// A connector in the organization's list. None: it is none. `Some(None)`: its workspace is deleted.
pub(crate) fn read_placed(item: Json) -> Option<Option<(Id, LiveObject)>> {
    let wire::connector::Placed {
        id,
        workspace_id,
        workspace_tombstone,
        connector_definition_id,
        connector_name,
        entities,
    } = wire::object(item)?;
    if workspace_tombstone == Some(Json::Bool(true)) {
        return Some(None);
    }
    let object = LiveObject {
        name: wire::text(&connector_name).unwrap_or_default().to_owned(),
        ours: true,
        attributes: attributes([
            (WORKSPACE, Some(Value::Text(wire::id(&workspace_id).0))),
            ("name", connector_name.map(wire::value)),
            ("definition", definition_id(connector_definition_id)),
            ("entities", entities.map(wire::value)),
        ]),
        updated_at: None,
    };
    Some(Some((wire::id(&id), object)))
}

/// Every connector of the organization with its workspace. None where the service has no such list:
/// it is not public (dossier 3.6).
pub(crate) async fn placed(
    client: &Client,
    us: Option<&str>,
) -> Result<Option<BTreeMap<Id, LiveObject>>, Error> {
    let Some(us) = us else { return Ok(None) };
    let (mut all, is_whole) = match all_placed(client, us).await {
        Ok(read) => read,
        Err(error) if matches!(error.status(), Some(403..=405)) => return Ok(None),
        Err(error) => return Err(error),
    };
    // A page begins at an offset, so a connector that went meanwhile has moved others from one page
    // to another.
    if !is_whole {
        all.extend(all_placed(client, us).await?.0);
    }
    Ok(Some(all))
}

/// Reads page after page, and says whether as many came as there are.
async fn all_placed(client: &Client, us: &str) -> Result<(BTreeMap<Id, LiveObject>, bool), Error> {
    let mut all = BTreeMap::new();
    let mut came = BTreeSet::new();
    let most = client.most_pages();
    for page in 0..most {
        // In any other order it would move while it is read.
        let message = Message::new(Route::ListOrganizationConnectors)
            .at(us)
            .query("limit", &PAGE.to_string())
            .query("offset", &(page * PAGE).to_string())
            .query("sort_field", "created_at")
            .query("sort_direction", "asc");
        let request = message.request();
        let unreadable = |cause: &str| Error::Unreadable {
            request: request.clone(),
            cause: cause.to_owned(),
            unclear: false,
        };
        let answer = client.call(message).await?;
        let total = answer.get("total").and_then(Json::as_u64);
        let items = wire::items(answer).ok_or_else(|| unreadable("it is no list"))?;
        let is_last = items.len() < PAGE;
        for item in items {
            came.extend(item.get("id").and_then(Json::as_str).map(str::to_owned));
            let connector =
                read_placed(item).ok_or_else(|| unreadable("an item is no connector"))?;
            all.extend(connector);
        }
        if is_last {
            let is_whole = total.is_none_or(|total| came.len() as u64 >= total);
            return Ok((all, is_whole));
        }
    }
    Err(Error::Unreadable {
        request: format!("GET /organizations/{us}/credentials"),
        cause: format!("its pages do not end: there are more than {most}"),
        unclear: false,
    })
}

/// The connectors that are wanted, with a call for each whose configuration is (dossier 5.1).
///
/// `placed` is what the organization's list has told. Without it each of `workspaces`, the live ones
/// that are declared or remembered, is asked for its own, and no others are known.
pub(crate) async fn live(
    client: &Client,
    wanted: &Wanted,
    placed: Option<BTreeMap<Id, LiveObject>>,
    workspaces: &BTreeSet<Id>,
) -> Result<LiveKind, Error> {
    let mut objects = match placed {
        Some(placed) => placed,
        None => by_workspace(client, wanted, workspaces).await?,
    };
    // A name says nothing outside of its workspace.
    let is_near = |object: &LiveObject| {
        let told = object.attributes.get(WORKSPACE).and_then(Value::as_text);
        told.is_some_and(|id| workspaces.contains(&Id(id.to_owned())))
    };
    let detailed: Vec<Id> = objects
        .iter()
        .filter(|(id, object)| {
            let named = wanted.detailed_names.contains(&object.name) && is_near(object);
            wanted.all || named || wanted.detailed_ids.contains(id)
        })
        .map(|(id, _)| id.clone())
        .collect();
    for (id, detail) in details(client, detailed).await? {
        match (detail, objects.get_mut(&id)) {
            (Some(detail), Some(object)) => {
                object.name = detail.name;
                object.updated_at = detail.updated_at;
                object.attributes.extend(detail.attributes);
            }
            (None, Some(object)) => {
                let place = object.attributes.get(WORKSPACE).and_then(Value::as_text).map(wire::id);
                still_gone(client, &id, place).await?;
                objects.remove(&id);
            }
            (_, None) => {}
        }
    }
    Ok(LiveKind { total: objects.len(), objects, unavailable: false })
}

/// The connectors of each workspace, and those that are remembered and in none of them.
async fn by_workspace(
    client: &Client,
    wanted: &Wanted,
    workspaces: &BTreeSet<Id>,
) -> Result<BTreeMap<Id, LiveObject>, Error> {
    let lists = concurrently(client, workspaces.clone(), |client, workspace| async move {
        in_workspace(&client, &workspace).await
    })
    .await?;
    let mut objects: BTreeMap<Id, LiveObject> = lists.into_iter().flatten().collect();
    let unseen = wanted.ids.iter().filter(|id| !objects.contains_key(id)).cloned();
    for (id, detail) in details(client, unseen.collect()).await? {
        objects.extend(detail.map(|detail| (id, detail)));
    }
    Ok(objects)
}

/// Whether a connector of a list that its own route does not find was deleted since the list was read:
/// then the list of its workspace does not have it now. Taken for gone while it stands, it would be made
/// a second time.
async fn still_gone(client: &Client, id: &Id, place: Option<Id>) -> Result<(), Error> {
    let Some(place) = place else { return Ok(()) };
    if in_workspace(client, &place).await?.contains_key(id) {
        let request = Message::new(Route::GetConnector).at(&id.0).request();
        return Err(Error::Contradicted { request, id: id.clone() });
    }
    Ok(())
}

/// The connectors of one workspace. One that is gone meanwhile has none: whether that is a 404 is
/// not settled (dossier 3.5). A 404 of one that stands is none of that.
async fn in_workspace(client: &Client, workspace: &Id) -> Result<BTreeMap<Id, LiveObject>, Error> {
    let message = Message::new(Route::ListConnectors).query("workspace_id", &workspace.0);
    let request = message.request();
    let mut objects = match list(client, message, read).await {
        Err(error) if error.status() == Some(404) && !error.says_no_route() => {
            if workspace::name(client, workspace).await?.is_some() {
                return Err(Error::Contradicted { request, id: workspace.clone() });
            }
            BTreeMap::new()
        }
        objects => objects?,
    };
    for object in objects.values_mut() {
        object.attributes.insert(WORKSPACE.to_owned(), Value::text(&workspace.0));
    }
    Ok(objects)
}

/// Each of `ids` in full; none where it is not there.
async fn details(client: &Client, ids: Vec<Id>) -> Result<Vec<(Id, Option<LiveObject>)>, Error> {
    concurrently(client, ids, |client, id| async move {
        let Some(detail) = get(&client, Route::GetConnector, &id).await? else {
            return Ok((id, None));
        };
        let (_, detail) = read(detail).ok_or_else(|| Error::Unreadable {
            request: format!("GET /integrations/connectors/{id}"),
            cause: "it is no connector".to_owned(),
            unclear: false,
        })?;
        Ok((id, Some(detail)))
    })
    .await
}

/// Makes a connector, after a check where one is asked for: at a create the service looks at no
/// credentials (dossier 7.1).
///
/// Names are not unique. Whoever asks knows that none of this name stood in the workspace, so after a
/// lost answer one that stands there, made from the same template, is it.
pub(crate) async fn create(
    client: &Client,
    name: &str,
    attributes: &BTreeMap<String, Filled>,
    us: Option<&str>,
) -> Result<Outcome, Error> {
    let Some(place) = attributes.get(WORKSPACE).and_then(Filled::as_text).map(wire::id) else {
        return Err(Error::Unsupported("make a connector outside of a workspace".to_owned()));
    };
    let place = &place;
    let called = Filled::Text(workspace::unique_name(client, place, us).await?);
    let mut named = attributes.clone();
    named.insert(WORKSPACE.to_owned(), called);
    let check = named.remove(CHECK);
    let mut body = body(Kind::Connector, Verb::Create, &named)?;
    if !body.contains_key("credentials") {
        // One of the two has to be there (dossier 3.5), and a template may preset everything.
        body.entry("replication_config").or_insert_with(|| json!({}));
    }
    let body = &Json::Object(body);
    let about =
        |route| Message::new(route).body(body.clone()).about(Kind::Connector, secrets(attributes));
    if matches!(check, Some(Filled::Bool(true))) {
        check::check(client, about(Route::CheckNewConnector), &secrets(attributes)).await?;
    }
    let create = || -> Attempt<'_, Outcome> {
        Box::pin(shown(client, about(Route::CreateConnector).only_if_undone()))
    };
    let template = attributes.get("source_template").and_then(Filled::as_text);
    let find = || -> Attempt<'_, Vec<Id>> {
        Box::pin(async move {
            let mut there = in_workspace(client, place).await?;
            there.retain(|_, connector| {
                let told = connector.attributes.get("source_template").and_then(Value::as_text);
                let is_alike = match (template, told) {
                    (Some(wanted), Some(told)) => wanted.eq_ignore_ascii_case(told),
                    _ => true,
                };
                connector.name == name && is_alike
            });
            Ok(there.into_keys().collect())
        })
    };
    match settle(client, Kind::Connector, name, create, find).await? {
        Settled::Made(outcome) => Ok(outcome),
        Settled::Found(id) => {
            let again = super::again(Kind::Connector, attributes);
            let shown = if again.is_empty() {
                shown(client, Message::new(Route::GetConnector).at(&id.0)).await
            } else {
                update(client, &id, &again).await
            };
            shown.map_err(|error| error.or_unclear(true))
        }
    }
}

/// Changes a connector in place, after a check of a new configuration where one is asked for.
pub(crate) async fn update(
    client: &Client,
    id: &Id,
    attributes: &BTreeMap<String, Filled>,
) -> Result<Outcome, Error> {
    let mut named = attributes.clone();
    let check = named.remove(CHECK);
    let is_configured = named.contains_key("replication_config");
    let body = &Json::Object(body(Kind::Connector, Verb::Update, &named)?);
    let about = |route| {
        let message = Message::new(route).at(&id.0).body(body.clone());
        message.about(Kind::Connector, secrets(attributes))
    };
    if is_configured && matches!(check, Some(Filled::Bool(true))) {
        check::check(client, about(Route::CheckConnector), &secrets(attributes)).await?;
    }
    shown(client, about(Route::UpdateConnector)).await
}

/// Deletes a connector and waits until it is gone: the service only accepts the deletion, and has
/// no route that tells how it goes on (dossier 3.5). A 404 is believed when the connector itself is
/// not found either.
pub(crate) async fn delete(client: &Client, id: &Id) -> Result<(), Error> {
    let message = Message::new(Route::DeleteConnector).at(&id.0);
    let request = message.request();
    match client.call(message).await {
        Err(error) if error.status() == Some(404) => {
            return match get(client, Route::GetConnector, id).await? {
                Some(_) => Err(Error::Contradicted { request, id: id.clone() }),
                None => Ok(()),
            };
        }
        answer => answer?,
    };
    for look in 0..LOOKS {
        if look > 0 {
            client.wait_after(look).await;
        }
        if get(client, Route::GetConnector, id).await?.is_none() {
            return Ok(());
        }
    }
    Err(Error::Unanswered {
        request,
        cause: "it was accepted, and the connector still stands".to_owned(),
        unclear: true,
    })
}

/// The connector that the answer to `message` shows.
async fn shown(client: &Client, message: Message) -> Result<Outcome, Error> {
    let (request, unclear) = (message.request(), message.writes());
    let answer = client.call(message).await?;
    let (id, connector) = read(answer).ok_or_else(|| Error::Unreadable {
        request,
        cause: "it is no connector".to_owned(),
        unclear,
    })?;
    Ok(Outcome { id, attributes: Some(connector.attributes), updated_at: None })
}
