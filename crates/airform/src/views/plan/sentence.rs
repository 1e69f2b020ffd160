//! What is done about a resource and why, in words.

use model::Kind;
use model::plan::{Action, Change, Reason};

use super::list;
use crate::views::style::{plain, quoted};

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
        (Action::Update, Reason::Moved { from }) => {
            format!("update {noun} {name}, which was {from}")
        }
        (Action::Update, _) => format!("update {noun} {name}"),
        (Action::Replace, Reason::Immutable { attributes }) => {
            let attributes: Vec<String> = attributes.iter().cloned().collect();
            let goes = if kind == Kind::Workspace {
                "; its connectors and all data of its customer go with it"
            } else {
                ""
            };
            format!("replace {noun} {name}: {} cannot be changed in place{goes}", list(&attributes))
        }
        (Action::Replace, Reason::Triggered { by }) => {
            let by: Vec<String> = by.iter().map(ToString::to_string).collect();
            let verb = if by.len() == 1 { "has" } else { "have" };
            format!("replace {noun} {name}: {} {verb} changed", list(&by))
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
            Some(_) => format!("forget {noun} {name}, which stays as it is"),
            None => format!("forget {noun} {name}, which is gone"),
        },
        (Action::Forget, _) => format!("forget {noun} {name}: neither declared nor there"),
        (Action::NoOp, _) => format!("{noun} {name}"),
    }
}
