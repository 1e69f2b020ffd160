//! `airform output`.

use std::collections::BTreeMap;
use std::path::Path;

use model::Address;
use model::desired::{Output, OutputField};
use model::state::{Record, State};
use state::Store;

use super::target::{SANDBOX_FOLDER, STATE_FILE};
use super::{Context, decide, declared};
use crate::args::{OutputCommand, OutputFormat};
use crate::exit::Exit;
use crate::report::Failure;
use crate::sources::shown;
use crate::views;
use crate::views::output::Told;

/// Tells ids and names of what stands, from what is remembered: nothing is asked of the service.
pub(crate) fn run(command: OutputCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let OutputCommand { address, format, manifest, state, sandbox } = command;
    let base = manifest.base();
    let store = if sandbox {
        Store::file(base.join(SANDBOX_FOLDER).join(STATE_FILE))
    } else {
        let bucket = match state {
            Some(_) => None,
            None => declared::bucket(&manifest.manifest, &manifest.reading, &context.env)?,
        };
        super::store::open(state, bucket.as_ref(), &base, &context.env)?
    };
    super::store::warn_of_open(&store, [], context.streams);
    let state = store.load()?.document.state;
    let told = match address {
        Some(address) => one(&address, &state, store.path())?,
        None => {
            let env = decide::seen_env(sandbox, &context.env);
            let declared = declared::read(&manifest.into(), &env, context)?;
            let outputs = &declared.desired.outputs;
            if outputs.is_empty() { all(&state) } else { named(outputs, &state, store.path())? }
        }
    };
    context.streams.give(match format {
        OutputFormat::Json => views::output::json(&told),
        OutputFormat::Env => views::output::env(&told).map_err(Failure::error)?,
        OutputFormat::Dotenv => views::output::dotenv(&told).map_err(Failure::error)?,
    });
    Ok(Exit::Done)
}

fn field(record: &Record, field: OutputField) -> String {
    match field {
        OutputField::Id => record.id.0.clone(),
        OutputField::Name => record.name.clone(),
    }
}

fn fields(address: &Address, record: &Record, under: Option<String>) -> Vec<Told> {
    let told = |of: OutputField| Told {
        under: under.clone(),
        name: of.word().to_owned(),
        variable: format!("{address}.{}", of.word()),
        value: field(record, of),
    };
    OutputField::ALL.map(told).into()
}

/// Everything that is told of one resource.
fn one(address: &Address, state: &State, path: &Path) -> Result<Vec<Told>, Failure> {
    let record = state.records.get(address).ok_or_else(|| {
        Failure::error(format!("{} remembers nothing of {address}", shown(path)))
            .help("airform apply makes it, and airform state list shows what is remembered")
    })?;
    Ok(fields(address, record, None))
}

/// Everything that is told of every resource.
fn all(state: &State) -> Vec<Told> {
    let records = state.records.iter();
    records.flat_map(|(at, record)| fields(at, record, Some(at.to_string()))).collect()
}

/// What the manifest asks for.
fn named(
    outputs: &BTreeMap<String, Output>,
    state: &State,
    path: &Path,
) -> Result<Vec<Told>, Failure> {
    let mut told = Vec::new();
    let mut missing = Vec::new();
    for (name, Output { span: _, address, field: of }) in outputs {
        match state.records.get(address) {
            Some(record) => told.push(Told {
                under: None,
                name: name.clone(),
                variable: name.clone(),
                value: field(record, *of),
            }),
            None => missing.push(format!(
                "the output {name} is of {address}, and {} remembers nothing of it",
                shown(path)
            )),
        }
    }
    if missing.is_empty() {
        return Ok(told);
    }
    Err(Failure::error(missing.join("\n")).help("airform apply makes what is declared"))
}
