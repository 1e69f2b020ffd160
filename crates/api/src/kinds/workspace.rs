//! Workspaces (dossier 3.1). There is no create: minting a scoped token makes one (dossier 2.2).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use model::Kind;
use model::kinds::workspace::region_id;
use model::live::{Id, LiveKind, LiveObject, Wanted};
use serde_json::Value as Json;

use super::{Field, TakenBy, Verb, attributes, body, encode_text, is_ours};
use crate::client::Client;
use crate::delivery::Message;
use crate::error::Error;
use crate::page::{self, Page};
use crate::refresh::{concurrently, get};
use crate::route::Route;
use crate::settle::{Attempt, Settled, settle};
use crate::step::{Filled, Outcome};
use crate::{token, wire};

/// A workspace is deleted with all that is in it, which takes long (dossier 3.1).
const DELETE_TIMEOUT: Duration = Duration::from_secs(300);

pub(crate) const FIELDS: &[Field] = &[
    // Its name is `workspace_name` where it is made and `name` where it is changed.
    Field {
        attribute: "name",
        wire: "workspace_name",
        taken_by: TakenBy::Create,
        encode: wire::json,
    },
    Field { attribute: "name", wire: "name", taken_by: TakenBy::Update, encode: wire::json },
    Field {
        attribute: "region",
        wire: "region_id",
        taken_by: TakenBy::Create,
        encode: |region| encode_text(region, |name| region_id(name).unwrap_or(name).to_owned()),
    },
    Field { attribute: "status", wire: "status", taken_by: TakenBy::Update, encode: wire::json },
    Field {
        attribute: "cache_enabled",
        wire: "cache_enabled",
        taken_by: TakenBy::Update,
        encode: wire::json,
    },
];

/// A workspace as any route shows it. `Err`: it is none. `Ok(None)`: it is deleted.
pub(crate) fn read(shown: Json, us: Option<&str>) -> Result<Option<(Id, LiveObject)>, Error> {
    let wire::workspace::Workspace {
        id,
        name,
        organization_id,
        status,
        cache_enabled,
        tombstone,
        updated_at,
    } = wire::object(shown).ok_or_else(|| Error::Unreadable {
        request: "GET /workspaces".to_owned(),
        cause: "an item is no workspace".to_owned(),
        unclear: false,
    })?;
    if tombstone == Some(Json::Bool(true)) {
        return Ok(None);
    }
    let object = LiveObject {
        name: wire::text(&name).unwrap_or_default().to_owned(),
        ours: is_ours(&organization_id, us),
        attributes: attributes([
            ("name", name.map(wire::value)),
            ("status", status.map(wire::value)),
            ("cache_enabled", cache_enabled.map(wire::value)),
        ]),
        updated_at: wire::text(&updated_at).map(str::to_owned),
    };
    Ok(Some((wire::id(&id), object)))
}

/// Workspaces as far as they were read.
#[derive(Default)]
struct Read<'a> {
    us: Option<&'a str>,
    objects: BTreeMap<Id, LiveObject>,
}

impl Read<'_> {
    fn add(&mut self, items: Vec<Json>) -> Result<(), Error> {
        for item in items {
            self.objects.extend(read(item, self.us)?);
        }
        Ok(())
    }

    fn ours(&self) -> usize {
        self.objects.values().filter(|object| object.ours).count()
    }
}

