//! The steps that an action consists of.

use std::collections::BTreeSet;

use model::kind::{Given, Mutability, Readback, Shape};
use model::kinds::connector::TAGS_MODE_ANY;
use model::kinds::workspace::REGION_US;
use model::plan::{Call, LeafChange, Memory, MovedSide, Shown, Target};
use model::secret::Fingerprint;
use model::state::{Deposed, Record, SECRET_VERSION};
use model::{Address, Kind, Path, SmallMap, Value};

use crate::declared::{Declaration, Declared, Lexicon};
use crate::diff::{Diff, Subject, has_secret, kept_text};
use crate::order::{Draft, Key, Part, Taking};
use crate::owner;
use crate::pairing::Pairing;
use crate::selection;
use crate::world::{Object, World};

/// Drafts the steps of one resource.
pub(crate) struct Steps<'a, 'w> {
    world: &'w World<'a>,
    pairing: &'w Pairing<'a, 'w>,
    lexicon: &'w Lexicon<'a>,
    address: &'a Address,
    /// The workspaces that are replaced.
    replaced: &'w BTreeSet<&'a Address>,
    drafts: Vec<Draft>,
}

impl<'a, 'w> Steps<'a, 'w> {
    pub(crate) fn new(
        world: &'w World<'a>,
        pairing: &'w Pairing<'a, 'w>,
        lexicon: &'w Lexicon<'a>,
        address: &'a Address,
        replaced: &'w BTreeSet<&'a Address>,
    ) -> Steps<'a, 'w> {
        Steps { world, pairing, lexicon, address, replaced, drafts: Vec::new() }
    }

    pub(crate) fn done(self) -> Vec<Draft> {
        self.drafts
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.drafts.is_empty()
    }

    fn key(&self, part: Part) -> Key {
        Key::new(self.address, part)
    }

    fn draft(&self, part: Part, call: Call, memory: Memory, after: Vec<Key>) -> Draft {
        let key = self.key(part);
        let (takes, gives, carried, witness) = (None, None, Vec::new(), None);
        Draft { key, call, memory, after, takes, gives, carried, witness }
    }

    fn push(&mut self, part: Part, call: Call, memory: Memory, after: Vec<Key>) {
        let draft = self.draft(part, call, memory, after);
        self.drafts.push(draft);
    }

    /// State says `record` from the start.
    pub(crate) fn settle(&mut self, record: Record, moved_from: Option<Address>) {
        self.settle_before(record, moved_from, None);
    }

    /// The same, before anything becomes of the source template that tells some of it.
    pub(crate) fn settle_before(
        &mut self,
        record: Record,
        moved_from: Option<Address>,
        witness: Option<Address>,
    ) {
        let memory = Memory::Put { record, moved_from };
        let draft = self.draft(Part::Settle, Call::Nothing, memory, Vec::new());
        self.drafts.push(Draft { witness, ..draft });
    }

    /// Nothing is remembered of the address any more.
    pub(crate) fn forget(&mut self) {
        self.push(Part::Settle, Call::Nothing, Memory::Removed, Vec::new());
    }

