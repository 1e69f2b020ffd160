//! Where a name counts. Most objects are called so in their whole organization; a connector is only
//! called so in its workspace (dossier 3.5; rulings, "Pair by id first, then natural key").

use std::collections::BTreeSet;

use model::kinds::connector::WORKSPACE;
use model::live::Id;
use model::{Address, Kind, Value};

use crate::pairing::{Case, Pairing};
use crate::world::{Object, World};

/// Where the name of a declared resource counts.
pub(crate) enum Scope<'a> {
    /// Everywhere in the organization.
    Organization,
    /// In this workspace.
    Workspace(&'a Id),
    /// In a workspace that does not stand yet, so nothing is in it.
    Nowhere,
}

impl Scope<'_> {
    /// Whether `object` is in it.
    pub(crate) fn holds(&self, object: Object<'_>) -> bool {
        match self {
            Scope::Organization => true,
            Scope::Workspace(id) => told_workspace(object) == Some(id.0.as_str()),
            Scope::Nowhere => false,
        }
    }
}

/// The id of the workspace that a connector is in.
pub(crate) fn told_workspace<'a>(object: Object<'a>) -> Option<&'a str> {
    object.live.attributes.get(WORKSPACE)?.as_text()
}

impl<'a> Pairing<'a, '_> {
    /// Where the name that `address` declares counts. Workspaces are paired before what is in them.
    pub(crate) fn scope(&self, world: &World<'a>, address: &Address) -> Scope<'a> {
        if address.kind() != Kind::Connector {
            return Scope::Organization;
        }
        let resource = world.resource(address);
        match resource.and_then(|resource| resource.attributes.get(WORKSPACE)) {
            Some(Value::Reference(workspace)) => {
                self.standing(workspace).map_or(Scope::Nowhere, Scope::Workspace)
            }
            _ => Scope::Nowhere,
        }
    }

    /// The id of what stands for a declared resource.
    pub(crate) fn standing(&self, address: &Address) -> Option<&'a Id> {
        match self.cases.get(address)? {
            Case::Declared { standing, .. } => standing.object.map(|object| object.id),
            Case::External { found: [only], .. } => Some(only.id),
            Case::External { .. }
            | Case::Undeclared { .. }
            | Case::Abandoned
            | Case::Orphan { .. } => None,
        }
    }

    /// Whether a declared resource is to have the name of `object`, and where it has it.
    pub(crate) fn is_wanted(&self, world: &World<'a>, kind: Kind, object: Object<'a>) -> bool {
        let declarers = world.declarers(kind, &object.live.name);
        declarers.iter().any(|address| self.scope(world, address).holds(object))
    }

    /// The workspace that `object` is in, where it is pruned or among those that are `replaced`: it
    /// takes all that is in it along, and a delete of its own would only be in the way (dossier 5.5).
    pub(crate) fn swallowed_with(
        &self,
        world: &World<'a>,
        kind: Kind,
        object: Object<'a>,
        replaced: &BTreeSet<&'a Address>,
    ) -> Option<&'a Address> {
        if kind != Kind::Connector {
            return None;
        }
        let id = Id(told_workspace(object)?.to_owned());
        let workspace = world.object(Kind::Workspace, &id)?;
        let address = *self.holders.get(&(Kind::Workspace, workspace.id))?;
        match self.cases.get(address)? {
            Case::Undeclared { record } if record.id == id && world.prunes(address, workspace) => {
                Some(address)
            }
            Case::Declared { .. } if replaced.contains(address) => {
                (self.standing(address) == Some(&id)).then_some(address)
            }
            Case::Undeclared { .. }
            | Case::Declared { .. }
            | Case::External { .. }
            | Case::Abandoned
            | Case::Orphan { .. } => None,
        }
    }
}
