//! Connector definitions: one idea, two styles (dossier 3.8).

use model::Value;
use serde::Deserialize;
use serde_json::Value as Json;

use super::{Told, text, told};

/// A connector definition as we need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Definition {
    pub(crate) id: String,
    pub(crate) name: String,
    /// `airbyte/source-github`; destinations do not tell it.
    pub(crate) repository: Option<String>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(default, rename = "sourceDefinitionId", deserialize_with = "told")]
    id: Told,
    #[serde(default, deserialize_with = "told")]
    name: Told,
    #[serde(default, rename = "dockerRepository", deserialize_with = "told")]
    repository: Told,
}

#[derive(Deserialize)]
struct Destination {
    #[serde(default, deserialize_with = "told")]
    id: Told,
    #[serde(default, deserialize_with = "told")]
    name: Told,
}

/// An item of the list of sources; none where it has no id or name to find it by.
pub(crate) fn source(item: Json) -> Option<Definition> {
    let Source { id, name, repository } = super::object(item)?;
    Some(Definition {
        id: text(&id)?.to_ascii_lowercase(),
        name: text(&name)?.to_owned(),
        repository: text(&repository).map(str::to_owned),
    })
}

/// An item of the list of destinations; none where it has no id or name to find it by.
pub(crate) fn destination(item: Json) -> Option<Definition> {
    let Destination { id, name } = super::object(item)?;
    Some(Definition {
        id: text(&id)?.to_ascii_lowercase(),
        name: text(&name)?.to_owned(),
        repository: None,
    })
}

/// What the answer about one definition says of its configuration.
pub(crate) fn specification(answer: Json) -> Option<Value> {
    let mut answer = answer;
    let found = answer.pointer_mut("/definition/spec/connectionSpecification")?.take();
    found.is_object().then(|| super::value(found))
}