    /// Makes an object, in the place of `replaces` where there is one.
    pub(crate) fn create(&mut self, declared: &Declared, replaces: Option<Deposed>) {
        let mut attributes = SmallMap::new();
        let mut kept = SmallMap::new();
        let mut leaves = SmallMap::new();
        let mut later = Vec::new();
        let mut tags = Vec::new();
        let parts = [Part::Settle, Part::Aside, Part::Delete];
        let mut after: Vec<Key> = parts.map(|part| self.key(part)).into();
        for declaration in &declared.attributes {
            let attribute = declaration.attribute;
            if attribute.mutability == Mutability::PerMember {
                tags.extend(declaration.leaves.values().filter_map(Value::as_text));
                continue;
            }
            if declared.is_given_later(attribute) {
                match attribute.given {
                    Given::After(until) if (attribute.canonical)(until()) == declaration.value => {
                        leaves.extend(self.fingerprints(declaration));
                    }
                    Given::After(_) | Given::AtCreate | Given::AtCreateUnlessCloned => {
                        later.push(declaration);
                    }
                }
                continue;
            }
            if attribute.readback == Readback::KeptInState {
                kept.extend(kept_text(&declaration.value).map(|t| (attribute.name.to_owned(), t)));
            }
            leaves.extend(self.fingerprints(declaration));
            attributes.insert(attribute.name.to_owned(), self.filled(declaration, &mut after));
        }
        for (name, value) in &declared.instructions {
            let attribute = self.address.kind().schema().attribute(name);
            if attribute.is_some_and(|attribute| matches!(attribute.given, Given::AtCreate)) {
                attributes.insert(name.clone(), value.clone());
            }
        }
        for (name, default) in never_told(self.address.kind()) {
            kept.entry((*name).to_owned()).or_insert_with(|| (*default).to_owned());
        }
        if self.address.kind() == Kind::Connector {
            after.extend(selection::acting(self.world, self.pairing, declared));
            // What a customer has consented to, it has consented to with an app.
            let apps = self.lexicon.apps_for(self.world, declared);
            let parts = || [Part::Create, Part::Update].into_iter();
            after.extend(apps.flat_map(|app| parts().map(|part| Key::new(app, part))));
        }
        let triggers = self.world.triggers(self.address);
        for trigger in triggers.values().map(|trigger| trigger.address) {
            let parts = [Part::Settle, Part::Create, Part::Update];
            after.extend(parts.map(|part| Key::new(trigger, part)));
        }
        let triggers = triggers.into_iter();
        leaves.extend(triggers.map(|(path, trigger)| (path, trigger.sent)));
        let lifecycle = self.world.lifecycle(self.address);
        let prevent_destroy = lifecycle.is_some_and(|lifecycle| lifecycle.prevent_destroy);
        if has_secret(self.world, self.lexicon, self.address, declared)
            && let Some(version) = lifecycle.and_then(|lifecycle| lifecycle.secret_version.clone())
        {
            kept.insert(SECRET_VERSION.to_owned(), version);
        }
        let name = self.world.natural_name(self.address);
        let own = replaces.as_ref().map(|deposed| deposed.id.clone());
        let called = name.unwrap_or(self.address.name()).to_owned();
        let memory =
            Memory::Created { name: called.clone(), kept, leaves, prevent_destroy, replaces };
        let mut draft = self.draft(Part::Create, Call::Create { attributes }, memory, after);
        draft.takes = name.map(|name| Taking { name: name.to_owned(), own });
        self.drafts.push(draft);
        let made = vec![self.key(Part::Create)];
        if !later.is_empty() {
            let draft = self.update(&later, Target::Own, called, BTreeSet::new(), made.clone());
            self.drafts.push(draft);
        }
        for tag in tags {
            self.attach(tag, Target::Own, made.clone());
        }
    }

    /// The value of an attribute that a create sends. Ids that do not exist yet stay references, and
    /// what they are of comes first, as it is to be.
    fn filled(&self, declaration: &Declaration, after: &mut Vec<Key>) -> Value {
        let parts = [Part::Settle, Part::Create, Part::Update];
        match (&declaration.value, declaration.attribute.shape) {
            (Value::Reference(origin), _) => {
                after.extend(parts.map(|part| Key::new(origin, part)));
                let external = self.lexicon.external(origin);
                external.map_or_else(|| declaration.value.clone(), |id| Value::text(&id.0))
            }
            // Tags go by their names.
            (Value::List(items), Shape::Set) => {
                let named = items.iter().map(|item| match item {
                    Value::Reference(tag) => {
                        after.extend(parts.clone().map(|part| Key::new(tag, part)));
                        Value::text(self.world.natural_name(tag).unwrap_or(tag.name()))
                    }
                    other => other.clone(),
                });
                Value::List(named.collect())
            }
            (value, _) => value.clone(),
        }
    }

