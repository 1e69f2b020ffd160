//! Which streams of a source are copied, and how: dossier section 4, input and output of one shape.

use crate::fields::{Field, Fields, Problem, list, non_empty, one_of, text, texts};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The customization of a source template. Written out it carries every default, as the service
/// returns it (dossier 4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Customization {
    /// Which streams are taken.
    pub stream_selection_mode: SelectionMode,
    /// The streams taken in whitelist mode.
    pub stream_whitelist: Option<Vec<String>>,
    /// Keys and cursors by stream.
    pub stream_customizations: Option<BTreeMap<String, StreamCustomization>>,
    /// What happens to the records of a stream, in order.
    pub stream_mappers: Option<BTreeMap<String, Vec<Mapper>>>,
}

/// Which streams of a source are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SelectionMode {
    /// All of them.
    All,
    /// Those that the connector suggests, or all where it suggests none.
    #[default]
    Suggested,
    /// Those of the whitelist.
    Whitelist,
}

/// Key and cursor of one stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StreamCustomization {
    /// The fields of the primary key, each as a path.
    pub primary_key_fields: Option<Vec<Vec<String>>>,
    /// The path of the cursor.
    pub cursor_field: Option<Vec<String>>,
}

/// One change to the records of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", content = "mapper_configuration", rename_all = "kebab-case")]
pub enum Mapper {
    /// A field is replaced by its hash.
    Hashing {
        /// The field.
        target_field: String,
        /// The hash function.
        method: HashMethod,
        /// What is put behind the field's name.
        field_name_suffix: Option<String>,
    },
    /// A field gets another name.
    FieldRenaming {
        /// The present name.
        original_field_name: String,
        /// The new name.
        new_field_name: String,
    },
    /// A field is dropped.
    FieldFiltering {
        /// The field.
        target_field: String,
    },
    /// Only matching rows are kept.
    RowFiltering {
        /// The condition: one, in spite of its name.
        conditions: RowCondition,
    },
    /// A field is encrypted with a public key.
    Encryption {
        /// The field.
        target_field: String,
        /// The RSA key in PEM form.
        public_key: String,
        /// `RSA`.
        algorithm: String,
        /// `RSA-OAEP`.
        padding: String,
        /// `SHA256`.
        oaep_hash: String,
        /// What is put behind the field's name.
        field_name_suffix: Option<String>,
        /// How the encrypted bytes are written.
        output_encoding: OutputEncoding,
    },
}

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum HashMethod {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
    /// MD5.
    Md5,
}

/// How encrypted bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputEncoding {
    /// In base 64.
    Base64,
    /// In hexadecimal.
    Hex,
}

/// The condition of a row filter: a field equals a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowCondition {
    /// `equal`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The field.
    pub field_name: String,
    /// The text.
    pub comparison_value: String,
}

/// Reads the customization in the field `name` of a request.
pub(crate) fn read<'a>(request: &mut Fields<'a>, name: &str) -> Field<Customization> {
    match request.raw(name) {
        None => Field::Absent,
        Some(Value::Null) => Field::Null,
        Some(value) => match request.nested(name, value, read_customization) {
            Some(customization) => Field::Set(customization),
            // The complaint is noted; the request is refused before the field is looked at.
            None => Field::Absent,
        },
    }
}

/// Reads a customization that stands alone, as in a world file; `Err` is the first complaint.
pub(crate) fn read_alone(value: &Value) -> Result<Customization, String> {
    let body = serde_json::json!({"customization": value});
    let mut request = Fields::of_body(Some(&body)).map_err(|refusal| refusal.first_complaint())?;
    let customization = read(&mut request, "customization").set();
    request.finish().map_err(|refusal| refusal.first_complaint())?;
    customization.ok_or_else(|| "customization: expected an object".to_owned())
}

fn read_customization(fields: &mut Fields<'_>) -> Option<Customization> {
    const MODES: &[(&str, SelectionMode)] = &[
        ("all", SelectionMode::All),
        ("suggested", SelectionMode::Suggested),
        ("whitelist", SelectionMode::Whitelist),
    ];
    let mode = fields.defaulted("stream_selection_mode", SelectionMode::Suggested, one_of(MODES));
    let whitelist = fields.optional("stream_whitelist", texts);
    let customizations = by_stream(fields, "stream_customizations", |streams, stream, value| {
        streams.nested(stream, value, |stream| {
            Some(StreamCustomization {
                primary_key_fields: stream.optional("primary_key_fields", paths),
                cursor_field: stream.optional("cursor_field", texts),
            })
        })
    });
    let mappers = by_stream(fields, "stream_mappers", |streams, stream, value| match list(value) {
        Ok(items) => Some(read_mappers(streams, stream, items)),
        Err((message, kind)) => {
            streams.complain(stream, message, kind);
            None
        }
    });
    if mode == SelectionMode::Whitelist && whitelist.as_ref().is_none_or(Vec::is_empty) {
        fields.complain_whole(
            "stream_whitelist must name at least one stream when stream_selection_mode is \
             'whitelist'",
        );
    }
    Some(Customization {
        stream_selection_mode: mode,
        stream_whitelist: whitelist,
        stream_customizations: customizations,
        stream_mappers: mappers,
    })
}

