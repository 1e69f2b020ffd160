//! Worlds as text: a line is a resource, `section.name key=value key=value`.
//!
//! Values are words, `"texts"`, numbers, `null`, `true`, `false`, `$SECRET`, `[lists]` and
//! `{maps: too}`.

use model::desired::{Desired, Import, ImportBy, Lifecycle, Move, Removal, Resource};
use model::live::Id;
use model::secret::{SecretPart, SecretRef, SecretSource};
use model::span::FileId;
use model::value::Number;
use model::{Address, Kind, Path, SmallMap, Span, Value};

use super::Attributes;

/// The lines of `text` that say something.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// Reads a manifest. Beside resources it may hold `ownership NAME`, `moved FROM TO`, `removed FROM`,
/// `destroyed FROM`, `import TO id ID` and `import TO name NAME`.
pub(super) fn manifest(text: &str) -> Desired {
    let mut desired = Desired::default();
    let span = NOWHERE;
    let address = |text: &str| Address::parse(text).unwrap();
    for line in lines(text) {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["ownership", name] => {
                desired.ownership_tag = Some((*name).to_owned());
                desired.resources.extend([resource(&format!("tags.{name} name={name}"))]);
            }
            ["moved", from, to] => {
                desired.moved.insert(address(from), Move { to: address(to), span });
            }
            ["removed", from] => {
                desired.removed.insert(address(from), Removal { destroy: false, span });
            }
            ["destroyed", from] => {
                desired.removed.insert(address(from), Removal { destroy: true, span });
            }
            ["import", to, by, what @ ..] => {
                let what = what.join(" ");
                let by = match *by {
                    "id" => ImportBy::Id(Id(what)),
                    _ => ImportBy::Name(what),
                };
                desired.imports.insert(address(to), Import { by, span });
            }
            _ => desired.resources.extend([resource(line)]),
        }
    }
    desired
}

const NOWHERE: Span = Span { file: FileId(0), start: 0, end: 0 };

fn resource(line: &str) -> (Address, Resource) {
    let (address, rest) = line.split_once(' ').unwrap_or((line, ""));
    let (external, rest) = match rest.strip_prefix("external ") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let mut attributes = attributes(rest);
    for (name, value) in &mut attributes {
        match (name.as_str(), &mut *value) {
            ("tags", Value::List(tags)) => tags.iter_mut().for_each(|tag| refer(Kind::Tag, tag)),
            ("connection_template_tags", Value::List(tags)) => {
                tags.iter_mut().for_each(|tag| refer(Kind::Tag, tag));
            }
            ("clone_of" | "source_template", origin) => refer(Kind::SourceTemplate, origin),
            ("workspace", workspace) => refer(Kind::Workspace, workspace),
            _ => {}
        }
    }
    let lifecycle = attributes.remove("lifecycle").map(lifecycle).unwrap_or_default();
    let resource =
        Resource { span: NOWHERE, external, lifecycle, attributes, places: SmallMap::new() };
    (Address::parse(address).unwrap(), resource)
}

fn lifecycle(value: Value) -> Lifecycle {
    let Value::Map(members) = value else { panic!("{value:?}?") };
    let mut lifecycle = Lifecycle::default();
    for (name, value) in members {
        match (name.as_str(), value) {
            ("prevent_destroy", Value::Bool(flag)) => lifecycle.prevent_destroy = flag,
            ("allow_replace", Value::Bool(flag)) => lifecycle.allow_replace = flag,
            ("create_before_destroy", Value::Bool(flag)) => lifecycle.destroy_before_create = !flag,
            ("secret_version", Value::Text(version)) => lifecycle.secret_version = Some(version),
            ("ignore_changes", Value::List(items)) => {
                let paths = items.iter().map(|item| Path::parse(item.as_text().unwrap()).unwrap());
                lifecycle.ignore_changes = paths.collect();
            }
            ("replace_triggered_by", Value::List(items)) => {
                let texts = items.iter().map(|item| item.as_text().unwrap());
                lifecycle.replace_triggered_by =
                    texts.map(|text| Address::parse(text).unwrap()).collect();
            }
            (name, value) => panic!("{name} {value:?}?"),
        }
    }
    lifecycle
}

fn refer(kind: Kind, value: &mut Value) {
    *value = Value::Reference(Address::new(kind, value.as_text().unwrap()));
}

/// Reads `key=value key=value`.
pub(super) fn attributes(text: &str) -> Attributes {
    let mut reader = Reader { rest: text };
    let mut attributes = Attributes::new();
    while reader.skip_blanks() {
        let key = reader.word();
        reader.expect('=');
        attributes.insert(key, reader.value());
    }
    attributes
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    /// Whether anything follows.
    fn skip_blanks(&mut self) -> bool {
        self.rest = self.rest.trim_start_matches([' ', ',']);
        !self.rest.is_empty()
    }

    fn eat(&mut self, c: char) -> bool {
        self.skip_blanks();
        let stripped = self.rest.strip_prefix(c);
        self.rest = stripped.unwrap_or(self.rest);
        stripped.is_some()
    }

    fn expect(&mut self, c: char) {
        assert!(self.eat(c), "expected `{c}` before `{}`", self.rest);
    }

    fn word(&mut self) -> String {
        self.skip_blanks();
        if self.eat('"') {
            let (text, rest) = self.rest.split_once('"').unwrap();
            self.rest = rest;
            return text.to_owned();
        }
        let is_word = |c: char| c.is_alphanumeric() || "_-.*/".contains(c);
        let end = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        assert!(!word.is_empty(), "expected a word before `{rest}`");
        self.rest = rest;
        word.to_owned()
    }

    fn value(&mut self) -> Value {
        if self.eat('$') {
            return secret(&self.word());
        }
        if self.eat('[') {
            let mut items = Vec::new();
            while !self.eat(']') {
                items.push(self.value());
            }
            return Value::List(items);
        }
        if self.eat('{') {
            let mut members = SmallMap::new();
            while !self.eat('}') {
                let key = self.word();
                self.expect(':');
                members.insert(key, self.value());
            }
            return Value::Map(members);
        }
        let quoted = self.rest.starts_with('"');
        let word = self.word();
        match word.as_str() {
            _ if quoted => Value::Text(word),
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => Number::parse(&word).map_or(Value::Text(word), Value::Number),
        }
    }
}

/// The secret in the environment variable `name`.
pub(super) fn secret(name: &str) -> Value {
    let source = SecretSource::Env(name.to_owned());
    Value::Secret(SecretRef { parts: vec![SecretPart::Lookup(source)] })
}
