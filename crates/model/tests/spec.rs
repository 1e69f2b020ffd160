//! Which leaves a specification marks secret.

use model::SmallMap;

use model::spec::Spec;
use model::{Path, Value};

fn map(members: &[(&str, Value)]) -> Value {
    Value::Map(members.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

fn list(items: &[Value]) -> Value {
    Value::List(items.to_vec())
}

fn secret() -> Value {
    map(&[("type", Value::text("string")), ("airbyte_secret", Value::Bool(true))])
}

fn plain() -> Value {
    map(&[("type", Value::text("string"))])
}

fn object(properties: &[(&str, Value)]) -> Value {
    map(&[("properties", map(properties))])
}

fn constant(text: &str) -> Value {
    map(&[("const", Value::text(text))])
}

fn spec() -> Spec {
    let oauth = object(&[("kind", constant("oauth")), ("id", plain()), ("token", secret())]);
    let key = object(&[("kind", constant("key")), ("id", secret())]);
    let by_reference = map(&[("$ref", Value::text("#/definitions/login"))]);
    let circle = map(&[("allOf", list(&[map(&[("$ref", Value::text("#/definitions/circle"))])]))]);
    let mut schema = SmallMap::new();
    let definitions = map(&[("login", object(&[("password", secret())])), ("circle", circle)]);
    schema.insert("definitions".to_owned(), definitions);
    let properties = map(&[
        ("host", plain()),
        ("password", secret()),
        ("signed", map(&[("oneOf", list(&[oauth, key]))])),
        ("login", by_reference),
        ("circle", map(&[("$ref", Value::text("#/definitions/circle"))])),
        ("keys", map(&[("items", secret())])),
        ("headers", map(&[("additionalProperties", secret())])),
        ("whole", map(&[("airbyte_secret", Value::Bool(true))])),
    ]);
    schema.insert("properties".to_owned(), properties);
    Spec::new(Value::Map(schema))
}

#[track_caller]
fn check(config: &Value, path: &str, expected: Option<bool>) {
    let found = Path::parse(path).map(|path| spec().marks(config, &path));
    assert_eq!(found, Some(expected), "{path}");
}

#[test]
fn a_leaf_is_secret_where_the_specification_marks_it() {
    let none = &map(&[]);
    check(none, "c.host", Some(false));
    check(none, "c.password", Some(true));
    check(none, "c.other", None);
    check(none, "c.login.password", Some(true));
    check(none, "c.keys[3]", Some(true));
    check(none, "c.headers.Authorization", Some(true));
    check(none, "c.whole.any.thing[0]", Some(true));
    check(none, "c.circle.x", None);
    check(none, "c", Some(false));
}

#[test]
fn alternatives_are_told_apart_by_their_constants() {
    let signed = |kind: Value| map(&[("signed", map(&[("kind", kind)]))]);
    check(&signed(Value::text("oauth")), "c.signed.id", Some(false));
    check(&signed(Value::text("oauth")), "c.signed.token", Some(true));
    check(&signed(Value::text("key")), "c.signed.id", Some(true));
    // Of the other one, and still a secret.
    check(&signed(Value::text("key")), "c.signed.token", Some(true));
    check(&signed(Value::text("unheard of")), "c.signed.id", Some(true));
    check(&map(&[]), "c.signed.id", Some(true));
    check(&signed(Value::text("oauth")), "c.signed.kind", Some(false));
}

#[test]
fn what_is_no_schema_marks_nothing() {
    let path = Path::parse("c.password").unwrap();
    for schema in [Value::Null, Value::text("x"), map(&[("properties", Value::Null)])] {
        assert_eq!(Spec::new(schema).marks(&Value::Null, &path), None);
    }
}

#[test]
fn secrets_are_listed_leaf_by_leaf() {
    let config = map(&[("host", Value::text("h")), ("password", Value::text("p"))]);
    let spec = spec();
    let found = spec.secrets(&Path::attribute("c"), &config);
    let found: Vec<String> = found.keys().map(ToString::to_string).collect();
    assert_eq!(found, ["c.password"]);
}
