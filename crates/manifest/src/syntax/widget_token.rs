//! `widget_tokens:`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Choice, Field, Fields, List, Logical, Read, Record, Text, Words};
use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::tree::Node;

/// A profile of tokens for the widget, for `airform token widget`. Nothing of it is kept by the
/// service: it goes into the token.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "widget_token", extend("required" = ["origin"]))]
pub(crate) struct WidgetToken {
    /// The one page that may show the widget: scheme, host and perhaps a port, such as
    /// `https://app.example.com`.
    pub(crate) origin: Field<Origin>,
    /// The logical name of the customer's workspace. Left out, `--workspace` says it.
    pub(crate) workspace: Field<Logical>,
    /// The logical names of tags: only source templates that carry them are offered.
    pub(crate) source_template_tags: Field<List<Logical>>,
    /// Whether a source template must carry `any` of the tags or `all`. Default: `any`.
    pub(crate) source_template_tags_mode: Field<Choice<Mode>>,
    /// The logical names of tags: only connection templates that carry them are used.
    pub(crate) connection_template_tags: Field<List<Logical>>,
    /// Whether a connection template must carry `any` of the tags or `all`. Default: `any`.
    pub(crate) connection_template_tags_mode: Field<Choice<Mode>>,
}

/// Scheme and host, perhaps a port.
#[derive(Debug)]
pub(crate) struct Origin(pub(crate) String);

#[derive(Debug)]
pub(crate) enum Mode {}

impl Words for Mode {
    const WORDS: &'static [&'static str] = &["any", "all"];
}

impl Record for WidgetToken {
    const NOUN: &'static str = "a widget token";

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("allowed_origin", "say `origin:`"),
        ("workspace_name", "say `workspace:`, with the logical name of one"),
        ("tags", "say `source_template_tags:` or `connection_template_tags:`"),
        ("selected_source_template_tags", "say `source_template_tags:`"),
        ("selected_connection_template_tags", "say `connection_template_tags:`"),
        ("region", "a token makes no workspace here; the workspace says its region"),
    ];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> WidgetToken {
        WidgetToken {
            origin: fields.need("origin", Self::NOUN, cx),
            workspace: fields.take("workspace", cx),
            source_template_tags: fields.take("source_template_tags", cx),
            source_template_tags_mode: fields.take("source_template_tags_mode", cx),
            connection_template_tags: fields.take("connection_template_tags", cx),
            connection_template_tags_mode: fields.take("connection_template_tags_mode", cx),
        }
    }
}

impl Read for Origin {
    /// The service refuses a path, a slash at the end and a wildcard (dossier 2.3).
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Origin> {
        let Text(text) = Text::read(node, name, cx)?;
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let is_host = |host: &str| {
            !host.is_empty()
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b))
        };
        if !host.is_some_and(is_host) {
            cx.complain(
                Diagnostic::error("manifest::bad-origin", format!("`{text}` is no origin"))
                    .at(node.span, "scheme, host and perhaps a port")
                    .help(
                        "such as `https://app.example.com`: no path, no slash at the end, no `*`",
                    ),
            );
            return None;
        }
        Some(Origin(text))
    }
}

impl JsonSchema for Origin {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Origin".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "string", "pattern": r"^https?://[A-Za-z0-9._:\[\]-]+$" },
                super::expression()
            ]
        })
    }
}
