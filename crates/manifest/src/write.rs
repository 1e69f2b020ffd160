//! The way back: the text of a manifest that declares what is wanted.
//!
//! What is written is what a person would have written: blocks, nothing quoted that need not be,
//! nothing said that goes without saying. What it says is what [`crate::read`] reads; a property
//! test holds the two together. There is no text for a value that no manifest can hold, so whoever
//! writes reads what was written, and looks up whose fault a complaint is in [`Written::places`].

mod scalar;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;

use model::desired::{Desired, Resource};
use model::kinds::connection_template::HOSTING_USER;
use model::{Address, Kind, Value};

use crate::layout::order;
use scalar::{key, text};

/// How far a level is moved to the right.
const STEP: &str = "  ";

/// A file of a manifest, and where in it what stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// The file.
    pub text: String,
    /// The stretch of each resource, and of each of its attributes, in bytes, in order.
    pub places: Vec<(Range<usize>, Address, Option<String>)>,
}

impl Written {
    /// Whose the byte at `offset` is: an attribute, or a resource as a whole.
    pub fn owner(&self, offset: usize) -> Option<(&Address, Option<&str>)> {
        // The stretch of an attribute stands behind that of its resource.
        let holds = |place: &&(Range<usize>, Address, Option<String>)| place.0.contains(&offset);
        let (_, address, attribute) = self.places.iter().rev().find(holds)?;
        Some((address, attribute.as_deref()))
    }
}

/// What a reader is told beside what is declared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comments {
    /// At the top of the file.
    pub head: Vec<String>,
    /// Above each section.
    pub sections: BTreeMap<Kind, Vec<String>>,
    /// Above each resource.
    pub resources: BTreeMap<Address, Vec<String>>,
}

/// A file that declares those resources of `desired` that are of `kinds`, and the organization
/// where `organization` names it.
///
/// Of what else a [`Desired`] holds (moves, imports, outputs, lifecycles) nothing is written: it says
/// how to get somewhere, and what is exported stands already.
pub fn write(
    desired: &Desired,
    kinds: &[Kind],
    organization: Option<&str>,
    comments: &Comments,
) -> Written {
    let mut writer = Writer::default();
    writer.comment("", &comments.head);
    writer.line("", "version: 1");
    if let Some(organization) = organization {
        writer.line("", &format!("organization: {}", text(organization, "")));
    }
    for kind in kinds {
        let mut resources = desired.of_kind(*kind).peekable();
        if resources.peek().is_none() {
            continue;
        }
        writer.written.text.push('\n');
        writer.comment("", comments.sections.get(kind).map_or(&[], Vec::as_slice));
        writer.line("", &format!("{}:", kind.section()));
        for (address, resource) in resources {
            writer.comment(STEP, comments.resources.get(address).map_or(&[], Vec::as_slice));
            writer.resource(address, resource);
        }
    }
    writer.written
}

#[derive(Default)]
struct Writer {
    written: Written,
}

impl Writer {
    fn line(&mut self, indent: &str, line: &str) {
        self.written.text.push_str(indent);
        self.written.text.push_str(line);
        self.written.text.push('\n');
    }

    fn comment(&mut self, indent: &str, lines: &[String]) {
        for line in lines {
            // What a comment quotes may hold anything.
            let line: String =
                line.chars().map(|c| if c.is_control() || is_break(c) { ' ' } else { c }).collect();
            self.line(indent, format!("# {line}").trim_end());
        }
    }

    fn resource(&mut self, address: &Address, resource: &Resource) {
        let start = self.written.text.len();
        let place = self.written.places.len();
        self.written.places.push((start..start, address.clone(), None));
        let schema = address.kind().schema();
        let mut attributes: Vec<(&str, &Value)> = schema
            .attributes
            .iter()
            .filter_map(|attribute| {
                let value = resource.attributes.get(attribute.name)?;
                Some((attribute.name, value))
            })
            .filter(|(name, value)| !is_default(address, name, value))
            .collect();
        // In the order of the layout: what is written needs no `airform fmt`.
        let order = order::keys(address.kind());
        attributes.sort_by_key(|(name, _)| order::rank(order, name));
        let name = key(&address.within_section());
        if attributes.is_empty() && !resource.external {
            self.line(STEP, &format!("{name}: {{}}"));
        } else {
            self.line(STEP, &format!("{name}:"));
        }
        let indent = STEP.repeat(2);
        for (name, value) in attributes {
            let start = self.written.text.len();
            for line in member(name, &said(address.kind(), name, value)) {
                self.line(&indent, &line);
            }
            let range = start..self.written.text.len();
            self.written.places.push((range, address.clone(), Some(name.to_owned())));
        }
        if resource.external {
            self.line(&indent, "external: true");
        }
        let end = self.written.text.len();
        if let Some((range, _, _)) = self.written.places.get_mut(place) {
            range.end = end;
        }
    }
}

