//! Identifiers and orders that look random and are not.
//!
//! The service promises no order and no meaning in its ids, so both are scattered here. They follow
//! from a counter alone, so that a transcript of a scenario is the same in every run.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// One step of the SplitMix64 generator: neighbouring inputs give unrelated outputs, and no two
/// inputs the same one.
pub(crate) fn mix(input: u64) -> u64 {
    let mut z = input.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The `n`-th generated id, shaped like a random (version 4) UUID.
pub(crate) fn numbered(n: u64) -> Uuid {
    let high = mix(n.wrapping_mul(2)).to_be_bytes();
    let low = mix(n.wrapping_mul(2).wrapping_add(1)).to_be_bytes();
    let mut bytes = [0; 16];
    for (at, byte) in bytes.iter_mut().zip(high.into_iter().chain(low)) {
        *at = byte;
    }
    Builder::from_random_bytes(bytes).into_uuid()
}

/// An id that follows from a text, for things that have no counter of their own.
pub(crate) fn derived(text: &str) -> Uuid {
    let mut bytes = [0; 16];
    for (at, byte) in bytes.iter_mut().zip(Sha256::digest(text.as_bytes())) {
        *at = byte;
    }
    Builder::from_random_bytes(bytes).into_uuid()
}

/// Puts `items` into an order that follows from `seed`.
pub(crate) fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = mix(seed);
    for last in (1..items.len()).rev() {
        state = mix(state);
        let bound = u64::try_from(last).unwrap_or(u64::MAX).saturating_add(1);
        items.swap(last, usize::try_from(state % bound).unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn numbered_ids_are_distinct_and_shaped_like_version_four() {
        let ids: BTreeSet<Uuid> = (0..10_000).map(numbered).collect();
        assert_eq!(ids.len(), 10_000);
        assert!(ids.iter().all(|id| id.get_version_num() == 4));
        assert_eq!(numbered(7), numbered(7));
    }

    #[test]
    fn a_shuffle_keeps_every_item_and_moves_some() {
        let mut items: Vec<u32> = (0..50).collect();
        shuffle(&mut items, 3);
        assert_ne!(items, (0..50).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
