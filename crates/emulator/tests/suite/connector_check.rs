//! Checks of connectors' configs: dossier 3.5.

use crate::harness::{Bench, NOWHERE};
use emulator::{CheckStatus, Switches};
use serde_json::{Value, json};

const PATH: &str = "/integrations/connectors";

fn stripe() -> Value {
    json!({"workspace_name": "default", "connector_type": "Stripe",
        "replication_config": {"account_id": "a", "client_secret": "s"},
        "entities": [{"entity": "charges"}]})
}

#[tokio::test]
async fn a_check_ends_as_it_is_told_and_makes_nothing() {
    let checked = format!("POST {PATH}/check");
    for (end, word, message) in [
        (CheckStatus::Succeeded, "succeeded", None),
        (CheckStatus::Failed, "failed", Some("The source refused the credentials.")),
        (CheckStatus::Inconclusive, "inconclusive", None),
        (CheckStatus::Skipped, "skipped", None),
        (CheckStatus::Cancelled, "cancelled", None),
    ] {
        let bench = Bench::with(Switches { check_status: end, ..Switches::default() }).await;
        let part = json!({"status": word, "error_message": message,
            "entity_check_results": [{"entity": "charges", "status": word}]});
        let answer = bench.check(&checked, stripe(), 200, part).await;
        assert_eq!(answer["failure_reason"].is_null(), message.is_none());
        assert!(!bench.emulator.journal()[0].committed);
        let world = bench.emulator.world();
        assert!(world.connectors.is_empty());
        let mut body = stripe();
        body["entities"] = Value::Null;
        let answer = bench.check(&checked, body, 200, json!({"status": word})).await;
        assert!(answer["entity_check_results"].is_null());
    }
}

#[tokio::test]
async fn a_failure_says_more_than_is_to_be_shown() {
    let switches = Switches { check_status: CheckStatus::Failed, ..Switches::default() };
    let bench = Bench::with(switches).await;
    let part = json!({"failure_reason": {"failure_origin": "source",
        "failure_type": "config_error", "external_message": "refused", "internal_message": "401",
        "stacktrace": "Traceback", "retryable": false, "stream_descriptor": null}});
    let answer = bench.check(&format!("POST {PATH}/check"), stripe(), 200, part).await;
    assert!(answer["failure_reason"]["timestamp"].is_i64());
}

#[tokio::test]
async fn a_check_may_take_a_few_looks() {
    for (polls, words) in [
        (0, vec!["succeeded", "succeeded"]),
        (1, vec!["pending", "succeeded"]),
        (3, vec!["pending", "running", "running", "succeeded", "succeeded"]),
    ] {
        let bench = Bench::with(Switches { check_polls: polls, ..Switches::default() }).await;
        let begun = bench.send(&format!("POST {PATH}/check"), stripe()).await.body;
        let status = format!("GET {PATH}/check/{}/status", begun["id"].as_str().unwrap());
        assert_eq!(begun["status"], words[0]);
        assert_eq!(begun["entity_check_results"].is_null(), polls > 0);
        for word in words.iter().skip(1) {
            let part = json!({"id": begun["id"], "status": word, "enhanced_error_message": null});
            bench.check(&status, Value::Null, 200, part).await;
        }
        bench.switch(|switches| switches.check_status_route = false);
        let gone = json!({"detail": "Not Found"});
        bench.check(&status, Value::Null, 404, gone).await;
    }
}

#[tokio::test]
async fn a_check_goes_by_the_rules_of_what_it_is_for() {
    let bench = Bench::new().await;
    let new = format!("POST {PATH}/check");
    bench.check(&new, json!({"workspace_name": "x"}), 422, json!({"errors": [{}, {}]})).await;
    let mut body = stripe();
    body["replication_config"] = json!({"account_id": "a"});
    let part = json!({"message": "required property 'client_secret' not found"});
    bench.check(&new, body, 422, part.clone()).await;
    let connector = bench.create(&format!("POST {PATH}"), stripe()).await;
    let changed = format!("POST {PATH}/{connector}/check");
    bench.check(&changed, json!({"name": "n"}), 200, json!({"status": "succeeded"})).await;
    let less = json!({"replication_config": {"account_id": "a"}});
    bench.check(&changed, less, 422, part).await;
    let row = bench.emulator.world().connectors.iter().next().unwrap().clone();
    assert!(row.name != "n" && row.replication_config.len() == 2);
    bench.check(&format!("POST {PATH}/{NOWHERE}/check"), json!({}), 404, json!({})).await;
    bench.check(&format!("GET {PATH}/check/{NOWHERE}/status"), Value::Null, 404, json!({})).await;
}
