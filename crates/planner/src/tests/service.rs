//! A service that does what the dossier says, with the oddities that it leaves open as tastes.

use std::collections::{BTreeMap, BTreeSet};

use model::desired::Desired;
use model::kind::Side;
use model::kinds::workspace::REGION_US;
use model::live::{
    Definition, DefinitionAnswer, DefinitionQuery, Facts, Id, Live, LiveKind, LiveObject, Scope,
};
use model::secret::{SecretPart, SecretRef};
use model::spec::Spec;
use model::state::State;
use model::{Kind, SmallMap, Value};

use super::Attributes;

/// What the service shows in place of a secret (dossier 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) enum Mask {
    #[default]
    Asterisks,
    Object,
    Dropped,
    Clear,
}

/// What no document settles.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tastes {
    pub(super) mask: Mask,
    /// A null in an update changes nothing (dossier 5.4).
    pub(super) ignores_null: bool,
    /// Configuration comes back with a host in lower case and a port that nobody gave.
    pub(super) normalizes: bool,
    /// A connector shows what its template presets beside what it was sent (dossier 3.5).
    pub(super) shows_presets: bool,
}

/// The organization, and what Airbyte keeps for everybody.
#[derive(Debug, Clone, Default)]
pub(super) struct Service {
    pub(super) things: BTreeMap<Kind, BTreeMap<Id, Thing>>,
    pub(super) unavailable: BTreeSet<Kind>,
    pub(super) tastes: Tastes,
    made: BTreeMap<Kind, usize>,
    /// What each connector has of its template, as that was when it was made or handed on last.
    presets: BTreeMap<Id, Value>,
    /// What each object was made of that nothing shows.
    pub(super) untold: BTreeMap<Id, Attributes>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Thing {
    pub(super) ours: bool,
    /// Secrets in clear.
    pub(super) attributes: Attributes,
}

/// A value with the texts of its secrets in it.
pub(super) fn revealed(value: &Value) -> Value {
    match value {
        Value::Secret(SecretRef { parts }) => match &parts[..] {
            [SecretPart::Literal(text)] => Value::text(text),
            _ => Value::Text(format!("s3cret {}", SecretRef { parts: parts.clone() })),
        },
        Value::List(items) => Value::List(items.iter().map(revealed).collect()),
        Value::Map(members) => {
            Value::Map(members.iter().map(|(key, value)| (key.clone(), revealed(value))).collect())
        }
        other => other.clone(),
    }
}

/// `upper`, with what only `lower` has.
fn laid_over(lower: &Value, upper: &Value) -> Value {
    let (Value::Map(lower), Value::Map(upper)) = (lower, upper) else { return upper.clone() };
    let mut all = lower.clone();
    for (key, upper) in upper {
        let value = lower.get(key).map_or_else(|| upper.clone(), |lower| laid_over(lower, upper));
        all.insert(key.clone(), value);
    }
    Value::Map(all)
}

/// What nothing shows (dossier 5.2).
const NEVER_TOLD: [&str; 6] = [
    "region",
    "credentials",
    "environment",
    "connection_template_tags",
    "connection_template_tags_mode",
    "check",
];

/// The definitions that there are, by what they can be asked for as.
fn definition(query: &DefinitionQuery) -> DefinitionAnswer {
    let found = |id: &str, name: &str| Definition { id: id.to_owned(), name: name.to_owned() };
    match (query.side, query.text.as_str()) {
        (Side::Source, "GitHub" | "d-github") => {
            DefinitionAnswer::Found(found("d-github", "GitHub"))
        }
        (Side::Source, "Stripe" | "d-stripe") => {
            DefinitionAnswer::Found(found("d-stripe", "Stripe"))
        }
        (Side::Destination, "S3" | "d-s3") => DefinitionAnswer::Found(found("d-s3", "S3")),
        (Side::Destination, "GCS" | "d-gcs") => DefinitionAnswer::Found(found("d-gcs", "GCS")),
        (_, "Twin") => {
            DefinitionAnswer::Ambiguous(vec![found("d-twin-1", "Twin"), found("d-twin-2", "Twin")])
        }
        _ => DefinitionAnswer::Unknown { similar: vec!["GitHub".to_owned()] },
    }
}

impl Service {
    /// What a refresh for a plan finds.
    pub(super) fn refresh(&self, desired: &Desired, state: &State) -> Live {
        let scope = Scope::of(desired, state);
        // A UUID is not looked up.
        let asked = scope.definitions.iter().filter(|query| query.text.len() < 36);
        let definitions: BTreeMap<_, _> =
            asked.map(|query| (query.clone(), definition(query))).collect();
        let found = definitions.values().filter_map(|answer| match answer {
            DefinitionAnswer::Found(found) => Some(found.id.clone()),
            _ => None,
        });
        // Every connector has a specification, and here none that says anything.
        let specs = found.map(|id| (id, Spec::new(Value::Map(SmallMap::new())))).collect();
        let mut live = Live { kinds: BTreeMap::new(), facts: Facts { definitions, specs } };
        for (&kind, wanted) in &scope.kinds {
            let read = live.kinds.entry(kind).or_default();
            if kind.schema().write_only {
                let object = |name: &String| LiveObject {
                    name: name.clone(),
                    ours: true,
                    attributes: Attributes::new(),
                    updated_at: None,
                };
                let remembered = wanted.remembered.iter();
                read.objects = remembered.map(|(id, name)| (id.clone(), object(name))).collect();
                read.total = read.objects.len();
                continue;
            }
            if self.unavailable.contains(&kind) {
                read.unavailable = true;
                continue;
            }
            *read = LiveKind {
                objects: self.of(kind).map(|(id, _)| (id.clone(), self.shown(kind, id))).collect(),
                total: self.of(kind).filter(|(_, thing)| thing.ours).count(),
                unavailable: false,
            };
        }
        live
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = (&Id, &Thing)> {
        self.things.get(&kind).into_iter().flatten()
    }

    pub(super) fn thing(&mut self, kind: Kind, id: &Id) -> &mut Thing {
        let things = self.things.entry(kind).or_default();
        things.get_mut(id).unwrap_or_else(|| panic!("no {} {id}", kind.noun()))
    }

    /// The object as the service shows it.
    pub(super) fn shown(&self, kind: Kind, id: &Id) -> LiveObject {
        let thing = &self.things[&kind][id];
        let key = kind.schema().natural_key;
        let attributes = thing.attributes.iter().map(|(name, value)| {
            let value = match name.as_str() {
                "replication_config" => match self.presets.get(id) {
                    Some(preset) if self.tastes.shows_presets => {
                        self.masked(&laid_over(preset, value))
                    }
                    _ => self.masked(value),
                },
                "partial_default_config" | "destination_config" => self.masked(value),
                _ => Some(value.clone()),
            };
            (name.clone(), value.unwrap())
        });
        LiveObject {
            name: thing.attributes[key].as_text().unwrap().to_owned(),
            ours: thing.ours,
            attributes: attributes.collect(),
            updated_at: None,
        }
    }

    fn masked(&self, value: &Value) -> Option<Value> {
        let secret = matches!(value, Value::Text(text) if text.starts_with("s3cret "));
        match (value, self.tastes.mask) {
            (value, Mask::Clear) => Some(value.clone()),
            (_, Mask::Asterisks) if secret => Some(Value::text("**********")),
            (_, Mask::Object) if secret => {
                Some(Value::Map([("_secret".to_owned(), Value::text("x"))].into()))
            }
            (_, Mask::Dropped) if secret => None,
            (Value::List(items), _) => {
                Some(Value::List(items.iter().filter_map(|item| self.masked(item)).collect()))
            }
            (Value::Map(members), _) => Some(Value::Map(
                members
                    .iter()
                    .filter_map(|(key, value)| Some((key.clone(), self.masked(value)?)))
                    .collect(),
            )),
            (value, _) => Some(value.clone()),
        }
    }

    /// Makes an object. `attributes` name other objects by id.
    pub(super) fn create(&mut self, kind: Kind, mut attributes: Attributes) -> Id {
        let defaults: &[(&str, Value)] = match kind {
            Kind::Tag | Kind::OAuthCredential => &[],
            Kind::SourceTemplate => &[
                ("mode", Value::text("replication")),
                ("partial_default_config", Value::Map(SmallMap::new())),
                ("customization", Value::Null),
                ("tags", Value::List(vec![])),
            ],
            Kind::ConnectionTemplate
                if attributes.get("hosting") == Some(&Value::text("airbyte")) =>
            {
                &[
                    ("destination_name", Value::text("Managed by Airbyte")),
                    ("cron_expression", Value::Null),
                    ("tags", Value::List(vec![])),
                ]
            }
            Kind::ConnectionTemplate => &[
                ("hosting", Value::text("user")),
                ("cron_expression", Value::Null),
                ("non_breaking_changes_preference", Value::text("ignore")),
                ("sync_on_create", Value::Bool(true)),
                ("tags", Value::List(vec![])),
            ],
            Kind::Workspace => &[("status", Value::text("active")), ("cache_enabled", Value::Null)],
            Kind::Connector => {
                &[("replication_config", Value::Map(SmallMap::new())), ("entities", Value::Null)]
            }
        };
        if let Some(origin) = attributes.remove("clone_of") {
            let given = ["mode", "name"];
            assert!(attributes.keys().all(|name| given.contains(&name.as_str())), "{attributes:?}");
            let origin = Id(origin.as_text().unwrap().to_owned());
            for name in ["definition", "mode", "partial_default_config", "customization"] {
                let value = self.thing(kind, &origin).attributes[name].clone();
                attributes.entry(name.to_owned()).or_insert(value);
            }
        }
        if kind == Kind::Connector {
            let workspace = Id(attributes["workspace"].as_text().unwrap().to_owned());
            assert!(self.things[&Kind::Workspace].contains_key(&workspace), "no {workspace}");
            if let Some(template) = attributes.get("source_template") {
                let template = Id(template.as_text().unwrap().to_owned());
                let definition =
                    self.thing(Kind::SourceTemplate, &template).attributes["definition"].clone();
                attributes.insert("definition".to_owned(), definition);
            }
        }
        let (mut untold, mut attributes): (Attributes, Attributes) =
            attributes.into_iter().partition(|(name, _)| NEVER_TOLD.contains(&name.as_str()));
        if kind == Kind::Workspace {
            untold.entry("region".to_owned()).or_insert_with(|| Value::text(REGION_US));
        }
        for (name, value) in defaults {
            attributes.entry((*name).to_owned()).or_insert_with(|| value.clone());
        }
        if kind.schema().write_only {
            let name = attributes[kind.schema().natural_key].clone();
            let standing = self
                .of(kind)
                .find(|(_, thing)| thing.attributes.get(kind.schema().natural_key) == Some(&name));
            if let Some(id) = standing.map(|(id, _)| id.clone()) {
                self.store(kind, &id, attributes);
                return id;
            }
        }
        let number = self.made.entry(kind).or_default();
        *number += 1;
        let id = Id(format!("{}-{number}", kind.section()));
        let template =
            attributes.get("source_template").and_then(Value::as_text).map(str::to_owned);
        self.store(kind, &id, attributes);
        self.untold.insert(id.clone(), untold);
        if let Some(template) = template {
            self.preset(&id, &Id(template));
        }
        id
    }

    /// Gives a connector what its template presets now.
    fn preset(&mut self, connector: &Id, template: &Id) {
        let preset =
            self.thing(Kind::SourceTemplate, template).attributes["partial_default_config"].clone();
        self.presets.insert(connector.clone(), preset);
    }

    /// Makes an object that is gone anew.
    pub(super) fn restore(&mut self, kind: Kind, id: &Id, attributes: Attributes) {
        self.store(kind, id, attributes);
    }

    /// An object that nobody here has made.
    pub(super) fn stray(&mut self, kind: Kind, ours: bool, attributes: Attributes) {
        let id = self.create(kind, attributes);
        self.thing(kind, &id).ours = ours;
    }

    pub(super) fn update(&mut self, kind: Kind, id: &Id, attributes: Attributes) {
        let old = self.thing(kind, id).attributes.clone();
        let mut new = old.clone();
        let is_handed_on = attributes.get("propagate") == Some(&Value::Bool(true));
        for (name, value) in attributes {
            let is_instruction = name == "propagate" || name == "check";
            let is_ignored = value == Value::Null && self.tastes.ignores_null;
            if !is_instruction && !is_ignored {
                assert!(old.contains_key(&name), "{name} is not an attribute of {old:?}");
                new.insert(name, value);
            }
        }
        self.store(kind, id, new);
        if is_handed_on {
            let template = Value::text(&id.0);
            let connectors = self.of(Kind::Connector);
            let made_from = connectors
                .filter(|(_, thing)| thing.attributes.get("source_template") == Some(&template));
            let all: Vec<Id> = made_from.map(|(id, _)| id.clone()).collect();
            all.iter().for_each(|connector| self.preset(connector, id));
        }
        if kind == Kind::Tag {
            let name = self.thing(kind, id).attributes["name"].clone();
            for tag in self.taggings().flatten().filter(|tag| **tag == old["name"]) {
                *tag = name.clone();
            }
        }
    }

    pub(super) fn delete(&mut self, kind: Kind, id: &Id) {
        let thing = self.things.entry(kind).or_default().remove(id);
        if kind.schema().write_only {
            return;
        }
        let thing = thing.unwrap();
        if kind == Kind::Tag {
            let gone = thing.attributes["name"].clone();
            for tags in self.taggings() {
                tags.retain(|tag| *tag != gone);
            }
        }
        if kind == Kind::Workspace {
            let place = Value::text(&id.0);
            let connectors = self.things.entry(Kind::Connector).or_default();
            connectors.retain(|_, connector| connector.attributes["workspace"] != place);
        }
    }

    fn taggings(&mut self) -> impl Iterator<Item = &mut Vec<Value>> {
        self.things.values_mut().flat_map(BTreeMap::values_mut).filter_map(|thing| {
            match thing.attributes.get_mut("tags") {
                Some(Value::List(tags)) => Some(tags),
                _ => None,
            }
        })
    }

    /// Puts `tag` on an object, or takes it off.
    pub(super) fn tag(&mut self, kind: Kind, id: &Id, tag: &str, on: bool) {
        let named = |thing: &Thing| thing.attributes["name"] == Value::text(tag);
        assert!(self.of(Kind::Tag).any(|(_, thing)| named(thing)), "no tag {tag}");
        let Some(Value::List(tags)) = self.thing(kind, id).attributes.get_mut("tags") else {
            panic!("{} have no tags", kind.counted(2))
        };
        tags.retain(|other| *other != Value::text(tag));
        if on {
            tags.push(Value::text(tag));
        }
    }

    /// Keeps an object.
    fn store(&mut self, kind: Kind, id: &Id, attributes: Attributes) {
        let mut attributes: Attributes =
            attributes.iter().map(|(name, value)| (name.clone(), revealed(value))).collect();
        for name in ["partial_default_config", "destination_config", "replication_config"] {
            if let Some(Value::Map(config)) = attributes.get_mut(name)
                && self.tastes.normalizes
            {
                config.entry("port".to_owned()).or_insert_with(|| Value::Number(443.into()));
                if let Some(Value::Text(host)) = config.get_mut("host") {
                    *host = host.to_ascii_lowercase();
                }
            }
        }
        let thing = Thing { ours: true, attributes };
        self.things.entry(kind).or_default().insert(id.clone(), thing);
    }

    /// What our objects are called.
    pub(super) fn names(&self, kind: Kind) -> BTreeSet<String> {
        let key = kind.schema().natural_key;
        let ours = self.of(kind).filter(|(_, thing)| thing.ours);
        ours.filter_map(|(_, thing)| thing.attributes[key].as_text()).map(str::to_owned).collect()
    }

    /// How many of our objects are called so, connectors in the workspace `place`.
    pub(super) fn count(&self, kind: Kind, name: &str, place: Option<&Value>) -> usize {
        let key = kind.schema().natural_key;
        self.of(kind)
            .filter(|(_, thing)| thing.ours && thing.attributes[key] == Value::text(name))
            .filter(|(_, thing)| thing.attributes.get("workspace") == place)
            .count()
    }
}
