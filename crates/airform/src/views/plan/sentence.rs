//! What is done about a resource and why, in words.

use model::plan::{Action, Change, Note, Reason, Shown};
use model::{Address, Kind, Value};

use super::{counted, list};
use crate::views::style::{number, plain, quoted};

/// Why and what, in words.
pub(super) fn sentence(kind: Kind, change: &Change) -> String {
    let noun = kind.noun();
    let name = quoted(&change.name);
    let id = change.id.as_ref().map(|id| plain(&id.0)).unwrap_or_default();
    match (&change.action, &change.reason) {
        (Action::Create, Reason::Vanished) => {
            format!("create {noun} {name}: it was here before and is gone")
        }
        (Action::Create, _) => format!("create {noun} {name}"),
        (Action::Update, Reason::Drifted) => {
            format!("update {noun} {name}: it was changed outside Airform")
        }
        (Action::Update, Reason::EditedAndDrifted) => {
            format!("update {noun} {name}: the manifest has changed, and so has the organization")
        }
        (Action::Update, Reason::Rotated) => {
            format!("update {noun} {name}: its secrets are to be written again")
        }
        (Action::Update, Reason::Moved { from }) => {
            format!("update {noun} {name}, which was {from}")
        }
        (Action::Update, _) => format!("update {noun} {name}"),
        (Action::Replace, Reason::Immutable { attributes }) => {
            let attributes: Vec<String> = attributes.iter().cloned().collect();
            format!("replace {noun} {name}: {} cannot be changed in place", list(&attributes))
        }
        (Action::Replace, Reason::Triggered { by }) => {
            let by: Vec<String> = by.iter().map(|address| plain(&address.to_string())).collect();
            let verb = if by.len() == 1 { "has" } else { "have" };
            format!("replace {noun} {name}: {} {verb} changed", list(&by))
        }
        (Action::Replace, Reason::Asked) => format!("replace {noun} {name}: --replace asks for it"),
        (Action::Replace, Reason::GoesWithWorkspace) => {
            format!("replace {noun} {name}: it goes with its workspace, and is made again")
        }
        (Action::Replace, Reason::Deposed) => {
            format!("finish replacing {noun} {name}: delete the old one")
        }
        (Action::Replace, Reason::AnswerLost) => {
            format!("finish replacing {noun} {name}: the new one stands, delete the old one")
        }
        (Action::Replace, _) => format!("replace {noun} {name}"),
        (Action::Delete, Reason::Removed) => {
            format!("delete {noun} {name}: `removed` says to destroy it")
        }
        (Action::Delete, Reason::Undone) => format!("delete {noun} {name}: the run has made it"),
        (Action::Delete, Reason::Orphaned) => {
            format!(
                "delete {noun} {name}: its tag says that it was made here, and it is not declared"
            )
        }
        (Action::Delete, Reason::Destroyed) => format!("delete {noun} {name}"),
        (Action::Delete, Reason::GoesWithWorkspace) => {
            format!("delete {noun} {name}: it goes with its workspace")
        }
        (Action::Delete, _) => format!("delete {noun} {name}: it is no longer declared"),
        (Action::Adopt, Reason::AnswerLost) => {
            format!("adopt {noun} {name}: an interrupted run made it ({id})")
        }
        (Action::Adopt, Reason::Imported) if id.is_empty() => format!("import {noun} {name}"),
        (Action::Adopt, Reason::Imported) => format!("import {noun} {name} ({id})"),
        (Action::Adopt, _) => format!("adopt {noun} {name}, which exists already ({id})"),
        (Action::Record, Reason::Moved { from }) => {
            format!("remember {noun} {name} under this address; it was {from}")
        }
        (Action::Record, _) => format!("remember what is declared of {noun} {name}"),
        (Action::Forget, Reason::Removed) => match change.id {
            Some(_) if change.leaves.is_empty() => {
                format!("forget {noun} {name}, which stays as it is")
            }
            Some(_) => format!("forget {noun} {name}, which stays without the ownership tag"),
            None => format!("forget {noun} {name}, which is gone"),
        },
        (Action::Forget, _) => format!("forget {noun} {name}: neither declared nor there"),
        (Action::NoOp, _) => format!("{noun} {name}"),
    }
}

/// Whether where data lands, or how often, becomes another.
fn lands_otherwise(change: &Change) -> bool {
    change.leaves.keys().any(|path| !matches!(path.root(), "destination_name" | "tags"))
}

/// What a change leads to beside what it says, for whoever does not know the service by heart
/// (dossier 3.1, 3.5 and 5.5). Connectors are counted where `notes` say how many there are.
pub(super) fn consequence(address: &Address, change: &Change, notes: &[Note]) -> Option<String> {
    let becomes = |attribute: &str, value: &str| {
        change.leaves.iter().any(|(path, leaf)| {
            path.root() == attribute
                && matches!(&leaf.after, Shown::Clear(Value::Text(text)) if text == value)
        })
    };
    let words = match (address.kind(), change.action) {
        (Kind::Workspace, Action::Delete | Action::Replace) => {
            let going = notes.iter().find_map(|note| match note {
                Note::ConnectorsGo { address: at, again, lost } if at == address => {
                    Some(again + lost)
                }
                _ => None,
            });
            return Some(match going {
                Some(1) => "its connector and all data of its customer go with it".to_owned(),
                Some(count) => format!(
                    "its {} connectors and all data of its customer go with it",
                    number(count)
                ),
                None => "its connectors and all data of its customer go with it".to_owned(),
            });
        }
        (Kind::Workspace, Action::Update | Action::Adopt) if becomes("status", "inactive") => {
            let resting = notes.iter().find_map(|note| match note {
                Note::Deactivates { address: at, connectors } if at == address => Some(*connectors),
                _ => None,
            });
            return Some(match resting {
                Some(count) => format!(
                    "deactivates all connections of this customer, of {}",
                    counted(count, "connector", "connectors")
                ),
                None => "deactivates all connections of this customer".to_owned(),
            });
        }
        (Kind::Connector, Action::Delete | Action::Replace) => {
            "how far it has read is lost, and its connections go with it"
        }
        (Kind::SourceTemplate, Action::Replace) => {
            "connectors that were made from the old one stay as they are"
        }
        (Kind::ConnectionTemplate, Action::Update | Action::Replace) if lands_otherwise(change) => {
            "only sources made from now on see this; connections that stand keep what they have"
        }
        _ => return None,
    };
    Some(words.to_owned())
}
