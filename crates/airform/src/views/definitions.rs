//! Connectors, for people who write a manifest.

use std::fmt::Write;

use model::Value;
use model::kind::Side;
use model::value::Segment;
use schema_check::Described;

use super::style::{FAINT, STRONG, paint, plain};
use crate::catalog::Entry;

/// How much of a description is shown, in characters.
const FOLD: usize = 72;

/// One line per connector.
pub(crate) fn list(entries: &[&Entry]) -> String {
    let width = entries.iter().map(|entry| entry.name.chars().count()).max().unwrap_or(0);
    let lines: Vec<String> = entries
        .iter()
        .map(|entry| {
            let name = plain(&entry.name);
            format!("{name:<width$}  {:<11}  {}", word(entry.side), plain(&entry.id))
        })
        .collect();
    lines.join("\n")
}

fn word(side: Side) -> &'static str {
    match side {
        Side::Source => "source",
        Side::Destination => "destination",
    }
}

/// A connector with its fields, and YAML to begin with.
pub(crate) fn show(entry: &Entry) -> String {
    let mut out = format!("{} ({})", paint(STRONG, plain(&entry.name)), word(entry.side));
    let image = entry.repository.as_deref().map(plain);
    for line in [Some(plain(&entry.id)), image].into_iter().flatten() {
        let _ = write!(out, "\n{}", paint(FAINT, line));
    }
    out.push('\n');
    let mut form: Option<(String, String)> = None;
    for field in schema_check::describe(&entry.spec) {
        let depth = field.path.segments().len();
        if let Some((teller, value)) =
            field.form.as_ref().filter(|told| form.as_ref() != Some(told))
        {
            let indent = "  ".repeat(depth);
            let line = format!("with {}: {}", plain(teller), plain(value));
            let _ = write!(out, "\n{indent}{}", paint(FAINT, line));
        }
        // Inside a form come the fields of what it holds, which have none of their own.
        if field.form.is_some() {
            form.clone_from(&field.form);
        }
        let is_teller = field.form.as_ref().is_some_and(|(teller, _)| *teller == name_of(&field));
        if !is_teller {
            let _ = write!(out, "\n{}", line(&field));
        }
    }
    let _ = write!(out, "\n\n{}", snippet(entry));
    out
}

fn name_of(field: &Described) -> String {
    match field.path.segments().last() {
        Some(Segment::Key(key)) => key.clone(),
        _ => String::new(),
    }
}

fn line(field: &Described) -> String {
    let depth = field.path.segments().len();
    let indent = "  ".repeat(if field.form.is_some() { depth + 1 } else { depth });
    let mut facts: Vec<String> = Vec::new();
    let kind = if field.is_map { "map".to_owned() } else { types(&field.types) };
    if !kind.is_empty() {
        facts.push(kind);
    }
    if field.about.secret {
        facts.push("secret".to_owned());
    }
    if field.required {
        facts.push("required".to_owned());
    }
    // Nothing is no default worth a word.
    if let Some(default) = field.about.default.as_ref().filter(|default| !default.is_empty()) {
        facts.push(format!("default {}", short(default)));
    }
    if !field.about.allowed.is_empty() {
        let allowed: Vec<String> = field.about.allowed.iter().map(|word| short(word)).collect();
        facts.push(format!("one of {}", allowed.join(" | ")));
    }
    let name = paint(STRONG, plain(&name_of(field)));
    let words = field.description.as_ref().or(field.about.title.as_ref());
    let words = words.map(|words| format!("  {}", paint(FAINT, short(words)))).unwrap_or_default();
    format!("{indent}{name}: {}{words}", facts.join(", "))
}

fn types(types: &[String]) -> String {
    let words: Vec<&str> = types
        .iter()
        .map(|word| match word.as_str() {
            "string" => "text",
            "integer" => "whole number",
            "boolean" => "true or false",
            "array" => "list",
            "object" => "map",
            other => other,
        })
        .collect();
    words.join(" or ")
}

fn short(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<&str>>().join(" ");
    let folded = match line.char_indices().nth(FOLD) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    };
    plain(&folded)
}

