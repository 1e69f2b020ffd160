//! From an answer to what state remembers.
//!
//! The service may normalize what it is sent, ignore it, mask it or add to it (dossier 5). Whatever
//! it showed is remembered beside what was sent, so that the next plan sees a change only where a
//! side has moved since, and not wherever the two differ.

use std::collections::BTreeMap;
use std::ops::Bound;

use model::kind::{Attribute, Readback, Shape};
use model::live::Id;
use model::plan::{Call, Memory, Step};
use model::secret::{Fingerprint, Fingerprints};
use model::state::{Origin, Record, Remembered, Seen, StateChange, UPDATED_AT};
use model::value::Segment;
use model::{Address, Path, SmallMap, Value};

use crate::error::Error;

/// What a step has come to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verified {
    /// What is to be recorded.
    pub(crate) changes: Vec<StateChange>,
    /// Where the service showed something else than what was sent.
    pub(crate) differs: Vec<Path>,
}

/// What is to be remembered of `step`, which has succeeded. `answer` is what its call was answered
/// with, and `record` what is remembered of its resource so far.
pub(crate) fn verify(
    step: &Step,
    answer: Option<&api::Outcome>,
    record: Option<&Record>,
    fingerprints: &dyn Fingerprints,
) -> Result<Verified, Error> {
    let Step { address, call, after: _, memory } = step;
    let put = |record| StateChange::Put { address: address.clone(), record };
    let compared = |leaves| Comparison::new(address, call, answer, fingerprints).of(leaves);
    let mut differs = Vec::new();
    let changes = match memory {
        Memory::Unchanged => Vec::new(),
        Memory::Created { name, kept, leaves, prevent_destroy, replaces } => {
            let id = made(answer)?;
            let mut deposed = record.map_or_else(Vec::new, |record| record.deposed.clone());
            deposed.extend(replaces.clone());
            let seen = compared(leaves);
            differs = seen.differs;
            let mut kept = kept.clone();
            date(&mut kept, answer);
            vec![put(Record {
                id: id.clone(),
                name: name.clone(),
                kept,
                leaves: seen.leaves,
                prevent_destroy: *prevent_destroy,
                deposed,
            })]
        }
        Memory::Updated { name, leaves, dropped, kept } => {
            let mut record = known(record, address)?.clone();
            record.kept.extend(kept.clone());
            date(&mut record.kept, answer);
            if let Some(name) = name {
                record.name.clone_from(name);
            }
            // What nobody can look at may have gone, and is then made by the same call.
            if let Some(answer) = answer.filter(|_| address.kind().schema().write_only) {
                record.id.clone_from(&answer.id);
            }
            record.leaves.retain(|path, _| !dropped.contains(path));
            let seen = compared(leaves);
            differs = seen.differs;
            record.leaves.extend(seen.leaves);
            vec![put(record)]
        }
        Memory::Put { record, moved_from } => {
            // The old record goes first, so that no id is at two addresses at any moment.
            let from = moved_from.clone().map(|address| StateChange::Remove { address });
            from.into_iter().chain([put(record.clone())]).collect()
        }
        Memory::DeposedGone { id } => {
            let mut record = known(record, address)?.clone();
            record.deposed.retain(|deposed| deposed.id != *id);
            vec![put(record)]
        }
        Memory::Removed => vec![StateChange::Remove { address: address.clone() }],
    };
    Ok(Verified { changes, differs })
}

/// Remembers when the object was written to, where the answer says it. Of two answers that crossed
/// each other the later one counts: the service's times sort as text, but for a digit left out, which only costs a request (dossier 1.1).
fn date(kept: &mut SmallMap<String, String>, answer: Option<&api::Outcome>) {
    if let Some(written) = answer.and_then(|answer| answer.updated_at.as_ref()) {
        let known = kept.entry(UPDATED_AT.to_owned()).or_default();
        if *known < *written {
            known.clone_from(written);
        }
    }
}

fn made(answer: Option<&api::Outcome>) -> Result<&Id, Error> {
    answer
        .map(|answer| &answer.id)
        .ok_or(Error::Contradiction("what it makes is not what it remembers"))
}

