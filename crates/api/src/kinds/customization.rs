//! A source template's customization (dossier 4). In the manifest a mapper's settings stand beside
//! its `type`; on the wire they are nested in `mapper_configuration`.

use model::value::{Path, Segment};
use model::{SmallMap, Value};
use serde_json::{Map, Value as Json};

use super::step;
use crate::step::Filled;
use crate::wire;

const MAPPERS: &str = "stream_mappers";
const SETTINGS: &str = "mapper_configuration";

/// The members that mean something. One that the service invents later is no setting that the
/// manifest could have, and would be taken for a difference for ever.
const MEMBERS: &[&str] =
    &["stream_selection_mode", "stream_whitelist", "stream_customizations", MAPPERS];
const STREAM_MEMBERS: &[&str] = &["primary_key_fields", "cursor_field"];
const MAPPER_SETTINGS: &[(&str, &[&str])] = &[
    ("hashing", &["target_field", "method", "field_name_suffix"]),
    ("field-renaming", &["original_field_name", "new_field_name"]),
    ("field-filtering", &["target_field"]),
    ("row-filtering", &["conditions"]),
    (
        "encryption",
        &[
            "target_field",
            "public_key",
            "algorithm",
            "padding",
            "oaep_hash",
            "field_name_suffix",
            "output_encoding",
        ],
    ),
];

/// A customization as it is sent.
pub(crate) fn encode(customization: &Filled) -> Json {
    let Filled::Map(members) = customization else { return wire::json(customization) };
    let encoded = members.iter().map(|(key, member)| {
        let member = match member {
            Filled::Map(streams) if key == MAPPERS => Json::Object(
                streams
                    .iter()
                    .map(|(stream, mappers)| (stream.clone(), encode_mappers(mappers)))
                    .collect(),
            ),
            other => wire::json(other),
        };
        (key.clone(), member)
    });
    Json::Object(encoded.collect())
}

fn encode_mappers(mappers: &Filled) -> Json {
    match mappers {
        Filled::List(mappers) => Json::Array(mappers.iter().map(encode_mapper).collect()),
        other => wire::json(other),
    }
}

fn encode_mapper(mapper: &Filled) -> Json {
    let Filled::Map(members) = mapper else { return wire::json(mapper) };
    let (mut outer, mut settings) = (Map::new(), Map::new());
    for (key, member) in members {
        let place = if key == "type" { &mut outer } else { &mut settings };
        place.insert(key.clone(), wire::json(member));
    }
    outer.insert(SETTINGS.to_owned(), Json::Object(settings));
    Json::Object(outer)
}

/// A customization as it is shown.
pub(crate) fn decode(customization: Json) -> Value {
    let Json::Object(mut members) = customization else { return wire::value(customization) };
    let mut decoded = SmallMap::new();
    for &key in MEMBERS {
        let Some(member) = members.remove(key) else { continue };
        let member = match key {
            "stream_customizations" => each(member, |stream| keep(stream, STREAM_MEMBERS)),
            MAPPERS => each(member, decode_mappers),
            _ => wire::value(member),
        };
        decoded.insert(key.to_owned(), member);
    }
    Value::Map(decoded)
}

fn each(streams: Json, decode: impl Fn(Json) -> Value) -> Value {
    match streams {
        Json::Object(streams) => Value::Map(
            streams.into_iter().map(|(stream, member)| (stream, decode(member))).collect(),
        ),
        other => wire::value(other),
    }
}

fn decode_mappers(mappers: Json) -> Value {
    match mappers {
        Json::Array(mappers) => Value::List(mappers.into_iter().map(decode_mapper).collect()),
        other => wire::value(other),
    }
}

/// A mapper of a type that we do not know keeps all that it has: dropping part of it would show two
/// different ones as equal.
fn decode_mapper(mut mapper: Json) -> Value {
    let kind = mapper.get("type").cloned();
    let name = kind.as_ref().and_then(Json::as_str).unwrap_or_default();
    let known = MAPPER_SETTINGS.iter().find(|(known, _)| *known == name);
    let settings = mapper.get_mut(SETTINGS).map(Json::take);
    let mut decoded = match (settings, known) {
        (Some(settings), Some((_, known))) => keep(settings, known),
        (Some(settings), None) => wire::value(settings),
        (None, _) => wire::value(mapper),
    };
    if let (Value::Map(members), Some(kind)) = (&mut decoded, kind) {
        members.insert("type".to_owned(), wire::value(kind));
    }
    decoded
}

