//! Gaps, and what they are filled with.

use super::*;
use crate::Error;
use crate::ready::{Sources, ready};

/// A template that is a clone of `origin`, with a secret from `variable` in its configuration.
fn clone(origin: &Address, variable: &str) -> Step {
    let config = SmallMap::from([
        ("key".to_owned(), secret(variable)),
        ("list".to_owned(), Value::List(vec![Value::Bool(true), Value::Null])),
    ]);
    let attributes = SmallMap::from([
        ("name".to_owned(), Value::text("lite")),
        ("clone_of".to_owned(), Value::Reference(origin.clone())),
        ("partial_default_config".to_owned(), Value::Map(config)),
    ]);
    let address = Address::new(Kind::SourceTemplate, "lite");
    step(address, Call::Create { attributes }, created("lite"), &[])
}

fn made(state: &State, step: &Step) -> Result<Option<ReadyStep>, Error> {
    ready(step, &Sources { state, secrets: &OneSecret })
}

/// The attributes of what `step` sends.
fn attributes(state: &State, step: &Step) -> BTreeMap<String, Filled> {
    match made(state, step).unwrap().unwrap().call {
        ReadyCall::Create { attributes, .. } => attributes,
        other => panic!("{other:?}"),
    }
}

fn check_error(step: &Step, complaint: &str) {
    let error = made(&State::default(), step).unwrap_err();
    assert_eq!(error.to_string(), complaint);
}

fn origin() -> Address {
    Address::new(Kind::SourceTemplate, "full")
}

#[test]
fn ids_and_secrets() {
    let state = State { records: [(origin(), record("id-1"))].into(), ..State::default() };
    let sent = attributes(&state, &clone(&origin(), "KEY"));
    assert!(!format!("{sent:?}").contains("hunter2"));
    assert!(matches!(&sent["clone_of"], Filled::Text(id) if id == "id-1"));
    let Filled::Map(config) = &sent["partial_default_config"] else { panic!("{sent:?}") };
    assert!(matches!(&config["key"], Filled::Secret(text) if text.expose_secret() == "hunter2"));
    let Filled::List(items) = &config["list"] else { panic!("{config:?}") };
    assert!(matches!(items.as_slice(), [Filled::Bool(true), Filled::Null]));
}

#[test]
fn what_is_missing() {
    check_error(
        &clone(&origin(), "KEY"),
        "nothing is remembered of source_templates.full, whose id is needed here",
    );
    let mut step = clone(&origin(), "LOCK");
    if let Call::Create { attributes } = &mut step.call {
        attributes.remove("clone_of");
    }
    check_error(&step, "there is no text for ${secret:env:LOCK}");
}

#[test]
fn a_plan_that_contradicts_itself() {
    let contradiction = "the plan contradicts itself: what it makes is not what it remembers";
    let call = Call::Create { attributes: SmallMap::new() };
    check_error(&step(tag("a"), call, Memory::Unchanged, &[]), contradiction);
    check_error(&step(tag("a"), Call::Nothing, created("a"), &[]), contradiction);
}

#[test]
fn a_record_that_is_needed_is_missed_before_the_call() {
    let update = |target| {
        let attributes = texts([("name", "b")]);
        let call = Call::Update { target, name: "a".into(), attributes };
        let (name, leaves, dropped) = (Some("b".into()), SmallMap::new(), BTreeSet::new());
        step(tag("a"), call, Memory::Updated { name, leaves, dropped, kept: SmallMap::new() }, &[])
    };
    let complaint = "nothing is remembered of tags.a, whose id is needed here";
    check_error(&update(Target::Own), complaint);
    check_error(&update(Target::Id(Id("id-1".into()))), complaint);
    let state = State { records: [(tag("a"), record("id-1"))].into(), ..State::default() };
    let sent = made(&state, &update(Target::Own)).unwrap().unwrap();
    assert!(matches!(sent.call, ReadyCall::Update { id, .. } if id.0 == "id-1"));
}
