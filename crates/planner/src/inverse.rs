//! Taking a run back: what it was to change is declared as it was before, and planned like any other
//! declaration. So undoing is held to the same rules as doing, and there is one engine for both.

use std::collections::{BTreeMap, BTreeSet};

use model::desired::{Desired, Lifecycle, Removal, Resource};
use model::history::{Before, Fate, Image, Run};
use model::kind::Shape;
use model::live::Live;
use model::plan::{Action, Change, Plan, Reason, Shown};
use model::span::FileId;
use model::state::State;
use model::value::Segment;
use model::{Address, Kind, Path, SmallMap, Span, Value};

use crate::show::shown_plain;

/// What it takes to undo `plan` once it has been carried out, by address. What a plan does not show,
/// for it may be a secret, is not in it.
pub fn images(
    plan: &Plan,
    desired: &Desired,
    live: &Live,
    state: &State,
) -> BTreeMap<Address, Image> {
    let names = tag_names(desired);
    let leaf = |path: &Path, shown: &Shown| match (path.segments().last(), shown) {
        // By address, as its name may change too.
        (Some(Segment::Member(name)), Shown::Clear(_)) => match names.get(name) {
            Some(tag) => Before::Clear(Value::Reference(tag.clone())),
            None => before(shown),
        },
        _ => before(shown),
    };
    let image = |(address, change): (&Address, &Change)| {
        let leaves = || {
            change.leaves.iter().map(|(path, change)| (path.clone(), leaf(path, &change.before)))
        };
        let (fate, leaves) = match change.action {
            Action::Create => (Fate::Made, SmallMap::new()),
            Action::Update => (Fate::Changed, leaves().collect()),
            Action::Replace if change.reason == Reason::Deposed => {
                (Fate::Changed, leaves().collect())
            }
            Action::Replace => {
                // What is not declared, or was left as it was, goes with the old object.
                let is_kept = |path: &Path| {
                    desired.resources.get(address).is_some_and(|resource| {
                        let mut ignored = resource.lifecycle.ignore_changes.iter();
                        resource.attributes.contains_key(path.root())
                            && ignored.all(|ignored| ignored.root() != path.root())
                    })
                };
                let mut all = all_leaves(address, change, live, state);
                all.retain(|path, _| !is_kept(path));
                all.extend(leaves());
                (Fate::Replaced, all)
            }
            Action::Adopt => (Fate::Adopted, leaves().collect()),
            Action::Delete => (Fate::Deleted, all_leaves(address, change, live, state)),
            Action::NoOp | Action::Record | Action::Forget => return None,
        };
        Some((address.clone(), Image { fate, touched: false, leaves }))
    };
    plan.changes.iter().filter_map(image).collect()
}

/// The declared tags by what they are called.
fn tag_names(desired: &Desired) -> BTreeMap<String, Address> {
    let tags = desired.of_kind(Kind::Tag).map(|(address, _)| address);
    let named = tags.filter_map(|tag| Some((desired.natural_name(tag)?.to_owned(), tag.clone())));
    named.collect()
}

fn before(shown: &Shown) -> Before {
    match shown {
        Shown::Absent => Before::Absent,
        Shown::Clear(value) => Before::Clear(value.clone()),
        Shown::Secret | Shown::Hidden => Before::Unknown,
    }
}

/// All leaves of what is to be deleted. Which parts of free-form configuration are secret is said by
/// its declaration, which is gone, so none of them is told.
fn all_leaves(
    address: &Address,
    change: &Change,
    live: &Live,
    state: &State,
) -> SmallMap<Path, Before> {
    let objects = live.kinds.get(&address.kind()).map(|read| &read.objects);
    let object = change.id.as_ref().and_then(|id| objects?.get(id));
    let kept = state.records.get(address).map(|record| &record.kept);
    let mut leaves = SmallMap::new();
    for attribute in address.kind().schema().attributes {
        let root = Path::attribute(attribute.name);
        let kept = kept.and_then(|kept| kept.get(attribute.name));
        let told = object.and_then(|object| object.attributes.get(attribute.name));
        match (attribute.shape, kept, told) {
            (_, Some(kept), _) => {
                let value =
                    Address::parse(kept).map_or_else(|| Value::text(kept), Value::Reference);
                leaves.insert(root, Before::Clear(value));
            }
            (Shape::Tree, _, Some(value)) if !value.is_empty() && *value != Value::Null => {
                leaves.insert(root, Before::Unknown);
            }
            (Shape::Set, _, Some(Value::List(names))) => {
                let names = names.iter().filter_map(Value::as_text);
                let tag = |name: &str| match standing_tag(live, state, name) {
                    Some(tag) => Value::Reference(tag.clone()),
                    None => Value::text(name),
                };
                leaves.extend(names.map(|name| (root.member(name), Before::Clear(tag(name)))));
                leaves.insert(root, Before::Clear(Value::List(Vec::new())));
            }
            (_, _, Some(value)) => {
                leaves.insert(root.clone(), before(&shown_plain(&root, value)));
            }
            (_, None, None) => {}
        }
    }
    leaves
}

