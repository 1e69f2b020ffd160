//! `moved:`, `removed:` and `import:`: which object a resource is, where its name does not tell.

use std::borrow::Cow;

use model::{Address, Kind};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use super::{Field, Fields, Flag, Read, Record, Text, Uuid, expression};
use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::suggest::one_of;

/// The address of a resource: `tags.crm`.
#[derive(Debug)]
pub(crate) struct Addressed(pub(crate) Address);

/// A resource that has been given another logical name. Its object stays.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "moved", extend("required" = ["from", "to"]))]
pub(crate) struct Moved {
    /// The address that it had: `tags.old`. It must not be declared any more.
    pub(crate) from: Field<Addressed>,
    /// The address that it has now: `tags.new`.
    pub(crate) to: Field<Addressed>,
}

/// A resource that is no longer declared, and what becomes of its object.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "removed", extend("required" = ["from"]))]
pub(crate) struct Removed {
    /// The address that it had: `workspaces.acme`. It must not be declared any more.
    pub(crate) from: Field<Addressed>,
    /// Whether its object is deleted, also without `--prune`. Default: `false`, it stays and is
    /// forgotten.
    pub(crate) destroy: Field<Flag>,
}

/// An object that stands already and is to be a declared resource, by its id or by its name.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "import", extend("required" = ["to"]))]
pub(crate) struct Import {
    /// The address of the resource that it is to be: `workspaces.acme`.
    pub(crate) to: Field<Addressed>,
    /// Its id.
    pub(crate) id: Field<Uuid>,
    /// What it is called; the exact text. Either this or `id`.
    pub(crate) name: Field<Text>,
}

impl Record for Moved {
    const NOUN: &'static str = "an entry of `moved`";

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Moved {
        Moved { from: fields.need("from", Self::NOUN, cx), to: fields.need("to", Self::NOUN, cx) }
    }
}

impl Record for Removed {
    const NOUN: &'static str = "an entry of `removed`";

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("lifecycle", "say `destroy: true` or `destroy: false`"),
        ("to", "what has another address now belongs under `moved:`"),
    ];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Removed {
        Removed { from: fields.need("from", Self::NOUN, cx), destroy: fields.take("destroy", cx) }
    }
}

impl Record for Import {
    const NOUN: &'static str = "an entry of `import`";

    const FOREIGN: &'static [(&'static str, &'static str)] =
        &[("from", "say `id:` or `name:` for what stands, and `to:` for the resource")];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Import {
        let import = Import {
            to: fields.need("to", Self::NOUN, cx),
            id: fields.take("id", cx),
            name: fields.take("name", cx),
        };
        match (import.id.is_mentioned(), import.name.is_mentioned()) {
            (false, false) => cx.complain(
                Diagnostic::error(
                    "manifest::missing-field",
                    "an entry of `import` needs `id` or `name`",
                )
                .at(fields.span, "has neither")
                .help("say which object it is by its `id`, or by exactly what it is called"),
            ),
            (true, true) => {
                let mut diagnostic = Diagnostic::error(
                    "manifest::exclusive-fields",
                    "an entry of `import` has `id` or `name`, not both",
                );
                for name in ["id", "name"] {
                    if let Some(entry) = fields.entry(name) {
                        diagnostic = diagnostic.at(entry.key_span, "one of two");
                    }
                }
                cx.complain(diagnostic.help("the id is the surer one: names change"));
            }
            (true, false) | (false, true) => {}
        }
        import
    }
}

impl Read for Addressed {
    fn read(node: &crate::tree::Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Addressed> {
        let Text(text) = Text::read(node, name, cx)?;
        let address = Address::parse(&text);
        if address.is_none() {
            let sections = Kind::ALL.map(Kind::section);
            let help = match text.split_once('.') {
                Some((section, _)) => match cx.suggester.nearest(section, sections) {
                    Some(near) if near != section => format!("Did you mean `{near}.…`?"),
                    _ => "The logical name has letters, digits, `_` and `-`.".to_owned(),
                },
                None => format!(
                    "Write the section and the logical name: `{}.{text}`.",
                    Kind::Workspace.section()
                ),
            };
            cx.complain(
                Diagnostic::error(
                    "manifest::bad-address",
                    format!("`{}` wants the address of a resource", name.text),
                )
                .at(node.span, "is none")
                .help(format!("{help} It begins with {}", one_of(&sections))),
            );
        }
        address.map(Addressed)
    }
}

impl JsonSchema for Addressed {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Address".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let sections = Kind::ALL.map(Kind::section).join("|");
        let pattern = format!(r"^({sections})\.[A-Za-z0-9_-]+(\[.+\])?$");
        json_schema!({ "anyOf": [json!({ "type": "string", "pattern": pattern }), expression()] })
    }
}
