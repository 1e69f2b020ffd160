//! Connectors whose workspace, template or first answer was lost: where they are, and what they are taken for.

use model::plan::Action;
use model::{Address, Kind};

use super::super::notation::manifest;
use super::super::walk::carry_out;
use super::connectors::{CUSTOMER, check};
use super::{planned, pruning};
use crate::Options;

/// The memory of the workspace is lost, so that another one is made; what is renamed stays where it is,
/// for that is ignored.
#[test]
fn a_name_is_taken_where_the_connector_is() {
    let plan = planned(
        "
            source_templates.pg name=PG definition=GitHub
            workspaces.acme name=acme
            connectors.a workspace=acme name=one source_template=pg
            connectors.b workspace=acme name=two source_template=pg
",
        "forget workspaces.acme",
        "
            source_templates.pg name=PG definition=GitHub
            workspaces.acme name=acme-2
            connectors.a workspace=acme name=two source_template=pg lifecycle={ignore_changes: [workspace]}
",
        &Options::default(),
    );
    assert!(plan.contains("NameTaken"), "{plan}");
}

/// Memory of the connector names the workspace by its address, where another one stands by now.
#[test]
fn one_whose_workspace_was_forgotten_and_made_anew_goes_there() {
    let plan = forgotten("acme", "lifecycle={allow_replace: true}");
    insta::assert_snapshot!(plan, @r#"
    source_templates.pg NoOp AsDeclared
    workspaces.acme Create New
      name: - -> "new" (declared)
    connectors.a Replace Immutable { attributes: {"workspace"} }
      workspace: "workspaces-1" -> workspaces.acme (declared) replaces
    0. workspaces.acme create {name}
    1. connectors.a create {name, source_template, workspace}, deposes connectors-1 "one" [after 0]
    2. connectors.a delete connectors-1 "one", connectors-1 gone [after 1]
    1 workspace not managed
    "#);
}

#[test]
fn and_without_leave_to_replace_it_the_plan_says_where_it_is() {
    let plan = forgotten("acme", "");
    insta::assert_snapshot!(plan, @r#"
    source_templates.pg NoOp AsDeclared
    workspaces.acme Create New
      name: - -> "new" (declared)
    connectors.a Replace Immutable { attributes: {"workspace"} }
      workspace: "workspaces-1" -> workspaces.acme (declared) replaces
    0. workspaces.acme create {name}
    ! connectors.a ConnectorReplaced { attributes: {"workspace"} }
    1 workspace not managed
    "#);
}

/// The other way round: memory names an address that is gone, and the workspace is the same.
#[test]
fn one_whose_workspace_is_taken_over_under_another_address_stays() {
    let plan = planned(
        "
            source_templates.pg name=PG definition=GitHub
            workspaces.acme name=acme
            connectors.a workspace=acme name=one source_template=pg
",
        "forget workspaces.acme",
        "
            source_templates.pg name=PG definition=GitHub
            workspaces.customer name=acme
            connectors.a workspace=customer name=one source_template=pg
",
        &Options::default(),
    );
    insta::assert_snapshot!(plan, @"
    source_templates.pg NoOp AsDeclared
    workspaces.customer Adopt FoundByName
    connectors.a Record NotRemembered
    0. workspaces.customer nothing, put workspaces-1
    1. connectors.a nothing, put connectors-1
    ");
}

/// A workspace that is forgotten and declared under another name, with a connector in it.
fn forgotten(workspace: &str, lifecycle: &str) -> String {
    let connector =
        format!("connectors.a workspace={workspace} name=one source_template=pg {lifecycle}");
    planned(
        &format!(
            "
            source_templates.pg name=PG definition=GitHub
            workspaces.{workspace} name=old
            {connector}
"
        ),
        &format!("forget workspaces.{workspace}"),
        &format!(
            "
            source_templates.pg name=PG definition=GitHub
            workspaces.{workspace} name=new
            {connector}
"
        ),
        &Options::default(),
    )
}

/// A run broke off when the template had been replaced and the connector not yet adopted.
#[test]
fn one_that_is_adopted_may_stand_on_what_its_template_has_replaced() {
    let plan = check(
        "",
        "
            stray source_templates name=Old definition=d-github
            deposed source_templates.pg source_templates-2
            stray connectors workspace=workspaces-1 name=db source_template=source_templates-2
        ",
        "connectors.a workspace=acme name=db source_template=pg",
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.pg Replace Deposed
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Adopt FoundByName
    0. source_templates.pg delete source_templates-2 "Old", source_templates-2 gone
    1. connectors.a nothing, put connectors-1
    "#);
}

/// A run broke off when the connector that it had made anew was not yet remembered: what is remembered
/// is one that is gone, and was made from another template.
#[test]
fn one_that_is_gone_is_made_from_no_template() {
    let connector = "connectors.a workspace=acme name=db";
    let plan = planned(
        &format!(
            "{CUSTOMER}\nsource_templates.old name=Old definition=GitHub\n{connector} source_template=old"
        ),
        "
            gone connectors-1
            begun connectors.a db
            stray connectors workspace=workspaces-1 name=db source_template=source_templates-2
        ",
        &format!("{CUSTOMER}\n{connector} source_template=pg"),
        &pruning(&[Kind::SourceTemplate], None),
    );
    insta::assert_snapshot!(plan, @r#"
    source_templates.old Delete Pruned
    source_templates.pg NoOp AsDeclared
    workspaces.acme NoOp AsDeclared
    workspaces.globex NoOp AsDeclared
    connectors.a Adopt AnswerLost
    0. source_templates.old delete source_templates-1 "Old", removed
    1. connectors.a nothing, put connectors-2
    "#);
}

/// A create whose answer was lost, and that did not say where or by which tags: whatever is declared
/// later is another thing than what it has made.
#[test]
fn what_a_lost_create_did_not_say_is_remembered() {
    let lost = "
        begun workspaces.new new\nstray workspaces name=new
        begun connectors.a db
        stray connectors workspace=workspaces-1 name=db source_template=source_templates-1
    ";
    let made = format!(
        "{CUSTOMER}\nworkspaces.new name=new
        connectors.a workspace=acme name=db source_template=pg"
    );
    let mut scene = super::scene(CUSTOMER, lost);
    let plan = scene.plan(&manifest(&made), &Options::default());
    carry_out(&plan, &mut scene);
    let edited = format!(
        "{CUSTOMER}\ntags.t name=t\nworkspaces.new name=new region=eu
        connectors.a workspace=acme name=db source_template=pg connection_template_tags=[t]"
    );
    let plan = scene.plan(&manifest(&edited), &Options::default());
    for (address, attribute) in
        [("workspaces.new", "region"), ("connectors.a", "connection_template_tags")]
    {
        let change = &plan.changes[&Address::parse(address).unwrap()];
        assert_eq!(change.action, Action::Replace, "{address}");
        assert!(change.leaves.keys().any(|path| path.root() == attribute), "{address}");
    }
}
