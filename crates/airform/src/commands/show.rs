//! `airform show`.

use super::{Context, decide};
use crate::args::ShowCommand;
use crate::exit::Exit;
use crate::report::Failure;
use crate::views;

/// Shows a saved plan. Nothing is asked of anybody.
pub(crate) fn run(command: ShowCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let ShowCommand { file, view } = command;
    let (saved, _) = super::saved::read(&file, context)?;
    if !saved.request.options.is_empty() {
        context.streams.remark(views::moved::options_line(&saved.request.options));
    }
    decide::show_as(&saved.plan, None, &view, context);
    for blocker in &saved.plan.blockers {
        context.streams.remark(views::blocker::line(blocker));
    }
    Ok(Exit::Done)
}
