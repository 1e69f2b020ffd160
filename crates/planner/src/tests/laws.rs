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
use proptest::sample::{Index, select, subsequence};

use super::notation::manifest;
use super::render::render;
use super::service::{Mask, Service, Tastes, Thing};
use super::walk::{carry_out, run};
use super::{Readable, Scene, Without};
use crate::{Definitions, Except, Options, Prune, export, recalled};

/// An option of text.
fn maybe(text: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), text]
}

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(texts).prop_map(str::to_owned)
}

/// Names for `count` resources: mostly their own, sometimes another one's, never one twice.
fn names(prefix: &'static str, count: usize) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(0..8_usize, count).prop_map(move |picks| {
        let mut names: Vec<String> = Vec::new();
        for (own, pick) in picks.into_iter().enumerate() {
            let wanted = match pick {
                0 => format!("{prefix}{}", (own + 1) % (count + 1)),
                1 => format!("{prefix}{own}b"),
                _ => format!("{prefix}{own}"),
            };
            let spare = format!("{prefix}{own}c");
            names.push(if names.contains(&wanted) { spare } else { wanted });
        }
        names
    })
}

fn config() -> impl Strategy<Value = String> {
    const LEAVES: &[&str] = &[
        "host: Example, ",
        "start: 1, ",
        "start: 2, ",
        "gone: null, ",
        "key: $A, ",
        "key: $B, ",
        "deep: {x: 1, token: $A}, ",
        "deep: {x: 2}, ",
        "deep: {}, ",
        "list: [1, {y: $B}], ",
        "list: [], ",
    ];
    subsequence(LEAVES, 0..5).prop_map(|leaves| leaves.concat())
}

fn versions() -> impl Strategy<Value = String> {
    const VERSIONS: &[&str] =
        &["lifecycle={secret_version: v1} ", "lifecycle={secret_version: v2} "];
    maybe(one_of(VERSIONS))
}

const TAGS: usize = 3;

/// Stands for a lifecycle that names the first template.
const TRIGGERED: &str = "triggered";

/// Which tags a template carries, of those that are declared.
type Carried = Option<Vec<bool>>;

fn carried() -> impl Strategy<Value = Carried> {
    proptest::option::of(proptest::collection::vec(any::<bool>(), TAGS))
}

