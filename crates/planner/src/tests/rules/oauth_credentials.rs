//! OAuth apps: written, and never seen again.
use model::Kind;

use super::{planned, pruning};
use crate::Options;

const APP: &str =
    "oauth_credentials.gh connector_type=GitHub configuration={client_id: a, client_secret: $A}";

fn check(before: &str, meanwhile: &str, now: &str) -> String {
    planned(before, meanwhile, now, &Options::default())
}

#[test]
fn one_that_is_new_is_written_over_whatever_stands() {
    let stray = "stray oauth_credentials connector_type=GitHub configuration={client_id: theirs}";
    insta::assert_snapshot!(check("", stray, APP), @r#"
    oauth_credentials.gh Create New
      configuration.client_id: - -> "a" (declared)
      configuration.client_secret: - -> (secret) (declared)
      connector_type: - -> "GitHub" (declared)
    0. oauth_credentials.gh create {configuration, connector_type}
    note Overwrites { address: Address { kind: OAuthCredential, name: "gh", key: None }, name: "GitHub" }
    "#);
}

#[test]
fn one_that_is_as_it_was_written_is_left() {
    insta::assert_snapshot!(check(APP, "", APP), @"
    oauth_credentials.gh NoOp AsDeclared
    note Unseen { kind: OAuthCredential, resources: 1 }
    ");
}

#[test]
fn what_has_become_of_it_elsewhere_is_not_seen() {
    let edited = "set oauth_credentials-1 configuration={client_id: theirs}";
    insta::assert_snapshot!(check(APP, edited, APP), @"
    oauth_credentials.gh NoOp AsDeclared
    note Unseen { kind: OAuthCredential, resources: 1 }
    ");
    insta::assert_snapshot!(check(APP, "gone oauth_credentials-1", APP), @"
    oauth_credentials.gh NoOp AsDeclared
    note Unseen { kind: OAuthCredential, resources: 1 }
    ");
}

#[test]
fn a_secret_or_another_leaf_that_is_edited_is_written() {
    let rotated = APP.replace("$A", "$B");
    insta::assert_snapshot!(check(APP, "", &rotated), @r#"
    oauth_credentials.gh Update Edited
      configuration.client_secret: (hidden) -> (secret) (declared)
    0. oauth_credentials.gh update oauth_credentials-1 "GitHub" {configuration}
    note Unseen { kind: OAuthCredential, resources: 1 }
    "#);
    let renamed = APP.replace("client_id: a", "client_id: b");
    insta::assert_snapshot!(check(APP, "", &renamed), @r#"
    oauth_credentials.gh Update Edited
      configuration.client_id: (hidden) -> "b" (declared)
    0. oauth_credentials.gh update oauth_credentials-1 "GitHub" {configuration}
    note Unseen { kind: OAuthCredential, resources: 1 }
    "#);
    let shorter = APP.replace("client_id: a, ", "");
    insta::assert_snapshot!(check(APP, "", &shorter), @r#"
    oauth_credentials.gh Update Edited
      configuration.client_id: (hidden) -> - (declared)
    0. oauth_credentials.gh update oauth_credentials-1 "GitHub" {configuration}, drops configuration.client_id
    note Unseen { kind: OAuthCredential, resources: 1 }
    "#);
}

#[test]
fn one_for_another_connector_is_another_one() {
    let moved = APP.replace("GitHub", "Stripe");
    insta::assert_snapshot!(check(APP, "", &moved), @r#"
    oauth_credentials.gh Replace Immutable { attributes: {"connector_type"} }
      connector_type: "GitHub" -> "Stripe" (declared) replaces
    0. oauth_credentials.gh nothing, put oauth_credentials-1
    1. oauth_credentials.gh delete oauth_credentials-1 "GitHub", removed [after 0]
    2. oauth_credentials.gh create {configuration, connector_type} [after 0 1]
    note Overwrites { address: Address { kind: OAuthCredential, name: "gh", key: None }, name: "Stripe" }
    "#);
}

#[test]
fn two_may_take_each_others_connectors() {
    let two = format!("{APP}\noauth_credentials.st connector_type=Stripe configuration={{}}");
    let swapped = two.replace("GitHub", "X").replace("Stripe", "GitHub").replace("=X", "=Stripe");
    insta::assert_snapshot!(check(&two, "", &swapped), @r#"
    oauth_credentials.gh Replace Immutable { attributes: {"connector_type"} }
      connector_type: "GitHub" -> "Stripe" (declared) replaces
    oauth_credentials.st Replace Immutable { attributes: {"connector_type"} }
      connector_type: "Stripe" -> "GitHub" (declared) replaces
    0. oauth_credentials.gh nothing, put oauth_credentials-1
    1. oauth_credentials.gh delete oauth_credentials-1 "GitHub", removed [after 0]
    2. oauth_credentials.st nothing, put oauth_credentials-2
    3. oauth_credentials.st delete oauth_credentials-2 "Stripe", removed [after 2]
    4. oauth_credentials.gh create {configuration, connector_type} [after 0 1 3]
    5. oauth_credentials.st create {configuration, connector_type} [after 1 2 3]
    "#);
}

#[test]
fn a_trigger_writes_it_anew() {
    let triggered = format!("tags.a name=a\n{APP} lifecycle={{replace_triggered_by: [tags.a]}}");
    let changed = triggered.replace("name=a", "name=b");
    insta::assert_snapshot!(check(&triggered, "", &changed), @r#"
    tags.a Update Edited
      name: "a" -> "b" (declared)
    oauth_credentials.gh Replace Triggered { by: {Address { kind: Tag, name: "a", key: None }} }
    0. tags.a update tags-1 "a" {name}, now "b"
    1. oauth_credentials.gh nothing, put oauth_credentials-1
    2. oauth_credentials.gh delete oauth_credentials-1 "GitHub", removed [after 1]
    3. oauth_credentials.gh create {configuration, connector_type} [after 1 2]
    "#);
}

#[test]
fn another_address_is_the_same_app() {
    let moved = APP.replace(".gh", ".github");
    insta::assert_snapshot!(check(APP, "", &moved), @r#"
    oauth_credentials.github Record Moved { from: Address { kind: OAuthCredential, name: "gh", key: None } }
    0. oauth_credentials.github nothing, put oauth_credentials-1 from oauth_credentials.gh
    note Unseen { kind: OAuthCredential, resources: 1 }
    "#);
}

#[test]
fn one_that_is_no_longer_declared_stays_unless_it_is_pruned() {
    insta::assert_snapshot!(check(APP, "", ""), @r#"
    oauth_credentials.gh NoOp UndeclaredKept
    note Kept { address: Address { kind: OAuthCredential, name: "gh", key: None } }
    "#);
    let prune = pruning(&[Kind::OAuthCredential], None);
    insta::assert_snapshot!(planned(APP, "", "", &prune), @r#"
    oauth_credentials.gh Delete Pruned
    0. oauth_credentials.gh nothing, put oauth_credentials-1
    1. oauth_credentials.gh delete oauth_credentials-1 "GitHub", removed [after 0]
    "#);
    let twice = planned(APP, "gone oauth_credentials-1", "", &prune);
    insta::assert_snapshot!(twice, @r#"
    oauth_credentials.gh Delete Pruned
    0. oauth_credentials.gh nothing, put oauth_credentials-1
    1. oauth_credentials.gh delete oauth_credentials-1 "GitHub", removed [after 0]
    "#);
}

#[test]
fn a_lost_answer_or_state_is_no_reason_to_ask() {
    insta::assert_snapshot!(check("", "begun oauth_credentials.gh GitHub", APP), @r#"
    oauth_credentials.gh Create New
      configuration.client_id: - -> "a" (declared)
      configuration.client_secret: - -> (secret) (declared)
      connector_type: - -> "GitHub" (declared)
    0. oauth_credentials.gh create {configuration, connector_type}
    note Overwrites { address: Address { kind: OAuthCredential, name: "gh", key: None }, name: "GitHub" }
    "#);
    insta::assert_snapshot!(check(APP, "forget all", APP), @r#"
    oauth_credentials.gh Create New
      configuration.client_id: - -> "a" (declared)
      configuration.client_secret: - -> (secret) (declared)
      connector_type: - -> "GitHub" (declared)
    0. oauth_credentials.gh create {configuration, connector_type}
    note Overwrites { address: Address { kind: OAuthCredential, name: "gh", key: None }, name: "GitHub" }
    "#);
}

/// The answer to a delete is lost, and then the app is wanted again: nothing shows that it is gone.
#[test]
fn one_that_may_be_gone_is_written_again() {
    let mut scene = super::scene(APP, "");
    let prune = pruning(&[Kind::OAuthCredential], None);
    let plan = scene.plan(&super::manifest(""), &prune);
    super::super::walk::run(&plan, &mut scene, 0, plan.steps.len(), true);
    assert_eq!(scene.service.count(Kind::OAuthCredential, "GitHub", None), 0);
    for now in [APP.to_owned(), APP.replace(".gh", ".github")] {
        let mut scene = scene.clone();
        let now = super::manifest(&now);
        let plan = scene.plan(&now, &Options::default());
        super::super::walk::carry_out(&plan, &mut scene);
        assert_eq!(scene.service.count(Kind::OAuthCredential, "GitHub", None), 1);
        assert!(scene.plan(&now, &Options::default()).is_empty());
    }
}

#[test]
fn the_connector_is_spelt_as_the_service_spells_it() {
    insta::assert_snapshot!(check("", "", &APP.replace("GitHub", "Github")), @r#"
    oauth_credentials.gh Create New
      configuration.client_id: - -> "a" (declared)
      configuration.client_secret: - -> (secret) (declared)
    ! oauth_credentials.gh connector_type UnknownDefinition { text: "Github", similar: ["GitHub"] }
    "#);
    insta::assert_snapshot!(check("", "", &APP.replace("GitHub", "Twin")), @r#"
    oauth_credentials.gh Create New
      configuration.client_id: - -> "a" (declared)
      configuration.client_secret: - -> (secret) (declared)
    ! oauth_credentials.gh connector_type AmbiguousDefinition { text: "Twin", ids: {"d-twin-1", "d-twin-2"} }
    "#);
}

#[test]
fn connectors_of_its_kind_come_after_it_and_go_before_it() {
    let customers = "
        source_templates.pg name=PG definition=GitHub
        source_templates.st name=ST definition=Stripe
        workspaces.acme name=acme
    ";
    let all = format!(
        "{customers}{APP}
        connectors.a workspace=acme name=a source_template=pg
        connectors.b workspace=acme name=b definition=GitHub
        connectors.c workspace=acme name=c source_template=st"
    );
    insta::assert_snapshot!(check(customers, "", &all), @r#"
    source_templates.pg NoOp AsDeclared
    source_templates.st NoOp AsDeclared
    oauth_credentials.gh Create New
      configuration.client_id: - -> "a" (declared)
      configuration.client_secret: - -> (secret) (declared)
      connector_type: - -> "GitHub" (declared)
    workspaces.acme NoOp AsDeclared
    connectors.a Create New
      name: - -> "a" (declared)
      source_template: - -> source_templates.pg (declared)
      workspace: - -> workspaces.acme (declared)
    connectors.b Create New
      definition: - -> "d-github" (declared)
      name: - -> "b" (declared)
      workspace: - -> workspaces.acme (declared)
    connectors.c Create New
      name: - -> "c" (declared)
      source_template: - -> source_templates.st (declared)
      workspace: - -> workspaces.acme (declared)
    0. oauth_credentials.gh create {configuration, connector_type}
    1. connectors.a create {name, source_template, workspace} [after 0]
    2. connectors.b create {definition, name, workspace} [after 0]
    3. connectors.c create {name, source_template, workspace}
    note Overwrites { address: Address { kind: OAuthCredential, name: "gh", key: None }, name: "GitHub" }
    "#);
    let prune = pruning(&[Kind::OAuthCredential, Kind::Connector], None);
    insta::assert_snapshot!(planned(&all, "", customers, &prune), @r#"
    source_templates.pg NoOp AsDeclared
    source_templates.st NoOp AsDeclared
    oauth_credentials.gh Delete Pruned
    workspaces.acme NoOp AsDeclared
    connectors.a Delete Pruned
    connectors.b Delete Pruned
    connectors.c Delete Pruned
    0. oauth_credentials.gh nothing, put oauth_credentials-1
    1. connectors.a delete connectors-1 "a", removed
    2. connectors.b delete connectors-2 "b", removed
    3. connectors.c delete connectors-3 "c", removed
    4. oauth_credentials.gh delete oauth_credentials-1 "GitHub", removed [after 0 1 2 3]
    "#);
}
