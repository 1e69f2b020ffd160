//! The world as declared.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::backend::Bucket;
use crate::graph::Graph;
use crate::guard::Guards;
use crate::kind::{Attribute, Kind, Shape};
use crate::live::{DefinitionQuery, Id};
use crate::secret::SecretSource;
use crate::small_map::SmallMap;
use crate::span::Span;
use crate::token::WidgetProfile;
use crate::value::{Path, Value};

/// The attributes that name what a resource has its definition from, where it has none of its own.
const ORIGINS: [&str; 2] = ["source_template", "clone_of"];

/// Everything that the manifest declares, with every reference checked: an address that stands in
/// a value is a key of `resources`, references make no circle, and no two resources of a kind have
/// one natural key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Desired {
    /// The organization that the manifest is meant for, where it says so, and where it does.
    pub organization: Option<(String, Span)>,
    /// The name of the tag that every template of ours carries, where the manifest wants one. It is
    /// declared as a tag under this very name, and not among any template's `tags`.
    pub ownership_tag: Option<String>,
    /// The bucket that the state is kept in, where the manifest says so, and where it does.
    pub backend: Option<(Bucket, Span)>,
    /// The declared resources.
    pub resources: BTreeMap<Address, Resource>,
    /// What has been given another address, by the old one, which is not declared.
    pub moved: BTreeMap<Address, Move>,
    /// What is to be remembered no longer, by its address, which is not declared.
    pub removed: BTreeMap<Address, Removal>,
    /// Which live objects resources are, by address. What is remembered of the address goes first.
    pub imports: BTreeMap<Address, Import>,
    /// Profiles of tokens for the widget, by name.
    pub widget_tokens: BTreeMap<String, WidgetProfile>,
    /// What an application wants to know of what stands, by names of its own.
    pub outputs: BTreeMap<String, Output>,
    /// What no plan may do.
    pub guards: Guards,
}

/// Where a resource has gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The address that it is declared under now, of the same kind. Chains are followed: it is
    /// always the last one.
    pub to: Address,
    /// Where the old address stands.
    pub span: Span,
}

/// What becomes of the object of a resource that is to be remembered no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// It is deleted. Otherwise it stays, and belongs to nobody here.
    pub destroy: bool,
    /// Where the address stands.
    pub span: Span,
}

/// A live object that a resource is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Which.
    pub by: ImportBy,
    /// Where that is said.
    pub span: Span,
}

/// By what the object of an [`Import`] is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportBy {
    /// Its id.
    Id(Id),
    /// Exactly what it is called.
    Name(String),
}

/// Something that is only known once a resource stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Where its name stands.
    pub span: Span,
    /// The resource.
    pub address: Address,
    /// What of it.
    pub field: OutputField,
}

/// What can be told of a resource that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputField {
    /// Its id.
    Id,
    /// What it is called in the organization.
    Name,
}

impl OutputField {
    /// Every one of them.
    pub const ALL: [OutputField; 2] = [OutputField::Id, OutputField::Name];

    /// Its word in a manifest.
    pub const fn word(self) -> &'static str {
        match self {
            OutputField::Id => "id",
            OutputField::Name => "name",
        }
    }

    /// The field whose word is `word`.
    pub fn from_word(word: &str) -> Option<OutputField> {
        OutputField::ALL.into_iter().find(|field| field.word() == word)
    }
}

/// One declared resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Where its name stands.
    pub span: Span,
    /// It belongs to somebody else: it may be referred to and is never written.
    pub external: bool,
    /// How far a plan may go with it.
    pub lifecycle: Lifecycle,
    /// What is declared, by attribute name. An attribute that is absent is not managed; one that
    /// is [`Value::Null`] is to be empty.
    pub attributes: SmallMap<String, Value>,
    /// Where the values stand, by path, for complaints. Not every path has an entry: see
    /// [`Resource::place`].
    pub places: SmallMap<Path, Span>,
}

/// How far a plan may go with a resource. The default allows what is usual.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lifecycle {
    /// It is neither deleted nor replaced, also once it is no longer declared.
    pub prevent_destroy: bool,
    /// What is given to a new object and left as it is from then on, with all below it.
    pub ignore_changes: BTreeSet<Path>,
    /// Resources, declared too: it is replaced when the declaration of one of them changes.
    pub replace_triggered_by: BTreeSet<Address>,
    /// It may be replaced although something of a customer's goes with it: all data of a workspace,
    /// and how far a connector has read. Only of these, which otherwise never are.
    pub allow_replace: bool,
    /// In a replace the old object is deleted before the new one is made. Workspaces always are.
    pub destroy_before_create: bool,
    /// Which version its secrets are. With one, another value alone is no change, and another version
    /// writes them all; without one their values are compared.
    pub secret_version: Option<String>,
}

