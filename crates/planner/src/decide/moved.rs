//! What is remembered of a resource that has been given another address.

use model::live::LiveObject;
use model::secret::Fingerprint;
use model::state::{Record, Remembered, Seen};
use model::{Address, Path, Value};

use crate::declared::{Declared, Lexicon};
use crate::world::World;

/// `record` as it would be if it had been written under `to`. A fingerprint holds for one address
/// only, so each is made anew where it is known what it is of; where it is not, something has
/// changed beside the address, and is found to have.
pub(super) fn rehomed(
    world: &World<'_>,
    lexicon: &Lexicon<'_>,
    (from, to): (&Address, &Address),
    record: &Record,
    declared: &Declared,
    live: &LiveObject,
) -> Record {
    let mut rehomed = record.clone();
    for declaration in &declared.attributes {
        let root = Path::attribute(declaration.attribute.name);
        let shown = lexicon.live_leaves(declaration.attribute, live).unwrap_or_default();
        let leaves = rehomed.leaves.iter_mut().filter(|(path, _)| path.root() == root.root());
        for (path, leaf) in leaves {
            let translated = |old: &Fingerprint, candidates: [Option<&Value>; 3]| {
                let mut candidates = candidates.into_iter().flatten();
                let value = candidates.find(|v| world.fingerprint(from, path, v) == *old)?;
                Some(world.fingerprint(to, path, value))
            };
            let Remembered { sent, origin: _, seen } = leaf;
            // A secret whose value does not count may be another one by now than what stands.
            let values = [declaration.leaves.get(path), Some(&Value::Null), shown.get(path)];
            if let Some(new) = translated(sent, values) {
                *sent = new;
            }
            if let Seen::Other(other) = seen
                && let Some(new) = translated(other, [shown.get(path), None, None])
            {
                *other = new;
            }
        }
    }
    rehomed
}
