//! The commands, each a short recipe, and the steps that they share.

pub(crate) mod apply;
mod budget;
mod clear_secrets;
pub(crate) mod config_check;
pub(crate) mod decide;
pub(crate) mod declared;
pub(crate) mod definitions;
pub(crate) mod destroy;
pub(crate) mod drift;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod fmt;
pub(crate) mod graph;
pub(crate) mod import;
pub(crate) mod init;
mod inverse;
pub(crate) mod output;
pub(crate) mod plan;
pub(crate) mod plan_test;
mod recall;
pub(crate) mod sandbox;
pub(crate) mod saved;
pub(crate) mod schema;
pub(crate) mod shell;
pub(crate) mod show;
pub(crate) mod snapshot;
pub(crate) mod state;
mod stop;
pub(crate) mod store;
pub(crate) mod target;
pub(crate) mod token;
mod token_command;
pub(crate) mod validate;
mod withheld;

use std::sync::Arc;

use crate::env::Env;
use crate::log::{Level, Log};
use crate::report::Failure;
use crate::streams::Streams;

/// What every command has.
pub(crate) struct Context<'a> {
    /// The environment.
    pub(crate) env: Env,
    /// Who is told of requests, and how much is said.
    pub(crate) log: Arc<Log>,
    /// Where to say it.
    pub(crate) streams: &'a mut Streams,
}

impl Context<'_> {
    /// Whether somebody asked for more to be said.
    pub(crate) fn is_verbose(&self) -> bool {
        self.log.level() >= Level::Verbose
    }

    /// Says how many requests `client` has made, to whoever asked for more to be said.
    pub(crate) fn tell_requests(&mut self, client: &api::Client) {
        if self.is_verbose() {
            self.streams.remark(self.log.summary(client.requests()));
        }
    }
}

/// What is as large as an organization, and goes with the process. To give it back piece by piece would
/// take some twentieth of a run. Nothing that holds secrets: their texts are wiped.
fn left_to_the_end<T>(large: T) {
    std::mem::forget(large);
}

/// A runtime for the commands that wait for something. Two workers: one may be held by the disk
/// while the other listens to the network.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::error(format!("cannot start: {error}")))
}
