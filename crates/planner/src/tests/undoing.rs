//! A run, taken back.

use std::collections::{BTreeMap, BTreeSet};

use model::history::{Image, Run};
use model::{Address, Kind, Path, Value};
use proptest::prelude::*;

use super::Scene;
use super::draws::manifests;
use super::notation::manifest;
use super::render::render;
use super::service::Service;
use super::walk::carry_out;
use crate::{Inverse, Lost, Options, Prune, inverse};

const PRUNED: [Kind; 3] = [Kind::Tag, Kind::SourceTemplate, Kind::ConnectionTemplate];

/// What an organization holds, told without ids.
fn holdings(service: &Service) -> BTreeMap<Kind, Vec<String>> {
    let name = |kind: Kind, id: &Value| {
        let id = model::live::Id(id.as_text().unwrap_or_default().to_owned());
        let thing = service.things.get(&kind).and_then(|things| things.get(&id));
        thing.map(|thing| thing.attributes[kind.schema().natural_key].clone())
    };
    let mut holdings = BTreeMap::new();
    for (kind, things) in &service.things {
        let mut told: Vec<String> = things
            .values()
            .map(|thing| {
                let mut attributes = thing.attributes.clone();
                for (attribute, value) in &mut attributes {
                    if let Some(attribute) = kind.schema().attribute(attribute) {
                        *value = without_empties((attribute.canonical)(value.clone()));
                    }
                }
                if let Some(Value::List(tags)) = attributes.get_mut("tags") {
                    tags.sort();
                }
                if let Some(id) = attributes.get_mut("workspace") {
                    *id = name(Kind::Workspace, id).unwrap_or(Value::Null);
                }
                // A template that was replaced stays replaced for what was made from it.
                attributes.remove("source_template");
                format!("{attributes:?}")
            })
            .collect();
        told.sort();
        if !told.is_empty() {
            holdings.insert(*kind, told);
        }
    }
    holdings
}

/// `value` without empty containers in it: a plan does not tell one that is filled from none.
fn without_empties(value: Value) -> Value {
    match value {
        Value::Map(members) => {
            let members = members.into_iter().map(|(key, member)| (key, without_empties(member)));
            Value::Map(members.filter(|(_, member)| !member.is_empty()).collect())
        }
        other => other,
    }
}

/// The inverse of going from `before` to `now`, and the scene after both.
fn undone(before: &str, now: &str) -> (Inverse, String, Scene, Scene) {
    let prune = Prune { kinds: PRUNED.into(), ..Prune::default() };
    let options = Options { prune, ..Options::default() };
    let first = Scene::of(&manifest(before));
    let now = manifest(now);
    let mut scene = first.clone();
    let live = scene.service.refresh(&now, &scene.state);
    let plan = scene.plan(&now, &options);
    let mut images = crate::images(&plan, &now, &live, &scene.state);
    if !plan.blockers.is_empty() {
        return (inverse(&run(images), &now), String::new(), first.clone(), first);
    }
    carry_out(&plan, &mut scene);
    images.values_mut().for_each(|image| image.touched = true);
    let back = inverse(&run(images), &now);
    let mut options = Options { only: back.only.clone(), undo: true, ..Options::default() };
    let made = back.only.iter().filter(|at| at.kind() == Kind::Workspace);
    let made = made.filter(|at| back.desired.removed.contains_key(at)).count();
    options.prune.expected_workspace_deletes = (made > 0).then_some(made);
    let plan = scene.plan(&back.desired, &options);
    if plan.blockers.is_empty() {
        carry_out(&plan, &mut scene);
        let again = scene.plan(&back.desired, &options);
        assert!(again.is_empty(), "{}\nand then\n{}", render(&plan), render(&again));
    }
    (back, render(&plan), first, scene)
}

fn run(images: BTreeMap<Address, Image>) -> Run {
    Run { number: 1, command: "apply".to_owned(), images }
}

