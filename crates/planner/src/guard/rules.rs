//! The guards that people declare, and the one that stands where they do not.

use std::collections::{BTreeMap, BTreeSet};

use model::desired::Desired;
use model::guard::{Breach, Guard, Rule, RuleName, TOO_MANY_GONE};
use model::moment::Moment;
use model::plan::{Action, Blocker, BlockerCause, Change, Note, Plan, Reason};
use model::{Address, Kind, Value};

use crate::Options;
use crate::world::World;

/// What guards have against `changes`, and what they would have had, had nobody overridden them.
pub(super) fn check(
    world: &World<'_>,
    changes: &BTreeMap<Address, Change>,
) -> (Vec<Blocker>, Vec<Note>) {
    let standing = Guard::too_many_gone();
    let declared = &world.desired.guards;
    // Who asks for everything to go need not be asked whether so much is meant, unless somebody said so.
    let is_asked_for = world.options.destroy || world.options.undo;
    let is_standing = !declared.contains_key(TOO_MANY_GONE) && !is_asked_for;
    let guards = declared.iter().chain(&world.options.guards);
    let guards = guards.map(|(name, guard)| (name.as_str(), guard));
    let (mut blockers, mut notes) = (Vec::new(), Vec::new());
    for (name, guard) in is_standing.then_some((TOO_MANY_GONE, &standing)).into_iter().chain(guards)
    {
        for (address, rule, breach) in breaches(world, changes, guard) {
            let guard = name.to_owned();
            if world.options.override_guards.contains(name) {
                notes.push(Note::Overridden { guard, rule, address, breach });
            } else {
                let cause = BlockerCause::Guarded { guard, rule, breach };
                blockers.push(Blocker { address, path: None, cause });
            }
        }
    }
    (blockers, notes)
}

/// What freezes have against `plan` at the time that `options` say it is. It is all of a guard that
/// may come out otherwise when a plan that is kept is carried out.
pub fn frozen(desired: &Desired, options: &Options, plan: &Plan) -> Vec<Blocker> {
    let is_frozen = |from: &Moment, until: &Moment| {
        options.now.is_some_and(|now| (*from..*until).contains(&now))
            && plan.changes.values().any(changes_something)
    };
    let guards = desired.guards.iter().chain(&options.guards);
    let guards = guards.filter(|(name, _)| !options.override_guards.contains(*name));
    let rules = guards.flat_map(|(name, guard)| guard.rules.iter().map(move |rule| (name, rule)));
    rules
        .filter_map(|(name, (&rule, says))| match says {
            Rule::Freeze { from, until } if is_frozen(from, until) => {
                let breach = Breach::Frozen { until: *until };
                let cause = BlockerCause::Guarded { guard: name.clone(), rule, breach };
                Some(Blocker { address: None, path: None, cause })
            }
            _ => None,
        })
        .collect()
}

type Found = (Option<Address>, RuleName, Breach);

fn breaches(world: &World<'_>, changes: &BTreeMap<Address, Change>, guard: &Guard) -> Vec<Found> {
    let mut found = Vec::new();
    for (&name, rule) in &guard.rules {
        match rule {
            Rule::Most { limit, from } => {
                let counted = of_rule(name);
                for kind in Kind::ALL.into_iter().filter(|kind| guard.is_about(*kind)) {
                    let of_kind = changes.iter().filter(|(address, _)| address.kind() == kind);
                    let count = of_kind.filter(|(_, change)| counted(change)).count();
                    let of = managed(world, changes, kind);
                    if of >= *from && limit.is_exceeded(count, of) {
                        let breach = Breach::TooMany { kind, count, of, limit: *limit };
                        found.push((None, name, breach));
                    }
                }
            }
            Rule::Freeze { from, until } => {
                let is_frozen = world.options.now.is_some_and(|now| (*from..*until).contains(&now));
                if is_frozen && changes.values().any(changes_something) {
                    found.push((None, name, Breach::Frozen { until: *until }));
                }
            }
            Rule::Protect(_) | Rule::Tags(_) | Rule::Name(_) => {
                let about = changes.iter().filter(|(address, _)| guard.is_about(address.kind()));
                found.extend(about.filter_map(|(address, change)| {
                    let breach = of_one(world, rule, address, change)?;
                    Some((Some(address.clone()), name, breach))
                }));
            }
        }
    }
    found
}

