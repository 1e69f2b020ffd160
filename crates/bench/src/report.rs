//! What was measured, beside what was wanted.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// What a figure counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Requests: exact, so they may fail a build.
    Requests,
    /// Seconds of user and system time.
    Cpu,
    /// Seconds on the wall.
    Wall,
    /// MiB.
    Memory,
    /// Bytes.
    Bytes,
    /// Lines of output.
    Lines,
    /// One figure over another.
    Ratio,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Unit::Requests => "requests",
            Unit::Cpu => "s CPU",
            Unit::Wall => "s wall",
            Unit::Memory => "MiB",
            Unit::Bytes => "bytes",
            Unit::Lines => "lines",
            Unit::Ratio => "x",
        }
    }

    fn shown(self, value: f64) -> String {
        match self {
            Unit::Requests | Unit::Bytes | Unit::Lines => format!("{value:.0}"),
            Unit::Cpu | Unit::Wall => format!("{value:.3}"),
            Unit::Memory => format!("{value:.1}"),
            Unit::Ratio => format!("{value:.2}"),
        }
    }
}

struct Row {
    case: String,
    figure: &'static str,
    unit: Unit,
    value: f64,
    /// At most this. None: there is no goal, the figure is there to compare others with.
    goal: Option<f64>,
}

impl Row {
    fn is_met(&self) -> Option<bool> {
        self.goal.map(|goal| self.value <= goal)
    }
}

/// All figures of a run.
pub struct Report {
    cores: usize,
    rows: Vec<Row>,
}

impl Report {
    pub(crate) fn new() -> Report {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Report { cores, rows: Vec::new() }
    }

    /// Adds a figure; `goal` is the most that it may be.
    pub(crate) fn add(
        &mut self,
        case: &str,
        figure: &'static str,
        unit: Unit,
        value: f64,
        goal: Option<f64>,
    ) {
        self.rows.push(Row { case: case.to_owned(), figure, unit, value, goal });
    }

    /// A figure that stands here already.
    pub(crate) fn find(&self, case: &str, figure: &str) -> Option<f64> {
        self.rows.iter().find(|row| row.case == case && row.figure == figure).map(|row| row.value)
    }

    /// Whether no count of requests is above its floor.
    pub fn counts_hold(&self) -> bool {
        self.rows
            .iter()
            .filter(|row| row.unit == Unit::Requests)
            .all(|row| row.is_met() != Some(false))
    }

    /// For people: ratios first.
    pub fn table(&self) -> String {
        let mut table = format!(
            "{} cores\n\n| case | figure | measured | goal | |\n|---|---|---:|---:|---|\n",
            self.cores
        );
        let (ratios, rest): (Vec<_>, Vec<_>) =
            self.rows.iter().partition(|row| row.unit == Unit::Ratio);
        for row in ratios.into_iter().chain(rest) {
            let Row { case, figure, unit, value, goal } = row;
            let goal = goal.map_or_else(|| "-".to_owned(), |goal| unit.shown(goal));
            let verdict = match row.is_met() {
                None => "",
                Some(true) => "met",
                Some(false) => "missed",
            };
            let value = unit.shown(*value);
            let _ = writeln!(
                table,
                "| {case} | {figure}, {} | {value} | {goal} | {verdict} |",
                unit.name()
            );
        }
        table
    }

    /// For machines.
    pub fn json(&self) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                let Row { case, figure, unit, value, goal } = row;
                json!({
                    "case": case, "figure": figure, "unit": unit.name(), "value": value,
                    "goal": goal, "met": row.is_met(),
                })
            })
            .collect();
        json!({"version": 1, "cores": self.cores, "figures": rows})
    }
}
