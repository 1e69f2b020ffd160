//! YAML text to a tree in which every key and value knows its place.
//!
//! The events of the parser are put together here and not by a deserializer: only the events tell
//! quoted from unquoted text, and a reader that stops at its first complaint is of no use.

mod build;
mod overlay;
mod unreadable;

use std::ops::Range;
use std::rc::Rc;

use model::Span;

pub(crate) use build::parse;
pub(crate) use overlay::lay;

/// A value. Spans stay within one line: the first one, where a value has several.
#[derive(Debug)]
pub(crate) struct Node {
    /// Where it is written. For a value that an alias repeats: where its anchor is.
    pub(crate) span: Span,
    pub(crate) content: Content,
    /// How many values it stands for, aliases written out.
    size: usize,
    /// How deep it goes: 1 for a scalar.
    depth: usize,
}

#[derive(Debug)]
pub(crate) enum Content {
    Scalar(Scalar),
    List(Vec<Rc<Node>>),
    Map(Vec<Entry>),
}

/// A member of a map. Keys are unique, and merge keys (`<<`) are done away with.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) value: Rc<Node>,
}

#[derive(Debug, Clone)]
pub(crate) struct Scalar {
    /// The text that it stands for.
    pub(crate) text: String,
    /// Without quotes, and not a block: its text may say a number, true, false or nothing.
    pub(crate) plain: bool,
    /// Where each `${` stands in the file, as a byte offset. Escapes and folded lines come between
    /// the text and what is written, but leave this alone.
    pub(crate) expressions: Vec<Range<usize>>,
}

impl Node {
    /// The value of the member `key`, where this is a map that has it.
    pub(crate) fn member(&self, key: &str) -> Option<&Rc<Node>> {
        let Content::Map(entries) = &self.content else { return None };
        entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// A map without some of its members.
    pub(crate) fn without(&self, keys: &[&str]) -> Node {
        let Node { span, content, size, depth } = self;
        let content = match content {
            Content::Map(entries) => {
                let kept = entries.iter().filter(|entry| !keys.contains(&entry.key.as_str()));
                Content::Map(kept.cloned().collect())
            }
            Content::List(items) => Content::List(items.clone()),
            Content::Scalar(scalar) => Content::Scalar(scalar.clone()),
        };
        Node { span: *span, content, size: *size, depth: *depth }
    }

    /// What it is, for a sentence: "a list".
    pub(crate) fn noun(&self) -> &'static str {
        use crate::scalar::{Plain, read};
        match &self.content {
            Content::List(_) => "a list",
            Content::Map(_) => "a map",
            Content::Scalar(scalar) if !scalar.plain => "text",
            Content::Scalar(scalar) => match read(&scalar.text) {
                Plain::Null => "nothing",
                Plain::Bool(_) => "true or false",
                Plain::Number(_) | Plain::NotFinite => "a number",
                Plain::Date => "a date",
                Plain::Ambiguous(_) | Plain::Text => "text",
            },
        }
    }

    /// Whether nothing stands here: an unquoted `null`, `~`, or no text at all.
    pub(crate) fn is_null(&self) -> bool {
        match &self.content {
            Content::Scalar(scalar) => {
                scalar.plain && crate::scalar::read(&scalar.text) == crate::scalar::Plain::Null
            }
            Content::List(_) | Content::Map(_) => false,
        }
    }
}
