//! What goes wrong on the way: dossier 9.11.

use crate::harness::Bench;
use emulator::{Fault, FaultKind};
use serde_json::{Value, json};

const POST: &str = "POST /integrations/templates/tags";
const LIST: &str = "GET /integrations/templates/tags";

/// What the client sees: a status with a part of the body, or no complete answer.
enum Seen {
    Answer(u16, Value),
    Broken,
}

/// Sends a write under `kind` and looks at what the client sees, whether the write was done, and
/// what the journal has; the request after it is as ever.
async fn check(kind: FaultKind, seen: Seen, committed: bool, journaled: u16) {
    let bench = Bench::new().await;
    bench.emulator.inject(Fault::next("POST", "/tags", kind.clone()));
    let answer = bench.try_send(POST, json!({"name": "crm"})).await;
    match (answer, seen) {
        (Ok(answer), Seen::Answer(status, part)) => {
            assert_eq!(answer.status, status, "{kind:?}");
            let text = answer.body.to_string();
            assert!(text.contains(part.as_str().unwrap()), "{kind:?}: {text}");
        }
        (Err(_), Seen::Broken) => {}
        (answer, _) => panic!("{kind:?}: {answer:?}"),
    }
    let journal = bench.emulator.journal();
    assert_eq!((journal[0].status, journal[0].committed), (journaled, committed), "{kind:?}");
    let names = bench.names(LIST).await;
    assert_eq!(names.len(), usize::from(committed), "{kind:?}");
    assert_eq!(bench.send(POST, json!({"name": "next"})).await.status, 200);
}

#[tokio::test]
async fn each_fault_is_what_it_says() {
    let answer = |status, part: &str| Seen::Answer(status, json!(part));
    let gateway = FaultKind::Status { code: 502, body: Some("<b>bad".to_owned()), headers: vec![] };
    check(gateway, answer(502, "<b>bad"), false, 502).await;
    let own = FaultKind::Status { code: 503, body: None, headers: vec![] };
    check(own, answer(503, "Injected 503"), false, 503).await;
    let late = FaultKind::StatusAfterCommit { code: 504 };
    check(late, answer(504, "Injected 504"), true, 504).await;
    check(FaultKind::ResetBefore, Seen::Broken, false, 0).await;
    check(FaultKind::ResetAfterCommit, Seen::Broken, true, 0).await;
    check(FaultKind::TruncatedBody, Seen::Broken, true, 200).await;
    check(FaultKind::NonJson, answer(200, "<html>"), true, 200).await;
    check(FaultKind::Delay { millis: 1 }, answer(200, "crm"), true, 200).await;
    check(FaultKind::Expire, answer(401, "expired"), false, 401).await;
}

#[tokio::test]
async fn a_fault_can_carry_headers() {
    let bench = Bench::new().await;
    let headers = vec![("Retry-After".to_owned(), "7".to_owned())];
    let kind = FaultKind::Status { code: 429, body: None, headers };
    bench.emulator.inject(Fault { times: 2, ..Fault::next("GET", "", kind) });
    for status in [429, 429, 200] {
        let answer = bench.send(LIST, Value::Null).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.headers.contains_key("retry-after"), status == 429);
    }
}

#[tokio::test]
async fn a_truncated_answer_arrives_in_part() {
    let bench = Bench::new().await;
    bench.emulator.inject(Fault::next("GET", "/tags", FaultKind::TruncatedBody));
    let request =
        reqwest::Client::new().get(format!("{}/integrations/templates/tags", bench.emulator.url()));
    let response = request.bearer_auth("sandbox-operator-token").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.text().await.is_err());
    assert_eq!(bench.emulator.journal()[0].response_text.as_deref(), Some("{\"dat"));
}

#[tokio::test]
async fn faults_can_be_taken_back() {
    let bench = Bench::new().await;
    bench.emulator.inject(Fault { times: u64::MAX, ..Fault::next("GET", "", FaultKind::Expire) });
    bench.check(LIST, Value::Null, 401, json!({})).await;
    bench.emulator.clear_faults();
    bench.check(LIST, Value::Null, 200, json!({})).await;
}
