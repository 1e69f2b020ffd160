//! Every route of the emulator, asked once and held to the description. Scenarios ask only what our
//! client asks.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;

use acceptance::contract::Contract;
use emulator::{Config, Emulator, ErrorShape, Exchange, Masking, Switches, World};
use serde_json::{Value, json};

const OPERATOR: &str = "sandbox-operator-token";

const WORLD: &str = r#"{
    "workspaces": [{"name": "acme", "id": "00000000-0000-4000-a000-000000000001"}],
    "tags": [{"name": "crm"}, {"name": "pro tier"}],
    "source_templates": [{"definition": "Postgres", "tags": ["crm"],
        "id": "00000000-0000-4000-a000-000000000002",
        "partial_default_config": {"host": "db", "port": 5432, "password": "hunter2"},
        "customization": {"stream_mappers": {"users": [{"type": "hashing",
            "mapper_configuration": {"target_field": "email", "method": "MD5"}}]}}}],
    "connection_templates": [{"destination": "S3", "tags": ["crm"],
            "id": "00000000-0000-4000-a000-000000000003",
            "destination_config": {"secret_access_key": "hunter2"}},
        {"cron_expression": "0 0 12 * * ?"}],
    "connectors": [{"workspace": "acme", "source_template": "Postgres", "name": "db",
        "id": "00000000-0000-4000-a000-000000000004",
        "replication_config": {"database": "acme", "username": "airbyte"},
        "entities": [{"entity": "users", "modes": ["read"]}]}]
}"#;

/// What is asked, in an order in which each succeeds. `{w}`, `{s}`, `{c}` and `{k}` are the world's
/// workspace, source template, connection template and connector, `{o}` its organization, `{check}`
/// the check that was begun last and `{d}` the destination that was listed last.
fn requests() -> Vec<(&'static str, Value)> {
    let github = "ef69ef6e-aa7f-4af1-a01d-ef775033524e";
    let s3 = "4816b78f-1489-44c1-9060-4b19d5fa9362";
    let credentials = json!({"client_id": "sandbox-client", "client_secret": "sandbox-secret"});
    let mint = json!({"workspace_name": "globex", "region_id": null});
    let widget = json!({"workspace_name": "acme", "allowed_origin": "https://acme.example",
        "selected_source_template_tags": ["crm"]});
    let connector = json!({"workspace_name": "acme", "source_template_id": "{s}", "name": "new",
        "replication_config": {"database": "acme", "username": "airbyte"},
        "entities": [{"entity": "users", "modes": ["read"]}],
        "selected_connection_template_tags": ["crm"]});
    vec![
        ("POST /account/applications/token", credentials.clone()),
        ("POST /applications/token", credentials),
        ("POST /account/applications/scoped-token", mint.clone()),
        ("POST /embedded/scoped-token", mint),
        ("GET /account/applications/scoped-token/info", Value::Null),
        ("GET /embedded/scoped-token/info", Value::Null),
        ("GET /embedded/scoped-token-info", Value::Null),
        ("GET /embedded/organizations/current-scoped", Value::Null),
        ("POST /account/applications/widget-token", widget.clone()),
        ("POST /embedded/widget-token", widget.clone()),
        ("POST /embedded/widget_token", widget),
        ("GET /internal/account/organizations", Value::Null),
        ("GET /workspaces?limit=1&status=active&name_contains=A", Value::Null),
        ("GET /workspaces/stats", Value::Null),
        ("GET /workspaces/{w}", Value::Null),
        ("PUT /workspaces/{w}", json!({"status": "inactive", "cache_enabled": null})),
        ("GET /integrations/templates/tags", Value::Null),
        ("POST /integrations/templates/tags", json!({"name": "new"})),
        ("PUT /integrations/templates/tags/new", json!({"name": "newer"})),
        ("DELETE /integrations/templates/tags/newer", Value::Null),
        ("GET /integrations/connectors?workspace_id={w}", Value::Null),
        ("GET /integrations/connectors/{k}", Value::Null),
        ("GET /organizations/{o}/credentials?limit=200&sort_field=created_at", Value::Null),
        ("POST /integrations/connectors/check", connector.clone()),
        ("GET /integrations/connectors/check/{check}/status", Value::Null),
        ("POST /integrations/connectors", connector),
        ("POST /integrations/connectors/{k}/check", json!({"entities": []})),
        ("PUT /integrations/connectors/{k}", json!({"name": "DB", "entities": []})),
        (
            "POST /integrations/connectors/{k}/execute",
            json!({"entity": "users", "action": "list", "params": {"limit": 1}}),
        ),
        ("GET /integrations/destinations?workspace_id={w}&limit=1", Value::Null),
        ("GET /integrations/destinations/{d}", Value::Null),
        ("GET /internal/connections?workspace_id={w}", Value::Null),
        ("GET /integrations/connectors/{github}/entities", Value::Null),
        (
            "POST /integrations/connectors/oauth/initiate",
            json!({"workspace_name": "acme", "redirect_url": "https://acme.example/back",
                "source_template_id": "{s}"}),
        ),
        ("DELETE /integrations/connectors/{k}", Value::Null),
        ("POST /integrations/templates/sources/{s}/tags", json!({"tag": "pro tier"})),
        ("DELETE /integrations/templates/sources/{s}/tags/pro%20tier", Value::Null),
        ("POST /integrations/templates/connections/{c}/tags", json!({"tag": "pro tier"})),
        ("DELETE /integrations/templates/connections/{c}/tags/pro%20tier", Value::Null),
        (
            "POST /integrations/templates/sources",
            json!({"actor_definition_id": github, "partial_default_config": {}, "mode": "MULTI"}),
        ),
        (
            "POST /integrations/templates/sources",
            json!({"original_source_template_id": "{s}", "name": "clone"}),
        ),
        ("GET /integrations/templates/sources?use_global=true&tags=crm&tags_mode=any", Value::Null),
        ("GET /integrations/templates/sources/global", Value::Null),
        ("GET /integrations/templates/sources/{s}", Value::Null),
        ("GET /integrations/templates/sources/{s}/workspace/{w}", Value::Null),
        ("PATCH /integrations/templates/sources/{s}", json!({"name": "DB", "propagate": true})),
        ("DELETE /integrations/templates/sources/{s}", Value::Null),
        (
            "POST /integrations/templates/connections",
            json!({"destination_name": "lake", "destination_definition_id": s3,
                "destination_config": {"secret_access_key": "hunter2"}}),
        ),
        (
            "POST /integrations/templates/connections",
            json!({"data_hosting_type": "airbyte_hosted", "cron_expression": null}),
        ),
        ("GET /integrations/templates/connections?tags=crm&tags=x&tags_mode=all", Value::Null),
        (
            "POST /integrations/templates/connections/cron/describe",
            json!({"cron_expression": "0 0 12 * * ?"}),
        ),
        ("GET /integrations/templates/connections/{c}", Value::Null),
        ("PATCH /integrations/templates/connections/{c}", json!({"sync_on_create": false})),
        ("DELETE /integrations/templates/connections/{c}", Value::Null),
        (
            "PUT /oauth/credentials",
            json!({"connector_type": "GitHub", "configuration": {"client_id": "x"}}),
        ),
        ("PUT /oauth/credentials", json!({"connector_definition_id": s3, "configuration": {}})),
        ("DELETE /oauth/credentials/connector_type/GitHub", Value::Null),
        ("DELETE /workspaces/{w}", Value::Null),
        ("GET /integrations/definitions/sources?name=hub", Value::Null),
        ("GET /integrations/definitions/sources/{github}", Value::Null),
        ("GET /integrations/definitions/destinations?actorDefinitionIds={s3}", Value::Null),
        ("GET /integrations/definitions/destinations/{s3}", Value::Null),
    ]
}

