//! A walk that carries plans out, and fills in what the service shows as the `apply` crate does:
//!
//! - a leaf that was sent is remembered as shown: the same, hidden, or as another value;
//! - a leaf that is remembered and was not sent is the same or hidden, never another value;
//! - a leaf that a sent tree shows and that was not sent is remembered as a removal that was not
//!   taken.

use std::collections::BTreeSet;

use model::live::{Id, LiveObject};
use model::plan::{Call, Memory, Plan, Step, StepId, Target};
use model::secret::{Fingerprint, Fingerprints};
use model::state::{OpenIntent, Origin, Record, Remembered, Seen, Sent, StateChange};
use model::{Address, Kind, Path, SmallMap, Value, kind::Shape};

use super::{Attributes, Readable, Scene};

/// Carries out the whole plan.
pub(super) fn carry_out(plan: &Plan, scene: &mut Scene) {
    run(plan, scene, 0, usize::MAX, false);
}

/// Carries out `count` steps in one of the orders that the plan allows, which `seed` chooses. The
/// answer of the last one is lost where `crashes` says so.
pub(super) fn run(plan: &Plan, scene: &mut Scene, seed: usize, count: usize, crashes: bool) {
    let mut done = BTreeSet::new();
    let mut seed = seed;
    for _ in 0..count.min(plan.steps.len()) {
        let waiting = plan.steps.iter().enumerate().filter(|(at, _)| !done.contains(&StepId(*at)));
        let ready: Vec<_> = waiting.filter(|(_, step)| step.after.is_subset(&done)).collect();
        let (at, step) = ready[seed % ready.len()];
        seed = seed.rotate_right(5);
        done.insert(StepId(at));
        begin(step, scene);
        let answer = call(step, scene);
        match crashes && done.len() == count {
            false => record(step, scene, &answer),
            true => doubt(step, scene),
        }
    }
}

fn begin(step: &Step, scene: &mut Scene) {
    let address = step.address.clone();
    if let (Call::Create { attributes }, Memory::Created { name, kept, leaves, .. }) =
        (&step.call, &step.memory)
    {
        let key = address.kind().schema().natural_key;
        let name = attributes.contains_key(key).then(|| name.clone());
        let (kept, leaves) = (kept.clone(), leaves.clone());
        let sent = Some(Sent { kept, leaves, dropped: BTreeSet::new() });
        scene.state.open.push(OpenIntent { address, name, sent });
    }
}

/// Nobody knows whether what was sent has arrived.
fn doubt(step: &Step, scene: &mut Scene) {
    if let (Call::Update { .. }, Memory::Updated { leaves, dropped, .. }) =
        (&step.call, &step.memory)
        && let Some(record) = scene.state.records.get_mut(&step.address)
    {
        let (leaves, dropped) = (leaves.clone(), dropped.clone());
        record.doubt(&Sent { kept: SmallMap::new(), leaves, dropped });
    }
}

/// Sends a call, and answers the id of what it was about.
fn call(step: &Step, scene: &mut Scene) -> Option<Id> {
    let kind = step.address.kind();
    let key = kind.schema().natural_key;
    let Scene { service, state } = scene;
    let target = |target: &Target| match target {
        Target::Id(id) => id.clone(),
        Target::Own => state.records[&step.address].id.clone(),
    };
    match &step.call {
        Call::Nothing => None,
        Call::Create { attributes } => {
            let by_id = |value: &Value| match value {
                Value::Reference(address) => Value::text(&state.records[address].id.0),
                other => other.clone(),
            };
            let attributes: Attributes =
                attributes.iter().map(|(name, value)| (name.clone(), by_id(value))).collect();
            // What is written over may stand.
            let name = attributes.get(key).filter(|_| !kind.schema().write_only);
            if let Some(name) = name.and_then(Value::as_text) {
                let place = attributes.get("workspace");
                assert_eq!(service.count(kind, name, place), 0, "{name} stands already");
            }
            Some(service.create(kind, attributes))
        }
        Call::Update { target: at, name, attributes } => {
            let id = target(at);
            if kind.schema().write_only && !service.things[&kind].contains_key(&id) {
                let mut attributes = attributes.clone();
                attributes.insert(key.to_owned(), Value::text(name));
                service.restore(kind, &id, attributes);
                return Some(id);
            }
            let object = service.shown(kind, &id);
            assert_eq!(object.name, *name, "it is called otherwise");
            if let Some(new) = attributes.get(key).and_then(Value::as_text)
                && new != name
            {
                let place = object.attributes.get("workspace");
                assert_eq!(service.count(kind, new, place), 0, "{new} stands already");
            }
            service.update(kind, &id, attributes.clone());
            Some(id)
        }
        Call::Delete { id, name } => {
            // What cannot be seen may be gone.
            if !kind.schema().write_only || service.things[&kind].contains_key(id) {
                assert_eq!(service.shown(kind, id).name, *name, "it is called otherwise");
            }
            service.delete(kind, id);
            None
        }
        Call::Attach { target: at, tag } => {
            let id = target(at);
            service.tag(kind, &id, tag, true);
            Some(id)
        }
        Call::Detach { target: at, tag } => {
            let id = target(at);
            service.tag(kind, &id, tag, false);
            Some(id)
        }
    }
}

