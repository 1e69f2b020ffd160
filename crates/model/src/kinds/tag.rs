//! A tag: a name, and nothing else (dossier 3.2).

use super::as_is;
use crate::kind::{Attribute, Given, Mutability, Readback, Schema, Shape};

/// The longest name that the service takes, in characters (dossier 3.2 and 10).
pub const NAME_MAX: usize = 255;

/// How the tags begin that say who owns a template. What follows is the owner.
pub const OWNER_PREFIX: &str = "managed-by-";

pub(crate) static SCHEMA: Schema = Schema {
    natural_key: "name",
    write_only: false,
    attributes: &[Attribute {
        name: "name",
        shape: Shape::Scalar,
        mutability: Mutability::InPlace,
        readback: Readback::Told,
        given: Given::AtCreate,
        canonical: as_is,
    }],
};
