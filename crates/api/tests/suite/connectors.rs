//! Connectors: found with their workspaces, made after a check, deleted until they are gone.

use std::collections::BTreeSet;

use api::{Error, ReadyCall};
use emulator::{CheckStatus, DeletionDelay, FaultKind, Switches};
use model::Kind;
use model::live::{Id, LiveKind, Scope, Wanted};
use serde_json::{Value as Json, json};

use crate::bench::{Bench, all_json, attributes, create, named};
use crate::lost::losses;

const W: &str = "00000000-0000-4000-a000-000000000001";
const S: &str = "00000000-0000-4000-a000-000000000002";
const K: &str = "00000000-0000-4000-a000-000000000003";
const POSTGRES: &str = "decd338e-5647-4c0b-adf4-da0e75f5a750";

const WORLD: &str = r#"{
    "workspaces": [{"name": "acme", "id": "00000000-0000-4000-a000-000000000001"},
        {"name": "globex"}],
    "tags": [{"name": "crm"}],
    "source_templates": [{"name": "Postgres", "definition": "Postgres",
        "id": "00000000-0000-4000-a000-000000000002",
        "partial_default_config": {"host": "db", "port": 5432, "password": "hunter2"}}],
    "connectors": [
        {"workspace": "acme", "source_template": "Postgres", "name": "db",
         "id": "00000000-0000-4000-a000-000000000003",
         "replication_config": {"database": "acme", "username": "airbyte"},
         "entities": [{"entity": "users", "modes": ["read"]}]},
        {"workspace": "globex", "source_template": "Postgres", "name": "db",
         "replication_config": {"database": "globex", "username": "airbyte"}}]
}"#;

const LISTED: &str = "GET /organizations/{id}/credentials?limit=200&offset=0&sort_field=created_at&\
                      sort_direction=asc 200";

fn new() -> Json {
    json!({"workspace": W, "name": "new", "source_template": S, "connection_template_tags": ["crm"],
        "replication_config": {"database": "acme", "username": {"$secret": "bobby"}}})
}

/// What is live of connectors, where `db` of `acme` is declared.
async fn read(bench: &Bench) -> LiveKind {
    let names: BTreeSet<String> = ["db".to_owned()].into();
    let connectors = Wanted {
        ids: [Id(K.to_owned())].into(),
        names: names.clone(),
        detailed_names: names,
        ..Wanted::default()
    };
    let workspaces = Wanted { names: ["acme".to_owned()].into(), ..Wanted::default() };
    let kinds = [(Kind::Connector, connectors), (Kind::Workspace, workspaces)].into();
    let mut live = bench.refresh(Scope { kinds, ..Scope::default() }).await.unwrap();
    live.kinds.remove(&Kind::Connector).unwrap()
}

/// The one in `acme` is told in full.
fn check_told(live: &LiveKind) {
    let object = &live.objects[&Id(K.to_owned())];
    assert_eq!(
        all_json(&object.attributes),
        json!({"name": "db", "workspace": W, "source_template": S, "definition": POSTGRES,
            "replication_config": {"database": "acme", "username": "airbyte"},
            "entities": [{"entity": "users", "modes": ["read"]}]})
    );
    assert!(object.ours && object.updated_at.is_some());
}

#[tokio::test]
async fn one_list_tells_where_each_of_them_is() {
    let bench = Bench::ready(WORLD, Switches::default()).await;
    let live = read(&bench).await;
    check_told(&live);
    assert_eq!((live.objects.len(), live.total), (2, 2));
    let mut requests = bench.requests();
    requests.sort();
    // The one of the same name in a workspace that nobody asked for is not looked at.
    let rest = ["GET /integrations/connectors/{id} 200", LISTED, "GET /workspaces?limit=100 200"];
    assert_eq!(requests, rest);
}

#[tokio::test]
async fn without_that_list_each_workspace_is_asked_for_its_own() {
    let none = FaultKind::Status { code: 403, body: None, headers: vec![] };
    for (organization_routes, fault) in [(false, None), (true, Some(none))] {
        let switches = Switches { organization_routes, ..Switches::default() };
        let bench = Bench::ready(WORLD, switches).await;
        if let Some(fault) = fault {
            bench.fault("GET", "/credentials", fault);
        }
        let live = read(&bench).await;
        check_told(&live);
        assert_eq!((live.objects.len(), live.total), (1, 1));
        let of_acme = format!("GET /integrations/connectors?workspace_id={W} 200");
        assert!(bench.requests().contains(&of_acme), "{:?}", bench.requests());
    }
}

