//! What answers say of limits.

use std::time::{Duration, SystemTime};

/// What the service says is left of its limit (dossier 1.3: seen in one document only, so nothing
/// hangs on it).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub(crate) limit: Option<u64>,
    pub(crate) remaining: Option<u64>,
    /// How long until there is a new one.
    pub(crate) reset: Option<Duration>,
}

/// Smaller numbers are seconds from now, larger ones seconds since 1970: both are in use, and
/// no document says which of them this service has.
const SECONDS_SINCE_1970: u64 = 1_000_000_000;

/// Reads the headers `X-RateLimit-Limit`, `-Remaining` and `-Reset`. As for `Retry-After`, a time is
/// taken against the answer's own `Date`.
pub(crate) fn allowance(
    limit: Option<&str>,
    remaining: Option<&str>,
    reset: Option<&str>,
    date: Option<&str>,
) -> Allowance {
    let number = |text: Option<&str>| text?.trim().parse::<u64>().ok();
    let reset = number(reset).map(|reset| match reset {
        SECONDS_SINCE_1970.. => {
            let until = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(reset));
            until.map(|until| since(date, until)).unwrap_or(Duration::MAX)
        }
        seconds => Duration::from_secs(seconds),
    });
    Allowance { limit: number(limit), remaining: number(remaining), reset }
}

/// The time that `Retry-After` asks for: seconds or a date. A date is taken against the answer's
/// own `Date`, so that a clock that is wrong here does no harm.
pub(crate) fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    httpdate::parse_http_date(value).ok().map(|until| since(date, until))
}

/// The time from `date`, or else from now, to `until`.
fn since(date: Option<&str>, until: SystemTime) -> Duration {
    let now = date.and_then(|date| httpdate::parse_http_date(date).ok());
    until.duration_since(now.unwrap_or_else(SystemTime::now)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 784111777 seconds since 1970.
    const DATE: Option<&str> = Some("Sun, 06 Nov 1994 08:49:37 GMT");

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        for (value, seconds) in [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
        ] {
            assert_eq!(retry_after(value, DATE), seconds.map(Duration::from_secs), "{value}");
        }
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:50:37 GMT", None), Some(Duration::ZERO));
    }

    #[test]
    fn a_reset_is_seconds_from_now_or_since_1970() {
        let date = Some("Thu, 01 Jan 2026 00:00:00 GMT");
        for (reset, seconds) in [
            ("60", Some(60)),
            ("0", Some(0)),
            ("1767225660", Some(60)),
            ("1767225000", Some(0)),
            ("tomorrow", None),
        ] {
            let read = allowance(Some("1000"), Some("0"), Some(reset), date);
            let reset = seconds.map(Duration::from_secs);
            assert_eq!(read, Allowance { limit: Some(1000), remaining: Some(0), reset });
        }
        let huge = u64::MAX.to_string();
        assert_eq!(allowance(None, None, Some(&huge), date).reset, Some(Duration::MAX));
        assert_eq!(allowance(None, Some("-3"), None, None), Allowance::default());
    }
}
