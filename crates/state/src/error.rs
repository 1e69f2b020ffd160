//! What can go wrong with the files.

use std::io;
use std::path::{Path, PathBuf};

/// What went wrong: where, what, and what to do about it. Never holds the key.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was attempted: "read", "write", …
        doing: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Somebody else holds the state.
    #[error(
        "the state is in use ({} is held by {holder}); wait until that run has ended",
        path.display()
    )]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// What the holder wrote into it.
        holder: String,
    },
    /// A bucket, or the way there, refused.
    #[error("cannot {doing} {}: {why}", path.display())]
    Bucket {
        /// What was attempted: "read", "write", …
        doing: &'static str,
        /// On which object.
        path: PathBuf,
        /// Why it came to nothing.
        why: String,
    },
    /// A bucket cannot be spoken to as it was asked for.
    #[error("cannot use {}: {why}", path.display())]
    NoBucket {
        /// The state in it.
        path: PathBuf,
        /// What is missing or wrong.
        why: String,
    },
    /// A server takes every write, whatever its condition.
    #[error(
        "{} cannot be locked: its server takes writes whatever their conditions (If-None-Match, \
         If-Match), so that two runs would overwrite each other; use another bucket, or a file",
        path.display()
    )]
    NoConditions {
        /// The lock.
        path: PathBuf,
    },
    /// Somebody else holds the state, in a bucket.
    #[error(
        "the state is in use ({} is held by {holder}); wait until that run has ended. If it is \
         dead, its lock runs out in {seconds} s, and `airform state unlock {id}` ends it at once",
        path.display()
    )]
    Leased {
        /// The lock.
        path: PathBuf,
        /// What the holder wrote into it.
        holder: String,
        /// The lock's name.
        id: String,
        /// When it runs out unless it is renewed, in seconds.
        seconds: u64,
    },
    /// Others took the lock, let go of it and took it again.
    #[error("the state is in use ({} goes from hand to hand); try again", path.display())]
    Contended {
        /// The lock.
        path: PathBuf,
    },
    /// Another lock is held than the one that was to be ended.
    #[error(
        "{} is not held under {given}, but under {id} by {holder}; nothing was unlocked",
        path.display()
    )]
    OtherLock {
        /// The lock.
        path: PathBuf,
        /// The name that was given.
        given: String,
        /// The name that it has.
        id: String,
        /// Who holds it.
        holder: String,
    },
    /// A lock does not say what one says.
    #[error("{} is no lock of airform's: {what}; remove it if no run goes on", path.display())]
    NoLock {
        /// The lock.
        path: PathBuf,
        /// The complaint.
        what: String,
    },
    /// The lock was held, and is no longer.
    #[error(
        "the lock {} was lost: {why}. Nothing more is begun; run again to go on",
        path.display()
    )]
    LockLost {
        /// The lock.
        path: PathBuf,
        /// How.
        why: String,
    },
    /// Somebody else has written the state since it was read.
    #[error(
        "{} was written by another run since it was read, and is left as that run wrote it; run \
         again to go on from there",
        path.display()
    )]
    Overtaken {
        /// The state.
        path: PathBuf,
    },
    /// A newer version of this program wrote the file.
    #[error(
        "{} has format version {found}, and this version of airform reads up to {known}; \
         use the version that wrote it, or a later one",
        path.display()
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its format version.
        found: u64,
        /// The newest one that is known here.
        known: u64,
    },
    /// The state file was cut short, or edited by hand.
    #[error(
        "{}:{line}:{column}: not a state file: {what}; {}",
        path.display(),
        repair(backup.as_deref())
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line of the complaint, from 1.
        line: usize,
        /// The column, from 1; 0 where the line is empty.
        column: usize,
        /// The complaint.
        what: String,
        /// The previous state, where there is one.
        backup: Option<PathBuf>,
    },
    /// What was to be a plan file is none, was cut short, or was edited by hand.
    #[error(
        "{}:{line}:{column}: not a plan file that can be used: {what}; make it anew with `airform \
         plan --out`",
        path.display()
    )]
    NotAPlan {
        /// The file.
        path: PathBuf,
        /// The line of the complaint, from 1.
        line: usize,
        /// The column, from 1; 0 where the line is empty.
        column: usize,
        /// The complaint.
        what: String,
    },
    /// The plan was carried out before.
    #[error("this plan was applied already")]
    PlanApplied,
    /// A line of the journal that a later line stands behind, so that it cannot be one that a
    /// crash has cut off.
    #[error(
        "{}:{line}: the journal of an interrupted run is damaged: {what}; what that run did from \
         this line on is not known. Move the file away to go on without it: what it made is then \
         found again by name",
        path.display()
    )]
    JournalDamaged {
        /// The journal.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The complaint.
        what: String,
    },
    /// The journal continues another state than the one beside it.
    #[error(
        "{} belongs to another state (lineage {}, serial {}) than the one beside it (lineage {}, \
         serial {}); put the state file that it belongs to back, or move the journal away",
        path.display(), journal.0, journal.1, state.0, state.1
    )]
    JournalForeign {
        /// The journal.
        path: PathBuf,
        /// The lineage and serial of the state that it continues.
        journal: (String, u64),
        /// The lineage and serial of the state file.
        state: (String, u64),
    },
    /// There is a journal, and the state file that it continues is gone.
    #[error(
        "{} continues a state file that is gone; put the state file back (perhaps from its \
         .backup), or move the journal away to start anew",
        path.display()
    )]
    JournalOrphaned {
        /// The journal.
        path: PathBuf,
    },
    /// An earlier write to the journal failed. What it then says is not certain, so nothing is
    /// written behind that.
    #[error("nothing more can be recorded in {}: an earlier write to it failed", path.display())]
    JournalBroken {
        /// The journal.
        path: PathBuf,
    },
    /// A state was to take the place of one of another history.
    #[error(
        "{} has the lineage {theirs}, and {} has {ours}: they are of different histories, and one \
         does not go on from the other",
        pushed.display(), path.display()
    )]
    OtherLineage {
        /// The state that was to take its place.
        pushed: PathBuf,
        /// The state file.
        path: PathBuf,
        /// The lineage of the one.
        theirs: String,
        /// The lineage of the other.
        ours: String,
    },
    /// A state was to take the place of a newer one.
    #[error(
        "{} is of serial {theirs}, and {} has gone on to {ours} since: what was recorded in between \
         would be lost. Pull it again and make the change there",
        pushed.display(), path.display()
    )]
    Outdated {
        /// The state that was to take its place.
        pushed: PathBuf,
        /// The state file.
        path: PathBuf,
        /// The serial of the one.
        theirs: u64,
        /// The serial of the other.
        ours: u64,
    },
    /// The state was written for another organization.
    #[error(
        "{} belongs to organization {} at {}, not to {} at {}; use that organization's own state",
        path.display(), owner.organization, owner.host, claimed.organization, claimed.host
    )]
    OtherOwner {
        /// The state file.
        path: PathBuf,
        /// Whom it belongs to.
        owner: model::state::Owner,
        /// For whom it was claimed.
        claimed: model::state::Owner,
    },
}

impl Error {
    /// For `map_err`: says which file it was, which the operating system does not.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        move |source| Error::Io { doing, path: path.to_owned(), source }
    }
}

fn repair(backup: Option<&Path>) -> String {
    match backup {
        Some(backup) => format!("put it right, or put {} in its place", backup.display()),
        None => "put it right, or move it away: what it named is then found again by name".into(),
    }
}
