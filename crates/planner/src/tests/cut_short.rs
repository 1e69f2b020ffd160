//! A run that was cut short, and something else that is declared before the next one: what it was about
//! to send is told from what is declared by then.

use std::collections::BTreeSet;

use model::desired::Desired;
use model::plan::Note;
use model::{Kind, Path, Value};
use proptest::prelude::*;
use proptest::sample::Index;

use super::Scene;
use super::draws::{manifests, tastes};
use super::laws::{answered, assert_done};
use super::notation::manifest;
use super::render::render;
use super::service::{Tastes, revealed};
use super::walk::{carry_out, run};
use crate::Options;

/// What is declared and is not so, whatever the service shows.
fn untrue(scene: &Scene, desired: &Desired) -> Vec<String> {
    let mut untrue = Vec::new();
    for (address, resource) in &desired.resources {
        let lifecycle = &resource.lifecycle;
        // These say that a value does not matter.
        if lifecycle.secret_version.is_some() || !lifecycle.ignore_changes.is_empty() {
            continue;
        }
        let id = &scene.state.records[address].id;
        let thing = &scene.service.things[&address.kind()][id];
        let untold = scene.service.untold.get(id);
        for (name, declared) in &resource.attributes {
            let Some(attribute) = address.kind().schema().attribute(name) else { continue };
            // References and names are looked at elsewhere.
            if !matches!(declared, Value::Map(_)) && name != "region" {
                continue;
            }
            let root = Path::attribute(name);
            let canonical = |value: &Value| (attribute.canonical)(revealed(value));
            let stands = thing.attributes.get(name).or(untold.and_then(|untold| untold.get(name)));
            let stands = stands.map_or(Value::Null, canonical);
            let stands = stands.leaves(&root);
            for (path, leaf) in canonical(declared).leaves(&root) {
                let is_nothing = *leaf == Value::Null || leaf.is_empty();
                if !is_nothing && stands.get(&path) != Some(&leaf) {
                    untrue.push(format!("{address} {path}: {leaf:?} {:?}", stands.get(&path)));
                }
            }
        }
    }
    untrue
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Wherever a run breaks off and whatever is declared then, it is so in the end, also where the
    /// service does not show it.
    #[test]
    fn what_is_declared_after_a_broken_run_is_so(
        before in manifests(),
        now in manifests(),
        later in manifests(),
        tastes in tastes(),
        breaks in proptest::collection::vec((any::<usize>(), any::<Index>(), any::<bool>()), 1..3),
        end in any::<usize>(),
    ) {
        let mut scene = Scene::default();
        // What is preset need not be sent; that is another law's.
        scene.service.tastes = Tastes { shows_presets: false, ..tastes };
        let (before, now, later) = (manifest(&before), manifest(&now), manifest(&later));
        let nothing = BTreeSet::<Kind>::new();
        let plan = answered(&scene, &before, &nothing);
        carry_out(&plan, &mut scene);
        let mut story = String::new();
        for (seed, index, crashes) in breaks {
            let plan = answered(&scene, &now, &nothing);
            story += &format!("\n{}", render(&plan));
            if !plan.blockers.is_empty() {
                return Ok(());
            }
            if !plan.steps.is_empty() {
                let count = index.index(plan.steps.len()) + 1;
                run(&plan, &mut scene, seed, count, crashes);
                story += &format!("\n{count} steps, seed {seed}, {crashes}");
            }
        }
        let plan = answered(&scene, &later, &nothing);
        story += &format!("\nthen\n{}", render(&plan));
        if !plan.blockers.is_empty() {
            return Ok(());
        }
        run(&plan, &mut scene, end, usize::MAX, false);
        let last = answered(&scene, &later, &nothing);
        prop_assert!(last.is_empty() && last.blockers.is_empty(), "{}\nand then\n{}", story, render(&last));
        assert_done(&scene, &later, true);
        // What is normalized is not as it was declared, and what is taken at its word is said to be.
        let is_assumed = plan.notes.iter().any(|note| matches!(note, Note::Assumed { .. }));
        if !tastes.normalizes && !is_assumed {
            prop_assert_eq!(untrue(&scene, &later), Vec::<String>::new(), "{}", story);
        }
    }
}

