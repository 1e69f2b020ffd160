//! What differs from run to run, made the same.

use std::path::Path;

/// The `text` of a run in `folder` against the service at `url`, without what differs from run to
/// run: both places, and how many milliseconds a request took.
#[must_use]
pub fn redact(text: &str, folder: &Path, url: &str) -> String {
    let host = url.trim_end_matches("/api/v1").trim_start_matches("http://");
    let text = text.replace(&folder.display().to_string(), "[folder]").replace(host, "[service]");
    let lines: Vec<String> = text.lines().map(|line| untimed(line.trim_end())).collect();
    lines.join("\n")
}

/// A line of the request log without its time: `200 in 12 ms` becomes `200 in [time] ms`.
fn untimed(line: &str) -> String {
    let Some((before, rest)) = line.split_once(" in ") else { return line.to_owned() };
    match rest.split_once(" ms") {
        Some((time, after)) if time.parse::<u64>().is_ok() => {
            format!("{before} in [time] ms{after}")
        }
        _ => line.to_owned(),
    }
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
        check("GET /x: 200 in 12 ms req-1", "GET /x: 200 in [time] ms req-1");
        check("12 in all, in x ms", "12 in all, in x ms");
    }
}
