//! What the laws are tried on: manifests, services' ways, and what happens behind our back.

use std::collections::BTreeSet;

use model::live::Id;
use model::{Kind, SmallMap, Value};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use super::Scene;
use super::service::{Mask, Tastes};

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

/// Ways to show things and to take them.
pub(super) fn tastes() -> impl Strategy<Value = Tastes> {
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
pub(super) enum Meanwhile {
    Delete(Index),
    Edit(Index),
    Rename(Index),
    Stray(Kind, usize),
    Forget(Index),
    ForgetWorkspace(Index),
    Confuse(Index, Index),
}

/// A few of them.
pub(super) fn meanwhile() -> impl Strategy<Value = Vec<Meanwhile>> {
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
pub(super) fn happen(scene: &mut Scene, event: &Meanwhile) {
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
            let mut attributes = SmallMap::from([(key, Value::text(name))]);
            match kind {
                Kind::SourceTemplate => {
                    attributes.insert("definition".to_owned(), Value::text("d-github"));
                }
                Kind::ConnectionTemplate => {
                    attributes.insert("destination".to_owned(), Value::text("d-s3"));
                    let config = Value::Map(SmallMap::new());
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
