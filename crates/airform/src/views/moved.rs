//! Saved plans: that one was saved, and what speaks against carrying it out.

use std::path::Path;

use model::basis::{FileMoved, Moved, ObjectMoved};
use model::plan::Plan;

use super::style::{FAINT, WARNING, paint, plain, quoted};

/// That a plan was saved, and what to do with it.
pub(crate) fn saved_line(plan: &Plan, path: &Path) -> String {
    let path = plain(&path.display().to_string());
    let then = match (plan.blockers.is_empty(), plan.is_empty()) {
        (true, false) => format!("; carry it out with: airform apply {path}"),
        _ => format!("; look at it with: airform show {path}"),
    };
    format!("Saved to {path}{}", paint(FAINT, then))
}

/// What a saved plan was made with.
pub(crate) fn options_line(options: &[String]) -> String {
    format!("{} planned with {}", paint(WARNING, "note:"), plain(&options.join(" ")))
}

/// One thing that has moved, in words.
pub(crate) fn words(moved: &Moved) -> String {
    match moved {
        Moved::Organization { planned, found } => format!(
            "it is for the organization {} at {}, and this is {} at {}",
            planned.organization, planned.host, found.organization, found.host
        ),
        Moved::File { name, how } => match how {
            FileMoved::Changed => format!("{name} has changed"),
            FileMoved::New => format!("{name} is part of the manifest now"),
            FileMoved::Gone => format!("{name} is no longer part of the manifest"),
        },
        Moved::Secret { source } => format!("the text of {source} is another one"),
        Moved::Declaration { address } => format!(
            "{address} is declared otherwise: a variable, or what it takes from elsewhere, has changed"
        ),
        Moved::StateBegun => "there was no state, and there is one now".to_owned(),
        Moved::StateGone => "there was a state, and there is none now".to_owned(),
        Moved::Lineage { planned, found } => {
            format!("this is another state (lineage {found} instead of {planned})")
        }
        Moved::Serial { planned, found } => {
            format!("the state has gone on (serial {found} instead of {planned})")
        }
        Moved::Object { address, id, how } => {
            let noun = address.kind().noun();
            match how {
                ObjectMoved::Changed => format!("{address}: the {noun} {id} has changed"),
                ObjectMoved::Gone => format!("{address}: the {noun} {id} is gone"),
                ObjectMoved::Back => {
                    format!("{address}: the {noun} {id} was gone, and stands again")
                }
            }
        }
        Moved::NameTaken { kind, name, id } => {
            format!("a {} called {} stands now ({id})", kind.noun(), quoted(name))
        }
    }
}
