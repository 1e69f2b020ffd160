//! `airform definitions`.

use std::collections::BTreeSet;

use super::Context;
use crate::args::{CatalogArgs, DefinitionsCommand, DefinitionsVerb};
use crate::catalog::{Catalog, Entry};
use crate::exit::Exit;
use crate::report::Failure;
use crate::views::definitions as view;
use crate::views::style::quoted;

/// How many connectors are named that could be meant.
const MOST: usize = 5;

/// Lists connectors, or shows one.
pub(crate) fn run(command: DefinitionsCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    match command.command {
        DefinitionsVerb::Search { text, from } => {
            let catalog = catalog(&from)?;
            let found: Vec<&Entry> = catalog.like(&text).collect();
            if found.is_empty() {
                return Err(Failure::error(format!(
                    "no connector is called like {}",
                    quoted(&text)
                )));
            }
            context.streams.say(view::list(&found));
        }
        DefinitionsVerb::Show { name, yaml, from } => {
            let catalog = catalog(&from)?;
            let found: Vec<&Entry> = catalog.called(&name).collect();
            if found.is_empty() {
                let failure = Failure::error(format!("no connector is called {}", quoted(&name)));
                let like: BTreeSet<&String> =
                    catalog.like(&name).map(|entry| &entry.name).collect();
                let like: Vec<String> = like.into_iter().take(MOST).cloned().collect();
                return Err(match like.as_slice() {
                    [] => failure.help("airform definitions search lists them"),
                    like => failure.help(format!("there is {}", crate::views::plan::list(like))),
                });
            }
            // A source and a destination may have one name.
            for (at, entry) in found.into_iter().enumerate() {
                if at > 0 {
                    context.streams.say("");
                }
                context.streams.say(if yaml { view::snippet(entry) } else { view::show(entry) });
            }
        }
    }
    Ok(Exit::Done)
}

fn catalog(from: &CatalogArgs) -> Result<Catalog, Failure> {
    match &from.catalog {
        Some(file) => Catalog::read(file),
        None => Ok(Catalog::embedded()),
    }
}
