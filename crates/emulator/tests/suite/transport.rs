//! What holds for every route: dossier 1, and the switches that concern all of them.

use crate::harness::{Answer, Bench, NOWHERE, items};
use emulator::{Config, Emulator, ErrorShape, Exchange, RateLimit, Switches, TokenKind};
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn the_router_answers_for_what_is_not_there() {
    let bench = Bench::new().await;
    for (ask, status) in [
        ("GET /connectors", 404),
        ("GET /integrations/sources", 404),
        ("GET /", 404),
        ("POST /workspaces", 405),
        ("PUT /integrations/templates/tags", 405),
    ] {
        let detail = if status == 404 { "Not Found" } else { "Method Not Allowed" };
        let answer = bench.check(ask, Value::Null, status, json!({})).await;
        assert_eq!(answer, json!({"detail": detail}), "{ask}");
    }
    assert!(bench.emulator.journal().iter().all(|exchange| exchange.route.is_none()));
}

#[tokio::test]
async fn a_trailing_slash_is_redirected() {
    let bench = Bench::new().await;
    let answer = bench.send("POST /integrations/templates/tags/?a=b", json!({"name": "x"})).await;
    assert_eq!(answer.status, 307);
    let location = format!("{}/integrations/templates/tags?a=b", bench.emulator.url());
    assert_eq!(answer.headers["location"], location);
    bench.check("GET /nowhere/", Value::Null, 404, json!({"detail": "Not Found"})).await;
}

#[tokio::test]
async fn errors_come_in_three_shapes() {
    let bench = Bench::new().await;
    let missing = format!("GET /workspaces/{NOWHERE}");
    let message = format!("Workspace {NOWHERE} not found");
    for (shape, not_found, invalid) in [
        (
            ErrorShape::Envelope,
            json!({"message": message, "errors": [{"field": null, "message": message,
                "error_code": null, "details": null}]}),
            json!({"message": "Field required", "errors": [{"field": "body.name",
                "message": "Field required", "error_code": "missing", "details": null}]}),
        ),
        (ErrorShape::Detail, json!({"detail": message}), json!({"detail": "Field required"})),
        (
            ErrorShape::FastApi,
            json!({"detail": message}),
            json!({"detail": [{"loc": ["body", "name"], "msg": "Field required",
                "type": "missing"}]}),
        ),
    ] {
        bench.switch(|switches| switches.error_shape = shape);
        assert_eq!(bench.send(&missing, Value::Null).await.body, not_found);
        let answer = bench.send("POST /integrations/templates/tags", json!({})).await;
        assert_eq!(answer.body, invalid);
    }
}

#[tokio::test]
async fn lists_change_their_order_and_may_come_bare() {
    let bench = Bench::new().await;
    for n in 0..8 {
        bench.create("POST /integrations/templates/tags", json!({"name": format!("t{n}")})).await;
    }
    let order = async || {
        let list = bench.send("GET /integrations/templates/tags", Value::Null).await.body;
        items(&list).iter().map(|item| item["name"].to_string()).collect::<Vec<_>>()
    };
    let orders = BTreeSet::from([order().await, order().await, order().await]);
    assert!(orders.len() > 1);
    bench.switch(|switches| switches.shuffle = false);
    assert!(order().await.is_sorted());
    bench.switch(|switches| switches.bare_lists = true);
    let list = bench.send("GET /integrations/templates/tags", Value::Null).await.body;
    assert!(list.is_array());
    let pages = bench.send("GET /workspaces", Value::Null).await.body;
    assert!(pages["data"].is_array(), "a page needs its envelope");
}

