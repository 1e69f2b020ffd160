//! Totality: whatever the reader, the service or a damaged state hands over, there is a plan, and
//! it keeps its own laws (every plan is checked where debug assertions are on).

use std::collections::BTreeMap;

use model::desired::{Desired, Import, ImportBy, Lifecycle, Move, Removal, Resource};
use model::live::{Facts, Id, Live, LiveKind, LiveObject};
use model::secret::{Fingerprint, Fingerprints};
use model::span::FileId;
use model::state::{Deposed, OpenIntent, Origin, Record, Remembered, Seen, State};
use model::{Address, Kind, Path, SmallMap, Span, Value};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::notation::secret;
use super::{Attributes, Readable};
use crate::{Options, Prune};

fn kinds() -> impl Strategy<Value = Kind> {
    select(&Kind::ALL[..])
}

fn words() -> impl Strategy<Value = String> {
    select(&["a", "b", "a (replaced)", "default", "active", "airbyte", "****"][..])
        .prop_map(str::to_owned)
}

fn ids() -> impl Strategy<Value = Id> {
    select(&["1", "2", "3", "4"][..]).prop_map(|id| Id(id.to_owned()))
}

fn addresses() -> impl Strategy<Value = Address> {
    (kinds(), select(&["x", "y", "z"][..])).prop_map(|(kind, name)| Address::new(kind, name))
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| Value::Number(number.into())),
        words().prop_map(Value::Text),
        words().prop_map(Value::Text),
        words().prop_map(|word| secret(&word)),
        addresses().prop_map(Value::Reference),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::List),
            btree_map(
                select(&["a", "password", "_secret"][..]).prop_map(str::to_owned),
                inner,
                0..3
            )
            .prop_map(|members| Value::Map(members.into_iter().collect())),
        ]
    })
}

/// Values for some of a kind's attributes, mostly of the right shape where it matters most.
fn attributes(kind: Kind) -> impl Strategy<Value = Attributes> {
    let schema = kind.schema();
    let names: Vec<&str> = schema.attributes.iter().map(|attribute| attribute.name).collect();
    (btree_map(select(names).prop_map(str::to_owned), values(), 0..6), words(), 0..4_usize)
        .prop_map(move |(mut attributes, name, dice)| {
            if dice > 0 {
                attributes.insert(schema.natural_key.to_owned(), Value::Text(name));
            }
            attributes.into_iter().collect()
        })
}

fn lifecycles() -> impl Strategy<Value = Lifecycle> {
    const PATHS: &[&str] =
        &["partial_default_config.a", "destination_config", "region", "mode", "tags"];
    let paths = prop::sample::subsequence(PATHS, 0..3);
    (any::<(bool, bool, bool)>(), paths, vec(addresses(), 0..2), prop::option::of(words()))
        .prop_map(|(flags, paths, triggers, secret_version)| {
            let (prevent_destroy, allow_replace, destroy_before_create) = flags;
            Lifecycle {
                prevent_destroy,
                ignore_changes: paths.into_iter().filter_map(Path::parse).collect(),
                replace_triggered_by: triggers.into_iter().collect(),
                allow_replace,
                destroy_before_create,
                secret_version,
            }
        })
}

/// What the manifest says of `from`, which it does not declare, and of what it does.
fn said(desired: &mut Desired, said: Vec<(u8, Address, Address, Id)>) {
    let span = Span { file: FileId(0), start: 0, end: 0 };
    for (what, from, to, id) in said {
        let is_gone = !desired.resources.contains_key(&from);
        let ours = desired.resources.get(&to).is_some_and(|resource| !resource.external);
        if what == 0 && is_gone && ours && from.kind() == to.kind() {
            desired.moved.insert(from, Move { to, span });
        } else if what == 1 && ours {
            desired.imports.insert(to, Import { by: ImportBy::Id(id), span });
        } else if is_gone && !desired.moved.contains_key(&from) {
            desired.removed.insert(from, Removal { destroy: what == 2, span });
        }
    }
}

fn resources() -> impl Strategy<Value = (Address, Resource)> {
    addresses().prop_flat_map(|address| {
        (attributes(address.kind()), prop::bool::weighted(0.1), lifecycles()).prop_map(
            move |(attributes, external, lifecycle)| {
                let span = Span { file: FileId(0), start: 0, end: 0 };
                let places = SmallMap::new();
                let lifecycle = lifecycle.clone();
                (address.clone(), Resource { span, external, lifecycle, attributes, places })
            },
        )
    })
}

