//! What the program does that is no story of one organization: examples, the sandbox, the lock.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use acceptance::bench::Bench;
use acceptance::script::Act;
use serde_json::json;

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_airform-under-test"))
}

fn words(command: &str) -> Vec<String> {
    command.split(' ').map(str::to_owned).collect()
}

/// A program that is ended when the test is.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

/// Every example is valid, can be planned and applied with nothing set, and is then at rest.
#[test]
fn every_example_works_in_the_sandbox() {
    let examples = examples();
    assert!(examples.len() >= 4, "{examples:?}");
    for example in examples {
        let mut bench = Bench::new(&example, program()).unwrap();
        for name in ["AIRBYTE_API_URL", "AIRBYTE_OPERATOR_TOKEN"] {
            bench.act(&Act::Env(name.to_owned(), None)).unwrap();
        }
        let mut check = |command: &str, code: i32, said: &str| {
            let ran = bench.run(&words(command)).unwrap();
            let as_said = ran.code == code && ran.stdout.contains(said);
            assert!(as_said, "{}: {command}: {ran}", example.display());
            ran.stdout
        };
        check("airform validate", 0, "The manifest is valid.");
        check("airform fmt --check", 0, "");
        if example.join("tests").is_dir() {
            check("airform test", 0, "all as expected.");
        }
        check("airform plan --sandbox --detailed-exitcode", 2, "Plan: ");
        check("airform apply --sandbox --auto-approve", 0, "Applied: ");
        let rest = check("airform plan --sandbox --detailed-exitcode", 0, "No changes.");
        assert_eq!(rest.trim_end().lines().count(), 1, "{rest}");
        check("airform apply --sandbox --auto-approve", 0, "No changes.");
    }
}

/// The example of an existing organization is what is exported of it, to the letter.
#[test]
fn the_exported_example_is_what_is_exported() {
    let example =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/11-existing-organization");
    let mut bench = Bench::new(&example, program()).unwrap();
    let ran = bench.run(&words("airform export --out out")).unwrap();
    assert_eq!(ran.code, 0, "{ran}");
    let mut compared = 0;
    for entry in std::fs::read_dir(&example).unwrap() {
        let name = entry.unwrap().file_name();
        // The last one is of whoever has tried the example.
        if !["README.md", "world.json", ".airform"].iter().any(|other| name == *other) {
            let text = |folder: &Path| std::fs::read_to_string(folder.join(&name)).unwrap();
            assert_eq!(text(&example), text(&bench.folder().join("out")), "{name:?}");
            compared += 1;
        }
    }
    assert_eq!(compared, 7);
}

/// Every environment of the example is valid, and production is not dev.
#[test]
fn every_environment_of_the_overlays_works_in_the_sandbox() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/06-overlays");
    for (overlay, customer) in [("staging", "\"test-staging\""), ("prod", "\"acme-prod\"")] {
        let mut bench = Bench::new(&example, program()).unwrap();
        let overlay = format!("--overlay overlays/{overlay}.yaml");
        let mut check = |command: &str, said: &str| {
            let ran = bench.run(&words(&format!("{command} {overlay}"))).unwrap();
            assert!(ran.code == 0 && ran.stdout.contains(said), "{overlay}: {command}: {ran}");
        };
        check("airform validate", "The manifest is valid.");
        check("airform plan --sandbox", customer);
        check("airform apply --sandbox --auto-approve", "Applied: ");
        check("airform plan --sandbox", "No changes.");
    }
}

/// Colour is for screens, and for whoever asks for it; it says nothing that is not said without.
#[test]
fn colour_is_only_where_it_is_wanted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/16-detailed-exitcode");
    let mut bench = Bench::new(&folder, program()).unwrap();
    let mut said = |command: &str| {
        let ran = bench.run(&words(command)).unwrap();
        assert_eq!(ran.code, 0, "{command}: {ran}");
        ran.stdout
    };
    let plain = said("airform plan");
    assert!(plain.contains("+ tags.crm") && !plain.contains('\u{1b}'), "{plain:?}");
    assert_eq!(said("airform plan --color never"), plain);
    let coloured = said("airform plan --color always");
    assert!(coloured.contains("\u{1b}[32m"), "{coloured:?}");
    let mut bare = String::new();
    for part in coloured.split_inclusive('m') {
        let text = part.split_once("\u{1b}[").map_or(part, |(text, _)| text);
        bare.push_str(text);
    }
    assert_eq!(bare, plain);
    for format in ["json", "markdown", "html"] {
        let text = said(&format!("airform plan --color always --format {format}"));
        assert!(!text.contains('\u{1b}'), "{format}: {text:?}");
    }
}

