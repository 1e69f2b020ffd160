//! A connector: a customer's configured source (dossier 3.5). What it is made from, where it is and
//! which connection templates acted on it is decided when it is made, and mostly never told.

use super::{as_is, config, set};
use crate::kind::{Attribute, Given, Mutability, Readback, Schema, Shape, Side};
use crate::value::Value;

/// The attribute that names the workspace. Names of connectors are only looked for in theirs.
pub const WORKSPACE: &str = "workspace";

/// The attribute that holds what a customer fills in. Whether it comes back with what the template
/// presets, no document says.
pub const REPLICATION_CONFIG: &str = "replication_config";

/// `connection_template_tags_mode` where nobody says one (dossier 3.5).
pub const TAGS_MODE_ANY: &str = "any";
/// The other one: a connection template needs all of the tags.
pub const TAGS_MODE_ALL: &str = "all";

pub(crate) static SCHEMA: Schema = Schema {
    natural_key: "name",
    write_only: false,
    attributes: &[
        Attribute {
            name: WORKSPACE,
            shape: Shape::Reference,
            mutability: Mutability::Replace,
            readback: Readback::KeptInState,
            given: Given::AtCreate,
            canonical: as_is,
        },
        Attribute {
            name: "name",
            shape: Shape::Scalar,
            mutability: Mutability::InPlace,
            readback: Readback::Told,
            given: Given::AtCreate,
            canonical: as_is,
        },
        // The id of the template is told. But a template that is replaced leaves its connectors on
        // the old one, so what counts is which resource was named (rulings, "Data").
        Attribute {
            name: "source_template",
            shape: Shape::Reference,
            mutability: Mutability::Replace,
            readback: Readback::KeptInState,
            given: Given::AtCreate,
            canonical: as_is,
        },
        Attribute {
            name: "definition",
            shape: Shape::Definition(Side::Source),
            mutability: Mutability::Replace,
            readback: Readback::Told,
            given: Given::AtCreate,
            canonical: as_is,
        },
        Attribute {
            name: REPLICATION_CONFIG,
            shape: Shape::Tree,
            mutability: Mutability::InPlace,
            readback: Readback::Told,
            given: Given::AtCreate,
            canonical: config,
        },
        Attribute {
            name: "credentials",
            shape: Shape::Tree,
            mutability: Mutability::Replace,
            readback: Readback::FingerprintInState,
            given: Given::AtCreate,
            canonical: config,
        },
        Attribute {
            name: "environment",
            shape: Shape::Tree,
            mutability: Mutability::Replace,
            readback: Readback::FingerprintInState,
            given: Given::AtCreate,
            canonical: config,
        },
        Attribute {
            name: "entities",
            shape: Shape::Tree,
            mutability: Mutability::InPlace,
            readback: Readback::Told,
            given: Given::AtCreate,
            canonical: entities,
        },
        Attribute {
            name: "connection_template_tags",
            shape: Shape::Set,
            mutability: Mutability::Replace,
            readback: Readback::KeptInState,
            given: Given::AtCreate,
            canonical: set,
        },
        Attribute {
            name: "connection_template_tags_mode",
            shape: Shape::Scalar,
            mutability: Mutability::Replace,
            readback: Readback::KeptInState,
            given: Given::AtCreate,
            canonical: as_is,
        },
        Attribute {
            name: "check",
            shape: Shape::Instruction,
            mutability: Mutability::InPlace,
            readback: Readback::Never,
            given: Given::AtCreate,
            canonical: as_is,
        },
    ],
};

/// Entities have no order, and neither have the modes of one. No entities is all of them, whether
/// said as `null` or as an empty list (dossier 3.5).
fn entities(value: Value) -> Value {
    match value {
        Value::Null => Value::List(Vec::new()),
        Value::List(items) => set(Value::List(items.into_iter().map(entity).collect())),
        other => other,
    }
}

fn entity(value: Value) -> Value {
    match config(value) {
        Value::Map(mut members) => {
            if let Some(modes) = members.remove("modes") {
                members.insert("modes".to_owned(), set(modes));
            }
            Value::Map(members)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity_of(name: &str, modes: Option<&[&str]>) -> Value {
        let mut members = crate::SmallMap::from([("entity".to_owned(), Value::text(name))]);
        if let Some(modes) = modes {
            let modes = modes.iter().map(|mode| Value::text(*mode)).collect();
            members.insert("modes".to_owned(), Value::List(modes));
        }
        Value::Map(members)
    }

    #[test]
    fn entities_have_one_form() {
        let expected = Value::List(vec![
            entity_of("commits", None),
            entity_of("issues", Some(&["read", "write"])),
        ]);
        let said = Value::List(vec![
            entity_of("issues", Some(&["write", "read", "read"])),
            entity_of("commits", None),
        ]);
        assert_eq!(entities(said), expected);
        assert_eq!(entities(expected.clone()), expected);
        assert_eq!(entities(Value::Null), Value::List(vec![]));
    }
}
