//! The laws of a finished plan, checked by somebody who did not make it.

use std::collections::BTreeSet;

use model::desired::Desired;
use model::kinds::workspace::DEFAULT_NAME;
use model::live::{Id, Live};
use model::plan::{Action, Call, Change, Memory, Plan, Reason, Shown, Step};
use model::state::State;
use model::{Address, Kind, Value};

/// Every law that `plan` breaks, in words. None, if the planner is right.
pub(crate) fn check(plan: &Plan, desired: &Desired, live: &Live, state: &State) -> Vec<String> {
    let mut broken = Vec::new();
    let mut made = BTreeSet::new();
    let held: BTreeSet<(Kind, &Id)> = state
        .records
        .iter()
        .flat_map(|(address, record)| {
            let deposed = record.deposed.iter().map(|old| &old.id);
            std::iter::once(&record.id).chain(deposed).map(|id| (address.kind(), id))
        })
        .collect();
    for (position, step) in plan.steps.iter().enumerate() {
        let mut law = |holds: bool, law: &str| {
            if !holds {
                broken.push(format!("step {position} of {}: {law}", step.address));
            }
        };
        law(step.after.iter().all(|id| id.0 < position), "waits only for what stands before it");
        let marked = is_delete_of_marked(step, desired, live, state);
        law(
            marked || is_ours_to_touch(step, desired, state),
            "is for what is declared, remembered or marked",
        );
        law(fits(step), "has a memory that fits its call");
        let is_known = marked || is_delete_of_begun(step, live, state);
        law(is_known || deletes_what_is_ours(step, &held), "deletes only what is ours");
        law(!matches!(step.call, Call::Create { .. }) || made.insert(&step.address), "makes once");
        let change = plan.changes.get(&step.address);
        law(change.is_some_and(|c| c.action != Action::NoOp), "belongs to a change");
        law(change.is_some_and(|c| may(c, &step.call)), "is within what its action may do");
    }
    let staying: BTreeSet<(Kind, &Id)> = plan
        .changes
        .iter()
        .filter(|(_, change)| stays(change))
        .filter_map(|(address, change)| Some((address.kind(), change.id.as_ref()?)))
        .collect();
    for step in &plan.steps {
        if let Call::Delete { id, .. } = &step.call
            && staying.contains(&(step.address.kind(), id))
        {
            broken.push(format!("delete of {id}: is of nothing that stays"));
        }
    }
    let stepped: BTreeSet<_> = plan.steps.iter().map(|step| &step.address).collect();
    for (address, change) in &plan.changes {
        let shown = change.leaves.values().flat_map(|leaf| [&leaf.before, &leaf.after]);
        if !shown.clone().all(may_be_shown) {
            broken.push(format!("change of {address}: shows nothing that is secret or opaque"));
        }
        let is_silent = change.action == Action::NoOp || !plan.blockers.is_empty();
        if !is_silent && !stepped.contains(address) {
            broken.push(format!("change of {address}: has a step"));
        }
    }
    broken
}

/// Whether `step` deletes something that nobody knows of and that carries our ownership tag.
fn is_delete_of_marked(step: &Step, desired: &Desired, live: &Live, state: &State) -> bool {
    let Call::Delete { id, .. } = &step.call else { return false };
    let object = live.kinds.get(&step.address.kind()).and_then(|read| read.objects.get(id));
    let tags = object.filter(|object| object.ours).and_then(|it| it.attributes.get("tags"));
    let Some(Value::List(tags)) = tags else { return false };
    let Some(mark) = desired.ownership_tag.as_deref() else { return false };
    // By the name that it has, where that was changed by hand.
    let record = state.records.get(&Address::new(Kind::Tag, mark));
    let renamed = record.and_then(|record| live.kinds.get(&Kind::Tag)?.objects.get(&record.id));
    let renamed = renamed.map(|tag| tag.name.as_str());
    tags.iter().filter_map(Value::as_text).any(|tag| tag == mark || Some(tag) == renamed)
}

/// Whether `step` deletes what a create of ours has made whose answer was lost, as its name says.
fn is_delete_of_begun(step: &Step, live: &Live, state: &State) -> bool {
    let Call::Delete { id, .. } = &step.call else { return false };
    let object = live.kinds.get(&step.address.kind()).and_then(|read| read.objects.get(id));
    let Some(object) = object.filter(|object| object.ours && object.name != DEFAULT_NAME) else {
        return false;
    };
    let mut begun = state.open.iter().filter(|intent| intent.address == step.address);
    begun.any(|intent| intent.name.as_ref().is_none_or(|begun| *begun == object.name))
}

fn is_ours_to_touch(step: &Step, desired: &Desired, state: &State) -> bool {
    let remembered = state.records.contains_key(&step.address);
    let begun = || state.open.iter().any(|intent| intent.address == step.address);
    match desired.resources.get(&step.address) {
        Some(resource) if resource.external => step.call == Call::Nothing,
        Some(_) => true,
        None => remembered || (step.call == Call::Nothing && begun()),
    }
}

fn fits(step: &Step) -> bool {
    match (&step.call, &step.memory) {
        (Call::Nothing, Memory::Put { .. } | Memory::DeposedGone { .. } | Memory::Removed)
        | (Call::Create { .. }, Memory::Created { .. })
        | (Call::Delete { .. }, Memory::DeposedGone { .. } | Memory::Removed) => true,
        (Call::Update { attributes, .. }, Memory::Updated { .. }) => !attributes.is_empty(),
        (Call::Attach { .. } | Call::Detach { .. }, Memory::Updated { name, .. }) => name.is_none(),
        _ => false,
    }
}

/// An object is deleted only where an earlier run has remembered it as ours.
fn deletes_what_is_ours(step: &Step, held: &BTreeSet<(Kind, &Id)>) -> bool {
    let Call::Delete { id, name } = &step.call else { return true };
    let kind = step.address.kind();
    let is_default = kind == Kind::Workspace && name == DEFAULT_NAME;
    held.contains(&(kind, id)) && !is_default
}

fn may(change: &Change, call: &Call) -> bool {
    match (change.action, call) {
        (_, Call::Nothing) => true,
        // What is let go loses the tag that says that it is ours.
        (Action::Forget, call) => matches!(call, Call::Detach { .. }),
        (Action::NoOp | Action::Record, _) => false,
        (Action::Create, _) | (Action::Replace, _) => true,
        (Action::Delete, call) => matches!(call, Call::Delete { .. }),
        (Action::Adopt | Action::Update, call) => !matches!(call, Call::Create { .. }),
    }
}

/// Whether the object that a change names stands afterwards.
fn stays(change: &Change) -> bool {
    match change.action {
        Action::NoOp | Action::Update | Action::Adopt | Action::Record => true,
        Action::Replace => change.reason == Reason::Deposed,
        Action::Create | Action::Delete | Action::Forget => false,
    }
}

fn may_be_shown(shown: &Shown) -> bool {
    match shown {
        Shown::Clear(value) => !value.is_opaque() && !holds_secret(value),
        Shown::Absent | Shown::Secret | Shown::Hidden => true,
    }
}

fn holds_secret(value: &Value) -> bool {
    match value {
        Value::Secret(_) => true,
        Value::List(items) => items.iter().any(holds_secret),
        Value::Map(members) => members.values().any(holds_secret),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Reference(_) => {
            false
        }
    }
}
