//! Laws that hold whatever is declared, whatever stands and wherever a run breaks off.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use model::desired::Desired;
use model::kind::Side;
use model::kinds::connector::WORKSPACE;
use model::live::{Definition, Id, Scope};
use model::plan::{Action, BlockerCause, Plan};
use model::secret::{Fingerprint, Fingerprints};
use model::state::State;
use model::{Address, Kind, Path, Value};
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

use super::draws::{Meanwhile, happen, manifests, meanwhile, tastes};
use super::notation::manifest;
use super::render::render;
use super::service::{Service, Thing};
use super::walk::{carry_out, run};
use super::{Readable, Scene, Without};
use crate::{Definitions, Except, Options, Prune, export, recalled};

/// A plan that is not held up by questions that only a person could answer.
pub(super) fn answered(scene: &Scene, desired: &Desired, prune: &BTreeSet<Kind>) -> Plan {
    let mut options = Options {
        prune: Prune { kinds: prune.clone(), expected_workspace_deletes: None },
        adopt: true,
        replace_workspaces: scene.service.names(Kind::Workspace),
        accept_vanished: Kind::ALL.into(),
        ..Options::default()
    };
    let plan = scene.plan(desired, &options);
    let counts = plan.blockers.iter().find_map(|blocker| match blocker.cause {
        BlockerCause::WorkspaceDeletesUnconfirmed { count, .. } => Some(count),
        _ => None,
    });
    options.prune.expected_workspace_deletes = counts;
    scene.plan(desired, &options)
}

/// Every object, without the taggings that go with a tag wherever it is attached.
fn without_tags(service: &Service) -> BTreeMap<(Kind, Id), Thing> {
    let mut things = BTreeMap::new();
    for (kind, of_kind) in &service.things {
        for (id, thing) in of_kind {
            let mut thing = thing.clone();
            thing.attributes.remove("tags");
            things.insert((*kind, id.clone()), thing);
        }
    }
    things
}

