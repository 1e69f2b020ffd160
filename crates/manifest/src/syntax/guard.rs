//! `guards:`.

use std::borrow::Cow;

use model::Kind;
use model::guard;
use model::moment;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Field, Fields, List, Logical, Read, Record, Scalar, Text, expression, word};
use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::tree::Node;

/// What no plan may do. A plan that does is blocked, unless `--override-guard` names the guard.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "guard")]
pub(crate) struct Guard {
    /// The kinds of resource that it is about, by the names of their sections. Left out: every kind.
    pub(crate) kinds: Field<List<Section>>,
    /// How many resources of a kind may be deleted: a number, or a share of the managed ones such as
    /// `"30%"`.
    pub(crate) max_deletes: Field<Limit>,
    /// How many resources of a kind may be replaced.
    pub(crate) max_replaces: Field<Limit>,
    /// How many resources of a kind may be deleted or replaced. A guard called `too-many-gone` takes
    /// the place of the one that stands without it: `"30%"` of ten or more.
    pub(crate) max_gone: Field<Limit>,
    /// How many resources of a kind may be made, changed, replaced or deleted.
    pub(crate) max_changes: Field<Limit>,
    /// Addresses that are neither changed nor replaced nor deleted; `*` stands for any text:
    /// `workspaces.*`.
    pub(crate) protect: Field<List<Addresses>>,
    /// The logical names of tags that every template which is made or changed must carry.
    pub(crate) require_tags: Field<List<Logical>>,
    /// What the name of whatever is made or changed must look like; `*` stands for any text:
    /// `acme-*`.
    pub(crate) require_name: Field<Text>,
    /// A time in which nothing is changed.
    pub(crate) freeze: Field<Freeze>,
}

/// A time in which nothing is changed.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "freeze", extend("required" = ["from", "until"]))]
pub(crate) struct Freeze {
    /// When it begins: a date in UTC such as `"2026-12-18"`, or a moment such as
    /// `"2026-12-18T16:00:00+01:00"`.
    pub(crate) from: Field<Moment>,
    /// When it has ended.
    pub(crate) until: Field<Moment>,
}

/// The name of a section of resources.
#[derive(Debug)]
pub(crate) struct Section(pub(crate) Kind);

/// A number, or a share.
#[derive(Debug)]
pub(crate) struct Limit(pub(crate) guard::Limit);

/// A pattern of addresses.
#[derive(Debug)]
pub(crate) struct Addresses(pub(crate) String);

/// A date or a moment.
#[derive(Debug)]
pub(crate) struct Moment(pub(crate) moment::Moment);

impl Record for Guard {
    const NOUN: &'static str = "a guard";

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("max_removed", "say `max_gone:`"),
        ("prevent_destroy", "say `protect:`, or `lifecycle:` on the resource"),
        ("tags", "say `require_tags:`"),
        ("name", "say `require_name:`"),
    ];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Guard {
        Guard {
            kinds: fields.take("kinds", cx),
            max_deletes: fields.take("max_deletes", cx),
            max_replaces: fields.take("max_replaces", cx),
            max_gone: fields.take("max_gone", cx),
            max_changes: fields.take("max_changes", cx),
            protect: fields.take("protect", cx),
            require_tags: fields.take("require_tags", cx),
            require_name: fields.take("require_name", cx),
            freeze: fields.take("freeze", cx),
        }
    }
}

impl Record for Freeze {
    const NOUN: &'static str = "a freeze";

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Freeze {
        Freeze {
            from: fields.need("from", Self::NOUN, cx),
            until: fields.need("until", Self::NOUN, cx),
        }
    }
}

impl Read for Section {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Section> {
        let text = word(node, name, cx)?;
        let kind = Kind::from_section(&text);
        if kind.is_none() {
            cx.unknown_word(name, &text, &Kind::ALL.map(Kind::section), node.span);
        }
        kind.map(Section)
    }
}

impl Read for Limit {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Limit> {
        let Scalar(value) = Scalar::read(node, name, cx)?;
        let text = crate::interpolate::spelling(&value);
        let limit = guard::Limit::parse(&text);
        if limit.is_none() {
            cx.complain(
                Diagnostic::error("manifest::bad-limit", format!("`{text}` is no limit"))
                    .at(node.span, "a number, or a share")
                    .help("such as `5`, or `\"30%\"` of those that are managed"),
            );
        }
        limit.map(Limit)
    }
}

impl Read for Addresses {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Addresses> {
        let Text(text) = Text::read(node, name, cx)?;
        let section = text.split(['.', '*', '?']).next().unwrap_or_default();
        let is_whole = text.starts_with(&format!("{section}."));
        let is_pattern = text.contains(['*', '?']);
        let could_be = |kind: Kind| match is_whole {
            true => kind.section() == section,
            false => is_pattern && kind.section().starts_with(section),
        };
        if !Kind::ALL.into_iter().any(could_be) {
            let help = format!(
                "an address is SECTION.NAME, with `*` for any text: `workspaces.*`; sections are {}",
                Kind::ALL.map(Kind::section).join(", ")
            );
            cx.complain(
                Diagnostic::error("manifest::bad-address", format!("`{text}` is no address"))
                    .at(node.span, "no resource can have it")
                    .help(help),
            );
            return None;
        }
        Some(Addresses(text))
    }
}

impl Read for Moment {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Moment> {
        let Text(text) = Text::read(node, name, cx)?;
        let moment = moment::Moment::parse(&text);
        if moment.is_none() {
            cx.complain(
                Diagnostic::error("manifest::bad-moment", format!("`{text}` is no date or moment"))
                    .at(node.span, "cannot be read")
                    .help("such as `\"2026-12-18\"` or `\"2026-12-18T16:00:00+01:00\"`"),
            );
        }
        moment.map(Moment)
    }
}

impl JsonSchema for Section {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Section".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": Kind::ALL.map(Kind::section) })
    }
}

impl JsonSchema for Limit {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Limit".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "integer", "minimum": 0 },
                { "type": "string", "pattern": "^[0-9]+( *%)?$" },
                expression()
            ]
        })
    }
}

impl JsonSchema for Addresses {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Addresses".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1 })
    }
}

impl JsonSchema for Moment {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].+)?$" },
                expression()
            ]
        })
    }
}
