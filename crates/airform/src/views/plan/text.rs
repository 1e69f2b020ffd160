//! The values of a leaf, and how two texts of several lines differ.

use similar::{ChangeTag, TextDiff};

use crate::views::style::{CREATE, DELETE, FAINT, counted, paint, plain};

/// How many unchanged lines stand around each that is changed.
const CONTEXT: usize = 3;
/// The longest line that is shown whole, in characters.
const LINE: usize = 160;

/// The values of a leaf, styled.
pub(in crate::views) enum Text {
    /// One, which comes or goes; or what changes, in one go.
    One(String),
    /// One in place of another.
    Sides {
        /// What is live.
        before: String,
        /// What is declared.
        after: String,
    },
    /// One text of several lines in place of another.
    Lines {
        /// How long both are.
        size: String,
        /// The lines that differ, with those around them.
        lines: Vec<Line>,
    },
}

/// A line of a text.
pub(in crate::views) enum Line {
    /// In both.
    Same(String),
    /// Only in what is live.
    Gone(String),
    /// Only in what is declared.
    New(String),
    /// Lines that are in both and not shown.
    Passed,
}

impl Text {
    /// Two texts, by line.
    pub(super) fn lines(before: &str, after: &str) -> Text {
        let diff = TextDiff::from_lines(before, after);
        let mut lines = Vec::new();
        for (position, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
            if position > 0 {
                lines.push(Line::Passed);
            }
            for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
                let text = shortened(change.value().trim_end_matches(['\n', '\r']));
                lines.push(match change.tag() {
                    ChangeTag::Equal => Line::Same(text),
                    ChangeTag::Delete => Line::Gone(text),
                    ChangeTag::Insert => Line::New(text),
                });
            }
        }
        let count = |text: &str| counted(text.lines().count(), "line", "lines");
        Text::Lines { size: format!("{} → {}", count(before), count(after)), lines }
    }

    /// As it stands in one line.
    pub(in crate::views) fn in_one_line(&self) -> String {
        match self {
            Text::One(text) => text.clone(),
            Text::Sides { before, after } => format!("{before} → {after}"),
            Text::Lines { size, .. } => paint(FAINT, format!("({size})")),
        }
    }
}

impl Line {
    /// With its mark.
    pub(super) fn styled(&self) -> String {
        match self {
            Line::Same(text) => format!("  {text}"),
            Line::Gone(text) => paint(DELETE, format!("- {text}")),
            Line::New(text) => paint(CREATE, format!("+ {text}")),
            Line::Passed => paint(FAINT, "  …"),
        }
    }
}

fn shortened(line: &str) -> String {
    let length = line.chars().count();
    if length <= LINE {
        return plain(line);
    }
    let head: String = line.chars().take(LINE).collect();
    format!("{}… ({length} characters)", plain(&head))
}
