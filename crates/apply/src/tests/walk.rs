//! Order, failures and ends.

use model::plan::{Blocker, BlockerCause};
use model::state::Deposed;
use model::{Path, SmallMap};

use super::*;
use crate::Error;

/// The calls that `plan` leads to, with this many at once, and what becomes of its steps.
fn check(fake: &Fake, parallelism: usize, steps: Vec<Step>, log: &[&str], ends: &[&str]) -> Came {
    let plan = plan(steps);
    let came = Run { parallelism, ..Run::new(fake) }.of(&plan);
    assert_eq!(fake.log(), log);
    assert_eq!(came.words(), ends);
    let complete = ends.iter().all(|end| *end == "done");
    assert_eq!(came.report.is_complete(), complete);
    came
}

#[test]
fn one_at_a_time_the_first_of_the_plan_goes_first() {
    let steps = vec![create("a", &[]), create("b", &[0]), create("c", &[]), create("d", &[1])];
    let log = ["create a", "(a)", "create b", "(b)", "create c", "(c)", "create d", "(d)"];
    check(&Fake::default(), 1, steps.clone(), &log, &["done"; 4]);
    check(&Fake::default(), 0, steps, &log, &["done"; 4]);
}

#[test]
fn what_is_ready_does_not_wait_for_what_is_slow() {
    let fake = Fake::answering([("slow", after(50))]);
    let steps =
        vec![create("slow", &[]), create("a", &[]), create("b", &[1]), create("c", &[0, 2])];
    let log = ["create slow", "create a", "(a)", "create b", "(b)", "(slow)", "create c", "(c)"];
    check(&fake, 10, steps, &log, &["done"; 4]);
}

#[test]
fn never_more_at_once_than_allowed() {
    for parallelism in [1, 3, 20] {
        let fake = Fake::default();
        let names: Vec<String> = (0..8).map(|n| format!("t{n}")).collect();
        fake.0.lock().unwrap().script = names.iter().map(|name| (name.clone(), after(5))).collect();
        let steps = names.iter().map(|name| create(name, &[])).collect();
        let came = Run { parallelism, ..Run::new(&fake) }.of(&plan(steps));
        assert_eq!(came.report.done(), 8);
        assert_eq!(fake.0.lock().unwrap().most, parallelism.min(8));
    }
}

#[test]
fn a_failure_stops_what_waits_for_it_and_nothing_else() {
    let fake = Fake::answering([("b", fails(Failure::Certain))]);
    let steps = vec![
        create("a", &[]),
        create("b", &[]),
        create("c", &[0, 1]),
        create("d", &[2]),
        create("e", &[0]),
    ];
    let log = ["create a", "(a)", "create b", "(b)", "create e", "(e)"];
    let ends = ["done", "failed: b: no answer: reset", "skipped for 1", "skipped for 2", "done"];
    let came = check(&fake, 10, steps, &log, &ends);
    assert_eq!(came.state.open, []);
    assert_eq!(came.state.records.len(), 2);
    let [started, done] = [|step| Event::Started { step }, |step| Event::Done { step }];
    assert_eq!(
        came.events,
        [
            started(StepId(0)),
            started(StepId(1)),
            done(StepId(0)),
            Event::Failed { step: StepId(1), message: "b: no answer: reset".into() },
            Event::Skipped { step: StepId(2), because: StepId(1) },
            Event::Skipped { step: StepId(3), because: StepId(2) },
            started(StepId(4)),
            done(StepId(4)),
        ]
    );
}

#[test]
fn a_create_that_is_in_doubt_stays_open() {
    for failure in [Failure::Unclear, Failure::Panic] {
        let fake = Fake::answering([("a", fails(failure))]);
        let came = Run::new(&fake).of(&plan(vec![create("a", &[]), create("b", &[])]));
        assert_eq!(came.report.done(), 1);
        let [open] = came.state.open.as_slice() else { panic!("{:?}", came.state.open) };
        assert_eq!((&open.address, open.name.as_deref()), (&tag("a"), Some("a")));
        // What it sent is known, whatever is declared by the time that it is found.
        let sent = open.sent.as_ref().unwrap();
        assert_eq!(sent.leaves.keys().collect::<Vec<_>>(), [&Path::attribute("name")]);
    }
}

