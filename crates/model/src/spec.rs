//! What a connector says of its own configuration (dossier 3.8): a JSON schema, of which this reads
//! one thing, which leaves are secret.

use std::cell::Cell;

use crate::small_map::SmallMap;
use crate::value::{Path, Segment, Value};

/// How many schemas are looked at for one leaf. References may go in circles, and alternatives
/// multiply; the largest real specification needs a few hundred.
const MOST_VISITS: usize = 10_000;
/// How deep schemas lie in one another, references included.
const DEEPEST: usize = 128;

/// The attributes that hold a configuration which the specification of the resource's definition
/// describes. A connector's `credentials` are not among them: they are for another interface of the
/// connector (dossier 3.5).
pub const CONFIGS: [&str; 3] =
    ["partial_default_config", "destination_config", "replication_config"];

/// Whether a specification describes the attribute called `name`.
pub fn describes(name: &str) -> bool {
    CONFIGS.contains(&name)
}

/// The `connectionSpecification` of a connector definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    schema: Value,
}

impl Spec {
    /// A specification that is this JSON schema. Any value is one: what makes no sense says nothing.
    pub fn new(schema: Value) -> Spec {
        Spec { schema }
    }

    /// The JSON schema.
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// Whether the leaf at `path` of `config` is marked `airbyte_secret`, itself or with what holds
    /// it; the first segment of `path` is the attribute that `config` is the value of. `None` where
    /// the specification does not speak of such a leaf.
    ///
    /// Of alternatives those count whose constants `config` has. Where none of these knows the leaf
    /// all of them do: another side of the same configuration may be made by another one.
    pub fn marks(&self, config: &Value, path: &Path) -> Option<bool> {
        let below = path.segments().get(1..)?;
        let walk = Walk { root: &self.schema, visits: Cell::new(0) };
        walk.marks(&self.schema, Some(config), below, DEEPEST)
    }

    /// The leaves of `config`, the value of the attribute at `root`, that are marked secret.
    pub fn secrets<'v>(&self, root: &Path, config: &'v Value) -> SmallMap<Path, &'v Value> {
        let mut leaves = config.leaves(root);
        leaves.retain(|path, _| self.marks(config, path) == Some(true));
        leaves
    }
}

struct Walk<'s> {
    root: &'s Value,
    visits: Cell<usize>,
}

impl<'s> Walk<'s> {
    fn marks(
        &self,
        schema: &'s Value,
        value: Option<&Value>,
        path: &[Segment],
        deeper: usize,
    ) -> Option<bool> {
        let deeper = deeper.checked_sub(1)?;
        self.visits.set(self.visits.get() + 1);
        if self.visits.get() > MOST_VISITS {
            return None;
        }
        if member(schema, "airbyte_secret") == Some(&Value::Bool(true)) {
            return Some(true);
        }
        if let Some(target) = member(schema, "$ref").and_then(Value::as_text) {
            return self.marks(self.resolve(target)?, value, path, deeper);
        }
        let own = match path.split_first() {
            None => Some(false),
            Some((Segment::Key(key) | Segment::Member(key), below)) => {
                let next = member(schema, "properties").and_then(|all| member(all, key));
                let next = next.or_else(|| member(schema, "additionalProperties"));
                let inner = value.and_then(|value| member(value, key));
                next.filter(|next| matches!(next, Value::Map(_)))
                    .and_then(|next| self.marks(next, inner, below, deeper))
            }
            Some((Segment::Index(index), below)) => {
                let next = match member(schema, "items") {
                    Some(Value::List(each)) => each.get(*index),
                    one => one,
                };
                let inner = match value {
                    Some(Value::List(items)) => items.get(*index),
                    _ => None,
                };
                next.and_then(|next| self.marks(next, inner, below, deeper))
            }
        };
        let all = branches(schema, "allOf").map(|branch| self.marks(branch, value, path, deeper));
        let found = all.fold(own, surer);
        ["oneOf", "anyOf"].into_iter().fold(found, |found, keyword| {
            let ask = |branch| self.marks(branch, value, path, deeper);
            let fits = |branch: &&'s Value| self.fits(branch, value);
            let fitting = branches(schema, keyword).filter(fits).map(ask).fold(None, surer);
            let any = || branches(schema, keyword).map(ask).fold(None, surer);
            surer(found, fitting.or_else(any))
        })
    }

    /// Whether `value` has no other value where `branch` has a constant.
    fn fits(&self, branch: &'s Value, value: Option<&Value>) -> bool {
        let branch = match member(branch, "$ref").and_then(Value::as_text) {
            Some(target) => self.resolve(target).unwrap_or(branch),
            None => branch,
        };
        let Some(Value::Map(properties)) = member(branch, "properties") else { return true };
        properties.iter().all(|(key, property)| {
            let told = value.and_then(|value| member(value, key));
            match (member(property, "const"), told) {
                (Some(constant), Some(told @ (Value::Text(_) | Value::Number(_)))) => {
                    told == constant
                }
                _ => true,
            }
        })
    }

    /// What `#/…` points at.
    fn resolve(&self, target: &str) -> Option<&'s Value> {
        let mut keys = target.strip_prefix('#')?.split('/').skip(1);
        keys.try_fold(self.root, |here, key| {
            member(here, &key.replace("~1", "/").replace("~0", "~"))
        })
    }
}

fn member<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Map(members) => members.get(key),
        _ => None,
    }
}

fn branches<'s>(schema: &'s Value, keyword: &str) -> impl Iterator<Item = &'s Value> {
    match member(schema, keyword) {
        Some(Value::List(branches)) => branches.iter(),
        _ => [].iter(),
    }
}

/// Secret before not secret before not known.
fn surer(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    one.max(other)
}
