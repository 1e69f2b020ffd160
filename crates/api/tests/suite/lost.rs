//! Answers that are lost: nothing is made twice, and nothing that was made goes unnoticed.

use api::{Error, Outcome, ReadyCall};
use emulator::{Fault, FaultKind, Switches, World};
use model::Kind;
use model::live::Id;
use serde_json::{Value as Json, json};

use crate::bench::{Bench, attributes, create};

const GITHUB: &str = "ef69ef6e-aa7f-4af1-a01d-ef775033524e";
const HUBSPOT: &str = "36c891d9-4bd9-43ac-bad2-10e12756272c";
const S3: &str = "4816b78f-1489-44c1-9060-4b19d5fa9362";

/// Every way in which a request can be carried out, or not, without a word of it.
pub(crate) fn losses() -> Vec<FaultKind> {
    let status = |code| FaultKind::Status { code, body: None, headers: vec![] };
    vec![
        FaultKind::ResetAfterCommit,
        FaultKind::ResetBefore,
        FaultKind::TruncatedBody,
        FaultKind::NonJson,
        FaultKind::StatusAfterCommit { code: 500 },
        FaultKind::StatusAfterCommit { code: 502 },
        FaultKind::StatusAfterCommit { code: 503 },
        FaultKind::StatusAfterCommit { code: 504 },
        status(500),
        status(502),
        status(503),
        status(504),
        FaultKind::Status { code: 200, body: Some("{}".to_owned()), headers: vec![] },
    ]
}

fn creates() -> Vec<(Kind, &'static str, ReadyCall)> {
    let hosted = attributes(json!({"hosting": "airbyte"}));
    vec![
        (Kind::Tag, "/tags", create("ours", json!({"name": "ours"}))),
        (
            Kind::SourceTemplate,
            "/sources",
            create(
                "ours",
                json!({"name": "ours", "definition": GITHUB,
                "partial_default_config": {"start_date": "2025-01-01T00:00:00Z"}}),
            ),
        ),
        (
            Kind::ConnectionTemplate,
            "/connections",
            create(
                "ours",
                json!({"hosting": "user", "destination": S3, "destination_name": "ours",
                "destination_config": {}}),
            ),
        ),
        (
            Kind::ConnectionTemplate,
            "/connections",
            ReadyCall::Create { name: None, attributes: hosted },
        ),
        (Kind::Workspace, "/scoped-token", create("ours", json!({"name": "ours"}))),
    ]
}

/// Objects of others, and of ours under other names, that must not be taken for what was made.
const BYSTANDERS: &str = r#"{
    "organizations": [{"name": "Ours"}, {"name": "Theirs"}],
    "tags": [{"name": "other"}, {"name": "ours", "organization": "Theirs"}],
    "source_templates": [{"name": "other", "definition": "GitHub"},
        {"name": "ours", "definition": "GitHub", "organization": "Theirs"}],
    "connection_templates": [{"destination_name": "other", "destination": "S3"}],
    "workspaces": [{"name": "ours-too"}, {"name": "OURS"},
        {"name": "ours", "organization": "Theirs"}]
}"#;

fn ids(world: &World, kind: Kind) -> Vec<Id> {
    let ids: Vec<_> = match kind {
        Kind::Tag => world.tags.iter().map(|row| row.id).collect(),
        Kind::SourceTemplate => world.source_templates.iter().map(|row| row.id).collect(),
        Kind::ConnectionTemplate => world.connection_templates.iter().map(|row| row.id).collect(),
        Kind::OAuthCredential => world.oauth_credentials.iter().map(|row| row.id).collect(),
        Kind::Workspace => world.workspaces.iter().map(|row| row.id).collect(),
        Kind::Connector => world.connectors.iter().map(|row| row.id).collect(),
    };
    ids.into_iter().map(|id| Id(id.to_string())).collect()
}

/// The ids that are there after and were not before.
fn new_ids(before: &World, after: &World, kind: Kind) -> Vec<Id> {
    let before = ids(before, kind);
    ids(after, kind).into_iter().filter(|id| !before.contains(id)).collect()
}

