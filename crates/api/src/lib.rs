//! The only crate that knows the Embedded API: tokens, routes, JSON, paging, retries.
//!
//! Two doors: [`Client::refresh`] tells what is live, [`Client::perform`] carries out one step; and a
//! small one for tokens, [`Client::mint_scoped`] and [`Client::mint_widget`]. What goes in and comes
//! out is made of the nouns of [`model`]; no wire struct, route or field name of the service leaves
//! this crate.
//!
//! From the wire inwards:
//!
//! - `transport` sends one request and gives back one answer or one fault;
//! - `rate` says when a request may go and how long to wait before the next try, by a [`Clock`];
//! - `observe` is who is told of it, as a request log is;
//! - `delivery` repeats a message until it is answered, where repeating does no harm, and knows
//!   `route`'s older paths;
//! - `session` has the token and the organization;
//! - `client` puts them together; `wire` and `kinds` know one kind each;
//! - `refresh`, `perform` and `settle` are the doors, and what happens when an answer is lost.

pub mod bench;
mod client;
mod clock;
mod cost;
mod definitions;
mod delivery;
mod error;
pub mod fuzz;
mod hide;
mod kinds;
mod observe;
mod page;
mod perform;
mod rate;
mod refresh;
mod refusal;
mod route;
mod scoped_token;
mod session;
mod settings;
mod settle;
mod step;
mod token;
mod transport;
mod wire;

pub use client::Client;
pub use clock::Clock;
pub use cost::{cost, floor};
pub use error::{Error, Refusal, said};
pub use observe::{Exchange, Observer, Pause, Why};
pub use refusal::FieldError;
pub use settings::{Budget, Credentials, DEFAULT_BASE, Limits, Pace, Settings, TokenProvider};
pub use step::{Filled, Outcome, ReadyCall, ReadyStep};
pub use token::{Minted, TokenFacts, TokenKind, Widget, WidgetFacts, inspect};
