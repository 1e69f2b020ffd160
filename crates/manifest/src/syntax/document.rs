//! A file.

use std::borrow::Cow;

use model::Span;
use model::span::FileId;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::backend::Backend;
use super::connection_template::ConnectionTemplate;
use super::connector::Connector;
use super::guard::Guard;
use super::identity::{Import, Moved, Removed};
use super::oauth_credential::OAuthCredential;
use super::output::Told;
use super::ownership::OwnershipTag;
use super::source_template::SourceTemplate;
use super::tag::Tag;
use super::variable::Declaration;
use super::widget_token::WidgetToken;
use super::workspace::Workspace;
use super::{Field, Fields, List, Organization, Read, Record, Resources, Section};
use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::tree::{Content, Node};

/// The desired state of an Airbyte Embedded organization. Several files are one manifest: their
/// sections are joined. Keys that begin with `x-` are not read; they are a place for anchors.
#[derive(Debug, Default, JsonSchema)]
#[schemars(
    default,
    deny_unknown_fields,
    title = "Airform manifest",
    extend("required" = ["version"], "patternProperties" = { "^x-": {} })
)]
pub(crate) struct Document {
    /// The version of this format: `1`.
    pub(crate) version: Field<Version>,
    /// The id of the organization that the manifest is meant for. It is checked before anything is
    /// written.
    pub(crate) organization: Field<Organization>,
    /// A tag that every source and connection template declared here gets, such as `managed-by-airform`.
    /// With it `--prune` needs no state: it deletes every template that carries the tag and is not
    /// declared. So no two manifests of an organization may have the same. A template with another
    /// tag that begins with `managed-by-` is not touched.
    pub(crate) ownership_tag: Field<OwnershipTag>,
    /// The bucket that the state is kept in. Left out, it is a file beside the manifest.
    pub(crate) backend: Field<Backend>,
    /// What is filled in from outside, as `${var:name}`.
    pub(crate) variables: Field<Section<Declaration>>,
    /// Labels that decide which templates a customer is offered.
    pub(crate) tags: Field<Resources<Tag>>,
    /// The connectors that customers may use, with presets.
    pub(crate) source_templates: Field<Resources<SourceTemplate>>,
    /// Where customers' data lands, and how often.
    pub(crate) connection_templates: Field<Resources<ConnectionTemplate>>,
    /// The organization's own OAuth apps, in place of Airbyte's.
    pub(crate) oauth_credentials: Field<Resources<OAuthCredential>>,
    /// The customers.
    pub(crate) workspaces: Field<Resources<Workspace>>,
    /// Resources that have been given another logical name, so that their objects stay.
    pub(crate) moved: Field<List<Moved>>,
    /// Resources that are no longer declared, and what becomes of their objects.
    pub(crate) removed: Field<List<Removed>>,
    /// Objects that stand already, and which resources they are, where names do not tell.
    pub(crate) import: Field<List<Import>>,
    /// What tokens for the widget are to allow, by a name of yours.
    pub(crate) widget_tokens: Field<Section<WidgetToken>>,
    /// What `airform output` tells, by a name of yours: `workspaces.acme.id` for example.
    pub(crate) outputs: Field<Section<Told>>,
    /// The customers' configured sources.
    pub(crate) connectors: Field<Resources<Connector>>,
    /// What no plan may do, by a name of yours.
    pub(crate) guards: Field<Section<Guard>>,
}

/// The one version that there is.
#[derive(Debug)]
pub(crate) struct Version;

impl Record for Document {
    const NOUN: &'static str = "a manifest";

    const FOREIGN: &'static [(&'static str, &'static str)] = &[
        ("services", "this looks like a compose file; name the manifest's files one by one"),
        ("apiVersion", "this looks like a Kubernetes file; name the manifest's files one by one"),
    ];

    fn is_free(key: &str) -> bool {
        key.starts_with("x-")
    }

    /// Reads all but `variables`, which every file must have told before any value is read.
    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Document {
        Document {
            version: fields.need("version", Self::NOUN, cx),
            organization: fields.take("organization", cx),
            ownership_tag: fields.take("ownership_tag", cx),
            backend: fields.take("backend", cx),
            variables: Field::Absent,
            tags: fields.take("tags", cx),
            source_templates: fields.take("source_templates", cx),
            connection_templates: fields.take("connection_templates", cx),
            oauth_credentials: fields.take("oauth_credentials", cx),
            workspaces: fields.take("workspaces", cx),
            moved: fields.take("moved", cx),
            removed: fields.take("removed", cx),
            import: fields.take("import", cx),
            widget_tokens: fields.take("widget_tokens", cx),
            outputs: fields.take("outputs", cx),
            connectors: fields.take("connectors", cx),
            guards: fields.take("guards", cx),
        }
    }
}

/// The members of a file. `None` after a complaint: it is not a map.
pub(crate) fn open<'n>(root: &'n Node, file: FileId, cx: &mut Context<'_>) -> Option<Fields<'n>> {
    let Content::Map(_) = &root.content else {
        cx.complain(
            Diagnostic::error("manifest::wrong-type", "a manifest is a map of sections")
                .at(root.span, format!("this is {}", root.noun()))
                .help("it begins with `version: 1`, and a section is written `workspaces:`"),
        );
        return None;
    };
    let name = Name { text: "", span: Span { file, start: 0, end: 0 } };
    Fields::of(root, &name, cx)
}

impl Read for Version {
    fn read(node: &Node, _: &Name<'_>, cx: &mut Context<'_>) -> Option<Version> {
        let is_one = match &node.content {
            Content::Scalar(scalar) => scalar.plain && scalar.text == "1",
            Content::List(_) | Content::Map(_) => false,
        };
        if !is_one {
            cx.complain(
                Diagnostic::error("manifest::version", "this version of the format is not known")
                    .at(node.span, "only `1` is")
                    .help("write `version: 1`"),
            );
        }
        is_one.then_some(Version)
    }
}

impl JsonSchema for Version {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": 1 })
    }
}
