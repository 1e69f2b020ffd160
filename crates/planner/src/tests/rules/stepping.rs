//! Which steps an action takes, and in which order.

use model::Kind;

use super::{planned, pruning};
use crate::Options;

#[test]
fn replaced() {
    let plan = planned(
        "
            tags.a name=a
            source_templates.github name=GitHub definition=GitHub mode=direct tags=[a]
        ",
        "",
        "
            tags.a name=a
            source_templates.github name=GitHub definition=Stripe mode=direct tags=[a]
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a NoOp AsDeclared
    source_templates.github Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
    0. source_templates.github update source_templates-1 "GitHub" {name}, now "GitHub (replaced)"
    1. source_templates.github create {definition, mode, name}, deposes source_templates-1 "GitHub" [after 0]
    2. source_templates.github attach "a" to its own [after 1]
    3. source_templates.github delete source_templates-1 "GitHub (replaced)", source_templates-1 gone [after 0 1 2]
    "#);
}

#[test]
fn replaced_under_a_new_name() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub",
        "",
        "source_templates.github name=Stripe definition=Stripe",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
      name: "GitHub" -> "Stripe" (declared)
    0. source_templates.github create {definition, name}, deposes source_templates-1 "GitHub"
    1. source_templates.github delete source_templates-1 "GitHub", source_templates-1 gone [after 0]
    "#);
}

#[test]
fn replaced_while_the_name_aside_is_taken() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub",
        r#"
            stray source_templates name="GitHub (replaced)" definition=d-stripe
        "#,
        "source_templates.github name=GitHub definition=Stripe",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
    0. source_templates.github update source_templates-1 "GitHub" {name}, now "GitHub (replaced 2)"
    1. source_templates.github create {definition, name}, deposes source_templates-1 "GitHub" [after 0]
    2. source_templates.github delete source_templates-1 "GitHub (replaced 2)", source_templates-1 gone [after 0 1]
    1 source template not managed
    "#);
}

