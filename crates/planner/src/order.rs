//! What waits for what: drafts of steps become steps in an order that can be walked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::graph::Graph;
use model::live::Id;
use model::plan::{Blocker, BlockerCause, Call, Memory, Step, StepId};
use model::{Address, Kind};

use crate::pairing::Pairing;
use crate::scope::told_workspace;
use crate::world::{Object, World};

/// A step before it has a position.
pub(crate) struct Draft {
    pub(crate) key: Key,
    pub(crate) call: Call,
    pub(crate) memory: Memory,
    /// What it waits for. A key without a draft is nothing to wait for.
    pub(crate) after: Vec<Key>,
    /// The name that its object has from then on.
    pub(crate) takes: Option<Taking>,
    /// The object that gives up the name that it has.
    pub(crate) gives: Option<(Id, String)>,
    /// The tags on an object that is pruned.
    pub(crate) carried: Vec<String>,
    /// The source template that nothing is done about before.
    pub(crate) witness: Option<Address>,
}

/// A name that an object is to have.
pub(crate) struct Taking {
    pub(crate) name: String,
    /// The object that has the name already and is not asked: the taker itself, or what it
    /// replaces.
    pub(crate) own: Option<Id>,
}

/// Which of a resource's steps it is. The order decides between steps that nothing else orders.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Part {
    /// State is brought to where the other steps start from.
    Settle,
    /// The old object of a replace is renamed aside.
    Aside,
    /// An object is made.
    Create,
    /// It is changed in place.
    Update,
    /// A tag is put on it.
    Attach(String),
    /// A tag is taken off it.
    Detach(String),
    /// An object that it replaced is deleted.
    Leftover(Id),
    /// It is deleted.
    Delete,
}

/// A step's place before it has a position.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) address: Address,
    pub(crate) part: Part,
}

impl Key {
    pub(crate) fn new(address: &Address, part: Part) -> Key {
        Key { address: address.clone(), part }
    }
}

/// Brings `drafts` into an order in which each stands behind all that it waits for.
pub(crate) fn order<'a>(
    world: &World<'a>,
    pairing: &Pairing<'a, '_>,
    replaced: &BTreeSet<&'a Address>,
    drafts: Vec<Draft>,
) -> (Vec<Step>, Vec<Blocker>) {
    let mut graph = Graph::new(drafts.iter().map(|draft| draft.key.clone()));
    for draft in &drafts {
        for first in &draft.after {
            graph.before(first, &draft.key);
        }
    }
    let mut blockers = Vec::new();
    hand_over_names(world, pairing, replaced, &drafts, &mut graph, &mut blockers);
    empty_workspaces(replaced, &drafts, &mut graph);
    free_tags(&drafts, &mut graph);
    free_templates(&drafts, &mut graph);
    free_origins(world, &drafts, &mut graph);
    hear_witnesses(&drafts, &mut graph);
    for cycle in graph.cycles() {
        let addresses = cycle.into_iter().map(|key| key.address).collect();
        let cause = BlockerCause::RenameCycle { addresses };
        blockers.push(Blocker { address: None, path: None, cause });
    }
    let places: HashMap<Key, usize> =
        drafts.iter().enumerate().map(|(at, draft)| (draft.key.clone(), at)).collect();
    let mut drafts: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
    let mut steps = Vec::with_capacity(drafts.len());
    for (key, after) in graph.ordered() {
        let draft = places.get(key).and_then(|&at| drafts.get_mut(at)?.take());
        let Some(draft) = draft else { continue };
        let Draft { key, call, memory, after: _, takes: _, gives: _, carried: _, witness: _ } =
            draft;
        let after = after.into_iter().map(StepId).collect();
        steps.push(Step { address: key.address, call, after, memory });
    }
    (steps, blockers)
}

/// A name has one holder at a time: whoever takes one waits for whoever gives it up.
fn hand_over_names<'a>(
    world: &World<'a>,
    pairing: &Pairing<'a, '_>,
    replaced: &BTreeSet<&'a Address>,
    drafts: &[Draft],
    graph: &mut Graph<Key>,
    blockers: &mut Vec<Blocker>,
) {
    let givers: BTreeMap<(Kind, &Id), &Key> = drafts
        .iter()
        .filter_map(|draft| {
            let (id, _) = draft.gives.as_ref()?;
            Some(((draft.key.address.kind(), id), &draft.key))
        })
        .collect();
    for draft in drafts {
        let Some(taking) = &draft.takes else { continue };
        let kind = draft.key.address.kind();
        let scope = pairing.scope(world, &draft.key.address);
        // What is renamed stays where it is, which is not where it is declared to be if memory of its
        // workspace was lost.
        let own = taking.own.as_ref().filter(|_| matches!(draft.call, Call::Update { .. }));
        let own = own.and_then(|id| world.object(kind, id));
        let is_here = |holder: Object<'_>| match own {
            Some(own) => told_workspace(own) == told_workspace(holder),
            None => scope.holds(holder),
        };
        for holder in world.ours(kind, &taking.name) {
            if Some(holder.id) == taking.own.as_ref() || !is_here(holder) {
                continue;
            }
            if let Some(giver) = givers.get(&(kind, holder.id)) {
                graph.before(giver, &draft.key);
                continue;
            }
            if pairing.swallowed_with(world, kind, holder, replaced).is_some() {
                continue;
            }
            let cause = BlockerCause::NameTaken {
                name: taking.name.clone(),
                id: holder.id.clone(),
                holder: pairing.holders.get(&(kind, holder.id)).copied().cloned(),
            };
            let address = Some(draft.key.address.clone());
            blockers.push(Blocker { address, path: None, cause });
        }
    }
}

