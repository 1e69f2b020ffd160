//! `for_each:`: one declaration, and a resource for every row of some data.

mod blame;
mod csv;
mod data;
mod rows;

use std::rc::Rc;

use model::Span;
use model::value::Value;

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::suggest::all_of;
use crate::syntax::{Field, Fields, Text};
use crate::tree::Entry;

pub(crate) use blame::{Blame, and_more};
pub(crate) use data::DataFiles;

/// The members of a declaration that say what it is repeated over.
pub(crate) const FOR_EACH: &str = "for_each";
/// Which column tells the rows apart.
pub(crate) const KEY: &str = "key";
/// The member of `for_each` that names a file.
pub(crate) const FILE: &str = "file";

/// Data to repeat a declaration over.
#[derive(Debug)]
pub(crate) struct Table {
    /// The names of the columns, for complaints.
    columns: Vec<String>,
    rows: Vec<Cells>,
    form: Form,
}

/// How the data is laid out, which says what the keys are (rulings, "Data").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Each row is its own key.
    Texts,
    /// The key of a row is in a column.
    Records,
    /// Each row has a key of its own.
    Map,
}

/// One row.
#[derive(Debug)]
enum Cells {
    /// A record of a CSV file.
    Csv(csv::Record),
    /// A value, in the manifest or in a file of JSON.
    Value(rows::ValueRow),
}

/// What stands in a cell.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    /// A scalar.
    Value(Value),
    /// Nothing.
    Nothing,
    /// A list or a map, which fits nowhere.
    Tree(&'static str),
    /// Something that has been complained about.
    Broken,
}

/// The row that a resource is made from.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) key: String,
    /// Where the key stands.
    pub(crate) span: Span,
    table: Rc<Table>,
    at: usize,
    /// The cells that were asked for.
    uses: Vec<Use>,
}

/// A value of the declaration that was filled from a cell.
#[derive(Debug)]
struct Use {
    /// The scalar, up to where the cell is asked for.
    scalar: Span,
    column: String,
}

/// What `${each:name}` finds.
pub(crate) enum Found {
    Cell(Cell),
    /// There is no such column; these there are.
    Unknown(Vec<String>),
}

impl Row {
    /// What `name` stands for in this row. `scalar` is the value of the declaration that asks.
    pub(crate) fn look_up(&mut self, name: &str, scalar: Span) -> Found {
        let cell = match self.cell(name) {
            Some(cell) => cell,
            None => return Found::Unknown(self.known()),
        };
        self.uses.push(Use { scalar, column: name.to_owned() });
        Found::Cell(cell)
    }

    fn cell(&self, name: &str) -> Option<Cell> {
        if name == KEY {
            return Some(Cell::Value(Value::text(self.key.clone())));
        }
        match self.table.rows.get(self.at)? {
            Cells::Csv(record) => {
                let text = record.text(self.table.column(name)?)?;
                Some(Cell::Value(Value::text(text)))
            }
            Cells::Value(row) => match row.cell(name) {
                Some(cell) => Some(cell.clone()),
                None => self.table.column(name).map(|_| Cell::Nothing),
            },
        }
    }

    fn known(&self) -> Vec<String> {
        let whole =
            matches!(self.table.rows.get(self.at), Some(Cells::Value(row)) if row.is_whole());
        let reserved = [(KEY, true), (rows::VALUE, whole)];
        let reserved = reserved.into_iter().filter(|(_, is)| *is).map(|(name, _)| name.to_owned());
        reserved.chain(self.table.columns.iter().cloned()).collect()
    }

    /// Where the cell of `column` stands, and what to call it.
    fn place(&self, column: &str, data: &DataFiles) -> (Span, String) {
        let name = self.table.name_of(self.at);
        match self.table.rows.get(self.at) {
            Some(Cells::Csv(record)) => match self.table.column(column) {
                Some(at) => (record.place(at, data), format!("{name}, column `{column}`")),
                None => (self.span, name),
            },
            Some(Cells::Value(row)) => match row.place(column) {
                Some(span) if row.is_whole() => (span, name),
                Some(span) => (span, format!("{name}, column `{column}`")),
                None => (self.span, name),
            },
            None => (self.span, name),
        }
    }
}

impl Table {
    fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// What to call a row: by the number that a spreadsheet or an editor would show.
    fn name_of(&self, at: usize) -> String {
        match self.rows.get(at) {
            // The header is row 1.
            Some(Cells::Csv(_)) => format!("row {}", at + 2),
            Some(Cells::Value(row)) if self.form == Form::Map => {
                format!("row `{}`", row.key().unwrap_or_default())
            }
            Some(Cells::Value(_)) | None => format!("row {}", at + 1),
        }
    }
}

/// The rows of a `for_each`.
pub(crate) struct Rows {
    pub(crate) rows: Vec<Row>,
    /// Whether these are all, so that a key that is not among them is none.
    pub(crate) complete: bool,
}

/// Reads what a declaration is repeated over. Whatever is wrong has been said.
pub(crate) fn rows(for_each: &Entry, fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Rows {
    let key: Field<Text> = fields.take(KEY, cx);
    let complaints = cx.diagnostics.len();
    let Some(table) = data::table(for_each, cx) else {
        return Rows { rows: Vec::new(), complete: false };
    };
    let mut keys = Keys { for_each: for_each.key_span, table: &table, wrong: 0 };
    let rows = keys.rows(key, cx).unwrap_or_default();
    Rows { complete: cx.diagnostics.len() == complaints, rows }
}

/// Tells rows apart.
struct Keys<'t> {
    /// Where `for_each` stands.
    for_each: Span,
    table: &'t Rc<Table>,
    wrong: usize,
}

