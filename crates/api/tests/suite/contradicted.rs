//! A 404 that is not true: a gateway's, or the moment's. Nothing that stands is taken for gone.

use std::collections::BTreeSet;

use api::{Error, ReadyCall};
use emulator::{Fault, FaultKind, Switches};
use model::Kind;
use model::live::{Id, Scope, Wanted};

use crate::bench::Bench;

const WORLD: &str = r#"{
    "tags": [{"name": "crm", "id": "00000000-0000-4000-a000-000000000001"}],
    "source_templates": [{"name": "Postgres", "definition": "Postgres",
        "id": "00000000-0000-4000-a000-000000000002"}],
    "connection_templates": [{"destination_name": "Lake", "destination": "S3",
        "id": "00000000-0000-4000-a000-000000000003"}],
    "workspaces": [{"name": "acme", "id": "00000000-0000-4000-a000-000000000004"}],
    "connectors": [{"workspace": "acme", "source_template": "Postgres", "name": "db",
        "id": "00000000-0000-4000-a000-000000000005"}]
}"#;

/// What nothing else hangs on comes first.
const OBJECTS: [(Kind, &str, u8, &str); 5] = [
    (Kind::Connector, "db", 5, "/connectors"),
    (Kind::Workspace, "acme", 4, "/workspaces"),
    (Kind::ConnectionTemplate, "Lake", 3, "/templates/connections"),
    (Kind::SourceTemplate, "Postgres", 2, "/templates/sources"),
    (Kind::Tag, "crm", 1, "/templates/tags"),
];

fn id(last: u8) -> Id {
    Id(format!("00000000-0000-4000-a000-{last:012}"))
}

fn gone() -> FaultKind {
    FaultKind::Status { code: 404, body: None, headers: vec![] }
}

/// Everything in full, or an error.
async fn read(bench: &Bench) -> Result<BTreeSet<Id>, Error> {
    let kinds = OBJECTS.map(|(kind, name, last, _)| {
        let names: BTreeSet<String> = [name.to_owned()].into();
        let ids: BTreeSet<Id> = [id(last)].into();
        let (detailed_names, detailed_ids) = (names.clone(), ids.clone());
        (kind, Wanted { ids, names, detailed_names, detailed_ids, ..Wanted::default() })
    });
    let live = bench.refresh(Scope { kinds: kinds.into(), ..Scope::default() }).await?;
    Ok(live.kinds.into_values().flat_map(|kind| kind.objects.into_keys()).collect())
}

#[tokio::test]
async fn what_stands_is_not_deleted_by_a_404() {
    let bench = Bench::ready(WORLD, Switches::default()).await;
    for (kind, name, last, route) in OBJECTS {
        let delete = ReadyCall::Delete { id: id(last), name: name.to_owned() };
        bench.fault("DELETE", route, gone());
        let error = bench.perform(kind, delete.clone()).await.unwrap_err();
        let told = matches!(&error, Error::Contradicted { id, .. } if *id == self::id(last));
        assert!(told || kind == Kind::Tag && error.status() == Some(404), "{kind:?} {error}");
        assert!(!error.is_unclear() && !error.ends_it_all(), "{kind:?}");
        assert!(read(&bench).await.unwrap().contains(&id(last)), "{kind:?}");
        bench.perform(kind, delete).await.unwrap();
        assert!(!read(&bench).await.unwrap().contains(&id(last)), "{kind:?}");
    }
}

/// With and without the organization's own list of connectors; the `nth` request to `route` is answered
/// by a 404.
async fn check_read(organization_routes: bool, route: &str, nth: u64) {
    let switches = Switches { organization_routes, ..Switches::default() };
    let bench = Bench::ready(WORLD, switches).await;
    let whole = read(&bench).await.unwrap();
    assert!(OBJECTS.iter().all(|(_, _, last, _)| whole.contains(&id(*last))), "{whole:?}");
    bench.emulator.inject(Fault { nth, ..Fault::next("GET", route, gone()) });
    let error = read(&bench).await.unwrap_err();
    let told =
        matches!(error, Error::Contradicted { .. }) && error.to_string().contains("404, and yet");
    assert!(told, "{route}: {error}");
    assert_eq!(read(&bench).await.unwrap(), whole);
}

#[tokio::test]
async fn what_is_listed_is_not_gone_by_a_404() {
    for (organization_routes, route, nth) in [
        (true, "/sources/0", 0),
        (true, "/connectors/0", 0),
        (false, "/sources/0", 0),
        // The list of a workspace that stands, and then one of that list.
        (false, "/connectors", 0),
        (false, "/connectors", 1),
    ] {
        check_read(organization_routes, route, nth).await;
    }
}
