//! What an apply has done.

use std::collections::BTreeMap;
use std::fmt::Write;

use manifest::{Diagnostic, Severity};
use model::Address;
use model::plan::{Call, Memory, Plan, Step, StepId};
use model::state::Record;

use super::plan::{counted, list};
use super::style::{CREATE, DELETE, FAINT, RECORD, UPDATE, WARNING, number, paint, plain, quoted};
use crate::commands::declared::Declared;

/// Whether what is remembered is that nothing is known of what an object holds.
fn is_in_doubt(step: &Step, record: &Record) -> bool {
    step.address.kind().schema().write_only && record.leaves.is_empty()
}

/// What a step does, as somebody who waits for it reads it: `create source template "GitHub"`.
pub(crate) fn step_words(step: &Step) -> String {
    let noun = step.address.kind().noun();
    match &step.call {
        Call::Nothing => match &step.memory {
            Memory::Removed => format!("forget {noun}"),
            Memory::Put { record, .. } if is_in_doubt(step, record) => {
                format!("note that the {noun} may be gone")
            }
            _ => format!("remember {noun}"),
        },
        Call::Create { .. } => match &step.memory {
            Memory::Created { name, .. } => format!("create {noun} {}", quoted(name)),
            _ => format!("create {noun}"),
        },
        Call::Update { name, attributes, .. } => {
            let renamed = match (&step.memory, attributes.len()) {
                (Memory::Updated { name: Some(new), .. }, 1) => Some(new),
                _ => None,
            };
            if let Some(new) = renamed {
                return format!("rename {noun} {} to {}", quoted(name), quoted(new));
            }
            let keys: Vec<String> = attributes.keys().cloned().collect();
            format!("update {noun} {} ({})", quoted(name), list(&keys))
        }
        Call::Delete { name, .. } => format!("delete {noun} {}", quoted(name)),
        Call::Attach { tag, .. } => format!("tag {noun} with {}", quoted(tag)),
        Call::Detach { tag, .. } => format!("take tag {} off {noun}", quoted(tag)),
    }
}

/// A line for a step that was done: `  + tags.crm  create tag "crm"`.
pub(crate) fn done_line(step: &Step) -> String {
    let symbol = match step.call {
        Call::Nothing => paint(RECORD, "→"),
        Call::Create { .. } | Call::Attach { .. } => paint(CREATE, "+"),
        Call::Update { .. } => paint(UPDATE, "~"),
        Call::Delete { .. } | Call::Detach { .. } => paint(DELETE, "-"),
    };
    format!("  {symbol} {}  {}", plain(&step.address.to_string()), paint(FAINT, step_words(step)))
}

/// A line for a step that failed.
pub(crate) fn failed_line(step: &Step, message: &str) -> String {
    format!(
        "  {} {}  {}: {}",
        paint(DELETE, "!"),
        plain(&step.address.to_string()),
        step_words(step),
        plain(message)
    )
}

/// What was done, by verb: `2 created, 1 updated`. Resources are counted, not calls.
pub(crate) fn done_words(plan: &Plan, done: impl Fn(StepId) -> bool) -> String {
    use model::plan::Action;
    let mut complete: BTreeMap<&Address, bool> = BTreeMap::new();
    for (position, step) in plan.steps.iter().enumerate() {
        *complete.entry(&step.address).or_insert(true) &= done(StepId(position));
    }
    let mut counts = [0usize; 7];
    for (address, change) in &plan.changes {
        if complete.get(address) == Some(&true) {
            let slot = match change.action {
                Action::Create => 0,
                Action::Update => 1,
                Action::Replace => 2,
                Action::Delete => 3,
                Action::Adopt => 4,
                Action::Record => 5,
                Action::Forget => 6,
                Action::NoOp => continue,
            };
            counts[slot] += 1;
        }
    }
    let verbs = ["created", "updated", "replaced", "deleted", "adopted", "recorded", "forgotten"];
    let mut out = String::new();
    for (count, verb) in counts.into_iter().zip(verbs) {
        if count > 0 {
            let _ =
                write!(out, "{}{} {verb}", if out.is_empty() { "" } else { ", " }, number(count));
        }
    }
    if out.is_empty() { "nothing".to_owned() } else { out }
}

/// What the journal of an earlier run had left to tell.
pub(crate) fn recovered_line(recovered: state::Recovered) -> String {
    let state::Recovered { outcomes, open } = recovered;
    let mut line = format!(
        "{} an earlier run ended early: {} of its steps taken over from the journal",
        paint(WARNING, "note:"),
        number(outcomes)
    );
    if open > 0 {
        let _ = write!(line, ", {} begun and unanswered are looked for now", number(open));
    }
    line
}

/// Each failed step, with the places in the manifest that asked for what the service refused.
pub(crate) fn failures(
    plan: &Plan,
    declared: &Declared,
    report: &apply::Report,
) -> Vec<Diagnostic> {
    report
        .failures()
        .filter_map(|(id, error)| Some((plan.steps.get(id.0)?, error)))
        .map(|(step, error)| {
            let resource = declared.desired.resources.get(&step.address);
            let mut labels = Vec::new();
            if let Some(resource) = resource {
                for field in error.fields() {
                    if let Some(path) = &field.path {
                        labels.push((resource.place(path), plain(&field.message)));
                    }
                }
                if labels.is_empty() {
                    labels.push((resource.span, "declared here".to_owned()));
                }
            }
            Diagnostic {
                code: "apply::failed",
                severity: Severity::Error,
                message: plain(&format!("{}: {}: {error}", step.address, step_words(step))),
                labels,
                help: None,
            }
        })
        .collect()
}

/// What was not begun, and how to go on.
pub(crate) fn rest(plan: &Plan, report: &apply::Report) -> Vec<String> {
    let mut lines = Vec::new();
    for (id, because) in report.skipped() {
        if let (Some(step), Some(because)) = (plan.steps.get(id.0), plan.steps.get(because.0)) {
            lines.push(format!(
                "skipped {}: {} (it waits for {}: {})",
                step.address,
                step_words(step),
                because.address,
                step_words(because)
            ));
        }
    }
    let cancelled = report.cancelled().count();
    if cancelled > 0 {
        lines.push(format!("not begun: {}", counted(cancelled, "step", "steps")));
    }
    let is_put_right = |error: &apply::Error| match error {
        // Time, or another budget, is all that it takes.
        apply::Error::Call(error) => matches!(
            error,
            api::Error::Limited { .. } | api::Error::Spent { .. } | api::Error::Stopped { .. }
        ),
        _ => false,
    };
    let again = match report.failures().find(|(_, error)| !is_put_right(error)) {
        Some(_) => "Put right what failed and apply again: it goes on from here.",
        None => "Apply again: it goes on from here.",
    };
    let remembered = if report.done() > 0 { "What is done is remembered. " } else { "" };
    lines.push(format!("{remembered}{again}"));
    lines
}
