//! Views of a whole organization: dossier 3.6.

use crate::harness::{Bench, GITHUB, NOWHERE, OURS, S3, THEIRS, items};
use emulator::{Masking, Switches, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Two organizations; ours has six connectors in two workspaces, with a destination for each.
fn world() -> World {
    World::from_json(&format!(
        r#"{{
        "organizations": [{{"name": "ours", "id": "{OURS}"}}, {{"name": "theirs", "id": "{THEIRS}"}}],
        "workspaces": [{{"name": "acme"}}, {{"name": "globex"}},
            {{"name": "acme", "organization": "theirs"}}],
        "connection_templates": [{{"destination": "S3", "destination_name": "lake",
            "destination_config": {{"s3_bucket_name": "b", "secret_access_key": "s3cret"}},
            "cron_expression": "0 0 12 * * ?"}}],
        "connectors": [
            {{"workspace": "acme", "source_template": "GitHub", "name": "c1",
                "entities": [{{"entity": "issues"}}]}},
            {{"workspace": "globex", "source_template": "Stripe", "name": "c2"}},
            {{"workspace": "acme", "source_template": "HubSpot", "name": "c3"}},
            {{"workspace": "globex", "source_template": "GitHub", "name": "c4"}},
            {{"workspace": "acme", "source_template": "GitHub", "name": "c5"}},
            {{"workspace": "acme", "source_template": "GitHub", "name": "c6"}},
            {{"workspace": "acme", "source_template": "GitHub", "name": "x",
                "organization": "theirs"}}]
        }}"#
    ))
    .unwrap()
}

async fn bench() -> Bench {
    Bench::start(world(), Switches::default()).await
}

fn workspace(bench: &Bench, name: &str) -> String {
    let world = bench.emulator.world();
    world.workspaces.named(Some(world.home()), name).next().unwrap().id.to_string()
}

/// The names of connectors in the order of the answer.
async fn names(bench: &Bench, query: &str) -> Vec<String> {
    let ask = format!("GET /organizations/{OURS}/credentials?{query}");
    let answer = bench.check(&ask, Value::Null, 200, json!({})).await;
    let name = |item: &Value| item["connector_name"].as_str().unwrap().to_owned();
    items(&answer).iter().map(name).collect()
}

#[tokio::test]
async fn one_list_tells_every_connectors_workspace() {
    let bench = bench().await;
    let ask = format!("GET /organizations/{OURS}/credentials?search=c1");
    let answer = bench.send(&ask, Value::Null).await.body;
    let world = bench.emulator.world();
    let connector = world.connectors.named(Some(world.home()), "c1").next().unwrap();
    assert_eq!(
        answer,
        json!({"total": 1, "data": [{
            "id": connector.id, "workspace_id": connector.workspace, "workspace_name": "acme",
            "workspace_tombstone": false, "connector_definition_id": GITHUB,
            "connector_name": "c1", "connector_mode": "MULTI",
            "created_at": connector.created_at,
            "entities": [{"entity": "issues", "modes": null}],
            "last_accessed_at": null, "direct_queries_30d": 0, "replications_30d": 0,
            "context_store_status": null, "context_store_entity_count": null}]})
    );
}

