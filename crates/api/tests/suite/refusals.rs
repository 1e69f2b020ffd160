//! What the service refuses: its words, the place in the manifest, and no secret.

use api::{Error, FieldError};
use emulator::{ErrorShape, FaultKind, Switches};
use model::Kind;
use serde_json::json;

use crate::bench::{Bench, create};

const S3: &str = "4816b78f-1489-44c1-9060-4b19d5fa9362";

async fn refused(bench: &Bench) -> Error {
    let attributes = json!({"hosting": "user", "destination": S3, "destination_name": "Lake",
        "destination_config": {"s3_bucket_name": "acme", "key": {"$secret": "hunter2"},
            "pin_token": 424242, "retries": 424},
        "cron_expression": "* * * * *"});
    let made = bench.perform(Kind::ConnectionTemplate, create("Lake", attributes)).await;
    made.unwrap_err()
}

#[tokio::test]
async fn a_refusal_tells_where_in_the_manifest_in_every_shape() {
    for (shape, placed) in
        [(ErrorShape::Envelope, true), (ErrorShape::FastApi, true), (ErrorShape::Detail, false)]
    {
        let switches = Switches { error_shape: shape, ..Switches::default() };
        let bench = Bench::ready("{}", switches).await;
        let error = refused(&bench).await;
        assert_eq!((error.status(), error.is_unclear()), (Some(422), false));
        let text = error.to_string();
        let start = "POST /integrations/templates/connections: 422 Unprocessable Entity: ";
        assert!(text.starts_with(start) && text.contains("cron"), "{text}");
        assert_eq!(text.lines().count(), 1);
        let places: Vec<_> = error
            .fields()
            .iter()
            .map(|field| field.path.as_ref().map(ToString::to_string))
            .collect();
        if placed {
            assert_eq!(places, [Some("cron_expression".to_owned())], "{shape:?}");
            assert_eq!(error.fields()[0].code.as_deref(), Some("value_error"));
        } else {
            assert_eq!(places, []);
        }
    }
}

#[tokio::test]
async fn no_secret_that_was_sent_is_shown() {
    let bench = Bench::ready("{}", Switches::default()).await;
    let body = json!({"detail": [{"loc": ["body", "destination_config", "key"],
        "msg": "'hunter2' is\n too short, 424242 too long, and 424 is none", "type": "hunter2", "input": "hunter2"}]});
    let body = Some(body.to_string());
    bench.fault("POST", "", FaultKind::Status { code: 422, body, headers: vec![] });
    let error = refused(&bench).await;
    assert_eq!(
        error.to_string(),
        "POST /integrations/templates/connections: 422 Unprocessable Entity: '(secret)' is too \
         short, (secret) too long, and 424 is none (at body.destination_config.key)"
    );
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    let [FieldError { path, .. }] = error.fields() else { panic!("{error:?}") };
    assert_eq!(path.as_ref().unwrap().to_string(), "destination_config.key");
}

#[tokio::test]
async fn a_refusal_says_what_it_may_mean() {
    for (code, body, expected) in [
        (
            403,
            r#"{"detail": "Forbidden"}"#,
            "403 Forbidden: Forbidden (an organization without an active Agents subscription gets \
             this too)",
        ),
        (307, "", "307 Temporary Redirect (redirects are not followed: is the API address right?)"),
        (418, "<html>no</html>", "418 I'm a teapot"),
        (400, "just\ttext", "400 Bad Request: just text"),
        (599, "", "599"),
    ] {
        let bench = Bench::ready("{}", Switches::default()).await;
        let body = Some(body.to_owned());
        bench.fault("GET", "/tags", FaultKind::Status { code, body, headers: vec![] });
        let error = bench.read_wanted(Kind::Tag, Default::default()).await.unwrap_err().to_string();
        let start = "GET /integrations/templates/tags: ";
        assert!(error.starts_with(&format!("{start}{expected}")), "{error}");
        assert_eq!(error.contains("(request req-"), code >= 500, "{error}");
    }
}
