//! Whatever it is given, reading ends with something to say and nothing worse.

use manifest::{Reading, SourceFile};
use model::desired::Desired;
use model::value::Value;
use proptest::prelude::*;

use crate::support::{World, drawn, read};

const SEEDS: [&str; 3] = [
    include_str!("../good/issue.yaml"),
    include_str!("../good/everything.yaml"),
    include_str!("../many/two-files/10-templates.yaml"),
];

fn file(text: impl Into<String>) -> [SourceFile; 1] {
    [SourceFile { name: "any.yaml".to_owned(), text: text.into() }]
}

/// Reads in the world of `seed`, and holds the result to what it promises.
fn check(seed: &str, text: &str) -> Option<Desired> {
    let files = file(text);
    let Reading { desired, diagnostics, data: _, secret_variables: _ } =
        World::of(&file(seed)).read(&files);
    for diagnostic in &diagnostics {
        assert!(!diagnostic.message.is_empty());
        for (span, _) in &diagnostic.labels {
            assert!(text.get(span.start..span.end).is_some(), "{span:?} in {text:?}");
        }
    }
    drawn(&diagnostics, &files);
    let is_wrong = diagnostics.iter().any(|d| d.severity == manifest::Severity::Error);
    assert_eq!(desired.is_none(), is_wrong);
    let desired = desired?;
    assert!(desired.graph().cycles().is_empty());
    for resource in desired.resources.values() {
        for reference in resource.references() {
            assert!(desired.resources.contains_key(reference), "{reference}");
        }
        for (name, value) in &resource.attributes {
            assert!(!matches!(value, Value::Secret(_)), "{name}");
        }
    }
    Some(desired)
}

/// A change to a text: at a place between 0 and 1, so many characters make room for others.
type Edit = (f64, usize, String);

fn edited(seed: &str, edits: &[Edit]) -> String {
    let mut chars: Vec<char> = seed.chars().collect();
    for (at, removed, added) in edits {
        let at = (chars.len() as f64 * at) as usize;
        let end = (at + removed).min(chars.len());
        chars.splice(at..end, added.chars());
    }
    chars.into_iter().collect()
}

fn edit() -> impl Strategy<Value = Edit> {
    let pieces = prop::sample::select(vec![
        "", " ", "\n", "\t", ": ", "- ", "{", "}", "[", "]", "\"", "'", "&a ", "*a", "<<: ", "|",
        ">", "!!str ", "? ", "#", "%", "@", "---\n", "...\n", "${", "}", "${env:A}", "null", "~",
        "no", "0", "ä", "\u{feff}", "\r\n", "\u{2028}", "\0",
    ]);
    (0.0..1.0, 0usize..6, pieces.prop_map(str::to_owned))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        check("", &text);
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check("", &String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn changed_manifests(seed in prop::sample::select(&SEEDS[..]), edits in prop::collection::vec(edit(), 1..6)) {
        check(seed, &edited(seed, &edits));
    }
}

#[test]
fn byte_order_marks_and_line_endings() {
    let seed = SEEDS[0];
    let plain = check(seed, seed).unwrap();
    for text in [seed.replace('\n', "\r\n"), format!("\u{feff}{seed}")] {
        let desired = check(seed, &text).unwrap();
        for ((address, one), (_, other)) in plain.resources.iter().zip(&desired.resources) {
            assert_eq!(one.attributes, other.attributes, "{address}");
        }
    }
}

#[test]
fn large_files_are_read() {
    let mut text = String::from("version: 1\nworkspaces:\n");
    for number in 0..5_000 {
        text.push_str(&format!(
            "  w{number}: {{name: workspace {number}, region: eu, status: active}}\n"
        ));
    }
    let files = file(text);
    let reading = read(&files);
    assert_eq!(reading.diagnostics, []);
    assert_eq!(reading.desired.unwrap().resources.len(), 5_000);
}

#[test]
fn anchors_may_be_used_often() {
    let mut text =
        String::from("version: 1\nx-eu: &eu {region: eu, status: active}\nworkspaces:\n");
    for number in 0..2_000 {
        text.push_str(&format!("  w{number}: {{<<: *eu, name: workspace {number}}}\n"));
    }
    let files = file(text);
    assert_eq!(read(&files).diagnostics, []);
}

#[test]
fn long_chains_of_clones_are_read() {
    let mut text = String::from("version: 1\nsource_templates:\n  t0: {definition: GitHub}\n");
    for number in 1..20_000 {
        text.push_str(&format!("  t{number}: {{clone_of: t{}}}\n", number - 1));
    }
    let files = file(text);
    assert_eq!(read(&files).diagnostics, []);
}

#[test]
fn thousands_of_mistakes_are_told() {
    let mut text = String::from("version: 1\nsource_templates:\n");
    for number in 0..2_000 {
        text.push_str(&format!(
            "  t{number}: {{definition: GitHub, tags: [nowhere-{number}], nmae: x}}\n"
        ));
    }
    let files = file(text);
    assert_eq!(read(&files).diagnostics.len(), 4_000);
}

/// A bomb of every shape: lists, maps, merges.
#[test]
fn bombs_do_not_go_off() {
    for (open, close, first) in [("[", "]", "x"), ("{a: ", "}", "x")] {
        let mut text = format!("version: 1\nx-0: &n0 {open}{first}{close}\n");
        for level in 1..60 {
            let before = format!("*n{}", level - 1);
            let items = if open == "[" {
                [before.as_str(); 9].join(", ")
            } else {
                format!("{before} , b: {before} , c: {before} ")
            };
            text.push_str(&format!("x-{level}: &n{level} {open}{items}{close}\n"));
        }
        let files = file(text);
        let codes: Vec<&str> = read(&files).diagnostics.iter().map(|d| d.code).collect();
        assert_eq!(codes, ["manifest::too-many-values"]);
    }
}
