//! From records to resources.

pub(crate) mod backend;
mod guard;
mod output;
mod token;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use model::desired::{Desired, Lifecycle, Resource};
use model::kinds::connection_template::{HOSTING_AIRBYTE, HOSTING_USER};
use model::kinds::connector::WORKSPACE;
use model::kinds::oauth_credential::CONNECTOR_TYPE;
use model::state::SECRET_VERSION;
use model::value::{Path, Value};
use model::{Address, Kind, SmallMap, Span};

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::identity::Entries;
use crate::syntax::connection_template::ConnectionTemplate;
use crate::syntax::connector::Connector;
use crate::syntax::document::Document;
use crate::syntax::identity::Addressed;
use crate::syntax::lifecycle::Place;
use crate::syntax::oauth_credential::OAuthCredential;
use crate::syntax::ownership::OwnershipTag;
use crate::syntax::source_template::SourceTemplate;
use crate::syntax::tag::Tag;
use crate::syntax::workspace::Workspace;
use crate::syntax::{
    self, Field, Flag, Instance, List, Logical, Made, Resources, Spanned, external,
};
use crate::variables::declared_twice;
use value::Lower;

/// Everything that is declared, whether or not it could be read.
#[derive(Default)]
pub(crate) struct Declared {
    pub(crate) desired: Desired,
    /// Where each name stands, also of what could not be read: a reference to it is no mistake.
    pub(crate) names: BTreeMap<Address, Span>,
    /// Kinds of which not every name is known, because a section or a file could not be read.
    pub(crate) incomplete: BTreeSet<Kind>,
    /// The names that stand for several resources (`for_each`), and whether all of them are known.
    pub(crate) repeated: BTreeMap<Address, bool>,
    /// The connection templates hosted by Airbyte.
    pub(crate) airbytes: BTreeSet<Address>,
    /// The ownership tag, and where it stands.
    pub(crate) ownership_tag: Option<(String, Span)>,
    /// What is said of objects and addresses beside that.
    pub(crate) identity: Entries,
    /// What is referred to from elsewhere than resources.
    pub(crate) mentions: Vec<Mention>,
}

/// A resource that is referred to, and by what.
pub(crate) struct Mention {
    pub(crate) field: &'static str,
    pub(crate) target: Address,
    pub(crate) span: Span,
}

impl Declared {
    /// Adds a file.
    pub(crate) fn add(&mut self, document: Document, cx: &mut Context<'_>) {
        let Document {
            version: _,
            organization,
            ownership_tag,
            backend,
            variables: _,
            tags,
            source_templates,
            connection_templates,
            oauth_credentials,
            workspaces,
            moved,
            removed,
            import,
            widget_tokens,
            outputs,
            connectors,
            guards,
        } = document;
        if let Field::Given(organization) = organization {
            match &self.desired.organization {
                Some((_, first)) => {
                    cx.complain(declared_twice("`organization`", *first, organization.span));
                }
                None => {
                    self.desired.organization = Some((organization.value.0, organization.span));
                }
            }
        }
        if let Field::Given(Spanned { value: OwnershipTag(tag), span }) = ownership_tag {
            match &self.ownership_tag {
                Some((_, first)) => cx.complain(declared_twice("`ownership_tag`", *first, span)),
                None => self.ownership_tag = Some((tag, span)),
            }
        }
        if let Field::Given(backend) = backend {
            match &self.desired.backend {
                Some((_, first)) => {
                    cx.complain(declared_twice("`backend`", *first, backend.span));
                }
                None => {
                    let bucket = backend::bucket(backend.value);
                    self.desired.backend = bucket.map(|bucket| (bucket, backend.span));
                }
            }
        }
        self.section(Kind::Tag, tags, cx);
        self.section(Kind::SourceTemplate, source_templates, cx);
        self.section(Kind::ConnectionTemplate, connection_templates, cx);
        self.section(Kind::OAuthCredential, oauth_credentials, cx);
        self.section(Kind::Workspace, workspaces, cx);
        self.identity.add(moved, removed, import);
        self.widget_tokens(widget_tokens, cx);
        self.outputs(outputs, cx);
        self.section(Kind::Connector, connectors, cx);
        self.guards(guards, cx);
    }

    fn section<T: Resourceful>(
        &mut self,
        kind: Kind,
        section: Field<Resources<T>>,
        cx: &mut Context<'_>,
    ) {
        let section = match section {
            Field::Absent => return,
            Field::Bad => {
                self.incomplete.insert(kind);
                return;
            }
            Field::Given(section) => section,
        };
        for member in section.value.members {
            let address = Address::new(kind, member.name.clone());
            if let Some(first) = self.names.get(&address) {
                cx.complain(twice(kind, &member.name, *first, member.span));
                continue;
            }
            self.names.insert(address.clone(), member.span);
            match member.made {
                Made::One(record) => self.resource(address, member.name, member.span, record),
                Made::Each { instances, complete } => {
                    self.repeated.insert(address, complete);
                    for instance in instances {
                        let Instance { key, span, record } = instance;
                        let address = Address::instance(kind, member.name.clone(), key.clone());
                        self.names.insert(address.clone(), span);
                        // What is several has a name each: without another, that is the key.
                        self.resource(address, key, span, record);
                    }
                }
            }
        }
    }