/// A number that is called like a secret cannot be looked up, and is in no plan file all the same: what
/// carries the plan out takes it from the manifest.
#[test]
fn a_plan_file_holds_no_number_that_is_a_secret() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/16-detailed-exitcode");
    let mut bench = Bench::new(&folder, program()).unwrap();
    let manifest = "version: 1\n\nsource_templates:\n  hubspot: {definition: HubSpot, name: HubSpot}\n\n\
        oauth_credentials:\n  hubspot:\n    connector_type: HubSpot\n    \
        configuration: {client_id: a, pin_token: 48151623, client_limit: 2342108}\n";
    std::fs::write(bench.folder().join("airform.yaml"), manifest).unwrap();
    let ran = bench.run(&words("airform plan --out saved.plan")).unwrap();
    assert!(ran.code == 0 && !ran.stdout.contains("48151623"), "{ran}");
    let saved = std::fs::read_to_string(bench.folder().join("saved.plan")).unwrap();
    assert!(saved.contains("2342108") && !saved.contains("48151623"), "{saved}");
    let ran = bench.run(&words("airform show saved.plan --format json")).unwrap();
    assert!(ran.code == 0 && !ran.stdout.contains("48151623"), "{ran}");
    let ran = bench.run(&words("airform apply saved.plan --auto-approve")).unwrap();
    assert_eq!(ran.code, 0, "{ran}");
    assert!(bench.emulator.world().to_json().contains("48151623"));
    let rest = bench.run(&words("airform plan --detailed-exitcode")).unwrap();
    assert_eq!(rest.code, 0, "{rest}");
}

/// A thousand rows are a thousand customers, and a row more is one more.
#[test]
fn a_thousand_rows_are_a_thousand_customers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/50-for-each");
    let mut bench = Bench::new(&folder, program()).unwrap();
    let data = bench.folder().join("customers.csv");
    let mut rows = "slug,name,region\n".to_owned();
    for number in 0..1000 {
        rows.push_str(&format!("customer-{number},Customer {number},eu\n"));
    }
    std::fs::write(&data, &rows).unwrap();
    let mut check = |command: &str, said: &str| {
        let ran = bench.run(&words(command)).unwrap();
        let lines: Vec<&str> = ran.stdout.lines().rev().take(3).collect();
        assert!(ran.code == 0 && ran.stdout.contains(said), "{command}: {lines:?} {}", ran.stderr);
    };
    check("airform plan --sandbox", "Plan: 1,003 to create.");
    check("airform apply --sandbox --auto-approve", "Applied: ");
    check("airform plan --sandbox", "No changes.");
    rows.push_str("another,Another,us\n");
    std::fs::write(&data, &rows).unwrap();
    check("airform plan --sandbox", "+ workspaces.customer[\"another\"]");
    check("airform plan --sandbox", "Plan: 1 to create.");
}

/// What `airform sandbox` prints is enough to point the program at it.
#[test]
fn a_sandbox_can_be_used_by_what_it_prints() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/01-first-apply");
    let mut bench = Bench::new(&folder, program()).unwrap();
    let mut sandbox = Running(
        Command::new(program())
            .arg("sandbox")
            .current_dir(bench.folder())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let mut printed = BufReader::new(sandbox.0.stdout.take().unwrap()).lines();
    let mut exports = Vec::new();
    while !exports.iter().any(|(name, _)| name == "AIRBYTE_API_HOST") {
        let line = printed.next().unwrap().unwrap();
        let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
        exports.push((name.to_owned(), value.to_owned()));
    }
    exports.push(("AWS_SECRET_ACCESS_KEY".to_owned(), "a-secret-text".to_owned()));
    for (name, value) in exports {
        bench.act(&Act::Env(name, Some(value))).unwrap();
    }
    let ran = bench.run(&words("airform apply --auto-approve")).unwrap();
    assert!(ran.code == 0 && ran.stdout.contains("Applied: 7 created."), "{ran}");
    let again = bench.run(&words("airform plan --detailed-exitcode")).unwrap();
    assert_eq!(again.code, 0, "{again}");
    assert!(again.journal.is_empty(), "it spoke to another service");
}

/// Two applies at once: the second one is told who is at work, and does nothing.
#[test]
fn an_apply_keeps_another_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/16-detailed-exitcode");
    let mut bench = Bench::new(&folder, program()).unwrap();
    // The first one is held up at its third question, long enough for the second one to come.
    let fault = json!({"method": "POST", "kind": {"delay": {"millis": 2000}}});
    bench.act(&Act::Fault(fault)).unwrap();
    let first = Running(bench.start(&words("airform apply --auto-approve")).unwrap());
    bench.wait_for_answers(2).unwrap();
    let second = bench.run(&words("airform apply --auto-approve")).unwrap();
    drop(first);
    let told = second.code == 6 && second.stderr.contains("apply");
    assert!(told && second.journal.is_empty(), "{second}");
}
