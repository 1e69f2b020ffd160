//! Which files of a folder are manifests.

use model::Kind;

/// Whether a file is meant as a part of a manifest: it has a key `version` and a section of ours at
/// its top level (rulings, "Folders are not recursed").
///
/// It only looks at what stands in the first column, so that a file with a mistake further down is
/// still read, and complained about.
pub fn is_manifest(text: &str) -> bool {
    let mut has_version = false;
    let mut has_section = false;
    for key in top_level_keys(text) {
        has_version |= key == "version";
        has_section |= key == "variables"
            || key == "organization"
            || Kind::ALL.iter().any(|kind| kind.section() == key);
    }
    has_version && has_section
}

/// The keys in the first column.
fn top_level_keys(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start_matches('\u{feff}').lines().filter_map(|line| {
        let key = line.split_once(':')?.0.trim_end();
        let quoted = |quote: char| key.strip_prefix(quote)?.strip_suffix(quote);
        Some(quoted('"').or_else(|| quoted('\'')).unwrap_or(key))
    })
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
        check("version: 1\ntags:\n\tbroken: [\n", true);
        check("tags: {}\n", false);
        check("version: 1\n", false);
        check("version: 3\nservices:\n  tags: {}\n", false);
        check("a:\n  version: 1\n  tags: {}\n", false);
        check("", false);
    }
}
