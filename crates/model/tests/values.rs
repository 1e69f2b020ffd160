//! Values, numbers and paths.

use model::value::{Number, Path, Segment, Value};
use model::{Address, Kind};
use proptest::prelude::*;

#[test]
fn equal_numbers_have_one_spelling() {
    for (text, spelling) in [
        ("1", Some("1")),
        ("1.0", Some("1")),
        ("1e2", Some("100")),
        ("-0", Some("0")),
        ("-0.0", Some("0")),
        ("0.1", Some("0.1")),
        ("1e300", Some("1e300")),
        ("9007199254740993", Some("9007199254740993")),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("", None),
        ("x", None),
    ] {
        let number = Number::parse(text);
        assert_eq!(number.as_ref().map(Number::as_str), spelling, "{text}");
    }
}

#[test]
fn what_the_service_hides_is_opaque() {
    let object = |key: &str| Value::Map([(key.to_owned(), Value::text("x"))].into());
    for (value, opaque) in [
        (Value::text("**********"), true),
        (Value::text("*"), true),
        (Value::text(""), false),
        (Value::text("**a**"), false),
        (object("_secret"), true),
        (object("secret"), false),
        (Value::text("airbyte_workspace_1_secret_2_v1"), true),
        (Value::text("airbyte_oauth_1_secret_2"), true),
        // Airbyte's syntax for an external secret manager is a value like any other (dossier 5.2).
        (Value::text("secret_coordinate::vault/x"), false),
        (Value::Null, false),
    ] {
        assert_eq!(value.is_opaque(), opaque, "{value:?}");
    }
}

#[test]
fn leaves_are_scalars_empty_trees_and_opaque_objects() {
    let map = |members: &[(&str, Value)]| {
        Value::Map(members.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect())
    };
    let tree = map(&[
        ("a", Value::text("1")),
        ("b", map(&[("c", Value::List(vec![Value::Null, map(&[])]))])),
        ("d", Value::List(Vec::new())),
        ("e", map(&[("_secret", Value::text("x")), ("f", Value::Null)])),
    ]);
    let leaves: Vec<String> =
        tree.leaves(&Path::attribute("config")).keys().map(ToString::to_string).collect();
    assert_eq!(leaves, ["config.a", "config.b.c[0]", "config.b.c[1]", "config.d", "config.e"]);
}

#[test]
fn addresses_read_what_they_print() {
    for (text, good) in [
        ("tags.crm", true),
        ("workspaces.3com_eu-1", true),
        ("tags.", false),
        ("tags", false),
        ("tag.crm", false),
        ("tags.a.b", false),
        ("tags.a b", false),
        ("tags.ä", false),
        (r#"workspaces.customer["acme"]"#, true),
        (r#"workspaces.customer["a.b [\"c\"] \\ ä"]"#, true),
        (r#"workspaces.customer[""]"#, false),
        (r#"workspaces.customer["a"#, false),
        (r#"workspaces.customer["a"]x"#, false),
        (r#"workspaces.customer["a"]["b"]"#, false),
        ("workspaces.customer[a]", false),
        ("workspaces.customer[]", false),
        (r#"workspaces.["a"]"#, false),
    ] {
        let address = Address::parse(text);
        assert_eq!(address.is_some(), good, "{text}");
        if let Some(address) = address {
            assert_eq!(address.to_string(), text);
        }
    }
    assert_eq!(Address::parse("tags.a").map(|a| a.kind()), Some(Kind::Tag));
    let instance = Address::parse(r#"tags.a["b"]"#).unwrap();
    assert_eq!((instance.name(), instance.key()), ("a", Some("b")));
    assert_eq!(instance.declaration(), Address::new(Kind::Tag, "a"));
}

fn segments() -> impl Strategy<Value = Vec<Segment>> {
    let text = "[a-z_.\\[\\]\"\\\\ é*]{0,8}";
    let segment = prop_oneof![
        text.prop_map(Segment::Key),
        (0usize..1000).prop_map(Segment::Index),
        text.prop_map(Segment::Member),
    ];
    (text, proptest::collection::vec(segment, 0..5)).prop_map(|(root, mut rest)| {
        rest.insert(0, Segment::Key(root));
        rest
    })
}

proptest! {
    #[test]
    fn addresses_of_instances_read_what_they_print(name in "[A-Za-z0-9_-]{1,6}", key in "\\PC{1,8}") {
        let address = Address::instance(Kind::Workspace, name, key);
        prop_assert_eq!(Address::parse(&address.to_string()), Some(address));
    }

    #[test]
    fn paths_read_what_they_print(segments in segments()) {
        let path = Path::of(segments);
        prop_assert_eq!(Path::parse(&path.to_string()), Some(path));
    }

    #[test]
    fn reading_a_path_never_panics(text in "\\PC{0,24}") {
        let _ = Path::parse(&text);
    }
}
