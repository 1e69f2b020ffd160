//! Values of leaves.

use model::Value;
use model::plan::Shown;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

/// One side of a leaf.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Side {
    /// There is no value.
    Absent,
    /// A value in clear.
    Value(Json),
    /// The id of the object at this address.
    Reference(String),
    /// A secret, whose text is never shown.
    Secret,
    /// Something that the service keeps to itself.
    Hidden,
}

impl Side {
    pub(super) fn of(shown: &Shown) -> Side {
        match shown {
            Shown::Absent => Side::Absent,
            Shown::Clear(Value::Reference(address)) => Side::Reference(address.to_string()),
            Shown::Clear(value) => Side::Value(json(value)),
            Shown::Secret => Side::Secret,
            Shown::Hidden => Side::Hidden,
        }
    }
}

fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        // A spelling of a number is JSON already; one that is too large for a reader stays text.
        Value::Number(number) => serde_json::from_str(number.as_str())
            .unwrap_or_else(|_| Json::String(number.to_string())),
        Value::Text(text) => Json::String(text.clone()),
        Value::Secret(_) => Json::String("(secret)".to_owned()),
        Value::Reference(address) => Json::String(address.to_string()),
        Value::List(items) => Json::Array(items.iter().map(json).collect()),
        Value::Map(members) => {
            Json::Object(members.iter().map(|(key, member)| (key.clone(), json(member))).collect())
        }
    }
}
