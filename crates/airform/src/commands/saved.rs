//! Plans that are kept: writing down what they hang on, and carrying them out later.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use model::basis::{Basis, LiveBasis, Moved, StateBasis};
use model::live::Facts;
use model::plan::Plan;
use model::state::Owner;
use sha2::{Digest, Sha256};
use state::{Request, SavedPlan, Session};

use super::apply::{BELIEVED, carry, finish, holder};
use super::declared::{self, Declared};
use super::target::Target;
use super::{Context, budget, decide, runtime, withheld};
use crate::args::{ApplyCommand, DecisionArgs, GuardArgs, ManifestArgs, ReadingArgs, TargetArgs};
use crate::exit::Exit;
use crate::report::Failure;
use crate::secrets::{KeyedFingerprints, Secrets};
use crate::views;

/// Whether `path` is a plan file.
pub(crate) fn is_plan(path: &Path) -> bool {
    use std::io::Read;
    let mut head = [0; 64];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut head));
    path.is_file() && read.is_ok_and(|length| state::is_plan(&head[..length]))
}

/// How a plan was asked for, as it is kept.
pub(crate) fn request(
    manifest: &ManifestArgs,
    target: &TargetArgs,
    decision: &DecisionArgs,
    declared: &Declared,
) -> Result<Request, Failure> {
    let ManifestArgs { paths, reading } = manifest;
    let ReadingArgs { var, var_file, overlay, allow_outside } = reading;
    let TargetArgs { state, sandbox, parallelism: _, refresh_definitions: _, requests: _ } = target;
    let is_clear = |word: &&String| {
        let name = word.split_once('=').map_or(word.as_str(), |(name, _)| name);
        !declared.sensitive_variables.contains(name)
    };
    Ok(Request {
        paths: texts(paths)?,
        overlays: texts(overlay)?,
        var_files: texts(var_file)?,
        variables: var.iter().filter(is_clear).cloned().collect(),
        allow_outside: *allow_outside,
        state: state.as_deref().map(text).transpose()?,
        sandbox: *sandbox,
        options: decision.words(),
    })
}

fn texts(paths: &[PathBuf]) -> Result<Vec<String>, Failure> {
    paths.iter().map(|path| text(path)).collect()
}

fn text(path: &Path) -> Result<String, Failure> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        Failure::error(format!("{}: a plan file takes paths of Unicode only", path.display()))
    })
}

/// What a plan hangs on, but for the organization's objects.
pub(crate) fn basis(
    declared: &Declared,
    owner: Owner,
    state: Option<StateBasis>,
    fingerprints: &KeyedFingerprints<'_>,
) -> Basis {
    Basis {
        owner,
        files: digests(declared),
        declared: apply::basis::declared(&declared.desired, fingerprints),
        secrets: apply::basis::secrets(&declared.desired, fingerprints),
        state,
        live: LiveBasis::default(),
    }
}