/// A remembered one whose workspace nobody knows is not taken for gone.
#[tokio::test]
async fn a_remembered_one_is_found_by_its_id() {
    let switches = Switches { organization_routes: false, ..Switches::default() };
    let bench = Bench::ready(WORLD, switches).await;
    let gone = Id("00000000-0000-4000-a000-00000000dead".to_owned());
    let wanted = Wanted { ids: [Id(K.to_owned()), gone].into(), ..Wanted::default() };
    let live = bench.read_wanted(Kind::Connector, wanted).await.unwrap();
    assert_eq!(live.objects.keys().collect::<Vec<_>>(), [&Id(K.to_owned())]);
    assert_eq!(named(&live, "db").1.attributes.get("workspace"), None);
}

#[tokio::test]
async fn the_list_is_read_to_its_end() {
    for count in [0, 199, 200, 401] {
        let world = json!({"workspaces": [{"name": "acme"}],
            "source_templates": [{"name": "Postgres", "definition": "Postgres"}],
            "connectors": (0..count).map(|number| json!({"workspace": "acme",
                "source_template": "Postgres", "name": format!("c{number}")}))
                .collect::<Vec<_>>()});
        let bench = Bench::ready(&world.to_string(), Switches::default()).await;
        let live = bench.read(Kind::Connector).await;
        assert_eq!((live.objects.len(), live.total), (count, count));
        assert_eq!(bench.requests().len(), count / 200 + 1);
    }
}

#[tokio::test]
async fn connectors_of_deleted_workspaces_are_gone() {
    let switches = Switches { deleted_workspaces_keep_connectors: true, ..Switches::default() };
    let bench = Bench::ready(WORLD, switches).await;
    let call = ReadyCall::Delete { id: Id(W.to_owned()), name: "acme".to_owned() };
    bench.perform(Kind::Workspace, call).await.unwrap();
    assert_eq!(bench.read(Kind::Connector).await.objects.len(), 1);
}

#[tokio::test]
async fn one_is_made_in_the_workspace_by_the_name_that_it_has_now() {
    let bench = Bench::ready(WORLD, Switches::default()).await;
    let rename = ReadyCall::Update {
        id: Id(W.to_owned()),
        name: "acme".to_owned(),
        attributes: attributes(json!({"name": "Acme Inc"})),
    };
    bench.perform(Kind::Workspace, rename).await.unwrap();
    bench.emulator.clear_journal();
    let made = bench.perform(Kind::Connector, create("new", new())).await.unwrap();
    assert_eq!(
        bench.requests(),
        [
            "GET /workspaces/{id} 200",
            "GET /workspaces?limit=100&name_contains=Acme Inc 200",
            "POST /integrations/connectors 200",
        ]
    );
    assert_eq!(
        bench.emulator.journal()[2].request,
        Some(json!({"workspace_name": "Acme Inc", "name": "new", "source_template_id": S,
            "selected_connection_template_tags": ["crm"],
            "replication_config": {"database": "acme", "username": "bobby"}}))
    );
    let told = all_json(&made.attributes.unwrap());
    assert_eq!(told["definition"], POSTGRES);
    let world = bench.emulator.world();
    let made = world.connectors.get(made.id.0.parse().unwrap()).unwrap();
    assert_eq!(made.workspace.to_string(), W);
}

/// The service would take one of the two, and it could be the other customer's.
#[tokio::test]
async fn nothing_is_made_where_two_workspaces_have_the_name() {
    let bench = Bench::ready(WORLD, Switches::default()).await;
    bench.emulator.edit(|world| {
        let home = world.home();
        let globex = world.workspaces.named(Some(home), "globex").next().unwrap().id;
        world.workspaces.update(globex, |workspace| workspace.name = "acme".to_owned());
    });
    let error = bench.perform(Kind::Connector, create("new", new())).await.unwrap_err();
    assert!(matches!(&error, Error::WorkspaceAmbiguous { ids, .. } if ids.len() == 2), "{error}");
    assert!(!error.is_unclear());
    assert!(bench.requests().iter().all(|line| line.starts_with("GET")));
}

#[tokio::test]
async fn one_is_made_once_whatever_happens_to_the_answer() {
    for loss in losses() {
        let bench = Bench::ready(WORLD, Switches::default()).await;
        bench.fault("POST", "/connectors", loss.clone());
        let mut call = new();
        // Another one of the name in another workspace is not it.
        call["name"] = json!("db");
        bench.emulator.edit(|world| world.remove_connector(K.parse().unwrap()));
        let made = bench.perform(Kind::Connector, create("db", call)).await;
        let made = made.unwrap_or_else(|error| panic!("{loss:?}: {error}"));
        let world = bench.emulator.world();
        let there: Vec<String> = world
            .connectors
            .in_workspace(W.parse().unwrap())
            .map(|connector| connector.id.to_string())
            .collect();
        assert_eq!(there, [made.id.0], "{loss:?}");
        assert!(made.attributes.unwrap().contains_key("replication_config"), "{loss:?}");
    }
}

