//! The kinds of resource, and the vocabulary in which their attributes are described.

use crate::kinds;
use crate::value::Value;

/// A kind of resource. The order is the order in which people read a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A label that gates templates (dossier 3.2).
    Tag,
    /// A connector that customers may use, with presets (dossier 3.3).
    SourceTemplate,
    /// Where customers' data lands, and how often (dossier 3.4).
    ConnectionTemplate,
    /// The organization's own OAuth app for a connector (dossier 3.7).
    OAuthCredential,
    /// One customer (dossier 3.1).
    Workspace,
    /// A customer's configured source (dossier 3.5).
    Connector,
}

impl Kind {
    /// Every kind, in reading order.
    pub const ALL: [Kind; 6] = [
        Kind::Tag,
        Kind::SourceTemplate,
        Kind::ConnectionTemplate,
        Kind::OAuthCredential,
        Kind::Workspace,
        Kind::Connector,
    ];

    /// The manifest's section of this kind, which is also the first part of an address.
    pub const fn section(self) -> &'static str {
        match self {
            Kind::Tag => "tags",
            Kind::SourceTemplate => "source_templates",
            Kind::ConnectionTemplate => "connection_templates",
            Kind::OAuthCredential => "oauth_credentials",
            Kind::Workspace => "workspaces",
            Kind::Connector => "connectors",
        }
    }

    /// The kind whose section is `section`.
    pub fn from_section(section: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.section() == section)
    }

    /// What one of them is called in a sentence.
    pub const fn noun(self) -> &'static str {
        match self {
            Kind::Tag => "tag",
            Kind::SourceTemplate => "source template",
            Kind::ConnectionTemplate => "connection template",
            Kind::OAuthCredential => "OAuth app",
            Kind::Workspace => "workspace",
            Kind::Connector => "connector",
        }
    }

    /// The noun with its article.
    pub const fn one(self) -> &'static str {
        match self {
            Kind::Tag => "a tag",
            Kind::SourceTemplate => "a source template",
            Kind::ConnectionTemplate => "a connection template",
            Kind::OAuthCredential => "an OAuth app",
            Kind::Workspace => "a workspace",
            Kind::Connector => "a connector",
        }
    }

    /// The noun that agrees with `count`.
    pub const fn counted(self, count: usize) -> &'static str {
        match (self, count) {
            (kind, 1) => kind.noun(),
            (Kind::Tag, _) => "tags",
            (Kind::SourceTemplate, _) => "source templates",
            (Kind::ConnectionTemplate, _) => "connection templates",
            (Kind::OAuthCredential, _) => "OAuth apps",
            (Kind::Workspace, _) => "workspaces",
            (Kind::Connector, _) => "connectors",
        }
    }

    /// What the attributes of this kind mean.
    pub const fn schema(self) -> &'static Schema {
        match self {
            Kind::Tag => &kinds::tag::SCHEMA,
            Kind::SourceTemplate => &kinds::source_template::SCHEMA,
            Kind::ConnectionTemplate => &kinds::connection_template::SCHEMA,
            Kind::OAuthCredential => &kinds::oauth_credential::SCHEMA,
            Kind::Workspace => &kinds::workspace::SCHEMA,
            Kind::Connector => &kinds::connector::SCHEMA,
        }
    }
}

/// What is known of a kind's attributes. The planner judges value trees by this table alone; it
/// knows no kind by name where the table can tell.
#[derive(Debug)]
pub struct Schema {
    /// The attribute that people know an object by, and by which it is found when its id is not
    /// known (ruling "Pair by id first, then natural key").
    pub natural_key: &'static str,
    /// The service shows none of its objects. What is remembered of one is all that is known of it:
    /// a change made elsewhere is not seen, and to make one is to write over whatever stands.
    pub write_only: bool,
    /// Every attribute, in the order in which it is shown.
    pub attributes: &'static [Attribute],
}

impl Schema {
    /// The attribute called `name`.
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// One attribute of a kind. Attributes have the manifest's names everywhere but on the wire.
#[derive(Debug)]
pub struct Attribute {
    /// The manifest's name for it.
    pub name: &'static str,
    /// How two values of it are compared.
    pub shape: Shape,
    /// What it takes to change it (dossier 5.3).
    pub mutability: Mutability,
    /// Whether the service ever tells its value (dossier 5.2).
    pub readback: Readback,
    /// Which call gives it to a new object.
    pub given: Given,
    /// Brings a value, desired or live, to the one form in which equal things are equal. It fills
    /// what the server would fill and drops what means nothing.
    pub canonical: fn(Value) -> Value,
}

/// How two values of an attribute are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One leaf.
    Scalar,
    /// Members without order: one leaf per member.
    Set,
    /// A tree that the declaration owns whole: a leaf that only the live object has is a removal.
    Tree,
    /// The name, UUID or repository of a connector definition; compared by UUID after a look-up.
    Definition(Side),
    /// The display name of a connector definition, letter for letter; compared as it is.
    DefinitionName(Side),
    /// Another resource, by address.
    Reference,
    /// Not a property but an instruction that rides on an update and is never compared.
    Instruction,
}

/// Which end of a pipeline a connector definition serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Data comes from it.
    Source,
    /// Data goes to it.
    Destination,
}

/// What it takes to change an attribute (dossier 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutability {
    /// An update call on the object.
    InPlace,
    /// A new object in place of the old one.
    Replace,
    /// A call of its own per member (taggings).
    PerMember,
}

/// Which call gives an attribute to a new object (dossier 2.2 and 3.2 to 3.4).
#[derive(Debug, Clone, Copy)]
pub enum Given {
    /// The one that makes it.
    AtCreate,
    /// The one that makes it from nothing. A clone has its origin's value until an update changes
    /// it.
    AtCreateUnlessCloned,
    /// One that follows. Until then the object has this value.
    After(fn() -> Value),
}

/// Whether the service ever tells an attribute's value (dossier 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readback {
    /// It is in what the service returns, at least leaf by leaf where it is not masked.
    Told,
    /// It never is; state keeps it in clear, because it is no secret and a plan must show it.
    KeptInState,
    /// It never is, and it may be secret: state keeps the fingerprint of each leaf, and nothing else
    /// tells of a change.
    FingerprintInState,
    /// It never is, and there is nothing to remember.
    Never,
}
