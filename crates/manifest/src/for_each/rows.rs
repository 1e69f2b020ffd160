//! Data as values: in the manifest itself, or in a file of JSON.

use std::collections::{BTreeMap, HashSet};

use model::Span;
use model::value::Value;

use super::{Cell, Cells, Form, Table, csv};
use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::interpolate;
use crate::limits;
use crate::scalar::{self, Plain};
use crate::syntax::{Read, Text};
use crate::tree::{Content, Node};

/// What a row that is a scalar is called.
pub(super) const VALUE: &str = "value";

/// A row.
#[derive(Debug)]
pub(super) struct ValueRow {
    /// Where its key stands, or, where it has none of its own, where it stands.
    pub(super) span: Span,
    /// Its key, where that is no column.
    key: Option<String>,
    /// What it is, where it has no columns.
    whole: Option<(Cell, Span)>,
    cells: BTreeMap<String, (Cell, Span)>,
}

impl ValueRow {
    pub(super) fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    pub(super) fn is_whole(&self) -> bool {
        self.whole.is_some()
    }

    fn find(&self, name: &str) -> Option<&(Cell, Span)> {
        let whole = self.whole.as_ref().filter(|_| name == VALUE);
        whole.or_else(|| self.cells.get(name))
    }

    pub(super) fn cell(&self, name: &str) -> Option<&Cell> {
        self.find(name).map(|(cell, _)| cell)
    }

    pub(super) fn place(&self, name: &str) -> Option<Span> {
        self.find(name).map(|(_, span)| *span)
    }
}

/// How values are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As those of a manifest, with what they ask for looked up.
    Manifest,
    /// As written: data asks for nothing.
    Data,
}

/// Reads rows. `None` after a complaint.
pub(super) fn read(
    node: &Node,
    name: &Name<'_>,
    reading: Reading,
    cx: &mut Context<'_>,
) -> Option<Table> {
    let (rows, form) = match &node.content {
        Content::Map(entries) => {
            if entries.len() > limits::ROWS {
                cx.complain(csv::too_many(name.span));
                return None;
            }
            let mut rows = Vec::with_capacity(entries.len());
            for entry in entries {
                let member = Name { text: &entry.key, span: entry.key_span };
                let mut row = row(&entry.value, &member, reading, cx);
                row.span = entry.key_span;
                row.key = Some(entry.key.clone());
                rows.push(row);
            }
            (rows, Form::Map)
        }
        Content::List(items) => list(items.iter().map(AsRef::as_ref), name, reading, cx)?,
        Content::Scalar(_) => {
            let wanted = "a list, a map, or a file: `{file: customers.csv}`";
            cx.wrong_type(name, wanted, node);
            return None;
        }
    };
    let mut columns = Vec::new();
    let mut known = HashSet::new();
    for column in rows.iter().flat_map(|row| row.cells.keys()) {
        if known.insert(column.clone()) {
            columns.push(column.clone());
        }
    }
    Some(Table { columns, rows: rows.into_iter().map(Cells::Value).collect(), form })
}

/// A list is of texts or of maps.
fn list<'n>(
    items: impl ExactSizeIterator<Item = &'n Node>,
    name: &Name<'_>,
    reading: Reading,
    cx: &mut Context<'_>,
) -> Option<(Vec<ValueRow>, Form)> {
    if items.len() > limits::ROWS {
        cx.complain(csv::too_many(name.span));
        return None;
    }
    let mut rows = Vec::with_capacity(items.len());
    let mut form = None;
    let mut is_whole = true;
    for item in items {
        let here = match &item.content {
            Content::Map(_) => Form::Records,
            Content::Scalar(_) | Content::List(_) => Form::Texts,
        };
        if *form.get_or_insert(here) != here {
            cx.complain(
                Diagnostic::error("manifest::for-each", "a `for_each` is over texts, or over maps")
                    .at(item.span, format!("this is {}, unlike the first", item.noun())),
            );
            return None;
        }
        let member = Name { text: name.text, span: item.span };
        if here == Form::Records {
            rows.push(row(item, &member, reading, cx));
        } else if let Some(text) = text(item, &member, reading, cx) {
            let whole = Some((Cell::Value(Value::text(text.clone())), item.span));
            let cells = BTreeMap::new();
            rows.push(ValueRow { span: item.span, key: Some(text), whole, cells });
        } else {
            is_whole = false;
        }
    }
    is_whole.then(|| (rows, form.unwrap_or(Form::Texts)))
}

/// The text that an item of a list of texts is.
fn text(node: &Node, name: &Name<'_>, reading: Reading, cx: &mut Context<'_>) -> Option<String> {
    match (&node.content, reading) {
        (Content::Scalar(scalar), Reading::Data) if !scalar.plain => Some(scalar.text.clone()),
        (_, Reading::Data) => {
            cx.wrong_type(name, "text", node);
            None
        }
        (_, Reading::Manifest) => Text::read(node, name, cx).map(|Text(text)| text),
    }
}

fn row(node: &Node, name: &Name<'_>, reading: Reading, cx: &mut Context<'_>) -> ValueRow {
    let mut row = ValueRow { span: node.span, key: None, whole: None, cells: BTreeMap::new() };
    match &node.content {
        Content::Map(entries) => {
            for entry in entries {
                let name = Name { text: &entry.key, span: entry.key_span };
                let cell = cell(&entry.value, &name, reading, cx);
                row.cells.insert(entry.key.clone(), (cell, entry.value.span));
            }
        }
        Content::Scalar(_) | Content::List(_) => {
            row.whole = Some((cell(node, name, reading, cx), node.span));
        }
    }
    row
}

fn cell(node: &Node, name: &Name<'_>, reading: Reading, cx: &mut Context<'_>) -> Cell {
    let Content::Scalar(scalar) = &node.content else { return Cell::Tree(node.noun()) };
    if node.is_null() {
        return Cell::Nothing;
    }
    let value = match reading {
        Reading::Manifest => match crate::syntax::scalar(node, name, cx) {
            Some(Value::Secret(_)) => {
                cx.complain(interpolate::misplaced_secret(name.text, node.span));
                None
            }
            value => value,
        },
        Reading::Data if !scalar.plain => Some(Value::text(scalar.text.clone())),
        Reading::Data => match scalar::read(&scalar.text) {
            Plain::Bool(bool) => Some(Value::Bool(bool)),
            Plain::Number(number) => Some(Value::Number(number)),
            // JSON has no other words.
            Plain::Null | Plain::NotFinite | Plain::Ambiguous(_) | Plain::Date | Plain::Text => {
                None
            }
        },
    };
    value.map_or(Cell::Broken, Cell::Value)
}