/// The workspaces that are wanted, and how many there are.
///
/// Nothing says how many there are before the first page is read, and a customer's organization can
/// have thousands of which a manifest declares a few. So there are two ways on from the first page,
/// and the one with fewer requests is taken: every further page, or one request per wanted name
/// (names are not unique, so a name that was seen may stand for a second one on a page that was
/// not) and one per wanted id that none of these brought.
pub(crate) async fn live(
    client: &Client,
    wanted: &Wanted,
    us: Option<&str>,
) -> Result<LiveKind, Error> {
    let mut read = Read { us, objects: BTreeMap::new() };
    let Page { items, next } = match client.take_first_page() {
        Some(page) => page,
        None => page::page(client, None, None).await?,
    };
    let page_size = items.len();
    read.add(items)?;
    if next.is_none() {
        return Ok(LiveKind { total: read.ours(), objects: read.objects, unavailable: false });
    }
    let total = total(client).await?;
    let pages_left = total.saturating_sub(page_size).div_ceil(page_size.max(1));
    // Most ids belong to names, and come with them.
    let unseen = unseen(wanted, &read).count().max(wanted.names.len());
    if unseen <= pages_left && !wanted.all {
        by_name(client, wanted, &mut read).await?;
        let unseen: BTreeSet<Id> = self::unseen(wanted, &read).cloned().collect();
        if unseen.len() <= pages_left {
            by_id(client, unseen, &mut read).await?;
            return Ok(LiveKind { objects: read.objects, total, unavailable: false });
        }
    }
    page::rest(client, None, next, |items| read.add(items)).await?;
    // A page begins at an offset, so a workspace that came or went meanwhile has moved others from
    // one page to another (dossier 3.1).
    if read.ours() != total {
        let Page { items, next } = page::page(client, None, None).await?;
        read.add(items)?;
        page::rest(client, None, next, |items| read.add(items)).await?;
    }
    Ok(LiveKind { total: read.ours(), objects: read.objects, unavailable: false })
}

async fn total(client: &Client) -> Result<usize, Error> {
    let stats = client.call(Message::new(Route::WorkspaceStats)).await?;
    wire::workspace::total(&stats).ok_or_else(|| Error::Unreadable {
        request: "GET /workspaces/stats".to_owned(),
        cause: "it has no total_count".to_owned(),
        unclear: false,
    })
}

fn unseen<'w>(wanted: &'w Wanted, read: &Read<'_>) -> impl Iterator<Item = &'w Id> {
    wanted.ids.iter().filter(|id| !read.objects.contains_key(*id))
}

async fn by_name(client: &Client, wanted: &Wanted, read: &mut Read<'_>) -> Result<(), Error> {
    let pages = concurrently(client, wanted.names.clone(), |client, name| async move {
        page::all(&client, Some(&name)).await
    })
    .await?;
    pages.into_iter().try_for_each(|items| read.add(items))
}

async fn by_id(client: &Client, ids: BTreeSet<Id>, read: &mut Read<'_>) -> Result<(), Error> {
    let found = concurrently(client, ids, |client, id| async move {
        get(&client, Route::GetWorkspace, &id).await
    })
    .await?;
    read.add(found.into_iter().flatten().collect())
}

/// Makes a workspace. One mint per name at a time; the plan knows that none of the name stood, so
/// after a lost answer one that stands is it, and only where none does is there a second mint: a
/// mint that overtakes an earlier one makes two (dossier 7.1).
pub(crate) async fn create(
    client: &Client,
    name: &str,
    attributes: &BTreeMap<String, Filled>,
    us: Option<&str>,
) -> Result<Outcome, Error> {
    let body = Json::Object(body(Kind::Workspace, Verb::Create, attributes)?);
    let lock = client.minting(name);
    let _turn = lock.lock().await;
    let mint = || -> Attempt<'_, Outcome> { Box::pin(mint(client, body.clone())) };
    let find = || -> Attempt<'_, Vec<Id>> {
        Box::pin(async move {
            let mut read = Read { us, objects: BTreeMap::new() };
            read.add(page::all(client, Some(name)).await?)?;
            read.objects.retain(|_, workspace| workspace.ours && workspace.name == name);
            Ok(read.objects.into_keys().collect())
        })
    };
    Ok(match settle(client, Kind::Workspace, name, mint, find).await? {
        Settled::Made(outcome) => outcome,
        Settled::Found(id) => Outcome { id, attributes: None, updated_at: None },
    })
}