impl Keys<'_> {
    /// `None` after a complaint about all rows.
    fn rows(&mut self, key: Field<Text>, cx: &mut Context<'_>) -> Option<Vec<Row>> {
        let column = match (self.table.form, key) {
            (_, Field::Bad) => return None,
            (Form::Records, Field::Given(key)) => {
                let Text(column) = key.value;
                if self.table.column(&column).is_none() && !self.table.rows.is_empty() {
                    self.unknown_column(&column, key.span, cx);
                    return None;
                }
                Some(column)
            }
            (Form::Records, Field::Absent) => {
                cx.complain(
                    Diagnostic::error("manifest::for-each-key", "nothing says what tells these rows apart")
                        .at(self.for_each, "`key` is missing beside it")
                        .help("name a column whose values never change: `key: COLUMN`. It becomes a part of addresses, as in `workspaces.customer[\"acme\"]`"),
                );
                return None;
            }
            (Form::Texts | Form::Map, Field::Absent) => None,
            (Form::Texts | Form::Map, Field::Given(key)) => {
                let what = if self.table.form == Form::Map { "the keys of a map" } else { "texts" };
                cx.complain(
                    Diagnostic::error(
                        "manifest::for-each-key",
                        format!("{what} tell rows apart by themselves"),
                    )
                    .at(key.span, "names a column")
                    .help("leave `key` out"),
                );
                return None;
            }
        };
        let mut rows: Vec<Row> = Vec::with_capacity(self.table.rows.len());
        let mut first = std::collections::HashMap::new();
        for at in 0..self.table.rows.len() {
            let Some((key, span)) = self.key(at, column.as_deref(), cx) else { continue };
            if let Some(&before) = first.get(&key) {
                let before: Option<&Row> = rows.get(before);
                let mut diagnostic = Diagnostic::error(
                    "manifest::for-each-key",
                    format!("two rows have the key `{key}`"),
                )
                .at(span, format!("{} has it too", self.table.name_of(at)));
                if let Some(before) = before {
                    let name = self.table.name_of(before.at);
                    diagnostic = diagnostic.at(before.span, format!("{name} has it already"));
                }
                self.wrong_row(
                    diagnostic.help("a key stands for one row, whatever its position"),
                    cx,
                );
                continue;
            }
            first.insert(key.clone(), rows.len());
            rows.push(Row { key, span, table: Rc::clone(self.table), at, uses: Vec::new() });
        }
        Some(rows)
    }

    fn key(
        &mut self,
        at: usize,
        column: Option<&str>,
        cx: &mut Context<'_>,
    ) -> Option<(String, Span)> {
        let (cell, span) = match (self.table.rows.get(at)?, column) {
            (Cells::Csv(record), column) => {
                let column = self.table.column(column?)?;
                let text = record.text(column)?;
                (Cell::Value(Value::text(text)), record.place(column, &cx.data))
            }
            (Cells::Value(row), Some(column)) => (
                row.cell(column).cloned().unwrap_or(Cell::Nothing),
                row.place(column).unwrap_or(row.span),
            ),
            (Cells::Value(row), None) => (Cell::Value(Value::text(row.key()?)), row.span),
        };
        let text = match cell {
            Cell::Broken => return None,
            Cell::Nothing | Cell::Tree(_) => String::new(),
            Cell::Value(value) => crate::interpolate::spelling(&value),
        };
        let problem = if text.trim().is_empty() {
            "has no key"
        } else if text.chars().any(char::is_control) {
            "has a key with control characters"
        } else {
            return Some((text, span));
        };
        let name = self.table.name_of(at);
        let label = match column {
            Some(column) => format!("{name}, column `{column}`"),
            None => name,
        };
        let diagnostic =
            Diagnostic::error("manifest::for-each-key", format!("a row of this data {problem}"))
                .at(span, label)
                .at(self.for_each, "repeated over here");
        self.wrong_row(diagnostic.help("the key becomes a part of the resource's address"), cx);
        None
    }

    fn wrong_row(&mut self, diagnostic: Diagnostic, cx: &mut Context<'_>) {
        self.wrong += 1;
        match self.wrong.cmp(&(crate::limits::WRONG_ROWS + 1)) {
            std::cmp::Ordering::Less => cx.complain(diagnostic),
            std::cmp::Ordering::Equal => cx.complain(blame::and_more(self.for_each)),
            std::cmp::Ordering::Greater => {}
        }
    }

    fn unknown_column(&self, column: &str, span: Span, cx: &mut Context<'_>) {
        let columns = &self.table.columns;
        let help = columns_help(column, columns, cx);
        cx.complain(
            Diagnostic::error(
                "manifest::unknown-column",
                format!("there is no column `{column}` in this data"),
            )
            .at(span, "not a column")
            .help(help),
        );
    }
}

/// What columns there are, where `column` is none.
pub(crate) fn columns_help(column: &str, columns: &[String], cx: &mut Context<'_>) -> String {
    if let [one] = columns
        && one.contains([';', '\t'])
    {
        return format!("the one column is `{one}`: columns are to be separated by commas");
    }
    let near = cx.suggester.nearest(column, columns.iter().map(String::as_str));
    if let Some(near) = near {
        return format!("did you mean `{near}`?");
    }
    let shown: Vec<&str> = columns.iter().map(String::as_str).take(20).collect();
    match shown.as_slice() {
        [] => "the rows have no columns".to_owned(),
        shown => format!("a row has {}", all_of(shown)),
    }
}
