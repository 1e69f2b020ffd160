//! An organization whose refresh takes longer than any token, any window and any night: a million
//! workspaces under a thousand requests an hour, at a hundredth of both. The clock is the test's, so
//! that half a day takes a second. `docs/performance.md` says what follows from it.

use std::collections::BTreeSet;

use api::Clock;
use emulator::{RateLimit, Switches};
use model::Kind;
use model::live::Wanted;
use serde_json::json;

use crate::bench::Bench;

const WORKSPACES: usize = 10_000;
const HOURLY: RateLimit = RateLimit { requests: 10, seconds: 3600 };

/// None is the beginning of another: a service that looks for a part of a name would bring all of these.
fn name(number: usize) -> String {
    format!("customer-{number:06}")
}

/// Workspaces of these names are wanted, or all there are.
fn wanted(names: impl IntoIterator<Item = usize>, all: bool) -> Wanted {
    Wanted { all, names: names.into_iter().map(name).collect(), ..Wanted::default() }
}

/// How many requests it takes to look at `wanted`, and how many hours of the service's clock.
async fn check(what: &str, wanted: Wanted, requests: usize, hours: [u64; 2]) {
    let standing: Vec<_> = (0..WORKSPACES).map(|n| json!({"name": name(n)})).collect();
    let world = json!({"workspaces": standing}).to_string();
    let mut bench = Bench::new(&world, Switches::default()).await;
    // Where ten wait for one hour, the test's clock would pass ten.
    bench.set(|settings| settings.concurrency = 1);
    bench.client.identify().await.unwrap();
    bench.emulator.clear_journal();
    bench.follow();
    bench.emulator.set_switches(Switches { rate_limit: Some(HOURLY), ..Switches::default() });
    let began = bench.clock.now();
    let live = bench.read_wanted(Kind::Workspace, wanted.clone()).await.unwrap();
    let took = (bench.clock.now() - began).as_secs() / 3600;
    assert!((hours[0]..=hours[1]).contains(&took), "{what}: {took} hours");
    let seen: BTreeSet<&String> = live.objects.values().map(|object| &object.name).collect();
    assert!(wanted.names.iter().all(|name| seen.contains(name)), "{what}: not all were read");
    assert_eq!(live.total, WORKSPACES + 1, "{what}");
    // Nor is anything asked twice because a window or a token ended meanwhile.
    let lines = bench.requests();
    let answered = lines.iter().filter(|line| line.starts_with("GET") && line.ends_with(" 200"));
    assert_eq!(answered.count(), requests, "{what}");
}

#[tokio::test]
async fn a_million_workspaces_at_a_thousand_requests_an_hour() {
    // The pages, and how many there are in all. Of every ten requests one is for a new token: the
    // old one never lives to see the next window.
    check("all of them", wanted(0..WORKSPACES, true), 101 + 1, [10, 12]).await;
    check("one in five hundred", wanted(0..20, false), 2 + 20, [2, 3]).await;
    check("a customer", wanted([4_711], false), 2 + 1, [0, 0]).await;
}
