//! Workspaces: dossier 3.1. There is no POST: minting a token makes them.

use super::page::Page;
use super::{Call, Family, Reply, Route};
use crate::auth::Access;
use crate::fields::{Fields, boolean, non_empty, one_of};
use crate::refusal::Refusal;
use crate::world::{ConnectionStatus, Workspace, WorkspaceStatus};
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
    let Page { offset, limit } = Page::asked(call)?;
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
    let items = rows.into_iter().map(shown).collect();
    Ok(Page { offset, limit }.reply(call, PATH, items, more))
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
    live(call, id).ok_or_else(|| unknown(id))
}

/// The workspace with this id, if the caller has it and it is not deleted.
pub(super) fn live<'a>(call: &'a Call<'_>, id: Uuid) -> Option<&'a Workspace> {
    find_by_id(call, id).filter(|workspace| !workspace.tombstone)
}

fn find_by_id<'a>(call: &'a Call<'_>, id: Uuid) -> Option<&'a Workspace> {
    call.world.workspaces.get(id).filter(|workspace| workspace.organization == call.organization())
}

pub(super) fn unknown(id: Uuid) -> Refusal {
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
    match status {
        Some(WorkspaceStatus::Inactive) => {
            call.world.set_connections(id, ConnectionStatus::Inactive);
        }
        // Nothing says that what was disabled is enabled again (dossier 3.1).
        Some(WorkspaceStatus::Active) if call.switches.activation_enables_connections => {
            call.world.set_connections(id, ConnectionStatus::Active);
        }
        Some(WorkspaceStatus::Active) | None => {}
    }
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
    call.world.delete_workspace(id, call.switches.deleted_workspaces_keep_connectors);
    if call.switches.workspace_deletes_time_out {
        return Ok(Reply::gateway(504));
    }
    Ok(Reply::ok(json!({"id": id, "deleted_at": call.world.now()})))
}
