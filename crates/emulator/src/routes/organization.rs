//! Views of what stands in a whole organization or a workspace: dossier 3.6. None of them is public.

use super::page::{self, Page};
use super::{Call, Family, Handler, Reply, Route, workspace};
use crate::auth::{Access, foreign};
use crate::catalog::{Definition, Side};
use crate::ids;
use crate::masking;
use crate::refusal::Refusal;
use crate::world::{Connection, Connector, Destination, Workspace};
use serde_json::{Value, json};
use std::cmp::Ordering;
use uuid::Uuid;

const DESTINATIONS: &str = "/api/v1/integrations/destinations";

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/v1/organizations/{organization_id}/credentials", credentials),
    route("GET", DESTINATIONS, destinations),
    route("GET", "/api/v1/integrations/destinations/{id}", destination),
    route("GET", "/api/v1/internal/connections", connections),
];

const fn route(method: &'static str, template: &'static str, handler: Handler) -> Route {
    Route { method, template, access: Access::Operator, family: Family::Organization, handler }
}

/// What the list of credentials is sorted by.
#[derive(Clone, Copy)]
enum SortField {
    Name,
    Customer,
    CreatedAt,
    /// How much and how lately something was used. Nothing ever is, here.
    Use,
}

const SORT_FIELDS: &[(&str, SortField)] = &[
    ("name", SortField::Name),
    ("customer", SortField::Customer),
    ("created_at", SortField::CreatedAt),
    ("last_accessed", SortField::Use),
    ("direct_queries_30d", SortField::Use),
    ("replications_30d", SortField::Use),
];

/// Every connector of the organization with its workspace: what the connector's own routes withhold.
fn credentials(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    if call.id("organization_id")? != call.organization() {
        return Err(foreign());
    }
    let limit = page::number(call, "limit", 1..=200)?.unwrap_or(50);
    let offset = page::number(call, "offset", 0..=i64::MAX)?.unwrap_or(0);
    let field = call.query_word("sort_field", SORT_FIELDS)?.unwrap_or(SortField::Use);
    let descending =
        call.query_word("sort_direction", &[("asc", false), ("desc", true)])?.unwrap_or(true);
    let workspace = call.query_id("workspace_id")?;
    let definition = call.query_id("connector_definition_id")?;
    let search = call.query("search").unwrap_or_default().to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&search);
    let mut rows: Vec<&Connector> = call
        .world
        .connectors
        .listed(Some(call.organization()))
        .filter(|row| workspace.is_none_or(|wanted| row.workspace == wanted))
        .filter(|row| definition.is_none_or(|wanted| definition_of(call, row) == Some(wanted)))
        .filter(|row| search.is_empty() || has(&row.name) || has(customer(call, row)))
        .collect();
    let total = rows.len();
    let order = |a: &&Connector, b: &&Connector| {
        let order = compare(call, field, a, b);
        if descending { order.reverse() } else { order }
    };
    let items: Vec<Value> = part(&mut rows, offset, limit, order)
        .iter()
        .map(|connector| shown_credential(call, connector))
        .collect();
    Ok(Reply::ok(json!({"data": items, "total": total})))
}

fn workspace_of<'a>(call: &'a Call<'_>, connector: &Connector) -> Option<&'a Workspace> {
    call.world.workspaces.get(connector.workspace)
}

/// The name of the workspace.
fn customer<'a>(call: &'a Call<'_>, connector: &Connector) -> &'a str {
    workspace_of(call, connector).map_or("", |workspace| workspace.name.as_str())
}

fn definition_of(call: &Call<'_>, connector: &Connector) -> Option<Uuid> {
    let template = call.world.source_templates.get(connector.source_template);
    template.map(|template| template.definition)
}

/// The order of two connectors, ascending. Those that were never used have an order for the length
/// of one call only: sorted so, they move while a client pages (dossier 3.6).
fn compare(call: &Call<'_>, field: SortField, a: &Connector, b: &Connector) -> Ordering {
    let order = match field {
        SortField::Name => a.name.cmp(&b.name),
        SortField::Customer => customer(call, a).cmp(customer(call, b)),
        SortField::CreatedAt => a.created_at.cmp(&b.created_at),
        SortField::Use if call.switches.shuffle => {
            let place = |id: Uuid| ids::mix(id.as_u64_pair().0 ^ ids::mix(call.seed));
            place(a.id).cmp(&place(b.id))
        }
        SortField::Use => Ordering::Equal,
    };
    order.then_with(|| a.id.cmp(&b.id))
}

