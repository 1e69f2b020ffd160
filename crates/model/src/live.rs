//! The world as it is, as far as somebody asked.

use std::collections::{BTreeMap, BTreeSet};

use crate::desired::{Desired, ImportBy, Resource};
use crate::kind::{Kind, Shape, Side};
use crate::small_map::SmallMap;
use crate::spec::{self, Spec};
use crate::state::State;
use crate::value::Value;

/// The service's id of an object: a UUID, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub String);

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a refresh has to find out: no more than the declaration and the state need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// What is wanted of each kind. A kind that is absent is not read at all.
    pub kinds: BTreeMap<Kind, Wanted>,
    /// Connector definitions to look up.
    pub definitions: BTreeSet<DefinitionQuery>,
    /// Those of them whose specification is wanted too: something is declared that it describes.
    pub specs: BTreeSet<DefinitionQuery>,
}

/// Which objects of a kind are wanted. All others may be left out where that is cheaper, but must
/// be counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Objects that state knows.
    pub ids: BTreeSet<Id>,
    /// Objects that may stand under a declared name. Every object of such a name is wanted.
    pub names: BTreeSet<String>,
    /// Ids of objects whose configuration is compared, where a list does not tell it (dossier 5.1).
    pub detailed_ids: BTreeSet<Id>,
    /// The same by name.
    pub detailed_names: BTreeSet<String>,
    /// What state calls objects of a kind that is [write-only](crate::kind::Schema::write_only), by
    /// id. There is nobody else to ask.
    pub remembered: BTreeMap<Id, String>,
    /// Objects of other owners are wanted too: those that Airbyte keeps for everybody (dossier 3.3).
    pub foreign: bool,
    /// Every object of ours is wanted, with its configuration, whatever is named above.
    pub all: bool,
}

impl Scope {
    /// Everything of these kinds.
    pub fn all(kinds: &BTreeSet<Kind>) -> Scope {
        let all = |kind: &Kind| (*kind, Wanted { all: true, ..Wanted::default() });
        Scope { kinds: kinds.iter().map(all).collect(), ..Scope::default() }
    }

    /// What a plan of `desired` over `state` needs.
    pub fn of(desired: &Desired, state: &State) -> Scope {
        let mut scope = Scope::default();
        for (address, record) in &state.records {
            let wanted = scope.kinds.entry(address.kind()).or_default();
            wanted.ids.insert(record.id.clone());
            let deposed = record.deposed.iter().map(|deposed| deposed.id.clone());
            if address.kind() == Kind::SourceTemplate {
                // What they preset is to be told from what connectors were sent, before they go.
                wanted.detailed_ids.extend(deposed.clone());
            }
            wanted.ids.extend(deposed);
            if address.kind().schema().write_only {
                wanted.remembered.insert(record.id.clone(), record.name.clone());
            }
        }
        for intent in &state.open {
            let wanted = scope.kinds.entry(intent.address.kind()).or_default();
            wanted.names.extend(intent.name.clone());
        }
        for (address, resource) in &desired.resources {
            let kind = address.kind();
            let wanted = scope.kinds.entry(kind).or_default();
            let name = resource.natural_name(kind);
            wanted.names.extend(name.map(str::to_owned));
            wanted.foreign |= resource.external;
            // Only these keep something from their list (dossier 5.1). What a connector is made from
            // is among that.
            if kind == Kind::Connector || resource.attributes.contains_key("partial_default_config")
            {
                wanted.detailed_names.extend(name.map(str::to_owned));
                wanted.detailed_ids.extend(state.records.get(address).map(|r| r.id.clone()));
            }
            let import = desired.imports.get(address);
            // What is remembered has been imported, and may be called otherwise by now.
            let import = import.filter(|_| !state.records.contains_key(address));
            match import.map(|import| &import.by) {
                Some(ImportBy::Id(id)) => {
                    wanted.ids.insert(id.clone());
                    wanted.detailed_ids.insert(id.clone());
                }
                Some(ImportBy::Name(name)) => {
                    wanted.names.insert(name.clone());
                    wanted.detailed_names.insert(name.clone());
                }
                None => {}
            }
            if kind == Kind::Workspace && resource.lifecycle.allow_replace {
                // A plan that replaces it says how many connectors go with it.
                scope.kinds.entry(Kind::Connector).or_default();
            }
            for attribute in kind.schema().attributes {
                let asks = match attribute.shape {
                    Shape::Definition(side) | Shape::DefinitionName(side) => Some(side),
                    Shape::Scalar
                    | Shape::Set
                    | Shape::Tree
                    | Shape::Reference
                    | Shape::Instruction => None,
                };
                if let (Some(side), Some(Value::Text(text))) =
                    (asks, resource.attributes.get(attribute.name))
                {
                    scope.definitions.insert(DefinitionQuery { side, text: text.clone() });
                }
            }
            let mut attributes = resource.attributes.iter();
            if attributes.any(|(name, value)| spec::describes(name) && !value.is_empty()) {
                scope.specs.extend(desired.definition(address));
            }
        }
        // What carries our tag is looked for wherever it could be.
        if desired.ownership_tag.is_some() {
            scope.kinds.entry(Kind::SourceTemplate).or_default();
            scope.kinds.entry(Kind::ConnectionTemplate).or_default();
        }
        for (from, moved) in &desired.moved {
            let resource = desired.resources.get(&moved.to);
            let is_compared = |r: &Resource| r.attributes.contains_key("partial_default_config");
            if resource.is_some_and(is_compared) {
                let wanted = scope.kinds.entry(from.kind()).or_default();
                wanted.detailed_ids.extend(state.records.get(from).map(|r| r.id.clone()));
            }
        }
        scope
    }
}

