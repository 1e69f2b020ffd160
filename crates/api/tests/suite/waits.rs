//! What is tried again, and how long that waits.

use std::time::{Duration, Instant};

use api::Error;
use emulator::{Fault, FaultKind, Switches};
use model::Kind;
use model::live::Wanted;
use serde_json::json;

use crate::bench::{Bench, create};

fn status(code: u16, headers: &[(&str, &str)]) -> FaultKind {
    let headers = headers.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect();
    FaultKind::Status { code, body: None, headers }
}

/// A read meets `times` faults of a kind: how often it is sent, how long it waits, how it ends.
async fn check(kind: FaultKind, times: u64, sent: usize, waits: &[u64], ends_well: bool) {
    let bench = Bench::ready("{}", Switches::default()).await;
    bench.emulator.inject(Fault { times, ..Fault::next("GET", "/tags", kind.clone()) });
    let read = bench.read_wanted(Kind::Tag, Wanted::default()).await;
    assert_eq!(read.is_ok(), ends_well, "{kind:?}: {read:?}");
    assert_eq!(bench.requests().len(), sent, "{kind:?}");
    bench.clock.check(waits, &format!("{kind:?}"));
    if let Err(error) = read {
        assert!(!error.is_unclear(), "a read changes nothing: {error}");
    }
}

#[tokio::test]
async fn reads_are_tried_again_where_it_may_help() {
    let start = Instant::now();
    check(status(503, &[]), 1, 2, &[1], true).await;
    check(status(502, &[]), 3, 4, &[1, 2, 4], true).await;
    check(status(504, &[]), 4, 4, &[1, 2, 4], false).await;
    check(FaultKind::ResetBefore, 1, 2, &[1], true).await;
    check(FaultKind::ResetAfterCommit, 1, 2, &[1], true).await;
    check(FaultKind::TruncatedBody, 1, 2, &[1], true).await;
    check(FaultKind::NonJson, 1, 2, &[1], true).await;
    check(status(500, &[]), 1, 1, &[], false).await;
    check(status(400, &[]), 1, 1, &[], false).await;
    check(status(404, &[]), 1, 1, &[], false).await;
    check(status(307, &[("Location", "http://127.0.0.1:1/")]), 1, 1, &[], false).await;
    assert!(start.elapsed() < Duration::from_secs(2), "no wait was waited out");
}

#[tokio::test]
async fn the_service_says_how_long() {
    check(status(429, &[("Retry-After", "7")]), 1, 2, &[7], true).await;
    check(status(429, &[]), 1, 2, &[1], true).await;
    check(status(429, &[("Retry-After", "0")]), 1, 2, &[1], true).await;
    check(status(503, &[("Retry-After", "20")]), 1, 2, &[20], true).await;
    // The emulator's `Date` is that of its own clock.
    let date = "Fri, 31 Dec 9999 23:59:59 GMT";
    check(status(429, &[("Retry-After", date)]), 1, 1, &[], false).await;
    // The token does not last that long: another one is asked for.
    check(status(429, &[("Retry-After", "3600")]), 1, 3, &[3600], true).await;
    check(status(429, &[("Retry-After", "4201")]), 1, 1, &[], false).await;
    check(status(503, &[("Retry-After", "301")]), 1, 1, &[], false).await;
    check(status(429, &[("Retry-After", "soon")]), 1, 2, &[1], true).await;
}

#[tokio::test]
async fn a_limit_holds_up_everybody() {
    let bench = Bench::ready("{}", Switches::default()).await;
    bench.fault("GET", "/tags", status(429, &[("Retry-After", "9")]));
    bench.read(Kind::Tag).await;
    bench.clock.check(&[9], "");
    // The first to meet a limit pauses the rest, who then are not refused themselves.
    bench.fault("GET", "/tags", status(429, &[("Retry-After", "250")]));
    tokio::join!(bench.read(Kind::Tag), bench.read(Kind::ConnectionTemplate));
    let limited = bench.requests().iter().filter(|line| line.ends_with("429")).count();
    assert_eq!(limited, 2, "one in each half of the test");
}

#[tokio::test]
async fn creates_are_tried_again_only_where_nothing_was_done() {
    for (kind, sent) in [(status(429, &[("Retry-After", "3")]), 2), (status(400, &[]), 1)] {
        let bench = Bench::ready("{}", Switches::default()).await;
        bench.fault("POST", "/sources", kind);
        let attributes = json!({"name": "x", "definition": "ef69ef6e-aa7f-4af1-a01d-ef775033524e"});
        let made = bench.perform(Kind::SourceTemplate, create("x", attributes)).await;
        assert_eq!(made.is_ok(), sent == 2, "{made:?}");
        assert_eq!(bench.requests().len(), sent);
    }
}

#[tokio::test]
async fn an_endless_failure_of_a_write_is_unclear() {
    for kind in [status(502, &[]), FaultKind::ResetBefore] {
        let bench = Bench::ready(r#"{"tags": [{"name": "crm"}]}"#, Switches::default()).await;
        bench.emulator.inject(Fault { times: 99, ..Fault::next("DELETE", "/tags", kind.clone()) });
        let id = model::live::Id(bench.emulator.world().tags.iter().next().unwrap().id.to_string());
        let call = api::ReadyCall::Delete { id, name: "crm".to_owned() };
        let error: Error = bench.perform(Kind::Tag, call).await.unwrap_err();
        assert!(error.is_unclear(), "{kind:?}: {error}");
        assert_eq!(bench.requests().len(), 4);
    }
}

#[tokio::test]
async fn a_try_that_may_have_been_carried_out_stays_so_whatever_comes_after_it() {
    for (first, unclear) in [(FaultKind::ResetBefore, true), (status(429, &[]), false)] {
        for then in [status(403, &[]), FaultKind::Expire] {
            let bench = Bench::ready("{}", Switches::default()).await;
            bench.fault("PUT", "/workspaces", first.clone());
            bench.emulator.inject(Fault { nth: 1, ..Fault::next("PUT", "/workspaces", then) });
            let last = Fault::next("PUT", "/workspaces", status(400, &[]));
            bench.emulator.inject(Fault { nth: 2, ..last });
            let call = api::ReadyCall::Update {
                id: model::live::Id("5a4db0c5-0000-4000-8000-00000000dead".to_owned()),
                name: "x".to_owned(),
                attributes: crate::bench::attributes(json!({"status": "inactive"})),
            };
            let error = bench.perform(Kind::Workspace, call).await.unwrap_err();
            assert!(matches!(error.status(), Some(400 | 403)), "{error}");
            assert_eq!(error.is_unclear(), unclear, "{error}");
        }
    }
}

/// Whoever walks a plan waits for many steps at once, on any thread.
#[test]
fn what_is_waited_for_may_go_to_another_thread() {
    fn check<'a>(client: &'a api::Client, scope: &'a model::live::Scope, step: &'a api::ReadyStep) {
        fn may_go(_: impl Future<Output: Send> + Send) {}
        may_go(client.identify());
        may_go(client.refresh(scope));
        may_go(client.perform(step));
    }
    let _ = check;
}
