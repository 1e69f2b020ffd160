//! How plan tests ended.

use std::fmt::Write;

use manifest::Diagnostic;
use model::Address;
use model::plan::{Action, Plan};

use super::plan::{self, Look, list};
use super::style::{CREATE, ERROR, WARNING, number, paint, plain};

/// The plan as it is kept: what a terminal shows, without colour, and why it may not be applied.
pub(crate) fn kept(plan: &Plan, blockers: &[Diagnostic], width: usize) -> String {
    let mut text = plan::render(plan, Look { full: false, width: Some(width) });
    for remark in plan::remarks(plan) {
        let _ = write!(text, "\n{remark}");
    }
    for blocker in blockers {
        let _ = write!(text, "\n{}: {}", blocker.code, plain(&blocker.message));
    }
    let text = anstream::adapter::strip_str(text.trim_end()).to_string();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

/// A test whose plan is as expected.
pub(crate) fn passed(name: &str) -> String {
    format!("{} {}", paint(CREATE, "ok     "), plain(name))
}

/// A test whose plan is kept from now on.
pub(crate) fn updated(name: &str) -> String {
    format!("{} {}", paint(WARNING, "updated"), plain(name))
}

/// A test whose plan is not as expected, and why.
pub(crate) fn failed(name: &str, why: &[String]) -> String {
    let mut text = format!("{} {}", paint(ERROR, "failed "), plain(name));
    for line in why.iter().flat_map(|why| why.lines()) {
        let _ = write!(text, "\n  {line}");
    }
    text
}

/// How they ended together.
pub(crate) fn summary(count: usize, failed: usize) -> String {
    let tests = if count == 1 { "test" } else { "tests" };
    match failed {
        0 => format!("{} {tests}, all as expected.", number(count)),
        failed => format!("{} {tests}, {} failed.", number(count), number(failed)),
    }
}

/// Another number of changes.
pub(crate) fn count(action: Action, expected: usize, found: usize) -> String {
    let are = if found == 1 { "is" } else { "are" };
    format!("expected {expected} to {}, and there {are} {found}", word(action))
}

/// Another action.
pub(crate) fn action(address: &Address, expected: Action, found: Action) -> String {
    format!("expected {} for {address}, and it is {}", word(expected), word(found))
}

/// Other blockers.
pub(crate) fn blockers(expected: &[String], found: &[String]) -> String {
    let said = |codes: &[String]| match codes {
        [] => "no blocker".to_owned(),
        codes => list(codes),
    };
    let are = if found.len() > 1 { "are" } else { "is" };
    format!("expected {}, and there {are} {}", plain(&said(expected)), said(found))
}

fn word(action: Action) -> &'static str {
    match action {
        Action::NoOp => "none",
        Action::Create => "create",
        Action::Update => "update",
        Action::Replace => "replace",
        Action::Delete => "delete",
        Action::Adopt => "adopt",
        Action::Record => "record",
        Action::Forget => "forget",
    }
}
