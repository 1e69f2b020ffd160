//! What speaks against a plan as a whole.

use model::Kind;

use super::{planned, pruning};
use crate::Options;

#[test]
fn a_kind_has_vanished() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
        ",
        "
            gone tags-1
            gone tags-2
        ",
        "
            tags.a name=a
            tags.b name=b
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a Create Vanished
      name: - -> "a" (declared)
    tags.b Create Vanished
      name: - -> "b" (declared)
    0. tags.a create {name}
    1. tags.b create {name}
    ! KindVanished { kind: Tag, count: 2 }
    "#);
}

#[test]
fn a_kind_may_vanish() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
        ",
        "
            gone tags-1
            gone tags-2
        ",
        "
            tags.a name=a
            tags.b name=b
        ",
        &Options { accept_vanished: [Kind::Tag].into(), ..Options::default() },
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a Create Vanished
      name: - -> "a" (declared)
    tags.b Create Vanished
      name: - -> "b" (declared)
    0. tags.a create {name}
    1. tags.b create {name}
    "#);
}

#[test]
fn one_may_vanish() {
    let plan = planned("tags.a name=a", "gone tags-1", "tags.a name=a", &Options::default());
    insta::assert_snapshot!(plan, @r#"
    tags.a Create Vanished
      name: - -> "a" (declared)
    0. tags.a create {name}
    "#);
}

#[test]
fn too_many_go() {
    let plan = planned(
        "
            tags.t0 name=t0
            tags.t1 name=t1
            tags.t2 name=t2
            tags.t3 name=t3
            tags.t4 name=t4
            tags.t5 name=t5
            tags.t6 name=t6
            tags.t7 name=t7
            tags.t8 name=t8
            tags.t9 name=t9
        ",
        "",
        "
            tags.t4 name=t4
            tags.t5 name=t5
            tags.t6 name=t6
            tags.t7 name=t7
            tags.t8 name=t8
            tags.t9 name=t9
        ",
        &pruning(&[Kind::Tag], None),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.t0 Delete Pruned
    tags.t1 Delete Pruned
    tags.t2 Delete Pruned
    tags.t3 Delete Pruned
    tags.t4 NoOp AsDeclared
    tags.t5 NoOp AsDeclared
    tags.t6 NoOp AsDeclared
    tags.t7 NoOp AsDeclared
    tags.t8 NoOp AsDeclared
    tags.t9 NoOp AsDeclared
    0. tags.t0 delete tags-1 "t0", removed
    1. tags.t1 delete tags-2 "t1", removed
    2. tags.t2 delete tags-3 "t2", removed
    3. tags.t3 delete tags-4 "t3", removed
    ! Guarded { guard: "too-many-gone", rule: MaxGone, breach: TooMany { kind: Tag, count: 4, of: 10, limit: Percent(30) } }
    "#);
}

#[test]
fn three_in_ten_may_go() {
    let plan = planned(
        "
            tags.t0 name=t0
            tags.t1 name=t1
            tags.t2 name=t2
            tags.t3 name=t3
            tags.t4 name=t4
            tags.t5 name=t5
            tags.t6 name=t6
            tags.t7 name=t7
            tags.t8 name=t8
            tags.t9 name=t9
        ",
        "",
        "
            tags.t3 name=t3
            tags.t4 name=t4
            tags.t5 name=t5
            tags.t6 name=t6
            tags.t7 name=t7
            tags.t8 name=t8
            tags.t9 name=t9
        ",
        &pruning(&[Kind::Tag], None),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.t0 Delete Pruned
    tags.t1 Delete Pruned
    tags.t2 Delete Pruned
    tags.t3 NoOp AsDeclared
    tags.t4 NoOp AsDeclared
    tags.t5 NoOp AsDeclared
    tags.t6 NoOp AsDeclared
    tags.t7 NoOp AsDeclared
    tags.t8 NoOp AsDeclared
    tags.t9 NoOp AsDeclared
    0. tags.t0 delete tags-1 "t0", removed
    1. tags.t1 delete tags-2 "t1", removed
    2. tags.t2 delete tags-3 "t2", removed
    "#);
}

#[test]
fn a_kind_is_not_served() {
    let plan = planned(
        "tags.a name=a",
        "unavailable tags",
        "
            tags.a name=a
            workspaces.w name=w
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    workspaces.w Create New
      name: - -> "w" (declared)
    0. workspaces.w create {name}
    ! KindUnavailable { kind: Tag }
    "#);
}

#[test]
fn strangers_are_counted() {
    let plan = planned(
        "workspaces.a name=a",
        "
            stray workspaces name=b
            stray workspaces name=default
            stray workspaces name=c
            global source_templates name=G definition=d-github
            stray source_templates name=H definition=d-github
        ",
        "
            workspaces.a name=a
            source_templates.x name=X definition=GitHub
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.x Create New
      definition: - -> "d-github" (declared)
      name: - -> "X" (declared)
    workspaces.a NoOp AsDeclared
    0. source_templates.x create {definition, name}
    1 source template not managed
    2 workspaces not managed
    "#);
}
