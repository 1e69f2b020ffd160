//! What is written is what is read.

use model::history::{Before, Fate, Image, Run};
use model::state::{OpenIntent, Sent};
use model::{SmallMap, Value};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::*;
use crate::document::Document;
use crate::format::{self, Stored};
use crate::journal::{Begin, Entry};

pub(super) fn address() -> impl Strategy<Value = Address> {
    let key = proptest::option::of("\\PC{1,6}");
    (proptest::sample::select(&Kind::ALL[..]), "[a-zA-Z0-9_-]{1,6}", key).prop_map(
        |(kind, name, key)| match key {
            Some(key) => Address::instance(kind, name, key),
            None => Address::new(kind, name),
        },
    )
}

pub(super) fn small_map<K: Strategy<Value: Ord>, V: Strategy>(
    keys: K,
    values: V,
    size: std::ops::Range<usize>,
) -> impl Strategy<Value = SmallMap<K::Value, V::Value>> {
    btree_map(keys, values, size).prop_map(|members| members.into_iter().collect())
}

pub(super) fn path() -> impl Strategy<Value = Path> {
    use model::value::Segment;
    let segment = prop_oneof![
        any::<String>().prop_map(Segment::Key),
        any::<usize>().prop_map(Segment::Index),
        any::<String>().prop_map(Segment::Member),
    ];
    ("[a-z_]{1,8}", vec(segment, 0..4)).prop_map(|(attribute, rest)| {
        Path::of(std::iter::once(Segment::Key(attribute)).chain(rest).collect())
    })
}

pub(super) fn fingerprint() -> impl Strategy<Value = Fingerprint> {
    "[0-9a-f]{4}".prop_map(Fingerprint)
}

fn leaf() -> impl Strategy<Value = Remembered> {
    let origin = prop_oneof![Just(Origin::Written), Just(Origin::Assumed), Just(Origin::Unknown)];
    let seen =
        prop_oneof![Just(Seen::Same), Just(Seen::Hidden), fingerprint().prop_map(Seen::Other)];
    (fingerprint(), origin, seen).prop_map(|(sent, origin, seen)| Remembered { sent, origin, seen })
}

pub(super) fn any_record() -> impl Strategy<Value = Record> {
    let deposed =
        (any::<String>(), any::<String>()).prop_map(|(id, name)| Deposed { id: Id(id), name });
    (
        any::<String>(),
        any::<String>(),
        small_map("[a-z_]{1,6}", any::<String>(), 0..3),
        small_map(path(), leaf(), 0..5),
        any::<bool>(),
        vec(deposed, 0..3),
    )
        .prop_map(|(id, name, kept, leaves, prevent_destroy, deposed)| Record {
            id: Id(id),
            name,
            kept,
            leaves,
            prevent_destroy,
            deposed,
        })
}

pub(super) fn any_owner() -> impl Strategy<Value = Owner> {
    (any::<String>(), any::<String>()).prop_map(|(host, organization)| Owner { host, organization })
}

fn sent() -> impl Strategy<Value = Option<Sent>> {
    let kept = small_map(any::<String>(), any::<String>(), 0..3);
    let leaves = small_map(path(), any::<String>().prop_map(Fingerprint), 0..4);
    let dropped = proptest::collection::btree_set(path(), 0..3);
    let sent =
        (kept, leaves, dropped).prop_map(|(kept, leaves, dropped)| Sent { kept, leaves, dropped });
    proptest::option::of(sent)
}

fn state() -> impl Strategy<Value = State> {
    let open = (address(), any::<Option<String>>(), sent())
        .prop_map(|(address, name, sent)| OpenIntent { address, name, sent });
    (proptest::option::of(any_owner()), btree_map(address(), any_record(), 0..6), vec(open, 0..3))
        .prop_map(|(owner, records, open)| State { owner, records, open })
}

fn a_run() -> impl Strategy<Value = Run> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| Value::Number(number.into())),
        any::<String>().prop_map(Value::Text),
        address().prop_map(Value::Reference),
        Just(Value::List(vec![])),
        Just(Value::Map(Default::default())),
    ];
    let before =
        prop_oneof![Just(Before::Absent), Just(Before::Unknown), value.prop_map(Before::Clear)];
    let fates = [Fate::Made, Fate::Changed, Fate::Replaced, Fate::Deleted, Fate::Adopted];
    let image =
        (proptest::sample::select(fates.to_vec()), any::<bool>(), small_map(path(), before, 0..4))
            .prop_map(|(fate, touched, leaves)| Image { fate, touched, leaves });
    (any::<u64>(), any::<String>(), btree_map(address(), image, 0..3))
        .prop_map(|(number, command, images)| Run { number, command, images })
}

