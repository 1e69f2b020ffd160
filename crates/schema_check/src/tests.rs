//! Configurations, and what is wrong with them.

use emulator::{Catalog, Side};
use serde_json::json;

use super::*;

fn spec() -> Value {
    from_json(&json!({
        "type": "object",
        "required": ["host", "auth", "port"],
        "additionalProperties": false,
        "properties": {
            "host": {"type": "string", "title": "Host", "pattern": "^[a-z.]+$"},
            "port": {"type": "integer", "minimum": 1, "maximum": 65535, "title": "Port"},
            "start": {"type": "string", "format": "date"},
            "level": {"type": "string", "enum": ["low", "high"], "title": "Level"},
            "schemas": {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": true},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "free": {"type": "object"},
            "auth": {"type": "object", "title": "Way in", "oneOf": [
                {"title": "Key", "required": ["kind", "key"], "properties": {
                    "kind": {"type": "string", "const": "key"},
                    "key": {"type": "string", "airbyte_secret": true, "minLength": 3}}},
                {"title": "Password", "required": ["kind", "user"], "properties": {
                    "kind": {"type": "string", "const": "password"},
                    "user": {"type": "string"}}}
            ]}
        }
    }))
}

/// What is found, one line each: severity, path, problem.
#[track_caller]
fn check_with(spec: &Value, config: &serde_json::Value, extent: Extent, expected: &[&str]) {
    let found: Vec<String> = check(spec, &from_json(config), &Path::attribute("config"), extent)
        .iter()
        .map(|complaint| {
            let sign = if complaint.severity() == Severity::Error { "" } else { "? " };
            let problem = match &complaint.problem {
                Problem::Missing { field } => format!("lacks {field}"),
                Problem::Unknown { field, similar, .. } => format!("knows no {field}, {similar:?}"),
                Problem::WrongType { found, wanted } => format!("{found:?} for {wanted:?}"),
                Problem::NotAllowed { found } => {
                    format!("{found:?} is none of {:?}", complaint.about.allowed)
                }
                Problem::Undecided { field } => {
                    format!("wants {field}, of {:?}", complaint.about.allowed)
                }
                Problem::Bound { rule, limit } => format!("{rule} {limit}"),
                Problem::Pattern { pattern } => format!("matches {pattern}"),
                Problem::Format { format } => format!("is a {format}"),
                Problem::Rule { rule } => rule.clone(),
                Problem::Preset => "preset".to_owned(),
            };
            format!("{sign}{}: {problem}", complaint.path)
        })
        .collect();
    assert_eq!(found, expected, "{config}");
}

#[track_caller]
fn check_whole(config: serde_json::Value, expected: &[&str]) {
    check_with(&spec(), &config, Extent::Whole, expected);
}

#[test]
fn a_good_configuration_is_not_complained_about() {
    check_whole(
        json!({"host": "a.b", "port": 1, "auth": {"kind": "key", "key": "***"}, "labels": {"a": "b"},
            "free": {"x": [1, {"y": 2}]}, "schemas": ["a"], "level": "low", "start": "2025-01-01"}),
        &[],
    );
    check_whole(
        json!({"host": "a", "port": 1, "auth": {"kind": "password", "user": "u"}, "level": null}),
        &[],
    );
}

#[test]
fn every_mistake_is_found_at_once() {
    check_whole(
        json!({"hots": "a", "port": "1", "level": "hihg", "schemas": [], "labels": {"a": 1},
            "start": "yesterday", "auth": {"kind": "password", "usr": "u"}}),
        &[
            "config: lacks host",
            "config.auth: lacks user",
            "? config.auth.usr: knows no usr, Some(\"user\")",
            "config.hots: knows no hots, Some(\"host\")",
            "config.labels.a: Number for [\"string\"]",
            "config.level: Some(\"hihg\") is none of [\"low\", \"high\"]",
            "config.port: Text for [\"integer\"]",
            "config.schemas: minItems 1",
            "? config.start: is a date",
        ],
    );
    check_whole(
        json!({"host": "A", "port": 0, "auth": [], "schemas": ["a", "a", 1.5]}),
        &[
            "config.auth: List for [\"object\"]",
            "config.host: matches ^[a-z.]+$",
            "config.port: minimum 1",
            "config.schemas: uniqueItems",
            "config.schemas[2]: Number for [\"string\"]",
        ],
    );
}

#[test]
fn a_form_is_told_by_its_constant() {
    let with = |auth: serde_json::Value| json!({"host": "a", "port": 1, "auth": auth});
    check_whole(
        with(json!({"kind": "kee"})),
        &["config.auth.kind: Some(\"kee\") is none of [\"key\", \"password\"]"],
    );
    check_whole(with(json!({"kind": "key"})), &["config.auth: lacks key"]);
    check_whole(with(json!({})), &["config.auth: wants kind, of [\"key\", \"password\"]"]);
    // What is known of another form is not known of this one.
    check_whole(
        with(json!({"kind": "password", "user": "u", "key": "abc"})),
        &["? config.auth.key: knows no key, None"],
    );
}

#[test]
fn parts_need_not_be_whole() {
    check_with(&spec(), &json!({"port": 3}), Extent::Partial, &[]);
    check_with(&spec(), &json!({"auth": {"kind": "key"}}), Extent::Partial, &[]);
    check_with(&spec(), &json!({"auth": {}}), Extent::Partial, &[]);
    check_with(&spec(), &json!({"port": 0}), Extent::Partial, &["config.port: minimum 1"]);
    check_with(&spec(), &json!({"host": "h"}), Extent::WithoutSecrets, &["config: lacks port"]);
}

#[test]
fn a_secret_is_text_whatever_it_says() {
    use model::secret::{SecretPart, SecretRef, SecretSource};
    let secret = || {
        let parts = vec![SecretPart::Lookup(SecretSource::Env("X".to_owned()))];
        Value::Secret(SecretRef { parts })
    };
    let member = |key: &str, value| Value::Map([(key.to_owned(), value)].into());
    let at = Path::attribute("config");
    assert_eq!(check(&spec(), &member("host", secret()), &at, Extent::Partial), []);
    let found = check(&spec(), &member("port", secret()), &at, Extent::Partial);
    let [Complaint { problem: Problem::WrongType { found: Found::Secret, .. }, .. }] = &found[..]
    else {
        panic!("{found:?}");
    };
    // A secret that is written down is not shown.
    let spec = from_json(&json!({"properties": {"pin": {"enum": ["a"], "airbyte_secret": true}}}));
    let found = check(&spec, &member("pin", Value::text("hunter2")), &at, Extent::Whole);
    assert!(!format!("{found:?}").contains("hunter2"), "{found:?}");
    assert_eq!(found.len(), 1);
}

#[test]
fn presets_and_what_is_given_are_one() {
    let presets = from_json(&json!({"host": "a", "auth": {"kind": "key"}, "port": 1}));
    let given =
        from_json(&json!({"auth": {"kind": "key", "key": "abc"}, "port": 2, "level": null}));
    let whole = from_json(&json!({"host": "a", "auth": {"kind": "key", "key": "abc"}, "port": 2}));
    assert_eq!(merged(&presets, &given), whole);
    let again = preset_again(&presets, &given, &Path::attribute("config"));
    let paths: Vec<String> = again.iter().map(|complaint| complaint.path.to_string()).collect();
    assert_eq!(paths, ["config.port"]);
}

#[test]
fn what_is_no_schema_asks_for_nothing() {
    for odd in [
        json!(null),
        json!("text"),
        json!({"properties": 1, "required": "x", "oneOf": {}}),
        json!({"properties": {"a": {"pattern": "(", "enum": 3, "minimum": "x"}}}),
        json!({"$ref": "#/definitions/x"}),
    ] {
        check_with(&from_json(&odd), &json!({"a": "b"}), Extent::Whole, &[]);
    }
}

#[test]
fn fields_are_described_in_the_connectors_order() {
    let spec = from_json(&json!({"required": ["b"], "properties": {
        "a": {"type": "string"}, "b": {"order": 0, "airbyte_secret": true},
        "c": {"order": 1, "oneOf": [{"properties": {"kind": {"const": "x"}, "d": {}}}]}}}));
    let found: Vec<String> = describe(&spec)
        .into_iter()
        .map(|field| format!("{} {} {:?}", field.path, field.required, field.form))
        .collect();
    let expected = [
        "b true None",
        "c false None",
        "c.d false Some((\"kind\", \"x\"))",
        "c.kind false Some((\"kind\", \"x\"))",
        "a false None",
    ];
    assert_eq!(found, expected);
}

/// Every connector of `catalog` compiles as it stands, has fields, and complains about an empty
/// configuration exactly where it requires something.
fn check_catalog(catalog: &Catalog) -> usize {
    let mut count = 0;
    for side in [Side::Source, Side::Destination] {
        for definition in catalog.iter(side) {
            let name = &definition.name;
            let schema = definition.connection_specification();
            let compiled = jsonschema::draft7::options().build(schema);
            assert!(compiled.is_ok(), "{name}: {:?}", compiled.err());
            let spec = from_json(schema);
            assert!(!describe(&spec).is_empty(), "{name}");
            let at = Path::attribute("config");
            let nothing = Value::Map([].into());
            let required = schema["required"].as_array().map_or(0, Vec::len);
            let found = check(&spec, &nothing, &at, Extent::Whole);
            assert_eq!(found.len(), required, "{name}: {found:?}");
            assert_eq!(check(&spec, &nothing, &at, Extent::Partial), [], "{name}");
            let found: Vec<Complaint> = check(&spec, &sample(&spec, "X"), &at, Extent::Whole)
                .into_iter()
                // A placeholder looks like nothing in particular.
                .filter(|found| !matches!(found.problem, Problem::Pattern { .. }))
                .collect();
            assert_eq!(found, [], "{name}");
            let stray = Value::Map([("no_such_field".to_owned(), Value::text("x"))].into());
            let found = check(&spec, &stray, &at, Extent::Partial);
            assert_eq!(found.len(), 1, "{name}: {found:?}");
            count += 1;
        }
    }
    count
}

#[test]
fn built_in_connectors_are_understood() {
    assert_eq!(check_catalog(&Catalog::embedded()), 11);
}

#[test]
fn well_known_connectors_are_understood() {
    // Beside the repository on our own machines only.
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/catalog/connectors.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: {path} is not there");
        return;
    };
    assert_eq!(check_catalog(&Catalog::from_json(&text).unwrap()), 23);
}
