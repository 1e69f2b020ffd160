//! Data in CSV: a header row, then one record per row; commas, and quotes where a cell holds one
//! (RFC 4180).

use std::ops::Range;

use ::csv::{ErrorKind, ReaderBuilder, StringRecord};
use model::Span;
use model::span::FileId;

use super::{Cells, DataFiles, Form, Table};
use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::limits;

/// A record and where it stands.
#[derive(Debug)]
pub(super) struct Record {
    cells: StringRecord,
    file: FileId,
    start: usize,
}

impl Record {
    pub(super) fn text(&self, column: usize) -> Option<&str> {
        self.cells.get(column)
    }

    /// Where the cell of `column` stands.
    pub(super) fn place(&self, column: usize, data: &DataFiles) -> Span {
        let range = cell(data.text(self.file), self.start, column);
        Span { file: self.file, start: range.start, end: range.end }
    }
}

/// Reads a file. `None` after a complaint that leaves nothing to read.
pub(super) fn read(file: FileId, wanted_at: Span, cx: &mut Context<'_>) -> Option<Table> {
    let text = cx.data.text(file);
    let mut reader = ReaderBuilder::new().from_reader(text.as_bytes());
    let mut complaints = Vec::new();
    let columns: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_owned).collect(),
        // The text is text, and lies in memory: there is nothing else to go wrong.
        Err(_) => Vec::new(),
    };
    if columns.iter().all(|column| column.trim().is_empty()) {
        cx.complain(
            Diagnostic::error("manifest::data", "the file has no header row")
                .at(Span { file, start: 0, end: 0 }, "the names of the columns are wanted here")
                .at(wanted_at, "read for this"),
        );
        return None;
    }
    if columns.len() > limits::COLUMNS {
        cx.complain(
            Diagnostic::error(
                "manifest::too-many-columns",
                format!("a file of data has at most {} columns", limits::COLUMNS),
            )
            .at(Span { file, start: 0, end: 0 }, format!("these are {}", columns.len()))
            .at(wanted_at, "read for this"),
        );
        return None;
    }
    for (at, column) in columns.iter().enumerate() {
        let is_first = columns.iter().position(|other| other == column) == Some(at);
        if !is_first && !column.is_empty() {
            let header = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
            let Range { start, end } = cell(text, header, at);
            complaints.push(
                Diagnostic::error("manifest::data", format!("two columns are called `{column}`"))
                    .at(Span { file, start, end }, "a second time"),
            );
        }
    }
    let mut rows = Vec::new();
    for record in reader.into_records() {
        if rows.len() + complaints.len() >= limits::ROWS {
            complaints.push(too_many(wanted_at));
            break;
        }
        match record {
            Ok(cells) => {
                let start = cells.position().map_or(0, |position| offset(position.byte()));
                rows.push(Cells::Csv(Record { cells, file, start }));
            }
            Err(error) => {
                if let Some(complaint) =
                    complaint(&error, rows.len() + complaints.len(), text, file)
                    && complaints.len() < limits::WRONG_ROWS
                {
                    complaints.push(complaint);
                }
            }
        }
    }
    let is_broken = !complaints.is_empty();
    cx.diagnostics.extend(complaints);
    (!is_broken).then_some(Table { columns, rows, form: Form::Records })
}

fn complaint(error: &::csv::Error, at: usize, text: &str, file: FileId) -> Option<Diagnostic> {
    let ErrorKind::UnequalLengths { pos, expected_len, len } = error.kind() else { return None };
    let start = pos.as_ref().map_or(0, |pos| offset(pos.byte()));
    let Range { start, .. } = cell(text, start, 0);
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    Some(
        Diagnostic::error(
            "manifest::data",
            format!("row {} has {len} cells, and the header has {expected_len}", at + 2),
        )
        .at(Span { file, start, end: start + line.len() }, "one cell per column is wanted")
        .help("a cell that holds a comma or a line break stands in quotes: `\"one, two\"`"),
    )
}

pub(super) fn too_many(span: Span) -> Diagnostic {
    Diagnostic::error(
        "manifest::too-many-rows",
        format!("a `for_each` takes at most {} rows", limits::ROWS),
    )
    .at(span, "there are more")
}

fn offset(byte: u64) -> usize {
    usize::try_from(byte).unwrap_or(usize::MAX)
}

/// Where the cell at `column` of the record that begins at `start` stands, up to the end of its
/// first line. The reader of CSV tells where records are, and not where their cells are.
fn cell(text: &str, start: usize, column: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let mut at = start.min(bytes.len());
    // A record is said to begin where the one before ended.
    while matches!(bytes.get(at), Some(b'\n' | b'\r')) {
        at += 1;
    }
    for _ in 0..column {
        at = end_of_cell(bytes, at);
        if bytes.get(at) == Some(&b',') {
            at += 1;
        }
    }
    let end = end_of_cell(bytes, at);
    let line = text.get(at..end).and_then(|cell| cell.lines().next()).unwrap_or_default();
    at..at + line.len()
}

fn end_of_cell(bytes: &[u8], start: usize) -> usize {
    let mut quoted = bytes.get(start) == Some(&b'"');
    let mut at = if quoted { start + 1 } else { start };
    while let Some(byte) = bytes.get(at) {
        match byte {
            // A doubled quote is one of the cell's own: it closes and opens again.
            b'"' if quoted || bytes.get(at.wrapping_sub(1)) == Some(&b'"') => quoted = !quoted,
            b',' | b'\n' | b'\r' if !quoted => break,
            _ => {}
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, start: usize, cells: &[&str]) {
        for (column, expected) in cells.iter().enumerate() {
            assert_eq!(&text[cell(text, start, column)], *expected, "{text:?} {column}");
        }
    }

    #[test]
    fn cells_are_found() {
        check("a,b,c\n", 0, &["a", "b", "c"]);
        check("a,b\r\nc,,d\r\n", 3, &["c", "", "d"]);
        check("\"a,\"\"b\"\"\",c", 0, &["\"a,\"\"b\"\"\"", "c"]);
        check("\"\"\"\",\"\",x", 0, &["\"\"\"\"", "\"\"", "x"]);
        check("\"a\nb\",c", 0, &["\"a", "c"]);
        check("a", 0, &["a", ""]);
        check("", 9, &[""]);
    }
}