/// The tag of ours that is called `name` now.
fn standing_tag<'s>(live: &Live, state: &'s State, name: &str) -> Option<&'s Address> {
    let objects = &live.kinds.get(&Kind::Tag)?.objects;
    let mut tags = state.records.iter().filter(|(address, _)| address.kind() == Kind::Tag);
    let is_called = |id| objects.get(id).is_some_and(|object| object.name == name);
    tags.find(|(_, record)| is_called(&record.id)).map(|(address, _)| address)
}

/// A run, taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inverse {
    /// What is declared, as it was before the run.
    pub desired: Desired,
    /// The resources that the run has touched and that can be brought back.
    pub only: BTreeSet<Address>,
    /// What cannot be brought back.
    pub lost: BTreeMap<Address, Lost>,
    /// Tags by what the run knew them as.
    tags: BTreeMap<String, Address>,
}

/// Why something cannot be brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// It was a workspace with all data of a customer.
    Workspace,
    /// It was deleted, and had configuration that is kept nowhere.
    Configuration,
    /// These leaves were secrets, or may have been.
    Secrets(BTreeSet<Path>),
    /// Another object stands in its place, with another history; it can be made as it was, and no more.
    History,
    /// It is declared no longer, so that nothing says what it is but for what the run has changed.
    Undeclared,
    /// It is a tag, which was also taken off whatever does not declare its tags.
    Taggings,
    /// It was taken over, and stays so.
    Adopted,
    /// It referred to these, which cannot be brought back.
    Referred(BTreeSet<Address>),
}

/// What `desired` was before `run`, as far as is known.
pub fn inverse(run: &Run, desired: &Desired) -> Inverse {
    let mut inverse = Inverse {
        desired: desired.clone(),
        only: BTreeSet::new(),
        lost: BTreeMap::new(),
        tags: tag_names(desired),
    };
    // What is set back is no reason to replace anything.
    for resource in inverse.desired.resources.values_mut() {
        resource.lifecycle.replace_triggered_by.clear();
    }
    let touched = run.images.iter().filter(|(_, image)| image.touched);
    // What others refer to is made first: in the order of kinds, tags come first.
    for (address, image) in touched {
        match image.fate {
            Fate::Made => inverse.unmake(address),
            Fate::Deleted => inverse.make_again(address, image),
            Fate::Changed | Fate::Replaced | Fate::Adopted => inverse.restore(address, image),
        }
    }
    while inverse.drop_dangling(desired) {}
    inverse
}

const NOWHERE: Span = Span { file: FileId(0), start: 0, end: 0 };

impl Inverse {
    fn unmake(&mut self, address: &Address) {
        self.desired.resources.remove(address);
        self.desired.imports.remove(address);
        let is_ours = |tag: &mut String| *address == Address::new(Kind::Tag, tag.as_str());
        self.desired.ownership_tag.take_if(is_ours);
        let reference = Value::Reference(address.clone());
        for resource in self.desired.resources.values_mut() {
            for value in resource.attributes.values_mut() {
                if let Value::List(items) = value {
                    items.retain(|item| *item != reference);
                }
            }
        }
        self.desired.moved.retain(|_, moved| moved.to != *address);
        self.desired.removed.insert(address.clone(), Removal { destroy: true, span: NOWHERE });
        self.only.insert(address.clone());
    }

    fn make_again(&mut self, address: &Address, image: &Image) {
        if self.desired.resources.contains_key(address) {
            // It has been declared again since, and is what the manifest says.
            return;
        }
        let lost = match address.kind() {
            Kind::Workspace => Some(Lost::Workspace),
            _ if image.leaves.values().any(|leaf| *leaf == Before::Unknown) => {
                Some(Lost::Configuration)
            }
            _ => None,
        };
        if let Some(lost) = lost {
            self.lost.insert(address.clone(), lost);
            return;
        }
        let resource = Resource {
            span: NOWHERE,
            external: false,
            lifecycle: Lifecycle::default(),
            attributes: SmallMap::new(),
            places: SmallMap::new(),
        };
        self.desired.removed.remove(address);
        self.desired.resources.insert(address.clone(), resource);
        self.restore(address, image);
        if let (Kind::Tag, Some(name)) = (address.kind(), self.desired.natural_name(address)) {
            self.tags.insert(name.to_owned(), address.clone());
            self.lost.insert(address.clone(), Lost::Taggings);
        }
    }

    fn restore(&mut self, address: &Address, image: &Image) {
        if !self.desired.resources.contains_key(address) {
            self.lost.insert(address.clone(), Lost::Undeclared);
            return;
        }
        let mut unknown = BTreeSet::new();
        // Members go before others come, so that a container is as it was.
        let gone = image.leaves.iter().filter(|(_, leaf)| **leaf == Before::Absent);
        let there = image.leaves.iter().filter(|(_, leaf)| **leaf != Before::Absent);
        for (path, leaf) in gone.rev().chain(there) {
            let value = match leaf {
                Before::Absent => None,
                Before::Clear(value) => Some(value),
                Before::Unknown => {
                    unknown.insert(path.clone());
                    continue;
                }
            };
            self.put(address, path, value);
        }
        self.only.insert(address.clone());
        if image.fate == Fate::Replaced
            && matches!(address.kind(), Kind::Connector | Kind::Workspace)
        {
            self.lost.insert(address.clone(), Lost::History);
        } else if !unknown.is_empty() {
            self.lost.insert(address.clone(), Lost::Secrets(unknown));
        } else if image.fate == Fate::Adopted {
            self.lost.insert(address.clone(), Lost::Adopted);
        }
    }

