//! What to say when a file is not YAML.

use granit_parser::{ErrorKind, ScanError};
use model::Span;
use model::span::FileId;

use crate::diagnostic::Diagnostic;

/// The complaint about the one error at which the parser stopped.
pub(super) fn complaint(file: FileId, text: &str, error: &ScanError) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
    let line_start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |n| n + 1);
    if let Some(tab) = tab(text, line_start, error.kind()) {
        return Diagnostic::error("manifest::tab", "YAML is indented with spaces, not with tabs")
            .at(Span { file, start: tab, end: tab + 1 }, "a tab")
            .help("replace it with spaces");
    }
    let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let (label, help) = explain(error.kind(), line);
    let next = text.get(at..).and_then(|rest| rest.chars().next());
    let end = at + next.filter(|c| !matches!(c, '\n' | '\r')).map_or(0, char::len_utf8);
    let diagnostic = Diagnostic::error("manifest::yaml", "this is not valid YAML")
        .at(Span { file, start: at, end }, label);
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// The tab to blame: one in the indentation of the line in question or the next, or, where the
/// parser itself blames a tab, any.
fn tab(text: &str, line_start: usize, kind: &ErrorKind) -> Option<usize> {
    let rest = text.get(line_start..)?;
    let mut start = line_start;
    for line in rest.split_inclusive('\n').take(2) {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line.get(..indent).and_then(|indent| indent.find('\t')) {
            return Some(start + tab);
        }
        start += line.len();
    }
    let is_about_tabs = matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
    );
    if !is_about_tabs {
        return None;
    }
    rest.lines().next()?.find('\t').map(|tab| line_start + tab)
}

/// What the parser stumbled over, in the words of somebody who wrote it, and what may help.
fn explain(kind: &ErrorKind, line: &str) -> (String, Option<&'static str>) {
    let quote_expressions = (line.contains("${") && line.contains([',', '{', '[']))
        .then_some("inside `{…}` and `[…]`, `${…}` needs quotes: `{key: \"${env:NAME}\"}`");
    let same_column = Some("members of one map start in the same column");
    let (label, help) = match kind {
        ErrorKind::MappingValueNotAllowed
        | ErrorKind::InvalidColonPlacement
        | ErrorKind::InvalidSimpleKey => (
            "a `:` is not expected here",
            Some("text that holds `: ` needs quotes; otherwise check the indentation"),
        ),
        ErrorKind::SimpleKeyExpected => (
            "a key and a `:` are expected here",
            Some("a member of a map is written `key: value`, with a space behind the colon"),
        ),
        ErrorKind::ExpectedBlockMappingKey => ("a key is expected here", same_column),
        ErrorKind::InvalidIndentation => ("the indentation fits nothing above", same_column),
        ErrorKind::ExpectedBlockSequenceEntry => {
            ("a `-` is expected here", Some("items of one list start in the same column"))
        }
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::FlowMappingValueAdjacentCollection => {
            ("a `,` or `}` is expected here", quote_expressions)
        }
        ErrorKind::ExpectedFlowSequenceSeparator => {
            ("a `,` or `]` is expected here", quote_expressions)
        }
        ErrorKind::UnclosedQuotedScalar => ("these quotes are never closed", None),
        ErrorKind::UnexpectedEofFlowSequence | ErrorKind::UnclosedFlowCollection { open: '[' } => {
            ("a `]` is missing", None)
        }
        ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::UnclosedFlowCollection { .. } => ("a `}` is missing", None),
        ErrorKind::UnknownAnchor => {
            ("no anchor of this name stands above", Some("text that begins with `*` needs quotes"))
        }
        ErrorKind::UnexpectedCharacter { .. } => {
            ("a value cannot begin with this character", Some("put the value into quotes"))
        }
        ErrorKind::BlockSequenceEntryNotAllowed => {
            ("a list cannot begin here", Some("a list starts on the line below its key"))
        }
        ErrorKind::UnknownQuotedScalarEscape => (
            "there is no such escape",
            Some("in double quotes write a backslash as `\\\\`; in single quotes it is itself"),
        ),
        ErrorKind::RecursionLimitExceeded => ("values nest too deep", None),
        other => return (other.to_string(), None),
    };
    (label.to_owned(), help)
}
