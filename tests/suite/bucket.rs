//! States in a bucket, on a real S3 server (moto).
//!
//! Where moto is not there these tests say so, and check nothing.

mod server;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Child;
use std::time::Duration;

use acceptance::bench::{Bench, Ran, wait_until};
use acceptance::script::Act;
use model::backend::{Bucket, Service};
use model::live::Id;
use model::state::{Record, StateChange};
use model::{Address, Kind, SmallMap};
use serde_json::{Value, json};
use state::{Error, Holder, Intent, Operation, Outcome, Store};

use self::server::{Server, Written};

const KEY: &str = "airform.state.json";

/// How often two applies of the real program race.
const APPLIES: usize = 24;
/// How often two runs do within this process, which is the same as far as the bucket is concerned,
/// and needs no organization.
const RUNS: usize = 76;

/// How long one that was refused waits. The server does one thing at a time, and the one that was
/// let in needs it, too.
const PAUSE: Duration = Duration::from_millis(20);

fn words(command: &str) -> Vec<String> {
    command.split(' ').map(str::to_owned).collect()
}

/// A bench for a manifest with this text.
fn bench(variables: &[(&'static str, String)], manifest: &str) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("airform.yaml"), manifest).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_airform-under-test"));
    let mut bench = Bench::new(folder.path(), program).unwrap();
    for (name, value) in variables {
        bench.act(&Act::Env((*name).to_owned(), Some(value.clone()))).unwrap();
    }
    bench
}

/// A manifest of these tags, whose state is in the bucket.
fn manifest(tags: &[String]) -> String {
    let tags: String = tags.iter().map(|tag| format!("  {tag}: {{}}\n")).collect();
    format!("version: 1\nbackend: {{s3: {{bucket: team, path_style: true}}}}\ntags:\n{tags}")
}

/// The state as it stands in the bucket.
fn store(server: &Server) -> Store {
    let service = Service::S3 { region: None, path_style: true };
    let (name, key) = ("team".to_owned(), KEY.to_owned());
    let place = Bucket { service, name, key, endpoint: None };
    let variables = server.variables().map(|(name, value)| (name.to_owned(), value));
    Store::bucket(&place, variables).unwrap()
}

fn holder(who: &str) -> Holder {
    Holder { who: who.into(), command: "airform apply".into(), at: "2026-07-01T12:00:00Z".into() }
}

/// From all that was written: that a lock was never taken while it was held, that nothing but the
/// lock was written while it was not, and that no state went back. Gives how many held it.
#[track_caller]
fn check_history(server: &Server) -> usize {
    let mut held: Option<String> = None;
    let mut holders = BTreeSet::new();
    let mut serial = None;
    for (key, text) in server.written() {
        let json = || serde_json::from_str::<Value>(text.as_ref().unwrap()).unwrap();
        if key == format!("{KEY}.lock") {
            let record = json();
            let id = record["id"].as_str().unwrap().to_owned();
            let is_released = record["released"].as_bool().unwrap();
            match &held {
                Some(holder) => assert_eq!(&id, holder, "two held it"),
                None => assert!(!is_released && holders.insert(id.clone()), "{record}"),
            }
            held = (!is_released).then_some(id);
        } else if key.starts_with(KEY) && !key.ends_with(".clock") {
            assert!(held.is_some(), "{key} was written by nobody who held it");
            if key == KEY {
                let next = json()["serial"].as_u64();
                // A state that begins is written before its first run is recorded.
                assert!(next > serial || serial == Some(0), "{next:?} came after {serial:?}");
                serial = next;
            }
        }
    }
    assert_eq!(held, None, "it is still held");
    holders.len()
}

/// One round of the real program: two applies at once of one new tag each, over the same state; each
/// again until it has come through. Gives how often one was refused.
fn race_of_applies(bench: &mut Bench, round: usize) -> usize {
    let sides = ["a", "b"];
    for side in sides {
        let text = manifest(&[format!("{side}{round}")]);
        bench.act(&Act::Write(format!("{side}/airform.yaml"), text)).unwrap();
    }
    let start =
        |side: &str| bench.start(&words(&format!("airform apply {side} --auto-approve"))).unwrap();
    let mut refused = 0;
    let mut running: Vec<(&str, Child)> = sides.map(|side| (side, start(side))).into();
    while let Some((side, mut child)) = running.pop() {
        match child.wait().unwrap().code() {
            Some(0) => {}
            // Locked, or the state has gone on since it was planned with.
            Some(5 | 6) => {
                refused += 1;
                running.push((side, start(side)));
            }
            other => panic!("round {round}: {side} ended with {other:?}"),
        }
    }
    refused
}

/// The same through the crate that the program keeps its state with.
fn race_of_runs(server: &Server, round: usize) -> usize {
    let side = |name: &'static str| {
        let store = store(server);
        let address = Address::new(Kind::Tag, format!("{name}{round}"));
        let record = Record {
            id: Id(format!("{name}{round}")),
            name: format!("{name}{round}"),
            kept: SmallMap::new(),
            leaves: SmallMap::new(),
            prevent_destroy: false,
            deposed: Vec::new(),
        };
        let (step, operation) = (model::plan::StepId(0), Operation::Create);
        let intent = Intent { step, address: address.clone(), operation, name: None, sent: None };
        let changes = vec![StateChange::Put { address, record }];
        move || {
            let mut refused = 0;
            loop {
                match store.lock(&holder(name)) {
                    Ok(mut session) => {
                        let changes = changes.clone();
                        // With a journal, and without one.
                        if round.is_multiple_of(2) {
                            session.intents(std::slice::from_ref(&intent)).unwrap();
                            session.outcomes(&[Outcome { step, changes }]).unwrap();
                        } else {
                            changes.into_iter().for_each(|change| session.edit(change));
                        }
                        session.finish().unwrap();
                        return refused;
                    }
                    Err(Error::Leased { .. } | Error::Contended { .. }) => {
                        refused += 1;
                        std::thread::sleep(PAUSE);
                    }
                    Err(error) => panic!("round {round}: {error}"),
                }
            }
        }
    };
    let (a, b) = (side("a"), side("b"));
    std::thread::scope(|scope| {
        let (a, b) = (scope.spawn(a), scope.spawn(b));
        a.join().unwrap() + b.join().unwrap()
    })
}

#[test]
fn two_appliers_race_a_hundred_times() {
    let Some(server) = Server::start() else { return };
    let mut bench = bench(&server.variables(), "");
    let begun = std::time::Instant::now();
    let mut refused = 0;
    for round in 0..APPLIES + RUNS {
        refused += match round {
            _ if round < APPLIES => race_of_applies(&mut bench, round),
            _ => race_of_runs(&server, round),
        };
        let serial = store(&server).load().unwrap().document.serial;
        assert_eq!(serial, 2 * (round as u64 + 1), "an update was lost in round {round}");
    }
    let state = store(&server).load().unwrap().document.state;
    let names = |rounds: usize| {
        ["a", "b"].into_iter().flat_map(move |side| (0..rounds).map(move |n| format!("{side}{n}")))
    };
    let remembered: BTreeSet<String> =
        state.records.keys().map(|address| address.name().to_owned()).collect();
    assert_eq!(remembered, names(APPLIES + RUNS).collect());
    assert_eq!(state.open, []);
    let mut made = tags(&bench);
    made.sort();
    let mut wanted: Vec<String> = names(APPLIES).collect();
    wanted.sort();
    assert_eq!(made, wanted, "each tag stands once");
    let holders = check_history(&server);
    assert!(holders >= 2 * (APPLIES + RUNS), "{holders}");
    println!(
        "{} races, {holders} times held, {refused} times refused, {:?}",
        APPLIES + RUNS,
        begun.elapsed()
    );
}

/// The names of all tags of the organization.
fn tags(bench: &Bench) -> Vec<String> {
    let world: Value = serde_json::from_str(&bench.emulator.world().to_json()).unwrap();
    let mut found = Vec::new();
    collect(&world["tags"], &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => match members.get("name") {
            Some(Value::String(name)) => found.push(name.clone()),
            _ => members.values().for_each(|member| collect(member, found)),
        },
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

#[track_caller]
fn said(ran: &Ran, code: i32, text: &str) {
    assert!(ran.code == code && (ran.stdout.contains(text) || ran.stderr.contains(text)), "{ran}");
}

/// Kills an apply when its second tag is begun.
fn kill_one(server: &Server, bench: &mut Bench) {
    let slow = json!({"method": "POST", "nth": 1, "kind": {"delay": {"millis": 60_000}}});
    bench.act(&Act::Fault(slow)).unwrap();
    let command = "airform apply --auto-approve --parallelism 1";
    let mut child = bench.start(&words(command)).unwrap();
    let is_begun = |(key, text): &Written| {
        let text = text.as_deref().unwrap_or_default();
        key.contains(".journal/") && text.contains("outcomes") && text.contains("tags.t1")
    };
    wait_until(|| Ok(server.written().iter().any(is_begun))).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    bench.heal();
}

/// An apply that is killed holds its lease; others are told, wait, or end it by its id.
#[test]
fn a_holder_that_died() {
    let Some(server) = Server::start() else { return };
    let names: Vec<String> = (0..3).map(|n| format!("t{n}")).collect();
    let mut bench = bench(&server.variables(), &manifest(&names));
    kill_one(&server, &mut bench);
    let apply = words("airform apply --auto-approve");
    let told = bench.run(&apply).unwrap();
    said(&told, 6, "is held by ");
    said(&told, 6, "its lock runs out in ");
    assert!(told.journal.iter().all(|exchange| exchange.method == "GET"), "{told}");
    said(&bench.run(&words("airform state unlock")).unwrap(), 6, "airform state unlock ");
    // What it had recorded is seen at once.
    said(&bench.run(&words("airform state list")).unwrap(), 0, "tags.t0");

    server.advance(63);
    said(&bench.run(&apply).unwrap(), 0, "Applied: ");
    let mut made = tags(&bench);
    made.sort();
    assert_eq!(made, names, "nothing is doubled");
    said(&bench.run(&words("airform plan")).unwrap(), 0, "No changes.");
}

/// A bucket that only ever gives this answer: every command says what is wrong, in a moment, and
/// nothing is asked of the organization that would write.
#[track_caller]
fn check_useless(answer: &'static str, complaint: &str) {
    let endpoint = format!("http://{}", server::always(answer));
    let variables = [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "nobody".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "a-secret-of-nobody".to_owned()),
    ];
    let mut bench = bench(&variables, &manifest(&["t".to_owned()]));
    for command in ["airform state list", "airform apply --auto-approve"] {
        let ran = bench.run(&words(command)).unwrap();
        said(&ran, 1, complaint);
        assert!(!ran.stderr.contains("a-secret"), "{ran}");
        assert!(ran.journal.iter().all(|exchange| exchange.method == "GET"), "{command}");
    }
    assert_eq!(tags(&bench), [""; 0]);
    assert_eq!(bench.outputs().unwrap().len(), 0, "no state beside the manifest");
}

/// An answer of this status, without more.
macro_rules! status {
    ($status:literal) => {
        concat!("HTTP/1.1 ", $status, "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    };
}

#[test]
fn a_bucket_that_answers_500() {
    let said = ": the service answered 500 Internal Server Error";
    check_useless(status!("500 Internal Server Error"), said);
}

#[test]
fn a_bucket_that_answers_412() {
    check_useless(status!("412 Precondition Failed"), ": the service answered 412 ");
}

#[test]
fn a_bucket_that_lets_nobody_in() {
    check_useless(status!("403 Forbidden"), "the credentials in the environment do not allow it");
}

#[test]
fn a_bucket_that_is_not_there() {
    // To write, that is; the lock is looked for first, and may be missing.
    check_useless(status!("404 Not Found"), "there is no such bucket");
}

#[test]
fn a_bucket_that_is_a_web_page() {
    const PAGE: &str =
        "HTTP/1.1 200 OK\r\nContent-Length: 15\r\nConnection: close\r\n\r\n<html>Hi!</html>";
    check_useless(PAGE, "error: ");
}
