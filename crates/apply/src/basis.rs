//! What a kept plan hangs on: written down when it is made, and compared before it is carried out.
//!
//! Planning anew and comparing the plans is ruled out: the walk cannot see the planner, and a plan
//! that comes out the same over another world is not what somebody has looked at.

use std::collections::{BTreeMap, BTreeSet};

use model::basis::{Basis, FileMoved, LiveBasis, Moved, ObjectBasis, ObjectMoved};
use model::desired::Desired;
use model::live::{Id, Live, LiveObject, Scope, Wanted};
use model::plan::{Action, Call, Memory, Plan, Step, Target};
use model::secret::{Fingerprint, Fingerprints, SecretPart, SecretRef, SecretSource};
use model::{Address, Kind, Path, SmallMap, Value};

/// What each resource is declared to be, with its variables and secrets filled in.
pub fn declared(
    desired: &Desired,
    fingerprints: &dyn Fingerprints,
) -> BTreeMap<Address, Fingerprint> {
    let print = |address: &Address, attributes: &SmallMap<String, Value>| {
        fingerprints.of(address, &Path::default(), &Value::Map(attributes.clone()))
    };
    let resources = desired.resources.iter();
    resources
        .map(|(address, resource)| (address.clone(), print(address, &resource.attributes)))
        .collect()
}

/// The text of each secret that is declared.
pub fn secrets(
    desired: &Desired,
    fingerprints: &dyn Fingerprints,
) -> BTreeMap<SecretSource, Fingerprint> {
    let mut prints = BTreeMap::new();
    for (address, resource) in &desired.resources {
        for (attribute, value) in &resource.attributes {
            for (path, leaf) in value.leaves(&Path::attribute(attribute)) {
                let Value::Secret(secret) = leaf else { continue };
                for source in secret.sources() {
                    // At the first place that it stands at: the same one each time.
                    prints.entry(source.clone()).or_insert_with(|| {
                        let parts = vec![SecretPart::Lookup(source.clone())];
                        fingerprints.of(address, &path, &Value::Secret(SecretRef { parts }))
                    });
                }
            }
        }
    }
    prints
}

/// The objects that `plan` hangs on, as they are in `live`, which was read for `scope`.
pub fn live(
    plan: &Plan,
    desired: &Desired,
    scope: &Scope,
    live: &Live,
    fingerprints: &dyn Fingerprints,
) -> LiveBasis {
    let mut basis = LiveBasis::default();
    for ((kind, id), address) in touched(plan, desired) {
        let object = object(live, kind, &id);
        let wanted = basis.scope.kinds.entry(kind).or_default();
        let full = scope.kinds.get(&kind);
        wanted.foreign |= full.is_some_and(|full| full.foreign);
        // Read as closely as then, as otherwise less would be told of it.
        let by_name = |full: &Wanted| object.is_some_and(|o| full.detailed_names.contains(&o.name));
        if full.is_some_and(|full| full.detailed_ids.contains(&id) || by_name(full)) {
            wanted.detailed_ids.insert(id.clone());
        }
        // What the service never shows is only known to stand by what state calls it.
        if let Some(name) = full.and_then(|full| full.remembered.get(&id)) {
            wanted.remembered.insert(id.clone(), name.clone());
        }
        wanted.ids.insert(id.clone());
        let seen = object.map(|object| seen(&address, object, fingerprints));
        basis.objects.insert((kind, id), ObjectBasis { address, seen });
    }
    for (kind, name) in plan.steps.iter().filter_map(taken_name) {
        basis.scope.kinds.entry(kind).or_default().names.insert(name.to_owned());
        basis.holders.insert((kind, name.to_owned()), holders(live, kind, name));
    }
    basis
}

/// The same objects and names as in `planned`, as they are in `live`, which was read for its scope.
pub fn again(planned: &LiveBasis, live: &Live, fingerprints: &dyn Fingerprints) -> LiveBasis {
    let LiveBasis { scope, objects, holders: names } = planned;
    let objects = objects.iter().map(|((kind, id), ObjectBasis { address, seen: _ })| {
        let found = object(live, *kind, id);
        let seen = found.map(|object| seen(address, object, fingerprints));
        ((*kind, id.clone()), ObjectBasis { address: address.clone(), seen })
    });
    let names =
        names.keys().map(|(kind, name)| ((*kind, name.clone()), holders(live, *kind, name)));
    LiveBasis { scope: scope.clone(), objects: objects.collect(), holders: names.collect() }
}

