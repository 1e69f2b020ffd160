//! Every call, where nothing goes wrong on the way.

use std::collections::BTreeMap;

use api::{Error, Outcome, ReadyCall};
use emulator::{FaultKind, Masking, REGION_EU, Switches};
use model::Kind;
use model::live::Id;
use serde_json::{Value as Json, json};

use crate::bench::{Bench, all_json, attributes, create};

const GITHUB: &str = "ef69ef6e-aa7f-4af1-a01d-ef775033524e";
const S3: &str = "4816b78f-1489-44c1-9060-4b19d5fa9362";

const TEMPLATES: &str = r#"{
    "tags": [{"name": "crm"}, {"name": "pro tier"}],
    "source_templates": [{"name": "GitHub", "definition": "GitHub", "tags": ["pro tier"]}],
    "connection_templates": [{"destination_name": "Lake", "destination": "S3",
        "destination_config": {"s3_bucket_name": "acme"}, "tags": ["pro tier"]}]
}"#;

fn update(id: &Id, name: &str, json: Json) -> ReadyCall {
    ReadyCall::Update { id: id.clone(), name: name.to_owned(), attributes: attributes(json) }
}

fn delete(id: &Id, name: &str) -> ReadyCall {
    ReadyCall::Delete { id: id.clone(), name: name.to_owned() }
}

fn attach(id: &Id, tag: &str) -> ReadyCall {
    ReadyCall::Attach { id: id.clone(), tag: tag.to_owned() }
}

fn detach(id: &Id, tag: &str) -> ReadyCall {
    ReadyCall::Detach { id: id.clone(), tag: tag.to_owned() }
}

/// Performs a call, and says what was sent and what the answer showed.
async fn check(
    bench: &Bench,
    kind: Kind,
    call: ReadyCall,
    sent: &[(&str, Json)],
    shown: Json,
) -> Id {
    bench.emulator.clear_journal();
    let Outcome { id, attributes, updated_at: _ } = bench.perform(kind, call).await.unwrap();
    let requests: Vec<(String, Json)> = bench
        .requests()
        .into_iter()
        .zip(bench.emulator.journal())
        .map(|(line, exchange)| (line, exchange.request.unwrap_or(Json::Null)))
        .collect();
    let sent: Vec<(String, Json)> =
        sent.iter().map(|(line, body)| ((*line).to_owned(), body.clone())).collect();
    assert_eq!(requests, sent);
    assert_eq!(attributes.map_or(Json::Null, |told| all_json(&told)), shown);
    id
}

#[tokio::test]
async fn tags() {
    let bench = Bench::ready("{}", Switches::default()).await;
    let crm = json!({"name": "crm"});
    let post = "POST /integrations/templates/tags 200";
    let id =
        check(&bench, Kind::Tag, create("crm", crm.clone()), &[(post, crm.clone())], crm).await;
    let tier = json!({"name": "pro tier?"});
    let put = "PUT /integrations/templates/tags/crm 200";
    let call = update(&id, "crm", tier.clone());
    let same = check(&bench, Kind::Tag, call, &[(put, tier.clone())], tier).await;
    assert_eq!(id, same);
    let del = "DELETE /integrations/templates/tags/pro%20tier%3F 200";
    check(&bench, Kind::Tag, delete(&id, "pro tier?"), &[(del, Json::Null)], Json::Null).await;
    assert_eq!(bench.emulator.world().tags.len(), 0);
}

