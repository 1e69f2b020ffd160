//! A run while it goes on: bars on a terminal, events for a program, lines elsewhere.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use model::event::Event;
use model::plan::{Plan, StepId};

use super::apply::{done_line, failed_line, step_words};
use super::json::{self, Standing};
use super::style::{WARNING, paint, plain};
use crate::streams::Streams;

/// Shows events as they come.
pub(crate) struct Progress<'a> {
    plan: &'a Plan,
    streams: &'a mut Streams,
    standing: Standing,
    is_paused: bool,
    bars: Option<Bars>,
}

struct Bars {
    all: MultiProgress,
    total: ProgressBar,
    running: BTreeMap<StepId, ProgressBar>,
}

impl<'a> Progress<'a> {
    /// Begins. Bars are drawn only where somebody sees them.
    pub(crate) fn new(plan: &'a Plan, streams: &'a mut Streams) -> Progress<'a> {
        let bars = (streams.interactive && !streams.events).then(|| {
            let all = MultiProgress::new();
            let total = all.add(ProgressBar::new(plan.steps.len() as u64));
            let style = ProgressStyle::with_template("  {bar:20} {pos}/{len} {elapsed}  {msg}");
            if let Ok(style) = style {
                total.set_style(style);
            }
            streams.aside().draw(Some(all.clone()));
            Bars { all, total, running: BTreeMap::new() }
        });
        let standing = Standing { running: 0, ended: 0, left: plan.steps.len() };
        Progress { plan, streams, standing, is_paused: false, bars }
    }

    /// Shows whether the service asked for a pause, and how much of it is left.
    pub(crate) fn throttled(&mut self, pause: Option<Duration>) {
        let begins = pause.is_some() && !self.is_paused;
        self.is_paused = pause.is_some();
        if let (true, true, Some(pause)) = (self.streams.events, begins, pause) {
            let progress = self.standing;
            self.streams.event(&json::Event::Throttled { seconds: seconds(pause), progress });
        }
        self.tell(pause);
    }

    /// Says how far it is, beside the bar.
    fn tell(&self, pause: Option<Duration>) {
        if let Some(bars) = &self.bars {
            bars.total.set_message(standing_line(self.standing, pause));
        }
    }

    /// Shows `event`.
    pub(crate) fn event(&mut self, event: &Event) {
        self.standing = after(self.standing, event);
        self.tell(None);
        if self.streams.events {
            if let Some(event) = json::Event::of(event, self.plan, self.standing) {
                self.streams.event(&event);
            }
            return;
        }
        match event {
            Event::Started { step } => self.started(*step),
            Event::Done { step } => {
                self.ended(*step);
                if let Some(step) = self.plan.steps.get(step.0) {
                    self.line(&done_line(step));
                }
            }
            Event::Differs { step, paths } => {
                if let Some(step) = self.plan.steps.get(step.0) {
                    let paths: Vec<String> =
                        paths.iter().map(|path| plain(&path.to_string())).collect();
                    self.line(&format!(
                        "    {} {}: the service kept another value at {}",
                        paint(WARNING, "note:"),
                        step.address,
                        paths.join(", ")
                    ));
                }
            }
            Event::Failed { step, message } => {
                self.ended(*step);
                if let Some(step) = self.plan.steps.get(step.0) {
                    self.line(&failed_line(step, message));
                }
            }
            // The summary names what was not begun; a line for each would bury what failed.
            Event::Skipped { .. } | Event::Cancelled { .. } => {
                if let Some(bars) = &self.bars {
                    bars.total.inc(1);
                }
            }
        }
    }

    /// Takes the bars away.
    pub(crate) fn finish(self) {
        if let Some(bars) = self.bars {
            bars.total.finish_and_clear();
            self.streams.aside().draw(None);
        }
    }

    fn started(&mut self, id: StepId) {
        let (Some(bars), Some(step)) = (&mut self.bars, self.plan.steps.get(id.0)) else { return };
        let bar = bars.all.insert_before(&bars.total, ProgressBar::new_spinner());
        bar.enable_steady_tick(Duration::from_millis(120));
        bar.set_message(format!("{}  {}", step.address, step_words(step)));
        bars.running.insert(id, bar);
    }

    fn ended(&mut self, id: StepId) {
        if let Some(bars) = &mut self.bars {
            if let Some(bar) = bars.running.remove(&id) {
                bar.finish_and_clear();
            }
            bars.total.inc(1);
        }
    }

    fn line(&mut self, text: &str) {
        match &self.bars {
            // Lines that scroll past must not tear the bars.
            Some(bars) => bars.all.suspend(|| self.streams.remark(text)),
            None => self.streams.remark(text),
        }
    }
}