#[tokio::test]
async fn credentials_are_filtered_sorted_and_paged() {
    let bench = bench().await;
    let acme = workspace(&bench, "acme");
    let by_name = "sort_field=name&sort_direction=asc";
    for (query, expected) in [
        (by_name.to_owned(), vec!["c1", "c2", "c3", "c4", "c5", "c6"]),
        (
            "sort_field=created_at&sort_direction=desc".to_owned(),
            vec!["c6", "c5", "c4", "c3", "c2", "c1"],
        ),
        (format!("{by_name}&limit=2&offset=3"), vec!["c4", "c5"]),
        (format!("{by_name}&limit=200&offset=5"), vec!["c6"]),
        (format!("{by_name}&offset=6"), vec![]),
        (format!("{by_name}&workspace_id={acme}"), vec!["c1", "c3", "c5", "c6"]),
        (format!("{by_name}&connector_definition_id={GITHUB}&search=GLOB"), vec!["c4"]),
        (format!("{by_name}&search=C3"), vec!["c3"]),
        (format!("{by_name}&workspace_id={NOWHERE}"), vec![]),
    ] {
        assert_eq!(names(&bench, &query).await, expected, "{query}");
    }
    let customers = names(&bench, "sort_field=customer&sort_direction=desc&limit=2").await;
    assert_eq!(
        customers.into_iter().collect::<BTreeSet<_>>(),
        BTreeSet::from(["c2", "c4"].map(str::to_owned))
    );
    let path = format!("GET /organizations/{OURS}/credentials");
    bench.check(&format!("{path}?limit=1"), Value::Null, 200, json!({"total": 6})).await;
    for query in [
        "limit=0",
        "limit=201",
        "limit=x",
        "offset=-1",
        "sort_field=age",
        "sort_direction=up",
        "workspace_id=acme",
        "connector_definition_id=GitHub",
    ] {
        let part = json!({"errors": [{"field": "query."}]});
        bench.check(&format!("{path}?{query}"), Value::Null, 422, part).await;
    }
}

#[tokio::test]
async fn by_default_the_order_moves_while_a_client_pages() {
    let bench = bench().await;
    let mut orders = BTreeSet::new();
    for _ in 0..4 {
        orders.insert(names(&bench, "").await);
    }
    assert!(orders.len() > 1);
    bench.switch(|switches| switches.shuffle = false);
    assert_eq!(names(&bench, "").await, names(&bench, "").await);
}

#[tokio::test]
async fn only_the_own_organization_is_shown_and_the_routes_may_be_absent() {
    let bench = bench().await;
    for (organization, status) in [(OURS, 200), (THEIRS, 403), ("ours", 422)] {
        let ask = format!("GET /organizations/{organization}/credentials");
        bench.check(&ask, Value::Null, status, json!({})).await;
    }
    let acme = workspace(&bench, "acme");
    bench.switch(|switches| switches.organization_routes = false);
    for path in [
        format!("organizations/{OURS}/credentials"),
        format!("integrations/destinations?workspace_id={acme}"),
        format!("internal/connections?workspace_id={acme}"),
    ] {
        let gone = json!({"detail": "Not Found"});
        bench.check(&format!("GET /{path}"), Value::Null, 404, gone).await;
    }
}

#[tokio::test]
async fn connectors_of_a_deleted_workspace_may_be_left_behind() {
    for (keep, left) in
        [(false, vec!["c2", "c4"]), (true, vec!["c1", "c2", "c3", "c4", "c5", "c6"])]
    {
        let switches = Switches { deleted_workspaces_keep_connectors: keep, ..Switches::default() };
        let bench = Bench::start(world(), switches).await;
        let acme = workspace(&bench, "acme");
        bench.check(&format!("DELETE /workspaces/{acme}"), Value::Null, 200, json!({})).await;
        assert_eq!(names(&bench, "sort_field=name&sort_direction=asc").await, left);
        let ask = format!("GET /organizations/{OURS}/credentials?workspace_id={acme}");
        let answer = bench.send(&ask, Value::Null).await.body;
        for item in items(&answer) {
            assert_eq!(item["workspace_tombstone"], true);
            let get = format!("GET /integrations/connectors/{}", item["id"].as_str().unwrap());
            bench.check(&get, Value::Null, 404, json!({})).await;
        }
    }
}

