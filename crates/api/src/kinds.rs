//! What is particular to a kind: which of its attributes go by which name on the wire, when they can
//! be set, and how an answer reads in the manifest's terms.

pub(crate) mod connection_template;
pub(crate) mod connector;
pub(crate) mod customization;
pub(crate) mod oauth_credential;
pub(crate) mod source_template;
pub(crate) mod tag;
pub(crate) mod workspace;

use std::collections::BTreeMap;

use model::live::{Id, LiveObject};
use model::value::Path;
use model::{Kind, SmallMap, Value};
use serde_json::{Map, Value as Json};

use crate::error::Error;
use crate::route::Route;
use crate::step::Filled;
use crate::wire::{self, Told};

/// An attribute as requests carry it.
pub(crate) struct Field {
    /// The manifest's name.
    pub(crate) attribute: &'static str,
    /// The service's.
    pub(crate) wire: &'static str,
    /// Which requests take it (dossier 5.3).
    pub(crate) taken_by: TakenBy,
    /// The value as it is sent.
    pub(crate) encode: fn(&Filled) -> Json,
}

/// Which requests take a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TakenBy {
    Create,
    Update,
    Both,
}

/// What a request with a body does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Create,
    Update,
}

/// Reads an object as the service shows it, where the second argument is our organization. None
/// where it is no object.
pub(crate) type Read = fn(Json, Option<&str>) -> Option<(Id, LiveObject)>;

/// What the kinds of template have in common: routes by id, and taggings.
pub(crate) struct Template {
    pub(crate) kind: Kind,
    pub(crate) create: Route,
    pub(crate) list: Route,
    pub(crate) get: Route,
    pub(crate) update: Route,
    pub(crate) delete: Route,
    pub(crate) tag: Route,
    pub(crate) untag: Route,
    /// The body of a create.
    pub(crate) create_body: fn(&BTreeMap<String, Filled>) -> Result<Json, Error>,
    /// What tells its objects apart beside their name: what can never change once it is made.
    pub(crate) immutable: &'static [&'static str],
    /// An object as any route shows it.
    pub(crate) read: Read,
}

fn fields(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Tag => tag::FIELDS,
        Kind::SourceTemplate => source_template::FIELDS,
        Kind::ConnectionTemplate => connection_template::FIELDS,
        Kind::OAuthCredential => oauth_credential::FIELDS,
        Kind::Workspace => workspace::FIELDS,
        Kind::Connector => connector::FIELDS,
    }
}

/// The body of a request that sets `attributes`, and nothing else.
///
/// # Errors
/// No such request sets one of them. The service would ignore it without a word (dossier 1), and
/// the plan would be believed to be carried out.
pub(crate) fn body(
    kind: Kind,
    verb: Verb,
    attributes: &BTreeMap<String, Filled>,
) -> Result<Map<String, Json>, Error> {
    let mut body = Map::new();
    for (name, value) in attributes {
        let field = fields(kind).iter().find(|field| {
            let taken = match verb {
                Verb::Create => field.taken_by != TakenBy::Update,
                Verb::Update => field.taken_by != TakenBy::Create,
            };
            field.attribute == name && taken
        });
        let Some(field) = field else {
            let doing = match verb {
                Verb::Create => "making",
                Verb::Update => "changing",
            };
            let text = format!("set `{name}` when {doing} a {}", kind.noun());
            return Err(Error::Unsupported(text));
        };
        body.insert(field.wire.to_owned(), (field.encode)(value));
    }
    Ok(body)
}

