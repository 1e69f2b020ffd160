//! A plan, for the terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use model::cron::Cron;
use model::kinds::workspace::region_name;
use model::plan::{Action, Change, LeafChange, MovedSide, Note, Plan, Reason, Shown};
use model::value::Segment;
use model::{Address, Kind, Path, Value};

use super::style::{
    CREATE, DELETE, FAINT, RECORD, STRONG, UPDATE, WARNING, number, paint, plain, quoted,
};

/// The longest text that is shown whole, in characters.
const FOLD: usize = 96;
/// How many resources that are no longer declared are named.
const KEPT_NAMES: usize = 5;
/// How many addresses are named where there are many.
const NAMED: usize = 5;
/// How far the names of leaves may push their values to the right, in characters.
const NAME_COLUMN: usize = 40;

/// The plan as prose: every change, then a count. One line where nothing changes.
pub(crate) fn render(plan: &Plan) -> String {
    if plan.is_empty() {
        return nothing(plan);
    }
    let mut out = String::new();
    for (address, change) in &plan.changes {
        if change.action != Action::NoOp {
            render_change(address, change, &mut out);
            out.push('\n');
        }
    }
    out.push_str(&summary(plan));
    for line in [assumed(plan), unmanaged(plan)].into_iter().flatten() {
        out.push('\n');
        out.push_str(&line);
    }
    out
}

fn nothing(plan: &Plan) -> String {
    if !plan.blockers.is_empty() {
        return format!("{} blocked.", paint(STRONG, "Plan:"));
    }
    let declared = plan
        .changes
        .values()
        .filter(|change| matches!(change.reason, Reason::AsDeclared | Reason::External))
        .count();
    if plan.changes.values().any(|change| change.reason == Reason::LeftOut) {
        return format!("{} What was asked for is as declared.", paint(STRONG, "No changes."));
    }
    let mut line = paint(STRONG, "No changes.");
    let _ = match declared {
        0 => write!(line, " Nothing is declared."),
        1 => write!(line, " The one declared resource is as declared."),
        count => write!(line, " All {} declared resources are as declared.", number(count)),
    };
    if let Some(unmanaged) = unmanaged(plan) {
        let _ = write!(line, " {unmanaged}");
    }
    line
}

/// The count at the end: `Plan: 3 to create, 1 to update.`
fn summary(plan: &Plan) -> String {
    let verbs = [
        (Action::Create, "to create"),
        (Action::Update, "to update"),
        (Action::Replace, "to replace"),
        (Action::Delete, "to delete"),
        (Action::Adopt, "to adopt"),
        (Action::Record, "to record"),
        (Action::Forget, "to forget"),
    ];
    let counts: Vec<String> = verbs
        .into_iter()
        .map(|(action, verb)| (action, verb, plan.count(action)))
        .filter(|(_, _, count)| *count > 0)
        .map(|(action, verb, count)| {
            let changed = plan
                .changes
                .values()
                .filter(|change| change.action == action && !change.leaves.is_empty())
                .count();
            match (action, changed) {
                (Action::Adopt, 1..) => {
                    format!("{} {verb} ({} of them changed)", number(count), number(changed))
                }
                _ => format!("{} {verb}", number(count)),
            }
        })
        .collect();
    if counts.is_empty() {
        return format!("{} nothing to change, something to tidy up.", paint(STRONG, "Plan:"));
    }
    let blocked = if plan.blockers.is_empty() { "" } else { " It is blocked." };
    format!("{} {}.{blocked}", paint(STRONG, "Plan:"), counts.join(", "))
}

fn assumed(plan: &Plan) -> Option<String> {
    plan.notes.iter().find_map(|note| match note {
        Note::Assumed { leaves, resources } => Some(format!(
            "{} that cannot be read back {} taken as declared, on {}.",
            counted(*leaves, "value", "values"),
            if *leaves == 1 { "is" } else { "are" },
            counted(*resources, "resource", "resources"),
        )),
        _ => None,
    })
}

fn unmanaged(plan: &Plan) -> Option<String> {
    let parts: Vec<String> = plan
        .unmanaged
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(kind, count)| format!("{} {}", number(*count), kind.counted(*count)))
        .collect();
    let last = parts.last()?;
    let verb = if parts.len() == 1 && last.starts_with("1 ") { "is" } else { "are" };
    Some(format!("{} in the organization {verb} not managed here.", list(&parts)))
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// `1 value`, `2 values`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

fn style_of(action: Action) -> anstyle::Style {
    match action {
        Action::Create => CREATE,
        Action::Update => UPDATE,
        Action::Replace | Action::Delete => DELETE,
        Action::Adopt | Action::Record | Action::Forget => RECORD,
        Action::NoOp => FAINT,
    }
}

fn symbol(action: Action) -> &'static str {
    match action {
        Action::Create => "  +",
        Action::Update => "  ~",
        Action::Replace => "-/+",
        Action::Delete => "  -",
        Action::Adopt => " <~",
        Action::Record | Action::Forget => "  →",
        Action::NoOp => "   ",
    }
}

