//! A moment, as people write it down. Nothing here knows what time it is.

use std::fmt;

const DAY: i64 = 24 * 60 * 60;

/// Seconds since the beginning of 1970 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

impl Moment {
    /// Reads `2026-12-18`, which is the beginning of that day in UTC, or a moment of RFC 3339 such as
    /// `2026-12-18T16:00:00Z` or `2026-12-18T16:00+01:00`. `None` where `text` is neither.
    pub fn parse(text: &str) -> Option<Moment> {
        let (date, time) = match text.split_once(['T', 't', ' ']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut parts = date.split('-');
        let year = digits(parts.next()?, 4)?;
        let month = digits(parts.next()?, 2)?;
        let day = digits(parts.next()?, 2)?;
        let is_date = (1..=12).contains(&month) && (1..=length(year, month)).contains(&day);
        if parts.next().is_some() || !is_date {
            return None;
        }
        let midnight = days(year, month, day) * DAY;
        match time {
            None => Some(Moment(midnight)),
            Some(time) => Some(Moment(midnight + seconds(time)?)),
        }
    }

    /// As [`Moment::parse`] reads it, to the second.
    pub fn written(self) -> String {
        let (year, month, day) = date(self.0.div_euclid(DAY));
        let second = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// The seconds from midnight in UTC to a time of day with its offset.
fn seconds(text: &str) -> Option<i64> {
    let (clock, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => text.split_at(at),
        None => return None,
    };
    let offset = match offset.split_at_checked(1)? {
        ("Z" | "z", "") => 0,
        ("+", offset) => minutes(offset)?,
        ("-", offset) => -minutes(offset)?,
        _ => return None,
    };
    let (clock, second) = match clock.rsplit_once(':') {
        Some((clock, second)) if clock.contains(':') => (clock, digits(second, 2)?),
        _ => (clock, 0),
    };
    // A second that is added once in a few years is as good as the one before it.
    (second <= 60).then_some((minutes(clock)? - offset) * 60 + second.min(59))
}

/// The minutes of `HH:MM`.
fn minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let is_number = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

fn length(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from 1970-01-01 to a date of the Gregorian calendar. Years begin in March here, so that
/// the day that comes and goes is their last one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of the Gregorian calendar, so many days after 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    let day = days + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * years + years / 4 - years / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (years + era * 400 + i64::from(month <= 2), month, day)
}

/// `2026-12-18 16:00 UTC`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.0.div_euclid(DAY));
        let second = self.0.rem_euclid(DAY);
        let (hour, minute) = (second / 3600, second / 60 % 60);
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(i64, &str)>) {
        let found = Moment::parse(text).map(|moment| (moment.0, moment.to_string()));
        assert_eq!(found, expected.map(|(seconds, shown)| (seconds, shown.to_owned())), "{text}");
    }

    #[test]
    fn moments_are_read_and_shown() {
        check("1970-01-01", Some((0, "1970-01-01 00:00 UTC")));
        check("2000-02-29T12:00:30Z", Some((951_825_630, "2000-02-29 12:00 UTC")));
        check("2026-12-18T16:00+01:00", Some((1_797_606_000, "2026-12-18 15:00 UTC")));
        check("2026-12-31t23:30:00-01:00", Some((1_798_763_400, "2027-01-01 00:30 UTC")));
        check("1969-12-31T23:59:00z", Some((-60, "1969-12-31 23:59 UTC")));
    }

    #[test]
    fn what_is_no_moment() {
        for text in [
            "",
            "2026",
            "2026-13-01",
            "2026-02-29",
            "2026-1-1",
            "2026-01-01T00:00",
            "2026-01-01T24:00Z",
            "2026-01-01T00Z",
            "2026-01-01T00:00:61Z",
            "2026-01-01T00:00+1",
            "2026-01-01-01",
            "soon",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn every_day_is_read_as_it_is_shown() {
        for day in (-200_000..200_000).step_by(13) {
            let shown = Moment(day * DAY).to_string();
            assert_eq!(Moment::parse(&shown[..10]), Some(Moment(day * DAY)), "{shown}");
            let moment = Moment(day * DAY + day.rem_euclid(DAY));
            assert_eq!(Moment::parse(&moment.written()), Some(moment));
        }
    }
}
