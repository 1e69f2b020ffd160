//! The tools of the acceptance tests. The tests are in `suite`, what they play in `scenarios`.

pub mod contract;

/// What went wrong, for whoever reads the failed test.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