fn render_change(address: &Address, change: &Change, out: &mut String) {
    let style = style_of(change.action);
    let _ = writeln!(
        out,
        "{} {}  {}",
        paint(style, symbol(change.action)),
        paint(STRONG, address.to_string()),
        sentence(address.kind(), change),
    );
    out.push_str(&leaf_lines(address.kind(), change));
}

/// The lines below a resource.
pub(super) fn leaf_lines(kind: Kind, change: &Change) -> String {
    let mut out = String::new();
    let rows = rows(kind, change);
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).min(NAME_COLUMN);
    for Row { symbol, name, text } in rows {
        let pad = " ".repeat(width.saturating_sub(name.chars().count()));
        let _ = writeln!(out, "      {symbol} {name}:{pad} {text}");
    }
    out
}

/// One line below a resource.
struct Row {
    symbol: String,
    name: String,
    text: String,
}

/// The leaves as lines, in the order of the kind's attributes. Members of a set, and items of a list
/// that comes or goes as a whole, share a line.
fn rows(kind: Kind, change: &Change) -> Vec<Row> {
    let schema = kind.schema();
    let mut rows = Vec::new();
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
                rows.push(item_row(&item, &group, change));
                continue;
            }
            while let Some(next) = leaves.next_if(|next| go_together(group[0], *next)) {
                group.push(next);
            }
            rows.push(row(&group, change));
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
fn item_row(item: &Path, group: &[(&Path, &LeafChange)], change: &Change) -> Row {
    let mut members: Vec<(bool, String)> = group
        .iter()
        .map(|(path, leaf)| {
            let key = Path::of(path.segments()[item.segments().len()..].to_vec()).to_string();
            (key != "type", format!("{}: {}", plain(&key), shown_side(path, leaf, change)))
        })
        .collect();
    members.sort_by_key(|(later, _)| *later);
    let members: Vec<String> = members.into_iter().map(|(_, member)| member).collect();
    Row {
        symbol: leaf_symbol(group[0].1),
        name: plain(&item.to_string()),
        text: format!("{{{}}}", members.join(", ")),
    }
}

/// The one side of a leaf that comes or goes.
fn shown_side(path: &Path, leaf: &LeafChange, change: &Change) -> String {
    match &leaf.after {
        Shown::Absent => shown_value(path, &leaf.before, change),
        after => shown_value(path, after, change),
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
fn unordered_row(parent: &Path, group: &[(&Path, &LeafChange)], change: &Change) -> Row {
    let side = |of: fn(&LeafChange) -> &Shown| -> BTreeSet<String> {
        let shown = group.iter().map(|(path, leaf)| (path, of(leaf)));
        let present = shown.filter(|(_, shown)| **shown != Shown::Absent);
        present.map(|(path, shown)| shown_value(path, shown, change)).collect()
    };
    let (before, after) = (side(|leaf| &leaf.before), side(|leaf| &leaf.after));
    let gone = before.difference(&after).map(|item| format!("-{item}"));
    let come = after.difference(&before).map(|item| format!("+{item}"));
    Row {
        symbol: paint(UPDATE, "~"),
        name: plain(&parent.to_string()),
        text: gone.chain(come).collect::<Vec<_>>().join(", "),
    }
}

fn row(group: &[(&Path, &LeafChange)], change: &Change) -> Row {
    let (path, leaf) = group[0];
    let parent = path.parent().unwrap_or_default();
    let shown = |(path, leaf): &(&Path, &LeafChange)| shown_side(path, leaf, change);
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
                text: members.join(", "),
            }
        }
        Some(Segment::Index(_)) if has_no_order(path) && change.action != Action::Create => {
            unordered_row(&parent, group, change)
        }
        Some(Segment::Index(0)) if group.len() > 1 || leaf.before == Shown::Absent => Row {
            symbol: leaf_symbol(leaf),
            name: plain(&parent.to_string()),
            text: format!("[{}]", group.iter().map(shown).collect::<Vec<_>>().join(", ")),
        },
        _ => Row {
            symbol: leaf_symbol(leaf),
            name: plain(&path.to_string()),
            text: leaf_text(path, leaf, change),
        },
    }
}