#[test]
fn asked_to_stop() {
    let fake = Fake::answering([("slow", after(50))]);
    let steps = vec![create("slow", &[]), create("a", &[]), create("b", &[1]), create("c", &[])];
    let run = Run { cancel_at: Some(StepId(1)), parallelism: 2, ..Run::new(&fake) };
    let came = run.of(&plan(steps));
    assert_eq!(fake.log(), ["create slow", "create a", "(a)", "(slow)"]);
    assert_eq!(came.words(), ["done", "done", "cancelled", "cancelled"]);
    assert!(came.report.was_cancelled());
    assert_eq!(came.report.cancelled().collect::<Vec<_>>(), [StepId(2), StepId(3)]);
    assert_eq!(came.events.last(), Some(&Event::Cancelled { step: StepId(3) }));
    assert_eq!(came.state.records.len(), 2);
}

#[test]
fn without_a_place_to_record_nothing_is_sent() {
    let fake = Fake::default();
    let run = Run { full_disk: true, ..Run::new(&fake) };
    let came = run.of(&plan(vec![create("a", &[]), create("b", &[0])]));
    assert_eq!(fake.log(), [""; 0]);
    assert_eq!(came.words(), ["cancelled"; 2]);
    assert!(came.report.state_error.is_some());
    assert!(!came.report.was_cancelled());
}

#[test]
fn what_is_done_and_not_recorded_is_told() {
    let fake = Fake::default();
    let memory = Memory::Put { record: record("id-a"), moved_from: None };
    let adopt = step(tag("a"), Call::Nothing, memory, &[]);
    let run = Run { full_disk: true, ..Run::new(&fake) };
    let came = run.of(&plan(vec![adopt, create("b", &[0])]));
    assert_eq!(came.words(), ["failed: it was done, and that could not be recorded", "cancelled"]);
    assert!(!came.report.is_complete());
    // The run's end finds the disk in order again.
    assert_eq!(came.id(&tag("a")), Some("id-a"));
}

#[test]
fn a_blocked_plan_is_not_begun() {
    let fake = Fake::default();
    let cause = BlockerCause::HiddenValueLost;
    let blocked = Plan {
        blockers: vec![Blocker { address: None, path: None, cause }],
        ..plan(vec![create("a", &[])])
    };
    assert_eq!(Run::new(&fake).of(&blocked).words(), ["cancelled"]);
    assert_eq!(fake.log(), [""; 0]);
}

#[test]
fn a_step_that_waits_for_nobody_knows_what() {
    let came = Run::new(&Fake::default()).of(&plan(vec![create("a", &[7]), create("b", &[1])]));
    assert_eq!(came.words(), ["cancelled"; 2]);
}

#[test]
fn an_id_that_is_not_new() {
    let name = texts([("name", "acme")]);
    let workspace = Address::new(Kind::Workspace, "acme");
    let make = |address: &Address| {
        let call = Call::Create { attributes: name.clone() };
        plan(vec![step(address.clone(), call, created("acme"), &[]), create("next", &[0])])
    };
    let deposed = Deposed { id: Id("id-3".into()), name: "old".into() };
    let before = BTreeMap::from([
        (tag("x"), record("id-1")),
        (tag("y"), Record { deposed: vec![deposed], ..record("id-4") }),
    ]);
    for (address, given, complaint) in [
        (
            &workspace,
            "id-1",
            "a new workspace was asked for, and the service gave id-1, which belongs to tags.x",
        ),
        (
            &workspace,
            "id-2",
            "a new workspace was asked for, and the service gave id-2, which stood before",
        ),
        (
            &tag("acme"),
            "id-3",
            "a new tag was asked for, and the service gave id-3, which belongs to tags.y",
        ),
    ] {
        let fake = Fake::answering([("acme", gives(given))]);
        let known_workspaces = [Id("id-2".into())].into();
        let run = Run { before: before.clone(), known_workspaces, ..Run::new(&fake) };
        let came = run.of(&make(address));
        assert_eq!(came.words(), [&format!("failed: {complaint}"), "skipped for 0"]);
        assert_eq!(came.state, State { records: before.clone(), ..State::default() });
    }
}

