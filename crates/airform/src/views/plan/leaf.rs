//! One leaf, and one value.

use model::cron::Cron;
use model::kinds::workspace::region_name;
use model::plan::{Action, Change, LeafChange, MovedSide, Reason, Shown};
use model::{Path, Value};

use crate::views::cron;
use crate::views::style::{CREATE, DELETE, FAINT, UPDATE, number, paint, plain, quoted};

/// The longest text that is shown whole, in characters.
const FOLD: usize = 96;

pub(super) fn leaf_symbol(leaf: &LeafChange) -> String {
    match (&leaf.before, &leaf.after) {
        (Shown::Absent, _) => paint(CREATE, "+"),
        (_, Shown::Absent) => paint(DELETE, "-"),
        _ => paint(UPDATE, "~"),
    }
}

pub(super) fn leaf_text(path: &Path, leaf: &LeafChange, change: &Change) -> String {
    let show = |shown: &Shown| shown_value(path, shown, change);
    let mut text = match (&leaf.before, &leaf.after) {
        (Shown::Absent, after) => show(after),
        (before, Shown::Absent) => show(before),
        (Shown::Secret | Shown::Hidden, Shown::Secret) => "(secret, changed)".to_owned(),
        (before, after) => format!("{} → {}", show(before), show(after)),
    };
    if leaf.forces_replace && change.action != Action::Create {
        text.push_str(&paint(DELETE, "  # forces replacement"));
    } else if change.reason == Reason::EditedAndDrifted && leaf.moved == MovedSide::Live {
        text.push_str(&paint(FAINT, "  # changed outside Airform"));
    }
    text
}

/// The one side of a leaf that comes or goes.
pub(super) fn shown_side(path: &Path, leaf: &LeafChange, change: &Change) -> String {
    match &leaf.after {
        Shown::Absent => shown_value(path, &leaf.before, change),
        after => shown_value(path, after, change),
    }
}

pub(super) fn shown_value(path: &Path, shown: &Shown, change: &Change) -> String {
    let value = match shown {
        Shown::Absent => return "(none)".to_owned(),
        Shown::Secret => return "(secret)".to_owned(),
        Shown::Hidden => return "(hidden)".to_owned(),
        Shown::Clear(value) => value,
    };
    let Value::Text(text) = value else { return plain_value(value) };
    match path.root() {
        "cron_expression" => match Cron::parse(text).map(|cron| cron::describe(&cron)) {
            // A schedule that has no plain words is described by itself.
            Ok(words) if words != *text => {
                format!("{} {}", quoted(text), paint(FAINT, format!("({words})")))
            }
            _ => quoted(text),
        },
        "definition" | "destination" => {
            match change.definitions.iter().find(|definition| definition.id == *text) {
                Some(definition) if definition.name != definition.id => {
                    format!("{} {}", plain(&definition.name), paint(FAINT, format!("({text})")))
                }
                _ => plain(text),
            }
        }
        "region" => plain(region_name(text)),
        "clone_of"
        | "tags"
        | "connection_template_tags"
        | "connection_template_tags_mode"
        | "mode"
        | "hosting"
        | "status" => plain(text),
        _ => quoted_folded(text),
    }
}

fn quoted_folded(text: &str) -> String {
    let length = text.chars().count();
    if length <= FOLD {
        return quoted(text);
    }
    let head: String = text.chars().take(FOLD / 2).collect();
    format!("{}… ({} characters)", quoted(&head), number(length))
}

pub(super) fn plain_value(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => quoted_folded(text),
        Value::Secret(_) => "(secret)".to_owned(),
        Value::Reference(address) => address.to_string(),
        Value::List(items) => {
            format!("[{}]", items.iter().map(plain_value).collect::<Vec<_>>().join(", "))
        }
        Value::Map(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, member)| format!("{}: {}", plain(key), plain_value(member)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}
