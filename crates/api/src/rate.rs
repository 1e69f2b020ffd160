//! When a request may go, and how long to wait before it is tried again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::clock::Clock;

/// The wait after the first failed try; it doubles with each further one. The vendor's own client
/// waits 1 s, 2 s, 4 s (dossier 1.1).
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait that we choose ourselves.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Decides when requests go: so many at once, and none while the service asked for a pause.
#[derive(Debug)]
pub(crate) struct Rate {
    clock: Arc<dyn Clock>,
    in_flight: Semaphore,
    /// No request goes before this time of the clock.
    resume_at: Mutex<Duration>,
    /// How many waits were drawn: no two are to be the same.
    drawn: AtomicU64,
}

impl Rate {
    pub(crate) fn new(concurrency: usize, clock: Arc<dyn Clock>) -> Rate {
        Rate {
            clock,
            in_flight: Semaphore::new(concurrency.clamp(1, Semaphore::MAX_PERMITS)),
            resume_at: Mutex::new(Duration::ZERO),
            drawn: AtomicU64::new(0),
        }
    }

    /// Waits for the right to send one request, which ends when what is returned is dropped.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        loop {
            // An error would mean that the semaphore was closed, which nobody does.
            let permit = self.in_flight.acquire().await.ok();
            let pause = self.resume_at().saturating_sub(self.clock.now());
            if pause.is_zero() {
                return permit;
            }
            drop(permit);
            self.clock.sleep(pause).await;
        }
    }

    /// Lets nothing go for `time`: a limit counts for the organization and not for one request
    /// (dossier 1.3), so what others send meanwhile would only be refused too.
    pub(crate) fn pause(&self, time: Duration) {
        let until = self.clock.now().saturating_add(time);
        let mut resume_at = self.resume_at.lock().unwrap_or_else(PoisonError::into_inner);
        *resume_at = until.max(*resume_at);
    }

    /// How long nothing goes yet. None where no pause was asked for.
    pub(crate) fn pause_left(&self) -> Option<Duration> {
        let left = self.resume_at().saturating_sub(self.clock.now());
        (!left.is_zero()).then_some(left)
    }

    pub(crate) async fn sleep(&self, time: Duration) {
        self.clock.sleep(time).await;
    }

    /// How long to wait after the `tries`-th try has failed, counted from 1. More than half
    /// of the full time and at most all of it, so that requests that failed together do not come back together.
    pub(crate) fn wait_after(&self, tries: u32) -> Duration {
        let doubled = FIRST_WAIT.saturating_mul(1 << tries.saturating_sub(1).min(16));
        let full = doubled.min(LONGEST_WAIT);
        let draw = self.drawn.fetch_add(1, Ordering::Relaxed);
        // The process id tells apart runs that were started together, as CI does.
        let share = mix(draw ^ (u64::from(std::process::id()) << 32));
        full.mul_f64(0.5 + 0.5 * (f64::from(share) + 1.0) / (f64::from(u32::MAX) + 1.0))
    }

    fn resume_at(&self) -> Duration {
        *self.resume_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The finalizer of splitmix64, cut: neighbours come out far apart. Nothing here must be hard to
/// guess, so a random number generator is not worth having.
fn mix(mut x: u64) -> u32 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let [a, b, c, d, ..] = x.to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// The time that `Retry-After` asks for: seconds or a date. A date is taken against the answer's
/// own `Date`, so that a clock that is wrong here does no harm.
pub(crate) fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let now = date.and_then(|date| httpdate::parse_http_date(date).ok());
    Some(until.duration_since(now.unwrap_or_else(SystemTime::now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Machine;

    #[test]
    fn waits_double_up_to_a_limit_and_no_two_are_the_same() {
        let rate = Rate::new(1, Arc::new(Machine::new()));
        for (tries, seconds) in [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (u32::MAX, 30)] {
            let full = Duration::from_secs(seconds);
            let (one, other) = (rate.wait_after(tries), rate.wait_after(tries));
            assert!(one > full / 2 && one <= full, "{one:?}");
            assert_ne!(one, other);
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        for (value, seconds) in [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
        ] {
            assert_eq!(retry_after(value, date), seconds.map(Duration::from_secs), "{value}");
        }
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:50:37 GMT", None), Some(Duration::ZERO));
    }
}
