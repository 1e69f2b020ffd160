//! Free-form configuration.

use std::collections::BTreeMap;

use model::Span;
use model::secret::is_named_like_one;
use model::value::Value;

use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::interpolate::{self, Filled};
use crate::scalar::{self, Plain};
use crate::syntax::{Read, Spanned};
use crate::tree::{Content, Node};

/// A map of anything: the configuration of a connector. Only here may secrets stand.
#[derive(Debug)]
pub(crate) struct Tree(pub(crate) BTreeMap<String, Spanned<Free>>);

/// A value in free-form configuration.
#[derive(Debug)]
pub(crate) enum Free {
    Leaf(Value),
    List(Vec<Spanned<Free>>),
    Map(BTreeMap<String, Spanned<Free>>),
}

impl Read for Tree {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Tree> {
        let Content::Map(_) = &node.content else {
            cx.wrong_type(name, "a map (`{}` where there is nothing to say)", node);
            return None;
        };
        match free(node, name, cx)? {
            Free::Map(members) => Some(Tree(members)),
            Free::Leaf(_) | Free::List(_) => None,
        }
    }
}

/// Reads all of it, so that every complaint is made. `None` after one.
fn free(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Free> {
    match &node.content {
        Content::Scalar(_) => scalar(node, name, cx).map(Free::Leaf),
        Content::List(items) => {
            let items: Vec<Option<Spanned<Free>>> = items
                .iter()
                .map(|item| free(item, name, cx).map(|value| Spanned { value, span: item.span }))
                .collect();
            items.into_iter().collect::<Option<Vec<_>>>().map(Free::List)
        }
        Content::Map(entries) => {
            let mut members = BTreeMap::new();
            let mut complete = true;
            for entry in entries {
                let name = Name { text: &entry.key, span: entry.key_span };
                match free(&entry.value, &name, cx) {
                    Some(value) => {
                        let member = Spanned { value, span: entry.value.span };
                        members.insert(entry.key.clone(), member);
                    }
                    None => complete = false,
                }
            }
            complete.then_some(Free::Map(members))
        }
    }
}

/// Any scalar.
pub(crate) fn scalar(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Value> {
    let Content::Scalar(scalar) = &node.content else {
        cx.wrong_type(name, "text, a number, `true` or `false`", node);
        return None;
    };
    if interpolate::has_expression(&scalar.text) {
        return interpolate::fill(scalar, node.span, cx).map(|filled| match filled {
            Filled::Clear(value) => value,
            Filled::Secret(secret) => Value::Secret(secret),
        });
    }
    if !scalar.plain {
        return Some(Value::text(scalar.text.clone()));
    }
    match scalar::read(&scalar.text) {
        Plain::Null => Some(Value::Null),
        Plain::Bool(bool) => Some(Value::Bool(bool)),
        Plain::Number(number) => Some(Value::Number(number)),
        Plain::Text | Plain::Date => Some(Value::text(scalar.text.clone())),
        Plain::NotFinite => {
            not_finite(name, node.span, cx);
            None
        }
        Plain::Ambiguous(older) => {
            // One that is called like a secret is not repeated.
            let is_secret = is_named_like_one(name.text);
            let text = if is_secret { "…" } else { scalar.text.as_str() };
            cx.complain(
                Diagnostic::error(
                    "manifest::ambiguous",
                    format!("`{}`: unquoted `{text}` can be read in two ways", name.text),
                )
                .at(node.span, format!("text, or {}", older.noun()))
                .help(format!(
                    "for text, put it into quotes: `\"{text}\"`; otherwise write what it is"
                )),
            );
            None
        }
    }
}

fn not_finite(name: &Name<'_>, span: Span, cx: &mut Context<'_>) {
    cx.complain(
        Diagnostic::error(
            "manifest::not-finite",
            format!("`{}` wants a number that can be sent", name.text),
        )
        .at(span, "JSON has no word for it"),
    );
}
