//! What stands in the files. One module per version; this one chooses.

mod mirror;
mod plan_v1;
mod text;
mod tree;
mod v1;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::document::Document;
use crate::journal::Entry;
use crate::planfile::SavedPlan;

/// The format version that is written, and the newest that is read.
pub(crate) const VERSION: u64 = 1;

/// A state file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) document: Document,
    /// The run whose journal has gone into it last. A journal of that run which is still there was
    /// to be removed when the run was killed.
    pub(crate) folded: Option<String>,
}

/// Why a text could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is of a newer format version, this one.
    TooNew(u64),
    /// It is not of a known form.
    Malformed { line: usize, column: usize, what: String },
}

/// Reads a state file.
pub(crate) fn read_state(text: &[u8]) -> Result<Stored, Unreadable> {
    #[derive(Deserialize)]
    struct Gate {
        format_version: u64,
    }
    // The version is looked at only where the rest cannot be read: going through a large file twice
    // to learn that it is an ordinary one is a waste.
    serde_json::from_slice::<v1::State>(text).map(Stored::from).map_err(|error| {
        let version = serde_json::from_slice::<Gate>(text).map(|gate| gate.format_version);
        unreadable(version.ok(), &error)
    })
}

/// Writes a state file: the same bytes for the same state.
pub(crate) fn write_state(stored: &Stored) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = serde_json::to_vec_pretty(&v1::State::from(stored))?;
    text.push(b'\n');
    Ok(text)
}

/// Reads an entry of the journal.
pub(crate) fn read_entry(text: &[u8]) -> Result<Entry, Unreadable> {
    #[derive(Deserialize)]
    struct Gate {
        begin: Begin,
    }
    #[derive(Deserialize)]
    struct Begin {
        format_version: u64,
    }
    serde_json::from_slice::<v1::Entry>(text).map(Entry::from).map_err(|error| {
        let version = serde_json::from_slice::<Gate>(text).map(|gate| gate.begin.format_version);
        unreadable(version.ok(), &error)
    })
}

/// Writes an entry of the journal, without line breaks.
pub(crate) fn write_entry(entry: &Entry) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&v1::Entry::from(entry))
}

/// How every plan file begins, whatever its version.
pub(crate) const PLAN_HEAD: &[u8] = b"{\"airform_plan\":";

/// Reads a plan file.
pub(crate) fn read_plan(text: &[u8]) -> Result<SavedPlan, Unreadable> {
    #[derive(Deserialize)]
    struct Gate {
        airform_plan: u64,
    }
    // The version first: a plan is carried out, so nothing of a newer one is taken for something else.
    match serde_json::from_slice::<Gate>(text) {
        Ok(gate) if gate.airform_plan > plan_v1::VERSION => {
            Err(Unreadable::TooNew(gate.airform_plan))
        }
        _ => serde_json::from_slice::<plan_v1::File>(text)
            .map(SavedPlan::from)
            .map_err(|error| unreadable(None, &error)),
    }
}

/// Writes a plan file: the same bytes for the same plan.
pub(crate) fn write_plan(saved: &SavedPlan) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&plan_v1::File::from(saved))
}

/// The newest version of a plan file that is read.
pub(crate) const PLAN_VERSION: u64 = plan_v1::VERSION;

/// The SHA-256 of `bytes`, in hexadecimal digits.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unreadable(version: Option<u64>, error: &serde_json::Error) -> Unreadable {
    if let Some(version) = version.filter(|version| *version > VERSION) {
        return Unreadable::TooNew(version);
    }
    let (line, column) = (error.line(), error.column());
    let what = error.to_string();
    let place = format!(" at line {line} column {column}");
    let what = what.strip_suffix(&place).unwrap_or(&what).to_owned();
    Unreadable::Malformed { line, column, what }
}
