//! When a request may go, and how long to wait before it is tried again.
//!
//! A limit of the service counts for the organization and not for one request (dossier 1.3). So
//! there is one gate for everybody: it lets so many requests through at once (fewer after each limit
//! that was met, one more after each round that went well), none during a pause, none over the pace
//! or the number that the caller allows.

mod headers;
mod jitter;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit, watch};

use crate::clock::Clock;
use crate::observe::{Observer, Pause, Why};
use crate::settings::{Budget, Pace};

pub(crate) use headers::{Allowance, allowance, retry_after};
pub(crate) use jitter::Jitter;

/// How long it is waited for a service that answers nothing but 429: the longest window that we have
/// heard of is an hour (dossier 1.3), and a clock may be off by a few minutes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(70 * 60);

/// How many repetitions may be spent at once. A service that is down is then not asked four times
/// for each of ten thousand steps.
const MOST_SPARE: u32 = 100;
/// What a repetition costs of it. Each answer earns 1, so that a service may fail at every third
/// request for ever.
const REPETITION: u32 = 2;

/// Decides when requests go.
#[derive(Debug)]
pub(crate) struct Rate {
    clock: Arc<dyn Clock>,
    observer: Option<Arc<dyn Observer>>,
    budget: Budget,
    /// Whoever has come first gets the first place.
    places: Semaphore,
    flow: Mutex<Flow>,
    /// Nothing waits any more.
    hurry: watch::Sender<bool>,
}

#[derive(Debug)]
struct Flow {
    /// How many places there are to be, and the most there can be.
    limit: usize,
    most: usize,
    /// How many places there are still too many: they go when they are given back.
    surplus: usize,
    /// How many answers have come since there was last a place more or fewer.
    calm: usize,
    /// How often places were taken away. What was sent before the last time tells nothing new.
    epoch: u64,
    /// No request goes before this time of the clock, and why.
    resume_at: Duration,
    why: Why,
    /// Up to when waits were told to the observer.
    told: Duration,
    /// Since when nothing was answered but 429.
    starved: Option<Duration>,
    /// How many requests went, and when the last of them did, as far as the pace asks.
    made: u64,
    recent: VecDeque<Duration>,
    /// What is left for repetitions.
    spare: u32,
}

/// The right to send one request. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    rate: &'a Rate,
    place: Option<SemaphorePermit<'a>>,
    epoch: u64,
}

/// Why a request may not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The service asks for a pause that is longer than anybody waits.
    Patience {
        /// How long it asks for.
        asked: Duration,
    },
    /// It would have to wait, and nothing waits any more.
    Told,
    /// As many as were allowed have gone.
    Spent {
        /// How many that is.
        allowed: u64,
    },
    /// This one waited for longer than it makes sense. Others may go.
    Late,
}

/// What the gate says to somebody with a place.
enum Gate {
    Go { epoch: u64 },
    Wait { time: Duration, tell: Option<Why> },
    Stop(Stop),
}

impl Rate {
    pub(crate) fn new(
        concurrency: usize,
        budget: Budget,
        clock: Arc<dyn Clock>,
        observer: Option<Arc<dyn Observer>>,
    ) -> Rate {
        let most = concurrency.clamp(1, Semaphore::MAX_PERMITS);
        let flow = Flow {
            limit: most,
            most,
            surplus: 0,
            calm: 0,
            epoch: 0,
            resume_at: Duration::ZERO,
            why: Why::Refused,
            told: Duration::ZERO,
            starved: None,
            made: 0,
            recent: VecDeque::new(),
            spare: MOST_SPARE,
        };
        Rate {
            clock,
            observer,
            budget,
            places: Semaphore::new(most),
            flow: Mutex::new(flow),
            hurry: watch::Sender::new(false),
        }
    }