    /// Renames the object that is to be replaced, where the new one wants its name.
    pub(crate) fn set_aside(&mut self, old: Object<'a>, aside: String) {
        let kind = self.address.kind();
        let attributes =
            SmallMap::from([(kind.schema().natural_key.to_owned(), Value::text(&aside))]);
        let call = Call::Update {
            target: Target::Id(old.id.clone()),
            name: old.live.name.clone(),
            attributes,
        };
        let memory = Memory::Updated {
            name: Some(aside.clone()),
            leaves: SmallMap::new(),
            dropped: BTreeSet::new(),
            kept: SmallMap::new(),
        };
        let after = vec![self.key(Part::Settle)];
        let mut draft = self.draft(Part::Aside, call, memory, after);
        draft.gives = Some((old.id.clone(), old.live.name.clone()));
        draft.takes = Some(Taking { name: aside, own: Some(old.id.clone()) });
        self.drafts.push(draft);
    }

    /// Changes an object where `diff` says so.
    pub(crate) fn change(&mut self, subject: &Subject<'a, '_>, diff: &Diff) {
        let &Subject { address: _, declared, object, record, answer_lost: _ } = subject;
        let after = vec![self.key(Part::Settle)];
        let target = || Target::Id(object.id.clone());
        let changed: Vec<&Declaration> = declared
            .attributes
            .iter()
            .filter(|declaration| diff.update.contains(declaration.attribute.name))
            .collect();
        if !changed.is_empty() {
            let known = record.into_iter().flat_map(|record| record.leaves.keys());
            let removed = diff.leaves.iter().filter(|(_, leaf)| leaf.after == Shown::Absent);
            let is_dropped = |path: &&Path| {
                diff.update.contains(path.root())
                    && !changed.iter().any(|declared| declared.leaves.contains_key(path))
            };
            let dropped = known.chain(removed.map(|(path, _)| path)).filter(is_dropped).cloned();
            let dropped = dropped.collect();
            let name = object.live.name.clone();
            let rename = self.rename(object, &changed);
            let gives = rename.is_some().then(|| (object.id.clone(), name.clone()));
            let mut draft = self.update(&changed, target(), name, dropped, after.clone());
            if let (Call::Update { attributes, .. }, Memory::Updated { name, kept, .. }) =
                (&mut draft.call, &mut draft.memory)
            {
                attributes.extend(declared.instructions.clone());
                kept.clone_from(&diff.kept_when_sent);
                *name = rename.as_ref().map(|taking| taking.name.clone());
            }
            draft.takes = rename;
            draft.gives = gives;
            self.drafts.push(draft);
        }
        for tag in &diff.attach {
            self.attach(tag, target(), after.clone());
        }
        for tag in &diff.detach {
            self.detach(tag, target(), after.clone());
        }
    }

    /// The name that an update gives to `object`.
    fn rename(&self, object: Object<'a>, changed: &[&Declaration]) -> Option<Taking> {
        let key = self.address.kind().schema().natural_key;
        let declaration = changed.iter().find(|declaration| declaration.attribute.name == key)?;
        let name = declaration.value.as_text()?.to_owned();
        Some(Taking { name, own: Some(object.id.clone()) })
    }

    fn update(
        &self,
        changed: &[&Declaration],
        target: Target,
        name: String,
        dropped: BTreeSet<Path>,
        after: Vec<Key>,
    ) -> Draft {
        let attributes = changed
            .iter()
            .map(|declaration| (declaration.attribute.name.to_owned(), declaration.value.clone()))
            .collect();
        let leaves =
            changed.iter().flat_map(|declaration| self.fingerprints(declaration)).collect();
        let call = Call::Update { target, name, attributes };
        let memory = Memory::Updated { name: None, leaves, dropped, kept: SmallMap::new() };
        self.draft(Part::Update, call, memory, after)
    }