/// Whether every declared resource stands once and where it is declared, and nothing is left half done.
pub(super) fn assert_done(scene: &Scene, desired: &Desired, strays: bool) {
    assert_eq!(scene.state.open, []);
    for address in desired.resources.keys() {
        let record = &scene.state.records[address];
        assert_eq!(record.deposed, [], "{address}");
        assert!(scene.service.things[&address.kind()].contains_key(&record.id), "{address}");
        if let Some(Value::Reference(workspace)) =
            desired.resources[address].attributes.get(WORKSPACE)
        {
            let place = &scene.service.things[&address.kind()][&record.id].attributes[WORKSPACE];
            assert_eq!(place, &Value::text(&scene.state.records[workspace].id.0), "{address}");
        }
        if let Some(name) = desired.natural_name(address)
            && !strays
        {
            let record = &scene.state.records[address];
            let place =
                scene.service.things[&address.kind()][&record.id].attributes.get("workspace");
            assert_eq!(scene.service.count(address.kind(), name, place), 1, "{address} {name}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever was applied before, whatever has happened since and wherever the run breaks off:
    /// running to the end makes everything as declared, once, and there is nothing to do then.
    /// What is neither declared nor pruned is as it was.
    #[test]
    fn a_run_to_the_end_leaves_nothing_to_do(
        before in manifests(),
        now in manifests(),
        tastes in tastes(),
        events in meanwhile(),
        prune in subsequence(&Kind::ALL[..], 0..=Kind::ALL.len()),
        end in any::<usize>(),
        breaks in proptest::collection::vec((any::<usize>(), any::<Index>(), any::<bool>()), 0..3),
    ) {
        let prune: BTreeSet<Kind> = prune.into_iter().collect();
        let mut scene = Scene::default();
        scene.service.tastes = tastes;
        let before = manifest(&before);
        let plan = scene.plan(&before, &Options::default());
        prop_assert_eq!(&plan.blockers, &[]);
        carry_out(&plan, &mut scene);
        for event in &events {
            happen(&mut scene, event);
        }
        let (now, initial) = (manifest(&now), scene.clone());
        let first = answered(&scene, &now, &prune);
        prop_assert_eq!(&first, &answered(&scene, &now, &prune));
        if !first.blockers.is_empty() {
            return Ok(());
        }
        let mut story = render(&first);
        let is_whole = breaks.is_empty();
        for (seed, index, crashes) in breaks {
            let plan = answered(&scene, &now, &prune);
            story += &format!("\nbreaks off; then\n{}", render(&plan));
            prop_assert!(plan.blockers.is_empty(), "{}", story);
            if !plan.steps.is_empty() {
                let count = index.index(plan.steps.len());
                run(&plan, &mut scene, seed, count, crashes);
                story += &format!("\n{count} steps, seed {seed}, {crashes}");
            }
        }
        let plan = answered(&scene, &now, &prune);
        story += &format!("\nto the end\n{}", render(&plan));
        prop_assert!(plan.blockers.is_empty(), "{}", story);
        run(&plan, &mut scene, end, usize::MAX, false);
        let last = answered(&scene, &now, &prune);
        prop_assert!(last.is_empty() && last.blockers.is_empty(), "{}\nand then\n{}", story, render(&last));
        // Nor is there for whoever does not look, and believes what is remembered: as long as every
        // answer was heard, and nothing came to be as declared by another hand.
        let mut recalled = recalled(&now, &scene.state, &Scope::of(&now, &scene.state));
        recalled.facts = scene.service.refresh(&now, &scene.state).facts;
        let last = crate::plan(&now, &recalled, &scene.state, &Readable, &Options::default());
        let is_heard = is_whole && events.is_empty();
        // What is ignored is not remembered as it stands.
        let ignores = now.resources.values().any(|r| !r.lifecycle.ignore_changes.is_empty());
        let is_done = last.is_empty() && last.blockers.is_empty();
        prop_assert!(!is_heard || ignores || is_done, "{}\nfrom memory\n{}", story, render(&last));
        assert_done(&scene, &now, events.iter().any(|event| matches!(event, Meanwhile::Stray(..))));
        let touched: BTreeSet<(Kind, Id)> = scene.state.records.iter()
            .filter(|(address, _)| now.resources.contains_key(address))
            .map(|(address, record)| (address.kind(), record.id.clone()))
            .collect();
        let known: BTreeSet<(Kind, Id)> = initial.state.records.iter()
            .map(|(address, record)| (address.kind(), record.id.clone()))
            .collect();
        let after = without_tags(&scene.service);
        for (key, thing) in without_tags(&initial.service) {
            let is_marked = |mark: &String| match initial.service.things[&key.0][&key.1].attributes.get("tags") {
                Some(Value::List(tags)) => tags.contains(&Value::text(mark)),
                _ => false,
            };
            // It may have another name, which somebody has given it by hand.
            let renamed = now.ownership_tag.as_ref().and_then(|mark| {
                let record = initial.state.records.get(&Address::new(Kind::Tag, mark))?;
                let tag = initial.service.things.get(&Kind::Tag)?.get(&record.id)?;
                tag.attributes["name"].as_text().map(str::to_owned)
            });
            let may_go = prune.contains(&key.0)
                && now.ownership_tag.iter().chain(&renamed).any(is_marked);
            let ours = touched.contains(&key) || known.contains(&key) || may_go;
            // A workspace takes what is in it along.
            let place = thing.attributes.get("workspace").and_then(Value::as_text);
            let swallowed = place.is_some_and(|id| {
                !after.contains_key(&(Kind::Workspace, Id(id.to_owned())))
            });
            if !ours && !swallowed {
                prop_assert_eq!(after.get(&key), Some(&thing), "{}", story);
            }
        }
    }

    /// Whatever stands and however it is shown, what is exported of it is at rest.
    #[test]
    fn an_export_is_at_rest(
        now in manifests(),
        tastes in tastes(),
        events in meanwhile(),
    ) {
        let mut scene = Scene::default();
        scene.service.tastes = tastes;
        let now = manifest(&now);
        let plan = scene.plan(&now, &Options::default());
        carry_out(&plan, &mut scene);
        for event in &events {
            happen(&mut scene, event);
        }
        let live = scene.service.refresh(&now, &scene.state);
        let definition = |(id, name): (&str, &str)| {
            Definition { id: id.to_owned(), name: name.to_owned() }
        };
        let definitions: Definitions = [
            (Side::Source, [("d-github", "GitHub"), ("d-stripe", "Stripe")].map(definition).into()),
            (Side::Destination, [("d-s3", "S3"), ("d-gcs", "GCS")].map(definition).into()),
        ].into();
        let made = export(&live, &definitions, &Except::default());
        prop_assert_eq!(&made, &export(&live, &definitions, &Except::default()));
        let told = live.kinds.iter().filter(|(kind, _)| !kind.schema().write_only);
        let of_ours: usize = told.map(|(_, read)| read.total).sum();
        prop_assert_eq!(made.desired.resources.len() + made.left_out.len(), of_ours);
        scene.state = State::default();
        let plan = scene.plan_with(&made.desired, &Without, &Options::default());
        prop_assert_eq!(&plan.blockers, &[], "{}", render(&plan));
        for (address, change) in &plan.changes {
            prop_assert!(
                change.action == Action::Adopt && change.leaves.is_empty(),
                "{}\n{}", address, render(&plan)
            );
        }
        carry_out(&plan, &mut scene);
        prop_assert!(scene.plan_with(&made.desired, &Without, &Options::default()).is_empty());
        prop_assert!(scene.plan(&made.desired, &Options::default()).blockers.is_empty());
    }

    /// Losing the state loses no object and doubles none.
    #[test]
    fn a_lost_state_is_found_again(now in manifests(), tastes in tastes()) {
        let mut scene = Scene::default();
        scene.service.tastes = tastes;
        let now = manifest(&now);
        let plan = scene.plan(&now, &Options::default());
        carry_out(&plan, &mut scene);
        let before = scene.service.things.clone();
        scene.state = State::default();
        let plan = scene.plan(&now, &Options::default());
        prop_assert_eq!(&plan.blockers, &[]);
        let unseen = now.of_kind(Kind::OAuthCredential).count();
        prop_assert_eq!(plan.count(Action::Adopt), now.resources.len() - unseen);
        prop_assert_eq!(plan.count(Action::Create), unseen);
        carry_out(&plan, &mut scene);
        prop_assert_eq!(&before, &scene.service.things);
        let again = scene.plan(&now, &Options::default());
        prop_assert!(again.is_empty(), "{}\nand then\n{}", render(&plan), render(&again));
        // Each secret that was believed is written once, and nothing becomes another thing by that.
        let rotating = Options { rotate_assumed: true, ..Options::default() };
        let plan = scene.plan(&now, &rotating);
        prop_assert_eq!(&plan.blockers, &[], "{}", render(&plan));
        carry_out(&plan, &mut scene);
        prop_assert_eq!(&before, &scene.service.things);
        let again = scene.plan(&now, &rotating);
        prop_assert!(again.is_empty(), "{}\nand then\n{}", render(&plan), render(&again));
        // Whatever can be asked for is written, and nothing else comes of it.
        let rotate: BTreeSet<Address> = now.resources.keys().cloned().collect();
        let rotating = Options { rotate, ..Options::default() };
        let mut plan = scene.plan(&now, &rotating);
        let vain = |blocker: &model::plan::Blocker| {
            matches!(blocker.cause, BlockerCause::NothingToRotate { stands: true })
        };
        prop_assert!(plan.blockers.iter().all(vain), "{}", render(&plan));
        plan.blockers.clear();
        carry_out(&plan, &mut scene);
        prop_assert_eq!(&before, &scene.service.things);
        let again = scene.plan(&now, &Options::default());
        prop_assert!(again.is_empty(), "{}\nand then\n{}", render(&plan), render(&again));
    }
}

/// Counts what it is asked for.
#[derive(Default)]
struct Counting(Cell<usize>);

impl Fingerprints for Counting {
    fn of(&self, address: &Address, path: &Path, value: &Value) -> Fingerprint {
        self.0.set(self.0.get() + 1);
        Readable.of(address, path, value)
    }
}

/// A plan of an organization in which nothing has changed hashes its secrets and nothing else,
/// however large it is.
#[test]
fn what_is_equal_in_clear_is_not_hashed() {
    let workspaces = (0..200).map(|n| format!("workspaces.w{n} name=w{n} status=inactive\n"));
    let template =
        "source_templates.a name=A definition=GitHub partial_default_config={a: 1, key: $KEY}";
    let manifest = manifest(&(workspaces.collect::<String>() + template));
    let scene = Scene::of(&manifest);
    let live = scene.service.refresh(&manifest, &scene.state);
    let counting = Counting::default();
    let plan = crate::plan(&manifest, &live, &scene.state, &counting, &Options::default());
    assert!(plan.is_empty());
    assert_eq!(counting.0.get(), 1);
}
