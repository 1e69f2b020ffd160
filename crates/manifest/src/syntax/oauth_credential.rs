//! `oauth_credentials:`.

use schemars::JsonSchema;

use super::lifecycle::Lifecycle;
use super::{Field, Fields, Record, Text, Tree, is_uuid};
use crate::context::Context;
use crate::diagnostic::Diagnostic;

/// The organization's own OAuth app for a connector, which customers then consent to in place of
/// Airbyte's.
#[derive(Debug, Default, JsonSchema)]
#[schemars(
    default,
    deny_unknown_fields,
    rename = "oauth_credential",
    extend("required" = ["connector_type", "configuration"])
)]
pub(crate) struct OAuthCredential {
    /// The display name of the source connector, letter for letter, such as `Google Ads`. There is
    /// one app for each. A change deletes the app of the old one.
    pub(crate) connector_type: Field<Text>,
    /// What the app consists of: for most connectors `client_id` and `client_secret`. It may hold
    /// secrets, and the service never tells it.
    pub(crate) configuration: Field<Tree>,
    /// How far a plan may go with it.
    pub(crate) lifecycle: Field<Lifecycle>,
}

impl Record for OAuthCredential {
    const NOUN: &'static str = "an OAuth app";

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("connector_definition_id", "say `connector_type:` with the connector's display name"),
        ("definition", "say `connector_type:` with the connector's display name"),
        ("name", "it is called as its connector: say `connector_type:`"),
        ("client_id", "it belongs into `configuration:`"),
        ("client_secret", "it belongs into `configuration:`"),
        ("external", "an app that is not managed here needs no mention"),
    ];

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> OAuthCredential {
        let app = OAuthCredential {
            connector_type: fields.need("connector_type", Self::NOUN, cx),
            configuration: fields.need("configuration", Self::NOUN, cx),
            lifecycle: fields.take("lifecycle", cx),
        };
        if let Field::Given(name) = &app.connector_type {
            let Text(text) = &name.value;
            let meant = match text {
                text if is_uuid(text) => Some("a UUID"),
                text if text.contains('/') => Some("a repository"),
                _ => None,
            };
            if let Some(noun) = meant {
                cx.complain(
                    Diagnostic::error(
                        "manifest::display-name",
                        "`connector_type` is the display name of a connector",
                    )
                    .at(name.span, format!("this is {noun}"))
                    .help("write it as Airbyte's catalog does, `GitHub` for example: it is how the service finds the app again"),
                );
            }
        }
        app
    }
}
