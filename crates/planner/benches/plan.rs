//! `cargo bench -p planner`: the decision alone.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use divan::Bencher;
use manifest::{GivenVariables, Lookup, SourceFile};
use model::desired::Desired;
use model::live::{Id, Live, LiveKind, LiveObject};
use model::plan::Plan;
use model::secret::{Fingerprint, Fingerprints};
use model::span::FileId;
use model::state::{Origin, Record, Remembered, Seen, State};
use model::{Address, Kind, Path, SmallMap, Value};
use planner::Options;

fn main() {
    divan::main();
}

struct Nothing;

impl Lookup for Nothing {
    fn env(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, _path: &str, _from: FileId) -> Result<String, String> {
        Err("no such file".to_owned())
    }
}

/// The value itself: what a keyed digest costs is no business of the planner.
struct Plain;

impl Fingerprints for Plain {
    fn of(&self, _address: &Address, _path: &Path, value: &Value) -> Fingerprint {
        Fingerprint(format!("{value:?}"))
    }
}

fn workspaces(count: usize) -> Desired {
    let mut text = String::from("version: 1\nworkspaces:\n");
    for number in 0..count {
        let _ = writeln!(text, "  customer-{number:06}: {{region: us, status: active}}");
    }
    let files = [SourceFile { name: "airform.yaml".to_owned(), text }];
    let reading = manifest::read(&files, &GivenVariables::default(), &Nothing);
    assert!(reading.desired.is_some(), "{:?}", reading.diagnostics);
    reading.desired.unwrap_or_default()
}

/// What is live and what is remembered where all of `desired` stands.
fn stands(desired: &Desired) -> (Live, State) {
    let mut live = LiveKind::default();
    let mut state = State::default();
    for (number, (address, resource)) in desired.resources.iter().enumerate() {
        let id = Id(format!("00000000-0000-4000-8000-{number:012}"));
        let name = desired.natural_name(address).unwrap_or_default().to_owned();
        let told = ["name", "status"].into_iter();
        let told = told.filter_map(|name| Some((name, resource.attributes.get(name)?)));
        let object = LiveObject {
            name: name.clone(),
            ours: true,
            attributes: told.map(|(name, value)| (name.to_owned(), value.clone())).collect(),
            updated_at: None,
        };
        live.objects.insert(id.clone(), object);
        let leaves = resource.attributes.iter().filter(|(name, _)| *name != "region");
        let leaves = leaves.map(|(name, value)| {
            let path = Path::attribute(name);
            let sent = Plain.of(address, &path, value);
            (path, Remembered { sent, origin: Origin::Written, seen: Seen::Same })
        });
        let record = Record {
            id,
            name,
            kept: SmallMap::from([("region".to_owned(), "us".to_owned())]),
            leaves: leaves.collect(),
            prevent_destroy: false,
            deposed: Vec::new(),
        };
        state.records.insert(address.clone(), record);
    }
    live.total = live.objects.len();
    let kinds = BTreeMap::from([(Kind::Workspace, live)]);
    (Live { kinds, ..Live::default() }, state)
}

fn plan(desired: &Desired, live: &Live, state: &State) -> Plan {
    planner::plan(desired, live, state, &Plain, &Options::default())
}

#[divan::bench(args = [1_000, 10_000])]
fn no_op(bencher: Bencher<'_, '_>, count: usize) {
    let desired = workspaces(count);
    let (live, state) = stands(&desired);
    assert!(plan(&desired, &live, &state).is_empty(), "it is no no-op");
    bencher.bench(|| plan(&desired, &live, &state));
}

#[divan::bench(args = [1_000, 5_000])]
fn creation(bencher: Bencher<'_, '_>, count: usize) {
    let desired = workspaces(count);
    let live = LiveKind::default();
    let live = Live { kinds: BTreeMap::from([(Kind::Workspace, live)]), ..Live::default() };
    assert_eq!(plan(&desired, &live, &State::default()).steps.len(), count);
    bencher.bench(|| plan(&desired, &live, &State::default()));
}
