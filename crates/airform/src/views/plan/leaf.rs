//! One leaf, and one value.

use model::cron::Cron;
use model::kinds::workspace::region_name;
use model::plan::{Action, Change, LeafChange, MovedSide, Reason, Shown};
use model::{Path, Value};

use super::Fresh;
use super::text::Text;
use crate::views::cron;
use crate::views::style::{CREATE, DELETE, FAINT, UPDATE, number, paint, plain, quoted};

/// The longest text that is shown whole, in characters.
const FOLD: usize = 96;
/// What stands for a value that the service has yet to give out.
pub(super) const KNOWN_AFTER_APPLY: &str = "(known after apply)";

/// What stands for a secret that is written though nobody has changed it.
const WRITTEN_AGAIN: &str = "(secret, written again)";

pub(super) fn leaf_symbol(leaf: &LeafChange) -> String {
    match (&leaf.before, &leaf.after) {
        _ if leaf.moved == MovedSide::Neither => paint(UPDATE, "~"),
        (Shown::Absent, _) => paint(CREATE, "+"),
        (_, Shown::Absent) => paint(DELETE, "-"),
        _ => paint(UPDATE, "~"),
    }
}

pub(super) fn leaf_text(path: &Path, leaf: &LeafChange, change: &Change, fresh: Fresh<'_>) -> Text {
    let show = |shown: &Shown| shown_value(path, shown, change, fresh);
    match (&leaf.before, &leaf.after) {
        _ if leaf.moved == MovedSide::Neither => Text::One(WRITTEN_AGAIN.to_owned()),
        (Shown::Absent, after) => Text::One(show(after)),
        (before, Shown::Absent) => Text::One(show(before)),
        (Shown::Secret | Shown::Hidden, Shown::Secret) => Text::One("(secret, changed)".to_owned()),
        (Shown::Clear(Value::Text(before)), Shown::Clear(Value::Text(after)))
            if before.contains('\n') || after.contains('\n') =>
        {
            Text::lines(before, after)
        }
        // What is live has its id already.
        (before, after) => {
            let before = shown_value(path, before, change, Fresh::default());
            Text::Sides { before, after: show(after) }
        }
    }
}

/// What follows from a leaf.
pub(super) fn leaf_note(leaf: &LeafChange, change: &Change) -> Option<String> {
    if leaf.forces_replace && change.action != Action::Create {
        Some(paint(DELETE, "# forces replacement"))
    } else if change.reason == Reason::EditedAndDrifted && leaf.moved == MovedSide::Live {
        Some(paint(FAINT, "# changed outside Airform"))
    } else {
        None
    }
}

/// The one side of a leaf that comes or goes.
pub(super) fn shown_side(
    path: &Path,
    leaf: &LeafChange,
    change: &Change,
    fresh: Fresh<'_>,
) -> String {
    match &leaf.after {
        Shown::Absent => shown_value(path, &leaf.before, change, fresh),
        after => shown_value(path, after, change, fresh),
    }
}

pub(super) fn shown_value(path: &Path, shown: &Shown, change: &Change, fresh: Fresh<'_>) -> String {
    let value = match shown {
        Shown::Absent => return "(none)".to_owned(),
        Shown::Secret => return "(secret)".to_owned(),
        Shown::Hidden => return "(hidden)".to_owned(),
        Shown::Clear(value) => value,
    };
    if let Value::Reference(address) = value
        && fresh.contains(address)
    {
        return format!("{address} {}", paint(FAINT, KNOWN_AFTER_APPLY));
    }
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
