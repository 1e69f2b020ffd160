//! What is measured: one function per question that an operator asks.

pub(crate) mod apply;
pub(crate) mod plan;
pub(crate) mod start;

use std::path::Path;

use crate::Error;
use crate::client::{Program, Ran};
use crate::report::{Report, Unit};
use crate::scene::Scene;

/// How often a run is measured whose CPU time counts, and one whose time on the wall does: others
/// who use the machine meanwhile cost that one more.
const RUNS: usize = 3;
const QUICK_RUNS: usize = 9;

/// The program, and what was measured of it so far.
pub(crate) struct Bench<'a> {
    program: Program<'a>,
    report: Report,
    /// Only requests are looked at.
    is_counting: bool,
}

impl<'a> Bench<'a> {
    pub(crate) fn new(program: &'a Path) -> Bench<'a> {
        let program = Program { path: program, launched: true };
        Bench { program, report: Report::new(), is_counting: false }
    }

    /// One that runs everything once, and measures neither time nor memory.
    pub(crate) fn counting(program: &'a Path) -> Bench<'a> {
        let program = Program { path: program, launched: false };
        Bench { program, report: Report::new(), is_counting: true }
    }

    pub(crate) fn into_report(self) -> Report {
        self.report
    }

    /// How many of something there are: so many where all is measured, or so many for a test.
    fn sized(&self, all: usize, few: usize) -> usize {
        if self.is_counting { few } else { all }
    }

    fn run(&self, scene: &Scene, what: &str, words: &[&str], codes: &[i32]) -> Result<Ran, Error> {
        scene.run(self.program, words)?.expect(what, codes)
    }

    fn add(&mut self, case: &str, figure: &'static str, unit: Unit, value: f64, goal: Option<f64>) {
        if !self.is_counting || unit == Unit::Requests {
            self.report.add(case, figure, unit, value, goal);
        }
    }

    /// The middle one of some runs by what `counts`.
    fn median(
        &self,
        runs: usize,
        counts: fn(&Ran) -> f64,
        mut run: impl FnMut() -> Result<Ran, Error>,
    ) -> Result<Ran, Error> {
        let runs = self.sized(runs, 1);
        let mut all = Vec::with_capacity(runs);
        for _ in 0..runs {
            all.push(run()?);
        }
        all.sort_by(|one, other| counts(one).total_cmp(&counts(other)));
        Ok(all.swap_remove(runs / 2))
    }

    /// The middle one of three runs by CPU time.
    fn by_cpu(&self, run: impl FnMut() -> Result<Ran, Error>) -> Result<Ran, Error> {
        self.median(RUNS, |ran| ran.cpu, run)
    }
}

/// Counts are small enough for any float.
fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
