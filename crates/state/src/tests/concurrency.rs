//! Two at once.

use std::fs::File;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::Error;

#[test]
fn the_second_is_told_who_the_first_is() {
    let folder = Folder::new();
    let session = folder.lock();
    for _ in 0..2 {
        let error = folder.store().lock(&holder("bob")).unwrap_err().to_string();
        let told = "is held by ann since 2026-07-01T12:00:00Z: airform apply); wait";
        assert!(error.contains(told), "{error}");
        let error = folder.store().unlock(None).unwrap_err();
        assert!(matches!(error, Error::Locked { .. }), "{error}");
        folder.store().load().unwrap();
    }
    drop(session);
    folder.store().lock(&holder("bob")).unwrap().finish().unwrap();
    assert_eq!(folder.names(), names([]));
}

#[test]
fn what_a_killed_run_leaves_binds_nobody() {
    let left =
        BTreeMap::from([("state.json.lock".to_owned(), b"ann since\x1b[2J then\n".to_vec())]);
    let folder = Folder::with(&left);
    assert_eq!(folder.store().unlock(None).unwrap().as_deref(), Some("ann since[2J then"));
    assert_eq!(folder.store().unlock(None).unwrap(), None);
    assert_eq!(folder.names(), names([]));

    let folder = Folder::with(&left);
    folder.lock().finish().unwrap();
    assert_eq!(folder.names(), names([]));
}

#[test]
fn a_holder_that_says_nothing() {
    let folder = Folder::with(&[("state.json.lock".to_owned(), Vec::new())].into());
    let file = File::open(folder.0.path().join("state.json.lock")).unwrap();
    file.lock().unwrap();
    let error = folder.store().lock(&holder("bob")).unwrap_err().to_string();
    assert!(error.contains("is held by another process"), "{error}");
}

#[test]
fn a_folder_that_is_not_there() {
    let folder = Folder::new();
    let store = Store::file(folder.0.path().join("nowhere/state.json"));
    assert!(!store.load().unwrap().existed);
    let error = store.lock(&holder("ann")).unwrap_err().to_string();
    assert!(error.starts_with("cannot open "), "{error}");
}

/// Threads that all want the state, each to add a record of its own, as runs that come and go: the
/// lock file is made and removed under their hands.
#[test]
fn many_at_once() {
    let folder = Folder::new();
    let inside = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (folder, inside) = (&folder, &inside);
            scope.spawn(move || {
                let mut session = loop {
                    match folder.store().lock(&holder("ann")) {
                        Ok(session) => break session,
                        Err(Error::Locked { .. }) => std::thread::yield_now(),
                        Err(error) => panic!("{error}"),
                    }
                };
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two are inside");
                session.edit(put(number));
                inside.fetch_sub(1, Ordering::SeqCst);
                session.finish().unwrap();
            });
        }
    });
    let document = folder.store().load().unwrap().document;
    assert_eq!((document.state, document.serial), (state_of(8), 8));
}
