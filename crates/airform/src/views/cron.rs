//! Schedules in words.

use std::collections::BTreeSet;

use model::cron::{Cron, Days, Item, Part};

/// How many times of day, days or months are counted out before words get longer than the
/// expression.
const FEW: usize = 6;

/// What a schedule means: "every day at 12:00 UTC". The expression itself, where it takes more than
/// a plain sentence to say.
pub(crate) fn describe(cron: &Cron) -> String {
    sentence(cron).unwrap_or_else(|| cron.to_string())
}

fn sentence(cron: &Cron) -> Option<String> {
    let Cron { seconds, minutes, hours, days, months, years } = cron;
    let time = time(seconds, minutes, hours)?;
    let months = months_named(months)?;
    let day = day(days, months.as_deref())?;
    let in_months = months.map(|months| format!(" in {months}")).unwrap_or_default();
    let text = match (&time, &day) {
        (Time::At(at), Day::Every) => format!("every day{in_months} at {at} UTC"),
        (Time::Within(within), Day::Every) => format!("{within} UTC every day{in_months}"),
        (Time::Often(often), Day::Every) if in_months.is_empty() => often.clone(),
        (Time::Often(often), Day::Every) => format!("{often}{in_months} (UTC)"),
        (Time::At(at), Day::OfWeek(day)) => format!("at {at} UTC {day}{in_months}"),
        (Time::Within(within), Day::OfWeek(day)) => format!("{within} UTC {day}{in_months}"),
        (Time::Often(often), Day::OfWeek(day)) => format!("{often} {day}{in_months} (UTC)"),
        (Time::At(at), Day::OfMonth(day)) => format!("{day} at {at} UTC"),
        (Time::Within(within), Day::OfMonth(day)) => format!("{within} UTC {day}"),
        (Time::Often(often), Day::OfMonth(day)) => format!("{often} {day} (UTC)"),
    };
    Some(match years_named(years.as_deref())? {
        Some(years) => format!("{text}, only in {years}"),
        None => text,
    })
}

/// When within a day.
enum Time {
    /// "12:00 and 18:00"
    At(String),
    /// "every 15 minutes"
    Often(String),
    /// "every 15 minutes from 09:00 to 17:45"
    Within(String),
}

fn time(seconds: &[Item], minutes: &[Item], hours: &[Item]) -> Option<Time> {
    let seconds = Part::Seconds.values(seconds);
    let minutes = Part::Minutes.values(minutes);
    let hours = Part::Hours.values(hours);
    let second = only(&seconds)?;
    if minutes.len() * hours.len() <= FEW {
        let times: Vec<String> = hours
            .iter()
            .flat_map(|hour| minutes.iter().map(move |minute| clock(*hour, *minute, second)))
            .collect();
        return Some(Time::At(listed(&times)));
    }
    if second != 0 {
        return None;
    }
    let often = often(&minutes)?;
    if hours.len() == 24 {
        let past = minutes.first().copied().unwrap_or_default();
        return Some(Time::Often(match past {
            0 => often,
            1 => format!("{often}, at 1 minute past"),
            past => format!("{often}, at {past} minutes past"),
        }));
    }
    let (first, last) = (hours.first()?, hours.last()?);
    if usize::try_from(last - first).ok()? + 1 == hours.len() {
        let start = clock(*first, *minutes.first()?, 0);
        let end = clock(*last, *minutes.last()?, 0);
        return Some(Time::Within(format!("{often} from {start} to {end}")));
    }
    None
}

/// "every 15 minutes", "every hour": for minutes that stay in step from one hour to the next.
fn often(minutes: &BTreeSet<u32>) -> Option<String> {
    let first = *minutes.first()?;
    let count = u32::try_from(minutes.len()).ok()?;
    if count == 1 {
        return Some("every hour".to_owned());
    }
    let step = 60 / count;
    let in_step = 60 % count == 0
        // An offset within the step would take a second sentence.
        && first == 0
        && minutes.iter().zip(0..).all(|(minute, position)| *minute == position * step);
    in_step.then(|| {
        if step == 1 { "every minute".to_owned() } else { format!("every {step} minutes") }
    })
}

