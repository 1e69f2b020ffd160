//! Workspaces: dossier 3.1. There is no POST: minting a token makes them.

use super::{Call, Family, Reply, Route, invalid};
use crate::auth::Access;
use crate::fields::{Fields, boolean, non_empty, one_of};
use crate::refusal::Refusal;
use crate::switches::NextStyle;
use crate::world::{Workspace, WorkspaceStatus};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use uuid::Uuid;

const PATH: &str = "/api/v1/workspaces";
const ITEM: &str = "/api/v1/workspaces/{workspace_id}";

pub(super) const ROUTES: &[Route] = &[
    route("GET", PATH, list),
    route("GET", "/api/v1/workspaces/stats", stats),
    route("GET", ITEM, get),
    route("PUT", ITEM, update),
    route("DELETE", ITEM, delete),
];

const fn route(method: &'static str, template: &'static str, handler: super::Handler) -> Route {
    Route { method, template, access: Access::Operator, family: Family::Core, handler }
}

const STATUSES: &[(&str, WorkspaceStatus)] =
    &[("active", WorkspaceStatus::Active), ("inactive", WorkspaceStatus::Inactive)];

fn shown(workspace: &Workspace) -> Value {
    let Workspace {
        id,
        name,
        organization,
        region: _, // returned nowhere (dossier 3.1)
        status,
        cache_enabled,
        tombstone,
        created_at,
        updated_at,
    } = workspace;
    json!({
        "id": id,
        "name": name,
        "organization_id": organization,
        "status": status,
        "cache_enabled": cache_enabled,
        "tombstone": tombstone,
        "created_at": created_at,
        "updated_at": updated_at,
    })
}

fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let status = call.query_word("status", STATUSES)?;
    let name = call.query("name_contains").filter(|part| !part.is_empty()).map(str::to_lowercase);
    let limit = limit(call)?;
    let offset = call.query("cursor").map(read_cursor).transpose()?.unwrap_or(0);
    let organization = Some(call.organization());
    let workspaces = &call.world.workspaces;
    // One row more than the page shows whether there is a next one.
    let mut rows: Vec<&Workspace> = if status.is_none() && name.is_none() {
        workspaces.page(organization, offset, limit + 1).collect()
    } else {
        workspaces
            .listed(organization)
            .filter(|row| status.is_none_or(|status| row.status == status))
            .filter(|row| name.as_ref().is_none_or(|part| row.name.to_lowercase().contains(part)))
            .skip(offset)
            .take(limit + 1)
            .collect()
    };
    let more = rows.len() > limit;
    rows.truncate(limit);
    let mut items: Vec<Value> = rows.into_iter().map(shown).collect();
    // Only inside the page: an order that changed between the pages would hide rows, which no
    // client could make up for.
    call.shuffle(&mut items);
    let next = next(call, more.then_some(offset + limit));
    Ok(Reply::ok(json!({"data": items, "next": next})))
}

fn limit(call: &Call<'_>) -> Result<usize, Refusal> {
    let Some(given) = call.query("limit") else { return Ok(20) };
    let refuse = |message: &str, kind| Err(invalid("query", "limit", message.to_owned(), kind));
    match given.parse::<i64>() {
        Err(_) => refuse(
            "Input should be a valid integer, unable to parse string as an integer",
            "int_parsing",
        ),
        Ok(..=0) => refuse("Input should be greater than or equal to 1", "greater_than_equal"),
        Ok(limit @ 1..=100) => Ok(usize::try_from(limit).unwrap_or(100)),
        Ok(_) => refuse("Input should be less than or equal to 100", "less_than_equal"),
    }
}

fn read_cursor(cursor: &str) -> Result<usize, Refusal> {
    STANDARD
        .decode(cursor)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
        .and_then(|value| value.get("offset")?.as_u64())
        .and_then(|offset| usize::try_from(offset).ok())
        .ok_or_else(|| invalid("query", "cursor", "Invalid cursor".to_owned(), "value_error"))
}

fn next(call: &Call<'_>, offset: Option<usize>) -> Value {
    let style = call.switches.next_style;
    let Some(offset) = offset else {
        return if style == NextStyle::Cursor { "".into() } else { Value::Null };
    };
    let cursor = STANDARD.encode(json!({"offset": offset}).to_string());
    let host = match style {
        NextStyle::Cursor => return cursor.into(),
        NextStyle::Absolute => call.host,
        NextStyle::Relative => "",
        NextStyle::Hostile => "https://api.airbyte.ai.example.net",
    };
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut url = format!("{host}{PATH}?cursor={}", encode(&cursor));
    for (key, value) in call.query.iter().filter(|(key, _)| key != "cursor") {
        url.push_str(&format!("&{}={}", encode(key), encode(value)));
    }
    url.into()
}

fn stats(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let organization = Some(call.organization());
    let total = call.world.workspaces.count(organization);
    let active = call
        .world
        .workspaces
        .listed(organization)
        .filter(|workspace| workspace.status == WorkspaceStatus::Active)
        .count();
    Ok(Reply::ok(json!({
        "active_count": active,
        "inactive_count": total - active,
        "total_count": total,
    })))
}

/// The workspace of the path, if the caller has it and it is not deleted.
fn find<'a>(call: &'a Call<'_>) -> Result<&'a Workspace, Refusal> {
    let id = call.id("workspace_id")?;
    find_by_id(call, id).filter(|workspace| !workspace.tombstone).ok_or_else(|| unknown(id))
}

fn find_by_id<'a>(call: &'a Call<'_>, id: Uuid) -> Option<&'a Workspace> {
    call.world.workspaces.get(id).filter(|workspace| workspace.organization == call.organization())
}

fn unknown(id: Uuid) -> Refusal {
    Refusal::not_found("Workspace", id)
}

fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = call.id("workspace_id")?;
    find_by_id(call, id)
        .filter(|workspace| !workspace.tombstone || call.switches.tombstones_readable)
        .map(|workspace| Reply::ok(shown(workspace)))
        .ok_or_else(|| unknown(id))
}

fn update(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = find(call)?.id;
    let mut body = Fields::of_body(call.body)?;
    let name = body.optional("name", non_empty);
    let status = body.optional("status", one_of(STATUSES));
    let cache_enabled = body.field("cache_enabled", boolean);
    body.finish()?;
    if let Some(name) = &name {
        refuse_taken_name(call, id, name)?;
    }
    let now = call.world.stamp();
    let null_clears = call.switches.null_clears;
    call.world
        .workspaces
        .update(id, |workspace| {
            if let Some(name) = name {
                workspace.name = name;
            }
            if let Some(status) = status {
                workspace.status = status;
            }
            cache_enabled.write_optional(&mut workspace.cache_enabled, null_clears);
            workspace.updated_at = now;
            Reply::ok(shown(workspace))
        })
        .ok_or_else(|| unknown(id))
}

fn refuse_taken_name(call: &Call<'_>, id: Uuid, name: &str) -> Result<(), Refusal> {
    let taken = call.switches.unique_workspace_names
        && call
            .world
            .workspaces
            .named(Some(call.organization()), name)
            .any(|workspace| workspace.id != id);
    if taken {
        return Err(Refusal::duplicate(call.switches.duplicate_status, "Workspace", name));
    }
    Ok(())
}

fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = find(call)?.id;
    let now = call.world.stamp();
    call.world.workspaces.update(id, |workspace| {
        workspace.tombstone = true;
        workspace.updated_at = now;
    });
    if call.switches.workspace_deletes_time_out {
        return Ok(Reply::gateway(504));
    }
    Ok(Reply::ok(json!({"id": id, "deleted_at": now})))
}
