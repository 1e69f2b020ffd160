//! Secrets that are written though nobody has changed them, and secrets that are not though somebody
//! has.

use model::plan::Action;
use model::state::Origin;

use super::*;
use crate::tests::{Without, walk};

const KEY: &str =
    "source_templates.a name=a definition=GitHub partial_default_config={h: x, key: $A}";
const VERSION: &str = "lifecycle={secret_version: v1}";

/// The plan for `now` under `options`, and that nothing is left to do once it has been carried out.
fn check(before: &str, meanwhile: &str, now: &str, options: &Options) -> String {
    let mut scene = super::scene(before, meanwhile);
    let plan = carried(&mut scene, &manifest(now), options);
    render(&plan)
}

fn carried(
    scene: &mut Scene,
    now: &model::desired::Desired,
    options: &Options,
) -> model::plan::Plan {
    let plan = scene.plan(now, options);
    if plan.blockers.is_empty() {
        walk::carry_out(&plan, scene);
        let once = Options { rotate: Default::default(), ..options.clone() };
        let again = scene.plan(now, &once);
        assert!(again.is_empty(), "{}\nand then\n{}", render(&plan), render(&again));
    }
    plan
}

fn rotating(addresses: &[&str]) -> Options {
    Options { rotate: addresses.iter().map(|at| address(at)).collect(), ..Options::default() }
}

fn assumed() -> Options {
    Options { rotate_assumed: true, ..Options::default() }
}

