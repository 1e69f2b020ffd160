//! Template tags: dossier 3.2.

use crate::harness::{Bench, GITHUB, NOWHERE, S3};
use emulator::Switches;
use serde_json::{Value, json};

const TAGS: &str = "/integrations/templates/tags";
const SOURCES: &str = "/integrations/templates/sources";
const CONNECTIONS: &str = "/integrations/templates/connections";

async fn tag(bench: &Bench, name: &str) {
    bench.check(&format!("POST {TAGS}"), json!({"name": name}), 200, json!({"name": name})).await;
}

/// A template of each kind, as the paths to them.
async fn templates(bench: &Bench) -> [String; 2] {
    let source = json!({"actor_definition_id": GITHUB, "partial_default_config": {}});
    let connection = json!({"destination_name": "lake", "destination_definition_id": S3,
        "destination_config": {}});
    let source = bench.create(&format!("POST {SOURCES}"), source).await;
    let connection = bench.create(&format!("POST {CONNECTIONS}"), connection).await;
    [format!("{SOURCES}/{source}"), format!("{CONNECTIONS}/{connection}")]
}

#[tokio::test]
async fn a_tag_is_made_listed_renamed_and_deleted() {
    let bench = Bench::new().await;
    tag(&bench, "crm").await;
    tag(&bench, "pro tier/é?").await;
    let list =
        bench.check(&format!("GET {TAGS}"), Value::Null, 200, json!({"data": [{}, {}]})).await;
    assert_eq!(
        list["data"][0].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["created_at", "id", "name", "organization_id", "updated_at"]
    );
    let renamed = json!({"name": "CRM"});
    bench.check(&format!("PUT {TAGS}/crm"), renamed.clone(), 200, renamed).await;
    bench.check(&format!("PUT {TAGS}/crm"), json!({"name": "x"}), 404, json!({})).await;
    let deleted = bench.check(&format!("DELETE {TAGS}/CRM"), Value::Null, 200, json!({})).await;
    assert!(deleted["id"].is_string() && deleted["deleted_at"].is_string());
    bench.check(&format!("DELETE {TAGS}/CRM"), Value::Null, 404, json!({})).await;
}

#[tokio::test]
async fn a_tag_with_a_slash_can_be_made_but_not_reached() {
    let bench = Bench::new().await;
    tag(&bench, "a/b").await;
    let gone = json!({"detail": "Not Found"});
    bench.check(&format!("DELETE {TAGS}/a%2Fb"), Value::Null, 404, gone.clone()).await;
    bench.check(&format!("DELETE {TAGS}/a/b"), Value::Null, 404, gone).await;
    tag(&bench, "50% é").await;
    bench.check(&format!("DELETE {TAGS}/50%25%20%C3%A9"), Value::Null, 200, json!({})).await;
}

#[tokio::test]
async fn names_are_checked() {
    let bench = Bench::new().await;
    let create = format!("POST {TAGS}");
    tag(&bench, &"é".repeat(255)).await;
    bench.check(&create, json!({"name": "x".repeat(256)}), 422, json!({"message": "255"})).await;
    bench.check(&create, json!({"name": ""}), 422, json!({"message": "at least 1"})).await;
    bench.check(&create, json!({"name": 5}), 422, json!({"message": "valid string"})).await;
    tag(&bench, "a").await;
    tag(&bench, "b").await;
    for status in [409, 400, 422] {
        bench.switch(|switches| switches.duplicate_status = status);
        let part = json!({"message": "already exists"});
        bench.check(&create, json!({"name": "a"}), status, part.clone()).await;
        bench.check(&format!("PUT {TAGS}/b"), json!({"name": "a"}), status, part).await;
    }
    bench.check(&format!("PUT {TAGS}/a"), json!({"name": "a"}), 200, json!({})).await;
}

