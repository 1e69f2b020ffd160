//! Files of data.

use std::collections::BTreeMap;
use std::rc::Rc;

use model::Span;
use model::span::FileId;

use super::rows::{self, Reading};
use super::{FILE, KEY, Table, csv};
use crate::SourceFile;
use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::syntax::{Field, Fields, Record, Text};
use crate::tree::{self, Content, Entry};

/// The files of data that were read. Spans count them behind the files of the manifest.
#[derive(Debug, Default)]
pub(crate) struct DataFiles {
    /// The names of the manifest's files.
    names: Vec<String>,
    pub(crate) files: Vec<SourceFile>,
    /// What came of each, by name. `None` after a complaint.
    tables: BTreeMap<String, Option<Rc<Table>>>,
}

impl DataFiles {
    pub(crate) fn beside<'n>(names: impl Iterator<Item = &'n str>) -> DataFiles {
        let names = names.map(str::to_owned).collect();
        DataFiles { names, files: Vec::new(), tables: BTreeMap::new() }
    }

    /// The text of a file. Empty for what is none of these.
    pub(super) fn text(&self, file: FileId) -> &str {
        let at = usize::try_from(file.0).ok().and_then(|at| at.checked_sub(self.names.len()));
        at.and_then(|at| self.files.get(at)).map_or("", |file| &file.text)
    }

    fn add(&mut self, name: String, text: String) -> FileId {
        let at = self.names.len() + self.files.len();
        self.files.push(SourceFile { name, text });
        FileId(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// What to call the file at `path`, which counts from the folder of the file `from`.
    fn shown(&self, path: &str, from: FileId) -> String {
        let from = usize::try_from(from.0).ok().and_then(|at| self.names.get(at));
        match from.and_then(|name| name.rsplit_once(['/', '\\'])) {
            Some((folder, _)) => format!("{folder}/{path}"),
            None => path.to_owned(),
        }
    }
}

/// `for_each: {file: …}`.
struct Source {
    file: Field<Text>,
}

impl Record for Source {
    const NOUN: &'static str = "a `for_each` over a file";

    const FOREIGN: &'static [(&'static str, &'static str)] =
        &[(KEY, "`key:` stands beside `for_each:`")];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Source {
        Source { file: fields.need(FILE, Self::NOUN, cx) }
    }
}

/// What the `for_each` at `entry` is over. `None` after a complaint.
pub(super) fn table(entry: &Entry, cx: &mut Context<'_>) -> Option<Rc<Table>> {
    let name = Name { text: super::FOR_EACH, span: entry.key_span };
    let node = &entry.value;
    let names_a_file = match &node.content {
        Content::Map(members) => members.iter().any(|member| member.key == FILE),
        Content::Scalar(_) | Content::List(_) => false,
    };
    if !names_a_file {
        return rows::read(node, &name, Reading::Manifest, cx).map(Rc::new);
    }
    let complaints = cx.diagnostics.len();
    let Source { file } = Fields::of(node, &name, cx)?.record(cx);
    let Field::Given(file) = file else { return None };
    if cx.diagnostics.len() > complaints {
        return None;
    }
    let Text(path) = file.value;
    let shown = cx.data.shown(&path, file.span.file);
    if let Some(table) = cx.data.tables.get(&shown) {
        return table.clone();
    }
    let table = read(&path, &shown, file.span, cx).map(Rc::new);
    cx.data.tables.insert(shown, table.clone());
    table
}

fn read(path: &str, shown: &str, span: Span, cx: &mut Context<'_>) -> Option<Table> {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let is_csv = match ending.as_deref() {
        Some("csv") => true,
        Some("json") => false,
        _ => {
            cx.complain(
                Diagnostic::error("manifest::data", format!("`{path}` is neither CSV nor JSON"))
                    .at(span, "asked for here")
                    .help("data comes from a file whose name ends in `.csv` or `.json`"),
            );
            return None;
        }
    };
    let text = match cx.lookup.file(path, span.file) {
        Ok(text) => text,
        Err(why) => {
            cx.complain(
                Diagnostic::error("manifest::file", format!("cannot read `{path}`: {why}"))
                    .at(span, "asked for here")
                    .help("a path counts from the folder of the file that names it"),
            );
            return None;
        }
    };
    let file = cx.data.add(shown.to_owned(), text);
    if is_csv { csv::read(file, span, cx) } else { json(file, span, cx) }
}

/// JSON is read as the YAML that it also is, which keeps the place of every value.
fn json(file: FileId, span: Span, cx: &mut Context<'_>) -> Option<Table> {
    let text = cx.data.text(file);
    if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
        let place = place(text, error.line(), error.column());
        cx.complain(
            Diagnostic::error("manifest::data", "this is not valid JSON")
                .at(Span { file, start: place, end: place }, without_place(&error))
                .at(span, "read for this"),
        );
        return None;
    }
    let root = tree::parse(file, text, &mut cx.diagnostics)?;
    if let Content::Scalar(_) = &root.content {
        cx.complain(
            Diagnostic::error("manifest::data", "this is no data to repeat something over")
                .at(root.span, format!("a list or a map is wanted, and this is {}", root.noun()))
                .at(span, "read for this"),
        );
        return None;
    }
    rows::read(&root, &Name { text: "for_each", span }, Reading::Data, cx)
}

/// The byte at a line and column, both from 1, of which a parser counts the column in bytes.
fn place(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut place = (before + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    place
}

/// What the parser says, without the line and column that are shown anyway.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(text, _)| text.to_owned())
}
