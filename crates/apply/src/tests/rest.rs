//! What is applied is at rest: whatever the service makes of what it is sent, the next plan is
//! empty. `verify` writes what the planner's judge reads, and this is where the two meet.

use model::SmallMap;
use model::desired::{Desired, Lifecycle, Resource};
use model::live::{LiveKind, LiveObject};
use model::span::{FileId, Span};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::*;

/// What the service does beside keeping what it is sent (dossier 5.2 and 5.4).
#[derive(Debug, Clone, Copy)]
struct Quirks {
    /// What it shows under a key called `key`.
    mask: Mask,
    /// It keeps members of maps that it is not sent.
    merges: bool,
    /// It writes text in small letters.
    normalizes: bool,
    /// It takes null for nothing said.
    ignores_null: bool,
    /// It drops members called `b`.
    drops: bool,
}

#[derive(Debug, Clone, Copy)]
enum Mask {
    Clear,
    Stars,
    Object,
    Absent,
}

/// A service with one template.
#[derive(Clone)]
struct Service {
    quirks: Quirks,
    stored: Arc<Mutex<SmallMap<String, Value>>>,
}

impl Service {
    fn shown(&self) -> SmallMap<String, Value> {
        let stored = self.stored.lock().unwrap();
        stored.iter().map(|(name, value)| (name.clone(), self.show(value))).collect()
    }

    fn show(&self, value: &Value) -> Value {
        match value {
            Value::Text(text) if self.quirks.normalizes => Value::Text(text.to_lowercase()),
            Value::List(items) => Value::List(items.iter().map(|item| self.show(item)).collect()),
            Value::Map(members) => Value::Map(
                members
                    .iter()
                    .filter(|(key, _)| !(self.quirks.drops && *key == "b"))
                    .filter_map(|(key, member)| {
                        let shown = match (key.as_str(), self.quirks.mask) {
                            ("key", Mask::Stars) => Value::text("**********"),
                            ("key", Mask::Object) => Value::Map(texts([("_secret", "c-1")])),
                            ("key", Mask::Absent) => return None,
                            _ => self.show(member),
                        };
                        Some((key.clone(), shown))
                    })
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    fn merged(&self, old: Option<&Value>, new: Value) -> Value {
        match (old, new) {
            (Some(old), Value::Null) if self.quirks.ignores_null => old.clone(),
            (Some(Value::Map(old)), Value::Map(new)) if self.quirks.merges => {
                let mut all = old.clone();
                for (key, member) in new {
                    let member = self.merged(old.get(&key), member);
                    all.insert(key, member);
                }
                Value::Map(all)
            }
            (_, new) => new,
        }
    }

    /// What a refresh finds.
    fn live(&self) -> Live {
        let attributes = self.shown();
        let name = attributes.get("destination_name").and_then(Value::as_text);
        let objects = name.map(|name| {
            let object = LiveObject {
                name: name.to_owned(),
                ours: true,
                attributes: attributes.clone(),
                updated_at: None,
            };
            (Id("id-1".into()), object)
        });
        let objects: BTreeMap<Id, LiveObject> = objects.into_iter().collect();
        let total = objects.len();
        let templates = LiveKind { objects, total, unavailable: false };
        Live { kinds: [(Kind::ConnectionTemplate, templates)].into(), ..Live::default() }
    }
}

impl Performer for Service {
    async fn look(&self, _: &Scope) -> Result<Live, api::Error> {
        Ok(self.live())
    }

    async fn perform(&self, step: &ReadyStep) -> Result<api::Outcome, api::Error> {
        let (ReadyCall::Create { attributes, .. } | ReadyCall::Update { attributes, .. }) =
            &step.call
        else {
            panic!("{step:?}")
        };
        for (name, filled) in attributes {
            let mut stored = self.stored.lock().unwrap();
            let value = self.merged(stored.get(name), received(filled));
            stored.insert(name.clone(), value);
        }
        Ok(api::Outcome { id: Id("id-1".into()), attributes: Some(self.shown()), updated_at: None })
    }
}

fn received(filled: &Filled) -> Value {
    match filled {
        Filled::Null => Value::Null,
        Filled::Bool(flag) => Value::Bool(*flag),
        Filled::Number(number) => Value::Number(number.clone()),
        Filled::Text(text) => Value::text(text),
        Filled::Secret(text) => Value::text(text.expose_secret()),
        Filled::List(items) => Value::List(items.iter().map(received).collect()),
        Filled::Map(members) => Value::Map(
            members.iter().map(|(key, member)| (key.clone(), received(member))).collect(),
        ),
    }
}

fn quirks() -> impl Strategy<Value = Quirks> {
    let mask =
        prop_oneof![Just(Mask::Clear), Just(Mask::Stars), Just(Mask::Object), Just(Mask::Absent)];
    (mask, any::<[bool; 4]>()).prop_map(|(mask, [merges, normalizes, ignores_null, drops])| {
        Quirks { mask, merges, normalizes, ignores_null, drops }
    })
}

fn config() -> impl Strategy<Value = SmallMap<String, Value>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        Just(Value::Bool(true)),
        Just(Value::Number(7.into())),
        Just(Value::text("Large")),
        Just(Value::text("small")),
        Just(secret("KEY")),
    ];
    let tree = leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::List),
            btree_map("a|b|c|key", inner, 0..4)
                .prop_map(|members| Value::Map(members.into_iter().collect())),
        ]
    });
    btree_map("a|b|c|key", tree, 0..4).prop_map(|members| members.into_iter().collect())
}

/// Null is a value of its own: what is to be empty.
fn cron() -> impl Strategy<Value = Option<Value>> {
    proptest::option::of(prop_oneof![Just(Value::Null), Just(Value::text("0 0 12 * * ?"))])
}

fn desired(config: &SmallMap<String, Value>, cron: &Option<Value>) -> Desired {
    let mut attributes = texts([
        ("hosting", "user"),
        ("destination", "b9e48d61-f082-4a14-a8d0-799a907938cb"),
        ("destination_name", "lake"),
    ]);
    attributes.insert("destination_config".into(), Value::Map(config.clone()));
    attributes.extend(cron.clone().map(|cron| ("cron_expression".to_owned(), cron)));
    let span = Span { file: FileId(0), start: 0, end: 0 };
    let resource = Resource {
        span,
        external: false,
        lifecycle: Lifecycle::default(),
        attributes,
        places: SmallMap::new(),
    };
    let address = Address::new(Kind::ConnectionTemplate, "lake");
    Desired { resources: [(address, resource)].into(), ..Desired::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_the_service_does(
        quirks in quirks(),
        declarations in vec((config(), cron()), 1..4),
    ) {
        let service = Service { quirks, stored: Arc::default() };
        let run = Run::new(&Fake::default());
        let mut state = State::default();
        for (config, cron) in &declarations {
            let desired = desired(config, cron);
            let options = planner::Options::default();
            let plan = planner::plan(&desired, &service.live(), &state, &Plain, &options);
            if !plan.blockers.is_empty() {
                // A value that nobody declared and nobody can read: not to be written over.
                return Ok(());
            }
            let came = run.with(&service, &plan);
            prop_assert!(came.report.is_complete(), "{:?}", came.words());
            state = came.state;
            let again = planner::plan(&desired, &service.live(), &state, &Plain, &options);
            prop_assert!(again.is_empty() && again.blockers.is_empty(), "{again:#?} {state:#?}");
        }
    }
}
