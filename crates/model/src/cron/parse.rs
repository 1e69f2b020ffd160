//! Text to a schedule.

use super::{Cron, CronError, Days, Item, Part, Problem};

const MONTHS: &[&str] =
    &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Part {
    /// The names of its values, from 1 on.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Part::Month => MONTHS,
            Part::DayOfWeek => DAYS,
            Part::Seconds | Part::Minutes | Part::Hours | Part::DayOfMonth | Part::Year => &[],
        }
    }
}

pub(super) fn cron(text: &str) -> Result<Cron, CronError> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let (fields, year) = match fields.as_slice() {
        [fields @ .., year] if fields.len() == 6 => (fields, Some(*year)),
        fields => (fields, None),
    };
    let [seconds, minutes, hours, day_of_month, month, day_of_week] = fields else {
        return Err(CronError::FieldCount { found: fields.len(), quartz: crontab(fields) });
    };
    Ok(Cron {
        seconds: items(seconds, Part::Seconds)?,
        minutes: items(minutes, Part::Minutes)?,
        hours: items(hours, Part::Hours)?,
        days: days(day_of_month, day_of_week, fields, year)?,
        months: items(month, Part::Month)?,
        years: year.map(|year| items(year, Part::Year)).transpose()?,
    })
}

fn days(
    day_of_month: &str,
    day_of_week: &str,
    fields: &[&str],
    year: Option<&str>,
) -> Result<Days, CronError> {
    match (day_of_month, day_of_week) {
        ("?", "?") => Err(CronError::NoDay),
        (month, "?") => of_month(month),
        ("?", week) => of_week(week),
        (month, week) => {
            // A mistake in one of them is the better thing to tell.
            of_month(month)?;
            of_week(week)?;
            let mut fields = fields.to_vec();
            if let [.., of_month, _, of_week] = fields.as_mut_slice() {
                match (month, week) {
                    (_, "*") => *of_week = "?",
                    ("*", _) => *of_month = "?",
                    _ => return Err(CronError::BothDays { quartz: None }),
                }
            }
            fields.extend(year);
            Err(CronError::BothDays { quartz: Some(fields.join(" ")) })
        }
    }
}

fn of_month(text: &str) -> Result<Days, CronError> {
    let part = Part::DayOfMonth;
    let upper = text.to_ascii_uppercase();
    match upper.as_str() {
        "L" => return Ok(Days::BeforeLastOfMonth(0)),
        "LW" | "WL" => return Ok(Days::LastWeekdayOfMonth),
        _ => {}
    }
    if let Some(before) = upper.strip_prefix("L-") {
        // Quartz goes back 30 days at most.
        let days = digits(before).ok_or_else(|| error(part, text, Problem::Unreadable))?;
        if days > 30 {
            return Err(error(part, text, Problem::OutOfRange { min: 0, max: 30 }));
        }
        return Ok(Days::BeforeLastOfMonth(days));
    }
    if let Some(day) = upper.strip_suffix('W') {
        return Ok(Days::NearestWeekdayOfMonth(value(day, part, text)?));
    }
    Ok(Days::OfMonth(items(text, part)?))
}

fn of_week(text: &str) -> Result<Days, CronError> {
    let part = Part::DayOfWeek;
    let upper = text.to_ascii_uppercase();
    if upper == "L" {
        // Quartz counts weeks from Sunday on: the last day of any is Saturday.
        return Ok(Days::OfWeek(vec![Item::One(7)]));
    }
    if let Some(day) = upper.strip_suffix('L') {
        return Ok(Days::LastOfWeek(value(day, part, text)?));
    }
    if let Some((day, nth)) = upper.split_once('#') {
        let day = value(day, part, text)?;
        let nth = digits(nth).ok_or_else(|| error(part, text, Problem::Unreadable))?;
        if !(1..=5).contains(&nth) {
            return Err(error(part, text, Problem::OutOfRange { min: 1, max: 5 }));
        }
        return Ok(Days::NthOfWeek { day, nth });
    }
    Ok(Days::OfWeek(items(text, part)?))
}

fn items(text: &str, part: Part) -> Result<Vec<Item>, CronError> {
    if text == "?" {
        return Err(error(part, text, Problem::NotADay));
    }
    text.split(',').map(|item| self::item(item, part, text)).collect()
}

