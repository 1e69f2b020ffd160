//! `lifecycle:`: how far a plan may go with a resource.

use std::borrow::Cow;

use model::value::Path;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::identity::Addressed;
use super::{Field, Fields, Flag, List, Read, Record, Text};
use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;

/// How far a plan may go with this resource.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "lifecycle")]
pub(crate) struct Lifecycle {
    /// A plan that would delete or replace it is blocked, also once it is no longer declared.
    pub(crate) prevent_destroy: Field<Flag>,
    /// What is given when the object is made, and left as it is from then on, with all below it:
    /// `partial_default_config.start_date`.
    pub(crate) ignore_changes: Field<List<Place>>,
    /// Addresses of resources: when the declaration of one of them changes, this one is replaced.
    pub(crate) replace_triggered_by: Field<List<Addressed>>,
    /// Of a workspace: it may be deleted, with all data of its customer, and made anew where a
    /// change needs that. Its name is asked for then. Of a connector: another one may take its place
    /// where a change needs that, which loses how far it has read.
    pub(crate) allow_replace: Field<Flag>,
    /// Whether a new object is made before the old one is deleted. Default: `true`; a workspace is
    /// always deleted first.
    pub(crate) create_before_destroy: Field<Flag>,
    /// Which version its secrets are, in any words: `"2026-11"`. With one, another value alone is no
    /// change (for credentials that live for an hour), and another version writes them all.
    pub(crate) secret_version: Field<Text>,
}

/// A path into a resource.
#[derive(Debug)]
pub(crate) struct Place(pub(crate) Path);

impl Record for Lifecycle {
    const NOUN: &'static str = "a lifecycle";

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("destroy", "what is to go is taken out and named under `removed:`"),
        ("precondition", "conditions are not part of a manifest"),
        ("postcondition", "conditions are not part of a manifest"),
    ];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Lifecycle {
        Lifecycle {
            prevent_destroy: fields.take("prevent_destroy", cx),
            ignore_changes: fields.take("ignore_changes", cx),
            replace_triggered_by: fields.take("replace_triggered_by", cx),
            allow_replace: fields.take("allow_replace", cx),
            create_before_destroy: fields.take("create_before_destroy", cx),
            secret_version: fields.take("secret_version", cx),
        }
    }
}

impl Read for Place {
    fn read(node: &crate::tree::Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Place> {
        let Text(text) = Text::read(node, name, cx)?;
        let path = Path::parse(&text);
        if path.is_none() {
            cx.complain(
                Diagnostic::error(
                    "manifest::bad-path",
                    format!("`{}` wants paths into the resource", name.text),
                )
                .at(node.span, "is none")
                .help("a path is written `partial_default_config.start_date` or `tags[\"crm\"]`"),
            );
        }
        path.map(Place)
    }
}

impl JsonSchema for Place {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Place".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1 })
    }
}