fn record(step: &Step, scene: &mut Scene, answer: &Option<Id>) {
    let address = step.address.clone();
    let answer = answer.as_ref().map(|id| (id, scene.service.shown(address.kind(), id)));
    let old = scene.state.records.get(&address).cloned();
    let put = |record| StateChange::Put { address: address.clone(), record };
    let change = match (&step.memory, old, answer) {
        (
            Memory::Created { name, kept, leaves, prevent_destroy, replaces },
            old,
            Some((id, object)),
        ) => {
            let mut deposed = old.map_or_else(Vec::new, |record| record.deposed);
            deposed.extend(replaces.clone());
            let mut record = Record {
                id: id.clone(),
                name: name.clone(),
                kept: kept.clone(),
                leaves: SmallMap::new(),
                prevent_destroy: *prevent_destroy,
                deposed,
            };
            learn(&mut record, &address, &step.call, leaves, &object);
            put(record)
        }
        (Memory::Updated { name, leaves, dropped, kept }, Some(mut record), Some((_, object))) => {
            record.kept.extend(kept.clone());
            record.name = name.clone().unwrap_or(record.name);
            record.leaves.retain(|path, _| !dropped.contains(path));
            learn(&mut record, &address, &step.call, leaves, &object);
            put(record)
        }
        (Memory::Put { record, moved_from }, _, _) => {
            if let Some(address) = moved_from.clone() {
                scene.state.change(StateChange::Remove { address });
            }
            put(record.clone())
        }
        (Memory::DeposedGone { id }, Some(mut record), _) => {
            record.deposed.retain(|deposed| deposed.id != *id);
            put(record)
        }
        (Memory::Removed, _, _) => StateChange::Remove { address: address.clone() },
        (memory, old, _) => panic!("{address}: {memory:?} does not fit {old:?}"),
    };
    scene.state.change(change);
}

fn learn(
    record: &mut Record,
    address: &Address,
    call: &Call,
    leaves: &SmallMap<Path, Fingerprint>,
    object: &LiveObject,
) {
    let none = Attributes::new();
    let sent = match call {
        Call::Create { attributes } | Call::Update { attributes, .. } => attributes,
        Call::Nothing | Call::Delete { .. } | Call::Attach { .. } | Call::Detach { .. } => &none,
    };
    let shown = shown_leaves(address.kind(), object);
    let print = |path: &Path, value: &Value| Readable.of(address, path, value);
    for (path, fingerprint) in leaves {
        let seen = match shown.get(path) {
            Some(leaf) if is_mask(address.kind(), path, leaf) => Seen::Hidden,
            Some(leaf) if print(path, leaf) == *fingerprint => Seen::Same,
            Some(leaf) if sent.contains_key(path.root()) => Seen::Other(print(path, leaf)),
            Some(_) => Seen::Hidden,
            None if *fingerprint == print(path, &Value::Null) => Seen::Same,
            None => Seen::Hidden,
        };
        let remembered = Remembered { sent: fingerprint.clone(), origin: Origin::Written, seen };
        record.leaves.insert(path.clone(), remembered);
    }
    for (path, leaf) in &shown {
        let attribute = address.kind().schema().attribute(path.root()).unwrap();
        let is_new = attribute.shape == Shape::Tree && sent.contains_key(attribute.name);
        if is_new && !leaves.contains_key(path) {
            let seen = match is_mask(address.kind(), path, leaf) {
                true => Seen::Hidden,
                false => Seen::Other(print(path, leaf)),
            };
            let sent = print(path, &Value::Null);
            let remembered = Remembered { sent, origin: Origin::Written, seen };
            record.leaves.insert(path.clone(), remembered);
        }
    }
}

fn is_mask(kind: Kind, path: &Path, leaf: &Value) -> bool {
    kind.schema().attribute(path.root()).unwrap().shape == Shape::Tree && leaf.is_opaque()
}

fn shown_leaves(kind: Kind, object: &LiveObject) -> SmallMap<Path, Value> {
    let mut shown = SmallMap::new();
    for attribute in kind.schema().attributes {
        let root = Path::attribute(attribute.name);
        let Some(value) = object.attributes.get(attribute.name) else { continue };
        let value = (attribute.canonical)(value.clone());
        match (attribute.shape, &value) {
            (Shape::Set, Value::List(tags)) => shown
                .extend(tags.iter().map(|tag| (root.member(tag.as_text().unwrap()), tag.clone()))),
            (Shape::Tree, _) => shown
                .extend(value.leaves(&root).into_iter().map(|(path, leaf)| (path, leaf.clone()))),
            _ => {
                shown.insert(root, value);
            }
        }
    }
    shown
}
