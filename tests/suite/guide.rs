//! The user guide stays true: its reference is made from the schema, its manifests are valid, its
//! links lead somewhere.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn guide() -> PathBuf {
    root().join("docs/guide")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every page, by its name.
fn pages() -> Vec<(String, String)> {
    let mut pages: Vec<(String, String)> = std::fs::read_dir(guide())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), read(&path)))
        .collect();
    pages.sort();
    pages
}

/// What a schema takes, in a word or two.
fn takes(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/definitions/")) {
        return format!("[{name}](#{name})");
    }
    if let Some(choices) = schema["enum"].as_array() {
        let choices: Vec<String> =
            choices.iter().map(|choice| format!("`{}`", choice.as_str().unwrap())).collect();
        return choices.join(", ");
    }
    if let Some(value) = schema.get("const") {
        return format!("`{}`", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    for way in ["anyOf", "allOf", "oneOf"] {
        // `${…}` stands for any value: it is said once, above the tables.
        let ways: BTreeSet<String> = schema[way]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|one| one["pattern"] != "\\$\\{")
            .map(takes)
            .collect();
        if !ways.is_empty() {
            return ways.into_iter().collect::<Vec<_>>().join(" or ");
        }
    }
    match schema["type"].as_str() {
        Some("array") => format!("list of {}", takes(&schema["items"])),
        Some("object") => match schema.get("additionalProperties") {
            Some(members) if members.is_object() => format!("map of {}", takes(members)),
            _ => "map".to_owned(),
        },
        Some("string") => "text".to_owned(),
        Some(other) => other.to_owned(),
        None => "any".to_owned(),
    }
}

fn table(page: &mut String, schema: &Value) {
    let required: BTreeSet<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let Some(members) = schema["properties"].as_object() else { return };
    page.push_str("\n| field | takes | what it is |\n|---|---|---|\n");
    for (name, member) in members {
        let must = if required.contains(name.as_str()) { " (required)" } else { "" };
        let said = member["description"].as_str().unwrap_or_default().replace('|', "\\|");
        let takes = takes(member).replace('|', "\\|");
        writeln!(page, "| `{name}`{must} | {takes} | {said} |").unwrap();
    }
}

fn reference() -> String {
    let schema: Value =
        serde_json::from_str(&read(&root().join("schema/manifest.schema.json"))).unwrap();
    let mut page = String::from(
        "# Every field\n\n\
         Made from [the schema](../../schema/manifest.schema.json) that editors read and `airform schema` prints. Wherever a \
         value stands, `${…}` may stand instead: see [Manifests](manifests.md).\n\n\
         ## The file\n",
    );
    table(&mut page, &schema);
    for (name, definition) in schema["definitions"].as_object().unwrap() {
        write!(page, "\n## {name}\n").unwrap();
        if let Some(said) = definition["description"].as_str() {
            write!(page, "\n{said}\n").unwrap();
        }
        table(&mut page, definition);
        for variant in definition["oneOf"].as_array().into_iter().flatten() {
            let kind = variant["properties"]["type"]["const"].as_str().unwrap_or_default();
            let said = variant["description"].as_str().unwrap_or_default();
            write!(page, "\n### {kind}\n\n{said}\n").unwrap();
            table(&mut page, variant);
        }
    }
    page
}

#[test]
fn the_reference_has_every_field_of_the_schema() {
    let path = guide().join("reference.md");
    let made = reference();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    assert!(
        read(&path) == made,
        "docs/guide/reference.md is not what the schema says: \
         run `UPDATE=1 cargo test -p acceptance --test suite guide`"
    );
}

#[test]
fn every_page_is_in_the_summary() {
    let pages = pages();
    let summary = &pages.iter().find(|(name, _)| name == "SUMMARY.md").unwrap().1;
    for (name, _) in pages.iter().filter(|(name, _)| name != "SUMMARY.md") {
        assert!(summary.contains(&format!("({name})")), "{name} is not in SUMMARY.md");
    }
}