#[tokio::test]
async fn a_create_is_made_once_whatever_happens_to_its_answer() {
    for (kind, route, call) in creates() {
        for loss in losses() {
            for unique_template_names in [false, true] {
                let switches = Switches { unique_template_names, ..Switches::default() };
                let bench = Bench::ready(BYSTANDERS, switches).await;
                let before = bench.emulator.world();
                bench.fault("POST", route, loss.clone());
                let made = bench.perform(kind, call.clone()).await;
                let context = format!("{kind:?} {loss:?}: {:#?}", bench.requests());
                let new = new_ids(&before, &bench.emulator.world(), kind);
                let id = made.unwrap_or_else(|error| panic!("{error} {context}")).id;
                assert_eq!(new, [id], "{context}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_found_tells_as_much_as_the_answer_would_have() {
    for (kind, route, call) in creates() {
        let told = |made: Outcome| made.attributes.map(|told| told.into_keys().collect::<Vec<_>>());
        let bench = Bench::ready("{}", Switches::default()).await;
        let answered = bench.perform(kind, call.clone()).await.unwrap();
        let bench = Bench::ready("{}", Switches::default()).await;
        bench.fault("POST", route, FaultKind::ResetAfterCommit);
        let found = bench.perform(kind, call).await.unwrap();
        assert_eq!(told(answered), told(found), "{kind:?}");
    }
}

/// Somebody writes to it before it is found: that is no way of the service to show what it was sent.
#[tokio::test]
async fn what_somebody_wrote_meanwhile_is_not_taken_for_the_answer() {
    let bench = Bench::ready(r#"{"tags": [{"name": "by hand"}]}"#, Switches::default()).await;
    let config = json!({"s3_bucket_name": "acme"});
    let call = json!({"destination_name": "ours", "destination": S3, "destination_config": config});
    bench.fault("POST", "/connections", FaultKind::ResetAfterCommit);
    // It is looked for no sooner than somebody has written.
    bench.fault("GET", "/connections", FaultKind::Delay { millis: 500 });
    let made = bench.perform(Kind::ConnectionTemplate, create("ours", call));
    let by_hand = async {
        while bench.emulator.world().connection_templates.iter().next().is_none() {
            tokio::task::yield_now().await;
        }
        bench.emulator.edit(|world| {
            let text = world.to_json().replace("acme", "by hand");
            *world = World::from_json(&text).unwrap();
        });
    };
    let (made, ()) = tokio::join!(made, by_hand);
    let told = crate::bench::all_json(&made.unwrap().attributes.unwrap());
    assert_eq!(told["destination_config"]["s3_bucket_name"], "acme");
    assert!(bench.emulator.world().to_json().contains("acme"));
}

#[tokio::test]
async fn a_create_that_is_lost_again_and_again_is_given_up_and_unclear() {
    for (kind, route, call) in creates() {
        let bench = Bench::ready(BYSTANDERS, Switches::default()).await;
        let before = bench.emulator.world();
        bench
            .emulator
            .inject(Fault { times: 99, ..Fault::next("POST", route, FaultKind::ResetBefore) });
        let error = bench.perform(kind, call).await.unwrap_err();
        assert!(error.is_unclear(), "{error}");
        assert_eq!(new_ids(&before, &bench.emulator.world(), kind), []);
        let posts = bench.requests().iter().filter(|line| line.starts_with("POST")).count();
        assert_eq!(posts, 2, "{kind:?}");
    }
}

/// The answer is lost, and when it is looked for, the service does not answer either.
#[tokio::test]
async fn where_looking_fails_too_the_loss_is_what_there_is_to_say() {
    for (kind, route, call) in creates() {
        let bench = Bench::ready("{}", Switches::default()).await;
        bench.fault("POST", route, FaultKind::ResetAfterCommit);
        bench
            .emulator
            .inject(Fault { times: 99, ..Fault::next("GET", "", FaultKind::ResetBefore) });
        let error = bench.perform(kind, call).await.unwrap_err();
        assert!(error.is_unclear() && error.to_string().starts_with("POST"), "{error}");
        let posts = bench.requests().iter().filter(|line| line.starts_with("POST")).count();
        assert_eq!(posts, 1, "nothing is made without having looked");
    }
}

/// A gateway gives up on a create, and the service is done with it only while the second one is
/// under way.
#[tokio::test]
async fn two_that_one_create_may_have_made_are_both_named() {
    for (kind, route, call) in creates() {
        let bench = Bench::ready("{}", Switches::default()).await;
        let before = bench.emulator.world();
        bench.fault("POST", route, FaultKind::StatusAfterCommit { code: 504 });
        bench
            .emulator
            .inject(Fault { nth: 1, ..Fault::next("POST", route, FaultKind::ResetAfterCommit) });
        // Both lists before the second create are of the time before the first.
        let empty = json!({"data": [], "next": null}).to_string();
        let stale = FaultKind::Status { code: 200, body: Some(empty), headers: vec![] };
        bench.emulator.inject(Fault { times: 2, ..Fault::next("GET", "", stale) });
        let made = bench.perform(kind, call).await;
        let new = new_ids(&before, &bench.emulator.world(), kind);
        match made {
            // A mint gets what stands, and so does a tag's create: neither can make two but in a
            // race.
            Ok(outcome) => {
                assert!(matches!(kind, Kind::Tag | Kind::Workspace));
                assert_eq!(new, [outcome.id]);
            }
            Err(Error::Several { kind: of, ids, .. }) => {
                assert_eq!((of, ids.len()), (kind, 2));
                assert!(new.iter().all(|id| ids.contains(id)));
            }
            Err(other) => panic!("{kind:?}: {other}"),
        }
    }
}

#[tokio::test]
async fn a_second_create_that_is_answered_does_not_hide_a_first() {
    let (kind, route, call) = creates().remove(1);
    let bench = Bench::ready("{}", Switches::default()).await;
    bench.fault("POST", route, FaultKind::StatusAfterCommit { code: 504 });
    let empty = FaultKind::Status { code: 200, body: Some("[]".to_owned()), headers: vec![] };
    bench.emulator.inject(Fault { times: 2, ..Fault::next("GET", "", empty) });
    let error = bench.perform(kind, call).await.unwrap_err();
    assert!(matches!(&error, Error::Several { ids, .. } if ids.len() == 2), "{error}");
    assert!(error.is_unclear());
}

/// One of the same name but another definition cannot be what was made.
#[tokio::test]
async fn what_cannot_be_it_is_not_taken_for_it() {
    let (kind, route, call) = creates().remove(1);
    let bench = Bench::ready("{}", Switches::default()).await;
    let stranger = bench.emulator.edit(|world| {
        let home = world.home();
        world.create_source_template(Some(home), "ours", HUBSPOT.parse().unwrap())
    });
    bench.fault("POST", route, FaultKind::ResetAfterCommit);
    let made = bench.perform(kind, call).await.unwrap();
    assert_ne!(made.id, Id(stranger.to_string()));
}

/// An update or delete whose answer is lost is sent again and ends as if it had not been.
#[tokio::test]
async fn changes_are_repeated_until_they_are_answered() {
    let world = r#"{
        "tags": [{"name": "crm"}],
        "source_templates": [{"name": "GitHub", "definition": "GitHub"}],
        "connection_templates": [{"destination_name": "Lake", "destination": "S3"}],
        "workspaces": [{"name": "acme"}]
    }"#;
    for (kind, name, attribute) in [
        (Kind::Tag, "crm", "name"),
        (Kind::SourceTemplate, "GitHub", "name"),
        (Kind::ConnectionTemplate, "Lake", "destination_name"),
        (Kind::Workspace, "acme", "name"),
    ] {
        for loss in losses().into_iter().filter(|loss| !is_final(loss)) {
            let bench = Bench::ready(world, Switches::default()).await;
            let live = bench.read(kind).await;
            let id = crate::bench::named(&live, name).0.clone();
            for method in ["PUT", "PATCH"] {
                bench.fault(method, "", loss.clone());
            }
            let update = ReadyCall::Update {
                id: id.clone(),
                name: name.to_owned(),
                attributes: attributes(json!({attribute: "new name"})),
            };
            let outcome = bench.perform(kind, update).await.unwrap();
            assert_eq!(outcome.id, id);
            assert_eq!(outcome.attributes.unwrap()[attribute], model::Value::text("new name"));

            bench.emulator.clear_faults();
            bench.fault("DELETE", "", loss.clone());
            let delete = ReadyCall::Delete { id: id.clone(), name: "new name".to_owned() };
            bench.perform(kind, delete).await.unwrap();
            assert!(!bench.read(kind).await.objects.contains_key(&id), "{kind:?} {loss:?}");
        }
    }
}

/// What is believed at once: 500 is no bad moment, and a 200 is an answer.
fn is_final(loss: &FaultKind) -> bool {
    matches!(
        loss,
        FaultKind::StatusAfterCommit { code: 500 } | FaultKind::Status { code: 200 | 500, .. }
    )
}

#[tokio::test]
async fn taggings_are_repeated_until_they_are_answered() {
    let world = r#"{"tags": [{"name": "crm"}],
        "connection_templates": [{"destination_name": "Lake", "destination": "S3"}]}"#;
    for loss in losses().into_iter().filter(|loss| !is_final(loss)) {
        let bench = Bench::ready(world, Switches::default()).await;
        let id = ids(&bench.emulator.world(), Kind::ConnectionTemplate).remove(0);
        let tags = || bench.emulator.world().connection_templates.iter().next().unwrap().tags.len();
        let tag = "crm".to_owned();
        bench.fault("POST", "/tags", loss.clone());
        let attach = ReadyCall::Attach { id: id.clone(), tag: tag.clone() };
        bench.perform(Kind::ConnectionTemplate, attach).await.unwrap();
        assert_eq!(tags(), 1, "{loss:?}");
        bench.fault("DELETE", "/tags", loss.clone());
        bench.perform(Kind::ConnectionTemplate, ReadyCall::Detach { id, tag }).await.unwrap();
        assert_eq!(tags(), 0, "{loss:?}");
    }
}

#[tokio::test]
async fn a_workspace_delete_that_outlasts_the_gateway_is_found_done() {
    for tombstones_readable in [false, true] {
        let status = if tombstones_readable { 200 } else { 404 };
        let look = format!("GET /workspaces/{{id}} {status}");
        let gone = ["DELETE /workspaces/{id} 504", "DELETE /workspaces/{id} 404", &look];
        let switches = Switches {
            workspace_deletes_time_out: true,
            tombstones_readable,
            ..Switches::default()
        };
        let bench = Bench::ready(r#"{"workspaces": [{"name": "acme"}]}"#, switches).await;
        let id = acme(&bench).await;
        let delete = ReadyCall::Delete { id: id.clone(), name: "acme".to_owned() };
        bench.perform(Kind::Workspace, delete.clone()).await.unwrap();
        assert_eq!(bench.take_requests(), gone);

        // Both deletes end in 504; the workspace itself tells.
        let kind = FaultKind::Status { code: 504, body: None, headers: vec![] };
        bench.emulator.inject(Fault { times: 2, ..Fault::next("DELETE", "", kind) });
        bench.perform(Kind::Workspace, delete).await.unwrap();
        let requests = bench.take_requests();
        assert_eq!(requests.len(), 3);
        assert_eq!(requests[2], look);
    }
    // It stands after all.
    let bench = Bench::ready(r#"{"workspaces": [{"name": "acme"}]}"#, Switches::default()).await;
    let id = acme(&bench).await;
    let kind = FaultKind::Status { code: 504, body: None, headers: vec![] };
    bench.emulator.inject(Fault { times: 2, ..Fault::next("DELETE", "", kind) });
    let delete = ReadyCall::Delete { id, name: "acme".to_owned() };
    let error = bench.perform(Kind::Workspace, delete).await.unwrap_err();
    assert_eq!((error.status(), error.is_unclear()), (Some(504), true));
}

async fn acme(bench: &Bench) -> Id {
    let live = bench.read(Kind::Workspace).await;
    bench.emulator.clear_journal();
    crate::bench::named(&live, "acme").0.clone()
}

#[test]
fn the_test_data_covers_every_kind() {
    let mut kinds: std::collections::BTreeSet<Kind> =
        creates().iter().map(|(kind, ..)| *kind).collect();
    // They need a workspace to be made in: see `connectors`.
    kinds.insert(Kind::Connector);
    // They are written over: see `oauth_credentials`.
    kinds.insert(Kind::OAuthCredential);
    assert_eq!(kinds, Kind::ALL.into());
    assert!(serde_json::from_str::<Json>(BYSTANDERS).is_ok());
}
