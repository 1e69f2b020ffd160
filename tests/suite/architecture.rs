//! The walls of ARCHITECTURE.md, as tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Which of our rooms a room may import. Nothing else.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("manifest", &["model"]),
    ("planner", &["model"]),
    ("api", &["model"]),
    ("state", &["model"]),
    ("apply", &["model", "api", "state"]),
    ("schema_check", &["model"]),
    ("emulator", &[]),
    (
        "airform",
        &["model", "manifest", "planner", "api", "state", "apply", "schema_check", "emulator"],
    ),
    (
        "acceptance",
        &[
            "model",
            "manifest",
            "planner",
            "api",
            "state",
            "apply",
            "schema_check",
            "emulator",
            "airform",
        ],
    ),
    // It measures the program from outside.
    ("bench", &["emulator"]),
];

/// What the tests of a room may import besides.
const TESTS_MAY_IMPORT: &[(&str, &[&str])] = &[
    ("planner", &["manifest"]),
    ("api", &["emulator"]),
    ("apply", &["emulator", "planner", "manifest"]),
    ("schema_check", &["emulator"]),
    // It counts requests, which is a test.
    ("acceptance", &["bench"]),
];

/// What only these rooms may use outside of their tests.
const ONLY_IN: &[(&str, &[&str])] = &[
    // The wire.
    ("reqwest", &["api", "state", "bench"]),
    ("rustls", &["api", "state", "bench"]),
    ("object_store", &["state"]),
    ("axum", &["emulator"]),
    ("hyper", &["emulator"]),
    ("hyper-util", &["emulator"]),
    // YAML. The acceptance tests read an OpenAPI document with a reader of their own.
    ("granit-parser", &["manifest"]),
    ("serde-saphyr", &["acceptance", "bench"]),
    ("schemars", &["manifest", "airform"]),
    // The graph.
    ("petgraph", &["model"]),
    // The terminal.
    ("clap", &["airform"]),
    ("clap_complete", &["airform"]),
    ("clap_mangen", &["airform"]),
    ("anstream", &["airform"]),
    ("anstyle", &["airform"]),
    ("dialoguer", &["airform"]),
    ("indicatif", &["airform"]),
    ("similar", &["airform"]),
    ("miette", &["manifest", "airform"]),
    ("mimalloc", &["airform", "bench"]),
    // Waiting, and formats: neither has a place where things are decided.
    ("tokio", &["api", "state", "apply", "airform", "emulator", "acceptance", "bench"]),
    ("serde", &["api", "state", "airform", "emulator", "bench"]),
    (
        "serde_json",
        &["manifest", "api", "state", "schema_check", "airform", "emulator", "acceptance", "bench"],
    ),
    ("jsonschema", &["schema_check", "acceptance"]),
    // Tests.
    ("insta", &["acceptance"]),
    ("tempfile", &["acceptance", "bench"]),
    ("proptest", &[]),
    ("divan", &[]),
];

/// What must not be anywhere below the planner: it decides, and cannot fail by IO.
const NOT_BELOW_THE_PLANNER: [&str; 8] =
    ["tokio", "reqwest", "hyper", "serde", "serde_json", "rustls", "mio", "chrono"];

/// What the text of a room's sources must not hold.
const NOT_IN_THE_TEXT: &[(&str, &[&str])] = &[
    ("model", &["std::fs", "std::net", "std::env", "std::process", "std::time", "async fn"]),
    ("manifest", &["std::fs", "std::net", "std::env", "std::process", "std::time", "async fn"]),
    (
        "planner",
        &["std::fs", "std::net", "std::env", "std::process", "std::time", "async fn", "std::io"],
    ),
    ("state", &["std::net", "std::env"]),
    ("api", &["std::fs", "std::env"]),
    ("apply", &["std::fs", "std::net", "std::env"]),
    ("schema_check", &["std::fs", "std::net", "std::env", "std::process", "std::time", "async fn"]),
];

