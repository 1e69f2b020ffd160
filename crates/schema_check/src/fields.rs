//! A specification as a list of fields, for people.

use model::{Path, Value};

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