#[tokio::test]
async fn source_templates() {
    let switches =
        Switches { masking: Masking::Cleartext, null_clears: true, ..Switches::default() };
    let bench = Bench::ready("{}", switches).await;
    let config =
        json!({"credentials": {"personal_access_token": {"$secret": "hunter2"}}, "n": 1.5});
    let sent_config = json!({"credentials": {"personal_access_token": "hunter2"}, "n": 1.5});
    let mapper = json!({"type": "encryption", "target_field": "email", "public_key": "KEY"});
    let nested = json!({"type": "encryption",
        "mapper_configuration": {"target_field": "email", "public_key": "KEY"}});
    let call = create(
        "Ours",
        json!({"name": "Ours", "definition": GITHUB, "mode": "multi",
            "partial_default_config": config,
            "customization": {"stream_selection_mode": "all", "stream_mappers": {"issues": [mapper]}}}),
    );
    let body = json!({"name": "Ours", "actor_definition_id": GITHUB, "mode": "MULTI",
        "partial_default_config": sent_config,
        "customization": {"stream_selection_mode": "all", "stream_mappers": {"issues": [nested]}}});
    let shown = json!({"name": "Ours", "definition": GITHUB, "mode": "multi", "tags": [],
        "partial_default_config": sent_config,
        "customization": {"stream_selection_mode": "all", "stream_whitelist": null,
            "stream_customizations": null,
            "stream_mappers": {"issues": [{"type": "encryption", "target_field": "email",
                "public_key": "KEY", "algorithm": "RSA", "padding": "RSA-OAEP",
                "oaep_hash": "SHA256", "field_name_suffix": "_encrypted",
                "output_encoding": "base64"}]}}});
    let post = "POST /integrations/templates/sources 200";
    let id = check(&bench, Kind::SourceTemplate, call, &[(post, body)], shown).await;

    // A clone has only the key of a clone.
    let call = create("Lite", json!({"name": "Lite", "clone_of": id.0, "mode": "direct"}));
    let body = json!({"name": "Lite", "original_source_template_id": id.0, "mode": "DIRECT"});
    bench.emulator.clear_journal();
    let lite = bench.perform(Kind::SourceTemplate, call).await.unwrap();
    assert_eq!(bench.emulator.journal()[0].request, Some(body));
    assert_eq!(lite.attributes.unwrap()["definition"], model::Value::text(GITHUB));

    // A template without presets: the service wants the field all the same.
    let call = create("Bare", json!({"name": "Bare", "definition": GITHUB}));
    let body = json!({"name": "Bare", "actor_definition_id": GITHUB, "partial_default_config": {}});
    let shown = json!({"name": "Bare", "definition": GITHUB, "mode": "replication", "tags": [],
        "partial_default_config": {}, "customization": null});
    check(&bench, Kind::SourceTemplate, call, &[(post, body)], shown).await;

    let call = update(
        &id,
        "Ours",
        json!({"name": "New", "propagate": true, "customization": null,
        "mode": "direct", "partial_default_config": {}}),
    );
    let body = json!({"name": "New", "propagate": true, "customization": null, "mode": "DIRECT",
        "partial_default_config": {}});
    let shown = json!({"name": "New", "definition": GITHUB, "mode": "direct", "tags": [],
        "partial_default_config": {}, "customization": null});
    let patch = "PATCH /integrations/templates/sources/{id} 200";
    check(&bench, Kind::SourceTemplate, call, &[(patch, body)], shown).await;

    let del = "DELETE /integrations/templates/sources/{id} 200";
    check(&bench, Kind::SourceTemplate, delete(&id, "New"), &[(del, Json::Null)], Json::Null).await;
}

