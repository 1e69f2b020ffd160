//! One operation of the description, compiled.

use std::collections::BTreeMap;

use emulator::{Exchange, TokenKind};
use jsonschema::{Registry, Validator};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use crate::Error;

/// The name that the description has while its schemas are compiled.
const DOCUMENT: &str = "urn:airform:embedded-api";
/// What may not stand in the fragment of a reference.
const FRAGMENT: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%').add(b'{').add(b'}');
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// One method of one path.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) method: String,
    /// With `{name}` for what varies.
    pub(super) path: String,
    parameters: Vec<Parameter>,
    /// Absent: it takes no body.
    request: Option<Validator>,
    /// By status or class of statuses, such as `200` or `4XX`.
    answers: BTreeMap<String, Answer>,
    /// The kinds of token that it takes. None: it needs no token.
    tokens: Vec<TokenKind>,
}

#[derive(Debug)]
struct Parameter {
    name: String,
    place: Place,
    required: bool,
    is_list: bool,
    schema: Validator,
}

#[derive(Debug, PartialEq)]
enum Place {
    Path,
    Query,
    Header,
}

#[derive(Debug)]
struct Answer {
    /// What its JSON is like.
    json: Option<Validator>,
    /// Whether it may also be something other than JSON.
    may_be_text: bool,
}

/// Every operation of the description.
pub(super) fn all(document: &Value) -> Result<Vec<Operation>, Error> {
    let registry = Registry::new().add(DOCUMENT, document.clone())?.prepare()?;
    let reader = Reader { document, registry: &registry };
    let paths = document.get("paths").and_then(Value::as_object).ok_or("there are no `paths`")?;
    let mut operations = Vec::new();
    for (path, item) in paths {
        for method in METHODS {
            if item.get(method).is_some() {
                let operation = reader.operation(path, method);
                operations.push(operation.map_err(|error| format!("{method} {path}: {error}"))?);
            }
        }
    }
    Ok(operations)
}

struct Reader<'a> {
    document: &'a Value,
    registry: &'a Registry<'a>,
}

impl<'a> Reader<'a> {
    fn operation(&self, path: &str, method: &str) -> Result<Operation, Error> {
        let item = format!("/paths/{}", token(path));
        let at = format!("{item}/{method}");
        let mut parameters = Vec::new();
        for list in [format!("{item}/parameters"), format!("{at}/parameters")] {
            for index in 0..self.get(&list).and_then(Value::as_array).map_or(0, Vec::len) {
                parameters.push(self.parameter(&format!("{list}/{index}"))?);
            }
        }
        let mut answers = BTreeMap::new();
        let responses = format!("{at}/responses");
        for status in self.get(&responses).and_then(Value::as_object).ok_or("no answers")?.keys() {
            let answer = self.answer(&format!("{responses}/{}", token(status)))?;
            answers.insert(status.clone(), answer);
        }
        let body = format!("{at}/requestBody");
        let request = match self.get(&body) {
            None => None,
            Some(_) => {
                let (body, content) = self.follow(&body)?;
                if content.get("required") != Some(&Value::Bool(true)) {
                    return Err("a body that is not required is not understood here".into());
                }
                Some(self.json_of(&body)?.ok_or("the body is not JSON")?)
            }
        };
        Ok(Operation {
            method: method.to_uppercase(),
            path: path.to_owned(),
            parameters,
            request,
            answers,
            tokens: self.tokens(&at)?,
        })
    }

    fn parameter(&self, at: &str) -> Result<Parameter, Error> {
        let (at, parameter) = self.follow(at)?;
        let place = match parameter.get("in").and_then(Value::as_str) {
            Some("path") => Place::Path,
            Some("query") => Place::Query,
            Some("header") => Place::Header,
            other => return Err(format!("a parameter in {other:?}").into()),
        };
        let name = parameter.get("name").and_then(Value::as_str).ok_or("a parameter's name")?;
        Ok(Parameter {
            name: name.to_owned(),
            place,
            required: parameter.get("required") == Some(&Value::Bool(true)),
            is_list: parameter.pointer("/schema/type").is_some_and(|kind| kind == "array"),
            schema: self.schema(&format!("{at}/schema"))?,
        })
    }

    fn answer(&self, at: &str) -> Result<Answer, Error> {
        let (at, answer) = self.follow(at)?;
        let content = answer.get("content").and_then(Value::as_object);
        let may_be_text =
            content.is_some_and(|content| content.keys().any(|kind| kind != "application/json"));
        Ok(Answer { json: self.json_of(&at)?, may_be_text })
    }

    /// The schema of the JSON of a body.
    fn json_of(&self, at: &str) -> Result<Option<Validator>, Error> {
        let schema = format!("{at}/content/{}/schema", token("application/json"));
        self.get(&schema).is_some().then(|| self.schema(&schema)).transpose()
    }

    fn tokens(&self, at: &str) -> Result<Vec<TokenKind>, Error> {
        let own = self.get(&format!("{at}/security")).or_else(|| self.get("/security"));
        let ways = own.and_then(Value::as_array).ok_or("no `security`")?;
        ways.iter()
            .map(|way| {
                if way.get("operator").is_some() {
                    Ok(TokenKind::Operator)
                } else if way.get("scoped").is_some() {
                    Ok(TokenKind::Scoped)
                } else {
                    Err(format!("security {way}").into())
                }
            })
            .collect()
    }

    fn schema(&self, at: &str) -> Result<Validator, Error> {
        // The braces of a path may not stand in a reference as they are.
        let fragment = utf8_percent_encode(at, FRAGMENT);
        let schema = serde_json::json!({"$ref": format!("{DOCUMENT}#{fragment}")});
        jsonschema::options()
            .with_registry(self.registry)
            .should_validate_formats(true)
            .build(&schema)
            .map_err(|error| format!("{at}: {error}").into())
    }

