//! A plan from the state alone: `--refresh=false`.

use model::desired::Desired;
use model::live::{Live, Scope};
use model::state::{Owner, State};

use super::decide::Organization;
use super::target::Target;
use crate::args::DecisionArgs;
use crate::report::Failure;

/// Refuses what nobody can answer who has not looked.
pub(super) fn check(decision: &DecisionArgs, is_saved: bool) -> Result<(), Failure> {
    let needs = [
        (is_saved, "--out", "a saved plan is bound to what the organization holds"),
        (decision.refresh_only, "--refresh-only", "it remembers what the organization holds"),
        (decision.prune.is_some(), "--prune", "what is deleted is looked at first"),
        (decision.inverse.is_some(), "--inverse", "what was changed since is not taken back"),
    ];
    match needs.into_iter().find(|(is_given, ..)| *is_given) {
        Some((_, flag, why)) => {
            Err(Failure::usage(format!("{flag} does not go with --refresh=false: {why}")))
        }
        None => Ok(()),
    }
}

/// Whose organization `state` remembers.
pub(super) fn owner(state: &State, target: &Target) -> Result<Owner, Failure> {
    match &state.owner {
        Some(owner) if owner.host == target.host() => Ok(owner.clone()),
        Some(owner) => Err(Failure::error(format!(
            "{} was written for {}, but this is {}",
            target.store.path().display(),
            owner.host,
            target.host()
        ))
        .help("use the credentials that belong to this state, or another --state")),
        None => Err(Failure::error("--refresh=false plans from the state, and there is none yet")
            .help("plan without it")),
    }
}

/// The organization as state remembers it.
pub(super) struct Recalled<'a> {
    target: &'a Target,
    desired: &'a Desired,
    state: &'a State,
    owner: &'a Owner,
}

impl<'a> Recalled<'a> {
    /// The organization of `owner`, as `state` remembers it.
    pub(super) fn new(
        target: &'a Target,
        desired: &'a Desired,
        state: &'a State,
        owner: &'a Owner,
    ) -> Recalled<'a> {
        Recalled { target, desired, state, owner }
    }
}

impl Organization for Recalled<'_> {
    async fn refresh(&self, scope: &mut Scope) -> Result<(Live, u64), api::Error> {
        let mut live = planner::recalled(self.desired, self.state, scope);
        let (facts, floor) = self.target.definitions(&self.owner.organization, scope).await?;
        live.facts = facts;
        Ok((live, floor))
    }
}
