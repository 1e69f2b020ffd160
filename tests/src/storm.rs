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
    /// What somebody does by hand meanwhile.
    pub hands: Vec<Hand>,
    /// How long an answer is waited for, in milliseconds; none: as long as it takes.
    pub patience: Option<u64>,
    /// Each step looks once more before it is sent.
    pub looks: bool,
}

/// A change of the organization by hand, while an apply goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Hand {
    /// With the start of this step; 0 is after everything was read and before anything is begun.
    pub step: u64,
    /// As in scenarios: see [`crate::organization`]. What is not there is left alone.
    pub change: Value,
    /// It is about what nobody has declared, and so has to stay as it is then.
    pub stray: bool,
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
                    .map(|Attempt { faults, parallelism, cut, hands, patience, looks }| {
                        let hands: Vec<Value> = hands
                            .iter()
                            .map(|Hand { step, change, stray }| {
                                json!({"step": step, "change": change, "stray": stray})
                            })
                            .collect();
                        json!({
                            "faults": faults, "parallelism": parallelism, "cut": cut,
                            "hands": hands, "patience": patience, "looks": looks,
                        })
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
        let hand = |hand: &Value| Hand {
            step: hand["step"].as_u64().unwrap_or_default(),
            change: hand["change"].clone(),
            stray: hand["stray"] == true,
        };
        let mut rounds = Vec::new();
        for round in list(&json["rounds"])? {
            let mut attempts = Vec::new();
            for attempt in list(&round["attempts"])? {
                // Cases that were kept before there were any have none.
                let hands = attempt["hands"].as_array();
                attempts.push(Attempt {
                    faults: list(&attempt["faults"])?,
                    parallelism: usize::try_from(attempt["parallelism"].as_u64().unwrap_or(1))?,
                    cut: attempt["cut"].as_u64(),
                    hands: hands.into_iter().flatten().map(hand).collect(),
                    patience: attempt["patience"].as_u64(),
                    looks: attempt["looks"] == true,
                });
            }
            let (manifest, secrets) = (round["manifest"].clone(), round["secrets"].clone());
            rounds.push(Round { manifest, secrets, attempts });
        }
        Ok(Case { world: json["world"].clone(), switches: json["switches"].clone(), rounds })
    }
}
