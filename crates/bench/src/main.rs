//! `cargo run --release -p bench`.
//!
//! ```text
//! cargo run --release -p bench                       # sizes 1,000 and 10,000
//! cargo run --release -p bench -- --sizes 1000,10000,100000 --json bench.json
//! cargo run --release -p bench -- --only no-op       # one case; see `bench::CASES`
//! cargo run --release -p bench -- --program PATH     # another build of the program
//! cargo run -p bench -- --counts                     # requests only, small; fails above the floor
//! ```

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use bench::{CASES, Error, Floor};

/// The program's own, so that the bare floors are fair.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the command line says.
struct Asked {
    sizes: Vec<usize>,
    only: Option<String>,
    json: Option<String>,
    program: Option<PathBuf>,
    counts: bool,
}

fn asked() -> Result<Asked, Error> {
    let mut asked =
        Asked { sizes: vec![1_000, 10_000], only: None, json: None, program: None, counts: false };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} takes a value"));
        match word.as_str() {
            "--sizes" => {
                let sizes: Result<_, _> = value()?.split(',').map(str::parse).collect();
                asked.sizes = sizes?;
            }
            "--only" => {
                let only = value()?;
                if !CASES.contains(&only.as_str()) {
                    return Err(format!("no such case: {only}; one of {}", CASES.join(", ")).into());
                }
                asked.only = Some(only);
            }
            "--json" => asked.json = Some(value()?),
            // It is run from other folders.
            "--program" => asked.program = Some(std::fs::canonicalize(value()?)?),
            "--counts" => asked.counts = true,
            _ => return Err(format!("unknown: {word}").into()),
        }
    }
    Ok(asked)
}

fn run() -> Result<bool, Error> {
    // The bare floors are processes too, so that they are measured as the program is.
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, place] = words.as_slice()
        && let Some(floor) = Floor::of_word(mode)
    {
        return floor.run(place).map(|()| true);
    }
    if let [mode, place, words @ ..] = words.as_slice()
        && mode == bench::LAUNCH
    {
        return bench::launch(place, words).map(|()| true);
    }
    let Asked { sizes, only, json, program, counts } = asked()?;
    let program = program.map_or_else(bench::build, Ok)?;
    let report = if counts {
        bench::counts(&program)?
    } else {
        bench::measure(&program, &sizes, |case| only.as_deref().is_none_or(|only| case == only))?
    };
    write!(std::io::stdout().lock(), "{}", report.table())?;
    if let Some(path) = json {
        std::fs::write(path, serde_json::to_string_pretty(&report.json())? + "\n")?;
    }
    Ok(report.counts_hold())
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        // Counts are exact, so they may fail a build; times never do.
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
