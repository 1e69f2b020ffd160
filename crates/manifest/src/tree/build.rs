//! Puts the parser's events together.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use granit_parser::{Event, Options, Parser, ScalarStyle, Tag};
use model::Span;
use model::span::FileId;

use super::{Content, Entry, Node, Scalar, unreadable};
use crate::diagnostic::Diagnostic;
use crate::limits;

/// Reads the one document of a file. `None` where no tree came of it; a complaint says why.
pub(crate) fn parse(
    file: FileId,
    text: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Rc<Node>> {
    let mut builder = Builder {
        file,
        text,
        diagnostics,
        stack: Vec::new(),
        anchors: HashMap::new(),
        aliased: 0,
        root: None,
    };
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut documents = 0;
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                builder.diagnostics.push(unreadable::complaint(file, text, &error));
                return None;
            }
        };
        let range = builder.in_file(span.byte_range());
        if let Event::DocumentStart(..) = event {
            documents += 1;
            if documents > 1 {
                let span = builder.first_line(&range);
                builder.diagnostics.push(second_document(span));
                return None;
            }
        } else {
            builder.take(event, range)?;
        }
    }
    let root = builder.root.filter(|root| !root.is_null());
    if root.is_none() {
        diagnostics.push(
            Diagnostic::error("manifest::empty-file", "the file is empty")
                .at(Span { file, start: 0, end: 0 }, "nothing is declared here")
                .help("a manifest begins with `version: 1`"),
        );
    }
    root
}

fn second_document(span: Span) -> Diagnostic {
    Diagnostic::error(
        "manifest::several-documents",
        "a file holds one document, and this is the second",
    )
    .at(span, "a new document starts here")
    .help("put it into a file of its own: all files together are one manifest")
}

struct Builder<'a> {
    file: FileId,
    text: &'a str,
    diagnostics: &'a mut Vec<Diagnostic>,
    /// The lists and maps that are open.
    stack: Vec<Open>,
    anchors: HashMap<usize, Rc<Node>>,
    /// How many values aliases have stood for so far.
    aliased: usize,
    root: Option<Rc<Node>>,
}

/// A list or map of which not all has been read.
struct Open {
    span: Span,
    anchor: usize,
    kind: OpenKind,
}

enum OpenKind {
    List(Vec<Rc<Node>>),
    Map(OpenMap),
}

#[derive(Default)]
struct OpenMap {
    entries: Vec<Entry>,
    places: HashMap<String, usize>,
    /// What `<<` brings in, in order, and where it stands.
    merged: Option<(Span, Rc<Node>)>,
    key: Option<Key>,
}

enum Key {
    Named(String, Span),
    Merge(Span),
    /// Complained about; its value is dropped.
    Unusable,
}

