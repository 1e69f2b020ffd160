//! Fingerprints made anew: under another key, or for another address.
//!
//! A fingerprint cannot be read, so each is tried against what it may be of, and made anew where
//! it is found to be that. What fits nothing is left as it is: it fits nothing afterwards either,
//! and so is as different from what is declared as it was.

use std::collections::{BTreeMap, BTreeSet};

use model::desired::Desired;
use model::live::Live;
use model::secret::{Fingerprint, Fingerprints};
use model::state::{Record, Seen, State, StateChange};
use model::{Address, Path, SmallMap, Value};

use crate::declared::Lexicon;
use crate::world::World;
use crate::{Options, owner, pairing};

/// Under what the fingerprints of other resources are remembered (see [`World::triggers`]).
const TRIGGERS: &str = "replace_triggered_by";

/// What is remembered, with fingerprints made anew.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rekeyed {
    /// The records that are different.
    pub changes: Vec<StateChange>,
    /// The leaves whose value nothing tells, of those that only a fingerprint can: what is declared
    /// has changed since it was sent, or is declared no longer.
    pub unmade: BTreeMap<Address, BTreeSet<Path>>,
}

/// Makes every fingerprint of `state` anew that holds under `old`, so that it holds under `new`.
///
/// `live` is a refresh of at least [`Scope::of`](model::live::Scope::of) the other two. All secrets
/// should be at hand: what is remembered of one that is not is left as it is.
pub fn rekeyed(
    desired: &Desired,
    live: &Live,
    state: &State,
    old: &dyn Fingerprints,
    new: &dyn Fingerprints,
) -> Rekeyed {
    let options = Options::default();
    let marked = owner::marked(desired, live, state, &options);
    let world = World::new(desired, live, state, old, &options, &marked);
    let renewed = World::new(desired, live, state, new, &options, &marked);
    let pairing = pairing::pair(&world);
    let lexicon = Lexicon::new(&world, &pairing);
    let mut rekeyed = Rekeyed::default();
    for (address, record) in &state.records {
        // What is about to be moved is declared where it goes.
        let at = match desired.moved.get(address) {
            Some(target) if !desired.resources.contains_key(address) => &target.to,
            _ => address,
        };
        let mut declared = SmallMap::new();
        let mut shown = SmallMap::new();
        if let Some(resource) = desired.resources.get(at) {
            let object = pairing.remembered(&world, address);
            for declaration in lexicon.declared(&world, at, resource).attributes {
                let leaves =
                    object.and_then(|o| lexicon.live_leaves(declaration.attribute, o.live));
                shown.extend(leaves.unwrap_or_default());
                declared.extend(declaration.leaves);
            }
        }
        let mut made = record.clone();
        let unmade = remake(
            &mut made,
            |path, value| old.of(address, path, value),
            |path, value| new.of(address, path, value),
            &declared,
            &shown,
        );
        // What a replacement hangs on is the fingerprint of another resource.
        let (before, after) = (world.triggers(at), renewed.triggers(at));
        for (path, leaf) in &mut made.leaves {
            let (Some(before), Some(after)) = (before.get(path), after.get(path)) else {
                continue;
            };
            if leaf.sent == before.sent {
                leaf.sent = after.sent.clone();
            } else if let (Some(also), Some(after)) = (&before.also, &after.also)
                && leaf.sent == *also
            {
                leaf.sent = after.clone();
            }
        }
        if !unmade.is_empty() {
            rekeyed.unmade.insert(address.clone(), unmade);
        }
        if made != *record {
            let address = address.clone();
            rekeyed.changes.push(StateChange::Put { address, record: made });
        }
    }
    rekeyed
}

/// `record` of `from` as it would be if it had been written under `to`, as far as what is declared
/// under one of the two tells: nothing is asked of the service. With the leaves that it does not tell.
pub fn readdressed(
    desired: &Desired,
    record: &Record,
    (from, to): (&Address, &Address),
    fingerprints: &dyn Fingerprints,
) -> (Record, BTreeSet<Path>) {
    let resource = desired.resources.get(to).or_else(|| desired.resources.get(from));
    let mut declared = SmallMap::new();
    for (name, value) in resource.into_iter().flat_map(|resource| &resource.attributes) {
        let leaves = value.leaves(&Path::attribute(name));
        declared.extend(leaves.into_iter().map(|(path, leaf)| (path, leaf.clone())));
    }
    // What is kept is kept in the form in which it is compared.
    for (name, kept) in &record.kept {
        declared.insert(Path::attribute(name), Value::text(kept));
    }
    let mut made = record.clone();
    let unmade = remake(
        &mut made,
        |path, value| fingerprints.of(from, path, value),
        |path, value| fingerprints.of(to, path, value),
        &declared,
        &SmallMap::new(),
    );
    (made, unmade)
}

/// Makes the fingerprints of `record` anew that are of what is declared, of what is shown, or of
/// nothing. Gives the leaves that only a fingerprint tells, and that are none of these.
fn remake(
    record: &mut Record,
    old: impl Fn(&Path, &Value) -> Fingerprint,
    new: impl Fn(&Path, &Value) -> Fingerprint,
    declared: &SmallMap<Path, Value>,
    shown: &SmallMap<Path, Value>,
) -> BTreeSet<Path> {
    let mut unmade = BTreeSet::new();
    for (path, leaf) in &mut record.leaves {
        // That is the fingerprint of another resource, which stays what it is.
        if path.root() == TRIGGERS {
            continue;
        }
        let candidates = [declared.get(path), shown.get(path), Some(&Value::Null)];
        let remade = |print: &Fingerprint| {
            let mut candidates = candidates.into_iter().flatten();
            let value = candidates.find(|value| old(path, value) == *print)?;
            Some(new(path, value))
        };
        match remade(&leaf.sent) {
            Some(print) => leaf.sent = print,
            None if leaf.seen == Seen::Hidden => {
                unmade.insert(path.clone());
            }
            None => {}
        }
        if let Seen::Other(print) = &mut leaf.seen
            && let Some(other) = remade(print)
        {
            *print = other;
        }
    }
    unmade
}
