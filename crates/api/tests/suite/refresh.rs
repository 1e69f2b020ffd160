//! What is live, under every switch, and with how many requests.

use std::collections::BTreeSet;

use api::{Error, ReadyCall};
use emulator::{Fault, FaultKind, Masking, NextStyle, Switches, World};
use model::Kind;
use model::kind::Side;
use model::live::{DefinitionAnswer, DefinitionQuery, Id, Scope, Wanted};
use serde_json::{Value as Json, json};

use crate::bench::{Bench, all_json, client_credentials, named, operator_token};

const GITHUB: &str = "ef69ef6e-aa7f-4af1-a01d-ef775033524e";
const S3: &str = "4816b78f-1489-44c1-9060-4b19d5fa9362";

const WORLD: &str = r#"{
    "tags": [{"name": "crm"}, {"name": "pro tier"}],
    "source_templates": [
        {"name": "GitHub", "definition": "GitHub", "mode": "MULTI", "tags": ["crm", "pro tier"],
         "partial_default_config": {"start_date": "2025-01-01T00:00:00Z",
            "credentials": {"option_title": "PAT Credentials", "personal_access_token": "hunter2"}},
         "customization": {"stream_selection_mode": "whitelist", "stream_whitelist": ["issues"],
            "stream_mappers": {"issues": [{"type": "hashing",
                "mapper_configuration": {"target_field": "email", "method": "MD5"}}]}}},
        {"name": "Plain", "definition": "GitHub"}
    ],
    "connection_templates": [
        {"destination_name": "Lake", "destination": "S3", "cron_expression": "0 0 12 * * ?",
         "destination_config": {"s3_bucket_name": "acme", "secret_access_key": "hunter2"},
         "non_breaking_changes_preference": "propagate_columns", "sync_on_create": false,
         "tags": ["crm"]},
        {"cron_expression": null}
    ],
    "workspaces": [{"name": "acme", "region": "eu", "status": "inactive", "cache_enabled": true}]
}"#;

fn wanted_details(names: &[&str]) -> Wanted {
    let detailed_names = names.iter().map(|&name| name.to_owned()).collect();
    Wanted { detailed_names, ..Wanted::default() }
}

#[tokio::test]
async fn every_kind_is_told_under_the_manifests_names() {
    let switches = Switches { masking: Masking::Cleartext, ..Switches::default() };
    let bench = Bench::ready(WORLD, switches).await;
    let scope = Scope {
        kinds: Kind::ALL.map(|kind| (kind, wanted_details(&["GitHub"]))).into(),
        ..Scope::default()
    };
    let live = bench.refresh(scope).await.unwrap();
    let mut requests = bench.requests();
    requests.sort();
    assert_eq!(
        requests,
        [
            "GET /integrations/templates/connections 200",
            "GET /integrations/templates/sources/{id} 200",
            "GET /integrations/templates/sources?use_global=false 200",
            "GET /integrations/templates/tags 200",
            "GET /organizations/{id}/credentials?limit=200&offset=0&sort_field=created_at&\
             sort_direction=asc 200",
            "GET /workspaces?limit=100 200",
        ]
    );
    let check = |kind: Kind, name: &str, expected: Json| {
        let (_, object) = named(&live.kinds[&kind], name);
        let mut told = all_json(&object.attributes);
        if let Some(tags) = told.get_mut("tags").and_then(Json::as_array_mut) {
            tags.sort_by_key(|tag| tag.to_string());
        }
        assert_eq!(told, expected);
        assert!(object.ours && object.updated_at.is_some());
    };
    check(Kind::Tag, "pro tier", json!({"name": "pro tier"}));
    check(
        Kind::SourceTemplate,
        "GitHub",
        json!({"name": "GitHub", "definition": GITHUB, "mode": "multi", "tags": ["crm", "pro tier"],
            "partial_default_config": {"start_date": "2025-01-01T00:00:00Z", "credentials":
                {"option_title": "PAT Credentials", "personal_access_token": "hunter2"}},
            "customization": {"stream_selection_mode": "whitelist", "stream_whitelist": ["issues"],
                "stream_customizations": null, "stream_mappers": {"issues": [{"type": "hashing",
                    "target_field": "email", "method": "MD5", "field_name_suffix": null}]}}}),
    );
    check(
        Kind::SourceTemplate,
        "Plain",
        json!({"name": "Plain", "definition": GITHUB, "mode": "replication", "tags": [],
            "customization": null}),
    );
    check(
        Kind::ConnectionTemplate,
        "Lake",
        json!({"hosting": "user", "destination": S3, "destination_name": "Lake",
            "destination_config": {"s3_bucket_name": "acme", "secret_access_key": "hunter2"},
            "cron_expression": "0 0 12 * * ?", "sync_on_create": false, "tags": ["crm"],
            "non_breaking_changes_preference": "propagate_columns"}),
    );
    check(
        Kind::ConnectionTemplate,
        "Airbyte-managed S3",
        json!({"hosting": "airbyte", "destination_name": "Airbyte-managed S3",
            "cron_expression": null, "tags": []}),
    );
    check(
        Kind::Workspace,
        "acme",
        json!({"name": "acme", "status": "inactive", "cache_enabled": true}),
    );
    check(
        Kind::Workspace,
        "default",
        json!({"name": "default", "status": "active", "cache_enabled": null}),
    );
    let totals: Vec<_> = live.kinds.values().map(|kind| (kind.objects.len(), kind.total)).collect();
    assert_eq!(totals, [(2, 2), (2, 2), (2, 2), (0, 0), (2, 2), (0, 0)]);
    assert!(live.kinds.values().all(|kind| !kind.unavailable));
}

