//! What the fuzzers begin with, and what they once found, read again: every file of `fuzz/corpus`
//! by what its folder is named after.

use std::path::{Path, PathBuf};

/// Every fuzzer, by the name of its target and of its folder.
const TARGETS: [(&str, fn(&[u8])); 9] = [
    ("answer", api::fuzz::answer),
    ("csv", manifest::fuzz::data),
    ("journal", state::fuzz::journal),
    ("jwt", api::fuzz::jwt),
    ("manifest", manifest::fuzz::manifest),
    ("next", api::fuzz::next),
    ("plan", state::fuzz::plan),
    ("state", state::fuzz::state),
    ("widget_token", api::fuzz::widget_token),
];

fn fuzz(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(folder)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn every_corpus_is_read_by_its_target() {
    for (target, run) in TARGETS {
        let folder = fuzz("corpus").join(target);
        let seeds = names(&folder);
        assert!(seeds.len() >= 5, "{target} has too little to begin with");
        for seed in seeds {
            // What panics is told apart by what was printed last.
            println!("{target}/{seed}");
            run(&std::fs::read(folder.join(seed)).unwrap());
        }
    }
}

#[test]
fn every_target_has_a_fuzzer_and_a_corpus() {
    let targets: Vec<String> = TARGETS.iter().map(|(target, _)| (*target).to_owned()).collect();
    assert_eq!(names(&fuzz("corpus")), targets);
    let fuzzers = names(&fuzz("fuzz_targets"));
    let fuzzers: Vec<&str> = fuzzers.iter().filter_map(|name| name.strip_suffix(".rs")).collect();
    assert_eq!(fuzzers, targets);
}
