//! Secrets that are written although they are as they were, and secrets that are not although they
//! are not: what the user asks for, and what a declared version says.

use model::kind::{Attribute, Mutability, Shape};
use model::plan::{LeafChange, MovedSide, Shown};
use model::state::{Origin, Remembered, SECRET_VERSION};
use model::{Address, Path, SmallMap, Value};

use super::{Diff, Subject};
use crate::declared::{Declared, Lexicon};
use crate::judge::Verdict;
use crate::show::Secrecy;
use crate::world::World;

/// What is to become of the secrets of one resource, beside what a comparison says.
pub(super) struct Rotation<'r> {
    /// The user asks for all of them.
    asked: bool,
    /// The user asks for those that were never written.
    assumed: bool,
    version: Version<'r>,
}

/// What is said of the version of secrets.
enum Version<'r> {
    /// Nothing: their values count.
    None,
    /// It is the one that was written, or the first one, which is taken as that.
    Same(&'r str),
    /// Another one was written.
    Changed { from: &'r str, to: &'r str },
}

impl<'r> Rotation<'r> {
    pub(super) fn of(world: &World<'r>, subject: &Subject<'_, 'r>) -> Rotation<'r> {
        let declared = world.lifecycle(subject.address).and_then(|l| l.secret_version.as_deref());
        let kept = subject.record.and_then(|record| record.kept.get(SECRET_VERSION));
        let version = match (declared, kept) {
            (None, _) => Version::None,
            (Some(to), Some(from)) if from != to => Version::Changed { from, to },
            (Some(same), _) => Version::Same(same),
        };
        let asked = world.options.rotate.contains(subject.address);
        Rotation { asked, assumed: world.options.rotate_assumed, version }
    }

    /// Whether a secret of which this is `known` stays as it is, whatever its value. One that was
    /// taken over unknown is still to be known, and of one in doubt the version says nothing.
    pub(super) fn pins(&self, known: Option<&Remembered>) -> bool {
        matches!(self.version, Version::Same(_))
            && known.is_some_and(|known| known.origin != Origin::Unknown && !known.is_doubtful())
    }

    /// Whether every secret is written.
    pub(super) fn writes_all(&self) -> bool {
        self.asked || matches!(self.version, Version::Changed { .. })
    }

    /// Whether a leaf of `attribute` is written that is not found to differ.
    pub(super) fn writes(
        &self,
        attribute: &Attribute,
        known: Option<&Remembered>,
        verdict: &Verdict,
    ) -> bool {
        // What is taken over in this very plan is as unwritten as what was in an earlier one.
        let remembered = match verdict {
            Verdict::Same(remembered) => remembered.as_ref(),
            Verdict::Assumed(remembered) => Some(remembered),
            Verdict::Settled => known,
            Verdict::Changed(_) | Verdict::Lost => None,
        };
        self.assumed
            && is_in_place(attribute)
            && remembered.is_some_and(|remembered| remembered.origin != Origin::Written)
    }
}

/// Whether secrets in `attribute` can be written without replacing what has them.
pub(super) fn is_in_place(attribute: &Attribute) -> bool {
    attribute.shape == Shape::Tree && attribute.mutability == Mutability::InPlace
}

/// Whether `declared` has a secret.
pub(crate) fn has_secret(
    world: &World<'_>,
    lexicon: &Lexicon<'_>,
    address: &Address,
    declared: &Declared,
) -> bool {
    let trees = declared.attributes.iter().filter(|one| one.attribute.shape == Shape::Tree);
    trees.into_iter().any(|declaration| {
        let spec = lexicon.spec(world, address, declaration.attribute);
        let secrecy = Secrecy { spec, config: &declaration.value };
        declaration.leaves.iter().any(|(path, leaf)| secrecy.holds(path, leaf))
    })
}

impl Diff {
    /// Says what is kept of the version. One that is to be written is kept when it has been.
    pub(super) fn keep_version(&mut self, rotation: &Rotation<'_>) {
        let kept = |version: &str| (SECRET_VERSION.to_owned(), version.to_owned());
        match rotation.version {
            Version::None => {}
            Version::Same(version) => self.kept.extend([kept(version)]),
            Version::Changed { from, to } if self.is_rotatable || self.is_replace() => {
                self.kept.extend([kept(from)]);
                self.kept_when_sent = SmallMap::from([kept(to)]);
                let change = LeafChange {
                    before: Shown::Clear(Value::text(from)),
                    after: Shown::Clear(Value::text(to)),
                    forces_replace: false,
                    moved: MovedSide::Declared,
                };
                self.leaves.insert(Path::attribute(SECRET_VERSION), change);
            }
            // There is nothing that would be sent.
            Version::Changed { to, .. } => self.kept.extend([kept(to)]),
        }
    }
}
