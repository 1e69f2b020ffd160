//! The crate as its users see it: states, folders, and runs that come to all kinds of ends.

mod bucket;
mod concurrency;
mod crash;
mod damage;
mod kept;
mod planfile;
mod push;
mod round_trip;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use model::live::Id;
use model::plan::StepId;
use model::secret::Fingerprint;
use model::state::{Deposed, Origin, Owner, Record, Remembered, Seen, State, StateChange};
use model::{Address, Kind, Path, SmallMap};
use tempfile::TempDir;

use crate::{Holder, Intent, Operation, Outcome, Session, Store};

/// The files of a folder, by name.
type Files = BTreeMap<String, Vec<u8>>;

/// A folder with room for a state.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(TempDir::new().unwrap())
    }

    /// A folder with these files.
    fn with(files: &Files) -> Folder {
        let folder = Folder::new();
        for (name, bytes) in files {
            fs::write(folder.0.path().join(name), bytes).unwrap();
        }
        folder
    }

    fn store(&self) -> Store {
        Store::file(self.0.path().join("state.json"))
    }

    fn lock(&self) -> Session {
        self.store().lock(&holder("ann")).unwrap()
    }

    fn files(&self) -> Files {
        fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| {
                (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
            })
            .collect()
    }

    fn names(&self) -> BTreeSet<String> {
        self.files().into_keys().collect()
    }
}

fn names<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into()
}

fn holder(who: &str) -> Holder {
    Holder { who: who.into(), command: "airform apply".into(), at: "2026-07-01T12:00:00Z".into() }
}

fn owner() -> Owner {
    Owner { host: "https://api.example.com".into(), organization: "o-1".into() }
}

fn tag(number: usize) -> Address {
    Address::new(Kind::Tag, format!("t{number}"))
}

fn record(number: usize) -> Record {
    let leaf = Remembered {
        sent: Fingerprint(format!("{number:064x}")),
        origin: Origin::Written,
        seen: Seen::Same,
    };
    Record {
        id: Id(format!("id-{number}")),
        name: format!("tag {number}"),
        kept: SmallMap::new(),
        leaves: [(Path::attribute("name"), leaf)].into(),
        prevent_destroy: false,
        deposed: vec![Deposed { id: Id(format!("old-{number}")), name: "before".into() }],
    }
}

fn put(number: usize) -> StateChange {
    StateChange::Put { address: tag(number), record: record(number) }
}

fn create(number: usize) -> Intent {
    Intent {
        step: StepId(number),
        address: tag(number),
        operation: Operation::Create,
        name: Some(format!("tag {number}")),
        sent: None,
    }
}

fn made(number: usize) -> Outcome {
    Outcome { step: StepId(number), changes: vec![put(number)] }
}

/// A state of `count` records, without more.
fn state_of(count: usize) -> State {
    State { records: (0..count).map(|n| (tag(n), record(n))).collect(), ..State::default() }
}