#[tokio::test]
async fn masks_come_through_as_values_that_nothing_can_be_learnt_from() {
    for (masking, shown) in [
        (Masking::Asterisks, Some(true)),
        (Masking::SecretObject, Some(true)),
        (Masking::Dropped, None),
        (Masking::Cleartext, Some(false)),
    ] {
        let bench = Bench::ready(WORLD, Switches { masking, ..Switches::default() }).await;
        let live = bench.read(Kind::ConnectionTemplate).await;
        let (_, lake) = named(&live, "Lake");
        let model::Value::Map(config) = &lake.attributes["destination_config"] else { panic!() };
        let opaque = config.get("secret_access_key").map(model::Value::is_opaque);
        assert_eq!(opaque, shown, "{masking:?}");
    }
}

#[tokio::test]
async fn envelopes_orders_and_unknown_fields_make_no_difference() {
    let mut worlds = Vec::new();
    for switches in [
        Switches::default(),
        Switches { bare_lists: true, ..Switches::default() },
        Switches { schema_drift: true, ..Switches::default() },
        Switches { shuffle: false, ..Switches::default() },
    ] {
        let drifts = switches.schema_drift;
        let bench = Bench::ready(WORLD, switches).await;
        let scope = Scope {
            kinds: Kind::ALL.map(|kind| (kind, wanted_details(&["GitHub"]))).into(),
            ..Scope::default()
        };
        let mut live = bench.refresh(scope).await.unwrap();
        for object in live.kinds.values_mut().flat_map(|kind| kind.objects.values_mut()) {
            if let Some(model::Value::List(tags)) = object.attributes.get_mut("tags") {
                tags.sort();
            }
            // A word that nobody knows is kept as it is.
            if drifts && object.name == "default" {
                let status =
                    object.attributes.insert("status".to_owned(), model::Value::text("active"));
                assert_eq!(status, Some(model::Value::text("suspended")));
            }
        }
        worlds.push(live);
    }
    assert!(worlds.iter().all(|world| *world == worlds[0]));
}