fn live_kinds() -> impl Strategy<Value = (Kind, LiveKind)> {
    kinds().prop_flat_map(|kind| {
        let object = (attributes(kind), words(), prop::bool::weighted(0.9)).prop_map(
            |(attributes, name, ours)| LiveObject { name, ours, attributes, updated_at: None },
        );
        (btree_map(ids(), object, 0..5), 0..9_usize, prop::bool::weighted(0.05)).prop_map(
            move |(objects, total, unavailable)| (kind, LiveKind { objects, total, unavailable }),
        )
    })
}

fn records() -> impl Strategy<Value = (Address, Record)> {
    addresses().prop_flat_map(|address| {
        let names: Vec<&str> =
            address.kind().schema().attributes.iter().map(|attribute| attribute.name).collect();
        let seen = prop_oneof![
            Just(Seen::Same),
            Just(Seen::Hidden),
            Just(Seen::Other(Fingerprint("other".to_owned()))),
        ];
        let path = (select(names), option::of(select(&["a", "password"][..])));
        let here = address.clone();
        let leaves = vec((path, values(), seen), 0..4).prop_map(move |leaves| {
            let remember = |((root, key), value, seen): ((&str, Option<&str>), Value, Seen)| {
                let path = Path::attribute(root);
                let path = key.map_or(path.clone(), |key| path.key(key));
                let sent = Readable.of(&here, &path, &value);
                (path, Remembered { sent, origin: Origin::Written, seen })
            };
            leaves.into_iter().map(remember).collect()
        });
        let deposed = vec((ids(), words()).prop_map(|(id, name)| Deposed { id, name }), 0..2);
        let kept = btree_map(
            select(&["region", "clone_of", "workspace", "connection_template_tags"][..])
                .prop_map(str::to_owned),
            select(&["source_templates.x", "nonsense"][..]).prop_map(str::to_owned),
            0..2,
        )
        .prop_map(|kept| kept.into_iter().collect());
        (ids(), words(), kept, leaves, any::<bool>(), deposed).prop_map(
            move |(id, name, kept, leaves, prevent_destroy, deposed)| {
                (address.clone(), Record { id, name, kept, leaves, prevent_destroy, deposed })
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn there_is_always_a_plan(
        resources in btree_map_of(resources()),
        live in btree_map_of(live_kinds()),
        records in btree_map_of(records()),
        open in vec((addresses(), option::of(words())), 0..3),
        prune in prop::sample::subsequence(&Kind::ALL[..], 0..=4),
        adopt in any::<bool>(),
        entries in vec((0..4_u8, addresses(), addresses(), ids()), 0..4),
        replaced in prop::sample::subsequence(&["a", "b", "default"][..], 0..=3),
        (destroy, refresh_only) in any::<(bool, bool)>(),
        replace in vec(addresses(), 0..3),
    ) {
        let mut desired = Desired { resources, ..Desired::default() };
        said(&mut desired, entries);
        let live = Live { kinds: live, facts: Facts::default() };
        let open =
            open.into_iter().map(|(address, name)| OpenIntent { address, name, sent: None }).collect();
        let state = State { owner: None, records, open };
        let options = Options {
            prune: Prune {
                kinds: prune.into_iter().collect(),
                expected_workspace_deletes: None,
            },
            adopt,
            replace_workspaces: replaced.into_iter().map(str::to_owned).collect(),
            destroy,
            refresh_only,
            rotate: replace.iter().cloned().collect(),
            rotate_assumed: adopt,
            replace: replace.into_iter().collect(),
            ..Options::default()
        };
        let plan = crate::plan(&desired, &live, &state, &Readable, &options);
        let again = crate::plan(&desired, &live, &state, &Readable, &options);
        prop_assert_eq!(plan, again);
    }
}

/// Up to eight entries, of which the last with a key stays.
fn btree_map_of<K: Ord + std::fmt::Debug, V: std::fmt::Debug>(
    entries: impl Strategy<Value = (K, V)>,
) -> impl Strategy<Value = BTreeMap<K, V>> {
    vec(entries, 0..8).prop_map(|entries| entries.into_iter().collect())
}
