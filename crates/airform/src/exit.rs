//! What the program says to whoever started it.

/// The exit codes, each a promise to scripts (rulings, "Behaviour").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// There was nothing to do, or it is done.
    Done = 0,
    /// Something is wrong, and nothing was changed because of it.
    Error = 1,
    /// Changes are pending (only with `--detailed-exitcode`), or there is drift.
    Pending = 2,
    /// The plan may not be applied; it says why.
    Blocked = 3,
    /// Some steps were done and some were not. Running again goes on from there.
    Partial = 4,
    /// The world has moved since the plan was made.
    Stale = 5,
    /// Another run holds the state.
    Locked = 6,
    /// The command line makes no sense (`EX_USAGE` of sysexits.h).
    Usage = 64,
    /// Stopped by Ctrl-C.
    Interrupted = 130,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> std::process::ExitCode {
        std::process::ExitCode::from(exit as u8)
    }
}
