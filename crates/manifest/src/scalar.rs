//! What an unquoted scalar says, from its source text.
//!
//! The rule is the core schema of YAML 1.2. What older readers take for something else than it
//! does is told apart, so that a file never means one thing here and another to the editor.

use model::value::Number;

/// What unquoted text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Plain {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A finite number.
    Number(Number),
    /// A number that JSON has no word for: infinite, or none at all.
    NotFinite,
    /// Text to the core schema; something else to a reader of YAML 1.1, or to most people.
    Ambiguous(Older),
    /// A date or a time of day. Text to the core schema, a timestamp to others.
    Date,
    /// Text to every reader.
    Text,
}

/// What a reader of YAML 1.1 makes of ambiguous text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Older {
    /// `yes`, `no`, `on`, `off`, `y`, `n`.
    Bool,
    /// `0123`, which is 83.
    Octal,
    /// `1_000`, which is 1000.
    Underscores,
    /// `12:30`, which is 750.
    Sexagesimal,
}

impl Older {
    /// What it would be, for a sentence.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Older::Bool => "true or false",
            Older::Octal => "an octal number",
            Older::Underscores => "a number",
            Older::Sexagesimal => "a number to base 60",
        }
    }
}

/// Reads unquoted text.
pub(crate) fn read(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "true" | "True" | "TRUE" => return Plain::Bool(true),
        "false" | "False" | "FALSE" => return Plain::Bool(false),
        _ => {}
    }
    let lower = text.to_ascii_lowercase();
    if matches!(lower.as_str(), "yes" | "no" | "on" | "off" | "y" | "n") {
        return Plain::Ambiguous(Older::Bool);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Plain::NotFinite;
    }
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return Plain::Text;
    }
    if unsigned.len() > 1 && unsigned.starts_with('0') && is_digits(&unsigned[1..]) {
        return Plain::Ambiguous(Older::Octal);
    }
    if let Some(number) = number(text, unsigned) {
        return number;
    }
    if text.contains('_') && number_like(&unsigned.replace('_', "")) {
        return Plain::Ambiguous(Older::Underscores);
    }
    if is_sexagesimal(unsigned) {
        return Plain::Ambiguous(Older::Sexagesimal);
    }
    if is_date(text) { Plain::Date } else { Plain::Text }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The number that the core schema reads. Only decimal ones may carry a sign.
fn number(text: &str, unsigned: &str) -> Option<Plain> {
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            if !digits.bytes().all(|b| char::from(b).is_digit(radix)) {
                return None;
            }
            let integer = i128::from_str_radix(digits, radix).ok()?;
            return Number::parse(&integer.to_string()).map(Plain::Number);
        }
    }
    if !number_like(unsigned) {
        return None;
    }
    // Every decimal that is too large for a float is infinite to a reader.
    Some(Number::parse(text).map_or(Plain::NotFinite, Plain::Number))
}

/// `[0-9]+`, or `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn number_like(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            (mantissa, exponent.strip_prefix(['-', '+']).unwrap_or(exponent))
        }
        None => (unsigned, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let mantissa_ok = if whole.is_empty() {
        is_digits(fraction)
    } else {
        is_digits(whole) && (fraction.is_empty() || is_digits(fraction))
    };
    mantissa_ok && is_digits(exponent)
}

/// `[1-9][0-9]*(:[0-5]?[0-9])+`, with an optional fraction.
fn is_sexagesimal(unsigned: &str) -> bool {
    let whole = unsigned.split_once('.').map_or(unsigned, |(whole, _)| whole);
    let mut parts = whole.split(':');
    let first = parts.next().is_some_and(|part| is_digits(part) && !part.starts_with('0'));
    let rest: Vec<&str> = parts.collect();
    let in_range = |part: &&str| {
        is_digits(part) && part.len() <= 2 && part.parse::<u8>().is_ok_and(|n| n < 60)
    };
    first && !rest.is_empty() && rest.iter().all(in_range)
}

/// `2025-01-01`, alone or followed by a time of day.
fn is_date(text: &str) -> bool {
    let shape: String =
        text.chars().take(11).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    matches!(shape.as_str(), "0000-00-00" | "0000-00-00T" | "0000-00-00t" | "0000-00-00 ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Plain) {
        assert_eq!(read(text), expected, "{text}");
    }

    fn is(number: &str) -> Plain {
        Plain::Number(Number::parse(number).unwrap())
    }

    #[test]
    fn the_core_schema() {
        for text in ["", "~", "null", "NULL"] {
            check(text, Plain::Null);
        }
        check("True", Plain::Bool(true));
        check("tRUE", Plain::Text);
        for (text, number) in [
            ("0", "0"),
            ("-0", "0"),
            ("+12", "12"),
            ("1.10", "1.1"),
            (".5", "0.5"),
            ("1.", "1"),
            ("1e3", "1000"),
            ("0x1F", "31"),
            ("0o17", "15"),
        ] {
            check(text, is(number));
        }
        for text in [".inf", "-.INF", ".NaN", "1e999"] {
            check(text, Plain::NotFinite);
        }
        for text in ["-", ".", "-.", "1.2.3", "0x", "0xg", "-0x1F", "e3", "1e", "inf", "nan", "us"]
        {
            check(text, Plain::Text);
        }
    }

    #[test]
    fn what_older_readers_see() {
        for text in ["y", "N", "yes", "No", "ON", "off"] {
            check(text, Plain::Ambiguous(Older::Bool));
        }
        for text in ["0123", "00", "-07", "089"] {
            check(text, Plain::Ambiguous(Older::Octal));
        }
        for text in ["1_000", "1_0.5"] {
            check(text, Plain::Ambiguous(Older::Underscores));
        }
        for text in ["12:30", "190:20:30"] {
            check(text, Plain::Ambiguous(Older::Sexagesimal));
        }
        for text in ["2025-01-01", "2025-01-01T00:00:00Z", "2025-01-01 10:00:00"] {
            check(text, Plain::Date);
        }
        for text in ["12:99", "2025-01-011", "2025-1-1", "1_x"] {
            check(text, Plain::Text);
        }
    }
}
