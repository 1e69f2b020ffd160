//! Connectors as the service tells of them.

use api::Client;
use model::kind::Side;
use model::live::{Definition, DefinitionAnswer, DefinitionQuery, Facts, Scope};
use model::spec::Spec;
use model::{SmallMap, Value};

use super::Wanted;
use crate::catalog::{Catalog, Entry};
use crate::commands::runtime;
use crate::report::Failure;
use crate::views::plan::list;
use crate::views::style::quoted;

const SIDES: [Side; 2] = [Side::Source, Side::Destination];

/// What is wanted of all that there is.
pub(super) fn catalog(client: &Client, wanted: Wanted<'_>) -> Result<Catalog, Failure> {
    runtime()?.block_on(async {
        let all = client.definitions().await?;
        let mut entries: Vec<Entry> = all
            .into_iter()
            .flat_map(|(side, all)| all.into_iter().map(move |one| entry(side, one)))
            .collect();
        if let Wanted::Called(text) = wanted {
            let queries = SIDES.map(|side| DefinitionQuery { side, text: text.to_owned() });
            let scope = Scope {
                definitions: queries.clone().into(),
                specs: queries.into(),
                ..Scope::default()
            };
            let facts = client.refresh(&scope).await?.facts;
            describe(&mut entries, &facts, text)?;
        }
        // A connector has one name on a side, and several where somebody has made another one.
        entries.sort_by(|a, b| (&a.name, a.side, &a.id).cmp(&(&b.name, b.side, &b.id)));
        Ok(Catalog::of(entries))
    })
}

fn entry(side: Side, definition: Definition) -> Entry {
    let Definition { id, name } = definition;
    Entry { side, id, name, repository: None, spec: Value::Map(SmallMap::new()) }
}

/// Gives the connectors that are called `text` their fields. One that is not in the lists, or goes by
/// its image, is known by `text` from then on.
fn describe(entries: &mut Vec<Entry>, facts: &Facts, text: &str) -> Result<(), Failure> {
    for (query, answer) in &facts.definitions {
        let definition = match answer {
            DefinitionAnswer::Found(definition) => definition,
            DefinitionAnswer::Unknown { .. } => continue,
            DefinitionAnswer::Ambiguous(several) => {
                let ids: Vec<String> = several.iter().map(|one| one.id.clone()).collect();
                let message = format!("several connectors are called {}", quoted(text));
                return Err(Failure::error(message)
                    .help(format!("give the UUID of one of them: {}", list(&ids))));
            }
        };
        let spec = facts.spec(query).map(Spec::schema);
        let known =
            entries.iter_mut().find(|entry| entry.side == query.side && entry.id == definition.id);
        match (known, spec) {
            (Some(entry), Some(spec)) => {
                entry.spec = spec.clone();
                entry.repository = text.contains('/').then(|| text.to_lowercase());
            }
            (Some(entry), None) => {
                return Err(Failure::error(format!(
                    "the service does not tell what {} asks for",
                    entry.name
                ))
                .help("--offline shows what is built in, --catalog FILE what is in a file"));
            }
            // A UUID that is only looked at where it is used may be anything's.
            (None, None) => {}
            (None, Some(spec)) => {
                let mut entry = entry(query.side, definition.clone());
                entry.spec = spec.clone();
                entries.push(entry);
            }
        }
    }
    Ok(())
}
