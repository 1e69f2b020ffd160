//! The nouns of Airform: what every other crate talks about and none of them owns.
//!
//! Nothing here reads, writes, waits, chooses or prints. A value that travels between two stations
//! of the pipeline (`manifest` -> `planner` -> `apply`) has its type here, so that no station has
//! to import another one.
//!
//! In reading order:
//!
//! - [`kind`] and [`kinds`]: the kinds of resource and what each of their attributes means;
//! - [`address`], [`value`], [`secret`], [`span`]: what resources are called and made of;
//! - [`small_map`]: what they are held in;
//! - [`desired`], [`live`], [`state`]: the three views of the world;
//! - [`backend`]: where a state is kept;
//! - [`token`]: what tokens for customers are to allow;
//! - [`guard`], [`moment`]: what a plan may not do, and when;
//! - [`graph`]: what waits for what;
//! - [`plan`]: the one decision; [`basis`]: what it was made over;
//! - [`history`]: what earlier runs have changed;
//! - [`event`]: what the walk says while it carries the decision out.

pub mod address;
pub mod backend;
pub mod basis;
pub mod cron;
pub mod desired;
pub mod event;
pub mod graph;
pub mod guard;
pub mod history;
pub mod kind;
pub mod kinds;
pub mod live;
pub mod moment;
pub mod plan;
pub mod secret;
pub mod small_map;
pub mod span;
pub mod spec;
pub mod state;
pub mod token;
pub mod value;

pub use address::Address;
pub use kind::Kind;
pub use small_map::SmallMap;
pub use span::Span;
pub use value::{Path, Value};
