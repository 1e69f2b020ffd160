//! `${…}` in values.

mod parse;

use std::ops::Range;

use model::Span;
use model::secret::{SecretPart, SecretRef, SecretSource};
use model::value::Value;

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::for_each::{self, Cell};
use crate::limits;
use crate::suggest::one_of;
use crate::tree::Scalar;
use crate::variables::Held;
use parse::{Expression, Part};

/// What a scalar says once everything in it is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Filled {
    /// Text, or, where the scalar is one variable and nothing else, the value of that variable.
    Clear(Value),
    /// At least one part is a secret, so the whole is.
    Secret(SecretRef),
}

/// Whether there is anything to look at in `text`.
pub(crate) fn has_expression(text: &str) -> bool {
    text.contains("${")
}

/// Looks up everything in a scalar. `None` after a complaint.
pub(crate) fn fill(scalar: &Scalar, span: Span, cx: &mut Context<'_>) -> Option<Filled> {
    if cx.variables.is_none() {
        cx.complain(
            Diagnostic::error(
                "manifest::interpolated-variable",
                "what stands under `variables:` is taken as written",
            )
            .at(span, "`${…}` means nothing here"),
        );
        return None;
    }
    let places = Places::new(scalar, span);
    let (parts, faults) = parse::parts(&scalar.text);
    let complete = faults.is_empty();
    for fault in faults {
        let diagnostic = Diagnostic::error(fault.code, fault.message)
            .at(places.of(&fault.range), fault.label)
            .help(fault.help);
        cx.complain(diagnostic);
    }
    let single = parts.len() == 1;
    let mut texts = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Part::Literal(text) => texts.push(Some(SecretPart::Literal(text))),
            Part::Expression(expression, range) => match look_up(expression, &places, &range, cx) {
                Some(Found::Clear(value)) if single && complete => {
                    let text = SecretPart::Literal(spelling(&value));
                    return has_room(&[Some(text)], span, cx).then_some(Filled::Clear(value));
                }
                Some(Found::Clear(value)) => {
                    texts.push(Some(SecretPart::Literal(spelling(&value))))
                }
                Some(Found::Secret(source)) => texts.push(Some(SecretPart::Lookup(source))),
                None => texts.push(None),
            },
        }
    }
    if !complete || !has_room(&texts, span, cx) {
        return None;
    }
    Some(joined(texts.into_iter().collect::<Option<Vec<SecretPart>>>()?))
}

/// Counts what a value has come to. False, after one complaint, where all of them are too much.
fn has_room(parts: &[Option<SecretPart>], span: Span, cx: &mut Context<'_>) -> bool {
    let length = |part: &SecretPart| match part {
        SecretPart::Literal(text) => text.len(),
        SecretPart::Lookup(_) => 0,
    };
    let before = cx.filled;
    cx.filled = before.saturating_add(parts.iter().flatten().map(length).sum());
    if cx.filled <= limits::FILLED {
        return true;
    }
    if before <= limits::FILLED {
        cx.complain(
            Diagnostic::error(
                "manifest::too-much-text",
                format!("values come to more than {} MiB", limits::FILLED / 1024 / 1024),
            )
            .at(span, "here there is no more room")
            .help("a large file or variable is asked for too often"),
        );
    }
    false
}

/// Text if all parts are, with neighbouring literals made one.
fn joined(parts: Vec<SecretPart>) -> Filled {
    let mut joined: Vec<SecretPart> = Vec::new();
    for part in parts {
        match (joined.last_mut(), part) {
            (Some(SecretPart::Literal(before)), SecretPart::Literal(text)) => {
                before.push_str(&text)
            }
            (_, part) => joined.push(part),
        }
    }
    match joined.as_slice() {
        [] => Filled::Clear(Value::text("")),
        [SecretPart::Literal(text)] => Filled::Clear(Value::text(text.clone())),
        _ => Filled::Secret(SecretRef { parts: joined }),
    }
}

/// What an expression stands for.
enum Found {
    Clear(Value),
    Secret(SecretSource),
}

fn look_up(
    expression: Expression,
    places: &Places<'_>,
    range: &Range<usize>,
    cx: &mut Context<'_>,
) -> Option<Found> {
    let span = places.of(range);
    match expression {
        Expression::Secret(source) => Some(Found::Secret(source)),
        Expression::Env { name, default: _ } if cx.lookup.is_withheld(&name) => {
            cx.complain(
                Diagnostic::error(
                    "manifest::withheld-env",
                    format!("`{name}` is what this program itself gets in by"),
                )
                .at(span, "a plan would show it in clear")
                .help(format!(
                    "if it is meant, and for a connector's configuration: `${{secret:env:{name}}}`"
                )),
            );
            None
        }
        Expression::Env { name, default } => {
            // As in a shell, `:-` also stands in for a variable that is set to nothing.
            let value = cx.lookup.env(&name).filter(|text| default.is_none() || !text.is_empty());
            if let Some(text) = value.or(default) {
                return Some(Found::Clear(Value::Text(text)));
            }
            cx.complain(
                Diagnostic::error(
                    "manifest::missing-env",
                    format!("the environment variable `{name}` is not set"),
                )
                .at(span, "looked up here")
                .help(format!("set it, or give a default: `${{env:{name}:-default}}`")),
            );
            None
        }
        Expression::File(path) => match cx.lookup.file(&path, span.file) {
            Ok(text) if text.len() > limits::TEXT => {
                cx.complain(
                    Diagnostic::error(
                        "manifest::file",
                        format!("`{path}` is too large for a value: {} bytes", text.len()),
                    )
                    .at(span, format!("at most {} bytes are taken", limits::TEXT)),
                );
                None
            }
            // A text file ends with a line break that nobody means.
            Ok(text) => {
                let text = text.strip_suffix('\n').unwrap_or(&text);
                let text = text.strip_suffix('\r').unwrap_or(text);
                Some(Found::Clear(Value::text(text)))
            }
            Err(why) => {
                cx.complain(
                    Diagnostic::error("manifest::file", format!("cannot read `{path}`: {why}"))
                        .at(span, "asked for here")
                        .help("a path counts from the folder of the file that names it"),
                );
                None
            }
        },
        Expression::Each(name) => {
            // Whatever is wrong with the whole is the cell's doing as well.
            let whole = Span { end: places.whole.end.max(span.end), ..places.whole };
            each(&name, span, whole, cx)
        }
        Expression::Variable(name) => variable(&name, span, cx),
    }
}

