//! The scalars of a manifest, and trees of them.

mod schema;
mod tree;

use std::marker::PhantomData;

use model::Span;
use model::value::Value;
use model::{Address, Kind};

use super::Read;
use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::interpolate::{self, Filled};
use crate::scalar::{self, Plain};
use crate::schedule;
use crate::tree::{Content, Node};

pub(crate) use schema::{expression, uuid};
pub(crate) use tree::{Free, Tree, scalar};

/// Text with something in it.
#[derive(Debug)]
pub(crate) struct Text(pub(crate) String);

/// Text that may be empty.
#[derive(Debug)]
pub(crate) struct AnyText(pub(crate) String);

/// Text that is taken as written.
#[derive(Debug)]
pub(crate) struct Literal;

/// The logical name of a resource: `crm`, or, of one that a `for_each` makes, `tier["pro"]`.
#[derive(Debug)]
pub(crate) struct Logical(pub(crate) String);

/// The id of an organization.
#[derive(Debug)]
pub(crate) struct Organization(pub(crate) String);

/// The service's id of an object, in lower case.
#[derive(Debug)]
pub(crate) struct Uuid(pub(crate) String);

/// `true` or `false`.
#[derive(Debug)]
pub(crate) struct Flag(pub(crate) bool);

/// Text, a number, `true` or `false`.
#[derive(Debug)]
pub(crate) struct Scalar(pub(crate) Value);

/// A Quartz cron expression.
#[derive(Debug)]
pub(crate) struct Cron(pub(crate) String);

/// One word of a few.
#[derive(Debug)]
pub(crate) struct Choice<W> {
    pub(crate) word: &'static str,
    words: PhantomData<W>,
}

/// The words of a [`Choice`].
pub(crate) trait Words {
    const WORDS: &'static [&'static str];
}

