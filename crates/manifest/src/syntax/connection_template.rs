//! `connection_templates:`.

use model::kinds::connection_template::{HOSTING_AIRBYTE, HOSTING_USER};
use schemars::JsonSchema;

use super::lifecycle::Lifecycle;
use super::{
    Choice, Cron, Field, Fields, Flag, List, Logical, Nullable, Record, Text, Tree, Words,
};
use crate::context::Context;
use crate::diagnostic::Diagnostic;

/// Where customers' data lands, and how often.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "connection_template")]
pub(crate) struct ConnectionTemplate {
    /// Who keeps the destination: `user`, with everything below, or `airbyte`, which takes
    /// `cron_expression` and `tags` only. Default: `user`. A change replaces the template.
    pub(crate) hosting: Field<Choice<Hosting>>,
    /// The destination's connector: its display name (the exact name in any case) or the UUID of
    /// its definition. A change replaces the template.
    pub(crate) destination: Field<Text>,
    /// What the service calls the destination. Default: the logical name.
    pub(crate) destination_name: Field<Text>,
    /// The configuration of the destination's connector. It may hold secrets.
    pub(crate) destination_config: Field<Tree>,
    /// When to sync, as a Quartz cron expression in UTC: six or seven fields, seconds first, such
    /// as `0 0 12 * * ?`. `null` takes the schedule away.
    pub(crate) cron_expression: Field<Nullable<Cron>>,
    /// What to do when a source gets new columns or streams.
    pub(crate) non_breaking_changes_preference: Field<Choice<Preference>>,
    /// Whether to sync as soon as a customer has made a source.
    pub(crate) sync_on_create: Field<Flag>,
    /// The logical names of its tags: the exact set. Left out, its tags are not managed here.
    pub(crate) tags: Field<List<Logical>>,
    /// It belongs to somebody else: it can be referred to, and is never written.
    pub(crate) external: Field<Flag>,
    /// How far a plan may go with it.
    pub(crate) lifecycle: Field<Lifecycle>,
}

#[derive(Debug)]
pub(crate) enum Hosting {}

impl Words for Hosting {
    const WORDS: &'static [&'static str] = &[HOSTING_USER, HOSTING_AIRBYTE];
}

#[derive(Debug)]
pub(crate) enum Preference {}

impl Words for Preference {
    const WORDS: &'static [&'static str] =
        &["ignore", "disable", "propagate_columns", "propagate_fully"];
}

/// What belongs beside `destination_config` and is found inside it when a brace has slipped. The
/// service would take it for configuration and say nothing (dossier 3.4).
const NOT_CONFIG: &[&str] = &[
    "cron_expression",
    "destination_config",
    "destination_name",
    "non_breaking_changes_preference",
    "sync_on_create",
];

/// What a template hosted by Airbyte can be told (dossier 3.4).
const AIRBYTE_FIELDS: &[&str] = &["hosting", "cron_expression", "tags", "external", "lifecycle"];

impl Record for ConnectionTemplate {
    const NOUN: &'static str = "a connection template";

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("destination_definition_id", "say `destination:` with the same UUID, or with a name"),
        (
            "destination_actor_definition_id",
            "say `destination:` with the same UUID, or with a name",
        ),
        ("definition", "say `destination:`"),
        ("data_hosting_type", "say `hosting: user` or `hosting: airbyte`"),
        ("name", "say `destination_name:`"),
        ("config", "say `destination_config:`"),
        (
            "propagate",
            "connection templates only act on what is made later; there is nothing to propagate",
        ),
        ("schedule", "say `cron_expression:`"),
    ];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> ConnectionTemplate {
        let template = ConnectionTemplate {
            hosting: fields.take("hosting", cx),
            destination: fields.take("destination", cx),
            destination_name: fields.take("destination_name", cx),
            destination_config: fields.take("destination_config", cx),
            cron_expression: fields.take("cron_expression", cx),
            non_breaking_changes_preference: fields.take("non_breaking_changes_preference", cx),
            sync_on_create: fields.take("sync_on_create", cx),
            tags: fields.take("tags", cx),
            external: fields.take("external", cx),
            lifecycle: fields.take("lifecycle", cx),
        };
        slipped_inside(fields, cx);
        let is_airbytes = template.is_airbytes();
        if super::external::is(&template.external) {
            let named =
                if is_airbytes { &["hosting"][..] } else { &["hosting", "destination_name"] };
            super::external::only(named, Self::NOUN, fields, cx);
        } else if is_airbytes {
            only_airbytes(fields, cx);
        } else if !matches!(template.hosting, Field::Bad) {
            for name in ["destination", "destination_config"] {
                if fields.entry(name).is_none() {
                    cx.complain(
                        super::missing(Self::NOUN, name, fields.span)
                            .help("for a destination that Airbyte keeps, say `hosting: airbyte`"),
                    );
                }
            }
        }
        template
    }
}

impl ConnectionTemplate {
    /// Whether Airbyte keeps the destination.
    pub(crate) fn is_airbytes(&self) -> bool {
        self.hosting.value().is_some_and(|hosting| hosting.word == HOSTING_AIRBYTE)
    }
}

fn only_airbytes(fields: &Fields<'_>, cx: &mut Context<'_>) {
    for entry in fields.entries() {
        let key = entry.key.as_str();
        if AIRBYTE_FIELDS.contains(&key) || !fields.knows(key) {
            continue;
        }
        cx.complain(
            Diagnostic::error(
                "manifest::airbyte-hosted",
                format!("a connection template that Airbyte hosts takes no `{key}`"),
            )
            .at(entry.key_span, "cannot be set")
            .help("Airbyte fills in the destination; only `cron_expression` and `tags` are yours. For a destination of your own, say `hosting: user`"),
        );
    }
}

fn slipped_inside(fields: &Fields<'_>, cx: &mut Context<'_>) {
    let Some(config) = fields.entry("destination_config") else { return };
    let crate::tree::Content::Map(entries) = &config.value.content else { return };
    for entry in entries.iter().filter(|entry| NOT_CONFIG.contains(&entry.key.as_str())) {
        cx.complain(
            Diagnostic::error(
                "manifest::nested-setting",
                format!("`{}` stands inside `destination_config`", entry.key),
            )
            .at(entry.key_span, "one level too deep")
            .at(config.key_span, "it belongs beside this")
            .help("the service would take it for configuration of the connector, and ignore it"),
        );
    }
}
