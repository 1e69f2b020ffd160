//! Tokens, organizations, addresses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use api::{Client, Credentials, Error, Settings, TokenProvider};
use emulator::{FaultKind, SANDBOX_ORGANIZATION, Switches};
use model::Kind;
use secrecy::SecretString;
use serde_json::json;

use crate::bench::{Bench, client_credentials, create, operator_token};

const TWO_ORGANIZATIONS: &str = r#"{"organizations": [
    {"name": "Ours", "id": "11111111-0000-4000-8000-000000000001"},
    {"name": "Theirs", "id": "22222222-0000-4000-8000-000000000002"}]}"#;
const OURS: &str = "11111111-0000-4000-8000-000000000001";
const THEIRS: &str = "22222222-0000-4000-8000-000000000002";

const EXCHANGE: &str = "POST /account/applications/token 200";
const WHO: &str = "GET /workspaces?limit=100 200";
const TAGS: &str = "GET /integrations/templates/tags 200";

#[tokio::test]
async fn client_credentials_name_the_organization_themselves() {
    let bench = Bench::new("{}", Switches::default()).await;
    let organization = bench.client.identify().await.unwrap();
    assert_eq!(organization.as_deref(), Some(SANDBOX_ORGANIZATION.to_string().as_str()));
    bench.client.identify().await.unwrap();
    bench.read(Kind::Tag).await;
    assert_eq!(bench.requests(), [EXCHANGE, TAGS]);
    let sent: Vec<_> =
        bench.emulator.journal().into_iter().map(|exchange| exchange.organization_header).collect();
    assert_eq!(sent, [None, organization]);
    assert_eq!(bench.client.requests(), 2);
}

#[tokio::test]
async fn a_bare_token_is_of_the_organization_of_what_it_lists() {
    let bench = Bench::with("{}", Switches::default(), operator_token(), None).await;
    let organization = bench.client.identify().await.unwrap();
    assert_eq!(organization.as_deref(), Some(SANDBOX_ORGANIZATION.to_string().as_str()));
    bench.read(Kind::Tag).await;
    assert_eq!(bench.requests(), [WHO, TAGS]);
    assert_eq!(bench.emulator.journal()[1].organization_header, organization);
}

#[tokio::test]
async fn an_empty_organization_cannot_be_told_with_a_bare_token() {
    let bench = Bench::with("{}", Switches::default(), operator_token(), None).await;
    bench.emulator.edit(|world| {
        let ids: Vec<_> = world.workspaces.iter().map(|workspace| workspace.id).collect();
        ids.into_iter().for_each(|id| drop(world.workspaces.remove(id)));
    });
    assert_eq!(bench.client.identify().await.unwrap(), None);
    assert_eq!(bench.client.identify().await.unwrap(), None);
    assert_eq!(bench.requests(), [WHO]);
}

#[tokio::test]
async fn the_configured_organization_is_sent_from_the_first_request_on() {
    let switches = Switches { credentials_span_organizations: true, ..Switches::default() };
    for credentials in [client_credentials(), operator_token()] {
        let bench =
            Bench::with(TWO_ORGANIZATIONS, switches.clone(), credentials, Some(THEIRS)).await;
        assert_eq!(bench.client.identify().await.unwrap().as_deref(), Some(THEIRS));
        let journal = bench.emulator.journal();
        assert!(journal.iter().all(|sent| sent.organization_header.as_deref() == Some(THEIRS)));
    }
}

#[tokio::test]
async fn credentials_of_several_organizations_need_one_named() {
    let switches = Switches { credentials_span_organizations: true, ..Switches::default() };
    for credentials in [client_credentials(), operator_token()] {
        let bench = Bench::with(TWO_ORGANIZATIONS, switches.clone(), credentials, None).await;
        let error = bench.client.identify().await.unwrap_err();
        assert_eq!(error.status(), Some(400));
        assert!(error.to_string().contains("`organization:` in the manifest"), "{error}");
    }
}

