//! A workspace: one customer (dossier 3.1). It is made by minting a scoped token, which takes only
//! its name and region; everything else follows by an update.

use super::{as_is, unset};
use crate::kind::{Attribute, Given, Mutability, Readback, Schema, Shape};
use crate::value::Value;

/// The region used when none is asked for (dossier 2.2).
pub const REGION_US: &str = "645a183f-b12b-4c6e-8ad3-99e165603450";
/// The European region (dossier 2.2).
pub const REGION_EU: &str = "b9e48d61-f082-4a14-a8d0-799a907938cb";

/// The workspace that every organization has and that is never deleted, whatever the manifest says
/// (dossier 3.1).
pub const DEFAULT_NAME: &str = "default";

/// The id of a region that has a short name here.
pub fn region_id(name: &str) -> Option<&'static str> {
    match name {
        "us" => Some(REGION_US),
        "eu" => Some(REGION_EU),
        _ => None,
    }
}

/// The short name of a region, or its id where it has none.
pub fn region_name(id: &str) -> &str {
    match id {
        REGION_US => "us",
        REGION_EU => "eu",
        other => other,
    }
}

/// What a new workspace's `status` is (dossier 5.2).
fn active() -> Value {
    Value::text("active")
}

fn region(value: Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(match region_id(&text) {
            Some(id) => id.to_owned(),
            None => text.to_ascii_lowercase(),
        }),
        other => other,
    }
}

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
            name: "region",
            shape: Shape::Scalar,
            mutability: Mutability::Replace,
            readback: Readback::KeptInState,
            given: Given::AtCreate,
            canonical: region,
        },
        Attribute {
            name: "status",
            shape: Shape::Scalar,
            mutability: Mutability::InPlace,
            readback: Readback::Told,
            given: Given::After(active),
            canonical: as_is,
        },
        // `inherit` in the manifest is null here and on the wire (dossier 3.1).
        Attribute {
            name: "cache_enabled",
            shape: Shape::Scalar,
            mutability: Mutability::InPlace,
            readback: Readback::Told,
            given: Given::After(unset),
            canonical: as_is,
        },
    ],
};