#[tokio::test]
async fn connection_templates() {
    let bench = Bench::ready("{}", Switches::default()).await;
    let call = create(
        "Lake",
        json!({"hosting": "user", "destination": S3, "destination_name": "Lake",
            "destination_config": {"s3_bucket_name": "acme", "secret_access_key": {"$secret": "x"}},
            "cron_expression": "0 0 12 * * ?", "non_breaking_changes_preference": "disable",
            "sync_on_create": false}),
    );
    let body = json!({"data_hosting_type": "user_hosted", "destination_definition_id": S3,
        "destination_name": "Lake",
        "destination_config": {"s3_bucket_name": "acme", "secret_access_key": "x"},
        "cron_expression": "0 0 12 * * ?", "non_breaking_changes_preference": "disable",
        "sync_on_create": false});
    let shown = json!({"hosting": "user", "destination": S3, "destination_name": "Lake",
        "destination_config": {"s3_bucket_name": "acme", "secret_access_key": "**********"},
        "cron_expression": "0 0 12 * * ?", "non_breaking_changes_preference": "disable",
        "sync_on_create": false, "tags": []});
    let post = "POST /integrations/templates/connections 200";
    let id = check(&bench, Kind::ConnectionTemplate, call, &[(post, body)], shown).await;

    // `null` clears here or does not (dossier 5.4): the answer tells.
    let patch = "PATCH /integrations/templates/connections/{id} 200";
    for (null_clears, left) in [(false, json!("0 0 12 * * ?")), (true, Json::Null)] {
        bench.emulator.set_switches(Switches { null_clears, ..Switches::default() });
        let call = update(&id, "Lake", json!({"cron_expression": null, "destination_name": "Sea"}));
        let body = json!({"cron_expression": null, "destination_name": "Sea"});
        let shown = json!({"hosting": "user", "destination": S3, "destination_name": "Sea",
            "destination_config": {"s3_bucket_name": "acme", "secret_access_key": "**********"},
            "cron_expression": left, "non_breaking_changes_preference": "disable",
            "sync_on_create": false, "tags": []});
        check(&bench, Kind::ConnectionTemplate, call, &[(patch, body)], shown).await;
    }
    let del = "DELETE /integrations/templates/connections/{id} 200";
    let call = delete(&id, "Sea");
    check(&bench, Kind::ConnectionTemplate, call, &[(del, Json::Null)], Json::Null).await;

    let call =
        ReadyCall::Create { name: None, attributes: attributes(json!({"hosting": "airbyte"})) };
    let body = json!({"data_hosting_type": "airbyte_hosted"});
    let shown = json!({"hosting": "airbyte", "destination_name": "Airbyte-managed S3",
        "cron_expression": null, "tags": []});
    check(&bench, Kind::ConnectionTemplate, call, &[(post, body)], shown).await;
}

#[tokio::test]
async fn workspaces() {
    let bench = Bench::ready("{}", Switches { null_clears: true, ..Switches::default() }).await;
    let post = "POST /account/applications/scoped-token 200";
    let call = create("acme", json!({"name": "acme", "region": "eu"}));
    let body = json!({"workspace_name": "acme", "region_id": REGION_EU});
    let id = check(&bench, Kind::Workspace, call, &[(post, body)], Json::Null).await;
    let world = bench.emulator.world();
    let made = world.workspaces.get(id.0.parse().unwrap()).unwrap();
    assert_eq!((made.name.as_str(), made.region), ("acme", REGION_EU));

    let put = "PUT /workspaces/{id} 200";
    let body = json!({"name": "acme-prod", "status": "inactive", "cache_enabled": true});
    let call = update(&id, "acme", body.clone());
    check(&bench, Kind::Workspace, call, &[(put, body.clone())], body).await;
    let body = json!({"cache_enabled": null});
    let shown = json!({"name": "acme-prod", "status": "inactive", "cache_enabled": null});
    let call = update(&id, "acme-prod", body.clone());
    check(&bench, Kind::Workspace, call, &[(put, body)], shown).await;

    let del = "DELETE /workspaces/{id} 200";
    check(&bench, Kind::Workspace, delete(&id, "acme-prod"), &[(del, Json::Null)], Json::Null)
        .await;
}