#[test]
fn one_id_for_two_that_are_made_at_once() {
    let fake = Fake::answering([("a", gives("id-1")), ("b", gives("id-1"))]);
    let came = Run::new(&fake).of(&plan(vec![create("a", &[]), create("b", &[])]));
    let failures: Vec<_> = came.report.failures().collect();
    assert!(matches!(failures.as_slice(), [(StepId(1), Error::NotNew { holder: Some(_), .. })]));
    assert_eq!((came.id(&tag("a")), came.id(&tag("b"))), (Some("id-1"), None));
}

#[test]
fn steps_of_one_resource_that_end_at_once_all_count() {
    let template = Address::new(Kind::SourceTemplate, "github");
    let attach = |name: &str| {
        let path = Path::attribute("tags").member(name);
        let leaves = [(path.clone(), print(&path, &Value::text(name)))].into();
        let memory =
            Memory::Updated { name: None, leaves, dropped: BTreeSet::new(), kept: SmallMap::new() };
        let call = Call::Attach { target: Target::Own, tag: name.into() };
        step(template.clone(), call, memory, &[])
    };
    let before = [(template.clone(), record("id-1"))].into();
    let fake = Fake::default();
    let run = Run { before, ..Run::new(&fake) };
    let came = run.of(&plan(vec![attach("a"), attach("b"), attach("c")]));
    assert_eq!(fake.calls(), ["attach a", "attach b", "attach c"]);
    let tags = came.state.records[&template].leaves.keys().map(Path::to_string);
    assert_eq!(tags.collect::<Vec<_>>(), [r#"tags["a"]"#, r#"tags["b"]"#, r#"tags["c"]"#]);
}

#[test]
fn a_replace_and_its_end() {
    let old = Deposed { id: Id("id-0".into()), name: "older".into() };
    let replaced = Deposed { id: Id("id-1".into()), name: "a".into() };
    let mut make = create("a", &[]);
    if let Memory::Created { replaces, .. } = &mut make.memory {
        *replaces = Some(replaced.clone());
    }
    let delete = |id: &str, after: &[usize]| {
        let id = Id(id.into());
        let call = Call::Delete { id: id.clone(), name: "a (replaced)".into() };
        step(tag("a"), call, Memory::DeposedGone { id }, after)
    };
    let before =
        BTreeMap::from([(tag("a"), Record { deposed: vec![old.clone()], ..record("id-1") })]);
    let fake = Fake::default();
    let run = Run { before: before.clone(), cancel_at: Some(StepId(0)), ..Run::new(&fake) };
    let came = run.of(&plan(vec![make.clone(), delete("id-1", &[0])]));
    assert_eq!(came.id(&tag("a")), Some("id-a"));
    assert_eq!(came.state.records[&tag("a")].deposed, [old.clone(), replaced]);

    let run = Run { before, ..Run::new(&fake) };
    let came = run.of(&plan(vec![make, delete("id-1", &[0])]));
    assert_eq!(came.state.records[&tag("a")].deposed, [old]);
}

#[test]
fn a_move_and_a_removal() {
    let memory = Memory::Put { record: record("id-1"), moved_from: Some(tag("old")) };
    let steps = vec![
        step(tag("new"), Call::Nothing, memory, &[]),
        step(tag("gone"), Call::Nothing, Memory::Removed, &[]),
    ];
    let before = [(tag("old"), record("id-1")), (tag("gone"), record("id-2"))].into();
    let fake = Fake::default();
    let came = Run { before, ..Run::new(&fake) }.of(&plan(steps));
    assert_eq!(came.words(), ["done"; 2]);
    assert_eq!(came.state.records, [(tag("new"), record("id-1"))].into());
    assert_eq!(fake.log(), [""; 0]);
}