/// What the files of the manifest hold, by their names.
fn digests(declared: &Declared) -> BTreeMap<String, String> {
    let digest = |text: &str| -> String {
        Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    declared.files.iter().map(|file| (file.name.clone(), digest(&file.text))).collect()
}

/// Reads a plan file, with its id.
pub(crate) fn read(path: &Path, context: &mut Context<'_>) -> Result<(SavedPlan, String), Failure> {
    let found = SavedPlan::read(path)?;
    if state::is_open_to_others(path) {
        super::store::warn_of(&[path.to_owned()], context.streams);
    }
    Ok(found)
}

/// A saved plan on its way.
struct Job {
    saved: SavedPlan,
    id: String,
    declared: Declared,
    secrets: Secrets,
    parallelism: usize,
}

/// Carries a saved plan out, if nothing that it hangs on has moved.
pub(crate) fn run(command: &ApplyCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let ApplyCommand { manifest, target, decision, auto_approve: _, format: _ } = command;
    let path = manifest.paths.first().map(PathBuf::as_path).unwrap_or(Path::new(""));
    no_other_options(manifest, target, decision)?;
    let (saved, id) = read(path, context)?;
    let (manifest, target) = arguments(&saved.request, manifest, target);
    let env = decide::seen_env(target.sandbox, &context.env);
    let declared = declared::read(&manifest, &env, context)?;
    if !saved.plan.blockers.is_empty() {
        // No plan is saved of a manifest with a secret in clear. Nobody knows of one that came since.
        let is_as_it_was = digests(&declared) == saved.basis.files;
        let quoted = if is_as_it_was { declared } else { Declared::nothing(declared.base) };
        quoted.cover(&Facts::default());
        return Err(decide::blocked(&saved.plan, &quoted));
    }
    let frozen = planner::frozen(&declared.desired, &freezes(&saved, decision)?, &saved.plan);
    if !frozen.is_empty() {
        let plan = Plan { blockers: frozen, ..saved.plan };
        declared.cover(&Facts::default());
        return Err(decide::blocked(&plan, &declared));
    }
    let secrets = if target.sandbox {
        Secrets::stand_ins(&declared.desired)
    } else {
        declared.secrets(&env)?
    };
    let parallelism = usize::from(target.parallelism);
    let target = Target::open(&target, &declared, context)?;
    let mut session = target.store.lock(&holder("apply"))?;
    if let Some(recovered) = session.recovered() {
        context.streams.remark(views::apply::recovered_line(recovered));
    }
    if let Some(seed) = &saved.seed {
        session.begin_as(seed);
    }
    let job = Job { saved, id, declared, secrets, parallelism };
    let ended = runtime()?.block_on(applied(&job, &target, &mut session, context));
    finish(ended, &target, session, context)
}

async fn applied(
    job: &Job,
    target: &Target,
    session: &mut Session,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let Job { saved, id, declared, secrets, parallelism } = job;
    let SavedPlan { request: _, seed: _, basis: planned, plan, withheld } = saved;
    let document = session.document();
    if document.applied_plans.contains(id) {
        return Err(Failure::new(Exit::Stale, state::Error::PlanApplied.to_string())
            .help("plan again to see what is left to do"));
    }
    let owner = target.owner(session.state(), context.streams).await?;
    let key = *document.key.bytes();
    let fingerprints = KeyedFingerprints::new(&key, &owner.organization, secrets);
    let state = session
        .exists()
        .then(|| StateBasis { lineage: document.lineage.clone(), serial: document.serial });
    still_holds(apply::basis::moved(
        planned,
        &basis(declared, owner.clone(), state, &fingerprints),
    ))?;
    // The files are those that the plan was made of, so that this is no other than what was reviewed.
    let plan = withheld::put_back(plan.clone(), withheld, &declared.desired);
    let plan =
        &plan.ok_or_else(|| Failure::error("the plan leaves out what the manifest lacks"))?;
    budget::check_refresh(&target.requests, &planned.live.scope)?;
    let seen_at = Instant::now();
    let (live, _) = target.refresh(&mut planned.live.scope.clone()).await?;
    declared.cover(&live.facts);
    withheld::keep(declared, &live.facts, &target.client);
    let found = apply::basis::again(&planned.live, &live, &fingerprints);
    still_holds(apply::basis::live_moved(&planned.live, &found))?;
    decide::show(plan, context);
    if plan.is_empty() {
        return Ok(decide::nothing_to_do(plan, context));
    }
    budget::check_apply(&target.requests, plan, target.client.requests(), context)?;
    session.apply_plan(id)?;
    session.claim(owner.clone())?;
    session.begin_run(planner::images(plan, &declared.desired, &live, session.state()))?;
    let known_workspaces = decide::known_workspaces(&live);
    let seen = Some(apply::Seen::of(plan, &live, seen_at, BELIEVED));
    let walk = apply::Options { parallelism: *parallelism, known_workspaces, seen };
    carry(plan, declared, target, session, (secrets, &fingerprints), &walk, context).await
}

/// When nothing may be changed, as said when the plan was made and as said now, and what time it is.
fn freezes(saved: &SavedPlan, decision: &DecisionArgs) -> Result<planner::Options, Failure> {
    let planned = GuardArgs::again(&saved.request.options)
        .ok_or_else(|| Failure::error("the plan's options cannot be read"))?;
    let mut options = decide::guarded(&decision.guards);
    let planner::Options { guards, override_guards, .. } = decide::guarded(&planned);
    let standing = guards.into_iter().filter(|(flag, _)| !override_guards.contains(flag));
    // Both hold, where both are given.
    options.guards.extend(standing.map(|(flag, guard)| (format!("{flag} of the plan"), guard)));
    options.override_guards = override_guards;
    Ok(options)
}

/// Refuses where anything has moved.
pub(super) fn still_holds(moved: Vec<Moved>) -> Result<(), Failure> {
    if moved.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = moved.iter().map(views::moved::words).collect();
    let message = format!("the plan is stale, and nothing was changed:\n{}", lines.join("\n"));
    Err(Failure::new(Exit::Stale, message).help("plan again, and look at what comes of it"))
}

/// The decision was made: an option that would have made another comes too late.
fn no_other_options(
    manifest: &ManifestArgs,
    target: &TargetArgs,
    decision: &DecisionArgs,
) -> Result<(), Failure> {
    let TargetArgs { state, sandbox, parallelism: _, refresh_definitions: _, requests: _ } = target;
    let mut words = decision.words();
    // These are about when a plan is carried out.
    words.retain(|word| !word.starts_with("--freeze=") && !word.starts_with("--guard-time="));
    words.extend((!manifest.reading.overlay.is_empty()).then(|| "--overlay".to_owned()));
    words.extend(state.is_some().then(|| "--state".to_owned()));
    words.extend(sandbox.then(|| "--sandbox".to_owned()));
    match words.first() {
        None => Ok(()),
        Some(word) => Err(Failure::usage(format!(
            "{word} is for making a plan, and this one is made; give it to `airform plan --out`"
        ))),
    }
}

/// The arguments that a plan was asked for with, and those that are given again.
fn arguments(
    request: &Request,
    given: &ManifestArgs,
    target: &TargetArgs,
) -> (ManifestArgs, TargetArgs) {
    let Request {
        paths,
        overlays,
        var_files,
        variables,
        allow_outside,
        state,
        sandbox,
        options: _,
    } = request;
    let paths_of = |texts: &[String]| texts.iter().map(PathBuf::from).collect::<Vec<_>>();
    let reading = ReadingArgs {
        var: [variables.as_slice(), &given.reading.var].concat(),
        var_file: [paths_of(var_files), given.reading.var_file.clone()].concat(),
        overlay: paths_of(overlays),
        allow_outside: *allow_outside,
    };
    let target = TargetArgs {
        state: state.as_ref().map(PathBuf::from),
        sandbox: *sandbox,
        parallelism: target.parallelism,
        refresh_definitions: target.refresh_definitions,
        requests: target.requests.clone(),
    };
    (ManifestArgs { paths: paths_of(paths), reading }, target)
}
