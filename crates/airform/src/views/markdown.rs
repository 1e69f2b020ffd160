//! A plan as a comment in a pull request.
//!
//! What came from elsewhere stands as numbered characters, or in a block of code whose fence is longer
//! than any in it, so that nothing in it is markup, a link, or somebody's name. Nothing here is longer
//! than GitHub takes: what destroys something comes first, and what was left out is counted.

use std::collections::BTreeMap;
use std::fmt::Write;

use model::Kind;
use model::plan::{Action, Plan};

use super::graph;
use super::plan::{
    Entry, Folded, Line, Row, Text, by_kind, entries, fold, remarks, summary_line, symbol,
};
use super::style::{bare, number, quoted};

/// By which a bot finds the comment to bring up to date.
pub(crate) const MARKER: &str = "<!-- airform:plan -->";

/// The longest comment, in bytes. GitHub cuts at 65,536 characters.
const LIMIT: usize = 60_000;
/// The longest list of blockers, and of notes.
const LIST: usize = 6_000;
/// The longest graph.
const GRAPH: usize = 8_000;
/// What the counts of what was left out may take, and the headings.
const RESERVE: usize = 2_000;

/// The plan as Markdown.
pub(crate) fn render(plan: &Plan) -> String {
    let entries = entries(plan);
    let mut out = format!("{MARKER}\n## Airform plan\n\n{}\n", bare(&summary_line(plan)));
    if !entries.is_empty() {
        let _ = write!(out, "\n{}", table(&entries));
    }
    if !plan.blockers.is_empty() {
        let words = plan.blockers.iter().map(super::blocker::words);
        let lines = words.map(|words| format!("{}: {}", words.message, words.help));
        let _ = write!(out, "\n### It may not be applied\n\n{}", listed(lines.collect()));
    }
    let destroying: Vec<&Entry<'_>> = entries.iter().filter(|entry| destroys(entry)).collect();
    let other: Vec<Folded<'_, Entry<'_>>> =
        fold(&entries).into_iter().filter(|folded| !folded.shown.iter().any(destroys)).collect();
    let notes = notes(plan);
    let graph = drawn(plan);
    let rest = notes.len() + graph.len() + RESERVE;
    if !destroying.is_empty() {
        out.push_str("\n### Deleted and replaced\n\n");
        all(&destroying, LIMIT.saturating_sub(out.len() + rest), &mut out);
    }
    if !other.is_empty() {
        out.push_str("\n### Changes\n\n");
        as_many_as_fit(&other, LIMIT.saturating_sub(out.len() + rest), &mut out);
    }
    out.push_str(&notes);
    out.push_str(&graph);
    out
}

fn destroys(entry: &Entry<'_>) -> bool {
    matches!(entry.change.action, Action::Delete | Action::Replace)
}

