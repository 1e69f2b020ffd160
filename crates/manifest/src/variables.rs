//! Variables: what is declared under `variables:`, and what is given for it from outside.

use std::collections::{BTreeMap, BTreeSet};

use model::Span;
use model::value::{Number, Value};
use secrecy::{ExposeSecret, SecretString};

use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::scalar::{self, Plain};
use crate::syntax::variable::{BOOL, Declaration, NUMBER, STRING};
use crate::syntax::{Field, Section};

/// The values that were given for variables from outside the manifest. All of them are held as
/// secrets: which of them are is declared in the manifest, and that is read later.
#[derive(Debug, Clone, Default)]
pub struct GivenVariables {
    values: BTreeMap<String, Given>,
}

/// Where a value was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// `--var name=value`.
    Flag,
    /// A file named by `--var-file`, as it is shown.
    File(String),
    /// `AIRFORM_VAR_name`.
    Environment,
}

#[derive(Debug, Clone)]
struct Given {
    text: SecretString,
    form: Form,
    origin: Origin,
}

/// What is known of a given text beside the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Any type may read it.
    Free,
    /// It was quoted: only text.
    Text,
    /// It was an unquoted number.
    Number,
    /// It was an unquoted `true` or `false`.
    Bool,
}

impl GivenVariables {
    /// Gives `text` to the variable `name`, in place of what was given before: the caller starts
    /// with the weakest origin. Its declared type says how the text is read.
    pub fn set(&mut self, name: impl Into<String>, text: impl Into<SecretString>, origin: Origin) {
        self.set_formed(name.into(), text.into(), Form::Free, origin);
    }

    pub(crate) fn set_formed(
        &mut self,
        name: String,
        text: SecretString,
        form: Form,
        origin: Origin,
    ) {
        self.values.insert(name, Given { text, form, origin });
    }
}

impl Origin {
    fn noun(&self, name: &str) -> String {
        match self {
            Origin::Flag => format!("`--var {name}=…`"),
            Origin::File(file) => format!("the variable file {file}"),
            Origin::Environment => format!("`AIRFORM_VAR_{name}`"),
        }
    }
}

/// A declared variable with its value.
#[derive(Debug)]
pub(crate) struct Variable {
    /// Where its name stands.
    pub(crate) span: Span,
    pub(crate) held: Held,
}

/// What a variable holds.
#[derive(Debug)]
pub(crate) enum Held {
    Clear(Value),
    Secret(SecretString),
    Nothing,
    /// Something is wrong with it, and that has been said.
    Broken,
}

/// Joins what all files declare with what is given. Afterwards values can be read.
pub(crate) fn declare(
    sections: Vec<Section<Declaration>>,
    given: &GivenVariables,
    cx: &mut Context<'_>,
) {
    let mut variables: BTreeMap<String, Variable> = BTreeMap::new();
    for named in sections.into_iter().flat_map(|section| section.members) {
        if let Some(first) = variables.get(&named.name) {
            cx.complain(declared_twice(
                &format!("the variable `{}`", named.name),
                first.span,
                named.span,
            ));
            continue;
        }
        let held = match named.record {
            Some(declaration) => {
                let name = Name { text: &named.name, span: named.span };
                hold(&name, declaration, given.values.get(&named.name), cx)
            }
            None => Held::Broken,
        };
        variables.insert(named.name, Variable { span: named.span, held });
    }
    for (name, given) in &given.values {
        if !variables.contains_key(name) {
            undeclared(name, &given.origin, &variables, cx);
        }
    }
    cx.variables = Some(variables);
}

/// The names of those that hold a secret.
pub(crate) fn sensitive(variables: Option<&BTreeMap<String, Variable>>) -> BTreeSet<String> {
    let all = variables.into_iter().flatten();
    let secret = all.filter(|(_, variable)| matches!(variable.held, Held::Secret(_)));
    secret.map(|(name, _)| name.clone()).collect()
}

/// A value for a variable that nobody declared. Where it was typed for this run it is a mistake;
/// files are shared between manifests, and so, all the more, is an environment.
fn undeclared(
    name: &str,
    origin: &Origin,
    variables: &BTreeMap<String, Variable>,
    cx: &mut Context<'_>,
) {
    let message =
        format!("{} sets a variable that the manifest does not declare", origin.noun(name));
    let diagnostic = match origin {
        Origin::Environment => return,
        Origin::Flag => Diagnostic::error("manifest::undeclared-variable", message),
        Origin::File(_) => Diagnostic::warning(
            "manifest::undeclared-variable",
            format!("the value of `{name}` in {} is not used", origin.noun(name)),
        ),
    };
    let near = cx.suggester.nearest(name, variables.keys().map(String::as_str));
    cx.complain(diagnostic.help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("declare it: `variables: {{{name}: {{}}}}`"),
    }));
}

