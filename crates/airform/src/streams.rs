//! The only place that speaks: standard output for what was asked for, standard error for the rest.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice};
use indicatif::MultiProgress;

use crate::args::Color;
use crate::views::json::{self, Event};
use crate::views::style::harmless;

/// The program's mouth. Views write styled text; what cannot show a style does not get it.
pub(crate) struct Streams {
    out: Box<dyn Write>,
    failed: Option<std::io::Error>,
    err: Box<dyn Write>,
    aside: Arc<Aside>,
    /// Somebody can see progress and answer a question.
    pub(crate) interactive: bool,
    /// Standard output ends on somebody's screen.
    pub(crate) is_seen: bool,
    /// How wide that is.
    pub(crate) width: Option<usize>,
    /// Standard output is for a program, which takes events, one a line.
    events: bool,
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
            aside: Arc::new(Aside {
                choice,
                bars: Mutex::new(None),
                is_for_a_program: AtomicBool::new(false),
            }),
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

    /// Standard error for whoever speaks in the middle of things.
    pub(crate) fn aside(&self) -> Arc<Aside> {
        Arc::clone(&self.aside)
    }

    /// Standard output is for a program from now on, which takes events, one a line.
    pub(crate) fn speak_in_events(&mut self) {
        self.events = true;
        self.aside.is_for_a_program.store(true, Ordering::Relaxed);
    }

    /// Whether standard output is for a program, which takes events, one a line.
    pub(crate) fn in_events(&self) -> bool {
        self.events
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

/// Standard error for whoever speaks in the middle of things, from any thread.
#[derive(Debug)]
pub(crate) struct Aside {
    choice: ColorChoice,
    bars: Mutex<Option<MultiProgress>>,
    is_for_a_program: AtomicBool,
}

impl Aside {
    /// Writes `text` and a line end. There is nobody to complain to when that fails.
    pub(crate) fn line(&self, text: &str) {
        let write = || {
            let mut err = AutoStream::new(std::io::stderr(), self.choice);
            let _ = writeln!(err, "{text}").and_then(|()| err.flush());
        };
        match &*self.bars.lock().unwrap_or_else(PoisonError::into_inner) {
            // Lines that scroll past must not tear what is drawn.
            Some(bars) => bars.suspend(write),
            None => write(),
        }
    }

    /// Writes an event to standard output, for a program that takes events. There is nobody to complain
    /// to when that fails; whatever is said next meets the same failure.
    pub(crate) fn event(&self, event: &Event) {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{}", json::text(event, false)).and_then(|()| out.flush());
    }

    /// Whether standard output is for a program, which takes events.
    pub(crate) fn in_events(&self) -> bool {
        self.is_for_a_program.load(Ordering::Relaxed)
    }

    /// Whether something is drawn, so that somebody sees how it goes.
    pub(crate) fn is_drawing(&self) -> bool {
        self.bars.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// What is drawn below whatever is said, from now on.
    pub(crate) fn draw(&self, bars: Option<MultiProgress>) {
        *self.bars.lock().unwrap_or_else(PoisonError::into_inner) = bars;
    }
}
