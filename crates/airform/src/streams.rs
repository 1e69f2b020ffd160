//! The only place that speaks: standard output for what was asked for, standard error for the rest.

use std::io::{IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use crate::args::Color;

/// The program's mouth. Views write styled text; what cannot show a style does not get it.
pub(crate) struct Streams {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    /// Somebody can see progress and answer a question.
    pub(crate) interactive: bool,
    /// Standard output ends on somebody's screen.
    pub(crate) is_seen: bool,
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
            out: Box::new(AutoStream::new(std::io::stdout(), choice)),
            err: Box::new(AutoStream::new(std::io::stderr(), choice)),
            interactive,
            is_seen: std::io::stdout().is_terminal(),
        }
    }

    /// Writes `text` and a line end to standard output.
    ///
    /// A reader that has gone away (`airform plan | head`) is not worth a complaint, and there is
    /// nobody to complain to when standard error is gone: so nothing here fails.
    pub(crate) fn say(&mut self, text: impl AsRef<str>) {
        let _ = writeln!(self.out, "{}", text.as_ref());
        let _ = self.out.flush();
    }

    /// Writes `text` and a line end to standard error.
    pub(crate) fn remark(&mut self, text: impl AsRef<str>) {
        let _ = writeln!(self.err, "{}", text.as_ref());
        let _ = self.err.flush();
    }
}
