//! Runs, and what cannot be taken back of them.

use std::collections::BTreeMap;

use model::Address;
use model::history::{Fate, Run};
use planner::Lost;

use super::plan::{counted, list};
use super::style::{WARNING, number, paint, plain};

/// What cannot be brought back, one remark each, and how many runs have followed.
pub(crate) fn remarks(lost: &BTreeMap<Address, Lost>, later: usize) -> Vec<String> {
    let mut remarks: Vec<String> =
        lost.iter().map(|(address, lost)| remark(address, lost)).collect();
    if later > 0 {
        remarks.push(format!(
            "{} came after this one, and what {} changed again is set back too",
            counted(later, "run", "runs"),
            if later == 1 { "it has" } else { "they have" },
        ));
    }
    remarks.into_iter().map(|remark| format!("{} {remark}", paint(WARNING, "note:"))).collect()
}

fn remark(address: &Address, lost: &Lost) -> String {
    let noun = address.kind().noun();
    match lost {
        Lost::Workspace => format!(
            "{address} cannot be brought back: it was deleted with all data of its customer"
        ),
        Lost::Configuration => format!(
            "{address} cannot be brought back: the {noun} was deleted, and what it was configured with is not kept; declare it again"
        ),
        Lost::Secrets(paths) => {
            let paths: Vec<String> = paths.iter().map(|path| plain(&path.to_string())).collect();
            format!(
                "{address}: what {} was is not known, as secrets are not kept; as it is declared now, it stays",
                list(&paths)
            )
        }
        Lost::History => format!(
            "{address}: the {noun} was replaced, and what was read before is lost; another one can only be made as it was configured"
        ),
        Lost::Undeclared => {
            format!("{address} cannot be brought back: it is declared no longer; declare it again")
        }
        Lost::Referred(missing) => {
            let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
            format!(
                "{address} stays as it is: it referred to {}, which cannot be brought back",
                list(&missing)
            )
        }
        Lost::Taggings => format!(
            "{address} is made again, and put on what was declared to have it; where it was put by hand is not known"
        ),
        Lost::Adopted => {
            format!("{address} was taken over, and stays so; under `removed` it can be let go")
        }
    }
}

/// Every run with its number, its command and what it did, the latest first.
pub(crate) fn runs(runs: &[Run]) -> String {
    let line = |run: &Run| {
        let counts = [
            (Fate::Made, "created"),
            (Fate::Changed, "updated"),
            (Fate::Replaced, "replaced"),
            (Fate::Deleted, "deleted"),
            (Fate::Adopted, "adopted"),
        ];
        let counts: Vec<String> = counts
            .into_iter()
            .map(|(fate, word)| {
                let touched = run.images.values().filter(|i| i.touched && i.fate == fate);
                (touched.count(), word)
            })
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{} {word}", number(count)))
            .collect();
        format!("{}  {}: {}", run.number, plain(&run.command), counts.join(", "))
    };
    runs.iter().rev().map(line).collect::<Vec<_>>().join("\n")
}
