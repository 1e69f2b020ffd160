//! Storms: applies of random manifests to a service on which everything goes wrong that can, each
//! followed by one clean apply, after which nothing may be lost, doubled or left open.
//!
//! A [`Case`] is plain data: `grow` makes one of a seed, `play` runs it and holds it to the laws,
//! `shrink` takes out of it what its failure does not need, and what is left is kept as a file in
//! `tests/storms`, which `cargo test` plays again.

mod client;
mod compare;
mod grow;
mod play;
mod run;
mod shrink;

use serde_json::{Value, json};

pub use compare::holdings;
pub use grow::grow;
pub use play::{Tally, play};
pub use run::{bounded, run};
pub use shrink::shrink;

use crate::Error;

/// One storm, from the first object to the last clean apply.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The organization as it stands before: in part what is declared later, in part nobody's
    /// business.
    pub world: Value,
    /// How the service behaves, as far as it differs from the usual.
    pub switches: Value,
    /// What is declared, one manifest after the other.
    pub rounds: Vec<Round>,
}

/// A manifest, applied under faults and then without.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// The manifest, which is JSON as well as YAML.
    pub manifest: Value,
    /// The texts of its secrets, by variable.
    pub secrets: Value,
    /// The applies before the clean one.
    pub attempts: Vec<Attempt>,
}

/// An apply on which something goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// What goes wrong, as [`emulator::Fault`]s.
    pub faults: Vec<Value>,
    /// How many calls there are at once.
    pub parallelism: usize,
    /// It ends with the start of this step, as if it was killed.
    pub cut: Option<u64>,
}

impl Case {
    /// The case as a file has it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let Case { world, switches, rounds } = self;
        let rounds: Vec<Value> = rounds
            .iter()
            .map(|Round { manifest, secrets, attempts }| {
                let attempts: Vec<Value> = attempts
                    .iter()
                    .map(|Attempt { faults, parallelism, cut }| {
                        json!({"faults": faults, "parallelism": parallelism, "cut": cut})
                    })
                    .collect();
                json!({"manifest": manifest, "secrets": secrets, "attempts": attempts})
            })
            .collect();
        json!({"world": world, "switches": switches, "rounds": rounds})
    }

    /// Reads a case from a file's JSON.
    ///
    /// # Errors
    /// It is none.
    pub fn from_json(json: &Value) -> Result<Case, Error> {
        let list = |value: &Value| value.as_array().cloned().ok_or("a list is missing");
        let mut rounds = Vec::new();
        for round in list(&json["rounds"])? {
            let mut attempts = Vec::new();
            for attempt in list(&round["attempts"])? {
                attempts.push(Attempt {
                    faults: list(&attempt["faults"])?,
                    parallelism: usize::try_from(attempt["parallelism"].as_u64().unwrap_or(1))?,
                    cut: attempt["cut"].as_u64(),
                });
            }
            let (manifest, secrets) = (round["manifest"].clone(), round["secrets"].clone());
            rounds.push(Round { manifest, secrets, attempts });
        }
        Ok(Case { world: json["world"].clone(), switches: json["switches"].clone(), rounds })
    }
}
