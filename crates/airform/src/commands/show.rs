//! `airform show`.

use state::SavedPlan;

use super::{Context, decide};
use crate::args::ShowCommand;
use crate::exit::Exit;
use crate::report::Failure;

/// Shows a saved plan. Nothing is asked of anybody.
pub(crate) fn run(command: ShowCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let ShowCommand { file, view } = command;
    let (saved, _) = SavedPlan::read(&file)?;
    decide::show(&saved.plan, context);
    Ok(Exit::Done)
}
