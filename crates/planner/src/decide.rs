//! What is done about each resource, and why.

mod begun;
mod known;
mod moved;
mod owned;
mod refreshed;
mod renamed;
mod unchecked;
mod unseen;
mod within;

use std::collections::{BTreeMap, BTreeSet};

use model::desired::{Removal, Resource};
use model::kind::Attribute;
use model::live::Id;
use model::plan::{Action, Blocker, BlockerCause, Change, Note, Reason};
use model::state::{Deposed, Record};
use model::{Address, Kind, Path, SmallMap};

use self::known::Move;
use self::moved::rehomed;
use self::renamed::renamed;
use self::unseen::{is_unseen, overwrites};
use crate::declared::{Declared, Lexicon, Remembrance};
use crate::diff::{Diff, Subject, diff, new_leaves};
use crate::focus;
use crate::order::{Draft, Part};
use crate::owner;
use crate::pairing::{Case, How, Pairing, Standing};
use crate::steps::Steps;
use crate::world::{Object, World};

/// Everything that is decided, not yet in order.
#[derive(Default)]
pub(crate) struct Decided<'a> {
    pub(crate) changes: BTreeMap<Address, Change>,
    pub(crate) drafts: Vec<Draft>,
    pub(crate) blockers: Vec<Blocker>,
    pub(crate) notes: Vec<Note>,
    /// Objects that belonged to nobody and that an interrupted run has made.
    pub(crate) completed: BTreeSet<(Kind, Id)>,
    /// The workspaces that are replaced, each with all that is in it.
    pub(crate) replaced: BTreeSet<&'a Address>,
}

/// What is decided about one resource. With a blocker in it none of its steps are taken.
struct Decision {
    change: Change,
    drafts: Vec<Draft>,
    blockers: Vec<Blocker>,
    notes: Vec<Note>,
    assumed: usize,
}

impl Decision {
    fn new(action: Action, reason: Reason, id: Option<Id>, name: String) -> Decision {
        let (leaves, definitions) = (SmallMap::new(), BTreeSet::new());
        Decision {
            change: Change { action, reason, id, name, leaves, definitions },
            drafts: Vec::new(),
            blockers: Vec::new(),
            notes: Vec::new(),
            assumed: 0,
        }
    }

    fn block(&mut self, address: &Address, path: Option<Path>, cause: BlockerCause) {
        self.blockers.push(Blocker { address: Some(address.clone()), path, cause });
    }

    /// The same, left for another time.
    fn left_out(self) -> Decision {
        let Change { action, reason, id, name, leaves: _, definitions: _ } = self.change;
        let reason = if action == Action::NoOp { reason } else { Reason::LeftOut };
        Decision::new(Action::NoOp, reason, id, name)
    }

    /// Takes over what a comparison found.
    fn take(&mut self, diff: Diff) {
        self.change.leaves = diff.leaves;
        self.blockers.extend(diff.blockers);
        self.notes.extend(diff.notes);
        self.assumed += diff.assumed;
    }
}