    /// Leaves one resource as it is that refers to what is not there. Whether there was one.
    fn drop_dangling(&mut self, now: &Desired) -> bool {
        let dangling = self.only.iter().find_map(|address| {
            let references = self.desired.resources.get(address)?.references();
            let missing: BTreeSet<Address> = references
                .into_iter()
                .filter(|target| !self.desired.resources.contains_key(target))
                .cloned()
                .collect();
            (!missing.is_empty()).then(|| (address.clone(), missing))
        });
        let Some((address, missing)) = dangling else { return false };
        match now.resources.get(&address) {
            Some(resource) => self.desired.resources.insert(address.clone(), resource.clone()),
            None => self.desired.resources.remove(&address),
        };
        self.only.remove(&address);
        self.lost.insert(address, Lost::Referred(missing));
        true
    }

    /// Declares `value` at `path`, or nothing.
    fn put(&mut self, address: &Address, path: &Path, value: Option<&Value>) {
        let Some(attribute) = address.kind().schema().attribute(path.root()) else { return };
        let below = path.segments().get(1..).unwrap_or_default();
        let is_member = matches!(below, [Segment::Member(_)]);
        let resource = self.desired.resources.get(address);
        if is_member && !resource.is_some_and(|r| r.attributes.contains_key(attribute.name)) {
            // To declare one would be to declare that there are no others.
            return;
        }
        let is_there = value.is_some();
        let value = match (below, value) {
            ([Segment::Member(name)], Some(Value::Reference(tag))) => {
                let tag = self.now(tag);
                let is_declared = self.desired.resources.contains_key(tag);
                is_declared.then(|| Value::Reference(tag.clone())).or_else(|| self.tag(name))
            }
            ([Segment::Member(name)], _) => self.tag(name),
            (_, Some(Value::Reference(address))) => {
                Some(Value::Reference(self.now(address).clone()))
            }
            (_, value) => value.cloned(),
        };
        let Some(resource) = self.desired.resources.get_mut(address) else { return };
        let empty = match attribute.shape {
            Shape::Tree => Value::Map(SmallMap::new()),
            Shape::Set => Value::List(Vec::new()),
            Shape::Scalar
            | Shape::Reference
            | Shape::Definition(_)
            | Shape::DefinitionName(_)
            | Shape::Instruction => Value::Null,
        };
        let whole = resource.attributes.entry(attribute.name.to_owned()).or_insert(empty.clone());
        match below {
            [] => *whole = value.unwrap_or(empty),
            [Segment::Member(_)] => {
                if let (Value::List(items), Some(tag)) = (whole, value) {
                    items.retain(|item| *item != tag);
                    items.extend(is_there.then_some(tag));
                }
            }
            below => set(whole, below, value),
        }
    }

    /// The address that `address` has by now.
    fn now<'n>(&'n self, address: &'n Address) -> &'n Address {
        self.desired.moved.get(address).map_or(address, |moved| &moved.to)
    }

    /// The tag that the run knew as `name`, as a reference to it.
    fn tag(&self, name: &str) -> Option<Value> {
        self.tags.get(name).cloned().map(Value::Reference)
    }
}

/// Puts `value` below `whole`, or takes away what is there and what is empty for it.
fn set(whole: &mut Value, path: &[Segment], value: Option<Value>) {
    let Some((first, below)) = path.split_first() else { return };
    match first {
        Segment::Key(key) => {
            if !matches!(whole, Value::Map(_)) {
                *whole = Value::Map(SmallMap::new());
            }
            let Value::Map(members) = whole else { return };
            match (below, value) {
                ([], Some(value)) => drop(members.insert(key.clone(), value)),
                ([], None) => drop(members.remove(key)),
                (below, value) => {
                    let is_gone = value.is_none();
                    let member = members.entry(key.clone()).or_insert(Value::Null);
                    set(member, below, value);
                    if is_gone && member.is_empty() {
                        members.remove(key);
                    }
                }
            }
        }
        Segment::Index(index) => {
            if !matches!(whole, Value::List(_)) {
                *whole = Value::List(Vec::new());
            }
            let Value::List(items) = whole else { return };
            match (below, value) {
                ([], None) => items.truncate(*index),
                (below, value) => {
                    let is_gone = value.is_none();
                    if items.len() <= *index && !is_gone {
                        items.push(Value::Null);
                    }
                    let Some(item) = items.get_mut(*index) else { return };
                    match (below, value) {
                        ([], Some(value)) => *item = value,
                        (below, value) => set(item, below, value),
                    }
                    if is_gone && items.get(*index).is_some_and(Value::is_empty) {
                        items.truncate(*index);
                    }
                }
            }
        }
        Segment::Member(_) => {}
    }
}
