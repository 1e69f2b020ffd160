//! `tags:`.

use model::kinds::tag::NAME_MAX;
use schemars::JsonSchema;

use super::lifecycle::Lifecycle;
use super::{Field, Fields, Flag, Record, Text};
use crate::context::Context;
use crate::diagnostic::Diagnostic;

/// A label that decides which templates a customer is offered. `{}` where the logical name is also
/// its name.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "tag")]
pub(crate) struct Tag {
    /// What the service calls it: at most 255 characters, without `/`. Default: the logical name.
    pub(crate) name: Field<Text>,
    /// It belongs to somebody else: it can be referred to, and is never written.
    pub(crate) external: Field<Flag>,
    /// How far a plan may go with it.
    pub(crate) lifecycle: Field<Lifecycle>,
}

impl Record for Tag {
    const NOUN: &'static str = "a tag";

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Tag {
        let tag = Tag {
            name: fields.take("name", cx),
            external: fields.take("external", cx),
            lifecycle: fields.take("lifecycle", cx),
        };
        if super::external::is(&tag.external) {
            super::external::only(&["name"], Self::NOUN, fields, cx);
        }
        let name = match (&tag.name, &cx.row) {
            (Field::Given(name), _) => Some((name.value.0.clone(), name.span)),
            // A logical name fits; the key of a row may not.
            (Field::Absent, Some(row)) => Some((row.key.clone(), row.span)),
            (Field::Absent, None) | (Field::Bad, _) => None,
        };
        if let Some((text, span)) = name {
            // The service addresses tags by name in paths (dossier 3.2).
            if text.contains('/') || text == "." || text == ".." {
                cx.complain(
                    Diagnostic::error(
                        "manifest::tag-name",
                        format!("a tag cannot be called `{text}`"),
                    )
                    .at(span, "cannot stand in a URL")
                    .help("the service finds a tag by its name in a path, where `/`, `.` and `..` mean something else"),
                );
            }
            let length = text.chars().count();
            if length > NAME_MAX {
                cx.complain(
                    Diagnostic::error(
                        "manifest::tag-name",
                        format!("the name of a tag has at most {NAME_MAX} characters"),
                    )
                    .at(span, format!("{length} characters")),
                );
            }
        }
        tag
    }
}
