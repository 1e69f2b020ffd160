//! `airform validate`.

use model::Kind;

use super::{Context, declared};
use crate::args::ManifestArgs;
use crate::exit::Exit;
use crate::report::Failure;
use crate::views::plan::list;
use crate::views::style::number;

/// Checks the manifest by itself.
pub(crate) fn run(arguments: ManifestArgs, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let env = context.env.clone();
    let declared = declared::read(&arguments, &env, context)?;
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
