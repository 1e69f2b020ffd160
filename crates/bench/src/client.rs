//! The program that is measured.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

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

/// Runs `program` in `folder` and waits for its end.
///
/// # Errors
/// It cannot be started or waited for.
pub(crate) fn run(program: &Path, words: &[&str], folder: &Path, url: &str) -> Result<Ran, Error> {
    // Files and no pipes: nobody has to read while it is measured.
    let out = tempfile::NamedTempFile::new()?;
    let err = tempfile::NamedTempFile::new()?;
    let mut command = Command::new(program);
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
    let began = Instant::now();
    let ended = command.spawn()?.wait4()?;
    let wall = began.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a peak in bytes fits the mantissa of an f64")]
    let peak = ended.rusage.maxrss as f64 / (1024.0 * 1024.0);
    Ok(Ran {
        code: ended.status.code().unwrap_or(-1),
        cpu: (ended.rusage.utime + ended.rusage.stime).as_secs_f64(),
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
