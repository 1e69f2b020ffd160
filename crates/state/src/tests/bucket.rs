//! States in a bucket, over clients that break.

mod client;
mod faults;
mod leases;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt};

use self::client::{Client, Fault, Service};
use super::*;
use crate::bucket::{InBucket, Timing};
use crate::document::Document;
use crate::{Error, Recovered};

/// Locks that nobody takes over while a test runs.
pub(super) const LONG: Timing = Timing { lease: Duration::from_secs(3600), grain: Duration::ZERO };

/// A bucket that several machines use.
pub(super) struct Shared(Arc<Service>);

impl Shared {
    pub(super) fn new() -> Shared {
        Shared(Arc::default())
    }

    /// A machine of its own.
    fn machine(&self, timing: Timing) -> (Arc<Client>, Store) {
        let client = Arc::new(Client::of(self.0.clone()));
        let key = Key::from("team/state.json");
        let place = InBucket::new(client.clone(), "mem://b", &key, timing).unwrap();
        (client, Store::at(place))
    }

    pub(super) fn store(&self) -> Store {
        self.machine(LONG).1
    }

    fn wait<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
    }

    /// The names of its objects.
    fn names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for folder in ["team", "team/state.json.journal"] {
            let listed =
                Shared::wait(self.0.objects.list_with_delimiter(Some(&Key::from(folder)))).unwrap();
            names.extend(listed.objects.into_iter().map(|meta| meta.location.to_string()));
        }
        names
    }

    /// Lets time go by, for the bucket.
    pub(super) fn advance(&self, time: Duration) {
        self.0.advance(time);
    }

    /// How many objects its journals are made of.
    fn journals(&self) -> usize {
        self.names().iter().filter(|name| name.contains(".journal/")).count()
    }

    pub(super) fn put(&self, name: &str, bytes: &[u8]) {
        Shared::wait(self.0.objects.put(&Key::from(name), bytes.to_vec().into())).unwrap();
    }
}

/// A state of `count` records, stored.
fn filled(count: usize) -> Shared {
    let shared = Shared::new();
    let mut session = shared.store().lock(&holder("ann")).unwrap();
    for number in 0..count {
        session.edit(put(number));
    }
    session.finish().unwrap();
    shared
}

#[track_caller]
fn is<T: std::fmt::Debug>(result: Result<T, Error>, complaint: &str) {
    let error = result.unwrap_err().to_string();
    assert!(error.contains(complaint), "{error}");
}

#[test]
fn a_run_from_nothing_to_the_end() {
    let shared = Shared::new();
    let store = shared.store();
    assert!(!store.load().unwrap().existed);
    assert_eq!(store.path().to_str(), Some("mem://b/team/state.json"));
    let mut session = store.lock(&holder("ann")).unwrap();
    session.claim(owner()).unwrap();
    session.intents(&[create(0), create(1), create(2)]).unwrap();
    session.outcomes(&[made(0)]).unwrap();
    session.failed(StepId(1), false).unwrap();
    // Whoever looks sees how far it is.
    let seen = shared.store().load().unwrap();
    assert_eq!(seen.recovered, Some(Recovered { outcomes: 1, open: 1 }));
    session.failed(StepId(2), true).unwrap();
    let document = session.finish().unwrap();
    assert_eq!(document.serial, 1);
    assert_eq!(document.state.records, state_of(1).records);
    assert_eq!(document.state.open.len(), 1);
    let left = ["team/state.json", "team/state.json.backup", "team/state.json.lock"];
    assert_eq!(shared.names(), names(left));
    let loaded = shared.store().load().unwrap();
    assert_eq!((loaded.document, loaded.recovered), (document, None));
}

#[test]
fn what_is_pulled_can_be_pushed() {
    let shared = filled(2);
    let store = shared.store();
    let text = store.pull().unwrap().unwrap();
    let pushed = std::path::Path::new("pushed.json");
    assert_eq!(store.push(&holder("bob"), pushed, text.as_bytes()).unwrap(), 2);
    is(store.push(&holder("bob"), pushed, text.as_bytes()), "has gone on to 2 since");
    assert_eq!(store.load().unwrap().document.state, state_of(2));
}

#[test]
fn the_second_is_told_who_the_first_is_and_how_to_end_it() {
    let shared = filled(1);
    let first = shared.store();
    let session = first.lock(&holder("ann")).unwrap();
    let second = shared.store();
    let error = second.lock(&holder("bob")).unwrap_err();
    let told =
        "mem://b/team/state.json.lock is held by ann since 2026-07-01T12:00:00Z: airform apply)";
    assert!(error.to_string().contains(told), "{error}");
    let Error::Leased { id, seconds, .. } = error else { panic!("{error}") };
    assert!((3590..=3600).contains(&seconds), "{seconds}");

    is(second.unlock(None), &format!("airform state unlock {id}"));
    is(second.unlock(Some("another")), &format!("is not held under another, but under {id}"));
    assert!(second.unlock(Some(&id)).unwrap().unwrap().starts_with("ann since"));
    assert_eq!(second.unlock(Some(&id)).unwrap(), None);
    assert_eq!(second.unlock(None).unwrap(), None);
    second.lock(&holder("bob")).unwrap().finish().unwrap();
    drop(session);
}