fn entry() -> impl Strategy<Value = Entry> {
    let operation = prop_oneof![
        Just(Operation::Create),
        Just(Operation::Update),
        Just(Operation::Delete),
        Just(Operation::Attach),
        Just(Operation::Detach),
    ];
    let step = any::<usize>().prop_map(StepId);
    let intent = (step.clone(), address(), operation, any::<Option<String>>(), sent()).prop_map(
        |(step, address, operation, name, sent)| Intent { step, address, operation, name, sent },
    );
    let change = prop_oneof![
        (address(), any_record())
            .prop_map(|(address, record)| StateChange::Put { address, record }),
        address().prop_map(|address| StateChange::Remove { address }),
    ];
    let outcome =
        (step.clone(), vec(change, 0..3)).prop_map(|(step, changes)| Outcome { step, changes });
    prop_oneof![
        (any::<String>(), any::<u64>(), any::<String>(), any::<String>()).prop_map(
            |(lineage, serial, run, who)| {
                Entry::Begin(Begin { lineage, serial, run, holder: holder(&who) })
            }
        ),
        any_owner().prop_map(Entry::Claim),
        a_run().prop_map(Entry::Run),
        any::<String>().prop_map(Entry::Applies),
        vec(intent, 0..4).prop_map(Entry::Intents),
        vec(outcome, 0..4).prop_map(Entry::Outcomes),
        (step, any::<bool>()).prop_map(|(step, unclear)| Entry::Failed { step, unclear }),
        any::<String>().prop_map(|who| Entry::Closed { by: holder(&who) }),
    ]
}

proptest! {
    #[test]
    fn any_state(
        state in state(), runs in vec(a_run(), 0..3), serial: u64, folded: Option<String>,
        applied_plans: Vec<String>,
    ) {
        let document = Document { serial, state, runs, applied_plans, ..Document::fresh() };
        let stored = Stored { document, folded };
        let text = format::write_state(&stored).unwrap();
        let read = format::read_state(&text).unwrap();
        prop_assert_eq!(format::write_state(&read).unwrap(), text);
        prop_assert_eq!(read, stored);
    }

    #[test]
    fn any_entry(entry in entry()) {
        let text = format::write_entry(&entry).unwrap();
        prop_assert!(!text.contains(&b'\n'));
        prop_assert_eq!(format::read_entry(&text).unwrap(), entry);
    }
}

#[test]
fn the_file_as_people_see_it() {
    let key = crate::document::Key::from_hex(&"ab".repeat(32)).unwrap();
    let state = State {
        owner: Some(owner()),
        open: vec![OpenIntent { address: tag(2), name: None, sent: None }],
        ..state_of(1)
    };
    let lineage = "l-1".to_owned();
    let (applied_plans, runs) = (Vec::new(), Vec::new());
    let document = Document { lineage, serial: 3, key, applied_plans, state, runs };
    let text = format::write_state(&Stored { document, folded: Some("r-1".into()) }).unwrap();
    assert_eq!(
        String::from_utf8(text).unwrap(),
        r#"{
  "format_version": 1,
  "lineage": "l-1",
  "serial": 3,
  "key": "abababababababababababababababababababababababababababababababab",
  "run": "r-1",
  "owner": {
    "host": "https://api.example.com",
    "organization": "o-1"
  },
  "records": {
    "tags.t0": {
      "id": "id-0",
      "name": "tag 0",
      "kept": {},
      "leaves": {
        "name": {
          "sent": "0000000000000000000000000000000000000000000000000000000000000000",
          "origin": "written",
          "seen": "same"
        }
      },
      "deposed": [
        {
          "id": "old-0",
          "name": "before"
        }
      ]
    }
  },
  "open": [
    {
      "address": "tags.t2",
      "name": null
    }
  ]
}
"#
    );
}

