//! The front door: arguments, environment, secret look-up, commands as short recipes, views, exit
//! codes. It decides nothing about resources, speaks no HTTP and knows no file format.

mod args;
mod cache;
mod catalog;
mod commands;
mod env;
mod exit;
mod explain;
mod log;
mod report;
mod secrets;
mod sources;
mod streams;
mod views;

pub use exit::Exit;

use std::sync::Arc;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::env::Env;
use crate::log::{Level, Log};
use crate::streams::Streams;

/// The program.
pub fn main() -> std::process::ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // `--help` and `--version` arrive here too. Nobody is left to hear of a closed stream.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done }.into();
        }
    };
    let mut streams = Streams::of_process(cli.color);
    let env = Env::of_process();
    let log = Log::new(Level::of(cli.verbose, &env), streams.aside());
    let mut context = commands::Context { env, log: Arc::new(log), streams: &mut streams };
    let ended = match cli.command {
        Command::Plan(command) => commands::plan::run(command, &mut context),
        Command::Apply(command) => commands::apply::run(command, &mut context),
        Command::Show(command) => commands::show::run(command, &mut context),
        Command::Graph(command) => commands::graph::run(command, &mut context),
        Command::Drift(command) => commands::drift::run(command, &mut context),
        Command::Destroy(command) => commands::destroy::run(command, &mut context),
        Command::Validate(command) => commands::validate::run(command, &mut context),
        Command::Test(command) => commands::plan_test::run(command, &mut context),
        Command::Snapshot(command) => commands::snapshot::run(command, &mut context),
        Command::Fmt(command) => commands::fmt::run(command, &mut context),
        Command::Schema { of } => commands::schema::run(of, &mut context),
        Command::Sandbox(command) => commands::sandbox::run(command, &mut context),
        Command::Output(command) => commands::output::run(command, &mut context),
        Command::Export(command) => commands::export::run(command, &mut context),
        Command::Import(command) => commands::import::run(command, &mut context),
        Command::Token(command) => commands::token::run(command, &mut context),
        Command::State(command) => commands::state::run(command, &mut context),
        Command::Definitions(command) => commands::definitions::run(command, &mut context),
        Command::Init(command) => commands::init::run(command, &mut context),
        Command::Explain(command) => commands::explain::run(command, &mut context),
        Command::Completions(command) => commands::shell::completions(command, &mut context),
        Command::Man(command) => commands::shell::man(command, &mut context),
    };
    let ended = match (ended, streams.failed()) {
        // What was asked for was not told whole.
        (Ok(Exit::Done | Exit::Pending), Some(error)) => {
            Err(report::Failure::error(format!("cannot write to standard output: {error}")))
        }
        (ended, _) => ended,
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(&mut streams).into(),
    }
}
