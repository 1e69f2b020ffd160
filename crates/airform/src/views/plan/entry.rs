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

/// A change, whether or not anything is said of it yet.
pub(in crate::views) trait Changed {
    fn address(&self) -> &Address;
    fn change(&self) -> &Change;
}

impl Changed for Entry<'_> {
    fn address(&self) -> &Address {
        self.address
    }
    fn change(&self) -> &Change {
        self.change
    }
}

impl Changed for (&Address, &Change) {
    fn address(&self) -> &Address {
        self.0
    }
    fn change(&self) -> &Change {
        self.1
    }
}

/// Every change of the plan, by kind and address.
pub(in crate::views) fn changes(plan: &Plan) -> impl Iterator<Item = (&Address, &Change)> {
    plan.changes.iter().filter(|(_, change)| change.action != Action::NoOp)
}

/// The same, with all that is said of them.
pub(in crate::views) fn entries(plan: &Plan) -> Vec<Entry<'_>> {
    changes(plan).map(|changed| entry(plan, changed)).collect()
}

/// All that is said of one of them.
pub(in crate::views) fn entry<'a>(
    plan: &'a Plan,
    (address, change): (&'a Address, &'a Change),
) -> Entry<'a> {
    Entry {
        address,
        shown: plain(&address.to_string()),
        change,
        sentence: sentence(address.kind(), change),
        consequence: consequence(address, change, &plan.notes),
        rows: rows(address.kind(), change, Fresh::of(plan)),
    }
}

/// The kinds in the order of addresses, each with its entries.
pub(in crate::views) fn by_kind<'e, 'a>(entries: &'e [Entry<'a>]) -> Vec<(Kind, &'e [Entry<'a>])> {
    let chunks = entries.chunk_by(|a, b| a.address.kind() == b.address.kind());
    chunks.filter_map(|chunk| Some((chunk.first()?.address.kind(), chunk))).collect()
}
