//! What a run has begun and done, line by line.
//!
//! Every line is `CHECKSUM JSON`, and every line is brought to disk before the run goes on. So a
//! crash or a power cut can spoil the last line only, whatever part of it got to disk, and what
//! stands in a spoilt last line has not led to anything yet: its requests were not sent, or its
//! outcome was not built upon. What happens at once goes into one line for this reason, too.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use model::Address;
use model::history::Run;
use model::plan::StepId;
use model::state::{Owner, Sent, StateChange};

use crate::atomic;
use crate::error::Error;
use crate::format::{self, Unreadable};
use crate::hook;
use crate::lock::Holder;

/// A call that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// The step of the plan.
    pub step: StepId,
    /// For which resource.
    pub address: Address,
    /// What is called.
    pub operation: Operation,
    /// What the object is called, where it has a name.
    pub name: Option<String>,
    /// What a create or an update sends, as far as memory goes. None for the others, and in a journal
    /// that was written by a version that did not keep it.
    pub sent: Option<Sent>,
}

/// What an [`Intent`] is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Make an object. To make it again would double it, so the doubt outlives the run.
    Create,
    /// Change an object. What it sends is in doubt after the run, as far as it is not told.
    Update,
    /// Delete an object.
    Delete,
    /// Put a tag on a template.
    Attach,
    /// Take a tag off a template.
    Detach,
}

/// A step that has succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The step of the plan.
    pub step: StepId,
    /// What is remembered differently from now on, in order.
    pub changes: Vec<StateChange>,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Which state the journal continues. The first line, and no other.
    Begin(Begin),
    /// The state belongs to this organization from now on.
    Claim(Owner),
    /// This is what the run is to change. It says that nothing of it is done.
    Run(Run),
    /// The plan in a file of this id is carried out.
    Applies(String),
    /// These calls are about to be sent.
    Intents(Vec<Intent>),
    /// These steps have succeeded.
    Outcomes(Vec<Outcome>),
    /// A step has failed: certainly without effect, or, if `unclear`, nobody knows.
    Failed { step: StepId, unclear: bool },
    /// Another run has taken over. The last line: whoever wrote the others finds this one in its
    /// way.
    Closed { by: Holder },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Begin {
    pub(crate) lineage: String,
    pub(crate) serial: u64,
    /// A name of this run that no other has.
    pub(crate) run: String,
    pub(crate) holder: Holder,
}

/// A journal that is being written.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    broken: bool,
}

impl Journal {
    /// Begins a journal at `path`, where none must be.
    pub(crate) fn create(path: &Path, begin: Begin) -> Result<Journal, Error> {
        let file = atomic::create(path).map_err(Error::io("create", path))?;
        let mut journal = Journal { path: path.to_owned(), file, broken: false };
        let begun = journal.append(&Entry::Begin(begin)).and_then(|()| atomic::sync_folder(path));
        if begun.is_err() {
            // Nothing stands in it, and it would be in the way of another try.
            let _ = atomic::remove(path);
        }
        begun.map(|()| journal)
    }

    /// Appends one line. It is on disk when this returns.
    pub(crate) fn append(&mut self, entry: &Entry) -> Result<(), Error> {
        if self.broken {
            return Err(Error::JournalBroken { path: self.path.clone() });
        }
        let written = line(entry).and_then(|line| {
            self.file.write_all(&line)?;
            self.file.sync_data()
        });
        // After a failed write half a line may stand there, and after a failed fsync the system may
        // have forgotten what it still has to write: a second try would succeed in vain.
        self.broken = written.is_err();
        hook::written();
        written.map_err(Error::io("write", &self.path))
    }
}

/// `entry` as a line, with its break.
pub(crate) fn line(entry: &Entry) -> std::io::Result<Vec<u8>> {
    let json = format::write_entry(entry)?;
    let mut line = format!("{:08x} ", crc32fast::hash(&json)).into_bytes();
    line.extend(json);
    line.push(b'\n');
    Ok(line)
}

/// A journal as it was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) begin: Begin,
    pub(crate) entries: Vec<Entry>,
}

/// Reads the journal that was found at `path`. `None` if nothing of it ever got there.
pub(crate) fn parse(path: &Path, bytes: &[u8]) -> Result<Option<Found>, Error> {
    let damaged = |line: usize, what: &str| Error::JournalDamaged {
        path: path.to_owned(),
        line,
        what: what.to_owned(),
    };
    let mut begin = None;
    let mut entries = Vec::new();
    let mut spoilt = None;
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    for (line, text) in (1..).zip(text.split(|byte| *byte == b'\n')) {
        if let Some(line) = spoilt {
            return Err(damaged(line, "it does not match its checksum"));
        }
        let Some(json) = checked(text) else {
            spoilt = Some(line);
            continue;
        };
        let entry = format::read_entry(json).map_err(|unreadable| match unreadable {
            Unreadable::TooNew(found) => {
                Error::TooNew { path: path.to_owned(), found, known: format::VERSION }
            }
            Unreadable::Malformed { line: _, column: _, what } => damaged(line, &what),
        })?;
        match entry {
            Entry::Begin(first) if line == 1 => begin = Some(first),
            Entry::Begin(_) => return Err(damaged(line, "it begins a journal inside another")),
            _ if line == 1 => {
                return Err(damaged(line, "it does not say which state it continues"));
            }
            entry => entries.push(entry),
        }
    }
    Ok(begin.map(|begin| Found { begin, entries }))
}

/// What stands behind a checksum that it agrees with.
fn checked(line: &[u8]) -> Option<&[u8]> {
    let (checksum, json) = line.split_at_checked(9)?;
    (checksum == format!("{:08x} ", crc32fast::hash(json)).as_bytes()).then_some(json)
}
