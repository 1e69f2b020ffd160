//! `source_templates:`.

use schemars::JsonSchema;

use super::customization::Customization;
use super::lifecycle::Lifecycle;
use super::{Choice, Field, Fields, Flag, List, Logical, Nullable, Record, Text, Tree, Words};
use crate::context::Context;
use crate::diagnostic::Diagnostic;

/// A connector that customers may use, with presets. It has either a `definition`, or a template
/// that it is a clone of.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "source_template")]
pub(crate) struct SourceTemplate {
    /// The connector: its display name (the exact name in any case), the UUID of its definition, or
    /// its repository (`airbyte/source-github`). A change replaces the template.
    pub(crate) definition: Field<Text>,
    /// The logical name of the template that this one was cloned from. A change replaces the
    /// template.
    pub(crate) clone_of: Field<Logical>,
    /// What the service calls it. Default: the logical name.
    pub(crate) name: Field<Text>,
    /// What the connector is for: copying data (`replication`), being asked by agents (`direct`),
    /// or both (`multi`).
    pub(crate) mode: Field<Choice<Mode>>,
    /// The logical names of its tags: the exact set. Left out, its tags are not managed here.
    pub(crate) tags: Field<List<Logical>>,
    /// Whether a change is also made to the sources that customers already have from it.
    pub(crate) propagate: Field<Flag>,
    /// The part of the connector's configuration that customers do not see. It may hold secrets.
    pub(crate) partial_default_config: Field<Tree>,
    /// Which streams are offered, and what happens to their records. `null` brings the defaults
    /// back.
    pub(crate) customization: Field<Nullable<Customization>>,
    /// It belongs to somebody else: it can be referred to, and is never written.
    pub(crate) external: Field<Flag>,
    /// How far a plan may go with it.
    pub(crate) lifecycle: Field<Lifecycle>,
}

#[derive(Debug)]
pub(crate) enum Mode {}

impl Words for Mode {
    const WORDS: &'static [&'static str] = &["replication", "direct", "multi"];
}

impl Record for SourceTemplate {
    const NOUN: &'static str = "a source template";

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("actor_definition_id", "say `definition:` with the same UUID, or with a name"),
        ("source_definition_id", "say `definition:` with the same UUID, or with a name"),
        ("definition_id", "say `definition:` with the same UUID, or with a name"),
        ("connector_type", "say `definition:`"),
        ("original_source_template_id", "say `clone_of:` with a logical name"),
        ("config", "say `partial_default_config:`"),
        ("stream_selection_mode", "it belongs into `customization:`"),
        ("stream_whitelist", "it belongs into `customization:`"),
        ("stream_customizations", "it belongs into `customization:`"),
        ("stream_mappers", "it belongs into `customization:`"),
    ];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> SourceTemplate {
        let template = SourceTemplate {
            definition: fields.take("definition", cx),
            clone_of: fields.take("clone_of", cx),
            name: fields.take("name", cx),
            mode: fields.take("mode", cx),
            tags: fields.take("tags", cx),
            propagate: fields.take("propagate", cx),
            partial_default_config: fields.take("partial_default_config", cx),
            customization: fields.take("customization", cx),
            external: fields.take("external", cx),
            lifecycle: fields.take("lifecycle", cx),
        };
        if super::external::is(&template.external) {
            super::external::only(&["name"], Self::NOUN, fields, cx);
            return template;
        }
        match (template.definition.is_mentioned(), template.clone_of.is_mentioned()) {
            (false, false) => cx.complain(
                Diagnostic::error(
                    "manifest::missing-field",
                    "a source template needs `definition` or `clone_of`",
                )
                .at(fields.span, "has neither")
                .help("name the connector, as in `definition: GitHub`, or the template to clone"),
            ),
            (true, true) => {
                let mut diagnostic = Diagnostic::error(
                    "manifest::exclusive-fields",
                    "a source template has `definition` or `clone_of`, not both",
                );
                for name in ["clone_of", "definition"] {
                    if let Some(entry) = fields.entry(name) {
                        diagnostic = diagnostic.at(entry.key_span, "one of two");
                    }
                }
                cx.complain(diagnostic.help("a clone has the connector of its original"));
            }
            (false, true) if !template.name.is_mentioned() => cx.complain(
                Diagnostic::error("manifest::missing-field", "a clone needs a `name`")
                    .at(fields.span, "has none")
                    .help("say what the service is to call it: its original has a name already"),
            ),
            (true, false) | (false, true) => {}
        }
        template
    }
}