#[tokio::test]
async fn templates_are_tagged_and_untagged() {
    let bench = Bench::new().await;
    tag(&bench, "crm").await;
    for path in templates(&bench).await {
        let (post, delete) = (format!("POST {path}/tags"), format!("DELETE {path}/tags/crm"));
        let get = format!("GET {path}");
        let before = bench.send(&get, Value::Null).await.body;
        let tagged = bench.check(&post, json!({"tag": "crm"}), 200, json!({"tags": ["crm"]})).await;
        assert!(tagged["updated_at"].as_str() > before["updated_at"].as_str());
        let again = json!({"message": "already has the tag"});
        bench.check(&post, json!({"tag": "crm"}), 409, again).await;
        bench.check(&get, Value::Null, 200, json!({"tags": ["crm"]})).await;
        let untagged = bench.check(&delete, Value::Null, 200, json!({})).await;
        assert_eq!(untagged.as_object().unwrap().keys().collect::<Vec<_>>(), ["deleted_at"]);
        bench.check(&delete, Value::Null, 404, json!({"message": "does not have"})).await;
        let after = bench.check(&get, Value::Null, 200, json!({"tags": []})).await;
        assert!(after["updated_at"].as_str() > tagged["updated_at"].as_str());
        bench.check(&post, json!({}), 422, json!({"message": "Field required"})).await;
    }
    for path in [SOURCES, CONNECTIONS] {
        let post = format!("POST {path}/{NOWHERE}/tags");
        bench.check(&post, json!({"tag": "crm"}), 404, json!({"message": NOWHERE})).await;
    }
}

#[tokio::test]
async fn an_undefined_tag_is_unknown_or_made() {
    let bench = Bench::new().await;
    for (path, name) in templates(&bench).await.iter().zip(["first", "second"]) {
        bench.switch(|switches| switches.tagging_creates_tags = false);
        let post = format!("POST {path}/tags");
        bench.check(&post, json!({"tag": name}), 404, json!({"message": "not found"})).await;
        bench.switch(|switches| switches.tagging_creates_tags = true);
        bench.check(&post, json!({"tag": name}), 200, json!({"tags": [name]})).await;
    }
    assert_eq!(bench.names(&format!("GET {TAGS}")).await, ["first", "second"]);
}

#[tokio::test]
async fn untagging_may_answer_with_the_template() {
    let switches = Switches { untag_returns_template: true, ..Switches::default() };
    let bench = Bench::with(switches).await;
    tag(&bench, "crm").await;
    for path in templates(&bench).await {
        bench.check(&format!("POST {path}/tags"), json!({"tag": "crm"}), 200, json!({})).await;
        let delete = format!("DELETE {path}/tags/crm");
        let body = bench.check(&delete, Value::Null, 200, json!({"tags": []})).await;
        assert!(path.ends_with(body["id"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn a_rename_keeps_what_is_tagged_and_a_delete_unties_it() {
    let bench = Bench::new().await;
    let templates = templates(&bench).await;
    for name in ["crm", "pro"] {
        tag(&bench, name).await;
        for path in &templates {
            bench.check(&format!("POST {path}/tags"), json!({"tag": name}), 200, json!({})).await;
        }
    }
    bench.check(&format!("PUT {TAGS}/crm"), json!({"name": "sales"}), 200, json!({})).await;
    for path in &templates {
        let part = json!({"tags": ["sales", "pro"]});
        bench.check(&format!("GET {path}"), Value::Null, 200, part).await;
    }
    bench.check(&format!("DELETE {TAGS}/sales"), Value::Null, 200, json!({})).await;
    for path in &templates {
        bench.check(&format!("GET {path}"), Value::Null, 200, json!({"tags": ["pro"]})).await;
    }
}

#[tokio::test]
async fn the_tag_routes_may_vanish() {
    let bench = Bench::with(Switches { tag_routes: false, ..Switches::default() }).await;
    let gone = json!({"detail": "Not Found"});
    bench.check(&format!("GET {TAGS}"), Value::Null, 404, gone.clone()).await;
    bench.check(&format!("POST {SOURCES}/{NOWHERE}/tags"), json!({"tag": "x"}), 404, gone).await;
    bench.check(&format!("GET {SOURCES}"), Value::Null, 200, json!({})).await;
}
