//! A bucket that refuses, answers nonsense, or keeps what somebody has spoilt.

use super::*;

/// A whole run: what it could not record makes it end. What it has recorded is put into `known`.
fn run(store: &Store, known: &mut BTreeSet<Address>) -> Result<(), Error> {
    let mut session = store.lock(&holder("ann"))?;
    session.intents(&[create(1), create(2)])?;
    known.extend([tag(1), tag(2)]);
    session.outcomes(&[made(1)])?;
    session.intents(&[create(3)])?;
    known.insert(tag(3));
    session.outcomes(&[made(2), made(3)])?;
    session.finish().map(drop)
}

/// A run on a state of one record over a client that `breaks`, of which `count` tells how often it
/// was used. Whoever comes next finds what was known, and nothing in its way but the lock.
#[track_caller]
fn check_broken(
    breaks: impl Fn(&Client, usize),
    count: impl Fn(&Client) -> usize,
    mut complaint: impl FnMut(Error),
) {
    for at in 0.. {
        let shared = filled(1);
        let (client, store) = shared.machine(LONG);
        breaks(&client, at);
        let mut known = BTreeSet::from([tag(0)]);
        let ended = run(&store, &mut known);
        let count = count(&client);
        client.plug();
        let is_over = count <= at;
        match ended {
            Ok(()) => {}
            Err(error) => {
                assert!(!is_over, "{error}");
                assert!(error.to_string().contains("mem://b/team/state"), "{error}");
                complaint(error);
            }
        }
        let next = shared.store();
        if let Err(Error::Leased { id, .. }) = next.lock(&holder("bob")) {
            next.unlock(Some(&id)).unwrap();
        }
        let session = next.lock(&holder("bob")).unwrap();
        let State { records, open, .. } = session.state();
        let begun = open.iter().map(|intent| intent.address.clone());
        let found: BTreeSet<Address> = records.keys().cloned().chain(begun).collect();
        assert!(known.is_subset(&found), "{at}: {known:?} is not all in {found:?}");
        session.finish().unwrap();
        if is_over {
            break;
        }
    }
}

#[test]
fn one_fault_makes_no_difference() {
    for fault in [Fault::Refused, Fault::AnswerLost] {
        for at in 0.. {
            let shared = filled(1);
            let (client, store) = shared.machine(LONG);
            client.fail_write(at, fault);
            run(&store, &mut BTreeSet::new()).unwrap();
            let document = store.load().unwrap().document;
            assert_eq!((document.state, document.serial), (state_of(4), 2), "{fault:?} {at}");
            if client.writes() <= at {
                // The lock, the journal's beginning, four entries, the state, the lock.
                assert_eq!(at, 8);
                break;
            }
        }
    }
}

#[test]
fn a_bucket_that_goes_away_for_good() {
    check_broken(Client::fail_writes_from, Client::writes, |_| {});
}

/// 500, and so every other answer that is none, from some read on.
#[test]
fn a_bucket_that_cannot_be_read() {
    let complaint = |error: Error| assert!(error.to_string().starts_with("cannot "), "{error}");
    check_broken(Client::fail_reads_from, Client::reads, complaint);
}

/// 412 to a write whose condition holds: it is taken for what it says, as nothing tells the two
/// apart, and the run ends with what it knows so far on record.
#[test]
fn a_bucket_that_answers_412() {
    let mut ends = BTreeSet::new();
    let complaint = |error| {
        ends.insert(match error {
            Error::LockLost { .. } => "lost",
            Error::Overtaken { .. } => "overtaken",
            other => panic!("{other}"),
        });
    };
    check_broken(|client, at| client.fail_write(at, Fault::Conflict), Client::writes, complaint);
    assert_eq!(ends, BTreeSet::from(["lost", "overtaken"]));
}

/// A bucket that always answers so lets nobody in.
#[test]
fn a_bucket_that_answers_nothing_but_412() {
    let shared = filled(1);
    let (client, store) = shared.machine(LONG);
    for at in 0..100 {
        client.fail_write(at, Fault::Conflict);
    }
    is(store.lock(&holder("ann")), "goes from hand to hand); try again");
    client.plug();
    assert_eq!(store.load().unwrap().document.state, state_of(1));
}

#[test]
fn a_state_that_was_spoilt() {
    let shared = filled(2);
    let text = shared.store().pull().unwrap().unwrap();
    let half = &text.as_bytes()[..text.len() / 2];
    let by_hand = text.replace("\"records\"", "\"recrods\"");
    for spoilt in [half, by_hand.as_bytes(), b"", b"<html>"] {
        shared.put("team/state.json", spoilt);
        let named = "not a state file: ";
        is(shared.store().load(), named);
        is(shared.store().lock(&holder("ann")), named);
        is(shared.store().push(&holder("ann"), "pushed.json".as_ref(), text.as_bytes()), named);
        let kept = Shared::wait(async {
            shared.0.objects.get(&Key::from("team/state.json")).await.unwrap().bytes().await
        });
        assert_eq!(kept.unwrap(), spoilt, "it is not written over");
        // Nobody is locked out by a run that came to nothing.
        assert_eq!(shared.store().unlock(None).unwrap(), None);
    }
    // A second write has left a backup, and the complaint says so.
    shared.put("team/state.json", text.as_bytes());
    let mut session = shared.store().lock(&holder("ann")).unwrap();
    session.edit(put(3));
    session.finish().unwrap();
    shared.put("team/state.json", half);
    is(shared.store().load(), "put mem://b/team/state.json.backup in its place");
}

#[test]
fn a_journal_that_was_spoilt() {
    let shared = filled(1);
    let mut session = shared.store().lock(&holder("ann")).unwrap();
    session.intents(&[create(1)]).unwrap();
    let key = shared.names().into_iter().find(|name| name.contains(".journal/")).unwrap();
    shared.put(&key, b"x\ny\n");
    is(shared.store().load(), "the journal of an interrupted run is damaged");
    is(session.outcomes(&[made(1)]), "was lost: another run has closed its journal");
}