    fn attach(&mut self, tag: &str, target: Target, mut after: Vec<Key>) {
        let path = self.member(tag);
        let fingerprint = self.world.fingerprint(self.address, &path, &Value::text(tag));
        if let Some(address) = self.lexicon.tag(tag) {
            after.extend([Part::Create, Part::Update].map(|part| Key::new(address, part)));
        }
        let memory = Memory::Updated {
            name: None,
            leaves: SmallMap::from([(path, fingerprint)]),
            dropped: BTreeSet::new(),
            kept: SmallMap::new(),
        };
        let call = Call::Attach { target, tag: tag.to_owned() };
        self.push(Part::Attach(tag.to_owned()), call, memory, after);
    }

    fn detach(&mut self, tag: &str, target: Target, mut after: Vec<Key>) {
        if let Some(address) = self.lexicon.tag(tag) {
            after.push(Key::new(address, Part::Update));
        }
        let memory = Memory::Updated {
            name: None,
            leaves: SmallMap::new(),
            dropped: BTreeSet::from([self.member(tag)]),
            kept: SmallMap::new(),
        };
        let call = Call::Detach { target, tag: tag.to_owned() };
        self.push(Part::Detach(tag.to_owned()), call, memory, after);
    }

    /// The path of the member `name` of the kind's set.
    fn member(&self, name: &str) -> Path {
        Path::attribute(set(self.address.kind()).unwrap_or_default()).member(name)
    }

    /// Deletes what an earlier run has replaced and what still stands, once the drafted steps are
    /// done, and forgets it where it does not.
    pub(crate) fn delete_leftovers(&mut self, leftovers: &[Deposed]) {
        let kind = self.address.kind();
        let drafted: Vec<Key> = self.drafts.iter().map(|draft| draft.key.clone()).collect();
        for Deposed { id, name: _ } in leftovers {
            let memory = Memory::DeposedGone { id: id.clone() };
            let part = Part::Leftover(id.clone());
            let settled = vec![self.key(Part::Settle)];
            match self.pairing.deposed(self.world, self.address, id) {
                Some(object) => {
                    let name = &object.live.name;
                    // What holds a name that somebody wants is waited for, and so waits for nobody.
                    let is_wanted = self.pairing.is_wanted(self.world, kind, object);
                    let after = if is_wanted { settled } else { drafted.clone() };
                    let draft = self.delete(part, object, name, memory, after);
                    self.drafts.push(draft);
                }
                None => self.push(part, Call::Nothing, memory, settled),
            }
        }
    }

    /// Deletes what the drafted steps replace, once they are all done. `name` is what it is
    /// called by then.
    pub(crate) fn delete_replaced(&mut self, old: Object<'a>, name: &str) {
        let after = self.drafts.iter().map(|draft| draft.key.clone()).collect();
        let memory = Memory::DeposedGone { id: old.id.clone() };
        let part = Part::Leftover(old.id.clone());
        let draft = self.delete(part, old, name, memory, after);
        self.drafts.push(draft);
    }

    /// Before something is deleted that cannot be looked at, state forgets what it holds. If the
    /// answer is lost and the object is declared again, nothing speaks for its being as declared, and
    /// it is written.
    fn doubt(&mut self, record: &Record) {
        if !self.address.kind().schema().write_only {
            return;
        }
        let settled = self.drafts.iter_mut().find(|draft| draft.key.part == Part::Settle);
        match settled.map(|draft| &mut draft.memory) {
            Some(Memory::Put { record, moved_from: _ }) => record.leaves.clear(),
            _ if record.leaves.is_empty() => {}
            _ => self.settle(Record { leaves: SmallMap::new(), ..record.clone() }, None),
        }
    }

    /// Deletes what is to be replaced, before anything is made in its place.
    pub(crate) fn delete_first(&mut self, old: Object<'a>, record: &Record) {
        self.doubt(record);
        let after = self.drafts.iter().map(|draft| draft.key.clone()).collect();
        let draft = self.delete(Part::Delete, old, &old.live.name, Memory::Removed, after);
        self.drafts.push(draft);
    }

