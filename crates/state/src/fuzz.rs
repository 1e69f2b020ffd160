//! What the fuzzers in `fuzz/` call. The same functions replay their corpora in
//! `tests/suite/corpus.rs`, so that what a fuzzer once found is looked for on every run.
//!
//! Each takes any bytes and returns; what would be a defect panics. Nothing of this is reached by
//! the program.

use std::path::Path;

use crate::document::Document;
use crate::format::{self, Stored};
use crate::journal;
use crate::progress::Progress;

/// Reads a state file, and what is written of it.
///
/// # Panics
/// What was read is not read again.
pub fn state(bytes: &[u8]) {
    if let Ok(stored) = format::read_state(bytes) {
        again(&stored);
    }
}

/// Reads a journal: as it is, and with every line under a checksum that agrees with it, as a fuzzer
/// does not find those. What it says is taken in.
///
/// # Panics
/// A state with it cannot be written, or is not read again.
pub fn journal(bytes: &[u8]) {
    take_in(bytes);
    let mut sealed = Vec::with_capacity(bytes.len() * 2);
    for json in bytes.split(|byte| *byte == b'\n') {
        sealed.extend(format!("{:08x} ", crc32fast::hash(json)).into_bytes());
        sealed.extend(json);
        sealed.push(b'\n');
    }
    take_in(&sealed);
}

fn take_in(bytes: &[u8]) {
    let Ok(Some(found)) = journal::parse(Path::new("any.journal"), bytes) else { return };
    let mut progress = Progress::new(Document::fresh());
    for entry in found.entries {
        progress.enter(entry);
    }
    progress.close();
    again(&Stored { document: progress.document, folded: Some(found.begin.run) });
}

fn again(stored: &Stored) {
    let written = format::write_state(stored).ok();
    assert!(written.is_some(), "a state that was read can be written");
    let read = written.and_then(|text| format::read_state(&text).ok());
    // Not by `assert_eq`: a state holds the key of all fingerprints.
    assert!(read.as_ref() == Some(stored), "a state is not read as it was written");
}

/// Reads a plan file, and what is written of it.
///
/// # Panics
/// What was read is not read again.
pub fn plan(bytes: &[u8]) {
    let Ok(saved) = format::read_plan(bytes) else { return };
    let written = format::write_plan(&saved).ok();
    let read = written.and_then(|text| format::read_plan(&text).ok());
    assert!(read.as_ref() == Some(&saved), "a plan is not read as it was written");
}
