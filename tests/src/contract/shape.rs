//! A description reduced to what can be compared with another one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What is said of one place of a request or an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Whether it is required wherever what it stands in has it.
    pub required: bool,
    /// Its types, with formats.
    pub types: BTreeSet<String>,
    /// The only values that it takes, where these are listed.
    pub values: BTreeSet<String>,
}

/// Every place of an operation's parameters, request and successful answer, such as
/// `answer data[].tags[]`. The variants of a union are laid over each other.
///
/// `document` is the description and `operation` the part of it with the operation's parameters,
/// body and answers.
#[must_use]
pub fn shapes(document: &Value, operation: &Value) -> BTreeMap<String, Shape> {
    let mut reader = Reader { document, places: BTreeMap::new() };
    for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten() {
        let parameter = reader.follow(parameter);
        let text = |key| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
        if text("in") == "query" {
            let required = parameter.get("required") == Some(&Value::Bool(true));
            let place = format!("query {}", text("name"));
            if let Some(schema) = parameter.get("schema") {
                reader.read(&place, required, schema);
            }
            // In a URL a null cannot be told from an absent value.
            if let Some(shape) = reader.places.get_mut(&place) {
                shape.types.remove("null");
                shape.values.remove("null");
            }
        }
    }
    if let Some(body) = operation.get("requestBody") {
        reader.read_body("request", body);
    }
    let answers = operation.get("responses").and_then(Value::as_object);
    let success =
        answers.and_then(|answers| answers.iter().find(|(status, _)| status.starts_with('2')));
    if let Some((status, answer)) = success {
        reader.places.insert(format!("answer {status}"), Shape::default());
        reader.read_body("answer", answer);
    }
    reader.places
}

struct Reader<'a> {
    document: &'a Value,
    places: BTreeMap<String, Shape>,
}

impl<'a> Reader<'a> {
    fn follow(&self, value: &'a Value) -> &'a Value {
        let target = value
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| self.document.pointer(reference.trim_start_matches('#')));
        target.map_or(value, |target| self.follow(target))
    }

    fn read_body(&mut self, place: &str, body: &'a Value) {
        if let Some(schema) = self.follow(body).pointer("/content/application~1json/schema") {
            self.read(&format!("{place} "), true, schema);
        }
    }

    fn read(&mut self, place: &str, required: bool, schema: &'a Value) {
        let shape = self
            .places
            .entry(place.to_owned())
            .or_insert(Shape { required: true, ..Shape::default() });
        shape.required &= required;
        self.read_variant(place, schema, false);
    }

    /// `refines`: it stands beside a schema of the same place that says what is required.
    fn read_variant(&mut self, place: &str, schema: &'a Value, refines: bool) {
        let schema = self.follow(schema);
        self.read_types(place, schema);
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let fields = schema.get("properties").and_then(Value::as_object);
        for (name, field) in fields.into_iter().flatten() {
            let dot = if place.ends_with(' ') { "" } else { "." };
            let at = format!("{place}{dot}{name}");
            let required = match self.places.get(&at) {
                Some(known) if refines => known.required,
                _ => required.contains(&name.as_str()),
            };
            self.read(&at, required, field);
        }
        for key in ["anyOf", "oneOf", "allOf"] {
            for variant in schema.get(key).and_then(Value::as_array).into_iter().flatten() {
                self.read_variant(place, variant, refines);
            }
        }
        if let Some(then) = schema.get("then") {
            self.read_variant(place, then, true);
        }
        if let Some(items) = schema.get("items") {
            self.read(&format!("{place}[]"), true, items);
        }
        if let Some(members) = schema.get("additionalProperties").filter(|all| all.is_object()) {
            self.read(&format!("{place}.*"), true, members);
        }
    }

    fn read_types(&mut self, place: &str, schema: &Value) {
        let Some(shape) = self.places.get_mut(place) else { return };
        let format = schema.get("format").and_then(Value::as_str);
        let kinds = match schema.get("type") {
            Some(Value::Array(kinds)) => kinds.iter().collect(),
            Some(kind) => vec![kind],
            None => vec![],
        };
        for kind in kinds.into_iter().filter_map(Value::as_str) {
            let format = format.filter(|_| kind == "string");
            shape.types.insert(format.map_or(kind.to_owned(), |format| format!("{kind} {format}")));
        }
        let listed = schema.get("enum").and_then(Value::as_array);
        for value in listed.into_iter().flatten().chain(schema.get("const")) {
            match value {
                Value::Null => shape.types.insert("null".to_owned()),
                Value::String(text) => {
                    shape.types.insert("string".to_owned());
                    shape.values.insert(text.clone())
                }
                other => shape.values.insert(other.to_string()),
            };
        }
    }
}
