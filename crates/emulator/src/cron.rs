//! Quartz cron expressions, as far as they can be wrong (dossier 3.4).

use std::ops::RangeInclusive;

/// One field of an expression: what it is called, its numbers, and its words for them.
struct Part {
    name: &'static str,
    range: RangeInclusive<u32>,
    words: &'static [&'static str],
}

const MONTHS: &[&str] =
    &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const DAY_OF_MONTH: usize = 3;
const DAY_OF_WEEK: usize = 5;

const PARTS: [Part; 7] = [
    Part { name: "seconds", range: 0..=59, words: &[] },
    Part { name: "minutes", range: 0..=59, words: &[] },
    Part { name: "hours", range: 0..=23, words: &[] },
    Part { name: "day of month", range: 1..=31, words: &[] },
    Part { name: "month", range: 1..=12, words: MONTHS },
    Part { name: "day of week", range: 1..=7, words: DAYS },
    Part { name: "year", range: 1970..=2099, words: &[] },
];

/// Checks an expression of six or seven fields, seconds first, one of the two days being `?`.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check(expression: &str) -> Result<(), String> {
    let fields: Vec<&str> = expression.split_whitespace().collect();
    if !(6..=7).contains(&fields.len()) {
        return Err(format!("expected 6 or 7 fields, found {}", fields.len()));
    }
    for (place, (field, part)) in fields.iter().zip(&PARTS).enumerate() {
        check_field(field, part, place).map_err(|problem| format!("{}: {problem}", part.name))?;
    }
    let unspecified =
        [DAY_OF_MONTH, DAY_OF_WEEK].iter().filter(|day| fields.get(**day) == Some(&"?")).count();
    if unspecified == 1 {
        Ok(())
    } else {
        Err("exactly one of day of month and day of week must be '?'".to_owned())
    }
}

fn check_field(field: &str, part: &Part, place: usize) -> Result<(), String> {
    if field == "?" {
        return if [DAY_OF_MONTH, DAY_OF_WEEK].contains(&place) {
            Ok(())
        } else {
            Err("'?' is for days only".to_owned())
        };
    }
    field.split(',').try_for_each(|item| check_item(item, part, place))
}

fn check_item(item: &str, part: &Part, place: usize) -> Result<(), String> {
    if let Some(checked) = check_special(item, part, place) {
        return checked;
    }
    let (base, step) = match item.split_once('/') {
        Some((base, step)) => (base, Some(step)),
        None => (item, None),
    };
    if let Some(step) = step {
        let fits = step.parse().is_ok_and(|step: u32| step > 0 && step <= *part.range.end());
        if !fits {
            return Err(format!("'{step}' is not a step"));
        }
    }
    if base == "*" || (base.is_empty() && step.is_some()) {
        return Ok(());
    }
    match base.split_once('-') {
        Some((first, last)) => number(first, part).and(number(last, part)).map(drop),
        None => number(base, part).map(drop),
    }
}

/// The forms with letters: `L`, `LW`, `L-3`, `15W` for days of the month, `L`, `6L`, `6#3` for days
/// of the week. `None`: an ordinary item.
fn check_special(item: &str, part: &Part, place: usize) -> Option<Result<(), String>> {
    match place {
        DAY_OF_MONTH => {
            if matches!(item, "L" | "LW") {
                return Some(Ok(()));
            }
            if let Some(offset) = item.strip_prefix("L-") {
                let fits = offset.parse().is_ok_and(|offset: u32| offset <= 30);
                return Some(if fits { Ok(()) } else { Err(format!("'{item}' is not a day")) });
            }
            item.strip_suffix('W').map(|day| number(day, part).map(drop))
        }
        DAY_OF_WEEK => {
            if item == "L" {
                return Some(Ok(()));
            }
            if let Some((day, nth)) = item.split_once('#') {
                let fits = nth.parse().is_ok_and(|nth: u32| (1..=5).contains(&nth));
                return Some(number(day, part).and_then(|_| {
                    if fits { Ok(()) } else { Err(format!("'{nth}' is not 1 to 5")) }
                }));
            }
            item.strip_suffix('L').map(|day| number(day, part).map(drop))
        }
        _ => None,
    }
}

fn number(text: &str, part: &Part) -> Result<u32, String> {
    let word = part.words.iter().position(|word| word.eq_ignore_ascii_case(text));
    let number = match word {
        Some(place) => u32::try_from(place).ok().map(|place| place + part.range.start()),
        None => text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit())),
    };
    number
        .filter(|number| part.range.contains(number))
        .ok_or_else(|| format!("'{text}' is not {} to {}", part.range.start(), part.range.end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn good(expression: &str) {
        assert_eq!(check(expression), Ok(()), "{expression}");
    }

    #[track_caller]
    fn bad(expression: &str, problem: &str) {
        assert_eq!(check(expression), Err(problem.to_owned()), "{expression}");
    }

    #[test]
    fn quartz_expressions_are_taken() {
        good("0 0 12 * * ?");
        good("0 */4 * * * ?");
        good("0 0/15 8-17 ? * MON-FRI");
        good("0 0 6 ? * MON,WED,FRI 2026");
        good("0 15 10 L * ?");
        good("0 15 10 L-3 * ?");
        good("0 15 10 LW * ?");
        good("0 15 10 15W * ?");
        good("0 15 10 ? * 6L 2026-2030");
        good("0 15 10 ? * 6#3");
        good("30 59 23 31 DEC ?");
    }

    #[test]
    fn anything_else_is_not() {
        bad("string", "expected 6 or 7 fields, found 1");
        bad("0 12 * * *", "expected 6 or 7 fields, found 5");
        bad("0 0 24 * * ?", "hours: '24' is not 0 to 23");
        bad("0 0 12 * * *", "exactly one of day of month and day of week must be '?'");
        bad("0 0 12 ? * ?", "exactly one of day of month and day of week must be '?'");
        bad("0 ? 12 * * ?", "minutes: '?' is for days only");
        bad("0 0/0 12 * * ?", "minutes: '0' is not a step");
        bad("0 0 12 ? * 6#6", "day of week: '6' is not 1 to 5");
        bad("0 0 12 ? * 0", "day of week: '0' is not 1 to 7");
        bad("0 0 12 +1 * ?", "day of month: '+1' is not 1 to 31");
        bad("0 0 12 L-31 * ?", "day of month: 'L-31' is not a day");
        bad("0 , 12 * * ?", "minutes: '' is not 0 to 59");
    }
}
