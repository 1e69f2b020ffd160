//! Lists, and maps by names that people choose.

use std::borrow::Cow;
use std::collections::BTreeMap;

use model::Span;
use model::address::is_name;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Read, Spanned};
use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::tree::{Content, Entry, Node};

/// Values in order.
#[derive(Debug)]
pub(crate) struct List<T>(pub(crate) Vec<Spanned<T>>);

/// Values by the name of a stream.
#[derive(Debug)]
pub(crate) struct ByStream<T>(pub(crate) BTreeMap<String, Spanned<T>>);

/// Records by logical name, in the order of the file.
#[derive(Debug)]
pub(crate) struct Section<T> {
    pub(crate) members: Vec<Named<T>>,
}

/// A record and its logical name.
#[derive(Debug)]
pub(crate) struct Named<T> {
    pub(crate) name: String,
    /// Where the name stands.
    pub(crate) span: Span,
    /// `None` where it could not be read at all. The name is declared all the same.
    pub(crate) record: Option<T>,
}

impl<T> Default for Section<T> {
    fn default() -> Section<T> {
        Section { members: Vec::new() }
    }
}

impl<T: Read> Read for List<T> {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<List<T>> {
        let Content::List(items) = &node.content else {
            cx.wrong_type(name, "a list", node);
            if let Content::Scalar(scalar) = &node.content
                && !node.is_null()
                && let Some(diagnostic) = cx.diagnostics.last_mut()
            {
                diagnostic.help = Some(format!("a list of one is written `[{}]`", scalar.text));
            }
            return None;
        };
        let items: Vec<Option<Spanned<T>>> = items
            .iter()
            .map(|item| {
                let name = Name { text: name.text, span: item.span };
                T::read(item, &name, cx).map(|value| Spanned { value, span: item.span })
            })
            .collect();
        items.into_iter().collect::<Option<Vec<_>>>().map(List)
    }
}

impl<T: Read> Read for ByStream<T> {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<ByStream<T>> {
        let Content::Map(entries) = &node.content else {
            cx.wrong_type(name, "a map by names of streams", node);
            return None;
        };
        let mut members = BTreeMap::new();
        let mut complete = true;
        for entry in entries {
            let name = Name { text: &entry.key, span: entry.key_span };
            match T::read(&entry.value, &name, cx) {
                Some(value) => {
                    let member = Spanned { value, span: entry.value.span };
                    members.insert(entry.key.clone(), member);
                }
                None => complete = false,
            }
        }
        complete.then_some(ByStream(members))
    }
}

/// Complains about a key that cannot be a logical name.
pub(crate) fn check_name(entry: &Entry, cx: &mut Context<'_>) {
    if !is_name(&entry.key) {
        cx.complain(
            Diagnostic::error(
                "manifest::bad-name",
                format!("`{}` cannot be a logical name", entry.key),
            )
            .at(entry.key_span, "letters, digits, `_` and `-` only")
            .help(
                "it names the resource in this manifest; what the service calls it is its `name`",
            ),
        );
    }
}

impl<T: Read> Read for Section<T> {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Section<T>> {
        let Content::Map(entries) = &node.content else {
            cx.wrong_type(name, "a map by logical names", node);
            return None;
        };
        let mut members = Vec::with_capacity(entries.len());
        for entry in entries {
            check_name(entry, cx);
            let name = Name { text: &entry.key, span: entry.key_span };
            members.push(Named {
                name: entry.key.clone(),
                span: entry.key_span,
                record: T::read(&entry.value, &name, cx),
            });
        }
        Some(Section { members })
    }
}

impl<T: JsonSchema> JsonSchema for List<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("ListOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": generator.subschema_for::<T>() })
    }
}

impl<T: JsonSchema> JsonSchema for ByStream<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("{}ByStream", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": generator.subschema_for::<T>() })
    }
}

impl<T: JsonSchema> JsonSchema for Section<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("SectionOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": { "pattern": "^[A-Za-z0-9_-]+$" },
            "additionalProperties": generator.subschema_for::<T>(),
        })
    }
}
