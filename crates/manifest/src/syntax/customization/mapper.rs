//! Mappers: what happens to a record before it lands (dossier 4).

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::suggest::one_of;
use crate::syntax::{AnyText, Choice, Field, Fields, Read, Record, Text, Words, missing};
use crate::tree::{Content, Node};

/// One mapper. Its `type` says which fields it has.
#[derive(Debug)]
pub(crate) enum Mapper {
    Hashing(Hashing),
    FieldRenaming(FieldRenaming),
    FieldFiltering(FieldFiltering),
    RowFiltering(RowFiltering),
    Encryption(Encryption),
}

macro_rules! words {
    ($($name:ident = $words:expr;)*) => {
        $(
            #[derive(Debug)]
            pub(crate) enum $name {}

            impl Words for $name {
                const WORDS: &'static [&'static str] = &$words;
            }
        )*
    };
}

words! {
    HashMethod = ["SHA256", "SHA512", "MD5"];
    Rsa = ["RSA"];
    Padding = ["RSA-OAEP"];
    OaepHash = ["SHA256"];
    Encoding = ["base64", "hex"];
    Equal = ["equal"];
}

/// Replaces a field by a hash of it.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "hashing", extend("required" = ["target_field", "method"]))]
pub(crate) struct Hashing {
    /// The field to hash.
    pub(crate) target_field: Field<Text>,
    /// The hash function.
    pub(crate) method: Field<Choice<HashMethod>>,
    /// What is put behind the field's name.
    pub(crate) field_name_suffix: Field<AnyText>,
}

/// Gives a field another name.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "field_renaming", extend("required" = ["original_field_name", "new_field_name"]))]
pub(crate) struct FieldRenaming {
    /// What it is called.
    pub(crate) original_field_name: Field<Text>,
    /// What it is to be called.
    pub(crate) new_field_name: Field<Text>,
}

/// Drops a field.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "field_filtering", extend("required" = ["target_field"]))]
pub(crate) struct FieldFiltering {
    /// The field to drop.
    pub(crate) target_field: Field<Text>,
}

/// Keeps the records that fulfil a condition.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "row_filtering", extend("required" = ["conditions"]))]
pub(crate) struct RowFiltering {
    /// The condition: one, whatever the name says.
    pub(crate) conditions: Field<Conditions>,
}

/// The one condition that the service means by `conditions`.
#[derive(Debug, JsonSchema)]
#[schemars(inline)]
pub(crate) struct Conditions(pub(crate) Condition);

/// A condition on a record.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "condition", extend("required" = ["type", "field_name", "comparison_value"]))]
pub(crate) struct Condition {
    /// How the field is compared.
    #[schemars(rename = "type")]
    pub(crate) kind: Field<Choice<Equal>>,
    /// The field to compare.
    pub(crate) field_name: Field<Text>,
    /// The text to compare it with.
    pub(crate) comparison_value: Field<Text>,
}

/// Encrypts a field with a public key.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "encryption", extend("required" = ["target_field", "public_key"]))]
pub(crate) struct Encryption {
    /// The field to encrypt.
    pub(crate) target_field: Field<Text>,
    /// An RSA public key, as PEM.
    pub(crate) public_key: Field<Text>,
    /// Default: `RSA`; there is no other.
    pub(crate) algorithm: Field<Choice<Rsa>>,
    /// Default: `RSA-OAEP`; there is no other.
    pub(crate) padding: Field<Choice<Padding>>,
    /// Default: `SHA256`; there is no other.
    pub(crate) oaep_hash: Field<Choice<OaepHash>>,
    /// What is put behind the field's name. Default: `_encrypted`.
    pub(crate) field_name_suffix: Field<AnyText>,
    /// How the result is written. Default: `base64`.
    pub(crate) output_encoding: Field<Choice<Encoding>>,
}

/// The service nests the fields of a mapper; here they stand beside its `type`.
const NESTED: (&str, &str) = ("mapper_configuration", "write its members beside `type`");

impl Record for Hashing {
    const NOUN: &'static str = "a hashing mapper";
    const FOREIGN: &'static [(&'static str, &'static str)] = &[NESTED];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Hashing {
        Hashing {
            target_field: fields.need("target_field", Self::NOUN, cx),
            method: fields.need("method", Self::NOUN, cx),
            field_name_suffix: fields.take("field_name_suffix", cx),
        }
    }
}

impl Record for FieldRenaming {
    const NOUN: &'static str = "a field-renaming mapper";
    const FOREIGN: &'static [(&'static str, &'static str)] = &[NESTED];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> FieldRenaming {
        FieldRenaming {
            original_field_name: fields.need("original_field_name", Self::NOUN, cx),
            new_field_name: fields.need("new_field_name", Self::NOUN, cx),
        }
    }
}