impl Builder<'_> {
    fn in_file(&self, range: Option<Range<usize>>) -> Range<usize> {
        let range = range.unwrap_or_default();
        let start = range.start.min(self.text.len());
        start..range.end.clamp(start, self.text.len())
    }

    /// The first line of a stretch of the file.
    fn first_line(&self, range: &Range<usize>) -> Span {
        let text = self.text.get(range.clone()).unwrap_or_default();
        let line = text.split(['\n', '\r']).next().unwrap_or_default();
        Span { file: self.file, start: range.start, end: range.start + line.len() }
    }

    /// `None` ends the reading of the file.
    fn take(&mut self, event: Event<'_>, range: Range<usize>) -> Option<()> {
        let span = self.first_line(&range);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let plain = self.judge_tag(tag.as_deref(), span, plain);
                let expressions = self.expressions(&text, range);
                self.scalar(text.into_owned(), plain, expressions, span, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.judge_tag(tag.as_deref(), span, false);
                self.open(span, anchor, OpenKind::List(Vec::new()))
            }
            Event::MappingStart(_, anchor, tag) => {
                self.judge_tag(tag.as_deref(), span, false);
                self.open(span, anchor, OpenKind::Map(OpenMap::default()))
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            // Everything else says nothing about values.
            _ => Some(()),
        }
    }

    /// Whether a scalar that would be `plain` still is with its tag. Tags that would change what
    /// a value is are refused: there is one way to say what a value is.
    fn judge_tag(&mut self, tag: Option<&Tag>, span: Span, plain: bool) -> bool {
        let Some(tag) = tag else { return plain };
        let original = tag.original();
        match tag.core_suffix() {
            Some("str") => false,
            Some("map" | "seq") => plain,
            _ if original == "!" => false,
            _ => {
                self.diagnostics.push(
                    Diagnostic::error(
                        "manifest::yaml-tag",
                        format!("the YAML tag `{original}` is not known here"),
                    )
                    .at(span, "this value has it")
                    .help("leave the tag out; to make a value text, put it into quotes"),
                );
                false
            }
        }
    }

    /// Where each `${` of a scalar stands in the file, and how far what follows may be shown: to the end of
    /// its line. In quotes it may be written otherwise than it reads, so that nothing but the line tells
    /// where it ends; with other letters than those of a byte not even that.
    fn expressions(&self, text: &str, range: Range<usize>) -> Vec<Range<usize>> {
        if !text.contains("${") {
            return Vec::new();
        }
        let written = self.text.get(range.clone()).unwrap_or_default();
        let is_as_it_reads = written.contains(text);
        let place = |(at, mark): (usize, &str)| {
            let line = written.get(at..).unwrap_or_default();
            let line = line.split(['\n', '\r']).next().unwrap_or_default();
            let shown = if is_as_it_reads || line.is_ascii() { line } else { mark };
            let start = range.start + at;
            start..start + shown.len()
        };
        written.match_indices("${").map(place).collect()
    }

    fn scalar(
        &mut self,
        text: String,
        plain: bool,
        expressions: Vec<Range<usize>>,
        span: Span,
        anchor: usize,
    ) -> Option<()> {
        // The parser shows a value that is not written as `~`.
        let text = if span.start == span.end { String::new() } else { text };
        let content = Content::Scalar(Scalar { text, plain, expressions });
        self.finish(Node { span, content, size: 1, depth: 1 }, anchor)
    }

    fn open(&mut self, span: Span, anchor: usize, kind: OpenKind) -> Option<()> {
        if self.stack.len() >= limits::DEPTH {
            return self.too_deep(span);
        }
        self.stack.push(Open { span, anchor, kind });
        Some(())
    }

    fn too_deep(&mut self, span: Span) -> Option<()> {
        let message = format!("values nest more than {} deep", limits::DEPTH);
        self.diagnostics
            .push(Diagnostic::error("manifest::too-deep", message).at(span, "too deep"));
        None
    }

    fn close(&mut self, end: Span) -> Option<()> {
        let Open { span, anchor, kind } = self.stack.pop()?;
        let span = self.first_line(&(span.start..end.end.max(span.start)));
        let content = match kind {
            OpenKind::List(items) => Content::List(items),
            OpenKind::Map(map) => Content::Map(self.merge(map)),
        };
        let (size, depth) = measure(&content);
        self.finish(Node { span, content, size, depth }, anchor)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Option<()> {
        // The parser knows an anchor from its beginning on; here it is known from its end on.
        let Some(node) = self.anchors.get(&anchor).map(Rc::clone) else {
            self.diagnostics.push(
                Diagnostic::error("manifest::alias", "this alias stands inside its own anchor")
                    .at(span, "would contain itself"),
            );
            return None;
        };
        self.aliased = self.aliased.saturating_add(node.size);
        if self.aliased > limits::values(self.text.len()) {
            self.diagnostics.push(
                Diagnostic::error(
                    "manifest::too-many-values",
                    "the aliases of this file stand for more values than it could reasonably mean",
                )
                .at(span, "here it becomes too much")
                .help("aliases of anchors that hold aliases multiply: write the values out"),
            );
            return None;
        }
        if self.stack.len().saturating_add(node.depth) > limits::DEPTH.saturating_add(1) {
            return self.too_deep(span);
        }
        self.place(node)
    }

    fn finish(&mut self, node: Node, anchor: usize) -> Option<()> {
        let node = Rc::new(node);
        // Zero is the parser's word for no anchor.
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        self.place(node)
    }

    /// Puts a value that has been read in full where it belongs.
    fn place(&mut self, node: Rc<Node>) -> Option<()> {
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(node);
            return Some(());
        };
        match &mut open.kind {
            OpenKind::List(items) => items.push(node),
            OpenKind::Map(map) => match map.key.take() {
                None => map.key = Some(key(&node, self.diagnostics)),
                Some(Key::Unusable) => {}
                Some(Key::Merge(span)) => match &map.merged {
                    None => map.merged = Some((span, node)),
                    Some((first, _)) => self.diagnostics.push(
                        duplicate("<<", *first, span)
                            .help("merge several maps with a list: `<<: [*one, *other]`"),
                    ),
                },
                Some(Key::Named(key, span)) => {
                    if let Some(first) = map.places.get(&key).and_then(|&at| map.entries.get(at)) {
                        self.diagnostics.push(duplicate(&key, first.key_span, span));
                    } else {
                        map.places.insert(key.clone(), map.entries.len());
                        map.entries.push(Entry {
                            key,
                            key_span: span,
                            value: shown_at(node, span),
                        });
                    }
                }
            },
        }
        Some(())
    }

    /// The members of a map: its own, and those that `<<` brings and it does not have.
    fn merge(&mut self, map: OpenMap) -> Vec<Entry> {
        let OpenMap { mut entries, mut places, merged, key: _ } = map;
        let Some((span, merged)) = merged else { return entries };
        let brought: &[Rc<Node>] = match &merged.content {
            Content::List(items) => items,
            Content::Map(_) | Content::Scalar(_) => std::slice::from_ref(&merged),
        };
        for node in brought {
            let Content::Map(members) = &node.content else {
                self.diagnostics.push(
                    Diagnostic::error(
                        "manifest::merge",
                        format!("`<<` merges maps, and this is {}", node.noun()),
                    )
                    .at(span, "merged here")
                    .help("name a map: `<<: *anchor`, or several: `<<: [*one, *other]`"),
                );
                continue;
            };
            for member in members {
                if !places.contains_key(&member.key) {
                    places.insert(member.key.clone(), entries.len());
                    entries.push(member.clone());
                }
            }
        }
        entries
    }
}

