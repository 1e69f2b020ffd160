//! The difference of two texts, as `diff -u` shows it.

use similar::TextDiff;

use super::style::plain;

/// `before` and `after` of what is called `name`, with three lines around each change. Empty where
/// they are equal.
pub(crate) fn unified(name: &str, before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let shown = diff.unified_diff().context_radius(3).header(name, name).to_string();
    shown.trim_end().lines().map(plain).collect::<Vec<String>>().join("\n")
}