/// A manifest that the reader would let through.
pub(super) fn manifests() -> impl Strategy<Value = String> {
    let some = |count| proptest::collection::vec(proptest::bool::weighted(0.8), count);
    let template = (
        one_of(&["GitHub", "GitHub", "Stripe"]),
        any::<Index>(),
        proptest::bool::weighted(0.3),
        maybe(one_of(&["mode=direct ", "mode=multi "])),
        maybe(config().prop_map(|c| format!("partial_default_config={{{c}}} "))),
        maybe(one_of(&[
            "customization={stream_selection_mode: all} ",
            "customization=null ",
            "customization={stream_whitelist: [b, a]} ",
        ])),
        carried(),
        maybe(one_of(&[
            "propagate=true ",
            "lifecycle={create_before_destroy: false} ",
            "lifecycle={ignore_changes: [mode, partial_default_config.deep]} ",
            "lifecycle={ignore_changes: [partial_default_config, customization, tags]} ",
            "lifecycle={secret_version: v1} ",
            "lifecycle={secret_version: v2} ",
            "lifecycle={secret_version: v1, ignore_changes: [partial_default_config.key]} ",
            TRIGGERED,
        ])),
    );
    let connection = (
        one_of(&["S3", "S3", "GCS"]),
        config(),
        maybe(one_of(&["cron_expression=null ", "cron_expression=\"0 0 12 * * ?\" "])),
        carried(),
        proptest::bool::weighted(0.2),
        versions(),
    );
    let workspace = (
        maybe(one_of(&["region=us ", "region=eu lifecycle={allow_replace: true} "])),
        maybe(one_of(&["status=active ", "status=inactive "])),
        maybe(one_of(&["cache_enabled=null ", "cache_enabled=true "])),
    );
    let connector = (
        any::<(Index, Index)>(),
        one_of(&["cn0", "cn1"]),
        maybe(config().prop_map(|c| format!("replication_config={{{c}}} "))),
        maybe(one_of(&["credentials={token: $A} ", "credentials={token: $B, x: 1} "])),
        maybe(one_of(&["entities=[] ", "entities=[{entity: b}, {entity: a, modes: [read]}] "])),
        carried(),
        // Without leave to replace it, a person would be asked.
        one_of(&[
            "lifecycle={allow_replace: true} ",
            "check=true lifecycle={allow_replace: true} ",
            "lifecycle={allow_replace: true, secret_version: v1} ",
            "lifecycle={allow_replace: true, secret_version: v2} ",
            "lifecycle={allow_replace: true, ignore_changes: [replication_config]} ",
        ]),
    );
    let owner = proptest::option::weighted(0.4, one_of(&["managed-by-us", "managed-by-others"]));
    let app = proptest::option::of((config(), versions()));
    let apps = (any::<bool>(), proptest::collection::vec(app, 2));
    (
        (some(TAGS), names("tag", TAGS)),
        (some(4), names("src", 4), proptest::collection::vec(template, 4)),
        (some(2), names("con", 2), proptest::collection::vec(connection, 2)),
        (some(3), names("ws", 3), proptest::collection::vec(workspace, 3)),
        proptest::collection::vec(connector, 0..4),
        (owner, apps),
    )
        .prop_map(|(tags, templates, connections, workspaces, connectors, (owner, apps))| {
            let mut lines = Vec::new();
            lines.extend(owner.map(|owner| format!("ownership {owner}")));
            let (declared, names) = tags;
            for (number, name) in names.iter().enumerate().filter(|(n, _)| declared[*n]) {
                lines.push(format!("tags.t{number} name={name}"));
            }
            let carries = |carried: Carried| {
                let Some(carried) = carried else { return String::new() };
                let tags = (0..TAGS).filter(|number| declared[*number] && carried[*number]);
                let tags: Vec<String> = tags.map(|number| format!("t{number}")).collect();
                format!("tags=[{}] ", tags.join(", "))
            };
            let (made, names, templates) = templates;
            let mut origins: Vec<usize> = Vec::new();
            for (number, (definition, origin, clones, mode, config, custom, tags, rides)) in
                templates.into_iter().enumerate().filter(|(n, _)| made[*n])
            {
                let kind = match origins.is_empty() || !clones {
                    true => format!("definition={definition}"),
                    false => format!("clone_of=s{}", origins[origin.index(origins.len())]),
                };
                origins.push(number);
                let (name, tags) = (&names[number], carries(tags));
                let rides = match origins.first() {
                    Some(first) if rides == TRIGGERED && *first != number => format!(
                        "lifecycle={{replace_triggered_by: [source_templates.s{first}]}} "
                    ),
                    _ if rides == TRIGGERED => String::new(),
                    _ => rides,
                };
                lines.push(format!(
                    "source_templates.s{number} name={name} {kind} {mode}{config}{custom}{tags}{rides}"
                ));
            }
            let (made, names, connections) = connections;
            let mut hosted = false;
            for (number, (definition, config, cron, tags, hosts, version)) in
                connections.into_iter().enumerate().filter(|(n, _)| made[*n])
            {
                let (name, tags) = (&names[number], carries(tags));
                let hosting = if hosts && !hosted {
                    hosted = true;
                    "hosting=airbyte".to_owned()
                } else {
                    format!(
                        "hosting=user destination={definition} destination_name={name} \
                         destination_config={{{config}}}"
                    )
                };
                lines.push(format!("connection_templates.c{number} {hosting} {cron}{tags}{version}"));
            }
            let (made, names, workspaces) = workspaces;
            for (number, (region, status, cache)) in
                workspaces.into_iter().enumerate().filter(|(n, _)| made[*n])
            {
                let name = &names[number];
                lines.push(format!("workspaces.w{number} name={name} {region}{status}{cache}"));
            }
            let places: Vec<usize> = (0..3).filter(|number| made[*number]).collect();
            let mut taken = BTreeSet::new();
            for (number, (at, name, config, credentials, entities, chosen, check)) in
                connectors.into_iter().enumerate()
            {
                if places.is_empty() || origins.is_empty() {
                    break;
                }
                let place = places[at.0.index(places.len())];
                let origin = origins[at.1.index(origins.len())];
                if !taken.insert((place, name.clone())) {
                    continue;
                }
                let tags = carries(chosen).replace("tags=", "connection_template_tags=");
                lines.push(format!(
                    "connectors.n{number} workspace=w{place} name={name} source_template=s{origin} \
                     {config}{credentials}{entities}{tags}{check}"
                ));
            }
            let (swapped, apps) = apps;
            let names = if swapped { ["Stripe", "GitHub"] } else { ["GitHub", "Stripe"] };
            for (number, (name, config)) in names.into_iter().zip(apps).enumerate() {
                lines.extend(config.map(|(config, version)| {
                    format!(
                        "oauth_credentials.o{number} connector_type={name} configuration={{{config}}} {version}"
                    )
                }));
            }
            lines.join("\n")
        })
}

