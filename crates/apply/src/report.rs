//! How a run ended.

use model::live::Id;
use model::plan::StepId;

use crate::error::Error;

/// How a run ended.
#[derive(Debug)]
#[must_use]
pub struct Report {
    /// What became of each step of the plan.
    pub steps: Vec<StepResult>,
    /// Why nothing more could be recorded, where it came to that. Steps that were done and not
    /// recorded have failed with [`Error::Unrecorded`].
    pub state_error: Option<state::Error>,
    /// Whether it ended before its end because whatever else is sent would have failed as something
    /// did: the service's limit, the end of a budget, credentials that are good for nothing.
    pub is_hopeless: bool,
}

/// What became of a step.
#[derive(Debug)]
pub enum StepResult {
    /// It was done and recorded.
    Done {
        /// The object's id, where there was a call.
        id: Option<Id>,
    },
    /// It failed.
    Failed(Error),
    /// It was not begun, because one that it waits for failed or was not begun.
    Skipped {
        /// The one that it waits for.
        because: StepId,
    },
    /// It was not begun, because the run was to stop or could not record any more.
    Cancelled,
}

impl Report {
    /// How many steps were done.
    pub fn done(&self) -> usize {
        self.steps.iter().filter(|result| matches!(result, StepResult::Done { .. })).count()
    }

    /// Whether `step` was done.
    pub fn is_done(&self, step: StepId) -> bool {
        matches!(self.steps.get(step.0), Some(StepResult::Done { .. }))
    }

    /// The steps that failed, and why.
    pub fn failures(&self) -> impl Iterator<Item = (StepId, &Error)> {
        self.of(|result| match result {
            StepResult::Failed(error) => Some(error),
            _ => None,
        })
    }

    /// The steps that were skipped, each with the one that it waits for.
    pub fn skipped(&self) -> impl Iterator<Item = (StepId, StepId)> {
        self.of(|result| match result {
            StepResult::Skipped { because } => Some(*because),
            _ => None,
        })
    }

    /// The steps that were not begun because the run stopped.
    pub fn cancelled(&self) -> impl Iterator<Item = StepId> {
        self.of(|result| matches!(result, StepResult::Cancelled).then_some(())).map(|(id, ())| id)
    }

    /// Whether everything was done and recorded.
    pub fn is_complete(&self) -> bool {
        self.done() == self.steps.len() && self.state_error.is_none()
    }

    /// Whether the run stopped before its end because it was asked to.
    pub fn was_cancelled(&self) -> bool {
        let stopped =
            |(_, error): (StepId, &Error)| matches!(error, Error::Call(api::Error::Stopped { .. }));
        self.state_error.is_none()
            && (self.failures().any(stopped)
                || (!self.is_hopeless && self.cancelled().next().is_some()))
    }

    fn of<'a, T>(
        &'a self,
        select: impl Fn(&'a StepResult) -> Option<T>,
    ) -> impl Iterator<Item = (StepId, T)> {
        let steps = self.steps.iter().enumerate();
        steps.filter_map(move |(position, result)| Some((StepId(position), select(result)?)))
    }
}
