//! Connectors: where they are found, what makes a new one, and what comes before them.

use super::{planned, pruning};
use crate::Options;

/// Two customers and what they may connect.
pub(super) const CUSTOMER: &str = "
    source_templates.pg name=PG definition=GitHub
    workspaces.acme name=acme
    workspaces.globex name=globex
";

/// The plan for `now`, after `before` was applied and then `meanwhile` happened, all beside [`CUSTOMER`].
pub(super) fn check(before: &str, meanwhile: &str, now: &str) -> String {
    planned(
        &format!("{CUSTOMER}\n{before}"),
        meanwhile,
        &format!("{CUSTOMER}\n{now}"),
        &Options::default(),
    )
}

#[test]
fn one_name_in_two_workspaces() {
    let plan = check(
        "",
        "",
        "
            connectors.a workspace=acme name=db source_template=pg replication_config={x: 1}
            connectors.g workspace=globex name=db source_template=pg replication_config={x: 2}
",
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Create New
      name: - -> "db" (declared)
      replication_config.x: - -> 1 (declared)
      source_template: - -> source_templates.pg (declared)
      workspace: - -> workspaces.acme (declared)
    connectors.g Create New
      name: - -> "db" (declared)
      replication_config.x: - -> 2 (declared)
      source_template: - -> source_templates.pg (declared)
      workspace: - -> workspaces.globex (declared)
    0. connectors.a create {name, replication_config, source_template, workspace}
    1. connectors.g create {name, replication_config, source_template, workspace}
    "#);
}

#[test]
fn one_that_stands_in_the_workspace_is_adopted() {
    let plan = check(
        "",
        "
            stray connectors workspace=workspaces-1 name=db source_template=source_templates-1
            stray connectors workspace=workspaces-2 name=db source_template=source_templates-1
",
        "connectors.a workspace=acme name=db source_template=pg",
    );
    insta::assert_snapshot!(plan, @"
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Adopt FoundByName
    0. connectors.a nothing, put connectors-1
    1 connector not managed
    ");
}

#[test]
fn one_that_stands_in_another_workspace_is_not() {
    let plan = check(
        "",
        "stray connectors workspace=workspaces-2 name=db source_template=source_templates-1",
        "connectors.a workspace=acme name=db source_template=pg",
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Create New
      name: - -> "db" (declared)
      source_template: - -> source_templates.pg (declared)
      workspace: - -> workspaces.acme (declared)
    0. connectors.a create {name, source_template, workspace}
    1 connector not managed
    "#);
}

#[test]
fn two_of_a_name_in_the_workspace_are_one_too_many() {
    let plan = check(
        "",
        "
            stray connectors workspace=workspaces-1 name=db source_template=source_templates-1
            stray connectors workspace=workspaces-1 name=db source_template=source_templates-1
",
        "connectors.a workspace=acme name=db source_template=pg",
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Adopt FoundByName
    ! connectors.a Ambiguous { name: "db", ids: {Id("connectors-1"), Id("connectors-2")} }
    2 connectors not managed
    "#);
}

#[test]
fn one_that_is_made_from_another_template_is_not_adopted() {
    let plan = check(
        "source_templates.other name=Other definition=Stripe",
        "stray connectors workspace=workspaces-1 name=db source_template=source_templates-1",
        "
            source_templates.other name=Other definition=Stripe
            connectors.a workspace=acme name=db source_template=pg
",
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.other NoOp AsDeclared
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Adopt FoundByName
      source_template: "source_templates-1" -> source_templates.pg (declared) replaces
    ! connectors.a AdoptionWouldReplace { id: Id("connectors-1"), attributes: {"source_template"} }
    "#);
}

#[test]
fn configuration_and_entities_are_changed_in_place() {
    let plan = check(
        "connectors.a workspace=acme name=db source_template=pg replication_config={x: 1, key: $A} entities=[{entity: a}]",
        "",
        "connectors.a workspace=acme name=data source_template=pg replication_config={x: 2, key: $B} entities=[] check=true",
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Update Edited
      entities[0].entity: "a" -> - (declared)
      name: "db" -> "data" (declared)
      replication_config.key: (hidden) -> (secret) (declared)
      replication_config.x: 1 -> 2 (declared)
    0. connectors.a update connectors-1 "db" {check, entities, name, replication_config}, now "data", drops entities[0].entity
    "#);
}

#[test]
fn new_credentials_make_a_new_one() {
    let plan = check(
        "connectors.a workspace=acme name=db source_template=pg credentials={token: $A}",
        "",
        "connectors.a workspace=acme name=db source_template=pg credentials={token: $B} lifecycle={allow_replace: true}",
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Replace Immutable { attributes: {"credentials"} }
      credentials.token: (hidden) -> (secret) (declared) replaces
    0. connectors.a update connectors-1 "db" {name}, now "db (replaced)"
    1. connectors.a create {credentials, name, source_template, workspace}, deposes connectors-1 "db" [after 0]
    2. connectors.a delete connectors-1 "db (replaced)", connectors-1 gone [after 0 1]
    "#);
}

#[test]
fn another_workspace_makes_a_new_one() {
    let plan = check(
        "connectors.a workspace=acme name=db source_template=pg",
        "",
        "connectors.a workspace=globex name=db source_template=pg lifecycle={allow_replace: true}",
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Replace Immutable { attributes: {"workspace"} }
      workspace: workspaces.acme -> workspaces.globex (declared) replaces
    0. connectors.a create {name, source_template, workspace}, deposes connectors-1 "db"
    1. connectors.a delete connectors-1 "db", connectors-1 gone [after 0]
    "#);
}

#[test]
fn other_tags_make_a_new_one() {
    let plan = check(
        "
            tags.x name=x
            tags.y name=y
            connectors.a workspace=acme name=db source_template=pg connection_template_tags=[x]
",
        "",
        "
            tags.x name=x
            tags.y name=y
            connectors.a workspace=acme name=db source_template=pg connection_template_tags=[y] connection_template_tags_mode=all lifecycle={allow_replace: true}
",
    );
    insta::assert_snapshot!(plan, @r#"
    tags.x NoOp AsDeclared
    tags.y NoOp AsDeclared
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Replace Immutable { attributes: {"connection_template_tags", "connection_template_tags_mode"} }
      connection_template_tags["x"]: "x" -> - (declared) replaces
      connection_template_tags["y"]: - -> "y" (declared) replaces
      connection_template_tags_mode: "any" -> "all" (declared) replaces
    0. connectors.a update connectors-1 "db" {name}, now "db (replaced)"
    1. connectors.a create {connection_template_tags, connection_template_tags_mode, name, source_template, workspace}, deposes connectors-1 "db" [after 0]
    2. connectors.a delete connectors-1 "db (replaced)", connectors-1 gone [after 0 1]
    "#);
}

#[test]
fn tags_that_come_later_make_a_new_one() {
    let plan = check(
        "
            tags.x name=x
            connectors.a workspace=acme name=db source_template=pg
",
        "",
        "
            tags.x name=x
            connectors.a workspace=acme name=db source_template=pg connection_template_tags=[x] lifecycle={allow_replace: true}
",
    );
    insta::assert_snapshot!(plan, @r#"
    tags.x NoOp AsDeclared
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Replace Immutable { attributes: {"connection_template_tags"} }
      connection_template_tags["x"]: - -> "x" (declared) replaces
    0. connectors.a update connectors-1 "db" {name}, now "db (replaced)"
    1. connectors.a create {connection_template_tags, name, source_template, workspace}, deposes connectors-1 "db" [after 0]
    2. connectors.a delete connectors-1 "db (replaced)", connectors-1 gone [after 0 1]
    "#);
}

#[test]
fn a_renamed_tag_leaves_it_alone() {
    let plan = check(
        "
            tags.x name=x
            connectors.a workspace=acme name=db source_template=pg connection_template_tags=[x]
",
        "",
        "
            tags.x name=z
            connectors.a workspace=acme name=db source_template=pg connection_template_tags=[x]
",
    );
    insta::assert_snapshot!(plan, @r#"
    tags.x Update Edited
      name: "x" -> "z" (declared)
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a NoOp AsDeclared
    0. tags.x update tags-1 "x" {name}, now "z"
    "#);
}

#[test]
fn what_acts_on_it_is_in_place_before() {
    let plan = check(
        "",
        "",
        "
            tags.x name=x
            connection_templates.chosen destination=S3 destination_name=chosen destination_config={} tags=[x]
            connection_templates.not destination=S3 destination_name=not destination_config={} tags=[]
            connectors.a workspace=acme name=db source_template=pg connection_template_tags=[x]
            connectors.b workspace=acme name=all source_template=pg
",
    );
    insta::assert_snapshot!(plan, @r#"
    tags.x Create New
      name: - -> "x" (declared)
    source_templates.pg NoOp AsDeclared
    connection_templates.chosen Create New
      destination: - -> "d-s3" (declared)
      destination_config: - -> {} (declared)
      destination_name: - -> "chosen" (declared)
      tags["x"]: - -> "x" (declared)
    connection_templates.not Create New
      destination: - -> "d-s3" (declared)
      destination_config: - -> {} (declared)
      destination_name: - -> "not" (declared)
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Create New
      connection_template_tags["x"]: - -> "x" (declared)
      name: - -> "db" (declared)
      source_template: - -> source_templates.pg (declared)
      workspace: - -> workspaces.acme (declared)
    connectors.b Create New
      name: - -> "all" (declared)
      source_template: - -> source_templates.pg (declared)
      workspace: - -> workspaces.acme (declared)
    0. tags.x create {name}
    1. connection_templates.chosen create {destination, destination_config, destination_name}
    2. connection_templates.chosen attach "x" to its own [after 0 1]
    3. connection_templates.not create {destination, destination_config, destination_name}
    4. connectors.a create {connection_template_tags, name, source_template, workspace} [after 0 1 2]
    5. connectors.b create {name, source_template, workspace} [after 1 3]
    "#);
}

#[test]
fn what_is_to_act_no_longer_is_gone_before() {
    let plan = check(
        "
            tags.x name=x
            connection_templates.chosen destination=S3 destination_name=chosen destination_config={} tags=[x]
            connection_templates.loses destination=S3 destination_name=loses destination_config={} tags=[x]
",
        "",
        "
            tags.x name=x
            connection_templates.chosen destination=GCS destination_name=chosen destination_config={} tags=[x]
            connection_templates.loses destination=S3 destination_name=loses destination_config={} tags=[]
            connectors.a workspace=acme name=db source_template=pg connection_template_tags=[x]
",
    );
    insta::assert_snapshot!(plan, @r#"
    tags.x NoOp AsDeclared
    source_templates.pg NoOp AsDeclared
    connection_templates.chosen Replace Immutable { attributes: {"destination"} }
      destination: "d-s3" -> "d-gcs" (declared) replaces
    connection_templates.loses Update Edited
      tags["x"]: "x" -> - (declared)
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Create New
      connection_template_tags["x"]: - -> "x" (declared)
      name: - -> "db" (declared)
      source_template: - -> source_templates.pg (declared)
      workspace: - -> workspaces.acme (declared)
    0. connection_templates.chosen update connection_templates-1 "chosen" {destination_name}, now "chosen (replaced)"
    1. connection_templates.chosen create {destination, destination_config, destination_name}, deposes connection_templates-1 "chosen" [after 0]
    2. connection_templates.chosen attach "x" to its own [after 1]
    3. connection_templates.chosen delete connection_templates-1 "chosen (replaced)", connection_templates-1 gone [after 0 1 2]
    4. connection_templates.loses detach "x" from connection_templates-2, drops tags["x"]
    5. connectors.a create {connection_template_tags, name, source_template, workspace} [after 1 2 3 4]
    "#);
}

/// It stays with the old one.
#[test]
fn a_replaced_template_leaves_it_alone() {
    let plan = planned(
        "
            source_templates.pg name=PG definition=GitHub
            workspaces.acme name=acme
            connectors.a workspace=acme name=db source_template=pg
        ",
        "",
        "
            source_templates.pg name=PG definition=Stripe
            workspaces.acme name=acme
            connectors.a workspace=acme name=db source_template=pg
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.pg Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
    workspaces.acme NoOp AsDeclared
    connectors.a NoOp AsDeclared
    0. source_templates.pg update source_templates-1 "PG" {name}, now "PG (replaced)"
    1. source_templates.pg create {definition, name}, deposes source_templates-1 "PG" [after 0]
    2. source_templates.pg delete source_templates-1 "PG (replaced)", source_templates-1 gone [after 0 1]
    note ConnectorsStay { address: Address { kind: SourceTemplate, name: "pg", key: None }, count: 1 }
    "#);
}

/// Where the state is lost too, nothing that stands says otherwise.
#[test]
fn one_of_a_template_that_is_gone_is_adopted() {
    let plan = check(
        "connectors.a workspace=acme name=db source_template=pg",
        "
            forget connectors.a
            set connectors-1 source_template=source_templates-0
        ",
        "connectors.a workspace=acme name=db source_template=pg",
    );
    insta::assert_snapshot!(plan, @"
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Adopt FoundByName
    0. connectors.a nothing, put connectors-1
    note Assumed { leaves: 1, resources: 1 }
    ");
}

#[test]
fn a_moved_workspace_takes_its_connectors_along() {
    let plan = planned(
        "
            workspaces.acme name=acme
            connectors.a workspace=acme name=db definition=GitHub
        ",
        "",
        "
            workspaces.customer name=acme
            connectors.a workspace=customer name=db definition=GitHub
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    workspaces.customer Record Moved { from: Address { kind: Workspace, name: "acme", key: None } }
    connectors.a Record NotRemembered
    0. workspaces.customer nothing, put workspaces-1 from workspaces.acme
    1. connectors.a nothing, put connectors-1
    "#);
}

#[test]
fn one_is_pruned_before_its_template() {
    let plan = planned(
        "
            source_templates.pg name=PG definition=GitHub
            workspaces.acme name=acme
            connectors.a workspace=acme name=db source_template=pg
        ",
        "",
        "workspaces.acme name=acme",
        &pruning(&[model::Kind::SourceTemplate, model::Kind::Connector], None),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.pg Delete Pruned
    workspaces.acme NoOp AsDeclared
    connectors.a Delete Pruned
    0. connectors.a delete connectors-1 "db", removed
    1. source_templates.pg delete source_templates-1 "PG", removed [after 0]
    "#);
}

#[test]
fn a_workspace_that_is_deleted_takes_its_connectors_along() {
    let plan = planned(
        "
            workspaces.acme name=acme
            workspaces.globex name=globex
            connectors.a workspace=acme name=db definition=GitHub
            connectors.moves workspace=acme name=other definition=GitHub
        ",
        "",
        "
            workspaces.globex name=globex
            connectors.moves workspace=globex name=other definition=GitHub
        ",
        &pruning(&[model::Kind::Workspace], Some(1)),
    );
    insta::assert_snapshot!(plan, @r#"
    workspaces.acme Delete Pruned
    workspaces.globex NoOp AsDeclared
    connectors.a Delete GoesWithWorkspace
    connectors.moves Replace Immutable { attributes: {"workspace"} }
      workspace: workspaces.acme -> workspaces.globex (declared) replaces
    0. workspaces.acme delete workspaces-1 "acme", removed
    1. connectors.a nothing, removed [after 0]
    2. connectors.moves nothing, removed [after 0]
    3. connectors.moves create {definition, name, workspace} [after 2]
    note ConnectorsGo { address: Address { kind: Workspace, name: "acme", key: None }, again: 0, lost: 2 }
    "#);
}

#[test]
fn the_workspace_has_its_name_before() {
    let plan = planned(
        "workspaces.acme name=acme",
        "",
        "
            workspaces.acme name=other
            connectors.a workspace=acme name=db definition=GitHub
        ",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @r#"
    workspaces.acme Update Edited
      name: "acme" -> "other" (declared)
    connectors.a Create New
      definition: - -> "d-github" (declared)
      name: - -> "db" (declared)
      workspace: - -> workspaces.acme (declared)
    0. workspaces.acme update workspaces-1 "acme" {name}, now "other"
    1. connectors.a create {definition, name, workspace} [after 0]
    "#);
}

#[test]
fn removed_with_its_workspace() {
    let plan = planned(
        "source_templates.pg name=PG definition=GitHub
         workspaces.acme name=acme
         connectors.a workspace=acme name=db source_template=pg",
        "",
        "source_templates.pg name=PG definition=GitHub
         destroyed workspaces.acme",
        &pruning(&[], Some(1)),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.pg NoOp AsDeclared
    workspaces.acme Delete Removed
    connectors.a Delete GoesWithWorkspace
    0. workspaces.acme delete workspaces-1 "acme", removed
    1. connectors.a nothing, removed [after 0]
    note ConnectorsGo { address: Address { kind: Workspace, name: "acme", key: None }, again: 0, lost: 1 }
    "#);
}

#[test]
fn imported_by_a_name_that_counts_in_its_workspace() {
    let plan = check(
        "",
        "
            stray connectors workspace=workspaces-1 name=old source_template=source_templates-1
            stray connectors workspace=workspaces-2 name=old source_template=source_templates-1
        ",
        "
            connectors.a workspace=acme name=db source_template=pg
            connectors.g workspace=globex name=old source_template=pg
            import connectors.a name old
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Adopt Imported
      name: "old" -> "db" (?)
    connectors.g Adopt FoundByName
    0. connectors.a nothing, put connectors-1
    1. connectors.a update connectors-1 "old" {name}, now "db" [after 0]
    2. connectors.g nothing, put connectors-2
    "#);
}

#[test]
fn replaced_when_its_trigger_changes() {
    let plan = check(
        "
            tags.t name=t
            connectors.a workspace=acme name=db source_template=pg lifecycle={replace_triggered_by: [tags.t], allow_replace: true}
        ",
        "",
        "
            tags.t name=u
            connectors.a workspace=acme name=db source_template=pg lifecycle={replace_triggered_by: [tags.t], allow_replace: true}
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    tags.t Update Edited
      name: "t" -> "u" (declared)
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Replace Triggered { by: {Address { kind: Tag, name: "t", key: None }} }
    0. tags.t update tags-1 "t" {name}, now "u"
    1. connectors.a update connectors-1 "db" {name}, now "db (replaced)"
    2. connectors.a create {name, source_template, workspace}, deposes connectors-1 "db" [after 0 1]
    3. connectors.a delete connectors-1 "db (replaced)", connectors-1 gone [after 1 2]
    "#);
}

#[test]
fn one_is_not_replaced_unless_that_is_allowed() {
    let before = "connectors.a workspace=acme name=db source_template=pg credentials={token: $A}";
    let now = "connectors.a workspace=globex name=db source_template=pg credentials={token: $A}";
    insta::assert_snapshot!(check(before, "", now), @r#"
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Replace Immutable { attributes: {"workspace"} }
      workspace: workspaces.acme -> workspaces.globex (declared) replaces
    ! connectors.a ConnectorReplaced { attributes: {"workspace"} }
    "#);
    let triggered = |name: &str| {
        format!(
            "tags.t name={name}\nconnectors.a workspace=acme name=db source_template=pg lifecycle={{replace_triggered_by: [tags.t]}}"
        )
    };
    insta::assert_snapshot!(check(&triggered("t"), "", &triggered("u")), @r#"
    tags.t Update Edited
      name: "t" -> "u" (declared)
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Replace Triggered { by: {Address { kind: Tag, name: "t", key: None }} }
    0. tags.t update tags-1 "t" {name}, now "u"
    ! connectors.a ConnectorReplaced { attributes: {} }
    "#);
}

#[test]
fn a_template_in_use_is_not_deleted() {
    let all = &[model::Kind::SourceTemplate, model::Kind::Connector];
    let before = "
        source_templates.pg name=PG definition=GitHub
        workspaces.acme name=acme
        connectors.a workspace=acme name=db source_template=pg
        connectors.b workspace=acme name=more source_template=pg
    ";
    let kept = "workspaces.acme name=acme";
    insta::assert_snapshot!(planned(before, "", kept, &pruning(&all[..1], None)), @r#"
    source_templates.pg Delete Pruned
    workspaces.acme NoOp AsDeclared
    connectors.a NoOp UndeclaredKept
    connectors.b NoOp UndeclaredKept
    0. source_templates.pg delete source_templates-1 "PG", removed
    ! source_templates.pg TemplateInUse { count: 2 }
    note Kept { address: Address { kind: Connector, name: "a", key: None } }
    note Kept { address: Address { kind: Connector, name: "b", key: None } }
    "#);
    let moves = "
        source_templates.other name=Other definition=GitHub
        workspaces.acme name=acme
        connectors.a workspace=acme name=db source_template=other lifecycle={allow_replace: true}
    ";
    insta::assert_snapshot!(planned(before, "", moves, &pruning(all, None)), @r#"
    source_templates.other Create New
      definition: - -> "d-github" (declared)
      name: - -> "Other" (declared)
    source_templates.pg Delete Pruned
    workspaces.acme NoOp AsDeclared
    connectors.a Replace Immutable { attributes: {"source_template"} }
      source_template: source_templates.pg -> source_templates.other (declared) replaces
    connectors.b Delete Pruned
    0. source_templates.other create {definition, name}
    1. connectors.a update connectors-1 "db" {name}, now "db (replaced)"
    2. connectors.a create {name, source_template, workspace}, deposes connectors-1 "db" [after 0 1]
    3. connectors.a delete connectors-1 "db (replaced)", connectors-1 gone [after 1 2]
    4. connectors.b delete connectors-2 "more", removed
    5. source_templates.pg delete source_templates-1 "PG", removed [after 3 4]
    note PerhapsMoved { from: Address { kind: SourceTemplate, name: "pg", key: None }, to: Address { kind: SourceTemplate, name: "other", key: None } }
    "#);
}
