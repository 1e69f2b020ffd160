//! The organization's own OAuth app for a connector, in place of Airbyte's (dossier 3.7). There is at
//! most one for each connector. It is written whole and never shown: neither it nor that it stands.

use super::{as_is, config};
use crate::kind::{Attribute, Given, Mutability, Readback, Schema, Shape, Side};

/// The attribute that names the connector. It goes by its display name, because that is all that the
/// route to delete an app takes (dossier 3.7).
pub const CONNECTOR_TYPE: &str = "connector_type";

pub(crate) static SCHEMA: Schema = Schema {
    natural_key: CONNECTOR_TYPE,
    write_only: true,
    attributes: &[
        Attribute {
            name: CONNECTOR_TYPE,
            shape: Shape::DefinitionName(Side::Source),
            mutability: Mutability::Replace,
            readback: Readback::KeptInState,
            given: Given::AtCreate,
            canonical: as_is,
        },
        Attribute {
            name: "configuration",
            shape: Shape::Tree,
            mutability: Mutability::InPlace,
            readback: Readback::FingerprintInState,
            given: Given::AtCreate,
            canonical: config,
        },
    ],
};
