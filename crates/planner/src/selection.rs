//! Which connection templates act on a new connector. They do so once, when it is made (dossier
//! 5.5): what is not in place by then never acts on it, and what is still there does.

use std::collections::BTreeSet;

use model::desired::Resource;
use model::{Address, Kind, Value};

use crate::declared::Declared;
use crate::order::{Key, Part};
use crate::owner;
use crate::pairing::{Case, Pairing};
use crate::world::World;

/// The steps that decide which connection templates act on a connector that is to be made as
/// `declared`: it waits for them.
pub(crate) fn acting(
    world: &World<'_>,
    pairing: &Pairing<'_, '_>,
    declared: &Declared,
) -> Vec<Key> {
    let tags = selected(world, declared);
    let from = Address::new(Kind::ConnectionTemplate, "");
    let templates = pairing.cases.range::<&Address, _>(&from..);
    let templates = templates.take_while(|(address, _)| address.kind() == Kind::ConnectionTemplate);
    let mut keys = Vec::new();
    for (&address, case) in templates {
        let (declares, record, object) = match case {
            Case::Declared { resource, record, standing } => {
                let mark = owner::mark(world, Kind::ConnectionTemplate);
                let is_marked = mark.is_some_and(|mark| tags.contains(mark));
                let declares = is_marked || declares_any(world, resource, &tags);
                (declares, *record, standing.object)
            }
            Case::Undeclared { record } => {
                (false, Some(*record), pairing.remembered(world, address))
            }
            Case::Orphan { object } => (false, None, Some(*object)),
            Case::External { .. } | Case::Abandoned => continue,
        };
        let live = object.and_then(|object| object.live.attributes.get("tags"));
        let carries = match live {
            Some(Value::List(live)) => {
                live.iter().filter_map(Value::as_text).any(|tag| tags.contains(tag))
            }
            _ => false,
        };
        if !(tags.is_empty() || declares || carries) {
            continue;
        }
        let mut parts = vec![Part::Create, Part::Update, Part::Delete];
        parts.extend(tags.iter().map(|tag| Part::Attach((*tag).to_owned())));
        parts.extend(tags.iter().map(|tag| Part::Detach((*tag).to_owned())));
        // One that is replaced would act beside its successor.
        let deposed = record.into_iter().flat_map(|record| &record.deposed).map(|old| &old.id);
        let old = deposed.chain(object.map(|object| object.id));
        parts.extend(old.map(|id| Part::Leftover(id.clone())));
        keys.extend(parts.into_iter().map(|part| Key::new(address, part)));
    }
    keys
}

/// The names of the tags that choose. None: every template is chosen.
fn selected<'d>(world: &World<'d>, declared: &'d Declared) -> BTreeSet<&'d str> {
    let declaration = declared
        .attributes
        .iter()
        .find(|declaration| declaration.attribute.name == "connection_template_tags");
    match declaration.map(|declaration| &declaration.value) {
        Some(Value::List(tags)) => tags.iter().filter_map(|tag| name(world, tag)).collect(),
        _ => BTreeSet::new(),
    }
}

/// Whether a template is to have one of `tags`. One whose tags are not declared may.
fn declares_any(world: &World<'_>, resource: &Resource, tags: &BTreeSet<&str>) -> bool {
    match resource.attributes.get("tags") {
        Some(Value::List(declared)) => {
            declared.iter().filter_map(|tag| name(world, tag)).any(|tag| tags.contains(tag))
        }
        _ => true,
    }
}

fn name<'d>(world: &World<'d>, tag: &'d Value) -> Option<&'d str> {
    match tag {
        Value::Reference(tag) => Some(world.natural_name(tag).unwrap_or(tag.name())),
        other => other.as_text(),
    }
}