fn shown_credential(call: &Call<'_>, connector: &Connector) -> Value {
    let workspace = workspace_of(call, connector);
    let template = call.world.source_templates.get(connector.source_template);
    json!({
        "id": connector.id,
        "workspace_id": connector.workspace,
        "workspace_name": customer(call, connector),
        "workspace_tombstone": workspace.is_none_or(|workspace| workspace.tombstone),
        "connector_definition_id": definition_of(call, connector),
        "connector_name": connector.name,
        "connector_mode": template.map(|template| template.mode),
        "entities": connector.entities,
        "created_at": connector.created_at,
        "last_accessed_at": null,
        "direct_queries_30d": 0,
        "replications_30d": 0,
        "context_store_status": null,
        "context_store_entity_count": null,
    })
}

/// The rows from `offset` on, at most `limit`, in order. Only they are sorted: a client reads a large
/// list in many pages, and each would sort it all.
fn part<T>(
    rows: &mut [T],
    offset: usize,
    limit: usize,
    order: impl Fn(&T, &T) -> Ordering,
) -> &[T] {
    if offset >= rows.len() {
        return &[];
    }
    let (_, _, behind) = rows.select_nth_unstable_by(offset, &order);
    // The row at the offset itself is the first of the page.
    let more = limit.saturating_sub(1);
    if more < behind.len() {
        behind.select_nth_unstable_by(more, &order);
    }
    let end = offset.saturating_add(limit).min(rows.len());
    let page = rows.get_mut(offset..end).unwrap_or_default();
    page.sort_unstable_by(&order);
    page
}

fn shown_destination(call: &Call<'_>, destination: &Destination) -> Value {
    let Destination {
        id,
        organization: _,
        workspace: _,
        name,
        definition,
        destination_config,
        created_at,
    } = destination;
    let known = call.catalog.get(Side::Destination, *definition);
    let schema = known.map_or(&Value::Null, Definition::connection_specification);
    json!({
        "id": id,
        "name": name,
        "destination_definition_id": definition,
        "destination_type": known.map(Definition::slug),
        "destination_config":
            masking::masked(destination_config, schema, call.switches.masking, *id),
        "created_at": created_at,
    })
}

/// The workspace that `workspace_id` of the query names.
fn workspace_asked(call: &Call<'_>) -> Result<Uuid, Refusal> {
    let Some(id) = call.query_id("workspace_id")? else {
        let message = "Field required".to_owned();
        return Err(super::invalid("query", "workspace_id", message, "missing"));
    };
    workspace::live(call, id).map(|workspace| workspace.id).ok_or_else(|| workspace::unknown(id))
}

fn destinations(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let workspace = workspace_asked(call)?;
    let asked = Page::asked(call)?;
    let mut rows: Vec<&Destination> = call
        .world
        .destinations
        .in_workspace(workspace)
        .skip(asked.offset)
        .take(asked.limit + 1)
        .collect();
    let more = rows.len() > asked.limit;
    rows.truncate(asked.limit);
    let items = rows.into_iter().map(|row| shown_destination(call, row)).collect();
    Ok(asked.reply(call, DESTINATIONS, items, more))
}

fn destination(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = call.id("id")?;
    call.world
        .destinations
        .get(id)
        .filter(|destination| destination.organization == call.organization())
        .map(|destination| Reply::ok(shown_destination(call, destination)))
        .ok_or_else(|| Refusal::not_found("Destination", id))
}

fn connections(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let workspace = workspace_asked(call)?;
    let mut items: Vec<Value> =
        call.world.connections.in_workspace(workspace).map(shown_connection).collect();
    call.shuffle(&mut items);
    let total = items.len();
    Ok(Reply::ok(json!({"data": items, "total": total})))
}

fn shown_connection(connection: &Connection) -> Value {
    let Connection {
        id,
        organization: _,
        workspace,
        name,
        connector,
        destination,
        connection_template: _, // no route tells it
        status,
        cron_expression,
        non_breaking_changes_preference: _, // not among the documented fields
        synced_on_create: _,                // not among the documented fields
        created_at,
    } = connection;
    // The form of the schedule is not documented; this is the platform's.
    let schedule = match cron_expression {
        Some(cron) => json!({"schedule_type": "cron", "cron_expression": cron}),
        None => json!({"schedule_type": "manual"}),
    };
    json!({
        "connection_id": id,
        "name": name,
        "source_id": connector,
        "destination_id": destination,
        "workspace_id": workspace,
        "status": status,
        "schedule": schedule,
        "created_at": created_at.unix_seconds(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(offset: usize, limit: usize, expected: &[u32]) {
        let mut rows = [7, 3, 9, 1, 5];
        assert_eq!(part(&mut rows, offset, limit, u32::cmp), expected);
    }

    #[test]
    fn a_part_is_sorted_without_the_rest() {
        check(0, 2, &[1, 3]);
        check(1, 1, &[3]);
        check(2, 2, &[5, 7]);
        check(3, 5, &[7, 9]);
        check(4, usize::MAX, &[9]);
        check(5, 2, &[]);
        check(0, 5, &[1, 3, 5, 7, 9]);
    }
}
