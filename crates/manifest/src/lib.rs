//! YAML text to the desired state, or every complaint about it at once, each with its place.
//!
//! [`read`] takes the text of all files of a manifest and gives a [`model::desired::Desired`].
//! Nothing here touches disk, network or environment: what a manifest asks for from outside comes
//! through a [`Lookup`] and [`GivenVariables`].
//!
//! On the way a file becomes a `tree` (every key and value with its place), then a
//! `syntax::document::Document` (one struct per kind, every complaint collected), then resources
//! (`lower`), whose references and names are checked once all files are read (`reference`).

mod context;
mod cover;
mod detect;
mod diagnostic;
mod for_each;
pub mod fuzz;
mod identity;
mod interpolate;
mod json_schema;
mod layout;
mod lifecycle;
mod limits;
mod lower;
mod ownership;
pub mod plan_test;
mod reference;
mod scalar;
mod schedule;
mod suggest;
mod syntax;
mod tree;
pub mod var_file;
mod variables;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use model::Kind;
use model::backend::Bucket;
use model::desired::Desired;
use model::span::FileId;
use secrecy::SecretString;

use context::Context;
use for_each::DataFiles;
use lower::Declared;
use syntax::backend::Backend;
use syntax::document::Document;
use syntax::{Field, Fields};
use tree::Node;

pub use cover::covered;
pub use detect::is_manifest;
pub use diagnostic::{Diagnostic, Rendered, Severity};
pub use json_schema::json_schema;
pub use layout::{Formatted, Left, format};
pub use variables::{GivenVariables, Origin};
pub use write::{Comments, Written, write};

/// A file of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name, as it is shown.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// What reading may ask of the world outside.
pub trait Lookup {
    /// The environment variable `name`, for `${env:name}`. `None` where it is not set.
    fn env(&self, name: &str) -> Option<String>;

    /// Whether `name` holds what this program itself gets in by. Whoever writes a manifest is not
    /// always who runs it, and a plan shows in clear what `${env:…}` brings in.
    fn is_withheld(&self, _name: &str) -> bool {
        false
    }

    /// The text of the file at `path`, as written in the manifest's file `from`, for
    /// `${file:path}` and for `for_each: {file: path}`. How large a file may be, and where it may
    /// lie, is for the implementation to say.
    ///
    /// # Errors
    /// Why it cannot be read, as the end of a sentence: "no such file".
    fn file(&self, path: &str, from: FileId) -> Result<String, String>;
}

/// What came of reading.
#[derive(Debug)]
pub struct Reading {
    /// The desired state. `None` where anything is wrong.
    pub desired: Option<Desired>,
    /// Everything there is to say, in the order of files and places.
    pub diagnostics: Vec<Diagnostic>,
    /// The files of data that were read for a `for_each`. Spans count them behind all others.
    pub data: Vec<SourceFile>,
    /// The values of the sensitive variables that `desired` refers to, by name.
    pub secret_variables: BTreeMap<String, SecretString>,
    /// The sensitive variables that have a value, whether it is used or not.
    pub sensitive_variables: BTreeSet<String>,
}

/// Reads all files of a manifest. They are one: their sections are joined, and what one declares
/// another can refer to. Spans in the result count the files by their position in `files`.
pub fn read(files: &[SourceFile], variables: &GivenVariables, lookup: &dyn Lookup) -> Reading {
    read_with_overlays(files, &[], variables, lookup)
}