#[test]
fn a_clone_is_replaced_with_its_origin() {
    let plan = planned(
        "
            source_templates.github name=GitHub definition=GitHub
            source_templates.lite name=Lite clone_of=github mode=direct
        ",
        "",
        "
            source_templates.github name=GitHub definition=Stripe
            source_templates.lite name=Lite clone_of=github mode=direct
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
    source_templates.lite Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
    0. source_templates.github update source_templates-1 "GitHub" {name}, now "GitHub (replaced)"
    1. source_templates.github create {definition, name}, deposes source_templates-1 "GitHub" [after 0]
    2. source_templates.github delete source_templates-1 "GitHub (replaced)", source_templates-1 gone [after 0 1]
    3. source_templates.lite update source_templates-2 "Lite" {name}, now "Lite (replaced)"
    4. source_templates.lite create {clone_of, mode, name}, deposes source_templates-2 "Lite" [after 1 3]
    5. source_templates.lite delete source_templates-2 "Lite (replaced)", source_templates-2 gone [after 3 4]
    "#);
}

#[test]
fn a_clone_gets_another_origin() {
    let plan = planned(
        "
            source_templates.github name=GitHub definition=GitHub
            source_templates.other name=Other definition=GitHub
            source_templates.lite name=Lite clone_of=github
        ",
        "",
        "
            source_templates.github name=GitHub definition=GitHub
            source_templates.other name=Other definition=GitHub
            source_templates.lite name=Lite clone_of=other
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github NoOp AsDeclared
    source_templates.lite Replace Immutable { attributes: {"clone_of"} }
      clone_of: source_templates.github -> source_templates.other (declared) replaces
    source_templates.other NoOp AsDeclared
    0. source_templates.lite update source_templates-2 "Lite" {name}, now "Lite (replaced)"
    1. source_templates.lite create {clone_of, name}, deposes source_templates-2 "Lite" [after 0]
    2. source_templates.lite delete source_templates-2 "Lite (replaced)", source_templates-2 gone [after 0 1]
    "#);
}

#[test]
fn hosting_is_replaced() {
    let plan = planned(
        "connection_templates.lake destination_name=Lake destination_config={} hosting=user destination=S3",
        "",
        "connection_templates.lake hosting=airbyte",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    connection_templates.lake Replace Immutable { attributes: {"hosting"} }
      hosting: "user" -> "airbyte" (declared) replaces
    0. connection_templates.lake create {hosting}, deposes connection_templates-1 "Lake"
    1. connection_templates.lake delete connection_templates-1 "Lake", connection_templates-1 gone [after 0]
    "#);
}

#[test]
fn hosting_is_replaced_the_other_way() {
    let plan = planned(
        "connection_templates.lake hosting=airbyte",
        "",
        "connection_templates.lake destination_name=Lake destination_config={} hosting=user destination=S3",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    connection_templates.lake Replace Immutable { attributes: {"destination", "hosting"} }
      destination: (hidden) -> "d-s3" (?) replaces
      destination_config: (hidden) -> {} (?)
      destination_name: "Managed by Airbyte" -> "Lake" (?)
      hosting: "airbyte" -> "user" (declared) replaces
    0. connection_templates.lake create {destination, destination_config, destination_name, hosting}, deposes connection_templates-1 "Managed by Airbyte"
    1. connection_templates.lake delete connection_templates-1 "Managed by Airbyte", connection_templates-1 gone [after 0]
    "#);
}

#[test]
fn a_replaced_object_still_stands() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub",
        r#"
            stray source_templates name="GitHub (replaced)" definition=d-stripe
            deposed source_templates.github source_templates-2
        "#,
        "source_templates.github name=GitHub definition=GitHub",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Replace Deposed
    0. source_templates.github delete source_templates-2 "GitHub (replaced)", source_templates-2 gone
    "#);
}

#[test]
fn a_replaced_object_is_gone() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub",
        "deposed source_templates.github source_templates-9",
        "source_templates.github name=GitHub definition=GitHub",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"
    source_templates.github Record Deposed
    0. source_templates.github nothing, source_templates-9 gone
    ");
}

#[test]
fn kept_unless_pruned() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
        ",
        "",
        "tags.a name=a",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a NoOp AsDeclared
    tags.b NoOp UndeclaredKept
    note Kept { address: Address { kind: Tag, name: "b", key: None } }
    "#);
}

#[test]
fn pruned() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
        ",
        "",
        "tags.a name=a",
        &pruning(&[Kind::Tag], None),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a NoOp AsDeclared
    tags.b Delete Pruned
    0. tags.b delete tags-2 "b", removed
    "#);
}

#[test]
fn gone_and_undeclared() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
        ",
        "gone tags-2",
        "tags.a name=a",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"
    tags.a NoOp AsDeclared
    tags.b Forget GoneAndUndeclared
    0. tags.b nothing, removed
    ");
}

#[test]
fn pruned_with_what_it_had_replaced() {
    let plan = planned(
        "
            source_templates.github name=GitHub definition=GitHub
            source_templates.b name=B definition=GitHub
        ",
        "
            stray source_templates name=X definition=d-stripe
            deposed source_templates.github source_templates-3
        ",
        "source_templates.b name=B definition=GitHub",
        &pruning(&[Kind::SourceTemplate], None),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.b NoOp AsDeclared
    source_templates.github Delete Pruned
    0. source_templates.github delete source_templates-3 "X", source_templates-3 gone
    1. source_templates.github delete source_templates-2 "GitHub", removed [after 0]
    "#);
}

#[test]
fn a_tag_is_deleted_after_what_carries_it() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
            source_templates.github name=GitHub definition=GitHub tags=[a, b]
            source_templates.other name=Other definition=Stripe tags=[b]
        ",
        "",
        "
            tags.a name=a
            source_templates.github name=GitHub definition=GitHub tags=[a]
        ",
        &pruning(&[Kind::Tag, Kind::SourceTemplate], None),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a NoOp AsDeclared
    tags.b Delete Pruned
    source_templates.github Update Edited
      tags["b"]: "b" -> - (declared)
    source_templates.other Delete Pruned
    0. source_templates.github detach "b" from source_templates-1, drops tags["b"]
    1. source_templates.other delete source_templates-2 "Other", removed
    2. tags.b delete tags-2 "b", removed [after 0 1]
    "#);
}

