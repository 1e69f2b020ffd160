//! `airform definitions`.

mod live;

use std::collections::BTreeSet;

use super::{Context, target};
use crate::args::{CatalogArgs, DefinitionsCommand, DefinitionsVerb};
use crate::catalog::{Catalog, Entry};
use crate::exit::Exit;
use crate::report::Failure;
use crate::views::definitions as view;
use crate::views::style::{WARNING, paint, quoted};

/// How many connectors are named that could be meant.
const MOST: usize = 5;

/// Lists connectors, or shows one.
pub(crate) fn run(command: DefinitionsCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    match command.command {
        DefinitionsVerb::Search { text, from } => {
            let catalog = catalog(&from, Wanted::Like, context)?;
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
            let catalog = catalog(&from, Wanted::Called(&name), context)?;
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

/// Which connectors are wanted.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    /// Those that are called something like it, without their fields.
    Like,
    /// Those that are called so, and the names of all others.
    Called(&'a str),
}

/// The connectors of a file, of the service, or those that are built in.
fn catalog(
    from: &CatalogArgs,
    wanted: Wanted<'_>,
    context: &mut Context<'_>,
) -> Result<Catalog, Failure> {
    let CatalogArgs { offline, catalog, requests } = from;
    if let Some(file) = catalog {
        return Catalog::read(file);
    }
    if *offline {
        return Ok(Catalog::embedded());
    }
    match target::read_only_client(requests, context)? {
        Some(client) => {
            let catalog = live::catalog(&client, wanted);
            context.tell_requests(&client);
            catalog
        }
        None => {
            context.streams.remark(format!(
                "{} no credentials are set, so these are the connectors that are built in",
                paint(WARNING, "note:")
            ));
            Ok(Catalog::embedded())
        }
    }
}
