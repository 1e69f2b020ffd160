//! What the user of a template fills in: laid over what is preset, and held against what is asked
//! for (dossier 3.5).

use crate::masking::fits;
use serde_json::{Map, Value};

/// Lays `upper` over `lower`: objects are merged key by key, everything else gives way.
pub(crate) fn overlay(lower: &mut Map<String, Value>, upper: &Map<String, Value>) {
    for (key, value) in upper {
        match (lower.get_mut(key), value) {
            (Some(Value::Object(lower)), Value::Object(upper)) => overlay(lower, upper),
            _ => {
                lower.insert(key.clone(), value.clone());
            }
        }
    }
}

/// The ways to required properties that `config` does not have, at any depth, in the order of the
/// schema.
pub(crate) fn missing(schema: &Value, config: &Map<String, Value>) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    collect(schema, config, &[], &mut found);
    found
}

fn collect(
    schema: &Value,
    object: &Map<String, Value>,
    way: &[String],
    found: &mut Vec<Vec<String>>,
) {
    let further = |key: &str| [way, &[key.to_owned()]].concat();
    for name in required(schema) {
        if !object.contains_key(name) {
            found.push(further(name));
        }
    }
    for (key, property) in properties(schema) {
        if let Some(Value::Object(inner)) = object.get(key) {
            collect(property, inner, &further(key), found);
        }
    }
    for branch in branches(schema, "allOf") {
        collect(branch, object, way, found);
    }
    for key in ["oneOf", "anyOf"] {
        // A branch is chosen by its constants. Where the object has none of them, it only has to
        // have what one of the branches asks for.
        let mut complaints =
            branches(schema, key).filter(|branch| fits(object, branch)).map(|branch| {
                let mut found = Vec::new();
                collect(branch, object, way, &mut found);
                found
            });
        if let Some(first) = complaints.next()
            && !first.is_empty()
            && complaints.all(|others| !others.is_empty())
        {
            found.extend(first);
        }
    }
}

/// Takes what is secret out of what is required: those who give `credentials` or come by OAuth give
/// it in a form that no document shows.
pub(crate) fn without_required_secrets(mut schema: Value) -> Value {
    let secret: Vec<String> = properties(&schema)
        .filter(|(_, property)| holds_a_secret(property))
        .map(|(key, _)| key.clone())
        .collect();
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !secret.iter().any(|key| name == key));
    }
    schema
}

fn holds_a_secret(schema: &Value) -> bool {
    match schema {
        Value::Object(object) => {
            object.get("airbyte_secret") == Some(&Value::Bool(true))
                || object.values().any(holds_a_secret)
        }
        Value::Array(items) => items.iter().any(holds_a_secret),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

fn branches<'a>(schema: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Value {
        json!({"required": ["host", "auth"], "properties": {
            "host": {"type": "string"},
            "nested": {"required": ["a"], "properties": {"a": {}}},
            "auth": {"oneOf": [
                {"required": ["kind", "key"], "properties": {"kind": {"const": "key"},
                    "key": {"airbyte_secret": true}}},
                {"required": ["token"], "properties": {"kind": {"const": "token"},
                    "token": {"airbyte_secret": true}}}]}
        }})
    }

    #[track_caller]
    fn check(schema: &Value, config: Value, expected: &[&str]) {
        let ways = missing(schema, config.as_object().unwrap());
        let ways: Vec<String> = ways.iter().map(|way| way.join(".")).collect();
        assert_eq!(ways, expected, "{config}");
    }

    #[test]
    fn what_is_required_is_missed_at_every_depth_and_in_the_chosen_branch() {
        let schema = schema();
        check(&schema, json!({}), &["host", "auth"]);
        let with = |auth: Value| json!({"host": "h", "auth": auth});
        check(&schema, with(json!({"token": "t"})), &[]);
        check(&schema, with(json!({"kind": "key", "token": "t"})), &["auth.key"]);
        check(&schema, with(json!({"kind": "token"})), &["auth.token"]);
        check(&schema, with(json!({})), &["auth.kind", "auth.key"]);
        check(&schema, with(json!({"kind": "other"})), &[]);
        check(&schema, json!({"host": "h", "auth": "text", "nested": {}}), &["nested.a"]);
        check(&json!({"allOf": [schema]}), json!({"auth": {"token": "t"}}), &["host"]);
        check(&Value::Null, json!({}), &[]);
    }

    #[test]
    fn secrets_need_not_be_there_where_they_come_another_way() {
        check(&without_required_secrets(schema()), json!({}), &["host"]);
    }

    #[test]
    fn the_upper_config_hides_the_lower_key_by_key() {
        let mut config = json!({"a": 1, "b": {"c": 1, "d": 2}, "e": {"f": 1}});
        let upper = json!({"b": {"d": 3}, "e": [], "g": null});
        overlay(config.as_object_mut().unwrap(), upper.as_object().unwrap());
        assert_eq!(config, json!({"a": 1, "b": {"c": 1, "d": 3}, "e": [], "g": null}));
    }
}
