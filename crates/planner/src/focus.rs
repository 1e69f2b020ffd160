//! Which resources a plan is not about, though they are declared or remembered.

use std::collections::{BTreeMap, BTreeSet};

use model::desired::{Desired, Resource};
use model::{Address, Kind};

use crate::Options;
use crate::owner;
use crate::world::World;

/// Everything that the user leaves for another time. What is asked for comes with what it refers
/// to, which has to stand before it; what is left out takes along what refers to it.
pub(crate) fn left_out(world: &World<'_>) -> BTreeSet<Address> {
    let Options { only, except, .. } = world.options;
    let references = references(world.desired);
    let mut left_out = BTreeSet::new();
    if !only.is_empty() {
        let wanted = closure(only, &references);
        let known = world.desired.resources.keys().chain(world.state.records.keys());
        left_out.extend(known.chain(world.all_begun()).filter(|at| !wanted.contains(at)).cloned());
    }
    left_out.extend(closure(except, &reversed(&references)).into_iter().cloned());
    left_out
}

type Edges<'a> = BTreeMap<&'a Address, BTreeSet<&'a Address>>;

fn references<'d>(desired: &'d Desired) -> Edges<'d> {
    let tag = desired.ownership_tag.as_ref().map(|name| Address::new(Kind::Tag, name));
    let tag = tag.and_then(|tag| desired.resources.get_key_value(&tag));
    let of = |(address, resource): (&Address, &'d Resource)| {
        let mut found = resource.references();
        let is_marked = owner::MARKED.contains(&address.kind()) && !resource.external;
        found.extend(tag.filter(|_| is_marked).map(|(tag, _)| tag));
        found
    };
    desired.resources.iter().map(|entry| (entry.0, of(entry))).collect()
}

fn reversed<'a>(edges: &Edges<'a>) -> Edges<'a> {
    let mut reversed: Edges<'_> = BTreeMap::new();
    for (from, targets) in edges {
        for to in targets {
            reversed.entry(to).or_default().insert(from);
        }
    }
    reversed
}

/// `from`, and all that edges lead to.
fn closure<'a>(from: &'a BTreeSet<Address>, edges: &Edges<'a>) -> BTreeSet<&'a Address> {
    let mut found: BTreeSet<&Address> = BTreeSet::new();
    let mut next: Vec<&Address> = from.iter().collect();
    while let Some(address) = next.pop() {
        if found.insert(address) {
            next.extend(edges.get(address).into_iter().flatten());
        }
    }
    found
}