/// Decides about every resource that is declared or remembered.
pub(crate) fn decide<'a>(world: &World<'a>, pairing: &Pairing<'a, '_>) -> Decided<'a> {
    let lexicon = Lexicon::new(world, pairing);
    let mut decider = Decider {
        world,
        pairing,
        lexicon: &lexicon,
        asides: BTreeSet::new(),
        completed: BTreeSet::new(),
        replaced: BTreeSet::new(),
        moving: BTreeSet::new(),
    };
    let mut decided = Decided::default();
    let (mut assumed, mut assumed_on) = (0, 0);
    let mut unseen: BTreeMap<Kind, usize> = BTreeMap::new();
    let left_out = focus::left_out(world);
    let mut changes = Vec::with_capacity(pairing.cases.len());
    for (&address, case) in &pairing.cases {
        let mut decision = decider.case(address, case);
        if left_out.contains(address) {
            decision = decider.swallowed(address).unwrap_or_else(|| decision.left_out());
        }
        decider.note_replaced(address, &decision);
        decider.note_moving(address, &decision);
        if is_in_vain(world, address, case) {
            let cause = BlockerCause::NothingToRotate { stands: true };
            decision.block(address, None, cause);
        }
        let Decision { mut change, drafts, blockers, notes, assumed: leaves } = decision;
        lexicon.name_definitions(&mut change);
        if is_unseen(address, &change) {
            *unseen.entry(address.kind()).or_default() += 1;
        }
        changes.push((address.clone(), change));
        if blockers.is_empty() {
            decided.drafts.extend(drafts);
            decided.notes.extend(notes);
            assumed += leaves;
            assumed_on += usize::from(leaves > 0);
        }
        decided.blockers.extend(blockers);
    }
    // They come in order, and a tree that is made of all at once has no gaps.
    decided.changes = changes.into_iter().collect();
    decided.notes.extend(renamed(world, pairing, &lexicon));
    decided.notes.extend(within::notes(world, pairing, &decider.replaced, &decided.changes));
    let orphans = pairing.orphans.iter();
    let orphans = orphans.map(|(&kind, &count)| Note::Orphans { kind, count });
    decided.notes.extend(orphans);
    let unseen = unseen.into_iter().map(|(kind, resources)| Note::Unseen { kind, resources });
    decided.notes.extend(unseen);
    decided.notes.extend(unchecked::notes(world, &decided.changes));
    if assumed > 0 {
        decided.notes.push(Note::Assumed { leaves: assumed, resources: assumed_on });
    }
    decided.completed = decider.completed;
    decided.replaced = decider.replaced;
    decided
}

/// Where one resource after the other is decided.
struct Decider<'d, 'a, 'w> {
    world: &'d World<'a>,
    pairing: &'d Pairing<'a, 'w>,
    lexicon: &'d Lexicon<'a>,
    /// Names that replaced objects are given in this plan.
    asides: BTreeSet<(Kind, String)>,
    completed: BTreeSet<(Kind, Id)>,
    /// Workspaces come before what is in them, so all are known by then.
    replaced: BTreeSet<&'a Address>,
    /// Source templates that something is done about. They come before the connectors made from them.
    moving: BTreeSet<Id>,
}