/// How many of a kind are managed. Without state, what is taken over by its name and what is known by
/// its tag are all there is.
fn managed(world: &World<'_>, changes: &BTreeMap<Address, Change>, kind: Kind) -> usize {
    let is_known_anyhow = |(address, change): &(&Address, &Change)| {
        let is_found = change.action == Action::Adopt || change.reason == Reason::Orphaned;
        address.kind() == kind && is_found && world.record(address).is_none()
    };
    let found = match world.desired.ownership_tag {
        Some(_) => changes.iter().filter(is_known_anyhow).count(),
        None => 0,
    };
    world.records(kind).count() + found
}

/// What a rule about single resources has against one of them.
fn of_one(world: &World<'_>, rule: &Rule, address: &Address, change: &Change) -> Option<Breach> {
    match rule {
        Rule::Protect(patterns) => {
            let text = address.to_string();
            let is_touched = changes_something(change) && change.action != Action::Create;
            let is_protected = patterns.iter().any(|pattern| pattern.matches(&text));
            (is_touched && is_protected).then_some(Breach::Protected)
        }
        Rule::Tags(wanted) => {
            let may_carry = address.kind().schema().attribute("tags").is_some();
            let carried = tags(world, address);
            let tags: BTreeSet<Address> =
                wanted.iter().filter(|tag| !carried.contains(tag)).cloned().collect();
            (may_carry && is_written(change) && !tags.is_empty())
                .then_some(Breach::TagsMissing { tags })
        }
        Rule::Name(pattern) => {
            let name = world.natural_name(address)?;
            (is_written(change) && !pattern.matches(name))
                .then(|| Breach::NameUnlike { name: name.to_owned(), pattern: pattern.0.clone() })
        }
        Rule::Most { .. } | Rule::Freeze { .. } => None,
    }
}

fn tags<'a>(world: &World<'a>, address: &Address) -> BTreeSet<&'a Address> {
    let resource = world.resource(address);
    match resource.and_then(|resource| resource.attributes.get("tags")) {
        Some(Value::List(tags)) => tags
            .iter()
            .filter_map(|tag| match tag {
                Value::Reference(tag) => Some(tag),
                _ => None,
            })
            .collect(),
        _ => BTreeSet::new(),
    }
}

/// What a rule counts.
fn of_rule(name: RuleName) -> fn(&Change) -> bool {
    match name {
        RuleName::MaxDeletes => is_deleted,
        RuleName::MaxReplaces => is_replaced,
        RuleName::MaxGone => |change| is_deleted(change) || is_replaced(change),
        RuleName::MaxChanges
        | RuleName::Protect
        | RuleName::RequireTags
        | RuleName::RequireName
        | RuleName::Freeze => changes_something,
    }
}

/// Whether the object that is managed now is deleted. What goes with its workspace is counted there.
fn is_deleted(change: &Change) -> bool {
    change.action == Action::Delete && change.reason != Reason::GoesWithWorkspace
}

/// Whether the object that is managed now is replaced. Deleting what an earlier run has replaced takes
/// nothing away.
fn is_replaced(change: &Change) -> bool {
    change.action == Action::Replace && change.reason != Reason::Deposed
}

/// Whether the organization is another one afterwards.
fn changes_something(change: &Change) -> bool {
    match change.action {
        Action::Create | Action::Update | Action::Replace | Action::Delete => true,
        Action::Adopt => !change.leaves.is_empty(),
        Action::NoOp | Action::Record | Action::Forget => false,
    }
}

/// Whether what is declared is made so.
fn is_written(change: &Change) -> bool {
    match change.action {
        Action::Create | Action::Update | Action::Replace | Action::Adopt => true,
        Action::NoOp | Action::Record | Action::Delete | Action::Forget => false,
    }
}
