//! Connectors and their specifications, from a file or built in.

use std::borrow::Cow;
use std::path::Path;

use model::Value;
use model::kind::Side;
use serde_json::Value as Json;

use crate::commands::config_check::{Known, Specs};
use crate::report::Failure;
use crate::sources;

/// Connectors that are known without asking the service.
pub(crate) struct Catalog {
    entries: Vec<Entry>,
    /// The specifications are our own words, and shorter than the connectors'.
    is_abridged: bool,
}

/// A connector.
#[derive(Debug, PartialEq)]
pub(crate) struct Entry {
    /// Which end of a pipeline it is.
    pub(crate) side: Side,
    /// Its UUID, in lower case.
    pub(crate) id: String,
    /// Its display name.
    pub(crate) name: String,
    /// Its image.
    pub(crate) repository: Option<String>,
    /// Its `connectionSpecification`.
    pub(crate) spec: Value,
}

impl Catalog {
    /// The connectors that are built in.
    pub(crate) fn embedded() -> Catalog {
        let catalog = emulator::Catalog::embedded();
        let sides = [
            (Side::Source, emulator::Side::Source),
            (Side::Destination, emulator::Side::Destination),
        ];
        let entries = sides.into_iter().flat_map(|(side, theirs)| {
            let of_side = catalog.iter(theirs).map(move |definition| Entry {
                side,
                id: definition.id.to_string(),
                name: definition.name.clone(),
                repository: Some(definition.docker_repository.clone()),
                spec: schema_check::from_json(definition.connection_specification()),
            });
            of_side.collect::<Vec<Entry>>()
        });
        Catalog { entries: entries.collect(), is_abridged: true }
    }

    /// These connectors.
    pub(crate) fn of(entries: Vec<Entry>) -> Catalog {
        Catalog { entries, is_abridged: false }
    }

    /// The connectors of a file.
    pub(crate) fn read(path: &Path) -> Result<Catalog, Failure> {
        let text = sources::read_text(path).map_err(Failure::error)?;
        Catalog::parse(&text)
            .map_err(|why| Failure::error(format!("{}: {why}", path.display())))
            .map_err(|failure| {
                failure.help("a catalog is JSON, as the public registry or the service has it")
            })
    }

    fn parse(text: &str) -> Result<Catalog, String> {
        let json: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut entries = Vec::new();
        collect(&json, None, &mut entries)?;
        if entries.is_empty() {
            return Err("it holds no connector with a specification".to_owned());
        }
        Ok(Catalog { entries, is_abridged: false })
    }

    /// The connectors whose name or image holds `text`, in any case.
    pub(crate) fn like<'a>(&'a self, text: &str) -> impl Iterator<Item = &'a Entry> {
        let wanted = text.to_lowercase();
        self.entries.iter().filter(move |entry| {
            let image = entry.repository.as_deref().unwrap_or_default();
            entry.name.to_lowercase().contains(&wanted) || image.contains(&wanted)
        })
    }

    /// The connectors that `text` names: by name in any case, by UUID, or by image.
    pub(crate) fn called<'a>(&'a self, text: &str) -> impl Iterator<Item = &'a Entry> {
        let wanted = text.to_lowercase();
        self.entries.iter().filter(move |entry| {
            let image = entry.repository.as_deref().unwrap_or_default();
            entry.name.to_lowercase() == wanted || entry.id == wanted || image == wanted
        })
    }
}

impl Specs for Catalog {
    fn of(&self, side: Side, text: &str) -> Option<Known<'_>> {
        let entry = self.called(text).find(|entry| entry.side == side)?;
        Some(Known {
            name: entry.name.clone(),
            spec: Cow::Borrowed(&entry.spec),
            is_abridged: self.is_abridged,
        })
    }
}

/// Several catalogs are one, in which the first word counts.
impl Specs for Vec<Catalog> {
    fn of(&self, side: Side, text: &str) -> Option<Known<'_>> {
        self.iter().find_map(|catalog| catalog.of(side, text))
    }
}

