//! A connection template: where data lands, and how often (dossier 3.4).

use super::{as_is, config, none, set};
use crate::kind::{Attribute, Given, Mutability, Readback, Schema, Shape, Side};

/// `hosting` of a template whose destination the user brings.
pub const HOSTING_USER: &str = "user";
/// `hosting` of a template whose destination Airbyte keeps. It has a schedule and nothing else that
/// could be set (dossier 3.4), so there is no name to tell two of them apart by.
pub const HOSTING_AIRBYTE: &str = "airbyte";

pub(crate) static SCHEMA: Schema = Schema {
    natural_key: "destination_name",
    write_only: false,
    attributes: &[
        Attribute {
            name: "hosting",
            shape: Shape::Scalar,
            mutability: Mutability::Replace,
            readback: Readback::Told,
            given: Given::AtCreate,
            canonical: as_is,
        },
        Attribute {
            name: "destination",
            shape: Shape::Definition(Side::Destination),
            mutability: Mutability::Replace,
            readback: Readback::Told,
            given: Given::AtCreate,
            canonical: as_is,
        },
        Attribute {
            name: "destination_name",
            shape: Shape::Scalar,
            mutability: Mutability::InPlace,
            readback: Readback::Told,
            given: Given::AtCreate,
            canonical: as_is,
        },
        Attribute {
            name: "destination_config",
            shape: Shape::Tree,
            mutability: Mutability::InPlace,
            readback: Readback::Told,
            given: Given::AtCreate,
            canonical: config,
        },
        Attribute {
            name: "cron_expression",
            shape: Shape::Scalar,
            mutability: Mutability::InPlace,
            readback: Readback::Told,
            given: Given::AtCreate,
            canonical: as_is,
        },
        Attribute {
            name: "non_breaking_changes_preference",
            shape: Shape::Scalar,
            mutability: Mutability::InPlace,
            readback: Readback::Told,
            given: Given::AtCreate,
            canonical: as_is,
        },
        Attribute {
            name: "sync_on_create",
            shape: Shape::Scalar,
            mutability: Mutability::InPlace,
            readback: Readback::Told,
            given: Given::AtCreate,
            canonical: as_is,
        },
        Attribute {
            name: "tags",
            shape: Shape::Set,
            mutability: Mutability::PerMember,
            readback: Readback::Told,
            given: Given::After(none),
            canonical: set,
        },
    ],
};
