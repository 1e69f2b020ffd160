//! What was sent, what was shown, and what is remembered.

use model::SmallMap;
use model::state::{Origin, Remembered, SECRET_VERSION, Seen};

use super::*;
use crate::verify::verify;

fn map<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Map(attributes(members))
}

fn attributes<const N: usize>(members: [(&str, Value); N]) -> SmallMap<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn template() -> Address {
    Address::new(Kind::ConnectionTemplate, "lake")
}

/// An update of `kind` that sends `sent` and declares `leaves` is answered with `shown`. Then these
/// leaves are remembered as seen so, and people are told of those marked with `!`.
fn check(
    kind: Kind,
    sent: SmallMap<String, Value>,
    leaves: &[(&str, Value)],
    shown: Option<SmallMap<String, Value>>,
    remembered: &[(&str, Seen)],
) {
    let address = Address::new(kind, "it");
    let declared = leaves
        .iter()
        .map(|(path, value)| {
            let path = Path::parse(path).unwrap();
            let print = print(&path, value);
            (path, print)
        })
        .collect();
    let call = Call::Update { target: Target::Own, name: "it".into(), attributes: sent };
    let memory = Memory::Updated {
        name: None,
        leaves: declared,
        dropped: BTreeSet::new(),
        kept: SmallMap::new(),
    };
    let step = step(address.clone(), call, memory, &[]);
    let answer = api::Outcome { id: Id("id-1".into()), attributes: shown, updated_at: None };
    let before = record("id-1");
    let verified = verify(&step, Some(&answer), Some(&before), &Plain).unwrap();
    let [StateChange::Put { address: at, record }] = verified.changes.as_slice() else {
        panic!("{verified:?}")
    };
    assert_eq!((at, &record.id), (&address, &before.id));
    let told = |path: &Path| if verified.differs.contains(path) { "!" } else { "" };
    let seen: Vec<(String, Seen)> = (record.leaves.iter())
        .map(|(path, leaf)| (format!("{path}{}", told(path)), leaf.seen.clone()))
        .collect();
    let expected: Vec<(String, Seen)> =
        remembered.iter().map(|(path, seen)| (path.to_string(), seen.clone())).collect();
    assert_eq!(seen, expected);
    for (path, leaf) in &record.leaves {
        let value = leaves.iter().find(|(declared, _)| *declared == path.to_string());
        let sent = print(path, value.map_or(&Value::Null, |(_, value)| value));
        assert_eq!((leaf.origin, &leaf.sent), (Origin::Written, &sent), "{path}");
    }
}

fn other(path: &str, value: Value) -> Seen {
    Seen::Other(print(&Path::parse(path).unwrap(), &value))
}

#[test]
fn scalars() {
    use Kind::ConnectionTemplate as Template;
    let name = |text: &str| attributes([("destination_name", Value::text(text))]);
    let leaf = [("destination_name", Value::text("Lake"))];
    let same = [("destination_name", Seen::Same)];
    check(Template, name("Lake"), &leaf, Some(name("Lake")), &same);
    check(Template, name("Lake"), &leaf, None, &same);
    check(Template, name("Lake"), &leaf, Some(SmallMap::new()), &same);
    let lower = other("destination_name", Value::text("lake"));
    check(Template, name("Lake"), &leaf, Some(name("lake")), &[("destination_name!", lower)]);
    let dropped = other("destination_name", Value::Null);
    let shown = attributes([("destination_name", Value::Null)]);
    check(Template, name("Lake"), &leaf, Some(shown), &[("destination_name!", dropped)]);
}

#[test]
fn cleared() {
    use Kind::ConnectionTemplate as Template;
    let cron = |value: Value| attributes([("cron_expression", value)]);
    let every_day = Value::text("0 0 12 * * ?");
    let kept = [("cron_expression!", other("cron_expression", every_day.clone()))];
    for declared in [&[("cron_expression", Value::Null)][..], &[]] {
        check(Template, cron(Value::Null), declared, Some(cron(every_day.clone())), &kept);
    }
    let cleared = [("cron_expression", Value::Null)];
    let same = [("cron_expression", Seen::Same)];
    check(Template, cron(Value::Null), &cleared, Some(cron(Value::Null)), &same);
    check(Template, cron(Value::Null), &[], Some(cron(Value::Null)), &[]);
}

