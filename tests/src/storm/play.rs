//! A case, played under the laws.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use emulator::{Config, Emulator, Fault, FaultKind, Switches, World};
use serde_json::Value;

use super::client::{Ended, Place, Texts, read};
use super::{Attempt, Case, Hand, Round, compare};
use crate::{Error, organization};

/// What was played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases.
    pub cases: u64,
    /// Manifests that could be applied.
    pub rounds: u64,
    /// Manifests that are blocked without any fault, too, by the cause.
    pub vain: BTreeMap<String, u64>,
    /// Applies under faults.
    pub applies: u64,
    /// Those of them that were killed.
    pub cuts: u64,
    /// Those of them that were done in part.
    pub partly: u64,
    /// Those of them that began nothing.
    pub refused: u64,
    /// Steps that were left to the clean applies.
    pub left: u64,
    /// Changes by hand while an apply went on.
    pub hands: u64,
    /// Requests that met a fault, by its kind.
    pub faults: BTreeMap<String, u64>,
}

impl Tally {
    /// Takes in what another one counted.
    pub fn add(&mut self, other: &Tally) {
        let Tally { cases, rounds, vain, applies, cuts, partly, refused, left, hands, faults } =
            other;
        self.cases += cases;
        self.rounds += rounds;
        self.applies += applies;
        self.cuts += cuts;
        self.partly += partly;
        self.refused += refused;
        self.left += left;
        self.hands += hands;
        for (ours, theirs) in [(&mut self.faults, faults), (&mut self.vain, vain)] {
            for (kind, count) in theirs {
                *ours.entry(kind.clone()).or_default() += count;
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { cases, rounds, vain, applies, cuts, partly, refused, left, hands, faults } =
            self;
        writeln!(f, "cases                    {cases:>7}")?;
        writeln!(f, "manifests converged      {rounds:>7}")?;
        writeln!(f, "blocked without a fault  {:>7}", vain.values().sum::<u64>())?;
        for (cause, count) in vain {
            writeln!(f, "  {cause:<22} {count:>7}")?;
        }
        writeln!(f, "applies under faults     {applies:>7}")?;
        writeln!(f, "  begun nothing          {refused:>7}")?;
        writeln!(f, "  done in part           {partly:>7}")?;
        writeln!(f, "  killed                 {cuts:>7}")?;
        writeln!(f, "steps left to clean ones {left:>7}")?;
        writeln!(f, "changes by hand          {hands:>7}")?;
        writeln!(f, "faults met               {:>7}", faults.values().sum::<u64>())?;
        for (kind, count) in faults {
            writeln!(f, "  {kind:<22} {count:>7}")?;
        }
        Ok(())
    }
}

/// A service, a folder and what it takes to wait.
struct Stage {
    emulator: Emulator,
    folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
    /// What nobody has declared, by id, as it has to be.
    strays: RefCell<BTreeMap<String, Value>>,
    /// How often somebody has changed something by hand.
    hands: RefCell<u64>,
    /// Whether some of that was declared.
    edited: RefCell<bool>,
    /// What was declared and somebody has deleted, since the last clean apply.
    deleted: RefCell<Vec<Hand>>,
    /// The service shows of a connector what its template presets, too.
    shows_presets: bool,
}

impl Stage {
    /// A service of its own: what one case leaves behind in it is no other's business.
    fn new(case: &Case) -> Result<Stage, Error> {
        let world = World::from_json(&case.world.to_string())?;
        let switches: Switches = serde_json::from_value(case.switches.clone())?;
        let strays = RefCell::new(strays(&world)?);
        Ok(Stage {
            strays,
            hands: RefCell::default(),
            edited: RefCell::default(),
            deleted: RefCell::default(),
            shows_presets: switches.connector_config_shows_presets,
            emulator: Emulator::start_blocking(Config { world, switches, ..Config::default() })?,
            folder: tempfile::tempdir()?,
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        })
    }

    fn place(&self) -> Place<'_> {
        Place { emulator: &self.emulator, state: self.folder.path().join("state.json") }
    }

    fn apply(&self, round: &Round, attempt: &Attempt) -> Result<Ended, Error> {
        let desired = read(&round.manifest)?;
        let texts = Texts::new(&round.secrets);
        let mut waiting = in_turn(attempt);
        let mut done = Ok(());
        let mut hands = |begun: u64| {
            waiting.retain(|hand| {
                // What is not declared is not put right by anybody.
                let counts = hand.stray || declares(&round.manifest, &hand.change);
                if hand.step <= begun && done.is_ok() && counts {
                    done = self.change(hand);
                }
                hand.step > begun
            });
        };
        let ended =
            self.runtime.block_on(self.place().apply(&desired, &texts, attempt, &mut hands))?;
        // Whoever works by hand does not wait for us.
        hands(u64::MAX);
        done.map(|()| ended)
    }

    /// Does by hand what `hand` says, as far as it is there.
    fn change(&self, hand: &Hand) -> Result<(), Error> {
        self.emulator.edit(|world| {
            self.untouched(world)?;
            let Ok(changed) = organization::changed(world, &hand.change) else { return Ok(()) };
            let before = compare::by_id(world)?;
            *world = changed;
            *self.hands.borrow_mut() += 1;
            *self.edited.borrow_mut() |= !hand.stray;
            if !hand.stray && takes_away(&hand.change) {
                self.deleted.borrow_mut().push(hand.clone());
            }
            let mut known = self.strays.borrow_mut();
            let now = strays(world)?;
            // What comes of a stray, such as the destination of a connector, bears its name.
            let is_ours = |id: &String| before.contains_key(id) && !known.contains_key(id);
            *known = now.into_iter().filter(|(id, _)| !is_ours(id)).collect();
            Ok(())
        })
    }

    /// Whether what nobody has declared is as whoever owns it has left it.
    fn untouched(&self, world: &World) -> Result<(), Error> {
        let now = compare::by_id(world)?;
        for (id, row) in self.strays.borrow().iter() {
            if now.get(id) != Some(row) {
                return Err(format!("touched: {row}\nnow: {:?}", now.get(id)).into());
            }
        }
        Ok(())
    }

    fn rest(&self, round: &Round) -> Result<Option<String>, Error> {
        let desired = read(&round.manifest)?;
        let texts = Texts::new(&round.secrets);
        self.runtime.block_on(self.place().rest(&desired, &texts))
    }
}

/// What is done by hand during an apply, in the order in which it is done however far that comes: the
/// last of two changes of one thing stays.
fn in_turn(attempt: &Attempt) -> Vec<&Hand> {
    let mut hands: Vec<&Hand> = attempt.hands.iter().collect();
    hands.sort_by_key(|hand| hand.step);
    hands
}

/// Whether a manifest declares what a change by hand is about.
fn declares(manifest: &Value, change: &Value) -> bool {
    change.as_object().into_iter().flatten().all(|(section, objects)| {
        objects.as_object().into_iter().flatten().all(|(name, patch)| {
            let all = manifest[section].as_object().into_iter().flatten().map(|(_, one)| one);
            let mut called = all.filter(|one| {
                ["name", "destination_name"].iter().any(|key| one[*key] == name.as_str())
            });
            called.any(|declared| covers(declared, patch))
        })
    })
}

/// Whether a change by hand deletes something.
fn takes_away(change: &Value) -> bool {
    let sections = change.as_object().into_iter().flatten();
    sections
        .flat_map(|(_, names)| names.as_object().into_iter().flatten())
        .any(|(_, to)| to.is_null())
}

/// Whether every leaf of a patch is a leaf of what is declared.
fn covers(declared: &Value, patch: &Value) -> bool {
    match patch {
        Value::Object(members) => members
            .iter()
            .all(|(key, patch)| declared.get(key).is_some_and(|one| covers(one, patch))),
        _ => true,
    }
}

/// What nobody has declared, by id.
fn strays(world: &World) -> Result<BTreeMap<String, Value>, Error> {
    let mut rows = compare::by_id(world)?;
    rows.retain(|_, row| compare::is_stray(row));
    Ok(rows)
}

const CLEAN: Attempt = Attempt {
    faults: Vec::new(),
    parallelism: 4,
    cut: None,
    hands: Vec::new(),
    patience: None,
    looks: false,
};

/// Plays `case` twice, once without faults, and holds the two to each other and to the laws.
///
/// # Errors
/// A law is broken, or the case is none.
pub fn play(case: &Case) -> Result<Tally, Error> {
    let mut tally = Tally { cases: 1, ..Tally::default() };
    let (calm, rough) = (Stage::new(case)?, Stage::new(case)?);
    for (number, round) in case.rounds.iter().enumerate() {
        let failed = |what: String| -> Error { format!("round {number}: {what}").into() };
        // What is nobody's business is done there too, as it stays.
        for hand in round.attempts.iter().flat_map(in_turn) {
            if hand.stray {
                calm.change(hand)?;
            }
        }
        match calm.apply(round, &CLEAN)? {
            Ended::Done(_) => {}
            // Nobody could do it; what comes after it is another story.
            Ended::Blocked(causes) => {
                if case.switches["tag_routes"] == false {
                    blocked(&rough, round, &causes).map_err(|error| failed(error.to_string()))?;
                }
                let first = causes.split_once(": ").map_or(&*causes, |(_, cause)| cause);
                let word = first.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
                tally.vain.insert(word.to_owned(), 1);
                return Ok(tally);
            }
            other => return Err(failed(format!("even without a fault: {other:?}"))),
        }
        if let Some(rest) = calm.rest(round)? {
            return Err(failed(format!("even without a fault there is more to do:\n{rest}")));
        }
        let mut story = String::new();
        for attempt in &round.attempts {
            rough.emulator.clear_journal();
            for fault in &attempt.faults {
                rough.emulator.inject(serde_json::from_value::<Fault>(fault.clone())?);
            }
            let ended = rough.apply(round, attempt)?;
            rough.emulator.clear_faults();
            tally.applies += 1;
            match &ended {
                Ended::Done(_) => {}
                Ended::Cut => tally.cuts += 1,
                Ended::Partly(_) => tally.partly += 1,
                Ended::Refused(_) => tally.refused += 1,
                // What is half done may ask for something that only a person can answer, but never
                // where the whole does not.
                Ended::Blocked(_) | Ended::Hung => {
                    return Err(failed(format!("{story}an apply under faults: {ended:?}")));
                }
            }
            story += &format!("an apply under faults: {ended:?}\n");
            for exchange in rough.emulator.journal() {
                if let Some(kind) = &exchange.fault {
                    *tally.faults.entry(word(kind)).or_default() += 1;
                }
            }
        }
        match rough.apply(round, &CLEAN)? {
            Ended::Done(steps) => tally.left += u64::try_from(steps)?,
            other => return Err(failed(format!("{story}the clean apply: {other:?}"))),
        }
        if let Some(rest) = rough.rest(round)? {
            return Err(failed(format!(
                "{story}after the clean apply there is more to do:\n{rest}"
            )));
        }
        // What is made anew has forgotten what is not declared any more, so it is made anew there too.
        for hand in rough.deleted.take() {
            calm.change(&hand)?;
            let ended = calm.apply(round, &CLEAN)?;
            if !matches!(ended, Ended::Done(_)) {
                return Err(failed(format!(
                    "even without a fault, after {}: {ended:?}",
                    hand.change
                )));
            }
        }
        laws(&calm, &rough, round)
            .map_err(|error| failed(format!("{story}after the clean apply: {error}")))?;
        tally.rounds += 1;
    }
    tally.hands += *rough.hands.borrow();
    Ok(tally)
}

/// Where the service has no tags, and the manifest does: that is said, and nothing is done, whatever
/// else goes wrong.
fn blocked(rough: &Stage, round: &Round, causes: &str) -> Result<(), Error> {
    const CAUSE: &str = "KindUnavailable { kind: Tag }";
    if !causes.contains(CAUSE) {
        return Err(format!("without tag routes it is blocked by {causes}").into());
    }
    let before = rough.emulator.world().to_json();
    for attempt in &round.attempts {
        let attempt = Attempt { hands: Vec::new(), ..attempt.clone() };
        for fault in &attempt.faults {
            rough.emulator.inject(serde_json::from_value::<Fault>(fault.clone())?);
        }
        let ended = rough.apply(round, &attempt)?;
        rough.emulator.clear_faults();
        match &ended {
            Ended::Refused(_) => {}
            Ended::Blocked(causes) if causes.contains(CAUSE) => {}
            other => return Err(format!("without tag routes: {other:?}").into()),
        }
    }
    if rough.emulator.world().to_json() != before {
        return Err("blocked without tag routes, and something was done".into());
    }
    Ok(())
}

/// What holds after a clean apply.
fn laws(calm: &Stage, rough: &Stage, round: &Round) -> Result<(), Error> {
    let world = rough.emulator.world();
    let state = rough.place().remembered()?;
    if !state.open.is_empty() {
        return Err(format!("open intents: {:?}", state.open).into());
    }
    if rough.folder.path().join("state.json.journal").exists() {
        return Err("the journal is still there".into());
    }
    let twins = compare::twins(&world)?;
    if !twins.is_empty() {
        return Err(format!("twice: {twins:?}").into());
    }
    let alike = |world: World, form: fn(World) -> World| {
        if rough.shows_presets { form(world) } else { world }
    };
    let shown = alike(world.clone(), compare::with_presets);
    let missing = compare::missing(&round.manifest, &round.secrets, &shown)?;
    if !missing.is_empty() {
        return Err(format!("not as declared: {missing:?}").into());
    }
    rough.untouched(&world)?;
    let own = |world: World| compare::holdings(&alike(world, compare::beyond_presets));
    let (mut expected, mut holds) = (own(calm.emulator.world())?, own(world)?);
    if *rough.edited.borrow() {
        compare::forget_made_by_templates(&mut expected);
        compare::forget_made_by_templates(&mut holds);
    }
    if expected != holds {
        let (expected, holds) = (format!("{expected:#}"), format!("{holds:#}"));
        return Err(format!(
            "another organization than without faults:\n{}",
            lines(&expected, &holds)
        )
        .into());
    }
    Ok(())
}

/// The lines that only one of two texts has.
fn lines(expected: &str, found: &str) -> String {
    let count = |text: &str| {
        let mut lines: BTreeMap<String, i64> = BTreeMap::new();
        for line in text.lines() {
            *lines.entry(line.trim().to_owned()).or_default() += 1;
        }
        lines
    };
    let (left, right) = (count(expected), count(found));
    let mut told = String::new();
    for line in left.keys().chain(right.keys()).collect::<std::collections::BTreeSet<_>>() {
        let difference = right.get(line).unwrap_or(&0) - left.get(line).unwrap_or(&0);
        if difference != 0 {
            told += &format!("{difference:+} {line}\n");
        }
    }
    told
}

/// A kind of fault in a word or two.
fn word(kind: &FaultKind) -> String {
    match kind {
        FaultKind::Status { code, .. } => format!("{code} before commit"),
        FaultKind::StatusAfterCommit { code } => format!("{code} after commit"),
        FaultKind::ResetAfterCommit => "reset after commit".to_owned(),
        FaultKind::ResetBefore => "reset before commit".to_owned(),
        FaultKind::SilenceBefore => "timeout before commit".to_owned(),
        FaultKind::SilenceAfterCommit => "timeout after commit".to_owned(),
        FaultKind::TruncatedBody => "truncated body".to_owned(),
        FaultKind::NonJson => "body not JSON".to_owned(),
        FaultKind::Delay { .. } => "delay".to_owned(),
        FaultKind::Expire => "401 token expired".to_owned(),
    }
}
