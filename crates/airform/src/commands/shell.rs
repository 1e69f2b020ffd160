//! `airform completions` and `airform man`: what the command line says of itself.

use clap::CommandFactory;
use clap_complete::Shell;

use super::Context;
use crate::args::{self, Cli, CompletionsCommand, ManCommand};
use crate::exit::Exit;
use crate::report::Failure;

/// Prints a script that completes what is typed.
pub(crate) fn completions(
    command: CompletionsCommand,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let shell = match command.shell {
        args::Shell::Bash => Shell::Bash,
        args::Shell::Elvish => Shell::Elvish,
        args::Shell::Fish => Shell::Fish,
        args::Shell::Powershell => Shell::PowerShell,
        args::Shell::Zsh => Shell::Zsh,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "airform", &mut script);
    context.streams.give(String::from_utf8_lossy(&script).trim_end());
    Ok(Exit::Done)
}

/// Writes a page for the program and one for each command.
pub(crate) fn man(command: ManCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let ManCommand { out } = command;
    let failed = |error: std::io::Error| Failure::error(format!("{}: {error}", out.display()));
    std::fs::create_dir_all(&out).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), &out).map_err(failed)?;
    context.streams.say(format!("The pages are in {}.", out.display()));
    Ok(Exit::Done)
}
