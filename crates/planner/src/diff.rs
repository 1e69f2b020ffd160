//! One resource, leaf by leaf: what is declared against what is live, with memory as the witness
//! where the two cannot be compared.

mod kept;
mod presets;
mod rotation;

use std::collections::BTreeSet;

use model::kind::{Attribute, Mutability, Readback, Shape};
use model::live::Id;
use model::plan::{Blocker, BlockerCause, LeafChange, MovedSide, Note, Reason, Shown};
use model::state::{Origin, Record, Remembered, SECRET_VERSION, Seen};
use model::value::Segment;
use model::{Address, Path, SmallMap};

use self::kept::kept_leaves;
pub(crate) use self::kept::kept_text;
use self::presets::Presets;
use self::rotation::Rotation;
pub(crate) use self::rotation::has_secret;
use crate::declared::{Declaration, Declared, Lexicon};
use crate::judge::{Judge, Preset, Verdict};
use crate::owner;
use crate::pairing::Pairing;
use crate::show::{Secrecy, shown, shown_plain};
use crate::sides::{LiveLeaf, Sides};
use crate::world::{Object, Trigger, World};

/// What is compared.
pub(crate) struct Subject<'a, 's> {
    pub(crate) address: &'a Address,
    pub(crate) declared: &'s Declared,
    pub(crate) object: Object<'a>,
    /// What is remembered of this very object.
    pub(crate) record: Option<&'s Record>,
    /// It was made by a create of ours whose answer was lost. So it has what that create gave it
    /// and nothing that was to follow.
    pub(crate) answer_lost: bool,
}

/// How a resource differs, and what is to be remembered where it does not.
#[derive(Default)]
pub(crate) struct Diff {
    /// The leaves that differ.
    pub(crate) leaves: SmallMap<Path, LeafChange>,
    /// Attributes to send in an update.
    pub(crate) update: BTreeSet<&'static str>,
    /// Attributes that differ and cannot be changed in place.
    pub(crate) replace: BTreeSet<String>,
    /// Resources that it is replaced with and that have changed.
    pub(crate) triggers: BTreeSet<Address>,
    /// Members to add.
    pub(crate) attach: BTreeSet<String>,
    /// Members to take away.
    pub(crate) detach: BTreeSet<String>,
    /// What memory says of all leaves once nothing but memory has changed.
    pub(crate) remembered: SmallMap<Path, Remembered>,
    /// See [`Record::kept`].
    pub(crate) kept: SmallMap<String, String>,
    /// What is to be kept once what differs has been sent.
    pub(crate) kept_when_sent: SmallMap<String, String>,
    /// Whether it has a secret that is declared and can be written in place.
    pub(crate) is_rotatable: bool,
    /// The source template that has to stand as it is until this is remembered: it is what tells
    /// whose a value is.
    pub(crate) witness: Option<Address>,
    /// How many leaves are taken as declared for the first time.
    pub(crate) assumed: usize,
    pub(crate) notes: Vec<Note>,
    pub(crate) blockers: Vec<Blocker>,
}

/// What holds of an attribute that is not sent.
#[derive(Default)]
struct Unsent {
    remembered: SmallMap<Path, Remembered>,
    assumed: usize,
    notes: Vec<Note>,
    /// Hidden leaves that are left as they are.
    lost: Vec<Path>,
    /// Secrets that have another value, which alone is no change.
    pinned: SmallMap<Path, LeafChange>,
}

impl Unsent {
    fn remember(&mut self, path: &Path, remembered: Option<Remembered>) {
        if let Some(remembered) = remembered {
            self.remembered.insert(path.clone(), remembered);
        }
    }
}

