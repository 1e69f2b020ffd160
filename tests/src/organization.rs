//! The organization at the service, as scenarios change it by hand and as laws compare it.

use std::collections::BTreeMap;

use emulator::World;
use serde_json::{Map, Value};

use crate::Error;

/// What an object is called in each section of a world's file.
const NAMES: [(&str, &str); 7] = [
    ("organizations", "name"),
    ("workspaces", "name"),
    ("cloud_workspaces", "name"),
    ("tags", "name"),
    ("source_templates", "name"),
    ("connection_templates", "destination_name"),
    ("oauth_credentials", "connector"),
];

/// What differs between two worlds that hold the same.
const INCIDENTAL: [&str; 5] = ["id", "created_at", "updated_at", "clock", "ids_made"];

/// `world` after a change by hand. By section either an object of names, each with what is merged
/// into the object of that name (`null` takes it away), or a list of objects that are added.
///
/// # Errors
/// The change names a section or object that is not there, or makes no world.
pub fn changed(world: &World, change: &Value) -> Result<World, Error> {
    let mut file: Value = serde_json::from_str(&world.to_json())?;
    for (section, changes) in change.as_object().ok_or("a change is an object")? {
        let rows = file.get_mut(section).and_then(Value::as_array_mut);
        let rows = rows.ok_or_else(|| format!("there are no `{section}`"))?;
        match changes {
            Value::Array(added) => rows.extend(added.iter().cloned()),
            Value::Object(changes) => {
                for (name, change) in changes {
                    change_one(rows, section, name, change)?;
                }
            }
            _ => return Err(format!("`{section}` takes an object or a list").into()),
        }
    }
    Ok(World::from_json(&file.to_string())?)
}

fn change_one(
    rows: &mut Vec<Value>,
    section: &str,
    name: &str,
    change: &Value,
) -> Result<(), Error> {
    let key = NAMES.iter().find(|(known, _)| *known == section).map_or("name", |(_, key)| key);
    let at = rows.iter().position(|row| row.get(key).is_some_and(|value| value == name));
    let at = at.ok_or_else(|| format!("there is no `{name}` in `{section}`"))?;
    if change.is_null() {
        rows.remove(at);
    } else if let Some(row) = rows.get_mut(at) {
        merge(row, change);
    }
    Ok(())
}

/// RFC 7396.
fn merge(target: &mut Value, patch: &Value) {
    let Some(patch) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    if let Some(target) = target.as_object_mut() {
        for (key, value) in patch {
            if value.is_null() {
                target.remove(key);
            } else {
                merge(target.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
    }
}

/// What a world holds, without what differs between two ways to the same: ids, times and order. Where
/// one object refers to another it has its name instead: ids are given out in order of creation, and
/// what is made side by side has no order.
///
/// # Errors
/// The world cannot be written down.
pub fn holdings(world: &World) -> Result<Value, Error> {
    let mut file: Value = serde_json::from_str(&world.to_json())?;
    let names = names(&file);
    strip(&mut file, &names);
    Ok(file)
}

/// Every object by its id, as the section and the name that it has there.
fn names(file: &Value) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for (section, rows) in file.as_object().into_iter().flatten() {
        let key = NAMES.iter().find(|(known, _)| known == section).map_or("name", |(_, key)| key);
        for row in rows.as_array().into_iter().flatten() {
            let text = |key: &str| row.get(key).and_then(Value::as_str);
            if let Some(id) = text("id") {
                let name = text(key).unwrap_or_default();
                names.insert(id.to_owned(), format!("{section}: {name}"));
            }
        }
    }
    names
}

fn strip(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            // A config may have keys of these names, and they are its own.
            members.retain(|key, _| !INCIDENTAL.contains(&key.as_str()));
            for (key, member) in members.iter_mut() {
                if !key.ends_with("_config")
                    && !["configuration", "customization"].contains(&key.as_str())
                {
                    strip(member, names);
                }
            }
        }
        Value::Array(items) => {
            items.iter_mut().for_each(|item| strip(item, names));
            items.sort_by_key(Value::to_string);
        }
        Value::String(text) => {
            if let Some(name) = names.get(text) {
                text.clone_from(name);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "00000000-0000-4000-a000-000000000001";
    const TWO: &str = "00000000-0000-4000-a000-000000000002";

    fn holds(acme: &str, globex: &str, stands_in: &str) -> Value {
        let world = format!(
            r#"{{"workspaces": [{{"name": "acme", "id": "{acme}"}}, {{"name": "globex", "id": "{globex}"}}],
                "source_templates": [{{"definition": "Stripe"}}],
                "connectors": [{{"workspace": "{stands_in}", "source_template": "Stripe", "name": "db",
                    "replication_config": {{"account_id": "{ONE}"}}}}]}}"#
        );
        holdings(&World::from_json(&world).unwrap()).unwrap()
    }

    #[test]
    fn the_order_of_creation_does_not_count_and_a_place_does() {
        assert_eq!(holds(ONE, TWO, "acme"), holds(TWO, ONE, "acme"));
        assert_ne!(holds(ONE, TWO, "acme"), holds(ONE, TWO, "globex"));
        let config = &holds(ONE, TWO, "acme")["connectors"][0]["replication_config"];
        assert_eq!(config["account_id"], ONE);
    }
}
