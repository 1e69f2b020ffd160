//! Finding the files of a manifest, and answering what its expressions ask.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use manifest::SourceFile;
use model::Kind;
use model::span::FileId;

use crate::env::Env;
use crate::report::Failure;

/// The largest file that is read, in bytes. A manifest of 100,000 customers stays far below.
const FILE_MAX: u64 = 64 * 1024 * 1024;

/// The files of a manifest, in the order in which they were named.
pub(crate) struct Sources {
    /// What was read.
    pub(crate) files: Vec<SourceFile>,
    /// What is laid over them, in order.
    pub(crate) overlays: Vec<SourceFile>,
    /// Where each file lies, those of overlays last, for the paths in it.
    pub(crate) folders: Vec<PathBuf>,
    /// The folder of the first path: state and sandbox are kept there.
    pub(crate) base: PathBuf,
    /// YAML files that look as if they were meant for a manifest and are none.
    pub(crate) passed_over: Vec<String>,
}

impl Sources {
    /// Reads `paths`, or the current folder where there are none. A folder stands for the
    /// manifest files directly in it, by name; a file that is named is always read. Every
    /// complaint is made at once.
    pub(crate) fn read(paths: &[PathBuf], overlays: &[PathBuf]) -> Result<Sources, Failure> {
        let here = [PathBuf::from(".")];
        let paths = if paths.is_empty() { &here[..] } else { paths };
        let mut sources = Sources {
            files: Vec::new(),
            overlays: Vec::new(),
            folders: Vec::new(),
            base: base_of(&paths[0]),
            passed_over: Vec::new(),
        };
        let mut complaints = Vec::new();
        let mut passed_over = Vec::new();
        for path in paths {
            if path.is_dir() {
                match files_of(path) {
                    Ok(files) => {
                        for file in files {
                            match read_text(&file) {
                                Ok(text) if manifest::is_manifest(&text) => {
                                    sources.add(&file, text);
                                }
                                Ok(text) => passed_over.push((file, text)),
                                Err(complaint) => complaints.push(complaint),
                            }
                        }
                    }
                    Err(error) => complaints.push(format!("{}: {error}", path.display())),
                }
            } else {
                match read_text(path) {
                    Ok(text) => sources.add(path, text),
                    Err(complaint) => complaints.push(complaint),
                }
            }
        }
        for path in overlays {
            match read_text(path) {
                Ok(text) => complaints.extend(sources.lay(path, text)),
                Err(complaint) => complaints.push(complaint),
            }
        }
        if !complaints.is_empty() {
            return Err(Failure::error(complaints.join("\n")));
        }
        if sources.files.is_empty() {
            // A manifest whose only section is misspelt looks like none. Where there is no other, it
            // is read all the same, for the reader to say what is wrong with it.
            let (versioned, others): (Vec<_>, Vec<_>) =
                passed_over.into_iter().partition(|(_, text)| has_version(text));
            for (file, text) in versioned {
                sources.add(&file, text);
            }
            passed_over = others;
        }
        if sources.files.is_empty() {
            let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
            return Err(Failure::error(format!("no manifest in {}", shown.join(", "))).help(
                match passed_over.len() {
                    0 => "a manifest is a .yaml or .yml file with `version: 1`".to_owned(),
                    1 => "the YAML file that is there has no `version:`".to_owned(),
                    count => {
                        format!("none of the {count} YAML files that are there has a `version:`")
                    }
                },
            ));
        }
        sources.passed_over.extend(
            passed_over
                .iter()
                .filter(|(_, text)| has_version(text) || has_section(text))
                .map(|(file, _)| shown(file)),
        );
        Ok(sources)
    }

    fn add(&mut self, path: &Path, text: String) {
        // The same file named twice is one file.
        let name = shown(path);
        if self.files.iter().any(|file| file.name == name) {
            return;
        }
        self.folders.push(path.parent().unwrap_or(Path::new("")).to_owned());
        self.files.push(SourceFile { name, text });
    }

    /// Adds an overlay, or says why it cannot be one.
    fn lay(&mut self, path: &Path, text: String) -> Option<String> {
        let name = shown(path);
        if self.files.iter().any(|file| file.name == name) {
            return Some(format!(
                "{name}: both a file of the manifest and an overlay; keep overlays in a folder of their own"
            ));
        }
        if self.overlays.iter().any(|file| file.name == name) {
            return Some(format!("{name}: laid over the manifest twice"));
        }
        self.folders.push(path.parent().unwrap_or(Path::new("")).to_owned());
        self.overlays.push(SourceFile { name, text });
        None
    }
}