/// Why and what, in words.
fn sentence(kind: Kind, change: &Change) -> String {
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

fn leaf_symbol(leaf: &LeafChange) -> String {
    match (&leaf.before, &leaf.after) {
        (Shown::Absent, _) => paint(CREATE, "+"),
        (_, Shown::Absent) => paint(DELETE, "-"),
        _ => paint(UPDATE, "~"),
    }
}

fn leaf_text(path: &Path, leaf: &LeafChange, change: &Change) -> String {
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

fn shown_value(path: &Path, shown: &Shown, change: &Change) -> String {
    let value = match shown {
        Shown::Absent => return "(none)".to_owned(),
        Shown::Secret => return "(secret)".to_owned(),
        Shown::Hidden => return "(hidden)".to_owned(),
        Shown::Clear(value) => value,
    };
    let Value::Text(text) = value else { return plain_value(value) };
    match path.root() {
        "cron_expression" => match Cron::parse(text).map(|cron| super::cron::describe(&cron)) {
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

fn plain_value(value: &Value) -> String {
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

/// What has probably been renamed, as an entry that can be pasted into the manifest.
fn renames(moved: &[(&Address, &Address)]) -> Option<String> {
    let (from, to) = moved.first()?;
    let mut remark = match moved {
        [_] => format!("{from} is gone, and {to} is new and equal to it but for its name"),
        _ => format!(
            "{} resources are gone, and as many are new and equal to them but for their names",
            moved.len()
        ),
    };
    remark.push_str("; if that is a rename, say so in the manifest, and nothing is made or deleted:\n\n  moved:");
    for (from, to) in moved {
        let _ = write!(remark, "\n    - {{from: {}, to: {}}}", in_yaml(from), in_yaml(to));
    }
    remark.push('\n');
    Some(remark)
}

/// An address as YAML. A key brings brackets, and whatever somebody wrote into it.
fn in_yaml(address: &Address) -> String {
    let text = address.to_string();
    if address.key().is_some() { format!("'{}'", text.replace('\'', "''")) } else { text }
}

/// The least that deletes something of `kind` that is no longer declared.
fn prune(kind: Kind) -> &'static str {
    match kind {
        Kind::Tag | Kind::SourceTemplate | Kind::ConnectionTemplate => "--prune",
        Kind::Connector => "--prune=connectors",
        Kind::Workspace => "--prune=workspaces",
    }
}

/// What would change and was left for another time.
fn left_out(plan: &Plan) -> Option<String> {
    let left_out = plan.changes.iter().filter(|(_, change)| change.reason == Reason::LeftOut);
    let all: Vec<String> = left_out.map(|(address, _)| address.to_string()).collect();
    let (head, more) = (all.get(..NAMED).unwrap_or(&all), all.len().saturating_sub(NAMED));
    let tail = if more > 0 { format!(" and {} more", number(more)) } else { String::new() };
    (!all.is_empty()).then(|| {
        format!(
            "left out, though {}: {}{tail}; until then the organization is not as declared",
            if all.len() == 1 { "it would change" } else { "they would change" },
            head.join(", ")
        )
    })
}

/// What a reader should know besides, one remark each. These go to standard error.
pub(crate) fn remarks(plan: &Plan) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut moved: Vec<(&Address, &Address)> = Vec::new();
    let mut kept: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for note in &plan.notes {
        match note {
            Note::Assumed { .. } => {
                remarks.extend(plan.is_empty().then(|| assumed(plan)).flatten())
            }
            Note::Settled { address, path, live, declared } => {
                let show = |shown: &Shown| match shown {
                    Shown::Clear(value) => plain_value(value),
                    Shown::Absent => "nothing".to_owned(),
                    Shown::Secret => "a secret".to_owned(),
                    Shown::Hidden => "a hidden value".to_owned(),
                };
                remarks.push(format!(
                    "{address}: {} was sent as {}, and the service shows {}; left so until either side changes",
                    plain(&path.to_string()),
                    show(declared),
                    show(live),
                ));
            }
            Note::NoLongerDeclared { address, attribute } => remarks.push(format!(
                "{address}: {attribute} is no longer declared; its value stays as it is"
            )),
            Note::PerhapsMoved { from, to } => moved.push((from, to)),
            Note::Overridden { guard, rule, address, breach } => {
                let subject = address.as_ref().map_or(String::new(), |at| format!("{at} "));
                remarks.push(format!(
                    "overridden, {}: {subject}{}",
                    super::guard::name(guard),
                    super::guard::breach(*rule, breach)
                ));
            }
            Note::Kept { address } => {
                kept.entry(prune(address.kind())).or_default().push(address.to_string());
            }
        }
    }
    remarks.extend(renames(&moved));
    for (option, mut names) in kept {
        let count = names.len();
        if count > KEPT_NAMES {
            names.truncate(KEPT_NAMES);
            names.push(format!("{} more", number(count - KEPT_NAMES)));
        }
        remarks.push(format!(
            "no longer declared, and left as {}: {}; {} would delete {}",
            if count == 1 { "it is" } else { "they are" },
            list(&names),
            option,
            if count == 1 { "it" } else { "them" },
        ));
    }
    remarks.extend(left_out(plan));
    for (address, change) in &plan.changes {
        if change.reason == Reason::DefaultWorkspace {
            remarks.push(format!(
                "{address}: the workspace {} is the organization's own, and is never deleted",
                quoted(&change.name)
            ));
        }
    }
    remarks.into_iter().map(|remark| format!("{} {remark}", paint(WARNING, "note:"))).collect()
}
