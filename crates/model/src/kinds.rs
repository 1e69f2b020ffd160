//! One file per kind: what its attributes mean.

pub mod connection_template;
pub mod connector;
pub mod oauth_credential;
pub mod source_template;
pub mod tag;
pub mod workspace;

use crate::value::Value;

/// The form of a value that already has only one.
fn as_is(value: Value) -> Value {
    value
}

/// Free-form connector configuration: a `null` member says the same as no member (dossier 5.4), at
/// any depth. Empty maps stay: a connector may want one.
fn config(value: Value) -> Value {
    match value {
        Value::Map(members) => Value::Map(
            members
                .into_iter()
                .filter(|(_, member)| *member != Value::Null)
                .map(|(key, member)| (key, config(member)))
                .collect(),
        ),
        Value::List(items) => Value::List(items.into_iter().map(config).collect()),
        other => other,
    }
}

/// A set: sorted, each member once.
fn set(value: Value) -> Value {
    match value {
        Value::List(mut items) => {
            items.sort();
            items.dedup();
            Value::List(items)
        }
        other => other,
    }
}

/// What a new object has where it has nothing.
fn unset() -> Value {
    Value::Null
}

/// The set of a new object that has no members yet.
fn none() -> Value {
    Value::List(Vec::new())
}
