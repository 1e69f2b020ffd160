//! The only place that speaks: standard output for what was asked for, standard error for the rest.

use std::io::{IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use crate::args::Color;
use crate::views::json::{self, Event};
use crate::views::style::harmless;

/// The program's mouth. Views write styled text; what cannot show a style does not get it.
pub(crate) struct Streams {
    out: Box<dyn Write>,
    failed: Option<std::io::Error>,
    err: Box<dyn Write>,
    /// Somebody can see progress and answer a question.
    pub(crate) interactive: bool,
    /// Standard output ends on somebody's screen.
    pub(crate) is_seen: bool,
    /// How wide that is.
    pub(crate) width: Option<usize>,
    /// Standard output is for a program, which takes events, one a line.
    pub(crate) events: bool,
}

impl Streams {
    /// The process's own streams.
    pub(crate) fn of_process(color: Color) -> Streams {
        let choice = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        };
        let interactive = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        Streams {
            failed: None,
            out: Box::new(AutoStream::new(std::io::stdout(), choice)),
            err: Box::new(AutoStream::new(std::io::stderr(), choice)),
            interactive,
            is_seen: std::io::stdout().is_terminal(),
            width: terminal_size::terminal_size_of(std::io::stdout())
                .map(|(width, _)| usize::from(width.0)),
            events: false,
        }
    }

    /// Writes `text`, which is for people, and a line end to standard output. Nothing in it steers a
    /// terminal.
    pub(crate) fn say(&mut self, text: impl AsRef<str>) {
        self.put(&harmless(text.as_ref()));
    }

    /// Writes `text`, which is for a program, and a line end to standard output: to the letter, but on
    /// a screen.
    pub(crate) fn give(&mut self, text: impl AsRef<str>) {
        if self.is_seen { self.say(text) } else { self.put(text.as_ref()) }
    }

    /// A reader that has gone away (`airform plan | head`) is not worth a complaint. Anything else
    /// that goes wrong is told at the end: see [`Streams::failed`].
    fn put(&mut self, text: &str) {
        let said = writeln!(self.out, "{text}").and_then(|()| self.out.flush());
        if let Err(error) = said
            && error.kind() != std::io::ErrorKind::BrokenPipe
        {
            self.failed.get_or_insert(error);
        }
    }

    /// Writes an event to standard output.
    pub(crate) fn event(&mut self, event: &Event) {
        self.say(json::text(event, false));
    }

    /// Why standard output is not complete, where it is not.
    pub(crate) fn failed(&mut self) -> Option<std::io::Error> {
        self.failed.take()
    }

    /// Writes `text` and a line end to standard error. There is nobody to complain to when that fails.
    pub(crate) fn remark(&mut self, text: impl AsRef<str>) {
        let _ = writeln!(self.err, "{}", harmless(text.as_ref()));
        let _ = self.err.flush();
    }
}
