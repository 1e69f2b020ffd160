//! A plan, for the terminal.

mod entry;
mod fold;
mod going;
mod leaf;
mod remarks;
mod rows;
mod sentence;
mod summary;
mod text;

use std::fmt::Write;

use model::Address;
use model::plan::{Action, Plan};

use self::summary::{assumed, nothing, summary, unmanaged};
use super::style::{CREATE, DELETE, FAINT, RECORD, STRONG, UPDATE, Width, bare, paint, wrapped};

pub(super) use self::entry::{Entry, by_kind, entries};
use self::entry::{changes, entry};
use self::fold::Rest;
pub(super) use self::fold::{Folded, fold};
pub(crate) use self::remarks::{blind_spots, remarks};
pub(super) use self::rows::{Row, leaf_lines, rows};
pub(super) use self::text::{Line, Text};
pub(crate) use super::style::counted;

/// Which resources get their ids only by the apply.
#[derive(Clone, Copy, Default)]
pub(super) struct Fresh<'p>(Option<&'p Plan>);

impl<'p> Fresh<'p> {
    fn of(plan: &'p Plan) -> Fresh<'p> {
        Fresh(Some(plan))
    }

    fn contains(self, address: &Address) -> bool {
        let change = self.0.and_then(|plan| plan.changes.get(address));
        change.is_some_and(|change| matches!(change.action, Action::Create | Action::Replace))
    }
}

/// How a plan is shown on a terminal.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Look {
    /// Each of many changes that are alike is named.
    pub(crate) full: bool,
    /// How wide the screen is, where there is one. What goes elsewhere is not broken into lines, so
    /// that it can be searched.
    pub(crate) width: Option<usize>,
}

/// The counts of the plan in one line, or that there is nothing to do.
pub(super) fn summary_line(plan: &Plan) -> String {
    if plan.is_empty() { nothing(plan) } else { summary(plan) }
}

/// The plan as prose: every change, then a count. One line where nothing changes.
pub(crate) fn render(plan: &Plan, look: Look) -> String {
    if plan.is_quiet() && plan.blockers.is_empty() || plan.is_empty() {
        return nothing(plan);
    }
    let mut out = String::new();
    let changes: Vec<_> = changes(plan).collect();
    let folded = match look.full {
        true => vec![Folded { shown: &changes, rest: None }],
        false => fold(&changes),
    };
    for Folded { shown, rest } in folded {
        for &changed in shown {
            let entry = entry(plan, changed);
            render_entry(&entry, look.width, &mut out);
            out.extend(going::line(plan, entry.address));
            out.push('\n');
        }
        if let Some(Rest { words, count: _ }) = rest {
            let _ = writeln!(out, "    {}\n", paint(FAINT, format!("… {words}")));
        }
    }
    out.push_str(&summary(plan));
    for line in [assumed(plan), unmanaged(plan)].into_iter().flatten() {
        out.push('\n');
        out.push_str(&line);
    }
    out
}

fn render_entry(entry: &Entry<'_>, width: Option<usize>, out: &mut String) {
    let Entry { address: _, shown, change, sentence, consequence, rows } = entry;
    let symbol = paint(style_of(change.action), format!("{:>3}", symbol(change.action)));
    let head = format!("{symbol} {}", paint(STRONG, shown));
    let sentence = match consequence {
        Some(consequence) => format!("{sentence}; {consequence}"),
        None => sentence.clone(),
    };
    match width {
        Some(width) if bare(&head).width() + 2 + sentence.width() > width => {
            let _ = writeln!(out, "{head}");
            for line in wrapped(&sentence, width.saturating_sub(4)) {
                let _ = writeln!(out, "    {line}");
            }
        }
        _ => {
            let _ = writeln!(out, "{head}  {sentence}");
        }
    }
    out.push_str(&leaf_lines(rows, width));
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

/// What stands before an action.
pub(super) fn symbol(action: Action) -> &'static str {
    match action {
        Action::Create => "+",
        Action::Update => "~",
        Action::Replace => "-/+",
        Action::Delete => "-",
        Action::Adopt => "<~",
        Action::Record | Action::Forget => "→",
        Action::NoOp => "",
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