/// Reads of a manifest with overlays laid over it only which bucket its state is kept in, so that a
/// state can be mended beside a manifest with mistakes. A mistake that may hide a `backend:` is none
/// of these: a state that is looked for in the wrong place looks lost, or is begun a second time.
///
/// # Errors
/// What is wrong with that: what is no YAML or no map, and all that a `backend:` wants.
pub fn bucket(
    files: &[SourceFile],
    overlays: &[SourceFile],
    variables: &GivenVariables,
    lookup: &dyn Lookup,
) -> Result<Option<Bucket>, Vec<Diagnostic>> {
    let mut cx = Context::new(lookup);
    let trees = trees(files, overlays, &mut cx);
    let mut complaints = std::mem::take(&mut cx.diagnostics);
    let mut roots = opened(&trees, variables, &mut cx);
    if roots.len() < trees.len() {
        complaints.append(&mut cx.diagnostics);
    }
    // A value that is wrong has been complained about where it was declared, not where it is used.
    let of_variables = std::mem::take(&mut cx.diagnostics);
    let mut found = None;
    for fields in &mut roots {
        fields.misspelt("backend", &mut cx);
        match (fields.take::<Backend>("backend", &mut cx), &found) {
            (Field::Absent, _) => {}
            (Field::Bad, _) => complaints.extend(of_variables.iter().cloned()),
            (Field::Given(again), Some((_, first))) => {
                cx.complain(variables::declared_twice("`backend`", *first, again.span));
            }
            (Field::Given(backend), None) => {
                let bucket = lower::backend::bucket(backend.value);
                if bucket.is_none() {
                    complaints.extend(of_variables.iter().cloned());
                }
                found = Some((bucket, backend.span));
            }
        }
    }
    complaints.append(&mut cx.diagnostics);
    complaints.retain(|diagnostic| diagnostic.severity == Severity::Error);
    if complaints.is_empty() {
        Ok(found.and_then(|(bucket, _)| bucket))
    } else {
        Err(diagnostic::in_order(complaints))
    }
}

/// The members of every file, once all variables are declared: any value of any file may want one.
fn opened<'t>(
    trees: &'t [(FileId, Rc<Node>)],
    variables: &GivenVariables,
    cx: &mut Context<'_>,
) -> Vec<Fields<'t>> {
    let mut roots = Vec::with_capacity(trees.len());
    let mut sections = Vec::new();
    for (file, root) in trees {
        let Some(mut fields) = syntax::document::open(root, *file, cx) else { continue };
        if let Field::Given(section) = fields.take("variables", cx) {
            sections.push(section.value);
        }
        roots.push(fields);
    }
    variables::declare(sections, variables, cx);
    roots
}

/// Reads all files of a manifest with overlays laid over them, one after the other. Maps merge,
/// lists and scalars replace what stands below, and `null` removes it. Only an overlay may say
/// something again: what two of `files` declare is a mistake. Spans in the result count `files`
/// first, and then `overlays`.
pub fn read_with_overlays(
    files: &[SourceFile],
    overlays: &[SourceFile],
    variables: &GivenVariables,
    lookup: &dyn Lookup,
) -> Reading {
    let mut cx = Context::new(lookup);
    let sources = || files.iter().chain(overlays);
    cx.data = DataFiles::beside(sources().map(|file| file.name.as_str()));
    let trees = trees(files, overlays, &mut cx);
    let roots = opened(&trees, variables, &mut cx);

    let mut declared = Declared::default();
    // What stands in a file that could not be read is unknown, not missing.
    if roots.len() < sources().count() {
        declared.incomplete.extend(Kind::ALL);
    }
    for fields in roots {
        let document: Document = fields.record(&mut cx);
        declared.add(document, &mut cx);
    }
    ownership::resolve(&mut declared, &mut cx);
    reference::check(&declared, &mut cx);
    lifecycle::check(&declared, &mut cx);
    identity::resolve(&mut declared, &mut cx);

    let diagnostics = diagnostic::in_order(cx.diagnostics);
    let is_wrong = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    Reading {
        desired: (!is_wrong).then_some(declared.desired),
        diagnostics,
        data: cx.data.files,
        secret_variables: cx.secret_variables,
        sensitive_variables: variables::sensitive(cx.variables.as_ref()),
    }
}

/// The trees of all files that can be read. An overlay is one with what it alone declares; the rest
/// of it lies over the trees before it.
fn trees(
    files: &[SourceFile],
    overlays: &[SourceFile],
    cx: &mut Context<'_>,
) -> Vec<(FileId, Rc<Node>)> {
    let sections: Vec<&str> =
        Kind::ALL.into_iter().map(Kind::section).chain(["variables"]).collect();
    let mut ids = Vec::new();
    let mut roots = Vec::new();
    for (at, source) in files.iter().chain(overlays).enumerate() {
        let file = FileId(u32::try_from(at).unwrap_or(u32::MAX));
        let Some(root) = tree::parse(file, &source.text, &mut cx.diagnostics) else { continue };
        let root = if at < files.len() {
            root
        } else {
            let mut complaints = Vec::new();
            let own = tree::lay(&mut roots, &root, &sections, &mut complaints);
            // What is to be removed may stand in a file that could not be read.
            if roots.len() == at {
                cx.diagnostics.extend(complaints);
            }
            own
        };
        ids.push(file);
        roots.push(root);
    }
    ids.into_iter().zip(roots).collect()
}
