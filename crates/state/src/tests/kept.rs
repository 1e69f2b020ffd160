//! Files that were written once, by every form of the formats that there was, and are kept as they
//! were. What is read here must be read by every later version.
//!
//! Format version 1 has grown: `state-1-first.json` and `journal-1-first` are of before there were
//! `applied_plans`, `runs`, `prevent_destroy` and the origin `unknown`. The files `…-2` stand for
//! whatever comes later.

use super::bucket::{LONG, Shared};
use super::*;
use crate::{Error, Recovered};

fn kept(name: &str) -> Vec<u8> {
    fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A folder with these kept files as state and journal.
fn folder(state: &str, journal: Option<&str>) -> Folder {
    let mut files = Files::from([("state.json".to_owned(), kept(state))]);
    files.extend(journal.map(|journal| ("state.json.journal".to_owned(), kept(journal))));
    Folder::with(&files)
}

fn addresses(state: &State) -> Vec<String> {
    state.records.keys().map(ToString::to_string).collect()
}

#[test]
fn states_are_read_and_the_next_write_keeps_them_as_backup() {
    for (name, count, runs) in [("state-1-first.json", 3, 0), ("state-1.json", 4, 1)] {
        let folder = folder(name, None);
        let document = folder.store().load().unwrap().document;
        assert_eq!((document.serial, document.state.records.len()), (3, count), "{name}");
        assert_eq!((document.runs.len(), document.state.open.len()), (runs, 2), "{name}");
        // To look at it changes nothing.
        folder.lock().finish().unwrap();
        assert_eq!(folder.files()["state.json"], kept(name));

        let mut session = folder.lock();
        session.edit(put(8));
        let written = session.finish().unwrap();
        assert_eq!(folder.files()["state.json.backup"], kept(name));
        let read = folder.store().load().unwrap().document;
        assert_eq!((&read, read.serial), (&written, 4));
        assert!(document.state.records.iter().all(|kept| read.state.records.contains(kept)));
    }
}

/// [`BTreeMap`] has no such question.
trait Contains {
    fn contains(&self, entry: (&Address, &Record)) -> bool;
}

impl Contains for BTreeMap<Address, Record> {
    fn contains(&self, (address, record): (&Address, &Record)) -> bool {
        self.get(address) == Some(record)
    }
}

#[test]
fn the_present_form_is_written_as_it_is_kept() {
    let folder = folder("state-1.json", None);
    let pulled = folder.store().pull().unwrap().unwrap();
    let kept = String::from_utf8(kept("state-1.json")).unwrap();
    assert_eq!(pulled, kept, "the form has changed: keep a new file");
}

#[test]
fn journals_are_read_and_folded() {
    for journal in ["journal-1-first", "journal-1"] {
        let folder = folder("state-1-first.json", Some(journal));
        let session = folder.lock();
        assert_eq!(session.recovered(), Some(Recovered { outcomes: 2, open: 1 }), "{journal}");
        let state = session.state();
        assert_eq!(addresses(state), ["tags.t0", "tags.t3", "connection_templates.lake"]);
        let plans = session.document().applied_plans.len();
        assert_eq!(plans, usize::from(journal == "journal-1"));
        assert_eq!(session.document().serial, 4);
        drop(session);
        assert_eq!(folder.files()["state.json.backup"], kept("state-1-first.json"));
    }
}

#[test]
fn newer_ones_are_refused_by_name_and_left_alone() {
    let refused = |folder: &Folder, file: &str| {
        let before = folder.files();
        for error in
            [folder.store().load().unwrap_err(), folder.store().lock(&holder("ann")).unwrap_err()]
        {
            assert!(matches!(error, Error::TooNew { found: 2, known: 1, .. }), "{error:?}");
            let said =
                format!("{file} has format version 2, and this version of airform reads up to 1");
            assert!(error.to_string().contains(&said), "{error}");
        }
        assert_eq!(folder.files(), before);
    };
    refused(&folder("state-2.json", None), "state.json");
    refused(&folder("state-1.json", Some("journal-2")), "state.json.journal");
}

#[test]
fn a_bucket_reads_them_too() {
    let shared = Shared::new();
    shared.put("team/state.json", &kept("state-1-first.json"));
    shared.put("team/state.json.journal/r-2.00000000", &kept("journal-1-first"));
    shared.put("team/state.json.lock", &kept("lock-1.json"));
    let error = shared.store().lock(&holder("bob")).unwrap_err();
    assert!(matches!(&error, Error::Leased { id, .. } if id == "7d3c"), "{error}");
    assert!(error.to_string().contains("is held by ann since 2026-07-01T12:00:00Z: airform apply"));
    shared.advance(LONG.lease);
    let session = shared.store().lock(&holder("bob")).unwrap();
    assert_eq!(session.recovered(), Some(Recovered { outcomes: 2, open: 1 }));
    session.finish().unwrap();

    shared.put("team/state.json.lock", &kept("lock-1-released.json"));
    shared.store().lock(&holder("bob")).unwrap().finish().unwrap();

    shared.put("team/state.json.lock", &kept("lock-2.json"));
    for error in [
        shared.store().lock(&holder("bob")).unwrap_err(),
        shared.store().unlock(Some("7d3c")).unwrap_err(),
    ] {
        assert!(error.to_string().contains("state.json.lock has format version 2"), "{error}");
    }
}
