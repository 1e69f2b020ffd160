//! Manifests over all kinds, and what becomes of them.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::pick;

/// The sections, each before those that refer to it, with the number of its addresses.
const SECTIONS: [(&str, &str, usize); 6] = [
    ("tags", "t", 4),
    ("source_templates", "s", 4),
    ("connection_templates", "c", 3),
    ("workspaces", "w", 4),
    ("connectors", "n", 6),
    ("oauth_credentials", "o", 2),
];

/// A manifest.
pub(super) fn first(dice: &mut Rng) -> Value {
    let mut manifest = json!({"version": 1});
    for (section, prefix, count) in SECTIONS {
        let mut resources = Map::new();
        for number in 0..count {
            if dice.u8(0..4) > 0 {
                let resource = resource(section, number, &manifest, dice);
                resources.extend(resource.map(|made| (format!("{prefix}{number}"), made)));
            }
        }
        if !resources.is_empty() {
            manifest[section] = resources.into();
        }
    }
    manifest
}

/// What somebody has made of a manifest.
pub(super) fn next(manifest: &Value, dice: &mut Rng) -> Value {
    let mut next = json!({"version": 1});
    for (section, prefix, count) in SECTIONS {
        let mut resources = Map::new();
        for number in 0..count {
            let address = format!("{prefix}{number}");
            let old = manifest[section].get(&address);
            let made = match (old, dice.u8(0..10)) {
                (Some(old), 0..6) => Some(old.clone()),
                (Some(_), 6..9) | (None, 0..3) => resource(section, number, &next, dice),
                _ => None,
            };
            let made = made.and_then(|made| mended(section, made, &next));
            resources.extend(made.map(|made| (address, made)));
        }
        if !resources.is_empty() {
            next[section] = resources.into();
        }
    }
    next
}

/// A resource without references to what is not there; none where it cannot do without.
fn mended(section: &str, mut resource: Value, manifest: &Value) -> Option<Value> {
    let is_there = |section: &str, name: &Value| {
        name.as_str().is_some_and(|name| manifest[section].get(name).is_some())
    };
    for list in ["tags", "connection_template_tags"] {
        if let Some(tags) = resource.get_mut(list).and_then(Value::as_array_mut) {
            tags.retain(|tag| is_there("tags", tag));
        }
    }
    let needs = [("workspace", "workspaces"), ("source_template", "source_templates")];
    let is_whole =
        needs.iter().all(|(key, of)| resource.get(*key).is_none_or(|name| is_there(of, name)));
    let of_itself = resource.get("clone_of").is_none_or(|name| is_there(section, name));
    (is_whole && of_itself).then_some(resource)
}

/// A resource at the address of this number; none where what it needs is not there.
fn resource(section: &str, number: usize, manifest: &Value, dice: &mut Rng) -> Option<Value> {
    let tags = names(manifest, "tags");
    let mut made = match section {
        "tags" => json!({"name": name("t", number, dice)}),
        "source_templates" => source_template(number, dice),
        "connection_templates" => connection_template(number, dice),
        "workspaces" => workspace(number, dice),
        "connectors" => connector(number, manifest, dice)?,
        _ => {
            let connector = ["HubSpot", "Slack"][number % 2];
            json!({
                "connector_type": connector,
                "configuration": {"client_id": pick(dice, &["one", "two"]), "client_secret": secret(dice)},
            })
        }
    };
    let list = match section {
        "source_templates" | "connection_templates" => "tags",
        "connectors" => "connection_template_tags",
        _ => return Some(made),
    };
    if dice.u8(0..3) > 0 {
        let some: Vec<&String> = tags.iter().filter(|_| dice.bool()).collect();
        made[list] = json!(some);
    }
    Some(made)
}

/// Mostly the resource's own, rarely a new one.
fn name(prefix: &str, number: usize, dice: &mut Rng) -> String {
    match dice.u8(0..6) {
        0 => format!("{prefix}{number} renamed"),
        _ => format!("{prefix}{number}"),
    }
}

fn names(manifest: &Value, section: &str) -> Vec<String> {
    manifest[section].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

fn secret(dice: &mut Rng) -> &'static str {
    if dice.bool() { "${secret:env:A}" } else { "${secret:env:B}" }
}

