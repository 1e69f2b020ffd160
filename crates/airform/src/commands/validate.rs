//! `airform validate`.

use model::Kind;

use super::config_check;
use super::{Context, declared};
use crate::args::ValidateCommand;
use crate::catalog::Catalog;
use crate::exit::Exit;
use crate::report::Failure;
use crate::views::plan::list;
use crate::views::style::number;

/// Checks the manifest by itself.
pub(crate) fn run(command: ValidateCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let ValidateCommand { manifest, offline, catalog } = command;
    let env = context.env.clone();
    let declared = declared::read(&manifest, &env, context)?;
    let given = catalog.as_deref().map(Catalog::read).transpose()?;
    if offline || given.is_some() {
        let embedded = offline.then(Catalog::embedded);
        let catalogs: Vec<Catalog> = given.into_iter().chain(embedded).collect();
        config_check::enforce(&declared, &catalogs, context)?;
    }
    let counts: Vec<String> = Kind::ALL
        .into_iter()
        .map(|kind| (kind, declared.desired.of_kind(kind).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| format!("{} {}", number(count), kind.counted(count)))
        .collect();
    let counts = if counts.is_empty() { "nothing".to_owned() } else { list(&counts) };
    context.streams.say(format!("The manifest is valid. It declares {counts}."));
    Ok(Exit::Done)
}
