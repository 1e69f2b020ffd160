//! Bad manifests: one complaint each, as it is shown.

use crate::support::{all_files, cases, drawn, read};
use std::collections::BTreeSet;

use manifest::Severity;

/// A snapshot of a case that is gone would stay for ever.
#[test]
fn every_snapshot_has_its_case() {
    let cases: BTreeSet<String> = cases("bad").into_iter().map(|case| case.name).collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots/bad");
    let snapshots: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(snapshots, cases);
}

#[test]
fn every_bad_manifest_gets_its_one_complaint() {
    let cases = cases("bad");
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/bad");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for case in cases {
            let reading = read(&case.files);
            let drawn = drawn(&reading.diagnostics, &all_files(&case.files, &reading));
            assert_eq!(reading.diagnostics.len(), 1, "{}:\n{drawn}", case.name);
            let is_error = reading.diagnostics[0].severity == Severity::Error;
            assert_eq!(reading.desired.is_none(), is_error, "{}", case.name);
            insta::assert_snapshot!(case.name.as_str(), drawn);
        }
    });
}
