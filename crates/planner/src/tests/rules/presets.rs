//! What a template presets and a connector shows of it (dossier 3.3 and 3.5).

use super::planned;
use crate::Options;

/// A template and a connector of it, by what is declared of them.
fn manifest(template: &str, connector: &str) -> String {
    format!(
        "source_templates.pg name=PG {template}
        workspaces.acme name=acme
        connectors.a workspace=acme name=db source_template=pg replication_config={{{connector}}}"
    )
}

/// The plan for `now`, after `before` was applied, the service began to show presets, and then
/// `meanwhile` happened. The plan after that is empty: see [`planned`].
fn check(before: [&str; 2], meanwhile: &str, now: [&str; 2], expected: &str) {
    let [before, now] = [before, now].map(|[template, connector]| manifest(template, connector));
    let meanwhile = format!("taste shows_presets\n{meanwhile}");
    let plan = planned(&before, &meanwhile, &now, &Options::default());
    let is_told = |line: &&str| !line.contains("workspaces.acme");
    let told: Vec<&str> = plan.lines().filter(is_told).map(str::trim).collect();
    let expected: Vec<&str> = super::lines(expected).collect();
    assert_eq!(told, expected, "{meanwhile}\n{now}");
}

const ONE: &str = "definition=GitHub partial_default_config={x: 1}";
/// Everything a tree can have in it.
const ALL: &str = "definition=GitHub \
    partial_default_config={x: 2, list: [1, {y: z}], deep: {er: 1, est: {}}, key: $A} propagate=true";
const HANDED_ON: &str = "apply source_templates.pg name=PG definition=GitHub \
    partial_default_config={x: 2} propagate=true";

const AS_DECLARED: &str = "
    source_templates.pg NoOp AsDeclared
    connectors.a NoOp AsDeclared
";

#[test]
fn it_is_no_change_of_the_connector() {
    for connector in ["", "z: 1", "deep: {}, z: 1"] {
        let meanwhile = format!("apply source_templates.pg name=PG {ALL}");
        check([ONE, connector], &meanwhile, [ALL, connector], AS_DECLARED);
        let masked = format!("mask asterisks\n{meanwhile}");
        check([ONE, connector], &masked, [ALL, connector], AS_DECLARED);
    }
}

