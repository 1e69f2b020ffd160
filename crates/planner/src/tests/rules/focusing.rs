//! Some of it now, the rest another time.
use super::{address, planned};
use crate::Options;

const ALL: &str = "
    tags.a name=a
    tags.b name=b
    source_templates.github name=GitHub definition=GitHub tags=[a]
    source_templates.copy name=Copy clone_of=github
    workspaces.acme name=acme
";

fn only(addresses: &[&str]) -> Options {
    Options { only: addresses.iter().map(|at| address(at)).collect(), ..Options::default() }
}

fn except(addresses: &[&str]) -> Options {
    Options { except: addresses.iter().map(|at| address(at)).collect(), ..Options::default() }
}

#[test]
fn what_is_asked_for_comes_with_what_it_refers_to() {
    insta::assert_snapshot!(planned("", "", ALL, &only(&["source_templates.copy"])), @r#"
    tags.a Create New
      name: - -> "a" (declared)
    tags.b NoOp LeftOut
    source_templates.copy Create New
      clone_of: - -> source_templates.github (declared)
      name: - -> "Copy" (declared)
    source_templates.github Create New
      definition: - -> "d-github" (declared)
      name: - -> "GitHub" (declared)
      tags["a"]: - -> "a" (declared)
    workspaces.acme NoOp LeftOut
    0. tags.a create {name}
    1. source_templates.github create {definition, name}
    2. source_templates.copy create {clone_of, name} [after 1]
    3. source_templates.github attach "a" to its own [after 0 1]
    "#);
}

#[test]
fn what_is_left_out_takes_along_what_refers_to_it() {
    insta::assert_snapshot!(planned("", "", ALL, &except(&["tags.a"])), @r#"
    tags.a NoOp LeftOut
    tags.b Create New
      name: - -> "b" (declared)
    source_templates.copy NoOp LeftOut
    source_templates.github NoOp LeftOut
    workspaces.acme Create New
      name: - -> "acme" (declared)
    0. tags.b create {name}
    1. workspaces.acme create {name}
    "#);
}

#[test]
fn what_is_asked_for_may_be_remembered_only() {
    let prune = crate::Prune { kinds: model::Kind::ALL.into(), ..crate::Prune::default() };
    let options = Options { prune, ..only(&["tags.a"]) };
    let both = "
        tags.a name=a
        tags.b name=b
    ";
    insta::assert_snapshot!(planned(both, "", "", &options), @r#"
    tags.a Delete Pruned
    tags.b NoOp LeftOut
    0. tags.a delete tags-1 "a", removed
    "#);
}

#[test]
fn a_name_that_is_given_up_another_time_is_in_the_way() {
    let before = "tags.a name=x";
    let now = "
        tags.a name=y
        tags.b name=x
    ";
    insta::assert_snapshot!(planned(before, "", now, &only(&["tags.b"])), @r#"
    tags.a NoOp LeftOut
    tags.b Create New
      name: - -> "x" (declared)
    0. tags.b create {name}
    ! tags.b NameTaken { name: "x", id: Id("tags-1"), holder: Some(Address { kind: Tag, name: "a", key: None }) }
    "#);
}

#[test]
fn nothing_that_is_left_out_blocks() {
    let now = "
        tags.a name=a
        source_templates.s name=S definition=Nothing
    ";
    insta::assert_snapshot!(planned("", "", now, &only(&["tags.a"])), @r#"
    tags.a Create New
      name: - -> "a" (declared)
    source_templates.s NoOp LeftOut
    0. tags.a create {name}
    "#);
}

/// Otherwise it would remember as done what is left for another time.
#[test]
fn what_is_triggered_goes_with_its_trigger() {
    let manifest = |name: &str| {
        format!(
            "tags.t name={name}
             source_templates.s name=S definition=GitHub lifecycle={{replace_triggered_by: [tags.t]}}"
        )
    };
    let (before, now) = (manifest("a"), manifest("b"));
    insta::assert_snapshot!(planned(&before, "", &now, &only(&["source_templates.s"])), @r#"
    tags.t Update Edited
      name: "a" -> "b" (declared)
    source_templates.s Replace Triggered { by: {Address { kind: Tag, name: "t", key: None }} }
    0. tags.t update tags-1 "a" {name}, now "b"
    1. source_templates.s update source_templates-1 "S" {name}, now "S (replaced)"
    2. source_templates.s create {definition, name}, deposes source_templates-1 "S" [after 0 1]
    3. source_templates.s delete source_templates-1 "S (replaced)", source_templates-1 gone [after 1 2]
    "#);
    insta::assert_snapshot!(planned(&before, "", &now, &except(&["tags.t"])), @"
    tags.t NoOp LeftOut
    source_templates.s NoOp LeftOut
    ");
}
