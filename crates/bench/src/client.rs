//! The program that is measured.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use wait4::Wait4 as _;

use crate::Error;

/// What one process did and cost.
pub(crate) struct Ran {
    /// Its exit code.
    pub(crate) code: i32,
    /// User and system time, in seconds.
    pub(crate) cpu: f64,
    /// From start to end, in seconds.
    pub(crate) wall: f64,
    /// The most memory that it held, in MiB.
    pub(crate) peak: f64,
    /// What it printed.
    pub(crate) stdout: String,
    /// What it said besides.
    pub(crate) stderr: String,
}

/// Builds the program as it is shipped, and says where it is.
///
/// # Errors
/// It does not build.
pub(crate) fn build() -> Result<PathBuf, Error> {
    let this = std::env::current_exe()?;
    let folder = this.parent().ok_or("the bench stands nowhere")?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--package", "airform", "--target-dir"]);
    build.arg(folder.parent().ok_or("the bench stands nowhere")?);
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    if !build.status()?.success() {
        return Err("airform does not build".into());
    }
    Ok(folder.join("airform"))
}

/// A program, and by whom it is started.
#[derive(Clone, Copy)]
pub(crate) struct Program<'a> {
    pub(crate) path: &'a Path,
    /// By [`launch`], in a process that is small. Linux counts what a process held before it became
    /// another program as held by that: whatever we start ourselves, its peak is at least ours, and here
    /// the service and its organization are.
    pub(crate) launched: bool,
}

/// The word that makes this program [`launch`] another one.
pub const LAUNCH: &str = "launch";

/// What a process cost, as whoever launched it says.
#[derive(Deserialize, Serialize)]
struct Cost {
    code: i32,
    cpu: f64,
    wall: f64,
    peak: f64,
}

/// Runs a program as it stands in `words`, and writes down what it cost at `place`.
///
/// # Errors
/// It cannot be run, or that cannot be written.
pub fn launch(place: &str, words: &[String]) -> Result<(), Error> {
    let (program, words) = words.split_first().ok_or("nothing to launch")?;
    let cost = cost(Command::new(program).args(words))?;
    std::fs::write(place, serde_json::to_string(&cost)?)?;
    Ok(())
}

fn cost(command: &mut Command) -> Result<Cost, Error> {
    let began = Instant::now();
    let ended = command.spawn()?.wait4()?;
    let wall = began.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a peak in bytes fits the mantissa of an f64")]
    let peak = ended.rusage.maxrss as f64 / (1024.0 * 1024.0);
    Ok(Cost {
        code: ended.status.code().unwrap_or(-1),
        cpu: (ended.rusage.utime + ended.rusage.stime).as_secs_f64(),
        wall,
        peak,
    })
}

/// Runs `program` in `folder` and waits for its end.
///
/// # Errors
/// It cannot be started or waited for.
pub(crate) fn run(
    program: Program<'_>,
    words: &[&str],
    folder: &Path,
    url: &str,
) -> Result<Ran, Error> {
    // Files and no pipes: nobody has to read while it is measured.
    let out = tempfile::NamedTempFile::new()?;
    let err = tempfile::NamedTempFile::new()?;
    let told = tempfile::NamedTempFile::new()?;
    let mut command = match program.launched {
        true => {
            let mut command = Command::new(std::env::current_exe()?);
            command.arg(LAUNCH).arg(told.path()).arg(program.path);
            command
        }
        false => Command::new(program.path),
    };
    command
        .args(words)
        .current_dir(folder)
        .env_clear()
        .env("AIRBYTE_API_URL", url)
        .env("AIRBYTE_OPERATOR_TOKEN", "sandbox-operator-token")
        .env("LAKE_KEY", "bench-lake-key")
        .env("LAKE_SECRET", "bench-lake-secret")
        .env("NO_COLOR", "1")
        // What is known from one run to the next stays with the scene.
        .env("HOME", folder)
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .stdin(Stdio::null())
        .stdout(out.reopen()?)
        .stderr(err.reopen()?);
    let mut ended = cost(&mut command)?;
    if program.launched && ended.code == 0 {
        ended = serde_json::from_str(&std::fs::read_to_string(told.path())?)?;
    }
    let Cost { code, cpu, wall, peak } = ended;
    Ok(Ran {
        code,
        cpu,
        wall,
        peak,
        stdout: std::fs::read_to_string(out.path())?,
        stderr: std::fs::read_to_string(err.path())?,
    })
}

impl Ran {
    /// The same, or what it said where it did not do what it was run for.
    ///
    /// # Errors
    /// Its exit code is none of `codes`.
    pub(crate) fn expect(self, what: &str, codes: &[i32]) -> Result<Ran, Error> {
        if codes.contains(&self.code) {
            return Ok(self);
        }
        let said: String = self.stderr.chars().take(2_000).collect();
        Err(format!("{what}: exit code {}\n{said}", self.code).into())
    }
}
