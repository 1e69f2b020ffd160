//! What the service sends, kind by kind. None of this leaves the crate.
//!
//! Tolerant (dossier 6): fields that nobody knows are ignored, and every field but the id may be
//! missing or of another type than documented. A struct names the fields that mean something here;
//! their values stay JSON until they become a [`Value`], so that a word that is new today does not
//! break the list that it stands in.

mod answer;
pub(crate) mod connection_template;
pub(crate) mod connector;
pub(crate) mod definition;
pub(crate) mod oauth_credential;
pub(crate) mod source_template;
pub(crate) mod tag;
pub(crate) mod token;
pub(crate) mod workspace;

use model::Value;
use model::live::Id;
use model::value::Number;
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

pub(crate) use self::answer::Answer;
use crate::step::Filled;

/// A field as it was told: none where it was not, and JSON `null` where it was told to be empty.
pub(crate) type Told = Option<Json>;

/// Reads a field that is there; serde itself makes no difference between `null` and absent.
pub(crate) fn told<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Told, D::Error> {
    Json::deserialize(deserializer).map(Some)
}

/// The object in `json`. None where it is no such object, which without an id it is not.
pub(crate) fn object<T: DeserializeOwned>(json: Json) -> Option<T> {
    serde_json::from_value(json).ok()
}

/// The items of a list, in any of its envelopes (dossier 6).
pub(crate) fn items(list: Json) -> Option<Vec<Json>> {
    let list = match list {
        Json::Object(mut envelope) => ["data", "definitions", "destinations", "organizations"]
            .into_iter()
            .find_map(|key| envelope.remove(key))?,
        bare => bare,
    };
    match list {
        Json::Array(items) => Some(items),
        _ => None,
    }
}

/// The organization that an object says it belongs to.
pub(crate) fn organization(object: &Json) -> Option<String> {
    object.get("organization_id")?.as_str().map(str::to_owned)
}

/// An id in the one form that ids have here.
pub(crate) fn id(text: &str) -> Id {
    Id(text.to_ascii_lowercase())
}

/// The text of a field, where it was told and is text.
pub(crate) fn text(told: &Told) -> Option<&str> {
    told.as_ref()?.as_str()
}

/// A value as the service sends it.
pub(crate) fn value(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(bool) => Value::Bool(bool),
        Json::Number(number) => {
            let text = number.to_string();
            Number::parse(&text).map_or(Value::Text(text), Value::Number)
        }
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::List(items.into_iter().map(value).collect()),
        Json::Object(members) => {
            Value::Map(members.into_iter().map(|(key, member)| (key, value(member))).collect())
        }
    }
}

/// A value as it is sent. This is where secret text enters a request, and the only place.
pub(crate) fn json(filled: &Filled) -> Json {
    match filled {
        Filled::Null => Json::Null,
        Filled::Bool(bool) => Json::Bool(*bool),
        Filled::Number(number) => serde_json::from_str(number.as_str())
            .unwrap_or_else(|_| Json::String(number.as_str().to_owned())),
        Filled::Text(text) => Json::String(text.clone()),
        Filled::Secret(secret) => Json::String(secret.expose_secret().to_owned()),
        Filled::List(items) => Json::Array(items.iter().map(json).collect()),
        Filled::Map(members) => {
            Json::Object(members.iter().map(|(key, member)| (key.clone(), json(member))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json as j;

    #[test]
    fn lists_come_in_any_envelope() {
        for list in [
            j!([1]),
            j!({"data": [1], "next": null}),
            j!({"definitions": [1]}),
            j!({"destinations": [1]}),
        ] {
            assert_eq!(items(list), Some(vec![j!(1)]));
        }
        for none in [j!(null), j!({}), j!({"data": null}), j!({"data": {}}), j!("x")] {
            assert_eq!(items(none), None);
        }
    }

    #[test]
    fn values_come_and_go_unchanged() {
        let tree = j!({"a": [null, true, 1, -2.5, "x", {}], "b": {"c": []}});
        fn filled(value: Value) -> Filled {
            match value {
                Value::Null => Filled::Null,
                Value::Bool(bool) => Filled::Bool(bool),
                Value::Number(number) => Filled::Number(number),
                Value::Text(text) => Filled::Text(text),
                Value::List(items) => Filled::List(items.into_iter().map(filled).collect()),
                Value::Map(members) => {
                    Filled::Map(members.into_iter().map(|(k, v)| (k, filled(v))).collect())
                }
                Value::Secret(_) | Value::Reference(_) => panic!("not from the wire"),
            }
        }
        assert_eq!(json(&filled(value(tree.clone()))), tree);
        assert_eq!(json(&Filled::Secret("s3cret".into())), j!("s3cret"));
        assert!(!format!("{:?}", Filled::Secret("s3cret".into())).contains("s3cret"));
    }
}
