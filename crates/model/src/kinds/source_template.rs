//! A source template: a connector that customers may use, with presets (dossier 3.3 and 4).

use super::{as_is, config, none, set, unset};
use crate::kind::{Attribute, Given, Mutability, Readback, Schema, Shape, Side};
use crate::small_map::SmallMap;
use crate::value::Value;

/// The attribute that holds what is preset for all connectors made from the template.
pub const PARTIAL_DEFAULT_CONFIG: &str = "partial_default_config";

pub(crate) static SCHEMA: Schema = Schema {
    natural_key: "name",
    write_only: false,
    attributes: &[
        Attribute {
            name: "name",
            shape: Shape::Scalar,
            mutability: Mutability::InPlace,
            readback: Readback::Told,
            given: Given::AtCreate,
            canonical: as_is,
        },
        Attribute {
            name: "definition",
            shape: Shape::Definition(Side::Source),
            mutability: Mutability::Replace,
            readback: Readback::Told,
            given: Given::AtCreateUnlessCloned,
            canonical: as_is,
        },
        Attribute {
            name: "clone_of",
            shape: Shape::Reference,
            mutability: Mutability::Replace,
            readback: Readback::KeptInState,
            given: Given::AtCreate,
            canonical: as_is,
        },
        Attribute {
            name: "mode",
            shape: Shape::Scalar,
            mutability: Mutability::InPlace,
            readback: Readback::Told,
            given: Given::AtCreate,
            canonical: as_is,
        },
        Attribute {
            name: PARTIAL_DEFAULT_CONFIG,
            shape: Shape::Tree,
            mutability: Mutability::InPlace,
            readback: Readback::Told,
            given: Given::AtCreateUnlessCloned,
            canonical: config,
        },
        Attribute {
            name: "customization",
            shape: Shape::Tree,
            mutability: Mutability::InPlace,
            readback: Readback::Told,
            given: Given::AtCreateUnlessCloned,
            canonical: customization,
        },
        Attribute {
            name: "tags",
            shape: Shape::Set,
            mutability: Mutability::PerMember,
            readback: Readback::Told,
            given: Given::After(none),
            canonical: set,
        },
        Attribute {
            name: "propagate",
            shape: Shape::Instruction,
            mutability: Mutability::InPlace,
            readback: Readback::Never,
            given: Given::After(unset),
            canonical: as_is,
        },
    ],
};

/// A customization in full: what the service fills is filled, what means nothing is gone, so that
/// `null`, `{}` and the written-out defaults are one value (dossier 4).
///
/// The members of a mapper stand beside its `type`, as in the manifest; the wire nests them.
fn customization(value: Value) -> Value {
    let mut members = match value {
        Value::Map(members) => members,
        Value::Null => SmallMap::new(),
        other => return other,
    };
    members.retain(|_, member| *member != Value::Null);
    members
        .entry("stream_selection_mode".to_owned())
        .or_insert_with(|| Value::Text("suggested".to_owned()));
    // An empty whitelist stays: in `whitelist` mode it is not the same as none (dossier 4).
    if let Some(whitelist) = members.remove("stream_whitelist") {
        members.insert("stream_whitelist".to_owned(), set(whitelist));
    }
    if let Some(streams) = members.remove("stream_customizations") {
        let streams = each_stream(streams, config);
        if streams != Value::Map(SmallMap::new()) {
            members.insert("stream_customizations".to_owned(), streams);
        }
    }
    if let Some(streams) = members.remove("stream_mappers") {
        let streams = each_stream(streams, mappers);
        if streams != Value::Map(SmallMap::new()) {
            members.insert("stream_mappers".to_owned(), streams);
        }
    }
    Value::Map(members)
}

/// Applies `canonical` to every stream and drops the streams about which nothing is left to say.
fn each_stream(streams: Value, canonical: fn(Value) -> Value) -> Value {
    match streams {
        Value::Map(streams) => Value::Map(
            streams
                .into_iter()
                .map(|(stream, value)| (stream, canonical(value)))
                .filter(|(_, value)| !value.is_empty() && *value != Value::Null)
                .collect(),
        ),
        other => other,
    }
}

fn mappers(value: Value) -> Value {
    match value {
        Value::List(mappers) => Value::List(mappers.into_iter().map(mapper).collect()),
        other => other,
    }
}

/// Fills what the service fills in an `encryption` mapper. All other mapper types have no defaults
/// (dossier 4).
fn mapper(value: Value) -> Value {
    let Value::Map(members) = config(value) else { return Value::Null };
    let mut members = members;
    if members.get("type") == Some(&Value::Text("encryption".to_owned())) {
        for (key, default) in [
            ("algorithm", "RSA"),
            ("padding", "RSA-OAEP"),
            ("oaep_hash", "SHA256"),
            ("field_name_suffix", "_encrypted"),
            ("output_encoding", "base64"),
        ] {
            members.entry(key.to_owned()).or_insert_with(|| Value::Text(default.to_owned()));
        }
    }
    Value::Map(members)
}
