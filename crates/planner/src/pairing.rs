//! Which live object is which resource: by id first, then by natural key.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::desired::{ImportBy, Resource};
use model::live::Id;
use model::state::Record;
use model::{Address, Kind};

use crate::owner::other_owner;
use crate::scope::Scope;
use crate::world::{Object, World};

/// Who is who.
pub(crate) struct Pairing<'a, 'w> {
    /// Every address that is declared, remembered or begun, and whose kind was read. An address
    /// that another one takes its object from has no case of its own.
    pub(crate) cases: BTreeMap<&'a Address, Case<'a, 'w>>,
    /// Every live object that belongs to an address: paired, remembered or deposed.
    pub(crate) holders: HashMap<(Kind, &'a Id), &'a Address>,
    /// Where moved resources are now, by the address that they are moved from.
    pub(crate) moves: BTreeMap<&'a Address, &'a Address>,
    /// How many objects carry our ownership tag and are nobody's, and are left so.
    pub(crate) orphans: BTreeMap<Kind, usize>,
    /// Which resource the manifest says a live object is.
    claims: BTreeMap<(Kind, &'a Id), &'a Address>,
}

/// What is known of one address.
pub(crate) enum Case<'a, 'w> {
    /// It is declared to be somebody else's.
    External {
        /// Everything that stands under its name, ours or not.
        found: &'w [Object<'a>],
        /// A record from when it was ours.
        record: Option<&'a Record>,
    },
    /// It is declared.
    Declared {
        /// The declaration.
        resource: &'a Resource,
        /// Its record.
        record: Option<&'a Record>,
        /// What stands for it.
        standing: Standing<'a>,
    },
    /// It is remembered and not declared.
    Undeclared {
        /// Its record.
        record: &'a Record,
    },
    /// A create of it was begun; it is neither declared nor remembered.
    Abandoned,
    /// Nobody's object that carries our ownership tag, and is to go.
    Orphan {
        /// The object.
        object: Object<'a>,
    },
}

/// What stands for a declared resource.
pub(crate) struct Standing<'a> {
    /// How it was recognized.
    pub(crate) how: How<'a>,
    /// The object; `None` where nothing stands or nothing tells which one it is.
    pub(crate) object: Option<Object<'a>>,
}

