//! An organization's own OAuth apps: dossier 3.7.

use crate::harness::{Bench, GITHUB, NOWHERE, OURS, S3, two_organizations};
use emulator::{Catalog, Config, Switches, World};
use serde_json::{Value, json};

const PUT: &str = "PUT /oauth/credentials";
const DELETE: &str = "DELETE /oauth/credentials/connector_type";

fn app(secret: &str) -> Value {
    json!({"connector_type": "GitHub",
        "configuration": {"client_id": "id", "client_secret": secret}})
}

/// The configurations that the world holds, by connector.
fn stored(bench: &Bench) -> Vec<(String, Value)> {
    let world = bench.emulator.world();
    let rows = world.oauth_credentials.iter();
    rows.map(|row| (row.connector_name.clone(), json!(row.configuration))).collect()
}

#[tokio::test]
async fn an_app_is_created_then_replaced_and_never_shown() {
    let bench = Bench::start(two_organizations(), Switches::default()).await;
    let part = json!({"scope_type": "organization", "scope_id": OURS, "connector_type": "source",
        "connector_definition_id": GITHUB});
    let created = bench.check(PUT, app("s3cret"), 200, part).await;
    assert_eq!(created.as_object().unwrap().len(), 7);
    assert_eq!(created["created_at"], created["updated_at"]);
    let by_id = json!({"connector_definition_id": GITHUB, "connector_type": null,
        "configuration": {"client_id": "other"}});
    let part = json!({"id": created["id"], "created_at": created["created_at"]});
    let replaced = bench.check(PUT, by_id, 200, part).await;
    assert!(replaced["updated_at"].as_str() > created["updated_at"].as_str());
    assert_eq!(stored(&bench), [("GitHub".to_owned(), json!({"client_id": "other"}))]);
    let destination = json!({"connector_definition_id": S3, "configuration": {}});
    bench.check(PUT, destination, 200, json!({"connector_type": "destination"})).await;
    let both = json!({"connector_type": "bigQUERY", "configuration": {}});
    bench.check(PUT, both, 200, json!({"connector_type": "destination"})).await;
    let shared = json!({"connector_type": "Postgres", "configuration": {}});
    bench.check(PUT, shared, 200, json!({"connector_type": "source"})).await;
    assert_eq!(stored(&bench).len(), 4);
    bench.check("GET /oauth/credentials", Value::Null, 405, json!({})).await;
}

#[tokio::test]
async fn what_cannot_be_written_is_refused() {
    let bench = Bench::new().await;
    let exactly = "Exactly one of connector_type or connector_definition_id must be provided";
    for (body, status, message) in [
        (json!({"configuration": {}}), 422, exactly),
        (
            json!({"configuration": {}, "connector_type": "GitHub",
                "connector_definition_id": GITHUB}),
            422,
            exactly,
        ),
        (json!({"connector_type": "GitHub"}), 422, "Field required"),
        (json!({"connector_type": "GitHub", "configuration": "x"}), 422, "valid dictionary"),
        (json!({"connector_type": "git_hub", "configuration": {}}), 404, "'git_hub' not found"),
        (json!({"connector_definition_id": NOWHERE, "configuration": {}}), 404, "not found"),
        (json!({"connector_definition_id": "GitHub", "configuration": {}}), 422, "valid UUID"),
    ] {
        bench.check(PUT, body, status, json!({"message": message})).await;
    }
    let mut unknown = app("s");
    unknown["workspace_name"] = json!("acme");
    let part = json!({"errors": [{"field": "body.workspace_name",
        "message": "Extra inputs are not permitted", "error_code": "extra_forbidden"}]});
    bench.check(PUT, unknown, 422, part).await;
    assert!(stored(&bench).is_empty());
}

#[tokio::test]
async fn the_connector_says_what_an_app_needs() {
    let catalog = Catalog::from_json(&format!(
        r#"{{"destinations": [], "sources": [{{"name": "GitHub", "dockerRepository": "a/b",
        "sourceDefinitionId": "{GITHUB}", "spec": {{"connectionSpecification": {{}},
        "advanced_auth": {{"oauth_config_specification": {{
            "complete_oauth_server_input_specification": {{"required": ["client_id",
                "client_secret"]}}}}}}}}}}]}}"#
    ));
    let config = Config { catalog: catalog.unwrap(), ..Config::default() };
    let bench = Bench::of(config).await;
    bench.check(PUT, app("s"), 200, json!({})).await;
    let body = json!({"connector_type": "GitHub", "configuration": {"client_id": "x"}});
    let part = json!({"errors": [{"field": "body.configuration",
        "message": "required property 'client_secret' not found"}]});
    bench.check(PUT, body, 422, part).await;
}

#[tokio::test]
async fn an_app_is_deleted_once_and_again() {
    let bench = Bench::new().await;
    bench.check(PUT, app("s"), 200, json!({})).await;
    for committed in [true, false] {
        let answer = bench.send(&format!("{DELETE}/github"), Value::Null).await;
        assert_eq!((answer.status, answer.body), (204, json!("")));
        assert!(!answer.headers.contains_key("content-type"));
        let journal = bench.emulator.journal();
        let exchange = journal.last().unwrap();
        assert_eq!((exchange.committed, &exchange.response_text), (committed, &None));
        assert!(stored(&bench).is_empty());
    }
    bench
        .check(&format!("{DELETE}/git%20hub"), Value::Null, 404, json!({"message": "'git hub'"}))
        .await;
}

#[tokio::test]
async fn an_app_is_its_organizations_own() {
    let world = World::from_json(
        r#"{"organizations": [{"name": "ours"}, {"name": "theirs"}], "oauth_credentials": [
            {"connector": "GitHub", "organization": "theirs", "configuration": {"client_id": "x"}}]}"#,
    );
    let bench = Bench::start(world.unwrap(), Switches::default()).await;
    bench.check(&format!("{DELETE}/GitHub"), Value::Null, 204, json!("")).await;
    assert_eq!(stored(&bench).len(), 1);
    bench.check(PUT, app("s"), 200, json!({})).await;
    assert_eq!(stored(&bench).len(), 2);
}
