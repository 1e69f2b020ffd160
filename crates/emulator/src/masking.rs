//! What comes back of a config: secret leaves masked, and the spec without what is preset.

use crate::ids;
use crate::switches::Masking;
use serde_json::{Map, Value, json};
use uuid::Uuid;

const ASTERISKS: &str = "**********";

/// A config as the service returns it: every leaf that `schema` marks secret, at any depth and in
/// any branch, gives way to what `masking` says.
///
/// `owner` is the template that the config belongs to: coordinates of secrets follow from it.
pub(crate) fn masked(
    config: &Map<String, Value>,
    schema: &Value,
    masking: Masking,
    owner: Uuid,
) -> Value {
    if masking == Masking::Cleartext {
        return Value::Object(config.clone());
    }
    let mut config = Value::Object(config.clone());
    mask(&mut config, &[schema], masking, &owner.to_string());
    config
}

/// Masks inside `value`, to which all `schemas` apply; `path` tells leaves of one owner apart.
fn mask(value: &mut Value, schemas: &[&Value], masking: Masking, path: &str) {
    match value {
        Value::Object(object) => {
            let schemas = with_branches(object, schemas);
            let keys: Vec<String> = object.keys().cloned().collect();
            for key in keys {
                let inner: Vec<&Value> = schemas
                    .iter()
                    .filter_map(|schema| schema.get("properties")?.get(&key))
                    .collect();
                let path = format!("{path}/{key}");
                let secret = inner.iter().any(|schema| is_secret(schema));
                if secret && masking == Masking::Dropped {
                    object.remove(&key);
                } else if let Some(value) = object.get_mut(&key) {
                    if secret && !value.is_null() {
                        *value = mark(masking, &path);
                    } else {
                        mask(value, &inner, masking, &path);
                    }
                }
            }
        }
        Value::Array(items) => {
            let inner: Vec<&Value> =
                schemas.iter().filter_map(|schema| schema.get("items")).collect();
            if inner.iter().any(|schema| is_secret(schema)) && masking == Masking::Dropped {
                items.clear();
            }
            for (index, item) in items.iter_mut().enumerate() {
                let path = format!("{path}/{index}");
                if inner.iter().any(|schema| is_secret(schema)) {
                    *item = mark(masking, &path);
                } else {
                    mask(item, &inner, masking, &path);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Puts what is `stored` back to where `sent` has what was `shown` in its place.
pub(crate) fn unmask(sent: &mut Map<String, Value>, stored: &Map<String, Value>, shown: &Value) {
    for (key, sent) in sent {
        if let (Some(stored), Some(shown)) = (stored.get(key), shown.get(key)) {
            unmask_value(sent, stored, shown);
        }
    }
}

fn unmask_value(sent: &mut Value, stored: &Value, shown: &Value) {
    if sent == shown {
        sent.clone_from(stored);
        return;
    }
    match (sent, stored) {
        (Value::Object(sent), Value::Object(stored)) => unmask(sent, stored, shown),
        (Value::Array(sent), Value::Array(stored)) => {
            for (at, (sent, stored)) in sent.iter_mut().zip(stored).enumerate() {
                if let Some(shown) = shown.get(at) {
                    unmask_value(sent, stored, shown);
                }
            }
        }
        _ => {}
    }
}

fn is_secret(schema: &Value) -> bool {
    schema.get("airbyte_secret") == Some(&Value::Bool(true))
}

fn mark(masking: Masking, path: &str) -> Value {
    match masking {
        Masking::SecretObject => json!({"_secret": ids::derived(path).to_string()}),
        Masking::Cleartext | Masking::Asterisks | Masking::Dropped => ASTERISKS.into(),
    }
}

/// The schemas and those of their branches that the object fits by its constants. Where it fits
/// none, all branches count: better masked too much than too little.
fn with_branches<'a>(object: &Map<String, Value>, schemas: &[&'a Value]) -> Vec<&'a Value> {
    let mut all: Vec<&'a Value> = Vec::new();
    let mut open: Vec<&'a Value> = schemas.to_vec();
    while let Some(schema) = open.pop() {
        all.push(schema);
        for key in ["oneOf", "anyOf", "allOf"] {
            let Some(branches) = schema.get(key).and_then(Value::as_array) else { continue };
            let fitting: Vec<&Value> =
                branches.iter().filter(|branch| fits(object, branch)).collect();
            if fitting.is_empty() {
                open.extend(branches);
            } else {
                open.extend(fitting);
            }
        }
    }
    all
}

/// Whether every constant of the branch that the object has is the object's own.
pub(crate) fn fits(object: &Map<String, Value>, branch: &Value) -> bool {
    let Some(properties) = branch.get("properties").and_then(Value::as_object) else { return true };
    properties.iter().all(|(key, schema)| match (schema.get("const"), object.get(key)) {
        (Some(constant), Some(value)) => constant == value,
        (None, _) | (_, None) => true,
    })
}

/// The connector's schema without what the template presets: what is left for the end user to fill
/// in (dossier 3.3).
pub(crate) fn without_preset(schema: &Value, preset: &Map<String, Value>) -> Value {
    let mut schema = schema.clone();
    subtract(&mut schema, preset);
    schema
}

fn subtract(schema: &mut Value, preset: &Map<String, Value>) {
    let mut filled: Vec<String> = Vec::new();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for (key, value) in preset {
            let Some(property) = properties.get_mut(key) else { continue };
            if let (Value::Object(inner), true) = (value, property.get("properties").is_some()) {
                subtract(property, inner);
                let rest = property.get("properties").and_then(Value::as_object);
                if rest.is_some_and(|rest| !rest.is_empty()) {
                    continue;
                }
            }
            filled.push(key.clone());
        }
        properties.retain(|key, _| !filled.contains(key));
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !filled.iter().any(|key| name == key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Value {
        json!({"type": "object", "required": ["host", "auth"], "properties": {
            "host": {"type": "string"},
            "password": {"type": "string", "airbyte_secret": true},
            "keys": {"type": "array", "items": {"type": "string", "airbyte_secret": true}},
            "nested": {"type": "object", "required": ["a", "b"], "properties": {
                "a": {"type": "string"}, "b": {"type": "string", "airbyte_secret": true}}},
            "auth": {"type": "object", "oneOf": [
                {"properties": {"kind": {"const": "key"}, "id": {"type": "string"},
                    "secret": {"type": "string", "airbyte_secret": true}}},
                {"properties": {"kind": {"const": "token"},
                    "id": {"type": "string", "airbyte_secret": true}}}]}
        }})
    }

    #[track_caller]
    fn check_mask(masking: Masking, config: Value, expected: Value) {
        let config = config.as_object().unwrap();
        assert_eq!(masked(config, &schema(), masking, ids::numbered(0)), expected);
    }

    #[test]
    fn secrets_are_masked_at_every_depth() {
        let config = json!({"host": "h", "password": "p", "keys": ["k"], "extra": {"password": 1},
            "nested": {"a": "x", "b": "y"}, "auth": {"kind": "key", "id": "i", "secret": "s"}});
        check_mask(Masking::Cleartext, config.clone(), config.clone());
        check_mask(
            Masking::Asterisks,
            config.clone(),
            json!({"host": "h", "password": ASTERISKS, "keys": [ASTERISKS],
                "extra": {"password": 1}, "nested": {"a": "x", "b": ASTERISKS},
                "auth": {"kind": "key", "id": "i", "secret": ASTERISKS}}),
        );
        check_mask(
            Masking::Dropped,
            config,
            json!({"host": "h", "keys": [], "extra": {"password": 1}, "nested": {"a": "x"},
                "auth": {"kind": "key", "id": "i"}}),
        );
    }

    #[test]
    fn the_branch_is_chosen_by_its_constant_and_all_count_where_none_fits() {
        let auth = |kind: &str, id: &str| json!({"auth": {"kind": kind, "id": id}});
        check_mask(Masking::Asterisks, auth("key", "i"), auth("key", "i"));
        check_mask(Masking::Asterisks, auth("token", "i"), auth("token", ASTERISKS));
        check_mask(Masking::Asterisks, auth("other", "i"), auth("other", ASTERISKS));
    }

    #[test]
    fn a_secret_object_is_the_same_for_one_leaf_and_differs_between_leaves() {
        let config = json!({"password": "p", "nested": {"b": "p"}});
        let config = config.as_object().unwrap();
        let read = |owner| masked(config, &schema(), Masking::SecretObject, ids::numbered(owner));
        let (first, other) = (read(0), read(1));
        assert_eq!(first, read(0));
        assert_ne!(first["password"]["_secret"], first["nested"]["b"]["_secret"]);
        assert_ne!(first["password"], other["password"]);
    }

    #[test]
    fn a_mask_that_comes_back_gives_way_to_its_secret() {
        let stored = json!({"host": "h", "password": "p", "keys": ["k", "l"],
            "nested": {"a": "x", "b": "y"}});
        let stored = stored.as_object().unwrap();
        for masking in [Masking::Asterisks, Masking::SecretObject] {
            let shown = masked(stored, &schema(), masking, ids::numbered(0));
            let mut sent = shown.clone();
            sent["host"] = json!("other");
            sent["keys"][0] = json!("new");
            sent["nested"]["a"] = json!(ASTERISKS);
            unmask(sent.as_object_mut().unwrap(), stored, &shown);
            let taken = json!({"host": "other", "password": "p", "keys": ["new", "l"],
                "nested": {"a": ASTERISKS, "b": "y"}});
            assert_eq!(sent, taken);
        }
    }

    #[test]
    fn what_is_preset_is_not_asked_for() {
        let preset = json!({"host": "h", "nested": {"a": "x"}, "auth": {"kind": "key"}});
        let rest = without_preset(&schema(), preset.as_object().unwrap());
        let left: Vec<&String> = rest["properties"].as_object().unwrap().keys().collect();
        assert_eq!(left, ["keys", "nested", "password"]);
        assert_eq!(rest["required"], json!([]));
        assert_eq!(rest["properties"]["nested"]["required"], json!(["b"]));
    }
}