/// Checks how a create with a check ends, and how often the check was looked at.
async fn check_checked(switches: Switches, looks: usize, expected: Result<(), &str>) {
    let bench = Bench::ready(WORLD, switches).await;
    let mut call = new();
    call["check"] = json!(true);
    let made = bench.perform(Kind::Connector, create("new", call)).await;
    let made = made.map(drop).map_err(|error| {
        assert!(!error.is_unclear());
        error.to_string()
    });
    assert_eq!(made, expected.map_err(str::to_owned));
    let requests = bench.requests();
    assert_eq!(requests.iter().filter(|line| line.contains("/status")).count(), looks);
    let written = requests.contains(&"POST /integrations/connectors 200".to_owned());
    assert_eq!(written, made.is_ok());
}

#[tokio::test]
async fn a_check_comes_before_what_it_checks() {
    let with =
        |check_status, check_polls| Switches { check_status, check_polls, ..Switches::default() };
    let refused = "the check says failed: The source refused the credentials.";
    check_checked(with(CheckStatus::Succeeded, 0), 0, Ok(())).await;
    check_checked(with(CheckStatus::Succeeded, 3), 3, Ok(())).await;
    check_checked(with(CheckStatus::Inconclusive, 1), 1, Ok(())).await;
    check_checked(with(CheckStatus::Skipped, 0), 0, Ok(())).await;
    check_checked(with(CheckStatus::Failed, 0), 0, Err(refused)).await;
    check_checked(with(CheckStatus::Failed, 2), 2, Err(refused)).await;
    check_checked(with(CheckStatus::Cancelled, 0), 0, Err("the check says cancelled")).await;
    // Nobody can know its end.
    let blind = Switches { check_status_route: false, ..with(CheckStatus::Failed, 1) };
    check_checked(blind, 1, Ok(())).await;
}

#[tokio::test]
async fn a_check_that_does_not_end_is_given_up() {
    let switches = Switches { check_polls: 1000, ..Switches::default() };
    let unanswered = "POST /integrations/connectors/check: no answer: the check does not end";
    check_checked(switches, 15, Err(unanswered)).await;
}

#[tokio::test]
async fn a_new_configuration_is_checked_too() {
    let update = |json| ReadyCall::Update {
        id: Id(K.to_owned()),
        name: "db".to_owned(),
        attributes: attributes(json),
    };
    let switches = Switches { check_status: CheckStatus::Failed, ..Switches::default() };
    let bench = Bench::ready(WORLD, switches).await;
    let config = json!({"database": "new", "username": "airbyte"});
    let both = json!({"check": true, "replication_config": config});
    let error = bench.perform(Kind::Connector, update(both)).await.unwrap_err();
    assert!(matches!(&error, Error::CheckFailed { status, .. } if status == "failed"), "{error}");
    assert_eq!(bench.take_requests(), ["POST /integrations/connectors/{id}/check 200"]);
    // A name works whatever the source says.
    let named = json!({"check": true, "name": "DB"});
    bench.perform(Kind::Connector, update(named)).await.unwrap();
    assert_eq!(bench.take_requests(), ["PUT /integrations/connectors/{id} 200"]);
    let unchecked = json!({"check": false, "replication_config": config});
    let changed = bench.perform(Kind::Connector, update(unchecked)).await.unwrap();
    assert_eq!(all_json(&changed.attributes.unwrap())["replication_config"], config);
    assert_eq!(bench.take_requests(), ["PUT /integrations/connectors/{id} 200"]);
}

/// Deletes the one in `acme`, which is found `finds` times after the deletion was accepted.
async fn check_deleted(finds: u64, waits: &[u64], gone: bool) {
    let connector_deletion = DeletionDelay::Requests(finds);
    let bench = Bench::ready(WORLD, Switches { connector_deletion, ..Switches::default() }).await;
    let delete = ReadyCall::Delete { id: Id(K.to_owned()), name: "db".to_owned() };
    let deleted = bench.perform(Kind::Connector, delete.clone()).await;
    bench.clock.check(waits, "");
    match deleted {
        Ok(_) => {
            assert!(gone);
            assert_eq!(read(&bench).await.objects.len(), 1);
            // What is gone already counts as deleted.
            bench.emulator.clear_journal();
            bench.perform(Kind::Connector, delete).await.unwrap();
            let [delete, look] =
                ["DELETE", "GET"].map(|m| format!("{m} /integrations/connectors/{{id}} 404"));
            assert_eq!(bench.requests(), [delete, look]);
        }
        Err(error) => assert!(!gone && error.is_unclear(), "{error}"),
    }
}

#[tokio::test]
async fn one_is_deleted_when_it_is_gone() {
    check_deleted(0, &[], true).await;
    check_deleted(3, &[1, 2, 4], true).await;
    let waits = [1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30, 30, 30, 30];
    check_deleted(1000, &waits, false).await;
}
