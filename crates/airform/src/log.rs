//! The request log: how many requests were made about what, and, with `-vv`, each of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use api::{Exchange, Observer, Pause, Why};

use crate::env::{self, Env};
use crate::streams::Aside;
use crate::views::requests;

/// How much is said beside what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Only that nothing is sent for a while.
    Quiet,
    /// How many requests were made about what.
    Verbose,
    /// Each request as it is answered.
    Requests,
}

impl Level {
    /// By how often `-v` was given, or by what the environment says if that is more.
    pub(crate) fn of(verbose: u8, env: &Env) -> Level {
        let by_argument = match verbose {
            0 => Level::Quiet,
            1 => Level::Verbose,
            _ => Level::Requests,
        };
        let by_environment = env.get(env::RUST_LOG).map_or(Level::Quiet, Level::of_filter);
        by_argument.max(by_environment)
    }

    /// What a filter in the way of Rust programs asks of this one: `airform=debug`, or `debug` of
    /// everybody. What is for others, and what makes no sense, asks for nothing.
    fn of_filter(filter: &str) -> Level {
        let levels = filter.split(',').map(|part| {
            let level = match part.trim().split_once('=') {
                Some(("airform", level)) => level,
                Some(_) => return Level::Quiet,
                None => part.trim(),
            };
            match level.to_ascii_lowercase().as_str() {
                "info" => Level::Verbose,
                "debug" | "trace" => Level::Requests,
                _ => Level::Quiet,
            }
        });
        levels.max().unwrap_or(Level::Quiet)
    }
}

/// Who is told of every request.
#[derive(Debug)]
pub(crate) struct Log {
    level: Level,
    aside: Arc<Aside>,
    counts: Mutex<requests::Counts>,
    kept: Mutex<Option<(usize, u64)>>,
}

impl Log {
    /// A log that speaks to `aside`.
    pub(crate) fn new(level: Level, aside: Arc<Aside>) -> Log {
        Log { level, aside, counts: Mutex::new(BTreeMap::new()), kept: Mutex::new(None) }
    }

    /// How much is said.
    pub(crate) fn level(&self) -> Level {
        self.level
    }

    /// Takes note that so many definitions did not have to be asked for, the first of which was read
    /// so many days ago.
    pub(crate) fn keep(&self, extent: Option<(usize, u64)>) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = extent;
    }

    /// Whether anything that connectors ask for was read by an earlier run.
    pub(crate) fn has_kept(&self) -> bool {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// How many requests were made about what, in a line, and what none was made about.
    pub(crate) fn summary(&self, made: u64) -> String {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = requests::summary(made, &counts);
        if let Some((count, days)) = *self.kept.lock().unwrap_or_else(PoisonError::into_inner) {
            line.push_str(&requests::kept(count, days));
        }
        line
    }
}

impl Observer for Log {
    fn exchanged(&self, exchange: &Exchange<'_>) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((exchange.subject, exchange.way)).or_default() += 1;
        drop(counts);
        if self.level == Level::Requests {
            self.aside.line(&requests::line(exchange));
        }
    }

    fn paused(&self, pause: &Pause) {
        // What the service asks for is counted down below, or an event; a pace of our own is neither.
        let is_shown = self.aside.is_drawing() || self.aside.in_events();
        if is_shown && pause.why != Why::Pace {
            return;
        }
        if let Some(line) = requests::pause(pause) {
            self.aside.line(&line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(verbose: u8, filter: &str, expected: Level) {
        let env = Env::default().with(env::RUST_LOG, filter);
        assert_eq!(Level::of(verbose, &env), expected, "{filter}");
    }

    #[test]
    fn the_louder_of_argument_and_environment_counts() {
        check(0, "", Level::Quiet);
        check(1, "", Level::Verbose);
        check(2, "", Level::Requests);
        check(9, "airform=info", Level::Requests);
        check(0, "airform=debug", Level::Requests);
        check(0, "hyper=trace, airform=DEBUG", Level::Requests);
        check(0, "debug", Level::Requests);
        check(0, "info", Level::Verbose);
        check(1, "hyper=trace", Level::Verbose);
        check(0, "airform=error,warn,off,,=,airform=", Level::Quiet);
    }
}
