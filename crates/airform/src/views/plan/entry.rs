//! One change as every view shows it.

use model::plan::{Action, Change, Plan};
use model::{Address, Kind};

use super::Fresh;
use super::rows::{Row, rows};
use super::sentence::{consequence, sentence};
use crate::views::style::plain;

/// A change with all that is said of it. Views differ in how they draw it.
pub(in crate::views) struct Entry<'a> {
    /// Which resource.
    pub(in crate::views) address: &'a Address,
    /// Its address, safe to show.
    pub(in crate::views) shown: String,
    /// What is done about it.
    pub(in crate::views) change: &'a Change,
    /// What and why, in words.
    pub(in crate::views) sentence: String,
    /// What it leads to beside that, in words.
    pub(in crate::views) consequence: Option<String>,
    /// The leaves that differ.
    pub(in crate::views) rows: Vec<Row>,
}

/// Every change of the plan, by kind and address.
pub(in crate::views) fn entries(plan: &Plan) -> Vec<Entry<'_>> {
    let fresh = fresh(plan);
    let changes = plan.changes.iter().filter(|(_, change)| change.action != Action::NoOp);
    let entry = |(address, change)| Entry {
        address,
        shown: plain(&address.to_string()),
        change,
        sentence: sentence(address.kind(), change),
        consequence: consequence(address, change, &plan.notes),
        rows: rows(address.kind(), change, &fresh),
    };
    changes.map(entry).collect()
}

/// The resources whose id only the apply brings.
fn fresh(plan: &Plan) -> Fresh {
    let made = |change: &Change| matches!(change.action, Action::Create | Action::Replace);
    let changes = plan.changes.iter().filter(|(_, change)| made(change));
    changes.map(|(address, _)| address.clone()).collect()
}

/// The kinds in the order of addresses, each with its entries.
pub(in crate::views) fn by_kind<'e, 'a>(entries: &'e [Entry<'a>]) -> Vec<(Kind, &'e [Entry<'a>])> {
    let chunks = entries.chunk_by(|a, b| a.address.kind() == b.address.kind());
    chunks.filter_map(|chunk| Some((chunk.first()?.address.kind(), chunk))).collect()
}
