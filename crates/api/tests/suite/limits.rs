//! Limits: of the service, which are waited for, and ours, which are errors.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

use api::{Client, Error, Exchange, Observer, Pace, Pause, Settings, Why};
use emulator::{Fault, FaultKind, RateLimit, Switches};
use model::Kind;
use serde_json::json;

use crate::bench::{Bench, create, operator_token};

/// What was told, without what differs from run to run.
#[derive(Debug, Default)]
struct Told {
    requests: Mutex<Vec<String>>,
    pauses: Mutex<Vec<Why>>,
}

impl Observer for Told {
    fn exchanged(&self, exchange: &Exchange<'_>) {
        let Exchange { method, path, keys, subject, way, status, time: _, request_id } = exchange;
        let (keys, id) = (keys.join("&"), request_id.is_some());
        let told = format!("{method} {path}?{keys} {subject} {way} {status:?} {id}");
        self.requests.lock().unwrap().push(told);
    }

    fn paused(&self, pause: &Pause) {
        self.pauses.lock().unwrap().push(pause.why);
    }
}

/// Fifty writes against a service that lets ten requests through in an hour.
#[tokio::test]
async fn no_limit_of_the_service_makes_a_write_fail() {
    let mut bench = Bench::new("{}", Switches::default()).await;
    let told = Arc::new(Told::default());
    bench.set(|settings| settings.observer = Some(told.clone()));
    bench.follow();
    bench.client.identify().await.unwrap();
    let rate_limit = Some(RateLimit { requests: 10, seconds: 3600 });
    bench.emulator.set_switches(Switches { rate_limit, ..Switches::default() });
    let bench = &bench;
    let makes = (0..50).map(|n| {
        let name = format!("tag-{n}");
        let call = create(&name, json!({"name": name}));
        async move { bench.perform(Kind::Tag, call).await }
    });
    for made in join_all(makes).await {
        made.unwrap();
    }
    assert_eq!(bench.emulator.world().tags.iter().count(), 50);
    let pauses = told.pauses.lock().unwrap();
    assert!(pauses.len() >= 4, "{pauses:?}");
    assert!(pauses.contains(&Why::UsedUp { limit: Some(10) }), "{pauses:?}");
    // Most of the hours end without anybody having been refused.
    let refused = bench.requests().iter().filter(|line| line.ends_with("429")).count();
    assert!(refused < 50, "{refused} were refused in spite of what the headers say");
}

async fn join_all<T: Send + 'static>(
    futures: impl Iterator<Item = impl Future<Output = T>>,
) -> Vec<T> {
    let mut pinned: Vec<_> = futures.map(Box::pin).collect();
    let mut answers: Vec<Option<T>> = pinned.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, answer) in pinned.iter_mut().zip(&mut answers) {
            if answer.is_none()
                && let std::task::Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *answer = Some(ready);
            }
        }
        match answers.iter().all(Option::is_some) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    answers.into_iter().flatten().collect()
}

#[tokio::test]
async fn a_service_that_refuses_for_ever_is_left_with_words_about_it() {
    let bench = Bench::ready("{}", Switches::default()).await;
    let kind = FaultKind::Status {
        code: 429,
        body: None,
        headers: vec![("Retry-After".to_owned(), "1200".to_owned())],
    };
    bench.emulator.inject(Fault { times: 99, ..Fault::next("POST", "/tags", kind) });
    let error = bench.perform(Kind::Tag, create("x", json!({"name": "x"}))).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "POST /integrations/templates/tags: the service is asked too much (429) and wants to be \
         left alone for 20 min; more than 1 h 10 min is not waited for"
    );
    assert!(!error.is_unclear() && error.ends_it_all());
    bench.clock.check(&[1200, 1200, 1200, 1200], "");
}

#[tokio::test]
async fn a_budget_is_never_exceeded() {
    let mut bench = Bench::new("{}", Switches::default()).await;
    bench.set(|settings| settings.budget.requests = Some(2));
    bench.client.identify().await.unwrap();
    bench.perform(Kind::Tag, create("a", json!({"name": "a"}))).await.unwrap();
    let error = bench.perform(Kind::Tag, create("b", json!({"name": "b"}))).await.unwrap_err();
    assert!(matches!(error, Error::Spent { allowed: 2, unclear: false, .. }), "{error}");
    assert_eq!((bench.client.requests(), bench.requests().len()), (2, 2));
}

