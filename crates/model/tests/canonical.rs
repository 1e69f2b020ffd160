//! Equal things are equal in canonical form, and canonical form is one step away.

use model::Kind;
use model::value::Value;

/// A value in a small notation: `{a: b, c: [d, null]}`.
fn value(text: &str) -> Option<Value> {
    let mut rest = text.trim();
    let value = parse(&mut rest)?;
    rest.trim().is_empty().then_some(value)
}

fn parse(rest: &mut &str) -> Option<Value> {
    *rest = rest.trim_start();
    if let Some(tail) = rest.strip_prefix('{') {
        *rest = tail;
        let mut members = model::SmallMap::new();
        loop {
            *rest = rest.trim_start_matches([' ', ',']);
            if let Some(tail) = rest.strip_prefix('}') {
                *rest = tail;
                return Some(Value::Map(members));
            }
            let (key, tail) = rest.split_once(':')?;
            *rest = tail;
            members.insert(key.trim().to_owned(), parse(rest)?);
        }
    }
    if let Some(tail) = rest.strip_prefix('[') {
        *rest = tail;
        let mut items = Vec::new();
        loop {
            *rest = rest.trim_start_matches([' ', ',']);
            if let Some(tail) = rest.strip_prefix(']') {
                *rest = tail;
                return Some(Value::List(items));
            }
            items.push(parse(rest)?);
        }
    }
    let end = rest.find([',', '}', ']']).unwrap_or(rest.len());
    let word = rest[..end].trim();
    *rest = &rest[end..];
    Some(match word {
        "null" => Value::Null,
        word => Value::text(word),
    })
}

fn check(kind: Kind, attribute: &str, given: &str, expected: &str) {
    let once = kind
        .schema()
        .attribute(attribute)
        .and_then(|attribute| Some((attribute.canonical)(value(given)?)));
    assert!(once.is_some(), "{attribute}: {given} is no value");
    assert_eq!(once, value(expected), "{attribute}: {given}");
    let twice = kind
        .schema()
        .attribute(attribute)
        .and_then(|attribute| Some((attribute.canonical)(once.clone()?)));
    assert_eq!(twice, once, "{attribute}: {given} is not stable");
}

#[test]
fn regions_are_ids() {
    let eu = "b9e48d61-f082-4a14-a8d0-799a907938cb";
    check(Kind::Workspace, "region", "eu", eu);
    check(Kind::Workspace, "region", &eu.to_uppercase(), eu);
}

#[test]
fn sets_have_no_order() {
    check(Kind::SourceTemplate, "tags", "[b, a, b]", "[a, b]");
}

#[test]
fn null_members_of_a_config_say_nothing() {
    check(
        Kind::ConnectionTemplate,
        "destination_config",
        "{a: null, b: {c: null}, d: [null, x]}",
        "{b: {}, d: [null, x]}",
    );
}

#[test]
fn no_customization_is_the_default_one() {
    let default = "{stream_selection_mode: suggested}";
    for given in [
        "null",
        "{}",
        "{stream_selection_mode: null}",
        "{stream_whitelist: null, stream_mappers: {}, stream_customizations: {}}",
        "{stream_mappers: {issues: []}, stream_customizations: {issues: {cursor_field: null}}}",
    ] {
        check(Kind::SourceTemplate, "customization", given, default);
    }
}

#[test]
fn an_empty_whitelist_is_not_none() {
    check(
        Kind::SourceTemplate,
        "customization",
        "{stream_selection_mode: whitelist, stream_whitelist: []}",
        "{stream_selection_mode: whitelist, stream_whitelist: []}",
    );
}

#[test]
fn mappers_keep_their_order_and_get_their_defaults() {
    check(
        Kind::SourceTemplate,
        "customization",
        "{stream_mappers: {s: [{type: hashing, target_field: b, field_name_suffix: null}, {type: encryption, target_field: a, public_key: k}]}}",
        "{stream_selection_mode: suggested, stream_mappers: {s: [{type: hashing, target_field: b}, {type: encryption, target_field: a, public_key: k, algorithm: RSA, padding: RSA-OAEP, oaep_hash: SHA256, field_name_suffix: _encrypted, output_encoding: base64}]}}",
    );
}
