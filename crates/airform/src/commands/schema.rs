//! `airform schema`.

use super::Context;
use crate::exit::Exit;
use crate::report::Failure;

/// Prints the JSON schema of the manifest.
pub(crate) fn run(context: &mut Context<'_>) -> Result<Exit, Failure> {
    context.streams.say(format!("{:#}", manifest::json_schema()));
    Ok(Exit::Done)
}
