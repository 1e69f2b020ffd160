//! OAuth apps: written over, never read, deleted as often as anybody likes.

use api::ReadyCall;
use emulator::{FaultKind, Switches};
use model::Kind;
use model::live::{Id, Wanted};
use serde_json::{Value as Json, json};

use crate::bench::{Bench, attributes, create};
use crate::lost::losses;

const APP: Kind = Kind::OAuthCredential;
const PUT: &str = "PUT /oauth/credentials 200";

fn app(name: &str, secret: &str) -> ReadyCall {
    let configuration = json!({"client_id": "x", "client_secret": {"$secret": secret}});
    create(name, json!({"connector_type": name, "configuration": configuration}))
}

fn delete(name: &str) -> ReadyCall {
    ReadyCall::Delete { id: Id("anything".to_owned()), name: name.to_owned() }
}

/// The configurations that the world holds, by connector.
fn stored(bench: &Bench) -> Vec<(String, Json)> {
    let world = bench.emulator.world();
    let rows = world.oauth_credentials.iter();
    rows.map(|row| (row.connector_name.clone(), json!(row.configuration))).collect()
}

#[tokio::test]
async fn one_is_made_changed_and_deleted() {
    let bench = Bench::ready("{}", Switches::default()).await;
    let made = bench.perform(APP, app("GitHub", "one")).await.unwrap();
    assert_eq!(made.attributes, None);
    let configuration = json!({"client_id": "y"});
    let update = ReadyCall::Update {
        id: made.id.clone(),
        name: "GitHub".to_owned(),
        attributes: attributes(json!({"configuration": configuration})),
    };
    let changed = bench.perform(APP, update).await.unwrap();
    assert_eq!((changed.id, stored(&bench)), (made.id, vec![("GitHub".to_owned(), configuration)]));
    bench.perform(APP, app("HubSpot", "two")).await.unwrap();
    for name in ["GitHub", "GitHub", "HubSpot"] {
        bench.perform(APP, delete(name)).await.unwrap();
    }
    assert_eq!(stored(&bench), []);
    let gone = "DELETE /oauth/credentials/connector_type/GitHub 204";
    let other = "DELETE /oauth/credentials/connector_type/HubSpot 204";
    assert_eq!(bench.requests(), [PUT, PUT, PUT, gone, gone, other]);
}

#[tokio::test]
async fn what_stands_is_what_is_remembered() {
    let bench = Bench::ready("{}", Switches::default()).await;
    let id = Id("00000000-0000-4000-a000-000000000001".to_owned());
    let remembered = [(id.clone(), "GitHub".to_owned())].into();
    let wanted = Wanted { remembered, ..Wanted::default() };
    let live = bench.read_wanted(APP, wanted).await.unwrap();
    assert_eq!((live.total, live.unavailable), (1, false));
    let object = &live.objects[&id];
    assert!(object.ours && object.name == "GitHub" && object.attributes.is_empty());
    assert_eq!(bench.requests(), [""; 0]);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again() {
    for loss in losses() {
        let bench = Bench::ready("{}", Switches::default()).await;
        bench.fault("PUT", "/oauth", loss.clone());
        let context = format!("{loss:?}");
        if let Err(error) = bench.perform(APP, app("GitHub", "s3cret")).await {
            assert!(error.is_unclear(), "{context}: {error}");
            assert!(!error.to_string().contains("s3cret"), "{context}: {error}");
            bench.perform(APP, app("GitHub", "s3cret")).await.unwrap();
        }
        assert_eq!(stored(&bench).len(), 1, "{context}");
        // Whatever is said of a success is as good as nothing: it is one.
        if matches!(loss, FaultKind::Status { code: 200, .. }) {
            continue;
        }
        bench.fault("DELETE", "/oauth", loss);
        if let Err(error) = bench.perform(APP, delete("GitHub")).await {
            assert!(error.is_unclear(), "{context}: {error}");
            bench.perform(APP, delete("GitHub")).await.unwrap();
        }
        assert_eq!(stored(&bench), [], "{context}");
    }
}

#[tokio::test]
async fn what_is_refused_is_said_of_its_place_and_a_missing_connector_is_not_a_missing_app() {
    let bench = Bench::ready("{}", Switches::default()).await;
    let error = bench.perform(APP, app("git_hub", "s3cret")).await.unwrap_err();
    assert_eq!(error.status(), Some(404));
    let error = bench.perform(APP, delete("git_hub")).await.unwrap_err();
    assert_eq!(error.status(), Some(404));
    let unknown = create("GitHub", json!({"connector_type": "GitHub", "secret": "x"}));
    let error = bench.perform(APP, unknown).await.unwrap_err();
    assert_eq!((error.status(), error.is_unclear()), (None, false), "{error}");
}
