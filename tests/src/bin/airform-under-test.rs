//! The program as it is, and killed after one of its writes where a test says after which.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use acceptance::crashes::{COUNT, WRITES};
use rustix::process::{Signal, getpid, kill_process};

static LEFT: AtomicU64 = AtomicU64::new(u64::MAX);

fn main() -> ExitCode {
    if let Some(left) = std::env::var(WRITES).ok().and_then(|text| text.parse().ok()) {
        LEFT.store(left, Ordering::SeqCst);
        state::after_each_write(count);
    }
    let code = airform::main();
    if let Some(path) = std::env::var_os(COUNT) {
        let count = u64::MAX - LEFT.load(Ordering::SeqCst);
        // Whoever asked for it finds it missing.
        let _ = std::fs::write(path, count.to_string());
    }
    code
}

/// Counts a write, and ends the process with the last of them as a power cut would.
fn count() {
    if LEFT.fetch_sub(1, Ordering::SeqCst) == 1 {
        let _ = kill_process(getpid(), Signal::KILL);
        // The signal is on its way, and nothing more is to be done.
        loop {
            std::thread::park();
        }
    }
}
