use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use model::Kind;
use model::span::FileId;
use proptest::prelude::*;
use serde_json::Value as Json;

use super::order::{SECTIONS, keys};
use super::{Formatted, Left, format};

#[track_caller]
fn check(text: &str, expected: &str, left: Option<Left>) {
    let found = format(FileId(0), text).unwrap();
    assert_eq!(found.text, expected, "{text}");
    assert_eq!(found.left, left, "{text}");
    settled(&found);
}

/// Laid out again, it stays.
#[track_caller]
fn settled(found: &Formatted) {
    let again = format(FileId(0), &found.text).unwrap();
    assert_eq!(again.text, found.text);
}

/// What another reader makes of a text.
fn read(text: &str) -> Json {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

#[test]
fn sections_and_keys_come_in_order_with_their_comments() {
    check(
        "# About this file.\n\n# A customer.\nworkspaces:\n    acme: # inline\n          status: active\n          # Where it lies.\n          region: eu\n\n\n\n    globex: {}\n    # Below it.\ntags:   {a: {}}\nversion: 1\n# The end.\n",
        "# About this file.\n\nversion: 1\ntags:   {a: {}}\n\n# A customer.\nworkspaces:\n  acme: # inline\n    # Where it lies.\n    region: eu\n    status: active\n\n  globex: {}\n  # Below it.\n\n# The end.\n",
        None,
    );
}

#[test]
fn lists_and_texts_keep_what_they_say() {
    check(
        "version: 1\nsource_templates:\n   a:\n      partial_default_config:\n         sql: |+\n            select  \n              1\n\n         list:\n         -   x: 1\n             y: [1,\n               2]\n         - - deep\n           - 'it''s\n             folded'\n         last: >-\n           a\n\n           b\n      definition: \"GitHub\"   \nmoved:\n- {from: workspaces.a, to: workspaces.b}\n",
        "version: 1\n\nsource_templates:\n  a:\n    definition: \"GitHub\"\n    partial_default_config:\n      sql: |+\n         select  \n           1\n\n      list:\n        -   x: 1\n            y: [1,\n              2]\n        - - deep\n          - 'it''s\n            folded'\n      last: >-\n        a\n\n        b\n\nmoved:\n  - {from: workspaces.a, to: workspaces.b}\n",
        None,
    );
}

#[test]
fn what_cannot_be_moved_stays() {
    // The anchor would come behind its alias.
    check(
        "version: 1\nworkspaces:\n    a: &a {region: eu}\ntags: \n    b: *a\n",
        "version: 1\n\nworkspaces:\n  a: &a {region: eu}\n\ntags:\n  b: *a\n",
        Some(Left::Order),
    );
    // Anchors in a place for them do not.
    check(
        "x-base: &a\n    region: eu\nversion: 1\nworkspaces:\n    b: {<<: *a}\n",
        "version: 1\n\nx-base: &a\n  region: eu\n\nworkspaces:\n  b: {<<: *a}\n",
        None,
    );
    check("? version\n: 1\n", "? version\n: 1\n", Some(Left::Everything));
    check("{version: 1,\n   tags: {}}  \n\n", "{version: 1,\n   tags: {}}\n", None);
    check("\u{feff}---\r\nversion: 1\r\ntags: {}", "---\nversion: 1\ntags: {}\n", None);
}

#[test]
fn a_mistake_is_complained_about() {
    for text in ["version: [1\n", "a: 1\na: 2\n", "", "--- 1\n--- 2\n"] {
        assert!(!format(FileId(0), text).unwrap_err().is_empty(), "{text}");
    }
}

#[test]
fn the_order_is_that_of_the_schema() {
    let schema = crate::json_schema();
    let names = |schema: &Json| -> BTreeSet<String> {
        schema["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let known: BTreeSet<String> =
        SECTIONS.iter().filter(|key| **key != "x-").map(|&key| key.to_owned()).collect();
    assert_eq!(known, names(&schema));
    for kind in Kind::ALL {
        let section = &schema["properties"][kind.section()];
        let reference = section["additionalProperties"]["$ref"].as_str().unwrap();
        let resource = schema.pointer(reference.trim_start_matches('#')).unwrap();
        let known: BTreeSet<String> = keys(kind).iter().map(|&key| key.to_owned()).collect();
        assert_eq!(known, names(resource), "{kind:?}");
    }
}

fn manifests(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            manifests(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "yaml") {
            found.push(path);
        }
    }
}

#[test]
fn every_manifest_of_ours_says_the_same_afterwards() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    for folder in ["examples", "tests/scenarios", "crates/airform/src/starter"] {
        manifests(&root.join(folder), &mut paths);
    }
    assert!(paths.len() > 50, "{}", paths.len());
    let mut laid_out = 0;
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let Ok(found) = format(FileId(0), &text) else { continue };
        assert_eq!(read(&text), read(&found.text), "{}", path.display());
        assert!(found.left.is_none_or(|left| left == Left::Order), "{}", path.display());
        settled(&found);
        laid_out += 1;
    }
    assert!(laid_out > 50, "{laid_out}");
}

