//! A declaration in the form in which it is compared and sent: canonical, with definitions as
//! UUIDs and tags by their names.

mod apps;

use std::collections::{BTreeMap, BTreeSet};

use model::desired::{Lifecycle, Resource};
use model::kind::{Attribute, Given, Mutability, Readback, Shape, Side};
use model::live::{Definition, DefinitionAnswer, DefinitionQuery, Id, LiveObject};
use model::plan::{BlockerCause, Change, Shown};
use model::spec::{self, Spec};
use model::state::{Record, Seen, Sent};
use model::value::Segment;
use model::{Address, Kind, Path, SmallMap, Value};

use crate::owner;
use crate::pairing::{Case, Pairing};
use crate::show::sealed;
use crate::world::World;

/// One declared attribute.
pub(crate) struct Declaration {
    pub(crate) attribute: &'static Attribute,
    /// The whole value, as it is sent.
    pub(crate) value: Value,
    /// What is compared.
    pub(crate) leaves: SmallMap<Path, Value>,
    /// Members of its set that are not declared are left as they are.
    pub(crate) open: bool,
}

/// One resource as declared.
pub(crate) struct Declared {
    /// Its attributes, in the schema's order. Instructions are not among them.
    pub(crate) attributes: Vec<Declaration>,
    /// What rides on updates.
    pub(crate) instructions: SmallMap<String, Value>,
    /// What a clone has without declaring it: its origin's definition. It is compared, because a
    /// clone is replaced with its origin, and neither sent nor remembered.
    pub(crate) inherited: Option<Declaration>,
    /// Definitions that are not known.
    pub(crate) unknown: Vec<(Path, BlockerCause)>,
}

impl Declared {
    pub(crate) fn declares(&self, name: &str) -> bool {
        self.attributes.iter().any(|declaration| declaration.attribute.name == name)
    }

    /// Takes over what `object` has where `lifecycle` says that it is left so. What is hidden
    /// cannot be taken over, and stays as declared. So does what is not told of an object that is not
    /// remembered: nothing tells a hidden value from one that is gone. What a create was to be followed
    /// by is still to be given to it.
    pub(crate) fn keep_ignored<'s>(
        &mut self,
        lifecycle: &Lifecycle,
        object: &LiveObject,
        remembered: Remembrance<'_>,
        spec: impl Fn(&Attribute) -> Option<&'s Spec>,
    ) {
        if lifecycle.ignore_changes.is_empty() {
            return;
        }
        let was_sent = |attribute: &Attribute| match remembered {
            Remembrance::Of(record) => {
                record.leaves.keys().any(|path| path.root() == attribute.name)
            }
            Remembrance::Begun(_) => false,
            Remembrance::None => true,
        };
        let is_clone = self.is_clone();
        let is_hidden = |path: &Path| match remembered {
            Remembrance::Of(record) => {
                record.leaves.get(path).is_some_and(|leaf| leaf.seen == Seen::Hidden)
            }
            Remembrance::Begun(Some(sent)) => sent.leaves.contains_key(path),
            Remembrance::Begun(None) | Remembrance::None => true,
        };
        for declaration in &mut self.attributes {
            let attribute = declaration.attribute;
            // A member of a set comes and goes by itself, and a kept value is not told.
            let is_whole = attribute.shape != Shape::Set && attribute.readback == Readback::Told;
            let is_to_come = is_given_later(attribute, is_clone) && !was_sent(attribute);
            let live = object.attributes.get(attribute.name);
            let Some(live) = live.filter(|_| is_whole && !is_to_come) else {
                continue;
            };
            let root = Path::attribute(attribute.name);
            let live = Some(whole(attribute, live.clone()));
            let live = filled(live, &declaration.value, &root, &is_hidden);
            for path in &lifecycle.ignore_changes {
                if let Some(below) = path.segments().strip_prefix(root.segments()) {
                    graft(&mut declaration.value, below, live.as_ref());
                }
            }
            if attribute.shape == Shape::Tree {
                declaration.value = sealed(spec(attribute), &root, declaration.value.clone());
            }
            declaration.leaves = leaves(attribute, &root, &declaration.value);
        }
    }

    /// Whether it is made from another resource.
    pub(crate) fn is_clone(&self) -> bool {
        self.declares("clone_of")
    }

    /// Whether a new object of it gets `attribute` only after the call that makes it.
    pub(crate) fn is_given_later(&self, attribute: &Attribute) -> bool {
        is_given_later(attribute, self.is_clone())
    }
}

