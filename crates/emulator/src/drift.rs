//! Answers of a service newer than every document: fields and words that nobody knows yet.

use serde_json::{Map, Value, json};

/// Puts an unknown field into the answer and into each item of its lists, and unknown words where a
/// client can only look on: at the support level of definitions, at the mode of global templates,
/// at the status of the workspace `default`.
pub(crate) fn apply(body: &mut Value) {
    match body {
        Value::Object(object) => {
            for key in ["data", "definitions", "destinations", "organizations"] {
                if let Some(Value::Array(items)) = object.get_mut(key) {
                    items.iter_mut().filter_map(Value::as_object_mut).for_each(drift);
                }
            }
            drift(object);
        }
        Value::Array(items) => items.iter_mut().filter_map(Value::as_object_mut).for_each(drift),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn drift(object: &mut Map<String, Value>) {
    for key in ["definition", "source_template", "summarized_source_template"] {
        if let Some(Value::Object(nested)) = object.get_mut(key) {
            drift(nested);
        }
    }
    object.insert("rollout_state".to_owned(), json!({"ring": 3, "flags": ["beta"]}));
    if object.contains_key("supportLevel") {
        object.insert("supportLevel".to_owned(), "labs".into());
    }
    let is_global = object.get("organization_id").is_some_and(Value::is_null);
    if is_global && object.contains_key("mode") {
        object.insert("mode".to_owned(), "HYBRID".into());
    }
    let is_default = object.get("name").is_some_and(|name| name == crate::world::DEFAULT_WORKSPACE);
    if is_default && object.contains_key("tombstone") {
        object.insert("status".to_owned(), "suspended".into());
    }
}