fn tastes() -> impl Strategy<Value = Tastes> {
    let mask = select(&[Mask::Asterisks, Mask::Object, Mask::Dropped, Mask::Clear][..]);
    let flags = any::<(bool, bool, bool)>();
    (mask, flags).prop_map(|(mask, (ignores_null, normalizes, shows_presets))| Tastes {
        mask,
        ignores_null,
        normalizes,
        shows_presets,
    })
}

/// What happens behind our back.
#[derive(Debug, Clone)]
enum Meanwhile {
    Delete(Index),
    Edit(Index),
    Rename(Index),
    Stray(Kind, usize),
    Forget(Index),
    ForgetWorkspace(Index),
    Confuse(Index, Index),
}

fn meanwhile() -> impl Strategy<Value = Vec<Meanwhile>> {
    let one = prop_oneof![
        any::<Index>().prop_map(Meanwhile::Delete),
        any::<Index>().prop_map(Meanwhile::Edit),
        any::<Index>().prop_map(Meanwhile::Rename),
        (select(&Kind::ALL[..]), 0..5_usize).prop_map(|(kind, n)| Meanwhile::Stray(kind, n)),
        any::<Index>().prop_map(Meanwhile::Forget),
        any::<Index>().prop_map(Meanwhile::ForgetWorkspace),
        any::<(Index, Index)>().prop_map(|(from, to)| Meanwhile::Confuse(from, to)),
    ];
    proptest::collection::vec(one, 0..4)
}