    /// Deletes all that stands of a remembered resource, and forgets it.
    pub(crate) fn prune(&mut self, record: &Record) {
        self.doubt(record);
        for old in &record.deposed {
            if let Some(object) = self.pairing.deposed(self.world, self.address, &old.id) {
                let memory = Memory::DeposedGone { id: old.id.clone() };
                let part = Part::Leftover(old.id.clone());
                self.prune_object(part, object, memory, Vec::new());
            }
        }
        let after = self.drafts.iter().map(|draft| draft.key.clone()).collect();
        match self.pairing.remembered(self.world, self.address) {
            Some(object) => self.prune_object(Part::Delete, object, Memory::Removed, after),
            None => self.push(Part::Delete, Call::Nothing, Memory::Removed, after),
        }
    }

    /// Takes our ownership tag off `object`, and forgets it.
    pub(crate) fn let_go(&mut self, object: Object<'a>, leaves: &mut SmallMap<Path, LeafChange>) {
        let Some(mark) = owner::mark(self.world, self.address.kind()) else {
            return self.forget();
        };
        let change = LeafChange {
            before: Shown::Clear(Value::text(mark)),
            after: Shown::Absent,
            forces_replace: false,
            moved: MovedSide::Declared,
        };
        leaves.insert(self.member(mark), change);
        self.detach(mark, Target::Id(object.id.clone()), Vec::new());
        let after = vec![self.key(Part::Detach(mark.to_owned()))];
        self.push(Part::Settle, Call::Nothing, Memory::Removed, after);
    }

    /// Deletes nobody's object that carries our ownership tag.
    pub(crate) fn prune_orphan(&mut self, object: Object<'a>) {
        self.prune_object(Part::Delete, object, Memory::Removed, Vec::new());
    }

    fn prune_object(&mut self, part: Part, object: Object<'a>, memory: Memory, after: Vec<Key>) {
        let mut draft = self.delete(part, object, &object.live.name, memory, after);
        draft.carried = members(self.address.kind(), object);
        self.drafts.push(draft);
    }

    fn delete(
        &self,
        part: Part,
        object: Object<'a>,
        name: &str,
        memory: Memory,
        mut after: Vec<Key>,
    ) -> Draft {
        let kind = self.address.kind();
        let call = match self.pairing.swallowed_with(self.world, kind, object, self.replaced) {
            Some(workspace) => {
                after.push(Key::new(workspace, Part::Delete));
                Call::Nothing
            }
            None => Call::Delete { id: object.id.clone(), name: name.to_owned() },
        };
        let mut draft = self.draft(part, call, memory, after);
        // What was renamed before has given its name up already.
        draft.gives = (name == object.live.name).then(|| (object.id.clone(), name.to_owned()));
        draft
    }

    fn fingerprints(&self, declaration: &Declaration) -> SmallMap<Path, Fingerprint> {
        declaration
            .leaves
            .iter()
            .map(|(path, leaf)| (path.clone(), self.world.fingerprint(self.address, path, leaf)))
            .collect()
    }
}

/// What a new object of `kind` has that the service never tells, where it is not declared. Without it
/// a declaration that comes later would be taken at its word.
pub(crate) fn never_told(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Workspace => &[("region", REGION_US)],
        Kind::Connector => {
            &[("connection_template_tags", ""), ("connection_template_tags_mode", TAGS_MODE_ANY)]
        }
        Kind::Tag | Kind::SourceTemplate | Kind::ConnectionTemplate | Kind::OAuthCredential => &[],
    }
}

/// The attribute of `kind` that is a set.
fn set(kind: Kind) -> Option<&'static str> {
    let attribute = kind.schema().attributes.iter().find(|a| a.shape == Shape::Set)?;
    Some(attribute.name)
}

/// The members of the live set of `object`.
fn members(kind: Kind, object: Object<'_>) -> Vec<String> {
    match set(kind).and_then(|name| object.live.attributes.get(name)) {
        Some(Value::List(names)) => {
            names.iter().filter_map(Value::as_text).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}