/// A value and how it is written.
#[derive(Debug, Clone)]
enum Written {
    Line(&'static str),
    Text(&'static str, Vec<&'static str>),
    Map { step: usize, blank: bool, comment: Option<usize>, members: Vec<Written> },
    List { step: usize, gap: usize, items: Vec<Written> },
}

const LINES: [&str; 10] = [
    "1",
    "\"a # b\"",
    "'c'   # comment",
    "plain text",
    "[1, {a: b}]",
    "{a: 1, b: [x]} ",
    "~",
    "\"\"",
    "[1,\n@  2, # inside\n@ 3]",
    "'two\n@  lines'",
];

fn written() -> impl Strategy<Value = Written> {
    let leaf = prop_oneof![
        prop::sample::select(LINES.to_vec()).prop_map(Written::Line),
        (
            prop::sample::select(vec!["|", "|-", "|+", ">", ">-  # why"]),
            prop::collection::vec(
                prop::sample::select(vec!["a", "  b  ", "", "# c", "d: e"]),
                1..5
            )
        )
            .prop_map(|(mark, lines)| Written::Text(mark, lines)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let members = prop::collection::vec(inner, 1..4);
        prop_oneof![
            (1..5_usize, any::<bool>(), prop::option::of(0..6_usize), members.clone()).prop_map(
                |(step, blank, comment, members)| Written::Map { step, blank, comment, members }
            ),
            (0..4_usize, 1..4_usize, members).prop_map(|(step, gap, items)| Written::List {
                step,
                gap,
                items
            }),
        ]
    })
}

const KEYS: [&str; 4] = ["lifecycle", "\"name\"", "tags", "definition"];

/// Writes the value of a key or of a dash, from behind it on.
fn put(value: &Written, column: usize, out: &mut String) {
    let spaces = |count: usize| " ".repeat(count);
    match value {
        Written::Line(text) => {
            let _ = writeln!(out, " {}", text.replace('@', &spaces(column + 1)));
        }
        Written::Text(mark, lines) => {
            let _ = writeln!(out, " {mark}\n{}first", spaces(column + 3));
            for line in lines {
                let _ =
                    writeln!(out, "{}{line}", spaces(if line.is_empty() { 0 } else { column + 3 }));
            }
        }
        Written::Map { step, blank, comment, members } => {
            out.push('\n');
            map(members, column + step, (*blank, *comment), out);
        }
        Written::List { step, gap, items } => {
            out.push('\n');
            for item in items {
                let _ = write!(out, "{}-{}", spaces(column + step), spaces(gap - 1));
                match item {
                    // On the line of the dash.
                    Written::Map { members, .. } => {
                        let mut inner = String::new();
                        map(members, column + step + gap + 1, (false, None), &mut inner);
                        let _ = write!(out, " {}", inner.trim_start());
                    }
                    item => put(item, column + step, out),
                }
            }
        }
    }
}

fn map(
    members: &[Written],
    column: usize,
    (blank, comment): (bool, Option<usize>),
    out: &mut String,
) {
    let spaces = " ".repeat(column);
    for (member, key) in members.iter().zip(KEYS) {
        if blank {
            out.push_str("\n \n");
        }
        if let Some(at) = comment {
            let _ = writeln!(out, "{}# {key}", " ".repeat(at));
        }
        let _ = write!(out, "{spaces}{key}:");
        put(member, column, out);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_is_written_says_the_same_afterwards(
        sections in prop::collection::vec(written(), 1..4),
        blank: bool,
    ) {
        let mut text = String::new();
        for (section, name) in sections.iter().zip(["workspaces", "tags", "version"]) {
            if blank {
                text.push_str("\n\n# section\n");
            }
            text.push_str(name);
            text.push(':');
            put(section, 0, &mut text);
        }
        // Not all that is put together so is YAML.
        if let Ok(found) = format(FileId(0), &text) {
            prop_assert_eq!(read(&text), read(&found.text), "{}\n{}", text, found.text);
            prop_assert_ne!(found.left, Some(Left::Everything), "{}", text);
            let again = format(FileId(0), &found.text).unwrap();
            prop_assert_eq!(&again.text, &found.text);
        }
    }
}
