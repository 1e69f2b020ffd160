//! An apply, event by event.

use model::Path;
use model::event;
use model::plan::{Plan, StepId};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Document, VERSION};
use crate::views::apply::step_words;

/// One line of an apply. The first is the plan, unless the service asks for a pause before there is one;
/// the last says how it ended.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// What is about to be done.
    Planned {
        /// The plan.
        plan: Box<Document>,
    },
    /// A step's call is about to be sent.
    Started(About),
    /// A step has succeeded and is recorded.
    Done(About),
    /// The service showed other values than those sent.
    Differs {
        /// The step.
        #[serde(flatten)]
        step: About,
        /// Where.
        paths: Vec<String>,
    },
    /// A step has failed.
    Failed {
        /// The step.
        #[serde(flatten)]
        step: About,
        /// What happened, for people.
        error: String,
    },
    /// A step was not begun, because one that it waits for failed or was itself not begun.
    Skipped {
        /// The step.
        #[serde(flatten)]
        step: About,
        /// The one that it waits for.
        because: usize,
    },
    /// A step was not begun, because the run was asked to stop.
    Cancelled(About),
    /// The service asked for a pause: nothing is sent meanwhile.
    Throttled {
        /// How long, in seconds.
        seconds: u64,
        /// How far the run is. Null while the organization is read: that is before there is a plan.
        progress: Option<Standing>,
    },
    /// The run has ended.
    Ended(Ended),
}

/// A step.
#[derive(Serialize, JsonSchema)]
pub(crate) struct About {
    /// Its number in the plan.
    step: usize,
    /// The resource that it is for.
    address: String,
    /// What it does, in words.
    message: String,
    /// How far the run is.
    progress: Standing,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Standing {
    /// How many steps are under way.
    pub(crate) running: usize,
    /// How many have ended, well or not.
    pub(crate) ended: usize,
    /// How many have not begun.
    pub(crate) left: usize,
}

/// How a run ended.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Ended {
    /// The version of everything that was said.
    pub(crate) format_version: u32,
    /// Everything was done.
    pub(crate) complete: bool,
    /// How many steps were done.
    pub(crate) done: usize,
    /// How many there were.
    pub(crate) steps: usize,
}

impl Event {
    /// That `plan` is about to be carried out.
    pub(crate) fn planned(plan: &Plan) -> Event {
        Event::Planned { plan: Box::new(super::document(plan, None)) }
    }

    /// How it ended.
    pub(crate) fn ended(plan: &Plan, done: usize, complete: bool) -> Event {
        let steps = plan.steps.len();
        Event::Ended(Ended { format_version: VERSION, complete, done, steps })
    }

    /// What the walk said of `plan`, which is so far.
    pub(crate) fn of(event: &event::Event, plan: &Plan, progress: Standing) -> Option<Event> {
        let about = |id: &StepId| {
            let step = plan.steps.get(id.0)?;
            let (address, message) = (step.address.to_string(), step_words(step));
            Some(About { step: id.0, address, message, progress })
        };
        Some(match event {
            event::Event::Started { step } => Event::Started(about(step)?),
            event::Event::Done { step } => Event::Done(about(step)?),
            event::Event::Differs { step, paths } => Event::Differs {
                step: about(step)?,
                paths: paths.iter().map(Path::to_string).collect(),
            },
            event::Event::Failed { step, message } => {
                Event::Failed { step: about(step)?, error: message.clone() }
            }
            event::Event::Skipped { step, because } => {
                Event::Skipped { step: about(step)?, because: because.0 }
            }
            event::Event::Cancelled { step } => Event::Cancelled(about(step)?),
        })
    }
}
