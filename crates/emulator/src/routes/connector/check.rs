//! Checks of a config that is or is not a connector's yet (dossier 3.5). Nothing is connected to:
//! how a check ends is a switch.

use super::draft::{self, Draft};
use crate::refusal::Refusal;
use crate::routes::{Call, Reply};
use crate::switches::CheckStatus;
use crate::world::RequestedEntity;
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;

/// The checks so far. They are no part of the world: nobody asks for one after the run that made it.
#[derive(Debug, Default)]
pub(crate) struct Checks(HashMap<Uuid, Check>);

#[derive(Debug)]
struct Check {
    organization: Uuid,
    end: CheckStatus,
    /// How many answers of the status route are still `running`.
    running: u64,
}

/// What the user of a client is to see of a failed check.
const FAILURE: &str = "The source refused the credentials.";

pub(super) fn new_config(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let entities = Draft::read(call)?.entities;
    Ok(begin(call, entities.as_deref().unwrap_or_default()))
}

pub(super) fn changed_config(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let entities = draft::changed(call)?.entities;
    Ok(begin(call, entities.as_deref().unwrap_or_default()))
}

fn begin(call: &mut Call<'_>, entities: &[RequestedEntity]) -> Reply {
    let id = call.world.new_id();
    let end = call.switches.check_status;
    let polls = call.switches.check_polls;
    let check =
        Check { organization: call.caller.organization, end, running: polls.saturating_sub(1) };
    call.checks.0.insert(id, check);
    let status = if polls == 0 { end } else { CheckStatus::Pending };
    let results: Vec<Value> = entities
        .iter()
        .map(|entity| {
            json!({
                "entity": entity.entity,
                "status": status,
                "status_code": status_code(status),
                "error_message": error_message(status),
            })
        })
        .collect();
    let is_over = !matches!(status, CheckStatus::Pending | CheckStatus::Running);
    Reply::ok(json!({
        "id": id,
        "status": status,
        "error_message": error_message(status),
        "failure_reason": failure_reason(call, status),
        "entity_check_results": (is_over && !results.is_empty()).then_some(results),
    }))
}

/// How a check goes on. Each answer brings it nearer to its end.
pub(super) fn status(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = call.id("id")?;
    let organization = call.organization();
    let check = call.checks.0.get_mut(&id).filter(|check| check.organization == organization);
    let Some(check) = check else { return Err(Refusal::not_found("Check", id)) };
    let status = if check.running == 0 { check.end } else { CheckStatus::Running };
    check.running = check.running.saturating_sub(1);
    Ok(Reply::ok(json!({
        "id": id,
        "status": status,
        "error_message": error_message(status),
        "failure_reason": failure_reason(call, status),
        "enhanced_error_message": null,
    })))
}

fn error_message(status: CheckStatus) -> Option<&'static str> {
    (status == CheckStatus::Failed).then_some(FAILURE)
}

fn status_code(status: CheckStatus) -> Option<u16> {
    match status {
        CheckStatus::Succeeded => Some(200),
        CheckStatus::Failed => Some(401),
        CheckStatus::Pending
        | CheckStatus::Running
        | CheckStatus::Cancelled
        | CheckStatus::Inconclusive
        | CheckStatus::Skipped => None,
    }
}

fn failure_reason(call: &Call<'_>, status: CheckStatus) -> Option<Value> {
    (status == CheckStatus::Failed).then(|| {
        json!({
            "timestamp": call.world.now().unix_seconds().saturating_mul(1000),
            "failure_origin": "source",
            "failure_type": "config_error",
            "external_message": FAILURE,
            "internal_message": "401 Client Error: Unauthorized",
            "stacktrace": "Traceback (most recent call last):\n  File \"/airbyte/check.py\", line 42",
            "retryable": false,
            "from_trace_message": true,
            "stream_descriptor": null,
        })
    })
}