impl<'d, 'a> Decider<'d, 'a, '_> {
    fn case(&mut self, address: &'a Address, case: &Case<'a, '_>) -> Decision {
        if self.world.options.refresh_only {
            return self.refreshed(address, case);
        }
        match case {
            Case::External { found, record } => self.external(address, found, *record),
            Case::Declared { resource, record, standing } => {
                self.declared(address, resource, *record, standing)
            }
            Case::Undeclared { record } => self.undeclared(address, record),
            Case::Abandoned => self.abandoned(address),
            Case::Orphan { object } => self.orphan(address, *object),
        }
    }

    fn steps(&self, address: &'a Address) -> Steps<'a, '_> {
        Steps::new(self.world, self.pairing, self.lexicon, address, &self.replaced)
    }

    /// What the resource is called, or is to be called. What has no name that anybody chose goes
    /// by its logical one.
    fn name(&self, address: &Address, object: Option<Object<'a>>) -> String {
        let live = object.map(|object| object.live.name.as_str());
        self.world.natural_name(address).or(live).unwrap_or(address.name()).to_owned()
    }

    fn note_moving(&mut self, address: &Address, decision: &Decision) {
        if address.kind() == Kind::SourceTemplate && !decision.drafts.is_empty() {
            self.moving.extend(decision.change.id.clone());
            // Also what an earlier run has replaced and did not get to deleting.
            self.moving.extend(decision.drafts.iter().filter_map(|draft| match &draft.key.part {
                Part::Leftover(id) => Some(id.clone()),
                _ => None,
            }));
        }
    }

    /// Somebody else's: it has to stand, and that is all. A record from when it was ours goes.
    fn external(
        &self,
        address: &'a Address,
        found: &[Object<'a>],
        record: Option<&Record>,
    ) -> Decision {
        let name = self.name(address, None);
        let id = found.first().map(|object| object.id.clone());
        let mut decision = Decision::new(Action::NoOp, Reason::External, id, name.clone());
        if record.is_some() || self.world.begun(address).is_some() {
            let mut steps = self.steps(address);
            steps.forget();
            decision.drafts = steps.done();
            decision.change.action = Action::Forget;
        }
        match found {
            [_] => {}
            _ if self.world.options.destroy => {}
            [] => decision.block(address, None, BlockerCause::ExternalMissing { name }),
            several => {
                let ids = several.iter().map(|object| object.id.clone()).collect();
                decision.block(address, None, BlockerCause::Ambiguous { name, ids });
            }
        }
        decision
    }

    /// Remembered and no longer declared.
    fn undeclared(&self, address: &'a Address, record: &'a Record) -> Decision {
        let kind = address.kind();
        let object = self.pairing.remembered(self.world, address);
        let is_live = |old: &Deposed| self.is_live(address, old);
        let stands = object.is_some() || record.deposed.iter().any(is_live);
        let name = object.map_or(&record.name, |object| &object.live.name);
        let is_default = self.world.is_default(address, name);
        let removal = self.world.desired.removed.get(address);
        let swallowed = object.and_then(|object| self.swallower(kind, object));
        let mut steps = self.steps(address);
        let mut leaves = SmallMap::new();
        let (action, reason) = if let Some(Removal { destroy: false, span: _ }) = removal {
            match object.filter(|object| owner::is_marked(self.world, kind, *object)) {
                // With our tag on it, it would be pruned one day.
                Some(object) => steps.let_go(object, &mut leaves),
                None => steps.forget(),
            }
            (Action::Forget, Reason::Removed)
        } else if !stands {
            steps.forget();
            // It may stand and belong to an address by now that is declared not to be ours.
            let holder = self.pairing.holders.get(&(kind, &record.id));
            let resource = holder.and_then(|holder| self.world.resource(holder));
            let is_given_away = resource.is_some_and(|resource| resource.external);
            let reason = if is_given_away { Reason::External } else { Reason::GoneAndUndeclared };
            (Action::Forget, reason)
        } else if swallowed.is_some() {
            steps.prune(record);
            (Action::Delete, Reason::GoesWithWorkspace)
        } else if self.world.options.destroy && !is_default {
            steps.prune(record);
            (Action::Delete, Reason::Destroyed)
        } else if self.world.is_deleted(address) && !is_default {
            steps.prune(record);
            let reason = match removal {
                Some(_) if self.world.options.undo => Reason::Undone,
                Some(_) => Reason::Removed,
                None => Reason::Pruned,
            };
            (Action::Delete, reason)
        } else {
            // A begun create is settled by saying again what is remembered.
            if self.world.begun(address).is_some() {
                steps.settle(record.clone(), None);
            }
            let action = if steps.is_empty() { Action::NoOp } else { Action::Record };
            (action, if is_default { Reason::DefaultWorkspace } else { Reason::UndeclaredKept })
        };
        let is_kept = reason == Reason::UndeclaredKept;
        let id = object.map(|object| object.id.clone());
        let mut decision = Decision::new(action, reason, id, name.clone());
        decision.change.leaves = leaves;
        if let (Action::Delete, Some(object)) = (action, object) {
            self.leave_to_others(address, object, &mut decision);
        }
        if action == Action::Delete && object.is_some() && record.prevent_destroy {
            decision.block(address, None, BlockerCause::DestroyPrevented);
        }
        decision.notes.extend(is_kept.then(|| Note::Kept { address: address.clone() }));
        decision.drafts = steps.done();
        decision
    }

    /// A create was begun for something that nobody declares or remembers. Whether it stands is
    /// not asked: it is nobody's then, like all else that is not declared.
    fn abandoned(&self, address: &'a Address) -> Decision {
        let begun = self.world.begun(address).unwrap_or(&[]);
        let name = begun.iter().copied().flatten().next().unwrap_or(address.name());
        let mut steps = self.steps(address);
        steps.forget();
        let mut decision =
            Decision::new(Action::Forget, Reason::GoneAndUndeclared, None, name.to_owned());
        decision.drafts = steps.done();
        decision
    }

    fn declared(
        &mut self,
        address: &'a Address,
        resource: &Resource,
        record: Option<&'a Record>,
        standing: &Standing<'a>,
    ) -> Decision {
        let mut decision = self.standing(address, resource, record, standing);
        if let Some(object) = standing.object {
            self.leave_to_others(address, object, &mut decision);
        }
        decision
    }

    fn standing(
        &mut self,
        address: &'a Address,
        resource: &Resource,
        record: Option<&'a Record>,
        standing: &Standing<'a>,
    ) -> Decision {
        let mut declared = self.lexicon.declared(self.world, address, resource);
        if let Some(object) = standing.object {
            let remembered = match standing.how {
                How::Id { .. } => record.map_or(Remembrance::None, Remembrance::Of),
                How::Moved { record, .. } => Remembrance::Of(record),
                How::AnswerLost => Remembrance::Begun(self.world.sent(address, &object.live.name)),
                _ => Remembrance::None,
            };
            let spec = |attribute: &Attribute| self.lexicon.spec(self.world, address, attribute);
            declared.keep_ignored(&resource.lifecycle, object.live, remembered, spec);
        }
        let declared = &declared;
        if let (How::Name | How::AnswerLost | How::Imported, Some(object)) =
            (&standing.how, standing.object)
            && self.swallower(address.kind(), object).is_some()
        {
            // There is no use in taking over what is about to go.
            return self.create(address, declared, record);
        }
        match (&standing.how, standing.object) {
            (How::Ambiguous(ids), _) => {
                let ids = ids.iter().map(|&id| id.clone()).collect();
                let cause = BlockerCause::Ambiguous { name: self.name(address, None), ids };
                self.unpaired(address, Reason::FoundByName, cause)
            }
            (How::MoveTaken { from, id }, _) => {
                let (from, id) = ((*from).clone(), (*id).clone());
                let reason = Reason::Moved { from: from.clone() };
                self.unpaired(address, reason, BlockerCause::MoveTaken { from, id })
            }
            (How::ImportMissing(by), _) => {
                let cause = BlockerCause::ImportMissing { by: (*by).clone() };
                self.unpaired(address, Reason::Imported, cause)
            }
            (How::ImportTaken { id, holder }, _) => {
                let (id, holder) = ((*id).clone(), (*holder).clone());
                let cause = BlockerCause::ImportTaken { id, holder };
                self.unpaired(address, Reason::Imported, cause)
            }
            (How::Nothing, _) | (_, None) => self.create(address, declared, record),
            (How::Name, Some(object)) => {
                let subject =
                    Subject { address, declared, object, record: None, answer_lost: false };
                self.adopt(&subject, Reason::FoundByName, record)
            }
            (How::Imported, Some(object)) => {
                let subject =
                    Subject { address, declared, object, record: None, answer_lost: false };
                self.adopt(&subject, Reason::Imported, record)
            }
            (How::AnswerLost, Some(object)) => self.begun(address, declared, object, record),
            (How::Id { replacement }, Some(object)) => {
                let subject = Subject { address, declared, object, record, answer_lost: false };
                self.known(&subject, None, *replacement)
            }
            (How::Moved { from, record: moved }, Some(object)) => {
                let way = (*from, address);
                let moved = &rehomed(self.world, self.lexicon, way, moved, declared, object.live);
                let subject =
                    Subject { address, declared, object, record: Some(moved), answer_lost: false };
                self.known(&subject, Some(Move { from, lost: record }), None)
            }
        }
    }

    /// It stands, perhaps, and nothing tells as which object.
    fn unpaired(&self, address: &Address, reason: Reason, cause: BlockerCause) -> Decision {
        let mut decision = Decision::new(Action::Adopt, reason, None, self.name(address, None));
        decision.block(address, None, cause);
        decision
    }

    fn create(
        &self,
        address: &'a Address,
        declared: &Declared,
        record: Option<&'a Record>,
    ) -> Decision {
        let reason = if record.is_some() { Reason::Vanished } else { Reason::New };
        let mut decision = Decision::new(Action::Create, reason, None, self.name(address, None));
        if self.world.options.rotate.contains(address) {
            let cause = BlockerCause::NothingToRotate { stands: false };
            decision.block(address, None, cause);
        }
        decision.change.leaves = new_leaves(self.world, self.lexicon, address, declared);
        decision.notes.extend(overwrites(self.world, address, &decision.change.name));
        for (path, cause) in &declared.unknown {
            decision.block(address, Some(path.clone()), cause.clone());
        }
        let mut steps = self.steps(address);
        steps.create(declared, None);
        steps.delete_leftovers(record.map_or(&[], |record| &record.deposed));
        decision.drafts = steps.done();
        decision
    }

    /// Takes an object that stands as the resource. It may be changed and is never replaced.
    fn adopt(
        &self,
        subject: &Subject<'a, '_>,
        reason: Reason,
        vanished: Option<&Record>,
    ) -> Decision {
        let address = subject.address;
        // What is asked for by name may be refused; what is said aloud, or was made here, is ours.
        let is_found = reason == Reason::FoundByName;
        let id = subject.object.id.clone();
        let name = self.name(address, Some(subject.object));
        let mut decision = Decision::new(Action::Adopt, reason, Some(id.clone()), name);
        let mut diff = self.compare(subject);
        self.rotates(address, &diff, &mut decision);
        if is_found && !self.world.options.adopt {
            decision.block(address, None, BlockerCause::AdoptionRefused { id });
        } else if !diff.replace.is_empty() {
            let attributes = diff.replace.clone();
            let cause = BlockerCause::AdoptionWouldReplace { id, attributes };
            decision.block(address, None, cause);
        }
        let leftovers = vanished.map_or_else(Vec::new, |record| record.deposed.clone());
        let mut steps = self.steps(address);
        let record =
            Record { deposed: leftovers.clone(), ..settled(self.world, subject, &mut diff) };
        steps.settle_before(record, None, diff.witness.clone());
        steps.change(subject, &diff);
        steps.delete_leftovers(&leftovers);
        decision.drafts = steps.done();
        decision.take(diff);
        decision
    }

    fn is_live(&self, address: &Address, old: &Deposed) -> bool {
        self.pairing.deposed(self.world, address, &old.id).is_some()
    }

    /// Blocks where secrets are to be written again and there are none that could be.
    fn rotates(&self, address: &Address, diff: &Diff, decision: &mut Decision) {
        if self.world.options.rotate.contains(address) && !diff.is_rotatable {
            decision.block(address, None, BlockerCause::NothingToRotate { stands: true });
        }
    }

    fn compare(&self, subject: &Subject<'a, '_>) -> Diff {
        diff(self.world, self.pairing, self.lexicon, subject, &self.moving)
    }
}