fn clock(hour: u32, minute: u32, second: u32) -> String {
    match second {
        0 => format!("{hour:02}:{minute:02}"),
        second => format!("{hour:02}:{minute:02}:{second:02}"),
    }
}

/// Which days.
enum Day {
    Every,
    /// "on Monday and Friday"
    OfWeek(String),
    /// "on the 1st of every month", with the months that are meant
    OfMonth(String),
}

fn day(days: &Days, months: Option<&str>) -> Option<Day> {
    let months = months.unwrap_or("every month");
    let of_month = |which: String| Some(Day::OfMonth(format!("on the {which} of {months}")));
    match days {
        Days::OfMonth(items) => {
            let days = Part::DayOfMonth.values(items);
            if days.len() == 31 {
                return Some(Day::Every);
            }
            // Not every month has them, and "of every month" would say so.
            if days.len() > FEW || days.iter().any(|day| *day > 28) {
                return None;
            }
            let days: Vec<String> = days.into_iter().map(ordinal).collect();
            of_month(listed(&days))
        }
        Days::OfWeek(items) => {
            let days = Part::DayOfWeek.values(items);
            if days.len() == 7 {
                return Some(Day::Every);
            }
            if days.iter().copied().eq(2..=6) {
                return Some(Day::OfWeek("from Monday to Friday".to_owned()));
            }
            // People's weeks begin with Monday.
            let (sunday, rest): (Vec<u32>, Vec<u32>) = days.into_iter().partition(|day| *day == 1);
            let names = rest.into_iter().chain(sunday).map(|day| weekday(day).map(str::to_owned));
            let names: Vec<String> = names.collect::<Option<_>>()?;
            Some(Day::OfWeek(format!("on {}", listed(&names))))
        }
        Days::BeforeLastOfMonth(0) => of_month("last day".to_owned()),
        Days::LastWeekdayOfMonth => of_month("last weekday".to_owned()),
        Days::LastOfWeek(day) => of_month(format!("last {}", weekday(*day)?)),
        Days::NthOfWeek { day, nth } => {
            let nth = match nth {
                1 => "first",
                2 => "second",
                3 => "third",
                4 => "fourth",
                // Not every month has a fifth.
                _ => return None,
            };
            of_month(format!("{nth} {}", weekday(*day)?))
        }
        Days::BeforeLastOfMonth(_) | Days::NearestWeekdayOfMonth(_) => None,
    }
}

/// The months in words; `Some(None)` for all of them.
fn months_named(items: &[Item]) -> Option<Option<String>> {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let months = Part::Month.values(items);
    if months.len() == 12 {
        return Some(None);
    }
    if months.len() > FEW {
        return None;
    }
    let names: Vec<String> = (1..)
        .zip(NAMES)
        .filter(|(month, _)| months.contains(month))
        .map(|(_, name)| name.to_owned())
        .collect();
    Some(Some(listed(&names)))
}

/// The years in words; `Some(None)` for all of them.
fn years_named(items: Option<&[Item]>) -> Option<Option<String>> {
    let Some(items) = items else { return Some(None) };
    if items.contains(&Item::Every { step: 1 }) {
        return Some(None);
    }
    let years = Part::Year.values(items);
    if years.len() > FEW {
        return None;
    }
    let years: Vec<String> = years.iter().map(u32::to_string).collect();
    Some(Some(listed(&years)))
}

fn weekday(day: u32) -> Option<&'static str> {
    Some(match day {
        1 => "Sunday",
        2 => "Monday",
        3 => "Tuesday",
        4 => "Wednesday",
        5 => "Thursday",
        6 => "Friday",
        7 => "Saturday",
        _ => return None,
    })
}

fn ordinal(day: u32) -> String {
    let ending = match (day % 10, day) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}

fn only(values: &BTreeSet<u32>) -> Option<u32> {
    let mut values = values.iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(*value),
        _ => None,
    }
}