/// Whether `paths` are folders, or the current one, without a file that may have been meant as part
/// of a manifest.
pub(crate) fn are_bare(paths: &[PathBuf]) -> bool {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let is_foreign = |file: &PathBuf| {
        let says_where = |text: &str| text.lines().any(|line| line.starts_with("backend:"));
        read_text(file)
            .is_ok_and(|text| !has_version(&text) && !has_section(&text) && !says_where(&text))
    };
    paths.iter().all(|path| files_of(path).is_ok_and(|files| files.iter().all(is_foreign)))
}

/// Whether a line at the top level of `text` says `version:`.
fn has_version(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("version:"))
}

/// Whether a line at the top level of `text` begins a section of ours.
fn has_section(text: &str) -> bool {
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .any(|(key, _)| Kind::from_section(key).is_some())
}

/// The path as people write it.
pub(crate) fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    path.display().to_string()
}

/// The folder that `path` is, or lies in.
pub(crate) fn base_of(path: &Path) -> PathBuf {
    if path.is_dir() {
        return path.to_owned();
    }
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// The YAML files directly in `folder`, by name. Hidden ones are left alone.
fn files_of(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let yaml = path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        // A link to nowhere stays in the list, so that reading it complains: to pass over it in
        // silence would, with --prune, delete what it declared.
        if yaml && !hidden && !path.is_dir() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The text of the file at `path`, or why there is none.
pub(crate) fn read_text(path: &Path) -> Result<String, String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    // What a device or a pipe says of its length means nothing, so it is read up to the limit.
    let file = std::fs::File::open(path).map_err(told)?;
    let length = file.metadata().map_or(0, |about| about.len().min(FILE_MAX));
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.take(FILE_MAX + 1).read_to_end(&mut bytes).map_err(told)?;
    if bytes.len() as u64 > FILE_MAX {
        return Err(format!("{}: larger than {} MiB", path.display(), FILE_MAX / 1024 / 1024));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => Err(format!(
            "{}: not UTF-8 (byte {} is the first that is not)",
            path.display(),
            error.utf8_error().valid_up_to()
        )),
    }
}

/// What the expressions of a manifest may ask of the world.
pub(crate) struct Lookup<'a> {
    /// The environment.
    pub(crate) env: &'a Env,
    /// The folder of each file.
    pub(crate) folders: &'a [PathBuf],
    /// Whether files outside of these folders may be read.
    pub(crate) allow_outside: bool,
}

impl manifest::Lookup for Lookup<'_> {
    fn env(&self, name: &str) -> Option<String> {
        self.env.get(name).map(str::to_owned)
    }

    fn is_withheld(&self, name: &str) -> bool {
        crate::env::is_credential(name)
    }

    fn file(&self, path: &str, from: FileId) -> Result<String, String> {
        let beside = self.folders.get(from.0 as usize).map_or(Path::new(""), PathBuf::as_path);
        let folder = Folder { path: beside, allow_outside: self.allow_outside };
        folder.read(path).map_err(|unread| match unread {
            Unread::Outside => {
                format!("it lies {OUTSIDE} (`{ALLOW_OUTSIDE}` lets it be read)")
            }
            Unread::Failed(why) => why,
        })
    }
}

/// Where a file lies that is not read.
pub(crate) const OUTSIDE: &str = "outside of the folder of the manifest";
/// The argument that lets it be read.
pub(crate) const ALLOW_OUTSIDE: &str = "--allow-outside";

/// The folder that the paths in a file of a manifest begin at.
#[derive(Clone, Copy)]
pub(crate) struct Folder<'a> {
    /// Where it is.
    pub(crate) path: &'a Path,
    /// Whether files outside of it may be read.
    pub(crate) allow_outside: bool,
}

/// Why a file was not read.
#[derive(Debug)]
pub(crate) enum Unread {
    /// It is not below the folder, and nobody has allowed that.
    Outside,
    /// Anything else, in words.
    Failed(String),
}

impl Folder<'_> {
    /// The text of the file at `path`. What a manifest says may come from somebody else than who
    /// runs it, so it does not get to read, and send, any file of the machine. That holds however
    /// the file is named: `..`, an absolute path, a link that leads out.
    pub(crate) fn read(self, path: &str) -> Result<String, Unread> {
        let found = if self.allow_outside { self.path.join(path) } else { self.inside(path)? };
        read_text(&found).map_err(Unread::Failed)
    }

    fn inside(self, path: &str) -> Result<PathBuf, Unread> {
        let is_below = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(path).components().all(is_below) {
            return Err(Unread::Outside);
        }
        let folder = if self.path == Path::new("") { Path::new(".") } else { self.path };
        let found = folder.join(path);
        let told = |error: std::io::Error| Unread::Failed(format!("{}: {error}", found.display()));
        let real = found.canonicalize().map_err(told)?;
        if !real.starts_with(folder.canonicalize().map_err(told)?) {
            return Err(Unread::Outside);
        }
        Ok(found)
    }
}

