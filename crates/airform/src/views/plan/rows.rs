//! What differs on one resource, line by line.

use std::collections::BTreeSet;
use std::fmt::Write;

use model::plan::{Action, Change, LeafChange, Shown};
use model::state::SECRET_VERSION;
use model::value::Segment;
use model::{Kind, Path, Value};

use super::Fresh;
use super::leaf::{KNOWN_AFTER_APPLY, leaf_note, leaf_symbol, leaf_text, shown_side, shown_value};
use super::text::Text;
use crate::views::style::{CREATE, UPDATE, Width, bare, paint, plain};

/// How far the names of leaves may push their values to the right, in characters.
const NAME_COLUMN: usize = 40;
/// How far in they stand.
const MARGIN: &str = "      ";

/// The lines below a resource, for the terminal. `width` is that of the screen, where there is one.
pub(in crate::views) fn leaf_lines(rows: &[Row], width: Option<usize>) -> String {
    let mut out = String::new();
    let column = rows.iter().map(|row| row.name.width()).max().unwrap_or(0).min(NAME_COLUMN);
    for Row { symbol, name, text, note } in rows {
        let pad = " ".repeat(column.saturating_sub(name.width()));
        let note = note.as_ref().map(|note| format!("  {note}")).unwrap_or_default();
        let head = format!("{MARGIN}{symbol} {name}:{pad} ");
        let whole = format!("{head}{}{note}", text.in_one_line());
        // What does not fit stands on lines of its own.
        let overflows = width.is_some_and(|width| bare(&whole).width() > width);
        match text {
            Text::One(value) if overflows => {
                let _ = writeln!(out, "{MARGIN}{symbol} {name}:{note}\n{MARGIN}    {value}");
            }
            Text::Sides { before, after } if overflows => {
                let _ = writeln!(out, "{MARGIN}{symbol} {name}:{note}\n{MARGIN}    {before}");
                let _ = writeln!(out, "{MARGIN}  → {after}");
            }
            Text::Lines { lines, .. } => {
                let _ = writeln!(out, "{whole}");
                for line in lines {
                    let _ = writeln!(out, "{MARGIN}  {}", line.styled());
                }
            }
            Text::One(_) | Text::Sides { .. } => {
                let _ = writeln!(out, "{whole}");
            }
        }
    }
    out
}

/// One line below a resource. What is styled is so with escapes, which [`bare`] takes away.
pub(in crate::views) struct Row {
    /// Whether it comes, goes or changes; styled.
    pub(in crate::views) symbol: String,
    /// What.
    pub(in crate::views) name: String,
    /// Its values.
    pub(in crate::views) text: Text,
    /// What follows from it; styled.
    pub(in crate::views) note: Option<String>,
}

/// The leaves as lines, in the order of the kind's attributes. Members of a set, and items of a list
/// that comes or goes as a whole, share a line.
pub(in crate::views) fn rows(kind: Kind, change: &Change, fresh: Fresh<'_>) -> Vec<Row> {
    let schema = kind.schema();
    let mut rows = Vec::new();
    if let (Action::Replace, Some(id)) = (change.action, &change.id)
        && !change.leaves.is_empty()
    {
        let (before, after) = (plain(&id.0), KNOWN_AFTER_APPLY.to_owned());
        let (symbol, text) = (paint(UPDATE, "~"), Text::Sides { before, after });
        rows.push(Row { symbol, name: "id".to_owned(), text, note: None });
    }
    // No attribute, but what makes the rest follow.
    let version = change.leaves.get_key_value(&Path::attribute(SECRET_VERSION));
    rows.extend(version.map(|version| row(&[version], change, fresh)));
    for attribute in schema.attributes {
        let mut leaves = change
            .leaves
            .iter()
            .filter(|(path, _)| path.root() == attribute.name)
            // The name stands in the line above already.
            .filter(|(_, leaf)| {
                !(attribute.name == schema.natural_key
                    && leaf.before == Shown::Absent
                    && matches!(&leaf.after, Shown::Clear(Value::Text(text)) if *text == change.name))
            })
            .peekable();
        while let Some((path, leaf)) = leaves.next() {
            let mut group = vec![(path, leaf)];
            if let Some(item) = item_of(path, leaf, change) {
                while let Some(next) = leaves.next_if(|next| is_within(next.0, &item)) {
                    group.push(next);
                }
                rows.push(item_row(&item, &group, change, fresh));
                continue;
            }
            while let Some(next) = leaves.next_if(|next| go_together(group[0], *next)) {
                group.push(next);
            }
            rows.push(row(&group, change, fresh));
        }
    }
    rows
}

/// The item of a list that the leaf belongs to, where the item is a map that comes or goes as a
/// whole: it is then shown in one line, as it would be written.
fn item_of(path: &Path, leaf: &LeafChange, change: &Change) -> Option<Path> {
    let segments = path.segments();
    let at = segments.iter().position(|segment| matches!(segment, Segment::Index(_)))?;
    let item = Path::of(segments[..=at].to_vec());
    let comes = leaf.before == Shown::Absent;
    let goes = leaf.after == Shown::Absent;
    let whole =
        change.leaves.range(item.clone()..).take_while(|(path, _)| is_within(path, &item)).all(
            |(_, leaf)| {
                (comes && leaf.before == Shown::Absent) || (goes && leaf.after == Shown::Absent)
            },
        );
    (whole && matches!(segments.get(at + 1), Some(Segment::Key(_)))).then_some(item)
}

