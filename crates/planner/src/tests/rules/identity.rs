//! What the manifest says of objects and addresses: `moved`, `removed`, `import`.

use model::Kind;

use super::{planned, pruning};
use crate::Options;

fn plan(before: &str, meanwhile: &str, now: &str) -> String {
    planned(before, meanwhile, now, &Options::default())
}

#[test]
fn moved_and_renamed_keeps_its_object() {
    let plan = plan(
        "
            tags.old name=old
            source_templates.github name=GitHub definition=GitHub tags=[old]
        ",
        "",
        "
            moved tags.old tags.new
            tags.new name=new
            source_templates.github name=GitHub definition=GitHub tags=[new]
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    tags.new Update Moved { from: Address { kind: Tag, name: "old", key: None } }
      name: "old" -> "new" (declared)
    source_templates.github Record NotRemembered
    0. tags.new nothing, put tags-1 from tags.old
    1. tags.new update tags-1 "old" {name}, now "new" [after 0]
    2. source_templates.github nothing, put source_templates-1
    "#);
}

#[test]
fn moved_through_several_addresses() {
    let plan = plan(
        "workspaces.a name=a",
        "",
        "
            moved workspaces.a workspaces.c
            moved workspaces.b workspaces.c
            workspaces.c name=c
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    workspaces.c Update Moved { from: Address { kind: Workspace, name: "a", key: None } }
      name: "a" -> "c" (declared)
    0. workspaces.c nothing, put workspaces-1 from workspaces.a
    1. workspaces.c update workspaces-1 "a" {name}, now "c" [after 0]
    "#);
}

#[test]
fn a_move_long_done_is_nothing() {
    let plan = plan("tags.b name=b", "", "moved tags.a tags.b\ntags.b name=b");
    insta::assert_snapshot!(plan, @"tags.b NoOp AsDeclared");
}

#[test]
fn a_move_of_what_is_gone_makes_it() {
    let plan = plan("tags.a name=a", "gone tags-1", "moved tags.a tags.b\ntags.b name=b");
    insta::assert_snapshot!(plan, @r#"
    tags.a Forget GoneAndUndeclared
    tags.b Create New
      name: - -> "b" (declared)
    0. tags.a nothing, removed
    1. tags.b create {name}
    "#);
}

#[test]
fn a_secret_moves_along_unsent() {
    let plan = plan(
        "source_templates.a name=A definition=GitHub partial_default_config={key: $KEY, x: 1}",
        "mask asterisks",
        "
            moved source_templates.a source_templates.b
            source_templates.b name=A definition=GitHub partial_default_config={key: $KEY, x: 1}
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.b Record Moved { from: Address { kind: SourceTemplate, name: "a", key: None } }
    0. source_templates.b nothing, put source_templates-1 from source_templates.a
    "#);
}

#[test]
fn a_secret_that_changes_on_the_way_is_sent() {
    let plan = plan(
        "source_templates.a name=A definition=GitHub partial_default_config={key: $KEY}",
        "mask asterisks",
        "
            moved source_templates.a source_templates.b
            source_templates.b name=A definition=GitHub partial_default_config={key: $OTHER}
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.b Update Moved { from: Address { kind: SourceTemplate, name: "a", key: None } }
      partial_default_config.key: (hidden) -> (secret) (declared)
    0. source_templates.b nothing, put source_templates-1 from source_templates.a
    1. source_templates.b update source_templates-1 "A" {partial_default_config} [after 0]
    "#);
}

#[test]
fn a_move_to_an_address_with_an_object_of_its_own() {
    let plan = plan(
        "
            tags.a name=a
            tags.b name=b
        ",
        "",
        "
            moved tags.a tags.b
            tags.b name=b
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a NoOp UndeclaredKept
    tags.b Adopt Moved { from: Address { kind: Tag, name: "a", key: None } }
    ! tags.b MoveTaken { from: Address { kind: Tag, name: "a", key: None }, id: Id("tags-2") }
    note Kept { address: Address { kind: Tag, name: "a", key: None } }
    "#);
}

#[test]
fn the_manifest_goes_before_names() {
    let plan = plan(
        "
            tags.a name=a
            tags.b name=b
        ",
        "",
        "
            moved tags.a tags.x
            moved tags.b tags.y
            tags.x name=b
            tags.y name=c
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    tags.x Update Moved { from: Address { kind: Tag, name: "a", key: None } }
      name: "a" -> "b" (declared)
    tags.y Update Moved { from: Address { kind: Tag, name: "b", key: None } }
      name: "b" -> "c" (declared)
    0. tags.x nothing, put tags-1 from tags.a
    1. tags.y nothing, put tags-2 from tags.b
    2. tags.y update tags-2 "b" {name}, now "c" [after 1]
    3. tags.x update tags-1 "a" {name}, now "b" [after 0 2]
    "#);
}

#[test]
fn removed_is_forgotten_and_stays() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
        ",
        "",
        "
            removed tags.a
            tags.b name=b
        ",
        &pruning(&[Kind::Tag], None),
    );
    insta::assert_snapshot!(plan, @"
    tags.a Forget Removed
    tags.b NoOp AsDeclared
    0. tags.a nothing, removed
    ");
}

#[test]
fn removed_is_destroyed_without_prune() {
    let plan = plan(
        "
            tags.a name=a
            tags.b name=b
        ",
        "",
        "
            destroyed tags.a
            tags.b name=b
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a Delete Removed
    tags.b NoOp AsDeclared
    0. tags.a delete tags-1 "a", removed
    "#);
}

#[test]
fn a_workspace_is_destroyed_only_with_its_number() {
    let plan = plan("workspaces.a name=a", "", "destroyed workspaces.a");
    insta::assert_snapshot!(plan, @r#"
    workspaces.a Delete Removed
    0. workspaces.a delete workspaces-1 "a", removed
    ! WorkspaceDeletesUnconfirmed { count: 1, expected: None }
    "#);
}

#[test]
fn a_workspace_is_destroyed_with_its_number() {
    let plan = planned("workspaces.a name=a", "", "destroyed workspaces.a", &pruning(&[], Some(1)));
    insta::assert_snapshot!(plan, @r#"
    workspaces.a Delete Removed
    0. workspaces.a delete workspaces-1 "a", removed
    "#);
}

#[test]
fn the_default_workspace_is_never_destroyed() {
    let plan =
        planned("workspaces.a name=default", "", "destroyed workspaces.a", &pruning(&[], Some(1)));
    insta::assert_snapshot!(plan, @"workspaces.a NoOp DefaultWorkspace");
}

#[test]
fn what_is_removed_and_declared_by_name_is_moved() {
    let plan = plan("tags.a name=a", "", "destroyed tags.a\ntags.b name=a");
    insta::assert_snapshot!(plan, @r#"
    tags.b Record Moved { from: Address { kind: Tag, name: "a", key: None } }
    0. tags.b nothing, put tags-1 from tags.a
    "#);
}

#[test]
fn imported_by_id() {
    let plan = plan(
        "",
        "stray workspaces name=Acme",
        "
            import workspaces.acme id workspaces-1
            workspaces.acme name=Acme
        ",
    );
    insta::assert_snapshot!(plan, @"
    workspaces.acme Adopt Imported
    0. workspaces.acme nothing, put workspaces-1
    ");
}

#[test]
fn imported_by_name_and_renamed() {
    let plan = plan(
        "",
        "
            stray workspaces name=Acme
            stray workspaces name=Beta
        ",
        "
            import workspaces.acme name Acme
            workspaces.acme name=acme-prod status=inactive
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    workspaces.acme Adopt Imported
      name: "Acme" -> "acme-prod" (?)
      status: "active" -> "inactive" (?)
    0. workspaces.acme nothing, put workspaces-1
    1. workspaces.acme update workspaces-1 "Acme" {name, status}, now "acme-prod" [after 0]
    1 workspace not managed
    "#);
}

#[test]
fn an_import_tells_two_of_one_name_apart() {
    let plan = plan(
        "",
        "
            stray source_templates name=GitHub definition=d-github
            stray source_templates name=GitHub definition=d-github
        ",
        "
            import source_templates.a id source_templates-2
            source_templates.a name=GitHub definition=GitHub
        ",
    );
    insta::assert_snapshot!(plan, @"
    source_templates.a Adopt Imported
    0. source_templates.a nothing, put source_templates-2
    1 source template not managed
    ");
}

#[test]
fn an_import_is_asked_for_even_where_nothing_is_adopted() {
    let options = Options { adopt: false, ..Options::default() };
    let plan = planned("", "stray tags name=a", "import tags.a name a\ntags.a name=a", &options);
    insta::assert_snapshot!(plan, @"
    tags.a Adopt Imported
    0. tags.a nothing, put tags-1
    ");
}

#[test]
fn an_import_goes_before_names() {
    let plan = plan(
        "",
        "
            stray workspaces name=a
            stray workspaces name=b
        ",
        "
            import workspaces.z name a
            workspaces.a name=a
            workspaces.z name=z
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    workspaces.a Create New
      name: - -> "a" (declared)
    workspaces.z Adopt Imported
      name: "a" -> "z" (?)
    0. workspaces.z nothing, put workspaces-1
    1. workspaces.z update workspaces-1 "a" {name}, now "z" [after 0]
    2. workspaces.a create {name} [after 1]
    1 workspace not managed
    "#);
}

#[test]
fn an_import_of_nothing() {
    let plan = plan(
        "",
        "stray tags name=a",
        "
            import tags.a id tags-7
            import tags.b name b
            tags.a name=a
            tags.b name=b
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a Adopt Imported
    tags.b Adopt Imported
    ! tags.a ImportMissing { by: Id(Id("tags-7")) }
    ! tags.b ImportMissing { by: Name("b") }
    1 tag not managed
    "#);
}

#[test]
fn an_import_of_what_belongs_to_another() {
    let plan = plan("tags.a name=a", "", "import tags.b id tags-1\ntags.a name=a\ntags.b name=b");
    insta::assert_snapshot!(plan, @r#"
    tags.a NoOp AsDeclared
    tags.b Adopt Imported
    ! tags.b ImportTaken { id: Id("tags-1"), holder: Address { kind: Tag, name: "a", key: None } }
    "#);
}

#[test]
fn an_import_of_what_is_no_longer_declared_is_a_move() {
    let plan = plan("tags.a name=a", "", "import tags.b id tags-1\ntags.b name=b");
    insta::assert_snapshot!(plan, @r#"
    tags.b Update Moved { from: Address { kind: Tag, name: "a", key: None } }
      name: "a" -> "b" (declared)
    0. tags.b nothing, put tags-1 from tags.a
    1. tags.b update tags-1 "a" {name}, now "b" [after 0]
    "#);
}

#[test]
fn an_import_never_replaces() {
    let plan = plan(
        "",
        "stray source_templates name=GitHub definition=d-github",
        "
            import source_templates.a name GitHub
            source_templates.a name=Stripe definition=Stripe
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.a Adopt Imported
      definition: "d-github" -> "d-stripe" (?) replaces
      name: "GitHub" -> "Stripe" (?)
    ! source_templates.a AdoptionWouldReplace { id: Id("source_templates-1"), attributes: {"definition"} }
    "#);
}

#[test]
fn an_import_long_done_is_nothing() {
    let plan = plan("tags.a name=a", "", "import tags.a name other\ntags.a name=a");
    insta::assert_snapshot!(plan, @"tags.a NoOp AsDeclared");
}

#[test]
fn a_rename_is_proposed() {
    let plan = plan(
        "
            source_templates.a name=A definition=GitHub partial_default_config={x: 1}
            source_templates.b name=B definition=Stripe
            tags.a name=a
        ",
        "",
        "
            source_templates.c name=C definition=GitHub partial_default_config={x: 1}
            source_templates.d name=D definition=Stripe mode=direct
            tags.b name=b
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a NoOp UndeclaredKept
    tags.b Create New
      name: - -> "b" (declared)
    source_templates.a NoOp UndeclaredKept
    source_templates.b NoOp UndeclaredKept
    source_templates.c Create New
      definition: - -> "d-github" (declared)
      name: - -> "C" (declared)
      partial_default_config.x: - -> 1 (declared)
    source_templates.d Create New
      definition: - -> "d-stripe" (declared)
      mode: - -> "direct" (declared)
      name: - -> "D" (declared)
    0. tags.b create {name}
    1. source_templates.c create {definition, name, partial_default_config}
    2. source_templates.d create {definition, mode, name}
    note Kept { address: Address { kind: Tag, name: "a", key: None } }
    note Kept { address: Address { kind: SourceTemplate, name: "a", key: None } }
    note Kept { address: Address { kind: SourceTemplate, name: "b", key: None } }
    note PerhapsMoved { from: Address { kind: Tag, name: "a", key: None }, to: Address { kind: Tag, name: "b", key: None } }
    note PerhapsMoved { from: Address { kind: SourceTemplate, name: "a", key: None }, to: Address { kind: SourceTemplate, name: "c", key: None } }
    "#);
}

#[test]
fn no_rename_is_proposed_where_two_could_be_meant() {
    let plan = plan("tags.a name=a", "", "tags.b name=b\ntags.c name=c");
    insta::assert_snapshot!(plan, @r#"
    tags.a NoOp UndeclaredKept
    tags.b Create New
      name: - -> "b" (declared)
    tags.c Create New
      name: - -> "c" (declared)
    0. tags.b create {name}
    1. tags.c create {name}
    note Kept { address: Address { kind: Tag, name: "a", key: None } }
    "#);
}
