//! Cases of all sorts, each by its seed.

mod faults;
mod later;
mod manifest;

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::{Attempt, Case, Round};

/// The storm of `seed`. The same seed makes the same storm.
#[must_use]
pub fn grow(seed: u64) -> Case {
    let mut dice = Rng::with_seed(seed);
    let mut declared = manifest::first(&mut dice);
    let mut world = strays();
    stand(&mut world, &declared, &mut dice);
    let mut secrets = json!({"A": "s3cret a", "B": "s3cret b"});
    let mut rounds = Vec::new();
    for round in 0..dice.usize(1..=3) {
        if round > 0 {
            declared = manifest::next(&declared, &mut dice);
            if dice.u8(0..4) == 0 {
                secrets["A"] = format!("s3cret a, number {round}").into();
            }
        }
        let attempts = (0..dice.usize(1..=3)).map(|_| attempt(&mut dice)).collect();
        rounds.push(Round { manifest: declared.clone(), secrets: secrets.clone(), attempts });
    }
    let mut case = Case { world, switches: switches(&mut dice), rounds };
    // Dice of their own, so that each seed still makes the storm that it made before there were any.
    later::add(&mut case, &mut Rng::with_seed(seed ^ LATER));
    case
}

const LATER: u64 = 0x6c61_7465_7200;

fn attempt(dice: &mut Rng) -> Attempt {
    let faults = (0..dice.usize(2..=10)).map(|_| faults::fault(dice)).collect();
    let parallelism = if dice.bool() { 1 } else { dice.usize(2..=8) };
    let cut = (dice.u8(0..4) == 0).then(|| dice.u64(0..20));
    Attempt { faults, parallelism, cut, hands: Vec::new(), patience: None, looks: false }
}

/// How the service behaves.
fn switches(dice: &mut Rng) -> Value {
    let mut switches = json!({
        "masking": *pick(dice, &["cleartext", "asterisks", "secret_object", "dropped"]),
        "next_style": *pick(dice, &["absolute", "relative", "cursor"]),
        "error_shape": *pick(dice, &["envelope", "detail", "fast_api"]),
        "duplicate_status": *pick(dice, &[400, 409, 422]),
        "null_clears": dice.bool(),
        "shuffle": dice.bool(),
        "connector_deletion": {"requests": dice.u64(0..4)},
    });
    for name in [
        "legacy_token_routes_only",
        "bare_lists",
        "plain_list_has_globals",
        "schema_drift",
        "tombstones_readable",
        "workspace_deletes_time_out",
        "activation_enables_connections",
        "unknown_workspace_is_empty",
        "connector_config_shows_presets",
        "masks_keep_secrets",
        "untag_returns_template",
        "unique_template_names",
    ] {
        if dice.u8(0..4) == 0 {
            switches[name] = true.into();
        }
    }
    if dice.u8(0..3) == 0 {
        switches["organization_routes"] = false.into();
    }
    if dice.u8(0..3) == 0 {
        // Fewer than a few rounds of all calls at once, and a new token is used up by others.
        switches["operator_token_requests"] = dice.u64(40..90).into();
    }
    switches
}

/// What nobody has declared, and nobody is to touch.
fn strays() -> Value {
    json!({
        "organizations": [{"name": "Ours", "id": emulator::SANDBOX_ORGANIZATION.to_string()}, {"name": "Theirs"}],
        "tags": [{"name": "by hand"}, {"name": "t0", "organization": "Theirs"}],
        "source_templates": [
            {"name": "by hand", "definition": "GitHub", "tags": ["by hand"]},
            {"name": "s0", "definition": "Faker", "organization": "Theirs"},
        ],
        "connection_templates": [{
            "destination_name": "by hand", "destination": "S3",
            "destination_config": {"s3_bucket_name": "hand"}, "tags": ["by hand"],
        }],
        "workspaces": [{"name": "by hand"}, {"name": "w0", "organization": "Theirs"}],
        "connectors": [{"name": "by hand", "workspace": "by hand", "source_template": "by hand"}],
        "oauth_credentials": [{"connector": "Salesforce", "configuration": {"client_id": "hand"}}],
    })
}

/// Puts some of what is declared into the world, as it might have been made by hand.
fn stand(world: &mut Value, declared: &Value, dice: &mut Rng) {
    let mut put = |section: &str, object: Value| {
        if let Some(rows) = world[section].as_array_mut() {
            rows.push(object);
        }
    };
    let empty = Map::new();
    for (address, tag) in declared["tags"].as_object().unwrap_or(&empty) {
        if dice.u8(0..5) == 0 {
            put("tags", json!({"name": tag.get("name").unwrap_or(&json!(address))}));
        }
    }
    for workspace in declared["workspaces"].as_object().unwrap_or(&empty).values() {
        if dice.u8(0..5) == 0 {
            put("workspaces", json!({"name": workspace["name"]}));
        }
    }
    for template in declared["source_templates"].as_object().unwrap_or(&empty).values() {
        if dice.u8(0..8) == 0 && template.get("definition").is_some() {
            put(
                "source_templates",
                json!({"name": template["name"], "definition": template["definition"]}),
            );
        }
    }
}

fn pick<'a, T>(dice: &mut Rng, all: &'a [T]) -> &'a T {
    &all[dice.usize(0..all.len())]
}
