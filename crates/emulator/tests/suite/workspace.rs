//! Workspaces: dossier 3.1.

use crate::harness::{Bench, NOWHERE, items};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use emulator::{NextStyle, Switches, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Instant;

/// A sandbox with this many workspaces `w0`, `w1`, … beside `default`.
fn many(count: usize) -> World {
    let mut world = World::sandbox();
    let home = world.home();
    for n in 0..count {
        world.create_workspace(home, &format!("w{n}"), None);
    }
    world
}

async fn bench_of(count: usize, switches: Switches) -> Bench {
    Bench::start(many(count), switches).await
}

/// The cursor in a `next` of any style.
fn cursor(next: &str) -> String {
    match next.split_once("cursor=") {
        Some((_, rest)) => rest.split('&').next().unwrap().replace("%3D", "="),
        None => next.to_owned(),
    }
}

#[tokio::test]
async fn a_workspace_is_the_same_in_every_answer() {
    let bench = Bench::new().await;
    let id = bench.mint("acme").await;
    let shown = bench.check(&format!("GET /workspaces/{id}"), Value::Null, 200, json!({})).await;
    let keys: Vec<&String> = shown.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "cache_enabled",
            "created_at",
            "id",
            "name",
            "organization_id",
            "status",
            "tombstone",
            "updated_at"
        ]
    );
    let part = json!({"status": "active", "cache_enabled": null, "tombstone": false});
    bench.check(&format!("GET /workspaces/{id}"), Value::Null, 200, part).await;
    let list = bench.send("GET /workspaces?name_contains=acme", Value::Null).await.body;
    assert_eq!(list["data"], json!([shown]));
}

#[tokio::test]
async fn pages_are_followed_by_cursor() {
    let bench = bench_of(44, Switches::default()).await;
    let mut seen = BTreeSet::new();
    let mut path = "/workspaces".to_owned();
    let mut sizes = Vec::new();
    loop {
        let page = bench.send(&format!("GET {path}"), Value::Null).await.body;
        sizes.push(items(&page).len());
        seen.extend(items(&page).iter().map(|item| item["name"].to_string()));
        let Some(next) = page["next"].as_str() else { break };
        let url = bench.emulator.url();
        path = next.strip_prefix(&url).unwrap().to_owned();
    }
    assert_eq!(sizes, [20, 20, 5]);
    assert_eq!(seen.len(), 45);
    let whole = bench.send("GET /workspaces?limit=100", Value::Null).await.body;
    assert_eq!((items(&whole).len(), &whole["next"]), (45, &Value::Null));
}

