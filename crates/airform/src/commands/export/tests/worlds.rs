//! Organizations as people leave them.

use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::{Map, Value, json};

/// What tags are called. Some of it no manifest can say.
const TAGS: &[&str] = &["crm", "CRM 2", "0123", "yes", "Müller & Söhne", "a/b"];
const NAMES: &[&str] = &[
    "acme",
    "Acme Inc.",
    "acme",
    "no",
    "1.10",
    "a: b",
    "客户",
    "x # y",
    "- z",
    "GitHub (EU)",
    "acme inc",
    "null",
];

fn id(kind: u32, number: usize) -> String {
    format!("{kind:08x}-0000-4000-8000-{number:012x}")
}

fn one_of(choices: &'static [&'static str]) -> impl Strategy<Value = Value> {
    select(choices).prop_map(Value::from)
}

/// Some members of what may stand in any configuration.
fn extras() -> impl Strategy<Value = Map<String, Value>> {
    let text = prop_oneof![
        "[ -~\n]{0,12}".prop_filter("opaque", |text| !text.contains('*')),
        select(
            &["0123", "yes", "${env:HOME}", "$${", "a\n b\n", "2025-01-01", "", "ü\u{2028}"][..]
        )
        .prop_map(str::to_owned),
    ];
    let members = (
        proptest::option::of(text.prop_map(Value::from)),
        proptest::option::of(any::<i32>().prop_map(Value::from)),
        proptest::option::of(select(&[0.5, 1e300, -2.25e-7][..]).prop_map(Value::from)),
        proptest::option::of(prop_oneof![
            Just(json!([])),
            Just(json!({})),
            Just(json!(null)),
            Just(json!([1, {"y": null}, [true, "no"]])),
            Just(json!({"deep": {"key with: colon": "x", "0123": {}}})),
        ]),
    );
    members.prop_map(|(text, integer, float, tree)| {
        let members = [("x_text", text), ("x_int", integer), ("x_float", float), ("x_tree", tree)];
        members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    })
}

/// `base` with the members of a map that `secret` may be one of.
fn config(base: Value, secret: &'static str) -> impl Strategy<Value = Value> {
    (extras(), any::<bool>()).prop_map(move |(mut config, has_secret)| {
        if let Value::Object(base) = &base {
            config.extend(base.clone());
        }
        if has_secret {
            config.insert(secret.to_owned(), json!("correct-horse"));
        }
        Value::Object(config)
    })
}

fn customization() -> impl Strategy<Value = Value> {
    select(
        &[
            r#"null"#,
            r#"{"stream_selection_mode": "all"}"#,
            r#"{"stream_selection_mode": "whitelist", "stream_whitelist": ["b", "a: b"]}"#,
            r#"{"stream_whitelist": ["lost"]}"#,
            r#"{"stream_customizations": {"users": {"primary_key_fields": [["id"], ["a", "b"]],
                "cursor_field": ["updated_at"]}}}"#,
            r#"{"stream_mappers": {"us ers": [
                {"type": "hashing", "mapper_configuration": {"target_field": "email", "method": "MD5"}},
                {"type": "encryption", "mapper_configuration": {"target_field": "ssn",
                    "public_key": "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"}},
                {"type": "row-filtering", "mapper_configuration": {"conditions": {"type": "equal",
                    "field_name": "country", "comparison_value": "no"}}}]}}"#,
        ][..],
    )
    .prop_map(|text| serde_json::from_str(text).unwrap())
}

fn source_template() -> impl Strategy<Value = Value> {
    let made_of = prop_oneof![
        config(json!({"port": 5432}), "password").prop_map(|config| ("Postgres", config)),
        config(
            json!({"credentials": {"option_title": "API Token Credentials", "api_token": "xoxb"}}),
            "x"
        )
        .prop_map(|config| ("Slack", config)),
        config(json!({}), "x").prop_map(|config| ("Faker", config)),
        Just((
            "Postgres",
            json!({"ssl_mode": {"mode": "verify-ca", "ca_certificate": "-----BEGIN\nx", "client_key": "k"}})
        )),
    ];
    let mode = one_of(&["REPLICATION", "DIRECT", "MULTI"]);
    (one_of(NAMES), made_of, mode, customization(), subsequence(TAGS, 0..3)).prop_map(
        |(name, (definition, config), mode, customization, tags)| {
            json!({"name": name, "definition": definition, "partial_default_config": config,
                "mode": mode, "customization": customization, "tags": tags})
        },
    )
}

