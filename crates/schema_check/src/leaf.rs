//! What a single value may be.

use jsonschema::error::ValidationErrorKind;
use model::{Path, Value};
use serde_json::{Map, Value as Json};

use crate::complaint::{Complaint, Problem};
use crate::json::{spelled, to_json};
use crate::schema::Schema;

/// The rules of JSON schema that look at nothing but the value itself.
const RULES: [&str; 14] = [
    "enum",
    "const",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minItems",
    "maxItems",
    "uniqueItems",
];

/// What `schema` alone has against `value`, whose type it allows. A rule that cannot be understood is
/// no rule.
pub(crate) fn check(schema: Schema<'_>, value: &Value, at: &Path) -> Vec<Complaint> {
    // Nothing is known of what only the last moment tells.
    if value.is_opaque() || holds_a_secret(value) {
        return Vec::new();
    }
    let rules: Map<String, Json> = schema
        .members()
        .filter(|(key, _)| RULES.contains(&key.as_str()))
        .map(|(key, rule)| (key.clone(), to_json(rule)))
        .collect();
    if rules.is_empty() {
        return Vec::new();
    }
    let options = jsonschema::draft7::options().should_validate_formats(true);
    let Ok(validator) = options.build(&Json::Object(rules)) else { return Vec::new() };
    let instance = to_json(value);
    let problems = validator.iter_errors(&instance).filter_map(|error| problem(error.kind()));
    problems
        .map(|problem| match problem {
            Problem::NotAllowed { .. } => {
                let found = (!schema.is_secret()).then(|| spelled(value));
                Problem::NotAllowed { found }
            }
            other => other,
        })
        .map(|problem| Complaint { path: at.clone(), problem, about: schema.about() })
        .collect()
}

fn holds_a_secret(value: &Value) -> bool {
    match value {
        Value::Secret(_) => true,
        Value::List(items) => items.iter().any(holds_a_secret),
        _ => false,
    }
}

/// What is wrong. None where it is not the value that is.
fn problem(kind: &ValidationErrorKind) -> Option<Problem> {
    use ValidationErrorKind as Kind;
    let bound = |rule, limit: String| Some(Problem::Bound { rule, limit });
    match kind {
        Kind::Enum { .. } | Kind::Constant { .. } => Some(Problem::NotAllowed { found: None }),
        Kind::Minimum { limit } => bound("minimum", limit.to_string()),
        Kind::Maximum { limit } => bound("maximum", limit.to_string()),
        Kind::ExclusiveMinimum { limit } => bound("exclusiveMinimum", limit.to_string()),
        Kind::ExclusiveMaximum { limit } => bound("exclusiveMaximum", limit.to_string()),
        Kind::MultipleOf { multiple_of } => bound("multipleOf", multiple_of.to_string()),
        Kind::MinLength { limit } => bound("minLength", limit.to_string()),
        Kind::MaxLength { limit } => bound("maxLength", limit.to_string()),
        Kind::MinItems { limit } => bound("minItems", limit.to_string()),
        Kind::MaxItems { limit } => bound("maxItems", limit.to_string()),
        Kind::Pattern { pattern } => Some(Problem::Pattern { pattern: pattern.clone() }),
        Kind::Format { format } => Some(Problem::Format { format: format.clone() }),
        Kind::UniqueItems => Some(Problem::Rule { rule: "uniqueItems".to_owned() }),
        // A pattern that took too long, and the like.
        _ => None,
    }
}
