//! `airform drift`.

use std::mem::swap;

use model::plan::{Action, BlockerCause, Change, MovedSide, Plan, Reason};
use model::state::State;

use super::target::Target;
use super::{Context, decide, declared, runtime};
use crate::args::DriftCommand;
use crate::exit::Exit;
use crate::report::Failure;
use crate::secrets::{KeyedFingerprints, Secrets};
use crate::views;
use crate::views::drift::Drift;

/// Shows what was changed outside Airform, over a client that cannot write.
pub(crate) fn run(command: DriftCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let DriftCommand { manifest, target } = command;
    let env = decide::seen_env(target.sandbox, &context.env);
    let declared = declared::read(&manifest, &env, context)?;
    let secrets = if target.sandbox {
        Secrets::stand_ins(&declared.desired)
    } else {
        declared.secrets(&env)?
    };
    let target = Target::open(&target, &declared, context)?.read_only();
    let document = target.store.load()?.document;
    let mut plan = runtime()?
        .block_on(async {
            let owner = target.owner(&document.state, context.streams).await?;
            let fingerprints =
                KeyedFingerprints::new(document.key.bytes(), &owner.organization, &secrets);
            let options = planner::Options::default();
            decide::decide(&declared, &target, &document.state, &fingerprints, &options).await
        })?
        .plan;
    context.tell_requests(&target.client);
    // All else that stands in the way of a plan is no reason not to look.
    plan.blockers.retain(|blocker| matches!(blocker.cause, BlockerCause::KindUnavailable { .. }));
    if !plan.blockers.is_empty() {
        return Err(decide::blocked(&plan, &declared));
    }
    for remark in views::plan::blind_spots(&plan) {
        context.streams.remark(remark);
    }
    let drift = drift(plan, &document.state);
    context.streams.say(views::drift::render(&drift));
    Ok(if drift.is_none() { Exit::Done } else { Exit::Pending })
}

/// What of a plan undoes changes that were made outside Airform, told from what the manifest asks
/// for that was not applied yet.
fn drift(plan: Plan, state: &State) -> Drift {
    let mut drift = Drift::default();
    for (address, mut change) in plan.changes {
        let is_gone = match change.reason {
            Reason::Vanished => true,
            // A create that was begun and left nothing behind was never there.
            Reason::GoneAndUndeclared => state.records.contains_key(&address),
            _ => false,
        };
        if is_gone {
            drift.gone.insert(address, change.name);
            continue;
        }
        let leaves = change.leaves.len();
        change.leaves.retain(|_, leaf| leaf.moved == MovedSide::Live);
        drift.pending += usize::from(is_pending(&change, leaves));
        if !change.leaves.is_empty() {
            // From what was applied to what is there now, whatever a plan would do about it.
            change.reason = Reason::Drifted;
            for leaf in change.leaves.values_mut() {
                swap(&mut leaf.before, &mut leaf.after);
                leaf.forces_replace = false;
            }
            drift.changed.insert(address, change);
        }
    }
    drift
}

/// Whether a change does more than undo the drift in it, of so many leaves in all.
fn is_pending(change: &Change, leaves: usize) -> bool {
    match change.action {
        Action::NoOp => false,
        Action::Update | Action::Replace => leaves > change.leaves.len() || leaves == 0,
        Action::Create | Action::Delete | Action::Adopt | Action::Record | Action::Forget => true,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use model::plan::{LeafChange, Shown};
    use model::{Address, Kind, Path, SmallMap, Value};

    use super::*;

    fn leaf(moved: MovedSide) -> LeafChange {
        let (live, declared) = (Value::text("live"), Value::text("declared"));
        let (before, after) = (Shown::Clear(live), Shown::Clear(declared));
        LeafChange { before, after, forces_replace: false, moved }
    }

    /// The number of changed and gone resources, and of pending changes.
    #[track_caller]
    fn check(
        action: Action,
        reason: Reason,
        leaves: &[MovedSide],
        expected: (usize, usize, usize),
    ) {
        let leaves: SmallMap<Path, LeafChange> = leaves
            .iter()
            .enumerate()
            .map(|(at, moved)| (Path::attribute(&format!("a{at}")), leaf(*moved)))
            .collect();
        let (id, definitions) = (None, BTreeSet::new());
        let change = Change { action, reason, id, name: "a".to_owned(), leaves, definitions };
        let changes = [(Address::new(Kind::Tag, "a"), change)].into();
        let found = drift(Plan { changes, ..Plan::default() }, &State::default());
        assert_eq!((found.changed.len(), found.gone.len(), found.pending), expected);
        for leaf in found.changed.values().flat_map(|change| change.leaves.values()) {
            assert_eq!(leaf.after, Shown::Clear(Value::text("live")));
        }
    }

    #[test]
    fn drift_is_told_from_what_is_not_yet_applied() {
        use MovedSide::{Declared, Live, Unknown};
        check(Action::NoOp, Reason::AsDeclared, &[], (0, 0, 0));
        check(Action::Update, Reason::Drifted, &[Live], (1, 0, 0));
        check(Action::Update, Reason::Edited, &[Declared], (0, 0, 1));
        check(Action::Update, Reason::EditedAndDrifted, &[Declared, Live], (1, 0, 1));
        check(Action::Update, Reason::Differs, &[Unknown], (0, 0, 1));
        check(Action::Create, Reason::Vanished, &[Declared], (0, 1, 0));
        check(Action::Create, Reason::New, &[Declared], (0, 0, 1));
        check(Action::Replace, Reason::Deposed, &[], (0, 0, 1));
        check(Action::Forget, Reason::GoneAndUndeclared, &[], (0, 0, 1));
    }
}
