//! `cargo bench -p state`: what a step costs on disk, and what the state does at both ends.

use divan::Bencher;
use divan::counter::ItemsCount;
use model::live::Id;
use model::plan::StepId;
use model::secret::Fingerprint;
use model::state::{Origin, Record, Remembered, Seen, StateChange};
use model::{Address, Kind, Path, SmallMap};
use state::{Error, Holder, Intent, Operation, Outcome, Store};
use tempfile::TempDir;

fn main() {
    divan::main();
}

fn address(number: usize) -> Address {
    Address::new(Kind::Workspace, format!("customer-{number:06}"))
}

fn put(number: usize) -> StateChange {
    let leaf = Remembered {
        sent: Fingerprint(format!("{number:064x}")),
        origin: Origin::Written,
        seen: Seen::Same,
    };
    let record = Record {
        id: Id(format!("00000000-0000-4000-8000-{number:012}")),
        name: format!("customer-{number:06}"),
        kept: SmallMap::from([("region".to_owned(), "us".to_owned())]),
        leaves: SmallMap::from([(Path::attribute("name"), leaf)]),
        prevent_destroy: false,
        deposed: Vec::new(),
    };
    StateChange::Put { address: address(number), record }
}

fn holder() -> Holder {
    let [who, command, at] = ["a bench", "apply", "now"].map(str::to_owned);
    Holder { who, command, at }
}

/// Creates `steps` objects, `wave` at a time: their intents are on disk, and then their outcomes.
fn run(steps: usize, wave: usize) -> Result<TempDir, Error> {
    let folder = TempDir::new().map_err(|source| Error::Io {
        doing: "make",
        path: std::env::temp_dir(),
        source,
    })?;
    let mut session = Store::file(folder.path().join("airform.state.json")).lock(&holder())?;
    for first in (0..steps).step_by(wave) {
        let numbers = first..steps.min(first + wave);
        let intents = numbers.clone().map(|number| Intent {
            step: StepId(number),
            address: address(number),
            operation: Operation::Create,
            name: Some(format!("customer-{number:06}")),
            sent: None,
        });
        session.intents(&intents.collect::<Vec<_>>())?;
        let outcomes =
            numbers.map(|number| Outcome { step: StepId(number), changes: vec![put(number)] });
        session.outcomes(&outcomes.collect::<Vec<_>>())?;
    }
    session.finish().map(|_| folder)
}

/// Waves as wide as the default parallelism, and one step at a time: the disk's time for one fsync
/// is most of both.
#[divan::bench(args = [1, 10], sample_count = 10)]
fn append_100_steps(bencher: Bencher<'_, '_>, wave: usize) {
    bencher.counter(ItemsCount::new(100_usize)).bench(|| run(100, wave));
}

#[divan::bench(args = [1_000, 10_000], sample_count = 10)]
fn load(bencher: Bencher<'_, '_>, records: usize) {
    let folder = run(records, records).map(|folder| {
        let store = Store::file(folder.path().join("airform.state.json"));
        (folder, store)
    });
    bencher.bench(|| {
        let loaded = folder.as_ref().map(|(_, store)| store.load());
        assert!(
            matches!(&loaded, Ok(Ok(loaded)) if loaded.document.state.records.len() == records)
        );
        loaded.is_ok()
    });
}
