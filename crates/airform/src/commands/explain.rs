//! `airform explain`.

use super::Context;
use crate::args::ExplainCommand;
use crate::exit::Exit;
use crate::explain;
use crate::report::Failure;
use crate::views::style::{STRONG, paint, plain};

/// Says what a code means.
pub(crate) fn run(command: ExplainCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let ExplainCommand { code } = command;
    let Some(wanted) = code else {
        for (code, text) in explain::all() {
            let first = text.split_once('.').map_or(text, |(first, _)| first);
            context.streams.say(format!("{code:<40} {}", first.replace('\n', " ")));
        }
        return Ok(Exit::Done);
    };
    let mut found: Vec<_> = explain::all().filter(|(code, _)| *code == wanted).collect();
    if found.is_empty() {
        let part = wanted.to_lowercase();
        found = explain::all().filter(|(code, _)| code.contains(&part)).collect();
    }
    if found.is_empty() {
        return Err(Failure::error(format!("there is no code {}", plain(&wanted)))
            .help("airform explain lists them all"));
    }
    for (at, (code, text)) in found.into_iter().enumerate() {
        let gap = if at > 0 { "\n" } else { "" };
        context.streams.say(format!("{gap}{}\n\n{text}", paint(STRONG, code)));
    }
    Ok(Exit::Done)
}