/// Whether the reader takes `value` for said where nothing is.
fn is_default(address: &Address, attribute: &str, value: &Value) -> bool {
    let text = value.as_text();
    match attribute {
        "hosting" => text == Some(HOSTING_USER),
        name if name == address.kind().schema().natural_key => text == Some(address.name()),
        _ => false,
    }
}

/// `value` in the words of a manifest: resources by their logical names, and one value that has a
/// word of its own.
fn said(kind: Kind, attribute: &str, value: &Value) -> Value {
    match (kind, attribute, value) {
        (Kind::Workspace, "cache_enabled", Value::Null) => Value::text("inherit"),
        _ => value.clone(),
    }
}

/// The lines of a member of a map.
fn member(name: &str, value: &Value) -> Vec<String> {
    let name = key(name);
    let lines = lines(value);
    match lines {
        Lines::Inline(line) => vec![format!("{name}: {line}")],
        Lines::Literal { head, body } => {
            let mut all = vec![format!("{name}: {head}")];
            all.extend(body.into_iter().map(indented));
            all
        }
        Lines::Block(body) => {
            let mut all = vec![format!("{name}:")];
            all.extend(body.into_iter().map(indented));
            all
        }
    }
}

fn indented(line: String) -> String {
    // A line of a literal may be empty, and blanks at its end would be part of it.
    if line.is_empty() { line } else { format!("{STEP}{line}") }
}

/// A value, as it stands behind a key or a dash.
enum Lines {
    /// On the same line.
    Inline(String),
    /// On lines of its own, each of which is moved to the right.
    Block(Vec<String>),
    /// Text, line by line.
    Literal { head: &'static str, body: Vec<String> },
}

fn lines(value: &Value) -> Lines {
    match value {
        Value::Null => Lines::Inline("null".to_owned()),
        Value::Bool(flag) => Lines::Inline(flag.to_string()),
        Value::Number(number) => Lines::Inline(number.to_string()),
        Value::Text(text) => match scalar::literal(text) {
            Some((head, body)) => Lines::Literal { head, body },
            None => Lines::Inline(scalar::text(text, "")),
        },
        Value::Secret(secret) => Lines::Inline(scalar::secret(secret)),
        Value::Reference(address) => Lines::Inline(text(&address.within_section(), "")),
        Value::List(items) if items.is_empty() => Lines::Inline("[]".to_owned()),
        Value::List(items) if items.iter().all(is_word) => {
            let items: Vec<String> = items.iter().map(word).collect();
            Lines::Inline(format!("[{}]", items.join(", ")))
        }
        Value::List(items) => Lines::Block(items.iter().flat_map(item).collect()),
        Value::Map(members) if members.is_empty() => Lines::Inline("{}".to_owned()),
        Value::Map(members) => {
            // What something is comes before what else is known of it.
            let (kind, rest): (Vec<_>, Vec<_>) =
                members.iter().partition(|(name, _)| *name == "type");
            let members = kind.into_iter().chain(rest);
            Lines::Block(members.flat_map(|(name, value)| member(name, value)).collect())
        }
    }
}

/// The lines of an item of a list.
fn item(value: &Value) -> Vec<String> {
    let (first, rest) = match lines(value) {
        Lines::Inline(line) => (line, Vec::new()),
        Lines::Literal { head, body } => (head.to_owned(), body),
        Lines::Block(mut body) => {
            let rest = body.split_off(1);
            (body.pop().unwrap_or_default(), rest)
        }
    };
    let mut all = vec![format!("- {first}")];
    all.extend(rest.into_iter().map(indented));
    all
}

/// How long a list is that stands on one line, item by item.
const SHORT: usize = 40;

/// Whether a list of such values is best read on one line.
fn is_word(value: &Value) -> bool {
    match value {
        Value::Reference(_) | Value::Number(_) => true,
        Value::Text(text) => text.len() <= SHORT && !text.contains('\n'),
        Value::Null | Value::Bool(_) | Value::Secret(_) | Value::List(_) | Value::Map(_) => false,
    }
}

fn word(value: &Value) -> String {
    match value {
        Value::Reference(address) => text(&address.within_section(), FLOW),
        Value::Text(text) => scalar::text(text, FLOW),
        other => match lines(other) {
            Lines::Inline(line) => line,
            Lines::Block(_) | Lines::Literal { .. } => String::new(),
        },
    }
}

/// What means something else inside brackets.
const FLOW: &str = ",[]{}";

/// Whether `c` ends a line for some readers and is no control character.
fn is_break(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')
}