/// A workspace is made anew when state knows that what was in the old one is gone. Otherwise a run that
/// breaks off would leave connectors behind that seem to have vanished from a workspace that stands.
fn empty_workspaces(replaced: &BTreeSet<&Address>, drafts: &[Draft], graph: &mut Graph<Key>) {
    for workspace in replaced {
        let gone = Key::new(workspace, Part::Delete);
        let swallowed = drafts.iter().filter(|draft| {
            draft.call == Call::Nothing && draft.key != gone && draft.after.contains(&gone)
        });
        for draft in swallowed {
            graph.before(&draft.key, &Key::new(workspace, Part::Create));
        }
    }
}

/// What was made last is deleted first: a clone before what it was cloned from.
///
/// The origin is an address out of memory. After moves it may name another resource by now, even in
/// a circle; as the service keeps no link that could break, such an origin waits for nothing.
fn free_origins(world: &World<'_>, drafts: &[Draft], graph: &mut Graph<Key>) {
    let origin_of = |address: &Address| {
        let record = world.record(address)?;
        Address::parse(record.kept.get("clone_of")?)
    };
    for clone in drafts.iter().map(|draft| &draft.key).filter(|key| key.part == Part::Delete) {
        let Some(origin) = origin_of(&clone.address) else { continue };
        let mut passed = BTreeSet::from([clone.address.clone()]);
        let mut next = Some(origin.clone());
        while let Some(address) = next.take_if(|address| !passed.contains(address)) {
            next = origin_of(&address);
            passed.insert(address);
        }
        let leads_back = next.is_some();
        if !leads_back {
            graph.before(clone, &Key::new(&origin, Part::Delete));
        }
    }
}

/// A template or an OAuth app is deleted when the connectors that are pruned with it are gone (dossier
/// 5.5). Those
/// that stay, or get a successor, keep pointing at it.
fn free_templates(drafts: &[Draft], graph: &mut Graph<Key>) {
    let pruned = |kind: Kind| {
        drafts
            .iter()
            .map(|draft| &draft.key)
            .filter(move |key| key.address.kind() == kind && matches!(key.part, Part::Delete))
    };
    for connector in pruned(Kind::Connector) {
        for kind in [Kind::SourceTemplate, Kind::ConnectionTemplate, Kind::OAuthCredential] {
            for used in pruned(kind) {
                graph.before(connector, used);
            }
        }
    }
    free_replaced(drafts, graph);
}

/// A source template is deleted when the connectors that are replaced in this plan are gone. Where its
/// name is handed on it goes first: their successors may wait for whoever takes it.
fn free_replaced(drafts: &[Draft], graph: &mut Graph<Key>) {
    let of = |kind: Kind| drafts.iter().filter(move |draft| draft.key.address.kind() == kind);
    let taken: BTreeSet<&str> = of(Kind::SourceTemplate)
        .filter_map(|draft| Some(draft.takes.as_ref()?.name.as_str()))
        .collect();
    // One that is deleted before its successor is made cannot wait for what is made from that.
    let made: BTreeSet<&Address> = of(Kind::SourceTemplate)
        .filter(|draft| draft.key.part == Part::Create)
        .map(|draft| &draft.key.address)
        .collect();
    let templates = of(Kind::SourceTemplate).filter(|draft| {
        let is_wanted = draft.gives.as_ref().is_some_and(|(_, name)| taken.contains(name.as_str()));
        draft.key.part == Part::Delete && !is_wanted && !made.contains(&draft.key.address)
    });
    for template in templates {
        for connector in of(Kind::Connector) {
            if matches!(connector.key.part, Part::Leftover(_)) {
                graph.before(&connector.key, &template.key);
            }
        }
    }
}

/// What only a source template can tell is remembered before anything becomes of that. A run that broke
/// off between the two would leave what nobody could say whose it is.
fn hear_witnesses(drafts: &[Draft], graph: &mut Graph<Key>) {
    let mut hearings: BTreeMap<&Address, Vec<&Key>> = BTreeMap::new();
    for draft in drafts {
        if let Some(witness) = &draft.witness {
            hearings.entry(witness).or_default().push(&draft.key);
        }
    }
    // Memory waits for nothing, so no circle can come of it.
    let calls = drafts.iter().filter(|draft| draft.key.part != Part::Settle);
    for draft in calls {
        for hearing in hearings.get(&draft.key.address).into_iter().flatten() {
            graph.before(hearing, &draft.key);
        }
    }
}

/// A tag is deleted when nothing is to be untagged any more, which would fail after it, and when
/// what is pruned with it is gone. What is only replaced does not wait: its successor may carry
/// a tag of the same name.
fn free_tags(drafts: &[Draft], graph: &mut Graph<Key>) {
    let deleted: BTreeMap<&str, &Key> = drafts
        .iter()
        .filter(|draft| draft.key.address.kind() == Kind::Tag)
        .filter(|draft| matches!(draft.call, Call::Delete { .. }))
        .filter_map(|draft| Some((draft.gives.as_ref()?.1.as_str(), &draft.key)))
        .collect();
    for draft in drafts {
        let detached = match &draft.call {
            Call::Detach { tag, .. } => Some(tag),
            Call::Nothing
            | Call::Create { .. }
            | Call::Update { .. }
            | Call::Delete { .. }
            | Call::Attach { .. } => None,
        };
        for tag in draft.carried.iter().chain(detached) {
            if let Some(delete) = deleted.get(tag.as_str()) {
                graph.before(&draft.key, delete);
            }
        }
    }
}