#[tokio::test]
async fn a_pace_is_kept_by_waiting() {
    let mut bench = Bench::new("{}", Switches::default()).await;
    let told = Arc::new(Told::default());
    bench.set(|settings| {
        let window = std::time::Duration::from_secs(60);
        settings.budget.pace = Some(Pace { requests: 2, window });
        settings.observer = Some(told.clone());
    });
    for name in ["a", "b", "c"] {
        bench.perform(Kind::Tag, create(name, json!({"name": name}))).await.unwrap();
    }
    bench.clock.check(&[60], "");
    assert_eq!(*told.pauses.lock().unwrap(), [Why::Pace]);
}

#[tokio::test]
async fn every_request_is_told_without_a_value_of_its_query() {
    let mut bench = Bench::new("{}", Switches::default()).await;
    let told = Arc::new(Told::default());
    bench.set(|settings| settings.observer = Some(told.clone()));
    bench.read(Kind::Tag).await;
    bench.read(Kind::Workspace).await;
    bench.fault("POST", "/tags", FaultKind::ResetBefore);
    bench.perform(Kind::Tag, create("x", json!({"name": "x"}))).await.unwrap();
    let requests = told.requests.lock().unwrap();
    assert_eq!(
        requests[..4],
        [
            "POST /account/applications/token? tokens asked for Some(200) true",
            "GET /integrations/templates/tags? tags listed Some(200) true",
            "GET /workspaces?limit workspaces listed Some(200) true",
            "POST /integrations/templates/tags? tags written None false",
        ]
    );
    assert_eq!(requests.len() as u64, bench.client.requests());
}

/// A list whose every page has a next one, and none twice.
#[tokio::test]
async fn a_list_that_does_not_end_is_an_error() {
    let mut bench = Bench::ready("{}", Switches::default()).await;
    bench.set(|settings| settings.limits.pages = 3);
    let wanted = model::live::Wanted { all: true, ..Default::default() };
    let stats = json!({"active_count": 9, "inactive_count": 0, "total_count": 999});
    let body = Some(stats.to_string());
    let kind = FaultKind::Status { code: 200, body, headers: vec![] };
    bench.fault("GET", "/stats", kind);
    for page in 0..9 {
        let body = json!({"data": [], "next": format!("page-{page}")}).to_string();
        let kind = FaultKind::Status { code: 200, body: Some(body), headers: vec![] };
        bench.emulator.inject(Fault { nth: page, ..Fault::next("GET", "/workspaces", kind) });
    }
    let error = bench.read_wanted(Kind::Workspace, wanted).await.unwrap_err();
    assert!(error.to_string().contains("there are more than 3"), "{error}");
}

/// A hundred thousand spaces, packed.
const BOMB: [u8; 133] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc1, 0x31, 0x01, 0x00, 0x00,
    0x00, 0xc2, 0xa0, 0x2a, 0xeb, 0x9f, 0xd2, 0x1a, 0x1e, 0x40, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xaf, 0x06, 0x2d, 0xf0, 0x79,
    0xca, 0xa0, 0x86, 0x01, 0x00,
];

#[tokio::test]
async fn an_answer_that_unpacks_to_too_much_is_an_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/api/v1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head);
            let length = BOMB.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n"
            );
            let _ = stream.write_all(&[answer.as_bytes(), &BOMB].concat());
        }
    });
    let settings = |answer| {
        let mut settings = Settings::new(base.clone(), operator_token());
        settings.limits.answer = answer;
        settings
    };
    let error = Client::new(settings(99_999)).unwrap().identify().await.unwrap_err();
    assert!(error.to_string().contains("it is larger than 99999 bytes"), "{error}");
    let error = Client::new(settings(100_000)).unwrap().identify().await.unwrap_err();
    assert!(error.to_string().contains("not JSON"), "{error}");
}
