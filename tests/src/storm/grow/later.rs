//! What was thought of later: services without tags, work by hand meanwhile, and real timeouts.

use fastrand::Rng;
use serde_json::{Value, json};

use super::pick;
use crate::storm::{Attempt, Case, Hand};

/// Long enough for what is not held up on purpose, also on a busy machine.
const PATIENCE: u64 = 1_000;

/// Adds to `case`.
pub(super) fn add(case: &mut Case, dice: &mut Rng) {
    if dice.u8(0..10) == 0 {
        case.switches["tag_routes"] = false.into();
        if dice.bool() {
            case.rounds.iter_mut().for_each(|round| without_tags(&mut round.manifest));
        }
    }
    // Objects that are gone from a kind as a whole are a blocker; one alone is not.
    let mut deletes = dice.u8(0..4) == 0;
    let mut added = 0;
    for round in &mut case.rounds {
        for attempt in &mut round.attempts {
            attempt.looks = dice.bool();
            if dice.u8(0..3) == 0 {
                for _ in 0..dice.usize(1..=3) {
                    let step = if dice.bool() { 0 } else { dice.u64(0..12) };
                    let made = match dice.u8(0..4) {
                        0 => {
                            added += 1;
                            Some((stray(added, dice), true))
                        }
                        1 => Some((stray_edit(dice), true)),
                        2 if std::mem::take(&mut deletes) => {
                            deleted(&round.manifest, dice).map(|change| (change, false))
                        }
                        _ => edit(&round.manifest, dice).map(|change| (change, false)),
                    };
                    let hand = made.map(|(change, stray)| Hand { step, change, stray });
                    attempt.hands.extend(hand);
                }
            }
            if dice.u8(0..6) == 0 {
                silence(attempt, dice);
            }
        }
    }
}

/// Somebody makes something of their own.
fn stray(number: usize, dice: &mut Rng) -> Value {
    let name = format!("by hand {number}");
    match dice.u8(0..3) {
        0 => json!({"tags": [{"name": name}]}),
        1 => json!({"workspaces": [{"name": name}]}),
        _ => json!({"source_templates": [{"name": name, "definition": "Faker"}]}),
    }
}

/// Somebody changes something of their own.
fn stray_edit(dice: &mut Rng) -> Value {
    match dice.u8(0..2) {
        // Nothing is made of it meanwhile.
        0 => json!({"source_templates": {"by hand": {
            "partial_default_config": {"count": dice.u8(..)},
        }}}),
        _ => json!({"workspaces": {"by hand": {"cache_enabled": dice.bool()}}}),
    }
}

/// Somebody changes what is declared.
fn edit(manifest: &Value, dice: &mut Rng) -> Option<Value> {
    let (section, config) = *pick(
        dice,
        &[
            ("source_templates", "partial_default_config"),
            ("connection_templates", "destination_config"),
            ("connectors", "replication_config"),
        ],
    );
    let declared = any(manifest, section, dice)?;
    let name = declared.get("name").or(declared.get("destination_name"))?.as_str()?;
    // Something else stands in place of what is declared; nothing is added, as nobody would know
    // whether that is to go.
    let leaves = declared.get(config)?.as_object()?;
    let (key, leaf) = leaves.iter().find(|(_, leaf)| match leaf {
        Value::String(text) => !text.starts_with("${"),
        other => other.is_number(),
    })?;
    let other = if leaf.is_number() { json!(77) } else { json!("by hand") };
    Some(json!({section: {name: {config: {key: other}}}}))
}

/// Somebody deletes what is declared. Not what connectors are made of: what becomes of these is
/// another story.
fn deleted(manifest: &Value, dice: &mut Rng) -> Option<Value> {
    if manifest.get("connectors").is_some() {
        return None;
    }
    let section = *pick(dice, &["workspaces", "connection_templates"]);
    let declared = any(manifest, section, dice)?;
    let name = declared.get("name").or(declared.get("destination_name"))?.as_str()?;
    Some(json!({section: {name: null}}))
}

fn any<'m>(manifest: &'m Value, section: &str, dice: &mut Rng) -> Option<&'m Value> {
    // By name alone it would be the other organization's.
    let is_ours_alone = |one: &&Value| !["s0", "w0", "t0"].iter().any(|name| one["name"] == *name);
    let all: Vec<&Value> =
        manifest.get(section)?.as_object()?.values().filter(is_ours_alone).collect();
    (!all.is_empty()).then(|| all[dice.usize(0..all.len())])
}

/// The service says nothing for longer than it is waited for.
fn silence(attempt: &mut Attempt, dice: &mut Rng) {
    attempt.patience = Some(PATIENCE);
    for _ in 0..dice.usize(1..=2) {
        let kind = *pick(dice, &["silence_after_commit", "silence_after_commit", "silence_before"]);
        let method = *pick(dice, &["POST", "POST", "PATCH", "PUT", "DELETE", "GET"]);
        attempt.faults.push(json!({
            "method": method, "route_contains": "", "nth": dice.u64(0..8), "times": 1, "kind": kind,
        }));
    }
}

fn without_tags(manifest: &mut Value) {
    let Some(sections) = manifest.as_object_mut() else { return };
    sections.remove("tags");
    for section in sections.values_mut() {
        for resource in section.as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
            if let Some(resource) = resource.as_object_mut() {
                resource.remove("tags");
                resource.remove("connection_template_tags");
            }
        }
    }
}
