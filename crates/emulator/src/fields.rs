//! Reading the fields of a request, collecting every complaint in the validator's own words.

use crate::refusal::{Complaint, Refusal};
use serde_json::{Map, Value};
use uuid::Uuid;

/// What is wrong with one value: the message, and the validator's name for the mistake.
pub(crate) type Problem = (String, &'static str);

/// A field of a partial update: absent, `null` and a value are three things (dossier 5.4).
#[derive(Debug, PartialEq)]
pub(crate) enum Field<T> {
    Absent,
    Null,
    Set(T),
}

impl<T> Field<T> {
    /// The value, when there is one; for fields that nothing can clear.
    pub(crate) fn set(self) -> Option<T> {
        match self {
            Field::Set(value) => Some(value),
            Field::Absent | Field::Null => None,
        }
    }

    /// The field with another value.
    pub(crate) fn map<R>(self, change: impl FnOnce(T) -> R) -> Field<R> {
        match self {
            Field::Absent => Field::Absent,
            Field::Null => Field::Null,
            Field::Set(value) => Field::Set(change(value)),
        }
    }

    /// Puts the field into `slot`; `null` puts `cleared` there when it clears at all.
    pub(crate) fn write(self, slot: &mut T, null_clears: bool, cleared: T) {
        match self {
            Field::Set(value) => *slot = value,
            Field::Null if null_clears => *slot = cleared,
            Field::Null | Field::Absent => {}
        }
    }
}

impl<T> Field<T> {
    /// [`Field::write`] for a slot that can be empty.
    pub(crate) fn write_optional(self, slot: &mut Option<T>, null_clears: bool) {
        match self {
            Field::Set(value) => *slot = Some(value),
            Field::Null if null_clears => *slot = None,
            Field::Null | Field::Absent => {}
        }
    }
}

/// One object of a request, read field by field. Fields nobody asks for are ignored, as the
/// service ignores them (dossier 1).
pub(crate) struct Fields<'a> {
    at: Vec<Value>,
    object: &'a Map<String, Value>,
    complaints: Vec<Complaint>,
}

impl<'a> Fields<'a> {
    /// The request's body, which has to be an object.
    pub(crate) fn of_body(body: Option<&'a Value>) -> Result<Fields<'a>, Refusal> {
        let at = vec![Value::from("body")];
        match body {
            None => Err(Refusal::invalid(vec![Complaint {
                at,
                message: "Field required".to_owned(),
                kind: "missing",
            }])),
            Some(Value::Object(object)) => Ok(Fields { at, object, complaints: Vec::new() }),
            Some(_) => Err(Refusal::invalid(vec![Complaint {
                at,
                message: "Input should be a valid dictionary or object to extract fields from"
                    .to_owned(),
                kind: "model_attributes_type",
            }])),
        }
    }

    /// A field that may be absent or `null`, each with its own meaning.
    pub(crate) fn field<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&'a Value) -> Result<T, Problem>,
    ) -> Field<T> {
        match self.object.get(name) {
            None => Field::Absent,
            Some(Value::Null) => Field::Null,
            Some(value) => match read(value) {
                Ok(value) => Field::Set(value),
                Err((message, kind)) => {
                    self.complain(name, message, kind);
                    Field::Absent
                }
            },
        }
    }

