//! How a resource differs, and which side moved.

use super::planned;
use crate::Options;

#[test]
fn edited() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub mode=direct",
        "",
        "source_templates.github name=GitHub definition=GitHub mode=multi",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Edited
      mode: "direct" -> "multi" (declared)
    0. source_templates.github update source_templates-1 "GitHub" {mode}
    "#);
}

#[test]
fn drifted() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub mode=direct",
        "set source_templates-1 mode=multi",
        "source_templates.github name=GitHub definition=GitHub mode=direct",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Drifted
      mode: "multi" -> "direct" (live)
    0. source_templates.github update source_templates-1 "GitHub" {mode}
    "#);
}

#[test]
fn edited_and_drifted() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub mode=direct",
        "set source_templates-1 name=Hub",
        "source_templates.github name=GitHub definition=GitHub mode=multi",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update EditedAndDrifted
      mode: "direct" -> "multi" (declared)
      name: "Hub" -> "GitHub" (live)
    0. source_templates.github update source_templates-1 "Hub" {mode, name}, now "GitHub"
    "#);
}

#[test]
fn newly_declared() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub",
        "",
        "source_templates.github name=GitHub definition=GitHub mode=multi",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Differs
      mode: "replication" -> "multi" (?)
    0. source_templates.github update source_templates-1 "GitHub" {mode}
    "#);
}

#[test]
fn drifted_to_what_is_now_declared() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub mode=direct",
        "set source_templates-1 mode=multi",
        "source_templates.github name=GitHub definition=GitHub mode=multi",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"source_templates.github NoOp AsDeclared");
}

#[test]
fn no_longer_declared() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub mode=direct customization={stream_selection_mode: all}",
        "",
        "source_templates.github name=GitHub definition=GitHub",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Record NotRemembered
    0. source_templates.github nothing, put source_templates-1
    note NoLongerDeclared { address: Address { kind: SourceTemplate, name: "github", key: None }, attribute: "customization" }
    note NoLongerDeclared { address: Address { kind: SourceTemplate, name: "github", key: None }, attribute: "mode" }
    "#);
}

#[test]
fn leaf_by_leaf() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={same: 1, edited: 1, drifted: 1, taken: 1, deep: [{a: 1}]}",
        "set source_templates-1 partial_default_config={same: 1, edited: 1, drifted: 2, taken: 1, deep: [{a: 1}], added: 3}",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={same: 1, edited: 2, drifted: 1, put: 1, deep: [{a: 1}, {a: 2}]}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update EditedAndDrifted
      partial_default_config.added: 3 -> - (live)
      partial_default_config.deep[1].a: - -> 2 (declared)
      partial_default_config.drifted: 2 -> 1 (live)
      partial_default_config.edited: 1 -> 2 (declared)
      partial_default_config.put: - -> 1 (declared)
      partial_default_config.taken: 1 -> - (declared)
    0. source_templates.github update source_templates-1 "GitHub" {partial_default_config}, drops partial_default_config.added, drops partial_default_config.taken
    "#);
}

#[test]
fn containers_are_filled_and_emptied() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={full: {a: 1}, empty: {}}",
        "",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={full: {}, empty: {a: 1}}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Edited
      partial_default_config.empty.a: - -> 1 (declared)
      partial_default_config.full.a: 1 -> - (declared)
    0. source_templates.github update source_templates-1 "GitHub" {partial_default_config}, drops partial_default_config.empty, drops partial_default_config.full.a
    "#);
}

#[test]
fn an_empty_tree_is_null() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config=null customization={}",
        "",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={} customization=null",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"source_templates.github NoOp AsDeclared");
}

#[test]
fn defaults_are_no_change() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub customization={stream_whitelist: null}",
        "",
        "source_templates.github name=GitHub definition=GitHub customization={stream_selection_mode: suggested, stream_mappers: {}}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"source_templates.github NoOp AsDeclared");
}

#[test]
fn a_rotated_secret() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={key: $OLD, other: $SAME}",
        "",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={key: $NEW, other: $SAME}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Edited
      partial_default_config.key: (hidden) -> (secret) (declared)
    0. source_templates.github update source_templates-1 "GitHub" {partial_default_config}
    "#);
}

#[test]
fn a_rotated_secret_behind_an_object() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={key: $OLD}",
        "mask object",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={key: $NEW}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Edited
      partial_default_config.key: (hidden) -> (secret) (declared)
    0. source_templates.github update source_templates-1 "GitHub" {partial_default_config}
    "#);
}

