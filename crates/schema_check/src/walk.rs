//! The structure of a configuration.

use std::collections::BTreeSet;

use model::{Path, SmallMap, Value};

use crate::Extent;
use crate::branch::{Choice, choose};
use crate::complaint::{About, Complaint, Found, Problem};
use crate::leaf;
use crate::nearest::nearest;
use crate::schema::Schema;

/// Everything that `schema` has against `value`, which stands at `at`.
pub(crate) fn walk(
    schema: &Schema<'_>,
    value: &Value,
    at: &Path,
    extent: Extent,
) -> Vec<Complaint> {
    // A `null` says the same as nothing (dossier 5.4), and whether that is missing is asked above.
    if *value == Value::Null || schema.get("$ref").is_some() {
        return Vec::new();
    }
    if let Some(complaint) = wrong_type(*schema, value, at) {
        return vec![complaint];
    }
    let (parts, mut complaints) = applying(*schema, value, at, extent);
    // Where it cannot be told which form is meant, nor can it be which fields it has.
    let is_told = complaints.is_empty();
    for part in &parts {
        complaints.extend(leaf::check(*part, value, at));
    }
    match value {
        Value::Map(members) if !value.is_opaque() => {
            missing(&parts, members, at, extent, &mut complaints);
            for (name, member) in members {
                complaints.extend(field(&parts, name, member, at.key(name), extent, is_told));
            }
        }
        Value::List(items) => {
            for schema in parts.iter().filter_map(|part| part.get("items")).map(Schema::of) {
                for (position, item) in items.iter().enumerate() {
                    complaints.extend(walk(&schema, item, &at.index(position), extent));
                }
            }
        }
        _ => {}
    }
    complaints
}

/// The schema and every part of it that speaks of `value` too, and what forms it is none of.
fn applying<'a>(
    schema: Schema<'a>,
    value: &Value,
    at: &Path,
    extent: Extent,
) -> (Vec<Schema<'a>>, Vec<Complaint>) {
    let mut complaints = Vec::new();
    let mut parts = vec![schema];
    let mut next = 0;
    while let Some(part) = parts.get(next).copied() {
        next += 1;
        parts.extend(part.each("allOf"));
        for key in ["oneOf", "anyOf"] {
            let branches: Vec<Schema<'a>> = part.each(key).collect();
            match choose(&branches, value, at, extent) {
                Choice::Meant(branch) => parts.push(branch),
                Choice::None(complaint) => complaints.push(complaint),
                Choice::Nothing => {}
            }
        }
    }
    (parts, complaints)
}

/// What `parts` require and `members` do not have.
fn missing(
    parts: &[Schema<'_>],
    members: &SmallMap<String, Value>,
    at: &Path,
    extent: Extent,
    complaints: &mut Vec<Complaint>,
) {
    let given = |name: &str| members.get(name).is_some_and(|member| *member != Value::Null);
    let property = |name: &str| parts.iter().find_map(|part| part.property(name));
    for name in parts.iter().flat_map(|part| part.required()).filter(|name| !given(name)) {
        let field = property(name);
        let is_excused = match extent {
            Extent::Whole => false,
            Extent::WithoutSecrets => field.is_some_and(Schema::holds_a_secret),
            Extent::Partial => true,
        };
        if !is_excused {
            let problem = Problem::Missing { field: name.to_owned() };
            let about = field.map(Schema::about).unwrap_or_default();
            complaints.push(Complaint { path: at.clone(), problem, about });
        }
    }
}

/// A member of a map, held against all `parts` that speak of it.
fn field(
    parts: &[Schema<'_>],
    name: &str,
    member: &Value,
    at: Path,
    extent: Extent,
    is_told: bool,
) -> Vec<Complaint> {
    let named: Vec<Schema<'_>> = parts.iter().filter_map(|part| part.property(name)).collect();
    if !named.is_empty() {
        return named.iter().flat_map(|field| walk(field, member, &at, extent)).collect();
    }
    let others = || parts.iter().filter_map(|part| part.get("additionalProperties"));
    if let Some(schema) = others().find(|others| matches!(others, Value::Map(_))) {
        return walk(&Schema::of(schema), member, &at, extent);
    }
    let known: BTreeSet<&String> =
        parts.iter().flat_map(|part| part.properties()).map(|(name, _)| name).collect();
    // What is free of form, or of a form that is not seen here, has no unknown fields.
    let is_free = known.is_empty() || parts.iter().any(|part| part.is_beyond_us());
    if is_free || !is_told || *member == Value::Null {
        return Vec::new();
    }
    let closed = others().any(|others| *others == Value::Bool(false));
    let similar = nearest(name, known.iter().map(|name| name.as_str()));
    let problem = Problem::Unknown {
        field: name.to_owned(),
        similar: similar.map(str::to_owned),
        known: known.into_iter().cloned().collect(),
        closed,
    };
    vec![Complaint { path: at, problem, about: About::default() }]
}

fn wrong_type(schema: Schema<'_>, value: &Value, at: &Path) -> Option<Complaint> {
    let wanted = schema.types();
    let (found, names): (Found, &[&str]) = match value {
        Value::Bool(_) => (Found::Bool, &["boolean"]),
        Value::Number(number) if number.as_str().parse::<i128>().is_ok() => {
            (Found::Number, &["integer", "number"])
        }
        Value::Number(_) => (Found::Number, &["number"]),
        Value::Text(_) | Value::Reference(_) => (Found::Text, &["string"]),
        // The service has put another thing in place of whatever it was.
        Value::Map(_) if value.is_opaque() => return None,
        Value::Secret(_) => (Found::Secret, &["string"]),
        Value::List(_) => (Found::List, &["array"]),
        Value::Map(_) => (Found::Map, &["object"]),
        Value::Null => return None,
    };
    let fits = wanted.is_empty() || names.iter().any(|name| wanted.contains(name));
    (!fits).then(|| Complaint {
        path: at.clone(),
        problem: Problem::WrongType {
            found,
            wanted: wanted.into_iter().map(str::to_owned).collect(),
        },
        about: schema.about(),
    })
}