#[test]
fn a_run_from_nothing_to_the_end() {
    let folder = Folder::new();
    let loaded = folder.store().load().unwrap();
    assert!(!loaded.existed);
    assert_eq!(loaded.document.state, State::default());
    assert_eq!(folder.names(), names([]));

    let mut session = folder.lock();
    let (lineage, key) = (session.document().lineage.clone(), session.document().key.clone());
    session.claim(owner()).unwrap();
    session.claim(owner()).unwrap();
    session.intents(&[create(0), create(1), create(2), create(3)]).unwrap();
    session.outcomes(&[made(0), made(1)]).unwrap();
    session.failed(StepId(2), false).unwrap();
    session.failed(StepId(3), true).unwrap();
    assert_eq!(session.state().records.len(), 2);
    let document = session.finish().unwrap();

    assert_eq!(folder.names(), names(["state.json", "state.json.backup"]));
    assert_eq!((&document.lineage, &document.key, document.serial), (&lineage, &key, 1));
    let open = vec![OpenIntent { address: tag(3), name: Some("tag 3".into()), sent: None }];
    assert_eq!(document.state, State { owner: Some(owner()), open, ..state_of(2) });
    let loaded = folder.store().load().unwrap();
    assert_eq!((loaded.document, loaded.existed, loaded.recovered), (document, true, None));
}

#[test]
fn a_run_that_changes_nothing_writes_nothing() {
    let folder = Folder::new();
    folder.lock().finish().unwrap();
    assert_eq!(folder.names(), names([]));

    let mut session = folder.lock();
    session.edit(put(0));
    session.finish().unwrap();
    let before = folder.files();
    let mut session = folder.lock();
    session.edit(put(0));
    session.edit(StateChange::Remove { address: tag(9) });
    session.intents(&[Intent { operation: Operation::Update, ..create(0) }]).unwrap();
    session.outcomes(&[made(0)]).unwrap();
    assert_eq!(session.finish().unwrap().serial, 1);
    assert_eq!(folder.files(), before);
}

#[test]
fn edits_and_backups() {
    let folder = Folder::new();
    let mut session = folder.lock();
    session.edit(put(0));
    session.edit(put(1));
    session.finish().unwrap();
    let first = folder.files()["state.json"].clone();
    let mut session = folder.lock();
    session.edit(StateChange::Remove { address: tag(1) });
    let document = session.finish().unwrap();
    assert_eq!((document.state, document.serial), (state_of(1), 2));
    assert_eq!(folder.files()["state.json.backup"], first);
}

#[test]
fn a_state_of_another_organization_is_not_claimed() {
    let folder = Folder::new();
    let mut session = folder.lock();
    session.claim(owner()).unwrap();
    let other = Owner { organization: "o-2".into(), ..owner() };
    let error = session.claim(other).unwrap_err().to_string();
    assert!(error.contains("belongs to organization o-1 at https://api.example.com"), "{error}");
    assert!(error.contains("not to o-2"), "{error}");
}

#[test]
#[cfg(unix)]
fn only_the_owner_reads_them() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let mut session = folder.lock();
    session.outcomes(&[made(0)]).unwrap();
    session.finish().unwrap();
    let mut session = folder.lock();
    session.outcomes(&[made(1)]).unwrap();
    assert_eq!(folder.names().len(), 4);
    for name in folder.names() {
        let mode = fs::metadata(folder.0.path().join(&name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    session.finish().unwrap();
}

/// One that others may read is told of, and closed when it is written again.
#[test]
#[cfg(unix)]
fn what_others_may_read_is_told_of() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let open = || folder.store().open_to_others();
    assert!(open().is_empty(), "nothing is there");
    let mut session = folder.lock();
    session.outcomes(&[made(0)]).unwrap();
    session.finish().unwrap();
    assert!(open().is_empty(), "it is made closed");
    let path = folder.store().path().to_owned();
    for (mode, is_open) in [(0o640, true), (0o604, true), (0o602, true), (0o700, false)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(!open().is_empty(), is_open, "{mode:o}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(open(), std::slice::from_ref(&path));
    let mut session = folder.lock();
    session.outcomes(&[made(1)]).unwrap();
    session.finish().unwrap();
    assert!(open().is_empty(), "writing it closes it");
}

#[test]
#[cfg(unix)]
fn a_link_stays_a_link() {
    let (folder, elsewhere) = (Folder::new(), Folder::new());
    let mut session = elsewhere.lock();
    session.edit(put(0));
    session.finish().unwrap();
    let link = folder.0.path().join("state.json");
    std::os::unix::fs::symlink(elsewhere.store().path(), &link).unwrap();
    let mut session = folder.lock();
    session.edit(put(1));
    session.finish().unwrap();
    assert_eq!(elsewhere.store().load().unwrap().document.state, state_of(2));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}