#[test]
fn the_default_workspace_is_never_deleted() {
    let plan = planned(
        "
            workspaces.default name=default
            workspaces.a name=a
        ",
        "",
        "workspaces.a name=a",
        &pruning(&[Kind::Workspace], None),
    );
    insta::assert_snapshot!(plan, @"
    workspaces.a NoOp AsDeclared
    workspaces.default NoOp DefaultWorkspace
    ");
}

#[test]
fn workspaces_are_deleted_by_number() {
    let plan = planned(
        "
            workspaces.a name=a
            workspaces.b name=b
        ",
        "",
        "workspaces.a name=a",
        &pruning(&[Kind::Workspace], Some(1)),
    );
    insta::assert_snapshot!(plan, @r#"
    workspaces.a NoOp AsDeclared
    workspaces.b Delete Pruned
    0. workspaces.b delete workspaces-2 "b", removed
    "#);
}

#[test]
fn workspaces_are_not_deleted_without_a_number() {
    let plan = planned(
        "
            workspaces.a name=a
            workspaces.b name=b
        ",
        "",
        "workspaces.a name=a",
        &pruning(&[Kind::Workspace], None),
    );
    insta::assert_snapshot!(plan, @r#"
    workspaces.a NoOp AsDeclared
    workspaces.b Delete Pruned
    0. workspaces.b delete workspaces-2 "b", removed
    ! WorkspaceDeletesUnconfirmed { count: 1, expected: None }
    "#);
}

#[test]
fn a_rename_is_an_update() {
    let plan = planned("workspaces.a name=a", "", "workspaces.a name=b", &Options::default());
    insta::assert_snapshot!(plan, @r#"
    workspaces.a Update Edited
      name: "a" -> "b" (declared)
    0. workspaces.a update workspaces-1 "a" {name}, now "b"
    "#);
}

#[test]
fn names_are_handed_over() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
            tags.z name=z
        ",
        "",
        "
            tags.a name=b
            tags.b name=c
            tags.z name=z
            tags.d name=a
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a Update Edited
      name: "a" -> "b" (declared)
    tags.b Update Edited
      name: "b" -> "c" (declared)
    tags.d Create New
      name: - -> "a" (declared)
    tags.z NoOp AsDeclared
    0. tags.b update tags-2 "b" {name}, now "c"
    1. tags.a update tags-1 "a" {name}, now "b" [after 0]
    2. tags.d create {name} [after 1]
    "#);
}

#[test]
fn names_go_round() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
            tags.c name=c
        ",
        "",
        "
            tags.a name=b
            tags.b name=a
            tags.c name=c
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a Update Edited
      name: "a" -> "b" (declared)
    tags.b Update Edited
      name: "b" -> "a" (declared)
    tags.c NoOp AsDeclared
    ! RenameCycle { addresses: {Address { kind: Tag, name: "a", key: None }, Address { kind: Tag, name: "b", key: None }} }
    "#);
}

#[test]
fn a_name_is_taken_by_a_stranger() {
    let plan = planned("tags.a name=a", "stray tags name=b", "tags.a name=b", &Options::default());
    insta::assert_snapshot!(plan, @r#"
    tags.a Update Edited
      name: "a" -> "b" (declared)
    0. tags.a update tags-1 "a" {name}, now "b"
    ! tags.a NameTaken { name: "b", id: Id("tags-2"), holder: None }
    1 tag not managed
    "#);
}

#[test]
fn a_name_is_taken_by_what_is_kept() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
        ",
        "",
        "tags.a name=b",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a Update Edited
      name: "a" -> "b" (declared)
    tags.b NoOp UndeclaredKept
    0. tags.a update tags-1 "a" {name}, now "b"
    ! tags.a NameTaken { name: "b", id: Id("tags-2"), holder: Some(Address { kind: Tag, name: "b", key: None }) }
    note Kept { address: Address { kind: Tag, name: "b", key: None } }
    "#);
}

#[test]
fn a_name_is_given_up_by_what_is_pruned() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
            source_templates.github name=GitHub definition=GitHub tags=[b]
        ",
        "",
        "
            tags.a name=b
            source_templates.github name=GitHub definition=GitHub tags=[a]
        ",
        &pruning(&[Kind::Tag], None),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a Update Edited
      name: "a" -> "b" (declared)
    tags.b Delete Pruned
    source_templates.github Update Drifted
      tags["b"]: - -> "b" (live)
    0. tags.b delete tags-2 "b", removed
    1. tags.a update tags-1 "a" {name}, now "b" [after 0]
    2. source_templates.github attach "b" to source_templates-1 [after 1]
    "#);
}

#[test]
fn a_replaced_template_needs_its_name_alone() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub",
        "stray source_templates name=GitHub definition=d-stripe",
        "source_templates.github name=GitHub definition=Stripe",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
    0. source_templates.github update source_templates-1 "GitHub" {name}, now "GitHub (replaced)"
    1. source_templates.github create {definition, name}, deposes source_templates-1 "GitHub" [after 0]
    2. source_templates.github delete source_templates-1 "GitHub (replaced)", source_templates-1 gone [after 0 1]
    ! source_templates.github NameTaken { name: "GitHub", id: Id("source_templates-2"), holder: None }
    1 source template not managed
    "#);
}

