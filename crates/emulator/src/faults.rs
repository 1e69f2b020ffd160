//! Faults on order: what goes wrong with which request.

use serde::{Deserialize, Serialize};

/// A fault that waits for its request.
///
/// Every request that `method` and `route_contains` describe is counted; those from the `nth` on
/// (0 is the next one), `times` of them, meet the fault. Of several faults for one request the one
/// injected first is met, and all count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The method, such as `POST`; none: any.
    #[serde(default)]
    pub method: Option<String>,
    /// A part of the path as sent or of its template, such as `/tags` or `{workspace_id}`; empty:
    /// any.
    #[serde(default)]
    pub route_contains: String,
    /// Which matching request, counted from the next one as 0.
    #[serde(default)]
    pub nth: u64,
    /// How many requests in a row.
    #[serde(default = "once")]
    pub times: u64,
    /// What goes wrong.
    pub kind: FaultKind,
}

fn once() -> u64 {
    1
}

/// What goes wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultKind {
    /// Nothing is done, and the answer is this one.
    Status {
        /// The status.
        code: u16,
        /// The body; none: the service's own error body.
        #[serde(default)]
        body: Option<String>,
        /// Further headers, such as `Retry-After`.
        #[serde(default)]
        headers: Vec<(String, String)>,
    },
    /// The request is carried out, and the answer is this status.
    StatusAfterCommit {
        /// The status.
        code: u16,
    },
    /// The request is carried out, and the connection is closed without an answer.
    ResetAfterCommit,
    /// Nothing is done, and the connection is closed without an answer.
    ResetBefore,
    /// Nothing is done, and there is no answer, as long as anybody waits for one.
    SilenceBefore,
    /// The request is carried out, and there is no answer, as long as anybody waits for one.
    SilenceAfterCommit,
    /// The request is carried out, and the answer breaks off in the middle of its body.
    TruncatedBody,
    /// The request is carried out, and the answer has its status but a body that is not JSON.
    NonJson,
    /// The request is carried out after a wait.
    Delay {
        /// How long.
        millis: u64,
    },
    /// Nothing is done; the answer is 401, as for a token that has expired.
    Expire,
}

impl Fault {
    /// A fault for the next request with this method to a route that contains this text.
    #[must_use]
    pub fn next(method: &str, route_contains: &str, kind: FaultKind) -> Fault {
        Fault {
            method: Some(method.to_owned()),
            route_contains: route_contains.to_owned(),
            nth: 0,
            times: 1,
            kind,
        }
    }
}

/// The faults that still wait, with the requests that each has seen.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<(Fault, u64)>);

impl Faults {
    pub(crate) fn inject(&mut self, fault: Fault) {
        self.0.push((fault, 0));
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Counts a request and gives the fault that it meets.
    pub(crate) fn meet(
        &mut self,
        method: &str,
        path: &str,
        template: Option<&str>,
    ) -> Option<FaultKind> {
        let mut met = None;
        for (fault, seen) in &mut self.0 {
            let text = fault.route_contains.as_str();
            let matches = fault.method.as_deref().is_none_or(|wanted| wanted == method)
                && (path.contains(text) || template.is_some_and(|route| route.contains(text)));
            if !matches {
                continue;
            }
            let number = *seen;
            *seen += 1;
            let last = fault.nth.saturating_add(fault.times);
            if met.is_none() && number >= fault.nth && number < last {
                met = Some(fault.kind.clone());
            }
        }
        self.0.retain(|(fault, seen)| *seen < fault.nth.saturating_add(fault.times));
        met
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of six requests meet the fault.
    #[track_caller]
    fn check(nth: u64, times: u64, met: [bool; 6]) {
        let mut faults = Faults::default();
        let kind = FaultKind::ResetBefore;
        faults.inject(Fault { nth, times, ..Fault::next("POST", "{id}/tags", kind) });
        let got = met.map(|_| {
            assert_eq!(faults.meet("GET", "/a/1/tags", Some("/a/{id}/tags")), None);
            faults.meet("POST", "/a/1/tags", Some("/a/{id}/tags")).is_some()
        });
        assert_eq!(got, met);
    }

    #[test]
    fn a_fault_meets_the_requests_it_is_meant_for() {
        check(0, 1, [true, false, false, false, false, false]);
        check(2, 2, [false, false, true, true, false, false]);
        check(0, u64::MAX, [true; 6]);
    }

    #[test]
    fn faults_are_read_from_json() {
        let fault: Fault = serde_json::from_str(
            r#"{"method": "GET", "kind": {"status": {"code": 429, "headers": [["Retry-After", "1"]]}}}"#,
        )
        .unwrap();
        assert_eq!((fault.nth, fault.times), (0, 1));
        let reset: Fault = serde_json::from_str(r#"{"kind": "reset_before"}"#).unwrap();
        assert_eq!(reset.kind, FaultKind::ResetBefore);
    }
}