#[tokio::test]
async fn a_newer_service_says_more_than_is_known() {
    let bench = Bench::with(Switches { schema_drift: true, ..Switches::default() }).await;
    let path = "GET /integrations/definitions/sources";
    let definitions = bench.send(path, Value::Null).await.body;
    let templates =
        bench.send("GET /integrations/templates/sources/global", Value::Null).await.body;
    let workspaces = bench.send("GET /workspaces", Value::Null).await.body;
    for (list, key, word) in [
        (&definitions, "supportLevel", "labs"),
        (&templates, "mode", "HYBRID"),
        (&workspaces, "status", "suspended"),
    ] {
        for item in items(list) {
            assert_eq!(item[key], word);
            assert!(item.get("rollout_state").is_some());
        }
        assert!(list.get("rollout_state").is_some());
    }
    let stripe = json!({"workspace_name": "default", "connector_type": "Stripe",
        "replication_config": {"account_id": "a", "client_secret": "s"}});
    bench.create("POST /integrations/connectors", stripe).await;
    let part = json!({"data": [{"rollout_state": {},
        "summarized_source_template": {"rollout_state": {}, "mode": "HYBRID"}}]});
    let list = "GET /integrations/connectors?workspace_name=default";
    bench.check(list, Value::Null, 200, part).await;
    let id = bench.mint("acme").await;
    let part = json!({"status": "active", "rollout_state": {}});
    bench.check(&format!("GET /workspaces/{id}"), Value::Null, 200, part).await;
}

#[tokio::test]
async fn a_body_has_to_be_json_and_to_say_so() {
    let bench = Bench::new().await;
    let url = format!("{}/integrations/templates/tags", bench.emulator.url());
    let send = async |kind: Option<&str>, body: &'static str| {
        let request = reqwest::Client::new().post(&url).bearer_auth("sandbox-operator-token");
        let request = match kind {
            Some(kind) => request.header("content-type", kind),
            None => request,
        };
        let response = request.body(body).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let (status, text) = send(Some("application/json"), "{\"name\": ").await;
    assert!(status == 422 && text.contains("JSON decode error"), "{text}");
    let (status, text) = send(Some("text/plain"), "{\"name\": \"a\"}").await;
    assert!(status == 422 && text.contains("valid dictionary"), "{text}");
    assert_eq!(send(None, "{\"name\": \"a\"}").await.0, 200);
    assert_eq!(send(Some("application/json; charset=utf-8"), "{\"name\": \"b\"}").await.0, 200);
}

