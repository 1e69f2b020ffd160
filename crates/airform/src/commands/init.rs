//! `airform init`.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Component, Path, PathBuf};

use super::Context;
use crate::args::InitCommand;
use crate::exit::Exit;
use crate::report::Failure;
use crate::sources::shown;

const MANIFEST: (&str, &str) = ("airform.yaml", include_str!("../starter/airform.yaml"));
const IGNORED: (&str, &str) = (".gitignore", include_str!("../starter/gitignore"));
const WORKFLOW: (&str, &str) =
    (".github/workflows/airform.yml", include_str!("../starter/workflow.yml"));
/// Stands in the workflow for who keeps the action.
const ACTION: &str = "OWNER/airform@VERSION";

/// Writes a folder to begin with. What stands there already is left as it is, but a manifest must not.
pub(crate) fn run(command: InitCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let InitCommand { folder, action } = command;
    let manifest = folder.join(MANIFEST.0);
    if manifest.symlink_metadata().is_ok() {
        let message = format!("{} stands there already; nothing was written", shown(&manifest));
        return Err(Failure::error(message).help("name another folder: airform init DIR"));
    }
    let failed =
        |path: &Path, error: std::io::Error| Failure::error(format!("{}: {error}", path.display()));
    std::fs::create_dir_all(&folder).map_err(|error| failed(&folder, error))?;
    let (root, inside) = repository(&folder).map_err(|error| failed(&folder, error))?;
    let files = [
        (manifest, MANIFEST.1.to_owned()),
        (folder.join(IGNORED.0), IGNORED.1.to_owned()),
        (root.join(WORKFLOW.0), workflow(&inside, action.as_deref())),
    ];
    for (path, text) in &files {
        match write_new(path, text) {
            Ok(()) => context.streams.say(format!("wrote {}", shown(path))),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => context
                .streams
                .remark(format!("{} stands there already, and was left as it is", shown(path))),
            Err(error) => return Err(failed(path, error)),
        }
    }
    context.streams.remark("");
    let there = if folder == Path::new(".") {
        String::new()
    } else {
        format!(" {}", shlex::try_quote(&shown(&folder)).unwrap_or_default())
    };
    context.streams.remark(format!("Try it: airform plan{there} --sandbox"));
    Ok(Exit::Done)
}

/// The repository that `folder` stands in, and where in it: GitHub reads workflows at its root only.
/// A folder that stands in none is taken for one.
fn repository(folder: &Path) -> std::io::Result<(PathBuf, String)> {
    let whole = folder.canonicalize()?;
    let Some(root) = whole.ancestors().find(|folder| folder.join(".git").exists()) else {
        return Ok((folder.to_owned(), ".".to_owned()));
    };
    let inside = whole.strip_prefix(root).unwrap_or(&whole);
    // As it was given, where that leads there: it is what is shown.
    let mut given = folder.to_owned();
    let depth = inside.components().count();
    let is_plain = folder.components().all(|part| matches!(part, Component::Normal(_)));
    let root = if is_plain && folder.components().count() == depth {
        PathBuf::new()
    } else if is_plain && folder.components().count() > depth {
        for _ in 0..depth {
            given.pop();
        }
        given
    } else {
        root.to_owned()
    };
    let inside = inside.to_string_lossy().into_owned();
    Ok((root, if inside.is_empty() { ".".to_owned() } else { inside }))
}

/// The workflow for a manifest in `folder` of the repository.
fn workflow(folder: &str, action: Option<&str>) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    let path = if folder.starts_with(|c: char| c.is_ascii_alphabetic() || c == '.')
        && folder.chars().all(is_plain)
    {
        folder.to_owned()
    } else {
        // Text of JSON is text of YAML.
        serde_json::Value::from(folder).to_string()
    };
    let text = WORKFLOW.1.replace("paths: FOLDER", &format!("paths: {path}"));
    match action {
        Some(action) => text.replace(ACTION, action),
        None => text.replace(
            &format!("uses: {ACTION}"),
            &format!("uses: {ACTION} # the repository of Airform, and its version or commit"),
        ),
    }
}

/// A file that was not there.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starter_manifest_is_valid() {
        struct Nowhere;
        impl manifest::Lookup for Nowhere {
            fn env(&self, _: &str) -> Option<String> {
                None
            }
            fn file(&self, _: &str, _: model::span::FileId) -> Result<String, String> {
                Err("there are no files".to_owned())
            }
        }
        let (name, text) = MANIFEST;
        let file = manifest::SourceFile { name: name.to_owned(), text: text.to_owned() };
        let reading = manifest::read(&[file], &manifest::GivenVariables::default(), &Nowhere);
        assert_eq!(reading.diagnostics, []);
        let desired = reading.desired.unwrap();
        let catalog = crate::catalog::Catalog::embedded();
        assert_eq!(crate::commands::config_check::check(&desired, &catalog), []);
    }

    #[track_caller]
    fn check_workflow(folder: &str, action: Option<&str>, expected: &[&str]) {
        let text = workflow(folder, action);
        for expected in expected {
            assert!(text.contains(expected), "{expected}: {text}");
        }
    }

    #[test]
    fn a_workflow_names_the_folder_and_the_action() {
        check_workflow(
            "infra",
            None,
            &["paths: infra\n", "OWNER/airform@VERSION # the repository"],
        );
        check_workflow(
            "a b/\"c",
            Some("acme/airform@v1"),
            &["paths: \"a b/\\\"c\"\n", "uses: acme/airform@v1\n"],
        );
    }

    #[track_caller]
    fn check_repository(git: &str, folder: &str, root: &str, inside: &str) {
        let outside = tempfile::tempdir().unwrap();
        let git = outside.path().join(git).join(".git");
        std::fs::create_dir_all(git).unwrap();
        let folder = outside.path().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        let (found, place) = repository(&folder).unwrap();
        let root = outside.path().join(root).canonicalize().unwrap();
        assert_eq!((found.canonicalize().unwrap(), place), (root, inside.to_owned()));
    }

    #[test]
    fn the_repository_is_the_nearest_that_the_folder_stands_in() {
        check_repository("a", "a", "a", ".");
        check_repository("a", "a/b/c", "a", "b/c");
        check_repository("b", "a", "a", ".");
    }
}
