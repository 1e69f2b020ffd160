//! Rate limits: so many requests in a window of the world's clock (dossier 1.3).

use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// How many requests are answered in a window of the world's clock. The window begins with the first
/// request after the one before it ended.
///
/// It holds for all callers together, where the service counts by organization: an emulator is asked
/// by one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// How many requests.
    pub requests: u32,
    /// How long the window is.
    pub seconds: u32,
}

/// The present window.
#[derive(Debug, Default)]
pub(crate) struct Window {
    /// When it ends, in whole seconds since 1970.
    ends: i64,
    used: u32,
}

/// Where a request stands in its window.
#[derive(Debug, PartialEq)]
pub(crate) struct Standing {
    limit: u32,
    remaining: u32,
    ends: i64,
    /// The seconds to wait, where the request is one too many.
    wait: Option<i64>,
}

impl Window {
    /// Counts a request. One too many is not counted, or a client that keeps asking would never be
    /// let in again.
    pub(crate) fn count(&mut self, limit: RateLimit, now: Timestamp) -> Standing {
        let now = now.unix_seconds();
        if now >= self.ends {
            *self = Window { ends: now.saturating_add(i64::from(limit.seconds)), used: 0 };
        }
        let wait = (self.used >= limit.requests).then(|| self.ends - now);
        if wait.is_none() {
            self.used += 1;
        }
        Standing {
            limit: limit.requests,
            remaining: limit.requests.saturating_sub(self.used),
            ends: self.ends,
            wait,
        }
    }
}

impl Standing {
    pub(crate) fn is_refused(&self) -> bool {
        self.wait.is_some()
    }

    /// What stands in the headers of every answer. What the reset is counted in is not documented;
    /// seconds since 1970 are the custom.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (String, String)> {
        let Standing { limit, remaining, ends, wait } = self;
        [
            ("x-ratelimit-limit", Some(i64::from(*limit))),
            ("x-ratelimit-remaining", Some(i64::from(*remaining))),
            ("x-ratelimit-reset", Some(*ends)),
            ("retry-after", *wait),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What remains after each of the requests at these seconds, or how long it has to wait.
    #[track_caller]
    fn check(requests: u32, at: &[i64], expected: &[Result<u32, i64>]) {
        let limit = RateLimit { requests, seconds: 60 };
        let mut window = Window::default();
        let got: Vec<Result<u32, i64>> = at
            .iter()
            .map(|seconds| {
                let standing = window.count(limit, Timestamp::START.plus_seconds(*seconds));
                standing.wait.map_or(Ok(standing.remaining), Err)
            })
            .collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn a_window_takes_its_requests_and_ends() {
        check(2, &[0, 59, 59, 60, 61, 62], &[Ok(1), Ok(0), Err(1), Ok(1), Ok(0), Err(58)]);
        check(1, &[0, 0, 0, 300], &[Ok(0), Err(60), Err(60), Ok(0)]);
        check(0, &[0, 60], &[Err(60), Err(60)]);
    }
}
