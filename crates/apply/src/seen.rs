//! What a step takes for granted, looked at once more before its call is sent.
//!
//! The service has no condition to send along with a write (dossier 1), so whatever is looked at can
//! change before the write arrives. A look costs a request or two for each step; it is only worth them
//! where what the plan saw is old: where somebody was asked, or where a run takes long.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use api::{Filled, ReadyCall, ReadyStep};
use model::kind::{Mutability, Readback, Schema};
use model::kinds::connector::WORKSPACE;
use model::live::{Id, Live, LiveObject, Scope};
use model::plan::{Call, Plan, Target};
use model::{Kind, Value};

/// What the plan saw of the objects that it writes to.
#[derive(Debug, Clone)]
pub struct Seen {
    at: Instant,
    lasts: Duration,
    objects: BTreeMap<(Kind, Id), LiveObject>,
    /// Who had the names that are given to new objects.
    holders: BTreeMap<(Kind, String), BTreeSet<Id>>,
}

/// What has moved since then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Moved {
    /// The object is gone.
    #[error("{id} is gone")]
    Gone {
        /// The object.
        id: Id,
    },
    /// It has another name.
    #[error("{id} was called {before:?}, and is called {now:?}")]
    Renamed {
        /// The object.
        id: Id,
        /// Its name in the plan.
        before: String,
        /// Its name now.
        now: String,
    },
    /// What the step is to change is not what the plan showed any more.
    #[error("{id} has another `{attribute}`")]
    Changed {
        /// The object.
        id: Id,
        /// What has changed.
        attribute: String,
    },
    /// Something else stands under the name of what is to be made.
    #[error("another one called {name:?} stands ({id})")]
    NameTaken {
        /// The name.
        name: String,
        /// The object.
        id: Id,
    },
}

impl Seen {
    /// What `plan` saw in `live`, which was read at the moment `at`. It is believed for as long as it
    /// `lasts`.
    pub fn of(plan: &Plan, live: &Live, at: Instant, lasts: Duration) -> Seen {
        let mut seen = Seen { at, lasts, objects: BTreeMap::new(), holders: BTreeMap::new() };
        for step in &plan.steps {
            let kind = step.address.kind();
            match &step.call {
                Call::Update { target: Target::Id(id), .. } | Call::Delete { id, .. } => {
                    let object = live.kinds.get(&kind).and_then(|kind| kind.objects.get(id));
                    seen.objects.extend(object.map(|object| ((kind, id.clone()), object.clone())));
                }
                Call::Create { attributes } => {
                    let name = attributes.get(kind.schema().natural_key).and_then(Value::as_text);
                    if let Some(name) = name {
                        let held = holders(live, kind, name).map(|(id, _)| id.clone()).collect();
                        seen.holders.insert((kind, name.to_owned()), held);
                    }
                }
                Call::Update { target: Target::Own, .. }
                | Call::Attach { .. }
                | Call::Detach { .. }
                | Call::Nothing => {}
            }
        }
        seen
    }

    /// What to look at before `step` is sent; nothing where what was seen is new, or the step takes
    /// nothing for granted.
    pub(crate) fn look(&self, step: &ReadyStep) -> Option<Scope> {
        if self.at.elapsed() < self.lasts || step.kind.schema().write_only {
            return None;
        }
        let mut scope = Scope::default();
        let wanted = scope.kinds.entry(step.kind).or_default();
        match &step.call {
            ReadyCall::Create { name, .. } => {
                // A second tag of a name cannot be made (dossier 3.2).
                let name = name.clone().filter(|_| step.kind != Kind::Tag)?;
                self.holders.get(&(step.kind, name.clone()))?;
                wanted.names.insert(name);
            }
            ReadyCall::Update { id, .. } | ReadyCall::Delete { id, .. } => {
                self.objects.get(&(step.kind, id.clone()))?;
                wanted.ids.insert(id.clone());
                wanted.detailed_ids.insert(id.clone());
            }
            ReadyCall::Attach { .. } | ReadyCall::Detach { .. } => return None,
        }
        Some(scope)
    }

    /// Whether `step` still finds what it takes for granted in `live`.
    pub(crate) fn still(&self, step: &ReadyStep, live: &Live) -> Result<(), Moved> {
        let schema = step.kind.schema();
        match &step.call {
            ReadyCall::Create { name: Some(name), attributes } => {
                let before = self.holders.get(&(step.kind, name.clone()));
                let place = attributes.get(WORKSPACE).and_then(Filled::as_text);
                let elsewhere = |object: &LiveObject| {
                    let told = object.attributes.get(WORKSPACE).and_then(Value::as_text);
                    step.kind == Kind::Connector && told != place
                };
                let new = holders(live, step.kind, name).find(|(id, object)| {
                    !elsewhere(object) && !before.is_some_and(|before| before.contains(*id))
                });
                match new {
                    Some((id, _)) => Err(Moved::NameTaken { name: name.clone(), id: id.clone() }),
                    None => Ok(()),
                }
            }
            ReadyCall::Update { id, attributes, .. } => {
                let Some(now) = object(live, step.kind, id) else {
                    return Err(Moved::Gone { id: id.clone() });
                };
                let written = |name: &str| attributes.contains_key(name);
                self.same(step.kind, id, now, written)
            }
            // One that is gone already is deleted.
            ReadyCall::Delete { id, .. } => match object(live, step.kind, id) {
                Some(now) => self.same(step.kind, id, now, |name| makes_it(schema, name)),
                None => Ok(()),
            },
            ReadyCall::Create { name: None, .. }
            | ReadyCall::Attach { .. }
            | ReadyCall::Detach { .. } => Ok(()),
        }
    }

    /// Whether an object has the name and what else `counts` as it had.
    fn same(
        &self,
        kind: Kind,
        id: &Id,
        now: &LiveObject,
        counts: impl Fn(&str) -> bool,
    ) -> Result<(), Moved> {
        let Some(before) = self.objects.get(&(kind, id.clone())) else { return Ok(()) };
        if before.name != now.name {
            let (before, now) = (before.name.clone(), now.name.clone());
            return Err(Moved::Renamed { id: id.clone(), before, now });
        }
        // Not every answer tells all (dossier 5.1).
        let differs = before.attributes.iter().find(|(name, before)| {
            counts(name) && now.attributes.get(*name).is_some_and(|now| now != *before)
        });
        match differs {
            Some((attribute, _)) => {
                Err(Moved::Changed { id: id.clone(), attribute: attribute.clone() })
            }
            None => Ok(()),
        }
    }
}

/// Whether an attribute can only be had by another object, and is told.
fn makes_it(schema: &Schema, name: &str) -> bool {
    schema.attribute(name).is_some_and(|attribute| {
        attribute.mutability == Mutability::Replace
            && attribute.readback != Readback::FingerprintInState
    })
}

fn object<'l>(live: &'l Live, kind: Kind, id: &Id) -> Option<&'l LiveObject> {
    live.kinds.get(&kind)?.objects.get(id)
}

fn holders<'l>(
    live: &'l Live,
    kind: Kind,
    name: &str,
) -> impl Iterator<Item = (&'l Id, &'l LiveObject)> {
    let objects = live.kinds.get(&kind).into_iter().flat_map(|kind| &kind.objects);
    objects.filter(move |(_, object)| object.ours && object.name == name)
}
