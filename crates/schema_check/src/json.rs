//! Between our values and JSON.

use model::value::Number;
use model::{Address, SmallMap, Value};
use serde_json::Value as Json;

/// What stands in for a text that is not known here.
const STAND_IN: &str = "secret";

/// `json` as a value.
pub fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => {
            Number::parse(&number.to_string()).map_or(Value::Null, Value::Number)
        }
        Json::String(text) => Value::text(text),
        Json::Array(items) => Value::List(items.iter().map(from_json).collect()),
        Json::Object(members) => {
            let members = members.iter().map(|(key, member)| (key.clone(), from_json(member)));
            Value::Map(members.collect::<SmallMap<String, Value>>())
        }
    }
}

/// `value` as JSON, with a stand-in for what only the last moment knows.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Number(number) => serde_json::from_str(number.as_str()).unwrap_or(Json::Null),
        Value::Text(text) => Json::String(text.clone()),
        Value::Secret(_) => Json::String(STAND_IN.to_owned()),
        Value::Reference(address) => Json::String(Address::to_string(address)),
        Value::List(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Map(members) => {
            Json::Object(members.iter().map(|(key, value)| (key.clone(), to_json(value))).collect())
        }
    }
}

/// A value of a specification on one line.
pub(crate) fn spelled(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        other => to_json(other).to_string(),
    }
}
