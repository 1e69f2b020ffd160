//! `cargo run --release -p bench`: what Airform costs, as whole processes against the emulator.
//!
//! The program that is measured is the one that is shipped, in a process of its own; the emulator is
//! in this one. Counted are requests, CPU time (user and system), peak memory and, where somebody
//! waits, wall time. Each figure stands beside its goal, and beside the bare floor of the same run:
//! a loop that only sends the same requests, and one that only reads the same YAML.
//!
//! ```text
//! cargo run --release -p bench                       # sizes 1,000 and 10,000
//! cargo run --release -p bench -- --sizes 1000,10000,100000 --json bench.json
//! cargo run --release -p bench -- --only no-op
//! cargo run --release -p bench -- --counts           # requests only, small; fails above the floor
//! ```

mod cases;
mod client;
mod floor;
mod report;
mod scene;

use std::io::Write as _;
use std::process::ExitCode;

use report::Report;

/// What went wrong, for a person.
type Error = Box<dyn std::error::Error + Send + Sync>;

/// What the command line says.
struct Asked {
    sizes: Vec<usize>,
    only: Option<String>,
    json: Option<String>,
    counts: bool,
}

fn asked() -> Result<Asked, Error> {
    let mut asked = Asked { sizes: vec![1_000, 10_000], only: None, json: None, counts: false };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} takes a value"));
        match word.as_str() {
            "--sizes" => {
                let sizes: Result<_, _> = value()?.split(',').map(str::parse).collect();
                asked.sizes = sizes?;
            }
            "--only" => asked.only = Some(value()?),
            "--json" => asked.json = Some(value()?),
            "--counts" => asked.counts = true,
            _ => return Err(format!("unknown: {word}").into()),
        }
    }
    Ok(asked)
}

fn run() -> Result<bool, Error> {
    // The bare floors are processes too, so that they are measured as the program is.
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, place] = words.as_slice() {
        match mode.as_str() {
            floor::REQUESTS => return floor::send_requests(place).map(|()| true),
            floor::YAML => return floor::read_yaml(place).map(|()| true),
            _ => {}
        }
    }
    let asked = asked()?;
    let program = client::build()?;
    let mut report = Report::new();
    let wanted = |name: &str| asked.only.as_deref().is_none_or(|only| name.contains(only));
    if asked.counts {
        cases::no_op_plan(&mut report, &program, 300)?;
        cases::no_op_connectors(&mut report, &program, 300)?;
        cases::first_apply(&mut report, &program, 100)?;
    } else {
        if wanted("start") {
            cases::start(&mut report, &program)?;
        }
        for size in &asked.sizes {
            if wanted("no-op") {
                cases::no_op_plan(&mut report, &program, *size)?;
            }
            if wanted("connectors") {
                cases::no_op_connectors(&mut report, &program, *size)?;
            }
        }
        if wanted("create") {
            cases::plan_creation(&mut report, &program)?;
        }
        if wanted("csv") {
            cases::plan_csv(&mut report, &program)?;
        }
        if wanted("apply") {
            for size in [1_000, 5_000] {
                cases::first_apply(&mut report, &program, size)?;
            }
        }
        if wanted("latency") {
            cases::latency(&mut report, &program)?;
        }
    }
    let mut out = std::io::stdout().lock();
    write!(out, "{}", report.table())?;
    if let Some(path) = asked.json {
        std::fs::write(path, serde_json::to_string_pretty(&report.json())? + "\n")?;
    }
    // Counts are exact, so they may fail a build; times never do.
    Ok(report.counts_hold())
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            let _ = writeln!(std::io::stderr(), "more requests than the floor allows: see above");
            ExitCode::FAILURE
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "bench: {error}");
            ExitCode::FAILURE
        }
    }
}