/// A change that is not handed on leaves the connector with what was preset before, and from then on
/// nothing but memory tells that this is nobody's change.
#[test]
fn it_is_remembered_before_the_template_moves_on() {
    let two = "definition=GitHub partial_default_config={x: 2}";
    let three = "definition=GitHub partial_default_config={x: 3}";
    check([ONE, ""], HANDED_ON, [two, ""], AS_DECLARED);
    check(
        [ONE, ""],
        HANDED_ON,
        [three, ""],
        "
        source_templates.pg Update Edited
        partial_default_config.x: 2 -> 3 (declared)
        connectors.a Record NotRemembered
        0. connectors.a nothing, put connectors-1
        1. source_templates.pg update source_templates-1 \"PG\" {partial_default_config} [after 0]
        ",
    );
    // Its connectors stay with the old one.
    check([ONE, ""], HANDED_ON, ["definition=Stripe partial_default_config={x: 2}", ""], "
        source_templates.pg Replace Immutable { attributes: {\"definition\"} }
        definition: \"d-github\" -> \"d-stripe\" (declared) replaces
        connectors.a Record NotRemembered
        0. connectors.a nothing, put connectors-1
        1. source_templates.pg update source_templates-1 \"PG\" {name}, now \"PG (replaced)\" [after 0]
        2. source_templates.pg create {definition, name, partial_default_config}, deposes source_templates-1 \"PG\" [after 0 1]
        3. source_templates.pg delete source_templates-1 \"PG (replaced)\", source_templates-1 gone [after 0 1 2]
        note ConnectorsStay { address: Address { kind: SourceTemplate, name: \"pg\", key: None }, count: 1 }
        ");
    let hidden = HANDED_ON.replace("x: 2", "key: $A");
    check(
        [ONE, ""],
        &format!("mask object\n{hidden}"),
        [ONE, ""],
        "
        source_templates.pg Update Edited
        partial_default_config.key: (hidden) -> - (declared)
        partial_default_config.x: - -> 1 (declared)
        connectors.a Record NotRemembered
        0. connectors.a nothing, put connectors-1
        1. source_templates.pg update source_templates-1 \"PG\" {partial_default_config}, drops partial_default_config.key [after 0]
        ",
    );
    // Also of a connector that is changed itself.
    check(
        [ONE, ""],
        &format!("mask object\n{hidden}"),
        [ONE, "z: 1"],
        "
        source_templates.pg Update Edited
        partial_default_config.key: (hidden) -> - (declared)
        partial_default_config.x: - -> 1 (declared)
        connectors.a Update Edited
        replication_config.z: - -> 1 (declared)
        0. connectors.a nothing, put connectors-1
        1. source_templates.pg update source_templates-1 \"PG\" {partial_default_config}, drops partial_default_config.key [after 0]
        2. connectors.a update connectors-1 \"db\" {replication_config}, drops replication_config [after 0]
        ",
    );
}

/// It is remembered of one that is replaced, too: the run may break off before it is.
#[test]
fn it_is_remembered_of_what_is_replaced_elsewhere() {
    let leave = "lifecycle={allow_replace: true}";
    let at = |place: &str, template: &str| {
        format!("{}\nworkspaces.globex name=globex", manifest(template, "z: 1"))
            .replace("workspace=acme", &format!("workspace={place} {leave}"))
    };
    let hidden = "definition=GitHub partial_default_config={key: $A}";
    let meanwhile = "taste shows_presets\nmask object";
    let mut scene = super::scene(&at("acme", hidden), meanwhile);
    let now = super::manifest(&at("globex", ONE));
    let plan = scene.plan(&now, &Options::default());
    let template = plan.steps.iter().position(|step| step.address.name() == "pg").unwrap();
    super::super::walk::run(&plan, &mut scene, 0, template + 1, false);
    let rest = scene.plan(&now, &Options::default());
    assert_eq!(rest.blockers, [], "{}\nand then\n{}", super::render(&plan), super::render(&rest));
    super::super::walk::carry_out(&rest, &mut scene);
    assert!(scene.plan(&now, &Options::default()).is_empty());
}

#[test]
fn what_somebody_has_sent_is_a_change() {
    // By us, and no longer.
    check(
        [ONE, "x: 1, z: 1"],
        "",
        [ONE, "z: 1"],
        "
        source_templates.pg NoOp AsDeclared
        connectors.a Update Edited
        replication_config.x: 1 -> - (declared)
        0. connectors.a update connectors-1 \"db\" {replication_config}, drops replication_config.x
        ",
    );
    // By somebody else.
    check(
        [ONE, "z: 1"],
        "set connectors-1 replication_config={x: 3, z: 1}",
        [ONE, "z: 1"],
        "
        source_templates.pg NoOp AsDeclared
        connectors.a Update Drifted
        replication_config.x: 3 -> - (live)
        0. connectors.a update connectors-1 \"db\" {replication_config}, drops replication_config.x
        ",
    );
    // Beside what is preset.
    check(
        [ONE, "z: 1"],
        "set connectors-1 replication_config={y: 3, z: 1}",
        [ONE, "z: 1"],
        "
        source_templates.pg NoOp AsDeclared
        connectors.a Update Drifted
        replication_config.y: 3 -> - (live)
        0. connectors.a update connectors-1 \"db\" {replication_config}, drops replication_config.y
        ",
    );
}

/// A connector that runs with what is declared is as declared, by whomever that was said.
#[test]
fn what_is_preset_need_not_be_sent() {
    check(
        [ONE, "z: 1"],
        "",
        [ONE, "x: 1, z: 1"],
        "
        source_templates.pg NoOp AsDeclared
        connectors.a Record NotRemembered
        0. connectors.a nothing, put connectors-1
        ",
    );
}

/// Nothing that a customer was asked for is behind the mask.
#[test]
fn it_is_taken_over_with_the_connector() {
    let meanwhile = format!("mask asterisks\napply source_templates.pg name=PG {ALL}\nforget all");
    check(
        [ONE, "z: 1"],
        &meanwhile,
        [ALL, "z: 1"],
        "
        source_templates.pg Adopt FoundByName
        connectors.a Adopt FoundByName
        0. source_templates.pg nothing, put source_templates-1
        2. connectors.a nothing, put connectors-1
        note Assumed { leaves: 1, resources: 1 }
        ",
    );
}
