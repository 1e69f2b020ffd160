//! The syntax of `${…}`.

use std::ops::Range;

use model::secret::SecretSource;

/// A piece of a scalar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Text as it is, `$${` already made `${`.
    Literal(String),
    /// Something to look up, and the stretch of the scalar that asks for it.
    Expression(Expression, Range<usize>),
}

/// What can be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    /// `${env:NAME}` or `${env:NAME:-default}`.
    Env {
        /// The variable of the environment.
        name: String,
        /// What stands for it where it is not set.
        default: Option<String>,
    },
    /// `${var:name}`.
    Variable(String),
    /// `${file:path}`.
    File(String),
    /// `${each:column}`.
    Each(String),
    /// `${secret:env:NAME}` or `${secret:file:path}`.
    Secret(SecretSource),
}

/// A stretch that is no expression, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) range: Range<usize>,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) label: &'static str,
    pub(super) help: String,
}

const SYNTAX: &str = "write `${env:NAME}`, `${env:NAME:-default}`, `${var:name}`, `${file:path}`, \
                      `${each:COLUMN}`, `${secret:env:NAME}` or `${secret:file:path}`; `$${` stands for `${`";

/// Takes a scalar apart. Every fault is found; what is not at fault is still a part.
pub(super) fn parts(text: &str) -> (Vec<Part>, Vec<Fault>) {
    let mut parts = Vec::new();
    let mut faults = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("$${") {
            literal.push_str("${");
            at += 3;
            continue;
        }
        let Some(inside) = rest.strip_prefix("${") else {
            // A lone `$` is text; so is everything up to the next one.
            let next = rest.get(1..).and_then(|tail| tail.find('$')).map(|next| next + 1);
            let next = if rest.starts_with('$') { next } else { rest.find('$') };
            let end = next.unwrap_or(rest.len());
            literal.push_str(rest.get(..end).unwrap_or_default());
            at += end;
            continue;
        };
        let Some(length) = inside.find('}') else {
            faults.push(Fault {
                range: at..text.len(),
                code: "manifest::interpolation",
                message: "`${` is never closed".to_owned(),
                label: "a `}` is missing",
                help: SYNTAX.to_owned(),
            });
            break;
        };
        let range = at..at + 2 + length + 1;
        at = range.end;
        match expression(inside.get(..length).unwrap_or_default(), range.clone()) {
            Ok(expression) => {
                if !literal.is_empty() {
                    parts.push(Part::Literal(std::mem::take(&mut literal)));
                }
                parts.push(Part::Expression(expression, range));
            }
            Err(fault) => faults.push(fault),
        }
    }
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    (parts, faults)
}

fn expression(inside: &str, range: Range<usize>) -> Result<Expression, Fault> {
    let fault = |message: String, label: &'static str, help: &str| Fault {
        range: range.clone(),
        code: "manifest::interpolation",
        message,
        label,
        help: help.to_owned(),
    };
    let (scheme, rest) = inside.split_once(':').unwrap_or((inside, ""));
    if inside.contains("${") {
        return Err(fault(
            "`${…}` cannot stand inside `${…}`".to_owned(),
            "one in another",
            "give the inner one a variable of its own under `variables:`",
        ));
    }
    let expression = match scheme {
        "env" => {
            let (name, default) = match rest.split_once(":-") {
                Some((name, default)) => (name, Some(default.to_owned())),
                None => (rest, None),
            };
            env_name(name).map(|name| Expression::Env { name, default })
        }
        "var" => name(rest).map(Expression::Variable),
        "file" => name(rest).map(Expression::File),
        "each" => name(rest).map(Expression::Each),
        "secret" => match rest.split_once(':') {
            Some(("env", name)) if name.contains(":-") => {
                return Err(fault(
                    "a secret has no default".to_owned(),
                    "what stands in a manifest is no secret",
                    "leave `:-…` out",
                ));
            }
            Some(("env", name)) => {
                env_name(name).map(|name| Expression::Secret(SecretSource::Env(name)))
            }
            Some(("file", path)) => {
                name(path).map(|path| Expression::Secret(SecretSource::File(path)))
            }
            _ => {
                return Err(fault(
                    "a secret comes from the environment or from a file".to_owned(),
                    "neither of both",
                    "write `${secret:env:NAME}` or `${secret:file:path}`",
                ));
            }
        },
        "" => None,
        _ if rest.is_empty() && !inside.contains(':') => {
            // As other languages have it.
            let dotted = inside
                .split_once('.')
                .filter(|(family, _)| ["env", "var", "file", "each", "secret"].contains(family));
            let help = match dotted {
                Some((family, name)) => format!("write `${{{family}:{name}}}`, with a colon"),
                None => format!(
                    "write `${{env:{inside}}}` for the environment, `${{var:{inside}}}` for a variable; `$${{` stands for `${{`"
                ),
            };
            return Err(fault(
                format!("`${{{inside}}}` does not say where to look"),
                "no `env:`, `var:`, `file:`, `each:` or `secret:`",
                &help,
            ));
        }
        other => {
            return Err(fault(
                format!("`${{{other}:…}}` is not known"),
                "nothing of this kind can be looked up",
                SYNTAX,
            ));
        }
    };
    expression.ok_or_else(|| {
        fault(format!("`${{{inside}}}` names nothing"), "a name is missing or not one", SYNTAX)
    })
}