/// Sends `ask` with a body unless it is `null`; gives status and body.
fn send(emulator: &Emulator, token: &str, ask: &str, body: &Value) -> (u16, Value) {
    let root = emulator.url();
    let (host, root) = root.trim_start_matches("http://").split_once('/').unwrap();
    let (method, path) = ask.split_once(' ').unwrap();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "{method} /{root}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

fn fill(text: &str) -> String {
    [
        ("{w}", "00000000-0000-4000-a000-000000000001"),
        ("{s}", "00000000-0000-4000-a000-000000000002"),
        ("{c}", "00000000-0000-4000-a000-000000000003"),
        ("{k}", "00000000-0000-4000-a000-000000000004"),
        ("{o}", "5a4db0c5-0000-4000-8000-000000000001"),
        ("{github}", "ef69ef6e-aa7f-4af1-a01d-ef775033524e"),
        ("{s3}", "4816b78f-1489-44c1-9060-4b19d5fa9362"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn start(switches: Switches) -> Emulator {
    let world = World::from_json(WORLD).unwrap();
    Emulator::start_blocking(Config { world, switches, ..Config::default() }).unwrap()
}

fn check(switches: Switches) -> Vec<Exchange> {
    let emulator = start(switches.clone());
    let mut scoped = String::new();
    let (mut checked, mut destination) = (String::new(), String::new());
    for (ask, body) in requests() {
        let body: Value = serde_json::from_str(&fill(&body.to_string())).unwrap();
        let path = fill(ask).replace("{check}", &checked).replace("{d}", &destination);
        let is_scoped = ask.starts_with("GET /account") || ask.starts_with("GET /embedded");
        let token = if is_scoped { &scoped } else { OPERATOR };
        let (status, answer) = send(&emulator, token, &path, &body);
        assert!(matches!(status, 200 | 202 | 204), "{ask}: {status} {answer} under {switches:?}");
        if ask.ends_with("/connectors/check") {
            answer["id"].as_str().unwrap().clone_into(&mut checked);
        }
        if ask.starts_with("GET /integrations/destinations?") {
            answer["data"][0]["id"].as_str().unwrap().clone_into(&mut destination);
        }
        if ask.ends_with("/scoped-token") {
            answer["token"].as_str().unwrap().clone_into(&mut scoped);
        }
    }
    let contract = Contract::ours().unwrap();
    let journal = emulator.journal();
    let problems: Vec<String> = journal.iter().flat_map(|one| contract.check(one)).collect();
    assert!(problems.is_empty(), "{problems:#?} under {switches:?}");
    journal
}

#[test]
fn every_route_answers_as_described() {
    let journal = check(Switches::default());
    let contract = Contract::ours().unwrap();
    let asked: BTreeSet<(&str, &str)> =
        journal.iter().map(|one| (one.method.as_str(), one.route.unwrap())).collect();
    assert_eq!(asked, contract.operations().collect());
}

#[test]
fn every_route_answers_as_described_under_other_readings() {
    for masking in [Masking::Cleartext, Masking::SecretObject, Masking::Dropped] {
        check(Switches { masking, null_clears: true, ..Switches::default() });
    }
    check(Switches { plain_list_has_globals: true, ..Switches::default() });
    check(Switches { untag_returns_template: true, ..Switches::default() });
}

/// What is refused is refused in one of the described shapes.
#[test]
fn every_refusal_is_as_described() {
    let contract = Contract::ours().unwrap();
    for error_shape in [ErrorShape::Envelope, ErrorShape::Detail, ErrorShape::FastApi] {
        let emulator = start(Switches { error_shape, ..Switches::default() });
        for (ask, body, status) in [
            ("POST /integrations/templates/tags", json!({}), 422),
            ("POST /integrations/templates/tags", json!({"name": "crm"}), 409),
            ("GET /workspaces?limit=101", Value::Null, 422),
            ("GET /workspaces/nonsense", Value::Null, 422),
            ("DELETE /integrations/templates/tags/absent", Value::Null, 404),
            ("PATCH /workspaces/{w}", Value::Null, 405),
            (
                "PUT /oauth/credentials",
                json!({"connector_type": "GitHub", "configuration": {}, "unknown": true}),
                422,
            ),
            ("DELETE /oauth/credentials/connector_type/absent", Value::Null, 404),
            ("GET /account/applications/scoped-token/info", Value::Null, 401),
        ] {
            assert_eq!(send(&emulator, OPERATOR, &fill(ask), &body).0, status, "{ask}");
        }
        assert_eq!(send(&emulator, "unheard-of", "GET /workspaces", &Value::Null).0, 401);
        let described = emulator.journal().into_iter().filter(|one| one.status != 405);
        let problems: Vec<String> = described
            .flat_map(|one| contract.check(&one))
            .filter(|problem| problem.contains(": answer"))
            .collect();
        assert!(problems.is_empty(), "{problems:#?} under {error_shape:?}");
    }
}

#[test]
fn what_is_not_as_described_is_found() {
    let contract = Contract::ours().unwrap();
    let emulator = start(Switches::default());
    send(&emulator, OPERATOR, "GET /integrations/templates/tags", &Value::Null);
    let good = emulator.journal().remove(0);
    assert_eq!(contract.check(&good), [""; 0]);
    let find = |change: fn(&mut Exchange), expected: &str| {
        let mut bad = good.clone();
        change(&mut bad);
        let problems = contract.check(&bad).join("\n");
        assert!(problems.contains(expected), "{problems:?} does not hold {expected:?}");
    };
    find(|one| one.path.push('s'), "no such operation");
    find(|one| one.method = "PUT".to_owned(), "no such operation");
    find(|one| one.route = None, "nothing took it");
    find(|one| one.query.push(("limit".to_owned(), "1".to_owned())), "`limit` is not described");
    find(|one| one.request = Some(json!({})), "a body is not described");
    find(|one| one.token = emulator::TokenKind::Scoped, "token: Scoped");
    find(|one| one.organization_header = Some("acme".to_owned()), "X-Organization-Id: ");
    find(|one| one.status = 302, "the status 302 is not described");
    find(|one| one.response = None, "it is not JSON");
    find(|one| one.response = Some(json!({"data": [{"id": 1}]})), "/data/0");
}
