//! Which OAuth apps a connector may need. It does not name them: the service finds the one for its
//! definition.

use model::kind::{Shape, Side};
use model::{Address, Kind, Value};

use super::{Declaration, Declared, Lexicon, look_up};
use crate::world::World;

impl<'a> Lexicon<'a> {
    /// The declared OAuth apps for the connector that `declared` is one of. Where that is not known
    /// it may be any of them.
    pub(crate) fn apps_for(
        &self,
        world: &World<'a>,
        declared: &Declared,
    ) -> impl Iterator<Item = &'a Address> {
        let definition = self.definition_of(declared);
        world.desired.of_kind(Kind::OAuthCredential).filter_map(move |(address, _)| {
            let name = world.natural_name(address)?;
            let is_other = definition.as_ref().is_some_and(|definition| {
                look_up(world, Side::Source, name).is_ok_and(|id| id != *definition)
            });
            (!is_other).then_some(address)
        })
    }

    /// The UUID of the definition that a connector is declared to be one of.
    fn definition_of(&self, declared: &Declared) -> Option<String> {
        declared.attributes.iter().find_map(|Declaration { attribute, value, .. }| {
            match (attribute.shape, value) {
                (Shape::Definition(_), Value::Text(id)) => Some(id.clone()),
                (Shape::Reference, Value::Reference(template)) => {
                    self.origins.get(template).cloned().flatten()
                }
                _ => None,
            }
        })
    }
}
