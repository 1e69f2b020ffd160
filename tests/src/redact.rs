//! What differs from run to run, made the same.

use std::path::Path;

/// The `text` of a run in `folder` against the service at `url`, without what differs from run to
/// run: both places, process numbers, times of day and the control codes of a terminal.
#[must_use]
pub fn redact(text: &str, folder: &Path, url: &str) -> String {
    let host = url.trim_end_matches("/api/v1").trim_start_matches("http://");
    let text = text.replace(&folder.display().to_string(), "[folder]").replace(host, "[service]");
    let lines: Vec<String> = plain(&text).lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

/// `text` as it stands on the screen: without control codes, and of a line that was written over
/// only what was written last.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut line = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' => {
                out.push_str(&line);
                out.push('\n');
                line.clear();
            }
            '\r' if rest.peek() == Some(&'\n') => {}
            '\r' => line.clear(),
            '\u{1b}' if rest.next_if_eq(&'[').is_some() => {
                let mut parameter = String::new();
                for c in rest.by_ref() {
                    if c.is_ascii_alphabetic() {
                        // Erasing a line is the one code that changes what is read.
                        if c == 'K' && parameter == "2" {
                            line.clear();
                        }
                        break;
                    }
                    parameter.push(c);
                }
            }
            c if c.is_control() => {}
            c => line.push(c),
        }
    }
    out.push_str(&line);
    out
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
        check("a  \r\nb\rc\n", "a\nc");
        check("\u{1b}[1;31mred\u{1b}[0m \u{1b}[2K\u{1b}[?25hgone", "gone");
    }
}