/// The organization as it answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Live {
    /// What was read of each kind.
    pub kinds: BTreeMap<Kind, LiveKind>,
    /// What was looked up by the way.
    pub facts: Facts,
}

/// What was read of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LiveKind {
    /// The objects, by id. At least all that were [`Wanted`]. Of a write-only kind, those that are
    /// remembered: nothing speaks against it that they stand.
    pub objects: BTreeMap<Id, LiveObject>,
    /// How many objects of our own there are in all, whether they were read or not.
    pub total: usize,
    /// The service does not have the routes of this kind (dossier 3.2, tags).
    pub unavailable: bool,
}

/// One object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveObject {
    /// What people know it by: the value of the kind's natural key.
    pub name: String,
    /// It belongs to our organization, and is not one that Airbyte keeps for everybody (dossier
    /// 3.3: `organization_id` null). Others are never paired with a declaration that writes.
    pub ours: bool,
    /// What the service tells of it, under the manifest's names. An attribute that is absent was
    /// not told; one that is [`Value::Null`] is empty.
    pub attributes: SmallMap<String, Value>,
    /// When it was last written to, as the service says it.
    pub updated_at: Option<String>,
}

/// What a refresh learnt beside objects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Every query of the scope with its answer.
    pub definitions: BTreeMap<DefinitionQuery, DefinitionAnswer>,
    /// The specifications that were wanted and that the service tells, by the definition's UUID.
    pub specs: BTreeMap<String, Spec>,
}

impl Facts {
    /// The specification of what `query` stands for, where it is known.
    pub fn spec(&self, query: &DefinitionQuery) -> Option<&Spec> {
        match self.definitions.get(query)? {
            DefinitionAnswer::Found(definition) => self.specs.get(&definition.id),
            DefinitionAnswer::Unknown { .. } | DefinitionAnswer::Ambiguous(_) => None,
        }
    }
}

/// A connector definition as somebody wrote it: display name (in any case), UUID or repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DefinitionQuery {
    /// Source or destination.
    pub side: Side,
    /// As written.
    pub text: String,
}

/// What a [`DefinitionQuery`] stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefinitionAnswer {
    /// One definition.
    Found(Definition),
    /// None; these are called something like it.
    Unknown {
        /// Display names to choose from.
        similar: Vec<String>,
    },
    /// Several: only a UUID can tell them apart.
    Ambiguous(Vec<Definition>),
}

/// A connector definition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Definition {
    /// Its UUID, in lower case.
    pub id: String,
    /// Its display name. For a definition that was asked for by UUID, and so was not looked up,
    /// that UUID.
    pub name: String,
}