/// Compares one resource. `moving` are the source templates that the plan changes or takes away.
pub(crate) fn diff<'a>(
    world: &World<'a>,
    pairing: &Pairing<'a, '_>,
    lexicon: &Lexicon<'a>,
    subject: &Subject<'a, '_>,
    moving: &BTreeSet<Id>,
) -> Diff {
    let mut diff = Diff::default();
    diff.keep(pairing, subject);
    let rotation = Rotation::of(world, subject);
    let presets = Presets::of(world, pairing, subject, moving);
    for (path, cause) in &subject.declared.unknown {
        diff.block(subject, path.clone(), cause.clone());
    }
    for declaration in &subject.declared.attributes {
        match declaration.attribute.readback {
            Readback::Told | Readback::FingerprintInState => {
                diff.compare(world, lexicon, subject, declaration, (&rotation, &presets));
            }
            Readback::KeptInState => diff.compare_kept(world, pairing, subject, declaration),
            Readback::Never => {}
        }
    }
    if let Some(inherited) = &subject.declared.inherited {
        diff.compare_inherited(lexicon, subject, inherited);
    }
    diff.compare_triggers(world, subject);
    diff.note_undeclared(subject);
    // A secret that is ignored has its live value here, and yet it was written with a version.
    let is_kept = subject.record.is_some_and(|record| record.kept.contains_key(SECRET_VERSION));
    if is_kept || has_secret(world, lexicon, subject.address, subject.declared) {
        diff.keep_version(&rotation);
    }
    diff
}

impl Diff {
    /// Whether anything is to be sent.
    pub(crate) fn is_change(&self) -> bool {
        !self.update.is_empty() || !self.attach.is_empty() || !self.detach.is_empty()
    }

    /// Whether another object has to take its place.
    pub(crate) fn is_replace(&self) -> bool {
        !self.replace.is_empty() || !self.triggers.is_empty()
    }

    /// Why an object of ours is changed in place.
    pub(crate) fn reason(&self) -> Reason {
        let moved = |side| self.leaves.values().any(|leaf| leaf.moved == side);
        match (moved(MovedSide::Declared), moved(MovedSide::Live)) {
            (true, true) => Reason::EditedAndDrifted,
            (true, false) => Reason::Edited,
            (false, true) => Reason::Drifted,
            (false, false) if !moved(MovedSide::Unknown) => Reason::Rotated,
            (false, false) => Reason::Differs,
        }
    }

    fn block(&mut self, subject: &Subject<'_, '_>, path: Path, cause: BlockerCause) {
        let address = Some(subject.address.clone());
        self.blockers.push(Blocker { address, path: Some(path), cause });
    }

    fn compare_triggers(&mut self, world: &World<'_>, subject: &Subject<'_, '_>) {
        for (path, Trigger { address, sent, also }) in world.triggers(subject.address) {
            let remembered = Remembered { sent, origin: Origin::Written, seen: Seen::Hidden };
            let known = subject.record.and_then(|record| record.leaves.get(&path));
            let known = known.filter(|known| also.as_ref() != Some(&known.sent));
            if known.is_some_and(|known| known.sent != remembered.sent) {
                self.triggers.insert(address.clone());
            }
            self.remembered.insert(path, known.cloned().unwrap_or(remembered));
        }
    }

    fn compare_inherited(
        &mut self,
        lexicon: &Lexicon<'_>,
        subject: &Subject<'_, '_>,
        declaration: &Declaration,
    ) {
        let attribute = declaration.attribute;
        let Some(live) = lexicon.live_leaves(attribute, subject.object.live) else { return };
        for (path, leaf) in &declaration.leaves {
            let before = live.get(path);
            if before != Some(leaf) {
                let change = LeafChange {
                    before: before.map_or(Shown::Absent, |live| shown_plain(path, live)),
                    after: shown_plain(path, leaf),
                    forces_replace: true,
                    // A live definition cannot move.
                    moved: MovedSide::Declared,
                };
                self.leaves.insert(path.clone(), change);
                self.replace.insert(attribute.name.to_owned());
            }
        }
    }

