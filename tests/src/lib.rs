//! The tools of the acceptance tests. The tests are in `suite`, what they play in `scenarios`.

pub mod bench;
pub mod contract;
pub mod crashes;
pub mod laws;
pub mod organization;
pub mod redact;
pub mod scenario;
pub mod screen;
pub mod script;
pub mod storm;
pub mod terminal;
pub mod transcript;

/// What went wrong, for whoever reads the failed test.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
