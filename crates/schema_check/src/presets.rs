//! What a source template gives, and what is left to whoever uses it (dossier 3.5).

use model::{Path, Value};

use crate::complaint::{About, Complaint, Problem};

/// What the service makes of presets and of what a user gives: maps are merged member by member, and
/// everything else of the user's hides what is preset.
pub fn merged(presets: &Value, given: &Value) -> Value {
    match (presets, given) {
        (Value::Map(lower), Value::Map(upper)) => {
            let mut members = lower.clone();
            for (key, value) in upper.iter().filter(|(_, value)| **value != Value::Null) {
                let value = lower.get(key).map_or_else(|| value.clone(), |low| merged(low, value));
                members.insert(key.clone(), value);
            }
            Value::Map(members)
        }
        (presets, Value::Null) => presets.clone(),
        (_, given) => given.clone(),
    }
}

/// Every leaf of `given` that `presets` give already. A field that is preset is not among those that
/// the service asks of a user. `at` is the path of `given`.
pub fn preset_again(presets: &Value, given: &Value, at: &Path) -> Vec<Complaint> {
    match (presets, given) {
        (_, Value::Null) => Vec::new(),
        (Value::Map(lower), Value::Map(upper)) => upper
            .iter()
            .filter_map(|(key, value)| Some((key, lower.get(key)?, value)))
            .flat_map(|(key, low, value)| preset_again(low, value, &at.key(key)))
            .collect(),
        // A constant tells which form is meant, and is said along with the other fields of the form.
        (low, given) if low == given => Vec::new(),
        _ => {
            vec![Complaint { path: at.clone(), problem: Problem::Preset, about: About::default() }]
        }
    }
}