fn is_given_later(attribute: &Attribute, is_clone: bool) -> bool {
    match attribute.given {
        Given::AtCreate => false,
        Given::AtCreateUnlessCloned => is_clone,
        Given::After(_) => true,
    }
}

/// What is remembered of an object.
#[derive(Clone, Copy)]
pub(crate) enum Remembrance<'r> {
    /// Nothing.
    None,
    /// That a create of ours was begun, which made it, and perhaps what it sent.
    Begun(Option<&'r Sent>),
    /// This.
    Of(&'r Record),
}

/// Translates between names and what they stand for, on both sides.
pub(crate) struct Lexicon<'a> {
    /// What live tags will be called when the plan is carried out. Renaming a tag keeps it where
    /// it is attached (dossier 3.2), so templates are compared by the names to come.
    renamed: BTreeMap<&'a str, &'a str>,
    /// Names of tags that are to be deleted and whose names another tag takes over: where such a
    /// name is live it is not the one that is declared.
    given_up: BTreeSet<&'a str>,
    /// Declared tags by the name that they are to have.
    tags: BTreeMap<&'a str, &'a Address>,
    /// The definition of every source template, where it is known.
    origins: BTreeMap<&'a Address, Option<String>>,
    /// Objects that are referred to and belong to somebody else.
    external: BTreeMap<&'a Address, &'a Id>,
    /// Every definition that was looked up, by UUID.
    definitions: BTreeMap<&'a str, &'a Definition>,
}

