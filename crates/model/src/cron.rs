//! Quartz cron expressions: what the service's schedules are written in (dossier 3.4).
//!
//! Six or seven fields, seconds first: seconds, minutes, hours, day of month, month, day of week
//! and, perhaps, year. All times are UTC. Exactly one of the two days is `?`: Quartz cannot combine
//! them.

mod parse;

use std::collections::BTreeSet;
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

impl Part {
    /// The least and the greatest value.
    pub const fn range(self) -> (u32, u32) {
        match self {
            Part::Seconds | Part::Minutes => (0, 59),
            Part::Hours => (0, 23),
            Part::DayOfMonth => (1, 31),
            Part::Month => (1, 12),
            Part::DayOfWeek => (1, 7),
            Part::Year => (1970, 2099),
        }
    }

    /// Every value that `items` name, if they stand in this field.
    pub fn values(self, items: &[Item]) -> BTreeSet<u32> {
        let (min, max) = self.range();
        let mut values = BTreeSet::new();
        for item in items {
            let (first, last, step) = match *item {
                Item::Every { step } => (min, max, step),
                Item::One(value) => (value, value, 1),
                Item::Range { first, last, step } => (first, last, step),
                Item::From { first, step } => (first, max, step),
            };
            let count = max - min + 1;
            // Past its end the field goes on from its beginning, in the same steps.
            let last = if last < first { last + count } else { last };
            let steps = (first..=last).step_by(usize::try_from(step.max(1)).unwrap_or(usize::MAX));
            values.extend(steps.map(|value| if value > max { value - count } else { value }));
        }
        values
    }
}

/// The expression again, with numbers for names.
impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cron { seconds, minutes, hours, days, months, years } = self;
        let (of_month, of_week) = match days {
            Days::OfMonth(items) => (joined(items), "?".to_owned()),
            Days::BeforeLastOfMonth(0) => ("L".to_owned(), "?".to_owned()),
            Days::BeforeLastOfMonth(days) => (format!("L-{days}"), "?".to_owned()),
            Days::LastWeekdayOfMonth => ("LW".to_owned(), "?".to_owned()),
            Days::NearestWeekdayOfMonth(day) => (format!("{day}W"), "?".to_owned()),
            Days::OfWeek(items) => ("?".to_owned(), joined(items)),
            Days::LastOfWeek(day) => ("?".to_owned(), format!("{day}L")),
            Days::NthOfWeek { day, nth } => ("?".to_owned(), format!("{day}#{nth}")),
        };
        let [seconds, minutes, hours, months] =
            [seconds, minutes, hours, months].map(|i| joined(i));
        write!(f, "{seconds} {minutes} {hours} {of_month} {months} {of_week}")?;
        match years {
            Some(years) => write!(f, " {}", joined(years)),
            None => Ok(()),
        }
    }
}

fn joined(items: &[Item]) -> String {
    items.iter().map(Item::to_string).collect::<Vec<String>>().join(",")
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Item::Every { step: 1 } => f.write_str("*"),
            Item::Every { step } => write!(f, "*/{step}"),
            Item::One(value) => write!(f, "{value}"),
            Item::Range { first, last, step: 1 } => write!(f, "{first}-{last}"),
            Item::Range { first, last, step } => write!(f, "{first}-{last}/{step}"),
            Item::From { first, step } => write!(f, "{first}/{step}"),
        }
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
