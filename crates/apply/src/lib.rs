//! Carries a finished plan out.
//!
//! [`apply`] makes no choice that the plan could have made: which calls there are, what each sends,
//! what waits for what and what state says afterwards all stand in the plan. Here the last gaps are
//! filled (ids that did not exist before, texts of secrets), calls are sent as early as the plan
//! allows, answers are checked against what was sent, and everything is recorded before anything is
//! built upon it.
//!
//! - `walk` decides when: the order, the number of calls at once, what happens after a failure;
//! - `ready` makes a step of the plan one that can be sent;
//! - `seen` holds a step to what the plan saw, where that is long ago;
//! - `verify` makes an answer what state remembers;
//! - [`basis`] says what a kept plan hangs on, and whether that still holds.

pub mod basis;
mod cancel;
mod error;
mod ready;
mod report;
mod seen;
mod verify;
mod walk;

use std::collections::BTreeSet;

use model::live::{Id, Live, Scope};
use model::secret::SecretSource;
use secrecy::SecretString;

pub use cancel::Cancel;
pub use error::Error;
pub use report::{Report, StepResult};
pub use seen::{Moved, Seen};
pub use walk::apply;

/// Sends calls. [`api::Client`] does; tests have others.
pub trait Performer: Clone + 'static {
    /// Carries out one call.
    fn perform(
        &self,
        step: &api::ReadyStep,
    ) -> impl Future<Output = Result<api::Outcome, api::Error>>;

    /// Looks at what a step hangs on.
    fn look(&self, scope: &Scope) -> impl Future<Output = Result<Live, api::Error>>;
}

impl Performer for api::Client {
    async fn perform(&self, step: &api::ReadyStep) -> Result<api::Outcome, api::Error> {
        api::Client::perform(self, step).await
    }

    async fn look(&self, scope: &Scope) -> Result<Live, api::Error> {
        self.refresh(scope).await
    }
}

/// Knows the texts of secrets. They were looked up before, so that a missing one is found before
/// the first call.
pub trait Secrets {
    /// The text of `source`. `None` if it was not looked up.
    fn text(&self, source: &SecretSource) -> Option<SecretString>;
}

/// How a plan is carried out.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many calls there are at once, at most. 0 counts as 1.
    pub parallelism: usize,
    /// The workspaces that were live when the plan was made. To make a workspace is to ask for it
    /// by name and to get the one that stands, if one does (dossier 2.2): an id in here is no new
    /// one.
    pub known_workspaces: BTreeSet<Id>,
    /// What the plan saw, for steps that are taken long after; none: it is believed to the end.
    pub seen: Option<Seen>,
}

#[cfg(test)]
mod tests;
