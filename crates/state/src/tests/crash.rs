//! Runs that are killed, at whatever moment.

use model::Path;
use model::secret::Fingerprint;
use model::state::{OpenIntent, Record, Remembered, Sent};

use super::*;
use crate::{Loaded, Recovered};

/// The files after a run on a state of one record that was killed before its end, and what was
/// true after each of its entries: records (beyond the first) and creates in the dark.
fn killed() -> (Files, Vec<(usize, usize)>) {
    let folder = Folder::new();
    let mut session = folder.lock();
    session.edit(put(0));
    session.finish().unwrap();
    let mut session = folder.lock();
    session.intents(&[create(1), create(2)]).unwrap();
    session.outcomes(&[made(2)]).unwrap();
    session.intents(&[create(3), Intent { operation: Operation::Delete, ..create(4) }]).unwrap();
    session.failed(StepId(3), false).unwrap();
    session.outcomes(&[made(1)]).unwrap();
    (folder.files(), vec![(0, 0), (0, 0), (0, 2), (1, 1), (1, 2), (1, 1), (2, 0)])
}

/// What is recovered from `files` is this, whoever asks, and nothing is left lying about.
fn check(files: &Files, records: usize, open: usize) {
    let folder = Folder::with(files);
    let Loaded { document, existed, recovered } = folder.store().load().unwrap();
    assert_eq!(&folder.files(), files, "loading has written");
    assert!(existed);
    assert_eq!((document.state.records.len(), document.state.open.len()), (1 + records, open));
    let something = (records, open) != (0, 0);
    assert_eq!(recovered, something.then_some(Recovered { outcomes: records, open }));

    let session = folder.lock();
    assert_eq!(session.state(), &document.state);
    assert_eq!(session.recovered(), recovered);
    assert_eq!(session.document().serial, document.serial + u64::from(something));
    assert_eq!(session.finish().unwrap().state, document.state);
    assert_eq!(folder.names(), names(["state.json", "state.json.backup"]));
    assert_eq!(folder.store().load().unwrap().document.state, document.state);
}

#[test]
fn a_journal_that_is_cut_off_anywhere() {
    let (mut files, after) = killed();
    files.insert("state.json.backup".into(), b"{}".to_vec());
    let journal = files["state.json.journal"].clone();
    for length in 0..=journal.len() {
        let cut = &journal[..length];
        files.insert("state.json.journal".into(), cut.to_vec());
        // A line counts from its last byte on; the line break behind it may be missing.
        let breaks = cut.iter().filter(|byte| **byte == b'\n').count();
        let whole = breaks + usize::from(journal.get(length) == Some(&b'\n'));
        let (records, open) = after[whole];
        check(&files, records, open);
    }
}

