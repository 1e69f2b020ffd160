//! A plan as a page that needs nothing else: no request leaves it, and it says so to the browser.

use std::fmt::Write;

use model::plan::{Action, Plan};

use super::apply::step_words;
use super::graph;
use super::plan::{Entry, Line, Row, Text, by_kind, entries, remarks, summary_line, symbol};
use super::style::{bare, number, plain};

const STYLE: &str = include_str!("html/page.css");
pub(super) const SCRIPT: &str = include_str!("html/page.js");

/// The plan as HTML.
pub(crate) fn render(plan: &Plan) -> String {
    let entries = entries(plan);
    let mut out = String::from(HEAD);
    let _ = write!(
        out,
        "<style>\n{STYLE}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#changes\">Skip to the changes</a>\n<header>\n<h1>Airform plan</h1>\n<p class=\"summary\">{}</p>\n</header>\n<main>\n",
        escaped(bare(&summary_line(plan)).trim_start_matches("Plan: "))
    );
    blockers(plan, &mut out);
    if !entries.is_empty() {
        table(&entries, &mut out);
        filters(&entries, &mut out);
        out.push_str("<section id=\"changes\" aria-label=\"Changes\">\n");
        for (kind, entries) in by_kind(&entries) {
            let noun = kind.counted(2);
            let _ = writeln!(out, "<section class=\"kind\"><h2>{}</h2>", capital(noun));
            entries.iter().for_each(|entry| details(entry, &mut out));
            out.push_str("</section>\n");
        }
        out.push_str("</section>\n");
        steps(plan, &mut out);
        let drawing = graph::of_plan(plan, false);
        if !drawing.nodes.is_empty() {
            let _ = writeln!(
                out,
                "<section><h2>What waits for what</h2>\n<div class=\"graph\" tabindex=\"0\" role=\"group\" aria-label=\"Graph, can be scrolled\">\n{}\n</div></section>",
                graph::svg(&drawing)
            );
        }
    }
    notes(plan, &mut out);
    let _ = write!(out, "</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>");
    out
}

/// The policy forbids every request, so that even a page that somebody has tampered with tells nobody.
const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<meta name=\"color-scheme\" content=\"light dark\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">
<link rel=\"icon\" href=\"data:,\">
<title>Airform plan</title>
";

fn blockers(plan: &Plan, out: &mut String) {
    if plan.blockers.is_empty() {
        return;
    }
    out.push_str("<section class=\"blocked\"><h2>It may not be applied</h2>\n<ul>\n");
    for blocker in &plan.blockers {
        let words = super::blocker::words(blocker);
        let (message, help) = (escaped(&words.message), escaped(&words.help));
        let _ = writeln!(out, "<li><strong>{message}</strong><br>{help}</li>");
    }
    out.push_str("</ul></section>\n");
}

const ACTIONS: [Action; 7] = [
    Action::Create,
    Action::Update,
    Action::Replace,
    Action::Delete,
    Action::Adopt,
    Action::Record,
    Action::Forget,
];

fn word(action: Action) -> &'static str {
    match action {
        Action::Forget => "forget",
        action => graph::class(action),
    }
}