#[test]
fn a_rotated_secret_that_is_dropped() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={key: $OLD}",
        "mask dropped",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={key: $NEW}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Edited
      partial_default_config.key: (hidden) -> (secret) (declared)
    0. source_templates.github update source_templates-1 "GitHub" {partial_default_config}
    "#);
}

#[test]
fn a_secret_shown_in_clear_is_no_change() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={x: $KEY}",
        "
            mask clear
            forget all
        ",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={x: $KEY}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"
    source_templates.github Adopt FoundByName
    0. source_templates.github nothing, put source_templates-1
    ");
}

#[test]
fn a_secret_shown_in_clear_is_not_shown_in_a_plan() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={x: $OLD}",
        "mask clear",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={x: $NEW}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Edited
      partial_default_config.x: (secret) -> (secret) (declared)
    0. source_templates.github update source_templates-1 "GitHub" {partial_default_config}
    "#);
}

#[test]
fn a_secret_that_nobody_remembers_is_taken_as_it_is() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={x: $OLD}",
        "
            mask clear
            forget all
        ",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={x: $NEW}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r"
    source_templates.github Adopt FoundByName
    0. source_templates.github nothing, put source_templates-1
    note Assumed { leaves: 1, resources: 1 }
    ");
}

#[test]
fn a_secret_that_is_declared_for_the_first_time() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub",
        "set source_templates-1 partial_default_config={key: ****}",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={key: $KEY}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Differs
      partial_default_config.key: (hidden) -> (secret) (?)
    0. source_templates.github update source_templates-1 "GitHub" {partial_default_config}
    "#);
}

#[test]
fn a_secret_taken_out() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={a: 1, key: $KEY}",
        "",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={a: 1}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Edited
      partial_default_config.key: (hidden) -> - (declared)
    0. source_templates.github update source_templates-1 "GitHub" {partial_default_config}, drops partial_default_config.key
    "#);
}

#[test]
fn a_secret_taken_out_that_is_dropped() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={a: 1, key: $KEY}",
        "mask dropped",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={a: 1}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Edited
      partial_default_config.key: (hidden) -> - (declared)
    0. source_templates.github update source_templates-1 "GitHub" {partial_default_config}, drops partial_default_config.key
    "#);
}

#[test]
fn a_hidden_value_would_be_lost() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={a: 1}",
        "set source_templates-1 partial_default_config={a: 1, key: ****}",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={a: 2}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"
    source_templates.github Update Edited
      partial_default_config.a: 1 -> 2 (declared)
    ! source_templates.github partial_default_config.key HiddenValueLost
    ");
}

#[test]
fn what_looks_like_a_secret_is_not_shown() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={a: 1}",
        r#"
            set source_templates-1 partial_default_config={a: 1, db_password: hunter2, pem: "-----BEGIN PRIVATE KEY-----"}
        "#,
        "source_templates.github name=GitHub definition=GitHub partial_default_config={a: 1, api_token: clear}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update EditedAndDrifted
      partial_default_config.api_token: - -> (secret) (declared)
      partial_default_config.db_password: (secret) -> - (live)
      partial_default_config.pem: (secret) -> - (live)
    0. source_templates.github update source_templates-1 "GitHub" {partial_default_config}, drops partial_default_config.db_password, drops partial_default_config.pem
    "#);
}

#[test]
fn what_is_masked_is_not_shown_where_it_is_declared_in_clear() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={pin: 1}",
        "set source_templates-1 partial_default_config={pin: ****}",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={pin: 2}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Edited
      partial_default_config.pin: (hidden) -> (secret) (declared)
    0. source_templates.github update source_templates-1 "GitHub" {partial_default_config}
    "#);
}

