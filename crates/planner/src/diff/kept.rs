//! What the service does not tell, or not in our words, and is kept in state: which resource stood
//! where a create named one.

use std::collections::BTreeSet;

use model::kind::{Attribute, Shape};
use model::kinds::connector::WORKSPACE;
use model::live::Id;
use model::plan::{LeafChange, MovedSide, Shown};
use model::state::SECRET_VERSION;
use model::{Address, Path, SmallMap, Value};

use super::{Diff, Subject};
use crate::declared::Declaration;
use crate::pairing::Pairing;
use crate::show::shown_plain;
use crate::steps::never_told;
use crate::world::World;

impl Diff {
    /// Takes over what was kept. It says how the object was made, so it stays true when it is no
    /// longer declared, and follows an origin to its new address.
    pub(super) fn keep(&mut self, pairing: &Pairing<'_, '_>, subject: &Subject<'_, '_>) {
        let kept = subject.record.iter().flat_map(|record| &record.kept);
        for (name, kept) in kept.filter(|(name, _)| *name != SECRET_VERSION) {
            let now = |part: &str| {
                let to = Address::parse(part).and_then(|from| pairing.moves.get(&from).copied());
                to.map_or_else(|| part.to_owned(), ToString::to_string)
            };
            let mut parts: Vec<String> = parts(kept).map(now).collect();
            parts.sort();
            self.kept.insert(name.clone(), parts.join(" "));
        }
        // What a create of ours did not say is as the service has it by itself, whether its answer
        // was heard or not. Otherwise the first thing that is declared would be taken for it.
        if subject.answer_lost && subject.record.is_none() {
            for (name, default) in never_told(subject.address.kind()) {
                let is_declared = |one: &Declaration| one.attribute.name == *name;
                if !subject.declared.attributes.iter().any(is_declared) {
                    self.kept.insert((*name).to_owned(), (*default).to_owned());
                }
            }
        }
    }

    pub(super) fn compare_kept(
        &mut self,
        world: &World<'_>,
        pairing: &Pairing<'_, '_>,
        subject: &Subject<'_, '_>,
        declaration: &Declaration,
    ) {
        let attribute = declaration.attribute;
        let lifecycle = world.lifecycle(subject.address);
        let path = Path::attribute(attribute.name);
        let is_ignored = lifecycle.is_some_and(|lifecycle| lifecycle.ignores(&path));
        if is_ignored && self.kept.contains_key(attribute.name) {
            return;
        }
        let Some(wanted) = kept_text(&declaration.value) else { return };
        let told = told(world, pairing, subject, declaration);
        // A connector never leaves its workspace, so of that the service knows better than memory:
        // the workspace may have been forgotten and another one made under its address, or it has
        // been taken over under another address. A template that was replaced leaves its connectors
        // on the old one, so of that memory knows better.
        let is_place = attribute.name == WORKSPACE;
        match (self.kept.get(attribute.name), told) {
            (Some(_), ToldReference::Same) if is_place => {
                self.kept.insert(attribute.name.to_owned(), wanted);
            }
            (Some(kept), ToldReference::Another(id)) if is_place && *kept == wanted => {
                self.differ_told(attribute, id, &wanted);
            }
            (Some(kept), _) if *kept == wanted => {}
            (Some(kept), _) => {
                let before = kept_leaves(attribute, kept);
                self.differ_kept(attribute, before, &wanted);
            }
            (None, ToldReference::Another(_)) if is_ignored => {}
            (None, ToldReference::Another(id)) => self.differ_told(attribute, id, &wanted),
            (None, ToldReference::Same) => {
                self.kept.insert(attribute.name.to_owned(), wanted);
            }
            // Anything but taking the declaration's word would replace every object whose record
            // was lost.
            (None, ToldReference::Nothing) => {
                self.kept.insert(attribute.name.to_owned(), wanted);
                self.assumed += 1;
            }
        }
    }

    fn differ_told(&mut self, attribute: &Attribute, told: &Id, wanted: &str) {
        let root = Path::attribute(attribute.name);
        self.differ_kept(attribute, [(root, Value::text(&told.0))].into(), wanted);
    }

    fn differ_kept(&mut self, attribute: &Attribute, before: SmallMap<Path, Value>, wanted: &str) {
        let after = kept_leaves(attribute, wanted);
        let paths: BTreeSet<&Path> = before.keys().chain(after.keys()).collect();
        for path in paths.into_iter().filter(|path| before.get(path) != after.get(path)) {
            let side = |leaves: &SmallMap<Path, Value>| {
                leaves.get(path).map_or(Shown::Absent, |leaf| shown_plain(path, leaf))
            };
            let change = LeafChange {
                before: side(&before),
                after: side(&after),
                forces_replace: true,
                moved: MovedSide::Declared,
            };
            self.leaves.insert(path.clone(), change);
        }
        self.replace.insert(attribute.name.to_owned());
    }
}

/// What the service tells of a reference.
enum ToldReference<'a> {
    /// Nothing that could be compared.
    Nothing,
    /// The object that stands for what is declared.
    Same,
    /// Another one, which stands.
    Another(&'a Id),
}

/// What the service tells of a reference. One to an object that is gone
/// tells nothing: a template that was replaced leaves its connectors behind (rulings, "Data").
fn told<'a>(
    world: &World<'a>,
    pairing: &Pairing<'_, '_>,
    subject: &Subject<'_, '_>,
    declaration: &Declaration,
) -> ToldReference<'a> {
    let Value::Reference(target) = &declaration.value else { return ToldReference::Nothing };
    let told = subject.object.live.attributes.get(declaration.attribute.name);
    let Some(Value::Text(told)) = told else { return ToldReference::Nothing };
    let told = Id(told.clone());
    // One that stands for what it stood for before it was replaced: a run may break off between the two.
    let record = world.record(target);
    let is_deposed = record.is_some_and(|record| record.deposed.iter().any(|old| old.id == told));
    if pairing.standing(target) == Some(&told) || is_deposed {
        return ToldReference::Same;
    }
    let read = world.live.kinds.get(&target.kind());
    match read.and_then(|read| read.objects.get_key_value(&told)) {
        Some((id, _)) => ToldReference::Another(id),
        None => ToldReference::Nothing,
    }
}

/// What is kept of a value that the service never tells: text, an address, or addresses with blanks
/// between.
pub(crate) fn kept_text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Reference(address) => Some(address.to_string()),
        Value::List(items) => {
            let parts: Option<Vec<String>> = items.iter().map(kept_text).collect();
            let mut parts = parts?;
            parts.sort();
            Some(parts.join(" "))
        }
        _ => None,
    }
}

/// The parts of what is kept. A key of an address may hold blanks, between quotes.
fn parts(kept: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    kept.split(move |c| {
        let ends = c == ' ' && !quoted;
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })
}

/// What is kept, leaf by leaf, to be shown.
pub(super) fn kept_leaves(attribute: &Attribute, kept: &str) -> SmallMap<Path, Value> {
    let root = Path::attribute(attribute.name);
    let addresses = parts(kept).filter_map(Address::parse);
    match attribute.shape {
        Shape::Set => addresses
            .map(|address| address.within_section())
            .map(|name| (root.member(&name), Value::text(&name)))
            .collect(),
        _ => match Address::parse(kept) {
            Some(address) => [(root, Value::Reference(address))].into(),
            None => [(root, Value::text(kept))].into(),
        },
    }
}