/// A service that takes no notice of `use_global`, as in 2025.
#[tokio::test]
async fn everything_is_read_in_full_where_all_is_wanted() {
    let world = json!({
        "workspaces": (0..150).map(|n| json!({"name": format!("w-{n:05}")})).collect::<Vec<_>>(),
        "source_templates": [{"definition": "GitHub", "partial_default_config": {"a": 1}}],
        "connectors": [{"workspace": "w-00149", "source_template": "GitHub", "name": "c",
            "replication_config": {"b": 2}}],
    });
    for organization_routes in [true, false] {
        let switches = Switches { organization_routes, ..Switches::default() };
        let bench = Bench::ready(&world.to_string(), switches).await;
        let live = bench.client.refresh(&Scope::all(&Kind::ALL.into())).await.unwrap();
        let counts: Vec<usize> = live.kinds.values().map(|read| read.objects.len()).collect();
        assert_eq!(counts, [0, 1, 0, 0, 151, 1]);
        for (kind, config) in [
            (Kind::SourceTemplate, "partial_default_config"),
            (Kind::Connector, "replication_config"),
        ] {
            let object = live.kinds[&kind].objects.values().next().unwrap();
            assert!(object.attributes.contains_key(config), "{object:?}");
        }
    }
}

#[tokio::test]
async fn definitions_have_their_names() {
    let bench = Bench::ready("{}", Switches::default()).await;
    let definitions = bench.client.definitions().await.unwrap();
    for (side, name) in [(Side::Source, "GitHub"), (Side::Destination, "S3")] {
        assert!(definitions[&side].iter().any(|definition| definition.name == name));
    }
    assert_eq!(bench.requests().len(), 2);
}

#[tokio::test]
async fn what_airbyte_keeps_for_everybody_is_not_ours_and_not_counted() {
    let bench = Bench::ready(WORLD, Switches::default()).await;
    let world = bench.emulator.world();
    let item = |template: &emulator::SourceTemplate| {
        json!({"id": template.id, "name": template.name, "mode": "HYBRID",
            "organization_id": template.organization, "actor_definition_id": template.definition})
    };
    let list: Vec<Json> = world.source_templates.iter().map(item).collect();
    let body = Some(json!({"data": list}).to_string());
    bench.fault("GET", "/sources", FaultKind::Status { code: 200, body, headers: vec![] });
    let wanted = wanted_details(&["HubSpot"]);
    let live = bench.read_wanted(Kind::SourceTemplate, wanted).await.unwrap();
    let globals = world.source_templates.listed(None).count();
    assert_eq!((live.objects.len(), live.total), (globals + 2, 2));
    let (_, hubspot) = named(&live, "HubSpot");
    assert!(!hubspot.ours);
    assert_eq!(hubspot.attributes["mode"], model::Value::text("HYBRID"));
    assert_eq!(bench.requests().len(), 1, "what is not ours is not looked into");
}

#[tokio::test]
async fn details_are_read_where_they_are_wanted_and_what_is_gone_meanwhile_is_gone() {
    let bench = Bench::ready(WORLD, Switches::default()).await;
    let live = bench.read(Kind::SourceTemplate).await;
    let (id, github) = named(&live, "GitHub");
    assert!(!github.attributes.contains_key("partial_default_config"));
    let (plain, _) = named(&live, "Plain");
    let wanted = Wanted {
        detailed_ids: [id.clone(), plain.clone(), Id("gone".to_owned())].into(),
        ..wanted_details(&["Plain"])
    };
    // The list still has one that nobody finds any more.
    let us = bench.client.identify().await.unwrap();
    let items = [id, plain].map(|id| json!({"id": id.0, "organization_id": us}));
    let delete = ReadyCall::Delete { id: plain.clone(), name: "Plain".to_owned() };
    bench.perform(Kind::SourceTemplate, delete).await.unwrap();
    bench.emulator.clear_journal();
    let body = Some(json!({"data": items}).to_string());
    bench.fault("GET", "/sources", FaultKind::Status { code: 200, body, headers: vec![] });
    let live = bench.read_wanted(Kind::SourceTemplate, wanted).await.unwrap();
    assert_eq!(bench.requests().len(), 4, "the list is asked once more for all that is gone");
    assert_eq!((live.objects.len(), live.total), (1, 1));
    assert!(live.objects[id].attributes.contains_key("partial_default_config"));
}

#[tokio::test]
async fn tags_may_have_no_routes_any_more() {
    let switches = Switches { tag_routes: false, ..Switches::default() };
    let bench = Bench::ready(WORLD, switches).await;
    let live = bench.read(Kind::Tag).await;
    assert!(live.unavailable && live.objects.is_empty());
    // Templates tell their tags all the same.
    let live = bench.read(Kind::ConnectionTemplate).await;
    assert_eq!(all_json(&named(&live, "Lake").1.attributes)["tags"], json!(["crm"]));
}