    fn get(&self, at: &str) -> Option<&'a Value> {
        self.document.pointer(at)
    }

    /// What stands at `at` or where the reference there leads, with its place.
    fn follow(&self, at: &str) -> Result<(String, &'a Value), Error> {
        let found = self.get(at).ok_or_else(|| format!("nothing at {at}"))?;
        match found.get("$ref").and_then(Value::as_str) {
            None => Ok((at.to_owned(), found)),
            Some(reference) => self.follow(reference.trim_start_matches('#')),
        }
    }
}

/// `text` as one token of a JSON pointer.
fn token(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}

impl Operation {
    /// What stands in `path` for the braces of this operation's path, decoded.
    pub(super) fn matches(&self, path: &str) -> Option<BTreeMap<String, String>> {
        let wanted: Vec<&str> = self.path.split('/').collect();
        let given: Vec<&str> = path.split('/').collect();
        if wanted.len() != given.len() {
            return None;
        }
        let mut parameters = BTreeMap::new();
        for (wanted, given) in wanted.into_iter().zip(given) {
            match wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(name) if !given.is_empty() => {
                    let text = percent_decode_str(given).decode_utf8_lossy().into_owned();
                    parameters.insert(name.to_owned(), text);
                }
                Some(_) => return None,
                None if wanted != given => return None,
                None => {}
            }
        }
        Some(parameters)
    }

    /// Checks what was asked.
    pub(super) fn check_request(
        &self,
        exchange: &Exchange,
        in_path: &BTreeMap<String, String>,
        problems: &mut Vec<String>,
    ) {
        self.check_token(exchange, problems);
        for parameter in &self.parameters {
            let given: Vec<&str> = match parameter.place {
                Place::Path => {
                    in_path.get(&parameter.name).map(String::as_str).into_iter().collect()
                }
                Place::Query => exchange
                    .query
                    .iter()
                    .filter(|(name, _)| *name == parameter.name)
                    .map(|(_, value)| value.as_str())
                    .collect(),
                // The only header that an exchange keeps.
                Place::Header => exchange.organization_header.as_deref().into_iter().collect(),
            };
            parameter.check(&given, problems);
        }
        for (name, _) in &exchange.query {
            let known =
                |parameter: &Parameter| parameter.place == Place::Query && parameter.name == *name;
            if !self.parameters.iter().any(known) {
                problems.push(format!("query: `{name}` is not described"));
            }
        }
        match (&self.request, &exchange.request) {
            (Some(schema), Some(body)) => complain("request", schema, body, problems),
            (Some(_), None) => problems.push("request: a JSON body is missing".to_owned()),
            (None, Some(_)) => problems.push("request: a body is not described".to_owned()),
            (None, None) => {}
        }
    }

    fn check_token(&self, exchange: &Exchange, problems: &mut Vec<String>) {
        let sent = exchange.token;
        // What was never issued here is the environment's mistake and not the client's, as long as
        // it is told so.
        let refused = sent == TokenKind::Unknown && exchange.status == 401;
        if !self.tokens.is_empty() && !self.tokens.contains(&sent) && !refused {
            problems.push(format!("token: {sent:?} where it takes {:?}", self.tokens));
        }
    }

    /// Checks what was answered. A connection that was closed without an answer is no answer.
    pub(super) fn check_answer(&self, exchange: &Exchange, problems: &mut Vec<String>) {
        let status = exchange.status.to_string();
        if exchange.status == 0 {
            return;
        }
        let class = format!("{}XX", &status[..1]);
        let Some(answer) = self.answers.get(&status).or_else(|| self.answers.get(&class)) else {
            problems.push(format!("answer: the status {status} is not described"));
            return;
        };
        // The journal keeps as text what a fault was told to answer.
        let text = exchange.response_text.as_deref();
        let told = text.and_then(|text| serde_json::from_str(text).ok());
        match (&answer.json, exchange.response.as_ref().or(told.as_ref())) {
            (Some(schema), Some(body)) => {
                complain(&format!("answer {status}"), schema, body, problems);
            }
            (None, Some(_)) => problems.push(format!("answer {status}: a body is not described")),
            (Some(_), None) if answer.may_be_text && text.is_some() => {}
            (Some(_), None) => problems.push(format!("answer {status}: it is not JSON")),
            (None, None) => {}
        }
    }
}

impl Parameter {
    fn check(&self, given: &[&str], problems: &mut Vec<String>) {
        let Parameter { name, place: _, required, is_list, schema } = self;
        let texts = given.iter().map(|text| Value::from(*text));
        if *is_list {
            complain(name, schema, &texts.collect(), problems);
            return;
        }
        if given.len() > 1 {
            problems.push(format!("{name}: it is given {} times", given.len()));
        }
        match given.first() {
            None if *required => problems.push(format!("{name}: it is missing")),
            None => {}
            Some(text) => {
                // In a URL a number and a text that looks like one are the same.
                let as_json: Option<Value> = serde_json::from_str(text).ok();
                if !as_json.is_some_and(|value| schema.is_valid(&value)) {
                    complain(name, schema, &Value::from(*text), problems);
                }
            }
        }
    }
}

fn complain(about: &str, schema: &Validator, value: &Value, problems: &mut Vec<String>) {
    for error in schema.iter_errors(value) {
        let at = error.instance_path().to_string();
        let at = if at.is_empty() { String::new() } else { format!("{at}: ") };
        problems.push(format!("{about}: {at}{error}").replace('\n', " "));
    }
}
