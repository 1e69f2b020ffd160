//! Whatever it is given, reading ends with something to say and nothing worse.

use manifest::{Reading, SourceFile};
use model::desired::Desired;
use model::value::Value;
use proptest::prelude::*;

use crate::support::{World, all_files, drawn, read};

const SEEDS: [&str; 4] = [
    include_str!("../good/issue.yaml"),
    include_str!("../good/everything.yaml"),
    include_str!("../many/two-files/10-templates.yaml"),
    include_str!("../good/for-each.yaml"),
];

fn file(text: impl Into<String>) -> [SourceFile; 1] {
    [SourceFile { name: "any.yaml".to_owned(), text: text.into() }]
}

/// Reads in the world of `seed`, and holds the result to what it promises.
fn check(seed: &str, text: &str) -> Option<Desired> {
    check_files(&World::of(&file(seed)), &file(text))
}

fn check_files(world: &World, files: &[SourceFile]) -> Option<Desired> {
    let reading = world.read(files);
    let files = all_files(files, &reading);
    let Reading { desired, diagnostics, data: _, secret_variables: _, sensitive_variables: _ } =
        reading;
    for diagnostic in &diagnostics {
        assert!(!diagnostic.message.is_empty());
        for (span, _) in &diagnostic.labels {
            let text = &files[usize::try_from(span.file.0).unwrap()].text;
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
    fn any_data(text in "([a-c\",\r\n é{}:\\[\\]]|slug|region|eu){0,40}", json in any::<bool>()) {
        let name = if json { "data.json" } else { "data.csv" };
        for text in [text.clone(), format!("slug,region\n{text}")] {
            let world = World::with_file(name, &text);
            let manifest = format!(
                "version: 1\nworkspaces:\n  w:\n    for_each: {{file: {name}}}\n    key: slug\n    region: \"${{each:region}}\"\n"
            );
            check_files(&world, &file(manifest));
        }
    }

    #[test]
    fn any_overlay(
        seed in prop::sample::select(&SEEDS[..]),
        over in prop::sample::select(&SEEDS[..]),
        edits in prop::collection::vec(edit(), 0..4),
    ) {
        let name = |name: &str, text: String| SourceFile { name: name.to_owned(), text };
        let files = [name("any.yaml", seed.to_owned()), name("overlay.yaml", edited(over, &edits))];
        check_files(&World::of(&file(seed)), &files);
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
fn large_data_is_read() {
    let mut rows = String::from("slug,name\n");
    for number in 0..20_000 {
        rows.push_str(&format!("w{number},\"Workspace {number}, Inc.\"\n"));
    }
    let manifest = "version: 1\nworkspaces:\n  w: {for_each: {file: w.csv}, key: slug, name: \"${each:name}\"}\n";
    let reading = World::with_file("w.csv", &rows).read(&file(manifest));
    assert_eq!(reading.diagnostics, []);
    assert_eq!(reading.desired.unwrap().resources.len(), 20_000);

    // A mistake in every row is told of some, and a mistake in the declaration once.
    for (field, complaints) in
        [("region: \"${each:name}\"", 101), ("region: nowhere", 1), ("name: everybody", 101)]
    {
        let manifest = format!(
            "version: 1\nworkspaces:\n  w: {{for_each: {{file: w.csv}}, key: slug, {field}}}\n"
        );
        let reading = World::with_file("w.csv", &rows).read(&file(manifest));
        assert_eq!(reading.diagnostics.len(), complaints, "{field}");
    }
}

/// More rows than anybody has.
#[test]
fn too_many_rows_are_refused() {
    let rows = "slug\n".to_owned() + &"x\n".repeat(200_001);
    let manifest = "version: 1\nworkspaces:\n  w: {for_each: {file: w.csv}, key: slug}\n";
    let reading = World::with_file("w.csv", &rows).read(&file(manifest));
    let codes: Vec<&str> = reading.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["manifest::too-many-rows"]);
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
        text.push_str(&format!("  t{number}: {{clone_of: t{}, name: T{number}}}\n", number - 1));
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

fn codes(reading: &Reading) -> Vec<&'static str> {
    reading.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

/// Where each column is looked for among all others.
#[test]
fn too_many_columns_are_refused() {
    let manifest = "version: 1\nworkspaces:\n  w: {for_each: {file: w.csv}, key: c0}\n";
    for (count, expected) in [(1_000, &[][..]), (1_001, &["manifest::too-many-columns"])] {
        let header: Vec<String> = (0..count).map(|number| format!("c{number}")).collect();
        let rows = format!("{}\n{}\n", header.join(","), vec!["x"; count].join(","));
        let reading = World::with_file("w.csv", &rows).read(&file(manifest));
        assert_eq!(codes(&reading), expected, "{count}");
    }
}

#[test]
fn a_value_is_no_place_for_a_large_file() {
    let manifest = "version: 1\nworkspaces:\n  w: {name: \"${file:w}\"}\n";
    for (length, expected) in [(1024 * 1024, &[][..]), (1024 * 1024 + 1, &["manifest::file"])] {
        let reading = World::with_file("w", &"x".repeat(length)).read(&file(manifest));
        assert_eq!(codes(&reading), expected, "{length}");
    }
}

/// A file weighs what it weighs, and each of many rows may ask for it.
#[test]
fn what_is_looked_up_does_not_multiply() {
    let manifest = "version: 1\nworkspaces:\n  w: {for_each: {file: w.csv}, name: \"${each:slug} ${file:w.csv}\"}\n";
    let mut rows = "slug\n".to_owned();
    for number in 0..40_000 {
        rows.push_str(&format!("customer-{number}\n"));
    }
    let manifest = manifest.replace("}, name", "}, key: slug, name");
    let reading = World::with_file("w.csv", &rows).read(&file(manifest));
    assert_eq!(codes(&reading), ["manifest::too-much-text"]);
}

/// Data in one line of any length: what is drawn is around the place, under its own line and column.
#[test]
fn a_long_line_is_drawn_in_part() {
    let row = |number| format!(r#"{{"slug": "é{number}", "name": "x{number}"}}"#);
    let rows = (0..5_000).map(row).collect::<Vec<_>>().join(", ");
    let rows = format!("[\n{rows}, {{\"slug\": \"b\", \"name\": null}}\n]\n");
    let manifest = "version: 1\nworkspaces:\n  w: {for_each: {file: w.json}, key: slug, name: \"${each:name}\"}\n";
    let world = World::with_file("w.json", &rows);
    let files = file(manifest);
    let reading = world.read(&files);
    assert!(!reading.diagnostics.is_empty());
    let drawn = drawn(&reading.diagnostics, &all_files(&files, &reading));
    assert!(drawn.len() < 2_000 * reading.diagnostics.len(), "{} bytes", drawn.len());
    assert!(drawn.contains("[w.json:2:"), "{drawn}");
}