/// Reads a map by stream name; a stream that is complained about is left out.
fn by_stream<'a, T>(
    fields: &mut Fields<'a>,
    name: &str,
    read: impl Fn(&mut Fields<'a>, &'a str, &'a Value) -> Option<T>,
) -> Option<BTreeMap<String, T>> {
    let value = fields.raw(name).filter(|value| !value.is_null())?;
    fields.nested(name, value, |streams| {
        let entries: Vec<_> = streams.entries().collect();
        Some(
            entries
                .into_iter()
                .filter_map(|(stream, value)| {
                    read(streams, stream, value).map(|read| (stream.clone(), read))
                })
                .collect(),
        )
    })
}

fn paths(value: &Value) -> Result<Vec<Vec<String>>, Problem> {
    list(value)?.iter().map(texts).collect()
}

fn read_mappers<'a>(streams: &mut Fields<'a>, stream: &str, items: &'a [Value]) -> Vec<Mapper> {
    items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| {
            streams.nested_at([stream.into(), index.into()], item, read_mapper)
        })
        .collect()
}

fn read_mapper(fields: &mut Fields<'_>) -> Option<Mapper> {
    let kind = fields.required("type", text)?;
    let read: fn(&mut Fields<'_>) -> Option<Mapper> = match kind.as_str() {
        "hashing" => read_hashing,
        "field-renaming" => read_renaming,
        "field-filtering" => read_filtering,
        "row-filtering" => read_row_filtering,
        "encryption" => read_encryption,
        other => {
            fields.complain(
                "type",
                format!(
                    "Input tag '{other}' found using 'type' does not match any of the expected \
                     tags: 'hashing', 'field-renaming', 'field-filtering', 'row-filtering', \
                     'encryption'"
                ),
                "union_tag_invalid",
            );
            return None;
        }
    };
    let Some(configuration) = fields.raw("mapper_configuration") else {
        fields.complain("mapper_configuration", "Field required".to_owned(), "missing");
        return None;
    };
    fields.nested("mapper_configuration", configuration, read)
}

fn read_hashing(fields: &mut Fields<'_>) -> Option<Mapper> {
    const METHODS: &[(&str, HashMethod)] =
        &[("SHA256", HashMethod::Sha256), ("SHA512", HashMethod::Sha512), ("MD5", HashMethod::Md5)];
    let target_field = fields.required("target_field", non_empty);
    let method = fields.required("method", one_of(METHODS));
    let field_name_suffix = fields.optional("field_name_suffix", text);
    Some(Mapper::Hashing { target_field: target_field?, method: method?, field_name_suffix })
}

fn read_renaming(fields: &mut Fields<'_>) -> Option<Mapper> {
    let original_field_name = fields.required("original_field_name", non_empty);
    let new_field_name = fields.required("new_field_name", non_empty);
    Some(Mapper::FieldRenaming {
        original_field_name: original_field_name?,
        new_field_name: new_field_name?,
    })
}

fn read_filtering(fields: &mut Fields<'_>) -> Option<Mapper> {
    Some(Mapper::FieldFiltering { target_field: fields.required("target_field", non_empty)? })
}

fn read_row_filtering(fields: &mut Fields<'_>) -> Option<Mapper> {
    let Some(conditions) = fields.raw("conditions") else {
        fields.complain("conditions", "Field required".to_owned(), "missing");
        return None;
    };
    let conditions = fields.nested("conditions", conditions, |condition| {
        let kind = condition.required("type", constant("equal"));
        let field_name = condition.required("field_name", non_empty);
        let comparison_value = condition.required("comparison_value", non_empty);
        Some(RowCondition {
            kind: kind?,
            field_name: field_name?,
            comparison_value: comparison_value?,
        })
    })?;
    Some(Mapper::RowFiltering { conditions })
}