/// How many of each kind each action is for.
fn table(entries: &[Entry<'_>]) -> String {
    let columns = [
        (Action::Create, "create"),
        (Action::Update, "update"),
        (Action::Replace, "replace"),
        (Action::Delete, "delete"),
        (Action::Adopt, "adopt"),
        (Action::Record, "record"),
        (Action::Forget, "forget"),
    ];
    let count = |entries: &[Entry<'_>], action| {
        entries.iter().filter(|entry| entry.change.action == action).count()
    };
    let used: Vec<_> =
        columns.into_iter().filter(|(action, _)| count(entries, *action) > 0).collect();
    let mut out = String::from("| |");
    for (action, word) in &used {
        let _ = write!(out, " `{}` {word} |", symbol(*action));
    }
    out.push_str("\n|---|");
    out.push_str(&"---:|".repeat(used.len()));
    for (kind, entries) in by_kind(entries) {
        let _ = write!(out, "\n| {} |", kind.counted(2));
        for (action, _) in &used {
            match count(entries, *action) {
                0 => out.push_str(" |"),
                count => {
                    let _ = write!(out, " {} |", number(count));
                }
            }
        }
    }
    out.push('\n');
    out
}

/// Every entry, as closely as there is room: with its leaves, or each in a line, or, where not even
/// that fits, as many lines as do and the number of the others.
fn all(entries: &[&Entry<'_>], room: usize, out: &mut String) {
    let whole: String = entries.iter().map(|entry| details(entry)).collect();
    if whole.len() <= room {
        out.push_str(&whole);
        return;
    }
    let mut lines = String::new();
    let mut left: BTreeMap<Kind, usize> = BTreeMap::new();
    for entry in entries {
        let symbol = symbol(entry.change.action);
        let line = format!("{symbol} {}  {}\n", entry.shown, quoted(&entry.change.name));
        if left.is_empty() && lines.len() + line.len() <= room {
            lines.push_str(&line);
        } else {
            *left.entry(entry.address.kind()).or_default() += 1;
        }
    }
    let fence = fence(&lines);
    let _ = write!(out, "{fence}diff\n{lines}{fence}\n\n");
    for (kind, count) in left {
        let _ = writeln!(
            out,
            "- **and {} more {} that are deleted or replaced**, too many for a comment",
            number(count),
            kind.counted(count)
        );
    }
}

/// As many entries as fit, and the number of the others by action.
fn as_many_as_fit(folded: &[Folded<'_, Entry<'_>>], room: usize, out: &mut String) {
    let mut used = 0;
    let mut left: BTreeMap<Action, usize> = BTreeMap::new();
    for Folded { shown, rest } in folded {
        for entry in *shown {
            let text = details(entry);
            if left.is_empty() && used + text.len() <= room {
                used += text.len();
                out.push_str(&text);
            } else {
                *left.entry(entry.change.action).or_default() += 1;
            }
        }
        let (Some(rest), Some(first)) = (rest, shown.first()) else { continue };
        if left.is_empty() {
            let _ = writeln!(out, "… {}\n", rest.words);
            used += rest.words.len() + 4;
        } else {
            *left.entry(first.change.action).or_default() += rest.count;
        }
    }
    if left.is_empty() {
        return;
    }
    let counts: Vec<String> = left
        .into_iter()
        .map(|(action, count)| format!("{} to {}", number(count), graph::class(action)))
        .collect();
    let _ = writeln!(
        out,
        "\n**Left out here, as there is no more room: {}.** `airform show` has them all.",
        counts.join(", ")
    );
}

/// One entry, to be opened.
fn details(entry: &Entry<'_>) -> String {
    let title = escaped(&title(entry));
    if entry.rows.is_empty() {
        return format!("<details><summary><code>{title}</code></summary></details>\n\n");
    }
    let mut code = String::new();
    for row in &entry.rows {
        row_lines(row, &mut code);
    }
    let fence = fence(&code);
    format!(
        "<details><summary><code>{title}</code></summary>\n\n{fence}diff\n{code}{fence}\n\n</details>\n\n"
    )
}

fn title(entry: &Entry<'_>) -> String {
    let Entry { address: _, shown, change, sentence, consequence, rows: _ } = entry;
    let then =
        consequence.as_ref().map(|consequence| format!("; {consequence}")).unwrap_or_default();
    format!("{} {shown}  {sentence}{then}", symbol(change.action))
}

/// A row as a diff has it: its mark is in the first column, and `!` stands for a change.
fn row_lines(row: &Row, out: &mut String) {
    let Row { symbol, name, text, note } = row;
    let mark = match bare(symbol).as_str() {
        "+" => '+',
        "-" => '-',
        _ => '!',
    };
    let note = note.as_ref().map(|note| format!("  {}", bare(note))).unwrap_or_default();
    let _ = writeln!(out, "{mark} {}: {}{note}", bare(name), bare(&text.in_one_line()));
    if let Text::Lines { lines, .. } = text {
        for line in lines {
            let _ = match line {
                Line::Same(line) => writeln!(out, "      {line}"),
                Line::Gone(line) => writeln!(out, "-     {line}"),
                Line::New(line) => writeln!(out, "+     {line}"),
                Line::Passed => writeln!(out, "      …"),
            };
        }
    }
}

/// A fence that nothing in `code` ends.
fn fence(code: &str) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

fn notes(plan: &Plan) -> String {
    let notes: Vec<String> = remarks(plan)
        .iter()
        .map(|remark| bare(remark).trim_start_matches("note: ").to_owned())
        .collect();
    if notes.is_empty() { String::new() } else { format!("\n### Notes\n\n{}", listed(notes)) }
}

/// Text of several lines, such as YAML to write, in one of Markdown.
fn broken(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim().is_empty()).map(|line| {
        let rest = line.trim_start_matches(' ');
        "&nbsp;".repeat(line.len() - rest.len()) + &escaped(rest)
    });
    lines.collect::<Vec<_>>().join("<br>")
}

/// Lines as a list, as many as there is room for.
fn listed(lines: Vec<String>) -> String {
    let mut out = String::new();
    let mut left = 0;
    for line in lines {
        // In code nothing is taken for the name of somebody who is then told.
        let line = format!("- <code>{}</code>\n", broken(&line));
        if left == 0 && out.len() + line.len() <= LIST {
            out.push_str(&line);
        } else {
            left += 1;
        }
    }
    if left > 0 {
        let _ = writeln!(out, "- and {} more", number(left));
    }
    out
}

/// What waits for what, where anything does.
fn drawn(plan: &Plan) -> String {
    let drawing = graph::of_plan(plan, false);
    let graph = graph::mermaid(&drawing);
    if drawing.edges.is_empty() || graph.len() > GRAPH {
        return String::new();
    }
    format!(
        "\n<details><summary>What waits for what</summary>\n\n```mermaid\n{graph}```\n\n</details>\n"
    )
}

/// Text of which nothing is markup, in Markdown and in HTML: each mark stands as its number.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if c.is_ascii_punctuation() && !matches!(c, ',' | ';' | '-') {
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}