/// The heading's anchor, as mdBook and GitHub make it.
fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut links = 0;
    for (name, text) in pages() {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("http") {
                continue;
            }
            links += 1;
            let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { guide().join(&name) } else { guide().join(file) };
            assert!(target.exists(), "{name}: {link} leads nowhere");
            if !fragment.is_empty() {
                let found = read(&target)
                    .lines()
                    .filter(|line| line.starts_with('#'))
                    .any(|line| anchor(line.trim_start_matches('#').trim()) == fragment);
                assert!(found, "{name}: {link}: no such heading");
            }
        }
    }
    assert!(links > 20, "{links}");
}

/// A block of YAML that begins with `version:` is a whole manifest, and must be a valid one.
#[test]
fn every_manifest_in_the_guide_is_valid() {
    let mut manifests = 0;
    for (name, text) in pages() {
        let blocks = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
        for block in blocks.filter(|block| block.starts_with("version:")) {
            manifests += 1;
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("airform.yaml"), block).unwrap();
            std::fs::write(folder.path().join("customers.csv"), "slug,region\nacme,eu\n").unwrap();
            let ran = Command::new(env!("CARGO_BIN_EXE_airform-under-test"))
                .args(["validate", "."])
                .current_dir(folder.path())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            assert!(ran.status.success(), "{name}:\n{block}\n{said}");
        }
    }
    assert!(manifests >= 8, "{manifests}");
}

/// What a program says in the guide is what it says: a page's manifest is written down, and each block that
/// begins with `$ airform` is run there. A picture of a graph is drawn again.
#[test]
fn every_picture_in_the_guide_is_true() {
    let mut blocks = 0;
    for (name, text) in pages().iter().filter(|(name, _)| name.starts_with("view-")) {
        let Some((_, rest)) = text.split_once("```yaml\n") else { continue };
        let folder = tempfile::tempdir().unwrap();
        let manifest = rest.split("```").next().unwrap();
        std::fs::write(folder.path().join("airform.yaml"), manifest).unwrap();
        let run = |command: &str| {
            let mut words: Vec<&str> = command.split(' ').skip(1).collect();
            if words[0] != "graph" {
                words.extend(["--parallelism", "1"]);
            }
            let ran = Command::new(env!("CARGO_BIN_EXE_airform-under-test"))
                .args(words)
                .current_dir(folder.path())
                .env_clear()
                .output()
                .unwrap();
            assert!(ran.status.success(), "{name}: {}", String::from_utf8_lossy(&ran.stderr));
            String::from_utf8(ran.stdout).unwrap()
        };
        // What it says may have blocks of its own, so that the fence is longer.
        let mut parts = text.split("````console\n$ ");
        let mut made = parts.next().unwrap().to_owned();
        for part in parts {
            let (command, _) = part.split_once('\n').unwrap();
            let (_, after) = part.split_once("````\n").unwrap();
            write!(made, "````console\n$ {command}\n{}````\n{after}", run(command)).unwrap();
            blocks += 1;
        }
        update(&guide().join(name), &made);
        if text.contains("(pictures/graph.svg)") {
            update(&guide().join("pictures/graph.svg"), &run("airform graph --format svg"));
            blocks += 1;
        }
    }
    assert_eq!(blocks, 7);
}

/// Holds a file against what it should be, or makes it so.
fn update(path: &Path, made: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, made).unwrap();
    }
    let same = std::fs::read_to_string(path).is_ok_and(|text| text == made);
    assert!(same, "{}: run `UPDATE=1 cargo test -p acceptance --test suite guide`", path.display());
}

/// The workflow of the guide is the one that is written.
#[test]
fn the_workflow_in_the_guide_is_the_one_that_is_written() {
    let workflow = read(&root().join("crates/airform/src/starter/workflow.yml"));
    let page = read(&guide().join("github.md"));
    assert!(page.contains(&format!("```yaml\n{workflow}```\n")));
}
