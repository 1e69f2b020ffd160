//! What an organization holds, so that two can be compared, and with what is declared.

use std::collections::{BTreeMap, BTreeSet};

use emulator::World;
use serde_json::{Map, Value};

use crate::{Error, organization};

/// What a world holds, with what its objects are called in place of their ids.
///
/// # Errors
/// The world cannot be written down.
pub fn holdings(world: &World) -> Result<Value, Error> {
    let mut file = file(world)?;
    let mut names = BTreeMap::new();
    for (section, row) in rows(&file) {
        let name = ["name", "destination_name", "connector"].iter().find_map(|key| row.get(*key));
        if let (Some(Value::String(id)), Some(Value::String(name))) = (row.get("id"), name) {
            let gone = if is_gone(row) { " (deleted)" } else { "" };
            names.insert(id.clone(), format!("{section} {name}{gone}"));
        }
    }
    rename(&mut file, &names);
    // What is deleted is kept or not as its connectors went after it or before, which nobody sees.
    for rows in file.as_object_mut().into_iter().flat_map(Map::values_mut) {
        if let Some(rows) = rows.as_array_mut() {
            rows.retain(|row| !row.as_object().is_some_and(is_gone));
        }
    }
    Ok(organization::bare(file))
}

/// Takes out what a template had a hand in when something was made of it: that stays as it was made,
/// also where somebody had changed the template by hand for that moment.
pub(super) fn forget_made_by_templates(holdings: &mut Value) {
    let Some(sections) = holdings.as_object_mut() else { return };
    sections.remove("destinations");
    sections.remove("connections");
    for row in sections.get_mut("connectors").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(row) = row.as_object_mut() {
            row.remove("preset");
        }
    }
}

/// `world` with all that each connector runs with in place of what it was sent, as a service shows it
/// that shows presets. What is declared and preset need not be sent.
pub(super) fn with_presets(mut world: World) -> World {
    world.connectors.update_all(|connector| {
        connector.replication_config = connector.effective_config();
    });
    world
}

/// `world` with only that of each connector's configuration of which its template presets nothing: where
/// presets are shown, nothing tells whether the same was sent as well, and the template may have been
/// another for a moment when the connector was made. What is declared is [`missing`]'s.
pub(super) fn beyond_presets(mut world: World) -> World {
    world.connectors.update_all(|connector| {
        beyond(&mut connector.replication_config, &connector.preset);
    });
    world
}

fn beyond(own: &mut Map<String, Value>, preset: &Map<String, Value>) {
    own.retain(|key, value| match (value, preset.get(key)) {
        (Value::Object(own), Some(Value::Object(preset))) => {
            beyond(own, preset);
            !own.is_empty()
        }
        (_, preset) => preset.is_none(),
    });
}

/// A world's file, with OAuth apps by the names of their connectors.
fn file(world: &World) -> Result<Value, Error> {
    let mut file: Value = serde_json::from_str(&world.to_json())?;
    for row in file["oauth_credentials"].as_array_mut().into_iter().flatten() {
        let definition = row["connector"].as_str().unwrap_or_default();
        let app =
            world.oauth_credentials.iter().find(|app| app.definition.to_string() == definition);
        if let Some(app) = app {
            row["connector"] = app.connector_name.as_str().into();
        }
    }
    Ok(file)
}

fn rename(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => match names.get(text) {
            Some(name) => text.clone_from(name),
            // What a connection was made by may be gone.
            None if emulator::Uuid::try_parse(text).is_ok() => "nobody".clone_into(text),
            None => {}
        },
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        Value::Object(members) => members.values_mut().for_each(|member| rename(member, names)),
        _ => {}
    }
}

/// Every object of a world's file, with its section.
fn rows(file: &Value) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
    file.as_object().into_iter().flatten().flat_map(|(section, rows)| {
        let rows = rows.as_array().into_iter().flatten().filter_map(Value::as_object);
        rows.map(move |row| (section.as_str(), row))
    })
}

/// Every object by its id.
///
/// # Errors
/// The world cannot be written down.
pub(super) fn by_id(world: &World) -> Result<BTreeMap<String, Value>, Error> {
    let file = file(world)?;
    let all = rows(&file).filter_map(|(_, row)| {
        Some((row.get("id")?.as_str()?.to_owned(), Value::Object(row.clone())))
    });
    Ok(all.collect())
}