#[tokio::test]
async fn the_journal_holds_what_was_asked_and_answered() {
    let bench = Bench::new().await.with_organization(&emulator::SANDBOX_ORGANIZATION.to_string());
    let body = json!({"name": "pro tier"});
    let answer = bench.send("POST /integrations/templates/tags", body.clone()).await;
    bench.send("DELETE /integrations/templates/tags/pro%20tier?x=a+b&x=%26", Value::Null).await;
    let journal = bench.emulator.journal();
    let [created, deleted] = journal.as_slice() else { panic!("{journal:?}") };
    let Exchange {
        number,
        method,
        path,
        query,
        route,
        token,
        organization_header,
        request,
        status,
        response,
        response_text,
        committed,
    } = created;
    assert_eq!((*number, method.as_str(), *status, *committed), (1, "POST", 200, true));
    assert_eq!(path, "/api/v1/integrations/templates/tags");
    assert_eq!(*route, Some("/api/v1/integrations/templates/tags"));
    assert!(query.is_empty() && response_text.is_none());
    assert_eq!(*token, TokenKind::Operator);
    assert_eq!(organization_header.as_deref(), Some("5a4db0c5-0000-4000-8000-000000000001"));
    assert_eq!((request.as_ref(), response.as_ref()), (Some(&body), Some(&answer.body)));
    assert_eq!(deleted.path, "/api/v1/integrations/templates/tags/pro%20tier");
    assert_eq!(deleted.route, Some("/api/v1/integrations/templates/tags/{name}"));
    let pairs = [("x", "a b"), ("x", "&")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(deleted.query, pairs);
    assert_eq!(answer.headers["x-request-id"], "req-00000001");
    bench.emulator.clear_journal();
    bench.switch(|switches| switches.journal_bodies = false);
    bench.send("GET /workspaces", Value::Null).await;
    let journal = bench.emulator.journal();
    assert_eq!((journal[0].number, &journal[0].response), (3, &None));
}

#[tokio::test]
async fn a_limit_is_told_in_every_answer_and_holds_until_its_window_ends() {
    let bench = Bench::new().await;
    let header = |answer: &Answer, name: &str| {
        answer.headers.get(name).map(|value| value.to_str().unwrap().parse::<i64>().unwrap())
    };
    let free = bench.send("GET /workspaces", Value::Null).await;
    assert_eq!(header(&free, "x-ratelimit-limit"), None);
    bench.switch(|switches| {
        switches.rate_limit = Some(RateLimit { requests: 3, seconds: 60 });
    });
    let ends = bench.emulator.world().now().unix_seconds() + 60;
    let create = |n: u8| json!({"name": format!("t{n}")});
    for (ask, body, status, remaining, wait) in [
        ("GET /workspaces", Value::Null, 200, 2, None),
        ("GET /nowhere", Value::Null, 404, 1, None),
        ("POST /integrations/templates/tags", create(1), 200, 0, None),
        ("POST /integrations/templates/tags", create(2), 429, 0, Some(60)),
    ] {
        let answer = bench.send(ask, body).await;
        assert_eq!(answer.status, status, "{ask}");
        let told = ["limit", "remaining", "reset"]
            .map(|name| header(&answer, &format!("x-ratelimit-{name}")).unwrap());
        assert_eq!(told, [3, remaining, ends], "{ask}");
        assert_eq!(header(&answer, "retry-after"), wait, "{ask}");
    }
    assert!(!bench.emulator.journal().last().unwrap().committed);
    bench.emulator.edit(|world| world.advance(60));
    assert_eq!(bench.names("GET /integrations/templates/tags").await, ["t1"]);
}

#[tokio::test]
async fn the_same_requests_give_the_same_answers() {
    let run = async || {
        let bench = Bench::new().await;
        bench.mint("acme").await;
        bench.create("POST /integrations/templates/tags", json!({"name": "crm"})).await;
        let list = bench.send("GET /workspaces", Value::Null).await;
        (list.body, bench.emulator.world().to_json(), list.headers["date"].clone())
    };
    let first = run().await;
    assert_eq!(first, run().await);
    assert_eq!(first.2, "Thu, 01 Jan 2026 00:00:00 GMT");
}

#[tokio::test]
async fn the_clock_may_follow_the_machine() {
    let bench = Bench::with(Switches { wall_clock: true, ..Switches::default() }).await;
    let before = bench.emulator.world().now();
    bench.emulator.edit(|world| assert_eq!(world.now(), before));
    bench.send("GET /workspaces", Value::Null).await;
    assert!(!bench.emulator.journal()[0].committed, "time alone is no change");
    bench.mint("acme").await;
    assert!(bench.emulator.journal()[1].committed);
}

#[test]
fn an_emulator_runs_on_a_thread_of_its_own_and_stops_when_dropped() {
    let emulator = Emulator::start_blocking(Config::default()).unwrap();
    let port: u16 =
        emulator.url().split(':').nth(2).unwrap().split('/').next().unwrap().parse().unwrap();
    let taken = Emulator::start_blocking(Config { port: Some(port), ..Config::default() });
    assert!(taken.is_err());
    drop(emulator);
    let again = Emulator::start_blocking(Config { port: Some(port), ..Config::default() }).unwrap();
    assert_eq!(again.url(), format!("http://127.0.0.1:{port}/api/v1"));
}

#[tokio::test]
async fn every_route_is_there_and_wants_a_token() {
    let bench = Bench::new().await.with_token("");
    let mut seen = BTreeSet::new();
    for (method, template) in Emulator::routes() {
        assert!(seen.insert((method, template)), "{method} {template} twice");
        let path = template.strip_prefix("/api/v1").unwrap();
        let answer = bench.send(&format!("{method} {path}"), json!({})).await;
        let open = template.ends_with("applications/token");
        assert_eq!(answer.status, if open { 422 } else { 401 }, "{method} {template}");
        let journal = bench.emulator.journal();
        assert_eq!(journal.last().unwrap().route, Some(template));
    }
    assert_eq!(seen.len(), 59);
}
