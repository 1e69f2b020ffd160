//! `customization:` of a source template (dossier 4).

mod mapper;

use schemars::JsonSchema;

use super::{ByStream, Choice, Field, Fields, List, Record, Text, Words};
use crate::context::Context;
use crate::diagnostic::Diagnostic;

pub(crate) use mapper::{
    Condition, Conditions, ENCRYPTION, Encryption, FIELD_FILTERING, FIELD_RENAMING, FieldFiltering,
    FieldRenaming, HASHING, Hashing, Mapper, ROW_FILTERING, RowFiltering,
};

/// Which streams are offered, and what happens to their records.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "customization")]
pub(crate) struct Customization {
    /// Which streams are synced: `all`, those that the connector suggests (`suggested`, the
    /// default), or those of `stream_whitelist` (`whitelist`).
    pub(crate) stream_selection_mode: Field<Choice<SelectionMode>>,
    /// The exact names of the streams, in `whitelist` mode.
    pub(crate) stream_whitelist: Field<List<Text>>,
    /// What differs from the connector's own settings, by the name of the stream.
    pub(crate) stream_customizations: Field<ByStream<StreamCustomization>>,
    /// What happens to each record before it lands, in order, by the name of the stream.
    pub(crate) stream_mappers: Field<ByStream<List<Mapper>>>,
}

#[derive(Debug)]
pub(crate) enum SelectionMode {}

pub(crate) const WHITELIST: &str = "whitelist";

impl Words for SelectionMode {
    const WORDS: &'static [&'static str] = &["all", "suggested", WHITELIST];
}

/// How one stream is synced.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "stream_customization")]
pub(crate) struct StreamCustomization {
    /// The fields that tell records apart, each as a path into the record.
    pub(crate) primary_key_fields: Field<List<List<Text>>>,
    /// The field by which new records are found, as a path into the record.
    pub(crate) cursor_field: Field<List<Text>>,
}

impl Record for StreamCustomization {
    const NOUN: &'static str = "a stream's customization";

    const FOREIGN: &'static [(&'static str, &'static str)] =
        &[("primary_key", "say `primary_key_fields:`")];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> StreamCustomization {
        StreamCustomization {
            primary_key_fields: fields.take("primary_key_fields", cx),
            cursor_field: fields.take("cursor_field", cx),
        }
    }
}

impl Record for Customization {
    const NOUN: &'static str = "a customization";

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Customization {
        let customization = Customization {
            stream_selection_mode: fields.take("stream_selection_mode", cx),
            stream_whitelist: fields.take("stream_whitelist", cx),
            stream_customizations: fields.take("stream_customizations", cx),
            stream_mappers: fields.take("stream_mappers", cx),
        };
        check_whitelist(&customization, fields, cx);
        customization
    }
}

/// `whitelist` without streams selects nothing, and a list in another mode has no stated meaning
/// (dossier 4).
fn check_whitelist(customization: &Customization, fields: &Fields<'_>, cx: &mut Context<'_>) {
    let mode = &customization.stream_selection_mode;
    let is_whitelist = match mode {
        Field::Bad => return,
        Field::Absent => false,
        Field::Given(mode) => mode.value.word == WHITELIST,
    };
    let list = &customization.stream_whitelist;
    match (is_whitelist, mode, list) {
        (true, Field::Given(mode), Field::Absent) => cx.complain(
            Diagnostic::error("manifest::whitelist", "`whitelist` mode needs a `stream_whitelist`")
                .at(mode.span, "no streams are listed")
                .help("list the streams: `stream_whitelist: [issues, pull_requests]`"),
        ),
        (true, _, Field::Given(list)) if list.value.0.is_empty() => cx.complain(
            Diagnostic::error("manifest::whitelist", "the `stream_whitelist` is empty")
                .at(list.span, "no stream would be synced")
                .help("list the streams, or choose another `stream_selection_mode`"),
        ),
        (false, _, Field::Given(list)) => {
            let list = fields.entry("stream_whitelist").map_or(list.span, |entry| entry.key_span);
            let diagnostic = Diagnostic::error(
                "manifest::whitelist",
                "a `stream_whitelist` means nothing in this mode",
            )
            .at(list, "would be ignored");
            let diagnostic = match mode {
                Field::Given(mode) => {
                    diagnostic.at(mode.span, format!("the mode is `{}`", mode.value.word))
                }
                Field::Absent | Field::Bad => diagnostic,
            };
            cx.complain(
                diagnostic.help("say `stream_selection_mode: whitelist`, or leave the list out"),
            );
        }
        _ => {}
    }
}
