//! Many changes that are alike, in a few lines.

use model::Path;
use model::plan::{Action, LeafChange, Reason, Shown};

use super::entry::Changed;
use crate::views::style::number;

/// How many of many that are alike are shown.
const SHOWN: usize = 5;
/// The fewest that are folded: fewer are read one by one.
const MANY: usize = 25;
/// The fewest that are folded though each has values of its own.
const MANY_OF_THEIR_OWN: usize = 50;

/// Entries that are shown, and how many more follow that are like the last of them.
pub(in crate::views) struct Folded<'e, T> {
    pub(in crate::views) shown: &'e [T],
    pub(in crate::views) rest: Option<Rest>,
}

/// Those that are not shown.
pub(in crate::views) struct Rest {
    /// `and 4,995 more workspaces like this`.
    pub(in crate::views) words: String,
    pub(in crate::views) count: usize,
}

/// Folds what is alike and stands together. What destroys something is never folded.
pub(in crate::views) fn fold<T: Changed>(entries: &[T]) -> Vec<Folded<'_, T>> {
    entries.chunk_by(|a, b| shape(a) == shape(b)).map(folded).collect()
}

fn folded<T: Changed>(alike: &[T]) -> Folded<'_, T> {
    let whole = Folded { shown: alike, rest: None };
    let (Some((shown, rest)), Some(first)) = (alike.split_at_checked(SHOWN), alike.first()) else {
        return whole;
    };
    let destroys = matches!(first.change().action, Action::Delete | Action::Replace);
    let same = alike.iter().all(|entry| values(entry) == values(first));
    if destroys || alike.len() < if same { MANY } else { MANY_OF_THEIR_OWN } {
        return whole;
    }
    let kind = first.address().kind();
    let own = if same { "" } else { ", each with values of its own" };
    let more = number(rest.len());
    let words = format!("and {more} more {} like this{own}", kind.counted(rest.len()));
    Folded { shown, rest: Some(Rest { words, count: rest.len() }) }
}

/// What makes entries alike: what is done, why, and which leaves come, go and change.
fn shape<T: Changed>(entry: &T) -> impl PartialEq + use<'_, T> {
    let change = entry.change();
    let sides = |leaf: &LeafChange| (leaf.before == Shown::Absent, leaf.after == Shown::Absent);
    let leaves: Vec<(&Path, (bool, bool))> =
        change.leaves.iter().map(|(path, leaf)| (path, sides(leaf))).collect();
    let reason: Option<&Reason> = match &change.reason {
        // Each has come from an address of its own.
        Reason::Moved { .. } => None,
        reason => Some(reason),
    };
    (entry.address().kind(), change.action, reason, leaves)
}

/// The values of the leaves, but for the name: that is what tells those that are alike apart.
fn values<T: Changed>(entry: &T) -> Vec<(&Path, &LeafChange)> {
    let name = entry.address().kind().schema().natural_key;
    entry.change().leaves.iter().filter(|(path, _)| path.root() != name).collect()
}