/// YAML to begin with: what the connector requires, in a resource that can be applied.
pub(crate) fn snippet(entry: &Entry) -> String {
    let name = logical(&entry.name);
    let config = schema_check::sample(&entry.spec, &name.replace('-', "_"));
    let mut out = String::new();
    match entry.side {
        Side::Source => {
            let _ =
                write!(out, "source_templates:\n  {name}:\n    definition: {}", text(&entry.name));
            let _ = write!(
                out,
                "\n\n# A customer's own, with what the template does not preset:\nconnectors:\n  first-{name}:\n    workspace: first-customer\n    source_template: {name}\n    replication_config:"
            );
            members(&config, 6, &mut out);
        }
        Side::Destination => {
            let _ = write!(
                out,
                "connection_templates:\n  {name}:\n    destination: {}\n    destination_config:",
                text(&entry.name)
            );
            members(&config, 6, &mut out);
            out.push_str("\n    cron_expression: \"0 0 6 * * ?\"");
        }
    }
    out
}

/// A logical name for it.
fn logical(name: &str) -> String {
    let words: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    let words: Vec<&str> = words.split('-').filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "connector".to_owned() } else { words.join("-") }
}

/// What stands behind a key, in block style.
fn members(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Map(fields) if !fields.is_empty() => {
            for (key, field) in fields {
                let _ = write!(out, "\n{}{}:", " ".repeat(indent), text(key));
                members(field, indent + 2, out);
            }
        }
        other => {
            let _ = write!(out, " {}", flow(other));
        }
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(words) => text(words),
        Value::Secret(secret) => secret.to_string(),
        Value::Reference(address) => address.name().to_owned(),
        Value::List(items) => {
            format!("[{}]", items.iter().map(flow).collect::<Vec<String>>().join(", "))
        }
        Value::Map(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, field)| format!("{}: {}", text(key), flow(field)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
    }
}

/// Text as YAML: in quotes unless it is plainly a word.
fn text(words: &str) -> String {
    let is_word = words.starts_with(|c: char| c.is_ascii_alphabetic())
        && words.len() > 3
        && words.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !["true", "false", "null"].contains(&words.to_ascii_lowercase().as_str());
    if is_word {
        return words.to_owned();
    }
    // JSON's quotes are YAML's, and `$${` is a plain `${`.
    serde_json::Value::from(words.replace("${", "$${")).to_string()
}

#[cfg(test)]
mod tests {
    use manifest::{GivenVariables, Lookup, SourceFile};
    use model::span::FileId;

    use super::*;
    use crate::catalog::Catalog;

    struct Nowhere;

    impl Lookup for Nowhere {
        fn env(&self, _: &str) -> Option<String> {
            None
        }
        fn file(&self, _: &str, _: FileId) -> Result<String, String> {
            Err("there are no files".to_owned())
        }
    }

    /// Every snippet is a manifest that the connector takes.
    fn check(catalog: &Catalog) -> usize {
        let mut count = 0;
        for entry in catalog.like("") {
            let text =
                format!("version: 1\nworkspaces: {{first-customer: {{}}}}\n{}\n", snippet(entry));
            let file = SourceFile { name: entry.name.clone(), text: text.clone() };
            let reading = manifest::read(&[file], &GivenVariables::default(), &Nowhere);
            assert_eq!(reading.diagnostics, [], "{text}");
            let desired = reading.desired.unwrap();
            let found = crate::commands::config_check::check(&desired, catalog);
            let found: Vec<_> = found.iter().filter(|d| d.code != "config::pattern").collect();
            assert!(found.is_empty(), "{text}\n{found:#?}");
            assert!(show(entry).contains(&entry.id));
            count += 1;
        }
        count
    }

    #[test]
    fn snippets_are_taken() {
        assert_eq!(check(&Catalog::embedded()), 11);
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/catalog/connectors.json");
        match Catalog::read(std::path::Path::new(path)) {
            Ok(catalog) => assert_eq!(check(&catalog), 23),
            // Beside the repository on our own machines only.
            Err(_) => println!("skipped: {path} is not there"),
        }
    }
}
