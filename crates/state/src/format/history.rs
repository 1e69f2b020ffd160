//! What earlier runs have changed, in format version 1. Files from before have none of it.

use std::collections::BTreeMap;

use model::value::{Number, Path, Value};
use model::{Address, SmallMap, history};
use serde::{Deserialize, Serialize};

use super::text::{Text, as_map, unique};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Run {
    number: u64,
    command: String,
    #[serde(deserialize_with = "unique")]
    images: BTreeMap<Text<Address>, Image>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Image {
    fate: Fate,
    touched: bool,
    #[serde(serialize_with = "as_map", deserialize_with = "unique")]
    leaves: SmallMap<Text<Path>, Before>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fate {
    Made,
    Changed,
    Replaced,
    Deleted,
    Adopted,
}

/// A leaf is a scalar or an empty container. A number is written as it was, not as JSON would have it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Before {
    Absent,
    Unknown,
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    Reference(Text<Address>),
    EmptyList,
    EmptyMap,
}

impl From<&history::Run> for Run {
    fn from(run: &history::Run) -> Run {
        let history::Run { number, command, images } = run;
        let images = images.iter().map(|(at, image)| (Text(at.clone()), Image::from(image)));
        Run { number: *number, command: command.clone(), images: images.collect() }
    }
}

impl From<Run> for history::Run {
    fn from(run: Run) -> history::Run {
        let Run { number, command, images } = run;
        let images = images.into_iter().map(|(at, image)| (at.0, image.into())).collect();
        history::Run { number, command, images }
    }
}

impl From<&history::Image> for Image {
    fn from(image: &history::Image) -> Image {
        let history::Image { fate, touched, leaves } = image;
        Image {
            fate: match fate {
                history::Fate::Made => Fate::Made,
                history::Fate::Changed => Fate::Changed,
                history::Fate::Replaced => Fate::Replaced,
                history::Fate::Deleted => Fate::Deleted,
                history::Fate::Adopted => Fate::Adopted,
            },
            touched: *touched,
            leaves: leaves.iter().map(|(p, leaf)| (Text(p.clone()), Before::from(leaf))).collect(),
        }
    }
}

impl From<Image> for history::Image {
    fn from(image: Image) -> history::Image {
        let Image { fate, touched, leaves } = image;
        history::Image {
            fate: match fate {
                Fate::Made => history::Fate::Made,
                Fate::Changed => history::Fate::Changed,
                Fate::Replaced => history::Fate::Replaced,
                Fate::Deleted => history::Fate::Deleted,
                Fate::Adopted => history::Fate::Adopted,
            },
            touched,
            leaves: leaves.into_iter().map(|(path, leaf)| (path.0, leaf.into())).collect(),
        }
    }
}

impl From<&history::Before> for Before {
    fn from(before: &history::Before) -> Before {
        let value = match before {
            history::Before::Absent => return Before::Absent,
            history::Before::Unknown => return Before::Unknown,
            history::Before::Clear(value) => value,
        };
        match value {
            Value::Null => Before::Null,
            Value::Bool(flag) => Before::Bool(*flag),
            Value::Number(number) => Before::Number(number.to_string()),
            Value::Text(text) => Before::Text(text.clone()),
            Value::Reference(address) => Before::Reference(Text(address.clone())),
            Value::List(items) if items.is_empty() => Before::EmptyList,
            Value::Map(members) if members.is_empty() => Before::EmptyMap,
            // No leaf, or one that must not be kept.
            Value::Secret(_) | Value::List(_) | Value::Map(_) => Before::Unknown,
        }
    }
}

impl From<Before> for history::Before {
    fn from(before: Before) -> history::Before {
        history::Before::Clear(match before {
            Before::Absent => return history::Before::Absent,
            Before::Unknown => return history::Before::Unknown,
            Before::Null => Value::Null,
            Before::Bool(flag) => Value::Bool(flag),
            Before::Number(text) => match Number::parse(&text) {
                Some(number) => Value::Number(number),
                None => return history::Before::Unknown,
            },
            Before::Text(text) => Value::Text(text),
            Before::Reference(address) => Value::Reference(address.0),
            Before::EmptyList => Value::List(Vec::new()),
            Before::EmptyMap => Value::Map(SmallMap::new()),
        })
    }
}