/// What a list must not be taken for.
#[tokio::test]
async fn half_a_list_is_an_error() {
    for body in [
        "{}",
        "null",
        "7",
        r#"{"data": null}"#,
        r#"{"data": {}}"#,
        r#"{"data": [{"name": "crm"}]}"#,
        r#"{"data": [{"id": 7}]}"#,
        r#"{"data": [null]}"#,
    ] {
        // What nobody can ask for has no list.
        for kind in Kind::ALL.into_iter().filter(|kind| !kind.schema().write_only) {
            let bench = Bench::ready("{}", Switches::default()).await;
            let body = Some(body.to_owned());
            bench.fault("GET", "", FaultKind::Status { code: 200, body, headers: vec![] });
            let error = bench.read_wanted(kind, Wanted::default()).await.unwrap_err();
            assert!(
                matches!(error, Error::Unreadable { unclear: false, .. }),
                "{kind:?} {error:?}"
            );
        }
    }
    let bench = Bench::ready("{}", Switches::default()).await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    bench.emulator.inject(Fault {
        times: 4,
        ..Fault::next("GET", "", FaultKind::Status { code: 200, body: Some(deep), headers: vec![] })
    });
    let error = bench.read_wanted(Kind::Tag, Wanted::default()).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
}

/// `count` workspaces `w-00000`, … beside `default`.
fn many(count: usize) -> String {
    let workspaces: Vec<Json> = (0..count).map(|n| json!({"name": format!("w-{n:05}")})).collect();
    json!({"workspaces": workspaces}).to_string()
}

/// The ids and names of the last `count` workspaces, as they are on the last pages.
fn last(world: &World, count: usize) -> (Vec<Id>, Vec<String>) {
    let all: Vec<_> = world.workspaces.listed(Some(world.home())).collect();
    all[all.len() - count..]
        .iter()
        .map(|workspace| (Id(workspace.id.to_string()), workspace.name.clone()))
        .unzip()
}

#[tokio::test]
async fn pages_are_followed_however_they_name_the_next_one() {
    for next_style in
        [NextStyle::Absolute, NextStyle::Relative, NextStyle::Cursor, NextStyle::Hostile]
    {
        let bench = Bench::ready(&many(249), Switches { next_style, ..Switches::default() }).await;
        let names = (0..9).map(|n| format!("w-{n:05}")).collect();
        let wanted = Wanted { names, ..Wanted::default() };
        let live = bench.read_wanted(Kind::Workspace, wanted).await.unwrap();
        assert_eq!((live.objects.len(), live.total), (250, 250), "{next_style:?}");
        let requests = bench.requests();
        assert_eq!(requests.len(), 4, "three pages and the total: {requests:?}");
    }
}

#[tokio::test]
async fn what_airbyte_keeps_for_everybody_is_read_where_it_is_wanted() {
    for (foreign, requests) in [(false, 1), (true, 2)] {
        let bench = Bench::ready(&many(0), Switches::default()).await;
        let wanted = Wanted { foreign, ..Wanted::default() };
        let live = bench.read_wanted(Kind::SourceTemplate, wanted).await.unwrap();
        assert_eq!(live.objects.values().any(|object| !object.ours), foreign);
        assert_eq!((live.total, bench.requests().len()), (0, requests));
    }
}

#[tokio::test]
async fn pages_that_lead_back_or_nowhere_are_an_error() {
    let page = |next: &str| {
        let body = json!({"data": [{"id": "a"}], "next": next}).to_string();
        FaultKind::Status { code: 200, body: Some(body), headers: vec![] }
    };
    for (next, cause, requests) in [
        ("again", "its pages lead back to an earlier one", 3),
        ("https://api.airbyte.ai/api/v1/workspaces?page=2", "its next page has no cursor", 1),
    ] {
        let bench = Bench::ready(&many(300), Switches::default()).await;
        // All but the second request, which asks how many there are.
        for (nth, times) in [(0, 1), (2, 99)] {
            let fault = Fault::next("GET", "/workspaces", page(next));
            bench.emulator.inject(Fault { nth, times, ..fault });
        }
        let names = (0..999).map(|n| n.to_string()).collect();
        let wanted = Wanted { names, ..Wanted::default() };
        let error = bench.read_wanted(Kind::Workspace, wanted).await.unwrap_err().to_string();
        assert_eq!(error, format!("GET /workspaces: the answer cannot be read: {cause}"));
        assert_eq!(bench.requests().len(), requests);
    }
}