impl Lifecycle {
    /// Whether the leaf at `path` is left as it is.
    pub fn ignores(&self, path: &Path) -> bool {
        self.ignore_changes.iter().any(|whole| path.segments().starts_with(whole.segments()))
    }
}

impl Resource {
    /// The nearest place that is known for `path`: its own, or that of what holds it.
    pub fn place(&self, path: &Path) -> Span {
        let mut path = Some(path.clone());
        while let Some(here) = path {
            if let Some(span) = self.places.get(&here) {
                return *span;
            }
            path = here.parent();
        }
        self.span
    }

    /// The name that its object has in the organization, or is to have: see
    /// [`Desired::natural_name`]. `kind` is its own.
    pub fn natural_name(&self, kind: Kind) -> Option<&str> {
        self.attributes.get(kind.schema().natural_key)?.as_text()
    }

    /// The addresses that its attributes refer to.
    pub fn references(&self) -> BTreeSet<&Address> {
        let mut found = BTreeSet::new();
        for value in self.attributes.values() {
            collect_references(value, &mut found);
        }
        found
    }
}

fn collect_references<'a>(value: &'a Value, found: &mut BTreeSet<&'a Address>) {
    match value {
        Value::Reference(address) => {
            found.insert(address);
        }
        Value::List(items) => items.iter().for_each(|item| collect_references(item, found)),
        Value::Map(members) => members.values().for_each(|item| collect_references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Secret(_) => {}
    }
}

impl Desired {
    /// The declared resources of `kind`.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (&Address, &Resource)> {
        self.resources.iter().filter(move |(address, _)| address.kind() == kind)
    }

    /// What is declared as somebody else's, and nothing else: all that stays declared where
    /// everything of ours is to go.
    #[must_use]
    pub fn external_only(&self) -> Desired {
        let Desired {
            organization,
            ownership_tag,
            backend,
            resources,
            moved: _,
            removed,
            imports: _,
            widget_tokens: _,
            outputs: _,
            guards,
        } = self;
        let externals = resources.iter().filter(|(_, resource)| resource.external);
        Desired {
            organization: organization.clone(),
            ownership_tag: ownership_tag.clone(),
            backend: backend.clone(),
            resources: externals.map(|(at, external)| (at.clone(), external.clone())).collect(),
            moved: BTreeMap::new(),
            // What is to be let go is not what is to be destroyed.
            removed: removed.clone(),
            imports: BTreeMap::new(),
            widget_tokens: BTreeMap::new(),
            outputs: BTreeMap::new(),
            guards: guards.clone(),
        }
    }

    /// The name that the object of `address` has in the organization, or is to have. `None` for
    /// what has none that could be declared (a template hosted by Airbyte).
    pub fn natural_name(&self, address: &Address) -> Option<&str> {
        self.resources.get(address)?.natural_name(address.kind())
    }

    /// The definition that `address` is made from: its own, or that of the source template that it
    /// names. `None` where none of ours says it.
    pub fn definition(&self, address: &Address) -> Option<DefinitionQuery> {
        // Most resources are customers, which have none.
        let says = |attribute: &Attribute| {
            matches!(attribute.shape, Shape::Definition(_)) || ORIGINS.contains(&attribute.name)
        };
        if !address.kind().schema().attributes.iter().any(says) {
            return None;
        }
        let mut here = address;
        // References make no circle, but nothing here would end if they did.
        for _ in 0..=self.resources.len() {
            let attributes = &self.resources.get(here)?.attributes;
            for attribute in here.kind().schema().attributes {
                if let (Shape::Definition(side), Some(Value::Text(text))) =
                    (attribute.shape, attributes.get(attribute.name))
                {
                    return Some(DefinitionQuery { side, text: text.clone() });
                }
            }
            let origins = ORIGINS.map(|origin| attributes.get(origin));
            here = origins.into_iter().flatten().find_map(|origin| match origin {
                Value::Reference(origin) => Some(origin),
                _ => None,
            })?;
        }
        None
    }

    /// Who refers to whom: what is referred to comes first.
    pub fn graph(&self) -> Graph<Address> {
        let mut graph = Graph::new(self.resources.keys().cloned());
        for (address, resource) in &self.resources {
            for reference in resource.references() {
                graph.before(reference, address);
            }
        }
        graph
    }

    /// Every place where a secret is to be looked up, each once.
    pub fn secret_sources(&self) -> BTreeSet<&SecretSource> {
        let mut found = BTreeSet::new();
        for resource in self.resources.values() {
            for value in resource.attributes.values() {
                collect_sources(value, &mut found);
            }
        }
        found
    }
}

fn collect_sources<'a>(value: &'a Value, found: &mut BTreeSet<&'a SecretSource>) {
    match value {
        Value::Secret(secret) => found.extend(secret.sources()),
        Value::List(items) => items.iter().for_each(|item| collect_sources(item, found)),
        Value::Map(members) => members.values().for_each(|item| collect_sources(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Reference(_) => {}
    }
}
