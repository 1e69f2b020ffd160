//! Connection templates: dossier 3.4.

use crate::harness::{Bench, NOWHERE, S3, items, two_organizations};
use emulator::{Masking, Switches};
use serde_json::{Value, json};

const PATH: &str = "/integrations/templates/connections";
const POST: &str = "POST /integrations/templates/connections";
const LIST: &str = "GET /integrations/templates/connections";

fn lake() -> Value {
    json!({"destination_name": "lake", "destination_definition_id": S3, "destination_config": {}})
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

const COMMON: [&str; 9] = [
    "created_at",
    "cron_expression",
    "data_hosting_type",
    "destination_name",
    "icon",
    "id",
    "organization_id",
    "tags",
    "updated_at",
];

#[tokio::test]
async fn the_users_own_destination_has_everything_and_defaults() {
    let bench = Bench::new().await;
    let part = json!({"data_hosting_type": "user_hosted", "cron_expression": null, "tags": [],
        "non_breaking_changes_preference": "ignore", "sync_on_create": true,
        "destination_definition_id": S3, "icon": "destination-s3"});
    let created = bench.check(POST, lake(), 200, part).await;
    let mut all = [
        COMMON.as_slice(),
        &[
            "destination_config",
            "destination_definition_id",
            "non_breaking_changes_preference",
            "sync_on_create",
        ],
    ]
    .concat();
    all.sort_unstable();
    assert_eq!(keys(&created), all);
    let get = format!("GET {PATH}/{}", created["id"].as_str().unwrap());
    assert_eq!(bench.send(&get, Value::Null).await.body, created);
    assert_eq!(bench.send(LIST, Value::Null).await.body["data"], json!([created]));
}

#[tokio::test]
async fn airbytes_own_destination_has_neither_config_nor_settings() {
    let bench = Bench::new().await;
    let body = json!({"data_hosting_type": "airbyte_hosted", "cron_expression": "0 0 12 * * ?",
        "destination_name": "mine", "destination_config": {"a": 1}});
    let created = bench.check(POST, body, 200, json!({"cron_expression": "0 0 12 * * ?"})).await;
    assert_eq!(keys(&created), COMMON);
    assert_ne!(created["destination_name"], "mine");
    let path = format!("PATCH {PATH}/{}", created["id"].as_str().unwrap());
    let patch = json!({"destination_name": "mine", "destination_config": {"a": 1},
        "sync_on_create": false, "cron_expression": "0 0 6 * * ?"});
    let patched = bench.check(&path, patch, 200, json!({"cron_expression": "0 0 6 * * ?"})).await;
    assert_eq!(patched["destination_name"], created["destination_name"]);
    assert_eq!(keys(&patched), COMMON);
}

#[tokio::test]
async fn what_cannot_be_created_is_refused() {
    let bench = Bench::new().await;
    bench.check(POST, json!({}), 422, json!({"errors": [{}, {}, {}]})).await;
    for (field, value, message) in [
        ("data_hosting_type", json!("cloud"), "'user_hosted' or 'airbyte_hosted'"),
        ("destination_name", json!(""), "at least 1"),
        ("destination_config", json!("{}"), "dictionary"),
        ("destination_definition_id", json!("S3"), "valid UUID"),
        ("non_breaking_changes_preference", json!("all"), "'propagate_fully'"),
        ("sync_on_create", json!(null), "boolean"),
        ("cron_expression", json!("string"), "6 or 7 fields"),
        ("cron_expression", json!("0 12 * * *"), "6 or 7 fields"),
    ] {
        let mut body = lake();
        body[field] = value;
        let part = json!({"message": message, "errors": [{"field": format!("body.{field}")}]});
        bench.check(POST, body, 422, part).await;
    }
    let mut body = lake();
    body["destination_definition_id"] = json!(NOWHERE);
    bench.check(POST, body, 404, json!({"message": "Destination definition"})).await;
    assert!(bench.names(LIST).await.is_empty());
}

#[tokio::test]
async fn a_patch_ignores_what_cannot_change() {
    let bench = Bench::new().await;
    let id = bench.create(POST, lake()).await;
    let patch = json!({"destination_definition_id": NOWHERE, "data_hosting_type": "airbyte_hosted",
        "tags": ["x"], "destination_name": "sea", "destination_config": {"s3_bucket_name": "b"},
        "non_breaking_changes_preference": "disable", "sync_on_create": false});
    let part = json!({"destination_definition_id": S3, "data_hosting_type": "user_hosted",
        "tags": [], "destination_name": "sea", "destination_config": {"s3_bucket_name": "b"},
        "non_breaking_changes_preference": "disable", "sync_on_create": false});
    let path = format!("PATCH {PATH}/{id}");
    bench.check(&path, patch, 200, part.clone()).await;
    bench.check(&path, json!({}), 200, part).await;
    bench.check(&path, json!({"cron_expression": "x"}), 422, json!({"message": "cron"})).await;
}

#[tokio::test]
async fn null_clears_or_does_nothing() {
    for (null_clears, part) in [
        (
            false,
            json!({"cron_expression": "0 0 6 * * ?", "sync_on_create": false,
            "non_breaking_changes_preference": "disable", "destination_config": {"a": 1}}),
        ),
        (
            true,
            json!({"cron_expression": null, "sync_on_create": true,
            "non_breaking_changes_preference": "ignore", "destination_config": {}}),
        ),
    ] {
        let bench = Bench::with(Switches { null_clears, ..Switches::default() }).await;
        let body = json!({"destination_name": "lake", "destination_definition_id": S3,
            "destination_config": {"a": 1}, "cron_expression": "0 0 6 * * ?",
            "non_breaking_changes_preference": "disable", "sync_on_create": false});
        let id = bench.create(POST, body).await;
        let nulls = json!({"cron_expression": null, "sync_on_create": null,
            "non_breaking_changes_preference": null, "destination_config": null,
            "destination_name": null});
        let patched = bench.check(&format!("PATCH {PATH}/{id}"), nulls, 200, part).await;
        assert_eq!(patched["destination_name"], "lake");
    }
}

#[tokio::test]
async fn secrets_come_back_masked() {
    let config = json!({"s3_bucket_name": "b", "secret_access_key": "s3cret"});
    for (masking, expected) in [
        (Masking::Cleartext, config.clone()),
        (Masking::Asterisks, json!({"s3_bucket_name": "b", "secret_access_key": "**********"})),
        (Masking::Dropped, json!({"s3_bucket_name": "b"})),
    ] {
        let bench = Bench::with(Switches { masking, ..Switches::default() }).await;
        let mut body = lake();
        body["destination_config"] = config.clone();
        let created = bench.send(POST, body).await.body;
        assert_eq!(created["destination_config"], expected);
        let list = bench.send(LIST, Value::Null).await.body;
        assert_eq!(items(&list)[0]["destination_config"], expected);
    }
}

#[tokio::test]
async fn names_are_shared_unless_the_switch_says_no() {
    let bench = Bench::new().await;
    bench.create(POST, lake()).await;
    let second = bench.create(POST, lake()).await;
    bench.switch(|switches| switches.unique_template_names = true);
    bench.check(POST, lake(), 409, json!({"message": "already exists"})).await;
    let path = format!("PATCH {PATH}/{second}");
    bench.check(&path, json!({"destination_name": "sea"}), 200, json!({})).await;
    bench.check(&path, json!({"destination_name": "lake"}), 409, json!({})).await;
}

#[tokio::test]
async fn another_organizations_template_is_unknown_and_a_deleted_one_too() {
    let bench = Bench::start(two_organizations(), Switches::default()).await;
    assert_eq!(bench.names(LIST).await, ["S3"]);
    let world = bench.emulator.world();
    for row in world.connection_templates.iter() {
        let status = if row.destination_name == "Theirs" { 404 } else { 200 };
        let id = row.id.to_string();
        let path = format!("{PATH}/{id}");
        bench.check(&format!("GET {path}"), Value::Null, status, json!({})).await;
        bench.check(&format!("PATCH {path}"), json!({}), status, json!({})).await;
        bench.check(&format!("DELETE {path}"), Value::Null, status, json!({})).await;
        bench.check(&format!("GET {path}"), Value::Null, 404, json!({})).await;
    }
    assert!(bench.names(LIST).await.is_empty());
}

#[tokio::test]
async fn lists_are_filtered_by_tag() {
    let bench = Bench::start(two_organizations(), Switches::default()).await;
    bench.create(POST, lake()).await;
    assert_eq!(bench.names(&format!("{LIST}?tags=crm")).await, ["S3"]);
    assert_eq!(bench.names(LIST).await, ["S3", "lake"]);
}

#[tokio::test]
async fn cron_expressions_are_judged() {
    let bench = Bench::new().await;
    let path = "POST /integrations/templates/connections/cron/describe";
    let judge = |expression: &str| json!({"cron_expression": expression});
    bench.check(path, judge("0 0 12 * * ?"), 200, json!({"is_valid": true})).await;
    let wrong = json!({"is_valid": false, "description": "6 or 7 fields"});
    bench.check(path, judge("0 12 * * *"), 200, wrong).await;
    bench.check(path, json!({}), 422, json!({})).await;
}