fn known<'a>(record: Option<&'a Record>, address: &Address) -> Result<&'a Record, Error> {
    record.ok_or_else(|| Error::ReferenceMissing { address: address.clone() })
}

/// Leaves as they were sent and as they were shown.
struct Comparison<'a> {
    address: &'a Address,
    fingerprints: &'a dyn Fingerprints,
    /// The attributes of the call.
    sent: BTreeMap<&'a str, SmallMap<Path, Value>>,
    /// The attributes of the answer, as far as it told them.
    shown: BTreeMap<&'a str, SmallMap<Path, Value>>,
}

/// What a [`Comparison`] has found.
struct Compared {
    leaves: SmallMap<Path, Remembered>,
    differs: Vec<Path>,
}

impl<'a> Comparison<'a> {
    fn new(
        address: &'a Address,
        call: &'a Call,
        answer: Option<&'a api::Outcome>,
        fingerprints: &'a dyn Fingerprints,
    ) -> Comparison<'a> {
        let sent = match call {
            Call::Create { attributes } => Some(attributes),
            Call::Update { target: _, name: _, attributes } => Some(attributes),
            Call::Nothing | Call::Delete { .. } | Call::Attach { .. } | Call::Detach { .. } => None,
        };
        let shown = answer.and_then(|answer| answer.attributes.as_ref());
        let by_leaf = |attributes: Option<&'a SmallMap<String, Value>>| {
            let attributes = attributes.into_iter().flatten();
            attributes
                .filter_map(|(name, value)| {
                    let attribute = address.kind().schema().attribute(name)?;
                    Some((attribute.name, leaves_of(attribute, value)))
                })
                .collect()
        };
        Comparison { address, fingerprints, sent: by_leaf(sent), shown: by_leaf(shown) }
    }

    /// What is to be remembered of `declared`, and of what was shown beside it.
    fn of(&self, declared: &SmallMap<Path, Fingerprint>) -> Compared {
        let mut leaves = SmallMap::new();
        for (path, sent) in declared {
            leaves.insert(path.clone(), self.remember(path, sent.clone()));
        }
        // What stands beside that in an attribute that was sent: a server that merges keeps what
        // was to go, one that does not clear keeps what was emptied. If it were not remembered, the
        // next plan would remove it again, and the one after that.
        for (attribute, sent) in &self.sent {
            for (path, value) in self.shown.get(attribute).into_iter().flatten() {
                // Of a mask or an empty container over what was sent, its parts say it all.
                let inner = below(sent, path);
                let holds = value.is_opaque() && inner.is_some() || is_filled(Some(value), inner);
                if !declared.contains_key(path) && !sent.contains_key(path) && !holds {
                    leaves.insert(path.clone(), self.extra(path, value));
                }
            }
        }
        let differs = leaves
            .iter()
            .filter(|(path, leaf)| match leaf.seen {
                Seen::Same => false,
                Seen::Hidden => !declared.contains_key(*path),
                Seen::Other(_) => true,
            })
            .map(|(path, _)| path.clone())
            .collect();
        Compared { leaves, differs }
    }

    /// What is to be remembered of the leaf at `path`, whose declared value has the fingerprint
    /// `sent`.
    fn remember(&self, path: &Path, sent: Fingerprint) -> Remembered {
        let seen = match self.shown.get(path.root()) {
            None => self.unseen(path),
            Some(shown) => match (shown.get(path), self.shape(path)) {
                // A member of a set has no value but itself.
                (Some(_), Some(Shape::Set)) => Seen::Same,
                // Only free-form configuration is ever masked; a name may well be `***`.
                (Some(value), Some(Shape::Tree)) if value.is_opaque() => self.hidden(path, &sent),
                (None, _) if is_masked(shown, path) => self.hidden(path, &sent),
                (None, _) if self.is_secret(path) => Seen::Hidden,
                (None, _) if is_filled(self.sent(path), below(shown, path)) => Seen::Same,
                (value, _) => match self.fingerprint(path, value) {
                    seen if seen == sent => Seen::Same,
                    other => Seen::Other(other),
                },
            },
        };
        Remembered { sent, origin: Origin::Written, seen }
    }

    /// What is to be remembered of a leaf that was shown and not sent.
    fn extra(&self, path: &Path, shown: &Value) -> Remembered {
        let seen = match self.shape(path) {
            Some(Shape::Tree) if shown.is_opaque() => Seen::Hidden,
            _ => Seen::Other(self.fingerprint(path, Some(shown))),
        };
        let sent = self.fingerprint(path, None);
        Remembered { sent, origin: Origin::Written, seen }
    }

    /// What is seen behind a mask. Nothing shows no differently there.
    fn hidden(&self, path: &Path, sent: &Fingerprint) -> Seen {
        if self.fingerprint(path, None) == *sent { Seen::Same } else { Seen::Hidden }
    }

    /// What is to be taken as seen where the answer does not speak of the attribute at all. What
    /// the service will tell another time is taken as sent: it is compared then.
    fn unseen(&self, path: &Path) -> Seen {
        let told = self.attribute(path).is_some_and(|found| found.readback == Readback::Told);
        if told && !self.is_secret(path) { Seen::Same } else { Seen::Hidden }
    }

    fn sent(&self, path: &Path) -> Option<&Value> {
        self.sent.get(path.root())?.get(path)
    }

    fn is_secret(&self, path: &Path) -> bool {
        matches!(self.sent(path), Some(Value::Secret(_)))
    }

    fn attribute(&self, path: &Path) -> Option<&'static Attribute> {
        self.address.kind().schema().attribute(path.root())
    }

    fn shape(&self, path: &Path) -> Option<Shape> {
        self.attribute(path).map(|attribute| attribute.shape)
    }

    fn fingerprint(&self, path: &Path, value: Option<&Value>) -> Fingerprint {
        self.fingerprints.of(self.address, path, value.unwrap_or(&Value::Null))
    }
}

