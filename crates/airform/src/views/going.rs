//! What becomes of connectors when what they hang on is replaced.

use model::Address;
use model::plan::{Note, Plan};

use super::plan::{counted, list};
use super::style::{DELETE, number, paint};

/// The line below a workspace that is replaced: what goes with it.
pub(crate) fn line(plan: &Plan, workspace: &Address) -> Option<String> {
    plan.notes.iter().find_map(|note| match note {
        Note::ConnectorsGo { address, again, lost } if address == workspace => {
            let total = counted(again + lost, "connector goes", "connectors go");
            let parts: Vec<String> =
                [(*again, "made again, with nothing read yet"), (*lost, "not declared, and lost")]
                    .into_iter()
                    .filter(|(count, _)| *count > 0)
                    .map(|(count, what)| {
                        format!(
                            "{} {} {what}",
                            number(count),
                            if count == 1 { "is" } else { "are" }
                        )
                    })
                    .collect();
            let text = format!("{total} with it, and all that was read: {}", list(&parts));
            Some(format!("      {} {text}\n", paint(DELETE, "!")))
        }
        _ => None,
    })
}

/// What is said of the connectors of a source template that is replaced.
pub(crate) fn stay(template: &Address, count: usize) -> String {
    format!(
        "{template}: {} made from the old one, and {} with it; `replace_triggered_by` and `allow_replace` on a connector would replace it too",
        counted(count, "connector is", "connectors are"),
        if count == 1 { "stays" } else { "stay" },
    )
}
