//! What people see. A view shows what it is given and works nothing out.

pub(crate) mod apply;
pub(crate) mod blocker;
pub(crate) mod code;
pub(crate) mod config;
pub(crate) mod cron;
pub(crate) mod definitions;
pub(crate) mod diagnostics;
pub(crate) mod drift;
pub(crate) mod export;
pub(crate) mod graph;
pub(crate) mod guard;
pub(crate) mod html;
pub(crate) mod inverse;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod moved;
pub(crate) mod output;
pub(crate) mod plan;
pub(crate) mod plan_test;
pub(crate) mod progress;
pub(crate) mod requests;
pub(crate) mod state;
pub(crate) mod style;
pub(crate) mod text_diff;
pub(crate) mod token;

#[cfg(test)]
mod tests;
