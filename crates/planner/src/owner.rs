//! Whose a template is. Where the manifest has an ownership tag, every template that is made here
//! carries it: so it is known for one of ours without state, and one that carries another owner's is
//! left alone.

use std::collections::BTreeMap;

use model::desired::Desired;
use model::kinds::tag::OWNER_PREFIX;
use model::live::{Id, Live, LiveObject};
use model::state::{Record, State};
use model::value::Segment;
use model::{Address, Kind, Path, Value};

use crate::Options;
use crate::world::{Object, World};

/// The kinds that carry tags.
pub(crate) const MARKED: [Kind; 2] = [Kind::SourceTemplate, Kind::ConnectionTemplate];

/// The tag that an object of `kind` carries where it is made here.
pub(crate) fn mark<'a>(world: &World<'a>, kind: Kind) -> Option<&'a str> {
    world.desired.ownership_tag.as_deref().filter(|_| MARKED.contains(&kind))
}

/// Whether `path` leads to a tag that says who owns a template.
pub(crate) fn is_mark(path: &Path) -> bool {
    matches!(path.segments().last(), Some(Segment::Member(tag)) if tag.starts_with(OWNER_PREFIX))
}

/// The tag by which `object` is another owner's: one of the prefix that ownership tags have, and not
/// ours. A tag that is remembered is ours as well, whatever the manifest calls itself by now: the very
/// tag, as another one may have its name since.
pub(crate) fn other_owner<'a>(
    world: &World<'_>,
    kind: Kind,
    object: Object<'a>,
) -> Option<&'a str> {
    mark(world, kind)?;
    let read = world.live.kinds.get(&Kind::Tag);
    let is_called = |record: &Record, tag: &str| match read {
        Some(read) => match read.objects.get(&record.id) {
            // By hand it may have been given any name.
            Some(live) => live.name == tag,
            None => read.unavailable && record.name == tag,
        },
        None => record.name == tag,
    };
    let is_ours = |tag: &str| {
        world.desired.ownership_tag.as_deref() == Some(tag)
            || world.records(Kind::Tag).any(|record| is_called(record, tag))
    };
    tags(object.live).find(|tag| tag.starts_with(OWNER_PREFIX) && !is_ours(tag))
}

/// Whether `object` carries our tag, and no other owner's.
pub(crate) fn is_marked(world: &World<'_>, kind: Kind, object: Object<'_>) -> bool {
    let Some(mark) = mark(world, kind) else { return false };
    let standing = standing(world.live, world.state, mark);
    tags(object.live).any(|tag| tag == mark || Some(tag) == standing)
        && other_owner(world, kind, object).is_none()
}

/// Whatever carries our tag, by an address that nothing is declared under. Nothing where the plan is
/// only about some resources: it has been asked for by nobody.
pub(crate) fn marked(
    desired: &Desired,
    live: &Live,
    state: &State,
    options: &Options,
) -> BTreeMap<Address, Id> {
    let Some(mark) = desired.ownership_tag.as_deref().filter(|_| options.only.is_empty()) else {
        return BTreeMap::new();
    };
    let standing = standing(live, state, mark);
    let is_mark = |tag| tag == mark || Some(tag) == standing;
    let read = MARKED.into_iter().filter_map(|kind| Some((kind, live.kinds.get(&kind)?)));
    let objects = read.flat_map(|(kind, read)| read.objects.iter().map(move |it| (kind, it)));
    objects
        .filter(|(_, (_, object))| object.ours && tags(object).any(is_mark))
        .map(|(kind, (id, _))| (Address::instance(kind, "orphan", &id.0), id.clone()))
        .collect()
}

/// What our tag is called until this plan gives it back its name: somebody has renamed it by hand, and
/// it is on everything that it was on.
fn standing<'l>(live: &'l Live, state: &State, mark: &str) -> Option<&'l str> {
    let record = state.records.get(&Address::new(Kind::Tag, mark))?;
    let tag = live.kinds.get(&Kind::Tag)?.objects.get(&record.id)?;
    Some(tag.name.as_str())
}

fn tags(object: &LiveObject) -> impl Iterator<Item = &str> {
    let names = match object.attributes.get("tags") {
        Some(Value::List(names)) => names.as_slice(),
        _ => &[],
    };
    names.iter().filter_map(Value::as_text)
}