fn name(text: &str) -> Option<String> {
    (!text.is_empty() && text.trim() == text).then(|| text.to_owned())
}

/// A name that an environment can hold.
fn env_name(text: &str) -> Option<String> {
    let bad = |c: char| c == '=' || c == ':' || c == '\0' || c.is_whitespace();
    (!text.is_empty() && !text.contains(bad)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[Part]) {
        assert_eq!(parts(text), (expected.to_vec(), Vec::new()), "{text}");
    }

    fn literal(text: &str) -> Part {
        Part::Literal(text.to_owned())
    }

    fn env(name: &str, default: Option<&str>) -> Expression {
        Expression::Env { name: name.to_owned(), default: default.map(str::to_owned) }
    }

    #[test]
    fn what_can_be_asked_for() {
        check("plain", &[literal("plain")]);
        check("", &[]);
        check("${env:A}", &[Part::Expression(env("A", None), 0..8)]);
        check("${env:A:-}", &[Part::Expression(env("A", Some("")), 0..10)]);
        check("${env:A:-b:-c}", &[Part::Expression(env("A", Some("b:-c")), 0..14)]);
        check(
            "a-${var:x}/${file:./f}",
            &[
                literal("a-"),
                Part::Expression(Expression::Variable("x".to_owned()), 2..10),
                literal("/"),
                Part::Expression(Expression::File("./f".to_owned()), 11..22),
            ],
        );
        check(
            "${secret:env:K}${secret:file:k.pem}",
            &[
                Part::Expression(Expression::Secret(SecretSource::Env("K".to_owned())), 0..15),
                Part::Expression(
                    Expression::Secret(SecretSource::File("k.pem".to_owned())),
                    15..35,
                ),
            ],
        );
    }

    #[test]
    fn what_is_only_text() {
        check("$", &[literal("$")]);
        check("$5 and $$", &[literal("$5 and $$")]);
        check("$${env:A}", &[literal("${env:A}")]);
        check("ä$ö${env:A}", &[literal("ä$ö"), Part::Expression(env("A", None), 5..13)]);
    }

    fn faults(text: &str, expected: &[&str]) {
        let (_, faults) = parts(text);
        let found: Vec<&str> = faults.into_iter().map(|fault| &text[fault.range]).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn every_fault_is_found() {
        faults("${", &["${"]);
        faults("a ${env:A", &["${env:A"]);
        faults("${foo:x} ${env:} ${}", &["${foo:x}", "${env:}", "${}"]);
        faults("${A}", &["${A}"]);
        faults("${env:A B}", &["${env:A B}"]);
        faults("${secret:K}", &["${secret:K}"]);
        faults("${secret:env:K:-x}", &["${secret:env:K:-x}"]);
        faults("${env:A:-${env:B}}", &["${env:A:-${env:B}"]);
        faults("${var: x}", &["${var: x}"]);
    }

    #[test]
    fn a_dot_that_should_be_a_colon_is_told() {
        for (text, said) in [
            ("${each.name}", "write `${each:name}`, with a colon"),
            ("${var.a.b}", "write `${var:a.b}`, with a colon"),
            ("${a.b}", "write `${env:a.b}` for the environment"),
        ] {
            let (_, faults) = parts(text);
            assert!(faults.iter().any(|fault| fault.help.starts_with(said)), "{text}");
        }
    }
}
