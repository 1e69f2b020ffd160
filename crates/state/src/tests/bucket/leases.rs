//! Locks that run out. The bucket's clock stands still unless a test moves it.

use super::*;

/// A machine's own lease, long enough for a machine that is busy with other things.
const BRIEF: Timing = Timing { lease: Duration::from_secs(3), grain: Duration::ZERO };
/// One that is renewed often.
const BUSY: Timing = Timing { lease: Duration::from_millis(150), grain: Duration::ZERO };

#[test]
fn a_dead_holder_is_taken_over() {
    let shared = filled(1);
    let (client, store) = shared.machine(LONG);
    let mut session = store.lock(&holder("ann")).unwrap();
    session.intents(&[create(1), create(2)]).unwrap();
    session.outcomes(&[made(1)]).unwrap();
    client.unplug();
    shared.advance(LONG.lease - Duration::from_secs(1));
    let refused = shared.store().lock(&holder("bob"));
    assert!(matches!(refused, Err(Error::Leased { seconds: 1, .. })), "{refused:?}");
    shared.advance(Duration::from_secs(1));
    let taken = shared.store().lock(&holder("bob")).unwrap();
    assert_eq!(taken.recovered(), Some(Recovered { outcomes: 1, open: 1 }));
    assert_eq!(taken.document().serial, 2);
    taken.finish().unwrap();
    client.plug();
    // Nobody told it, but it sees that it may not go on.
    is(session.intents(&[create(3)]), "was lost: ");
    session.edit(put(7));
    is(session.finish(), "was written by another run");
    assert_eq!(shared.store().load().unwrap().document.state.records, state_of(2).records);
}

#[test]
fn others_wait_for_the_grain_of_the_clock_too() {
    let shared = filled(1);
    let grain = Duration::from_secs(2);
    let session = shared.machine(LONG).1.lock(&holder("ann")).unwrap();
    let other = || shared.machine(Timing { grain, ..LONG }).1.lock(&holder("bob"));
    shared.advance(LONG.lease + grain - Duration::from_millis(1));
    is(other(), "its lock runs out in 1 s");
    shared.advance(Duration::from_millis(1));
    other().unwrap().finish().unwrap();
    drop(session);
}

#[test]
fn a_lock_that_has_run_out_is_ended_without_its_id() {
    let shared = filled(1);
    let (client, store) = shared.machine(LONG);
    let session = store.lock(&holder("ann")).unwrap();
    is(shared.store().unlock(None), "the state is in use");
    client.unplug();
    drop(session);
    shared.advance(LONG.lease);
    assert!(shared.store().unlock(None).unwrap().unwrap().starts_with("ann since"));
    assert_eq!(shared.store().unlock(None).unwrap(), None);
}

#[test]
fn a_holder_that_lives_is_not_taken_over() {
    let shared = filled(1);
    let (client, store) = shared.machine(BUSY);
    let session = store.lock(&holder("ann")).unwrap();
    for _ in 0..5 {
        shared.advance(BUSY.lease / 3 * 2);
        // The next renewal may have begun before that; the one after it has not.
        let before = client.writes();
        while client.writes() < before + 2 {
            std::thread::sleep(Duration::from_millis(5));
        }
        is(shared.store().lock(&holder("bob")), "the state is in use");
    }
    session.finish().unwrap();
    shared.store().lock(&holder("bob")).unwrap().finish().unwrap();
}

#[test]
fn without_a_bucket_nothing_more_is_begun_and_what_was_done_is_kept() {
    let shared = filled(1);
    let (client, store) = shared.machine(BRIEF);
    let mut session = store.lock(&holder("ann")).unwrap();
    session.intents(&[create(1)]).unwrap();
    client.unplug();
    // No renewal that has succeeded was sent later than now.
    std::thread::sleep(BRIEF.lease);
    is(session.intents(&[create(2)]), "was lost: it could not be renewed in time");
    client.plug();
    // Nobody has come between, so there is nothing that this could overwrite.
    session.outcomes(&[made(1)]).unwrap();
    session.finish().unwrap();
    assert_eq!(shared.store().load().unwrap().document.state, state_of(2));
}