fn count(entries: &[Entry<'_>], action: Action) -> usize {
    entries.iter().filter(|entry| entry.change.action == action).count()
}

fn used(entries: &[Entry<'_>]) -> Vec<Action> {
    ACTIONS.into_iter().filter(|action| count(entries, *action) > 0).collect()
}

fn table(entries: &[Entry<'_>], out: &mut String) {
    let used = used(entries);
    out.push_str("<div class=\"scroll\"><table class=\"counts\"><caption class=\"unseen\">How many of each kind</caption><thead><tr><td></td>");
    for action in &used {
        let _ = write!(out, "<th scope=\"col\">{}</th>", word(*action));
    }
    out.push_str("</tr></thead><tbody>\n");
    for (kind, entries) in by_kind(entries) {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", capital(kind.counted(2)));
        for action in &used {
            match count(entries, *action) {
                0 => out.push_str("<td></td>"),
                count => {
                    let _ = write!(
                        out,
                        "<td class=\"{}\">{}</td>",
                        graph::class(*action),
                        number(count)
                    );
                }
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
}

fn filters(entries: &[Entry<'_>], out: &mut String) {
    out.push_str("<form role=\"search\" class=\"filters\">\n<label>Search <input type=\"search\" id=\"search\" autocomplete=\"off\"></label>\n<fieldset><legend class=\"unseen\">Show</legend>\n");
    for action in used(entries) {
        let word = word(action);
        let _ = writeln!(
            out,
            "<label class=\"{}\"><input type=\"checkbox\" name=\"action\" value=\"{word}\" checked> {word}</label>",
            graph::class(action),
        );
    }
    let _ = writeln!(
        out,
        "</fieldset>\n<button type=\"button\" id=\"open\">Open all</button>\n<button type=\"button\" id=\"close\">Close all</button>\n<p id=\"count\" role=\"status\">{} shown</p>\n</form>",
        number(entries.len())
    );
}

fn details(entry: &Entry<'_>, out: &mut String) {
    let Entry { address: _, shown, change, sentence, consequence, rows } = entry;
    let (class, word) = (graph::class(change.action), word(change.action));
    let _ = write!(
        out,
        "<details class=\"change {class}\" data-action=\"{word}\"><summary><span class=\"mark\" aria-hidden=\"true\">{}</span> <code>{}</code> <span>{}</span>",
        escaped(symbol(change.action)),
        escaped(shown),
        escaped(sentence),
    );
    if let Some(consequence) = consequence {
        let _ = write!(out, " <em>{}</em>", escaped(consequence));
    }
    out.push_str("</summary>\n");
    if let Some(id) = &change.id {
        let _ = writeln!(out, "<p class=\"id\">id <code>{}</code></p>", escaped(&id.0));
    }
    if !rows.is_empty() {
        out.push_str("<div class=\"scroll\"><table class=\"leaves\"><thead><tr><th scope=\"col\">Attribute</th><th scope=\"col\">Before</th><th scope=\"col\">After</th></tr></thead><tbody>\n");
        rows.iter().for_each(|row| leaf(row, out));
        out.push_str("</tbody></table></div>");
    }
    out.push_str("</details>\n");
}

fn leaf(row: &Row, out: &mut String) {
    let Row { symbol, name, text, note } = row;
    let (before, after) = match (text, bare(symbol).as_str()) {
        (Text::Sides { before, after }, _) => (code(before), code(after)),
        (Text::One(text), "-") => (code(text), String::new()),
        (Text::One(text), _) => (String::new(), code(text)),
        (Text::Lines { lines, .. }, _) => (
            side(lines, |line| matches!(line, Line::Gone(_))),
            side(lines, |line| matches!(line, Line::New(_))),
        ),
    };
    let note = match note {
        Some(note) => {
            format!(" <em>{}</em>", escaped(bare(note).trim_start_matches(['#', ' '])))
        }
        None => String::new(),
    };
    let _ = writeln!(
        out,
        "<tr><th scope=\"row\">{}{note}</th><td class=\"before\">{before}</td><td class=\"after\">{after}</td></tr>",
        escaped(&bare(name))
    );
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(&bare(text)))
}

/// One side of a text of several lines: what only it has, and what both have.
fn side(lines: &[Line], is_own: impl Fn(&Line) -> bool) -> String {
    let mut out = String::from("<pre>");
    for line in lines {
        let _ = match line {
            Line::Same(text) => writeln!(out, "{}", escaped(text)),
            Line::Passed => writeln!(out, "…"),
            own @ (Line::Gone(text) | Line::New(text)) if is_own(own) => {
                writeln!(out, "<mark>{}</mark>", escaped(text))
            }
            Line::Gone(_) | Line::New(_) => Ok(()),
        };
    }
    out.push_str("</pre>");
    out
}

fn steps(plan: &Plan, out: &mut String) {
    let _ = writeln!(
        out,
        "<section><h2>Steps, in order</h2>\n<details class=\"steps\"><summary>{} steps</summary><ol>",
        number(plan.steps.len())
    );
    for step in &plan.steps {
        let after: Vec<String> =
            step.after.iter().map(|before| number(before.0.saturating_add(1))).collect();
        let waits = match after.is_empty() {
            true => String::new(),
            false => format!(" <small>after {}</small>", after.join(", ")),
        };
        let _ = writeln!(
            out,
            "<li><code>{}</code> {}{waits}</li>",
            escaped(&plain(&step.address.to_string())),
            escaped(&step_words(step))
        );
    }
    out.push_str("</ol></details></section>\n");
}

fn notes(plan: &Plan, out: &mut String) {
    let remarks = remarks(plan);
    if remarks.is_empty() {
        return;
    }
    out.push_str("<section><h2>Notes</h2>\n<ul class=\"notes\">\n");
    for remark in remarks {
        let text = bare(&remark);
        let _ = writeln!(out, "<li>{}</li>", escaped(text.trim_start_matches("note: ")));
    }
    out.push_str("</ul></section>\n");
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Text as it stands in HTML, between tags and in attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