fn keep(object: Json, known: &[&str]) -> Value {
    match wire::value(object) {
        Value::Map(mut members) => {
            members.retain(|key, _| known.contains(&key.as_str()));
            Value::Map(members)
        }
        other => other,
    }
}

/// Where a complaint about a place in a customization belongs: without the nesting, and without the
/// name of the variant that the validator puts behind a mapper's position.
pub(crate) fn locate<'a>(root: Path, parts: impl Iterator<Item = &'a String>) -> Path {
    parts.filter(|part| *part != SETTINGS).fold(root, |path, part| {
        let behind_a_position = matches!(path.segments().last(), Some(Segment::Index(_)));
        let is_variant = MAPPER_SETTINGS.iter().any(|(name, _)| name == part);
        if behind_a_position && is_variant { path } else { step(&path, part) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filled(json: Json) -> Filled {
        match json {
            Json::Null => Filled::Null,
            Json::Bool(bool) => Filled::Bool(bool),
            Json::Number(number) => Filled::Number(number.as_i64().unwrap().into()),
            Json::String(text) => Filled::Text(text),
            Json::Array(items) => Filled::List(items.into_iter().map(filled).collect()),
            Json::Object(members) => {
                Filled::Map(members.into_iter().map(|(k, v)| (k, filled(v))).collect())
            }
        }
    }

    #[track_caller]
    fn check_both_ways(flat: Json, nested: Json) {
        assert_eq!(encode(&filled(flat.clone())), nested);
        assert_eq!(decode(nested), wire::value(flat));
    }

    #[test]
    fn mappers_are_flat_here_and_nested_there() {
        check_both_ways(
            json!({"stream_mappers": {"issues": [
                {"type": "hashing", "target_field": "email", "method": "MD5"},
                {"type": "row-filtering", "conditions":
                    {"type": "equal", "field_name": "a", "comparison_value": "b"}},
                {"type": "shuffling", "seed": 7},
            ]}}),
            json!({"stream_mappers": {"issues": [
                {"type": "hashing", "mapper_configuration":
                    {"target_field": "email", "method": "MD5"}},
                {"type": "row-filtering", "mapper_configuration": {"conditions":
                    {"type": "equal", "field_name": "a", "comparison_value": "b"}}},
                {"type": "shuffling", "mapper_configuration": {"seed": 7}},
            ]}}),
        );
        check_both_ways(
            json!({"stream_selection_mode": "whitelist", "stream_whitelist": ["a"],
                "stream_customizations": {"a": {"cursor_field": ["x"]}}, "stream_mappers": null}),
            json!({"stream_selection_mode": "whitelist", "stream_whitelist": ["a"],
                "stream_customizations": {"a": {"cursor_field": ["x"]}}, "stream_mappers": null}),
        );
        check_both_ways(json!(null), json!(null));
    }

    #[test]
    fn what_the_service_adds_is_left_out_where_we_know_the_rest() {
        for (shown, read) in [
            (json!({"rollout": 1, "stream_whitelist": null}), json!({"stream_whitelist": null})),
            (
                json!({"stream_customizations": {"a": {"cursor_field": null, "new": 1}}}),
                json!({"stream_customizations": {"a": {"cursor_field": null}}}),
            ),
            (
                json!({"stream_mappers": {"a": [{"type": "field-filtering", "id": 7,
                    "mapper_configuration": {"target_field": "x", "new": 1}}]}}),
                json!({"stream_mappers": {"a": [{"type": "field-filtering", "target_field": "x"}]}}),
            ),
            (json!({"stream_mappers": {"a": 7}}), json!({"stream_mappers": {"a": 7}})),
            (json!({"stream_mappers": {"a": [7, {}]}}), json!({"stream_mappers": {"a": [7, {}]}})),
            (json!([]), json!([])),
        ] {
            assert_eq!(decode(shown), wire::value(read));
        }
    }
}
