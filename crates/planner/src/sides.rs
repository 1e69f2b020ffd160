//! The three sides of one attribute laid upon one another: declared, live, remembered.

use std::collections::BTreeSet;
use std::ops::Bound;

use model::kind::Shape;
use model::plan::Shown;
use model::spec::Spec;
use model::state::{Record, Remembered, Seen};
use model::value::Segment;
use model::{Path, SmallMap, Value};

use crate::declared::Declaration;
use crate::show::{Secrecy, shown};

/// What the service shows of a leaf.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum LiveLeaf<'l> {
    /// A value in clear.
    Clear(&'l Value),
    /// A mask, or the attribute was not told at all.
    Hidden,
    /// Nothing, where the attribute was told.
    Absent,
    /// A container with something in it, where an empty one is declared. What is in it is to go,
    /// and says so leaf by leaf.
    Filled,
}

pub(crate) struct Sides<'s> {
    declaration: &'s Declaration,
    /// `None` where the attribute was not told.
    live: Option<&'s SmallMap<Path, Value>>,
    memory: SmallMap<&'s Path, &'s Remembered>,
    secrecy: Secrecy<'s>,
}

impl<'s> Sides<'s> {
    pub(crate) fn new(
        declaration: &'s Declaration,
        live: Option<&'s SmallMap<Path, Value>>,
        record: Option<&'s Record>,
        spec: Option<&'s Spec>,
    ) -> Sides<'s> {
        let root = Path::attribute(declaration.attribute.name);
        let memory = record
            .into_iter()
            .flat_map(|record| record.leaves.range(root.clone()..))
            .take_while(|(path, _)| path.root() == declaration.attribute.name)
            .collect();
        let secrecy = Secrecy { spec, config: &declaration.value };
        Sides { declaration, live, memory, secrecy }
    }

    /// Every leaf that any side knows.
    pub(crate) fn paths(&self) -> BTreeSet<&'s Path> {
        let declared = self.declaration.leaves.keys();
        let live = self.live.into_iter().flat_map(SmallMap::keys);
        declared.chain(live).chain(self.memory.keys().copied()).collect()
    }

    /// All that is remembered of the attribute.
    pub(crate) fn memory(&self) -> impl Iterator<Item = (Path, Remembered)> {
        self.memory.iter().map(|(&path, &remembered)| (path.clone(), remembered.clone()))
    }

    pub(crate) fn remembered(&self, path: &Path) -> Option<&'s Remembered> {
        self.memory.get(path).copied()
    }

    /// Whether the attribute was declared when the resource was last written.
    pub(crate) fn is_remembered(&self) -> bool {
        !self.memory.is_empty()
    }

    /// The live side of the leaf at `path`.
    pub(crate) fn live(&self, path: &Path) -> LiveLeaf<'s> {
        let Some(live) = self.live else { return LiveLeaf::Hidden };
        let declared = self.declaration.leaves.get(path);
        let below = inner(&self.declaration.leaves, path);
        match live.get(path) {
            // A mask over something that is declared in parts hides each of the parts.
            Some(leaf) if self.is_mask(leaf) && below.is_some() => LiveLeaf::Absent,
            Some(leaf) if self.is_mask(leaf) => LiveLeaf::Hidden,
            // An empty container that is to be filled: what is put in says it all.
            Some(leaf) if is_container(leaf, below) => LiveLeaf::Absent,
            Some(leaf) => LiveLeaf::Clear(leaf),
            None if ancestors(path).any(|up| live.get(&up).is_some_and(|l| self.is_mask(l))) => {
                LiveLeaf::Hidden
            }
            None => match declared {
                Some(leaf) if is_container(leaf, inner(live, path)) => LiveLeaf::Filled,
                _ => LiveLeaf::Absent,
            },
        }
    }

    /// Only free-form configuration is ever masked. A tag may well be called `***`.
    fn is_mask(&self, leaf: &Value) -> bool {
        self.declaration.attribute.shape == Shape::Tree && leaf.is_opaque()
    }

    /// The declared side as it may be shown. What the service masks is a secret, also where the
    /// manifest has it in clear.
    pub(crate) fn shown_declared(&self, path: &Path) -> Shown {
        let masked = self.live.is_some() && self.live(path) == LiveLeaf::Hidden;
        match self.declaration.leaves.get(path) {
            Some(leaf) => {
                let is_secret = masked || self.was_hidden(path);
                shown(leaf, is_secret || self.secrecy.is_secret(path, leaf))
            }
            None => Shown::Absent,
        }
    }

    /// The live side as it may be shown. The service may show in clear what is declared, or was
    /// written, as a secret.
    pub(crate) fn shown_live(&self, path: &Path, live: LiveLeaf<'_>) -> Shown {
        let is_secret = |path: &Path| match self.declaration.leaves.get(path) {
            Some(Value::Secret(_)) => true,
            Some(leaf) if leaf.is_empty() => false,
            Some(_) | None => self.was_hidden(path),
        };
        match live {
            // A service that drops what it hides shows nothing where something is.
            LiveLeaf::Absent if self.was_hidden(path) => Shown::Hidden,
            LiveLeaf::Absent | LiveLeaf::Filled => Shown::Absent,
            // A member of a set is its own name, whether it was told or not.
            LiveLeaf::Hidden => match path.segments().last() {
                Some(Segment::Member(name)) => shown(&Value::text(name), is_secret(path)),
                _ => Shown::Hidden,
            },
            LiveLeaf::Clear(leaf) => {
                let is_hidden = is_secret(path) || ancestors(path).any(|up| is_secret(&up));
                shown(leaf, is_hidden || self.secrecy.is_secret(path, leaf))
            }
        }
    }

    /// Whether the leaf is known to be a secret, so that nothing that is live there can be trusted
    /// to be its text: the specification says so, or the manifest looks it up.
    pub(crate) fn is_secret(&self, path: &Path) -> bool {
        let declared = self.declaration.leaves.get(path);
        let is_looked_up =
            matches!(declared, Some(Value::Secret(s)) if s.sources().next().is_some());
        is_looked_up || self.secrecy.is_marked(path)
    }

    /// Whether what is declared at `path` is a secret, however it came there.
    pub(crate) fn declares_secret(&self, path: &Path) -> bool {
        let declared = self.declaration.leaves.get(path);
        declared.is_some_and(|leaf| self.secrecy.holds(path, leaf))
    }

    fn was_hidden(&self, path: &Path) -> bool {
        self.remembered(path).is_some_and(|known| known.seen == Seen::Hidden)
    }
}

/// The paths that lead to what holds `path`, from the nearest on.
fn ancestors(path: &Path) -> impl Iterator<Item = Path> {
    std::iter::successors(path.parent(), Path::parent)
}

/// How the leaves below `path` go on from it. `None` where there are none.
fn inner<'l>(leaves: &'l SmallMap<Path, Value>, path: &Path) -> Option<&'l Segment> {
    let (next, _) = leaves.range::<Path, _>((Bound::Excluded(path), Bound::Unbounded)).next()?;
    next.segments().strip_prefix(path.segments())?.first()
}

/// Whether `leaf` is the empty form of a container that goes on by `inner`.
fn is_container(leaf: &Value, inner: Option<&Segment>) -> bool {
    match (leaf, inner) {
        (Value::Map(_), Some(Segment::Key(_))) | (Value::List(_), Some(Segment::Index(_))) => {
            leaf.is_empty()
        }
        _ => false,
    }
}