/// Whether secrets are to be written again of what is not declared as ours.
fn is_in_vain(world: &World<'_>, address: &Address, case: &Case<'_, '_>) -> bool {
    world.options.rotate.contains(address) && !matches!(case, Case::Declared { .. })
}

/// What is to be remembered before anything is sent: what was compared and found the same. It is taken
/// out of `diff`, where nobody asks for it again.
fn settled(world: &World<'_>, subject: &Subject<'_, '_>, diff: &mut Diff) -> Record {
    let live = subject.object.live;
    let kind = subject.address.kind();
    // A name that is about to change is remembered when it has; one that the service made up is
    // never compared.
    let is_renamed = diff.update.contains(kind.schema().natural_key);
    let is_unnamed = world.natural_name(subject.address).is_none();
    let name = match subject.record {
        Some(record) if is_renamed || is_unnamed => &record.name,
        Some(_) | None => &live.name,
    };
    Record {
        id: subject.object.id.clone(),
        name: name.clone(),
        kept: std::mem::take(&mut diff.kept),
        leaves: std::mem::take(&mut diff.remembered),
        prevent_destroy: world.lifecycle(subject.address).is_some_and(|l| l.prevent_destroy),
        deposed: subject.record.map_or_else(Vec::new, |record| record.deposed.clone()),
    }
}
