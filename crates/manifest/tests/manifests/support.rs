//! A manifest on disk with the world that it is read in.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use manifest::{Diagnostic, GivenVariables, Lookup, Origin, Reading, SourceFile};
use miette::{GraphicalReportHandler, GraphicalTheme};
use model::span::FileId;

/// A case: a file, or a folder of files.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) files: Vec<SourceFile>,
}

/// Every case of `folder`, by name.
pub(crate) fn cases(folder: &str) -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    entries(&root)
        .into_iter()
        .map(|path| {
            let files = if path.is_dir() { entries(&path) } else { vec![path.clone()] };
            Case {
                name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
                files: files.iter().map(|file| source(&root, file)).collect(),
            }
        })
        .collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn source(root: &Path, file: &Path) -> SourceFile {
    SourceFile {
        name: file.strip_prefix(root).unwrap().to_str().unwrap().to_owned(),
        text: fs::read_to_string(file).unwrap(),
    }
}

/// The world that a case's own comments describe: `#: env NAME=value`, `#: var name=value` and
/// `#: file path=text`.
#[derive(Default)]
pub(crate) struct World {
    env: BTreeMap<String, String>,
    files: BTreeMap<String, String>,
    variables: GivenVariables,
}

impl World {
    /// A world with one file.
    pub(crate) fn with_file(path: &str, text: &str) -> World {
        let files = BTreeMap::from([(path.to_owned(), text.to_owned())]);
        World { files, ..World::default() }
    }

    pub(crate) fn of(files: &[SourceFile]) -> World {
        let mut world = World::default();
        let lines = files.iter().flat_map(|file| file.text.lines());
        for line in lines.filter_map(|line| line.strip_prefix("#: ")) {
            let (kind, rest) = line.split_once(' ').unwrap();
            let (name, value) = rest.split_once('=').unwrap();
            let value = value.replace("\\n", "\n");
            match kind {
                "env" => drop(world.env.insert(name.to_owned(), value)),
                "file" => drop(world.files.insert(name.to_owned(), value)),
                "var" => world.variables.set(name, value, Origin::Flag),
                "env-var" => world.variables.set(name, value, Origin::Environment),
                other => panic!("{other}"),
            }
        }
        world
    }
}

impl World {
    pub(crate) fn read(&self, files: &[SourceFile]) -> Reading {
        let (files, overlays) = files.split_at(first_overlay(files));
        manifest::read_with_overlays(files, overlays, &self.variables, self)
    }
}

impl Lookup for World {
    fn env(&self, name: &str) -> Option<String> {
        self.env.get(name).cloned()
    }

    fn is_withheld(&self, name: &str) -> bool {
        name == "WITHHELD"
    }

    fn file(&self, path: &str, _: FileId) -> Result<String, String> {
        self.files.get(path).cloned().ok_or_else(|| "no such file".to_owned())
    }
}

/// Reads a case in the world that it describes.
pub(crate) fn read(files: &[SourceFile]) -> Reading {
    World::of(files).read(files)
}

/// How many of `files`, which overlays end, are none.
fn first_overlay(files: &[SourceFile]) -> usize {
    let is_overlay = |file: &SourceFile| file.name.contains("overlay");
    files.iter().position(is_overlay).unwrap_or(files.len())
}

/// Everything that spans count in.
pub(crate) fn all_files(files: &[SourceFile], reading: &Reading) -> Vec<SourceFile> {
    [files, reading.data.as_slice()].concat()
}

/// As `airform` draws it, without colours.
pub(crate) fn drawn(diagnostics: &[Diagnostic], files: &[SourceFile]) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(100)
        .with_links(false);
    let mut out = String::new();
    for diagnostic in diagnostics {
        handler.render_report(&mut out, &diagnostic.rendered(files)).unwrap();
    }
    out
}