/// How many requests a refresh takes in an organization of `count` workspaces of which the last
/// `declared` are declared; `known` says whether their ids are remembered.
async fn requests_for(count: usize, declared: usize, known: bool) -> usize {
    let bench = Bench::ready(&many(count - 1), Switches::default()).await;
    let (ids, names) = last(&bench.emulator.world(), declared);
    let wanted = Wanted {
        ids: ids.iter().filter(|_| known).cloned().collect(),
        names: names.iter().cloned().collect(),
        ..Wanted::default()
    };
    let live = bench.read_wanted(Kind::Workspace, wanted).await.unwrap();
    assert_eq!(live.total, count);
    for (id, name) in ids.iter().zip(&names) {
        assert_eq!(live.objects[id].name, *name);
    }
    bench.requests().len()
}

#[tokio::test]
async fn workspaces_take_no_more_requests_than_they_need() {
    // A small organization is one page, whatever is declared.
    assert_eq!(requests_for(100, 20, true).await, 1);
    assert_eq!(requests_for(101, 0, true).await, 2);
    // Few of many are asked for by name: first page, total, one each.
    assert_eq!(requests_for(2000, 3, true).await, 2 + 3);
    assert_eq!(requests_for(2000, 3, false).await, 2 + 3);
    assert_eq!(requests_for(2000, 19, true).await, 2 + 19);
    // As many as there are pages, and more: the pages are read.
    assert_eq!(requests_for(2000, 20, true).await, 1 + 20);
    assert_eq!(requests_for(2000, 2000, true).await, 1 + 20);
}

#[tokio::test]
async fn ids_that_no_name_brings_are_asked_for_one_by_one() {
    let bench = Bench::ready(&many(999), Switches::default()).await;
    let (mut ids, names) = last(&bench.emulator.world(), 3);
    let deleted = ids[2].clone();
    bench.emulator.edit(|world| {
        let id = deleted.0.parse().unwrap();
        world.workspaces.update(id, |workspace| workspace.tombstone = true);
    });
    ids.push(Id("5a4db0c5-0000-4000-8000-00000000dead".to_owned()));
    for tombstones_readable in [false, true] {
        bench.emulator.set_switches(Switches { tombstones_readable, ..Switches::default() });
        bench.emulator.clear_journal();
        let wanted = Wanted {
            ids: ids.iter().cloned().collect(),
            names: [names[0].clone()].into(),
            ..Wanted::default()
        };
        let live = bench.read_wanted(Kind::Workspace, wanted).await.unwrap();
        let found: Vec<_> = ids.iter().map(|id| live.objects.contains_key(id)).collect();
        assert_eq!(found, [true, true, false, false]);
        assert_eq!(live.total, 999);
        assert_eq!(bench.requests().len(), 2 + 1 + 3);
    }
}

#[tokio::test]
async fn every_workspace_of_a_wanted_name_is_found() {
    let bench = Bench::ready(&many(999), Switches::default()).await;
    let home = bench.emulator.world().home();
    // One that was seen on the first page has a namesake on the last, and others hold its name.
    let ids: BTreeSet<_> = bench.emulator.edit(|world| {
        let first = world.workspaces.named(Some(home), "w-00001").next().unwrap().id;
        let namesake = world.create_workspace(home, "w-00001", None);
        world.create_workspace(home, "W-00001", None);
        world.create_workspace(home, "my w-00001", None);
        [first, namesake].map(|id| Id(id.to_string())).into()
    });
    let wanted = Wanted { names: ["w-00001".to_owned()].into(), ..Wanted::default() };
    let live = bench.read_wanted(Kind::Workspace, wanted).await.unwrap();
    let found: BTreeSet<_> = live
        .objects
        .iter()
        .filter(|(_, w)| w.name == "w-00001")
        .map(|(id, _)| id.clone())
        .collect();
    assert_eq!(found, ids);
    assert_eq!(bench.requests().len(), 3);
}