/// A service that answers for its own organization whatever is asked for.
#[tokio::test]
async fn another_organization_than_the_configured_one_is_refused_before_any_write() {
    let of_the_exchange = json!({"access_token": "t", "token_type": "bearer", "expires_in": 900,
        "organization_id": OURS});
    let of_the_list = json!({"data": [{"id": "w", "organization_id": OURS}], "next": null});
    for (credentials, method, route, body) in [
        (client_credentials(), "POST", "/applications/token", of_the_exchange),
        (operator_token(), "GET", "/workspaces", of_the_list),
    ] {
        let bench =
            Bench::with(TWO_ORGANIZATIONS, Switches::default(), credentials, Some(THEIRS)).await;
        let body = Some(body.to_string());
        bench.fault(method, route, FaultKind::Status { code: 200, body, headers: vec![] });
        let error = bench.perform(Kind::Tag, create("crm", json!({"name": "crm"}))).await;
        assert_eq!(
            error.unwrap_err(),
            Error::WrongOrganization { expected: THEIRS.to_owned(), found: OURS.to_owned() }
        );
        assert_eq!(bench.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_asked_for_once() {
    let bench = Bench::ready("{}", Switches::default()).await;
    bench.clock.pass(Duration::from_secs(839));
    bench.read(Kind::Tag).await;
    assert_eq!(bench.take_requests(), [TAGS]);
    bench.clock.pass(Duration::from_secs(2));
    tokio::join!(bench.read(Kind::Tag), bench.read(Kind::Tag), bench.read(Kind::Tag));
    let requests = bench.take_requests();
    assert_eq!(requests, [EXCHANGE, TAGS, TAGS, TAGS]);
}

/// How long a token lives is told as a length, and what time it is at the service is nothing to us.
#[tokio::test]
async fn clocks_that_differ_by_years_make_no_difference() {
    const YEAR: i64 = 365 * 24 * 3600;
    for ahead in [YEAR, -YEAR] {
        let bench = Bench::new("{}", Switches::default()).await;
        bench.emulator.edit(|world| world.advance(ahead));
        bench.read(Kind::Tag).await;
        bench.take_requests();
        bench.clock.pass(Duration::from_secs(839));
        bench.read(Kind::Tag).await;
        assert_eq!(bench.take_requests(), [TAGS], "{ahead}");
        bench.clock.pass(Duration::from_secs(2));
        bench.read(Kind::Tag).await;
        assert_eq!(bench.take_requests(), [EXCHANGE, TAGS], "{ahead}");
    }
}

#[tokio::test]
async fn a_token_that_hardly_lives_is_used_for_half_its_time() {
    let switches = Switches { operator_token_seconds: 20, ..Switches::default() };
    let bench = Bench::ready("{}", switches).await;
    bench.clock.pass(Duration::from_secs(9));
    bench.read(Kind::Tag).await;
    assert_eq!(bench.take_requests(), [TAGS]);
    bench.clock.pass(Duration::from_secs(1));
    bench.read(Kind::Tag).await;
    assert_eq!(bench.take_requests(), [EXCHANGE, TAGS]);
}

#[tokio::test]
async fn a_401_is_replayed_once_with_a_new_token() {
    let bench = Bench::ready("{}", Switches::default()).await;
    bench.emulator.revoke_operator_tokens();
    let call = create("crm", json!({"name": "crm"}));
    bench.perform(Kind::Tag, call).await.unwrap();
    let post = "POST /integrations/templates/tags";
    let (refused, made) = (format!("{post} 401"), format!("{post} 200"));
    assert_eq!(bench.take_requests(), [&refused, EXCHANGE, &made]);

    bench.emulator.inject(emulator::Fault {
        times: 9,
        ..emulator::Fault::next("POST", "/tags", FaultKind::Expire)
    });
    let error = bench.perform(Kind::Tag, create("x", json!({"name": "x"}))).await.unwrap_err();
    assert_eq!((error.status(), error.is_unclear()), (Some(401), false));
    assert_eq!(bench.requests(), [&refused, EXCHANGE, &refused]);
}

#[tokio::test]
async fn a_bare_token_that_has_ended_is_an_error_with_advice() {
    let switches = Switches { fixed_token_expired: true, ..Switches::default() };
    let bench = Bench::with("{}", switches, operator_token(), None).await;
    let error = bench.client.identify().await.unwrap_err().to_string();
    assert_eq!(
        error,
        "GET /workspaces: 401 Unauthorized: Token has expired (an operator token lasts 15 minutes: \
         take a new one, or give client id and secret, which are exchanged as often as needed)"
    );
    assert_eq!(bench.requests().len(), 1);
}

#[derive(Default)]
struct Counted(AtomicUsize);

impl TokenProvider for Counted {
    fn token(&self) -> Result<SecretString, String> {
        match self.0.fetch_add(1, Ordering::Relaxed) {
            0 => Ok("stale".into()),
            1 => Ok("sandbox-operator-token".into()),
            _ => Err("asked once too often".to_owned()),
        }
    }
}

#[tokio::test]
async fn a_provider_is_asked_again_when_its_token_has_ended() {
    let provider = Arc::new(Counted::default());
    let credentials = Credentials::Provider(provider.clone());
    let bench = Bench::with("{}", Switches::default(), credentials, None).await;
    bench.client.identify().await.unwrap();
    bench.read(Kind::Tag).await;
    assert_eq!(bench.requests(), ["GET /workspaces?limit=100 401", WHO, TAGS]);
    assert_eq!(provider.0.load(Ordering::Relaxed), 2);
    bench.fault("GET", "/tags", FaultKind::Expire);
    let error = bench.refresh_tags().await.unwrap_err();
    assert_eq!(error, Error::Credentials("asked once too often".to_owned()));
}

impl Bench {
    async fn refresh_tags(&self) -> Result<model::live::LiveKind, Error> {
        self.read_wanted(Kind::Tag, model::live::Wanted::default()).await
    }
}

#[tokio::test]
async fn wrong_client_credentials_say_so_without_the_secret() {
    let credentials =
        Credentials::Client { id: "sandbox-client".to_owned(), secret: "hunter2".into() };
    let bench = Bench::with("{}", Switches::default(), credentials, None).await;
    let body = r#"{"detail": "no client with secret hunter2"}"#.to_owned();
    for fault in [None, Some(FaultKind::Status { code: 401, body: Some(body), headers: vec![] })] {
        if let Some(fault) = fault {
            bench.fault("POST", "/token", fault);
        }
        let error = bench.client.identify().await.unwrap_err();
        assert_eq!(error.status(), Some(401));
        assert!(error.to_string().contains("the client id or the client secret is wrong"));
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn an_exchange_without_a_token_is_an_error() {
    for body in [
        r#"{"access_token": "", "expires_in": 900}"#,
        r#"{"token": "x"}"#,
        "[]",
        r#"{"access_token": "a b"}"#,
    ] {
        let bench = Bench::new("{}", Switches::default()).await;
        let body = Some(body.to_owned());
        bench.fault("POST", "/token", FaultKind::Status { code: 200, body, headers: vec![] });
        let error = bench.client.identify().await.unwrap_err();
        assert!(matches!(error, Error::Credentials(_)), "{error:?}");
    }
}

/// What a mint and an exchange look like where only the older routes are there. The older name is
/// remembered.
#[tokio::test]
async fn older_routes_are_tried_where_the_present_ones_are_missing() {
    let switches = Switches { legacy_token_routes_only: true, ..Switches::default() };
    let bench = Bench::new("{}", switches).await;
    for name in ["acme", "globex"] {
        bench.perform(Kind::Workspace, create(name, json!({"name": name}))).await.unwrap();
    }
    assert_eq!(
        bench.requests(),
        [
            "POST /account/applications/token 404",
            "POST /applications/token 200",
            "POST /account/applications/scoped-token 404",
            "POST /embedded/scoped-token 200",
            "POST /embedded/scoped-token 200",
        ]
    );
}

#[tokio::test]
async fn a_wrong_address_says_that_there_is_no_such_route() {
    let bench = Bench::new("{}", Switches::default()).await;
    let base = bench.emulator.url().replace("/api/v1", "");
    let settings = Settings::new(base, operator_token());
    let error = Client::new(settings).unwrap().identify().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "GET /workspaces: 404 Not Found: Not Found (no such route: does the API address end in \
         /api/v1?)"
    );
}

#[tokio::test]
async fn nobody_at_the_address_is_no_answer() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/api/v1", listener.local_addr().unwrap());
    drop(listener);
    let settings = Settings::new(base, operator_token());
    let clock = Arc::new(crate::bench::Hurried::default());
    let client = Client::with_clock(settings, clock.clone()).unwrap();
    let error = client.identify().await.unwrap_err();
    assert!(matches!(error, Error::Unanswered { unclear: false, .. }), "{error:?}");
    clock.check(&[1, 2, 4], "");
    assert_eq!(client.requests(), 4);
}

#[test]
fn settings_that_cannot_work_are_refused_without_a_request() {
    let check = |credentials: Credentials, organization: Option<&str>, works: bool| {
        let client = Client::new(Settings {
            organization: organization.map(str::to_owned),
            concurrency: 0,
            ..Settings::new(api::DEFAULT_BASE, credentials)
        });
        match client {
            Ok(client) => {
                assert!(works);
                assert_eq!((client.host(), client.requests()), ("https://api.airbyte.ai", 0));
                assert!(!format!("{client:?}").contains("s3cret"));
            }
            Err(error) => assert!(!works && matches!(error, Error::Settings(_)), "{error}"),
        }
    };
    let token = |text: &str| Credentials::Token(text.into());
    let client =
        |id: &str, secret: &str| Credentials::Client { id: id.to_owned(), secret: secret.into() };
    check(token("s3cret"), None, true);
    check(token(""), None, false);
    check(token("s3cret\n"), None, false);
    check(token("sécret"), None, false);
    check(client("id", "s3cret"), Some(OURS), true);
    check(client("", "s3cret"), None, false);
    check(client("id", " "), None, false);
    check(token("s3cret"), Some(""), false);
    check(token("s3cret"), Some("a\r\nX: y"), false);
}