/// The faces of a kind: each folder has one file for it.
const FACES: [&str; 5] = [
    "crates/model/src/kinds",
    "crates/manifest/src/syntax",
    "crates/api/src/wire",
    "crates/api/src/kinds",
    "crates/emulator/src/routes",
];

const KINDS: [&str; 5] =
    ["tag", "source_template", "connection_template", "workspace", "connector"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What `cargo` prints.
fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What a room's manifest lists.
#[derive(Default)]
struct Room {
    normal: BTreeSet<String>,
    dev: BTreeSet<String>,
}

fn rooms() -> BTreeMap<String, Room> {
    let metadata = cargo(&["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut rooms = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let room: &mut Room = rooms.entry(text(&package["name"])).or_default();
        for dependency in package["dependencies"].as_array().unwrap() {
            let list = match dependency["kind"].as_str() {
                None => &mut room.normal,
                Some("dev") => &mut room.dev,
                Some(kind) => panic!("{} has a {kind} dependency", package["name"]),
            };
            list.insert(text(&dependency["name"]));
        }
    }
    rooms
}

fn allowed(table: &[(&str, &[&str])], key: &str) -> BTreeSet<String> {
    let found = table.iter().filter(|(name, _)| *name == key);
    found.flat_map(|(_, allowed)| allowed.iter().map(|&name| name.to_owned())).collect()
}

#[test]
fn rooms_import_only_what_they_may() {
    let rooms = rooms();
    let names: BTreeSet<String> = rooms.keys().cloned().collect();
    let listed: BTreeSet<String> = MAY_IMPORT.iter().map(|(room, _)| (*room).to_owned()).collect();
    assert_eq!(names, listed, "every room stands in the table");
    for (name, room) in &rooms {
        let may = allowed(MAY_IMPORT, name);
        let ours: BTreeSet<String> = room.normal.intersection(&names).cloned().collect();
        assert!(ours.is_subset(&may), "{name} imports {ours:?}, but may import {may:?}");
        let tests_may: BTreeSet<String> = &may | &allowed(TESTS_MAY_IMPORT, name);
        let ours: BTreeSet<String> = room.dev.intersection(&names).cloned().collect();
        assert!(ours.is_subset(&tests_may), "{name}'s tests import {ours:?}");
    }
}

#[test]
fn what_others_wrote_is_used_only_where_it_belongs() {
    for (name, room) in rooms() {
        for (dependency, homes) in ONLY_IN {
            let is_home = homes.contains(&name.as_str());
            let used = room.normal.contains(*dependency);
            assert!(is_home || !used, "{name} uses {dependency}, which belongs to {homes:?}");
        }
    }
}

#[test]
fn the_planner_cannot_fail_by_io() {
    let tree = cargo(&["tree", "--offline", "-p", "planner", "-e", "normal", "--prefix", "none"]);
    let below: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(below.contains("model"), "{tree}");
    for name in NOT_BELOW_THE_PLANNER {
        assert!(!below.contains(name), "{name} is below the planner:\n{tree}");
    }
}

#[test]
fn rooms_do_not_do_what_is_not_theirs() {
    for (room, forbidden) in NOT_IN_THE_TEXT {
        for (path, text) in sources(&root().join("crates").join(room).join("src")) {
            // What a test does is its own affair; by custom its module comes last.
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for words in *forbidden {
                assert!(!code.contains(words), "{} has {words}", path.display());
            }
        }
    }
}

#[test]
fn every_kind_has_all_its_faces() {
    for face in FACES {
        for kind in KINDS {
            let path = root().join(face).join(format!("{kind}.rs"));
            assert!(path.is_file(), "{} is missing", path.display());
        }
    }
}

/// Every Rust file below `folder`, with its text, without the modules of tests.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_tests = path.file_stem().is_some_and(|name| name == "tests");
        if path.is_dir() && !is_tests {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") && !is_tests {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}