/// How far a run is after `event`.
fn after(standing: Standing, event: &Event) -> Standing {
    let Standing { running, ended, left } = standing;
    match event {
        Event::Started { .. } => {
            Standing { running: running + 1, ended, left: left.saturating_sub(1) }
        }
        Event::Done { .. } | Event::Failed { .. } => {
            Standing { running: running.saturating_sub(1), ended: ended + 1, left }
        }
        // Nobody begins them any more.
        Event::Skipped { .. } | Event::Cancelled { .. } => {
            Standing { running, ended: ended + 1, left: left.saturating_sub(1) }
        }
        Event::Differs { .. } => standing,
    }
}

/// How far a run is, for the line of its bar.
fn standing_line(standing: Standing, pause: Option<Duration>) -> String {
    let Standing { running, ended: _, left } = standing;
    let line = format!("{running} running, {left} left");
    match pause {
        Some(pause) => format!("{line}; {}", pause_words(pause)),
        None => line,
    }
}

fn pause_words(pause: Duration) -> String {
    format!("paused by the service, {} s more", seconds(pause))
}

/// Whole seconds, none of them lost.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// A look at an organization while it goes on: a line on a terminal, nothing elsewhere.
pub(crate) struct Looking {
    line: ProgressBar,
}

impl Looking {
    /// Begins, where somebody sees it.
    pub(crate) fn new() -> Looking {
        let line = ProgressBar::new_spinner();
        line.enable_steady_tick(Duration::from_millis(120));
        Looking { line }
    }

    /// Shows how many requests were made by now, and whether the service asked for a pause.
    pub(crate) fn tell(&self, requests: u64, pause: Option<Duration>) {
        self.line.set_message(looking_line(requests, pause));
    }

    /// Takes the line away.
    pub(crate) fn finish(self) {
        self.line.finish_and_clear();
    }
}

fn looking_line(requests: u64, pause: Option<Duration>) -> String {
    let noun = if requests == 1 { "request" } else { "requests" };
    let line = format!("reading the organization: {} {noun}", requests);
    match pause {
        Some(pause) => format!("{line}; {}", pause_words(pause)),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use model::plan::StepId;

    use super::*;

    #[track_caller]
    fn check(events: &[Event], steps: usize, expected: (usize, usize, usize)) {
        let begin = Standing { running: 0, ended: 0, left: steps };
        let Standing { running, ended, left } = events.iter().fold(begin, after);
        assert_eq!((running, ended, left), expected);
        assert_eq!(running + ended + left, steps);
    }

    #[test]
    fn every_step_is_running_ended_or_left() {
        let started = |step| Event::Started { step: StepId(step) };
        let done = |step| Event::Done { step: StepId(step) };
        let failed = |step| Event::Failed { step: StepId(step), message: String::new() };
        let skipped = |step| Event::Skipped { step: StepId(step), because: StepId(0) };
        check(&[], 3, (0, 0, 3));
        check(&[started(0), started(1)], 3, (2, 0, 1));
        check(&[started(0), started(1), done(1)], 3, (1, 1, 1));
        check(&[started(0), failed(0), skipped(1)], 3, (0, 2, 1));
        check(&[started(0), Event::Differs { step: StepId(0), paths: Vec::new() }], 1, (1, 0, 0));
        check(&[Event::Cancelled { step: StepId(0) }], 1, (0, 1, 0));
    }

    #[test]
    fn a_pause_is_told_in_whole_seconds() {
        let standing = Standing { running: 2, ended: 5, left: 3 };
        let pause = Some(Duration::from_millis(4_100));
        assert_eq!(
            standing_line(standing, pause),
            "2 running, 3 left; paused by the service, 5 s more"
        );
        assert_eq!(looking_line(1, None), "reading the organization: 1 request");
        assert_eq!(
            looking_line(12, pause),
            "reading the organization: 12 requests; paused by the service, 5 s more"
        );
    }
}