fn source_template(number: usize, dice: &mut Rng) -> Value {
    let (definition, mut config) = match dice.u8(0..5) {
        0..3 => ("Postgres", json!({"port": *pick(dice, &[5432, 5433])})),
        3 => ("Faker", json!({"count": dice.u32(1..9)})),
        _ => ("GitHub", json!({"start_date": "2025-01-01T00:00:00Z"})),
    };
    if definition == "Postgres" && dice.bool() {
        config["password"] = secret(dice).into();
    }
    extras(&mut config, dice);
    let mut template = json!({
        "name": name("s", number, dice), "definition": definition, "partial_default_config": config,
    });
    if dice.bool() {
        template["mode"] = (*pick(dice, &["replication", "direct", "multi"])).into();
    }
    if dice.u8(0..3) == 0 {
        template["customization"] = pick(
            dice,
            &[
                json!(null),
                json!({"stream_selection_mode": "all"}),
                json!({"stream_selection_mode": "whitelist", "stream_whitelist": ["b", "a"]}),
            ],
        )
        .clone();
    }
    if dice.u8(0..4) == 0 {
        template["propagate"] = true.into();
    }
    if dice.u8(0..4) == 0 {
        template["lifecycle"] = json!({"create_before_destroy": dice.bool()});
    }
    template
}

/// What no specification knows.
fn extras(config: &mut Value, dice: &mut Rng) {
    let all = [
        ("x_text", json!("plain")),
        ("x_text", json!("other")),
        ("x_null", json!(null)),
        ("x_list", json!([1, {"y": "z"}])),
        ("x_tree", json!({"deep": {"er": 1}, "flag": true})),
        ("x_tree", json!({"deep": {}})),
    ];
    for (key, value) in all {
        if dice.u8(0..5) == 0 {
            config[key] = value;
        }
    }
}

fn connection_template(number: usize, dice: &mut Rng) -> Value {
    let mut template = if number == 2 {
        json!({"hosting": "airbyte"})
    } else {
        let mut config = json!({
            "s3_bucket_name": *pick(dice, &["one", "two"]), "s3_bucket_region": "eu-central-1",
            "s3_bucket_path": "data", "format": {"format_type": "JSONL"},
        });
        if dice.bool() {
            config["access_key_id"] = secret(dice).into();
            config["secret_access_key"] = secret(dice).into();
        }
        let mut template = json!({
            "destination_name": name("c", number, dice), "destination": "S3",
            "destination_config": config,
        });
        if dice.bool() {
            template["sync_on_create"] = dice.bool().into();
            template["non_breaking_changes_preference"] =
                (*pick(dice, &["ignore", "propagate_columns"])).into();
        }
        template
    };
    if dice.bool() {
        template["cron_expression"] =
            pick(dice, &[json!(null), json!("0 0 12 * * ?"), json!("0 0 0 * * ?")]).clone();
    }
    template
}

fn workspace(number: usize, dice: &mut Rng) -> Value {
    let mut workspace =
        json!({"name": name("w", number, dice), "lifecycle": {"allow_replace": true}});
    if dice.bool() {
        workspace["region"] = (*pick(dice, &["us", "us", "us", "eu"])).into();
    }
    if dice.bool() {
        workspace["status"] = (*pick(dice, &["active", "active", "inactive"])).into();
    }
    if dice.u8(0..3) == 0 {
        workspace["cache_enabled"] = dice.bool().into();
    }
    workspace
}

fn connector(number: usize, manifest: &Value, dice: &mut Rng) -> Option<Value> {
    let (workspaces, templates) =
        (names(manifest, "workspaces"), names(manifest, "source_templates"));
    if workspaces.is_empty() || templates.is_empty() {
        return None;
    }
    let template = pick(dice, &templates);
    let mut config = json!({
        "host": "db", "port": 5432, "database": *pick(dice, &["main", "other"]), "username": "u",
        "password": secret(dice), "count": 3, "start_date": "2025-01-01T00:00:00Z",
        "repositories": ["a/b"],
        "credentials": {"option_title": "PAT Credentials", "personal_access_token": secret(dice)},
    });
    extras(&mut config, dice);
    let mut connector = json!({
        "workspace": pick(dice, &workspaces), "source_template": template,
        "name": name("n", number, dice), "replication_config": config,
        "lifecycle": {"allow_replace": true},
    });
    if dice.u8(0..4) == 0 {
        connector["check"] = true.into();
    }
    if dice.u8(0..4) == 0 {
        connector["entities"] =
            pick(dice, &[json!([]), json!([{"entity": "b", "modes": ["read"]}, {"entity": "a"}])])
                .clone();
    }
    Some(connector)
}