fn listed(words: &[String]) -> String {
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str, expected: &str) {
        assert_eq!(describe(&Cron::parse(expression).unwrap()), expected, "{expression}");
    }

    #[test]
    fn times_of_day() {
        check("0 0 12 * * ?", "every day at 12:00 UTC");
        check("0 0 12 ? * *", "every day at 12:00 UTC");
        check("30 5 0 * * ?", "every day at 00:05:30 UTC");
        check("0 0 0,12 * * ?", "every day at 00:00 and 12:00 UTC");
        check("0 0,30 9,17 * * ?", "every day at 09:00, 09:30, 17:00 and 17:30 UTC");
        check("0 0 */5 * * ?", "every day at 00:00, 05:00, 10:00, 15:00 and 20:00 UTC");
    }

    #[test]
    fn many_times_a_day() {
        check("0 * * * * ?", "every minute");
        check("0 */15 * * * ?", "every 15 minutes");
        check("0 0,15,30,45 * * * ?", "every 15 minutes");
        check("0 0 * * * ?", "every hour");
        check("0 30 * * * ?", "every hour, at 30 minutes past");
        check("0 1 * * * ?", "every hour, at 1 minute past");
        check("0 0 9-17 * * ?", "every hour from 09:00 to 17:00 UTC every day");
        check(
            "0 0/15 9-17 ? * MON-FRI",
            "every 15 minutes from 09:00 to 17:45 UTC from Monday to Friday",
        );
    }

    #[test]
    fn days_of_the_week() {
        check("0 30 2 ? * MON,FRI", "at 02:30 UTC on Monday and Friday");
        check("0 30 2 ? * SUN,SAT", "at 02:30 UTC on Saturday and Sunday");
        check("0 0 6 ? * 2-6", "at 06:00 UTC from Monday to Friday");
        check("0 0 6 ? * FRI-MON", "at 06:00 UTC on Monday, Friday, Saturday and Sunday");
        check("0 0 6 ? * L", "at 06:00 UTC on Saturday");
        check("0 */10 * ? * SUN", "every 10 minutes on Sunday (UTC)");
    }

    #[test]
    fn days_of_the_month() {
        check("0 0 6 1 * ?", "on the 1st of every month at 06:00 UTC");
        check("0 0 6 2,3,11,22 * ?", "on the 2nd, 3rd, 11th and 22nd of every month at 06:00 UTC");
        check("0 0 6 L * ?", "on the last day of every month at 06:00 UTC");
        check("0 0 6 LW * ?", "on the last weekday of every month at 06:00 UTC");
        check("0 0 6 ? * 6L", "on the last Friday of every month at 06:00 UTC");
        check("0 0 6 ? * 2#1", "on the first Monday of every month at 06:00 UTC");
        check("0 */10 * 1 * ?", "every 10 minutes on the 1st of every month (UTC)");
    }

    #[test]
    fn months_and_years() {
        check("0 0 6 1 JAN,JUL ?", "on the 1st of January and July at 06:00 UTC");
        check("0 0 6 1 */3 ?", "on the 1st of January, April, July and October at 06:00 UTC");
        check("0 0 6 * 12 ?", "every day in December at 06:00 UTC");
        check("0 0 6 ? 12 MON", "at 06:00 UTC on Monday in December");
        check("0 */10 * * 12 ?", "every 10 minutes in December (UTC)");
        check("0 0 6 * * ? *", "every day at 06:00 UTC");
        check("0 0 6 * * ? 2030", "every day at 06:00 UTC, only in 2030");
    }

    #[test]
    fn what_takes_more_than_a_sentence_stays_as_it_is() {
        for expression in [
            "*/10 * * * * ?",
            "30 */5 * * * ?",
            "0 */7 * * * ?",
            "0 5/15 * * * ?",
            "0 0 22-5 * * ?",
            "0 0 6 31 * ?",
            "0 0 6 */2 * ?",
            "0 0 6 L-3 * ?",
            "0 0 6 15W * ?",
            "0 0 6 ? * 2#5",
            "0 0 6 1 1-7 ?",
            "0 0 6 * * ? 2030/2",
        ] {
            check(expression, expression);
        }
    }
}
