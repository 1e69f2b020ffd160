//! `connectors:`.

use model::kinds::connector::{TAGS_MODE_ALL, TAGS_MODE_ANY};
use schemars::JsonSchema;

use super::lifecycle::Lifecycle;
use super::{Choice, Field, Fields, Flag, List, Logical, Record, Text, Tree, Words};
use crate::context::Context;
use crate::diagnostic::Diagnostic;

/// A source that is configured in a customer's workspace.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "connector", extend("required" = ["workspace"]))]
pub(crate) struct Connector {
    /// The logical name of the workspace that it is in. A change replaces the connector.
    pub(crate) workspace: Field<Logical>,
    /// What the service calls it. No two connectors of a workspace that are declared here have the
    /// same. Default: the logical name.
    pub(crate) name: Field<Text>,
    /// The logical name of the template that it is made from. A change replaces the connector; a
    /// template that is replaced itself leaves it as it is.
    pub(crate) source_template: Field<Logical>,
    /// The connector, where no template of the organization is meant: its display name (the exact
    /// name in any case), the UUID of its definition, or its repository. A change replaces the
    /// connector.
    pub(crate) definition: Field<Text>,
    /// The configuration that the template leaves open. It may hold secrets.
    pub(crate) replication_config: Field<Tree>,
    /// How an agent's requests are authenticated. It may hold secrets, and the service never tells
    /// it. A change replaces the connector.
    pub(crate) credentials: Field<Tree>,
    /// Further settings of an agent's connector. The service never tells them. A change replaces the
    /// connector.
    pub(crate) environment: Field<Tree>,
    /// What is read or written; an empty list is everything. Left out, it is not managed here.
    pub(crate) entities: Field<List<Entity>>,
    /// The logical names of tags. Connection templates that have them act on the connector when it
    /// is made; all do where no tag is named. A change replaces the connector.
    pub(crate) connection_template_tags: Field<List<Logical>>,
    /// Whether a connection template needs one of the tags (`any`) or every one (`all`). Default:
    /// `any`. A change replaces the connector.
    pub(crate) connection_template_tags_mode: Field<Choice<TagsMode>>,
    /// Whether the configuration is tried out before it is written. One that does not work is not.
    pub(crate) check: Field<Flag>,
    /// How far a plan may go with it.
    pub(crate) lifecycle: Field<Lifecycle>,
}

/// Something that a connector can read or write.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "entity", extend("required" = ["entity"]))]
pub(crate) struct Entity {
    /// The name of the stream.
    pub(crate) entity: Field<Text>,
    /// What is done with it. Default: whatever the connector can.
    pub(crate) modes: Field<List<Choice<EntityMode>>>,
}

#[derive(Debug)]
pub(crate) enum TagsMode {}

impl Words for TagsMode {
    const WORDS: &'static [&'static str] = &[TAGS_MODE_ANY, TAGS_MODE_ALL];
}

#[derive(Debug)]
pub(crate) enum EntityMode {}

impl Words for EntityMode {
    const WORDS: &'static [&'static str] = &["read", "write"];
}

impl Record for Connector {
    const NOUN: &'static str = "a connector";

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("workspace_name", "say `workspace:` with the logical name of one"),
        ("workspace_id", "say `workspace:` with the logical name of one"),
        ("customer_name", "say `workspace:` with the logical name of one"),
        ("connector_type", "say `definition:`"),
        ("definition_id", "say `definition:` with the same UUID, or with a name"),
        ("source_template_id", "say `source_template:` with the logical name of one"),
        ("config", "say `replication_config:`"),
        ("source_config", "say `replication_config:`"),
        ("selected_connection_template_tags", "say `connection_template_tags:`"),
        ("selected_connection_template_tags_mode", "say `connection_template_tags_mode:`"),
        ("tags", "tags gate templates; say `connection_template_tags:` for those that act on it"),
        ("external", "a connector that is not managed here needs no mention"),
        (
            "server_side_oauth_secret_id",
            "a customer's consent in the browser makes the connector itself",
        ),
    ];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Connector {
        let connector = Connector {
            workspace: fields.need("workspace", Self::NOUN, cx),
            name: fields.take("name", cx),
            source_template: fields.take("source_template", cx),
            definition: fields.take("definition", cx),
            replication_config: fields.take("replication_config", cx),
            credentials: fields.take("credentials", cx),
            environment: fields.take("environment", cx),
            entities: fields.take("entities", cx),
            connection_template_tags: fields.take("connection_template_tags", cx),
            connection_template_tags_mode: fields.take("connection_template_tags_mode", cx),
            check: fields.take("check", cx),
            lifecycle: fields.take("lifecycle", cx),
        };
        match (connector.source_template.is_mentioned(), connector.definition.is_mentioned()) {
            (false, false) => cx.complain(
                Diagnostic::error(
                    "manifest::missing-field",
                    "a connector needs `source_template` or `definition`",
                )
                .at(fields.span, "has neither")
                .help("name the template that it is made from, as in `source_template: github`"),
            ),
            (true, true) => {
                let mut diagnostic = Diagnostic::error(
                    "manifest::exclusive-fields",
                    "a connector has `source_template` or `definition`, not both",
                );
                for name in ["source_template", "definition"] {
                    if let Some(entry) = fields.entry(name) {
                        diagnostic = diagnostic.at(entry.key_span, "one of two");
                    }
                }
                cx.complain(diagnostic.help("a template says what it is a template of"));
            }
            (true, false) | (false, true) => {}
        }
        connector
    }
}

impl Record for Entity {
    const NOUN: &'static str = "an entity";

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Entity {
        Entity { entity: fields.need("entity", Self::NOUN, cx), modes: fields.take("modes", cx) }
    }
}
