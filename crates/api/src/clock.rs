//! Time, as far as it decides anything: when a token is renewed and when a request is tried again.

use std::fmt;
use std::pin::Pin;
use std::time::{Duration, Instant};

/// A clock to wait by. Tests bring one whose time passes as soon as somebody waits for it, so that
/// every wait can be looked at and none is waited out.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time since some moment that stays the same. It never runs backwards.
    fn now(&self) -> Duration;

    /// Waits until `time` has passed.
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// The machine's clock.
#[derive(Debug)]
pub(crate) struct Machine {
    start: Instant,
}

impl Machine {
    pub(crate) fn new() -> Machine {
        Machine { start: Instant::now() }
    }
}

impl Clock for Machine {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(time))
    }
}
