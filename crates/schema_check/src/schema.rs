//! A JSON schema, as far as it is walked here.

use model::{SmallMap, Value};

use crate::complaint::About;
use crate::json::spelled;

/// The most values that are listed.
const MOST_ALLOWED: usize = 40;

/// A schema or a part of one. What it says that is no schema is as good as not said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schema<'a> {
    members: Option<&'a SmallMap<String, Value>>,
}

impl<'a> Schema<'a> {
    pub(crate) fn of(value: &'a Value) -> Schema<'a> {
        let members = match value {
            Value::Map(members) => Some(members),
            _ => None,
        };
        Schema { members }
    }

    pub(crate) fn get(self, key: &str) -> Option<&'a Value> {
        self.members?.get(key)
    }

    pub(crate) fn members(self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.members.into_iter().flatten()
    }

    /// The parts in the list called `key`.
    pub(crate) fn each(self, key: &str) -> impl Iterator<Item = Schema<'a>> + use<'a> {
        let items = match self.get(key) {
            Some(Value::List(items)) => items.as_slice(),
            _ => &[],
        };
        items.iter().map(Schema::of)
    }

    /// The fields that it names.
    pub(crate) fn properties(self) -> impl Iterator<Item = (&'a String, Schema<'a>)> {
        let properties = match self.get("properties") {
            Some(Value::Map(properties)) => Some(properties),
            _ => None,
        };
        properties.into_iter().flatten().map(|(name, schema)| (name, Schema::of(schema)))
    }

    /// The field called `name`.
    pub(crate) fn property(self, name: &str) -> Option<Schema<'a>> {
        match self.get("properties") {
            Some(Value::Map(properties)) => properties.get(name).map(Schema::of),
            _ => None,
        }
    }

    /// The fields that have to be there.
    pub(crate) fn required(self) -> impl Iterator<Item = &'a str> {
        let items = match self.get("required") {
            Some(Value::List(items)) => items.as_slice(),
            _ => &[],
        };
        items.iter().filter_map(Value::as_text)
    }

    /// The one value that it allows.
    pub(crate) fn constant(self) -> Option<&'a Value> {
        match (self.get("const"), self.get("enum")) {
            (Some(constant), _) => Some(constant),
            (None, Some(Value::List(values))) => match values.as_slice() {
                [only] => Some(only),
                _ => None,
            },
            (None, _) => None,
        }
    }

    /// The types that it allows. None: all of them.
    pub(crate) fn types(self) -> Vec<&'a str> {
        match self.get("type") {
            Some(Value::Text(one)) => vec![one],
            Some(Value::List(several)) => several.iter().filter_map(Value::as_text).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it says something that is not walked here, and so knows more than is seen.
    pub(crate) fn is_beyond_us(self) -> bool {
        ["$ref", "patternProperties", "if"].iter().any(|key| self.get(key).is_some())
    }

    /// Whether a value of it is a secret (dossier 3.8).
    pub(crate) fn is_secret(self) -> bool {
        self.get("airbyte_secret") == Some(&Value::Bool(true))
    }

    /// Whether a secret is somewhere in it.
    pub(crate) fn holds_a_secret(self) -> bool {
        let inner = |key| self.each(key).any(Schema::holds_a_secret);
        self.is_secret()
            || self.properties().any(|(_, field)| field.holds_a_secret())
            || ["oneOf", "anyOf", "allOf"].into_iter().any(inner)
    }

    fn text(self, key: &str) -> Option<String> {
        self.get(key)?.as_text().map(str::to_owned)
    }

    /// What it says to people.
    pub(crate) fn about(self) -> About {
        let allowed = match (self.get("const"), self.get("enum")) {
            (Some(constant), _) => vec![spelled(constant)],
            (None, Some(Value::List(values))) => {
                values.iter().take(MOST_ALLOWED).map(spelled).collect()
            }
            (None, _) => Vec::new(),
        };
        let example = match self.get("examples") {
            Some(Value::List(examples)) => examples.first().map(spelled),
            Some(Value::Text(example)) => Some(example.clone()),
            _ => None,
        };
        About {
            title: self.text("title"),
            allowed,
            example,
            default: self.get("default").map(spelled),
            secret: self.is_secret(),
        }
    }

    /// What it says at length.
    pub(crate) fn description(self) -> Option<String> {
        self.text("description")
    }
}