pub(crate) fn declared_twice(what: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::error("manifest::declared-twice", format!("{what} is declared twice"))
        .at(second, "a second time")
        .at(first, "first here")
        .help("all files together are one manifest: keep one of the two; only an `--overlay` says something anew")
}

fn hold(
    name: &Name<'_>,
    declaration: Declaration,
    given: Option<&Given>,
    cx: &mut Context<'_>,
) -> Held {
    let Declaration { kind, default, description: _, sensitive } = declaration;
    let kind = match kind {
        Field::Absent => STRING,
        Field::Given(kind) => kind.value.word,
        Field::Bad => return Held::Broken,
    };
    let sensitive = match sensitive {
        Field::Absent => false,
        Field::Given(flag) => flag.value.0,
        Field::Bad => return Held::Broken,
    };
    if sensitive && kind != STRING {
        cx.complain(
            Diagnostic::error("manifest::sensitive-variable", "a sensitive variable is a string")
                .at(name.span, format!("declared with `type: {kind}`")),
        );
        return Held::Broken;
    }
    let default = match default {
        Field::Bad => return Held::Broken,
        Field::Absent => None,
        Field::Given(default) if sensitive => {
            cx.complain(
                Diagnostic::error(
                    "manifest::sensitive-variable",
                    format!("the sensitive variable `{}` has a default", name.text),
                )
                .at(default.span, "what stands in a manifest is no secret")
                .help("leave it out, and give the value from outside"),
            );
            return Held::Broken;
        }
        Field::Given(default) => {
            if noun_of(&default.value.0) != kind {
                let message = format!("the default of `{}` is not of its type", name.text);
                cx.complain(
                    Diagnostic::error("manifest::variable-type", message)
                        .at(default.span, format!("a {}", noun_of(&default.value.0)))
                        .help(format!(
                            "the variable is a {kind}; say `type: {}`, or change the default",
                            noun_of(&default.value.0)
                        )),
                );
                return Held::Broken;
            }
            Some(default.value.0)
        }
    };
    match given {
        Some(given) if sensitive => Held::Secret(given.text.clone()),
        Some(given) => match typed(given, kind) {
            Some(value) => Held::Clear(value),
            None => {
                cx.complain(mistyped(name, kind, given));
                Held::Broken
            }
        },
        None => default.map_or(Held::Nothing, Held::Clear),
    }
}

/// The word for the type of a variable that can hold `value`.
fn noun_of(value: &Value) -> &'static str {
    match value {
        Value::Number(_) => NUMBER,
        Value::Bool(_) => BOOL,
        _ => STRING,
    }
}

/// A given text as a value of the type `kind`. `None` where it is not one.
fn typed(given: &Given, kind: &str) -> Option<Value> {
    let text = given.text.expose_secret();
    match (kind, given.form) {
        (STRING, Form::Free | Form::Text) => Some(Value::text(text)),
        (NUMBER, Form::Free | Form::Number) => number(text).map(Value::Number),
        (BOOL, Form::Free | Form::Bool) => match text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        _ => None,
    }
}

fn number(text: &str) -> Option<Number> {
    match scalar::read(text) {
        Plain::Number(number) => Some(number),
        _ => None,
    }
}

/// The value is not shown: a manifest may be about to learn that it is sensitive.
fn mistyped(name: &Name<'_>, kind: &str, given: &Given) -> Diagnostic {
    let message =
        format!("{} does not give `{}` a {kind}", given.origin.noun(name.text), name.text,);
    let diagnostic = Diagnostic::error("manifest::variable-type", message)
        .at(name.span, format!("declared as a {kind}"));
    match (kind, given.form) {
        (STRING, _) => diagnostic.help("put the value into quotes"),
        (_, Form::Text) => diagnostic.help("take the quotes off the value"),
        (BOOL, _) => diagnostic.help("write `true` or `false`"),
        _ => diagnostic.help("write a number, such as `8` or `0.5`"),
    }
}