/// The text of a scalar that wants text.
fn text(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<String> {
    let Content::Scalar(scalar) = &node.content else {
        cx.wrong_type(name, "text", node);
        return None;
    };
    if interpolate::has_expression(&scalar.text) {
        return match interpolate::fill(scalar, node.span, cx)? {
            Filled::Clear(Value::Text(text)) => Some(text),
            Filled::Clear(value) => {
                let noun = if matches!(value, Value::Bool(_)) { "bool" } else { "number" };
                cx.complain(
                    Diagnostic::error(
                        "manifest::variable-type",
                        format!("`{}` wants text, and this variable is a {noun}", name.text),
                    )
                    .at(node.span, format!("a {noun}"))
                    .help("declare the variable with `type: string`"),
                );
                None
            }
            Filled::Secret(_) => {
                cx.complain(interpolate::misplaced_secret(name.text, node.span));
                None
            }
        };
    }
    if !scalar.plain {
        return Some(scalar.text.clone());
    }
    match scalar::read(&scalar.text) {
        Plain::Text => Some(scalar.text.clone()),
        Plain::Null => {
            cx.wrong_type(name, "text", node);
            None
        }
        Plain::Bool(_) => needs_quotes(name, &scalar.text, "to YAML, true or false", node.span, cx),
        Plain::Number(_) | Plain::NotFinite => {
            needs_quotes(name, &scalar.text, "to YAML, a number", node.span, cx)
        }
        Plain::Date => needs_quotes(name, &scalar.text, "to many readers, a date", node.span, cx),
        Plain::Ambiguous(older) => {
            let read_as = format!("to many readers, {}", older.noun());
            needs_quotes(name, &scalar.text, &read_as, node.span, cx)
        }
    }
}

fn needs_quotes<T>(
    name: &Name<'_>,
    text: &str,
    read_as: &str,
    span: Span,
    cx: &mut Context<'_>,
) -> Option<T> {
    cx.complain(
        Diagnostic::error(
            "manifest::needs-quotes",
            format!("`{}` wants text, and unquoted `{text}` is not", name.text),
        )
        .at(span, read_as)
        .help(format!("put it into quotes: `\"{text}\"`")),
    );
    None
}

/// Text of a scalar that wants some.
fn some_text(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<String> {
    let text = text(node, name, cx)?;
    if text.trim().is_empty() {
        cx.complain(
            Diagnostic::error("manifest::empty-text", format!("`{}` is empty", name.text))
                .at(node.span, "nothing is said here"),
        );
        return None;
    }
    Some(text)
}

/// A word that is compared with known ones. Whether a wrong one needs quotes is beside the point.
pub(crate) fn word(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<String> {
    match &node.content {
        Content::Scalar(scalar)
            if !node.is_null() && !interpolate::has_expression(&scalar.text) =>
        {
            Some(scalar.text.clone())
        }
        Content::Scalar(_) | Content::List(_) | Content::Map(_) => text(node, name, cx),
    }
}

impl Read for Text {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Text> {
        some_text(node, name, cx).map(Text)
    }
}

impl Read for AnyText {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<AnyText> {
        text(node, name, cx).map(AnyText)
    }
}

impl Read for Literal {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Literal> {
        text(node, name, cx).map(|_| Literal)
    }
}

impl Read for Logical {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Logical> {
        let text = some_text(node, name, cx)?;
        // Which kind it is of makes no difference to what it looks like.
        if Address::parse_within(Kind::Tag, &text).is_none() {
            cx.complain(
                Diagnostic::error(
                    "manifest::bad-name",
                    format!("`{}` refers to resources by their logical names", name.text),
                )
                .at(node.span, "cannot be one")
                .help("a logical name is the key of a resource in its section: letters, digits, `_` and `-`, and `[\"KEY\"]` behind it for one of a `for_each`"),
            );
            return None;
        }
        Some(Logical(text))
    }
}

impl Read for Organization {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Organization> {
        let text = some_text(node, name, cx)?;
        if !is_uuid(&text) {
            cx.complain(
                Diagnostic::error(
                    "manifest::bad-uuid",
                    "`organization` is the id of an organization",
                )
                .at(node.span, format!("`{text}` is no UUID")),
            );
            return None;
        }
        Some(Organization(text))
    }
}

impl Read for Uuid {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Uuid> {
        let text = some_text(node, name, cx)?;
        if !is_uuid(&text) {
            cx.complain(
                Diagnostic::error(
                    "manifest::bad-uuid",
                    format!("`{}` is the id of an object", name.text),
                )
                .at(node.span, format!("`{text}` is no UUID")),
            );
            return None;
        }
        Some(Uuid(text.to_ascii_lowercase()))
    }
}

impl Read for Flag {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Flag> {
        let Content::Scalar(scalar) = &node.content else {
            cx.wrong_type(name, "`true` or `false`", node);
            return None;
        };
        if interpolate::has_expression(&scalar.text) {
            return match interpolate::fill(scalar, node.span, cx)? {
                Filled::Clear(Value::Bool(bool)) => Some(Flag(bool)),
                // The environment holds nothing but text.
                Filled::Clear(Value::Text(text)) if text == "true" => Some(Flag(true)),
                Filled::Clear(Value::Text(text)) if text == "false" => Some(Flag(false)),
                Filled::Clear(value) => {
                    let message = format!("`{}` wants `true` or `false`", name.text);
                    cx.complain(
                        Diagnostic::error("manifest::wrong-type", message).at(
                            node.span,
                            format!("this gives `{}`", interpolate::spelling(&value)),
                        ),
                    );
                    None
                }
                Filled::Secret(_) => {
                    cx.complain(interpolate::misplaced_secret(name.text, node.span));
                    None
                }
            };
        }
        let plain = if scalar.plain { scalar::read(&scalar.text) } else { Plain::Text };
        if let Plain::Bool(bool) = plain {
            return Some(Flag(bool));
        }
        if plain == Plain::Null {
            cx.wrong_type(name, "`true` or `false`", node);
            return None;
        }
        let message = format!("`{}` wants `true` or `false`", name.text);
        let meant = match scalar.text.to_ascii_lowercase().as_str() {
            "yes" | "on" | "y" | "1" | "true" => Some("true"),
            "no" | "off" | "n" | "0" | "false" => Some("false"),
            _ => None,
        };
        let mut diagnostic = Diagnostic::error("manifest::wrong-type", message)
            .at(node.span, format!("this is {}", node.noun()));
        if let Some(meant) = meant {
            let without = if scalar.plain { "" } else { ", without quotes" };
            diagnostic = diagnostic.help(format!("write `{meant}`{without}"));
        }
        cx.complain(diagnostic);
        None
    }
}

impl Read for Scalar {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Scalar> {
        match tree::scalar(node, name, cx)? {
            value @ (Value::Text(_) | Value::Number(_) | Value::Bool(_)) => Some(Scalar(value)),
            _ => {
                cx.wrong_type(name, "text, a number, `true` or `false`", node);
                None
            }
        }
    }
}

impl Read for Cron {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Cron> {
        let text = some_text(node, name, cx)?;
        schedule::check(&text, node.span, cx).then_some(Cron(text))
    }
}

impl<W: Words> Read for Choice<W> {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Choice<W>> {
        let text = word(node, name, cx)?;
        match W::WORDS.iter().find(|word| **word == text) {
            Some(word) => Some(Choice { word, words: PhantomData }),
            None => {
                cx.unknown_word(name, &text, W::WORDS, node.span);
                None
            }
        }
    }
}

/// Whether `text` has the form of the service's ids (dossier 1).
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
