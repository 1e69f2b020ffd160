//! What people review of a scenario: one normal form of everything that a command did.

use emulator::Exchange;

use crate::bench::Ran;

/// A transcript as it grows.
#[derive(Debug, Default)]
pub struct Transcript(String);

impl Transcript {
    /// A line of the script. Prose begins a paragraph.
    pub fn script(&mut self, line: &str) {
        let last = self.0.lines().last().unwrap_or_default();
        if line.starts_with('#') && !last.is_empty() && !last.starts_with('#') {
            self.say("");
        }
        self.say(line);
    }

    /// A command and what it did.
    pub fn ran(&mut self, command: &str, ran: &Ran) {
        if !self.0.is_empty() && !self.0.ends_with("\n\n") {
            self.say("");
        }
        self.say(command);
        self.section("stdout", &ran.stdout);
        self.section(if ran.on_terminal { "terminal" } else { "stderr" }, &ran.stderr);
        self.say(&format!("── exit code {}", ran.code));
        self.section("requests", &requests(&ran.journal));
        self.say("");
    }

    fn say(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn section(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.say(&format!("── {name}\n{}", text.trim_end_matches('\n')));
        }
    }

    /// The text so far.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// The requests, one line each: writes in their order, the reads between two writes sorted and
/// counted, as reads go out in no order that means anything.
fn requests(journal: &[Exchange]) -> String {
    let mut lines: Vec<(String, usize)> = Vec::new();
    for reads in journal.chunk_by(|one, next| is_read(one) && is_read(next)) {
        let mut block: Vec<String> = reads.iter().map(line).collect();
        block.sort();
        for one in block.chunk_by(|one, next| one == next) {
            lines.extend(one.first().map(|line| (line.clone(), one.len())));
        }
    }
    let lines: Vec<String> = lines
        .into_iter()
        .map(|(line, count)| if count > 1 { format!("{line} (×{count})") } else { line })
        .collect();
    lines.join("\n")
}

fn is_read(exchange: &Exchange) -> bool {
    exchange.method == "GET"
}

fn line(exchange: &Exchange) -> String {
    let path = exchange.path.trim_start_matches("/api/v1");
    let query: Vec<String> =
        exchange.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    let status = match exchange.status {
        0 => "no answer".to_owned(),
        status => status.to_string(),
    };
    format!("{:6} {path}{mark}{} → {status}", exchange.method, query.join("&"))
}
