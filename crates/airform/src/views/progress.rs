//! An apply while it runs: bars on a terminal, lines elsewhere.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use model::event::Event;
use model::plan::{Plan, StepId};

use super::apply::{done_line, failed_line, step_words};
use super::json;
use super::style::{WARNING, paint, plain};
use crate::streams::Streams;

/// Shows events as they come.
pub(crate) struct Progress<'a> {
    plan: &'a Plan,
    streams: &'a mut Streams,
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
            if let Ok(style) = ProgressStyle::with_template("  {bar:30} {pos}/{len} {elapsed}") {
                total.set_style(style);
            }
            streams.aside().draw(Some(all.clone()));
            Bars { all, total, running: BTreeMap::new() }
        });
        Progress { plan, streams, bars }
    }

    /// Shows `event`.
    pub(crate) fn event(&mut self, event: &Event) {
        if self.streams.events {
            if let Some(event) = json::Event::of(event, self.plan) {
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
