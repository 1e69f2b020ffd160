//! The resources of a kind, by logical name.

use std::borrow::Cow;
use std::marker::PhantomData;

use model::Span;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use super::{Fields, Read, Record, check_name};
use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::for_each::{self, Blame, FILE, FOR_EACH, KEY, Rows};
use crate::tree::{Content, Entry, Node};

/// Declarations by logical name, in the order of the file.
#[derive(Debug)]
pub(crate) struct Resources<T> {
    pub(crate) members: Vec<Member<T>>,
}

/// A declaration and its logical name.
#[derive(Debug)]
pub(crate) struct Member<T> {
    pub(crate) name: String,
    /// Where the name stands.
    pub(crate) span: Span,
    pub(crate) made: Made<T>,
}

/// What a declaration makes.
#[derive(Debug)]
pub(crate) enum Made<T> {
    /// One resource. `None` where it could not be read at all. The name is declared all the same.
    One(Option<T>),
    /// One for every row.
    Each {
        instances: Vec<Instance<T>>,
        /// Whether these are all.
        complete: bool,
    },
}

/// What a declaration with `for_each` makes of a row.
#[derive(Debug)]
pub(crate) struct Instance<T> {
    pub(crate) key: String,
    /// Where the key stands.
    pub(crate) span: Span,
    pub(crate) record: Option<T>,
}

/// What is read here and not by the records.
const ASIDE: &[&str] = &[FOR_EACH, KEY];

impl<T: Record> Read for Resources<T> {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Resources<T>> {
        let Content::Map(entries) = &node.content else {
            cx.wrong_type(name, "a map by logical names", node);
            return None;
        };
        let mut members = Vec::with_capacity(entries.len());
        for entry in entries {
            check_name(entry, cx);
            let name = Name { text: &entry.key, span: entry.key_span };
            members.push(Member {
                name: entry.key.clone(),
                span: entry.key_span,
                made: made(&entry.value, &name, cx),
            });
        }
        Some(Resources { members })
    }
}

fn made<T: Record>(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Made<T> {
    let Some(mut fields) = Fields::of(node, name, cx) else { return Made::One(None) };
    match (fields.entry(FOR_EACH), fields.entry(KEY)) {
        (Some(for_each), _) => {
            let Rows { rows, complete } = for_each::rows(for_each, &mut fields, cx);
            Made::Each { instances: instances(node, name, for_each, rows, cx), complete }
        }
        (None, Some(key)) => {
            cx.complain(
                Diagnostic::error(
                    "manifest::for-each-key",
                    "`key` is for a resource with `for_each`",
                )
                .at(key.key_span, "tells no rows apart")
                .help("say what it is repeated over, as in `for_each: {file: customers.csv}`"),
            );
            Made::One(one(&node.without(ASIDE), name, cx))
        }
        (None, None) => Made::One(one(node, name, cx)),
    }
}

fn one<T: Record>(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<T> {
    Fields::of(node, name, cx).map(|fields| fields.beside(ASIDE).record(cx))
}

/// Reads the declaration once for every row.
fn instances<T: Record>(
    node: &Node,
    name: &Name<'_>,
    for_each: &Entry,
    rows: Vec<for_each::Row>,
    cx: &mut Context<'_>,
) -> Vec<Instance<T>> {
    let shared = node.without(ASIDE);
    let mut blame = Blame::new(for_each.key_span);
    let mut instances = Vec::with_capacity(rows.len());
    for row in rows {
        let complaints = cx.diagnostics.len();
        cx.row = Some(row);
        let record = one(&shared, name, cx);
        if let Some(row) = cx.row.take() {
            blame.take(&row, complaints, cx);
            instances.push(Instance { key: row.key, span: row.span, record });
        }
    }
    instances
}

impl<T: JsonSchema> JsonSchema for Resources<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("{}Resources", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": { "pattern": "^[A-Za-z0-9_-]+$" },
            "additionalProperties": generator.subschema_for::<Repeatable<T>>(),
        })
    }
}

/// A record that may also be declared once for many.
struct Repeatable<T>(PhantomData<T>);

impl<T: JsonSchema> JsonSchema for Repeatable<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        if let Some(properties) = schema.get_mut("properties").and_then(|p| p.as_object_mut()) {
            properties.insert(FOR_EACH.to_owned(), generator.subschema_for::<ForEach>().to_value());
            properties.insert(KEY.to_owned(), key_schema());
        }
        schema
    }
}

/// What a declaration is repeated over.
struct ForEach;

impl JsonSchema for ForEach {
    fn schema_name() -> Cow<'static, str> {
        FOR_EACH.into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Makes one resource for every row: of a list of texts, of a list of maps (with `key:`), of a map, or of a file of CSV or JSON (`{file: customers.csv}`, with `key:`). In the rest of the declaration `${each:COLUMN}` stands for a cell of the row, `${each:key}` for its key, and `${each:value}` for a row that has no columns. A resource that declares no name is called by its key. An address is `SECTION.NAME[\"KEY\"]`.",
            "anyOf": [
                {
                    "type": "array",
                    "anyOf": [
                        { "items": { "type": "string", "minLength": 1 } },
                        { "items": { "type": "object" } },
                    ],
                },
                {
                    "type": "object",
                    "properties": { FILE: { "type": "string", "minLength": 1 } },
                    "required": [FILE],
                    "additionalProperties": false,
                },
                { "type": "object", "not": { "required": [FILE] } },
            ],
        })
    }
}

fn key_schema() -> serde_json::Value {
    json!({
        "description": "The column of `for_each` that tells its rows apart. Its values are parts of addresses, so they should never change.",
        "type": "string",
        "minLength": 1,
    })
}
