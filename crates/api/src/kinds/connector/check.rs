//! Whether a configuration works, asked before it is anybody's (dossier 3.5).

use secrecy::SecretString;
use serde_json::Value as Json;

use crate::client::Client;
use crate::delivery::Message;
use crate::error::Error;
use crate::refusal::presentable;
use crate::route::Route;
use crate::wire;
use crate::wire::connector::{Check, FailureReason};

/// How often a check is looked at before it is given up: five minutes, with the waits in between.
const LOOKS: u32 = 15;

/// Sends `message`, which begins a check, and waits for its end.
///
/// # Errors
/// The check failed, or was stopped. One that has nothing to say stands in nobody's way, and neither
/// does one whose end nobody can know, because the service has no route to look at it.
pub(crate) async fn check(
    client: &Client,
    message: Message,
    secrets: &[SecretString],
) -> Result<(), Error> {
    let request = message.request();
    let mut check = read(client.call(message).await?, &request)?;
    let mut look = 0;
    while is_pending(&check) {
        look += 1;
        if look > LOOKS {
            let cause = "the check does not end".to_owned();
            return Err(Error::Unanswered { request, cause, unclear: false });
        }
        client.wait_after(look).await;
        let message = Message::new(Route::CheckStatus).at(&check.id);
        let status = message.request();
        check = match client.call(message).await {
            Err(error) if error.says_no_route() => return Ok(()),
            answer => read(answer?, &status)?,
        };
    }
    match wire::text(&check.status).unwrap_or_default() {
        "succeeded" | "inconclusive" | "skipped" => Ok(()),
        status => {
            let secrets: Vec<&SecretString> = secrets.iter().collect();
            let status = presentable(status, &secrets);
            let message = presentable(&message_of(&check), &secrets);
            Err(Error::CheckFailed { status, message })
        }
    }
}

fn read(answer: Json, request: &str) -> Result<Check, Error> {
    wire::object(answer).ok_or_else(|| Error::Unreadable {
        request: request.to_owned(),
        cause: "it is no check".to_owned(),
        unclear: false,
    })
}

fn is_pending(check: &Check) -> bool {
    match &check.status {
        None | Some(Json::Null) => true,
        Some(status) => status == "pending" || status == "running",
    }
}

/// What is meant for people; never the stack trace that comes with it.
fn message_of(check: &Check) -> String {
    let Check { id: _, status: _, error_message, failure_reason } = check;
    let external = failure_reason.as_ref().and_then(|reason| {
        let FailureReason { external_message } = reason;
        wire::text(external_message)
    });
    external.or(wire::text(error_message)).unwrap_or_default().to_owned()
}
