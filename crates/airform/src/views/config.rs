//! What a connector's specification has against its configuration, in words.

use manifest::{Diagnostic, Severity};
use model::value::Segment;
use model::{Address, Span};
use schema_check::{About, Complaint, Found, Problem};

use super::plan::list;
use super::style::plain;

/// What a complaint is about.
pub(crate) struct Subject<'a> {
    /// The connector's name.
    pub(crate) connector: &'a str,
    /// The template that leaves what is missing to others.
    pub(crate) left_by: Option<&'a Address>,
}

/// How many names or values are listed.
const MOST: usize = 12;

/// `complaint` about what stands at `place`.
pub(crate) fn diagnostic(subject: &Subject<'_>, complaint: &Complaint, place: Span) -> Diagnostic {
    let Complaint { path, problem, about } = complaint;
    let connector = plain(subject.connector);
    let name = match path.segments().last() {
        Some(Segment::Key(key)) => key.clone(),
        _ => path.to_string(),
    };
    let field = |name: &str| match &about.title {
        Some(title) if !title.eq_ignore_ascii_case(name) => format!("`{name}` ({title})"),
        _ => format!("`{name}`"),
    };
    let this = field(&name);
    let (code, message, label, help) = match problem {
        Problem::Missing { field: lacking } => (
            "config::missing",
            match path.segments() {
                [_] => format!("{connector} needs {}", field(lacking)),
                _ => format!("`{name}` of {connector} needs {}", field(lacking)),
            },
            format!("`{lacking}` is missing"),
            missing_help(lacking, about, subject.left_by),
        ),
        Problem::Unknown { field, similar, known, closed } => (
            "config::unknown-field",
            format!("{connector} knows no field `{field}`{}", within(complaint)),
            if *closed { "not known" } else { "not known, and perhaps not read" }.to_owned(),
            match similar {
                Some(similar) => Some(format!("did you mean `{similar}`?")),
                None => Some(format!("it knows {}", few(known))),
            },
        ),
        Problem::WrongType { found, wanted } => (
            "config::wrong-type",
            format!("{this} of {connector} wants {}", types(wanted)),
            format!("this is {}", found_noun(*found)),
            type_help(*found, wanted),
        ),
        Problem::NotAllowed { found } => (
            "config::not-allowed",
            match found {
                Some(found) => format!("{this} of {connector} cannot be `{found}`"),
                None => format!("{this} of {connector} cannot be this"),
            },
            "not one of its values".to_owned(),
            Some(format!("it can be {}", one_of(&about.allowed))),
        ),
        Problem::Undecided { field } => (
            "config::undecided",
            format!("{this} of {connector} has several forms, and `{field}` does not say which"),
            format!("`{field}` is missing"),
            Some(format!("`{field}` can be {}", one_of(&about.allowed))),
        ),
        Problem::Bound { rule, limit } => (
            "config::out-of-bounds",
            format!("{this} of {connector} {}", bound(rule, limit)),
            "out of bounds".to_owned(),
            example(about),
        ),
        Problem::Pattern { pattern } => (
            "config::pattern",
            format!("{this} of {connector} does not look as it must"),
            format!("does not match {pattern}"),
            example(about),
        ),
        Problem::Format { format } => (
            "config::format",
            format!("{this} of {connector} is probably meant to be a {format}"),
            format!("not a {format}"),
            example(about),
        ),
        Problem::Rule { rule } => (
            "config::rule",
            match rule.as_str() {
                "uniqueItems" => format!("{this} of {connector} names something twice"),
                rule => format!("{this} of {connector} breaks the rule {rule}"),
            },
            "here".to_owned(),
            None,
        ),
        Problem::Preset => (
            "config::preset",
            match subject.left_by {
                Some(template) => format!("`{name}` is preset by {template}"),
                None => format!("`{name}` is preset"),
            },
            "a user of the template is not asked for it".to_owned(),
            Some("leave it out, or take it out of the template's presets".to_owned()),
        ),
    };
    let severity = match complaint.severity() {
        schema_check::Severity::Error => Severity::Error,
        schema_check::Severity::Warning => Severity::Warning,
    };
    let help = help.map(|help| plain(&help));
    let labels = vec![(place, plain(&label))];
    Diagnostic { code, severity, message: plain(&message), labels, help }
}

/// The map that a field stands in, where it is not the configuration itself.
fn within(complaint: &Complaint) -> String {
    match complaint.path.segments() {
        [_, .., Segment::Key(holder), _] => format!(" in `{holder}`"),
        _ => String::new(),
    }
}

fn missing_help(field: &str, about: &About, left_by: Option<&Address>) -> Option<String> {
    let value = if about.secret {
        Some("${secret:env:NAME}".to_owned())
    } else if about.allowed.is_empty() {
        about.example.clone().or(about.default.clone())
    } else {
        None
    };
    let write = match (value, about.allowed.as_slice()) {
        (Some(value), _) => Some(format!("such as `{field}: {value}`")),
        (None, []) => None,
        (None, allowed) => Some(format!("it can be {}", one_of(allowed))),
    };
    let left = left_by.map(|template| format!("{template} leaves it to whoever uses it"));
    match (left, write) {
        (Some(left), Some(write)) => Some(format!("{left}; {write}")),
        (left, write) => left.or(write),
    }
}

fn example(about: &About) -> Option<String> {
    about.example.as_ref().map(|example| format!("such as `{example}`"))
}

fn few(words: &[String]) -> String {
    list(&shown(words))
}

fn one_of(words: &[String]) -> String {
    match shown(words).split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn shown(words: &[String]) -> Vec<String> {
    let mut shown: Vec<String> = words.iter().take(MOST).map(|word| format!("`{word}`")).collect();
    if words.len() > MOST {
        shown.push(format!("{} more", words.len() - MOST));
    }
    shown
}

fn types(wanted: &[String]) -> String {
    let nouns: Vec<&str> = wanted
        .iter()
        .map(|word| match word.as_str() {
            "string" => "text",
            "integer" => "a whole number",
            "number" => "a number",
            "boolean" => "`true` or `false`",
            "array" => "a list",
            "object" => "a map",
            other => other,
        })
        .collect();
    nouns.join(" or ")
}

fn found_noun(found: Found) -> &'static str {
    match found {
        Found::Bool => "true or false",
        Found::Number => "a number",
        Found::Text => "text",
        Found::Secret => "a secret, and so text",
        Found::List => "a list",
        Found::Map => "a map",
    }
}

fn type_help(found: Found, wanted: &[String]) -> Option<String> {
    let wants = |word: &str| wanted.iter().any(|wanted| wanted == word);
    match found {
        Found::Number | Found::Bool if wants("string") => Some("put it into quotes".to_owned()),
        Found::Text if wants("integer") || wants("number") || wants("boolean") => {
            Some("write it without quotes".to_owned())
        }
        Found::Text | Found::Number | Found::Secret if wants("array") => {
            Some("a list of one is written `[…]`".to_owned())
        }
        _ => None,
    }
}

fn bound(rule: &str, limit: &str) -> String {
    match rule {
        "minimum" => format!("is at least {limit}"),
        "maximum" => format!("is at most {limit}"),
        "exclusiveMinimum" => format!("is more than {limit}"),
        "exclusiveMaximum" => format!("is less than {limit}"),
        "multipleOf" => format!("is a multiple of {limit}"),
        "minLength" => format!("has at least {limit} characters"),
        "maxLength" => format!("has at most {limit} characters"),
        "minItems" => format!("has at least {limit} members"),
        _ => format!("has at most {limit} members"),
    }
}