fn connection_template() -> impl Strategy<Value = Value> {
    let cron = one_of(&["0 0 12 * * ?", "0 0 12 * * ?", "0 */4 * * * ?", "string"]);
    let hosted_by_us = prop_oneof![
        3 => config(json!({"s3_bucket_name": "acme"}), "secret_access_key")
            .prop_map(|config| json!({"destination": "S3", "destination_config": config})),
        1 => config(json!({"host": "db", "cron_expression": "x"}), "password")
            .prop_map(|config| json!({"destination": "Postgres", "destination_config": config})),
    ];
    let preference = one_of(&["ignore", "disable", "propagate_columns", "propagate_fully"]);
    let hosted_by_us = (hosted_by_us, one_of(NAMES), preference, any::<bool>()).prop_map(
        |(mut template, name, preference, syncs)| {
            template["destination_name"] = name;
            template["non_breaking_changes_preference"] = preference;
            template["sync_on_create"] = syncs.into();
            template
        },
    );
    let template = prop_oneof![4 => hosted_by_us, 1 => Just(json!({}))];
    (template, proptest::option::of(cron), subsequence(TAGS, 0..3)).prop_map(
        |(mut template, cron, tags)| {
            template["cron_expression"] = cron.unwrap_or(Value::Null);
            template["tags"] = tags.into();
            template
        },
    )
}

fn workspace() -> impl Strategy<Value = Value> {
    let status = one_of(&["active", "active", "inactive"]);
    (one_of(NAMES), status, proptest::option::of(any::<bool>())).prop_map(
        |(name, status, cache)| json!({"name": name, "status": status, "cache_enabled": cache}),
    )
}

fn connector() -> impl Strategy<Value = (Value, Index, Index)> {
    // What any of them requires. A required secret is not among it: where the service drops those,
    // nothing tells that it is there, and an update without it is refused.
    let base = json!({"host": "db", "port": 5432, "database": "d", "username": "u", "count": 3,
        "start_date": "2025-01-01T00:00:00Z", "join_channels": true});
    let entities = prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!([{"entity": "b", "modes": ["write", "read"]}, {"entity": "a: b"}])),
    ];
    let connector = (one_of(NAMES), config(base, "password"), entities).prop_map(
        |(name, config, entities)| json!({"name": name, "replication_config": config, "entities": entities}),
    );
    (connector, any::<Index>(), any::<Index>())
}

/// The JSON of an organization. Everything in it has an id, so that what is called alike is not
/// confused.
pub(super) fn worlds() -> impl Strategy<Value = String> {
    let several = 0..4_usize;
    (
        proptest::collection::vec(source_template(), several.clone()),
        proptest::collection::vec(connection_template(), several.clone()),
        proptest::collection::vec(workspace(), several.clone()),
        proptest::collection::vec(connector(), several),
    )
        .prop_map(|(mut sources, mut connections, mut workspaces, connectors)| {
            let number = |kind: u32, objects: &mut [Value]| {
                for (number, object) in objects.iter_mut().enumerate() {
                    object["id"] = id(kind, number).into();
                }
            };
            number(1, &mut sources);
            number(2, &mut connections);
            number(3, &mut workspaces);
            let mut placed = Vec::new();
            for (mut connector, at, of) in connectors {
                if sources.is_empty() || workspaces.is_empty() {
                    break;
                }
                connector["workspace"] = id(3, at.index(workspaces.len())).into();
                connector["source_template"] = id(1, of.index(sources.len())).into();
                placed.push(connector);
            }
            number(4, &mut placed);
            let tags: Vec<Value> = TAGS.iter().map(|name| json!({"name": name})).collect();
            json!({"tags": tags, "source_templates": sources, "connection_templates": connections,
                "workspaces": workspaces, "connectors": placed})
            .to_string()
        })
}