#[test]
fn an_unknown_definition() {
    let plan = planned(
        "",
        "",
        "
            source_templates.a name=A definition=Gitlab
            source_templates.b name=B definition=Twin
            source_templates.c name=C definition=EF69EF6E-AA7F-4AF1-A01D-EF775033524E
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.a Create New
      name: - -> "A" (declared)
    source_templates.b Create New
      name: - -> "B" (declared)
    source_templates.c Create New
      definition: - -> "ef69ef6e-aa7f-4af1-a01d-ef775033524e" (declared)
      name: - -> "C" (declared)
    0. source_templates.c create {definition, name}
    ! source_templates.a definition UnknownDefinition { text: "Gitlab", similar: ["GitHub"] }
    ! source_templates.b definition AmbiguousDefinition { text: "Twin", ids: {"d-twin-1", "d-twin-2"} }
    "#);
}

#[test]
fn a_region_is_never_changed() {
    let plan = planned(
        "workspaces.acme name=acme region=us",
        "",
        "workspaces.acme name=acme region=eu",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    workspaces.acme Replace Immutable { attributes: {"region"} }
      region: "645a183f-b12b-4c6e-8ad3-99e165603450" -> "b9e48d61-f082-4a14-a8d0-799a907938cb" (declared) replaces
    ! workspaces.acme WorkspaceReplaced { attributes: {"region"} }
    "#);
}

#[test]
fn the_default_region_is_known() {
    let plan = planned(
        "workspaces.acme name=acme",
        "",
        "workspaces.acme name=acme region=us",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"workspaces.acme NoOp AsDeclared");
}

#[test]
fn a_region_that_is_no_longer_declared_stays_known() {
    let plan = planned(
        "workspaces.acme name=acme region=eu",
        "",
        "workspaces.acme name=acme",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"workspaces.acme NoOp AsDeclared");
}

#[test]
fn an_unknown_region_is_taken_as_declared() {
    let plan = planned(
        "workspaces.acme name=acme region=us",
        "forget all",
        "workspaces.acme name=acme region=eu",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"
    workspaces.acme Adopt FoundByName
    0. workspaces.acme nothing, put workspaces-1
    note Assumed { leaves: 1, resources: 1 }
    ");
}

#[test]
fn cleared() {
    let plan = planned(
        r#"
            connection_templates.lake hosting=user destination=S3 destination_name=Lake destination_config={} cron_expression="0 0 12 * * ?"
        "#,
        "",
        "connection_templates.lake hosting=user destination=S3 destination_name=Lake destination_config={} cron_expression=null",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    connection_templates.lake Update Edited
      cron_expression: "0 0 12 * * ?" -> null (declared)
    0. connection_templates.lake update connection_templates-1 "Lake" {cron_expression}
    "#);
}

#[test]
fn tags_are_a_set() {
    let plan = planned(
        "
            tags.a name=a
            tags.b name=b
            tags.c name=c
            source_templates.github name=GitHub definition=GitHub tags=[a, b]
        ",
        "",
        "
            tags.a name=a
            tags.b name=b
            tags.c name=c
            source_templates.github name=GitHub definition=GitHub tags=[c, b]
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a NoOp AsDeclared
    tags.b NoOp AsDeclared
    tags.c NoOp AsDeclared
    source_templates.github Update Edited
      tags["a"]: "a" -> - (declared)
      tags["c"]: - -> "c" (declared)
    0. source_templates.github attach "c" to source_templates-1
    1. source_templates.github detach "a" from source_templates-1, drops tags["a"]
    "#);
}

#[test]
fn tags_that_are_not_declared_stay() {
    let plan = planned(
        "
            tags.a name=a
            source_templates.github name=GitHub definition=GitHub tags=[a]
        ",
        "",
        "
            tags.a name=a
            source_templates.github name=GitHub definition=GitHub
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a NoOp AsDeclared
    source_templates.github Record NotRemembered
    0. source_templates.github nothing, put source_templates-1
    note NoLongerDeclared { address: Address { kind: SourceTemplate, name: "github", key: None }, attribute: "tags" }
    "#);
}

#[test]
fn no_tags_at_all() {
    let plan = planned(
        "
            tags.a name=a
            source_templates.github name=GitHub definition=GitHub tags=[a]
        ",
        "",
        "
            tags.a name=a
            source_templates.github name=GitHub definition=GitHub tags=[]
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a NoOp AsDeclared
    source_templates.github Update Edited
      tags["a"]: "a" -> - (declared)
    0. source_templates.github detach "a" from source_templates-1, drops tags["a"]
    "#);
}

#[test]
fn a_renamed_tag_stays_attached() {
    let plan = planned(
        "
            tags.a name=a
            source_templates.github name=GitHub definition=GitHub tags=[a]
        ",
        "",
        "
            tags.a name=b
            source_templates.github name=GitHub definition=GitHub tags=[a]
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a Update Edited
      name: "a" -> "b" (declared)
    source_templates.github Record NotRemembered
    0. tags.a update tags-1 "a" {name}, now "b"
    1. source_templates.github nothing, put source_templates-1
    "#);
}

#[test]
fn an_instruction_rides_on_updates() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub mode=direct propagate=true",
        "",
        "source_templates.github name=GitHub definition=GitHub mode=multi propagate=true",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Edited
      mode: "direct" -> "multi" (declared)
    0. source_templates.github update source_templates-1 "GitHub" {mode, propagate}
    "#);
}

#[test]
fn an_instruction_alone_is_no_change() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub",
        "",
        "source_templates.github name=GitHub definition=GitHub propagate=true",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"source_templates.github NoOp AsDeclared");
}

#[test]
fn a_clone_that_was_not_configured_yet() {
    let plan = planned(
        "
            source_templates.github name=GitHub definition=GitHub partial_default_config={key: $KEY, a: 1}
            source_templates.lite name=Lite clone_of=github
        ",
        "",
        "
            source_templates.github name=GitHub definition=GitHub partial_default_config={key: $KEY, a: 1}
            source_templates.lite name=Lite clone_of=github partial_default_config={a: 2}
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github NoOp AsDeclared
    source_templates.lite Update Differs
      partial_default_config.a: 1 -> 2 (?)
      partial_default_config.key: (hidden) -> - (?)
    0. source_templates.lite update source_templates-2 "Lite" {partial_default_config}, drops partial_default_config.key
    "#);
}

#[test]
fn a_mask_over_what_is_declared_in_parts() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={login: {user: u, password: $P}}",
        "set source_templates-1 partial_default_config={login: ****}",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={login: {user: u, password: $P}}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"source_templates.github NoOp AsDeclared");
}

#[test]
fn a_refused_clear_is_settled() {
    let plan = planned(
        r#"
            connection_templates.lake hosting=user destination=S3 destination_name=Lake destination_config={} cron_expression="0 0 0 * * ?"
        "#,
        "
            taste ignores_null
            apply connection_templates.lake hosting=user destination=S3 destination_name=Lake destination_config={} cron_expression=null
        ",
        "connection_templates.lake hosting=user destination=S3 destination_name=Lake destination_config={} cron_expression=null",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    connection_templates.lake NoOp AsDeclared
    note Settled { address: Address { kind: ConnectionTemplate, name: "lake", key: None }, path: Path { segments: [Key("cron_expression")] }, live: Clear(Text("0 0 0 * * ?")), declared: Clear(Null) }
    "#);
}

#[test]
fn a_refused_clear_is_a_change_when_a_side_moves() {
    let plan = planned(
        r#"
            connection_templates.lake hosting=user destination=S3 destination_name=Lake destination_config={} cron_expression="0 0 0 * * ?"
        "#,
        r#"
            taste ignores_null
            apply connection_templates.lake hosting=user destination=S3 destination_name=Lake destination_config={} cron_expression=null
            set connection_templates-1 cron_expression="0 0 1 * * ?"
        "#,
        "connection_templates.lake hosting=user destination=S3 destination_name=Lake destination_config={} cron_expression=null",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    connection_templates.lake Update Drifted
      cron_expression: "0 0 1 * * ?" -> null (live)
    0. connection_templates.lake update connection_templates-1 "Lake" {cron_expression}
    "#);
}

#[test]
fn what_is_normalized_is_settled() {
    let plan = planned(
        "",
        "
            taste normalizes
            apply source_templates.github name=GitHub definition=GitHub partial_default_config={host: Example}
        ",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={host: Example}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github NoOp AsDeclared
    note Settled { address: Address { kind: SourceTemplate, name: "github", key: None }, path: Path { segments: [Key("partial_default_config"), Key("host")] }, live: Clear(Text("example")), declared: Clear(Text("Example")) }
    note Settled { address: Address { kind: SourceTemplate, name: "github", key: None }, path: Path { segments: [Key("partial_default_config"), Key("port")] }, live: Clear(Number(Number("443"))), declared: Absent }
    "#);
}

#[test]
fn what_is_normalized_is_a_change_when_a_side_moves() {
    let plan = planned(
        "",
        "
            taste normalizes
            apply source_templates.github name=GitHub definition=GitHub partial_default_config={host: Example}
            set source_templates-1 partial_default_config={host: other, port: 80}
        ",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={host: Example}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Drifted
      partial_default_config.host: "other" -> "Example" (live)
      partial_default_config.port: 80 -> - (live)
    0. source_templates.github update source_templates-1 "GitHub" {partial_default_config}, drops partial_default_config.port
    "#);
}

#[test]
fn a_secret_replaced_by_hand_is_not_seen() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={key: $KEY}",
        "set source_templates-1 partial_default_config={key: *****}",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={key: $KEY}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"source_templates.github NoOp AsDeclared");
}

#[test]
fn a_secret_removed_by_hand_is_sent_again_where_it_was_shown() {
    let plan = planned(
        "source_templates.github name=GitHub definition=GitHub partial_default_config={key: $KEY}",
        "
            mask clear
            apply source_templates.github name=GitHub definition=GitHub partial_default_config={key: $OTHER}
            set source_templates-1 partial_default_config={}
        ",
        "source_templates.github name=GitHub definition=GitHub partial_default_config={key: $OTHER}",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.github Update Drifted
      partial_default_config.key: - -> (secret) (live)
    0. source_templates.github update source_templates-1 "GitHub" {partial_default_config}
    "#);
}