fn item(item: &str, part: Part, text: &str) -> Result<Item, CronError> {
    let (values, step) = match item.split_once('/') {
        Some((values, step)) => (values, Some(self::step(step, part, text)?)),
        None => (item, None),
    };
    if values == "*" {
        return Ok(Item::Every { step: step.unwrap_or(1) });
    }
    if let Some((first, last)) = values.split_once('-') {
        let (first, last) = (value(first, part, text)?, value(last, part, text)?);
        if part == Part::Year && last < first {
            return Err(error(part, text, Problem::Backwards));
        }
        return Ok(Item::Range { first, last, step: step.unwrap_or(1) });
    }
    let first = value(values, part, text)?;
    Ok(match step {
        Some(step) => Item::From { first, step },
        None => Item::One(first),
    })
}

fn step(step: &str, part: Part, text: &str) -> Result<u32, CronError> {
    let step = digits(step).ok_or_else(|| error(part, text, Problem::Unreadable))?;
    let (min, max) = part.range();
    // Years count from 1970 on; a step counts from one.
    let max = if part == Part::Year { max - min } else { max };
    if (1..=max).contains(&step) { Ok(step) } else { Err(error(part, text, Problem::Step { max })) }
}

fn value(word: &str, part: Part, text: &str) -> Result<u32, CronError> {
    let upper = word.to_ascii_uppercase();
    if let Some(name) = (1..).zip(part.names()).find(|(_, name)| **name == upper) {
        return Ok(name.0);
    }
    let number = digits(word).ok_or_else(|| error(part, text, Problem::Unreadable))?;
    let (min, max) = part.range();
    if (min..=max).contains(&number) {
        Ok(number)
    } else {
        Err(error(part, text, Problem::OutOfRange { min, max }))
    }
}

/// A number without sign. `parse` alone would take a `+`.
fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn error(part: Part, text: &str, problem: Problem) -> CronError {
    CronError::Field { part, text: text.to_owned(), problem }
}

/// What a crontab's expression is in Quartz. `None` where it is none, or where Quartz has no word
/// for it: with both days given, a crontab runs on either.
fn crontab(fields: &[&str]) -> Option<String> {
    let quartz = match fields {
        [nickname] => match nickname.to_ascii_lowercase().as_str() {
            "@hourly" => "0 0 * * * ?".to_owned(),
            "@daily" | "@midnight" => "0 0 0 * * ?".to_owned(),
            "@weekly" => "0 0 0 ? * SUN".to_owned(),
            "@monthly" => "0 0 0 1 * ?".to_owned(),
            "@yearly" | "@annually" => "0 0 0 1 1 ?".to_owned(),
            _ => return None,
        },
        [minutes, hours, day_of_month, month, day_of_week] => {
            let (day_of_month, day_of_week) = match (*day_of_month, *day_of_week) {
                (of_month, "*" | "?") => (of_month, "?".to_owned()),
                ("*" | "?", of_week) => ("?", quartz_days(of_week)?),
                _ => return None,
            };
            format!("0 {minutes} {hours} {day_of_month} {month} {day_of_week}")
        }
        _ => return None,
    };
    cron(&quartz).is_ok().then_some(quartz)
}

/// Days of the week as Quartz counts them: a crontab's Sunday is 0 or 7, Quartz's is 1.
fn quartz_days(field: &str) -> Option<String> {
    let day = |word: &str| match digits(word) {
        Some(number @ 0..=7) => Some((number % 7 + 1).to_string()),
        Some(_) => None,
        None => Some(word.to_ascii_uppercase()),
    };
    let items = field.split(',').map(|item| {
        let (days, step) = match item.split_once('/') {
            Some((days, step)) => (days, format!("/{step}")),
            None => (item, String::new()),
        };
        let days = match days.split_once('-') {
            // Sunday to Saturday turns into itself; a range that ends on Sunday wraps around.
            Some((first, last)) => format!("{}-{}", day(first)?, day(last)?),
            None => day(days)?,
        };
        Some(format!("{days}{step}"))
    });
    Some(items.collect::<Option<Vec<String>>>()?.join(","))
}
