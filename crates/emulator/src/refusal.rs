//! Refusals and the three shapes in which the service writes them (dossier 1.2).

use crate::switches::ErrorShape;
use serde_json::{Value, json};

/// A request that is not carried out, and why.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    message: String,
    /// What is wrong with which field; only validation (422) names fields.
    complaints: Vec<Complaint>,
    /// Whether the router refused, before any handler of the service: its body has one shape only.
    from_router: bool,
}

/// One complaint about one place of the request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Complaint {
    /// The way to the place: `body`, then keys and indices.
    pub(crate) at: Vec<Value>,
    pub(crate) message: String,
    /// The validator's name for this kind of mistake, such as `missing`.
    pub(crate) kind: &'static str,
}

impl Refusal {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Refusal {
        Refusal { status, message: message.into(), complaints: Vec::new(), from_router: false }
    }

    /// 404 or 405 as the router writes it.
    pub(crate) fn router(status: u16) -> Refusal {
        let message = if status == 405 { "Method Not Allowed" } else { "Not Found" };
        Refusal { from_router: true, ..Refusal::new(status, message) }
    }

    /// 404 for an id or name that the caller's organization does not have.
    pub(crate) fn not_found(what: &str, key: impl std::fmt::Display) -> Refusal {
        Refusal::new(404, format!("{what} {key} not found"))
    }

    /// The "already exists" of a duplicate, whose status is a switch.
    pub(crate) fn duplicate(status: u16, what: &str, name: &str) -> Refusal {
        Refusal::new(status, format!("{what} with name '{name}' already exists"))
    }

    /// 422 with one complaint per mistake. The message repeats the first one, as the service's does.
    pub(crate) fn invalid(complaints: Vec<Complaint>) -> Refusal {
        let message = complaints.first().map(|first| first.message.clone());
        Refusal {
            complaints,
            ..Refusal::new(422, message.unwrap_or_else(|| "Validation error".to_owned()))
        }
    }

    /// The first complaint with its place, for readers of files.
    pub(crate) fn first_complaint(&self) -> String {
        match self.complaints.first() {
            Some(complaint) => format!("{}: {}", complaint.path(), complaint.message),
            None => self.message.clone(),
        }
    }

    /// The body of the answer.
    pub(crate) fn body(&self, shape: ErrorShape) -> Value {
        if self.from_router {
            return json!({"detail": self.message});
        }
        match shape {
            ErrorShape::Envelope => {
                let errors: Vec<Value> = if self.complaints.is_empty() {
                    vec![envelope_error(Value::Null, &self.message, Value::Null)]
                } else {
                    self.complaints.iter().map(Complaint::in_envelope).collect()
                };
                json!({"message": self.message, "errors": errors})
            }
            ErrorShape::FastApi if !self.complaints.is_empty() => {
                let detail: Vec<Value> = self.complaints.iter().map(Complaint::in_detail).collect();
                json!({"detail": detail})
            }
            ErrorShape::FastApi | ErrorShape::Detail => json!({"detail": self.message}),
        }
    }
}

impl Complaint {
    fn in_envelope(&self) -> Value {
        envelope_error(self.path().into(), &self.message, self.kind.into())
    }

    fn path(&self) -> String {
        let parts: Vec<String> = self
            .at
            .iter()
            .map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned))
            .collect();
        parts.join(".")
    }

    fn in_detail(&self) -> Value {
        json!({"loc": self.at, "msg": self.message, "type": self.kind})
    }
}

fn envelope_error(field: Value, message: &str, code: Value) -> Value {
    json!({"field": field, "message": message, "error_code": code, "details": null})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(refusal: &Refusal, shape: ErrorShape, body: Value) {
        assert_eq!(refusal.body(shape), body);
    }

    #[test]
    fn each_shape_says_the_same() {
        let missing = Refusal::invalid(vec![Complaint {
            at: vec!["body".into(), "name".into()],
            message: "Field required".to_owned(),
            kind: "missing",
        }]);
        check(
            &missing,
            ErrorShape::Envelope,
            json!({"message": "Field required", "errors": [{"field": "body.name",
                "message": "Field required", "error_code": "missing", "details": null}]}),
        );
        check(&missing, ErrorShape::Detail, json!({"detail": "Field required"}));
        check(
            &missing,
            ErrorShape::FastApi,
            json!({"detail": [{"loc": ["body", "name"], "msg": "Field required",
                "type": "missing"}]}),
        );
        check(&Refusal::router(404), ErrorShape::Envelope, json!({"detail": "Not Found"}));
        check(
            &Refusal::not_found("Tag", "'crm'"),
            ErrorShape::FastApi,
            json!({"detail": "Tag 'crm' not found"}),
        );
    }
}
