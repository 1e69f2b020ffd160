//! An apply that is killed at every moment there is: after each of its writes to disk, and before and
//! after each of its requests. One plain apply must put each of them right.

mod manifest;

use std::fmt;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;

use emulator::{Fault, FaultKind};
use rustix::process::Signal;
use serde_json::Value;

use crate::Error;
use crate::bench::{Bench, Moment, Ran, wait_until};
use crate::script::Act;
use crate::storm::holdings;

/// The variable that tells the program under test after how many writes it is killed.
pub const WRITES: &str = "AIRFORM_UNDER_TEST_WRITES";

/// The variable that tells it where to leave how many there were.
pub const COUNT: &str = "AIRFORM_UNDER_TEST_COUNT";

/// The apply that is killed, one request at a time, so that every run is the same.
const APPLY: [&str; 7] =
    ["airform", "apply", "airform.yaml", "--auto-approve", "--prune", "--parallelism", "1"];

/// The apply that puts it right, at full speed. Nobody is there to be asked.
const AGAIN: [&str; 5] = ["airform", "apply", "airform.yaml", "--auto-approve", "--prune"];

const PLAN: [&str; 5] = ["airform", "plan", "airform.yaml", "--prune", "--detailed-exitcode"];

/// What a run leaves behind only when it has been killed.
const LEFTOVERS: [&str; 3] =
    ["airform.state.json.journal", "airform.state.json.lock", "airform.state.json.tmp"];

/// When a run is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kill {
    /// After it has written, renamed or removed a file for this many times. A line of the journal is
    /// one.
    Write(u64),
    /// When this request has come and nothing of it is done.
    Before(usize),
    /// When this request is carried out and not answered.
    After(usize),
}

impl fmt::Display for Kill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kill::Write(number) => write!(f, "after write {number}"),
            Kill::Before(number) => write!(f, "before request {number}"),
            Kill::After(number) => write!(f, "after request {number}"),
        }
    }
}

/// An organization and an apply that changes much of it.
#[derive(Debug)]
pub struct Scene {
    bench: Bench,
    before: Moment,
    /// What the organization holds in the end.
    expected: Value,
    /// What is remembered in the end.
    addresses: Vec<String>,
    /// Steps of the plan that are a request which writes.
    pub steps: usize,
    /// Requests of the apply.
    pub requests: usize,
    /// Writes to disk of the apply.
    pub writes: u64,
}

