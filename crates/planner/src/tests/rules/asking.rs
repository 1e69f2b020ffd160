//! What the user asks for beside what is declared: `--replace`, `--refresh-only`.

use super::{address, planned};
use crate::Options;

fn replacing(addresses: &[&str]) -> Options {
    let replace = addresses.iter().map(|at| address(at)).collect();
    Options { replace, ..Options::default() }
}

fn refreshed(before: &str, meanwhile: &str, now: &str) -> String {
    planned(before, meanwhile, now, &Options { refresh_only: true, ..Options::default() })
}

/// As [`planned`], where planning the same again asks for the same again.
fn asked(before: &str, now: &str, addresses: &[&str]) -> String {
    let scene = super::scene(before, "");
    let now = super::manifest(now);
    super::render(&scene.plan(&now, &replacing(addresses)))
}

#[test]
fn what_is_asked_for_is_replaced() {
    let all = "
        tags.a name=a
        source_templates.a name=A definition=GitHub tags=[a]
        source_templates.b name=B clone_of=a
        source_templates.c name=C definition=GitHub lifecycle={create_before_destroy: false}
    ";
    let named = ["source_templates.a", "source_templates.c", "tags.a"];
    insta::assert_snapshot!(asked(all, all, &named), @r#"
    tags.a NoOp AsDeclared
    source_templates.a Replace Asked
    source_templates.b NoOp AsDeclared
    source_templates.c Replace Asked
    0. source_templates.a update source_templates-1 "A" {name}, now "A (replaced)"
    1. source_templates.a create {definition, name}, deposes source_templates-1 "A" [after 0]
    2. source_templates.a attach "a" to its own [after 1]
    3. source_templates.a delete source_templates-1 "A (replaced)", source_templates-1 gone [after 0 1 2]
    4. source_templates.c delete source_templates-3 "C", removed
    5. source_templates.c create {definition, name} [after 4]
    "#);
}

#[test]
fn what_is_asked_for_is_held_to_the_same_rules() {
    let all = "
        source_templates.a name=A definition=GitHub lifecycle={prevent_destroy: true}
        workspaces.w name=w
        workspaces.v name=v lifecycle={allow_replace: true}
        connectors.c workspace=w name=c definition=GitHub
    ";
    let named = ["source_templates.a", "workspaces.w", "workspaces.v", "connectors.c"];
    insta::assert_snapshot!(asked(all, all, &named), @r#"
    source_templates.a Replace Asked
    workspaces.v Replace Asked
    workspaces.w Replace Asked
    connectors.c Replace Asked
    0. workspaces.v delete workspaces-1 "v", removed
    1. workspaces.v create {name} [after 0]
    ! workspaces.v WorkspaceReplaceUnconfirmed { name: "v" }
    ! source_templates.a DestroyPrevented
    ! workspaces.w WorkspaceReplaced { attributes: {} }
    ! connectors.c ConnectorReplaced { attributes: {} }
    "#);
}

#[test]
fn what_is_yet_to_be_made_is_made_once() {
    insta::assert_snapshot!(asked("", "source_templates.a name=A definition=GitHub", &["source_templates.a"]), @r#"
    source_templates.a Create New
      definition: - -> "d-github" (declared)
      name: - -> "A" (declared)
    0. source_templates.a create {definition, name}
    "#);
}

#[test]
fn drift_is_accepted() {
    let template = "
        tags.a name=a
        tags.b name=b
        source_templates.a name=A definition=GitHub mode=direct partial_default_config={x: 1, y: {z: 1}, key: $KEY} tags=[a]
        workspaces.gone name=gone
        workspaces.new name=new
    ";
    let before = template.replace("workspaces.new name=new", "");
    let meanwhile = "
        mask asterisks
        set source_templates-1 name=Other mode=multi partial_default_config={x: 2, y: {}, key: ****, more: 1} tags=[b]
        gone workspaces-1
    ";
    insta::assert_snapshot!(refreshed(&before, meanwhile, template), @r#"
    tags.a NoOp AsDeclared
    tags.b NoOp AsDeclared
    source_templates.a Record Drifted
      mode: "direct" -> "multi" (live)
      name: "A" -> "Other" (live)
      partial_default_config.more: - -> 1 (live)
      partial_default_config.x: 1 -> 2 (live)
      partial_default_config.y.z: 1 -> - (live)
      tags["a"]: "a" -> - (live)
      tags["b"]: - -> "b" (live)
    workspaces.gone Forget Vanished
    workspaces.new NoOp AsDeclared
    0. source_templates.a nothing, put source_templates-1
    1. workspaces.gone nothing, removed
    "#);
    // What the manifest wants otherwise it still wants; but that is no drift.
    let mut scene = super::scene(&before, meanwhile);
    let now = super::manifest(template);
    let options = Options { refresh_only: true, ..Options::default() };
    let plan = scene.plan(&now, &options);
    crate::tests::walk::carry_out(&plan, &mut scene);
    insta::assert_snapshot!(super::render(&scene.plan(&now, &Options::default())), @r#"
    tags.a NoOp AsDeclared
    tags.b NoOp AsDeclared
    source_templates.a Update Edited
      mode: "multi" -> "direct" (declared)
      name: "Other" -> "A" (declared)
      partial_default_config.more: 1 -> - (declared)
      partial_default_config.x: 2 -> 1 (declared)
      partial_default_config.y.z: - -> 1 (declared)
      tags["a"]: - -> "a" (declared)
      tags["b"]: "b" -> - (declared)
    workspaces.gone Create New
      name: - -> "gone" (declared)
    workspaces.new Create New
      name: - -> "new" (declared)
    0. source_templates.a update source_templates-1 "Other" {mode, name, partial_default_config}, now "A", drops partial_default_config.more
    1. source_templates.a attach "a" to source_templates-1
    2. source_templates.a detach "b" from source_templates-1, drops tags["b"]
    3. workspaces.gone create {name}
    4. workspaces.new create {name}
    "#);
}

#[test]
fn nothing_else_is_accepted() {
    let before = "
        tags.a name=a
        source_templates.a name=A definition=GitHub mode=direct
        source_templates.stays name=S definition=GitHub
    ";
    let now = "
        moved source_templates.a source_templates.z
        source_templates.z name=Z definition=Stripe mode=multi
    ";
    insta::assert_snapshot!(refreshed(before, "set source_templates-1 mode=multi", now), @"
    tags.a NoOp AsDeclared
    source_templates.stays NoOp AsDeclared
    source_templates.z NoOp AsDeclared
    ");
    let gone = "
        gone source_templates-1
        gone source_templates-2
    ";
    insta::assert_snapshot!(refreshed(before, gone, now), @"
    tags.a NoOp AsDeclared
    source_templates.a Forget Vanished
    source_templates.stays Forget Vanished
    source_templates.z NoOp AsDeclared
    0. source_templates.a nothing, removed
    1. source_templates.stays nothing, removed
    ! KindVanished { kind: SourceTemplate, count: 2 }
    ");
}
