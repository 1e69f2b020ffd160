//! Connector definitions: dossier 3.8.

use crate::harness::{Bench, GITHUB, NOWHERE, POSTGRES, S3};
use serde_json::{Value, json};

const SOURCES: &str = "GET /integrations/definitions/sources";
const DESTINATIONS: &str = "GET /integrations/definitions/destinations";

#[tokio::test]
async fn sources_are_listed_by_part_of_the_name() {
    let bench = Bench::new().await;
    assert_eq!(bench.names(SOURCES).await.len(), 7);
    let github = json!({"definitions": [{"sourceDefinitionId": GITHUB, "name": "GitHub",
        "destinationDefinitionId": null, "dockerRepository": "airbyte/source-github",
        "supportLevel": "certified", "custom": false}]});
    let answer = bench.check(&format!("{SOURCES}?name=gitH"), Value::Null, 200, github).await;
    assert!(answer["definitions"][0].get("spec").is_none());
    assert_eq!(bench.names(&format!("{SOURCES}?name=s")).await.len(), 5);
}

#[tokio::test]
async fn destinations_are_listed_in_another_form_and_by_id() {
    let bench = Bench::new().await;
    let s3 = json!({"destinations": [{"id": S3, "name": "S3", "icon": "icon.svg"}]});
    let path = format!("{DESTINATIONS}?actorDefinitionIds={S3}&actorDefinitionIds={NOWHERE}");
    bench.check(&path, Value::Null, 200, s3).await;
    assert_eq!(
        bench.names(&format!("{DESTINATIONS}?name=S3")).await,
        ["BigQuery", "Postgres", "S3", "Snowflake"]
    );
    let path = format!("{DESTINATIONS}?actorDefinitionIds=S3");
    bench.check(&path, Value::Null, 422, json!({})).await;
}

#[tokio::test]
async fn a_definition_has_its_spec() {
    let bench = Bench::new().await;
    let part = json!({"id": POSTGRES, "example_questions": {"search": []}, "definition": {
        "name": "Postgres", "spec": {"connectionSpecification": {"type": "object",
            "properties": {"password": {"airbyte_secret": true}}}}}});
    let answer = bench.check(&format!("{SOURCES}/{POSTGRES}"), Value::Null, 200, part).await;
    let schema = &answer["definition"]["spec"]["connectionSpecification"];
    assert!(schema.get("additionalProperties").is_none(), "only documented keys pass");
    let part = json!({"id": S3, "definition": {"destinationDefinitionId": S3, "spec": {
        "supported_destination_sync_modes": ["append", "overwrite"]}}});
    bench.check(&format!("{DESTINATIONS}/{S3}"), Value::Null, 200, part).await;
    bench.check(&format!("{SOURCES}/{S3}"), Value::Null, 404, json!({})).await;
    bench.check(&format!("{DESTINATIONS}/{GITHUB}"), Value::Null, 404, json!({})).await;
}
