//! What people do to a manifest.

use std::collections::BTreeSet;

use model::desired::{Desired, Lifecycle, Resource};
use model::span::FileId;
use model::{Address, Kind, SmallMap, Span, Value};
use proptest::prelude::*;
use proptest::sample::Index;

/// One edit. What it is about is picked among what is declared by then.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    /// Another name.
    Rename(Index),
    /// A leaf of a configuration has another value, or has one at last.
    Set(Index, Option<i32>),
    /// A leaf of a configuration that nobody needs goes.
    Unset(Index),
    /// Other tags.
    Tag(Index, u8),
    /// Another schedule, or none.
    Schedule(Index, bool),
    /// Another of a few words.
    Word(Index, bool),
    /// What nobody refers to goes.
    Remove(Index),
    /// A new resource.
    Add(Kind, u8),
}

pub(super) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let index = any::<Index>;
    let kind = proptest::sample::select(&Kind::ALL[..]);
    let one = prop_oneof![
        index().prop_map(Edit::Rename),
        (index(), any::<Option<i32>>()).prop_map(|(at, value)| Edit::Set(at, value)),
        index().prop_map(Edit::Unset),
        (index(), any::<u8>()).prop_map(|(at, which)| Edit::Tag(at, which)),
        (index(), any::<bool>()).prop_map(|(at, which)| Edit::Schedule(at, which)),
        (index(), any::<bool>()).prop_map(|(at, which)| Edit::Word(at, which)),
        index().prop_map(Edit::Remove),
        (kind, any::<u8>()).prop_map(|(kind, number)| Edit::Add(kind, number)),
    ];
    proptest::collection::vec(one, 1..5)
}

const CONFIGS: [&str; 3] = ["partial_default_config", "destination_config", "replication_config"];

/// One of the addresses for which `fits` holds.
fn pick(
    desired: &Desired,
    at: &Index,
    fits: impl Fn(&Address, &Resource) -> bool,
) -> Option<Address> {
    let resources = desired.resources.iter();
    let fitting: Vec<&Address> =
        resources.filter(|(address, r)| fits(address, r)).map(|(address, _)| address).collect();
    (!fitting.is_empty()).then(|| fitting[at.index(fitting.len())].clone())
}

fn has_name(address: &Address, resource: &Resource) -> bool {
    resource.attributes.contains_key(address.kind().schema().natural_key)
        // It is never renamed, as it would have to be made again.
        && address.name() != "default"
        // Its name is that of a definition.
        && address.kind() != Kind::OAuthCredential
}

/// Edits. Tags stay alone where the service has no routes for them, and on what has tags that no
/// route can take off.
pub(super) fn edit(desired: &mut Desired, change: &Edit, tags: bool, odd: &BTreeSet<&Address>) {
    match change {
        Edit::Rename(at) => {
            if let Some(address) = pick(desired, at, has_name) {
                let name = Value::text(format!("{} (renamed)", address.name()));
                set(desired, &address, address.kind().schema().natural_key, Some(name));
            }
        }
        Edit::Set(at, value) => with_config(desired, at, |config| {
            let value = value.map_or(Value::Null, |value| Value::Number(i64::from(value).into()));
            config.insert("x_int".to_owned(), value);
        }),
        Edit::Unset(at) => with_config(desired, at, |config| {
            let key = config.keys().find(|key| key.starts_with("x_")).cloned();
            config.remove(&key.unwrap_or_default());
        }),
        Edit::Tag(at, which) if tags => {
            let chosen: Vec<Value> = desired
                .of_kind(Kind::Tag)
                .enumerate()
                .filter(|(number, _)| which & (1 << (number % 8)) != 0)
                .map(|(_, (tag, _))| Value::Reference(tag.clone()))
                .collect();
            if let Some(address) = pick(desired, at, |address, _| {
                is_template(address.kind()) && !odd.contains(address)
            }) {
                set(desired, &address, "tags", Some(Value::List(chosen)));
            }
        }
        Edit::Schedule(at, which) => {
            let is_one =
                |address: &Address, _: &Resource| address.kind() == Kind::ConnectionTemplate;
            if let Some(address) = pick(desired, at, is_one) {
                let cron = if *which { Value::text("0 30 5 * * ?") } else { Value::Null };
                set(desired, &address, "cron_expression", Some(cron));
            }
        }
        Edit::Word(at, which) => {
            let Some(address) = pick(desired, at, |address, _| address.kind() != Kind::Tag) else {
                return;
            };
            let word = |words: [&str; 2]| Some(Value::text(words[usize::from(*which)]));
            match address.kind() {
                Kind::SourceTemplate => set(desired, &address, "mode", word(["multi", "direct"])),
                Kind::Workspace => set(desired, &address, "status", word(["active", "inactive"])),
                Kind::Connector => {
                    set(desired, &address, "entities", Some(Value::List(Vec::new())));
                }
                Kind::Tag | Kind::ConnectionTemplate | Kind::OAuthCredential => {}
            }
        }
        Edit::Remove(at) => {
            let referred: Vec<Address> =
                desired.resources.values().flat_map(|r| r.references()).cloned().collect();
            let is_free = |address: &Address, _: &Resource| {
                !referred.contains(address) && (tags || !is_template(address.kind()))
            };
            if let Some(address) = pick(desired, at, is_free) {
                desired.resources.remove(&address);
            }
        }
        Edit::Add(kind, number) if tags || *kind != Kind::Tag => add(desired, *kind, *number),
        Edit::Tag(..) | Edit::Add(..) => {}
    }
}

