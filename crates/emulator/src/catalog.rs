//! The connectors that the service knows, in the shape of the public registry (dossier 3.9).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::LazyLock;
use uuid::Uuid;

static EMBEDDED: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::from_json(include_str!("catalog.json")).unwrap_or_else(|_| Catalog::empty())
});

/// Whether a connector reads or writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// It reads.
    #[default]
    Source,
    /// It writes.
    Destination,
}

/// The connectors that the service knows; by default the built-in ones.
#[derive(Clone, Debug)]
pub struct Catalog {
    sources: Vec<Definition>,
    destinations: Vec<Definition>,
    by_id: HashMap<(Side, Uuid), usize>,
}

/// A connector definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Its id.
    pub id: Uuid,
    /// Its display name.
    pub name: String,
    /// Its image, such as `airbyte/source-github`.
    pub docker_repository: String,
    /// Whether it is an organization's own.
    pub custom: bool,
    /// `archived`, `certified`, `community` or `none`.
    pub support_level: String,
    /// The specification: `connectionSpecification` and its company, as the registry has it.
    spec: Map<String, Value>,
}

#[derive(Deserialize)]
struct RegistryFile {
    sources: Vec<Entry>,
    destinations: Vec<Entry>,
}

/// What is used of a registry entry; the rest is ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    source_definition_id: Option<Uuid>,
    destination_definition_id: Option<Uuid>,
    name: String,
    docker_repository: String,
    #[serde(default)]
    custom: bool,
    #[serde(default = "no_support")]
    support_level: String,
    spec: Map<String, Value>,
}

fn no_support() -> String {
    "none".to_owned()
}

impl Default for Catalog {
    fn default() -> Self {
        Catalog::embedded()
    }
}

impl Catalog {
    fn empty() -> Catalog {
        Catalog { sources: Vec::new(), destinations: Vec::new(), by_id: HashMap::new() }
    }

    /// The built-in connectors: a few well-known ones, described in our own words, with their real
    /// ids.
    #[must_use]
    pub fn embedded() -> Catalog {
        EMBEDDED.clone()
    }

    /// Reads a catalog in the shape of the public registry: `{"sources": […], "destinations": […]}`.
    ///
    /// # Errors
    /// A text of another shape, an entry without its id or its `connectionSpecification`, or one
    /// whose id is there twice; the message names it.
    pub fn from_json(text: &str) -> Result<Catalog, String> {
        let file: RegistryFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut catalog = Catalog::empty();
        for (side, entries) in
            [(Side::Source, file.sources), (Side::Destination, file.destinations)]
        {
            for entry in entries {
                catalog.add(side, entry)?;
            }
        }
        Ok(catalog)
    }

    fn add(&mut self, side: Side, entry: Entry) -> Result<(), String> {
        let Entry {
            source_definition_id,
            destination_definition_id,
            name,
            docker_repository,
            custom,
            support_level,
            spec,
        } = entry;
        let (id, key, list) = match side {
            Side::Source => (source_definition_id, "sourceDefinitionId", &mut self.sources),
            Side::Destination => {
                (destination_definition_id, "destinationDefinitionId", &mut self.destinations)
            }
        };
        let Some(id) = id else { return Err(format!("`{name}` has no `{key}`")) };
        if !spec.get("connectionSpecification").is_some_and(Value::is_object) {
            return Err(format!("`{name}` has no `spec.connectionSpecification`"));
        }
        if self.by_id.insert((side, id), list.len()).is_some() {
            return Err(format!("`{name}`: the id {id} is there twice"));
        }
        list.push(Definition { id, name, docker_repository, custom, support_level, spec });
        Ok(())
    }

    /// Every connector of a side.
    pub fn iter(&self, side: Side) -> impl Iterator<Item = &Definition> {
        self.of(side).iter()
    }

    /// The connector of a side with this id.
    #[must_use]
    pub fn get(&self, side: Side, id: Uuid) -> Option<&Definition> {
        self.of(side).get(*self.by_id.get(&(side, id))?)
    }

    /// The connector of a side with this display name, whatever its case (dossier 3.5).
    pub(crate) fn called(&self, side: Side, name: &str) -> Option<&Definition> {
        let name = name.to_lowercase();
        self.of(side).iter().find(|definition| definition.name.to_lowercase() == name)
    }

    fn of(&self, side: Side) -> &[Definition] {
        match side {
            Side::Source => &self.sources,
            Side::Destination => &self.destinations,
        }
    }
}

impl Definition {
    /// The JSON schema of its config, secret marks included.
    #[must_use]
    pub fn connection_specification(&self) -> &Value {
        self.spec.get("connectionSpecification").unwrap_or(&Value::Null)
    }

