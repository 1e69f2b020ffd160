//! `airform snapshot`.

use std::collections::{BTreeMap, BTreeSet};

use emulator::World;
use model::kinds::connection_template::HOSTING_AIRBYTE;
use model::live::{Live, LiveObject, Scope};
use model::spec::{self, Spec};
use model::state::State;
use model::{Kind, Path, Value};
use serde_json::{Map, Value as Json, json};

use super::declared::Declared;
use super::target::Target;
use super::{Context, runtime};
use crate::args::{SnapshotCommand, TargetArgs};
use crate::exit::Exit;
use crate::report::Failure;
use crate::views::plan::{counted, list};

/// What stands in place of a secret.
const COVERED: &str = "(secret)";
/// Beyond the ids that a sandbox makes by itself, so that one can be recorded, too.
const FIRST_ID: u64 = 1_000_000;

/// Writes down what the organization holds, as a stand-in for it.
pub(crate) fn run(command: SnapshotCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let SnapshotCommand { out, parallelism, requests } = command;
    let declared = Declared::nothing(crate::sources::base_of(&out));
    let target = TargetArgs {
        state: None,
        sandbox: false,
        parallelism,
        refresh_definitions: true,
        requests,
    };
    let target = Target::open(&target, &declared, context)?.read_only();
    let kinds: BTreeSet<Kind> =
        Kind::ALL.into_iter().filter(|kind| !kind.schema().write_only).collect();
    let (owner, live) = runtime()?.block_on(async {
        let owner = target.owner(&State::default(), context.streams).await?;
        let mut live = target.client.refresh(&Scope::all(&kinds)).await?;
        let made_from = planner::definitions_of(&live);
        let specs = Scope { definitions: made_from.clone(), specs: made_from, ..Scope::default() };
        live.facts = target.client.refresh(&specs).await?.facts;
        Ok::<_, Failure>((owner, live))
    })?;
    let world = World::from_json(&world(&live, &owner.organization).to_string())
        .map_err(|why| Failure::error(format!("the organization cannot be recorded: {why}")))?;
    std::fs::write(&out, world.to_json())
        .map_err(|error| Failure::error(format!("{}: {error}", out.display())))?;
    let counts: Vec<String> = live
        .kinds
        .iter()
        .map(|(kind, read)| (kind, read.objects.values().filter(|object| object.ours).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| counted(count, kind.noun(), kind.counted(2)))
        .collect();
    let counts = if counts.is_empty() { "nothing".to_owned() } else { list(&counts) };
    context.streams.say(format!("Recorded {counts}, without secrets, in {}.", out.display()));
    Ok(Exit::Done)
}

/// The organization as a world of the emulator's.
fn world(live: &Live, organization: &str) -> Json {
    let mut sections = Map::new();
    sections
        .insert("organizations".to_owned(), json!([{ "id": organization, "name": "Recorded" }]));
    // Nobody tells of these; and ids that are made must not be any that was recorded.
    sections.insert("destinations".to_owned(), json!([]));
    sections.insert("connections".to_owned(), json!([]));
    sections.insert("ids_made".to_owned(), json!(FIRST_ID));
    for (kind, read) in &live.kinds {
        let objects = read.objects.iter().filter(|(_, object)| object.ours);
        let rows = objects.map(|(id, object)| {
            let mut row = row(*kind, object, specification(*kind, object, live));
            row.insert("id".to_owned(), json!(id.0));
            Json::Object(row)
        });
        sections.insert(kind.section().to_owned(), rows.collect());
    }
    // A template may carry a tag that nobody tells of.
    let told: BTreeSet<String> = tags(live);
    let known: BTreeSet<&str> = live
        .kinds
        .get(&Kind::Tag)
        .map(|read| read.objects.values().map(|tag| tag.name.as_str()).collect())
        .unwrap_or_default();
    let missing = told.iter().filter(|tag| !known.contains(tag.as_str()));
    let missing: Vec<Json> = missing.map(|name| json!({ "name": name })).collect();
    if let Some(Json::Array(tags)) = sections.get_mut(Kind::Tag.section()) {
        tags.extend(missing);
    }
    Json::Object(sections)
}

/// Every tag that a template carries.
fn tags(live: &Live) -> BTreeSet<String> {
    let templates = [Kind::SourceTemplate, Kind::ConnectionTemplate];
    let read = templates.iter().filter_map(|kind| live.kinds.get(kind));
    let objects = read.flat_map(|read| read.objects.values()).filter(|object| object.ours);
    let mut found = BTreeSet::new();
    for object in objects {
        if let Some(Value::List(tags)) = object.attributes.get("tags") {
            found.extend(tags.iter().filter_map(Value::as_text).map(str::to_owned));
        }
    }
    found
}

fn specification<'l>(kind: Kind, object: &LiveObject, live: &'l Live) -> Option<&'l Spec> {
    let made_from = match kind {
        Kind::ConnectionTemplate => "destination",
        _ => "definition",
    };
    live.facts.specs.get(object.attributes.get(made_from)?.as_text()?)
}

/// One object, in the words of a world.
fn row(kind: Kind, object: &LiveObject, spec: Option<&Spec>) -> Map<String, Json> {
    let told: BTreeMap<&str, &Value> = object
        .attributes
        .iter()
        .filter(|(_, value)| **value != Value::Null)
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    let hosted = told.get("hosting").and_then(|hosting| hosting.as_text()) == Some(HOSTING_AIRBYTE);
    let mut row = Map::new();
    for (name, value) in told {
        let value = match name {
            "hosting" => continue,
            // A connector's template says it.
            "definition" if kind == Kind::Connector => continue,
            // What Airbyte fills in.
            "destination"
            | "destination_config"
            | "sync_on_create"
            | "non_breaking_changes_preference"
                if hosted =>
            {
                continue;
            }
            "mode" => json!(value.as_text().unwrap_or_default().to_uppercase()),
            "customization" => customization(value),
            name if spec::describes(name) || name == "credentials" => {
                covered(&planner::sealed(spec, &Path::attribute(name), value.clone()))
            }
            _ => covered(value),
        };
        row.insert(name.to_owned(), value);
    }
    row
}

/// A mapper's settings stand in a map of their own there.
fn customization(value: &Value) -> Json {
    let mut json = covered(value);
    let mappers = json.get_mut("stream_mappers").and_then(Json::as_object_mut);
    let mappers = mappers.into_iter().flat_map(|streams| streams.values_mut());
    for mapper in mappers.filter_map(Json::as_array_mut).flatten() {
        let Some(members) = mapper.as_object_mut() else { continue };
        let kind = members.remove("type").unwrap_or_default();
        *mapper = json!({ "type": kind, "mapper_configuration": members.clone() });
    }
    json
}

/// A value with something else in place of each secret.
fn covered(value: &Value) -> Json {
    match value {
        value if value.is_opaque() => json!(COVERED),
        Value::Null => Json::Null,
        Value::Bool(bool) => json!(bool),
        Value::Number(number) => {
            serde_json::from_str(number.as_str()).unwrap_or_else(|_| json!(number.as_str()))
        }
        Value::Text(text) => json!(text),
        Value::Secret(_) => json!(COVERED),
        Value::Reference(address) => json!(address.to_string()),
        Value::List(items) => items.iter().map(covered).collect(),
        Value::Map(members) => {
            let members = members.iter().map(|(key, member)| (key.clone(), covered(member)));
            Json::Object(members.collect())
        }
    }
}