/// The id comes from the token, or else from asking about the token.
#[tokio::test]
async fn a_minted_workspaces_id_is_found_out_in_any_case() {
    let bench = Bench::ready("{}", Switches::default()).await;
    let body = Some(r#"{"token": "opaque"}"#.to_owned());
    bench.fault("POST", "/scoped-token", FaultKind::Status { code: 200, body, headers: vec![] });
    let id = "0d9c9ae1-6a6b-4c0a-8c6c-5b5a3c1d2e3f";
    let body = Some(json!({"workspace_id": id.to_uppercase()}).to_string());
    bench.fault("GET", "/info", FaultKind::Status { code: 200, body, headers: vec![] });
    let made =
        bench.perform(Kind::Workspace, create("acme", json!({"name": "acme"}))).await.unwrap();
    assert_eq!(made.id.0, id);
    let info = &bench.emulator.journal()[1];
    assert_eq!(info.path, "/api/v1/account/applications/scoped-token/info");
    assert_eq!(info.token, emulator::TokenKind::Unknown, "it goes with the minted token");
}

#[tokio::test]
async fn taggings() {
    let bench = Bench::ready(TEMPLATES, Switches::default()).await;
    let world = bench.emulator.world();
    let source =
        Id(world.source_templates.listed(Some(world.home())).next().unwrap().id.to_string());
    let connection = Id(world.connection_templates.iter().next().unwrap().id.to_string());
    for (kind, section, id) in [
        (Kind::SourceTemplate, "sources", source),
        (Kind::ConnectionTemplate, "connections", connection),
    ] {
        let tags = format!("/integrations/templates/{section}/{{id}}/tags");
        let (post, del) = (format!("POST {tags} 200"), format!("DELETE {tags}/pro%20tier 200"));
        let body = json!({"tag": "crm"});
        check(&bench, kind, attach(&id, "crm"), &[(&post, body.clone())], Json::Null).await;
        check(&bench, kind, detach(&id, "pro tier"), &[(&del, Json::Null)], Json::Null).await;

        // Twice is as good as once, whatever the service says to it.
        let get = format!("GET /integrations/templates/{section}/{{id}} 200");
        for duplicate_status in [400, 409, 422] {
            bench.emulator.set_switches(Switches { duplicate_status, ..Switches::default() });
            let post = format!("POST {tags} {duplicate_status}");
            let sent = [(post.as_str(), body.clone()), (get.as_str(), Json::Null)];
            check(&bench, kind, attach(&id, "crm"), &sent, Json::Null).await;
        }
        let del = format!("DELETE {tags}/pro%20tier 404");
        let sent = [(del.as_str(), Json::Null), (get.as_str(), Json::Null)];
        check(&bench, kind, detach(&id, "pro tier"), &sent, Json::Null).await;

        // What only looks like it is no success.
        let missing = Id("5a4db0c5-0000-4000-8000-00000000dead".to_owned());
        let error = bench.perform(kind, attach(&id, "no such tag")).await.unwrap_err();
        assert_eq!(error.status(), Some(404));
        let error = bench.perform(kind, attach(&missing, "crm")).await.unwrap_err();
        assert_eq!(error.status(), Some(404));
        bench.perform(kind, detach(&missing, "crm")).await.unwrap();
        bench.emulator.set_switches(Switches { tag_routes: false, ..Switches::default() });
        let error = bench.perform(kind, detach(&id, "crm")).await.unwrap_err();
        assert_eq!(error.status(), Some(404), "without a route the tag stays on");
        bench
            .emulator
            .set_switches(Switches { untag_returns_template: true, ..Switches::default() });
        bench.perform(kind, detach(&id, "crm")).await.unwrap();
    }
    let world = bench.emulator.world();
    let left: usize = world.source_templates.iter().map(|t| t.tags.len()).sum::<usize>()
        + world.connection_templates.iter().map(|t| t.tags.len()).sum::<usize>();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn what_is_gone_counts_as_deleted() {
    let bench = Bench::ready("{}", Switches::default()).await;
    let id = Id("5a4db0c5-0000-4000-8000-00000000dead".to_owned());
    // What cannot be read is gone for nobody: see `oauth_credentials`.
    for kind in Kind::ALL.into_iter().filter(|kind| !kind.schema().write_only) {
        let outcome = bench.perform(kind, delete(&id, "gone")).await.unwrap();
        assert_eq!(outcome, Outcome { id: id.clone(), attributes: None, updated_at: None });
        let error = bench.perform(kind, update(&id, "gone", json!({}))).await.unwrap_err();
        assert!(matches!(error.status(), Some(404 | 422)), "{kind:?} {error}");
    }
}

#[tokio::test]
async fn a_tag_that_is_called_otherwise_by_now_is_not_deleted() {
    let bench = Bench::ready(r#"{"tags": [{"name": "crm"}]}"#, Switches::default()).await;
    let id = Id(bench.emulator.world().tags.iter().next().unwrap().id.to_string());
    let error = bench.perform(Kind::Tag, delete(&id, "old name")).await.unwrap_err();
    assert_eq!(error.status(), Some(404));
}

#[tokio::test]
async fn a_tag_that_stands_is_the_one_that_was_to_be_made() {
    for duplicate_status in [400, 409, 422] {
        let switches = Switches { duplicate_status, ..Switches::default() };
        let bench = Bench::ready(r#"{"tags": [{"name": "crm"}]}"#, switches).await;
        let id = bench.emulator.world().tags.iter().next().unwrap().id.to_string();
        let outcome =
            bench.perform(Kind::Tag, create("crm", json!({"name": "crm"}))).await.unwrap();
        assert_eq!(outcome.id, Id(id));
        assert_eq!(bench.emulator.world().tags.len(), 1);
    }
}

#[tokio::test]
async fn workspaces_of_one_name_are_made_one_after_the_other() {
    let switches = Switches { latency_millis: 5, ..Switches::default() };
    let bench = Bench::ready("{}", switches).await;
    let call = || create("acme", json!({"name": "acme"}));
    let (one, other, third) = tokio::join!(
        bench.perform(Kind::Workspace, call()),
        bench.perform(Kind::Workspace, call()),
        bench.perform(Kind::Workspace, create("globex", json!({"name": "globex"}))),
    );
    assert_eq!(one.unwrap().id, other.unwrap().id);
    third.unwrap();
    assert_eq!(bench.emulator.world().workspaces.len(), 3);
}

#[tokio::test]
async fn what_the_service_cannot_do_is_refused_without_a_request() {
    let bench = Bench::ready(TEMPLATES, Switches::default()).await;
    let id = Id("5a4db0c5-0000-4000-8000-00000000dead".to_owned());
    let nameless = |json: Json| ReadyCall::Create { name: None, attributes: attributes(json) };
    for (kind, call, message) in [
        (Kind::Tag, attach(&id, "x"), "tag a tag"),
        (Kind::Workspace, detach(&id, "x"), "tag a workspace"),
        (
            Kind::SourceTemplate,
            create("x", json!({"clone_of": "a", "definition": "b"})),
            "set `definition` when cloning a source template",
        ),
        (
            Kind::ConnectionTemplate,
            nameless(json!({"hosting": "airbyte", "sync_on_create": true})),
            "set `sync_on_create` when making a connection template hosted by Airbyte",
        ),
        (
            Kind::SourceTemplate,
            nameless(json!({"definition": GITHUB})),
            "make a source template without a name",
        ),
        (
            Kind::Workspace,
            create("x", json!({"name": "x", "status": "active"})),
            "set `status` when making a workspace",
        ),
        (
            Kind::SourceTemplate,
            update(&id, "x", json!({"definition": GITHUB})),
            "set `definition` when changing a source template",
        ),
    ] {
        let error = bench.perform(kind, call).await.unwrap_err();
        assert_eq!(error, Error::Unsupported(message.to_owned()));
    }
    for tag in ["", ".", "..", "a/b"] {
        for (kind, call) in [
            (Kind::SourceTemplate, detach(&id, tag)),
            (Kind::Tag, delete(&id, tag)),
            (Kind::Tag, update(&id, tag, json!({"name": "x"}))),
        ] {
            let error = bench.perform(kind, call).await.unwrap_err();
            assert_eq!(error, Error::Unaddressable { text: tag.to_owned() });
        }
    }
    assert_eq!(bench.requests(), [""; 0]);
    assert_eq!(
        BTreeMap::from_iter(bench.emulator.world().tags.iter().map(|t| (&t.name, 1))).len(),
        2
    );
}