impl<'a> Lexicon<'a> {
    pub(crate) fn new(world: &World<'a>, pairing: &Pairing<'a, '_>) -> Lexicon<'a> {
        let mut lexicon = Lexicon {
            renamed: BTreeMap::new(),
            given_up: BTreeSet::new(),
            tags: BTreeMap::new(),
            origins: BTreeMap::new(),
            external: BTreeMap::new(),
            definitions: BTreeMap::new(),
        };
        for answer in world.live.facts.definitions.values() {
            if let DefinitionAnswer::Found(definition) = answer {
                lexicon.definitions.insert(&definition.id, definition);
            }
        }
        for (address, _) in world.desired.of_kind(Kind::Tag) {
            if let Some(name) = world.natural_name(address) {
                lexicon.tags.insert(name, address);
            }
        }
        for (&address, case) in &pairing.cases {
            match case {
                Case::Declared { standing, .. } if address.kind() == Kind::Tag => {
                    let name = world.natural_name(address);
                    if let (Some(object), Some(name)) = (standing.object, name) {
                        lexicon.renamed.insert(&object.live.name, name);
                    }
                }
                Case::Undeclared { .. } if address.kind() == Kind::Tag => {
                    if let Some(object) = pairing.remembered(world, address)
                        && world.is_deleted(address)
                        && lexicon.tags.contains_key(object.live.name.as_str())
                    {
                        lexicon.given_up.insert(&object.live.name);
                    }
                }
                Case::External { found: [object], .. } => {
                    lexicon.external.insert(address, object.id);
                }
                Case::Declared { .. }
                | Case::Undeclared { .. }
                | Case::External { .. }
                | Case::Abandoned
                | Case::Orphan { .. } => {}
            }
        }
        lexicon.find_origins(world, pairing);
        lexicon
    }

    /// Follows every clone to a template that says what it is made of.
    fn find_origins(&mut self, world: &World<'a>, pairing: &Pairing<'a, '_>) {
        for start in world.desired.of_kind(Kind::SourceTemplate).map(|(address, _)| address) {
            let mut chain = Vec::new();
            let mut here = start;
            let definition = loop {
                if let Some(known) = self.origins.get(here) {
                    break known.clone();
                }
                // Also what ends a circle, which only a broken declaration could hold.
                self.origins.insert(here, None);
                chain.push(here);
                let Some(resource) = world.resource(here) else { break None };
                if let Some(Case::External { found: [object], .. }) = pairing.cases.get(here) {
                    let told = object.live.attributes.get("definition");
                    break told.and_then(Value::as_text).map(str::to_owned);
                }
                match (resource.attributes.get("definition"), resource.attributes.get("clone_of")) {
                    (Some(Value::Text(text)), _) => {
                        break look_up(world, Side::Source, text).ok();
                    }
                    (_, Some(Value::Reference(origin))) => here = origin,
                    _ => break None,
                }
            };
            for link in chain {
                self.origins.insert(link, definition.clone());
            }
        }
    }

    /// The declaration of `address` in comparable form.
    pub(crate) fn declared(
        &self,
        world: &World<'a>,
        address: &Address,
        resource: &Resource,
    ) -> Declared {
        let mut declared = Declared {
            attributes: Vec::new(),
            instructions: SmallMap::new(),
            inherited: None,
            unknown: Vec::new(),
        };
        for attribute in address.kind().schema().attributes {
            let root = Path::attribute(attribute.name);
            let mark = match attribute.mutability {
                Mutability::PerMember => owner::mark(world, address.kind()),
                Mutability::InPlace | Mutability::Replace => None,
            };
            let Some(value) = resource.attributes.get(attribute.name) else {
                declared.attributes.extend(mark.map(|mark| Declaration {
                    attribute,
                    value: Value::List(Vec::new()),
                    leaves: members(&root, [mark].into_iter()),
                    open: true,
                }));
                if let Shape::Definition(_) = attribute.shape
                    && let Some(Some(id)) = self.origins.get(address)
                {
                    let value = Value::text(id);
                    let leaves = SmallMap::from([(root, value.clone())]);
                    declared.inherited =
                        Some(Declaration { attribute, value, leaves, open: false });
                }
                continue;
            };
            let mut value = whole(attribute, value.clone());
            if attribute.shape == Shape::Tree {
                value = sealed(self.spec(world, address, attribute), &root, value);
            }
            match (attribute.shape, &value) {
                (Shape::Instruction, _) => {
                    declared.instructions.insert(attribute.name.to_owned(), value);
                }
                (Shape::Definition(side), Value::Text(text)) => {
                    match look_up(world, side, text).map(Value::Text) {
                        Ok(value) => {
                            let leaves = SmallMap::from([(root, value.clone())]);
                            declared.attributes.push(Declaration {
                                attribute,
                                value,
                                leaves,
                                open: false,
                            });
                        }
                        Err(cause) => declared.unknown.push((root, cause)),
                    }
                }
                (Shape::DefinitionName(side), Value::Text(text)) => {
                    match look_up_name(world, side, text) {
                        Ok(()) => {
                            let leaves = leaves(attribute, &root, &value);
                            declared.attributes.push(Declaration {
                                attribute,
                                value,
                                leaves,
                                open: false,
                            });
                        }
                        Err(cause) => declared.unknown.push((root, cause)),
                    }
                }
                (Shape::Set, Value::List(items)) if attribute.readback != Readback::KeptInState => {
                    let names = items.iter().filter_map(|item| match item {
                        Value::Reference(tag) => {
                            Some(world.natural_name(tag).unwrap_or(tag.name()))
                        }
                        other => other.as_text(),
                    });
                    let leaves = members(&root, names.chain(mark));
                    declared.attributes.push(Declaration { attribute, value, leaves, open: false });
                }
                _ => {
                    let leaves = leaves(attribute, &root, &value);
                    declared.attributes.push(Declaration { attribute, value, leaves, open: false });
                }
            }
        }
        declared
    }

    /// The specification that describes `attribute` of `address`, where it is known.
    pub(crate) fn spec(
        &self,
        world: &World<'a>,
        address: &Address,
        attribute: &Attribute,
    ) -> Option<&'a Spec> {
        if !spec::describes(attribute.name) {
            return None;
        }
        let facts = &world.live.facts;
        let origin = match world.resource(address)?.attributes.get("source_template") {
            Some(Value::Reference(template)) => template,
            _ => address,
        };
        match self.origins.get(origin) {
            Some(Some(id)) => facts.specs.get(id),
            _ => facts.spec(&world.desired.definition(address)?),
        }
    }