impl Scene {
    /// Sets up an apply of about ten times `size` steps, and lets it run once to its end.
    ///
    /// # Errors
    /// It does not end well.
    pub fn new(size: usize, program: &Path) -> Result<Scene, Error> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("airform.yaml"), manifest::before(size))?;
        let mut bench = Bench::new(folder.path(), program)?;
        for name in ["ONE_SECRET", "OTHER_SECRET"] {
            bench.act(&Act::Env(name.to_owned(), Some(format!("text of {name}"))))?;
        }
        well(&bench.run_as_is(&words(&AGAIN))?)?;
        bench.act(&Act::Write("airform.yaml".to_owned(), manifest::after(size)))?;
        let before = bench.moment()?;
        // Not in the folder: what is there is compared.
        let count = tempfile::NamedTempFile::new()?;
        let path = count.path().display().to_string();
        bench.act(&Act::Env(WRITES.to_owned(), Some(u64::MAX.to_string())))?;
        bench.act(&Act::Env(COUNT.to_owned(), Some(path)))?;
        let ran = bench.run_as_is(&words(&APPLY))?;
        bench.act(&Act::Env(WRITES.to_owned(), None))?;
        bench.act(&Act::Env(COUNT.to_owned(), None))?;
        well(&ran)?;
        let expected = holdings(&bench.emulator.world())?;
        let addresses = remembered(&bench)?;
        Ok(Scene {
            before,
            expected,
            addresses,
            steps: ran.journal.iter().filter(|exchange| exchange.committed).count(),
            requests: ran.journal.len(),
            writes: std::fs::read_to_string(count.path())?.trim().parse()?,
            bench,
        })
    }

    /// Every moment at which the apply can be killed.
    #[must_use]
    pub fn kills(&self) -> Vec<Kill> {
        let writes = (1..=self.writes).map(Kill::Write);
        let requests = (0..self.requests).flat_map(|one| [Kill::Before(one), Kill::After(one)]);
        writes.chain(requests).collect()
    }

    /// Kills the apply, applies again and looks at what came of it.
    ///
    /// # Errors
    /// Something is lost, doubled or left behind, or somebody is asked.
    pub fn check(&mut self, kill: Kill) -> Result<(), Error> {
        let failed = |what: &str, ran: &Ran| -> Error { format!("{kill}: {what}\n{ran}").into() };
        self.bench.restore(&self.before)?;
        self.kill(kill)?;
        let ran = self.bench.run_as_is(&words(&AGAIN))?;
        if ran.code != 0 {
            return Err(failed("applying again fails", &ran));
        }
        let holds = holdings(&self.bench.emulator.world())?;
        if holds != self.expected {
            let what = format!("another organization:\n{holds:#}\ninstead of\n{:#}", self.expected);
            return Err(failed(&what, &ran));
        }
        let remembered = remembered(&self.bench)?;
        if remembered != self.addresses {
            return Err(failed(&format!("{remembered:?} are remembered"), &ran));
        }
        for name in LEFTOVERS {
            if self.bench.folder().join(name).exists() {
                return Err(failed(&format!("{name} is left behind"), &ran));
            }
        }
        let plan = self.bench.run_as_is(&words(&PLAN))?;
        if plan.code != 0 || plan.stdout.trim_end().lines().count() != 1 {
            return Err(failed("planning again is not empty", &plan));
        }
        Ok(())
    }

    fn kill(&mut self, kill: Kill) -> Result<(), Error> {
        let silence = |nth: usize, kind: FaultKind| -> Result<Fault, Error> {
            Ok(Fault { method: None, nth: u64::try_from(nth)?, ..Fault::next("", "", kind) })
        };
        let seen = match kill {
            Kill::Write(number) => {
                let number = Some(number.to_string());
                self.bench.act(&Act::Env(WRITES.to_owned(), number))?;
                None
            }
            Kill::Before(nth) => {
                self.bench.emulator.inject(silence(nth, FaultKind::SilenceBefore)?);
                Some(nth + 1)
            }
            Kill::After(nth) => {
                self.bench.emulator.inject(silence(nth, FaultKind::SilenceAfterCommit)?);
                Some(nth + 1)
            }
        };
        let mut child = self.bench.start(&words(&APPLY))?;
        if let Some(seen) = seen {
            let emulator = &self.bench.emulator;
            wait_until(|| Ok(emulator.requests() >= seen || child.try_wait()?.is_some()))?;
            child.kill()?;
        }
        let ended = child.wait()?;
        self.bench.act(&Act::Env(WRITES.to_owned(), None))?;
        self.bench.heal();
        if ended.signal() != Some(Signal::KILL.as_raw()) {
            return Err(format!("{kill}: it was not killed but ended with {ended}").into());
        }
        Ok(())
    }
}

fn words(command: &[&str]) -> Vec<String> {
    command.iter().map(|&word| word.to_owned()).collect()
}

fn well(ran: &Ran) -> Result<(), Error> {
    if ran.code == 0 { Ok(()) } else { Err(format!("{ran}").into()) }
}

/// The addresses in the state.
fn remembered(bench: &Bench) -> Result<Vec<String>, Error> {
    let text = std::fs::read_to_string(bench.folder().join("airform.state.json"))?;
    let state: Value = serde_json::from_str(&text)?;
    if state["open"].as_array().is_none_or(|open| !open.is_empty()) {
        return Err(format!("open intents: {}", state["open"]).into());
    }
    let records = state["records"].as_object().ok_or("there are no records")?;
    Ok(records.keys().cloned().collect())
}