/// Mints a token and throws it away: what counts is the workspace that it is for.
async fn mint(client: &Client, body: Json) -> Result<Outcome, Error> {
    let message = Message::new(Route::MintScopedToken)
        .body(body)
        .about(Kind::Workspace, vec![])
        .only_if_undone();
    let answer = client.call(message).await?;
    let unreadable = |cause: &str| Error::Unreadable {
        request: "POST /account/applications/scoped-token".to_owned(),
        cause: cause.to_owned(),
        unclear: true,
    };
    let token = wire::token::minted(&answer).ok_or_else(|| unreadable("it has no token"))?;
    let id = token::workspace_of(client, &token).await;
    let id = id.ok_or_else(|| unreadable("nothing tells which workspace the token is for"))?;
    Ok(Outcome { id, attributes: None, updated_at: None })
}

/// What the workspace `id` of ours is called now. None where it is not there.
pub(crate) async fn name(client: &Client, id: &Id) -> Result<Option<String>, Error> {
    let us = client.identify().await?;
    let Some(shown) = get(client, Route::GetWorkspace, id).await? else { return Ok(None) };
    let workspace = read(shown, us.as_deref())?.filter(|(_, workspace)| workspace.ours);
    Ok(workspace.map(|(_, workspace)| workspace.name))
}

/// What the workspace `id` is called now. Some routes take only a name, and take the wrong workspace
/// where two have one (dossier 7.1).
///
/// # Errors
/// It is not there, or is not the only one of its name.
pub(crate) async fn unique_name(
    client: &Client,
    id: &Id,
    us: Option<&str>,
) -> Result<String, Error> {
    let shown = client.call(Message::new(Route::GetWorkspace).at(&id.0)).await?;
    let Some((_, workspace)) = read(shown, us)? else {
        return Err(Error::WorkspaceGone { id: id.clone() });
    };
    let mut namesakes = Read { us, objects: BTreeMap::new() };
    namesakes.add(page::all(client, Some(&workspace.name)).await?)?;
    namesakes.objects.retain(|_, other| other.ours && other.name == workspace.name);
    if namesakes.objects.keys().any(|other| other != id) {
        let ids = namesakes.objects.into_keys().collect();
        return Err(Error::WorkspaceAmbiguous { name: workspace.name, ids });
    }
    Ok(workspace.name)
}

pub(crate) async fn update(
    client: &Client,
    id: &Id,
    attributes: &BTreeMap<String, Filled>,
    us: Option<&str>,
) -> Result<Outcome, Error> {
    let body = Json::Object(body(Kind::Workspace, Verb::Update, attributes)?);
    let message =
        Message::new(Route::UpdateWorkspace).at(&id.0).body(body).about(Kind::Workspace, vec![]);
    let shown = read(client.call(message).await?, us)?;
    Ok(Outcome {
        id: id.clone(),
        attributes: shown.map(|(_, workspace)| workspace.attributes),
        updated_at: None,
    })
}

/// Deletes a workspace. It may outlast the gateway, which answers 504 while it goes on: a second
/// delete then mostly finds it gone (dossier 3.1). A 404 is believed when the workspace itself is not
/// found either.
pub(crate) async fn delete(client: &Client, id: &Id, us: Option<&str>) -> Result<(), Error> {
    let mut tries = 1;
    let error = loop {
        let message =
            Message::new(Route::DeleteWorkspace).at(&id.0).timeout(DELETE_TIMEOUT).only_if_undone();
        let request = message.request();
        match client.call(message).await {
            Ok(_) => return Ok(()),
            Err(error) if error.status() == Some(404) => {
                break Error::Contradicted { request, id: id.clone() };
            }
            Err(error) if !error.is_unclear() => return Err(error),
            Err(error) if tries == 2 => break error,
            Err(_) => {
                client.wait_after(tries).await;
                tries += 1;
            }
        }
    };
    let shown = get(client, Route::GetWorkspace, id).await?;
    match shown.map(|shown| read(shown, us)).transpose()?.flatten() {
        Some(_) => Err(error),
        None => Ok(()),
    }
}
