//! What the JSON schema says of leaves. They are inlined, so that a field keeps its own words.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use super::{
    AnyText, Choice, Cron, Flag, Literal, Logical, Organization, Scalar, Text, Tree, Uuid, Words,
};

/// The id of something.
pub(crate) fn uuid() -> serde_json::Value {
    json!({
        "type": "string",
        "pattern": "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
    })
}

/// Text that looks something up, which is allowed wherever its result is.
pub(crate) fn expression() -> serde_json::Value {
    json!({ "type": "string", "pattern": r"\$\{" })
}

macro_rules! inline_schema {
    ($type:ident $(<$parameter:ident: $bound:ident>)?, $name:literal, $schema:expr) => {
        impl $(<$parameter: $bound>)? JsonSchema for $type $(<$parameter>)? {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

inline_schema!(Text, "Text", json_schema!({ "type": "string", "minLength": 1 }));
inline_schema!(AnyText, "AnyText", json_schema!({ "type": "string" }));
inline_schema!(Literal, "Literal", json_schema!({ "type": "string" }));
inline_schema!(
    Logical,
    "Logical",
    json_schema!({ "anyOf": [{ "type": "string", "pattern": r#"^[A-Za-z0-9_-]+(\[".+"\])?$"# }, expression()] })
);
inline_schema!(Organization, "Organization", json_schema!({ "anyOf": [uuid(), expression()] }));
inline_schema!(Uuid, "Uuid", json_schema!({ "anyOf": [uuid(), expression()] }));
inline_schema!(Flag, "Flag", json_schema!({ "anyOf": [{ "type": "boolean" }, expression()] }));
inline_schema!(Scalar, "Scalar", json_schema!({ "type": ["string", "number", "boolean"] }));
inline_schema!(Cron, "Cron", json_schema!({ "type": "string", "minLength": 1 }));
inline_schema!(Tree, "Tree", json_schema!({ "type": "object" }));
inline_schema!(
    Choice<W: Words>,
    "Choice",
    json_schema!({ "anyOf": [{ "enum": W::WORDS }, expression()] })
);