    /// The leaves of what `object` shows of `attribute`. `None` where it was not told.
    pub(crate) fn live_leaves(
        &self,
        attribute: &Attribute,
        object: &LiveObject,
    ) -> Option<SmallMap<Path, Value>> {
        let root = Path::attribute(attribute.name);
        let value = whole(attribute, object.attributes.get(attribute.name)?.clone());
        Some(match (attribute.shape, &value) {
            (Shape::Set, Value::List(items)) => {
                let standing = items.iter().filter_map(Value::as_text);
                let standing = standing.filter(|name| !self.given_up.contains(name));
                members(&root, standing.map(|name| self.renamed.get(name).copied().unwrap_or(name)))
            }
            (Shape::Set, _) => SmallMap::new(),
            _ => leaves(attribute, &root, &value),
        })
    }

    /// The declared tag that is to be called `name`.
    pub(crate) fn tag(&self, name: &str) -> Option<&'a Address> {
        self.tags.get(name).copied()
    }

    /// The object of somebody else's that `address` stands for.
    pub(crate) fn external(&self, address: &Address) -> Option<&'a Id> {
        self.external.get(address).copied()
    }

    /// Says in `change` what the definitions in it are called.
    pub(crate) fn name_definitions(&self, change: &mut Change) {
        let shown = change.leaves.values().flat_map(|leaf| [&leaf.before, &leaf.after]);
        let ids = shown.filter_map(|shown| match shown {
            Shown::Clear(Value::Text(text)) => self.definitions.get(text.as_str()),
            Shown::Clear(_) | Shown::Absent | Shown::Secret | Shown::Hidden => None,
        });
        change.definitions = ids.copied().cloned().collect();
    }
}

/// Puts what `live` has at `path` into `value`, as far as it can be read.
fn graft(value: &mut Value, path: &[Segment], live: Option<&Value>) {
    if live.is_some_and(Value::is_opaque) {
        return;
    }
    match (path, &mut *value, live) {
        ([], _, Some(live)) if !holds_opaque(live) => *value = live.clone(),
        ([Segment::Key(key)], Value::Map(members), Some(Value::Map(live))) => {
            match (live.get(key), members.contains_key(key)) {
                (Some(live), _) if holds_opaque(live) => {}
                (Some(live), _) => drop(members.insert(key.clone(), live.clone())),
                (None, _) => drop(members.remove(key)),
            }
        }
        ([Segment::Key(key), below @ ..], Value::Map(members), Some(Value::Map(live))) => {
            if let Some(member) = members.get_mut(key) {
                graft(member, below, live.get(key));
            }
        }
        ([Segment::Index(index), below @ ..], Value::List(items), Some(Value::List(live))) => {
            if let Some(item) = items.get_mut(*index) {
                graft(item, below, live.get(*index));
            }
        }
        _ => {}
    }
}

