//! Whether a schedule is one, and probably the one that was meant.

use model::Span;
use model::cron::{Cron, CronError, Item, Part};

use crate::context::Context;
use crate::diagnostic::Diagnostic;

/// Complains about an expression that is not one. `false` after that.
pub(crate) fn check(text: &str, span: Span, cx: &mut Context<'_>) -> bool {
    match Cron::parse(text) {
        Ok(cron) => {
            if let Some(warning) = minutes_for_hours(&cron, span) {
                cx.complain(warning);
            }
            true
        }
        Err(error) => {
            cx.complain(unreadable(&error, text, span));
            false
        }
    }
}

fn unreadable(error: &CronError, expression: &str, span: Span) -> Diagnostic {
    const SHAPE: &str = "six or seven fields: seconds, minutes, hours, day of month, month, day of \
                         week, and perhaps a year, as in `0 0 12 * * ?`";
    let error_at =
        |message: String, label: &str| Diagnostic::error("manifest::cron", message).at(span, label);
    match error {
        CronError::FieldCount { found, quartz: Some(quartz) } => error_at(
            "this schedule is written for crontab, and the service takes Quartz".to_owned(),
            &format!("{found} field{}, without seconds", if *found == 1 { "" } else { "s" }),
        )
        .help(format!("the same schedule in Quartz is `{quartz}`")),
        CronError::FieldCount { found, quartz: None } => {
            error_at("a schedule has six or seven fields".to_owned(), &format!("{found} here"))
                .help(SHAPE)
        }
        CronError::Field { part, text, problem } => {
            Diagnostic::error("manifest::cron", format!("`{text}` is no {part} of a schedule"))
                .at(field(expression, *part, span), problem.to_string())
                .help(SHAPE)
        }
        CronError::BothDays { quartz } => {
            let diagnostic = error_at(
                "a schedule goes by the day of the month or by the day of the week".to_owned(),
                "both are given",
            );
            match quartz {
                Some(quartz) => diagnostic.help(format!("put `?` for the other: `{quartz}`")),
                None => diagnostic.help("put `?` for one of them, and perhaps use two templates"),
            }
        }
        CronError::NoDay => error_at(
            "a schedule goes by the day of the month or by the day of the week".to_owned(),
            "neither is given",
        )
        .help("put `*` for one of the two `?`"),
    }
}

/// Where a field of an expression stands, if the expression stands there letter by letter.
fn field(expression: &str, part: Part, span: Span) -> Span {
    let quotes = match (span.end - span.start).checked_sub(expression.len()) {
        Some(0) => 0,
        Some(2) => 1,
        _ => return span,
    };
    let mut at = 0;
    let mut found = "";
    for field in expression.split_whitespace().take(part as usize + 1) {
        let rest = expression.get(at + found.len()..).unwrap_or_default();
        at += found.len() + (rest.len() - rest.trim_start().len());
        found = field;
    }
    let start = span.start + quotes + at;
    Span { file: span.file, start, end: start + found.len() }
}

/// `0 */4 * * * ?` runs every four minutes. Where the step would divide a day, hours are more
/// likely (dossier 3.4 has one from the service's own documentation).
fn minutes_for_hours(cron: &Cron, span: Span) -> Option<Diagnostic> {
    let [Item::Every { step }] = cron.minutes.as_slice() else { return None };
    let every_hour = cron.hours == [Item::Every { step: 1 }];
    if !every_hour || !matches!(step, 1 | 2 | 3 | 4 | 6 | 8 | 12) {
        return None;
    }
    let often =
        if *step == 1 { "every minute".to_owned() } else { format!("every {step} minutes") };
    let hours = if *step == 1 { "0 0 * * * ?".to_owned() } else { format!("0 0 */{step} * * ?") };
    let diagnostic =
        Diagnostic::warning("manifest::cron-often", format!("this schedule runs {often}"))
            .at(span, "the second field is minutes");
    Some(diagnostic.help(format!("for hours, write `{hours}`")))
}
