//! `outputs:`.

use std::borrow::Cow;

use model::desired::OutputField;
use model::{Address, Span};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Read, Text};
use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::tree::Node;

/// Something of a resource that stands, such as `workspaces.acme.id`.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) address: Address,
    pub(crate) field: OutputField,
    pub(crate) span: Span,
}

impl Read for Told {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Told> {
        let Text(text) = Text::read(node, name, cx)?;
        let parsed = text.rsplit_once('.').and_then(|(address, field)| {
            Some((Address::parse(address)?, OutputField::from_word(field)?))
        });
        let Some((address, field)) = parsed else {
            cx.complain(
                Diagnostic::error("manifest::bad-output", format!("`{text}` tells nothing"))
                    .at(node.span, "SECTION.NAME.id or SECTION.NAME.name")
                    .help("such as `workspaces.acme.id`, with the logical name of a resource"),
            );
            return None;
        };
        Some(Told { address, field, span: node.span })
    }
}

impl JsonSchema for Told {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Told".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "string", "pattern": r"^[a-z_]+\.[A-Za-z0-9_-]+(\[.+\])?\.(id|name)$" },
                super::expression()
            ]
        })
    }
}