    /// A field for which absent and `null` are one. `None` too when the value is refused; then a
    /// complaint is noted.
    pub(crate) fn optional<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&'a Value) -> Result<T, Problem>,
    ) -> Option<T> {
        self.field(name, read).set()
    }

    /// A field with a default that may be absent but not `null`.
    pub(crate) fn defaulted<T>(
        &mut self,
        name: &str,
        default: T,
        read: impl FnOnce(&'a Value) -> Result<T, Problem>,
    ) -> T {
        match self.object.get(name) {
            None => default,
            Some(value) => self.accept(name, value, read).unwrap_or(default),
        }
    }

    /// A field that has to be there. `None` means that a complaint is noted.
    pub(crate) fn required<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&'a Value) -> Result<T, Problem>,
    ) -> Option<T> {
        match self.object.get(name) {
            None => {
                self.complain(name, "Field required".to_owned(), "missing");
                None
            }
            Some(value) => self.accept(name, value, read),
        }
    }

    fn accept<T>(
        &mut self,
        name: &str,
        value: &'a Value,
        read: impl FnOnce(&'a Value) -> Result<T, Problem>,
    ) -> Option<T> {
        match read(value) {
            Ok(value) => Some(value),
            Err((message, kind)) => {
                self.complain(name, message, kind);
                None
            }
        }
    }

    /// The raw value of a field, for rules that look at more than one.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name)
    }

    /// Every field there is.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        self.object.iter()
    }

    /// Reads the object that stands at `name`, keeping the way to it for its complaints.
    pub(crate) fn nested<T>(
        &mut self,
        name: &str,
        value: &'a Value,
        read: impl FnOnce(&mut Fields<'a>) -> Option<T>,
    ) -> Option<T> {
        self.nested_at([Value::from(name)], value, read)
    }

    /// [`Fields::nested`] for an object that is further down, as in a list.
    pub(crate) fn nested_at<T>(
        &mut self,
        way: impl IntoIterator<Item = Value>,
        value: &'a Value,
        read: impl FnOnce(&mut Fields<'a>) -> Option<T>,
    ) -> Option<T> {
        let mut at = self.at.clone();
        at.extend(way);
        let Value::Object(object) = value else {
            let (message, kind) = not_an_object();
            self.complaints.push(Complaint { at, message, kind });
            return None;
        };
        let mut inner = Fields { at, object, complaints: Vec::new() };
        let result = read(&mut inner);
        self.complaints.append(&mut inner.complaints);
        result
    }

    /// Notes a complaint about the field `name`.
    pub(crate) fn complain(&mut self, name: &str, message: String, kind: &'static str) {
        let mut at = self.at.clone();
        at.push(name.into());
        self.complaints.push(Complaint { at, message, kind });
    }

    /// Notes a complaint about the object as a whole.
    pub(crate) fn complain_whole(&mut self, message: impl Into<String>) {
        self.complaints.push(Complaint {
            at: self.at.clone(),
            message: format!("Value error, {}", message.into()),
            kind: "value_error",
        });
    }

    /// Whether nothing was complained about so far.
    pub(crate) fn is_clean(&self) -> bool {
        self.complaints.is_empty()
    }

    /// Everything that was complained about, as one refusal; for the arm in which a required field
    /// is not there.
    pub(crate) fn refusal(self) -> Refusal {
        Refusal::invalid(self.complaints)
    }

    /// Refuses the request if anything was complained about.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        if self.complaints.is_empty() { Ok(()) } else { Err(self.refusal()) }
    }
}

fn not_an_object() -> Problem {
    ("Input should be a valid dictionary".to_owned(), "dict_type")
}

/// Any text.
pub(crate) fn text(value: &Value) -> Result<String, Problem> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| ("Input should be a valid string".to_owned(), "string_type"))
}

/// Text of at least one character.
pub(crate) fn non_empty(value: &Value) -> Result<String, Problem> {
    let text = text(value)?;
    if text.is_empty() {
        return Err(("String should have at least 1 character".to_owned(), "string_too_short"));
    }
    Ok(text)
}

/// Text of one to 255 characters: a tag's name (dossier 10).
pub(crate) fn tag_name(value: &Value) -> Result<String, Problem> {
    let text = non_empty(value)?;
    if text.chars().count() > 255 {
        return Err(("String should have at most 255 characters".to_owned(), "string_too_long"));
    }
    Ok(text)
}

/// A UUID as text.
pub(crate) fn uuid(value: &Value) -> Result<Uuid, Problem> {
    let text = value.as_str().ok_or_else(|| {
        ("UUID input should be a string, bytes or UUID object".to_owned(), "uuid_type")
    })?;
    Uuid::try_parse(text)
        .map_err(|problem| (format!("Input should be a valid UUID, {problem}"), "uuid_parsing"))
}

/// `true` or `false`.
pub(crate) fn boolean(value: &Value) -> Result<bool, Problem> {
    value.as_bool().ok_or_else(|| ("Input should be a valid boolean".to_owned(), "bool_type"))
}

/// Any object.
pub(crate) fn object(value: &Value) -> Result<Map<String, Value>, Problem> {
    value.as_object().cloned().ok_or_else(not_an_object)
}

/// A list of texts.
pub(crate) fn texts(value: &Value) -> Result<Vec<String>, Problem> {
    list(value)?.iter().map(text).collect()
}

/// Any list.
pub(crate) fn list(value: &Value) -> Result<&Vec<Value>, Problem> {
    value.as_array().ok_or_else(|| ("Input should be a valid list".to_owned(), "list_type"))
}

/// One of a closed set of words, each with its meaning.
pub(crate) fn one_of<T: Copy>(
    words: &'static [(&'static str, T)],
) -> impl FnOnce(&Value) -> Result<T, Problem> {
    move |value| {
        let word = value.as_str();
        words
            .iter()
            .find(|(known, _)| word == Some(*known))
            .map(|(_, meaning)| *meaning)
            .ok_or_else(|| {
                let quoted: Vec<String> =
                    words.iter().map(|(known, _)| format!("'{known}'")).collect();
                let listed = match quoted.as_slice() {
                    [] => String::new(),
                    [only] => only.clone(),
                    [most @ .., last] => format!("{} or {last}", most.join(", ")),
                };
                (format!("Input should be {listed}"), "enum")
            })
    }
}