    /// Adds a resource that is called `name` where it does not say otherwise.
    fn resource<T: Resourceful>(
        &mut self,
        address: Address,
        name: String,
        span: Span,
        record: Option<T>,
    ) {
        let Some(record) = record else { return };
        if record.is_airbytes() {
            self.airbytes.insert(address.clone());
        }
        let mut builder = Builder::new(name, span);
        record.lower(&mut builder);
        self.desired.resources.insert(address, builder.resource);
    }
}

impl Declared {
    /// A resource that is referred to, and so has to be declared.
    fn mention(&mut self, field: &'static str, target: &Address, span: Span) {
        self.mentions.push(Mention { field, target: target.clone(), span });
    }
}

fn twice(kind: Kind, name: &str, first: Span, second: Span) -> Diagnostic {
    declared_twice(&format!("the {} `{name}`", kind.noun()), first, second)
}

pub(crate) const LIFECYCLE: &str = "lifecycle";
pub(crate) const IGNORE: &str = "ignore_changes";
pub(crate) const TRIGGERS: &str = "replace_triggered_by";

/// Where what `lifecycle` says of `name` stands. No attribute is called so.
pub(crate) fn lifecycle_path(name: &str) -> Path {
    Path::attribute(LIFECYCLE).key(name)
}

/// A record that declares a resource.
trait Resourceful {
    /// Whether it is a connection template hosted by Airbyte.
    fn is_airbytes(&self) -> bool {
        false
    }

    fn lower(self, resource: &mut Builder);
}

/// A resource in the making.
struct Builder {
    name: String,
    resource: Resource,
}

impl Builder {
    fn new(name: String, span: Span) -> Builder {
        let resource = Resource {
            span,
            external: false,
            lifecycle: Lifecycle::default(),
            attributes: SmallMap::new(),
            places: SmallMap::new(),
        };
        Builder { name, resource }
    }

    /// The attribute `name`, where it is declared.
    fn set<T: Lower>(&mut self, name: &str, field: Field<T>) {
        if let Field::Given(spanned) = field {
            let path = Path::attribute(name);
            let value = spanned.lower(&path, &mut self.resource.places);
            self.resource.attributes.insert(name.to_owned(), value);
        }
    }

    /// The attribute `name`, which has a value in any case. A value that could not be read is none:
    /// it must not be taken for the default.
    fn set_or<T: Lower>(&mut self, name: &str, field: Field<T>, default: &str) {
        match field {
            Field::Absent => {
                self.resource.attributes.insert(name.to_owned(), Value::text(default));
            }
            field => self.set(name, field),
        }
    }

    /// The attribute `name`, which is the resource's own name unless another is declared.
    fn set_name<T: Lower>(&mut self, name: &str, field: Field<T>) {
        let default = self.name.clone();
        self.set_or(name, field, &default);
    }

    /// Tags by their logical names.
    fn set_tags(&mut self, name: &str, tags: Field<List<Logical>>) {
        let Field::Given(Spanned { value: List(tags), span }) = tags else { return };
        let path = Path::attribute(name);
        self.resource.places.insert(path.clone(), span);
        let mut members = Vec::with_capacity(tags.len());
        for tag in tags {
            let Spanned { value: Logical(name), span } = tag;
            let Some(tag) = Address::parse_within(Kind::Tag, &name) else { continue };
            self.resource.places.insert(path.member(&tag.within_section()), span);
            members.push(Value::Reference(tag));
        }
        self.resource.attributes.insert(name.to_owned(), Value::List(members));
    }

    fn set_lifecycle(&mut self, field: Field<syntax::lifecycle::Lifecycle>) {
        let Field::Given(Spanned { value, span }) = field else { return };
        let syntax::lifecycle::Lifecycle {
            prevent_destroy,
            ignore_changes,
            replace_triggered_by,
            allow_replace,
            create_before_destroy,
            secret_version,
        } = value;
        let Resource { lifecycle, places, .. } = &mut self.resource;
        places.insert(Path::attribute(LIFECYCLE), span);
        let mut flag = |name: &str, field: Field<Flag>| match field {
            Field::Given(Spanned { value: Flag(flag), span }) => {
                places.insert(lifecycle_path(name), span);
                Some(flag)
            }
            Field::Absent | Field::Bad => None,
        };
        lifecycle.prevent_destroy = flag("prevent_destroy", prevent_destroy) == Some(true);
        lifecycle.allow_replace = flag("allow_replace", allow_replace) == Some(true);
        let create_first = flag("create_before_destroy", create_before_destroy);
        lifecycle.destroy_before_create = create_first == Some(false);
        if let Field::Given(Spanned { value: syntax::Text(version), span }) = secret_version {
            places.insert(lifecycle_path(SECRET_VERSION), span);
            lifecycle.secret_version = Some(version);
        }
        if let Field::Given(Spanned { value: List(paths), span: _ }) = ignore_changes {
            for Spanned { value: Place(path), span } in paths {
                places.insert(lifecycle_path(IGNORE).member(&path.to_string()), span);
                lifecycle.ignore_changes.insert(path);
            }
        }
        if let Field::Given(Spanned { value: List(triggers), span: _ }) = replace_triggered_by {
            for Spanned { value: Addressed(trigger), span } in triggers {
                places.insert(lifecycle_path(TRIGGERS).member(&trigger.to_string()), span);
                lifecycle.replace_triggered_by.insert(trigger);
            }
        }
    }

