//! Many cases, each within its time.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::{Case, Tally, grow, play, shrink};
use crate::Error;

/// How long a case may take: one takes a second on a machine that has nothing else to do.
const PATIENCE: Duration = Duration::from_secs(600);

/// How often a smaller case is tried, and for how long.
const TRIES: usize = 400;
const SHRINKING: Duration = Duration::from_secs(120);

/// Plays `case` on a thread of its own, so that one that never ends is found out, too.
///
/// # Errors
/// As [`play`]; it panics or never ends.
pub fn bounded(case: &Case) -> Result<Tally, Error> {
    let (done, ended) = mpsc::channel();
    let case = case.clone();
    std::thread::Builder::new().name("storm".to_owned()).spawn(move || {
        // Nobody is left to hear of it when it came too late.
        let _ = done.send(play(&case));
    })?;
    match ended.recv_timeout(PATIENCE) {
        Ok(played) => played,
        Err(mpsc::RecvTimeoutError::Timeout) => Err("it did not end".into()),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err("it panicked".into()),
    }
}

/// Plays the storms of these seeds, `jobs` at a time, and tells of each that fails, as it is or
/// shrunk to what it takes.
///
/// # Errors
/// The first failure by seed, with the case to keep.
pub fn run(
    seeds: std::ops::Range<u64>,
    jobs: usize,
    shrinks: bool,
    failed: &(dyn Fn(u64, &str, &Case) + Sync),
) -> (Tally, u64) {
    let next = std::sync::atomic::AtomicU64::new(seeds.start);
    let total = std::sync::Mutex::new((Tally::default(), 0));
    let work = || loop {
        let seed = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if seed >= seeds.end {
            break;
        }
        let case = grow(seed);
        let played = bounded(&case);
        let small = played.as_ref().err().map(|error| {
            let law = law(&error.to_string());
            let begun = Instant::now();
            let fails = |case: &Case| {
                begun.elapsed() < SHRINKING
                    && bounded(case).is_err_and(|error| self::law(&error.to_string()) == law)
            };
            if !shrinks {
                return (error.to_string(), case.clone());
            }
            let small = shrink(&case, TRIES, &fails);
            let error = bounded(&small).err().map_or_else(|| error.to_string(), |e| e.to_string());
            (error, small)
        });
        let mut total = total.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match (played, small) {
            (Ok(tally), _) => total.0.add(&tally),
            (Err(_), Some((error, small))) => {
                total.1 += 1;
                failed(seed, &error, &small);
            }
            (Err(_), None) => {}
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(work);
        }
    });
    total.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What a failure is about, without its particulars: a smaller case must fail in the same way. Which
/// round it is, and what stands below the first line, is particular.
fn law(error: &str) -> String {
    let last = error.split("the clean apply").last().unwrap_or(error);
    let rest = last.strip_prefix("round ").and_then(|rest| rest.split_once(": "));
    let line = rest.map_or(last, |(_, rest)| rest).lines().next().unwrap_or_default();
    line.chars().filter(|c| c.is_ascii_alphabetic() || *c == ' ').take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::law;

    #[test]
    fn a_failure_is_told_from_others() {
        let more = "round 1: even without a fault there is more to do:\nUpdate connectors.n3 (x)";
        let none = "round 0: even without a fault: Refused(\"no text for ${secret:env:A}\")";
        let story = "round 2: an apply under faults: Done(1)\nafter the clean apply";
        let is_one = |left: &str, right: &str| law(left) == law(right);
        assert!(is_one(more, "round 0: even without a fault there is more to do:\nCreate tags.t"));
        assert!(!is_one(more, none));
        assert!(!is_one(more, &format!("{story} there is more to do:\nUpdate connectors.n3 (x)")));
        let other = format!("{story}: not as declared: [\"connectors.n2: other tags than {{}}\"]");
        assert!(!is_one(&format!("{story}: twice: [\"tags\"]"), &other));
    }
}