/// Every connector in `json`, of `side` where that is said around it.
fn collect(json: &Json, side: Option<Side>, entries: &mut Vec<Entry>) -> Result<(), String> {
    match json {
        Json::Array(items) => items.iter().try_for_each(|item| collect(item, side, entries)),
        Json::Object(members) => {
            if members.contains_key("name") && members.contains_key("spec") {
                entries.push(entry(json, side)?);
                return Ok(());
            }
            for (key, side) in [
                ("sources", Some(Side::Source)),
                ("destinations", Some(Side::Destination)),
                ("definitions", side),
                ("definition", side),
            ] {
                if let Some(inner) = members.get(key) {
                    collect(inner, side, entries)?;
                }
            }
            Ok(())
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
            Err("a connector is a JSON object".to_owned())
        }
    }
}

fn entry(json: &Json, side: Option<Side>) -> Result<Entry, String> {
    let text = |key: &str| json.get(key).and_then(Json::as_str).map(str::to_owned);
    let name = text("name").unwrap_or_default();
    let source = text("sourceDefinitionId").map(|id| (Side::Source, id));
    let destination = || text("destinationDefinitionId").map(|id| (Side::Destination, id));
    let told = source.or_else(destination);
    let (side, id) = match (side, told) {
        (_, Some(told)) => told,
        (Some(side), None) => (side, String::new()),
        (None, None) => return Err(format!("`{name}` is neither a source nor a destination")),
    };
    let spec = json.get("spec").and_then(|spec| spec.get("connectionSpecification"));
    let spec = spec.filter(|spec| spec.is_object());
    let spec = spec.ok_or_else(|| format!("`{name}` has no `spec.connectionSpecification`"))?;
    Ok(Entry {
        side,
        id: id.to_lowercase(),
        name,
        repository: text("dockerRepository"),
        spec: schema_check::from_json(spec),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&[(Side, &str)], &str>) {
        match (Catalog::parse(text), expected) {
            (Ok(catalog), Ok(expected)) => {
                let found: Vec<(Side, &str)> =
                    catalog.entries.iter().map(|e| (e.side, e.name.as_str())).collect();
                assert_eq!(found, expected, "{text}");
            }
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{text}: {found}"),
            (found, _) => panic!("{text}: {:?}", found.map(|catalog| catalog.entries)),
        }
    }

    #[test]
    fn every_shape_is_read() {
        let one =
            r#"{"name": "X", "sourceDefinitionId": "A", "spec": {"connectionSpecification": {}}}"#;
        let other = r#"{"name": "Y", "destinationDefinitionId": "B", "spec": {"connectionSpecification": {}}}"#;
        let x = (Side::Source, "X");
        let y = (Side::Destination, "Y");
        check(&format!(r#"{{"sources": [{one}], "destinations": [{other}]}}"#), Ok(&[x, y]));
        check(&format!(r#"{{"id": "a", "definition": {one}}}"#), Ok(&[x]));
        check(&format!(r#"[{{"definition": {one}}}, {{"definition": {other}}}]"#), Ok(&[x, y]));
        check(&format!(r#"{{"definitions": [{one}]}}"#), Ok(&[x]));
        check("{}", Err("no connector"));
        check("[1]", Err("JSON object"));
        check(r#"{"definition": {"name": "X", "spec": {}}}"#, Err("`X` is neither"));
        check(r#"{"sources": [{"name": "X", "spec": {}}]}"#, Err("`X` has no `spec.conn"));
        check("x", Err("expected value"));
    }

    #[test]
    fn connectors_are_known_by_name_id_and_image() {
        let catalog = Catalog::embedded();
        for text in ["github", "ef69ef6e-aa7f-4af1-a01d-ef775033524e", "airbyte/source-github"] {
            let known = catalog.of(Side::Source, text).unwrap();
            assert_eq!(known.name, "GitHub");
            assert!(catalog.of(Side::Destination, text).is_none(), "{text}");
        }
    }
}