/// How an object was recognized.
pub(crate) enum How<'a> {
    /// It was not: nothing stands.
    Nothing,
    /// By the id in the address's own record.
    Id {
        /// The only object that stands under the declared name and belongs to nobody, while a
        /// create of this address was begun: what a crash in the middle of a replace leaves.
        replacement: Option<Object<'a>>,
    },
    /// By the id in the record of an address that is no longer declared: the manifest says that it
    /// was moved, or its name does.
    Moved {
        /// That address.
        from: &'a Address,
        /// Its record.
        record: &'a Record,
    },
    /// By its name.
    Name,
    /// The manifest says that it is this one.
    Imported,
    /// It was not: the manifest says which one it is, and that one does not stand.
    ImportMissing(&'a ImportBy),
    /// It was not: the manifest says which one it is, and that one is another resource's.
    ImportTaken {
        /// The object.
        id: &'a Id,
        /// The other resource.
        holder: &'a Address,
    },
    /// It was not: the manifest says that it was moved, and more than one object is remembered.
    MoveTaken {
        /// The address that it was moved from.
        from: &'a Address,
        /// Another object that it could be.
        id: &'a Id,
    },
    /// By its name, and a create of this address was begun.
    AnswerLost,
    /// It was not: several objects could be it.
    Ambiguous(BTreeSet<&'a Id>),
}

/// Pairs everything that is declared or remembered with what stands.
pub(crate) fn pair<'a, 'w>(world: &'w World<'a>) -> Pairing<'a, 'w> {
    let mut pairing = Pairing {
        cases: BTreeMap::new(),
        holders: hold(world),
        moves: BTreeMap::new(),
        orphans: BTreeMap::new(),
        claims: claim(world),
    };
    for (address, resource) in &world.desired.resources {
        if !world.is_known(address.kind()) {
            continue;
        }
        let record = world.record(address);
        let case = if resource.external {
            let name = world.natural_name(address);
            let found = name.map_or(&[][..], |name| world.called(address.kind(), name));
            // What is declared as somebody else's is not ours to delete, whatever is remembered.
            for object in found.iter().filter(|object| object.live.ours) {
                let holder = pairing.holders.entry((address.kind(), object.id)).or_insert(address);
                let stands_for = world.record(holder).map(|record| &record.id);
                let is_declared = world.resource(holder).is_some();
                if !is_declared || stands_for != Some(object.id) {
                    *holder = address;
                }
            }
            Case::External { found, record }
        } else {
            let standing = pairing.stand(world, address, record);
            if let Some(object) = standing.object {
                pairing.holders.insert((address.kind(), object.id), address);
            }
            if let How::Moved { from, record } = standing.how {
                pairing.moves.insert(from, address);
                for old in &record.deposed {
                    let holder = pairing.holders.get_mut(&(address.kind(), &old.id));
                    if let Some(holder) = holder.filter(|holder| **holder == from) {
                        *holder = address;
                    }
                }
            }
            Case::Declared { resource, record, standing }
        };
        pairing.cases.insert(address, case);
    }
    for (address, record) in &world.state.records {
        let moved = pairing.moves.contains_key(address);
        if world.is_known(address.kind()) && !moved {
            pairing.cases.entry(address).or_insert(Case::Undeclared { record });
        }
    }
    for address in world.all_begun() {
        let moved = pairing.moves.contains_key(address);
        if world.is_known(address.kind()) && !moved {
            pairing.cases.entry(address).or_insert(Case::Abandoned);
        }
    }
    pairing.find_orphans(world);
    pairing
}

/// Which address holds which live object. An id has one holder: what is declared goes first, and
/// an id that stands in two records belongs to the first of them.
fn hold<'a>(world: &World<'a>) -> HashMap<(Kind, &'a Id), &'a Address> {
    let mut holders = HashMap::with_capacity(world.state.records.len());
    let records = |is_declared| {
        let records = world.state.records.iter();
        records.filter(move |(address, _)| world.resource(address).is_some() == is_declared)
    };
    for (address, record) in records(true).chain(records(false)) {
        let deposed = record.deposed.iter().map(|deposed| &deposed.id);
        for id in std::iter::once(&record.id).chain(deposed) {
            if world.object(address.kind(), id).is_some() {
                holders.entry((address.kind(), id)).or_insert(address);
            }
        }
    }
    holders
}

/// Which objects the manifest says are which resource, where it could mean only one. What the name
/// of a connector means is not known before its workspace is paired; nobody elsewhere looks for it.
fn claim<'a>(world: &World<'a>) -> BTreeMap<(Kind, &'a Id), &'a Address> {
    let mut claims = BTreeMap::new();
    for address in world.desired.imports.keys() {
        if let Some((by, found)) = world.imported(address)
            && let [only] = found.as_slice()
            && !(address.kind() == Kind::Connector && matches!(by, ImportBy::Name(_)))
        {
            claims.entry((address.kind(), only.id)).or_insert(address);
        }
    }
    claims
}

impl<'a> Pairing<'a, '_> {
    fn stand(
        &self,
        world: &World<'a>,
        address: &'a Address,
        record: Option<&'a Record>,
    ) -> Standing<'a> {
        let kind = address.kind();
        if let Some(standing) = self.moved(world, address, record) {
            return standing;
        }
        let scope = self.scope(world, address);
        if let Some((by, mut found)) = world.imported(address) {
            if let ImportBy::Name(_) = by {
                found.retain(|object| scope.holds(*object));
            }
            return self.import(world, address, by, &found);
        }
        let namesakes = || world.namesakes(address, &scope);
        let begun = world.begun(address);
        // Most are what they were, and nobody need look who is called alike.
        if let Some(record) = record
            && self.holders.get(&(kind, &record.id)) == Some(&address)
        {
            let free = begun.map(|_| self.free(address, namesakes().into_iter()));
            let replacement = match free.as_deref() {
                Some([only]) => Some(*only),
                _ => None,
            };
            let object = world.object(kind, &record.id);
            return Standing { how: How::Id { replacement }, object };
        }
        let namesakes = namesakes();
        let free = self.free(address, namesakes.iter().copied());
        let movable: Vec<_> = namesakes
            .iter()
            .filter_map(|object| Some((*object, self.movable(world, address, object.id)?)))
            .collect();
        if let [(object, (from, record))] = movable.as_slice() {
            return Standing { how: How::Moved { from, record }, object: Some(*object) };
        }
        let mut candidates = free;
        candidates.extend(movable.iter().map(|(object, _)| *object));
        if candidates.is_empty() {
            candidates = self.begun_objects(world, address, &scope, begun.unwrap_or(&[]));
        }
        match (candidates.as_slice(), begun) {
            ([], _) => Standing { how: How::Nothing, object: None },
            ([only], None) => Standing { how: How::Name, object: Some(*only) },
            ([only], Some(_)) => Standing { how: How::AnswerLost, object: Some(*only) },
            (several, _) => {
                let ids = several.iter().map(|object| object.id).collect();
                Standing { how: How::Ambiguous(ids), object: None }
            }
        }
    }

    /// Whatever carries our ownership tag and is nobody's. What stands under a declared name may be
    /// what is declared, and another owner's tag says that it is not ours alone.
    fn find_orphans(&mut self, world: &World<'a>) {
        for (address, id) in world.marked {
            let kind = address.kind();
            let Some(object) = world.object(kind, id) else { continue };
            let key = (kind, object.id);
            let is_somebodys = self.holders.contains_key(&key)
                || self.claims.contains_key(&key)
                || self.is_wanted(world, kind, object)
                || other_owner(world, kind, object).is_some();
            if is_somebodys || self.cases.contains_key(address) {
                continue;
            }
            if world.options.prune.kinds.contains(&kind) {
                self.holders.insert(key, address);
                self.cases.insert(address, Case::Orphan { object });
            } else {
                *self.orphans.entry(kind).or_default() += 1;
            }
        }
    }

    /// What stands for `address` by what the manifest says of its former ones.
    fn moved(
        &self,
        world: &World<'a>,
        address: &'a Address,
        record: Option<&'a Record>,
    ) -> Option<Standing<'a>> {
        let mut former = world.former(address).iter().filter_map(|&from| {
            let (from, record) = world.state.records.get_key_value(from)?;
            Some((from, record, self.held(world, from, &record.id)?))
        });
        let (from, moved, object) = former.next()?;
        let own = record.and_then(|record| self.held(world, address, &record.id));
        Some(match own.or(former.next().map(|(_, _, other)| other)) {
            Some(other) => Standing { how: How::MoveTaken { from, id: other.id }, object: None },
            None => Standing { how: How::Moved { from, record: moved }, object: Some(object) },
        })
    }

    /// What stands for `address` where the manifest says that it is one of `found`.
    fn import(
        &self,
        world: &World<'a>,
        address: &'a Address,
        by: &'a ImportBy,
        found: &[Object<'a>],
    ) -> Standing<'a> {
        let kind = address.kind();
        let only = match found {
            [] => return Standing { how: How::ImportMissing(by), object: None },
            [only] => *only,
            several => {
                let ids = several.iter().map(|object| object.id).collect();
                return Standing { how: How::Ambiguous(ids), object: None };
            }
        };
        let holder = self.holders.get(&(kind, only.id)).or(self.claims.get(&(kind, only.id)));
        match holder.copied().filter(|holder| *holder != address) {
            None => Standing { how: How::Imported, object: Some(only) },
            Some(holder) => match self.movable(world, address, only.id) {
                Some((from, record)) => {
                    Standing { how: How::Moved { from, record }, object: Some(only) }
                }
                None => Standing { how: How::ImportTaken { id: only.id, holder }, object: None },
            },
        }
    }

    /// The object that the record of `address` names, where it stands and is not another's.
    pub(crate) fn remembered(&self, world: &World<'a>, address: &Address) -> Option<Object<'a>> {
        self.held(world, address, &world.record(address)?.id)
    }

    /// The object `id` that `address` has replaced, where it stands and is neither another's nor
    /// what stands for `address` now. State may be wrong; what it says is then not deleted. Of
    /// workspaces it always is: they are never replaced.
    pub(crate) fn deposed(
        &self,
        world: &World<'a>,
        address: &Address,
        id: &Id,
    ) -> Option<Object<'a>> {
        let current = match self.cases.get(address) {
            Some(Case::Declared { standing, .. }) => standing.object.map(|object| object.id),
            Some(Case::Undeclared { record }) => Some(&record.id),
            Some(Case::External { .. } | Case::Abandoned | Case::Orphan { .. }) | None => None,
        };
        let may_go = |id: &Id| Some(id) != current && address.kind() != Kind::Workspace;
        self.held(world, address, id).filter(|object| may_go(object.id))
    }

    fn held(&self, world: &World<'a>, address: &Address, id: &Id) -> Option<Object<'a>> {
        let object = world.object(address.kind(), id)?;
        (self.holders.get(&(address.kind(), object.id)).copied() == Some(address)).then_some(object)
    }

    /// Those of `objects` that belong to nobody, and that `address` may have.
    fn free(
        &self,
        address: &Address,
        objects: impl Iterator<Item = Object<'a>>,
    ) -> Vec<Object<'a>> {
        let kind = address.kind();
        let is_free = |id: &'a Id| !self.holders.contains_key(&(kind, id));
        objects.filter(|object| is_free(object.id) && self.may_have(address, object.id)).collect()
    }

    /// Whether nobody else is said to be `id`.
    fn may_have(&self, address: &Address, id: &'a Id) -> bool {
        self.claims.get(&(address.kind(), id)).is_none_or(|claimant| *claimant == address)
    }

    /// The address and record that hold `id`, where that address is no longer declared and
    /// nothing says that it has become another than `to`.
    fn movable(
        &self,
        world: &World<'a>,
        to: &Address,
        id: &'a Id,
    ) -> Option<(&'a Address, &'a Record)> {
        let (address, record) =
            world.state.records.get_key_value(*self.holders.get(&(to.kind(), id))?)?;
        let undeclared = world.resource(address).is_none();
        let elsewhere = world.desired.moved.get(address).is_some_and(|moved| moved.to != *to);
        (undeclared && !elsewhere && record.id == *id && self.may_have(to, id))
            .then_some((address, record))
    }

    /// What stands under the name of a begun create whose resource has been given another name
    /// since, and belongs to nobody. Names that are declared are their declarers' to look for.
    fn begun_objects(
        &self,
        world: &World<'a>,
        address: &Address,
        scope: &Scope<'_>,
        names: &[Option<&'a str>],
    ) -> Vec<Object<'a>> {
        let kind = address.kind();
        let names: BTreeSet<&str> = names.iter().copied().flatten().collect();
        let named = names.into_iter().flat_map(|name| world.ours(kind, name));
        let here = named.filter(|object| scope.holds(*object));
        self.free(address, here.filter(|object| !self.is_wanted(world, kind, *object)))
    }
}
