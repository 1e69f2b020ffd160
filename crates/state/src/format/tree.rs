//! Trees of values, as they stand in a plan file.
//!
//! Text, truth, nothing and maps stand as themselves. Whatever else there is stands as a list that
//! begins with what it is: `["number", "1"]`, `["reference", "tags.crm"]`, `["list", …]`. So no level
//! of a tree costs more than one level of JSON, of which the reader takes a limited number.

use model::secret::{SecretPart, SecretRef, SecretSource};
use model::value::Number;
use model::{Address, Value};
use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};
use serde_json::{Value as Json, json};

use super::mirror::Mirror;

/// A tree of values.
pub(super) struct Tree(Value);

impl Mirror for Tree {
    type Model = Value;
    fn of(model: &Value) -> Tree {
        Tree(model.clone())
    }
    fn model(self) -> Value {
        self.0
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(&self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tree, D::Error> {
        let json = Json::deserialize(deserializer)?;
        read(json).map(Tree).ok_or_else(|| de::Error::custom("expected a value"))
    }
}

fn write(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Number(number) => json!(["number", number.as_str()]),
        Value::Text(text) => json!(text),
        Value::Secret(SecretRef { parts }) => {
            let parts = parts.iter().map(|part| match part {
                SecretPart::Literal(text) => json!({"literal": text}),
                SecretPart::Lookup(SecretSource::Env(name)) => json!({"env": name}),
                SecretPart::Lookup(SecretSource::File(path)) => json!({"file": path}),
                SecretPart::Lookup(SecretSource::Variable(name)) => json!({"variable": name}),
            });
            Json::Array(std::iter::once(json!("secret")).chain(parts).collect())
        }
        Value::Reference(address) => json!(["reference", address.to_string()]),
        Value::List(items) => {
            Json::Array(std::iter::once(json!("list")).chain(items.iter().map(write)).collect())
        }
        Value::Map(members) => {
            Json::Object(members.iter().map(|(key, value)| (key.clone(), write(value))).collect())
        }
    }
}

fn read(json: Json) -> Option<Value> {
    Some(match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(_) => return None,
        Json::String(text) => Value::Text(text),
        Json::Object(members) => {
            let members = members.into_iter().map(|(key, value)| Some((key, read(value)?)));
            Value::Map(members.collect::<Option<_>>()?)
        }
        Json::Array(items) => {
            let mut items = items.into_iter();
            match (items.next()?.as_str()?, items) {
                ("list", items) => Value::List(items.map(read).collect::<Option<_>>()?),
                ("secret", parts) => {
                    Value::Secret(SecretRef { parts: parts.map(read_part).collect::<Option<_>>()? })
                }
                ("number", mut only) => Value::Number(Number::parse(only.next()?.as_str()?)?),
                ("reference", mut only) => {
                    Value::Reference(Address::parse(only.next()?.as_str()?)?)
                }
                _ => return None,
            }
        }
    })
}

fn read_part(json: Json) -> Option<SecretPart> {
    let Json::Object(members) = json else { return None };
    let (key, value) = members.into_iter().next()?;
    let text = value.as_str()?.to_owned();
    Some(match key.as_str() {
        "literal" => SecretPart::Literal(text),
        "env" => SecretPart::Lookup(SecretSource::Env(text)),
        "file" => SecretPart::Lookup(SecretSource::File(text)),
        "variable" => SecretPart::Lookup(SecretSource::Variable(text)),
        _ => return None,
    })
}
