//! What shells and `man` make of what the program writes for them. Where one is not there, the test says so.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_airform-under-test"))
}

fn run(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", text(&output.stderr));
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn is_there(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    if !found {
        println!("skipped: no {name} here");
    }
    found
}

/// The script for `shell`, in a file.
fn script(folder: &Path, shell: &str) -> PathBuf {
    let output = run(Command::new(program()).args(["completions", shell]));
    let file = folder.join(shell);
    std::fs::write(&file, output.stdout).unwrap();
    file
}

/// Reads the script in the shell, asks it what may follow, and looks for `expected` among that.
#[track_caller]
fn check_completion(shell: &str, asked: &str, expected: &[&str]) {
    if !is_there(shell) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = script(folder.path(), shell);
    if shell != "fish" {
        run(Command::new(shell).arg("-n").arg(&file));
    }
    let mut command = Command::new(shell);
    // The user's own settings have no say here.
    match shell {
        "bash" => command.args(["--norc", "--noprofile"]),
        "zsh" => command.arg("-f"),
        _ => command.arg("--no-config"),
    };
    let asked = asked.replace("SCRIPT", &file.display().to_string());
    let said = text(&run(command.arg("-c").arg(&asked)).stdout);
    for expected in expected {
        assert!(said.contains(expected), "{shell}: {expected}: {said}");
    }
}

#[test]
fn bash_completes_the_command_line() {
    let asked = "source SCRIPT; COMP_WORDS=(airform state pu); COMP_CWORD=2; _airform airform pu state; echo \"${COMPREPLY[@]}\"";
    check_completion("bash", asked, &["pull push"]);
}

#[test]
fn fish_completes_the_command_line() {
    let asked = "source SCRIPT; complete --do-complete 'airform state pu'";
    check_completion("fish", asked, &["pull", "push"]);
}

#[test]
fn zsh_reads_the_script() {
    let asked = "autoload -Uz compinit; compinit -D; source SCRIPT; print ${_comps[airform]}";
    check_completion("zsh", asked, &["_airform"]);
}

#[test]
fn every_command_has_a_page_that_man_can_show() {
    let folder = tempfile::tempdir().unwrap();
    run(Command::new(program()).args(["man", "--out"]).arg(folder.path()));
    let mut pages: Vec<PathBuf> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    assert!(pages.len() > 30, "{pages:?}");
    if !is_there("mandoc") {
        return;
    }
    for page in pages {
        let linted = Command::new("mandoc").args(["-T", "lint", "-W", "error"]).arg(&page).output();
        let linted = linted.unwrap();
        assert!(linted.status.success(), "{}: {}", page.display(), text(&linted.stdout));
        let shown = text(&run(Command::new("mandoc").args(["-T", "utf8"]).arg(&page)).stdout);
        assert!(shown.contains("xamples:"), "{}: {shown}", page.display());
    }
}
