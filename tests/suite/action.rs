//! The GitHub action: its script against a service, with a stand-in for `gh`, and its files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use acceptance::bench::Bench;
use acceptance::script::Act;
use serde_json::{Value, json};

const MARKER: &str = "<!-- airform:plan -->\n<!-- airform:airform -->\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether there is what the script and the stand-in for `gh` need.
fn has_tools() -> bool {
    let has = |name: &str| {
        let ran = Command::new(name).arg("--version").stdout(Stdio::null()).status();
        ran.is_ok_and(|status| status.success())
    };
    let has_both = has("bash") && has("jq");
    if !has_both {
        println!("skipped: no bash and jq here, so the action was not run");
    }
    has_both
}

/// A pull request of a repository, and a runner.
struct Runner {
    bench: Bench,
    /// What the runner keeps beside the repository.
    around: tempfile::TempDir,
    env: Vec<(String, String)>,
}

/// What a run of the action came to.
struct Ran {
    code: i32,
    log: String,
    outputs: String,
    summary: String,
    calls: Vec<String>,
}

impl Runner {
    fn new() -> Runner {
        let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/16-detailed-exitcode");
        let bench =
            Bench::new(&scenario, Path::new(env!("CARGO_BIN_EXE_airform-under-test"))).unwrap();
        let around = tempfile::tempdir().unwrap();
        let tools = around.path().join("tools");
        std::fs::create_dir(&tools).unwrap();
        std::fs::copy(root().join("tests/stand-in-gh.sh"), tools.join("gh")).unwrap();
        std::fs::write(around.path().join("comments.json"), "[]").unwrap();
        let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
        let mut runner = Runner { bench, around, env: Vec::new() };
        let service = runner.bench.emulator.url();
        for (name, value) in [
            ("PATH", path.as_str()),
            ("GITHUB_REPOSITORY", "acme/infra"),
            ("HEAD_REPOSITORY", "acme/infra"),
            ("PULL_REQUEST", "7"),
            ("AIRBYTE_API_URL", &service),
            ("AIRBYTE_OPERATOR_TOKEN", "sandbox-operator-token"),
            ("INPUT_PROGRAM", env!("CARGO_BIN_EXE_airform-under-test")),
            ("INPUT_PATHS", "."),
            ("INPUT_ARGUMENTS", "--parallelism=1"),
            ("INPUT_PLAN_FILE", "airform.plan"),
            ("INPUT_NAME", "airform"),
            ("INPUT_COMMENT", "true"),
        ] {
            runner.set(name, value);
        }
        runner
    }

    fn set(&mut self, name: &str, value: &str) {
        self.env.retain(|(other, _)| other != name);
        self.env.push((name.to_owned(), value.to_owned()));
    }

    fn file(&self, name: &str) -> PathBuf {
        self.around.path().join(name)
    }

    fn comments(&self) -> Vec<Value> {
        serde_json::from_str(&read(&self.file("comments.json"))).unwrap()
    }

    fn run(&self, command: &str) -> Ran {
        for name in ["outputs", "summary", "calls"] {
            std::fs::write(self.file(name), "").unwrap();
        }
        let output = Command::new("bash")
            .arg(root().join(".github/action/run.sh"))
            .current_dir(self.bench.folder())
            .env_clear()
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .env("INPUT_COMMAND", command)
            .env("GITHUB_OUTPUT", self.file("outputs"))
            .env("GITHUB_STEP_SUMMARY", self.file("summary"))
            .env("GH_CALLS", self.file("calls"))
            .env("GH_COMMENTS", self.file("comments.json"))
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran {
            code: output.status.code().unwrap_or(-1),
            log: text(&output.stdout) + &text(&output.stderr),
            outputs: read(&self.file("outputs")),
            summary: read(&self.file("summary")),
            calls: read(&self.file("calls")).lines().map(str::to_owned).collect(),
        }
    }

    /// Runs it, and holds it against what is expected: its exit code, its outputs, what it wrote through `gh`.
    #[track_caller]
    fn check(&self, command: &str, code: i32, outputs: &[&str], writes: &[&str]) -> Ran {
        let ran = self.run(command);
        assert_eq!(ran.code, code, "{}", ran.log);
        assert_eq!(ran.outputs.lines().collect::<Vec<_>>(), outputs, "{}", ran.log);
        let written: Vec<&str> =
            ran.calls.iter().map(String::as_str).filter(|call| !call.starts_with("GET ")).collect();
        assert_eq!(written, writes, "{}", ran.log);
        ran
    }
}

const POST: &str = "POST repos/acme/infra/issues/7/comments";