#[test]
fn secrets() {
    use Kind::ConnectionTemplate as Template;
    let config = |key: Value| {
        attributes([("destination_config", map([("bucket", Value::text("b")), ("key", key)]))])
    };
    let leaves = [
        ("destination_config.bucket", Value::text("b")),
        ("destination_config.key", secret("KEY")),
    ];
    let bucket = ("destination_config.bucket", Seen::Same);
    let stars = Value::text("**********");
    let object = map([("_secret", Value::text("c-1"))]);
    for (shown, seen) in [
        (Value::text("hunter2"), ("destination_config.key", Seen::Same)),
        (stars, ("destination_config.key", Seen::Hidden)),
        (object, ("destination_config.key", Seen::Hidden)),
        (Value::Null, ("destination_config.key", Seen::Hidden)),
        (
            Value::text("x"),
            ("destination_config.key!", other("destination_config.key", Value::text("x"))),
        ),
    ] {
        check(
            Template,
            config(secret("KEY")),
            &leaves,
            Some(config(shown)),
            &[bucket.clone(), seen],
        );
    }
    let hidden = [bucket, ("destination_config.key", Seen::Hidden)];
    check(Template, config(secret("KEY")), &leaves, None, &hidden);
}

#[test]
fn a_mask_over_everything() {
    let sent = attributes([("destination_config", map([("bucket", Value::text("b"))]))]);
    let shown = attributes([("destination_config", map([("_secret", Value::text("c-1"))]))]);
    let leaves = [("destination_config.bucket", Value::text("b"))];
    let seen = [("destination_config.bucket", Seen::Hidden)];
    check(Kind::ConnectionTemplate, sent, &leaves, Some(shown), &seen);
}

#[test]
fn a_server_that_merges() {
    let config = |members| attributes([("destination_config", members)]);
    let sent = config(map([("a", Value::text("1"))]));
    let shown = config(map([
        ("a", Value::text("1")),
        ("b", Value::text("2")),
        ("c", Value::text("***")),
        ("d", Value::Null),
    ]));
    let seen = [
        ("destination_config.a", Seen::Same),
        ("destination_config.b!", other("destination_config.b", Value::text("2"))),
        ("destination_config.c!", Seen::Hidden),
    ];
    let leaves = [("destination_config.a", Value::text("1"))];
    check(Kind::ConnectionTemplate, sent, &leaves, Some(shown), &seen);
}

#[test]
fn containers() {
    use Kind::ConnectionTemplate as Template;
    let config = |value: Value| attributes([("destination_config", map([("format", value)]))]);
    let csv = map([("type", Value::text("csv"))]);
    let format = "destination_config.format";
    let leaf = "destination_config.format.type";
    // It was to be filled and stayed empty.
    let declared = [(leaf, Value::text("csv"))];
    let nothing = [("destination_config.format.type!", other(leaf, Value::Null))];
    check(Template, config(csv.clone()), &declared, Some(config(map([]))), &nothing);
    // It was to be emptied and stayed full.
    let declared = [(format, map([]))];
    let kept = [
        (format, Seen::Same),
        ("destination_config.format.type!", other(leaf, Value::text("csv"))),
    ];
    check(Template, config(map([])), &declared, Some(config(csv)), &kept);
    // It became something else.
    let list = Value::List(vec![Value::text("csv")]);
    let changed = [
        ("destination_config.format!", other(format, Value::Null)),
        (
            "destination_config.format[0]!",
            other("destination_config.format[0]", Value::text("csv")),
        ),
    ];
    check(Template, config(map([])), &declared, Some(config(list)), &changed);
}

#[test]
fn a_name_may_look_like_a_mask() {
    let name = || attributes([("destination_name", Value::text("***"))]);
    let leaf = [("destination_name", Value::text("***"))];
    let same = [("destination_name", Seen::Same)];
    check(Kind::ConnectionTemplate, name(), &leaf, Some(name()), &same);
}

