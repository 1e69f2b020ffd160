//! A run while it goes on: bars on a terminal, events for a program, lines elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::Pause;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use model::event::Event;
use model::plan::{Plan, StepId};

use super::apply::{done_line, failed_line, step_words};
use super::json::{self, Standing};
use super::requests::pause_left;
use super::style::{WARNING, paint, plain};
use crate::streams::{Aside, Streams};

/// Shows events as they come.
pub(crate) struct Progress<'a> {
    plan: &'a Plan,
    streams: &'a mut Streams,
    standing: Standing,
    pauses: Pauses,
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
        let bars = (streams.interactive && !streams.in_events()).then(|| {
            let all = MultiProgress::new();
            let total = all.add(ProgressBar::new(plan.steps.len() as u64));
            let style =
                ProgressStyle::with_template("  {bar:20} {pos}/{len} {elapsed}  {wide_msg}");
            if let Ok(style) = style {
                total.set_style(style);
            }
            streams.aside().draw(Some(all.clone()));
            Bars { all, total, running: BTreeMap::new() }
        });
        let standing = Standing { running: 0, ended: 0, left: plan.steps.len() };
        Progress { plan, streams, standing, pauses: Pauses::default(), bars }
    }

    /// Shows whether the service asked for a pause, and how much of it is left.
    pub(crate) fn throttled(&mut self, pause: Option<Pause>) {
        if self.streams.in_events()
            && let Some(seconds) = self.pauses.begun(pause, Instant::now())
        {
            let progress = Some(self.standing);
            self.streams.event(&json::Event::Throttled { seconds, progress });
        }
        self.tell(pause);
    }

    /// Says how far it is, beside the bar.
    fn tell(&self, pause: Option<Pause>) {
        if let Some(bars) = &self.bars {
            bars.total.set_message(standing_line(self.standing, pause));
        }
    }

    /// Shows `event`.
    pub(crate) fn event(&mut self, event: &Event) {
        self.standing = after(self.standing, event);
        self.tell(None);
        if self.streams.in_events() {
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
fn standing_line(standing: Standing, pause: Option<Pause>) -> String {
    let Standing { running, ended: _, left } = standing;
    let line = format!("{running} running, {left} left");
    match pause {
        // What does not fit is cut at its end.
        Some(pause) => format!("{}; {line}", pause_left(&pause)),
        None => line,
    }
}

/// Two looks at one pause find ends that are this near.
const SAME: Duration = Duration::from_millis(100);

/// The pauses that were told, of which each is to be told once.
#[derive(Default)]
struct Pauses {
    until: Option<Instant>,
}

impl Pauses {
    /// How many seconds there are to wait, where that was not told yet.
    fn begun(&mut self, pause: Option<Pause>, now: Instant) -> Option<u64> {
        let time = pause?.time;
        let until = now + time;
        if self.until.is_some_and(|told| until <= told + SAME) {
            return None;
        }
        self.until = Some(until);
        Some(seconds(time))
    }
}

/// Whole seconds, none of them lost.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// Who is told how the reading of an organization goes on.
pub(crate) enum Teller {
    /// Nobody who could see it.
    Nobody,
    /// Somebody in front of a screen.
    Screen(Arc<Aside>),
    /// A program that takes events.
    Program(Arc<Aside>),
}

impl Teller {
    /// Whoever is at the end of `streams`.
    pub(crate) fn of(streams: &Streams) -> Teller {
        match (streams.in_events(), streams.interactive) {
            (true, _) => Teller::Program(streams.aside()),
            (false, true) => Teller::Screen(streams.aside()),
            (false, false) => Teller::Nobody,
        }
    }
}

/// A look at an organization while it goes on: a line on a terminal, a program's events, nothing
/// elsewhere.
pub(crate) struct Looking<'a> {
    teller: &'a Teller,
    line: ProgressBar,
    pauses: Pauses,
}

impl<'a> Looking<'a> {
    /// Begins.
    pub(crate) fn new(teller: &'a Teller) -> Looking<'a> {
        let mut line = ProgressBar::hidden();
        if let Teller::Screen(aside) = teller {
            let all = MultiProgress::new();
            line = all.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
                line.set_style(style);
            }
            line.enable_steady_tick(Duration::from_millis(120));
            aside.draw(Some(all));
        }
        Looking { teller, line, pauses: Pauses::default() }
    }

    /// Shows how many requests were made by now, and whether the service asked for a pause.
    pub(crate) fn tell(&mut self, requests: u64, pause: Option<Pause>) {
        self.line.set_message(looking_line(requests, pause));
        if let Teller::Program(aside) = self.teller
            && let Some(seconds) = self.pauses.begun(pause, Instant::now())
        {
            aside.event(&json::Event::Throttled { seconds, progress: None });
        }
    }

    /// Takes the line away.
    pub(crate) fn finish(self) {
        self.line.finish_and_clear();
        if let Teller::Screen(aside) = self.teller {
            aside.draw(None);
        }
    }
}

fn looking_line(requests: u64, pause: Option<Pause>) -> String {
    let noun = if requests == 1 { "request" } else { "requests" };
    let line = format!("reading the organization: {} {noun}", requests);
    match pause {
        Some(pause) => format!("{}; {line}", pause_left(&pause)),
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

    fn pause(millis: u64) -> Option<Pause> {
        Some(Pause { time: Duration::from_millis(millis), why: api::Why::Refused })
    }

    #[test]
    fn a_pause_is_told_in_whole_seconds() {
        let standing = Standing { running: 2, ended: 5, left: 3 };
        assert_eq!(
            standing_line(standing, pause(4_100)),
            "paused (429), 5 s more; 2 running, 3 left"
        );
        assert_eq!(looking_line(1, None), "reading the organization: 1 request");
        assert_eq!(
            looking_line(12, pause(4_100)),
            "paused (429), 5 s more; reading the organization: 12 requests"
        );
    }

    #[test]
    fn a_pause_is_an_event_once() {
        let begin = Instant::now();
        let mut pauses = Pauses::default();
        let mut at = |after: u64, left| pauses.begun(left, begin + Duration::from_millis(after));
        assert_eq!(at(0, None), None);
        assert_eq!(at(200, pause(2_000)), Some(2));
        assert_eq!(at(400, pause(1_800)), None);
        assert_eq!(at(401, pause(1_800)), None);
        // It is asked for again while it lasts, and right after it has ended.
        assert_eq!(at(600, pause(3_000)), Some(3));
        assert_eq!(at(3_500, pause(99)), None);
        assert_eq!(at(3_700, pause(2_900)), Some(3));
        assert_eq!(at(9_000, None), None);
    }
}