/// The cell `name` of the row that a resource is made from.
fn each(name: &str, span: Span, whole: Span, cx: &mut Context<'_>) -> Option<Found> {
    let Some(row) = &mut cx.row else {
        cx.complain(
            Diagnostic::error(
                "manifest::each-without-for-each",
                "`${each:…}` has no row to look in",
            )
            .at(span, "nothing is repeated here")
            .help("it means something in a resource that has a `for_each:`"),
        );
        return None;
    };
    let problem = match row.look_up(name, whole) {
        for_each::Found::Cell(Cell::Value(value)) => return Some(Found::Clear(value)),
        // It has been complained about.
        for_each::Found::Cell(Cell::Broken) => return None,
        for_each::Found::Cell(Cell::Nothing) => format!("`{name}` has no value in this row"),
        for_each::Found::Cell(Cell::Tree(noun)) => format!("`{name}` is {noun} in this row"),
        for_each::Found::Unknown(columns) => {
            let help = for_each::columns_help(name, &columns, cx);
            cx.complain(
                Diagnostic::error(
                    "manifest::unknown-column",
                    format!("there is no column `{name}` in this data"),
                )
                .at(span, "not a column")
                .help(help),
            );
            return None;
        }
    };
    cx.complain(
        Diagnostic::error("manifest::for-each-value", problem)
            .at(span, "text, a number, `true` or `false` is wanted here"),
    );
    None
}

fn variable(name: &str, span: Span, cx: &mut Context<'_>) -> Option<Found> {
    let declared = cx.variables.as_ref()?;
    let Some(variable) = declared.get(name) else {
        let near = cx.suggester.nearest(name, declared.keys().map(String::as_str));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("declare it: `variables: {{{name}: {{}}}}`"),
        };
        cx.complain(
            Diagnostic::error(
                "manifest::undeclared-variable",
                format!("there is no variable `{name}`"),
            )
            .at(span, "not declared under `variables:`")
            .help(help),
        );
        return None;
    };
    match &variable.held {
        Held::Clear(value) => Some(Found::Clear(value.clone())),
        Held::Secret(text) => {
            cx.secret_variables.insert(name.to_owned(), text.clone());
            Some(Found::Secret(SecretSource::Variable(name.to_owned())))
        }
        Held::Nothing => {
            let declared_at = variable.span;
            cx.complain(
                Diagnostic::error(
                    "manifest::variable-without-value",
                    format!("the variable `{name}` has no value"),
                )
                .at(span, "asked for here")
                .at(declared_at, "declared without a default")
                .help(format!(
                    "give it one: `--var {name}=VALUE`, `AIRFORM_VAR_{name}`, a `--var-file`, or a `default:`"
                )),
            );
            None
        }
        // Its declaration or its value has been complained about.
        Held::Broken => None,
    }
}

/// How a value stands between text.
pub(crate) fn spelling(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Bool(bool) => bool.to_string(),
        Value::Number(number) => number.to_string(),
        // Variables hold scalars only.
        Value::Null | Value::Secret(_) | Value::Reference(_) | Value::List(_) | Value::Map(_) => {
            String::new()
        }
    }
}

/// Where the `${` of a scalar stand: in its text, and in the file.
struct Places<'a> {
    scalar: &'a Scalar,
    in_text: Vec<usize>,
    whole: Span,
}

impl<'a> Places<'a> {
    fn new(scalar: &'a Scalar, whole: Span) -> Places<'a> {
        let in_text = scalar.text.match_indices("${").map(|(at, _)| at).collect();
        Places { scalar, in_text, whole }
    }

    /// Where `range` of the text, which begins with `${`, stands in the file, up to the end of its
    /// line.
    fn of(&self, range: &Range<usize>) -> Span {
        let position = self.in_text.binary_search(&range.start).ok();
        let Some(place) = position.and_then(|at| self.scalar.expressions.get(at)) else {
            return self.whole;
        };
        let expression = self.scalar.text.get(range.clone()).unwrap_or_default();
        let line = expression.split(['\n', '\r']).next().unwrap_or_default();
        let end = place.end.min(place.start + line.len());
        Span { file: self.whole.file, start: place.start, end }
    }
}

/// A value at a place that only takes text in clear has turned out to be a secret.
pub(crate) fn misplaced_secret(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error("manifest::misplaced-secret", format!("`{name}` cannot hold a secret"))
        .at(span, "a secret stands here")
        .help(format!(
            "secrets belong into {}; whatever else is said to the service is shown in plans",
            one_of(&[
                "destination_config",
                "partial_default_config",
                "replication_config",
                "credentials",
                "environment",
            ])
        ))
}
