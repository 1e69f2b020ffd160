//! Templates that carry the tag of whoever made them.
use model::Kind;

use super::{planned, pruning};
use crate::{Options, Prune};

const OURS: &str = "ownership managed-by-us";
const TEMPLATES: &str = "
    tags.crm name=crm
    source_templates.github name=GitHub definition=GitHub tags=[crm]
    source_templates.stripe name=Stripe definition=Stripe
";

fn check(before: &str, meanwhile: &str, now: &str) -> String {
    planned(before, meanwhile, now, &Options::default())
}

fn prune(before: &str, meanwhile: &str, now: &str) -> String {
    let kinds = [Kind::Tag, Kind::SourceTemplate, Kind::ConnectionTemplate];
    planned(before, meanwhile, now, &pruning(&kinds, None))
}

#[test]
fn every_template_gets_it_beside_what_it_declares() {
    insta::assert_snapshot!(check("", "", &format!("{OURS}{TEMPLATES}")), @r#"
    tags.crm Create New
      name: - -> "crm" (declared)
    tags.managed-by-us Create New
      name: - -> "managed-by-us" (declared)
    source_templates.github Create New
      definition: - -> "d-github" (declared)
      name: - -> "GitHub" (declared)
      tags["crm"]: - -> "crm" (declared)
      tags["managed-by-us"]: - -> "managed-by-us" (declared)
    source_templates.stripe Create New
      definition: - -> "d-stripe" (declared)
      name: - -> "Stripe" (declared)
      tags["managed-by-us"]: - -> "managed-by-us" (declared)
    0. tags.crm create {name}
    1. tags.managed-by-us create {name}
    2. source_templates.github create {definition, name}
    3. source_templates.github attach "crm" to its own [after 0 2]
    4. source_templates.github attach "managed-by-us" to its own [after 1 2]
    5. source_templates.stripe create {definition, name}
    6. source_templates.stripe attach "managed-by-us" to its own [after 1 5]
    "#);
}

#[test]
fn those_that_stand_get_it_too() {
    insta::assert_snapshot!(check(TEMPLATES, "", &format!("{OURS}{TEMPLATES}")), @r#"
    tags.crm NoOp AsDeclared
    tags.managed-by-us Create New
      name: - -> "managed-by-us" (declared)
    source_templates.github Update Edited
      tags["managed-by-us"]: - -> "managed-by-us" (declared)
    source_templates.stripe Update Differs
      tags["managed-by-us"]: - -> "managed-by-us" (?)
    0. tags.managed-by-us create {name}
    1. source_templates.github attach "managed-by-us" to source_templates-1 [after 0]
    2. source_templates.stripe attach "managed-by-us" to source_templates-2 [after 0]
    "#);
}

#[test]
fn other_tags_stay_where_none_are_declared() {
    let all = format!("{OURS}{TEMPLATES}");
    let beside = "
        stray tags name=by-hand
        set source_templates-1 tags=[managed-by-us, crm, by-hand]
        set source_templates-2 tags=[managed-by-us, by-hand]
    ";
    insta::assert_snapshot!(check(&all, beside, &all), @r#"
    tags.crm NoOp AsDeclared
    tags.managed-by-us NoOp AsDeclared
    source_templates.github Update Drifted
      tags["by-hand"]: "by-hand" -> - (live)
    source_templates.stripe NoOp AsDeclared
    0. source_templates.github detach "by-hand" from source_templates-1, drops tags["by-hand"]
    1 tag not managed
    "#);
    let taken_off = "set source_templates-2 tags=[]";
    insta::assert_snapshot!(check(&all, taken_off, &all), @r#"
    tags.crm NoOp AsDeclared
    tags.managed-by-us NoOp AsDeclared
    source_templates.github NoOp AsDeclared
    source_templates.stripe Update Drifted
      tags["managed-by-us"]: - -> "managed-by-us" (live)
    0. source_templates.stripe attach "managed-by-us" to source_templates-2
    "#);
}

#[test]
fn tags_that_are_declared_no_longer_stay() {
    let all = format!("{OURS}{TEMPLATES}");
    insta::assert_snapshot!(check(&all, "", &all.replace(" tags=[crm]", "")), @r#"
    tags.crm NoOp AsDeclared
    tags.managed-by-us NoOp AsDeclared
    source_templates.github Record NotRemembered
    source_templates.stripe NoOp AsDeclared
    0. source_templates.github nothing, put source_templates-1
    note NoLongerDeclared { address: Address { kind: SourceTemplate, name: "github", key: None }, attribute: "tags" }
    "#);
}

#[test]
fn it_is_not_among_what_is_ignored_and_triggers_nothing() {
    let ignoring = TEMPLATES.replace("tags=[crm]", "lifecycle={ignore_changes: [tags]}").replace(
        "definition=Stripe",
        "definition=Stripe lifecycle={replace_triggered_by: [source_templates.github]}",
    );
    insta::assert_snapshot!(check(&ignoring, "", &format!("{OURS}{ignoring}")), @r#"
    tags.crm NoOp AsDeclared
    tags.managed-by-us Create New
      name: - -> "managed-by-us" (declared)
    source_templates.github Update Differs
      tags["managed-by-us"]: - -> "managed-by-us" (?)
    source_templates.stripe Update Differs
      tags["managed-by-us"]: - -> "managed-by-us" (?)
    0. tags.managed-by-us create {name}
    1. source_templates.github attach "managed-by-us" to source_templates-1 [after 0]
    2. source_templates.stripe attach "managed-by-us" to source_templates-2 [after 0]
    "#);
}

#[test]
fn without_it_there_are_no_owners() {
    let all = format!("{OURS}{TEMPLATES}");
    insta::assert_snapshot!(check(&all, "", TEMPLATES), @r#"
    tags.crm NoOp AsDeclared
    tags.managed-by-us NoOp UndeclaredKept
    source_templates.github Update Edited
      tags["managed-by-us"]: "managed-by-us" -> - (declared)
    source_templates.stripe Record NotRemembered
    0. source_templates.github detach "managed-by-us" from source_templates-1, drops tags["managed-by-us"]
    1. source_templates.stripe nothing, put source_templates-2
    note Kept { address: Address { kind: Tag, name: "managed-by-us", key: None } }
    note NoLongerDeclared { address: Address { kind: SourceTemplate, name: "stripe", key: None }, attribute: "tags" }
    "#);
}

#[test]
fn another_name_for_us_is_no_other_owner() {
    let all = format!("{OURS}{TEMPLATES}");
    let renamed = all.replace("managed-by-us", "managed-by-me");
    insta::assert_snapshot!(check(&all, "", &renamed), @r#"
    tags.crm NoOp AsDeclared
    tags.managed-by-me Create New
      name: - -> "managed-by-me" (declared)
    tags.managed-by-us NoOp UndeclaredKept
    source_templates.github Update Edited
      tags["managed-by-me"]: - -> "managed-by-me" (declared)
      tags["managed-by-us"]: "managed-by-us" -> - (declared)
    source_templates.stripe Update Edited
      tags["managed-by-me"]: - -> "managed-by-me" (declared)
    0. tags.managed-by-me create {name}
    1. source_templates.github attach "managed-by-me" to source_templates-1 [after 0]
    2. source_templates.github detach "managed-by-us" from source_templates-1, drops tags["managed-by-us"]
    3. source_templates.stripe nothing, put source_templates-2
    4. source_templates.stripe attach "managed-by-me" to source_templates-2 [after 0 3]
    note Kept { address: Address { kind: Tag, name: "managed-by-us", key: None } }
    note PerhapsMoved { from: Address { kind: Tag, name: "managed-by-us", key: None }, to: Address { kind: Tag, name: "managed-by-me", key: None } }
    "#);
    let moved = format!("{renamed}\nmoved tags.managed-by-us tags.managed-by-me");
    insta::assert_snapshot!(check(&all, "", &moved), @r#"
    tags.crm NoOp AsDeclared
    tags.managed-by-me Update Moved { from: Address { kind: Tag, name: "managed-by-us", key: None } }
      name: "managed-by-us" -> "managed-by-me" (declared)
    source_templates.github Record NotRemembered
    source_templates.stripe Record NotRemembered
    0. tags.managed-by-me nothing, put tags-2 from tags.managed-by-us
    1. tags.managed-by-me update tags-2 "managed-by-us" {name}, now "managed-by-me" [after 0]
    2. source_templates.github nothing, put source_templates-1
    3. source_templates.stripe nothing, put source_templates-2
    "#);
}

#[test]
fn what_is_another_owners_is_not_touched() {
    let all = format!("{OURS}{TEMPLATES}");
    let theirs = "
        stray tags name=managed-by-them
        stray source_templates name=Stripe definition=d-stripe tags=[managed-by-them]
    ";
    insta::assert_snapshot!(check("", theirs, &all), @r#"
    tags.crm Create New
      name: - -> "crm" (declared)
    tags.managed-by-us Create New
      name: - -> "managed-by-us" (declared)
    source_templates.github Create New
      definition: - -> "d-github" (declared)
      name: - -> "GitHub" (declared)
      tags["crm"]: - -> "crm" (declared)
      tags["managed-by-us"]: - -> "managed-by-us" (declared)
    source_templates.stripe Adopt FoundByName
      tags["managed-by-us"]: - -> "managed-by-us" (?)
    0. tags.crm create {name}
    1. tags.managed-by-us create {name}
    2. source_templates.github create {definition, name}
    3. source_templates.github attach "crm" to its own [after 0 2]
    4. source_templates.github attach "managed-by-us" to its own [after 1 2]
    ! source_templates.stripe OwnedByAnother { id: Id("source_templates-1"), tag: "managed-by-them" }
    1 tag not managed
    "#);
    let taken = "
        stray tags name=managed-by-them
        set source_templates-2 tags=[managed-by-us, managed-by-them]
    ";
    insta::assert_snapshot!(prune(&all, taken, OURS), @r#"
    tags.crm Delete Pruned
    tags.managed-by-us NoOp AsDeclared
    source_templates.github Delete Pruned
    source_templates.stripe Delete Pruned
    0. source_templates.github delete source_templates-1 "GitHub", removed
    1. tags.crm delete tags-1 "crm", removed [after 0]
    ! source_templates.stripe OwnedByAnother { id: Id("source_templates-2"), tag: "managed-by-them" }
    1 tag not managed
    "#);
    let let_go = format!("{OURS}\nremoved source_templates.stripe");
    insta::assert_snapshot!(prune(&all, taken, &let_go), @r#"
    tags.crm Delete Pruned
    tags.managed-by-us NoOp AsDeclared
    source_templates.github Delete Pruned
    source_templates.stripe Forget Removed
    0. source_templates.github delete source_templates-1 "GitHub", removed
    1. tags.crm delete tags-1 "crm", removed [after 0]
    2. source_templates.stripe nothing, removed
    1 tag not managed
    "#);
    let destroy = Options { destroy: true, prune: Prune::default(), ..Options::default() };
    insta::assert_snapshot!(planned(&all, taken, &all, &destroy), @r#"
    tags.crm Delete Destroyed
    tags.managed-by-us Delete Destroyed
    source_templates.github Delete Destroyed
    source_templates.stripe Delete Destroyed
    0. source_templates.github delete source_templates-1 "GitHub", removed
    1. tags.crm delete tags-1 "crm", removed [after 0]
    2. tags.managed-by-us delete tags-2 "managed-by-us", removed [after 0]
    ! source_templates.stripe OwnedByAnother { id: Id("source_templates-2"), tag: "managed-by-them" }
    1 tag not managed
    "#);
}

/// What is remembered of a tag is about that tag, not about whatever has its name by now.
#[test]
fn a_tag_that_took_the_name_of_ours_is_another_owners() {
    let before = "ownership managed-by-old\nsource_templates.github name=GitHub definition=GitHub";
    let now = before.replace("managed-by-old", "managed-by-us");
    let blocked = |events: &str| {
        let plan = planned(before, events, &now, &Options::default());
        plan.lines().filter(|line| line.starts_with("! ")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(blocked(""), [""; 0]);
    let taken = blocked("set tags-1 name=crm\nstray tags name=managed-by-old");
    assert_eq!(
        taken,
        [
            r#"! source_templates.github OwnedByAnother { id: Id("source_templates-1"), tag: "managed-by-old" }"#
        ]
    );
}

#[test]
fn what_is_let_go_loses_it() {
    let all = format!("{OURS}{TEMPLATES}");
    let let_go = format!(
        "{OURS}\ntags.crm name=crm\nremoved source_templates.github\nremoved source_templates.stripe"
    );
    insta::assert_snapshot!(prune(&all, "gone source_templates-2", &let_go), @r#"
    tags.crm NoOp AsDeclared
    tags.managed-by-us NoOp AsDeclared
    source_templates.github Forget Removed
      tags["managed-by-us"]: "managed-by-us" -> - (declared)
    source_templates.stripe Forget Removed
    0. source_templates.github detach "managed-by-us" from source_templates-1, drops tags["managed-by-us"]
    1. source_templates.github nothing, removed [after 0]
    2. source_templates.stripe nothing, removed
    "#);
}

#[test]
fn what_carries_it_and_is_nobodys_is_pruned_without_state() {
    let all = format!("{OURS}{TEMPLATES}");
    let one = "ownership managed-by-us\ntags.crm name=crm\nsource_templates.github name=GitHub definition=GitHub tags=[crm]";
    insta::assert_snapshot!(prune(&all, "forget all", one), @r#"
    tags.crm Adopt FoundByName
    tags.managed-by-us Adopt FoundByName
    source_templates.github Adopt FoundByName
    source_templates.orphan["source_templates-2"] Delete Orphaned
    0. tags.crm nothing, put tags-1
    1. tags.managed-by-us nothing, put tags-2
    2. source_templates.github nothing, put source_templates-1
    3. source_templates.orphan["source_templates-2"] delete source_templates-2 "Stripe", removed
    "#);
    insta::assert_snapshot!(check(&all, "forget all", one), @"
    tags.crm Adopt FoundByName
    tags.managed-by-us Adopt FoundByName
    source_templates.github Adopt FoundByName
    0. tags.crm nothing, put tags-1
    1. tags.managed-by-us nothing, put tags-2
    2. source_templates.github nothing, put source_templates-1
    note Orphans { kind: SourceTemplate, count: 1 }
    1 source template not managed
    ");
    let another = "
        forget all
        stray tags name=managed-by-them
        set source_templates-2 tags=[managed-by-us, managed-by-them]
    ";
    insta::assert_snapshot!(prune(&all, another, one), @"
    tags.crm Adopt FoundByName
    tags.managed-by-us Adopt FoundByName
    source_templates.github Adopt FoundByName
    0. tags.crm nothing, put tags-1
    1. tags.managed-by-us nothing, put tags-2
    2. source_templates.github nothing, put source_templates-1
    1 tag not managed
    1 source template not managed
    ");
}

/// Our tag was renamed by hand. It is on everything that it was on, and gets its name back.
#[test]
fn what_carries_it_by_another_name_is_pruned_too() {
    let all = format!("{OURS}{TEMPLATES}");
    let one = "ownership managed-by-us\ntags.crm name=crm\nsource_templates.github name=GitHub definition=GitHub tags=[crm]";
    for name in ["renamed", "managed-by-them"] {
        let renamed = format!(
            "forget source_templates.stripe\nset tags-2 name={name}
            set source_templates-1 tags=[crm, {name}]\nset source_templates-2 tags=[{name}]"
        );
        let plan = prune(&all, &renamed, one);
        let change = r#"source_templates.orphan["source_templates-2"] Delete Orphaned"#;
        assert!(plan.lines().any(|line| line == change), "{plan}");
        let kept = check(&all, &renamed, one);
        assert!(kept.contains("note Orphans { kind: SourceTemplate, count: 1 }"), "{kept}");
    }
}

#[test]
fn what_stands_under_a_declared_name_is_not_pruned() {
    let all = format!("{OURS}\nsource_templates.a name=A definition=GitHub");
    let double = "stray source_templates name=A definition=d-github tags=[managed-by-us]";
    insta::assert_snapshot!(prune(&all, double, &all), @"
    tags.managed-by-us NoOp AsDeclared
    source_templates.a NoOp AsDeclared
    1 source template not managed
    ");
}

#[test]
fn the_share_that_goes_is_watched_without_state_too() {
    let template = |at| format!("source_templates.t{at} name=T{at} definition=GitHub\n");
    let all: String = (0..12).map(template).collect();
    let few: String = (0..6).map(template).collect();
    let (all, few) = (format!("{OURS}\n{all}"), format!("{OURS}\n{few}"));
    let plan = prune(&all, "forget all", &few);
    assert!(plan.contains("TooMany { kind: SourceTemplate, count: 6, of: 12"), "{plan}");
}

#[test]
fn who_asks_for_a_template_asks_for_its_tag_and_for_nothing_else() {
    let all = format!("{OURS}{TEMPLATES}");
    let only = [super::address("source_templates.stripe")].into();
    let kinds = [Kind::SourceTemplate].into();
    let prune = Prune { kinds, expected_workspace_deletes: None };
    let options = Options { only, prune, ..Options::default() };
    let one = "
        stray source_templates name=Old definition=d-github tags=[managed-by-us]
    ";
    insta::assert_snapshot!(planned("", one, &all, &options), @r#"
    tags.crm NoOp LeftOut
    tags.managed-by-us Create New
      name: - -> "managed-by-us" (declared)
    source_templates.github NoOp LeftOut
    source_templates.stripe Create New
      definition: - -> "d-stripe" (declared)
      name: - -> "Stripe" (declared)
      tags["managed-by-us"]: - -> "managed-by-us" (declared)
    0. tags.managed-by-us create {name}
    1. source_templates.stripe create {definition, name}
    2. source_templates.stripe attach "managed-by-us" to its own [after 0 1]
    1 source template not managed
    "#);
}
