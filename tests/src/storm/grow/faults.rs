//! What goes wrong.

use fastrand::Rng;
use serde_json::{Value, json};

use super::pick;

/// Something that goes wrong with a few requests.
pub(super) fn fault(dice: &mut Rng) -> Value {
    const ROUTES: [&str; 10] = [
        "",
        "/tags",
        "/templates/sources",
        "/templates/connections",
        "/workspaces",
        "/connectors",
        "/oauth",
        "scoped-token",
        "applications/token",
        "definitions",
    ];
    // Mostly writes: a read that fails for good ends an apply before it has begun.
    let method = *pick(
        dice,
        &[
            None,
            Some("POST"),
            Some("POST"),
            Some("POST"),
            Some("PATCH"),
            Some("PUT"),
            Some("DELETE"),
            Some("GET"),
        ],
    );
    let route = if dice.bool() { "" } else { pick(dice, &ROUTES) };
    // From five on no client tries long enough.
    let times = if dice.u8(0..3) == 0 { dice.u64(2..9) } else { 1 };
    let reach = if method.is_none() { 60 } else { 8 };
    json!({
        "method": method, "route_contains": route, "nth": dice.u64(0..reach), "times": times,
        "kind": kind(dice),
    })
}

fn kind(dice: &mut Rng) -> Value {
    match dice.u8(0..14) {
        0..3 => json!("reset_after_commit"),
        3 => json!("reset_before"),
        4 => json!("truncated_body"),
        5 => json!("non_json"),
        6 => json!({"delay": {"millis": dice.u64(1..20)}}),
        7 => json!("expire"),
        8..10 => json!({"status_after_commit": {"code": *pick(dice, &[500, 502, 503, 504])}}),
        10..12 => json!({"status": {"code": *pick(dice, &[500, 502, 503, 504])}}),
        12 => {
            let wait = *pick(dice, &["0", "1", "30", "Sun, 06 Nov 2094 08:49:37 GMT", "soon"]);
            json!({"status": {"code": 429, "headers": [["Retry-After", wait]]}})
        }
        _ => json!({"status": {"code": *pick(dice, &[400, 403, 404, 409, 422, 418])}}),
    }
}