#[tokio::test]
async fn next_comes_in_four_styles() {
    for (style, starts, end) in [
        (NextStyle::Absolute, "http://127.0.0.1:", Value::Null),
        (NextStyle::Relative, "/api/v1/workspaces?", Value::Null),
        (NextStyle::Cursor, "ey", json!("")),
        (NextStyle::Hostile, "https://api.airbyte.ai.example.net/", Value::Null),
    ] {
        let bench = bench_of(2, Switches { next_style: style, ..Switches::default() }).await;
        let page = bench.send("GET /workspaces?limit=2&name_contains=", Value::Null).await.body;
        let next = page["next"].as_str().unwrap();
        assert!(next.starts_with(starts), "{next}");
        let cursor = cursor(next);
        assert_eq!(STANDARD.decode(&cursor).unwrap(), br#"{"offset":2}"#);
        let last =
            bench.send(&format!("GET /workspaces?limit=2&cursor={cursor}"), Value::Null).await;
        assert_eq!((items(&last.body).len(), &last.body["next"]), (1, &end));
    }
}

#[tokio::test]
async fn limits_cursors_and_filters_are_checked() {
    let bench = bench_of(3, Switches::default()).await;
    for query in ["limit=0", "limit=101", "limit=x", "limit=-1", "cursor=x", "status=gone"] {
        let part = json!({"errors": [{"field": "query."}]});
        bench.check(&format!("GET /workspaces?{query}"), Value::Null, 422, part).await;
    }
    let far = STANDARD.encode(r#"{"offset":18446744073709551615}"#).replace('=', "%3D");
    assert!(bench.names(&format!("GET /workspaces?cursor={far}")).await.is_empty());
    assert_eq!(bench.names("GET /workspaces?name_contains=W1").await, ["w1"]);
    assert_eq!(bench.names("GET /workspaces?name_contains=w&limit=100").await, ["w0", "w1", "w2"]);
    let id = bench.mint("w1").await;
    bench
        .check(&format!("PUT /workspaces/{id}"), json!({"status": "inactive"}), 200, json!({}))
        .await;
    assert_eq!(bench.names("GET /workspaces?status=inactive").await, ["w1"]);
    let stats = json!({"active_count": 3, "inactive_count": 1, "total_count": 4});
    bench.check("GET /workspaces/stats", Value::Null, 200, stats).await;
}

#[tokio::test]
async fn the_order_of_a_page_changes_from_call_to_call() {
    let bench = bench_of(10, Switches::default()).await;
    let order = async || {
        let page = bench.send("GET /workspaces", Value::Null).await.body;
        items(&page).iter().map(|item| item["name"].to_string()).collect::<Vec<_>>()
    };
    assert_ne!(order().await, order().await);
    bench.switch(|switches| switches.shuffle = false);
    assert_eq!(order().await, order().await);
}

#[tokio::test]
async fn put_writes_only_what_it_names() {
    let bench = Bench::new().await;
    let id = bench.mint("acme").await;
    let path = format!("PUT /workspaces/{id}");
    let before =
        bench.check(&path, json!({"cache_enabled": true}), 200, json!({"name": "acme"})).await;
    let after = bench
        .check(
            &path,
            json!({"name": "b", "status": null, "region": "eu"}),
            200,
            json!({"name": "b", "status": "active", "cache_enabled": true}),
        )
        .await;
    assert!(after["updated_at"].as_str() > before["updated_at"].as_str());
    assert_eq!(after["created_at"], before["created_at"]);
    bench.check(&path, json!({"name": ""}), 422, json!({})).await;
    bench
        .check(&path, json!({"status": "gone"}), 422, json!({"message": "'active' or 'inactive'"}))
        .await;
    bench.check(&path, json!({"cache_enabled": "yes"}), 422, json!({"message": "boolean"})).await;
    bench.check(&path, Value::Null, 422, json!({"message": "Field required"})).await;
    bench.check(&format!("PUT /workspaces/{NOWHERE}"), json!({}), 404, json!({})).await;
}

#[tokio::test]
async fn null_inherits_the_cache_or_does_nothing() {
    for (null_clears, after) in [(false, json!(true)), (true, Value::Null)] {
        let bench = Bench::with(Switches { null_clears, ..Switches::default() }).await;
        let path = format!("PUT /workspaces/{}", bench.mint("acme").await);
        bench.check(&path, json!({"cache_enabled": true}), 200, json!({})).await;
        let part = json!({"cache_enabled": after, "name": "acme"});
        bench.check(&path, json!({"cache_enabled": null, "name": null}), 200, part).await;
    }
}

#[tokio::test]
async fn names_may_be_shared_or_not() {
    let bench = Bench::new().await;
    let path = format!("PUT /workspaces/{}", bench.mint("a").await);
    let second = format!("PUT /workspaces/{}", bench.mint("b").await);
    bench.switch(|switches| switches.unique_workspace_names = true);
    bench.check(&path, json!({"name": "b"}), 409, json!({"message": "already exists"})).await;
    bench.check(&second, json!({"name": "b"}), 200, json!({})).await;
    bench.switch(|switches| switches.unique_workspace_names = false);
    bench.check(&path, json!({"name": "b"}), 200, json!({"name": "b"})).await;
}

#[tokio::test]
async fn a_deleted_workspace_is_gone_but_for_its_tombstone() {
    let bench = Bench::new().await;
    let id = bench.mint("acme").await;
    let path = format!("/workspaces/{id}");
    let deleted = bench.check(&format!("DELETE {path}"), Value::Null, 200, json!({"id": id})).await;
    assert!(deleted["deleted_at"].is_string());
    bench.check(&format!("GET {path}"), Value::Null, 404, json!({})).await;
    bench.check(&format!("PUT {path}"), json!({}), 404, json!({})).await;
    bench.check(&format!("DELETE {path}"), Value::Null, 404, json!({})).await;
    assert_eq!(bench.names("GET /workspaces").await, ["default"]);
    bench.switch(|switches| switches.tombstones_readable = true);
    bench.check(&format!("GET {path}"), Value::Null, 200, json!({"tombstone": true})).await;
    assert_ne!(bench.mint("acme").await, id);
}

#[tokio::test]
async fn a_delete_may_outlive_the_gateway() {
    let switches = Switches { workspace_deletes_time_out: true, ..Switches::default() };
    let bench = Bench::with(switches).await;
    let path = format!("/workspaces/{}", bench.mint("acme").await);
    bench.check(&format!("DELETE {path}"), Value::Null, 504, json!("<html>")).await;
    bench.check(&format!("GET {path}"), Value::Null, 404, json!({})).await;
    assert!(
        bench
            .emulator
            .journal()
            .iter()
            .any(|exchange| exchange.status == 504 && exchange.committed)
    );
}

#[tokio::test]
async fn the_default_workspace_can_be_deleted_and_stays_deleted() {
    let bench = Bench::new().await;
    let path = format!("DELETE /workspaces/{}", bench.mint("default").await);
    bench.check(&path, Value::Null, 200, json!({})).await;
    let written = bench.emulator.world().to_json();
    bench.emulator.set_world(World::from_json(&written).unwrap());
    assert!(bench.names("GET /workspaces").await.is_empty());
}

#[tokio::test]
async fn an_id_that_is_none_is_a_validation_error() {
    let bench = Bench::new().await;
    let part = json!({"errors": [{"field": "path.workspace_id", "error_code": "uuid_parsing"}]});
    bench.check("GET /workspaces/acme", Value::Null, 422, part).await;
}

/// A quadratic world would take minutes here.
#[tokio::test]
async fn twenty_thousand_workspaces_are_made_paged_and_deleted_in_linear_time() {
    let started = Instant::now();
    let mut world = many(20_000);
    let home = world.home();
    let offsets = (0..=20_000).step_by(100);
    let read: usize =
        offsets.map(|offset| world.workspaces.page(Some(home), offset, 100).count()).sum();
    assert_eq!(read, 20_001);
    let ids: Vec<_> = world.workspaces.iter().map(|workspace| workspace.id).collect();
    for id in ids {
        world.workspaces.update(id, |workspace| workspace.tombstone = true);
    }
    assert_eq!(world.workspaces.count(Some(home)), 0);
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}
