use std::pin::Pin;

use super::*;

/// Time passes here as soon as somebody waits for it.
#[derive(Debug, Default)]
struct Hurried(Mutex<Duration>);

impl Clock for Hurried {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        *self.0.lock().unwrap() += time;
        Box::pin(tokio::task::yield_now())
    }
}

/// What was told, in whole seconds.
#[derive(Debug, Default)]
struct Told(Mutex<Vec<(u64, Why)>>);

impl Observer for Told {
    fn exchanged(&self, _: &crate::observe::Exchange<'_>) {}

    fn paused(&self, pause: &Pause) {
        self.0.lock().unwrap().push((pause.time.as_secs(), pause.why));
    }
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn rate(concurrency: usize, budget: Budget) -> (Rate, Arc<Hurried>, Arc<Told>) {
    let (clock, told) = (Arc::new(Hurried::default()), Arc::new(Told::default()));
    let rate = Rate::new(concurrency, budget, clock.clone(), Some(told.clone()));
    (rate, clock, told)
}

#[tokio::test]
async fn a_limit_halves_what_goes_at_once_and_each_calm_round_gives_one_back() {
    let (rate, ..) = rate(8, Budget::default());
    let mut turns = Vec::new();
    for _ in 0..8 {
        turns.push(rate.turn(None).await.unwrap());
    }
    // All of them meet the same limit: it counts once.
    let counted = turns.iter().filter(|turn| turn.overloaded()).count();
    assert_eq!(counted, 1);
    assert_eq!(rate.places_for(), 4);
    drop(turns);
    assert_eq!(rate.places.available_permits(), 4);
    for (places, rounds) in [(4, 3), (4, 1), (5, 4), (5, 1), (6, 6), (7, 7), (8, 8), (8, 99)] {
        assert_eq!(rate.places_for(), places);
        for _ in 0..rounds {
            rate.turn(None).await.unwrap().answered();
        }
    }
    assert_eq!((rate.places_for(), rate.places.available_permits()), (8, 8));
    for places in [4, 2, 1, 1] {
        assert!(rate.turn(None).await.unwrap().overloaded());
        assert_eq!((rate.places_for(), rate.places.available_permits()), (places, places));
    }
}

#[tokio::test]
async fn a_place_too_many_goes_when_its_holder_is_done() {
    let (rate, ..) = rate(3, Budget::default());
    let (one, two) = (rate.turn(None).await.unwrap(), rate.turn(None).await.unwrap());
    assert!(one.overloaded());
    // One place was free and went; one of those in use has to.
    assert_eq!((rate.places_for(), rate.flow().surplus), (1, 1));
    drop(one);
    assert_eq!((rate.flow().surplus, rate.places.available_permits()), (0, 0));
    drop(two);
    assert_eq!(rate.places.available_permits(), 1);
}

#[tokio::test]
async fn a_pause_is_for_everybody_and_is_told_once() {
    let (rate, clock, told) = rate(2, Budget::default());
    rate.refused(secs(40)).unwrap();
    rate.refused(secs(9)).unwrap();
    let (one, two) = tokio::join!(rate.turn(None), rate.turn(None));
    assert!(one.is_ok() && two.is_ok() && clock.now() >= secs(40));
    assert_eq!(*told.0.lock().unwrap(), [(40, Why::Refused)]);
}

#[tokio::test]
async fn what_waits_for_too_long_does_not_go_and_costs_nothing() {
    let (rate, ..) = rate(1, Budget { requests: Some(1), pace: None });
    rate.refused(secs(40)).unwrap();
    assert_eq!(rate.turn(Some(secs(40))).await.unwrap_err(), Stop::Late);
    assert_eq!((rate.made(), rate.places.available_permits()), (0, 1));
    drop(rate.turn(Some(secs(41))).await.unwrap());
}

#[tokio::test]
async fn what_was_halved_waits_its_turn_after_a_pause() {
    let (rate, ..) = rate(4, Budget::default());
    let first = rate.turn(None).await.unwrap();
    rate.refused(secs(5)).unwrap();
    assert!(first.overloaded());
    drop(first);
    let turns = std::array::from_fn::<_, 4, _>(|_| async {
        let turn = rate.turn(None).await.unwrap();
        // While one goes, at most one other does.
        let others = rate.places_for() - rate.places.available_permits();
        tokio::task::yield_now().await;
        drop(turn);
        others
    });
    let [a, b, c, d] = turns;
    let (a, b, c, d) = tokio::join!(a, b, c, d);
    assert!([a, b, c, d].iter().all(|others| *others <= 2));
}

#[tokio::test]
async fn a_service_that_lets_nothing_through_is_left_after_a_while() {
    let (rate, clock, _) = rate(1, Budget::default());
    let mut pauses = 0;
    while rate.refused(secs(600)).is_ok() {
        drop(rate.turn(None).await.unwrap());
        pauses += 1;
    }
    assert_eq!((pauses, clock.now()), (7, PATIENCE));
    // One that lets a request through now and then is waited for without end.
    for _ in 0..100 {
        rate.turn(None).await.unwrap().answered();
        rate.refused(PATIENCE).unwrap();
    }
}

#[tokio::test]
async fn a_pause_that_is_too_long_ends_it_for_all() {
    let (rate, clock, told) = rate(2, Budget::default());
    let asked = PATIENCE + secs(1);
    assert_eq!(rate.refused(asked), Err(Stop::Patience { asked }));
    assert_eq!(rate.turn(None).await.unwrap_err(), Stop::Patience { asked });
    assert_eq!((clock.now(), told.0.lock().unwrap().len()), (Duration::ZERO, 0));
}

#[tokio::test]
async fn nothing_is_asked_when_the_service_says_that_nothing_is_left() {
    let (rate, clock, told) = rate(2, Budget::default());
    let allowance = |remaining, reset| Allowance {
        limit: Some(1000),
        remaining: Some(remaining),
        reset: Some(reset),
    };
    rate.told(&allowance(1, secs(50)));
    rate.told(&allowance(0, PATIENCE + secs(1)));
    rate.told(&Allowance { remaining: Some(0), ..Allowance::default() });
    drop(rate.turn(None).await.unwrap());
    assert_eq!(clock.now(), Duration::ZERO);
    rate.told(&allowance(0, secs(50)));
    drop(rate.turn(None).await.unwrap());
    assert_eq!(clock.now(), secs(50));
    assert_eq!(*told.0.lock().unwrap(), [(50, Why::UsedUp { limit: Some(1000) })]);
}

#[tokio::test]
async fn a_pace_holds_in_every_window() {
    let pace = Pace { requests: 3, window: secs(60) };
    let (rate, clock, told) = rate(4, Budget { requests: None, pace: Some(pace) });
    let mut went = Vec::new();
    for _ in 0..8 {
        drop(rate.turn(None).await.unwrap());
        went.push(clock.now().as_secs());
        *clock.0.lock().unwrap() += secs(10);
    }
    assert_eq!(went, [0, 10, 20, 60, 70, 80, 120, 130]);
    assert_eq!(*told.0.lock().unwrap(), [(30, Why::Pace), (30, Why::Pace)]);
}

#[tokio::test]
async fn no_more_go_than_are_allowed() {
    let (rate, ..) = rate(4, Budget { requests: Some(2), pace: None });
    for _ in 0..2 {
        drop(rate.turn(None).await.unwrap());
    }
    assert_eq!(rate.turn(None).await.unwrap_err(), Stop::Spent { allowed: 2 });
    assert_eq!(rate.made(), 2);
}

#[tokio::test]
async fn repetitions_end_when_too_much_has_failed() {
    let (rate, ..) = rate(1, Budget::default());
    let spend = || std::iter::repeat_with(|| rate.may_repeat()).take_while(|may| *may).count();
    assert_eq!(spend(), 50);
    for _ in 0..5 {
        rate.turn(None).await.unwrap().answered();
    }
    assert_eq!(spend(), 2);
}

#[tokio::test]
async fn nothing_waits_when_it_is_to_end() {
    let (rate, clock, _) = rate(2, Budget::default());
    rate.stop_waiting();
    drop(rate.turn(None).await.unwrap());
    rate.refused(secs(5)).unwrap();
    assert_eq!(rate.turn(None).await.unwrap_err(), Stop::Told);
    assert_eq!(clock.now(), Duration::ZERO);
}

/// Time never passes here.
#[derive(Debug)]
struct Endless;

impl Clock for Endless {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn whatever_waits_already_is_told_that_it_is_to_end() {
    let rate = Rate::new(1, Budget::default(), Arc::new(Endless), None);
    rate.refused(secs(3600)).unwrap();
    let told = async {
        tokio::task::yield_now().await;
        rate.stop_waiting();
    };
    let (one, other, ()) = tokio::join!(rate.turn(None), rate.turn(None), told);
    assert_eq!((one.unwrap_err(), other.unwrap_err()), (Stop::Told, Stop::Told));
}