impl Record for FieldFiltering {
    const NOUN: &'static str = "a field-filtering mapper";
    const FOREIGN: &'static [(&'static str, &'static str)] = &[NESTED];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> FieldFiltering {
        FieldFiltering { target_field: fields.need("target_field", Self::NOUN, cx) }
    }
}

impl Record for RowFiltering {
    const NOUN: &'static str = "a row-filtering mapper";
    const FOREIGN: &'static [(&'static str, &'static str)] = &[NESTED];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> RowFiltering {
        RowFiltering { conditions: fields.need("conditions", Self::NOUN, cx) }
    }
}

impl Record for Condition {
    const NOUN: &'static str = "a condition";

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Condition {
        Condition {
            kind: fields.need("type", Self::NOUN, cx),
            field_name: fields.need("field_name", Self::NOUN, cx),
            comparison_value: fields.need("comparison_value", Self::NOUN, cx),
        }
    }
}

impl Record for Encryption {
    const NOUN: &'static str = "an encryption mapper";
    const FOREIGN: &'static [(&'static str, &'static str)] = &[NESTED];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Encryption {
        Encryption {
            target_field: fields.need("target_field", Self::NOUN, cx),
            public_key: fields.need("public_key", Self::NOUN, cx),
            algorithm: fields.take("algorithm", cx),
            padding: fields.take("padding", cx),
            oaep_hash: fields.take("oaep_hash", cx),
            field_name_suffix: fields.take("field_name_suffix", cx),
            output_encoding: fields.take("output_encoding", cx),
        }
    }
}

#[derive(Debug)]
pub(crate) enum MapperType {}

pub(crate) const HASHING: &str = "hashing";
pub(crate) const FIELD_RENAMING: &str = "field-renaming";
pub(crate) const FIELD_FILTERING: &str = "field-filtering";
pub(crate) const ROW_FILTERING: &str = "row-filtering";
pub(crate) const ENCRYPTION: &str = "encryption";

impl Words for MapperType {
    const WORDS: &'static [&'static str] =
        &[HASHING, FIELD_RENAMING, FIELD_FILTERING, ROW_FILTERING, ENCRYPTION];
}

impl Read for Mapper {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Mapper> {
        let mut fields = Fields::of(node, name, cx)?;
        if fields.entry("type").is_none() {
            cx.complain(
                missing("a mapper", "type", node.span)
                    .help(format!("it can be {}", one_of(MapperType::WORDS))),
            );
            return None;
        }
        let Field::Given(kind) = fields.take::<Choice<MapperType>>("type", cx) else {
            return None;
        };
        Some(match kind.value.word {
            HASHING => Mapper::Hashing(fields.record(cx)),
            FIELD_RENAMING => Mapper::FieldRenaming(fields.record(cx)),
            FIELD_FILTERING => Mapper::FieldFiltering(fields.record(cx)),
            ROW_FILTERING => Mapper::RowFiltering(fields.record(cx)),
            _ => Mapper::Encryption(fields.record(cx)),
        })
    }
}

impl Read for Conditions {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Conditions> {
        if let Content::List(_) = node.content {
            cx.complain(
                Diagnostic::error(
                    "manifest::wrong-type",
                    "`conditions` is one condition, not a list",
                )
                .at(node.span, "a list")
                .help(
                    "write `conditions: {type: equal, field_name: …, comparison_value: …}`; for \
                     several, use several mappers",
                ),
            );
            return None;
        }
        <Condition as Read>::read(node, name, cx).map(Conditions)
    }
}

impl JsonSchema for Mapper {
    fn schema_name() -> Cow<'static, str> {
        "mapper".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "oneOf": [
                typed::<Hashing>(HASHING, generator),
                typed::<FieldRenaming>(FIELD_RENAMING, generator),
                typed::<FieldFiltering>(FIELD_FILTERING, generator),
                typed::<RowFiltering>(ROW_FILTERING, generator),
                typed::<Encryption>(ENCRYPTION, generator),
            ]
        })
    }
}

/// The schema of a mapper with the `type` that tells it apart.
fn typed<M: JsonSchema>(kind: &str, generator: &mut SchemaGenerator) -> Schema {
    let mut schema = M::json_schema(generator);
    let object = schema.ensure_object();
    if let Some(properties) = object.get_mut("properties").and_then(|p| p.as_object_mut()) {
        properties.insert("type".to_owned(), json!({ "const": kind }));
    }
    if let Some(required) = object.get_mut("required").and_then(|r| r.as_array_mut()) {
        required.push(json!("type"));
    }
    schema
}