/// What happens to something that nobody can see is not put right by anybody either.
fn happen(scene: &mut Scene, event: &Meanwhile) {
    let ids: Vec<(Kind, Id)> = scene
        .service
        .things
        .iter()
        .filter(|(kind, _)| !kind.schema().write_only)
        .flat_map(|(kind, things)| things.keys().map(|id| (*kind, id.clone())))
        .collect();
    let pick = |index: &Index| (!ids.is_empty()).then(|| ids[index.index(ids.len())].clone());
    match event {
        Meanwhile::Delete(index) => {
            if let Some((kind, id)) = pick(index) {
                scene.service.delete(kind, &id);
            }
        }
        Meanwhile::Edit(index) => {
            if let Some((kind, id)) = pick(index) {
                let edits = [
                    ("mode", Value::text("multi")),
                    ("status", Value::text("inactive")),
                    ("cron_expression", Value::text("0 0 0 * * ?")),
                    ("partial_default_config", Value::Map([("x".into(), Value::Null)].into())),
                    ("destination_config", Value::Map([("x".into(), Value::Bool(true))].into())),
                    ("replication_config", Value::Map([("x".into(), Value::Bool(true))].into())),
                    ("tags", Value::List(Vec::new())),
                ];
                let thing = scene.service.thing(kind, &id).clone();
                let edits = edits
                    .into_iter()
                    .filter(|(name, _)| thing.attributes.contains_key(*name))
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect();
                scene.service.update(kind, &id, edits);
            }
        }
        Meanwhile::Rename(index) => {
            if let Some((kind, id)) = pick(index) {
                let key = kind.schema().natural_key.to_owned();
                let name = format!("{id} renamed by hand");
                scene.service.update(kind, &id, [(key, Value::text(name))].into());
            }
        }
        Meanwhile::Stray(Kind::OAuthCredential, _) => {}
        Meanwhile::Stray(kind, number) => {
            let prefix = match kind {
                Kind::Tag => "tag",
                Kind::SourceTemplate => "src",
                Kind::ConnectionTemplate => "con",
                Kind::OAuthCredential => "app",
                Kind::Workspace => "ws",
                Kind::Connector => "cn",
            };
            let name = format!("{prefix}{number}");
            // A tag's name is its key (dossier 3.2). Nothing else is unique.
            if *kind == Kind::Tag && scene.service.count(*kind, &name, None) > 0 {
                return;
            }
            let key = kind.schema().natural_key.to_owned();
            let mut attributes = BTreeMap::from([(key, Value::text(name))]);
            match kind {
                Kind::SourceTemplate => {
                    attributes.insert("definition".to_owned(), Value::text("d-github"));
                }
                Kind::ConnectionTemplate => {
                    attributes.insert("destination".to_owned(), Value::text("d-s3"));
                    let config = Value::Map(BTreeMap::new());
                    attributes.insert("destination_config".to_owned(), config);
                }
                Kind::Connector => {
                    let first = |kind| scene.service.things.get(&kind)?.keys().next();
                    let Some(workspace) = first(Kind::Workspace) else { return };
                    attributes.insert("workspace".to_owned(), Value::text(&workspace.0));
                    if let Some(template) = first(Kind::SourceTemplate) {
                        attributes.insert("source_template".to_owned(), Value::text(&template.0));
                    }
                }
                Kind::Tag | Kind::OAuthCredential | Kind::Workspace => {}
            }
            scene.service.stray(*kind, true, attributes);
        }
        Meanwhile::Confuse(from, to) => {
            let addresses: Vec<_> = scene.state.records.keys().cloned().collect();
            if !addresses.is_empty() {
                let pick = |index: &Index| &addresses[index.index(addresses.len())];
                let (from, to) = (pick(from), pick(to));
                if from.kind() == to.kind() && !from.kind().schema().write_only {
                    let id = scene.state.records[from].id.clone();
                    scene.state.records.get_mut(to).unwrap().id = id;
                }
            }
        }
        Meanwhile::Forget(index) => {
            let addresses: Vec<_> = scene.state.records.keys().cloned().collect();
            if !addresses.is_empty() {
                scene.state.records.remove(&addresses[index.index(addresses.len())]);
            }
        }
        Meanwhile::ForgetWorkspace(index) => {
            let records = scene.state.records.keys();
            let workspaces: Vec<_> =
                records.filter(|address| address.kind() == Kind::Workspace).cloned().collect();
            if !workspaces.is_empty() {
                scene.state.records.remove(&workspaces[index.index(workspaces.len())]);
            }
        }
    }
}

/// A plan that is not held up by questions that only a person could answer.
fn answered(scene: &Scene, desired: &Desired, prune: &BTreeSet<Kind>) -> Plan {
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

/// Whether nothing blocks but that a connector hides what nobody can say whose it is, where the service
/// shows presets: a run broke off when the template that had preset it was gone already. A person has
/// to say what to do (docs/reliability.md, "Known and open").
fn is_left_by_its_template(scene: &Scene, plan: &Plan) -> bool {
    let is_hidden = |blocker: &model::plan::Blocker| {
        let kind = blocker.address.as_ref().map(Address::kind);
        kind == Some(Kind::Connector) && matches!(blocker.cause, BlockerCause::HiddenValueLost)
    };
    scene.service.tastes.shows_presets
        && !plan.blockers.is_empty()
        && plan.blockers.iter().all(is_hidden)
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
fn assert_done(scene: &Scene, desired: &Desired, strays: bool) {
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
            if is_left_by_its_template(&scene, &plan) {
                return Ok(());
            }
            prop_assert!(plan.blockers.is_empty(), "{}", story);
            if !plan.steps.is_empty() {
                let count = index.index(plan.steps.len());
                run(&plan, &mut scene, seed, count, crashes);
                story += &format!("\n{count} steps, seed {seed}, {crashes}");
            }
        }
        let plan = answered(&scene, &now, &prune);
        story += &format!("\nto the end\n{}", render(&plan));
        if is_left_by_its_template(&scene, &plan) {
            return Ok(());
        }
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
