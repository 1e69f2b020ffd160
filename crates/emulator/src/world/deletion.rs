//! Connectors on their way out: accepted now, gone some time later (dossier 3.5, DELETE).

use super::World;
use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a connector outlives the acceptance of its deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeletionDelay {
    /// So many requests, of any kind, still find it.
    Requests(u64),
    /// So many seconds of the world's clock.
    Seconds(u32),
}

/// A deletion that is accepted and not done yet.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deletion {
    pub(super) job_id: Uuid,
    pub(super) due: Due,
}

/// When a deletion is done.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Due {
    /// When so many further requests are answered.
    After(u64),
    At(Timestamp),
}

impl World {
    /// Accepts the deletion of a connector and gives the id of its job; one that is on its way out
    /// already keeps its job.
    pub(crate) fn accept_deletion(&mut self, connector: Uuid, delay: DeletionDelay) -> Uuid {
        if let Some(deletion) = self.deletions.get(&connector) {
            return deletion.job_id;
        }
        let job_id = self.new_id();
        let now = self.stamp();
        let due = match delay {
            DeletionDelay::Requests(requests) => Due::After(requests),
            DeletionDelay::Seconds(seconds) => Due::At(now.plus_seconds(i64::from(seconds))),
        };
        self.deletions.insert(connector, Deletion { job_id, due });
        job_id
    }

    /// Whether the deletion of a connector is accepted and not done yet.
    #[must_use]
    pub fn is_being_deleted(&self, connector: Uuid) -> bool {
        self.deletions.contains_key(&connector)
    }

    /// Counts a request for the deletions that wait for some.
    pub(crate) fn count_request(&mut self) {
        for deletion in self.deletions.values_mut() {
            if let Due::After(requests) = &mut deletion.due {
                *requests = requests.saturating_sub(1);
            }
        }
    }

    /// Does the deletions whose time has come.
    pub(crate) fn finish_deletions(&mut self) {
        let due: Vec<Uuid> = self
            .deletions
            .iter()
            .filter(|(_, deletion)| match deletion.due {
                Due::After(requests) => requests == 0,
                Due::At(moment) => moment <= self.now,
            })
            .map(|(connector, _)| *connector)
            .collect();
        for connector in due {
            self.remove_connector(connector);
        }
    }
}
