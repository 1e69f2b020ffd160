//! Secrets that are not at hand are taken to be what they were, and known once they are at hand.

use model::plan::{Action, Reason};
use model::state::{Origin, Seen};

use super::*;
use crate::tests::{Readable, Without, walk};

const DECLARED: &str = "connection_templates.lake destination_name=lake destination=S3 \
                        hosting=user destination_config={bucket: b, token: $A}";

/// The steps of a life: taken over without the secret, looked at without it, then with it.
fn check(mask: Mask, origin: Origin, seen: Seen, at_hand: (Action, Reason)) {
    let mut scene = Scene::default();
    scene.service.tastes.mask = mask;
    let made = manifest(DECLARED);
    let options = Options::default();
    walk::carry_out(&scene.plan(&made, &options), &mut scene);
    scene.state = Default::default();

    let taken = scene.plan_with(&made, &Without, &options);
    walk::carry_out(&taken, &mut scene);
    let address = address("connection_templates.lake");
    let token = model::Path::attribute("destination_config").key("token");
    let leaf = &scene.state.records[&address].leaves[&token];
    assert_eq!((leaf.origin, &leaf.seen), (origin, &seen), "{mask:?}");
    assert!(scene.plan_with(&made, &Without, &options).is_empty(), "{mask:?}");

    let plan = scene.plan_with(&made, &Readable, &options);
    let change = &plan.changes[&address];
    assert_eq!((change.action, change.reason.clone()), at_hand, "{mask:?}");
    assert!(plan.is_quiet(), "{mask:?}");
    walk::carry_out(&plan, &mut scene);
    assert!(scene.plan(&made, &options).is_empty(), "{mask:?}");
    assert!(scene.plan_with(&made, &Without, &options).is_empty(), "{mask:?}");

    // From then on another one is a change.
    let rotated = manifest(&DECLARED.replace("$A", "$B"));
    assert_eq!(scene.plan(&rotated, &options).count(Action::Update), 1, "{mask:?}");
    assert!(scene.plan_with(&rotated, &Without, &options).is_empty(), "{mask:?}");
}

#[test]
fn a_secret_is_taken_as_it_is_and_known_when_it_is_at_hand() {
    let learnt = || (Action::Record, Reason::SecretsAtHand);
    check(Mask::Asterisks, Origin::Unknown, Seen::Hidden, learnt());
    check(Mask::Object, Origin::Unknown, Seen::Hidden, learnt());
    // What is shown in clear is known at once.
    let known = (Action::NoOp, Reason::AsDeclared);
    check(Mask::Clear, Origin::Assumed, Seen::Same, known);
}

#[test]
fn drift_of_a_secret_that_is_shown_is_seen_without_it() {
    let mut scene = Scene::of(&manifest(DECLARED));
    scene.service.tastes.mask = Mask::Clear;
    let options = Options::default();
    walk::carry_out(&scene.plan(&manifest(DECLARED), &options), &mut scene);
    assert!(scene.plan_with(&manifest(DECLARED), &Without, &options).is_empty());
    happen(&mut scene, "set connection_templates-1 destination_config={bucket: b, token: other}");
    let plan = scene.plan_with(&manifest(DECLARED), &Without, &options);
    insta::assert_snapshot!(render(&plan), @r#"
    connection_templates.lake Update Drifted
      destination_config.token: (secret) -> (secret) (live)
    0. connection_templates.lake update connection_templates-1 "lake" {destination_config}
    "#);
}

#[test]
fn a_secret_that_is_new_is_a_change_without_it_too() {
    let mut scene = Scene::of(&manifest(&DECLARED.replace(", token: $A", "")));
    let plan = scene.plan_with(&manifest(DECLARED), &Without, &Options::default());
    assert_eq!(plan.count(Action::Update), 1);
    walk::carry_out(&scene.plan(&manifest(DECLARED), &Options::default()), &mut scene);
    assert!(scene.plan_with(&manifest(DECLARED), &Without, &Options::default()).is_empty());
}