/// A run whose lock is ended by hand, and that does not know it yet. `before` is what it has done
/// by then; what it tries `after` another run has been there must come to nothing.
#[track_caller]
fn check_robbed(
    shared: &Shared,
    before: impl FnOnce(&mut Session),
    after: impl FnOnce(Session) -> Result<Document, Error>,
) -> Document {
    let mut robbed = shared.store().lock(&holder("ann")).unwrap();
    before(&mut robbed);
    let other = shared.store();
    let Err(Error::Leased { id, .. }) = other.lock(&holder("bob")) else { panic!("not locked") };
    other.unlock(Some(&id)).unwrap();
    let mut session = other.lock(&holder("bob")).unwrap();
    session.outcomes(&[made(9)]).unwrap();
    let document = session.finish().unwrap();
    assert!(document.state.records.contains_key(&tag(9)));
    is(after(robbed), "");
    let loaded = other.load().unwrap();
    assert_eq!((&loaded.document, loaded.recovered), (&document, None), "an update was lost");
    other.lock(&holder("cem")).unwrap().finish().unwrap();
    document
}

#[test]
fn a_robbed_run_writes_nothing() {
    for count in [0, 2] {
        // It has recorded nothing yet.
        check_robbed(
            &filled(count),
            |_| {},
            |mut session| {
                // Where there is no state yet it would begin by writing one.
                let why =
                    if count == 0 { "was written by another run" } else { "it was unlocked by" };
                is(session.intents(&[create(1)]), why);
                session.edit(put(7));
                session.finish()
            },
        );
        check_robbed(
            &filled(count),
            |_| {},
            |mut session| {
                session.edit(put(7));
                let refused = session.finish();
                assert!(matches!(refused, Err(Error::Overtaken { .. })), "{refused:?}");
                refused
            },
        );
    }
    // What it had recorded is in the other's state; what it records from then on is not.
    let begun = |session: &mut Session| session.intents(&[create(5), create(6)]).unwrap();
    let document = check_robbed(&filled(1), begun, |mut session| {
        is(session.intents(&[create(7)]), "was lost: it was unlocked by hand");
        is(session.outcomes(&[made(5)]), "an earlier write to it failed");
        session.finish()
    });
    assert_eq!(document.state.open.len(), 2);
    let begun = |session: &mut Session| session.intents(&[create(5)]).unwrap();
    check_robbed(&filled(1), begun, |mut session| {
        is(session.outcomes(&[made(5)]), "was lost: it was unlocked by hand");
        session.finish()
    });
}

/// It comes back when the other is in the middle of its own run, and would write what the other has
/// recovered from it.
#[test]
fn a_robbed_run_leaves_the_journal_of_the_other() {
    let shared = filled(1);
    let mut robbed = shared.store().lock(&holder("ann")).unwrap();
    robbed.outcomes(&[made(1)]).unwrap();
    let other = shared.store();
    let Err(Error::Leased { id, .. }) = other.lock(&holder("bob")) else { panic!("not locked") };
    other.unlock(Some(&id)).unwrap();
    let mut session = other.lock(&holder("bob")).unwrap();
    session.outcomes(&[made(2)]).unwrap();
    robbed.finish().unwrap();
    assert_eq!(shared.store().load().unwrap().document.state, state_of(3));
    session.outcomes(&[made(3)]).unwrap();
    assert_eq!(session.finish().unwrap().state, state_of(4));
}

#[test]
fn a_bucket_without_conditions_is_refused() {
    let shared = Shared::new();
    let (client, store) = shared.machine(LONG);
    client.ignore_conditions();
    is(store.lock(&holder("ann")), "its server takes writes whatever their conditions");
}

#[test]
fn locks_that_are_none() {
    let shared = Shared::new();
    shared.put("team/state.json.lock", b"{}");
    is(shared.store().lock(&holder("ann")), "is no lock of airform's: missing field ");
    shared.put("team/state.json.lock", br#"{"format_version": 2}"#);
    is(shared.store().lock(&holder("ann")), "has format version 2, and this version");
}

#[test]
fn a_journal_of_many_segments() {
    let shared = filled(1);
    let (client, store) = shared.machine(LONG);
    let mut session = store.lock(&holder("ann")).unwrap();
    for number in 1..600 {
        session.outcomes(&[made(number)]).unwrap();
    }
    let segments = shared.journals();
    assert!((2..12).contains(&segments), "{segments}");
    client.unplug();
    drop(session);
    let next = shared.store();
    assert_eq!(next.load().unwrap().document.state.records.len(), 600);
    let Err(Error::Leased { id, .. }) = next.lock(&holder("bob")) else { panic!("not locked") };
    next.unlock(Some(&id)).unwrap();
    let session = next.lock(&holder("bob")).unwrap();
    assert_eq!(session.recovered().unwrap().outcomes, 599);
    session.finish().unwrap();
    assert_eq!(shared.journals(), 0);
}

#[test]
fn many_at_once() {
    let shared = Shared::new();
    let inside = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (shared, inside) = (&shared, &inside);
            scope.spawn(move || {
                let store = shared.store();
                let mut session = loop {
                    match store.lock(&holder("ann")) {
                        Ok(session) => break session,
                        Err(Error::Leased { .. } | Error::Contended { .. }) => {
                            std::thread::yield_now();
                        }
                        Err(error) => panic!("{error}"),
                    }
                };
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two are inside");
                session.outcomes(&[made(number)]).unwrap();
                inside.fetch_sub(1, Ordering::SeqCst);
                session.finish().unwrap();
            });
        }
    });
    let document = shared.store().load().unwrap().document;
    assert_eq!((document.state, document.serial), (state_of(8), 8));
}
