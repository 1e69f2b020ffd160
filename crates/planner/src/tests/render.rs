//! Plans as text, for expectations.

use model::plan::{Call, LeafChange, Memory, MovedSide, Plan, Shown, Step, Target};
use model::{Path, Value};

/// A plan, one line per thing that it says. Resources of which nothing is to be said are left out.
pub(super) fn render(plan: &Plan) -> String {
    let mut lines = Vec::new();
    for (address, change) in &plan.changes {
        let leaves = change.leaves.iter().map(|(path, leaf)| leaf_line(path, leaf));
        lines.push(format!("{address} {:?} {:?}", change.action, change.reason));
        lines.extend(leaves);
    }
    lines.extend(plan.steps.iter().enumerate().map(|(at, step)| step_line(at, step)));
    lines.extend(plan.blockers.iter().map(|blocker| {
        let address = blocker.address.as_ref().map(|a| format!(" {a}")).unwrap_or_default();
        let path = blocker.path.as_ref().map(|path| format!(" {path}")).unwrap_or_default();
        format!("!{address}{path} {:?}", blocker.cause)
    }));
    lines.extend(plan.notes.iter().map(|note| format!("note {note:?}")));
    lines.extend(
        plan.unmanaged
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(kind, count)| format!("{count} {} not managed", kind.counted(*count))),
    );
    lines.join("\n")
}

fn leaf_line(path: &Path, leaf: &LeafChange) -> String {
    let moved = match leaf.moved {
        MovedSide::Declared => "declared",
        MovedSide::Live => "live",
        MovedSide::Unknown => "?",
        MovedSide::Neither => "neither",
    };
    let forces = if leaf.forces_replace { " replaces" } else { "" };
    format!("  {path}: {} -> {} ({moved}){forces}", shown(&leaf.before), shown(&leaf.after))
}

fn shown(shown: &Shown) -> String {
    match shown {
        Shown::Absent => "-".to_owned(),
        Shown::Clear(leaf) => value(leaf),
        Shown::Secret => "(secret)".to_owned(),
        Shown::Hidden => "(hidden)".to_owned(),
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Secret(secret) => secret.to_string(),
        Value::Reference(address) => address.to_string(),
        Value::List(items) if items.is_empty() => "[]".to_owned(),
        Value::List(_) => "[…]".to_owned(),
        Value::Map(members) if members.is_empty() => "{}".to_owned(),
        Value::Map(_) => "{…}".to_owned(),
    }
}

fn step_line(at: usize, step: &Step) -> String {
    let target = |target: &Target| match target {
        Target::Id(id) => id.to_string(),
        Target::Own => "its own".to_owned(),
    };
    let names = |attributes: &super::Attributes| {
        attributes.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    let call = match &step.call {
        Call::Nothing => "nothing".to_owned(),
        Call::Create { attributes } => format!("create {{{}}}", names(attributes)),
        Call::Update { target: at, name, attributes } => {
            format!("update {} {name:?} {{{}}}", target(at), names(attributes))
        }
        Call::Delete { id, name } => format!("delete {id} {name:?}"),
        Call::Attach { target: at, tag } => format!("attach {tag:?} to {}", target(at)),
        Call::Detach { target: at, tag } => format!("detach {tag:?} from {}", target(at)),
    };
    let memory = match &step.memory {
        Memory::Unchanged => "".to_owned(),
        Memory::Created { replaces: None, .. } => "".to_owned(),
        Memory::Created { replaces: Some(old), .. } => {
            format!(", deposes {} {:?}", old.id, old.name)
        }
        Memory::Updated { name, dropped, kept, leaves: _ } => {
            let name = name.as_ref().map(|name| format!(", now {name:?}")).unwrap_or_default();
            let dropped = dropped.iter().map(|path| format!(", drops {path}")).collect::<String>();
            let kept = kept.iter().map(|(name, kept)| format!(", keeps {name} {kept:?}"));
            name + &dropped + &kept.collect::<String>()
        }
        Memory::Put { record, moved_from: None } => format!(", put {}", record.id),
        Memory::Put { record, moved_from: Some(from) } => {
            format!(", put {} from {from}", record.id)
        }
        Memory::DeposedGone { id } => format!(", {id} gone"),
        Memory::Removed => ", removed".to_owned(),
    };
    let after: Vec<String> = step.after.iter().map(|id| id.0.to_string()).collect();
    let after =
        if after.is_empty() { "".to_owned() } else { format!(" [after {}]", after.join(" ")) };
    format!("{at}. {} {call}{memory}{after}", step.address)
}
