//! Renames that nobody has said: one resource is gone from the manifest, an equal one is new in it.

use std::collections::{BTreeMap, BTreeSet};

use model::desired::Resource;
use model::plan::Note;
use model::state::Record;
use model::{Address, Kind};

use super::moved::rehomed;
use crate::declared::Lexicon;
use crate::diff::{Subject, diff};
use crate::pairing::{Case, How, Pairing};
use crate::world::{Object, World};

/// How many of a kind may be gone, or new, for a guess to be made. Each is compared with each, and
/// who changes more at once has not renamed one.
const GUESSED: usize = 20;

/// The attribute that names tags, which may have been renamed themselves.
const TAGS: &str = "tags";

/// What one kind has lost and gained.
#[derive(Default)]
struct Sides<'a> {
    gone: Vec<(&'a Address, &'a Record, Object<'a>)>,
    new: Vec<(&'a Address, &'a Resource)>,
}

/// A note for every resource that has probably been renamed: nothing but its name differs, and no
/// other could be meant on either side.
pub(super) fn renamed<'a>(
    world: &World<'a>,
    pairing: &Pairing<'a, '_>,
    lexicon: &Lexicon<'a>,
) -> Vec<Note> {
    let mut kinds: BTreeMap<Kind, Sides<'a>> = BTreeMap::new();
    for (&address, case) in &pairing.cases {
        let sides = kinds.entry(address.kind()).or_default();
        match case {
            Case::Undeclared { record } if !world.desired.removed.contains_key(address) => {
                let object = pairing.remembered(world, address);
                sides.gone.extend(object.map(|object| (address, *record, object)));
            }
            Case::Declared { resource, record: None, standing } => {
                if let How::Nothing = standing.how {
                    sides.new.push((address, resource));
                }
            }
            Case::Undeclared { .. }
            | Case::Declared { .. }
            | Case::External { .. }
            | Case::Abandoned
            | Case::Orphan { .. } => {}
        }
    }
    let mut notes = Vec::new();
    // Tags come first. What they are called now, by what they are to be called.
    let mut tags: BTreeMap<&str, &str> = BTreeMap::new();
    for Sides { gone, new } in kinds.into_values() {
        if gone.len() > GUESSED || new.len() > GUESSED {
            continue;
        }
        let mut pairs: Vec<(&Address, &Address)> = Vec::new();
        for &(to, resource) in &new {
            let declared = &lexicon.declared(world, to, resource);
            for &(from, record, object) in &gone {
                let way = (from, to);
                let record = &rehomed(world, lexicon, way, record, declared, object.live);
                let record = Some(record);
                let subject = Subject { address: to, declared, object, record, answer_lost: false };
                let diff = diff(world, pairing, lexicon, &subject, &BTreeSet::new());
                let key = to.kind().schema().natural_key;
                let only_name =
                    diff.leaves.keys().all(|path| path.root() == key || path.root() == TAGS);
                let before = |tag: &String| {
                    tags.get(tag.as_str()).map_or_else(|| tag.clone(), |&before| before.to_owned())
                };
                let carried: BTreeSet<String> = diff.attach.iter().map(before).collect();
                if only_name
                    && carried == diff.detach
                    && !diff.is_replace()
                    && diff.blockers.is_empty()
                {
                    pairs.push(way);
                }
            }
        }
        for &(from, to) in &pairs {
            let is_one = pairs.iter().filter(|(f, t)| *f == from || *t == to).count() == 1;
            if !is_one {
                continue;
            }
            if let (Kind::Tag, Some(object)) = (to.kind(), pairing.remembered(world, from)) {
                let name = world.natural_name(to).unwrap_or(to.name());
                tags.insert(name, &object.live.name);
            }
            notes.push(Note::PerhapsMoved { from: from.clone(), to: to.clone() });
        }
    }
    notes
}
