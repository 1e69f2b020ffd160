//! Minting tokens to hand on, and a client that only reads.

use api::{Error, ReadyCall, TokenKind, Widget, inspect};
use emulator::{FaultKind, Switches};
use model::Kind;
use model::live::Id;
use model::token::{TagFilter, TagMode};
use serde_json::json;

use crate::bench::{Bench, attributes, operator_token};

const ID: &str = "00000000-0000-4000-a000-000000000001";
const WORLD: &str = r#"{"workspaces": [
    {"name": "acme", "id": "00000000-0000-4000-a000-000000000001"}]}"#;

const READ: &str = "GET /workspaces/{id} 200";
const MINT: &str = "POST /account/applications/scoped-token 200";

fn id() -> Id {
    Id(ID.to_owned())
}

fn widget() -> Widget {
    Widget {
        origin: "https://a.example".to_owned(),
        source_templates: TagFilter {
            tags: vec!["pro".to_owned(), "eu".to_owned()],
            mode: TagMode::All,
        },
        connection_templates: TagFilter { tags: vec![], mode: TagMode::Any },
    }
}

#[tokio::test]
async fn a_scoped_token_is_minted_from_the_name_that_is_live() {
    let bench = Bench::ready(WORLD, Switches::default()).await;
    let renamed = ReadyCall::Update {
        id: id(),
        name: "acme".to_owned(),
        attributes: attributes(json!({"name": "acme-2"})),
    };
    bench.perform(Kind::Workspace, renamed).await.unwrap();
    bench.take_requests();
    let minted = bench.client.mint_scoped(&id()).await.unwrap().unwrap();
    assert_eq!(bench.requests(), [READ, MINT]);
    assert_eq!(minted.workspace_name, "acme-2");
    let facts = inspect(&minted.token).unwrap();
    assert_eq!((facts.kind, facts.workspace), (TokenKind::Scoped, Some(id())));
    assert!(!format!("{minted:?}").contains("eyJ"));
}

#[tokio::test]
async fn a_widget_token_carries_its_filters() {
    let bench = Bench::ready(WORLD, Switches::default()).await;
    let minted = bench.client.mint_widget(&id(), &widget()).await.unwrap().unwrap();
    assert_eq!(bench.requests(), [READ, "POST /account/applications/widget-token 200"]);
    let facts = inspect(&minted.token).unwrap();
    assert_eq!((facts.kind, facts.workspace), (TokenKind::Widget, Some(id())));
    let widget = facts.widget.unwrap();
    assert_eq!(widget.origin.as_deref(), Some("https://a.example"));
    let filters: Vec<String> =
        widget.filters.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(
        filters,
        [
            "selectedSourceTemplateTags=pro",
            "selectedSourceTemplateTags=eu",
            "selectedSourceTemplateTagsMode=all"
        ]
    );
}

#[tokio::test]
async fn nothing_is_minted_for_what_does_not_stand() {
    let bench = Bench::ready(WORLD, Switches::default()).await;
    let gone = Id("00000000-0000-4000-a000-00000000dead".to_owned());
    assert!(bench.client.mint_scoped(&gone).await.unwrap().is_none());
    assert!(bench.client.mint_widget(&gone, &widget()).await.unwrap().is_none());
    assert_eq!(bench.requests(), ["GET /workspaces/{id} 404", "GET /workspaces/{id} 404"]);
}

/// The workspace was renamed between the look and the mint, which then made another one.
#[tokio::test]
async fn a_token_of_another_workspace_is_not_given_out() {
    let bench = Bench::ready(WORLD, Switches::default()).await;
    let organization = bench.client.identify().await.unwrap();
    let shown = json!({"id": ID, "name": "acme-old", "organization_id": organization});
    bench.fault(
        "GET",
        "/workspaces/{workspace_id}",
        FaultKind::Status { code: 200, body: Some(shown.to_string()), headers: vec![] },
    );
    let error = bench.client.mint_scoped(&id()).await.unwrap_err();
    let Error::OtherWorkspace { asked, minted } = &error else { panic!("{error}") };
    assert_eq!(*asked, id());
    assert!(minted.as_ref().is_some_and(|minted| *minted != id()));
    assert!(!error.is_unclear());
}

#[tokio::test]
async fn the_operator_token_is_the_one_in_use() {
    let bench = Bench::with(WORLD, Switches::default(), operator_token(), None).await;
    let token = bench.client.operator_token().await.unwrap();
    assert_eq!(secrecy::ExposeSecret::expose_secret(&token), "sandbox-operator-token");
    let bench = Bench::new(WORLD, Switches::default()).await;
    let facts = inspect(&bench.client.operator_token().await.unwrap()).unwrap();
    assert_eq!((facts.kind, facts.workspace), (TokenKind::Operator, None));
}

#[tokio::test]
async fn a_client_that_only_reads_sends_no_write() {
    // The exchange of credentials is no write, and is let through.
    let bench = Bench::new(WORLD, Switches::default()).await;
    let client = bench.client.read_only();
    let minted = client.mint_scoped(&id()).await;
    let request = "POST /account/applications/scoped-token".to_owned();
    assert_eq!(minted.unwrap_err(), Error::ReadOnly { request });
    let step =
        api::ReadyStep { kind: Kind::Tag, call: crate::bench::create("t", json!({"name": "t"})) };
    assert!(matches!(client.perform(&step).await, Err(Error::ReadOnly { .. })));
    assert_eq!(
        bench.requests(),
        ["POST /account/applications/token 200", "GET /workspaces/{id} 200"]
    );
}
