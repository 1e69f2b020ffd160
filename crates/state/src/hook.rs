//! Where a test can end the process.

use std::sync::OnceLock;

static HOOK: OnceLock<fn()> = OnceLock::new();

/// Has `hook` called whenever a file has been written, renamed or removed, a line of the journal
/// included, until the process ends. It is for the program that tests build, which is killed there;
/// nothing in the real one calls this, and nothing that its user can set does. The first hook stays.
pub fn after_each_write(hook: fn()) {
    let _ = HOOK.set(hook);
}

/// Something has come to disk.
pub(crate) fn written() {
    if let Some(hook) = HOOK.get() {
        hook();
    }
}