/// What of the manifest, the state and the organization asked is not as it was.
pub fn moved(planned: &Basis, found: &Basis) -> Vec<Moved> {
    let Basis { owner, files, declared, secrets, state, live: _ } = planned;
    let mut moved = Vec::new();
    if *owner != found.owner {
        moved.push(Moved::Organization { planned: owner.clone(), found: found.owner.clone() });
    }
    for name in files.keys().chain(found.files.keys()).collect::<BTreeSet<_>>() {
        let how = match (files.get(name), found.files.get(name)) {
            (Some(before), Some(after)) if before == after => continue,
            (Some(_), Some(_)) => FileMoved::Changed,
            (None, _) => FileMoved::New,
            (Some(_), None) => FileMoved::Gone,
        };
        moved.push(Moved::File { name: name.clone(), how });
    }
    let state_moved = match (state, &found.state) {
        (None, None) => None,
        (None, Some(_)) => Some(Moved::StateBegun),
        (Some(_), None) => Some(Moved::StateGone),
        (Some(planned), Some(found)) if planned.lineage != found.lineage => {
            Some(Moved::Lineage { planned: planned.lineage.clone(), found: found.lineage.clone() })
        }
        (Some(planned), Some(found)) if planned.serial != found.serial => {
            Some(Moved::Serial { planned: planned.serial, found: found.serial })
        }
        (Some(_), Some(_)) => None,
    };
    // Digests of two states are made under two keys, and tell nothing of one another.
    if matches!(state_moved, None | Some(Moved::Serial { .. })) {
        let differing = secrets.keys().filter(|at| secrets.get(*at) != found.secrets.get(*at));
        moved.extend(differing.map(|source| Moved::Secret { source: source.clone() }));
        // Otherwise what is behind a declaration that moved has been named.
        if moved.is_empty() {
            let addresses: BTreeSet<_> = declared.keys().chain(found.declared.keys()).collect();
            let differs = |at: &&Address| declared.get(*at) != found.declared.get(*at);
            let differing = addresses.into_iter().filter(differs);
            moved.extend(differing.map(|at| Moved::Declaration { address: at.clone() }));
        }
    }
    moved.extend(state_moved);
    moved
}

/// What of the organization is not as it was.
pub fn live_moved(planned: &LiveBasis, found: &LiveBasis) -> Vec<Moved> {
    let mut moved = Vec::new();
    for (key, ObjectBasis { address, seen }) in &planned.objects {
        let now = found.objects.get(key).and_then(|object| object.seen.as_ref());
        let how = match (seen, now) {
            (before, now) if before.as_ref() == now => continue,
            (None, _) => ObjectMoved::Back,
            (Some(_), None) => ObjectMoved::Gone,
            (Some(_), Some(_)) => ObjectMoved::Changed,
        };
        let (address, id) = (address.clone(), key.1.clone());
        moved.push(Moved::Object { address, id, how });
    }
    for ((kind, name), ids) in &found.holders {
        let before = planned.holders.get(&(*kind, name.clone()));
        let new = ids.iter().filter(|id| !before.is_some_and(|before| before.contains(*id)));
        moved.extend(new.map(|id| Moved::NameTaken {
            kind: *kind,
            name: name.clone(),
            id: id.clone(),
        }));
    }
    moved
}

/// The objects that `plan` writes to, looks for or points to, each with a resource that it is for.
fn touched(plan: &Plan, desired: &Desired) -> BTreeMap<(Kind, Id), Address> {
    let mut touched = BTreeMap::new();
    let mut touch = |address: &Address, id: &Id| {
        touched.entry((address.kind(), id.clone())).or_insert_with(|| address.clone());
    };
    for (address, change) in &plan.changes {
        if change.action == Action::NoOp {
            continue;
        }
        if let Some(id) = &change.id {
            touch(address, id);
        }
        let resource = desired.resources.get(address);
        for reference in resource.iter().flat_map(|resource| resource.references()) {
            if let Some(id) = plan.changes.get(reference).and_then(|change| change.id.as_ref()) {
                touch(reference, id);
            }
        }
    }
    for Step { address, call, after: _, memory } in &plan.steps {
        match call {
            Call::Update { target: Target::Id(id), .. }
            | Call::Attach { target: Target::Id(id), .. }
            | Call::Detach { target: Target::Id(id), .. }
            | Call::Delete { id, .. } => touch(address, id),
            Call::Update { target: Target::Own, .. }
            | Call::Attach { target: Target::Own, .. }
            | Call::Detach { target: Target::Own, .. }
            | Call::Create { .. }
            | Call::Nothing => {}
        }
        match memory {
            Memory::Created { replaces: Some(deposed), .. } => touch(address, &deposed.id),
            Memory::Put { record, moved_from: _ } => touch(address, &record.id),
            Memory::DeposedGone { id } => touch(address, id),
            Memory::Created { replaces: None, .. }
            | Memory::Updated { .. }
            | Memory::Unchanged
            | Memory::Removed => {}
        }
    }
    touched
}

/// The name that a step gives to its object.
fn taken_name(step: &Step) -> Option<(Kind, &str)> {
    let kind = step.address.kind();
    match &step.call {
        Call::Create { attributes } | Call::Update { attributes, .. } => {
            Some((kind, attributes.get(kind.schema().natural_key)?.as_text()?))
        }
        Call::Nothing | Call::Delete { .. } | Call::Attach { .. } | Call::Detach { .. } => None,
    }
}

fn object<'a>(live: &'a Live, kind: Kind, id: &Id) -> Option<&'a LiveObject> {
    live.kinds.get(&kind)?.objects.get(id)
}

fn holders(live: &Live, kind: Kind, name: &str) -> BTreeSet<Id> {
    let objects = live.kinds.get(&kind).into_iter().flat_map(|kind| &kind.objects);
    let held = objects.filter(|(_, object)| object.ours && object.name == name);
    held.map(|(id, _)| id.clone()).collect()
}

/// A digest of all that the service tells of an object. The moment of its last write is left out:
/// the service moves it for reasons of its own, and what nobody could see was not looked at either.
fn seen(address: &Address, object: &LiveObject, fingerprints: &dyn Fingerprints) -> Fingerprint {
    let LiveObject { name, ours, attributes, updated_at: _ } = object;
    let told =
        Value::List(vec![Value::text(name), Value::Bool(*ours), Value::Map(attributes.clone())]);
    fingerprints.of(address, &Path::default(), &told)
}
