//! `cargo build --profile storm -p acceptance && target/storm/crashes`: one apply of 300 steps, killed
//! at every moment there is, each time put right by one plain apply.
//!
//! ```text
//! crashes [--size STEPS/10] [--jobs COUNT] [--every NTH]
//! ```

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use acceptance::Error;
use acceptance::crashes::{Kill, Scene};

struct Asked {
    size: usize,
    jobs: usize,
    every: usize,
}

fn asked() -> Result<Asked, Error> {
    let mut asked = Asked { size: 30, jobs: 2, every: 1 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} takes a value"));
        match word.as_str() {
            "--size" => asked.size = value()?.parse()?,
            "--jobs" => asked.jobs = value()?.parse()?,
            "--every" => asked.every = value()?.parse()?,
            _ => return Err(format!("unknown: {word}").into()),
        }
    }
    Ok(asked)
}

/// The program, built along with this one.
fn program() -> Result<PathBuf, Error> {
    let program = std::env::current_exe()?.with_file_name("airform-under-test");
    if program.exists() {
        return Ok(program);
    }
    Err(format!("{} is not built: build the whole package", program.display()).into())
}

fn crashes() -> Result<bool, Error> {
    let Asked { size, jobs, every } = asked()?;
    let (program, begun) = (program()?, Instant::now());
    let mut first = Scene::new(size, &program)?;
    let kills: Vec<Kill> = first.kills().into_iter().step_by(every.max(1)).collect();
    let mut out = std::io::stdout();
    writeln!(out, "steps that write         {:>7}", first.steps)?;
    writeln!(out, "requests                 {:>7}", first.requests)?;
    writeln!(out, "writes to disk           {:>7}", first.writes)?;
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    let survived = AtomicUsize::new(0);
    let work = |scene: &mut Scene| {
        while let Some(kill) = kills.get(next.fetch_add(1, Ordering::Relaxed)) {
            match scene.check(*kill) {
                Ok(()) => drop(survived.fetch_add(1, Ordering::Relaxed)),
                Err(error) => {
                    let _ = writeln!(std::io::stdout(), "{error}");
                    let mut failures =
                        failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    failures.push(*kill);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..jobs.max(1) {
            scope.spawn(|| match Scene::new(size, &program) {
                Ok(mut scene) => work(&mut scene),
                Err(error) => drop(writeln!(std::io::stdout(), "a job ends: {error}")),
            });
        }
        work(&mut first);
    });
    let failures = failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    writeln!(out, "killed and put right     {:>7}", survived.into_inner())?;
    writeln!(out, "failed                   {:>7}", failures.len())?;
    for kill in &failures {
        writeln!(out, "  {kill}")?;
    }
    writeln!(out, "seconds                  {:>7.1}", begun.elapsed().as_secs_f64())?;
    Ok(failures.is_empty())
}

fn main() -> ExitCode {
    match crashes() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "crashes: {error}");
            ExitCode::FAILURE
        }
    }
}
