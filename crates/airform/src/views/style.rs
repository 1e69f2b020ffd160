//! How things look: colours, and text that came from elsewhere.

use anstyle::{AnsiColor, Style};

/// Things that come to be.
pub(crate) const CREATE: Style = AnsiColor::Green.on_default();
/// Things that change.
pub(crate) const UPDATE: Style = AnsiColor::Yellow.on_default();
/// Things that go.
pub(crate) const DELETE: Style = AnsiColor::Red.on_default();
/// Things that are only remembered.
pub(crate) const RECORD: Style = AnsiColor::Cyan.on_default();
/// What to look at first.
pub(crate) const STRONG: Style = Style::new().bold();
/// What can be passed over.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// What is wrong.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// What may be wrong.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// `text` in `style`.
pub(crate) fn paint(style: Style, text: impl AsRef<str>) -> String {
    format!("{style}{}{style:#}", text.as_ref())
}

/// Text that came from a manifest or from the service, safe to show: whatever could steer a
/// terminal or turn the reading direction is written out instead.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let steers = c.is_control() || is_invisible(c);
        if steers { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

/// Whether `c` turns the reading direction or takes no room.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// [`plain`] text between quotes.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", plain(text).replace('"', "\\\""))
}

/// Styled text without its style.
pub(crate) fn bare(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// How many columns something takes on a screen.
pub(crate) trait Width {
    /// The columns. Letters of the Far East and pictures take two each.
    fn width(&self) -> usize;
}

impl Width for str {
    fn width(&self) -> usize {
        unicode_width::UnicodeWidthStr::width(self)
    }
}

/// `text` in lines of at most `width` columns, broken between words. A word that is longer has a line
/// of its own.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// `1 value`, `2 values`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// A number with its thousands set apart.
pub(crate) fn number(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_do_not_reach_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\u{202e}c\nd"), "a\\u{1b}[31mb\\u{202e}c\\nd");
        assert_eq!(plain("Zürich 東京 🚀"), "Zürich 東京 🚀");
        assert_eq!(quoted("a \"b\""), "\"a \\\"b\\\"\"");
    }

    #[test]
    fn lines_of_a_width() {
        assert_eq!(wrapped("a bb ccc dddddd", 6), ["a bb", "ccc", "dddddd"]);
        assert_eq!(wrapped("東京 東京", 8), ["東京", "東京"]);
        assert_eq!(bare(&paint(CREATE, "x → y")), "x → y");
    }

    #[test]
    fn thousands() {
        for (count, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")] {
            assert_eq!(number(count), text);
        }
    }
}
