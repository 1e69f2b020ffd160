//! What the walk says while it carries a plan out. Events flow out; nothing flows back.

use crate::plan::StepId;

/// Something that happened. Whoever receives it has the plan and can look the step up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A step's call is about to be sent.
    Started {
        /// The step.
        step: StepId,
    },
    /// A step has succeeded and is recorded.
    Done {
        /// The step.
        step: StepId,
    },
    /// The service showed other values than those sent. They are remembered so.
    Differs {
        /// The step.
        step: StepId,
        /// Where.
        paths: Vec<crate::value::Path>,
    },
    /// A step has failed. The message holds no secret text.
    Failed {
        /// The step.
        step: StepId,
        /// What happened, for people.
        message: String,
    },
    /// A step was not begun, because one that it waits for failed or was itself not begun.
    Skipped {
        /// The step.
        step: StepId,
        /// The one that it waits for.
        because: StepId,
    },
    /// A step was not begun, because the run was asked to stop.
    Cancelled {
        /// The step.
        step: StepId,
    },
}