    /// The JSON schema of an organization's own OAuth app, where the connector knows OAuth.
    pub(crate) fn oauth_app_specification(&self) -> Option<&Value> {
        self.spec
            .get("advanced_auth")?
            .get("oauth_config_specification")?
            .get("complete_oauth_server_input_specification")
    }

    /// The last part of its image without the side: `github`.
    pub(crate) fn slug(&self) -> &str {
        let image = self.docker_repository.rsplit('/').next().unwrap_or_default();
        image
            .strip_prefix("source-")
            .or_else(|| image.strip_prefix("destination-"))
            .unwrap_or(image)
    }

    pub(crate) fn icon_url(&self) -> String {
        format!(
            "https://connectors.airbyte.com/files/metadata/{}/latest/icon.svg",
            self.docker_repository
        )
    }

    /// The specification as the service's routes return it, around `connection_specification`: the
    /// documented keys, all of them, and no other (dossier 3.8).
    pub(crate) fn public_spec(&self, connection_specification: Value) -> Value {
        let auth = self.spec.get("advanced_auth").filter(|auth| auth.is_object());
        let schema = |key: &str| connection_specification.get(key).cloned();
        json!({
            "documentationUrl": self.spec.get("documentationUrl"),
            "connectionSpecification": {
                "$schema": schema("$schema"),
                "description": schema("description"),
                "properties": schema("properties").unwrap_or_else(|| json!({})),
                "required": schema("required").unwrap_or_else(|| json!([])),
                "title": schema("title"),
                "type": schema("type").unwrap_or_else(|| "object".into()),
            },
            "advanced_auth": auth.map(public_auth),
            "supported_destination_sync_modes": self.spec.get("supported_destination_sync_modes"),
        })
    }
}

fn public_auth(auth: &Value) -> Value {
    let config = |key: &str| auth.get("oauth_config_specification")?.get(key).cloned();
    let map = |key: &str| config(key).unwrap_or_else(|| json!({}));
    json!({
        "auth_flow_type": auth.get("auth_flow_type").cloned().unwrap_or_else(|| "oauth2.0".into()),
        "predicate_key": auth.get("predicate_key"),
        "predicate_value": auth.get("predicate_value"),
        "oauth_config_specification": {
            "oauth_user_input_from_connector_config_specification":
                config("oauth_user_input_from_connector_config_specification"),
            "oauth_connector_input_specification": config("oauth_connector_input_specification"),
            "complete_oauth_output_specification": map("complete_oauth_output_specification"),
            "complete_oauth_server_input_specification":
                map("complete_oauth_server_input_specification"),
            "complete_oauth_server_output_specification":
                map("complete_oauth_server_output_specification"),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_error(text: &str, expected: &str) {
        let message = Catalog::from_json(text).err().unwrap_or_default();
        assert!(message.contains(expected), "{message}");
    }

    #[test]
    fn the_built_in_catalog_is_well_formed() {
        let catalog = Catalog::from_json(include_str!("catalog.json")).unwrap();
        for side in [Side::Source, Side::Destination] {
            for definition in catalog.iter(side) {
                let name = &definition.name;
                let schema = definition.connection_specification();
                assert_eq!(schema["type"], "object", "{name}");
                for required in schema["required"].as_array().unwrap() {
                    let key = required.as_str().unwrap();
                    assert!(schema["properties"].get(key).is_some(), "{name}: {key}");
                }
            }
        }
        assert_eq!(catalog.iter(Side::Source).count(), 7);
        assert_eq!(catalog.iter(Side::Destination).count(), 4);
        let text = include_str!("catalog.json");
        assert!(text.contains("airbyte_secret") && text.contains("oneOf"));
    }

    #[test]
    fn a_registry_file_loads() {
        // Beside the repository on our own machines only.
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/catalog/connectors.json");
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("skipped: {path} is not there");
            return;
        };
        let catalog = Catalog::from_json(&text).unwrap();
        assert!(catalog.iter(Side::Source).any(|known| known.name == "GitHub"));
    }

    #[test]
    fn mistakes_in_a_catalog_are_named() {
        check_error(r#"{"sources": []}"#, "destinations");
        let entry = |more: &str| {
            format!(
                r#"{{"destinations": [], "sources": [{{"name": "X", "dockerRepository": "a/b"{more}}}]}}"#
            )
        };
        check_error(&entry(""), "spec");
        check_error(&entry(r#", "spec": {}"#), "`X` has no `sourceDefinitionId`");
        check_error(
            &entry(r#", "spec": {}, "sourceDefinitionId": "ef69ef6e-aa7f-4af1-a01d-ef775033524e""#),
            "`X` has no `spec.connectionSpecification`",
        );
    }
}