#[test]
fn what_the_server_fills_is_no_difference() {
    let mode = Value::text("suggested");
    let leaves = [("customization.stream_selection_mode", mode.clone())];
    let same = [("customization.stream_selection_mode", Seen::Same)];
    for sent in [Value::Null, map([]), map([("stream_mappers", Value::Null)])] {
        for shown in [Value::Null, map([("stream_selection_mode", mode.clone())])] {
            let (sent, shown) = (sent.clone(), Some(attributes([("customization", shown)])));
            let sent = attributes([("customization", sent)]);
            check(Kind::SourceTemplate, sent.clone(), &leaves, shown.clone(), &same);
            check(Kind::SourceTemplate, sent, &[], shown, &[]);
        }
    }
}

#[test]
fn attributes_of_other_shapes() {
    let id = "B9E48D61-F082-4A14-A8D0-799A907938CB";
    let sent = attributes([("definition", Value::text(id.to_lowercase()))]);
    let leaves = [("definition", Value::text(id.to_lowercase()))];
    let shown = Some(attributes([("definition", Value::text(id))]));
    check(Kind::SourceTemplate, sent, &leaves, shown, &[("definition", Seen::Same)]);

    let region = [("region", Value::text("r-1"))];
    let sent = attributes([("region", Value::text("r-1"))]);
    let shown = Some(attributes([("name", Value::text("acme"))]));
    check(Kind::Workspace, sent, &region, shown, &[("region", Seen::Hidden)]);

    let tags = |names: &[&str]| {
        let names = names.iter().map(|name| Value::text(*name)).collect();
        Some(attributes([("tags", Value::List(names))]))
    };
    let leaf = [(r#"tags["crm"]"#, Value::text("whatever the planner makes of it"))];
    let none = SmallMap::new;
    let same = [(r#"tags["crm"]"#, Seen::Same)];
    check(Kind::SourceTemplate, none(), &leaf, None, &same);
    check(Kind::SourceTemplate, none(), &leaf, tags(&["crm", "pro"]), &same);
    let absent = [(r#"tags["crm"]!"#, other(r#"tags["crm"]"#, Value::Null))];
    check(Kind::SourceTemplate, none(), &leaf, tags(&["pro"]), &absent);
}

#[test]
fn names_and_leaves_that_go() {
    let path = Path::attribute("destination_name");
    let gone = Path::attribute("cron_expression");
    let leaf = |path: &Path| Remembered {
        sent: print(path, &Value::text("old")),
        origin: Origin::Assumed,
        seen: Seen::Hidden,
    };
    let before = Record {
        leaves: [(path.clone(), leaf(&path)), (gone.clone(), leaf(&gone))].into(),
        ..record("id-1")
    };
    // A version of secrets that were sent.
    let kept = SmallMap::from([(SECRET_VERSION.to_owned(), "2".to_owned())]);
    let memory = Memory::Updated {
        name: Some("Lake".into()),
        leaves: SmallMap::new(),
        dropped: [gone.clone()].into(),
        kept: kept.clone(),
    };
    let call = |cron: Value| Call::Update {
        target: Target::Own,
        name: "it".into(),
        attributes: attributes([("cron_expression", cron)]),
    };
    let verified = |shown| {
        let answer =
            api::Outcome { id: Id("id-1".into()), attributes: Some(shown), updated_at: None };
        let step = step(template(), call(Value::Null), memory.clone(), &[]);
        verify(&step, Some(&answer), Some(&before), &Plain).unwrap()
    };
    let put = |leaves| StateChange::Put {
        address: template(),
        record: Record { name: "Lake".into(), kept: kept.clone(), leaves, ..before.clone() },
    };
    let done = verified(attributes([("cron_expression", Value::Null)]));
    assert_eq!(done.changes, [put([(path.clone(), leaf(&path))].into())]);
    assert_eq!(done.differs, []);

    let still = Value::text("0 0 12 * * ?");
    let refused = verified(attributes([("cron_expression", still.clone())]));
    let remembered = Remembered {
        sent: print(&gone, &Value::Null),
        origin: Origin::Written,
        seen: Seen::Other(print(&gone, &still)),
    };
    let leaves = [(path.clone(), leaf(&path)), (gone.clone(), remembered)].into();
    assert_eq!(refused.changes, [put(leaves)]);
    assert_eq!(refused.differs, [gone]);
}