/// `live`, with the members that only `declared` has and that are there, hidden.
fn filled(
    live: Option<Value>,
    declared: &Value,
    path: &Path,
    is_hidden: &dyn Fn(&Path) -> bool,
) -> Option<Value> {
    match (live, declared) {
        (None, declared) if is_hidden(path) => Some(declared.clone()),
        (None, Value::Map(_)) => {
            let members = filled(Some(Value::Map(SmallMap::new())), declared, path, is_hidden);
            members.filter(|members| !members.is_empty())
        }
        (Some(Value::Map(mut members)), Value::Map(declared)) => {
            for (key, declared) in declared {
                let member = filled(members.remove(key), declared, &path.key(key), is_hidden);
                members.extend(member.map(|member| (key.clone(), member)));
            }
            Some(Value::Map(members))
        }
        (Some(Value::List(items)), Value::List(declared)) if items.len() == declared.len() => {
            let pairs = items.into_iter().zip(declared).enumerate();
            let item = |(at, (live, declared)): (usize, (Value, &Value))| {
                filled(Some(live), declared, &path.index(at), is_hidden)
            };
            Some(Value::List(pairs.filter_map(item).collect()))
        }
        (live, _) => live,
    }
}

fn holds_opaque(value: &Value) -> bool {
    value.is_opaque()
        || match value {
            Value::List(items) => items.iter().any(holds_opaque),
            Value::Map(members) => members.values().any(holds_opaque),
            _ => false,
        }
}

/// A value in its canonical form. An empty tree is one however it is written: sent as an empty
/// map it clears, and as null it may not (dossier 5.4).
fn whole(attribute: &Attribute, value: Value) -> Value {
    match ((attribute.canonical)(value), attribute.shape) {
        (Value::Null, Shape::Tree) => Value::Map(SmallMap::new()),
        (value, _) => value,
    }
}

fn leaves(attribute: &Attribute, root: &Path, value: &Value) -> SmallMap<Path, Value> {
    match (attribute.shape, attribute.readback) {
        (Shape::Tree, _) => {
            value.leaves(root).into_iter().map(|(path, leaf)| (path, leaf.clone())).collect()
        }
        // Compared with what state keeps, not leaf by leaf.
        (_, Readback::KeptInState) => SmallMap::new(),
        _ => SmallMap::from([(root.clone(), value.clone())]),
    }
}

fn members<'n>(root: &Path, names: impl Iterator<Item = &'n str>) -> SmallMap<Path, Value> {
    names.map(|name| (root.member(name), Value::text(name))).collect()
}

/// The UUID of the definition that `text` names.
fn look_up(world: &World<'_>, side: Side, text: &str) -> Result<String, BlockerCause> {
    let query = DefinitionQuery { side, text: text.to_owned() };
    match world.live.facts.definitions.get(&query) {
        Some(DefinitionAnswer::Found(definition)) => Ok(definition.id.clone()),
        Some(DefinitionAnswer::Unknown { similar }) => {
            Err(BlockerCause::UnknownDefinition { text: text.to_owned(), similar: similar.clone() })
        }
        Some(DefinitionAnswer::Ambiguous(several)) => Err(BlockerCause::AmbiguousDefinition {
            text: text.to_owned(),
            ids: several.iter().map(|definition| definition.id.clone()).collect(),
        }),
        None if is_uuid(text) => Ok(text.to_ascii_lowercase()),
        None => Err(BlockerCause::UnknownDefinition { text: text.to_owned(), similar: Vec::new() }),
    }
}

/// Whether `text` is the display name of a definition, letter for letter: two spellings would be two
/// names of one object.
fn look_up_name(world: &World<'_>, side: Side, text: &str) -> Result<(), BlockerCause> {
    let query = DefinitionQuery { side, text: text.to_owned() };
    match world.live.facts.definitions.get(&query) {
        Some(DefinitionAnswer::Found(definition)) if definition.name != text => {
            let similar = vec![definition.name.clone()];
            Err(BlockerCause::UnknownDefinition { text: text.to_owned(), similar })
        }
        _ => look_up(world, side, text).map(drop),
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