    /// Waits for the right to send one request, which makes no sense any more `until` that time of
    /// the clock.
    ///
    /// # Errors
    /// None may go any more, or it is too late for this one.
    pub(crate) async fn turn(&self, until: Option<Duration>) -> Result<Turn<'_>, Stop> {
        loop {
            // An error would mean that the semaphore was closed, which nobody does.
            let place = self.places.acquire().await.ok();
            let mut turn = Turn { rate: self, place, epoch: 0 };
            loop {
                match self.ask(until) {
                    Gate::Go { epoch } => {
                        turn.epoch = epoch;
                        return Ok(turn);
                    }
                    Gate::Stop(stop) => return Err(stop),
                    Gate::Wait { .. } if *self.hurry.borrow() => return Err(Stop::Told),
                    Gate::Wait { time, tell } => {
                        if let (Some(why), Some(observer)) = (tell, &self.observer) {
                            observer.paused(&Pause { time, why });
                        }
                        // The place is kept: only so many wait by the clock, the rest in a queue.
                        self.sleep(time).await;
                    }
                }
                if self.flow().surplus > 0 {
                    break;
                }
            }
        }
    }

    fn ask(&self, until: Option<Duration>) -> Gate {
        let now = self.clock.now();
        let mut flow = self.flow();
        let Budget { requests, pace } = &self.budget;
        if let Some(allowed) = requests.filter(|allowed| flow.made >= *allowed) {
            return Gate::Stop(Stop::Spent { allowed });
        }
        let pause = flow.resume_at.saturating_sub(now);
        if pause > PATIENCE {
            return Gate::Stop(Stop::Patience { asked: pause });
        }
        let (time, why) = match pace.and_then(|pace| flow.ahead(pace, now)) {
            Some(time) if time > pause => (time, Why::Pace),
            _ => (pause, flow.why),
        };
        if time.is_zero() {
            // Nothing is spent on it: what is over by now would only be refused.
            if until.is_some_and(|until| now >= until) {
                return Gate::Stop(Stop::Late);
            }
            flow.made += 1;
            if pace.is_some() {
                flow.recent.push_back(now);
            }
            return Gate::Go { epoch: flow.epoch };
        }
        // Everybody who waits for one thing would tell of it.
        let is_news = now + time > flow.told;
        flow.told = flow.told.max(now + time);
        Gate::Wait { time, tell: is_news.then_some(why) }
    }

    /// The service has refused a request because of a limit. Lets nothing go for `time`, as what
    /// others send meanwhile would only be refused too.
    ///
    /// # Errors
    /// The service has refused everything for so long, or asks for so long a pause, that it is not
    /// waited for.
    pub(crate) fn refused(&self, time: Duration) -> Result<(), Stop> {
        let now = self.clock.now();
        let mut flow = self.flow();
        let since = *flow.starved.get_or_insert(now);
        flow.pause(now.saturating_add(time), Why::Refused);
        if time > PATIENCE || now.saturating_sub(since) >= PATIENCE {
            return Err(Stop::Patience { asked: time });
        }
        Ok(())
    }

    /// What is left of a pause that the service asked for.
    pub(crate) fn pause_left(&self) -> Option<Pause> {
        let flow = self.flow();
        let time = flow.resume_at.saturating_sub(self.clock.now());
        (!time.is_zero()).then_some(Pause { time, why: flow.why })
    }

    /// The service tells what is left of its limit: where that is nothing, asking can wait until
    /// there is something again.
    pub(crate) fn told(&self, allowance: &Allowance) {
        let Allowance { limit, remaining, reset } = allowance;
        if *remaining == Some(0)
            && let Some(time) = reset.filter(|time| *time <= PATIENCE)
        {
            let until = self.clock.now().saturating_add(time);
            self.flow().pause(until, Why::UsedUp { limit: *limit });
        }
    }

    /// Whether a request that has failed may be sent again, as far as others have left it a chance.
    pub(crate) fn may_repeat(&self) -> bool {
        let mut flow = self.flow();
        let left = flow.spare.checked_sub(REPETITION);
        flow.spare = left.unwrap_or(flow.spare);
        left.is_some()
    }

    /// How many requests went.
    pub(crate) fn made(&self) -> u64 {
        self.flow().made
    }

    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }

    /// Waits, and says whether it was waited out.
    pub(crate) async fn sleep(&self, time: Duration) -> bool {
        let mut hurry = self.hurry.subscribe();
        tokio::select! {
            () = self.clock.sleep(time) => true,
            // An error would mean that this rate is gone.
            _ = hurry.wait_for(|hurry| *hurry) => false,
        }
    }

    /// Lets nothing wait any more.
    pub(crate) fn stop_waiting(&self) {
        self.hurry.send_replace(true);
    }

    fn flow(&self) -> MutexGuard<'_, Flow> {
        self.flow.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    fn places_for(&self) -> usize {
        self.flow().limit
    }
}

impl Flow {
    fn pause(&mut self, until: Duration, why: Why) {
        if until > self.resume_at {
            self.resume_at = until;
            self.why = why;
        }
    }

    /// How long until the pace lets one more go.
    fn ahead(&mut self, pace: Pace, now: Duration) -> Option<Duration> {
        let Pace { requests, window } = pace;
        let begin = now.checked_sub(window);
        while self.recent.front().is_some_and(|at| begin.is_some_and(|begin| *at <= begin)) {
            self.recent.pop_front();
        }
        // The one that has to leave the window before there is room. A pace of nothing is one of
        // one, as nothing would ever be sent.
        let most = usize::try_from(requests.max(1)).unwrap_or(usize::MAX);
        let first = self.recent.len().checked_sub(most)?;
        self.recent.get(first).map(|at| (*at + window).saturating_sub(now))
    }
}

impl Turn<'_> {
    /// The service said anything but that it is asked too much.
    pub(crate) fn answered(&self) {
        let mut flow = self.rate.flow();
        flow.starved = None;
        flow.spare = (flow.spare + 1).min(MOST_SPARE);
        flow.calm += 1;
        if flow.calm >= flow.limit && flow.limit < flow.most {
            flow.calm = 0;
            flow.limit += 1;
            match flow.surplus.checked_sub(1) {
                Some(less) => flow.surplus = less,
                None => self.rate.places.add_permits(1),
            }
        }
    }

    /// The service is asked too much. Half as many at once from here on; once for all that were
    /// under way together. Says whether this was the one that counts.
    pub(crate) fn overloaded(&self) -> bool {
        let mut flow = self.rate.flow();
        if self.epoch != flow.epoch {
            return false;
        }
        flow.epoch += 1;
        flow.calm = 0;
        let less = (flow.limit / 2).max(1);
        flow.surplus += flow.limit - less;
        flow.limit = less;
        // Places that nobody has go at once.
        flow.surplus -= self.rate.places.forget_permits(flow.surplus);
        true
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut flow = self.rate.flow();
        if let Some(less) = flow.surplus.checked_sub(1)
            && let Some(place) = self.place.take()
        {
            flow.surplus = less;
            place.forget();
        }
    }
}

#[cfg(test)]
mod tests;
