//! Requests in words.

use std::collections::BTreeMap;
use std::time::Duration;

use api::{Exchange, Pause, Why};
use schemars::JsonSchema;
use serde::Serialize;

use super::plan::counted;
use super::style::{FAINT, WARNING, number, paint, plain};

/// How many requests were made, by what they are about and how.
pub(crate) type Counts = BTreeMap<(&'static str, &'static str), u64>;

/// How many requests a plan took and an apply of it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Requests {
    /// How many were made to make the plan, those for tokens included.
    pub(crate) made: u64,
    /// How few can tell exactly how what is declared stands, tokens left aside.
    pub(crate) floor: u64,
    /// How many an apply of it makes at least, beside looking again.
    pub(crate) apply: u64,
}

/// A shorter pause is nothing that anybody notices.
const NOTICED: Duration = Duration::from_secs(1);

/// A request and what came of it, in a line. Of a query only what it asks by.
pub(crate) fn line(exchange: &Exchange<'_>) -> String {
    let Exchange { method, path, keys, subject: _, way: _, status, time, request_id } = exchange;
    let query = if keys.is_empty() { String::new() } else { format!("?{}", keys.join("&")) };
    let status = status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let id = request_id.map(|id| format!(" {}", plain(id))).unwrap_or_default();
    paint(
        FAINT,
        format!("{method} {}{query}: {status} in {} ms{id}", plain(path), time.as_millis()),
    )
}

/// That nothing is sent for a while, and why. None where that is not worth a line.
pub(crate) fn pause(pause: &Pause) -> Option<String> {
    if pause.time < NOTICED {
        return None;
    }
    let Pause { time, why } = pause;
    let why = match why {
        Why::Refused => "the service is asked too much (429)".to_owned(),
        Why::UsedUp { limit: Some(limit) } => {
            format!("the service's limit of {} requests is used up", number_of(*limit))
        }
        Why::UsedUp { limit: None } => "the service's limit of requests is used up".to_owned(),
        Why::Pace => "the pace of --rate is used up".to_owned(),
    };
    Some(format!("{} {why}: going on in {}", paint(WARNING, "note:"), api::said(*time)))
}

/// The same in the few words that there is room for beside a bar.
pub(crate) fn pause_left(pause: &Pause) -> String {
    let Pause { time, why } = pause;
    let why = match why {
        Why::Refused => "429",
        Why::UsedUp { .. } => "limit used up",
        Why::Pace => "--rate",
    };
    format!("paused ({why}), {} more", api::said(*time))
}

/// How many requests were made about what, in a line.
pub(crate) fn summary(made: u64, counts: &Counts) -> String {
    let mut subjects: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for ((subject, way), count) in counts {
        subjects.entry(subject).or_default().push(format!("{} {way}", number_of(*count)));
    }
    let parts: Vec<String> =
        subjects.iter().map(|(subject, ways)| format!("{subject} {}", ways.join(", "))).collect();
    let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join("; ")) };
    format!("requests made: {}{parts}", number_of(made))
}

/// That so many definitions were known, the first of them for so many days.
pub(crate) fn kept(count: usize, days: u64) -> String {
    let age = match days {
        0 => "read today".to_owned(),
        1 => "up to a day old".to_owned(),
        days => format!("up to {days} days old"),
    };
    format!("; {} known from earlier runs, {age}", counted(count, "definition", "definitions"))
}

/// So many requests: `1 request`, `1,200 requests`.
pub(crate) fn requests(count: u64) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "request", "requests")
}

fn number_of(count: u64) -> String {
    number(usize::try_from(count).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::style::bare;
    use super::*;

    #[test]
    fn a_request_is_a_line_without_values() {
        let exchange = Exchange {
            method: "GET",
            path: "/workspaces/\u{1b}[2J",
            keys: &["limit", "cursor"],
            subject: "workspaces",
            way: "listed",
            status: Some(200),
            time: Duration::from_millis(12),
            request_id: Some("req-\n1"),
        };
        let line = |exchange: &Exchange<'_>| bare(&super::line(exchange));
        let text = line(&exchange);
        assert!(text.starts_with("GET /workspaces/") && !text.contains(['\u{1b}', '\n']), "{text}");
        assert!(text.contains("?limit&cursor: 200 in 12 ms req-"), "{text}");
        let lost = Exchange {
            path: "/tags",
            keys: &[],
            status: None,
            time: Duration::from_secs(30),
            request_id: None,
            ..exchange
        };
        assert_eq!(line(&lost), "GET /tags: no answer in 30000 ms");
    }

    #[test]
    fn a_pause_says_why_and_how_long() {
        let say = |seconds, why| {
            let pause = Pause { time: Duration::from_secs_f64(seconds), why };
            super::pause(&pause).map(|text| bare(&text))
        };
        let note = |text: &str| Some(format!("note: {text}"));
        let refused = "the service is asked too much (429): going on in";
        assert_eq!(say(0.9, Why::Refused), None);
        assert_eq!(say(1.0, Why::Refused), note(&format!("{refused} 1 s")));
        assert_eq!(say(59.5, Why::Refused), note(&format!("{refused} 1 min")));
        assert_eq!(say(3600.0, Why::Refused), note(&format!("{refused} 1 h")));
        assert_eq!(
            say(3665.0, Why::UsedUp { limit: Some(1000) }),
            note("the service's limit of 1,000 requests is used up: going on in 1 h 1 min")
        );
        let pace = "the pace of --rate is used up: going on in 1 min 5 s";
        assert_eq!(say(65.0, Why::Pace), note(pace));
    }

    #[test]
    fn requests_are_counted_by_what_they_are_about() {
        let counts = Counts::from([
            (("workspaces", "listed"), 12),
            (("workspaces", "by id"), 3),
            (("tags", "listed"), 1),
        ]);
        assert_eq!(
            summary(1016, &counts),
            "requests made: 1,016 (tags 1 listed; workspaces 3 by id, 12 listed)"
        );
        assert_eq!(summary(0, &Counts::new()), "requests made: 0");
        assert_eq!(kept(1, 0), "; 1 definition known from earlier runs, read today");
        assert_eq!(kept(3, 1), "; 3 definitions known from earlier runs, up to a day old");
        assert_eq!(kept(3, 6), "; 3 definitions known from earlier runs, up to 6 days old");
    }
}
