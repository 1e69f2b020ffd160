//! Being told to stop.

use api::Client;

use crate::exit::Exit;

/// Turns Ctrl-C and SIGTERM into a request to stop: once to finish what is under way, twice to leave
/// it.
pub(super) fn listen(cancel: apply::Cancel, client: Client) {
    tokio::spawn(async move {
        while told().await.is_ok() {
            if cancel.is_cancelled() {
                // The journal says what was begun, so the next run knows what to look for.
                std::process::exit(Exit::Interrupted as i32);
            }
            cancel.cancel();
            // What only waits for its turn, perhaps for an hour, is not under way.
            client.stop_waiting();
        }
    });
}

/// Waits until somebody wants this to stop.
#[cfg(unix)]
async fn told() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    // Both are heard from here on, also between two of these calls: the first one of a process
    // keeps the signal.
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

/// Waits until somebody wants this to stop.
#[cfg(not(unix))]
async fn told() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