    fn set_reference(&mut self, name: &str, kind: Kind, field: Field<Logical>) {
        let Field::Given(Spanned { value: Logical(target), span }) = field else { return };
        let Some(target) = Address::parse_within(kind, &target) else { return };
        self.resource.places.insert(Path::attribute(name), span);
        self.resource.attributes.insert(name.to_owned(), Value::Reference(target));
    }
}

impl Resourceful for Tag {
    fn lower(self, resource: &mut Builder) {
        let Tag { name, external, lifecycle } = self;
        resource.set_lifecycle(lifecycle);
        resource.resource.external = external::is(&external);
        resource.set_name("name", name);
    }
}

impl Resourceful for SourceTemplate {
    fn lower(self, resource: &mut Builder) {
        let SourceTemplate {
            definition,
            clone_of,
            name,
            mode,
            tags,
            propagate,
            partial_default_config,
            customization,
            external,
            lifecycle,
        } = self;
        resource.set_lifecycle(lifecycle);
        resource.resource.external = external::is(&external);
        resource.set_name("name", name);
        resource.set("definition", definition);
        resource.set_reference("clone_of", Kind::SourceTemplate, clone_of);
        resource.set("mode", mode);
        resource.set("partial_default_config", partial_default_config);
        resource.set("customization", customization);
        resource.set_tags("tags", tags);
        resource.set("propagate", propagate);
    }
}

impl Resourceful for ConnectionTemplate {
    fn is_airbytes(&self) -> bool {
        ConnectionTemplate::is_airbytes(self)
    }

    fn lower(self, resource: &mut Builder) {
        let airbytes = self.is_airbytes();
        let ConnectionTemplate {
            hosting,
            destination,
            destination_name,
            destination_config,
            cron_expression,
            non_breaking_changes_preference,
            sync_on_create,
            tags,
            external,
            lifecycle,
        } = self;
        resource.set_lifecycle(lifecycle);
        resource.resource.external = external::is(&external);
        let hosted_by = if airbytes { HOSTING_AIRBYTE } else { HOSTING_USER };
        resource.set_or("hosting", hosting, hosted_by);
        resource.set("destination", destination);
        if airbytes {
            resource.set("destination_name", destination_name);
        } else {
            resource.set_name("destination_name", destination_name);
        }
        resource.set("destination_config", destination_config);
        resource.set("cron_expression", cron_expression);
        resource.set("non_breaking_changes_preference", non_breaking_changes_preference);
        resource.set("sync_on_create", sync_on_create);
        resource.set_tags("tags", tags);
    }
}

impl Resourceful for OAuthCredential {
    fn lower(self, resource: &mut Builder) {
        let OAuthCredential { connector_type, configuration, lifecycle } = self;
        resource.set_lifecycle(lifecycle);
        resource.set(CONNECTOR_TYPE, connector_type);
        resource.set("configuration", configuration);
    }
}

impl Resourceful for Workspace {
    fn lower(self, resource: &mut Builder) {
        let Workspace { name, region, status, cache_enabled, lifecycle } = self;
        resource.set_lifecycle(lifecycle);
        resource.set_name("name", name);
        resource.set("region", region);
        resource.set("status", status);
        resource.set("cache_enabled", cache_enabled);
    }
}

impl Resourceful for Connector {
    fn lower(self, resource: &mut Builder) {
        let Connector {
            workspace,
            name,
            source_template,
            definition,
            replication_config,
            credentials,
            environment,
            entities,
            connection_template_tags,
            connection_template_tags_mode,
            check,
            lifecycle,
        } = self;
        resource.set_lifecycle(lifecycle);
        resource.set_reference(WORKSPACE, Kind::Workspace, workspace);
        resource.set_name("name", name);
        resource.set_reference("source_template", Kind::SourceTemplate, source_template);
        resource.set("definition", definition);
        resource.set("replication_config", replication_config);
        resource.set("credentials", credentials);
        resource.set("environment", environment);
        resource.set("entities", entities);
        resource.set_tags("connection_template_tags", connection_template_tags);
        resource.set("connection_template_tags_mode", connection_template_tags_mode);
        resource.set("check", check);
    }
}