/// The plan for `later`, after `before` was applied and the answer to step `lost` of the plan for `now`
/// was lost, with all steps before it taken. What comes of it is so.
fn check(before: &str, now: &str, lost: usize, later: &str) -> String {
    let mut scene = Scene::of(&manifest(before));
    let plan = scene.plan(&manifest(now), &Options::default());
    run(&plan, &mut scene, 0, lost + 1, true);
    let later = manifest(later);
    let plan = scene.plan(&later, &Options::default());
    let told = render(&plan);
    if plan.blockers.is_empty() {
        carry_out(&plan, &mut scene);
        assert!(scene.plan(&later, &Options::default()).is_empty());
        assert_eq!(untrue(&scene, &later), Vec::<String>::new());
    }
    told
}

#[test]
fn a_region_that_is_declared_since_is_another_one() {
    let now = "workspaces.a name=acme";
    // Nothing was edited: it is taken over.
    insta::assert_snapshot!(check("", now, 0, now), @r"
    workspaces.a Adopt AnswerLost
    0. workspaces.a nothing, put workspaces-1
    ");
    insta::assert_snapshot!(check("", now, 0, "workspaces.a name=acme region=eu"), @r#"
    workspaces.a Replace Immutable { attributes: {"region"} }
      region: "645a183f-b12b-4c6e-8ad3-99e165603450" -> "b9e48d61-f082-4a14-a8d0-799a907938cb" (declared) replaces
    ! workspaces.a WorkspaceReplaced { attributes: {"region"} }
    "#);
    let template = "source_templates.a name=A definition=GitHub";
    let made = format!("{template} partial_default_config={{key: $A}}");
    insta::assert_snapshot!(check("", &made, 0, &made.replace("$A", "$B")), @r#"
    source_templates.a Adopt AnswerLost
      partial_default_config.key: (hidden) -> (secret) (declared)
    0. source_templates.a nothing, put source_templates-1
    1. source_templates.a update source_templates-1 "A" {partial_default_config} [after 0]
    "#);
    insta::assert_snapshot!(check("", &made, 0, &made.replace("GitHub", "Stripe")), @r#"
    source_templates.a Replace Immutable { attributes: {"definition"} }
      definition: "d-github" -> "d-stripe" (declared) replaces
    0. source_templates.a nothing, put source_templates-1
    1. source_templates.a update source_templates-1 "A" {name}, now "A (replaced)" [after 0]
    2. source_templates.a create {definition, name, partial_default_config}, deposes source_templates-1 "A" [after 0 1]
    3. source_templates.a delete source_templates-1 "A (replaced)", source_templates-1 gone [after 0 1 2]
    "#);
}

/// The service may have the one or the other, and shows neither.
#[test]
fn an_update_that_is_taken_back_is_written() {
    let declared = |key: &str, lifecycle: &str| {
        format!(
            "source_templates.a name=A definition=GitHub partial_default_config={{{key}}} {lifecycle}"
        )
    };
    let a = declared("key: $A", "");
    insta::assert_snapshot!(check(&a, &declared("key: $B", ""), 0, &a), @r#"
    source_templates.a Update Differs
      partial_default_config.key: (hidden) -> (secret) (?)
    0. source_templates.a update source_templates-1 "A" {partial_default_config}
    "#);
    let none = declared("", "");
    insta::assert_snapshot!(check(&none, &a, 0, &none), @r#"
    source_templates.a Update Differs
      partial_default_config.key: (hidden) -> - (?)
    0. source_templates.a update source_templates-1 "A" {partial_default_config}, drops partial_default_config.key
    "#);
    insta::assert_snapshot!(check(&a, &none, 0, &a), @r#"
    source_templates.a Update Differs
      partial_default_config: (hidden) -> - (?)
      partial_default_config.key: (hidden) -> (secret) (?)
    0. source_templates.a update source_templates-1 "A" {partial_default_config}, drops partial_default_config
    "#);
    let [one, two] = [("key: $A", "v1"), ("key: $B", "v2")]
        .map(|(key, version)| declared(key, &format!("lifecycle={{secret_version: {version}}}")));
    insta::assert_snapshot!(check(&one, &two, 0, &one), @r#"
    source_templates.a Update Differs
      partial_default_config.key: (hidden) -> (secret) (?)
    0. source_templates.a update source_templates-1 "A" {partial_default_config}
    "#);
}
