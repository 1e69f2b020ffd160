//! The counts at the end, and what stands beside them.

use std::fmt::Write;

use model::plan::{Action, Note, Plan, Reason};

use super::{counted, list};
use crate::views::style::{STRONG, number, paint};

pub(super) fn nothing(plan: &Plan) -> String {
    if !plan.blockers.is_empty() {
        return format!("{} blocked.", paint(STRONG, "Plan:"));
    }
    let declared = plan
        .changes
        .values()
        .filter(|change| matches!(change.reason, Reason::AsDeclared | Reason::External))
        .count();
    if plan.changes.values().any(|change| change.reason == Reason::LeftOut) {
        return format!("{} What was asked for is as declared.", paint(STRONG, "No changes."));
    }
    let mut line = paint(STRONG, "No changes.");
    let _ = match declared {
        0 => write!(line, " Nothing is declared."),
        1 => write!(line, " The one declared resource is as declared."),
        count => write!(line, " All {} declared resources are as declared.", number(count)),
    };
    if let Some(unmanaged) = unmanaged(plan) {
        let _ = write!(line, " {unmanaged}");
    }
    line
}

/// The count at the end: `Plan: 3 to create, 1 to update.`
pub(super) fn summary(plan: &Plan) -> String {
    let verbs = [
        (Action::Create, "to create"),
        (Action::Update, "to update"),
        (Action::Replace, "to replace"),
        (Action::Delete, "to delete"),
        (Action::Adopt, "to adopt"),
        (Action::Record, "to record"),
        (Action::Forget, "to forget"),
    ];
    let counts: Vec<String> = verbs
        .into_iter()
        .map(|(action, verb)| (action, verb, plan.count(action)))
        .filter(|(_, _, count)| *count > 0)
        .map(|(action, verb, count)| {
            let changed = plan
                .changes
                .values()
                .filter(|change| change.action == action && !change.leaves.is_empty())
                .count();
            match (action, changed) {
                (Action::Adopt, 1..) => {
                    format!("{} {verb} ({} of them changed)", number(count), number(changed))
                }
                _ => format!("{} {verb}", number(count)),
            }
        })
        .collect();
    if counts.is_empty() {
        return format!("{} nothing to change, something to tidy up.", paint(STRONG, "Plan:"));
    }
    let blocked = if plan.blockers.is_empty() { "" } else { " It is blocked." };
    format!("{} {}.{blocked}", paint(STRONG, "Plan:"), counts.join(", "))
}

pub(super) fn assumed(plan: &Plan) -> Option<String> {
    plan.notes.iter().find_map(|note| match note {
        Note::Assumed { leaves, resources } => Some(format!(
            "{} that cannot be read back {} taken as declared, on {}.",
            counted(*leaves, "value", "values"),
            if *leaves == 1 { "is" } else { "are" },
            counted(*resources, "resource", "resources"),
        )),
        _ => None,
    })
}

pub(super) fn unmanaged(plan: &Plan) -> Option<String> {
    let parts: Vec<String> = plan
        .unmanaged
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(kind, count)| format!("{} {}", number(*count), kind.counted(*count)))
        .collect();
    let last = parts.last()?;
    let verb = if parts.len() == 1 && last.starts_with("1 ") { "is" } else { "are" };
    Some(format!("{} in the organization {verb} not managed here.", list(&parts)))
}
