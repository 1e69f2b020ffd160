//! The one decision: what is declared, what is live and what is remembered, in; a
//! [`Plan`] out.
//!
//! Pure, total and deterministic: no IO, no clock, no randomness, no input that it fails on. What
//! stands in the way of carrying a plan out is part of the plan.
//!
//! [`plan`] is the table of contents: `pairing` says which live object is which resource, `decide`
//! what is done about each and why, `order` what waits for what, `guard` what speaks against the
//! whole. `check` holds the result to its laws.

mod check;
mod decide;
mod declared;
mod diff;
mod export;
mod focus;
mod guard;
mod inverse;
mod judge;
mod order;
mod owner;
mod pairing;
mod recall;
mod rekey;
mod scope;
mod selection;
mod show;
mod sides;
mod steps;
#[cfg(test)]
mod tests;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use model::desired::Desired;
use model::guard::Guards;
use model::kinds::workspace::DEFAULT_NAME;
use model::live::{Id, Live, LiveKind};
use model::moment::Moment;
use model::plan::Plan;
use model::secret::Fingerprints;
use model::state::State;
use model::{Address, Kind};

pub use crate::export::{Definitions, Except, Export, LeftOut, Remark, definitions_of, export};
pub use crate::guard::frozen;
pub use crate::inverse::{Inverse, Lost, images, inverse};
use crate::pairing::Pairing;
pub use crate::recall::recalled;
pub use crate::rekey::{Rekeyed, readdressed, rekeyed};
pub use crate::show::{sealed, secrets_in_clear, sent_in_clear, withheld};
use crate::world::World;

/// What the user allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// What is deleted when it is no longer declared.
    pub prune: Prune,
    /// Whether objects that stand under a declared name are taken over. Otherwise they block.
    pub adopt: bool,
    /// Names of workspaces that may be replaced, with all data of their customers, where their
    /// declaration allows it.
    pub replace_workspaces: BTreeSet<String>,
    /// What is replaced although nothing asks for it but the user.
    pub replace: BTreeSet<Address>,
    /// What has its secrets written again although nothing asks for it but the user.
    pub rotate: BTreeSet<Address>,
    /// Every secret that was taken as it is and never written is written.
    pub rotate_assumed: bool,
    /// Nothing is to be done but to remember what was changed outside as what was last known.
    pub refresh_only: bool,
    /// Kinds of which every remembered object may be gone.
    pub accept_vanished: BTreeSet<Kind>,
    /// Everything that is remembered is to go. What is declared is not asked, but for what is
    /// somebody else's.
    pub destroy: bool,
    /// What the plan is about, along with all that it refers to. Empty: everything.
    pub only: BTreeSet<Address>,
    /// A run is taken back: nothing but [`Options::only`] is touched, whatever that refers to.
    pub undo: bool,
    /// What the plan is not about, along with all that refers to it.
    pub except: BTreeSet<Address>,
    /// Guards beside those that are declared.
    pub guards: Guards,
    /// Names of guards that the user overrides: what they have against the plan is a note.
    pub override_guards: BTreeSet<String>,
    /// What time it is. Without it no guard knows whether its time has come.
    pub now: Option<Moment>,
}

impl Default for Options {
    /// Adopts, and deletes nothing.
    fn default() -> Options {
        Options {
            prune: Prune::default(),
            adopt: true,
            replace_workspaces: BTreeSet::new(),
            replace: BTreeSet::new(),
            rotate: BTreeSet::new(),
            rotate_assumed: false,
            refresh_only: false,
            accept_vanished: BTreeSet::new(),
            destroy: false,
            only: BTreeSet::new(),
            undo: false,
            except: BTreeSet::new(),
            guards: Guards::new(),
            override_guards: BTreeSet::new(),
            now: None,
        }
    }
}

/// What is deleted when it is no longer declared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prune {
    /// The kinds.
    pub kinds: BTreeSet<Kind>,
    /// How many workspaces the user expects to be deleted. Each is a customer's data, so any other
    /// number blocks.
    pub expected_workspace_deletes: Option<usize>,
}

/// Decides what is to be done so that `live` becomes `desired`.
///
/// `live` is a refresh of at least [`Scope::of`](model::live::Scope::of) the other two. Secrets
/// are seen only through `fingerprints`.
pub fn plan(
    desired: &Desired,
    live: &Live,
    state: &State,
    fingerprints: &dyn Fingerprints,
    options: &Options,
) -> Plan {
    let externals = options.destroy.then(|| desired.external_only());
    let desired = externals.as_ref().unwrap_or(desired);
    let marked = owner::marked(desired, live, state, options);
    let world = World::new(desired, live, state, fingerprints, options, &marked);
    let pairing = pairing::pair(&world);
    let decided = decide::decide(&world, &pairing);
    let (steps, collisions) = order::order(&world, &pairing, &decided.replaced, decided.drafts);
    let (guards, overridden) = guard::guard(&world, &decided.changes);
    let plan = Plan {
        unmanaged: unmanaged(&world, &pairing, &decided.completed),
        changes: decided.changes,
        steps,
        blockers: [guards, decided.blockers, collisions].concat(),
        notes: [decided.notes, overridden].concat(),
    };
    debug_assert_eq!(check::check(&plan, desired, live, state), [""; 0]);
    plan
}

/// How many objects of each kind belong to nobody here.
fn unmanaged(
    world: &World<'_>,
    pairing: &Pairing<'_, '_>,
    completed: &BTreeSet<(Kind, Id)>,
) -> BTreeMap<Kind, usize> {
    let mut managed: BTreeMap<Kind, usize> = BTreeMap::new();
    for (kind, _) in pairing.holders.keys() {
        *managed.entry(*kind).or_default() += 1;
    }
    for (kind, _) in completed {
        *managed.entry(*kind).or_default() += 1;
    }
    // Every organization has the workspace `default` (dossier 3.1), and it is nobody's customer.
    // Where not every object was read it may be among those that were not.
    let default = |read: &LiveKind| {
        let mut defaults = world.ours(Kind::Workspace, DEFAULT_NAME).peekable();
        let holds = |id| pairing.holders.contains_key(&(Kind::Workspace, id));
        match defaults.peek() {
            Some(_) => usize::from(!defaults.any(|object| holds(object.id))),
            None => usize::from(read.objects.values().filter(|o| o.ours).count() < read.total),
        }
    };
    let read = world.live.kinds.iter().filter(|(_, read)| !read.unavailable);
    read.map(|(&kind, read)| {
        let managed = managed.get(&kind).copied().unwrap_or(0);
        let default = if kind == Kind::Workspace { default(read) } else { 0 };
        (kind, read.total.saturating_sub(managed).saturating_sub(default))
    })
    .collect()
}