fn is_template(kind: Kind) -> bool {
    matches!(kind, Kind::SourceTemplate | Kind::ConnectionTemplate)
}

fn set(desired: &mut Desired, address: &Address, attribute: &str, value: Option<Value>) {
    if let Some(resource) = desired.resources.get_mut(address) {
        resource.attributes.extend(value.map(|value| (attribute.to_owned(), value)));
    }
}

fn with_config(desired: &mut Desired, at: &Index, change: impl Fn(&mut SmallMap<String, Value>)) {
    let has_config =
        |_: &Address, r: &Resource| CONFIGS.iter().any(|name| r.attributes.contains_key(*name));
    let Some(address) = pick(desired, at, has_config) else { return };
    let Some(resource) = desired.resources.get_mut(&address) else { return };
    for name in CONFIGS {
        if let Some(Value::Map(config)) = resource.attributes.get_mut(name) {
            change(config);
        }
    }
}

fn add(desired: &mut Desired, kind: Kind, number: u8) {
    let name = format!("new-{number}");
    let first = |kind: Kind| {
        let mut all = desired.of_kind(kind).map(|(address, _)| address.clone());
        all.next().map(Value::Reference)
    };
    let mut attributes =
        SmallMap::from([(kind.schema().natural_key.to_owned(), Value::text(&name))]);
    let config = SmallMap::from([("x_int".to_owned(), Value::Number(i64::from(number).into()))]);
    match kind {
        Kind::Tag | Kind::Workspace => {}
        // One for each definition.
        Kind::OAuthCredential if first(kind).is_some() => return,
        Kind::OAuthCredential => {
            attributes.insert(kind.schema().natural_key.to_owned(), Value::text("GitHub"));
            attributes.insert("configuration".to_owned(), Value::Map(config));
        }
        Kind::SourceTemplate => {
            attributes.insert("definition".to_owned(), Value::text("Faker"));
            attributes.insert("partial_default_config".to_owned(), Value::Map(config));
        }
        Kind::ConnectionTemplate => {
            attributes.insert("hosting".to_owned(), Value::text("user"));
            attributes.insert("destination".to_owned(), Value::text("S3"));
            attributes.insert("destination_config".to_owned(), Value::Map(config));
        }
        Kind::Connector => {
            // The name of any other may be that of several, in one of which it would be made.
            let workspace = Address::new(Kind::Workspace, "default");
            let Some(template) = first(Kind::SourceTemplate) else { return };
            if !desired.resources.contains_key(&workspace) {
                return;
            }
            let workspace = Value::Reference(workspace);
            attributes.insert("workspace".to_owned(), workspace);
            attributes.insert("source_template".to_owned(), template);
            let config = [
                ("host", Value::text("db")),
                ("port", Value::Number(5432.into())),
                ("database", Value::text("d")),
                ("username", Value::text("u")),
                ("count", Value::Number(3.into())),
                ("start_date", Value::text("2025-01-01T00:00:00Z")),
                ("join_channels", Value::Bool(true)),
            ];
            let config = config.map(|(name, value)| (name.to_owned(), value)).into();
            attributes.insert("replication_config".to_owned(), Value::Map(config));
        }
    }
    let resource = Resource {
        span: Span { file: FileId(0), start: 0, end: 0 },
        external: false,
        lifecycle: Lifecycle::default(),
        attributes,
        places: SmallMap::new(),
    };
    desired.resources.insert(Address::new(kind, name), resource);
}