/// Whether something that holds `path` is shown as one masked whole.
fn is_masked(shown: &SmallMap<Path, Value>, path: &Path) -> bool {
    let mut holders = std::iter::successors(path.parent(), Path::parent);
    holders.any(|holder| shown.get(&holder).is_some_and(Value::is_opaque))
}

/// Whether `empty` is an empty container on one side which holds something on the other, by a step
/// like `inner`. That is told of what it holds.
fn is_filled(empty: Option<&Value>, inner: Option<&Segment>) -> bool {
    match (empty, inner) {
        (Some(Value::Map(members)), Some(Segment::Key(_))) => members.is_empty(),
        (Some(Value::List(items)), Some(Segment::Index(_))) => items.is_empty(),
        _ => false,
    }
}

/// The step from `path` to one of the `leaves` that it holds.
fn below<'l>(leaves: &'l SmallMap<Path, Value>, path: &Path) -> Option<&'l Segment> {
    // What a path holds stands right behind it.
    let (next, _) = leaves.range::<Path, _>((Bound::Excluded(path), Bound::Unbounded)).next()?;
    next.segments().strip_prefix(path.segments())?.first()
}

/// The leaves of an attribute's value in its canonical form. Nothing is no leaf, but an empty tree
/// is one, however it is written.
fn leaves_of(attribute: &Attribute, value: &Value) -> SmallMap<Path, Value> {
    let path = Path::attribute(attribute.name);
    let value = (attribute.canonical)(value.clone());
    let mut leaves: SmallMap<Path, Value> = match (attribute.shape, value) {
        (Shape::Tree, Value::Null) => [(path, Value::Map(SmallMap::new()))].into(),
        (Shape::Tree, value) => {
            value.leaves(&path).into_iter().map(|(path, leaf)| (path, leaf.clone())).collect()
        }
        (Shape::Set, Value::List(members)) => members
            .into_iter()
            .filter_map(|member| Some((path.member(member.as_text()?), member)))
            .collect(),
        // A UUID is the same in either case.
        (Shape::Definition(_), Value::Text(id)) => {
            [(path, Value::Text(id.to_ascii_lowercase()))].into()
        }
        (_, value) => [(path, value)].into(),
    };
    if attribute.shape != Shape::Tree {
        leaves.retain(|_, leaf| *leaf != Value::Null);
    }
    leaves
}
