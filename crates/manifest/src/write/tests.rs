//! What is written is what is read.

use std::collections::BTreeMap;

use model::desired::Lifecycle;
use model::secret::{SecretPart, SecretRef, SecretSource};
use model::span::FileId;
use model::value::Number;
use model::{SmallMap, Span, kinds};
use proptest::prelude::*;

use super::*;
use crate::{GivenVariables, Lookup, SourceFile, read};

struct Nothing;

impl Lookup for Nothing {
    fn env(&self, _: &str) -> Option<String> {
        None
    }
    fn file(&self, _: &str, _: FileId) -> Result<String, String> {
        Err("no such file".to_owned())
    }
}

fn resource(attributes: SmallMap<String, Value>) -> Resource {
    Resource {
        span: Span { file: FileId(0), start: 0, end: 0 },
        external: false,
        lifecycle: Lifecycle::default(),
        attributes,
        places: SmallMap::new(),
    }
}

fn declaring(resources: impl IntoIterator<Item = (Address, SmallMap<String, Value>)>) -> Desired {
    let resources =
        resources.into_iter().map(|(address, attributes)| (address, resource(attributes)));
    Desired { resources: resources.collect(), ..Desired::default() }
}

fn attributes(members: &[(&str, Value)]) -> SmallMap<String, Value> {
    members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn secret(name: &str) -> Value {
    let parts = vec![
        SecretPart::Literal("a: ${ \"".to_owned()),
        SecretPart::Lookup(SecretSource::Env(name.to_owned())),
    ];
    Value::Secret(SecretRef { parts })
}

/// The attributes of every resource in what `desired` is written as.
fn read_back(desired: &Desired) -> (String, BTreeMap<Address, SmallMap<String, Value>>) {
    let Written { text, .. } = write(desired, &Kind::ALL, None, &Comments::default());
    let files = [SourceFile { name: "all.yaml".to_owned(), text: text.clone() }];
    let reading = read(&files, &GivenVariables::default(), &Nothing);
    let Some(read) = reading.desired else { panic!("{text}\n{:#?}", reading.diagnostics) };
    let laid_out = crate::format(FileId(0), &text).map(|formatted| formatted.text);
    assert_eq!(laid_out.as_deref(), Ok(text.as_str()), "`airform fmt` would change it");
    let resources = read.resources.into_iter();
    (text, resources.map(|(address, resource)| (address, resource.attributes)).collect())
}

#[track_caller]
fn check_value(value: Value) -> Result<(), TestCaseError> {
    let template = attributes(&[
        ("name", Value::text("A")),
        ("definition", Value::text("GitHub")),
        ("partial_default_config", Value::Map([("x".to_owned(), value)].into())),
    ]);
    let address = Address::new(Kind::SourceTemplate, "a");
    let desired = declaring([(address.clone(), template.clone())]);
    let (text, read) = read_back(&desired);
    prop_assert_eq!(&read[&address], &template, "{}", text);
    Ok(())
}

/// Text of the kinds that go wrong.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~\n\t]{0,20}",
        "[a-z$ {}\n#:\"'-]{0,12}",
        proptest::sample::select(
            &[
                "",
                " ",
                "0123",
                "yes",
                "No",
                "1_000",
                "1.10",
                "null",
                "~",
                "true",
                "12:30",
                "2025-01-01",
                "- a",
                "a: b",
                "a #b",
                "#",
                "*",
                "&a",
                "!x",
                "|",
                ">",
                "%",
                "@",
                "`",
                "<<",
                "=",
                "?",
                "---",
                "...",
                "a\n",
                "a\nb",
                "a\n\nb\n",
                " a\nb",
                "a \nb",
                "\n",
                "\r\n",
                "a\tb",
                "\u{85}",
                "\u{2028}",
                "\u{feff}",
                "\u{0}",
                "\u{1b}[31m",
                "${env:X}",
                "$${",
                "$$${x",
                "${",
                "Müller & Söhne",
                "客户",
                "0x1F",
                ".inf",
                "1e3",
                "+1",
                "-1",
                "{}",
                "[]",
                "'",
                "\"",
                "\\",
                "a'b",
                "C:\\x",
                "👩‍🔬",
            ][..]
        )
        .prop_map(str::to_owned),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        hostile().prop_map(Value::Text),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|n| Value::Number(n.into())),
        any::<f64>()
            .prop_filter_map("finite", |n| Number::parse(&n.to_string()))
            .prop_map(Value::Number),
        Just(Value::Null),
        "[A-Z_]{1,5}".prop_map(|name| secret(&name)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            // An expression cannot be a key.
            proptest::collection::btree_map(hostile(), inner, 0..4).prop_map(|members| {
                Value::Map(members.into_iter().filter(|(key, _)| !key.contains("${")).collect())
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_value_is_read_back(value in values()) {
        check_value(value)?;
    }

    #[test]
    fn any_name_is_read_back(names in proptest::collection::btree_set(hostile(), 0..5)) {
        let names: Vec<String> =
            names.into_iter().filter(|name| !name.trim().is_empty()).collect();
        let workspaces = names.iter().enumerate().map(|(number, name)| {
            let address = Address::new(Kind::Workspace, format!("{number}"));
            (address, attributes(&[("name", Value::text(name)), ("cache_enabled", Value::Null)]))
        });
        let desired = declaring(workspaces);
        let (text, read) = read_back(&desired);
        for (address, resource) in &desired.resources {
            prop_assert_eq!(&read[address], &resource.attributes, "{}", text);
        }
    }
}

#[test]
fn it_is_written_as_a_person_would() {
    let tag = |name: &str| Address::new(Kind::Tag, name);
    let template = Address::new(Kind::SourceTemplate, "git_hub");
    let map = |members: &[(&str, Value)]| Value::Map(attributes(members));
    let encryption = map(&[
        ("type", Value::text("encryption")),
        ("target_field", Value::text("email")),
        ("public_key", Value::text("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n")),
    ]);
    let desired = declaring([
        (tag("crm"), attributes(&[("name", Value::text("crm"))])),
        (tag("no"), attributes(&[("name", Value::text("0123"))])),
        (
            template.clone(),
            attributes(&[
                ("name", Value::text("GitHub (EU): \"all\"")),
                ("definition", Value::text("GitHub")),
                ("tags", Value::List(vec![Value::Reference(tag("crm"))])),
                (
                    "partial_default_config",
                    map(&[
                        ("start_date", Value::text("2025-01-01T00:00:00Z")),
                        (
                            "repositories",
                            Value::List(vec![Value::text("a/b"), Value::text("c, d")]),
                        ),
                        (
                            "credentials",
                            map(&[("token", secret("TOKEN")), ("ttl", Value::Number(5.into()))]),
                        ),
                        (
                            "nested",
                            Value::List(vec![
                                map(&[("a", Value::Null), ("b", Value::List(vec![]))]),
                                Value::List(vec![Value::Bool(true), Value::text("x")]),
                            ]),
                        ),
                    ]),
                ),
                (
                    "customization",
                    map(&[("stream_mappers", map(&[("users", Value::List(vec![encryption]))]))]),
                ),
            ]),
        ),
        (
            Address::new(Kind::ConnectionTemplate, "s3"),
            attributes(&[
                ("hosting", Value::text("user")),
                ("destination", Value::text(kinds::workspace::REGION_US)),
                ("destination_name", Value::text("s3")),
                ("destination_config", map(&[])),
                ("cron_expression", Value::text("0 0 12 * * ?")),
                ("sync_on_create", Value::Bool(false)),
            ]),
        ),
        (Address::new(Kind::Workspace, "acme"), attributes(&[("name", Value::text("acme"))])),
    ]);
    let comments = Comments {
        head: vec!["What stands.".to_owned(), String::new(), "Two\nlines.".to_owned()],
        sections: [(Kind::Workspace, vec!["Customers.".to_owned()])].into(),
        resources: [(tag("no"), vec!["Odd.".to_owned()])].into(),
    };
    let written = write(&desired, &Kind::ALL, Some(kinds::workspace::REGION_EU), &comments);
    insta::assert_snapshot!(written.text);
    let owner = |part: &str| {
        let (address, attribute) = written.owner(written.text.find(part).unwrap()).unwrap();
        format!("{address} {attribute:?}")
    };
    assert_eq!(owner("BEGIN"), r#"source_templates.git_hub Some("customization")"#);
    assert_eq!(owner("git_hub:"), "source_templates.git_hub None");
    assert_eq!(written.owner(0), None);
    let (_, read) = read_back(&desired);
    assert_eq!(read[&template], desired.resources[&template].attributes);
}
