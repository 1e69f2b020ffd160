//! Storms in small: see `acceptance::storm`, and `cargo run --profile storm -p acceptance --bin storm`
//! for the whole.

use std::path::Path;
use std::sync::Mutex;

use acceptance::storm::{Case, bounded, grow, run};

/// Enough for every kind of fault; the rest of the seeds is for the whole run.
const CASES: u64 = 25;

#[test]
fn whatever_goes_wrong_one_clean_apply_puts_it_right() {
    let failures = Mutex::new(Vec::new());
    let failed = |seed: u64, error: &str, case: &Case| {
        let told = format!("seed {seed}: {error}\n{:#}", case.to_json());
        failures.lock().unwrap().push(told);
    };
    let (tally, _) = run(0..CASES, 2, true, &failed);
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    // Otherwise nothing is shown by it.
    assert!(tally.faults.values().sum::<u64>() > CASES && tally.partly > 0, "{tally}");
}

/// Every storm that once broke a law.
#[test]
fn what_went_wrong_once_does_not_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("storms");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let case = Case::from_json(&serde_json::from_str(&text).unwrap()).unwrap();
        let played = bounded(&case);
        assert!(played.is_ok(), "{}: {}", path.display(), played.unwrap_err());
    }
}

#[test]
fn a_seed_makes_one_storm_and_a_file_keeps_it() {
    for seed in 0..20 {
        let case = grow(seed);
        assert_eq!(case, grow(seed));
        assert_eq!(Case::from_json(&case.to_json()).unwrap(), case);
        assert_ne!(case, grow(seed + 1));
    }
}