fn is_within(path: &Path, whole: &Path) -> bool {
    path.segments().starts_with(whole.segments())
}

/// An item as a flow map, its `type` first: that is what the rest hangs on.
fn item_row(item: &Path, group: &[(&Path, &LeafChange)], change: &Change, fresh: Fresh<'_>) -> Row {
    let mut members: Vec<(bool, String)> = group
        .iter()
        .map(|(path, leaf)| {
            let key = Path::of(path.segments()[item.segments().len()..].to_vec()).to_string();
            (key != "type", format!("{}: {}", plain(&key), shown_side(path, leaf, change, fresh)))
        })
        .collect();
    members.sort_by_key(|(later, _)| *later);
    let members: Vec<String> = members.into_iter().map(|(_, member)| member).collect();
    Row {
        symbol: leaf_symbol(group[0].1),
        name: plain(&item.to_string()),
        text: Text::One(format!("{{{}}}", members.join(", "))),
        note: None,
    }
}

/// Whether two leaves share a line.
fn go_together(first: (&Path, &LeafChange), next: (&Path, &LeafChange)) -> bool {
    let ((first, a), (next, b)) = (first, next);
    let whole = |leaf: &LeafChange| (leaf.before == Shown::Absent, leaf.after == Shown::Absent);
    first.parent() == next.parent()
        && match (first.segments().last(), next.segments().last()) {
            (Some(Segment::Member(_)), Some(Segment::Member(_))) => true,
            (Some(Segment::Index(_)), Some(Segment::Index(_))) if has_no_order(first) => true,
            (Some(Segment::Index(_)), Some(Segment::Index(_))) => {
                whole(a) == whole(b) && whole(a) != (false, false)
            }
            _ => false,
        }
}

/// Whether the items of this list mean the same in any order (dossier 4). They are compared sorted,
/// so that one that comes moves all behind it; what is shown is which come and which go.
fn has_no_order(item: &Path) -> bool {
    item.parent().is_some_and(|list| list.to_string() == "customization.stream_whitelist")
}

/// The items that come, and those that go, of a list without order.
fn unordered_row(
    parent: &Path,
    group: &[(&Path, &LeafChange)],
    change: &Change,
    fresh: Fresh<'_>,
) -> Row {
    let side = |of: fn(&LeafChange) -> &Shown| -> BTreeSet<String> {
        let shown = group.iter().map(|(path, leaf)| (path, of(leaf)));
        let present = shown.filter(|(_, shown)| **shown != Shown::Absent);
        present.map(|(path, shown)| shown_value(path, shown, change, fresh)).collect()
    };
    let (before, after) = (side(|leaf| &leaf.before), side(|leaf| &leaf.after));
    let gone = before.difference(&after).map(|item| format!("-{item}"));
    let come = after.difference(&before).map(|item| format!("+{item}"));
    Row {
        symbol: paint(UPDATE, "~"),
        name: plain(&parent.to_string()),
        text: Text::One(gone.chain(come).collect::<Vec<_>>().join(", ")),
        note: None,
    }
}

fn row(group: &[(&Path, &LeafChange)], change: &Change, fresh: Fresh<'_>) -> Row {
    let (path, leaf) = group[0];
    let parent = path.parent().unwrap_or_default();
    let shown = |(path, leaf): &(&Path, &LeafChange)| shown_side(path, leaf, change, fresh);
    match path.segments().last() {
        Some(Segment::Member(_)) => {
            let all_new = group.iter().all(|(_, leaf)| leaf.before == Shown::Absent);
            let fresh = all_new && change.action == Action::Create;
            let member = |leaf: &(&Path, &LeafChange)| match (fresh, &leaf.1.after) {
                (true, _) => shown(leaf),
                (false, Shown::Absent) => format!("-{}", shown(leaf)),
                (false, _) => format!("+{}", shown(leaf)),
            };
            let members: Vec<String> = group.iter().map(member).collect();
            Row {
                symbol: if fresh { paint(CREATE, "+") } else { paint(UPDATE, "~") },
                name: plain(&parent.to_string()),
                text: Text::One(members.join(", ")),
                note: None,
            }
        }
        Some(Segment::Index(_)) if has_no_order(path) && change.action != Action::Create => {
            unordered_row(&parent, group, change, fresh)
        }
        Some(Segment::Index(0)) if group.len() > 1 || leaf.before == Shown::Absent => Row {
            symbol: leaf_symbol(leaf),
            name: plain(&parent.to_string()),
            text: Text::One(format!(
                "[{}]",
                group.iter().map(shown).collect::<Vec<_>>().join(", ")
            )),
            note: leaf_note(leaf, change),
        },
        _ => Row {
            symbol: leaf_symbol(leaf),
            name: plain(&path.to_string()),
            text: leaf_text(path, leaf, change, fresh),
            note: leaf_note(leaf, change),
        },
    }
}
