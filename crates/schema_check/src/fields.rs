//! A specification as a list of fields, for people.

use model::secret::{SecretPart, SecretRef, SecretSource};
use model::{Path, SmallMap, Value};

use crate::complaint::About;
use crate::schema::Schema;

/// A field of a connector's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The way to it from the configuration.
    pub path: Path,
    /// What the specification says of it.
    pub about: About,
    /// The same at length.
    pub description: Option<String>,
    /// The types that it can have.
    pub types: Vec<String>,
    /// It has to be there where what holds it is.
    pub required: bool,
    /// The form that it belongs to, where there are several: the field that tells, and its value.
    pub form: Option<(String, String)>,
    /// It is a map whose fields follow.
    pub is_map: bool,
}

/// Every field of `spec`, what holds it first, in the order in which the connector shows them.
pub fn describe(spec: &Value) -> Vec<Described> {
    let mut found = Vec::new();
    collect(Schema::of(spec), &Path::default(), None, &mut found);
    found
}

fn collect(
    schema: Schema<'_>,
    at: &Path,
    form: Option<&(String, String)>,
    found: &mut Vec<Described>,
) {
    let required: Vec<&str> = schema.required().collect();
    let mut fields: Vec<(&String, Schema<'_>)> = schema.properties().collect();
    fields.sort_by_key(|(name, field)| (order(*field), !required.contains(&name.as_str())));
    for (name, field) in fields {
        let path = at.key(name);
        let is_map = field.properties().next().is_some()
            || ["oneOf", "anyOf"].iter().any(|key| field.each(key).next().is_some());
        found.push(Described {
            path: path.clone(),
            about: field.about(),
            description: field.description(),
            types: field.types().into_iter().map(str::to_owned).collect(),
            required: required.contains(&name.as_str()),
            form: form.cloned(),
            is_map,
        });
        collect(field, &path, None, found);
    }
    for branch in schema.each("allOf") {
        collect(branch, at, form, found);
    }
    for branch in schema.each("oneOf").chain(schema.each("anyOf")) {
        let constant =
            branch.properties().find_map(|(name, field)| Some((name, field.constant()?)));
        let form = constant.map(|(name, value)| (name.clone(), crate::json::spelled(value)));
        collect(branch, at, form.as_ref(), found);
    }
}

/// Where a connector wants a field to be shown.
fn order(schema: Schema<'_>) -> i64 {
    match schema.get("order") {
        Some(Value::Number(number)) => number.as_str().parse().unwrap_or(i64::MAX),
        _ => i64::MAX,
    }
}

/// A configuration that has what `spec` requires and no more, to be filled in: examples and defaults
/// where there are some, the first of several forms, and for a secret the environment variable
/// `PREFIX_FIELD`.
pub fn sample(spec: &Value, prefix: &str) -> Value {
    sampled(Schema::of(spec), "", prefix)
}

fn sampled(schema: Schema<'_>, name: &str, prefix: &str) -> Value {
    if schema.is_secret() {
        let name = format!("{prefix}_{name}").to_uppercase().replace(['-', '.', ' '], "_");
        let parts = vec![SecretPart::Lookup(SecretSource::Env(name))];
        return Value::Secret(SecretRef { parts });
    }
    if let Some(constant) = schema.constant() {
        return constant.clone();
    }
    let form = schema.each("oneOf").chain(schema.each("anyOf")).next();
    let types = schema.types();
    if types.contains(&"object") || form.is_some() || schema.properties().next().is_some() {
        let mut members = SmallMap::new();
        let parts = [Some(schema), form].into_iter().flatten().chain(schema.each("allOf"));
        for part in parts {
            // A constant tells which form is meant, whether it is required or not.
            let tells = part.properties().filter(|(_, field)| field.constant().is_some());
            let told = tells.map(|(name, _)| name.as_str());
            for name in part.required().chain(told) {
                if let Some(field) = part.property(name) {
                    members.insert(name.to_owned(), sampled(field, name, prefix));
                }
            }
        }
        return Value::Map(members);
    }
    let given = schema.get("default").or_else(|| first(schema, "examples"));
    match given.or_else(|| first(schema, "enum")) {
        Some(given) if fits(given, &types) => given.clone(),
        _ => placeholder(schema, &types),
    }
}

fn first<'a>(schema: Schema<'a>, key: &str) -> Option<&'a Value> {
    match schema.get(key) {
        Some(Value::List(items)) => items.first(),
        _ => None,
    }
}

fn fits(value: &Value, types: &[&str]) -> bool {
    let is_any = |names: &[&str]| names.iter().any(|name| types.contains(name));
    match value {
        _ if types.is_empty() => true,
        Value::Text(_) => is_any(&["string"]),
        Value::Number(_) => is_any(&["integer", "number"]),
        Value::Bool(_) => is_any(&["boolean"]),
        Value::List(_) => is_any(&["array"]),
        _ => false,
    }
}

fn placeholder(schema: Schema<'_>, types: &[&str]) -> Value {
    match types {
        ["integer" | "number", ..] => match schema.get("minimum") {
            Some(least @ Value::Number(_)) => least.clone(),
            _ => Value::Number(0.into()),
        },
        ["boolean", ..] => Value::Bool(false),
        ["array", ..] => {
            let items = schema.get("items").map(|items| sampled(Schema::of(items), "", ""));
            Value::List(items.into_iter().collect())
        }
        _ => Value::text("CHANGE_ME"),
    }
}
