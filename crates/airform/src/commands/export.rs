//! `airform export`.

mod organization;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use model::Kind;
use model::state::StateChange;
use state::{Session, Store};

use self::organization::Exported;
use super::declared::Declared;
use super::target::{STATE_FILE, Target};
use super::{Context, runtime};
use crate::args::{ExportCommand, TargetArgs};
use crate::exit::Exit;
use crate::report::Failure;
use crate::secrets::{KeyedFingerprints, Secrets};
use crate::sources::Folder;
use crate::views;
use crate::views::style::{WARNING, paint};

/// Writes what the organization holds, and the state that belongs to it.
pub(crate) fn run(command: ExportCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let ExportCommand { kinds, out, force, state, parallelism, requests } = command;
    let base = out.clone().unwrap_or_else(|| PathBuf::from("."));
    if let Some(out) = &out {
        vacant(out, force)?;
    }
    let state = state.or_else(|| out.as_ref().map(|out| out.join(STATE_FILE)));
    let store = state.as_ref().map(Store::file);
    if let Some(store) = &store {
        // Before anything is read that takes minutes.
        empty(store, store.load()?.document.state.records.len())?;
    }
    let target =
        TargetArgs { state, sandbox: false, parallelism, refresh_definitions: true, requests };
    let declared = Declared::nothing(base.clone());
    let target = Target::open(&target, &declared, context)?.read_only();
    let exported = runtime()?.block_on(async {
        let owner = target.owner(&model::state::State::default(), context.streams).await?;
        organization::read(&target.client, &with_referred(&kinds), owner, out.is_some()).await
    })?;
    context.tell_requests(&target.client);
    if let Some(out) = &out {
        std::fs::create_dir_all(out)
            .map_err(|error| Failure::error(format!("{}: {error}", out.display())))?;
    }
    let session = store.as_ref().map(|store| store.lock(&super::apply::holder("export")));
    let session = session.transpose()?;
    if let (Some(store), Some(session)) = (&store, &session) {
        empty(store, session.state().records.len())?;
    }
    match &out {
        Some(out) => write(out, &exported)?,
        None => {
            let text = exported.files.iter().map(|file| file.text.as_str()).collect::<String>();
            context.streams.give(text.trim_end());
        }
    }
    if let Some(session) = session {
        let unsettled = remember(session, &exported, context, &base)?;
        for address in unsettled {
            context.streams.remark(format!(
                "{} {address} could not be written so that nothing is left to do; airform plan shows what is",
                paint(WARNING, "warning:")
            ));
        }
    }
    let left_out = views::export::left_out(&exported.export);
    for line in left_out.into_iter().chain(views::export::not_managed(&exported.export)) {
        context.streams.remark(format!("{} {line}", paint(WARNING, "warning:")));
    }
    let done = views::export::done(&exported.export, out.as_deref(), target_state(&store));
    match out {
        Some(_) => context.streams.say(done),
        None => context.streams.remark(done),
    }
    Ok(Exit::Done)
}

fn target_state(store: &Option<Store>) -> Option<&Path> {
    store.as_ref().map(Store::path)
}

/// Whether the service tells what it has of `kind`.
fn told(kind: Kind) -> bool {
    !kind.schema().write_only
}

/// The kinds that were asked for, or all, with those that they refer to: a declaration that refers to
/// what is not declared would be none.
fn with_referred(kinds: &[Kind]) -> BTreeSet<Kind> {
    let mut all: BTreeSet<Kind> = BTreeSet::new();
    for kind in kinds {
        all.insert(*kind);
        all.extend(match kind {
            Kind::Tag | Kind::Workspace | Kind::OAuthCredential => &[][..],
            Kind::SourceTemplate | Kind::ConnectionTemplate => &[Kind::Tag],
            Kind::Connector => &[Kind::Tag, Kind::SourceTemplate, Kind::Workspace],
        });
    }
    if all.is_empty() { Kind::ALL.into_iter().filter(|kind| told(*kind)).collect() } else { all }
}

/// Fails where a file that may be written stands already.
fn vacant(out: &Path, force: bool) -> Result<(), Failure> {
    let standing: Vec<String> = organization::file_names()
        .map(|name| out.join(name))
        .filter(|path| path.exists())
        .map(|path| format!("{} exists already", path.display()))
        .collect();
    if force || standing.is_empty() {
        return Ok(());
    }
    Err(Failure::error(standing.join("\n"))
        .help("give another --out, or --force to replace what an earlier export wrote"))
}

/// Fails where a state remembers something: what it knows of secrets is not to be had again.
fn empty(store: &Store, records: usize) -> Result<(), Failure> {
    if records == 0 {
        return Ok(());
    }
    Err(Failure::error(format!(
        "{} remembers {} already",
        store.path().display(),
        views::plan::counted(records, "resource", "resources")
    ))
    .help("give another --state; airform import takes single objects into a state that is in use"))
}

/// Writes the files, and takes away those of an earlier export that would now say too much.
fn write(out: &Path, exported: &Exported) -> Result<(), Failure> {
    let failed =
        |path: &Path, error: std::io::Error| Failure::error(format!("{}: {error}", path.display()));
    for name in organization::file_names() {
        let path = out.join(&name);
        let written = match exported.files.iter().find(|file| file.name == name) {
            Some(file) => std::fs::write(&path, &file.text),
            None if path.exists() => std::fs::remove_file(&path),
            None => Ok(()),
        };
        written.map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

/// Puts into state what the first plan would want to remember, and tells what it would do beside
/// that: nothing, unless the service contradicts itself.
fn remember(
    mut session: Session,
    exported: &Exported,
    context: &Context<'_>,
    folder: &Path,
) -> Result<Vec<model::Address>, Failure> {
    let folder = Folder { path: folder, allow_outside: false };
    let secrets = Secrets::at_hand(&exported.desired, &Default::default(), &context.env, folder);
    let key = *session.document().key.bytes();
    let fingerprints = KeyedFingerprints::new(&key, &exported.owner.organization, &secrets);
    let (records, unsettled) = exported.records(&fingerprints);
    session.claim(exported.owner.clone())?;
    for (address, record) in records {
        session.edit(StateChange::Put { address, record });
    }
    session.finish()?;
    Ok(unsettled)
}
