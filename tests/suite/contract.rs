//! Our description of the API against the emulator, and against the vendor's own where it is here.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use acceptance::contract::{Contract, Shape, shapes};
use emulator::Emulator;
use serde_json::Value;

/// The vendor's description. It is not ours to publish, so it is not part of the repository.
const VENDOR: &str = "../../shared/api/openapi.json";

/// Where our description says something else than the vendor's, by a part of the difference, and why.
const DIFFERENCES: &[(&str, &str)] = &[(
    ".oauth_config_specification.",
    "how a connector's OAuth form is drawn is the widget's concern; here it is any object",
)];

#[test]
fn the_description_has_exactly_the_routes_of_the_emulator() {
    let contract = Contract::ours().unwrap();
    let described: BTreeSet<(&str, &str)> = contract.operations().collect();
    let served: BTreeSet<(&str, &str)> = Emulator::routes().collect();
    let undescribed: Vec<_> = served.difference(&described).collect();
    let unserved: Vec<_> = described.difference(&served).collect();
    assert!(undescribed.is_empty() && unserved.is_empty(), "{undescribed:?}, {unserved:?}");
}

#[test]
fn the_description_differs_from_the_vendors_only_where_it_says_so() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(VENDOR);
    let Ok(text) = std::fs::read_to_string(path) else {
        // Said past the harness, which shows nothing of a test that passes.
        let words = format!("skipped: {} is not here\n", VENDOR.trim_start_matches("../"));
        std::io::stdout().write_all(words.as_bytes()).unwrap();
        return;
    };
    let contract = Contract::ours().unwrap();
    let vendor: Value = serde_json::from_str(&text).unwrap();
    let found = differences(contract.document(), &vendor);
    let is_listed = |found: &&String| DIFFERENCES.iter().any(|(part, _)| found.contains(part));
    let new: Vec<&String> = found.iter().filter(|found| !is_listed(found)).collect();
    assert!(new.is_empty(), "not listed: {new:#?}");
    for (part, reason) in DIFFERENCES {
        let stands = found.iter().any(|found| found.contains(part));
        assert!(stands, "listed for nothing: {part} ({reason})");
    }
}

fn differences(ours: &Value, vendor: &Value) -> BTreeSet<String> {
    let (our_operations, vendors) = (operations(ours), operations(vendor));
    let mut found = BTreeSet::new();
    for name in vendors.keys() {
        if !our_operations.contains_key(name) {
            found.insert(format!("{name}: only the vendor has it"));
        }
    }
    for (name, operation) in &our_operations {
        let evidence = operation.get("x-evidence").and_then(Value::as_str).unwrap_or("no evidence");
        match (evidence, vendors.get(name)) {
            ("public", Some(theirs)) => {
                let (our_shapes, their_shapes) = (shapes(ours, operation), shapes(vendor, theirs));
                compare(name, &our_shapes, &their_shapes, &mut found);
            }
            ("seen", None) => {}
            (evidence, theirs) => {
                let has = if theirs.is_some() { "has" } else { "lacks" };
                found.insert(format!("{name}: {evidence}, but the vendor {has} it"));
            }
        }
    }
    found
}

fn compare(
    name: &str,
    ours: &BTreeMap<String, Shape>,
    theirs: &BTreeMap<String, Shape>,
    found: &mut BTreeSet<String>,
) {
    let places: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    for place in places {
        let difference = match (ours.get(place), theirs.get(place)) {
            (Some(ours), Some(theirs)) if ours == theirs => continue,
            (Some(ours), Some(theirs)) => format!("{} here, {} there", said(ours), said(theirs)),
            (Some(_), None) => "only here".to_owned(),
            (None, _) => "only there".to_owned(),
        };
        found.insert(format!("{name}: {place}: {difference}"));
    }
}

fn said(shape: &Shape) -> String {
    let Shape { required, types, values } = shape;
    let mut words: Vec<&str> = if *required { vec!["required"] } else { vec![] };
    words.extend(types.iter().map(String::as_str));
    words.extend(values.iter().map(String::as_str));
    words.join(" ")
}

/// Operations by method and path.
fn operations(document: &Value) -> BTreeMap<String, &Value> {
    let mut operations = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation.get("responses").is_some() {
                operations.insert(format!("{} {path}", method.to_uppercase()), operation);
            }
        }
    }
    operations
}
