//! Digests that are made anew.

use std::collections::BTreeSet;

use model::live::Scope;
use model::state::{Owner, StateChange};
use model::{Address, Path};
use state::Store;

use crate::args::{ManifestArgs, ReadingArgs, RequestArgs, TargetArgs};
use crate::commands::decide::seen_env;
use crate::commands::declared::{self, Declared};
use crate::commands::target::Target;
use crate::commands::{Context, apply, runtime};
use crate::exit::Exit;
use crate::report::Failure;
use crate::secrets::{KeyedFingerprints, Secrets};
use crate::views::plan::counted;

/// What the manifest in the current folder tells of what was sent, for a command that can do
/// without.
pub(super) struct Known(Option<(Declared, Secrets)>);

impl Known {
    /// Reads it, if it can be read.
    pub(super) fn of_manifest(
        reading: ReadingArgs,
        sandbox: bool,
        context: &mut Context<'_>,
    ) -> Known {
        let env = seen_env(sandbox, &context.env);
        let manifest = ManifestArgs { paths: Vec::new(), reading };
        let declared = declared::read(&manifest, &env, context).ok();
        Known(declared.map(|declared| {
            let secrets = if sandbox {
                Secrets::stand_ins(&declared.desired)
            } else {
                declared.secrets_at_hand(&env)
            };
            (declared, secrets)
        }))
    }

    /// Makes the digests of what is put at `to` anew, which hold for `from` only. Gives the leaves
    /// that it cannot make, of those that nothing but a digest tells.
    pub(super) fn readdress(
        &self,
        changes: &mut [StateChange],
        (from, to): (&Address, &Address),
        owner: Option<&Owner>,
        key: &[u8; 32],
    ) -> BTreeSet<Path> {
        let nothing = (model::desired::Desired::default(), Secrets::default());
        let (desired, secrets) = match &self.0 {
            Some((declared, secrets)) => (&declared.desired, secrets),
            None => (&nothing.0, &nothing.1),
        };
        // Without an owner nothing was ever sent.
        let organization = owner.map_or("", |owner| owner.organization.as_str());
        let fingerprints = KeyedFingerprints::new(key, organization, secrets);
        let mut unmade = BTreeSet::new();
        for change in changes {
            if let StateChange::Put { address, record } = change
                && address == to
            {
                let made = planner::readdressed(desired, record, (from, to), &fingerprints);
                (*record, unmade) = made;
            }
        }
        unmade
    }
}

/// Gives the state a new key, and makes every digest anew.
pub(super) fn replace_key(
    store: &Store,
    reading: ReadingArgs,
    (sandbox, requests): (bool, RequestArgs),
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let env = seen_env(sandbox, &context.env);
    let manifest = ManifestArgs { paths: Vec::new(), reading };
    let declared = declared::read(&manifest, &env, context)?;
    let secrets =
        if sandbox { Secrets::stand_ins(&declared.desired) } else { declared.secrets(&env)? };
    let target =
        TargetArgs { state: None, sandbox, parallelism: 10, refresh_definitions: false, requests };
    let target = Target::open(&target, &declared, context)?.read_only();
    let mut session = store.lock(&apply::holder("state replace-key"))?;
    if !session.exists() {
        return Err(super::none(store));
    }
    let old = *session.document().key.bytes();
    let state = session.state().clone();
    let new = *session.replace_key().bytes();
    let rekeyed = runtime()?.block_on(async {
        let owner = target.owner(&state, context.streams).await?;
        let (live, _) = target.refresh(&mut Scope::of(&declared.desired, &state)).await?;
        declared.cover(&live.facts);
        let fingerprints = |key| KeyedFingerprints::new(key, &owner.organization, &secrets);
        let (old, new) = (fingerprints(&old), fingerprints(&new));
        Ok::<_, Failure>(planner::rekeyed(&declared.desired, &live, &state, &old, &new))
    })?;
    for change in rekeyed.changes {
        session.edit(change);
    }
    let serial = session.finish()?.serial;
    context.tell_requests(&target.client);
    if !rekeyed.unmade.is_empty() {
        let count = rekeyed.unmade.values().map(BTreeSet::len).sum();
        context.streams.remark(format!(
            "{} cannot be read back, and what is declared now is not what was sent; it is still to be sent by the next apply:",
            counted(count, "value", "values"),
        ));
        for (address, paths) in &rekeyed.unmade {
            for path in paths {
                context.streams.remark(format!("  {address}: {path}"));
            }
        }
    }
    context.streams.say(format!(
        "{} has a new key, and all digests under it; its serial is {serial}. The old key is still in its backup.",
        store.path().display()
    ));
    Ok(Exit::Done)
}
