//! What becomes of connectors when what they hang on is replaced.

use model::Address;
use model::plan::{Note, Plan};

use super::counted;
use crate::views::style::{DELETE, number, paint};

/// The line below a workspace that is replaced: what goes with it.
pub(crate) fn line(plan: &Plan, workspace: &Address) -> Option<String> {
    plan.notes.iter().find_map(|note| match note {
        Note::ConnectorsGo { address, again, lost } if address == workspace => {
            let total = counted(again + lost, "connector goes", "connectors go");
            let made = match (*again, *lost) {
                (1, 0) => "it is made again, and reads from the start".to_owned(),
                (_, 0) => "they are made again, and read from the start".to_owned(),
                (0, 1) => "it is not made again".to_owned(),
                (0, _) => "they are not made again".to_owned(),
                (again, _) => format!("{} of them made again", number(again)),
            };
            let text = format!("{total} with it, and all that was read: {made}");
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
