//! Tokens and organizations: dossier 2.

use crate::harness::{Bench, OURS, THEIRS, claims, two_organizations};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use emulator::{REGION_EU, Switches, TokenKind};
use serde_json::{Value, json};

const EXCHANGE: &str = "POST /account/applications/token";
const SCOPED: &str = "POST /account/applications/scoped-token";
const INFO: &str = "GET /account/applications/scoped-token/info";
const WIDGET: &str = "POST /account/applications/widget-token";

fn credentials() -> Value {
    json!({"client_id": "sandbox-client", "client_secret": "sandbox-secret", "grant-type": "x"})
}

async fn exchanged(bench: &Bench) -> String {
    let answer = bench.send(EXCHANGE, credentials()).await;
    answer.body["access_token"].as_str().unwrap().to_owned()
}

async fn scoped(bench: &Bench, name: &str) -> String {
    let answer = bench.send(SCOPED, json!({"workspace_name": name})).await;
    answer.body["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn credentials_are_exchanged_for_a_token_of_900_seconds() {
    let bench = Bench::start(two_organizations(), Switches::default()).await.with_token("");
    let told = json!({"token_type": "bearer", "expires_in": 900, "organization_id": OURS});
    let answer = bench.check(EXCHANGE, credentials(), 200, told.clone()).await;
    bench.check("POST /applications/token", credentials(), 200, told).await;
    let wrong = json!({"client_id": "sandbox-client", "client_secret": "nope"});
    bench.check(EXCHANGE, wrong, 401, json!({"message": "Invalid client_id"})).await;
    bench.check(EXCHANGE, json!({}), 422, json!({"errors": [{}, {}]})).await;
    let bench = bench.with_token(answer["access_token"].as_str().unwrap());
    bench.check("GET /workspaces", Value::Null, 200, json!({})).await;
}

#[tokio::test]
async fn an_operator_token_ends_by_the_worlds_clock() {
    let bench = Bench::new().await;
    let token = exchanged(&bench).await;
    let bench = bench.with_token(&token);
    bench.emulator.edit(|world| world.advance(899));
    bench.check("GET /workspaces", Value::Null, 200, json!({})).await;
    bench.emulator.edit(|world| world.advance(1));
    bench.check("GET /workspaces", Value::Null, 401, json!({"message": "expired"})).await;
    let bench = bench.with_token("sandbox-operator-token");
    bench.check("GET /workspaces", Value::Null, 200, json!({})).await;
    bench.switch(|switches| switches.fixed_token_expired = true);
    bench.check("GET /workspaces", Value::Null, 401, json!({"message": "expired"})).await;
}

#[tokio::test]
async fn an_operator_token_can_end_by_use_or_by_revocation() {
    let switches = Switches { operator_token_requests: Some(2), ..Switches::default() };
    let bench = Bench::with(switches).await;
    let token = exchanged(&bench).await;
    let bench = bench.with_token(&token);
    for status in [200, 200, 401] {
        bench.check("GET /workspaces", Value::Null, status, json!({})).await;
    }
    let token = exchanged(&bench).await;
    let bench = bench.with_token(&token);
    bench.check("GET /workspaces", Value::Null, 200, json!({})).await;
    bench.emulator.revoke_operator_tokens();
    bench.check("GET /workspaces", Value::Null, 401, json!({})).await;
}

#[tokio::test]
async fn a_token_is_needed_and_of_the_right_kind() {
    let bench = Bench::new().await;
    bench.check(INFO, Value::Null, 401, json!({"message": "scoped token"})).await;
    let token = scoped(&bench, "acme").await;
    let bench = bench.with_token(&token);
    let refused = json!({"message": "application token"});
    bench.check("GET /workspaces", Value::Null, 401, refused).await;
    for wrong in ["", "nonsense", &format!("{token}x")] {
        let bench = Bench::new().await.with_token(wrong);
        let answer = bench.send("GET /workspaces", Value::Null).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    let kinds: Vec<TokenKind> =
        bench.emulator.journal().iter().map(|exchange| exchange.token).collect();
    assert_eq!(kinds, [TokenKind::Operator, TokenKind::Operator, TokenKind::Scoped]);
}

#[tokio::test]
async fn minting_finds_by_exact_name_or_creates() {
    let bench = Bench::new().await;
    let first = bench.mint("acme").await;
    assert_eq!(bench.mint("acme").await, first);
    assert_ne!(bench.mint("Acme").await, first);
    assert_eq!(bench.names("GET /workspaces").await, ["Acme", "acme", "default"]);
    let committed: Vec<bool> =
        bench.emulator.journal().iter().map(|exchange| exchange.committed).collect();
    assert_eq!(committed, [true, false, true, false]);
    bench.check(SCOPED, json!({"workspace_name": ""}), 422, json!({})).await;
    bench.check(SCOPED, json!({}), 422, json!({"message": "Field required"})).await;
}

#[tokio::test]
async fn a_region_counts_only_at_creation_and_is_returned_nowhere() {
    let bench = Bench::new().await;
    let body = json!({"workspace_name": "acme", "region_id": REGION_EU});
    bench.check(SCOPED, body, 200, json!({})).await;
    let id = bench.mint("acme").await;
    let shown = bench.check(&format!("GET /workspaces/{id}"), Value::Null, 200, json!({})).await;
    assert!(!shown.to_string().contains("region"));
    let world = bench.emulator.world();
    assert_eq!(world.workspaces.get(id.parse().unwrap()).unwrap().region, REGION_EU);
    let body = json!({"workspace_name": "b", "region_id": OURS});
    bench.check(SCOPED, body, 422, json!({"message": "region"})).await;
    let body = json!({"workspace_name": "b", "region_id": "eu"});
    bench.check(SCOPED, body, 422, json!({"errors": [{"field": "body.region_id"}]})).await;
}

#[tokio::test]
async fn minting_adopts_a_workspace_of_the_cloud() {
    let world = emulator::World::from_json(&format!(
        r#"{{"cloud_workspaces": [{{"name": "legacy", "id": "{THEIRS}"}}]}}"#
    ));
    let bench = Bench::start(world.unwrap(), Switches::default()).await;
    assert_eq!(bench.names("GET /workspaces").await, ["default"]);
    assert_eq!(bench.mint("legacy").await, THEIRS);
    assert_eq!(bench.names("GET /workspaces").await, ["default", "legacy"]);
    assert!(bench.emulator.world().cloud_workspaces.is_empty());
}

#[tokio::test]
async fn an_old_name_makes_a_new_empty_workspace() {
    let bench = Bench::new().await;
    let first = bench.mint("acme").await;
    let renamed = json!({"name": "acme-prod"});
    bench.check(&format!("PUT /workspaces/{first}"), renamed.clone(), 200, renamed).await;
    assert_ne!(bench.mint("acme").await, first);
    assert_eq!(bench.mint("acme-prod").await, first);
}

#[tokio::test]
async fn two_mints_that_overlap_may_make_two_workspaces() {
    for (minting_races, made) in [(false, 1), (true, 2)] {
        let switches = Switches { minting_races, latency_millis: 20, ..Switches::default() };
        let bench = Bench::with(switches).await;
        let (first, second) = tokio::join!(bench.mint("acme"), bench.mint("acme"));
        assert_eq!(first == second, !minting_races);
        assert_eq!(bench.names("GET /workspaces?name_contains=acme").await.len(), made);
        bench.mint("acme").await;
        assert_eq!(bench.names("GET /workspaces?name_contains=acme").await.len(), made);
    }
}

#[tokio::test]
async fn a_scoped_token_has_the_published_claims_and_tells_of_its_workspace() {
    let bench = Bench::new().await;
    let token = scoped(&bench, "acme").await;
    let claims = claims(&token);
    assert_eq!(claims["roles"], json!(["EMBEDDED_END_USER"]));
    assert_eq!(claims["typ"], "io.airbyte.auth.embedded_v1");
    assert!(claims.get("iat").is_none());
    let bench = bench.with_token(&token);
    for alias in [
        INFO,
        "GET /embedded/scoped-token/info",
        "GET /embedded/scoped-token-info",
        "GET /embedded/organizations/current-scoped",
    ] {
        bench.check(alias, Value::Null, 200, json!({"workspace_name": "acme"})).await;
    }
    bench.emulator.edit(|world| world.advance(1200));
    bench.check(INFO, Value::Null, 401, json!({"message": "expired"})).await;
}

#[tokio::test]
async fn a_widget_token_wraps_a_scoped_one_and_an_address() {
    let bench = Bench::new().await;
    let body = json!({"workspace_name": "acme", "allowed_origin": "https://app.acme.com:8443",
        "selected_source_template_tags": ["pro tier"]});
    for alias in [WIDGET, "POST /embedded/widget-token", "POST /embedded/widget_token"] {
        let answer = bench.check(alias, body.clone(), 200, json!({})).await;
        let bytes = STANDARD.decode(answer["token"].as_str().unwrap()).unwrap();
        let inner: Value = serde_json::from_slice(&bytes).unwrap();
        let url = inner["widgetUrl"].as_str().unwrap();
        let id = bench.mint("acme").await;
        assert!(url.contains(&format!("workspaceId={id}")), "{url}");
        assert!(url.contains("allowedOrigin=https%3A%2F%2Fapp%2Eacme%2Ecom%3A8443"), "{url}");
        assert!(url.contains("=pro%20tier"), "{url}");
        assert_eq!(claims(inner["token"].as_str().unwrap())["aud"], "airbyte-server");
    }
    for origin in ["app.acme.com", "https://acme.com/", "https://*.acme.com", "https://"] {
        let body = json!({"workspace_name": "acme", "allowed_origin": origin});
        bench.check(WIDGET, body, 422, json!({"message": "allowed_origin"})).await;
    }
}

#[tokio::test]
async fn another_organization_is_forbidden_and_its_objects_are_unknown() {
    let bench = Bench::start(two_organizations(), Switches::default()).await;
    let world = bench.emulator.world();
    let theirs = world.workspaces.iter().find(|row| row.organization.to_string() == THEIRS);
    let path = format!("GET /workspaces/{}", theirs.unwrap().id);
    bench.check(&path, Value::Null, 404, json!({"message": "not found"})).await;
    let bench = bench.with_organization(THEIRS);
    bench.check("GET /workspaces", Value::Null, 403, json!({"message": "organization"})).await;
    bench.check(EXCHANGE, credentials(), 403, json!({})).await;
    let bench = bench.with_organization("ours");
    bench.check("GET /workspaces", Value::Null, 422, json!({"message": "valid UUID"})).await;
    let bench = bench.with_organization(OURS);
    bench.check("GET /workspaces", Value::Null, 200, json!({"data": [{}, {}]})).await;
}

#[tokio::test]
async fn credentials_of_several_organizations_must_name_one() {
    let switches = Switches { credentials_span_organizations: true, ..Switches::default() };
    let bench = Bench::start(two_organizations(), switches).await;
    let refused = json!({"message": "specify target organization"});
    bench.check("GET /workspaces", Value::Null, 400, refused.clone()).await;
    bench.check(EXCHANGE, credentials(), 400, refused).await;
    let both = json!({"organizations": [{"id": OURS}, {"id": THEIRS}], "is_instance_admin": false});
    bench.check("GET /internal/account/organizations", Value::Null, 200, both).await;
    let bench = bench.with_organization(THEIRS);
    bench
        .check("GET /workspaces?name_contains=acme", Value::Null, 200, json!({"data": [{}]}))
        .await;
    let told = json!({"organization_id": THEIRS});
    bench.check(EXCHANGE, credentials(), 200, told).await;
}

#[tokio::test]
async fn organizations_can_be_listed() {
    let bench = Bench::start(two_organizations(), Switches::default()).await;
    let only = json!({"organizations": [{"id": OURS, "organization_name": "ours"}]});
    bench.check("GET /internal/account/organizations", Value::Null, 200, only).await;
}

#[tokio::test]
async fn only_the_older_token_routes_may_be_there() {
    let switches = Switches { legacy_token_routes_only: true, ..Switches::default() };
    let bench = Bench::with(switches).await;
    let body = json!({"workspace_name": "acme"});
    let answer = bench.check(SCOPED, body.clone(), 404, json!({})).await;
    assert_eq!(answer, json!({"detail": "Not Found"}));
    bench.check(EXCHANGE, credentials(), 404, json!({"detail": "Not Found"})).await;
    bench.check("POST /applications/token", credentials(), 200, json!({})).await;
    bench.check("POST /embedded/scoped-token", body, 200, json!({})).await;
}

#[tokio::test]
async fn the_journal_keeps_no_secret_of_a_token_route() {
    let bench = Bench::new().await;
    exchanged(&bench).await;
    scoped(&bench, "acme").await;
    let journal = serde_json::to_string(&bench.emulator.journal()).unwrap();
    for secret in ["sandbox-secret", "sandbox-operator-token", "eyJ"] {
        assert!(!journal.contains(secret), "{journal}");
    }
    assert!(journal.contains("sandbox-client") && journal.contains("<redacted>"));
}
