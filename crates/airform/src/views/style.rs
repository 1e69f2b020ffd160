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

/// Whether `c` turns the reading direction, takes no room or looks like nothing.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Styled text of which nothing but its styles steers a terminal, whatever a view has let through:
/// the last line of defence, behind [`plain`].
pub(crate) fn harmless(styled: &str) -> String {
    let mut out = String::with_capacity(styled.len());
    let mut rest = styled;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\n' | '\t' => 1,
            '\u{1b}' => style_at(rest),
            c if c.is_control() || is_invisible(c) => 0,
            c => c.len_utf8(),
        };
        if length == 0 {
            out.extend(c.escape_default());
            rest = &rest[c.len_utf8()..];
        } else {
            out.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    out
}

/// How long the style is that `text` begins with; 0 where it begins with another order.
fn style_at(text: &str) -> usize {
    let Some(parameters) = text.strip_prefix("\u{1b}[") else { return 0 };
    let digits = parameters.bytes().take_while(|b| b.is_ascii_digit() || *b == b';').count();
    if parameters.as_bytes().get(digits) == Some(&b'm') { "\u{1b}[m".len() + digits } else { 0 }
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
    fn nothing_but_styles_gets_through() {
        let painted = format!("{} → b", paint(CREATE, "a"));
        for (text, shown) in [
            ("Zürich 東京 🚀\n\tb", "Zürich 東京 🚀\n\tb"),
            (&painted, &painted),
            ("\u{1b}[2J\u{1b}]0;x\u{7}", "\\u{1b}[2J\\u{1b}]0;x\\u{7}"),
            ("\u{1b}[31", "\\u{1b}[31"),
            ("\u{1b}", "\\u{1b}"),
            ("a\rb\u{9b}31m", "a\\rb\\u{9b}31m"),
            ("\u{61c}\u{e0041}\u{ad}", "\\u{61c}\\u{e0041}\\u{ad}"),
        ] {
            assert_eq!(harmless(text), shown);
        }
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
