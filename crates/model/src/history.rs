//! What earlier runs have changed, as far as it takes to undo it.

use std::collections::BTreeMap;

use crate::address::Address;
use crate::small_map::SmallMap;
use crate::value::{Path, Value};

/// A run that has changed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// No other run of the same state has it, and later ones have higher ones.
    pub number: u64,
    /// The command.
    pub command: String,
    /// What each resource was that the run was to change.
    pub images: BTreeMap<Address, Image>,
}

/// One resource before a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// What the run was to do with it.
    pub fate: Fate,
    /// Whether it has begun to: at least one step succeeded.
    pub touched: bool,
    /// The leaves that were to change; of what was to be deleted, all that can be said.
    pub leaves: SmallMap<Path, Before>,
}

/// What becomes of a resource in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It is made.
    Made,
    /// It is changed in place.
    Changed,
    /// Another object takes its place.
    Replaced,
    /// It is deleted.
    Deleted,
    /// An object that stood is taken over, and perhaps changed.
    Adopted,
}

/// A leaf before a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// There was none.
    Absent,
    /// It was this, which is no secret.
    Clear(Value),
    /// It was a secret, or may have been. It is kept nowhere.
    Unknown,
}
