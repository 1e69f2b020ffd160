//! What Airform costs, as whole processes against the emulator.
//!
//! The program that is measured is the one that is shipped, in a process of its own; the emulator is
//! in this one. Counted are requests, CPU time (user and system), peak memory and, where somebody
//! waits, wall time. Each figure stands beside its goal, and beside the bare floor of the same run:
//! a loop that only sends the same requests, and one that only reads the same YAML.
//!
//! Figures of time are for people. Counts are exact, so that [`counts`] is a test.

mod cases;
mod client;
mod floor;
mod report;
mod scene;

use std::path::{Path, PathBuf};

pub use crate::client::{LAUNCH, launch};
pub use crate::floor::Floor;
pub use crate::report::Report;

/// What went wrong, for a person.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The cases, by the words that [`measure`] chooses them by.
pub const CASES: [&str; 8] =
    ["start", "no-op", "connectors", "create", "csv", "render", "apply", "latency"];

/// Builds the program as it is shipped, and says where it is.
///
/// # Errors
/// It does not build.
pub fn build() -> Result<PathBuf, Error> {
    client::build()
}

/// Measures `program`: every case that `is_wanted`, those that are about an organization's size at
/// each of `sizes`.
///
/// # Errors
/// A run does not do what it is run for.
pub fn measure(
    program: &Path,
    sizes: &[usize],
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Report, Error> {
    let mut bench = cases::Bench::new(program);
    if is_wanted("start") {
        cases::start::start(&mut bench)?;
    }
    for size in sizes {
        if is_wanted("no-op") {
            cases::plan::no_op(&mut bench, *size)?;
        }
        if is_wanted("connectors") {
            cases::plan::no_op_connectors(&mut bench, *size)?;
        }
    }
    if is_wanted("create") {
        cases::plan::creation(&mut bench)?;
    }
    if is_wanted("csv") {
        cases::plan::csv(&mut bench)?;
    }
    if is_wanted("render") {
        cases::plan::rendering(&mut bench)?;
    }
    if is_wanted("apply") {
        for size in [1_000, 5_000] {
            cases::apply::first(&mut bench, size)?;
        }
        cases::apply::answers(&mut bench)?;
    }
    if is_wanted("latency") {
        cases::apply::latency(&mut bench)?;
        cases::plan::latency(&mut bench)?;
    }
    Ok(bench.into_report())
}

/// Counts the requests of `program` in organizations that are small enough for a test.
///
/// # Errors
/// A run does not do what it is run for.
pub fn counts(program: &Path) -> Result<Report, Error> {
    let mut bench = cases::Bench::counting(program);
    cases::plan::no_op(&mut bench, 300)?;
    cases::plan::no_op_connectors(&mut bench, 300)?;
    cases::apply::first(&mut bench, 100)?;
    Ok(bench.into_report())
}
