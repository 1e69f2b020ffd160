//! `--inverse`: a run, taken back.

use model::history::Run;
use planner::{Inverse, Options};
use state::Document;

use super::Context;
use super::declared::Declared;
use crate::report::Failure;
use crate::views::inverse;

/// Declares what was before `run`, says what cannot be brought back, and confines the planner to the
/// rest.
pub(crate) fn take_back(
    number: u64,
    document: &Document,
    declared: &mut Declared,
    options: &mut Options,
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    let run = find(number, document)?;
    let Inverse { desired, only, lost, .. } = planner::inverse(run, &declared.desired);
    let later = document.runs.iter().filter(|other| other.number > number).count();
    for line in inverse::remarks(&lost, later) {
        context.streams.remark(line);
    }
    declared.desired = desired;
    options.only = only;
    options.undo = true;
    Ok(())
}

fn find(number: u64, document: &Document) -> Result<&Run, Failure> {
    document.runs.iter().find(|run| run.number == number).ok_or_else(|| {
        Failure::usage(format!("no run {number} is remembered"))
            .help("`airform state runs` lists those that are")
    })
}
