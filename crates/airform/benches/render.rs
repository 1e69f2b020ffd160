//! `cargo bench -p airform`: 5,000 changes, in each of the forms that a plan is shown in.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use airform::bench;
use divan::Bencher;
use manifest::{GivenVariables, Lookup, SourceFile};
use model::live::{Live, LiveKind};
use model::plan::Plan;
use model::secret::{Fingerprint, Fingerprints};
use model::span::FileId;
use model::state::State;
use model::{Address, Kind, Path, Value};

const CHANGES: usize = 5_000;

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

impl Fingerprints for Nothing {
    fn of(&self, _address: &Address, _path: &Path, value: &Value) -> Fingerprint {
        Fingerprint(format!("{value:?}"))
    }
}

/// As many workspaces, none of which stands.
static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let mut text = String::from("version: 1\nworkspaces:\n");
    for number in 0..CHANGES {
        let _ = writeln!(text, "  customer-{number:06}: {{region: us, status: inactive}}");
    }
    let files = [SourceFile { name: "airform.yaml".to_owned(), text }];
    let reading = manifest::read(&files, &GivenVariables::default(), &Nothing);
    let desired = reading.desired.unwrap_or_default();
    let kinds = BTreeMap::from([(Kind::Workspace, LiveKind::default())]);
    let live = Live { kinds, ..Live::default() };
    let options = planner::Options::default();
    planner::plan(&desired, &live, &State::default(), &Nothing, &options)
});

fn render(bencher: Bencher<'_, '_>, form: fn(&Plan) -> String) {
    let plan = &*PLAN;
    assert_eq!(plan.changes.len(), CHANGES);
    assert!(form(plan).contains("customer-004711"));
    bencher.bench(|| form(plan));
}

#[divan::bench]
fn text(bencher: Bencher<'_, '_>) {
    render(bencher, bench::text);
}

#[divan::bench]
fn json(bencher: Bencher<'_, '_>) {
    render(bencher, bench::json);
}

#[divan::bench]
fn markdown(bencher: Bencher<'_, '_>) {
    // A comment has room for so much only, and names but the first of what is alike.
    let plan = &*PLAN;
    assert!(bench::markdown(plan).contains("customer-000000"));
    bencher.bench(|| bench::markdown(plan));
}

#[divan::bench]
fn html(bencher: Bencher<'_, '_>) {
    render(bencher, bench::html);
}
