//! Waits that grow, and of which no two are the same.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The wait after the first failed try; it doubles with each further one. The vendor's own client
/// waits 1 s, 2 s, 4 s (dossier 1.1).
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait that we choose ourselves.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Draws waits.
#[derive(Debug)]
pub(crate) struct Jitter {
    seed: u64,
    drawn: AtomicU64,
}

impl Jitter {
    /// Two of one seed draw the same waits.
    pub(crate) fn new(seed: u64) -> Jitter {
        Jitter { seed, drawn: AtomicU64::new(0) }
    }

    /// How long to wait after the `tries`-th try has failed, counted from 1. More than half of the
    /// full time and at most all of it, so that requests that failed together do not come back
    /// together.
    pub(crate) fn wait_after(&self, tries: u32) -> Duration {
        let doubled = FIRST_WAIT.saturating_mul(1 << tries.saturating_sub(1).min(16));
        let full = doubled.min(LONGEST_WAIT);
        let draw = self.drawn.fetch_add(1, Ordering::Relaxed);
        let share = mix(draw ^ self.seed.rotate_left(32));
        full.mul_f64(0.5 + 0.5 * (f64::from(share) + 1.0) / (f64::from(u32::MAX) + 1.0))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit_and_no_two_are_the_same() {
        let jitter = Jitter::new(7);
        for (tries, seconds) in [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (u32::MAX, 30)] {
            let full = Duration::from_secs(seconds);
            let (one, other) = (jitter.wait_after(tries), jitter.wait_after(tries));
            assert!(one > full / 2 && one <= full, "{one:?}");
            assert_ne!(one, other);
        }
    }

    #[test]
    fn a_seed_is_all_that_waits_hang_on() {
        let waits = |seed| {
            let jitter = Jitter::new(seed);
            [1, 2, 3, 1, 2].map(|tries| jitter.wait_after(tries))
        };
        assert_eq!(waits(1), waits(1));
        assert_ne!(waits(1), waits(2));
    }
}