#[tokio::test]
async fn a_list_that_does_not_add_up_is_read_once_more() {
    let bench = Bench::ready(&many(249), Switches::default()).await;
    let body = Some(r#"{"active_count": 251, "inactive_count": 0, "total_count": 251}"#.to_owned());
    let stats = FaultKind::Status { code: 200, body, headers: vec![] };
    bench.emulator.inject(Fault { times: 9, ..Fault::next("GET", "/stats", stats) });
    let names = (0..9).map(|n| format!("w-{n:05}")).collect();
    let wanted = Wanted { names, ..Wanted::default() };
    let live = bench.read_wanted(Kind::Workspace, wanted).await.unwrap();
    assert_eq!(live.total, 250, "what was read counts");
    assert_eq!(bench.requests().len(), 1 + 3 + 3);
}

async fn definitions(queries: &[(Side, &str)]) -> (Vec<String>, Vec<String>) {
    let bench = Bench::ready("{}", Switches::default()).await;
    let query = |&(side, text): &(Side, &str)| DefinitionQuery { side, text: text.to_owned() };
    let definitions = queries.iter().map(query).collect();
    let live = bench.refresh(Scope { definitions, ..Scope::default() }).await.unwrap();
    assert_eq!(live.facts.definitions.len(), queries.len());
    let answers = queries
        .iter()
        .map(|asked| match &live.facts.definitions[&query(asked)] {
            DefinitionAnswer::Found(found) => format!("{} {}", found.id, found.name),
            DefinitionAnswer::Unknown { similar } => format!("unknown {}", similar.join(", ")),
            DefinitionAnswer::Ambiguous(found) => format!("ambiguous {}", found.len()),
        })
        .collect();
    let mut requests = bench.requests();
    requests.sort();
    (answers, requests)
}

#[tokio::test]
async fn definitions_take_one_list_per_side_at_most() {
    use Side::{Destination, Source};
    let sources = "GET /integrations/definitions/sources";
    let all = format!("{sources} 200");
    let destinations = "GET /integrations/definitions/destinations 200";
    let github = format!("{GITHUB} GitHub");

    let (answers, requests) = definitions(&[(Source, "github")]).await;
    assert_eq!(answers, [github.as_str()]);
    assert_eq!(requests, [format!("{sources}?name=github 200")]);

    let upper = GITHUB.to_uppercase();
    let (answers, requests) = definitions(&[(Source, &upper), (Destination, S3)]).await;
    assert_eq!(answers, [format!("{GITHUB} {GITHUB}"), format!("{S3} {S3}")]);
    assert_eq!(requests, [""; 0]);

    let (answers, requests) =
        definitions(&[(Source, "airbyte/source-github"), (Destination, "s3"), (Source, GITHUB)])
            .await;
    assert_eq!(answers[0], github);
    assert_eq!(answers[1], format!("{S3} S3"));
    assert_eq!(requests, [destinations, &all]);

    let (answers, requests) = definitions(&[(Source, "GitHub"), (Source, "Nothing like it")]).await;
    assert_eq!(answers, [github, "unknown ".to_owned()]);
    assert_eq!(requests, [all.as_str()]);

    let (answers, requests) = definitions(&[(Source, "GitHubb")]).await;
    assert_eq!(answers, ["unknown GitHub"]);
    assert_eq!(requests, [all, format!("{sources}?name=GitHubb 200")]);
}

#[tokio::test]
async fn nothing_wanted_is_nothing_asked() {
    for (credentials, asked) in [(client_credentials(), 1), (operator_token(), 1)] {
        let bench = Bench::with("{}", Switches::default(), credentials, None).await;
        let live = bench.refresh(Scope::default()).await.unwrap();
        assert!(live.kinds.is_empty());
        assert_eq!(bench.requests().len(), asked, "only who we are");
    }
}