#[test]
fn what_was_replaced_moves_along() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub",
        r#"
            stray source_templates name="GitHub (replaced)" definition=d-stripe
            deposed source_templates.github source_templates-2
        "#,
        "source_templates.new name=GitHub definition=GitHub",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.new Replace Deposed
    0. source_templates.new nothing, put source_templates-1 from source_templates.github
    1. source_templates.new delete source_templates-2 "GitHub (replaced)", source_templates-2 gone [after 0]
    "#);
}

#[test]
fn state_that_is_wrong_deletes_nothing_that_is_declared() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
        ",
        "
            confuse tags.b tags.a
            deposed tags.a tags-1
        ",
        "tags.a name=a",
        &pruning(&[Kind::Tag], None),
    );
    insta::assert_snapshot!(plan, @"
    tags.a Record Deposed
    tags.b Forget GoneAndUndeclared
    0. tags.a nothing, tags-1 gone
    1. tags.b nothing, removed
    1 tag not managed
    ");
}

#[test]
fn a_name_is_taken_from_what_is_replaced_with_its_origin() {
    let plan = planned(
        "
            source_templates.a name=A definition=GitHub
            source_templates.b name=B clone_of=a
        ",
        "",
        "
            source_templates.a name=B definition=Stripe
            source_templates.b name=C clone_of=a
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.a Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
      name: "A" -> "B" (declared)
    source_templates.b Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
      name: "B" -> "C" (declared)
    0. source_templates.b update source_templates-2 "B" {name}, now "B (replaced)"
    1. source_templates.a create {definition, name}, deposes source_templates-1 "A" [after 0]
    2. source_templates.a delete source_templates-1 "A", source_templates-1 gone [after 1]
    3. source_templates.b create {clone_of, name}, deposes source_templates-2 "B" [after 0 1]
    4. source_templates.b delete source_templates-2 "B (replaced)", source_templates-2 gone [after 0 3]
    "#);
}

#[test]
fn a_name_is_taken_from_what_is_replaced() {
    let plan = planned(
        "
            source_templates.a name=A definition=GitHub
            source_templates.b name=B clone_of=a
        ",
        "",
        "
            source_templates.a name=B definition=GitHub
            source_templates.c name=A definition=GitHub
            source_templates.b name=C clone_of=c
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.a Update Edited
      name: "A" -> "B" (declared)
    source_templates.b Replace Immutable { attributes: {"clone_of"} }
      clone_of: source_templates.a -> source_templates.c (declared) replaces
      name: "B" -> "C" (declared)
    source_templates.c Create New
      definition: - -> "d-github" (declared)
      name: - -> "A" (declared)
    0. source_templates.b update source_templates-2 "B" {name}, now "B (replaced)"
    1. source_templates.a update source_templates-1 "A" {name}, now "B" [after 0]
    2. source_templates.c create {definition, name} [after 1]
    3. source_templates.b create {clone_of, name}, deposes source_templates-2 "B" [after 0 2]
    4. source_templates.b delete source_templates-2 "B (replaced)", source_templates-2 gone [after 0 3]
    "#);
}

#[test]
fn a_tag_takes_the_name_of_another_on_what_is_replaced() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
            source_templates.github name=GitHub definition=GitHub tags=[b]
        ",
        "",
        "
            tags.a name=b
            source_templates.github name=GitHub definition=Stripe tags=[a]
        ",
        &pruning(&[Kind::Tag], None),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a Update Edited
      name: "a" -> "b" (declared)
    tags.b Delete Pruned
    source_templates.github Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
      tags["b"]: - -> "b" (live)
    0. tags.b delete tags-2 "b", removed
    1. tags.a update tags-1 "a" {name}, now "b" [after 0]
    2. source_templates.github update source_templates-1 "GitHub" {name}, now "GitHub (replaced)"
    3. source_templates.github create {definition, name}, deposes source_templates-1 "GitHub" [after 2]
    4. source_templates.github attach "b" to its own [after 1 3]
    5. source_templates.github delete source_templates-1 "GitHub (replaced)", source_templates-1 gone [after 2 3 4]
    "#);
}

#[test]
fn what_was_replaced_goes_when_its_successor_is_done() {
    let plan = planned(
        "
            source_templates.github name=GitHub definition=GitHub
            tags.a name=a
        ",
        r#"
            stray source_templates name="GitHub (replaced)" definition=d-stripe
            deposed source_templates.github source_templates-2
        "#,
        "
            source_templates.github name=GitHub definition=GitHub mode=direct tags=[a]
            tags.a name=a
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a NoOp AsDeclared
    source_templates.github Replace Deposed
      mode: "replication" -> "direct" (?)
      tags["a"]: - -> "a" (?)
    0. source_templates.github update source_templates-1 "GitHub" {mode}
    1. source_templates.github attach "a" to source_templates-1
    2. source_templates.github delete source_templates-2 "GitHub (replaced)", source_templates-2 gone [after 0 1]
    "#);
}

#[test]
fn what_was_replaced_holds_the_name() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub",
        "
            stray source_templates name=Hub definition=d-stripe
            deposed source_templates.github source_templates-2
        ",
        "source_templates.github name=Hub definition=GitHub",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Replace Deposed
      name: "GitHub" -> "Hub" (declared)
    0. source_templates.github delete source_templates-2 "Hub", source_templates-2 gone
    1. source_templates.github update source_templates-1 "GitHub" {name}, now "Hub" [after 0]
    "#);
}

#[test]
fn what_is_declared_as_somebody_elses_is_not_pruned() {
    let plan = planned(
        "
            tags.a name=crm
            tags.b name=b
        ",
        "",
        "
            tags.c external name=crm
            tags.b name=b
        ",
        &pruning(&[Kind::Tag], None),
    );
    insta::assert_snapshot!(plan, @"
    tags.a Forget External
    tags.b NoOp AsDeclared
    tags.c NoOp External
    0. tags.a nothing, removed
    ");
}

#[test]
fn clones_are_deleted_before_their_origin() {
    let before = "
        source_templates.a name=A definition=GitHub
        source_templates.b name=B clone_of=a
        source_templates.c name=C clone_of=b
    ";
    let options = super::pruning(&[model::Kind::SourceTemplate], None);
    let plan = planned(before, "", "", &options);
    let deletes: Vec<&str> =
        plan.lines().filter(|line| line.contains(". source_templates")).collect();
    assert_eq!(deletes.len(), 3, "{plan}");
    for (delete, name) in deletes.iter().zip(["C", "B", "A"]) {
        assert!(delete.contains(&format!("\"{name}\"")), "{plan}");
    }
}
