//! Telling somebody what goes over the wire, as it goes.

use std::fmt;
use std::time::Duration;

/// Somebody who wants to know what is sent, such as a request log. It is told in the middle of
/// things, by any thread, and should be quick.
pub trait Observer: fmt::Debug + Send + Sync {
    /// A request was sent, and this came of it.
    fn exchanged(&self, exchange: &Exchange<'_>);

    /// Nothing is sent for a while. Told once for each pause, to whomever it holds up first.
    fn paused(&self, pause: &Pause);
}

/// A request and what came of it. Holds no body, no header and no value of a query: these can be
/// secrets, or names of customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange<'a> {
    /// The method.
    pub method: &'a str,
    /// The path below the base, escaped.
    pub path: &'a str,
    /// What the query asks by, without what it asks for.
    pub keys: &'a [&'static str],
    /// What it is about, as the manifest calls that: `workspaces`; or `tokens`, `definitions`.
    pub subject: &'static str,
    /// How it is about that: `listed`, `by name`, `by id`, `written`.
    pub way: &'static str,
    /// The answer's status; none where there was no answer.
    pub status: Option<u16>,
    /// From when it was sent to when all of the answer was there.
    pub time: Duration,
    /// What the service calls the request, where it does.
    pub request_id: Option<&'a str>,
}

/// A time in which nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// How long it is.
    pub time: Duration,
    /// Why.
    pub why: Why,
}

/// Why nothing is sent for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The service refused a request because of a limit (429).
    Refused,
    /// The service says that nothing is left of its limit until then (dossier 1.3).
    UsedUp {
        /// How many requests the limit is, where the service says it.
        limit: Option<u64>,
    },
    /// The pace that was asked for allows no more.
    Pace,
}
