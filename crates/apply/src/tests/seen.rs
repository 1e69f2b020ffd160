//! What a step takes for granted, in a world that moves.

use std::time::{Duration, Instant};

use model::SmallMap;
use model::live::{LiveKind, LiveObject};

use super::*;

const LAKE: &str = "name=Lake cron=1 destination=S3 config=x";

/// A connection template as `key=value`s, or none.
fn template(text: &str) -> Option<LiveObject> {
    let mut attributes = SmallMap::new();
    for (key, value) in text.split(' ').filter_map(|pair| pair.split_once('=')) {
        let attribute = match key {
            "name" => "destination_name",
            "cron" => "cron_expression",
            "config" => "destination_config",
            other => other,
        };
        attributes.insert(attribute.to_owned(), Value::text(value));
    }
    let name = attributes.get("destination_name")?.as_text()?.to_owned();
    Some(LiveObject { name, ours: true, attributes, updated_at: None })
}

fn live(objects: &[(&str, &str)]) -> Live {
    let all = objects.iter().filter_map(|(id, text)| Some((Id((*id).into()), template(text)?)));
    let objects: BTreeMap<Id, LiveObject> = all.collect();
    let total = objects.len();
    let kind = LiveKind { objects, total, unavailable: false };
    Live { kinds: [(Kind::ConnectionTemplate, kind)].into(), ..Live::default() }
}

fn lake() -> Address {
    Address::new(Kind::ConnectionTemplate, "lake")
}

fn update() -> Step {
    let attributes = texts([("cron_expression", "2")]);
    let target = Target::Id(Id("l".into()));
    let call = Call::Update { target, name: "Lake".into(), attributes };
    let memory = Memory::Updated {
        name: None,
        leaves: SmallMap::new(),
        dropped: BTreeSet::new(),
        kept: SmallMap::new(),
    };
    step(lake(), call, memory, &[])
}

fn delete() -> Step {
    let call = Call::Delete { id: Id("l".into()), name: "Lake".into() };
    step(lake(), call, Memory::Removed, &[])
}

fn make() -> Step {
    let call = Call::Create { attributes: texts([("destination_name", "Lake")]) };
    step(lake(), call, created("Lake"), &[])
}

/// A plan of `step` and a tag, carried out after `before` has become `now`: what is sent, and what
/// becomes of the step.
fn check(taken: Step, before: &[(&str, &str)], now: &[(&str, &str)], end: &str) {
    let fake = Fake::default();
    fake.0.lock().unwrap().live = live(now);
    let plan = plan(vec![taken, create("beside", &[])]);
    let seen = Seen::of(&plan, &live(before), Instant::now(), Duration::ZERO);
    let mut run = Run { seen: Some(seen), parallelism: 1, ..Run::new(&fake) };
    run.before = [(lake(), record("l"))].into();
    let came = run.of(&plan);
    let words = came.words();
    assert_eq!(words[1], "done", "what is beside it goes on");
    match end {
        "done" => assert_eq!(words[0], "done"),
        why => {
            let moved = "failed: it has moved since the plan was made, and nothing was sent: ";
            assert_eq!(words[0], format!("{moved}{why}"));
            assert_eq!(fake.calls(), ["look for a connection template", "create beside"]);
            assert_eq!(came.state.open, [], "nothing was sent, so nothing is in doubt");
        }
    }
}

#[test]
fn an_update_finds_what_it_changes_as_the_plan_showed_it() {
    let lake = [("l", LAKE)];
    check(update(), &lake, &lake, "done");
    check(update(), &lake, &[], "l is gone");
    let renamed = [("l", "name=Sea cron=1 destination=S3 config=x")];
    check(update(), &lake, &renamed, "l was called \"Lake\", and is called \"Sea\"");
    let changed = [("l", "name=Lake cron=7 destination=S3 config=x")];
    check(update(), &lake, &changed, "l has another `cron_expression`");
    // What it does not write may be anything.
    check(update(), &lake, &[("l", "name=Lake cron=1 destination=S3 config=y")], "done");
    // Not every answer tells all.
    check(update(), &lake, &[("l", "name=Lake")], "done");
}

#[test]
fn a_delete_finds_what_the_plan_has_named() {
    let lake = [("l", LAKE)];
    check(delete(), &lake, &lake, "done");
    check(delete(), &lake, &[], "done");
    let renamed = [("l", "name=Sea cron=1 destination=S3 config=x")];
    check(delete(), &lake, &renamed, "l was called \"Lake\", and is called \"Sea\"");
    let other = [("l", "name=Lake cron=1 destination=GCS config=x")];
    check(delete(), &lake, &other, "l has another `destination`");
    check(delete(), &lake, &[("l", "name=Lake cron=7 destination=S3 config=y")], "done");
}

#[test]
fn a_create_finds_its_name_free() {
    check(make(), &[], &[], "done");
    check(make(), &[], &[("m", LAKE)], "another one called \"Lake\" stands (m)");
    // One that is replaced stood there before.
    check(make(), &[("m", LAKE)], &[("m", LAKE)], "done");
    check(make(), &[], &[("m", "name=Sea")], "done");
}

#[test]
fn what_was_just_seen_is_not_looked_at_again() {
    let fake = Fake::default();
    let plan = plan(vec![delete()]);
    let seen = Seen::of(&plan, &live(&[("l", LAKE)]), Instant::now(), Duration::from_secs(3600));
    let came = Run { seen: Some(seen), ..Run::new(&fake) }.of(&plan);
    assert_eq!(came.words(), ["done"]);
    assert_eq!(fake.calls(), ["delete Lake"]);
}

/// The second step of two for one object sees what the first has made of it.
#[test]
fn what_this_run_has_changed_has_not_moved() {
    let fake = Fake::default();
    fake.0.lock().unwrap().live = live(&[("l", LAKE)]);
    let mut then = delete();
    then.after = [StepId(0)].into();
    let plan = plan(vec![update(), then]);
    let seen = Seen::of(&plan, &live(&[("l", LAKE)]), Instant::now(), Duration::ZERO);
    let mut run = Run { seen: Some(seen), ..Run::new(&fake) };
    run.before = [(lake(), record("l"))].into();
    assert_eq!(run.of(&plan).words(), ["done", "done"]);
    assert_eq!(fake.calls(), ["look for a connection template", "update Lake", "delete Lake"]);
}
