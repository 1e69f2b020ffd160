//! Everything goes.
use super::planned;
use crate::{Options, Prune};

fn destroy(expected_workspace_deletes: Option<usize>) -> Options {
    let prune = Prune { expected_workspace_deletes, ..Prune::default() };
    Options { prune, destroy: true, ..Options::default() }
}

const ALL: &str = "
    tags.a name=a
    source_templates.github name=GitHub definition=GitHub tags=[a]
    workspaces.acme name=acme
";

#[test]
fn everything_goes_what_carries_a_tag_before_the_tag() {
    let plan = planned(ALL, "stray tags name=theirs", ALL, &destroy(Some(1)));
    insta::assert_snapshot!(plan, @r#"
    tags.a Delete Destroyed
    source_templates.github Delete Destroyed
    workspaces.acme Delete Destroyed
    0. source_templates.github delete source_templates-1 "GitHub", removed
    1. tags.a delete tags-1 "a", removed [after 0]
    2. workspaces.acme delete workspaces-1 "acme", removed
    1 tag not managed
    "#);
}

#[test]
fn workspaces_go_only_where_their_number_is_known() {
    let plan = planned("workspaces.acme name=acme", "", "", &destroy(None));
    insta::assert_snapshot!(plan, @r#"
    workspaces.acme Delete Destroyed
    0. workspaces.acme delete workspaces-1 "acme", removed
    ! WorkspaceDeletesUnconfirmed { count: 1, expected: None }
    "#);
    let plan = planned("workspaces.acme name=acme", "", "", &destroy(Some(2)));
    insta::assert_snapshot!(plan, @r#"
    workspaces.acme Delete Destroyed
    0. workspaces.acme delete workspaces-1 "acme", removed
    ! WorkspaceDeletesUnconfirmed { count: 1, expected: Some(2) }
    "#);
}

#[test]
fn the_share_that_goes_is_not_watched() {
    let ten: Vec<String> = (0..10).map(|at| format!("tags.t{at} name=t{at}")).collect();
    let plan = planned(&ten.join("\n"), "", "", &destroy(None));
    assert_eq!(plan.matches("Delete Destroyed").count(), 10, "{plan}");
    assert!(!plan.contains('!'), "{plan}");
}

#[test]
fn a_kind_that_has_vanished_still_looks_like_a_wrong_token() {
    let two = "
        tags.a name=a
        tags.b name=b
    ";
    let gone = "
        gone tags-1
        gone tags-2
    ";
    insta::assert_snapshot!(planned(two, gone, two, &destroy(None)), @"
    tags.a Forget GoneAndUndeclared
    tags.b Forget GoneAndUndeclared
    0. tags.a nothing, removed
    1. tags.b nothing, removed
    ! KindVanished { kind: Tag, count: 2 }
    ");
}

#[test]
fn what_is_somebody_elses_stays_and_need_not_stand() {
    let plan = planned(
        "
            tags.ours name=ours
            tags.theirs name=theirs
        ",
        "",
        "
            tags.theirs external name=theirs
            tags.missing external name=missing
        ",
        &destroy(None),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.missing NoOp External
    tags.ours Delete Destroyed
    tags.theirs Forget External
    0. tags.ours delete tags-1 "ours", removed
    1. tags.theirs nothing, removed
    "#);
}

#[test]
fn the_workspace_default_stays() {
    let plan = planned("workspaces.d name=default", "", "", &destroy(None));
    insta::assert_snapshot!(plan, @"workspaces.d NoOp DefaultWorkspace");
}

#[test]
fn a_create_of_which_nothing_is_known_comes_first() {
    let plan = planned("tags.a name=a", "begun tags.b b", "tags.b name=b", &destroy(None));
    insta::assert_snapshot!(plan, @r#"
    tags.a Delete Destroyed
    tags.b Forget GoneAndUndeclared
    0. tags.a delete tags-1 "a", removed
    1. tags.b nothing, removed
    ! Unsettled { addresses: {Address { kind: Tag, name: "b", key: None }} }
    "#);
}