#[test]
fn one_comment_follows_a_pull_request() {
    if !has_tools() {
        return;
    }
    let mut runner = Runner::new();
    // Somebody has written what looks like ours.
    let theirs = json!([{"id": 1, "user": {"type": "User"}, "body": format!("{MARKER}mine")}]);
    std::fs::write(runner.file("comments.json"), theirs.to_string()).unwrap();

    let planned = ["exit-code=2", "changes=true", "plan-file=airform.plan"];
    let ran = runner.check("plan", 0, &planned, &[POST]);
    assert!(
        ran.summary.starts_with(MARKER) && ran.summary.contains("create tag"),
        "{}",
        ran.summary
    );
    assert_eq!(runner.comments()[1]["body"], json!(ran.summary));

    // A push brings it up to date, also with what is wrong.
    let patch = "PATCH repos/acme/infra/issues/comments/2";
    runner
        .bench
        .act(&Act::Edit("airform.yaml".to_owned(), "crm: {}".to_owned(), "crm: {x: 1}".to_owned()))
        .unwrap();
    let ran = runner.check("plan", 1, &["exit-code=1", "changes=true"], &[patch]);
    let body = runner.comments()[1]["body"].as_str().unwrap().to_owned();
    assert!(body.starts_with(MARKER) && body.contains("There is no plan."), "{body}");
    assert!(body.contains("airform.yaml:4") && ran.log.contains("airform.yaml:4"), "{body}");
    runner
        .bench
        .act(&Act::Edit("airform.yaml".to_owned(), "crm: {x: 1}".to_owned(), "crm: {}".to_owned()))
        .unwrap();
    runner.check("plan", 0, &planned, &[patch]);

    // The plan is carried out once, as it is.
    runner.check("apply", 0, &["exit-code=0"], &[]);
    let again = runner.check("apply", 5, &["exit-code=5"], &[]);
    assert!(again.summary.contains("exit code 5"), "{}", again.summary);

    // That nothing is left to do is said where something else was said before.
    let rest = ["exit-code=0", "changes=false", "plan-file=airform.plan"];
    let ran = runner.check("plan", 0, &rest, &[patch]);
    assert!(ran.summary.contains("No changes."), "{}", ran.summary);
    runner.set("INPUT_NAME", "another");
    runner.check("plan", 0, &rest, &[]);
    assert_eq!(runner.comments()[0], theirs[0]);
    assert_eq!(runner.comments().len(), 2);
}

#[test]
fn a_fork_gets_no_comment_and_needs_no_secret() {
    if !has_tools() {
        return;
    }
    let mut runner = Runner::new();
    runner.set("HEAD_REPOSITORY", "mallory/infra");
    let ran = runner.check("plan", 0, &["exit-code=2", "changes=true"], &[]);
    assert!(ran.calls.is_empty() && !runner.bench.folder().join("airform.plan").exists());

    // As GitHub has it, there are no credentials: then the manifest is checked, and nobody is asked.
    runner.set("AIRBYTE_OPERATOR_TOKEN", "");
    runner.bench.emulator.clear_journal();
    let ran = runner.check("plan", 0, &["exit-code=0", "changes=false"], &[]);
    assert!(ran.summary.contains("nothing was planned"), "{}", ran.summary);
    assert!(runner.bench.emulator.journal().is_empty());
}

#[test]
fn drift_fails_the_run() {
    if !has_tools() {
        return;
    }
    let mut runner = Runner::new();
    runner.run("plan");
    runner.check("apply", 0, &["exit-code=0"], &[]);
    runner.check("drift", 0, &["exit-code=0"], &[]);
    runner.bench.act(&Act::Change(json!({"tags": {"crm": null}}))).unwrap();
    let ran = runner.check("drift", 2, &["exit-code=2"], &[]);
    assert!(
        ran.summary.contains("tags.crm") && ran.log.contains("::error title=Drift::"),
        "{}",
        ran.log
    );
}

