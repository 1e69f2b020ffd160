//! A plan, for the terminal.

mod leaf;
mod remarks;
mod rows;
mod sentence;
mod summary;

use std::fmt::Write;

use model::Address;
use model::plan::{Action, Change, Plan};

use self::sentence::sentence;
use self::summary::{assumed, nothing, summary, unmanaged};
use super::style::{CREATE, DELETE, FAINT, RECORD, STRONG, UPDATE, number, paint};

pub(crate) use self::remarks::remarks;
pub(super) use self::rows::leaf_lines;

/// The plan as prose: every change, then a count. One line where nothing changes.
pub(crate) fn render(plan: &Plan) -> String {
    if plan.is_empty() {
        return nothing(plan);
    }
    let mut out = String::new();
    for (address, change) in &plan.changes {
        if change.action != Action::NoOp {
            render_change(address, change, &mut out);
            out.push('\n');
        }
    }
    out.push_str(&summary(plan));
    for line in [assumed(plan), unmanaged(plan)].into_iter().flatten() {
        out.push('\n');
        out.push_str(&line);
    }
    out
}

fn render_change(address: &Address, change: &Change, out: &mut String) {
    let style = style_of(change.action);
    let _ = writeln!(
        out,
        "{} {}  {}",
        paint(style, symbol(change.action)),
        paint(STRONG, address.to_string()),
        sentence(address.kind(), change),
    );
    out.push_str(&leaf_lines(address.kind(), change));
}

fn style_of(action: Action) -> anstyle::Style {
    match action {
        Action::Create => CREATE,
        Action::Update => UPDATE,
        Action::Replace | Action::Delete => DELETE,
        Action::Adopt | Action::Record | Action::Forget => RECORD,
        Action::NoOp => FAINT,
    }
}

fn symbol(action: Action) -> &'static str {
    match action {
        Action::Create => "  +",
        Action::Update => "  ~",
        Action::Replace => "-/+",
        Action::Delete => "  -",
        Action::Adopt => " <~",
        Action::Record | Action::Forget => "  →",
        Action::NoOp => "   ",
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// `1 value`, `2 values`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}