fn lost(before: &str, now: &str) -> BTreeMap<String, Lost> {
    let (back, ..) = undone(before, now);
    back.lost.into_iter().map(|(address, lost)| (address.to_string(), lost)).collect()
}

#[test]
fn what_cannot_be_brought_back_is_named() {
    let path = |text: &str| Path::parse(text).unwrap();
    let before = "
        source_templates.a name=A definition=GitHub partial_default_config={x: 1, key: $A}
        source_templates.gone name=G definition=GitHub partial_default_config={x: 1}
        source_templates.plain name=P definition=GitHub
        workspaces.w name=w
        workspaces.v name=v
        connectors.c workspace=w name=c source_template=a replication_config={x: 1}
    ";
    let now = "
        source_templates.a name=A definition=GitHub partial_default_config={x: 2, key: $B}
        workspaces.w name=w
        workspaces.v name=v
        connectors.c workspace=v name=c source_template=a replication_config={x: 1} lifecycle={allow_replace: true}
    ";
    let expected: BTreeMap<String, Lost> = [
        ("source_templates.a", Lost::Secrets(BTreeSet::from([path("partial_default_config.key")]))),
        ("source_templates.gone", Lost::Configuration),
        ("connectors.c", Lost::History),
    ]
    .map(|(address, lost)| (address.to_owned(), lost))
    .into();
    assert_eq!(lost(before, now), expected);
}

#[test]
fn what_was_made_goes_and_what_was_changed_is_changed_back() {
    let (_, plan, first, scene) = undone(
        "
            tags.a name=a
            tags.gone name=gone
            source_templates.s name=S definition=GitHub mode=direct partial_default_config={x: 1, list: [{a: 1}, 2]} tags=[a, gone]
        ",
        "
            tags.a name=z
            tags.new name=new
            source_templates.s name=T definition=Stripe mode=multi partial_default_config={y: {z: 1}, list: [{b: 1}]} tags=[new]
            workspaces.w name=w
        ",
    );
    insta::assert_snapshot!(plan, @r#"
    tags.a Update Edited
      name: "z" -> "a" (declared)
    tags.gone Create New
      name: - -> "gone" (declared)
    tags.new Delete Undone
    source_templates.s Replace Immutable { attributes: {"definition"} }
      definition: "d-stripe" -> "d-github" (declared) replaces
      mode: "multi" -> "direct" (declared)
      name: "T" -> "S" (declared)
      partial_default_config.list[0].a: - -> 1 (declared)
      partial_default_config.list[0].b: 1 -> - (declared)
      partial_default_config.list[1]: - -> 2 (declared)
      partial_default_config.x: - -> 1 (declared)
      partial_default_config.y.z: 1 -> - (declared)
      tags["a"]: - -> "a" (declared)
      tags["gone"]: - -> "gone" (declared)
      tags["new"]: "new" -> - (declared)
    workspaces.w Delete Undone
    0. tags.a update tags-1 "z" {name}, now "a"
    1. tags.gone create {name}
    2. tags.new delete tags-3 "new", removed
    3. source_templates.s create {customization, definition, mode, name, partial_default_config}, deposes source_templates-2 "T"
    4. source_templates.s attach "a" to its own [after 0 3]
    5. source_templates.s attach "gone" to its own [after 1 3]
    6. source_templates.s delete source_templates-2 "T", source_templates-2 gone [after 3 4 5]
    7. workspaces.w delete workspaces-1 "w", removed
    "#);
    assert_eq!(holdings(&scene.service), holdings(&first.service));
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Where nothing is lost and nothing is in the way, everything is as it was.
    #[test]
    fn a_run_that_is_taken_back_has_left_nothing(before in manifests(), now in manifests()) {
        // What is declared to be a clone of another may follow it anywhere.
        if now.contains("clone_of") {
            return Ok(());
        }
        let (back, plan, first, scene) = undone(&before, &now);
        if back.lost.is_empty() && !plan.contains("! ") {
            prop_assert_eq!(holdings(&scene.service), holdings(&first.service), "{}", plan);
        }
    }
}