/// A value that is not written has no place of its own: it is shown at its key.
fn shown_at(node: Rc<Node>, key: Span) -> Rc<Node> {
    match &node.content {
        Content::Scalar(scalar) if scalar.plain && scalar.text.is_empty() => {
            let content = Content::Scalar(Scalar {
                text: String::new(),
                plain: true,
                expressions: Vec::new(),
            });
            Rc::new(Node { span: key, content, size: node.size, depth: node.depth })
        }
        Content::Scalar(_) | Content::List(_) | Content::Map(_) => node,
    }
}

/// A node as a key. Keys are text as written: `no: 1` and `"no": 1` have one key.
fn key(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Key {
    match &node.content {
        Content::Scalar(scalar) if scalar.plain && scalar.text == "<<" => Key::Merge(node.span),
        Content::Scalar(scalar) if scalar.text.contains("${") => {
            diagnostics.push(
                Diagnostic::error("manifest::interpolated-key", "keys are taken as written")
                    .at(node.span, "`${…}` means something in values only"),
            );
            Key::Unusable
        }
        Content::Scalar(scalar) => Key::Named(scalar.text.clone(), node.span),
        Content::List(_) | Content::Map(_) => {
            diagnostics.push(
                Diagnostic::error(
                    "manifest::key",
                    format!("a key is text, and this is {}", node.noun()),
                )
                .at(node.span, "stands where a key is wanted"),
            );
            Key::Unusable
        }
    }
}

fn duplicate(key: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::error("manifest::duplicate-key", format!("`{key}` stands here twice"))
        .at(second, "a second time")
        .at(first, "first here")
}

/// The size and depth of a value with this content.
pub(super) fn measure(content: &Content) -> (usize, usize) {
    let grow = |(size, depth): (usize, usize), node: &Rc<Node>| {
        (size.saturating_add(node.size), depth.max(node.depth.saturating_add(1)))
    };
    match content {
        Content::Scalar(_) => (1, 1),
        Content::List(items) => items.iter().fold((1, 1), grow),
        Content::Map(entries) => entries.iter().map(|entry| &entry.value).fold((1, 1), grow),
    }
}
