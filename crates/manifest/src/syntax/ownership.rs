//! `ownership_tag:`.

use std::borrow::Cow;

use model::address::is_name;
use model::kinds::tag::{NAME_MAX, OWNER_PREFIX};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Read, Text};
use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::tree::Node;

/// The name of a tag that says who owns a template: `managed-by-` and the owner. It is a logical name
/// as well.
#[derive(Debug)]
pub(crate) struct OwnershipTag(pub(crate) String);

impl Read for OwnershipTag {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<OwnershipTag> {
        let Text(text) = Text::read(node, name, cx)?;
        let is_one = text.strip_prefix(OWNER_PREFIX).is_some_and(is_name) && text.len() <= NAME_MAX;
        if !is_one {
            cx.complain(
                Diagnostic::error(
                    "manifest::ownership-tag",
                    format!("`ownership_tag` is `{OWNER_PREFIX}` and a name for you"),
                )
                .at(node.span, "is not")
                .help(format!(
                    "for example `{OWNER_PREFIX}airform`: letters, digits, `_` and `-`. Another owner is recognized by a tag that begins so"
                )),
            );
        }
        is_one.then_some(OwnershipTag(text))
    }
}

impl JsonSchema for OwnershipTag {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "OwnershipTag".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "string", "pattern": format!("^{OWNER_PREFIX}[A-Za-z0-9_-]+$") },
                super::expression(),
            ],
        })
    }
}
