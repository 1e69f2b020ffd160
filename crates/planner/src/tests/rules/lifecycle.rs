//! How far a plan may go: `lifecycle`.

use std::collections::BTreeSet;

use model::Kind;

use super::{planned, pruning};
use crate::Options;

fn plan(before: &str, meanwhile: &str, now: &str) -> String {
    planned(before, meanwhile, now, &Options::default())
}

fn replacing(name: &str) -> Options {
    Options { replace_workspaces: BTreeSet::from([name.to_owned()]), ..Options::default() }
}

#[test]
fn what_is_protected_is_not_replaced() {
    let plan = plan(
        "source_templates.a name=A definition=GitHub lifecycle={prevent_destroy: true}",
        "",
        "source_templates.a name=A definition=Stripe lifecycle={prevent_destroy: true}",
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.a Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
    ! source_templates.a DestroyPrevented
    "#);
}

#[test]
fn what_is_protected_is_not_deleted_once_its_block_is_gone() {
    let plan = planned(
        "
            tags.a name=a lifecycle={prevent_destroy: true}
            tags.b name=b
        ",
        "",
        "tags.b name=b",
        &pruning(&[Kind::Tag], None),
    );
    insta::assert_snapshot!(plan, @"
    tags.a Delete Pruned
    tags.b NoOp AsDeclared
    ! tags.a DestroyPrevented
    ");
}

#[test]
fn what_is_protected_is_not_destroyed_and_may_be_let_go() {
    let before = "
        tags.a name=a lifecycle={prevent_destroy: true}
        tags.b name=b
    ";
    insta::assert_snapshot!(plan(before, "", "destroyed tags.a\ntags.b name=b"), @"
    tags.a Delete Removed
    tags.b NoOp AsDeclared
    ! tags.a DestroyPrevented
    ");
    insta::assert_snapshot!(plan(before, "", "removed tags.a\ntags.b name=b"), @"
    tags.a Forget Removed
    tags.b NoOp AsDeclared
    0. tags.a nothing, removed
    ");
}

#[test]
fn protection_is_remembered_and_taken_back() {
    let (off, on) = ("tags.a name=a", "tags.a name=a lifecycle={prevent_destroy: true}");
    insta::assert_snapshot!(plan(off, "", on), @"
    tags.a Record NotRemembered
    0. tags.a nothing, put tags-1
    ");
    insta::assert_snapshot!(plan(on, "", off), @"
    tags.a Record NotRemembered
    0. tags.a nothing, put tags-1
    ");
}

#[test]
fn what_is_ignored_is_not_changed() {
    let plan = plan(
        "source_templates.a name=A definition=GitHub mode=direct partial_default_config={x: 1, y: 1}",
        "set source_templates-1 mode=multi partial_default_config={x: 2, y: 1}",
        r#"source_templates.a name=A definition=GitHub mode=direct partial_default_config={x: 1, y: 1} lifecycle={ignore_changes: ["mode", "partial_default_config.x"]}"#,
    );
    insta::assert_snapshot!(plan, @"source_templates.a NoOp AsDeclared");
}

#[test]
fn what_is_ignored_is_sent_as_it_is() {
    let plan = plan(
        "source_templates.a name=A definition=GitHub partial_default_config={x: {z: 1}, y: 1}",
        "set source_templates-1 partial_default_config={x: {z: 2, more: 3}, y: 1}",
        r#"source_templates.a name=A definition=GitHub partial_default_config={x: {z: 1}, y: 2} lifecycle={ignore_changes: ["partial_default_config.x"]}"#,
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.a Update Edited
      partial_default_config.y: 1 -> 2 (declared)
    0. source_templates.a update source_templates-1 "A" {partial_default_config}
    "#);
}

#[test]
fn what_is_ignored_and_hidden_blocks_only_a_write() {
    let before =
        "source_templates.a name=A definition=GitHub partial_default_config={x: $KEY, y: 1}";
    let now = |y: &str| {
        format!(
            r#"source_templates.a name=A definition=GitHub partial_default_config={{y: {y}}} lifecycle={{ignore_changes: ["partial_default_config.x"]}}"#
        )
    };
    insta::assert_snapshot!(plan(before, "mask asterisks", &now("1")), @"source_templates.a NoOp AsDeclared");
    insta::assert_snapshot!(plan(before, "mask asterisks", &now("2")), @"
    source_templates.a Update Edited
      partial_default_config.y: 1 -> 2 (declared)
    ! source_templates.a partial_default_config.x HiddenValueLost
    ");
}

#[test]
fn an_ignored_secret_is_not_sent_again() {
    let plan = plan(
        "source_templates.a name=A definition=GitHub partial_default_config={key: $KEY}",
        "mask asterisks",
        r#"source_templates.a name=A definition=GitHub partial_default_config={key: $OTHER} lifecycle={ignore_changes: ["partial_default_config"]}"#,
    );
    insta::assert_snapshot!(plan, @"source_templates.a NoOp AsDeclared");
}

#[test]
fn ignored_members_and_regions() {
    let plan = plan(
        "
            tags.a name=a
            tags.b name=b
            source_templates.a name=A definition=GitHub tags=[a]
            workspaces.a name=a region=us
        ",
        "",
        r#"
            tags.a name=a
            tags.b name=b
            source_templates.a name=A definition=GitHub tags=[b] lifecycle={ignore_changes: ["tags"]}
            workspaces.a name=a region=eu lifecycle={ignore_changes: ["region"]}
        "#,
    );
    insta::assert_snapshot!(plan, @"
    tags.a NoOp AsDeclared
    tags.b NoOp AsDeclared
    source_templates.a NoOp AsDeclared
    workspaces.a NoOp AsDeclared
    ");
}

#[test]
fn what_is_ignored_is_given_to_what_is_new() {
    let plan = plan(
        r#"source_templates.a name=A definition=GitHub mode=direct lifecycle={ignore_changes: ["mode"]}"#,
        "set source_templates-1 mode=multi",
        r#"source_templates.a name=A definition=Stripe mode=direct lifecycle={ignore_changes: ["mode"]}"#,
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.a Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
    0. source_templates.a update source_templates-1 "A" {name}, now "A (replaced)"
    1. source_templates.a create {definition, mode, name}, deposes source_templates-1 "A" [after 0]
    2. source_templates.a delete source_templates-1 "A (replaced)", source_templates-1 gone [after 0 1]
    "#);
}

#[test]
fn a_trigger_replaces() {
    let template = r#"source_templates.b name=B definition=GitHub lifecycle={replace_triggered_by: ["source_templates.a"]}"#;
    let manifest =
        |mode: &str| format!("source_templates.a name=A definition=GitHub mode={mode}\n{template}");
    insta::assert_snapshot!(plan(&manifest("direct"), "", &manifest("direct")), @"
    source_templates.a NoOp AsDeclared
    source_templates.b NoOp AsDeclared
    ");
    insta::assert_snapshot!(plan(&manifest("direct"), "", &manifest("multi")), @r#"
    source_templates.a Update Edited
      mode: "direct" -> "multi" (declared)
    source_templates.b Replace Triggered { by: {Address { kind: SourceTemplate, name: "a", key: None }} }
    0. source_templates.a update source_templates-1 "A" {mode}
    1. source_templates.b update source_templates-2 "B" {name}, now "B (replaced)"
    2. source_templates.b create {definition, name}, deposes source_templates-2 "B" [after 0 1]
    3. source_templates.b delete source_templates-2 "B (replaced)", source_templates-2 gone [after 1 2]
    "#);
    let drifted = "set source_templates-1 mode=multi";
    insta::assert_snapshot!(plan(&manifest("direct"), drifted, &manifest("direct")), @r#"
    source_templates.a Update Drifted
      mode: "multi" -> "direct" (live)
    source_templates.b NoOp AsDeclared
    0. source_templates.a update source_templates-1 "A" {mode}
    "#);
}

#[test]
fn a_trigger_is_not_pulled_by_new_addresses() {
    let plan = plan(
        r#"
            tags.a name=a
            source_templates.a name=A definition=GitHub tags=[a]
            source_templates.b name=B definition=GitHub lifecycle={replace_triggered_by: ["source_templates.a"]}
        "#,
        "",
        r#"
            moved tags.a tags.z
            moved source_templates.b source_templates.c
            tags.z name=a
            source_templates.a name=A definition=GitHub tags=[z]
            source_templates.c name=B definition=GitHub lifecycle={replace_triggered_by: ["source_templates.a"]}
        "#,
    );
    insta::assert_snapshot!(plan, @r#"
    tags.z Record Moved { from: Address { kind: Tag, name: "a", key: None } }
    source_templates.a NoOp AsDeclared
    source_templates.c Record Moved { from: Address { kind: SourceTemplate, name: "b", key: None } }
    0. tags.z nothing, put tags-1 from tags.a
    1. source_templates.c nothing, put source_templates-2 from source_templates.b
    "#);
}

#[test]
fn a_new_trigger_is_only_remembered() {
    let before = "
        source_templates.a name=A definition=GitHub
        tags.a name=a
    ";
    let now = r#"
        source_templates.a name=A definition=GitHub lifecycle={replace_triggered_by: ["tags.a"]}
        tags.a name=a
    "#;
    insta::assert_snapshot!(plan(before, "", now), @"
    tags.a NoOp AsDeclared
    source_templates.a Record NotRemembered
    0. source_templates.a nothing, put source_templates-1
    ");
    insta::assert_snapshot!(plan(now, "", before), @"
    tags.a NoOp AsDeclared
    source_templates.a Record NotRemembered
    0. source_templates.a nothing, put source_templates-1
    ");
}

#[test]
fn a_workspace_is_replaced_where_it_is_allowed_and_named() {
    let before = "workspaces.a name=Acme region=us";
    let now = "workspaces.a name=Acme region=eu lifecycle={allow_replace: true}";
    insta::assert_snapshot!(plan(before, "", now), @r#"
    workspaces.a Replace Immutable { attributes: {"region"} }
      region: "645a183f-b12b-4c6e-8ad3-99e165603450" -> "b9e48d61-f082-4a14-a8d0-799a907938cb" (declared) replaces
    0. workspaces.a delete workspaces-1 "Acme", removed
    1. workspaces.a create {name, region} [after 0]
    ! workspaces.a WorkspaceReplaceUnconfirmed { name: "Acme" }
    "#);
    let options = replacing("Other");
    insta::assert_snapshot!(planned(before, "", now, &options), @r#"
    workspaces.a Replace Immutable { attributes: {"region"} }
      region: "645a183f-b12b-4c6e-8ad3-99e165603450" -> "b9e48d61-f082-4a14-a8d0-799a907938cb" (declared) replaces
    0. workspaces.a delete workspaces-1 "Acme", removed
    1. workspaces.a create {name, region} [after 0]
    ! workspaces.a WorkspaceReplaceUnconfirmed { name: "Acme" }
    "#);
    let options = replacing("Acme");
    insta::assert_snapshot!(planned(before, "", now, &options), @r#"
    workspaces.a Replace Immutable { attributes: {"region"} }
      region: "645a183f-b12b-4c6e-8ad3-99e165603450" -> "b9e48d61-f082-4a14-a8d0-799a907938cb" (declared) replaces
    0. workspaces.a delete workspaces-1 "Acme", removed
    1. workspaces.a create {name, region} [after 0]
    "#);
    let without = "workspaces.a name=Acme region=eu";
    insta::assert_snapshot!(planned(before, "", without, &options), @r#"
    workspaces.a Replace Immutable { attributes: {"region"} }
      region: "645a183f-b12b-4c6e-8ad3-99e165603450" -> "b9e48d61-f082-4a14-a8d0-799a907938cb" (declared) replaces
    ! workspaces.a WorkspaceReplaced { attributes: {"region"} }
    "#);
}

#[test]
fn the_default_workspace_is_never_replaced() {
    let plan = planned(
        "workspaces.a name=default region=us",
        "",
        "workspaces.a name=default region=eu lifecycle={allow_replace: true}",
        &replacing("default"),
    );
    insta::assert_snapshot!(plan, @r#"
    workspaces.a Replace Immutable { attributes: {"region"} }
      region: "645a183f-b12b-4c6e-8ad3-99e165603450" -> "b9e48d61-f082-4a14-a8d0-799a907938cb" (declared) replaces
    ! workspaces.a WorkspaceReplaced { attributes: {"region"} }
    "#);
}

#[test]
fn destroyed_before_created() {
    let plan = plan(
        "
            tags.a name=a
            source_templates.a name=A definition=GitHub tags=[a]
        ",
        "",
        "
            tags.a name=a
            source_templates.a name=A definition=Stripe tags=[a] lifecycle={create_before_destroy: false}
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a NoOp AsDeclared
    source_templates.a Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
    0. source_templates.a delete source_templates-1 "A", removed
    1. source_templates.a create {definition, name} [after 0]
    2. source_templates.a attach "a" to its own [after 1]
    "#);
}

const CUSTOMER: &str = "
    source_templates.pg name=PG definition=GitHub
    connectors.db workspace=a name=db source_template=pg replication_config={x: 1}
    connectors.kept workspace=a name=kept source_template=pg
";

#[test]
fn a_replaced_workspace_takes_its_connectors_along() {
    let now = "
        workspaces.a name=Acme region=eu lifecycle={allow_replace: true}
        source_templates.pg name=PG definition=GitHub
        connectors.db workspace=a name=db source_template=pg replication_config={x: 2}
        connectors.mine workspace=a name=mine source_template=pg
    ";
    let plan = planned(
        &format!("workspaces.a name=Acme region=us\n{CUSTOMER}"),
        "stray connectors workspace=workspaces-1 name=mine source_template=source_templates-1",
        now,
        &replacing("Acme"),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.pg NoOp AsDeclared
    workspaces.a Replace Immutable { attributes: {"region"} }
      region: "645a183f-b12b-4c6e-8ad3-99e165603450" -> "b9e48d61-f082-4a14-a8d0-799a907938cb" (declared) replaces
    connectors.db Replace GoesWithWorkspace
      replication_config.x: 1 -> 2 (declared)
    connectors.kept Delete GoesWithWorkspace
    connectors.mine Create New
      name: - -> "mine" (declared)
      source_template: - -> source_templates.pg (declared)
      workspace: - -> workspaces.a (declared)
    0. workspaces.a delete workspaces-1 "Acme", removed
    1. connectors.db nothing, removed [after 0]
    2. connectors.kept nothing, removed [after 0]
    3. workspaces.a create {name, region} [after 0 1 2]
    4. connectors.db create {name, replication_config, source_template, workspace} [after 1 3]
    5. connectors.mine create {name, source_template, workspace} [after 3]
    note ConnectorsGo { address: Address { kind: Workspace, name: "a", key: None }, again: 1, lost: 2 }
    "#);
}

#[test]
fn what_is_left_out_goes_with_a_replaced_workspace() {
    let plan = planned(
        &format!("workspaces.a name=Acme region=us\n{CUSTOMER}"),
        "",
        &format!("workspaces.a name=Acme region=eu lifecycle={{allow_replace: true}}\n{CUSTOMER}"),
        &Options { only: [super::address("workspaces.a")].into(), ..replacing("Acme") },
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.pg NoOp AsDeclared
    workspaces.a Replace Immutable { attributes: {"region"} }
      region: "645a183f-b12b-4c6e-8ad3-99e165603450" -> "b9e48d61-f082-4a14-a8d0-799a907938cb" (declared) replaces
    connectors.db Delete GoesWithWorkspace
    connectors.kept Delete GoesWithWorkspace
    0. workspaces.a delete workspaces-1 "Acme", removed
    1. connectors.db nothing, removed [after 0]
    2. connectors.kept nothing, removed [after 0]
    3. workspaces.a create {name, region} [after 0 1 2]
    note ConnectorsGo { address: Address { kind: Workspace, name: "a", key: None }, again: 0, lost: 2 }
    "#);
}

#[test]
fn a_protected_connector_protects_its_workspace() {
    let connector =
        "connectors.db workspace=a name=db definition=GitHub lifecycle={prevent_destroy: true}";
    let plan = planned(
        &format!("workspaces.a name=Acme region=us\n{connector}"),
        "",
        &format!("workspaces.a name=Acme region=eu lifecycle={{allow_replace: true}}\n{connector}"),
        &replacing("Acme"),
    );
    insta::assert_snapshot!(plan, @r#"
    workspaces.a Replace Immutable { attributes: {"region"} }
      region: "645a183f-b12b-4c6e-8ad3-99e165603450" -> "b9e48d61-f082-4a14-a8d0-799a907938cb" (declared) replaces
    connectors.db Replace GoesWithWorkspace
    0. workspaces.a delete workspaces-1 "Acme", removed
    1. workspaces.a create {name, region} [after 0]
    ! connectors.db DestroyPrevented
    note ConnectorsGo { address: Address { kind: Workspace, name: "a", key: None }, again: 1, lost: 0 }
    "#);
}

#[test]
fn what_is_ignored_is_taken_over_once() {
    let template = |config: &str| {
        format!(
            r#"source_templates.b name=B definition=GitHub partial_default_config={config} lifecycle={{ignore_changes: ["partial_default_config.deep"]}}"#
        )
    };
    // Nothing tells whether it is hidden or gone, so it is as declared, and stays so.
    for (config, live) in [
        ("{deep: {x: 2}}", "{}"),
        ("{deep: {key: $KEY}}", "{}"),
        ("{deep: {x: 2}, y: 1}", "{y: 1}"),
    ] {
        let stray = format!(
            "stray source_templates name=B definition=d-github partial_default_config={live}"
        );
        let now = format!("tags.a name=a\n{}", template(config));
        let plan = plan("tags.a name=a", &stray, &now);
        insta::allow_duplicates! {
            insta::assert_snapshot!(plan, @"
            tags.a NoOp AsDeclared
            source_templates.b Adopt FoundByName
            0. source_templates.b nothing, put source_templates-1
            ");
        }
    }
}

#[test]
fn what_is_ignored_is_still_given_to_a_clone_whose_create_was_lost() {
    let plan = plan(
        "source_templates.github name=GitHub definition=GitHub",
        "
            stray source_templates name=Lite definition=d-github partial_default_config={}
            begun source_templates.lite Lite
        ",
        r#"
            source_templates.github name=GitHub definition=GitHub
            source_templates.lite name=Lite clone_of=github partial_default_config={deep: {x: 2}} lifecycle={ignore_changes: ["partial_default_config.deep"]}
        "#,
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github NoOp AsDeclared
    source_templates.lite Adopt AnswerLost
      partial_default_config.deep.x: - -> 2 (?)
    0. source_templates.lite nothing, put source_templates-2
    1. source_templates.lite update source_templates-2 "Lite" {partial_default_config} [after 0]
    note Assumed { leaves: 1, resources: 1 }
    "#);
}

#[test]
fn what_becomes_of_the_ignored_is_not_worth_a_record() {
    let template = r#"source_templates.a name=A definition=GitHub partial_default_config={x: {z: 1, key: $KEY}} lifecycle={ignore_changes: ["partial_default_config.x"]}"#;
    for meanwhile in [
        "taste normalizes",
        "set source_templates-1 partial_default_config={x: {z: 2, more: 3, key: ****}}",
        "set source_templates-1 partial_default_config={x: {more: 3, key: shown}}",
        "mask dropped\nset source_templates-1 partial_default_config={x: {z: 1}}",
    ] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(plan(template, meanwhile, template), @"source_templates.a NoOp AsDeclared");
        }
    }
}
