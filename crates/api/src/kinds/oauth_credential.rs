//! An organization's OAuth apps (dossier 3.7). One is written whole, by the display name of its
//! connector, and no route shows any.

use std::collections::BTreeMap;

use model::kinds::oauth_credential::CONNECTOR_TYPE;
use model::live::{Id, LiveKind, LiveObject, Wanted};
use model::{Kind, SmallMap};
use serde_json::{Value as Json, json};

use super::{Field, TakenBy, Verb, body};
use crate::client::Client;
use crate::delivery::Message;
use crate::error::Error;
use crate::perform::secrets;
use crate::route::Route;
use crate::step::{Filled, Outcome};
use crate::wire;

pub(crate) const FIELDS: &[Field] = &[
    Field {
        attribute: CONNECTOR_TYPE,
        wire: "connector_type",
        taken_by: TakenBy::Create,
        encode: wire::json,
    },
    Field {
        attribute: "configuration",
        wire: "configuration",
        taken_by: TakenBy::Both,
        encode: wire::json,
    },
];

/// What stands as far as anybody can say: what is remembered. Nothing is asked, because nothing
/// would answer.
pub(crate) fn live(wanted: &Wanted) -> LiveKind {
    let object = |name: &String| LiveObject {
        name: name.clone(),
        ours: true,
        attributes: SmallMap::new(),
        updated_at: None,
    };
    let remembered = wanted.remembered.iter();
    let objects: BTreeMap<Id, LiveObject> =
        remembered.map(|(id, name)| (id.clone(), object(name))).collect();
    LiveKind { total: objects.len(), objects, unavailable: false }
}

/// Writes an app, whether one stands or not. Written twice is as written once, so an answer that is
/// lost does no harm (dossier 11).
pub(crate) async fn put(
    client: &Client,
    verb: Verb,
    connector: &str,
    attributes: &BTreeMap<String, Filled>,
) -> Result<Outcome, Error> {
    let mut body = body(Kind::OAuthCredential, verb, attributes)?;
    body.insert("connector_type".to_owned(), json!(connector));
    // The one body in which the service takes nothing that it does not know, and wants both.
    body.entry("configuration").or_insert_with(|| json!({}));
    let message = Message::new(Route::PutOAuthCredential)
        .body(Json::Object(body))
        .about(Kind::OAuthCredential, secrets(attributes));
    let request = message.request();
    let answer = client.call(message).await?;
    let wire::oauth_credential::OAuthCredential { id } = wire::object(answer).ok_or_else(|| {
        Error::Unreadable { request, cause: "it is no OAuth app".to_owned(), unclear: true }
    })?;
    Ok(Outcome { id: wire::id(&id), attributes: None, updated_at: None })
}

/// Deletes an app. Where none stands the service says so by the same 204; a 404 means that it knows
/// no such connector any more, and what has become of the app is then anybody's guess.
pub(crate) async fn delete(client: &Client, connector: &str) -> Result<(), Error> {
    client.call(Message::new(Route::DeleteOAuthCredential).at(connector)).await.map(drop)
}
