//! The only crate that knows our file formats: the state file, its journal and its lock.
//!
//! Four files stand side by side, all readable by their owner only, none of them with the text of
//! a secret in it (the types of `model::state` have no room for one):
//!
//! | file | what it is | when it is there |
//! |---|---|---|
//! | `PATH` | what is remembered; JSON, see `format::v1` | from the first write on |
//! | `PATH.backup` | what `PATH` was before it was last written | from the second write on |
//! | `PATH.journal` | what a run has begun and done since it read `PATH`, line by line | during a run, or after a crash |
//! | `PATH.lock` | who holds the state, and since when | during a run, or after a crash |
//!
//! A plan file ([`SavedPlan`]) lies where the user wants it.
//!
//! A run appends to the journal before and after every call, with one `fsync` per line, and folds
//! it into the state file at its end. Whenever it is killed, the state file and the journal
//! together say all that was known: [`Store::load`] reads both, [`Store::lock`] folds what a
//! crashed run has left behind. Rewriting the whole file at every outcome is ruled out: that is
//! quadratic in the size of the organization, and a write that is cut off would take everything
//! with it.

mod atomic;
mod bucket;
mod document;
mod error;
mod file;
mod format;
pub mod fuzz;
mod journal;
mod lock;
mod place;
mod planfile;
mod progress;
mod session;
mod store;

pub use document::{Document, Key};
pub use error::Error;
pub use journal::{Intent, Operation, Outcome};
pub use lock::Holder;
pub use planfile::{Request, SavedPlan, Seed, is_open_to_others, is_plan};
pub use session::Session;
pub use store::{Loaded, Recovered, Store};

#[cfg(test)]
mod tests;
