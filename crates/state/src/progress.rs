//! What a run has made of the state so far.
//!
//! A run that goes on and the journal of one that was killed both end up here, so what is recovered
//! is what would have been.

use std::collections::BTreeMap;

use model::Address;
use model::history::Run;
use model::plan::StepId;
use model::state::{OpenIntent, Sent, State, StateChange};

use crate::document::Document;
use crate::journal::{Entry, Intent, Operation};

/// How many applied plans are remembered. One from before them is refused too, for the serial of the
/// state that it was made over.
const APPLIED_PLANS: usize = 20;

#[derive(Debug)]
pub(crate) struct Progress {
    pub(crate) document: Document,
    /// Whether the document says anything else than it did at first.
    pub(crate) changed: bool,
    /// How many steps have succeeded.
    pub(crate) outcomes: usize,
    /// Whether the latest run that is kept is this one.
    run_begun: bool,
    /// Creates and updates whose end is not known.
    pending: BTreeMap<StepId, Intent>,
}

impl Progress {
    pub(crate) fn new(document: Document) -> Progress {
        Progress {
            document,
            changed: false,
            outcomes: 0,
            run_begun: false,
            pending: BTreeMap::new(),
        }
    }

    /// Takes in what `entry` says.
    pub(crate) fn enter(&mut self, entry: Entry) {
        match entry {
            // The journal's reader has put it aside, and no run goes on behind its beginning.
            Entry::Begin(_) => {}
            // Behind it stands nothing.
            Entry::Closed { by: _ } => {}
            Entry::Claim(owner) => {
                self.document.state.owner = Some(owner);
                self.changed = true;
            }
            Entry::Run(run) => {
                self.document.keep(run);
                self.run_begun = true;
            }
            Entry::Applies(plan) => {
                let applied = &mut self.document.applied_plans;
                applied.push(plan);
                applied.drain(..applied.len().saturating_sub(APPLIED_PLANS));
                self.changed = true;
            }
            Entry::Intents(intents) => {
                let outlives = |intent: &Intent| {
                    matches!(intent.operation, Operation::Create | Operation::Update)
                };
                let intents = intents.into_iter().filter(outlives);
                self.pending.extend(intents.map(|intent| (intent.step, intent)));
            }
            Entry::Outcomes(outcomes) => {
                for outcome in outcomes {
                    self.pending.remove(&outcome.step);
                    self.outcomes += 1;
                    for change in outcome.changes {
                        self.change(change);
                    }
                }
            }
            Entry::Failed { step, unclear } => {
                if !unclear {
                    self.pending.remove(&step);
                }
            }
        }
    }

    /// Carries out `change`.
    pub(crate) fn change(&mut self, change: StateChange) {
        let (StateChange::Put { address, .. } | StateChange::Remove { address }) = &change;
        if let Some(run) = self.document.runs.last_mut().filter(|_| self.run_begun)
            && let Some(image) = run.images.get_mut(address)
        {
            image.touched = true;
        }
        self.changed |= matters(&self.document.state, &change);
        self.document.state.change(change);
    }

    /// Ends the run: creates that are still pending stay open, and what pending updates were to send is
    /// in doubt. Tells how many creates that are.
    pub(crate) fn close(&mut self) -> usize {
        let is_idle = |run: &mut Run| run.images.values().all(|image| !image.touched);
        if self.run_begun {
            // There is nothing to undo.
            self.document.runs.pop_if(is_idle);
            self.run_begun = false;
        }
        let pending = std::mem::take(&mut self.pending);
        let mut count = 0;
        for Intent { step: _, address, operation, name, sent } in pending.into_values() {
            if operation == Operation::Update {
                self.doubt(&address, &sent.unwrap_or_default());
                continue;
            }
            count += 1;
            let open = OpenIntent { address, name, sent };
            if !self.document.state.open.contains(&open) {
                self.document.state.open.push(open);
                self.changed = true;
            }
        }
        count
    }
}

impl Progress {
    /// What is remembered of `address` is in doubt where `sent` would have changed it.
    fn doubt(&mut self, address: &Address, sent: &Sent) {
        let Some(record) = self.document.state.records.get_mut(address) else { return };
        let known = record.clone();
        record.doubt(sent);
        self.changed |= *record != known;
    }
}

/// Whether `change` changes anything.
fn matters(state: &State, change: &StateChange) -> bool {
    let (StateChange::Put { address, .. } | StateChange::Remove { address }) = change;
    let settles = state.open.iter().any(|intent| intent.address == *address);
    settles
        || match change {
            StateChange::Put { address, record } => state.records.get(address) != Some(record),
            StateChange::Remove { address } => state.records.contains_key(address),
        }
}
