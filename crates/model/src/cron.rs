//! Quartz cron expressions: what the service's schedules are written in (dossier 3.4).
//!
//! Six or seven fields, seconds first: seconds, minutes, hours, day of month, month, day of week
//! and, perhaps, year. All times are UTC. Exactly one of the two days is `?`: Quartz cannot combine
//! them.

mod parse;

use std::fmt;

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    /// 0 to 59.
    pub seconds: Vec<Item>,
    /// 0 to 59.
    pub minutes: Vec<Item>,
    /// 0 to 23.
    pub hours: Vec<Item>,
    /// Which days.
    pub days: Days,
    /// 1 (January) to 12.
    pub months: Vec<Item>,
    /// 1970 to 2099. `None` where the field is left out.
    pub years: Option<Vec<Item>>,
}

/// One item of the comma-separated list that a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// `*` (`step` is 1) or `*/step`: from the field's first value on, every `step`-th.
    Every {
        /// At least 1.
        step: u32,
    },
    /// `7`.
    One(u32),
    /// `first-last` (`step` is 1) or `first-last/step`. `first` may be the greater one: `22-2` are
    /// the hours around midnight.
    Range {
        /// Where it begins.
        first: u32,
        /// Where it ends.
        last: u32,
        /// At least 1.
        step: u32,
    },
    /// `first/step`: from `first` on, every `step`-th up to the field's last value.
    From {
        /// Where it begins.
        first: u32,
        /// At least 1.
        step: u32,
    },
}

/// Which days a schedule is about: the two fields for days, of which one is `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Days {
    /// Days of the month, 1 to 31.
    OfMonth(Vec<Item>),
    /// `L`, `L-3`: that many days before the last of the month.
    BeforeLastOfMonth(u32),
    /// `LW`: the last day from Monday to Friday in the month.
    LastWeekdayOfMonth,
    /// `15W`: the day from Monday to Friday that is nearest to this day of the month.
    NearestWeekdayOfMonth(u32),
    /// Days of the week, 1 (Sunday) to 7 (Saturday).
    OfWeek(Vec<Item>),
    /// `6L`: the last such day of the week in the month.
    LastOfWeek(u32),
    /// `6#3`: the third such day of the week in the month.
    NthOfWeek {
        /// 1 (Sunday) to 7 (Saturday).
        day: u32,
        /// 1 to 5.
        nth: u32,
    },
}

/// A field of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The first.
    Seconds,
    /// The second.
    Minutes,
    /// The third.
    Hours,
    /// The fourth.
    DayOfMonth,
    /// The fifth.
    Month,
    /// The sixth.
    DayOfWeek,
    /// The seventh, which may be left out.
    Year,
}

/// Why text is not a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CronError {
    /// It has neither six nor seven fields.
    FieldCount {
        /// How many it has.
        found: usize,
        /// The same schedule in Quartz, where the text is one that a crontab would hold.
        quartz: Option<String>,
    },
    /// A field says nothing that it could say.
    Field {
        /// Which one.
        part: Part,
        /// What it says.
        text: String,
        /// What is wrong with it.
        problem: Problem,
    },
    /// Neither day is `?`.
    BothDays {
        /// The expression with a `?` in place of the one that says nothing, where one does.
        quartz: Option<String>,
    },
    /// Both days are `?`.
    NoDay,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// Neither number, name, range nor anything else that it could be.
    Unreadable,
    /// A number that the field does not reach.
    OutOfRange {
        /// The least that it can be.
        min: u32,
        /// The most that it can be.
        max: u32,
    },
    /// A step of zero, or one that leads out of the field at once.
    Step {
        /// The most that it can be.
        max: u32,
    },
    /// A range of years that ends before it begins.
    Backwards,
    /// `?` in a field that is not a day.
    NotADay,
}

impl Cron {
    /// Reads an expression.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str) -> Result<Cron, CronError> {
        parse::cron(text)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Seconds => "seconds field",
            Part::Minutes => "minutes field",
            Part::Hours => "hours field",
            Part::DayOfMonth => "day-of-month field",
            Part::Month => "month field",
            Part::DayOfWeek => "day-of-week field",
            Part::Year => "year field",
        })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Unreadable => f.write_str("cannot be read"),
            Problem::OutOfRange { min, max } => write!(f, "goes from {min} to {max}"),
            Problem::Step { max } => write!(f, "steps go from 1 to {max}"),
            Problem::Backwards => f.write_str("ends before it begins"),
            Problem::NotADay => f.write_str("`?` is for the two days"),
        }
    }
}

impl fmt::Display for CronError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CronError::FieldCount { found, quartz: None } => {
                write!(f, "six or seven fields are wanted, not {found}")
            }
            CronError::FieldCount { found, quartz: Some(quartz) } => {
                write!(f, "six or seven fields are wanted, not {found}; in Quartz: {quartz}")
            }
            CronError::Field { part, text, problem } => {
                write!(f, "`{text}` in the {part}: {problem}")
            }
            CronError::BothDays { quartz: None } => f.write_str("one of the two days must be `?`"),
            CronError::BothDays { quartz: Some(quartz) } => {
                write!(f, "one of the two days must be `?`: {quartz}")
            }
            CronError::NoDay => f.write_str("one of the two days must not be `?`"),
        }
    }
}

impl std::error::Error for CronError {}

#[cfg(test)]
mod tests;
