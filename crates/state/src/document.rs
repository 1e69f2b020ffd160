//! A state as one document: what is remembered, and what tells it from any other state.

use std::fmt;

use model::history::Run;
use model::state::State;
use uuid::Uuid;

/// All that a state file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Made once, at random, and never changed: two states with different lineages never describe
    /// the same history.
    pub lineage: String,
    /// Counts the changes of the file. 0 for a state that was never changed.
    pub serial: u64,
    /// The key of all fingerprints in `state`.
    pub key: Key,
    /// The ids of the plan files that were carried out last, the latest at the end.
    pub applied_plans: Vec<String>,
    /// What is remembered.
    pub state: State,
    /// What the last runs have changed, the latest last.
    pub runs: Vec<Run>,
}

/// How many runs are kept. What is older is seldom undone, and what came after would be with it.
const RUNS: usize = 20;

impl Document {
    /// A state that remembers nothing, of a lineage of its own.
    pub(crate) fn fresh() -> Document {
        Document {
            lineage: Uuid::new_v4().to_string(),
            serial: 0,
            key: Key::random(),
            applied_plans: Vec::new(),
            state: State::default(),
            runs: Vec::new(),
        }
    }

    /// Keeps `run` as the latest.
    pub(crate) fn keep(&mut self, run: Run) {
        self.runs.push(run);
        let old = self.runs.len().saturating_sub(RUNS);
        self.runs.drain(..old);
    }
}

/// The key under which fingerprints are made (HMAC-SHA256). Whoever has it can try guesses against
/// a fingerprint, so it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// A new key. Two random UUIDs have 244 random bits between them, so that the randomness which
    /// makes the lineage will do and no further source of it is needed.
    pub(crate) fn random() -> Key {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(Uuid::new_v4().as_bytes());
        bytes[16..].copy_from_slice(Uuid::new_v4().as_bytes());
        Key(bytes)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// As 64 hexadecimal digits, which is how the file holds it.
    pub(crate) fn to_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads what [`Key::to_hex`] writes.
    pub(crate) fn from_hex(text: &str) -> Option<Key> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
        }
        Some(Key(bytes))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_round_trip_and_keep_silent() {
        let key = Key::random();
        assert_eq!(Key::from_hex(&key.to_hex()), Some(key.clone()));
        assert_ne!(key, Key::random());
        assert_eq!(format!("{key:?}"), "Key(…)");
    }

    #[test]
    fn what_is_no_key() {
        for text in ["", "00", &"0".repeat(63), &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(Key::from_hex(text), None, "{text}");
        }
    }
}