    fn compare(
        &mut self,
        world: &World<'_>,
        lexicon: &Lexicon<'_>,
        subject: &Subject<'_, '_>,
        declaration: &Declaration,
        (rotation, presets): (&Rotation<'_>, &Presets<'_>),
    ) {
        let attribute = declaration.attribute;
        let live = lexicon.live_leaves(attribute, subject.object.live);
        let spec = lexicon.spec(world, subject.address, attribute);
        let sides = Sides::new(declaration, live.as_ref(), subject.record, spec);
        // A create that is followed by calls may have been the last thing that was done.
        let made_by_us = subject.answer_lost || subject.record.is_some();
        let never_sent =
            made_by_us && !sides.is_remembered() && subject.declared.is_given_later(attribute);
        let lifecycle = world.lifecycle(subject.address);
        let ignores = |path| lifecycle.is_some_and(|lifecycle| lifecycle.ignores(path));
        let mut unsent = Unsent::default();
        let mut outlived = Vec::new();
        let mut is_let_go = false;
        for path in sides.paths() {
            let declared = declaration.leaves.get(path);
            let live = sides.live(path);
            let known = sides.remembered(path);
            if declaration.open && declared.is_none() {
                // Ours by another name says nothing of what is declared.
                is_let_go |= known.is_some() && !owner::is_mark(path);
                continue;
            }
            let is_declared_secret = sides.declares_secret(path);
            let pinned = is_declared_secret && rotation.pins(known);
            let preset = presets.at(path, live);
            let judge = Judge {
                declared,
                live,
                known,
                preset,
                is_secret: sides.is_secret(path),
                attribute_known: sides.is_remembered(),
                take_its_word: subject.record.is_none() && !never_sent,
                at_hand: declared.is_none_or(|declared| world.is_at_hand(declared)),
                pinned,
                never_sent,
                fingerprint: &|value| world.fingerprint(subject.address, path, value),
            };
            // What is ignored is given to a new object all the same, also where the run that made it
            // broke off before. Of a set nothing may be remembered because nothing was taken over of it.
            let is_new = never_sent && (subject.answer_lost || attribute.shape != Shape::Set);
            let mark = owner::mark(world, subject.address.kind())
                .filter(|_| attribute.shape == Shape::Set);
            let is_mark = mark.is_some_and(|mark| is_member(path, mark));
            let is_ignored = !is_new && !is_mark && ignores(path);
            let is_rotatable =
                is_declared_secret && !is_ignored && rotation::is_in_place(attribute);
            self.is_rotatable |= is_rotatable;
            let written_again = || LeafChange {
                before: sides.shown_live(path, live),
                after: sides.shown_declared(path),
                forces_replace: false,
                moved: MovedSide::Neither,
            };
            let verdict = judge.verdict();
            let is_asked = is_rotatable && rotation.writes_all();
            if !matches!(verdict, Verdict::Changed(_) | Verdict::Lost)
                && !is_ignored
                && (is_asked || rotation.writes(attribute, known, &verdict))
            {
                self.leaves.insert(path.clone(), written_again());
                self.send(attribute, path, true);
                continue;
            }
            if pinned && judge.has_another_value() {
                unsent.pinned.insert(path.clone(), written_again());
            }
            match verdict {
                Verdict::Changed(_) if is_ignored => {
                    // A member of a set is always told.
                    let untold = || judge.left_untold().filter(|_| attribute.shape != Shape::Set);
                    unsent.remember(path, known.cloned().or_else(untold));
                    let is_hidden = matches!(live, LiveLeaf::Hidden | LiveLeaf::Absent);
                    if declared.is_none() && is_hidden {
                        unsent.lost.push(path.clone());
                    }
                }
                // Only a write would lose it.
                Verdict::Lost if is_ignored => unsent.lost.push(path.clone()),
                // Whatever becomes of it outside is not worth a word, in state neither.
                Verdict::Same(_) if is_ignored && subject.record.is_some() => {
                    unsent.remember(path, known.cloned());
                }
                Verdict::Same(remembered) => {
                    let is_news = preset == Preset::Moves && remembered.as_ref() != known;
                    outlived.extend(remembered.clone().filter(|_| is_news).map(|r| (path, r)));
                    unsent.remember(path, remembered);
                }
                Verdict::Assumed(remembered) => {
                    unsent.assumed += 1;
                    unsent.remember(path, Some(remembered));
                }
                Verdict::Settled => {
                    unsent.remember(path, known.cloned());
                    unsent.notes.push(Note::Settled {
                        address: subject.address.clone(),
                        path: path.clone(),
                        live: sides.shown_live(path, live),
                        declared: sides.shown_declared(path),
                    });
                }
                Verdict::Lost => {
                    self.block(subject, path.clone(), BlockerCause::HiddenValueLost);
                }
                Verdict::Changed(moved) => {
                    unsent.remember(path, known.cloned());
                    let change = LeafChange {
                        before: sides.shown_live(path, live),
                        after: sides.shown_declared(path),
                        forces_replace: attribute.mutability == Mutability::Replace,
                        moved,
                    };
                    self.leaves.insert(path.clone(), change);
                    self.send(attribute, path, declared.is_some());
                }
            }
        }
        if is_let_go {
            let attribute = attribute.name.to_owned();
            let address = subject.address.clone();
            self.notes.push(Note::NoLongerDeclared { address, attribute });
        }
        if self.update.contains(attribute.name) {
            // It is sent whole, and remembered when it has been. Should the run break off before,
            // memory must not say more than it did.
            self.remembered.extend(sides.memory());
            let outlived = outlived.iter().map(|(path, now)| ((*path).clone(), now.clone()));
            self.remembered.extend(outlived);
            for path in unsent.lost {
                self.block(subject, path, BlockerCause::HiddenValueLost);
            }
            for (path, change) in unsent.pinned {
                self.leaves.entry(path).or_insert(change);
            }
        } else {
            self.remembered.extend(unsent.remembered);
            self.assumed += unsent.assumed;
            self.notes.extend(unsent.notes);
        }
        if !outlived.is_empty() {
            self.witness = presets.template().cloned();
        }
    }

