//! Reading a map as a record.

use std::borrow::Cow;

use model::Span;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::suggest::all_of;
use crate::tree::{Content, Entry, Node};

/// A value and where it stands.
#[derive(Debug)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// What became of a field.
#[derive(Debug, Default)]
pub(crate) enum Field<T> {
    /// Nobody mentioned it.
    #[default]
    Absent,
    /// It was mentioned and is wrong, which has been said.
    Bad,
    /// It is there.
    Given(Spanned<T>),
}

/// Something that can be read from a value. `None` comes after a complaint.
pub(crate) trait Read: Sized {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Self>;
}

/// A map with fields of given names.
pub(crate) trait Record: Sized {
    /// What it is, with an article: "a workspace".
    const NOUN: &'static str;

    /// Words that people may know from the service's own interface, and what to say of them.
    const FOREIGN: &'static [(&'static str, &'static str)] = &[];

    /// Whether a member that is no field may stand there all the same, unread.
    fn is_free(_key: &str) -> bool {
        false
    }

    /// Takes every field that it has.
    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Self;
}

/// The members of a map that is read as a record.
pub(crate) struct Fields<'n> {
    entries: &'n [Entry],
    /// The names that were asked for.
    known: Vec<&'static str>,
    /// Names that are read by somebody else, and can be meant by a misspelt one.
    aside: &'static [&'static str],
    /// Where to point when something is missing.
    pub(crate) span: Span,
}

impl<'n> Fields<'n> {
    /// `None` after a complaint: it is not a map.
    pub(crate) fn of(node: &'n Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Fields<'n>> {
        match &node.content {
            Content::Map(entries) => Some(Fields::over(entries, name.span)),
            Content::Scalar(_) | Content::List(_) => {
                cx.wrong_type(name, "a map (`{}` where there is nothing to say)", node);
                None
            }
        }
    }

    fn over(entries: &'n [Entry], span: Span) -> Fields<'n> {
        Fields { entries, known: Vec::new(), aside: &[], span }
    }

    /// Says which names are read by somebody else.
    pub(crate) fn beside(self, aside: &'static [&'static str]) -> Fields<'n> {
        Fields { aside, ..self }
    }

    /// The member called `name`, as it stands.
    pub(crate) fn entry(&self, name: &str) -> Option<&'n Entry> {
        self.entries.iter().find(|entry| entry.key == name)
    }

    /// All members.
    pub(crate) fn entries(&self) -> &'n [Entry] {
        self.entries
    }

    /// Whether a field of that name was asked for.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.known.contains(&name)
    }

    /// The field `name`.
    pub(crate) fn take<T: Read>(&mut self, name: &'static str, cx: &mut Context<'_>) -> Field<T> {
        self.known.push(name);
        let Some(entry) = self.entry(name) else { return Field::Absent };
        let name = Name { text: name, span: entry.key_span };
        match T::read(&entry.value, &name, cx) {
            Some(value) => Field::Given(Spanned { value, span: entry.value.span }),
            None => Field::Bad,
        }
    }

    /// The field `name`, which `noun` cannot be without.
    pub(crate) fn need<T: Read>(
        &mut self,
        name: &'static str,
        noun: &str,
        cx: &mut Context<'_>,
    ) -> Field<T> {
        let field = self.take(name, cx);
        if let Field::Absent = field {
            cx.complain(missing(noun, name, self.span));
            return Field::Bad;
        }
        field
    }

    /// Complains about members that look as if `name` was meant. For who reads nothing but that.
    pub(crate) fn misspelt(&self, name: &'static str, cx: &mut Context<'_>) {
        for entry in self.entries {
            if entry.key != name && cx.suggester.nearest(&entry.key, [name]).is_some() {
                cx.complain(
                    unknown("a manifest", &entry.key, entry.key_span)
                        .help(format!("did you mean `{name}`?")),
                );
            }
        }
    }

    /// Reads the record, and complains about every member that it has not asked for.
    pub(crate) fn record<R: Record>(mut self, cx: &mut Context<'_>) -> R {
        let record = R::read(&mut self, cx);
        self.finish::<R>(cx);
        record
    }

    fn finish<R: Record>(self, cx: &mut Context<'_>) {
        for entry in self.entries {
            if !self.knows(&entry.key) && !R::is_free(&entry.key) {
                let foreign = R::FOREIGN.iter().find(|(word, _)| *word == entry.key);
                let help = match foreign {
                    Some((_, advice)) => (*advice).to_owned(),
                    None => match cx
                        .suggester
                        .nearest(&entry.key, self.known.iter().chain(self.aside).copied())
                    {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("{} has {}", R::NOUN, all_of(&self.known)),
                    },
                };
                cx.complain(unknown(R::NOUN, &entry.key, entry.key_span).help(help));
            }
        }
    }

    /// The names that were asked for.
    #[cfg(test)]
    pub(crate) fn known(&self) -> &[&'static str] {
        &self.known
    }

    /// A record about which nothing is said.
    #[cfg(test)]
    pub(crate) fn none(span: Span) -> Fields<'static> {
        Fields::over(&[], span)
    }
}

/// The complaint that `noun` lacks the field `name`.
pub(crate) fn missing(noun: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::error("manifest::missing-field", format!("{noun} needs `{name}`"))
        .at(span, format!("`{name}` is missing"))
}

fn unknown(noun: &str, key: &str, span: Span) -> Diagnostic {
    Diagnostic::error("manifest::unknown-field", format!("{noun} has no field `{key}`"))
        .at(span, "not known")
}

impl<R: Record> Read for R {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<R> {
        Fields::of(node, name, cx).map(|fields| fields.record(cx))
    }
}

impl<T> Field<T> {
    /// The value, where there is one.
    pub(crate) fn value(&self) -> Option<&T> {
        match self {
            Field::Given(spanned) => Some(&spanned.value),
            Field::Absent | Field::Bad => None,
        }
    }

    /// Whether it was mentioned at all.
    pub(crate) fn is_mentioned(&self) -> bool {
        !matches!(self, Field::Absent)
    }
}

/// A value that may also be `null`, which empties it.
#[derive(Debug)]
pub(crate) enum Nullable<T> {
    Null,
    Value(T),
}

impl<T: Read> Read for Nullable<T> {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Nullable<T>> {
        if !node.is_null() {
            return T::read(node, name, cx).map(Nullable::Value);
        }
        // A key with nothing behind it is a slip more often than a wish.
        if node.span == name.span {
            cx.complain(
                Diagnostic::error("manifest::no-value", format!("`{}` has no value", name.text))
                    .at(node.span, "nothing is said here")
                    .help("write `null` to empty it, or leave it out to leave it as it is"),
            );
            return None;
        }
        Some(Nullable::Null)
    }
}

/// A field has the schema of its value: `null` is no way to leave a field out.
impl<T: JsonSchema> JsonSchema for Field<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: JsonSchema> JsonSchema for Nullable<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        schemars::json_schema!({ "anyOf": [value, { "type": "null" }] })
    }
}
