//! `workspaces:`.

use std::borrow::Cow;

use model::kinds::workspace::region_id;
use model::value::Value;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use super::lifecycle::Lifecycle;
use super::{Choice, Field, Fields, Flag, Read, Record, Text, Words, is_uuid};
use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::tree::{Content, Node};

/// One customer.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "workspace")]
pub(crate) struct Workspace {
    /// What the service calls it; the exact text. Default: the logical name.
    pub(crate) name: Field<Text>,
    /// Where its data is kept: `us`, `eu` or the UUID of a region. It is chosen when the workspace
    /// is made and cannot be changed without deleting it.
    pub(crate) region: Field<Region>,
    /// `inactive` stops every connection of the workspace.
    pub(crate) status: Field<Choice<Status>>,
    /// Whether answers are cached: `true`, `false`, or `inherit` for what the organization says.
    pub(crate) cache_enabled: Field<Cache>,
    /// How far a plan may go with it.
    pub(crate) lifecycle: Field<Lifecycle>,
}

/// `us`, `eu` or a UUID.
#[derive(Debug)]
pub(crate) struct Region(pub(crate) String);

/// `true`, `false` or `inherit`.
#[derive(Debug)]
pub(crate) struct Cache(pub(crate) Value);

#[derive(Debug)]
pub(crate) enum Status {}

impl Words for Status {
    const WORDS: &'static [&'static str] = &["active", "inactive"];
}

const REGIONS: &[&str] = &["us", "eu"];
const INHERIT: &str = "inherit";

impl Record for Workspace {
    const NOUN: &'static str = "a workspace";

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("region_id", "say `region: us`, `region: eu` or `region: <UUID>`"),
        ("external", "a workspace that is not managed here needs no mention"),
        ("tags", "tags gate templates; a workspace has none"),
    ];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Workspace {
        Workspace {
            name: fields.take("name", cx),
            region: fields.take("region", cx),
            status: fields.take("status", cx),
            cache_enabled: fields.take("cache_enabled", cx),
            lifecycle: fields.take("lifecycle", cx),
        }
    }
}

impl Read for Region {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Region> {
        let text = super::word(node, name, cx)?;
        if region_id(&text).is_none() && !is_uuid(&text) {
            let near = cx.suggester.nearest(&text, REGIONS.iter().copied());
            let help = match near {
                Some(near) => format!("did you mean `{near}`? It can be `us`, `eu` or a UUID"),
                None => "it can be `us`, `eu` or the UUID of a region".to_owned(),
            };
            cx.complain(
                Diagnostic::error("manifest::unknown-word", format!("there is no region `{text}`"))
                    .at(node.span, "not known")
                    .help(help),
            );
            return None;
        }
        Some(Region(text))
    }
}

impl Read for Cache {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Cache> {
        let is_word = match &node.content {
            Content::Scalar(scalar) => scalar.text == INHERIT,
            Content::List(_) | Content::Map(_) => false,
        };
        if is_word {
            return Some(Cache(Value::Null));
        }
        let complaints = cx.diagnostics.len();
        let flag = Flag::read(node, name, cx);
        // Whatever is wrong with it, the third way is worth telling.
        for diagnostic in cx.diagnostics.iter_mut().skip(complaints) {
            diagnostic.help = match diagnostic.help.take() {
                Some(help) => Some(format!("{help}; `inherit` takes what the organization says")),
                None => Some("it can be `true`, `false` or `inherit`".to_owned()),
            };
        }
        flag.map(|Flag(bool)| Cache(Value::Bool(bool)))
    }
}

impl JsonSchema for Region {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Region".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [{ "enum": REGIONS }, super::uuid(), super::expression()]
        })
    }
}

impl JsonSchema for Cache {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Cache".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [{ "type": "boolean" }, json!({ "enum": [INHERIT] }), super::expression()]
        })
    }
}