    /// Marks what it takes to bring the leaf at `path` to what is declared.
    fn send(&mut self, attribute: &'static Attribute, path: &Path, declared: bool) {
        match (attribute.mutability, path.segments().last()) {
            (Mutability::InPlace, _) => {
                self.update.insert(attribute.name);
            }
            (Mutability::Replace, _) => {
                self.replace.insert(attribute.name.to_owned());
            }
            (Mutability::PerMember, Some(Segment::Member(name))) => {
                let calls = if declared { &mut self.attach } else { &mut self.detach };
                calls.insert(name.clone());
            }
            (Mutability::PerMember, _) => {}
        }
    }

    fn note_undeclared(&mut self, subject: &Subject<'_, '_>) {
        let Some(record) = subject.record else { return };
        let blocked = |root: &str| subject.declared.unknown.iter().any(|(p, _)| p.root() == root);
        let roots: BTreeSet<&str> = record.leaves.keys().map(Path::root).collect();
        let schema = subject.address.kind().schema();
        for root in roots.into_iter().filter(|root| schema.attribute(root).is_some()) {
            if !subject.declared.declares(root) && !blocked(root) {
                self.notes.push(Note::NoLongerDeclared {
                    address: subject.address.clone(),
                    attribute: root.to_owned(),
                });
            }
        }
    }
}

fn is_member(path: &Path, name: &str) -> bool {
    matches!(path.segments().last(), Some(Segment::Member(member)) if member == name)
}

/// The leaves of a resource that is to be made.
pub(crate) fn new_leaves(
    world: &World<'_>,
    lexicon: &Lexicon<'_>,
    address: &Address,
    declared: &Declared,
) -> SmallMap<Path, LeafChange> {
    let change = |after: Shown| LeafChange {
        before: Shown::Absent,
        after,
        forces_replace: false,
        moved: MovedSide::Declared,
    };
    let mut leaves = SmallMap::new();
    for declaration in &declared.attributes {
        if declaration.attribute.readback == Readback::KeptInState
            && let Some(kept) = kept_text(&declaration.value)
        {
            let kept = kept_leaves(declaration.attribute, &kept);
            leaves.extend(
                kept.iter().map(|(path, leaf)| (path.clone(), change(shown_plain(path, leaf)))),
            );
        }
        let spec = lexicon.spec(world, address, declaration.attribute);
        let secrecy = Secrecy { spec, config: &declaration.value };
        for (path, value) in &declaration.leaves {
            let shown = shown(value, secrecy.is_secret(path, value));
            leaves.insert(path.clone(), change(shown));
        }
    }
    leaves
}
