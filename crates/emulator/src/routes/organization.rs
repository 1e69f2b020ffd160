//! Views of what stands in a whole organization or a workspace: dossier 3.6. None of them is public.

use super::page::{self, Page};
use super::{Call, Family, Handler, Reply, Route, workspace};
use crate::auth::{Access, foreign};
use crate::catalog::{Definition, Side};
use crate::ids;
use crate::masking;
use crate::refusal::Refusal;
use crate::world::{Connection, Connector, Destination};
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
    let mut rows: Vec<Row<'_>> = call
        .world
        .connectors
        .listed(Some(call.organization()))
        .map(|connector| Row::of(call, connector))
        .filter(|row| workspace.is_none_or(|wanted| row.connector.workspace == wanted))
        .filter(|row| definition.is_none_or(|wanted| row.definition == Some(wanted)))
        .filter(|row| search.is_empty() || has(&row.connector.name) || has(row.workspace_name))
        .collect();
    let total = rows.len();
    let order = |a: &Row<'_>, b: &Row<'_>| {
        let order = a.compare(b, field, call);
        if descending { order.reverse() } else { order }
    };
    let items: Vec<Value> = part(&mut rows, offset, limit, order).iter().map(Row::shown).collect();
    Ok(Reply::ok(json!({"data": items, "total": total})))
}

/// A connector with what is known of the things around it.
struct Row<'a> {
    connector: &'a Connector,
    workspace_name: &'a str,
    workspace_tombstone: bool,
    definition: Option<Uuid>,
    mode: Value,
}

impl<'a> Row<'a> {
    fn of(call: &'a Call<'_>, connector: &'a Connector) -> Row<'a> {
        let workspace = call.world.workspaces.get(connector.workspace);
        let template = call.world.source_templates.get(connector.source_template);
        Row {
            connector,
            workspace_name: workspace.map_or("", |workspace| workspace.name.as_str()),
            workspace_tombstone: workspace.is_none_or(|workspace| workspace.tombstone),
            definition: template.map(|template| template.definition),
            mode: template.map(|template| template.mode).map_or(Value::Null, |mode| json!(mode)),
        }
    }

    /// The order of two rows, ascending. What is equal has an order for the length of one call only
    /// where it was never used: sorted so, the rows move while a client pages (dossier 3.6).
    fn compare(&self, other: &Row<'_>, field: SortField, call: &Call<'_>) -> Ordering {
        let (mine, others) = (self.connector, other.connector);
        let by_id = mine.id.cmp(&others.id);
        match field {
            SortField::Name => mine.name.cmp(&others.name).then(by_id),
            SortField::Customer => self.workspace_name.cmp(other.workspace_name).then(by_id),
            SortField::CreatedAt => mine.created_at.cmp(&others.created_at).then(by_id),
            SortField::Use if call.switches.shuffle => {
                let place = |id: Uuid| ids::mix(id.as_u64_pair().0 ^ ids::mix(call.seed));
                place(mine.id).cmp(&place(others.id)).then(by_id)
            }
            SortField::Use => by_id,
        }
    }

    fn shown(&self) -> Value {
        let Row { connector, workspace_name, workspace_tombstone, definition, mode } = self;
        json!({
            "id": connector.id,
            "workspace_id": connector.workspace,
            "workspace_name": workspace_name,
            "workspace_tombstone": workspace_tombstone,
            "connector_definition_id": definition,
            "connector_name": connector.name,
            "connector_mode": mode,
            "entities": connector.entities,
            "created_at": connector.created_at,
            "last_accessed_at": null,
            "direct_queries_30d": 0,
            "replications_30d": 0,
            "context_store_status": null,
            "context_store_entity_count": null,
        })
    }
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