/// What of a create whose answer was lost is sent again to what it made, as a change. What stands there
/// need not be what the service made of it: somebody may have written to it since, and if that were
/// remembered as the service's way to show what it was sent, no plan would ever put it right.
///
/// What is to be nothing is so already, or is what the service has for nothing.
pub(crate) fn again(kind: Kind, attributes: &BTreeMap<String, Filled>) -> BTreeMap<String, Filled> {
    let natural_key = kind.schema().natural_key;
    let is_sent = |name: &str, value: &Filled| {
        name != natural_key
            && !matches!(value, Filled::Null)
            && fields(kind)
                .iter()
                .any(|field| field.attribute == name && field.taken_by == TakenBy::Both)
    };
    let sent = attributes.iter().filter(|(name, value)| is_sent(name, value));
    sent.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Where in a resource of `kind` the service's complaint about the place `at` belongs.
pub(crate) fn locate(kind: Kind, at: &[String]) -> Option<Path> {
    // Before the field stand `body` and, in a union, the name of the variant that was tried.
    let (start, field) = at.iter().enumerate().find_map(|(position, part)| {
        fields(kind).iter().find(|field| field.wire == part).map(|field| (position, field))
    })?;
    let path = Path::attribute(field.attribute);
    let rest = at.iter().skip(start + 1);
    if field.attribute == "customization" {
        return Some(customization::locate(path, rest));
    }
    Some(rest.fold(path, |path, part| step(&path, part)))
}

/// One step of the service's way to a place.
fn step(path: &Path, part: &str) -> Path {
    match part.parse() {
        Ok(index) => path.index(index),
        Err(_) => path.key(part),
    }
}

/// The attributes that were told.
fn attributes<const N: usize>(told: [(&'static str, Option<Value>); N]) -> SmallMap<String, Value> {
    told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Whether an object belongs to `us`. One that does not say belongs to us, since we asked for ours;
/// one that says `null` is kept by Airbyte for everybody (dossier 3.3).
fn is_ours(organization: &Told, us: Option<&str>) -> bool {
    match organization {
        None => true,
        Some(Json::String(owner)) => us.is_none_or(|us| us.eq_ignore_ascii_case(owner)),
        Some(_) => false,
    }
}

/// Names of tags. A template without any says `[]`, and could as well say `null`.
fn tag_names(told: Told) -> Option<Value> {
    match told? {
        Json::Null => Some(Value::List(Vec::new())),
        tags => Some(wire::value(tags)),
    }
}

/// A UUID in lower case, as ids are here.
fn definition_id(told: Told) -> Option<Value> {
    match told? {
        Json::String(id) => Some(Value::Text(id.to_ascii_lowercase())),
        other => Some(wire::value(other)),
    }
}

/// Text as `change` makes it; everything else as it is.
fn encode_text(value: &Filled, change: impl Fn(&str) -> String) -> Json {
    match value {
        Filled::Text(text) => Json::String(change(text)),
        other => wire::json(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: Kind, at: &str, path: Option<&str>) {
        let parts: Vec<String> = at.split('.').map(str::to_owned).collect();
        assert_eq!(locate(kind, &parts).map(|path| path.to_string()).as_deref(), path);
    }

    #[test]
    fn complaints_are_about_the_manifests_attributes() {
        let (source, connection) = (Kind::SourceTemplate, Kind::ConnectionTemplate);
        check(connection, "body.destination_config.s3.0.x", Some("destination_config.s3[0].x"));
        check(connection, "destination_config", Some("destination_config"));
        check(connection, "body.user_hosted.destination_definition_id", Some("destination"));
        check(connection, "body.data_hosting_type", Some("hosting"));
        check(source, "body.SourceTemplateCreateRequest.actor_definition_id", Some("definition"));
        check(source, "body.original_source_template_id", Some("clone_of"));
        check(
            source,
            "body.customization.stream_mappers.issues.1.hashing.mapper_configuration.method",
            Some("customization.stream_mappers.issues[1].method"),
        );
        check(
            source,
            "body.customization.stream_mappers.hashing.0.mapper_configuration",
            Some("customization.stream_mappers.hashing[0]"),
        );
        check(
            source,
            "body.customization.stream_whitelist",
            Some("customization.stream_whitelist"),
        );
        check(Kind::Workspace, "body.workspace_name", Some("name"));
        check(Kind::Workspace, "body.region_id", Some("region"));
        check(Kind::Connector, "body.workspace_name", Some("workspace"));
        check(Kind::Connector, "body.source_template_id", Some("source_template"));
        check(
            Kind::Connector,
            "body.replication_config.start_date",
            Some("replication_config.start_date"),
        );
        check(Kind::Connector, "body.entities.0.modes.1", Some("entities[0].modes[1]"));
        check(
            Kind::OAuthCredential,
            "body.configuration.client_id",
            Some("configuration.client_id"),
        );
        check(Kind::Tag, "body.name", Some("name"));
        check(Kind::Tag, "body", None);
        check(Kind::Tag, "query.limit", None);
    }

    #[test]
    fn what_no_request_sets_is_an_error() {
        for (kind, verb, attribute, taken) in [
            (Kind::SourceTemplate, Verb::Create, "definition", true),
            (Kind::SourceTemplate, Verb::Update, "definition", false),
            (Kind::SourceTemplate, Verb::Update, "propagate", true),
            (Kind::SourceTemplate, Verb::Create, "propagate", false),
            (Kind::SourceTemplate, Verb::Create, "tags", false),
            (Kind::ConnectionTemplate, Verb::Update, "hosting", false),
            (Kind::Workspace, Verb::Create, "status", false),
            (Kind::Workspace, Verb::Update, "region", false),
            (Kind::OAuthCredential, Verb::Update, "connector_type", false),
            (Kind::OAuthCredential, Verb::Update, "configuration", true),
            (Kind::Connector, Verb::Create, "credentials", true),
            (Kind::Connector, Verb::Update, "credentials", false),
            (Kind::Connector, Verb::Update, "workspace", false),
            (Kind::Connector, Verb::Update, "entities", true),
        ] {
            let attributes = BTreeMap::from([(attribute.to_owned(), Filled::Null)]);
            assert_eq!(body(kind, verb, &attributes).is_ok(), taken, "{kind:?} {attribute}");
        }
    }

    #[test]
    fn every_attribute_of_the_model_is_sent_or_has_calls_of_its_own() {
        for kind in Kind::ALL {
            for attribute in kind.schema().attributes {
                let sent = fields(kind).iter().any(|field| field.attribute == attribute.name);
                let per_member = attribute.mutability == model::kind::Mutability::PerMember;
                let asked = kind == Kind::Connector && attribute.name == connector::CHECK;
                assert_ne!(sent, per_member || asked, "{kind:?} {}", attribute.name);
            }
        }
    }
}
