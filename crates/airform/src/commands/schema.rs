//! `airform schema`.

use super::Context;
use crate::args::SchemaOf;
use crate::exit::Exit;
use crate::report::Failure;
use crate::views;

/// Prints a JSON schema.
pub(crate) fn run(of: SchemaOf, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let schema = match of {
        SchemaOf::Manifest => manifest::json_schema(),
        SchemaOf::Test => manifest::plan_test::json_schema(),
        SchemaOf::Plan => views::json::schema(),
    };
    context.streams.give(format!("{schema:#}"));
    Ok(Exit::Done)
}
