//! The order of what a file may hold: that of the schema.

use model::Kind;

/// Sections. Those that say what the file is about come first, what becomes of old names last.
pub(super) const SECTIONS: [&str; 18] = [
    "version",
    "organization",
    "ownership_tag",
    "backend",
    FREE,
    "variables",
    "tags",
    "source_templates",
    "connection_templates",
    "oauth_credentials",
    "workspaces",
    "connectors",
    "widget_tokens",
    "outputs",
    "guards",
    "moved",
    "removed",
    "import",
];

/// Stands for every key that is not read. Anchors are kept there, and used below.
const FREE: &str = "x-";

/// The keys of a resource.
pub(crate) const fn keys(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Tag => &["for_each", "key", "name", "external", "lifecycle"],
        Kind::SourceTemplate => &[
            "for_each",
            "key",
            "definition",
            "clone_of",
            "name",
            "mode",
            "tags",
            "propagate",
            "partial_default_config",
            "customization",
            "external",
            "lifecycle",
        ],
        Kind::ConnectionTemplate => &[
            "for_each",
            "key",
            "hosting",
            "destination",
            "destination_name",
            "destination_config",
            "cron_expression",
            "non_breaking_changes_preference",
            "sync_on_create",
            "tags",
            "external",
            "lifecycle",
        ],
        Kind::OAuthCredential => {
            &["for_each", "key", "connector_type", "configuration", "lifecycle"]
        }
        Kind::Workspace => {
            &["for_each", "key", "name", "region", "status", "cache_enabled", "lifecycle"]
        }
        Kind::Connector => &[
            "for_each",
            "key",
            "workspace",
            "name",
            "source_template",
            "definition",
            "replication_config",
            "credentials",
            "environment",
            "entities",
            "connection_template_tags",
            "connection_template_tags_mode",
            "check",
            "lifecycle",
        ],
    }
}

/// Where `key` stands among `order`. What is not in it comes last, and `<<` first.
pub(crate) fn rank(order: &[&str], key: &str) -> usize {
    if key == "<<" {
        return 0;
    }
    let known =
        order.iter().position(|known| *known == key || (*known == FREE && key.starts_with(FREE)));
    known.map_or(usize::MAX, |at| at + 1)
}
