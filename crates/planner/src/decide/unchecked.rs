//! What is to be said of configurations that nobody could check.

use std::collections::BTreeMap;

use model::Address;
use model::live::DefinitionAnswer;
use model::plan::{Change, Note};
use model::spec;

use crate::world::World;

/// One note for each definition of which the service does not tell the specification, where a
/// configuration of it is sent.
pub(super) fn notes(world: &World<'_>, changes: &BTreeMap<Address, Change>) -> Vec<Note> {
    let facts = &world.live.facts;
    let mut unchecked = BTreeMap::new();
    for (address, change) in changes {
        if !spec::CONFIGS.iter().any(|name| change.sends(name)) {
            continue;
        }
        let Some(resource) = world.resource(address) else { continue };
        let mut attributes = resource.attributes.iter();
        let is_sent = attributes
            .any(|(name, value)| spec::describes(name) && !value.is_empty() && change.sends(name));
        if resource.external || !is_sent {
            continue;
        }
        let Some(query) = world.desired.definition(address) else { continue };
        if let Some(DefinitionAnswer::Found(definition)) = facts.definitions.get(&query)
            && facts.spec(&query).is_none()
        {
            *unchecked.entry(definition.clone()).or_default() += 1;
        }
    }
    let note = |(definition, resources)| Note::Unchecked { definition, resources };
    unchecked.into_iter().map(note).collect()
}