fn read_encryption(fields: &mut Fields<'_>) -> Option<Mapper> {
    const ENCODINGS: &[(&str, OutputEncoding)] =
        &[("base64", OutputEncoding::Base64), ("hex", OutputEncoding::Hex)];
    let target_field = fields.required("target_field", non_empty);
    let public_key = fields.required("public_key", non_empty);
    let mut fixed =
        |name, value: &'static str| fields.defaulted(name, value.to_owned(), constant(value));
    let algorithm = fixed("algorithm", "RSA");
    let padding = fixed("padding", "RSA-OAEP");
    let oaep_hash = fixed("oaep_hash", "SHA256");
    // Here `null` is a value of its own, and only absence means the default.
    let field_name_suffix = match fields.field("field_name_suffix", text) {
        Field::Absent => Some("_encrypted".to_owned()),
        Field::Null => None,
        Field::Set(suffix) => Some(suffix),
    };
    let output_encoding =
        fields.defaulted("output_encoding", OutputEncoding::Base64, one_of(ENCODINGS));
    Some(Mapper::Encryption {
        target_field: target_field?,
        public_key: public_key?,
        algorithm,
        padding,
        oaep_hash,
        field_name_suffix,
        output_encoding,
    })
}

fn constant(expected: &'static str) -> impl FnOnce(&Value) -> Result<String, Problem> {
    move |value| {
        if value.as_str() == Some(expected) {
            Ok(expected.to_owned())
        } else {
            Err((format!("Input should be '{expected}'"), "literal_error"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::switches::ErrorShape;
    use serde_json::json;

    /// `Ok`: what comes back; `Err`: the first message.
    #[track_caller]
    fn check(sent: Value, expected: Result<Value, &str>) {
        let body = json!({"customization": sent});
        let mut request = Fields::of_body(Some(&body)).unwrap();
        let read = read(&mut request, "customization");
        let got = match request.finish() {
            Ok(()) => Ok(serde_json::to_value(read.set()).unwrap()),
            Err(refusal) => Err(refusal.body(ErrorShape::Detail)["detail"].clone()),
        };
        assert_eq!(got, expected.map_err(Value::from));
    }

    #[test]
    fn defaults_come_back_filled_in() {
        let bare = json!({"stream_selection_mode": "suggested", "stream_whitelist": null,
            "stream_customizations": null, "stream_mappers": null});
        check(json!({}), Ok(bare.clone()));
        check(json!({"unknown": 1}), Ok(bare.clone()));
        check(json!(null), Ok(json!(null)));
        check(
            json!({"stream_mappers": {"users": [
                {"type": "encryption",
                 "mapper_configuration": {"target_field": "email", "public_key": "PEM"}},
                {"type": "hashing",
                 "mapper_configuration": {"target_field": "name", "method": "MD5"}}]}}),
            Ok(json!({"stream_selection_mode": "suggested", "stream_whitelist": null,
                "stream_customizations": null, "stream_mappers": {"users": [
                {"type": "encryption", "mapper_configuration": {"target_field": "email",
                    "public_key": "PEM", "algorithm": "RSA", "padding": "RSA-OAEP",
                    "oaep_hash": "SHA256", "field_name_suffix": "_encrypted",
                    "output_encoding": "base64"}},
                {"type": "hashing", "mapper_configuration": {"target_field": "name",
                    "method": "MD5", "field_name_suffix": null}}]}})),
        );
    }

    #[test]
    fn mistakes_are_complained_about() {
        check(json!([]), Err("Input should be a valid dictionary"));
        check(
            json!({"stream_selection_mode": "some"}),
            Err("Input should be 'all', 'suggested' or 'whitelist'"),
        );
        check(
            json!({"stream_selection_mode": "whitelist", "stream_whitelist": []}),
            Err("Value error, stream_whitelist must name at least one stream when \
                 stream_selection_mode is 'whitelist'"),
        );
        let mapper = |mapper: Value| json!({"stream_mappers": {"users": [mapper]}});
        check(
            mapper(json!({"type": "hash"})),
            Err("Input tag 'hash' found using 'type' does not match any of the expected tags: \
             'hashing', 'field-renaming', 'field-filtering', 'row-filtering', 'encryption'"),
        );
        check(mapper(json!({"type": "hashing"})), Err("Field required"));
        check(
            mapper(json!({"type": "hashing",
                "mapper_configuration": {"target_field": "", "method": "MD5"}})),
            Err("String should have at least 1 character"),
        );
        check(
            mapper(json!({"type": "row-filtering", "mapper_configuration": {"conditions": []}})),
            Err("Input should be a valid dictionary"),
        );
        check(
            mapper(json!({"type": "encryption", "mapper_configuration":
                {"target_field": "a", "public_key": "k", "algorithm": "AES"}})),
            Err("Input should be 'RSA'"),
        );
    }
}