/// The names that two objects share which must not.
///
/// # Errors
/// The world cannot be written down.
pub(super) fn twins(world: &World) -> Result<Vec<String>, Error> {
    let file = file(world)?;
    let mut seen = BTreeSet::new();
    let mut twins = Vec::new();
    for (section, row) in rows(&file) {
        let key = match section {
            "tags" | "workspaces" | "source_templates" | "connectors" => "name",
            "connection_templates" => "destination_name",
            "oauth_credentials" => "connector",
            _ => continue,
        };
        // What is deleted is kept for its connectors.
        if is_gone(row) {
            continue;
        }
        let name = (section, row.get("workspace"), row.get("organization"), row.get(key));
        let name = format!("{name:?}");
        if !seen.insert(name.clone()) {
            twins.push(name);
        }
    }
    Ok(twins)
}

/// Where what is declared is looked for: section, name, attributes that are configuration.
const DECLARED: [(&str, &str, &[&str]); 4] = [
    ("source_templates", "name", &["partial_default_config"]),
    ("connection_templates", "destination_name", &["destination_config"]),
    ("connectors", "name", &["replication_config"]),
    ("oauth_credentials", "connector", &["configuration"]),
];

/// What of that which is declared does not stand, read from the manifest's text and the service's
/// tables alone: whatever planner and client agree upon in error is found here.
///
/// # Errors
/// The world cannot be written down.
pub(super) fn missing(
    manifest: &Value,
    secrets: &Value,
    world: &World,
) -> Result<Vec<String>, Error> {
    let file = file(world)?;
    let mut missing = Vec::new();
    for (section, key, configs) in DECLARED {
        for (address, declared) in manifest[section].as_object().into_iter().flatten() {
            if declared.get("hosting") == Some(&Value::from("airbyte")) {
                continue;
            }
            let said = if section == "oauth_credentials" { "connector_type" } else { key };
            let name = declared.get(said).and_then(Value::as_str).unwrap_or(address);
            let standing: Vec<&Map<String, Value>> = rows(&file)
                .filter(|(other, row)| {
                    *other == section
                        && is_ours(row)
                        && row.get(key).and_then(Value::as_str) == Some(name)
                        && !is_gone(row)
                })
                .map(|(_, row)| row)
                .collect();
            if standing.is_empty() {
                missing.push(format!("{section}.{address} does not stand"));
            }
            for config in configs {
                let Some(wanted) = declared.get(*config) else { continue };
                // Connectors of one name stand in several workspaces.
                if !standing.iter().any(|row| holds(row.get(*config), wanted, secrets)) {
                    missing.push(format!("{section}.{address}: {config} is not as declared"));
                }
            }
            let Some(tags) = declared.get("tags").and_then(Value::as_array) else { continue };
            let tags: BTreeSet<&str> = tags
                .iter()
                .filter_map(Value::as_str)
                .map(|tag| manifest["tags"][tag]["name"].as_str().unwrap_or(tag))
                .collect();
            for row in standing {
                let there = row.get("tags").and_then(Value::as_array).into_iter().flatten();
                if there.filter_map(Value::as_str).collect::<BTreeSet<_>>() != tags {
                    missing.push(format!("{section}.{address}: other tags than {tags:?}"));
                }
            }
        }
    }
    Ok(missing)
}

/// Whether everything that is `wanted` is there. What is to be nothing may be anything: the service
/// may refuse to clear it.
fn holds(there: Option<&Value>, wanted: &Value, secrets: &Value) -> bool {
    match wanted {
        Value::Null => true,
        Value::Object(members) => members
            .iter()
            .all(|(key, wanted)| holds(there.and_then(|there| there.get(key)), wanted, secrets)),
        Value::String(text) => {
            let variable =
                text.strip_prefix("${secret:env:").and_then(|rest| rest.strip_suffix('}'));
            let text = variable.map_or(text.as_str(), |name| secrets[name].as_str().unwrap_or(""));
            there.and_then(Value::as_str) == Some(text)
        }
        other => there == Some(other),
    }
}

/// Whether an object of the first world is nobody's business: see `grow`.
pub(super) fn is_stray(row: &Value) -> bool {
    let of = |key: &str| row.get(key).and_then(Value::as_str);
    !row.as_object().is_some_and(is_ours)
        || ["name", "destination_name"]
            .iter()
            .any(|key| of(key).is_some_and(|name| name.starts_with("by hand")))
        || of("connector") == Some("Salesforce")
}

/// Whether an object belongs to the organization that the storms are about.
fn is_ours(row: &Map<String, Value>) -> bool {
    let ours = emulator::SANDBOX_ORGANIZATION.to_string();
    row.get("organization").and_then(Value::as_str).is_none_or(|id| id == ours)
}

/// Whether an object is deleted, and kept under a tombstone.
fn is_gone(row: &Map<String, Value>) -> bool {
    row.get("tombstone") == Some(&Value::Bool(true))
}