/// What is given is never a program, and no text in the log is a command.
#[test]
fn nothing_that_is_given_is_run() {
    if !has_tools() {
        return;
    }
    let mut runner = Runner::new();
    for (name, value) in [
        ("INPUT_PATHS", "$(touch seen)\n`touch seen`; touch seen"),
        ("INPUT_ARGUMENTS", "--var=a=$(touch seen) *"),
        ("INPUT_PLAN_FILE", "$(touch seen)"),
    ] {
        let mut runner = Runner::new();
        runner.set(name, value);
        runner.run("plan");
        assert!(!runner.bench.folder().join("seen").exists(), "{name}");
    }
    runner.set("INPUT_NAME", "x --> <img src=x>");
    assert_eq!(runner.run("plan").code, 64);
    assert_eq!(runner.run("destroy").code, 64);

    let mut runner = Runner::new();
    let named = "tags:\n  crm: {name: \"a\\n::error::b\"}";
    runner
        .bench
        .act(&Act::Edit("airform.yaml".to_owned(), "tags:\n  crm: {}".to_owned(), named.to_owned()))
        .unwrap();
    let log = runner.run("plan").log;
    let (before, after) = log.split_once("::stop-commands::").unwrap();
    let token = after.lines().next().unwrap();
    assert!(!before.contains("::") && log.trim_end().ends_with(&format!("::{token}::")), "{log}");
}

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&read(&root().join(path))).unwrap()
}

/// Every step of `file`, wherever it stands.
fn steps(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_array() {
                    Some(list) if name == "steps" => found.extend(list.iter().cloned()),
                    _ => steps(member, found),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|member| steps(member, found)),
        _ => {}
    }
}

/// No step pastes what comes from outside into a shell, and each action is GitHub's own, of a version.
#[test]
fn steps_paste_nothing_into_a_shell() {
    for file in
        ["action.yml", ".github/workflows/ci.yml", "crates/airform/src/starter/workflow.yml"]
    {
        let mut found = Vec::new();
        steps(&yaml(file), &mut found);
        assert!(found.len() >= 3, "{file}");
        for step in found {
            let run = step["run"].as_str().unwrap_or_default();
            assert!(!run.contains("${{"), "{file}: {run}");
            let uses = step["uses"].as_str().unwrap_or("actions/none@v0");
            let is_ours = uses == "OWNER/airform@VERSION";
            assert!(
                is_ours || (uses.starts_with("actions/") && uses.contains("@v")),
                "{file}: {uses}"
            );
        }
    }
}

/// The action hands on each of its inputs, and the script takes no other.
#[test]
fn the_script_gets_each_input() {
    let action = yaml("action.yml");
    let names = |value: &Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    let mut inputs: BTreeSet<String> = names(&action["inputs"])
        .into_iter()
        .map(|name| format!("INPUT_{}", name.to_uppercase().replace('-', "_")))
        .collect();
    // It is `gh` that takes it.
    assert!(inputs.remove("INPUT_TOKEN"));
    let last = action["runs"]["steps"].as_array().unwrap().last().unwrap().clone();
    let mut handed = names(&last["env"]);
    handed.retain(|name| name.starts_with("INPUT_"));
    assert_eq!(handed, inputs);
    let script = read(&root().join(".github/action/run.sh"));
    let taken: BTreeSet<String> = script
        .split("INPUT_")
        .skip(1)
        .map(|rest| rest.split(|c: char| c != '_' && !c.is_ascii_uppercase()).next().unwrap())
        .map(|name| format!("INPUT_{name}"))
        .collect();
    assert_eq!(taken, inputs);
    for output in names(&action["outputs"]) {
        assert!(script.contains(&format!("output {output} ")), "{output}");
    }
}

/// Each hook's command runs as pre-commit runs it: it is content with a folder that is as it should be,
/// fails where it is not, and takes no names of files.
#[test]
fn hooks_for_pre_commit_work() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let guide = read(&root().join("docs/guide/github.md"));
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/16-detailed-exitcode");
    let mut broken_by = BTreeMap::from([
        ("airform-validate", "tagz: {}"),
        ("airform-fmt", "workspaces:\n     a: {}"),
    ]);
    for hook in hooks.as_array().unwrap() {
        let id = hook["id"].as_str().unwrap();
        assert!(guide.contains(&format!("- id: {id}\n")), "{id}");
        assert_eq!(hook["pass_filenames"], json!(false), "{id}");
        let program = Path::new(env!("CARGO_BIN_EXE_airform-under-test"));
        let mut bench = Bench::new(&scenario, program).unwrap();
        let words: Vec<String> =
            hook["entry"].as_str().unwrap().split(' ').map(str::to_owned).collect();
        let good = bench.run(&words).unwrap();
        assert_eq!(good.code, 0, "{id}: {good}");
        let file = bench.folder().join("airform.yaml");
        let broken = format!("{}{}\n", read(&file), broken_by.remove(id).unwrap());
        std::fs::write(&file, &broken).unwrap();
        let bad = bench.run(&words).unwrap();
        assert!(bad.code == 1 && bad.journal.is_empty(), "{id}: {bad}");
        assert_eq!(read(&file), broken, "{id}");
    }
    assert!(broken_by.is_empty(), "{broken_by:?}");
}