/// `NAME=VALUE` arguments as a map, or a complaint about each that is none.
pub(crate) fn assignments(arguments: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let mut values = BTreeMap::new();
    let mut complaints = Vec::new();
    for argument in arguments {
        match argument.split_once('=') {
            Some((name, value)) if !name.is_empty() => {
                values.insert(name.to_owned(), value.to_owned());
            }
            // The argument may hold a secret by mistake, so it is not shown.
            _ => complaints.push("--var takes NAME=VALUE".to_owned()),
        }
    }
    if complaints.is_empty() { Ok(values) } else { Err(Failure::usage(complaints.join("\n"))) }
}

#[cfg(test)]
mod tests {
    use manifest::Lookup as _;

    use super::*;

    fn check(root: &Path, path: &str, allow_outside: bool, expected: Result<&str, &str>) {
        let env = Env::default();
        let folders = [root.join("in")];
        let lookup = Lookup { env: &env, folders: &folders, allow_outside };
        let found = lookup.file(path, FileId(0));
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{path}"),
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{path}: {found}"),
            (found, _) => panic!("{path}: {found:?}"),
        }
    }

    #[test]
    fn large_files_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.yaml");
        let file = std::fs::File::create(&path).unwrap();
        for (length, is_read) in [(FILE_MAX, true), (FILE_MAX + 1, false)] {
            // Nothing but a length: it takes no room on the disk.
            file.set_len(length).unwrap();
            match read_text(&path) {
                Ok(text) => assert!(is_read && text.len() as u64 == length),
                Err(why) => assert!(!is_read && why.ends_with("larger than 64 MiB"), "{why}"),
            }
        }
        // It says that it is empty, and has no end.
        #[cfg(target_os = "linux")]
        assert!(read_text(Path::new("/dev/zero")).unwrap_err().contains("larger than"));
        std::fs::write(&path, b"a: \xff").unwrap();
        assert!(read_text(&path).unwrap_err().contains("byte 3"));
    }

    #[test]
    fn files_outside_of_the_folder_are_not_read() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        std::fs::create_dir_all(root.join("in/sub")).unwrap();
        for file in ["in/a", "in/sub/b", "out"] {
            std::fs::write(root.join(file), file).unwrap();
        }
        check(root, "a", false, Ok("in/a"));
        check(root, "./sub/b", false, Ok("in/sub/b"));
        check(root, "none", false, Err("No such file"));
        check(root, "../out", false, Err("--allow-outside"));
        check(root, "../in/a", false, Err("--allow-outside"));
        let absolute = root.join("in/a");
        check(root, absolute.to_str().unwrap(), false, Err("--allow-outside"));
        check(root, "../out", true, Ok("out"));
        check(root, absolute.to_str().unwrap(), true, Ok("in/a"));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("../out", root.join("in/link")).unwrap();
            std::os::unix::fs::symlink("sub/b", root.join("in/near")).unwrap();
            check(root, "link", false, Err("--allow-outside"));
            check(root, "link", true, Ok("out"));
            check(root, "near", false, Ok("in/sub/b"));
        }
    }

    #[test]
    fn folders_without_a_manifest() {
        let root = tempfile::tempdir().unwrap();
        let bare = || are_bare(&[root.path().to_owned()]);
        assert!(bare());
        std::fs::write(root.path().join("compose.yaml"), "services: {}\n").unwrap();
        assert!(bare());
        assert!(!are_bare(&[root.path().join("compose.yaml")]), "a file that is named is meant");
        assert!(!are_bare(&[root.path().join("nowhere")]));
        for meant in ["backend: {}\n", "version: 1\n", "tags: {}\n"] {
            std::fs::write(root.path().join("a.yaml"), meant).unwrap();
            assert!(!bare(), "{meant}");
        }
        std::fs::write(root.path().join("a.yaml"), b"\xff").unwrap();
        assert!(!bare(), "what cannot be read may be anything");
        #[cfg(unix)]
        {
            std::fs::remove_file(root.path().join("a.yaml")).unwrap();
            std::os::unix::fs::symlink("nowhere", root.path().join("a.yaml")).unwrap();
            assert!(!bare());
        }
    }
}
