//! The layout of a file: where its lines stand, and in which order. What they say is left alone.
//!
//! Lines are moved and indented, never written anew: so comments stay, quotes stay, and nothing that
//! the reader does not know gets lost. What comes of it is read again and compared; where it says
//! anything else, less is done.

mod blocks;
mod lines;
pub(crate) mod order;

use model::span::FileId;

use crate::diagnostic::{Diagnostic, in_order};
use crate::tree::{self, Content, Node};
use blocks::Source;
use lines::Rules;

/// A file that has been laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// Its text.
    pub text: String,
    /// What was left as it is, because the file would say something else otherwise.
    pub left: Option<Left>,
}

/// What is left of the layout of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The order of its keys: an anchor has to stand before what refers to it.
    Order,
    /// All but empty lines and blanks at the ends of lines.
    Indentation,
    /// Everything.
    Everything,
}

/// From all that is done to nothing. What is safe for nearly every file comes first.
const ATTEMPTS: [(Rules, Option<Left>); 3] = [
    (Rules { order: true, indentation: true }, None),
    (Rules { order: false, indentation: true }, Some(Left::Order)),
    (Rules { order: false, indentation: false }, Some(Left::Indentation)),
];

/// How often the rules are applied until nothing changes. Once is enough but for a comment that comes
/// to stand beside another block than before.
const MOST_ROUNDS: usize = 4;

/// Lays out the text of one file of a manifest: sections and the keys of a resource in the order of
/// the schema, two spaces for each level, an empty line between sections. `file` is what places in
/// complaints count it as.
///
/// # Errors
/// It is no YAML, or not such as a manifest takes.
pub fn format(file: FileId, text: &str) -> Result<Formatted, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let tree = tree::parse(file, text, &mut diagnostics);
    let Some(tree) = tree.filter(|_| diagnostics.is_empty()) else {
        return Err(in_order(diagnostics));
    };
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    for (rules, left) in ATTEMPTS {
        if let Some(formatted) = attempt(&text, &tree, rules) {
            return Ok(Formatted { text: formatted, left });
        }
    }
    Ok(Formatted { text, left: Some(Left::Everything) })
}

/// The text by `rules`, if it says the same and stays as it is then.
fn attempt(text: &str, tree: &Node, rules: Rules) -> Option<String> {
    let mut before = text.to_owned();
    for _ in 0..MOST_ROUNDS {
        let after = lines::lay_out(&Source::of(&before)?, rules);
        if after == before {
            return says_the_same(text, tree, &after).then_some(after);
        }
        before = after;
    }
    None
}

fn says_the_same(text: &str, tree: &Node, after: &str) -> bool {
    let mut diagnostics = Vec::new();
    let read = tree::parse(FileId(0), after, &mut diagnostics);
    diagnostics.is_empty()
        && read.is_some_and(|read| is_same(tree, &read))
        && lines_of(text) == lines_of(after)
}

/// The lines that are not empty, without what stands around them, in an order of their own.
fn lines_of(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    lines.sort_unstable();
    lines
}

/// Whether two trees hold the same, whatever the order of their members.
fn is_same(one: &Node, other: &Node) -> bool {
    match (&one.content, &other.content) {
        (Content::Scalar(one), Content::Scalar(other)) => {
            one.text == other.text && one.plain == other.plain
        }
        (Content::List(one), Content::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| is_same(a, b))
        }
        (Content::Map(entries), Content::Map(others)) => {
            entries.len() == others.len()
                && entries.iter().all(|entry| {
                    other.member(&entry.key).is_some_and(|value| is_same(&entry.value, value))
                })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
