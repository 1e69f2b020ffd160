//! `cargo run --profile storm -p acceptance --bin storm -- --cases 2000`: storms, and what they met.
//!
//! ```text
//! storm [--seed FIRST] [--cases COUNT] [--jobs COUNT] [--keep FOLDER] [--whole]
//! storm --play FILE…
//! ```
//!
//! A storm that breaks a law is told with its seed, shrunk (which takes two minutes; not with `--whole`), and kept in FOLDER (`tests/storms`), where
//! `cargo test -p acceptance` finds it.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use acceptance::Error;
use acceptance::storm::{Case, bounded, run};

struct Asked {
    seed: u64,
    cases: u64,
    jobs: usize,
    keep: PathBuf,
    shrinks: bool,
    play: Vec<PathBuf>,
}

fn asked() -> Result<Asked, Error> {
    let keep = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/storms"));
    let mut asked = Asked { seed: 1, cases: 2_000, jobs: 2, keep, shrinks: true, play: Vec::new() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} takes a value"));
        match word.as_str() {
            "--seed" => asked.seed = value()?.parse()?,
            "--cases" => asked.cases = value()?.parse()?,
            "--jobs" => asked.jobs = value()?.parse()?,
            "--whole" => asked.shrinks = false,
            "--keep" => asked.keep = value()?.into(),
            "--play" => asked.play = words.by_ref().map(PathBuf::from).collect(),
            _ => return Err(format!("unknown: {word}").into()),
        }
    }
    Ok(asked)
}

fn storm() -> Result<bool, Error> {
    let Asked { seed, cases, jobs, keep, shrinks, play } = asked()?;
    let mut out = std::io::stdout();
    if !play.is_empty() {
        let mut good = true;
        for path in play {
            let case = Case::from_json(&serde_json::from_str(&std::fs::read_to_string(&path)?)?)?;
            let told = bounded(&case).map_or_else(|error| error.to_string(), |_| "good".to_owned());
            good &= told == "good";
            writeln!(out, "{}: {told}", path.display())?;
        }
        return Ok(good);
    }
    let begun = Instant::now();
    let failed = |seed: u64, error: &str, case: &Case| {
        let path = keep.join(format!("seed-{seed}.json"));
        let kept = std::fs::write(&path, format!("{:#}\n", case.to_json()));
        let place = kept.map_or_else(|e| format!("not kept: {e}"), |()| path.display().to_string());
        let _ = writeln!(std::io::stdout(), "seed {seed}: {error}\n  {place}\n");
    };
    let (tally, failures) = run(seed..seed + cases, jobs, shrinks, &failed);
    write!(out, "{tally}")?;
    writeln!(out, "failed                   {failures:>7}")?;
    writeln!(out, "seconds                  {:>7.1}", begun.elapsed().as_secs_f64())?;
    Ok(failures == 0)
}

fn main() -> ExitCode {
    match storm() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "storm: {error}");
            ExitCode::FAILURE
        }
    }
}