#[tokio::test]
async fn destinations_are_listed_by_workspace_in_pages() {
    let bench = bench().await;
    let acme = workspace(&bench, "acme");
    let list = format!("GET /integrations/destinations?workspace_id={acme}");
    let mut seen = BTreeSet::new();
    let mut ask = format!("{list}&limit=3");
    let mut sizes = Vec::new();
    loop {
        let page = bench.check(&ask, Value::Null, 200, json!({})).await;
        sizes.push(items(&page).len());
        seen.extend(items(&page).iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        ask = format!("GET {}", next.strip_prefix(&bench.emulator.url()).unwrap());
    }
    assert_eq!((sizes, seen.len()), (vec![3, 1], 4));
    let first = seen.first().unwrap();
    let part = json!({"id": first, "name": "lake", "destination_definition_id": S3,
        "destination_type": "s3",
        "destination_config": {"s3_bucket_name": "b", "secret_access_key": "**********"}});
    let get = format!("GET /integrations/destinations/{first}");
    let shown = bench.check(&get, Value::Null, 200, part).await;
    assert_eq!(shown.as_object().unwrap().len(), 6);
    bench.switch(|switches| switches.masking = Masking::Dropped);
    let shown = bench.send(&get, Value::Null).await.body;
    assert_eq!(shown["destination_config"], json!({"s3_bucket_name": "b"}));
    bench
        .check(
            "GET /integrations/destinations",
            Value::Null,
            422,
            json!({"message": "Field required"}),
        )
        .await;
    let ask = format!("GET /integrations/destinations?workspace_id={NOWHERE}");
    bench.check(&ask, Value::Null, 404, json!({})).await;
    bench.check(&format!("{list}&limit=101"), Value::Null, 422, json!({})).await;
    bench
        .check(&format!("GET /integrations/destinations/{NOWHERE}"), Value::Null, 404, json!({}))
        .await;
}

#[tokio::test]
async fn what_is_another_organizations_is_unknown() {
    let switches = Switches { credentials_span_organizations: true, ..Switches::default() };
    let bench = Bench::start(world(), switches).await.with_organization(OURS);
    let acme = workspace(&bench, "acme");
    let list = format!("GET /integrations/destinations?workspace_id={acme}");
    let destinations = bench.send(&list, Value::Null).await.body;
    let destination = items(&destinations)[0]["id"].as_str().unwrap();
    let stripe = json!({"workspace_name": "acme", "connector_type": "Stripe",
        "replication_config": {"account_id": "a", "client_secret": "s"}});
    let check = bench.create("POST /integrations/connectors/check", stripe).await;
    let asks = [
        list.clone(),
        format!("GET /integrations/destinations/{destination}"),
        format!("GET /integrations/connectors/check/{check}/status"),
        format!("GET /internal/connections?workspace_id={acme}"),
    ];
    for ask in &asks {
        bench.check(ask, Value::Null, 200, json!({})).await;
    }
    let bench = bench.with_organization(THEIRS);
    for ask in &asks {
        bench.check(ask, Value::Null, 404, json!({"message": "not found"})).await;
    }
}

#[tokio::test]
async fn connections_are_listed_by_workspace() {
    let bench = bench().await;
    let globex = workspace(&bench, "globex");
    let item = |source: &str| {
        json!({"name": format!("{source} → lake"), "workspace_id": globex, "status": "active",
            "schedule": {"schedule_type": "cron", "cron_expression": "0 0 12 * * ?"}})
    };
    let ask = format!("GET /internal/connections?workspace_id={globex}");
    let part = json!({"data": [item("c2"), item("c4")], "total": 2});
    let answer = bench.check(&ask, Value::Null, 200, part).await;
    let world = bench.emulator.world();
    for item in items(&answer) {
        let id = |key: &str| item[key].as_str().unwrap().parse().unwrap();
        assert!(item["created_at"].is_i64());
        let connection = world.connections.get(id("connection_id")).unwrap();
        assert_eq!(connection.connector, id("source_id"));
        assert_eq!(connection.destination, id("destination_id"));
    }
    bench.check("GET /internal/connections", Value::Null, 422, json!({})).await;
}
