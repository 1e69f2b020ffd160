//! Tags (dossier 3.2). They are addressed by name.

use std::collections::BTreeMap;

use model::live::{Id, LiveKind, LiveObject};
use model::{Kind, SmallMap, Value};
use serde_json::Value as Json;

use super::{Field, TakenBy, Verb, attributes, body, is_ours};
use crate::client::Client;
use crate::delivery::Message;
use crate::error::Error;
use crate::refresh::list;
use crate::route::Route;
use crate::settle::{Attempt, Settled, settle};
use crate::step::{Filled, Outcome};
use crate::wire;

pub(crate) const FIELDS: &[Field] =
    &[Field { attribute: "name", wire: "name", taken_by: TakenBy::Both, encode: wire::json }];

pub(crate) fn read(shown: Json, us: Option<&str>) -> Option<(Id, LiveObject)> {
    let wire::tag::Tag { id, name, organization_id, updated_at } = wire::object(shown)?;
    let object = LiveObject {
        name: wire::text(&name).unwrap_or_default().to_owned(),
        ours: is_ours(&organization_id, us),
        attributes: attributes([("name", name.map(wire::value))]),
        updated_at: wire::text(&updated_at).map(str::to_owned),
    };
    Some((wire::id(&id), object))
}

async fn all(client: &Client, us: Option<&str>) -> Result<BTreeMap<Id, LiveObject>, Error> {
    list(client, Message::new(Route::ListTags), |item| read(item, us)).await
}

/// One list tells everything. No public document promises the routes of tags any more (dossier
/// 3.2), so their absence is an answer too.
pub(crate) async fn live(client: &Client, us: Option<&str>) -> Result<LiveKind, Error> {
    match all(client, us).await {
        Ok(objects) => {
            let total = objects.values().filter(|object| object.ours).count();
            Ok(LiveKind { objects, total, unavailable: false })
        }
        Err(error) if error.says_no_route() => {
            Ok(LiveKind { unavailable: true, ..LiveKind::default() })
        }
        Err(error) => Err(error),
    }
}

/// Makes a tag. Its name is unique, so one that is there already is the one that was to be made
/// (dossier 11).
pub(crate) async fn create(
    client: &Client,
    name: &str,
    attributes: &BTreeMap<String, Filled>,
    us: Option<&str>,
) -> Result<Outcome, Error> {
    let body = Json::Object(body(Kind::Tag, Verb::Create, attributes)?);
    let create = || -> Attempt<'_, Outcome> {
        let message = Message::new(Route::CreateTag)
            .body(body.clone())
            .about(Kind::Tag, vec![])
            .only_if_undone();
        Box::pin(async move {
            let request = message.request();
            outcome(client.call(message).await?, us, request)
        })
    };
    let find = || -> Attempt<'_, Vec<Id>> {
        Box::pin(async move {
            let mut tags = all(client, us).await?;
            tags.retain(|_, tag| tag.ours && tag.name == name);
            Ok(tags.into_keys().collect())
        })
    };
    let found = |id| {
        let attributes = SmallMap::from([("name".to_owned(), Value::text(name))]);
        Outcome { id, attributes: Some(attributes), updated_at: None }
    };
    match settle(client, Kind::Tag, name, create, &find).await {
        Ok(Settled::Made(outcome)) => Ok(outcome),
        Ok(Settled::Found(id)) => Ok(found(id)),
        Err(error) if error.says_already() => find().await?.pop().map(found).ok_or(error),
        Err(error) => Err(error),
    }
}

/// Renames a tag. A rename that was carried out though its answer was lost is refused when it is
/// sent again: nothing has the old name any more, or the new one is taken, by this very tag.
pub(crate) async fn update(
    client: &Client,
    id: &Id,
    name: &str,
    attributes: &BTreeMap<String, Filled>,
    us: Option<&str>,
) -> Result<Outcome, Error> {
    let body = body(Kind::Tag, Verb::Update, attributes)?;
    let message =
        Message::new(Route::RenameTag).at(name).body(Json::Object(body)).about(Kind::Tag, vec![]);
    let request = message.request();
    match client.call(message).await {
        Ok(answer) => outcome(answer, us, request),
        Err(error) if error.says_already() || error.status() == Some(404) => {
            let wanted = attributes.get("name").and_then(Filled::as_text);
            let tag = all(client, us).await?.remove(id);
            tag.filter(|tag| Some(tag.name.as_str()) == wanted)
                .map(|tag| Outcome {
                    id: id.clone(),
                    attributes: Some(tag.attributes),
                    updated_at: None,
                })
                .ok_or(error)
        }
        Err(error) => Err(error),
    }
}

/// Deletes a tag. A 404 means that nothing has this name; whether the tag is gone or only called
/// otherwise by now, its id tells.
pub(crate) async fn delete(
    client: &Client,
    id: &Id,
    name: &str,
    us: Option<&str>,
) -> Result<(), Error> {
    match client.call(Message::new(Route::DeleteTag).at(name)).await {
        Err(error) if error.status() == Some(404) => {
            if all(client, us).await?.contains_key(id) {
                Err(error)
            } else {
                Ok(())
            }
        }
        answer => answer.map(drop),
    }
}

fn outcome(answer: Json, us: Option<&str>, request: String) -> Result<Outcome, Error> {
    let (id, tag) = read(answer, us).ok_or_else(|| Error::Unreadable {
        request,
        cause: "it is no tag".to_owned(),
        unclear: true,
    })?;
    Ok(Outcome { id, attributes: Some(tag.attributes), updated_at: None })
}