#[test]
fn what_is_asked_for_is_written_again() {
    insta::assert_snapshot!(check(KEY, "", KEY, &rotating(&["source_templates.a"])), @r#"
    source_templates.a Update Rotated
      partial_default_config.key: (hidden) -> (secret) (neither)
    0. source_templates.a update source_templates-1 "a" {partial_default_config}
    "#);
}

#[test]
fn what_is_asked_for_is_written_whatever_is_shown() {
    for mask in ["asterisks", "object", "dropped", "clear"] {
        let mask = format!("mask {mask}");
        let plan = check(KEY, &mask, KEY, &rotating(&["source_templates.a"]));
        assert!(plan.contains("source_templates.a Update Rotated"), "{plan}");
        assert!(plan.contains("-> (secret) (neither)"), "{plan}");
    }
}

#[test]
fn beside_an_edit_the_edit_is_the_reason() {
    let now = KEY.replace("h: x", "h: y");
    insta::assert_snapshot!(check(KEY, "", &now, &rotating(&["source_templates.a"])), @r#"
    source_templates.a Update Edited
      partial_default_config.h: "x" -> "y" (declared)
      partial_default_config.key: (hidden) -> (secret) (neither)
    0. source_templates.a update source_templates-1 "a" {partial_default_config}
    "#);
}

#[test]
fn an_app_is_written_again() {
    let app = "oauth_credentials.gh connector_type=GitHub configuration={client_id: a, client_secret: $A}";
    insta::assert_snapshot!(check(app, "", app, &rotating(&["oauth_credentials.gh"])), @r#"
    oauth_credentials.gh Update Rotated
      configuration.client_secret: (hidden) -> (secret) (neither)
    0. oauth_credentials.gh update oauth_credentials-1 "GitHub" {configuration}
    note Unseen { kind: OAuthCredential, resources: 1 }
    "#);
}

#[test]
fn what_has_no_secret_is_not_written_again() {
    let plain = "source_templates.a name=a definition=GitHub partial_default_config={h: x}";
    let ignored = format!("{KEY} lifecycle={{ignore_changes: [partial_default_config]}}");
    for now in [plain, &ignored] {
        let plan = check(now, "", now, &rotating(&["source_templates.a"]));
        assert!(plan.contains("NothingToRotate { stands: true }"), "{plan}");
        assert!(!plan.contains("0. "), "{plan}");
    }
}

/// Another object would be needed for them.
#[test]
fn credentials_are_not_written_again() {
    let connector = "
        workspaces.w name=w
        source_templates.a name=a definition=GitHub
        connectors.c workspace=w source_template=a name=c credentials={token: $A}
    ";
    let plan = check(connector, "", connector, &rotating(&["connectors.c"]));
    assert!(plan.contains("! connectors.c NothingToRotate { stands: true }"), "{plan}");
}

#[test]
fn what_does_not_stand_or_is_not_ours_is_not_written_again() {
    insta::assert_snapshot!(check("", "", KEY, &rotating(&["source_templates.a"])), @r#"
    source_templates.a Create New
      definition: - -> "d-github" (declared)
      name: - -> "a" (declared)
      partial_default_config.h: - -> "x" (declared)
      partial_default_config.key: - -> (secret) (declared)
    ! source_templates.a NothingToRotate { stands: false }
    "#);
    let external = "source_templates.a external name=a";
    let stray = "stray source_templates name=a definition=d-github";
    insta::assert_snapshot!(check("", stray, external, &rotating(&["source_templates.a"])), @r#"
    source_templates.a NoOp External
    ! source_templates.a NothingToRotate { stands: true }
    "#);
}

#[test]
fn what_was_taken_as_it_is_is_written_all_at_once() {
    let both =
        format!("{KEY}\n{}", KEY.replace("templates.a", "templates.b").replace("=a ", "=b "));
    let mut scene = super::scene(&both, "forget all");
    let now = manifest(&both);
    let plan = scene.plan(&now, &Options::default());
    walk::carry_out(&plan, &mut scene);
    insta::assert_snapshot!(render(&carried(&mut scene, &now, &assumed())), @r#"
    source_templates.a Update Rotated
      partial_default_config.key: (hidden) -> (secret) (neither)
    source_templates.b Update Rotated
      partial_default_config.key: (hidden) -> (secret) (neither)
    0. source_templates.a update source_templates-1 "a" {partial_default_config}
    1. source_templates.b update source_templates-2 "b" {partial_default_config}
    "#);
    let leaves = scene.state.records.values().flat_map(|record| record.leaves.values());
    assert!(leaves.into_iter().all(|leaf| leaf.origin == Origin::Written));
}

#[test]
fn what_is_taken_over_now_is_written_at_once_too() {
    insta::assert_snapshot!(check(KEY, "forget all", KEY, &assumed()), @r#"
    source_templates.a Adopt FoundByName
      partial_default_config.key: (hidden) -> (secret) (neither)
    0. source_templates.a nothing, put source_templates-1
    1. source_templates.a update source_templates-1 "a" {partial_default_config} [after 0]
    "#);
}

#[test]
fn what_was_written_is_not_assumed() {
    insta::assert_snapshot!(check(KEY, "", KEY, &assumed()), @"source_templates.a NoOp AsDeclared");
}

/// An export has no secret to take the digest of.
#[test]
fn what_was_taken_without_the_secret_is_assumed_too() {
    let mut scene = super::scene(KEY, "forget all");
    let now = manifest(KEY);
    walk::carry_out(&scene.plan_with(&now, &Without, &Options::default()), &mut scene);
    insta::assert_snapshot!(render(&carried(&mut scene, &now, &assumed())), @r#"
    source_templates.a Update Rotated
      partial_default_config.key: (hidden) -> (secret) (neither)
    0. source_templates.a update source_templates-1 "a" {partial_default_config}
    "#);
}

#[test]
fn another_value_of_the_same_version_is_no_change() {
    let before = format!("{KEY} {VERSION}");
    let now = before.replace("$A", "$B");
    for mask in ["asterisks", "object", "dropped", "clear"] {
        let mask = format!("mask {mask}");
        let plan = check(&before, &mask, &now, &Options::default());
        assert_eq!(plan, "source_templates.a NoOp AsDeclared", "{mask}");
    }
}

#[test]
fn another_version_writes_all_secrets() {
    let before = format!("{KEY} {VERSION}");
    let now = before.replace("v1", "v2");
    insta::assert_snapshot!(check(&before, "", &now, &Options::default()), @r#"
    source_templates.a Update Edited
      partial_default_config.key: (hidden) -> (secret) (neither)
      secret_version: "v1" -> "v2" (declared)
    0. source_templates.a update source_templates-1 "a" {partial_default_config}, keeps secret_version "v2"
    "#);
    let now = now.replace("$A", "$B");
    insta::assert_snapshot!(check(&before, "", &now, &Options::default()), @r#"
    source_templates.a Update Edited
      partial_default_config.key: (hidden) -> (secret) (declared)
      secret_version: "v1" -> "v2" (declared)
    0. source_templates.a update source_templates-1 "a" {partial_default_config}, keeps secret_version "v2"
    "#);
}

/// Should the run break off before the write, the version is still the old one.
#[test]
fn a_version_is_kept_when_it_has_been_written() {
    let before = format!("{KEY} {VERSION}");
    let now = manifest(&before.replace("v1", "v2"));
    let mut scene = super::scene(&before, "forget source_templates.a");
    walk::carry_out(&scene.plan(&manifest(&before), &Options::default()), &mut scene);
    let plan = scene.plan(&now, &Options::default());
    let settles = plan.steps.len() - 1;
    walk::run(&plan, &mut scene, 0, settles, false);
    let kept = |scene: &Scene| scene.state.records[&address("source_templates.a")].kept.clone();
    assert_eq!(kept(&scene)["secret_version"], "v1");
    let plan = carried(&mut scene, &now, &Options::default());
    assert_eq!(plan.count(Action::Update), 1);
    assert_eq!(kept(&scene)["secret_version"], "v2");
}

#[test]
fn the_first_version_is_taken_as_it_is() {
    let now = format!("{KEY} {VERSION}");
    insta::assert_snapshot!(check(KEY, "", &now, &Options::default()), @r#"
    source_templates.a Record NotRemembered
    0. source_templates.a nothing, put source_templates-1
    "#);
    // Short-lived as they are, they have another value by then.
    let other = now.replace("$A", "$B");
    insta::assert_snapshot!(check(KEY, "", &other, &Options::default()), @r#"
    source_templates.a Record NotRemembered
    0. source_templates.a nothing, put source_templates-1
    "#);
    insta::assert_snapshot!(check(KEY, "forget all", &other, &Options::default()), @r#"
    source_templates.a Adopt FoundByName
    0. source_templates.a nothing, put source_templates-1
    note Assumed { leaves: 1, resources: 1 }
    "#);
}

#[test]
fn without_a_version_values_count_again() {
    let before = format!("{KEY} {VERSION}");
    insta::assert_snapshot!(check(&before, "", KEY, &Options::default()), @r#"
    source_templates.a Record NotRemembered
    0. source_templates.a nothing, put source_templates-1
    "#);
    insta::assert_snapshot!(check(&before, "", &KEY.replace("$A", "$B"), &Options::default()), @r#"
    source_templates.a Update Edited
      partial_default_config.key: (hidden) -> (secret) (declared)
    0. source_templates.a nothing, put source_templates-1
    1. source_templates.a update source_templates-1 "a" {partial_default_config} [after 0]
    "#);
}

#[test]
fn a_new_value_goes_with_another_change_and_is_shown() {
    let before = format!("{KEY} {VERSION}");
    let now = before.replace("$A", "$B").replace("h: x", "h: y");
    insta::assert_snapshot!(check(&before, "", &now, &Options::default()), @r#"
    source_templates.a Update Edited
      partial_default_config.h: "x" -> "y" (declared)
      partial_default_config.key: (hidden) -> (secret) (neither)
    0. source_templates.a update source_templates-1 "a" {partial_default_config}
    "#);
}

#[test]
fn a_secret_that_is_added_is_written_under_the_same_version() {
    let before = format!("{KEY} {VERSION}");
    let now = before.replace("key: $A", "key: $A, other: $B");
    insta::assert_snapshot!(check(&before, "", &now, &Options::default()), @r#"
    source_templates.a Update Edited
      partial_default_config.other: - -> (secret) (declared)
    0. source_templates.a update source_templates-1 "a" {partial_default_config}
    "#);
}

/// What stands is known where it is shown, whatever is declared by now.
#[test]
fn drift_of_a_secret_is_seen_under_a_version() {
    let before = format!("{KEY} {VERSION}");
    let first = before.replace("v1", "v0");
    let meanwhile = format!(
        "mask clear
         apply {before}
         set source_templates-1 partial_default_config={{h: x, key: z}}"
    );
    let drifted = check(&first, &meanwhile, &before.replace("$A", "$B"), &Options::default());
    insta::assert_snapshot!(drifted, @r#"
    source_templates.a Update Drifted
      partial_default_config.key: (secret) -> (secret) (live)
    0. source_templates.a update source_templates-1 "a" {partial_default_config}
    "#);
}

#[test]
fn a_version_moves_along() {
    let before = format!("{KEY} {VERSION}");
    let now = before.replace("$A", "$B").replace("templates.a", "templates.b");
    let moved = format!("{now}\nmoved source_templates.a source_templates.b");
    for mask in ["asterisks", "clear"] {
        let meanwhile = format!("mask {mask}\napply {before}");
        let plan = check(&before, &meanwhile, &moved, &Options::default());
        assert!(plan.starts_with("source_templates.b Record Moved"), "{plan}");
        assert!(!plan.contains("update"), "{plan}");
    }
}

#[test]
fn a_version_without_a_secret_is_not_kept() {
    let plain =
        "tags.a name=a\nsource_templates.a name=a definition=GitHub partial_default_config={h: x}";
    let now = format!("{plain} {VERSION}");
    let plan = check(plain, "", &now, &Options::default());
    assert!(!plan.contains("0. "), "{plan}");
}

/// A connector is not replaced for another value, and is for another version where the value differs.
#[test]
fn credentials_go_by_the_version_too() {
    let connector = |secret: &str, version: &str| {
        format!(
            "workspaces.w name=w
             source_templates.a name=a definition=GitHub
             connectors.c workspace=w source_template=a name=c credentials={{token: {secret}}} \
             lifecycle={{allow_replace: true, secret_version: {version}}}"
        )
    };
    let options = Options::default();
    let plan = check(&connector("$A", "v1"), "", &connector("$B", "v1"), &options);
    assert!(plan.contains("connectors.c NoOp AsDeclared"), "{plan}");
    let plan = check(&connector("$A", "v1"), "", &connector("$A", "v2"), &options);
    assert!(plan.contains("connectors.c Record NotRemembered"), "{plan}");
    let plan = check(&connector("$A", "v1"), "", &connector("$B", "v2"), &options);
    assert!(plan.contains("connectors.c Replace Immutable"), "{plan}");
}

/// What is replaced with a template is not replaced because of a token that lives for an hour.
#[test]
fn a_trigger_goes_by_the_version_too() {
    let both = |secret: &str, lifecycle: &str| {
        let trigger = KEY.replace("$A", secret);
        format!(
            "{trigger} lifecycle={{{lifecycle}}}
             source_templates.b name=b definition=GitHub lifecycle={{replace_triggered_by: [source_templates.a]}}"
        )
    };
    let replaces = |before: &str, now: &str| {
        check(before, "", now, &Options::default()).contains("source_templates.b Replace")
    };
    let (none, one, two) = ("", "secret_version: v1", "secret_version: v2");
    for (before, now, expected) in [
        (both("$A", one), both("$B", one), false),
        (both("$A", one), both("$A", two), true),
        (both("$A", none), both("$A", one), false),
        (both("$A", one), both("$A", none), false),
        (both("$A", none), both("$B", none), true),
    ] {
        assert_eq!(replaces(&before, &now), expected, "{before}\n{now}");
    }
}