#[test]
fn a_last_line_that_came_to_disk_in_parts() {
    let (mut files, after) = killed();
    files.insert("state.json.backup".into(), b"{}".to_vec());
    let journal = files["state.json.journal"].clone();
    let last = journal[..journal.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    let (records, open) = after[after.len() - 2];
    for hole in last..journal.len() - 1 {
        let mut journal = journal.clone();
        journal[last..=hole].fill(0);
        files.insert("state.json.journal".into(), journal);
        check(&files, records, open);
    }
}

#[test]
fn an_end_that_is_cut_off_anywhere() {
    let (before, after) = killed();
    let &(records, open) = after.last().unwrap();
    let folder = Folder::with(&before);
    folder.lock().finish().unwrap();
    let end = folder.files();
    let (old, new) = (&before["state.json"], &end["state.json"]);
    let journal = &before["state.json.journal"];
    let half = &new[..new.len() / 2];

    // Each constellation in the order in which `write` and `remove_journal` pass through them,
    // with the lock file that a killed run leaves.
    let lock = b"ann since then: airform apply\n".as_slice();
    for files in [
        vec![("", old.as_slice()), (".backup.tmp", &old[..9]), (".journal", journal)],
        vec![("", old), (".backup.tmp", old), (".backup", b"{}"), (".journal", journal)],
        vec![("", old), (".backup", old), (".tmp", half), (".journal", journal)],
        vec![("", old), (".backup", old), (".tmp", new), (".journal", journal)],
    ] {
        let mut files: Files = files
            .into_iter()
            .map(|(suffix, bytes)| (format!("state.json{suffix}"), bytes.to_vec()))
            .collect();
        files.insert("state.json.lock".into(), lock.to_vec());
        check(&files, records, open);
    }

    // And the one in which the state is written and the journal not yet removed.
    let files = BTreeMap::from([
        ("state.json".to_owned(), new.clone()),
        ("state.json.backup".to_owned(), old.clone()),
        ("state.json.journal".to_owned(), journal.clone()),
    ]);
    let folder = Folder::with(&files);
    let loaded = folder.store().load().unwrap();
    assert_eq!(loaded.recovered, None);
    assert_eq!(loaded.document.state.records.len(), 1 + records);
    folder.lock().finish().unwrap();
    assert_eq!(folder.files(), end);
}

#[test]
fn a_first_run_that_is_killed_keeps_its_key() {
    let folder = Folder::new();
    let mut session = folder.lock();
    let document = session.document().clone();
    session.claim(owner()).unwrap();
    session.intents(&[create(0)]).unwrap();
    drop(session);
    let again = folder.lock();
    assert_eq!(again.document().lineage, document.lineage);
    assert_eq!(again.document().key, document.key);
    assert_eq!(again.state().owner, Some(owner()));
    assert_eq!(
        again.state().open,
        [OpenIntent { address: tag(0), name: Some("tag 0".into()), sent: None }]
    );
}

#[test]
fn an_open_create_stays_open_until_it_is_settled() {
    let folder = Folder::new();
    for _ in 0..3 {
        let mut session = folder.lock();
        session.intents(&[create(0)]).unwrap();
        drop(session);
        assert_eq!(folder.lock().state().open.len(), 1);
    }
    let mut session = folder.lock();
    session.outcomes(&[made(7), made(0)]).unwrap();
    assert_eq!(session.finish().unwrap().state.open, []);
}

#[test]
fn a_journal_that_cannot_be_written_loses_nothing_that_is_known() {
    let folder = Folder::new();
    let mut session = folder.lock();
    session.edit(put(0));
    session.finish().unwrap();
    let mut session = folder.lock();
    let journal = folder.0.path().join("state.json.journal");
    fs::create_dir(&journal).unwrap();
    let error = session.intents(&[create(1)]).unwrap_err().to_string();
    assert!(error.starts_with("cannot create "), "{error}");
    session.outcomes(&[made(1)]).unwrap_err();
    session.failed(StepId(2), true).unwrap_err();
    fs::remove_dir(&journal).unwrap();
    let document = session.finish().unwrap();
    assert_eq!(document.state, state_of(2));
    assert_eq!(folder.store().load().unwrap().document, document);
}

/// A run that was killed while it changed something: what it has sent there may have arrived or not.
#[test]
fn what_an_update_was_to_send_is_in_doubt() {
    let folder = Folder::new();
    let mut session = folder.lock();
    session.edit(put(0));
    session.finish().unwrap();
    let mut session = folder.lock();
    let (new, gone) = (Path::attribute("new"), Path::attribute("gone"));
    let sent = Sent {
        leaves: [(new.clone(), Fingerprint("sent".into()))].into(),
        dropped: [gone.clone()].into(),
        ..Sent::default()
    };
    let update = Intent { operation: Operation::Update, sent: Some(sent), ..create(0) };
    session.intents(&[update]).unwrap();
    let files = folder.files();

    let again = Folder::with(&files).lock();
    let known = &again.state().records[&tag(0)];
    let mut leaves = record(0).leaves;
    leaves.extend([new, gone].map(|path| (path, Remembered::doubtful())));
    assert_eq!(known.leaves, leaves);
    assert_eq!(known, &Record { leaves, ..record(0) });
    assert_eq!(again.state().open, []);
}

/// What a create has sent is known by digests, which are of the key.
#[test]
fn another_key_knows_nothing_of_what_was_sent() {
    let folder = Folder::new();
    let mut session = folder.lock();
    let create = Intent { sent: Some(Sent::default()), ..create(0) };
    session.intents(&[create]).unwrap();
    let mut again = Folder::with(&folder.files()).lock();
    let sent = |session: &Session| -> Vec<_> {
        session.state().open.iter().map(|open| open.sent.clone()).collect()
    };
    assert_eq!(sent(&again), [Some(Sent::default())]);
    let old = again.document().key.clone();
    assert_ne!(again.replace_key(), old);
    assert_eq!(sent(&again), [None]);
}
