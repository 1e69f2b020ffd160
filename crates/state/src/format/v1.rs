//! Format version 1.
//!
//! A state file is one JSON object, and every line of a journal holds one (see `journal`). Unknown
//! fields are refused: an old version that dropped what a newer one has written would lose it for
//! good. For the same reason a new field may be added where it is left out of what does not need it:
//! files from before are read, and an older version refuses only what it would lose.

use std::collections::{BTreeMap, BTreeSet};

use model::live::Id;
use model::plan::StepId;
use model::secret::Fingerprint;
use model::{Address, Path, SmallMap, state};
use serde::{Deserialize, Serialize};

use super::text::{Text, Version, as_map, unique};
use super::{Stored, history};
use crate::document::{Document, Key};
use crate::journal;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    format_version: Version,
    lineage: String,
    serial: u64,
    key: Text<Key>,
    /// The run that was folded in last.
    run: Option<String>,
    owner: Option<Owner>,
    /// The plan files that were carried out last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    applied_plans: Vec<String>,
    #[serde(deserialize_with = "unique")]
    records: BTreeMap<Text<Address>, Record>,
    open: Vec<OpenIntent>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    runs: Vec<history::Run>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Owner {
    host: String,
    organization: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    id: String,
    name: String,
    #[serde(serialize_with = "as_map", deserialize_with = "unique")]
    kept: SmallMap<String, String>,
    #[serde(serialize_with = "as_map", deserialize_with = "unique")]
    leaves: SmallMap<Text<Path>, Remembered>,
    #[serde(default, skip_serializing_if = "is_false")]
    prevent_destroy: bool,
    deposed: Vec<Deposed>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Remembered {
    sent: String,
    origin: Origin,
    seen: Seen,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Origin {
    Written,
    Assumed,
    Unknown,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Seen {
    Same,
    Hidden,
    Other(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deposed {
    id: String,
    name: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenIntent {
    address: Text<Address>,
    name: Option<String>,
    // Files of before there was any have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent: Option<Sent>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    #[serde(default, skip_serializing_if = "SmallMap::is_empty")]
    #[serde(serialize_with = "as_map", deserialize_with = "unique")]
    kept: SmallMap<String, String>,
    #[serde(default, skip_serializing_if = "SmallMap::is_empty")]
    #[serde(serialize_with = "as_map", deserialize_with = "unique")]
    leaves: SmallMap<Text<Path>, String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    dropped: BTreeSet<Text<Path>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Entry {
    Begin {
        format_version: Version,
        lineage: String,
        serial: u64,
        run: String,
        who: String,
        command: String,
        at: String,
    },
    Claim(Owner),
    Run(history::Run),
    Applies(String),
    Intents(Vec<Intent>),
    Outcomes(Vec<Outcome>),
    Failed {
        step: usize,
        unclear: bool,
    },
    Closed {
        who: String,
        command: String,
        at: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Intent {
    step: usize,
    address: Text<Address>,
    operation: Operation,
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent: Option<Sent>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Operation {
    Create,
    Update,
    Delete,
    Attach,
    Detach,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outcome {
    step: usize,
    changes: Vec<Change>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Change {
    Put { address: Text<Address>, record: Record },
    Remove { address: Text<Address> },
}

impl From<&Stored> for State {
    fn from(stored: &Stored) -> State {
        let Stored { document, folded } = stored;
        let Document { lineage, serial, key, applied_plans, state, runs } = document;
        let state::State { owner, records, open } = state;
        State {
            format_version: Version,
            lineage: lineage.clone(),
            serial: *serial,
            key: Text(key.clone()),
            run: folded.clone(),
            owner: owner.as_ref().map(Owner::from),
            applied_plans: applied_plans.clone(),
            records: records.iter().map(|(a, r)| (Text(a.clone()), Record::from(r))).collect(),
            open: open.iter().map(OpenIntent::from).collect(),
            runs: runs.iter().map(history::Run::from).collect(),
        }
    }
}

impl From<State> for Stored {
    fn from(file: State) -> Stored {
        let State {
            format_version: Version,
            lineage,
            serial,
            key,
            run,
            owner,
            applied_plans,
            records,
            open,
            runs,
        } = file;
        let runs = runs.into_iter().map(model::history::Run::from).collect();
        let state = state::State {
            owner: owner.map(state::Owner::from),
            records: records.into_iter().map(|(a, r)| (a.0, state::Record::from(r))).collect(),
            open: open.into_iter().map(state::OpenIntent::from).collect(),
        };
        let key = key.0;
        let document = Document { lineage, serial, key, applied_plans, state, runs };
        Stored { document, folded: run }
    }
}

impl From<&state::Owner> for Owner {
    fn from(owner: &state::Owner) -> Owner {
        let state::Owner { host, organization } = owner.clone();
        Owner { host, organization }
    }
}

impl From<Owner> for state::Owner {
    fn from(owner: Owner) -> state::Owner {
        let Owner { host, organization } = owner;
        state::Owner { host, organization }
    }
}

impl From<&state::Record> for Record {
    fn from(record: &state::Record) -> Record {
        let state::Record { id, name, kept, leaves, prevent_destroy, deposed } = record;
        Record {
            id: id.0.clone(),
            name: name.clone(),
            kept: kept.clone(),
            leaves: leaves.iter().map(|(p, l)| (Text(p.clone()), Remembered::from(l))).collect(),
            prevent_destroy: *prevent_destroy,
            deposed: deposed.iter().map(Deposed::from).collect(),
        }
    }
}

impl From<Record> for state::Record {
    fn from(record: Record) -> state::Record {
        let Record { id, name, kept, leaves, prevent_destroy, deposed } = record;
        state::Record {
            id: Id(id),
            name,
            kept,
            leaves: leaves.into_iter().map(|(p, l)| (p.0, state::Remembered::from(l))).collect(),
            prevent_destroy,
            deposed: deposed.into_iter().map(state::Deposed::from).collect(),
        }
    }
}

impl From<&state::Remembered> for Remembered {
    fn from(leaf: &state::Remembered) -> Remembered {
        let state::Remembered { sent, origin, seen } = leaf;
        Remembered {
            sent: sent.0.clone(),
            origin: match origin {
                state::Origin::Written => Origin::Written,
                state::Origin::Assumed => Origin::Assumed,
                state::Origin::Unknown => Origin::Unknown,
            },
            seen: match seen {
                state::Seen::Same => Seen::Same,
                state::Seen::Hidden => Seen::Hidden,
                state::Seen::Other(Fingerprint(other)) => Seen::Other(other.clone()),
            },
        }
    }
}

impl From<Remembered> for state::Remembered {
    fn from(leaf: Remembered) -> state::Remembered {
        let Remembered { sent, origin, seen } = leaf;
        state::Remembered {
            sent: Fingerprint(sent),
            origin: match origin {
                Origin::Written => state::Origin::Written,
                Origin::Assumed => state::Origin::Assumed,
                Origin::Unknown => state::Origin::Unknown,
            },
            seen: match seen {
                Seen::Same => state::Seen::Same,
                Seen::Hidden => state::Seen::Hidden,
                Seen::Other(other) => state::Seen::Other(Fingerprint(other)),
            },
        }
    }
}

impl From<&state::Deposed> for Deposed {
    fn from(deposed: &state::Deposed) -> Deposed {
        let state::Deposed { id, name } = deposed.clone();
        Deposed { id: id.0, name }
    }
}

impl From<Deposed> for state::Deposed {
    fn from(deposed: Deposed) -> state::Deposed {
        let Deposed { id, name } = deposed;
        state::Deposed { id: Id(id), name }
    }
}

impl From<&state::OpenIntent> for OpenIntent {
    fn from(open: &state::OpenIntent) -> OpenIntent {
        let state::OpenIntent { address, name, sent } = open.clone();
        OpenIntent { address: Text(address), name, sent: sent.map(Sent::from) }
    }
}

impl From<OpenIntent> for state::OpenIntent {
    fn from(open: OpenIntent) -> state::OpenIntent {
        let OpenIntent { address, name, sent } = open;
        state::OpenIntent { address: address.0, name, sent: sent.map(state::Sent::from) }
    }
}

impl From<state::Sent> for Sent {
    fn from(sent: state::Sent) -> Sent {
        let state::Sent { kept, leaves, dropped } = sent;
        let leaves = leaves.into_iter().map(|(path, leaf)| (Text(path), leaf.0)).collect();
        Sent { kept, leaves, dropped: dropped.into_iter().map(Text).collect() }
    }
}

impl From<Sent> for state::Sent {
    fn from(sent: Sent) -> state::Sent {
        let Sent { kept, leaves, dropped } = sent;
        let leaves = leaves.into_iter().map(|(path, leaf)| (path.0, Fingerprint(leaf))).collect();
        state::Sent { kept, leaves, dropped: dropped.into_iter().map(|path| path.0).collect() }
    }
}

impl From<&journal::Entry> for Entry {
    fn from(entry: &journal::Entry) -> Entry {
        match entry {
            journal::Entry::Begin(begin) => {
                let journal::Begin { lineage, serial, run, holder } = begin.clone();
                let crate::Holder { who, command, at } = holder;
                Entry::Begin { format_version: Version, lineage, serial, run, who, command, at }
            }
            journal::Entry::Claim(owner) => Entry::Claim(owner.into()),
            journal::Entry::Run(run) => Entry::Run(run.into()),
            journal::Entry::Applies(plan) => Entry::Applies(plan.clone()),
            journal::Entry::Intents(intents) => {
                Entry::Intents(intents.iter().map(Intent::from).collect())
            }
            journal::Entry::Outcomes(outcomes) => {
                Entry::Outcomes(outcomes.iter().map(Outcome::from).collect())
            }
            journal::Entry::Failed { step, unclear } => {
                Entry::Failed { step: step.0, unclear: *unclear }
            }
            journal::Entry::Closed { by } => {
                let crate::Holder { who, command, at } = by.clone();
                Entry::Closed { who, command, at }
            }
        }
    }
}

impl From<Entry> for journal::Entry {
    fn from(entry: Entry) -> journal::Entry {
        match entry {
            Entry::Begin { format_version: Version, lineage, serial, run, who, command, at } => {
                let holder = crate::Holder { who, command, at };
                journal::Entry::Begin(journal::Begin { lineage, serial, run, holder })
            }
            Entry::Claim(owner) => journal::Entry::Claim(owner.into()),
            Entry::Run(run) => journal::Entry::Run(run.into()),
            Entry::Applies(plan) => journal::Entry::Applies(plan),
            Entry::Intents(intents) => {
                journal::Entry::Intents(intents.into_iter().map(journal::Intent::from).collect())
            }
            Entry::Outcomes(outcomes) => {
                journal::Entry::Outcomes(outcomes.into_iter().map(journal::Outcome::from).collect())
            }
            Entry::Failed { step, unclear } => {
                journal::Entry::Failed { step: StepId(step), unclear }
            }
            Entry::Closed { who, command, at } => {
                journal::Entry::Closed { by: crate::Holder { who, command, at } }
            }
        }
    }
}

impl From<&journal::Intent> for Intent {
    fn from(intent: &journal::Intent) -> Intent {
        let journal::Intent { step, address, operation, name, sent } = intent.clone();
        Intent {
            step: step.0,
            address: Text(address),
            operation: match operation {
                journal::Operation::Create => Operation::Create,
                journal::Operation::Update => Operation::Update,
                journal::Operation::Delete => Operation::Delete,
                journal::Operation::Attach => Operation::Attach,
                journal::Operation::Detach => Operation::Detach,
            },
            name,
            sent: sent.map(Sent::from),
        }
    }
}

impl From<Intent> for journal::Intent {
    fn from(intent: Intent) -> journal::Intent {
        let Intent { step, address, operation, name, sent } = intent;
        journal::Intent {
            step: StepId(step),
            address: address.0,
            operation: match operation {
                Operation::Create => journal::Operation::Create,
                Operation::Update => journal::Operation::Update,
                Operation::Delete => journal::Operation::Delete,
                Operation::Attach => journal::Operation::Attach,
                Operation::Detach => journal::Operation::Detach,
            },
            name,
            sent: sent.map(state::Sent::from),
        }
    }
}

impl From<&journal::Outcome> for Outcome {
    fn from(outcome: &journal::Outcome) -> Outcome {
        let journal::Outcome { step, changes } = outcome;
        Outcome { step: step.0, changes: changes.iter().map(Change::from).collect() }
    }
}

impl From<Outcome> for journal::Outcome {
    fn from(outcome: Outcome) -> journal::Outcome {
        let Outcome { step, changes } = outcome;
        let changes = changes.into_iter().map(state::StateChange::from).collect();
        journal::Outcome { step: StepId(step), changes }
    }
}

impl From<&state::StateChange> for Change {
    fn from(change: &state::StateChange) -> Change {
        match change {
            state::StateChange::Put { address, record } => {
                Change::Put { address: Text(address.clone()), record: record.into() }
            }
            state::StateChange::Remove { address } => {
                Change::Remove { address: Text(address.clone()) }
            }
        }
    }
}

impl From<Change> for state::StateChange {
    fn from(change: Change) -> state::StateChange {
        match change {
            Change::Put { address, record } => {
                state::StateChange::Put { address: address.0, record: record.into() }
            }
            Change::Remove { address } => state::StateChange::Remove { address: address.0 },
        }
    }
}
