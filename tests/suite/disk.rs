//! Disks that take no more.

use std::path::Path;
use std::process::{Command, Output};

use acceptance::bench::Bench;
use acceptance::script::Act;

const TAGS: usize = 12;

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_airform-under-test"))
}

fn words(command: &str) -> Vec<String> {
    command.split(' ').map(str::to_owned).collect()
}

fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let tags: String = (0..TAGS).map(|number| format!("  t{number:02}: {{}}\n")).collect();
    std::fs::write(folder.path().join("airform.yaml"), format!("version: 1\ntags:\n{tags}"))
        .unwrap();
    Bench::new(folder.path(), program()).unwrap()
}

/// How often each tag that stands is called as it is declared.
fn made(bench: &Bench) -> Vec<usize> {
    let world = bench.emulator.world().to_json();
    (0..TAGS).map(|number| world.matches(&format!("\"t{number:02}\"")).count()).collect()
}

/// An apply that can make no file larger than this many blocks of 512 bytes (or 1,024, as the shell
/// has it), as on a disk that is full.
fn apply_within(bench: &Bench, blocks: usize) -> Output {
    // The signal would end it before it hears of the error.
    const SCRIPT: &str = "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"";
    Command::new("sh")
        .args(["-c", SCRIPT, "sh", &blocks.to_string()])
        .arg(program())
        .args(["apply", "--auto-approve", "--parallelism", "1"])
        .current_dir(bench.folder())
        .env_clear()
        .env("AIRBYTE_API_URL", bench.emulator.url())
        .env("AIRBYTE_OPERATOR_TOKEN", "sandbox-operator-token")
        .output()
        .unwrap()
}

#[test]
#[cfg(unix)]
fn a_full_disk_loses_nothing_and_doubles_nothing() {
    let (mut failed, mut half_way, mut done) = (0, 0, 0);
    for blocks in [0, 1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 40] {
        let mut bench = bench();
        let output = apply_within(&bench, blocks);
        let said = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => done += 1,
            Some(1 | 4) => {
                assert!(said.contains("File too large"), "{blocks}: {said}");
                assert!(said.contains("airform.state.json"), "{blocks}: {said}");
                failed += 1;
            }
            code => panic!("{blocks}: {code:?}: {said}"),
        }
        let before = made(&bench).iter().filter(|count| **count > 0).count();
        half_way += usize::from((1..TAGS).contains(&before));
        let again = bench.run(&words("airform apply --auto-approve")).unwrap();
        assert_eq!(again.code, 0, "{blocks}: {again}");
        let once = bench.run(&words("airform state list")).unwrap();
        assert_eq!(once.stdout.lines().count(), TAGS, "{blocks}: {once}");
        let world = made(&bench);
        assert!(world.iter().all(|count| *count == world[0]), "{blocks}: {world:?}");
        let rest = bench.run(&words("airform plan --detailed-exitcode")).unwrap();
        assert_eq!(rest.code, 0, "{blocks}: {rest}");
    }
    assert!(failed > 2 && half_way > 0 && done > 0, "{failed} {half_way} {done}");
}

/// A folder that nobody can write to, until this is dropped. `None` where that cannot be had.
struct ReadOnly(std::path::PathBuf);

impl ReadOnly {
    /// By a mount: what the modes of files say does not bind the superuser.
    fn mount(folder: &Path) -> Option<ReadOnly> {
        let mount = |arguments: &[&str]| {
            let mut command = Command::new("mount");
            command.args(arguments).arg(folder);
            command.output().is_ok_and(|output| output.status.success())
        };
        let name = folder.to_str()?;
        if !mount(&["--bind", name]) {
            return None;
        }
        let guard = ReadOnly(folder.to_owned());
        mount(&["-o", "remount,ro,bind"]).then_some(guard)
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
    }
}

#[test]
#[cfg(unix)]
fn a_read_only_folder_is_told_before_anything_is_written() {
    let mut bench = bench();
    let Some(guard) = ReadOnly::mount(bench.folder()) else {
        println!("skipped: nothing can be mounted here, so no folder is read-only");
        return;
    };
    // To look needs no place to write to.
    let plan = bench.run(&words("airform plan")).unwrap();
    assert!(plan.code == 0 && plan.stdout.contains("Plan: 12 to create."), "{plan}");
    let apply = bench.run(&words("airform apply --auto-approve")).unwrap();
    let told = apply.stderr.contains("airform.state.json.lock: Read-only file system");
    assert!(apply.code == 1 && told, "{apply}");
    assert!(apply.journal.iter().all(|exchange| exchange.method == "GET"), "{apply}");
    drop(guard);
    let apply = bench.run(&words("airform apply --auto-approve")).unwrap();
    assert_eq!(apply.code, 0, "{apply}");
}

/// A state that is no state any more is neither taken for an empty one nor written over.
#[test]
fn a_spoilt_state_stops_every_run() {
    let mut bench = bench();
    let apply = words("airform apply --auto-approve");
    assert_eq!(bench.run(&apply).unwrap().code, 0);
    let file = bench.folder().join("airform.state.json");
    let text = std::fs::read_to_string(&file).unwrap();
    let newer = text.replace("\"format_version\": 1", "\"format_version\": 2");
    let cases = [
        (&text[..text.len() / 2], "not a state file: EOF while parsing"),
        ("", "not a state file: EOF while parsing a value"),
        (&newer, "has format version 2, and this version of airform reads up to 1"),
    ];
    for (spoilt, complaint) in cases {
        bench.act(&Act::Write("airform.state.json".to_owned(), spoilt.to_owned())).unwrap();
        for command in ["airform plan", "airform apply --auto-approve", "airform state rm tags.t00"]
        {
            let ran = bench.run(&words(command)).unwrap();
            assert!(ran.code == 1 && ran.stderr.contains(complaint), "{command}: {ran}");
            assert!(ran.journal.iter().all(|exchange| exchange.method == "GET"), "{command}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), spoilt, "{command}");
        }
    }
}
