//! Which live object is which resource.

use super::planned;
use crate::Options;

/// Something of every kind.
const EVERYTHING: &str = r#"
    tags.crm name=crm
    source_templates.github name=GitHub definition=GitHub mode=direct partial_default_config={start: 2025-01-01, key: $KEY} tags=[crm]
    source_templates.lite name="GitHub Lite" clone_of=github partial_default_config={key: $LITE}
    connection_templates.lake hosting=user destination=S3 destination_name=Lake destination_config={bucket: acme, key: $AWS} tags=[crm]
    connection_templates.managed hosting=airbyte cron_expression="0 0 12 * * ?"
    workspaces.acme name=acme region=eu status=active cache_enabled=null
    workspaces.idle name=idle status=inactive
"#;

#[test]
fn everything_is_made() {
    let plan = planned("", "", EVERYTHING, &Options::default());
    insta::assert_snapshot!(plan, @r#"
    tags.crm Create New
      name: - -> "crm" (declared)
    source_templates.github Create New
      definition: - -> "d-github" (declared)
      mode: - -> "direct" (declared)
      name: - -> "GitHub" (declared)
      partial_default_config.key: - -> (secret) (declared)
      partial_default_config.start: - -> "2025-01-01" (declared)
      tags["crm"]: - -> "crm" (declared)
    source_templates.lite Create New
      clone_of: - -> source_templates.github (declared)
      name: - -> "GitHub Lite" (declared)
      partial_default_config.key: - -> (secret) (declared)
    connection_templates.lake Create New
      destination: - -> "d-s3" (declared)
      destination_config.bucket: - -> "acme" (declared)
      destination_config.key: - -> (secret) (declared)
      destination_name: - -> "Lake" (declared)
      hosting: - -> "user" (declared)
      tags["crm"]: - -> "crm" (declared)
    connection_templates.managed Create New
      cron_expression: - -> "0 0 12 * * ?" (declared)
      hosting: - -> "airbyte" (declared)
    workspaces.acme Create New
      cache_enabled: - -> null (declared)
      name: - -> "acme" (declared)
      region: - -> "b9e48d61-f082-4a14-a8d0-799a907938cb" (declared)
      status: - -> "active" (declared)
    workspaces.idle Create New
      name: - -> "idle" (declared)
      status: - -> "inactive" (declared)
    0. tags.crm create {name}
    1. source_templates.github create {definition, mode, name, partial_default_config}
    2. source_templates.github attach "crm" to its own [after 0 1]
    3. source_templates.lite create {clone_of, name} [after 1]
    4. source_templates.lite update its own "GitHub Lite" {partial_default_config} [after 3]
    5. connection_templates.lake create {destination, destination_config, destination_name, hosting}
    6. connection_templates.lake attach "crm" to its own [after 0 5]
    7. connection_templates.managed create {cron_expression, hosting}
    8. workspaces.acme create {name, region}
    9. workspaces.idle create {name}
    10. workspaces.idle update its own "idle" {status} [after 9]
    "#);
}

#[test]
fn as_declared_is_nothing_to_do() {
    let plan = planned(EVERYTHING, "", EVERYTHING, &Options::default());
    insta::assert_snapshot!(plan, @"
    tags.crm NoOp AsDeclared
    source_templates.github NoOp AsDeclared
    source_templates.lite NoOp AsDeclared
    connection_templates.lake NoOp AsDeclared
    connection_templates.managed NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.idle NoOp AsDeclared
    ");
}

#[test]
fn without_a_state_everything_is_adopted() {
    let plan = planned(EVERYTHING, "forget all", EVERYTHING, &Options::default());
    insta::assert_snapshot!(plan, @"
    tags.crm Adopt FoundByName
    source_templates.github Adopt FoundByName
    source_templates.lite Adopt FoundByName
    connection_templates.lake Adopt FoundByName
    connection_templates.managed Adopt FoundByName
    workspaces.acme Adopt FoundByName
    workspaces.idle Adopt FoundByName
    0. tags.crm nothing, put tags-1
    1. source_templates.github nothing, put source_templates-1
    2. source_templates.lite nothing, put source_templates-2
    3. connection_templates.lake nothing, put connection_templates-1
    4. connection_templates.managed nothing, put connection_templates-2
    5. workspaces.acme nothing, put workspaces-1
    6. workspaces.idle nothing, put workspaces-2
    note Assumed { leaves: 5, resources: 4 }
    ");
}

#[test]
fn without_a_state_dropped_secrets_are_sent_again() {
    let plan = planned(
        EVERYTHING,
        "
            mask dropped
            forget all
        ",
        EVERYTHING,
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.crm Adopt FoundByName
    source_templates.github Adopt FoundByName
      partial_default_config.key: - -> (secret) (?)
    source_templates.lite Adopt FoundByName
      partial_default_config.key: - -> (secret) (?)
    connection_templates.lake Adopt FoundByName
      destination_config.key: - -> (secret) (?)
    connection_templates.managed Adopt FoundByName
    workspaces.acme Adopt FoundByName
    workspaces.idle Adopt FoundByName
    0. tags.crm nothing, put tags-1
    1. source_templates.github nothing, put source_templates-1
    2. source_templates.github update source_templates-1 "GitHub" {partial_default_config} [after 1]
    3. source_templates.lite nothing, put source_templates-2
    4. source_templates.lite update source_templates-2 "GitHub Lite" {partial_default_config} [after 3]
    5. connection_templates.lake nothing, put connection_templates-1
    6. connection_templates.lake update connection_templates-1 "Lake" {destination_config} [after 5]
    7. connection_templates.managed nothing, put connection_templates-2
    8. workspaces.acme nothing, put workspaces-1
    9. workspaces.idle nothing, put workspaces-2
    note Assumed { leaves: 2, resources: 2 }
    "#);
}

#[test]
fn adopted_and_changed() {
    let plan = planned(
        "",
        "stray source_templates name=GitHub definition=d-github mode=direct partial_default_config={a: 1, password: hunter2}",
        "source_templates.github name=GitHub definition=GitHub mode=replication partial_default_config={a: 2}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Adopt FoundByName
      mode: "direct" -> "replication" (?)
      partial_default_config.a: 1 -> 2 (?)
      partial_default_config.password: (secret) -> - (?)
    0. source_templates.github nothing, put source_templates-1
    1. source_templates.github update source_templates-1 "GitHub" {mode, partial_default_config}, drops partial_default_config.password [after 0]
    "#);
}

#[test]
fn adoption_refused() {
    let plan = planned(
        "",
        "stray tags name=crm",
        "tags.crm name=crm",
        &Options { adopt: false, ..Options::default() },
    );
    insta::assert_snapshot!(plan, @r#"
    tags.crm Adopt FoundByName
    ! tags.crm AdoptionRefused { id: Id("tags-1") }
    "#);
}

#[test]
fn adoption_never_replaces() {
    let plan = planned(
        "",
        "stray source_templates name=GitHub definition=d-stripe",
        "source_templates.github name=GitHub definition=GitHub",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Adopt FoundByName
      definition: "d-stripe" -> "d-github" (?) replaces
    ! source_templates.github AdoptionWouldReplace { id: Id("source_templates-1"), attributes: {"definition"} }
    "#);
}

#[test]
fn several_of_one_name_are_ambiguous() {
    let plan = planned(
        "",
        "
            stray workspaces name=acme
            stray workspaces name=acme
        ",
        "workspaces.acme name=acme",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    workspaces.acme Adopt FoundByName
    ! workspaces.acme Ambiguous { name: "acme", ids: {Id("workspaces-1"), Id("workspaces-2")} }
    2 workspaces not managed
    "#);
}

#[test]
fn a_namesake_of_what_is_known_does_not_matter() {
    let plan = planned(
        "workspaces.acme name=acme",
        "stray workspaces name=acme",
        "workspaces.acme name=acme",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"
    workspaces.acme NoOp AsDeclared
    1 workspace not managed
    ");
}

#[test]
fn names_are_compared_exactly() {
    let plan =
        planned("", "stray workspaces name=Acme", "workspaces.acme name=acme", &Options::default());
    insta::assert_snapshot!(plan, @r#"
    workspaces.acme Create New
      name: - -> "acme" (declared)
    0. workspaces.acme create {name}
    1 workspace not managed
    "#);
}

#[test]
fn what_is_not_ours_is_not_adopted() {
    let plan = planned(
        "",
        "global source_templates name=GitHub definition=d-github",
        "source_templates.github name=GitHub definition=GitHub",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Create New
      definition: - -> "d-github" (declared)
      name: - -> "GitHub" (declared)
    0. source_templates.github create {definition, name}
    "#);
}

#[test]
fn a_new_address_is_a_move() {
    let plan = planned(
        "
            source_templates.old name=GitHub definition=GitHub
            source_templates.lite name=Lite clone_of=old
        ",
        "",
        "
            source_templates.new name=GitHub definition=GitHub
            source_templates.lite name=Lite clone_of=new
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.lite Record NotRemembered
    source_templates.new Record Moved { from: Address { kind: SourceTemplate, name: "old", key: None } }
    0. source_templates.lite nothing, put source_templates-2
    1. source_templates.new nothing, put source_templates-1 from source_templates.old
    "#);
}

#[test]
fn a_move_may_change() {
    let plan = planned(
        "source_templates.old name=GitHub definition=GitHub mode=direct",
        "",
        "source_templates.new name=GitHub definition=GitHub mode=multi",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.new Update Moved { from: Address { kind: SourceTemplate, name: "old", key: None } }
      mode: "direct" -> "multi" (declared)
    0. source_templates.new nothing, put source_templates-1 from source_templates.old
    1. source_templates.new update source_templates-1 "GitHub" {mode} [after 0]
    "#);
}

#[test]
fn a_move_may_replace() {
    let plan = planned(
        "source_templates.old name=GitHub definition=GitHub",
        "",
        "source_templates.new name=GitHub definition=Stripe",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.new Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
    0. source_templates.new nothing, put source_templates-1 from source_templates.old
    1. source_templates.new update source_templates-1 "GitHub" {name}, now "GitHub (replaced)" [after 0]
    2. source_templates.new create {definition, name}, deposes source_templates-1 "GitHub" [after 0 1]
    3. source_templates.new delete source_templates-1 "GitHub (replaced)", source_templates-1 gone [after 0 1 2]
    "#);
}

#[test]
fn a_move_may_take_the_place_of_what_is_gone() {
    let plan = planned(
        "
            tags.a name=crm
            tags.b name=pro
            tags.c name=x
        ",
        "gone tags-1",
        "
            tags.a name=pro
            tags.c name=x
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a Record Moved { from: Address { kind: Tag, name: "b", key: None } }
    tags.c NoOp AsDeclared
    0. tags.a nothing, put tags-2 from tags.b
    "#);
}

#[test]
fn vanished_is_made_again() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
        ",
        "gone tags-1",
        "
            tags.a name=a
            tags.b name=b
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a Create Vanished
      name: - -> "a" (declared)
    tags.b NoOp AsDeclared
    0. tags.a create {name}
    "#);
}

#[test]
fn vanished_and_found_by_name_is_adopted() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
        ",
        "
            gone tags-1
            stray tags name=a
        ",
        "
            tags.a name=a
            tags.b name=b
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"
    tags.a Adopt FoundByName
    tags.b NoOp AsDeclared
    0. tags.a nothing, put tags-3
    ");
}

#[test]
fn an_answer_was_lost() {
    let plan = planned(
        "",
        "
            stray source_templates name=Lite definition=d-github partial_default_config={key: ****}
            begun source_templates.lite Lite
        ",
        "source_templates.lite name=Lite definition=GitHub partial_default_config={key: $KEY}",
        &Options { adopt: false, ..Options::default() },
    );
    insta::assert_snapshot!(plan, @"
    source_templates.lite Adopt AnswerLost
    0. source_templates.lite nothing, put source_templates-1
    note Assumed { leaves: 1, resources: 1 }
    ");
}

#[test]
fn a_lost_clone_is_still_to_be_configured() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub",
        "
            stray source_templates name=Lite definition=d-github partial_default_config={key: ****}
            begun source_templates.lite Lite
        ",
        "
            source_templates.github name=GitHub definition=GitHub
            source_templates.lite name=Lite clone_of=github partial_default_config={key: $KEY}
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github NoOp AsDeclared
    source_templates.lite Adopt AnswerLost
      partial_default_config.key: (hidden) -> (secret) (?)
    0. source_templates.lite nothing, put source_templates-2
    1. source_templates.lite update source_templates-2 "Lite" {partial_default_config} [after 0]
    note Assumed { leaves: 1, resources: 1 }
    "#);
}

#[test]
fn an_answer_was_lost_and_the_name_edited() {
    let plan = planned(
        "",
        "
            stray workspaces name=old
            begun workspaces.acme old
        ",
        "workspaces.acme name=new",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    workspaces.acme Adopt AnswerLost
      name: "old" -> "new" (?)
    0. workspaces.acme nothing, put workspaces-1
    1. workspaces.acme update workspaces-1 "old" {name}, now "new" [after 0]
    "#);
}

#[test]
fn a_begun_create_that_never_was() {
    let plan =
        planned("", "begun workspaces.acme acme", "workspaces.acme name=acme", &Options::default());
    insta::assert_snapshot!(plan, @r#"
    workspaces.acme Create New
      name: - -> "acme" (declared)
    0. workspaces.acme create {name}
    "#);
}

#[test]
fn a_begun_create_of_what_stands_is_settled() {
    let plan = planned(
        "tags.crm name=crm",
        "begun tags.crm crm",
        "tags.crm name=crm",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"
    tags.crm Record NotRemembered
    0. tags.crm nothing, put tags-1
    ");
}

#[test]
fn a_begun_create_of_nobody_is_settled() {
    let plan = planned(
        "",
        "
            begun tags.crm crm
            stray tags name=crm
        ",
        "tags.pro name=pro",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.crm Forget GoneAndUndeclared
    tags.pro Create New
      name: - -> "pro" (declared)
    0. tags.crm nothing, removed
    1. tags.pro create {name}
    1 tag not managed
    "#);
}

#[test]
fn a_begun_create_of_what_is_kept_is_settled() {
    let plan = planned(
        "tags.crm name=crm",
        "begun tags.crm crm",
        "tags.pro name=pro",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.crm Record UndeclaredKept
    tags.pro Create New
      name: - -> "pro" (declared)
    0. tags.crm nothing, put tags-1
    1. tags.pro create {name}
    note Kept { address: Address { kind: Tag, name: "crm", key: None } }
    note PerhapsMoved { from: Address { kind: Tag, name: "crm", key: None }, to: Address { kind: Tag, name: "pro", key: None } }
    "#);
}

#[test]
fn a_crash_in_a_replace_is_completed() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub",
        r#"
            set source_templates-1 name="GitHub (replaced)"
            stray source_templates name=GitHub definition=d-stripe
            begun source_templates.github GitHub
        "#,
        "
            tags.crm name=crm
            source_templates.github name=GitHub definition=Stripe tags=[crm]
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.crm Create New
      name: - -> "crm" (declared)
    source_templates.github Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
      name: "GitHub (replaced)" -> "GitHub" (live)
      tags["crm"]: - -> "crm" (?)
    0. tags.crm create {name}
    1. source_templates.github nothing, put source_templates-2
    2. source_templates.github attach "crm" to source_templates-2 [after 0 1]
    3. source_templates.github delete source_templates-1 "GitHub (replaced)", source_templates-1 gone [after 1 2]
    "#);
}

#[test]
fn a_crash_in_a_replace_that_is_taken_back() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub",
        r#"
            set source_templates-1 name="GitHub (replaced)"
            stray source_templates name=GitHub definition=d-stripe
            begun source_templates.github GitHub
        "#,
        "source_templates.github name=GitHub definition=GitHub",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Drifted
      name: "GitHub (replaced)" -> "GitHub" (live)
    0. source_templates.github nothing, put source_templates-1
    1. source_templates.github update source_templates-1 "GitHub (replaced)" {name}, now "GitHub" [after 0]
    ! source_templates.github NameTaken { name: "GitHub", id: Id("source_templates-2"), holder: None }
    1 source template not managed
    "#);
}

#[test]
fn the_only_template_hosted_by_airbyte() {
    let plan = planned(
        "",
        "stray connection_templates hosting=airbyte",
        "connection_templates.managed hosting=airbyte cron_expression=null",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"
    connection_templates.managed Adopt FoundByName
    0. connection_templates.managed nothing, put connection_templates-1
    ");
}

#[test]
fn several_templates_hosted_by_airbyte() {
    let plan = planned(
        "",
        "
            stray connection_templates hosting=airbyte
            stray connection_templates hosting=airbyte
        ",
        "connection_templates.managed hosting=airbyte",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    connection_templates.managed Adopt FoundByName
    ! connection_templates.managed Ambiguous { name: "managed", ids: {Id("connection_templates-1"), Id("connection_templates-2")} }
    2 connection templates not managed
    "#);
}

#[test]
fn somebody_elses() {
    let plan = planned(
        "",
        "
            stray tags name=crm
            global source_templates name=GitHub definition=d-github
        ",
        "
            tags.crm external name=crm
            source_templates.github external name=GitHub
            source_templates.lite name=Lite clone_of=github tags=[crm]
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.crm NoOp External
    source_templates.github NoOp External
    source_templates.lite Create New
      clone_of: - -> source_templates.github (declared)
      name: - -> "Lite" (declared)
      tags["crm"]: - -> "crm" (declared)
    0. source_templates.lite create {clone_of, name}
    1. source_templates.lite attach "crm" to its own [after 0]
    "#);
}

#[test]
fn somebody_elses_is_missing() {
    let plan = planned("", "", "tags.crm external name=crm", &Options::default());
    insta::assert_snapshot!(plan, @r#"
    tags.crm NoOp External
    ! tags.crm ExternalMissing { name: "crm" }
    "#);
}

#[test]
fn somebody_elses_is_ambiguous() {
    let plan = planned(
        "",
        "
            stray source_templates name=GitHub definition=d-github
            global source_templates name=GitHub definition=d-github
        ",
        "source_templates.github external name=GitHub",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github NoOp External
    ! source_templates.github Ambiguous { name: "GitHub", ids: {Id("source_templates-1"), Id("source_templates-2")} }
    "#);
}

#[test]
fn ours_is_given_away() {
    let plan = planned("tags.crm name=crm", "", "tags.crm external name=crm", &Options::default());
    insta::assert_snapshot!(plan, @"
    tags.crm Forget External
    0. tags.crm nothing, removed
    ");
}
