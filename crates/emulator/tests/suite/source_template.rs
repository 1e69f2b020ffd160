//! Source templates: dossier 3.3 and 4.

use crate::harness::{Bench, GITHUB, NOWHERE, OURS, POSTGRES, S3, items, two_organizations};
use emulator::{Masking, Switches};
use serde_json::{Value, json};

const PATH: &str = "/integrations/templates/sources";
const POST: &str = "POST /integrations/templates/sources";
const LIST: &str = "GET /integrations/templates/sources";

fn github() -> Value {
    json!({"actor_definition_id": GITHUB, "partial_default_config": {}})
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn one_template_has_three_shapes() {
    let bench = Bench::new().await;
    let created = bench.send(POST, github()).await.body;
    let detail = [
        "created_at",
        "customization",
        "icon",
        "id",
        "is_experimental",
        "mode",
        "name",
        "partial_default_config",
        "source_definition_id",
        "tags",
        "updated_at",
        "user_config_spec",
    ];
    assert_eq!(keys(&created), detail);
    let id = created["id"].as_str().unwrap();
    let got = bench.send(&format!("GET {PATH}/{id}"), Value::Null).await.body;
    let mut with_more = [detail.as_slice(), &["auth_tooltip", "connector_name"]].concat();
    with_more.sort_unstable();
    assert_eq!(keys(&got), with_more);
    let list = bench.send(LIST, Value::Null).await.body;
    assert_eq!(
        keys(&items(&list)[0]),
        [
            "actor_definition_id",
            "connector_name",
            "created_at",
            "customization",
            "icon",
            "id",
            "mode",
            "name",
            "organization_id",
            "tags",
            "updated_at"
        ]
    );
}

#[tokio::test]
async fn defaults_are_filled_in_and_unknown_fields_ignored() {
    let bench = Bench::new().await;
    let body = json!({"actor_definition_id": GITHUB, "partial_default_config": {"a": 1},
        "tags": ["crm"], "organization_id": NOWHERE, "name": null, "mode": null});
    let part = json!({"name": "GitHub", "mode": "REPLICATION", "customization": null, "tags": [],
        "is_experimental": false, "partial_default_config": {"a": 1},
        "source_definition_id": GITHUB, "icon": "source-github"});
    bench.check(POST, body, 200, part).await;
    let body = json!({"actor_definition_id": GITHUB, "partial_default_config": {},
        "customization": {"stream_selection_mode": "all"}, "mode": "MULTI"});
    let part = json!({"mode": "MULTI", "customization": {"stream_selection_mode": "all",
        "stream_whitelist": null, "stream_customizations": null, "stream_mappers": null}});
    bench.check(POST, body, 200, part).await;
}

#[tokio::test]
async fn what_cannot_be_created_is_refused() {
    let bench = Bench::new().await;
    bench.check(POST, json!({}), 422, json!({"errors": [{}, {}]})).await;
    bench.check(POST, json!([]), 422, json!({"errors": [{"field": "body"}]})).await;
    for unknown in [NOWHERE, S3] {
        let body = json!({"actor_definition_id": unknown, "partial_default_config": {}});
        bench.check(POST, body, 404, json!({"message": "Source definition"})).await;
    }
    let mut body = github();
    body["mode"] = json!("replication");
    bench.check(POST, body, 422, json!({"errors": [{"field": "body.mode"}]})).await;
    let mut body = github();
    body["customization"] = json!({"stream_mappers": {"users": [{"type": "hashing",
        "mapper_configuration": {"target_field": "email", "method": "SHA1"}}]}});
    let field = "body.customization.stream_mappers.users.0.mapper_configuration.method";
    bench.check(POST, body, 422, json!({"errors": [{"field": field}]})).await;
    assert!(bench.names(LIST).await.is_empty());
}

#[tokio::test]
async fn create_and_clone_exclude_each_other() {
    let bench = Bench::new().await;
    let id = bench.create(POST, github()).await;
    let mut both = github();
    both["original_source_template_id"] = json!(id);
    bench.check(POST, both, 422, json!({"message": "exclude each other"})).await;
    let mut empty = github();
    empty["original_source_template_id"] = json!("");
    bench.check(POST, empty, 200, json!({})).await;
    let not_an_id = json!({"original_source_template_id": ""});
    bench.check(POST, not_an_id, 422, json!({"message": "valid UUID"})).await;
}

#[tokio::test]
async fn a_clone_has_everything_but_the_tags_and_forgets_its_origin() {
    let bench = Bench::new().await;
    bench.create("POST /integrations/templates/tags", json!({"name": "crm"})).await;
    let body = json!({"actor_definition_id": GITHUB, "name": "One", "mode": "DIRECT",
        "partial_default_config": {"a": 1}, "customization": {"stream_selection_mode": "all"}});
    let id = bench.create(POST, body).await;
    bench.check(&format!("POST {PATH}/{id}/tags"), json!({"tag": "crm"}), 200, json!({})).await;
    let clone = json!({"original_source_template_id": id, "partial_default_config": {"b": 2}});
    let part = json!({"name": "One", "mode": "DIRECT", "partial_default_config": {"a": 1},
        "customization": {"stream_selection_mode": "all"}, "tags": []});
    let answer = bench.check(POST, clone, 200, part).await;
    assert!(!answer.to_string().contains(&id));
    let clone = json!({"original_source_template_id": id, "name": "Two", "mode": "MULTI"});
    bench.check(POST, clone, 200, json!({"name": "Two", "mode": "MULTI"})).await;
    let clone = json!({"original_source_template_id": NOWHERE});
    bench.check(POST, clone, 404, json!({})).await;
}

#[tokio::test]
async fn lists_hold_own_or_global_templates() {
    let bench = Bench::start(two_organizations(), Switches::default()).await;
    assert_eq!(bench.names(LIST).await, ["GitHub"]);
    let all = bench.names(&format!("{LIST}?use_global=true")).await;
    assert_eq!(all, ["GitHub", "GitHub", "HubSpot", "Stripe"]);
    let global = bench.send(&format!("{LIST}/global"), Value::Null).await.body;
    assert!(items(&global).iter().all(|item| item["organization_id"].is_null()));
    assert_eq!(items(&global).len(), 3);
    let own = bench.send(LIST, Value::Null).await.body;
    assert_eq!(own["data"][0]["organization_id"], OURS);
    bench.switch(|switches| switches.plain_list_has_globals = true);
    assert_eq!(bench.names(LIST).await.len(), 4);
    bench.check(&format!("{LIST}?use_global=x"), Value::Null, 422, json!({})).await;
}

#[tokio::test]
async fn global_templates_are_read_and_cloned_but_not_changed() {
    let bench = Bench::new().await;
    let list = bench.send(&format!("{LIST}/global"), Value::Null).await.body;
    let id = items(&list)[0]["id"].as_str().unwrap();
    bench.check(&format!("GET {PATH}/{id}"), Value::Null, 200, json!({"mode": "MULTI"})).await;
    bench.check(&format!("PATCH {PATH}/{id}"), json!({}), 403, json!({})).await;
    bench.check(&format!("DELETE {PATH}/{id}"), Value::Null, 403, json!({})).await;
    let clone = json!({"original_source_template_id": id, "name": "Ours"});
    bench.check(POST, clone, 200, json!({"name": "Ours"})).await;
    assert_eq!(bench.names(LIST).await, ["Ours"]);
}

#[tokio::test]
async fn another_organizations_template_is_unknown() {
    let bench = Bench::start(two_organizations(), Switches::default()).await;
    let world = bench.emulator.world();
    let theirs = world.source_templates.iter().find(|row| row.name == "Theirs").unwrap().id;
    for ask in ["GET", "PATCH", "DELETE"] {
        bench.check(&format!("{ask} {PATH}/{theirs}"), json!({}), 404, json!({})).await;
    }
    let clone = json!({"original_source_template_id": theirs});
    bench.check(POST, clone, 404, json!({})).await;
}

#[tokio::test]
async fn lists_are_filtered_by_tag() {
    let bench = Bench::new().await;
    for (name, tags) in [("a", vec!["x", "y"]), ("b", vec!["x"]), ("c", vec![])] {
        let mut body = github();
        body["name"] = json!(name);
        let id = bench.create(POST, body).await;
        bench.switch(|switches| switches.tagging_creates_tags = true);
        for tag in tags {
            bench
                .check(&format!("POST {PATH}/{id}/tags"), json!({"tag": tag}), 200, json!({}))
                .await;
        }
    }
    for (query, names) in [
        ("tags=x", vec!["a", "b"]),
        ("tags=x&tags=y", vec!["a"]),
        ("tags=x&tags=y&tags_mode=any", vec!["a", "b"]),
        ("tags=nope", vec![]),
        ("", vec!["a", "b", "c"]),
    ] {
        assert_eq!(bench.names(&format!("{LIST}?{query}")).await, names, "{query}");
    }
    bench.check(&format!("{LIST}?tags_mode=some"), Value::Null, 422, json!({})).await;
}

#[tokio::test]
async fn a_patch_replaces_the_config_and_ignores_the_definition() {
    let bench = Bench::new().await;
    let mut body = github();
    body["partial_default_config"] = json!({"a": 1, "b": {"c": 2}});
    let created = bench.send(POST, body).await.body;
    let path = format!("PATCH {PATH}/{}", created["id"].as_str().unwrap());
    let patch = json!({"partial_default_config": {"b": {}}, "actor_definition_id": POSTGRES,
        "propagate": true});
    let part = json!({"partial_default_config": {"b": {}}, "source_definition_id": GITHUB,
        "name": "GitHub"});
    let patched = bench.check(&path, patch, 200, part).await;
    assert_eq!(patched["partial_default_config"], json!({"b": {}}));
    assert!(patched["updated_at"].as_str() > created["updated_at"].as_str());
    assert_eq!(patched["created_at"], created["created_at"]);
    let part = json!({"name": "New", "mode": "DIRECT", "partial_default_config": {"b": {}}});
    bench.check(&path, json!({"name": "New", "mode": "DIRECT"}), 200, part).await;
    bench.check(&path, json!({"propagate": "yes"}), 422, json!({})).await;
    bench.check(&path, json!({"name": ""}), 422, json!({})).await;
}

#[tokio::test]
async fn null_clears_or_does_nothing() {
    for (null_clears, part) in [
        (
            false,
            json!({"customization": {"stream_selection_mode": "all"}, "mode": "DIRECT",
            "partial_default_config": {"a": 1}, "name": "N"}),
        ),
        (
            true,
            json!({"customization": null, "mode": "REPLICATION",
            "partial_default_config": {}, "name": "N"}),
        ),
    ] {
        let bench = Bench::with(Switches { null_clears, ..Switches::default() }).await;
        let body = json!({"actor_definition_id": GITHUB, "partial_default_config": {"a": 1},
            "customization": {"stream_selection_mode": "all"}, "mode": "DIRECT", "name": "N"});
        let id = bench.create(POST, body).await;
        let nulls = json!({"customization": null, "mode": null, "partial_default_config": null,
            "name": null, "propagate": null});
        bench.check(&format!("PATCH {PATH}/{id}"), nulls, 200, part).await;
    }
}

#[tokio::test]
async fn secrets_come_back_masked_and_a_mask_sent_back_is_taken_literally() {
    let secret = json!({"credentials": {"option_title": "PAT Credentials",
        "personal_access_token": "s3cret"}, "start_date": "2026-01-01T00:00:00Z"});
    for (masking, token) in [
        (Masking::Cleartext, json!("s3cret")),
        (Masking::Asterisks, json!("**********")),
        (Masking::SecretObject, json!({"_secret": "-"})),
        (Masking::Dropped, Value::Null),
    ] {
        let bench = Bench::with(Switches { masking, ..Switches::default() }).await;
        let mut body = github();
        body["partial_default_config"] = secret.clone();
        let id = bench.create(POST, body).await;
        let path = format!("{PATH}/{id}");
        let got = bench.send(&format!("GET {path}"), Value::Null).await.body;
        let config = &got["partial_default_config"];
        assert_eq!(config["start_date"], "2026-01-01T00:00:00Z");
        match config["credentials"].get("personal_access_token") {
            None => assert_eq!(token, Value::Null),
            Some(Value::Object(object)) => assert_eq!(keys(&json!(object)), ["_secret"]),
            Some(other) => assert_eq!(other, &token),
        }
        let stored = |bench: &Bench| {
            let world = bench.emulator.world();
            let template = world.source_templates.get(id.parse().unwrap()).unwrap();
            Value::Object(template.partial_default_config.clone())
        };
        assert_eq!(stored(&bench), secret);
        let back = json!({"partial_default_config": config});
        bench.check(&format!("PATCH {path}"), back, 200, json!({})).await;
        assert_eq!(&stored(&bench), config);
    }
}

#[tokio::test]
async fn what_is_preset_is_not_in_the_users_spec() {
    let bench = Bench::new().await;
    let mut body = github();
    body["partial_default_config"] = json!({"repositories": ["a/b"]});
    let spec = bench.send(POST, body).await.body["user_config_spec"].clone();
    let schema = &spec["connectionSpecification"];
    assert_eq!(schema["required"], json!(["credentials"]));
    assert!(schema["properties"].get("repositories").is_none());
    assert!(schema["properties"].get("start_date").is_some());
    assert_eq!(
        keys(&spec),
        [
            "advanced_auth",
            "connectionSpecification",
            "documentationUrl",
            "supported_destination_sync_modes"
        ]
    );
    assert_eq!(keys(schema), ["$schema", "description", "properties", "required", "title", "type"]);
}

#[tokio::test]
async fn names_may_be_unique() {
    let bench = Bench::new().await;
    bench.create(POST, github()).await;
    let second = bench.create(POST, github()).await;
    bench.switch(|switches| switches.unique_template_names = true);
    bench.check(POST, github(), 409, json!({"message": "'GitHub' already exists"})).await;
    let clone = json!({"original_source_template_id": second});
    bench.check(POST, clone, 409, json!({"message": "already exists"})).await;
    let path = format!("PATCH {PATH}/{second}");
    bench.check(&path, json!({"name": "GitHub"}), 409, json!({"message": "already exists"})).await;
    bench.check(&path, json!({"name": "GitHub (replaced)"}), 200, json!({})).await;
    bench.check(&path, json!({"name": "GitHub (replaced)"}), 200, json!({})).await;
}

#[tokio::test]
async fn a_deleted_template_is_gone() {
    let bench = Bench::new().await;
    let id = bench.create(POST, github()).await;
    let path = format!("{PATH}/{id}");
    let deleted = bench.check(&format!("DELETE {path}"), Value::Null, 200, json!({"id": id})).await;
    assert_eq!(keys(&deleted), ["deleted_at", "id"]);
    bench.check(&format!("GET {path}"), Value::Null, 404, json!({})).await;
    assert!(bench.names(LIST).await.is_empty());
}

#[tokio::test]
async fn a_workspace_sees_a_template_with_its_own_token_only() {
    let bench = Bench::new().await;
    let id = bench.create(POST, github()).await;
    let (own, other) = (bench.mint("acme").await, bench.mint("other").await);
    let path = |workspace: &str| format!("GET {PATH}/{id}/workspace/{workspace}");
    bench.check(&path(&other), Value::Null, 200, json!({})).await;
    bench.check(&path(NOWHERE), Value::Null, 404, json!({})).await;
    let mint = json!({"workspace_name": "acme"});
    let token = bench.send("POST /account/applications/scoped-token", mint).await.body;
    let bench = bench.with_token(token["token"].as_str().unwrap());
    bench.check(&path(&own), Value::Null, 200, json!({"id": id})).await;
    bench.check(&path(&other), Value::Null, 403, json!({"message": "workspace"})).await;
}
