//! Which files of a folder are manifests.

use model::Kind;
use model::span::FileId;

use crate::tree::{self, Content};

/// The sections that declare no resources.
const OTHERS: [&str; 10] = [
    "guards",
    "variables",
    "organization",
    "ownership_tag",
    "backend",
    "widget_tokens",
    "outputs",
    "moved",
    "removed",
    "import",
];

/// Whether a file is meant as a part of a manifest: it has a key `version` and a section of ours at
/// its top level (rulings, "Folders are not recursed").
///
/// It only looks at keys in the leftmost column, so that a file with a mistake further down is
/// still read, and complained about.
pub fn is_manifest(text: &str) -> bool {
    let mut has_version = false;
    let mut has_section = false;
    for key in top_level_keys(text) {
        has_version |= key == "version";
        has_section |=
            OTHERS.contains(&key.as_str()) || Kind::ALL.iter().any(|kind| kind.section() == key);
    }
    has_version && has_section
}

/// The keys in the column of the first one, or, of a file in braces, all keys that are not inside
/// further ones.
fn top_level_keys(text: &str) -> Vec<String> {
    let text = text.trim_start_matches('\u{feff}');
    let is_blank = |line: &&str| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with(['#', '%']) || line.starts_with("---")
    };
    let mut lines = text.lines().skip_while(is_blank).peekable();
    let Some(first) = lines.peek() else { return Vec::new() };
    let column = first.len() - first.trim_start().len();
    if first.trim_start().starts_with('{') {
        return match tree::parse(FileId(0), text, &mut Vec::new()) {
            Some(root) => match &root.content {
                Content::Map(entries) => entries.iter().map(|entry| entry.key.clone()).collect(),
                Content::Scalar(_) | Content::List(_) => Vec::new(),
            },
            None => Vec::new(),
        };
    }
    let key = |line: &str| {
        let line = line.get(column..).filter(|rest| !rest.starts_with(char::is_whitespace))?;
        let key = line.split_once(':')?.0.trim_end();
        let quoted = |quote: char| key.strip_prefix(quote)?.strip_suffix(quote);
        Some(quoted('"').or_else(|| quoted('\'')).unwrap_or(key).to_owned())
    };
    lines.filter_map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: bool) {
        assert_eq!(is_manifest(text), expected, "{text}");
    }

    #[test]
    fn a_version_and_a_section() {
        check("version: 1\ntags: {}\n", true);
        check("\u{feff}# comment\n\nversion: 1\r\nworkspaces:\r\n  a: {}\r\n", true);
        check("\"version\": 1\n'tags' : {}\n", true);
        check("version: 1\nvariables: {}\n", true);
        check("version: 1\nmoved: []\n", true);
        check("version: 1\ntags:\n\tbroken: [\n", true);
        check("tags: {}\n", false);
        check("version: 1\n", false);
        check("version: 3\nservices:\n  tags: {}\n", false);
        check("a:\n  version: 1\n  tags: {}\n", false);
        check("---\n  version: 1\n  tags: {}\n", true);
        check("{\"version\": 1, \"tags\": {}}", true);
        check("{\"a\": {\"version\": 1, \"tags\": {}}}", false);
        check("", false);
    }
}
