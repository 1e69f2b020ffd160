//! What differs from run to run, made the same.

use std::path::Path;

/// The `text` of a run in `folder` against the service at `url`, without what differs from run to
/// run: both places.
#[must_use]
pub fn redact(text: &str, folder: &Path, url: &str) -> String {
    let host = url.trim_end_matches("/api/v1").trim_start_matches("http://");
    let text = text.replace(&folder.display().to_string(), "[folder]").replace(host, "[service]");
    let lines: Vec<String> = text.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, redacted: &str) {
        assert_eq!(redact(text, Path::new("/tmp/x1"), "http://127.0.0.1:99/api/v1"), redacted);
    }

    #[test]
    fn what_differs_is_made_the_same() {
        check(
            "/tmp/x1/a.yaml at http://127.0.0.1:99/api/v1",
            "[folder]/a.yaml at http://[service]/api/v1",
        );
        check("a  \nb\n", "a\nb");
    }
}
