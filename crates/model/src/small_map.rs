//! A map for few members.
//!
//! A plan is made of very many maps, most of which have one or two members: the attributes of a
//! workspace, what is remembered of its leaves. A `BTreeMap` of one takes the room of eleven, so that
//! of the memory of a plan a third was room for members that never came. Here they stand in a vector,
//! sorted. `litemap`, which does the same, makes room for four at least, and has no ranges.

use std::borrow::Borrow;
use std::fmt;
use std::iter::Map;
use std::ops::{Bound, Index, RangeBounds};
use std::{slice, vec};

/// A sorted map of few members, with the ways of a [`BTreeMap`](std::collections::BTreeMap). In order
/// they are put in at no cost. Out of order each moves all behind it: what may have very many is
/// collected, which sorts them once.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SmallMap<K, V> {
    members: Vec<(K, V)>,
}

impl<K, V> SmallMap<K, V> {
    /// A map without members, and without room for any.
    pub const fn new() -> SmallMap<K, V> {
        SmallMap { members: Vec::new() }
    }

    /// How many members it has.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The members, in the order of their keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.members.iter().map(pair)
    }

    /// The same, with values that can be changed.
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        self.members.iter_mut().map(pair_mut)
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.members.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.members.iter().map(|(_, value)| value)
    }

    /// The same, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.members.iter_mut().map(|(_, value)| value)
    }

    /// The keys without their values.
    pub fn into_keys(self) -> impl DoubleEndedIterator<Item = K> {
        self.members.into_iter().map(|(key, _)| key)
    }

    /// The values without their keys.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> {
        self.members.into_iter().map(|(_, value)| value)
    }

    /// The member with the smallest key.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.members.first().map(pair)
    }

    /// Takes every member out.
    pub fn clear(&mut self) {
        self.members.clear();
    }

    /// Keeps the members that `is_kept`.
    pub fn retain(&mut self, mut is_kept: impl FnMut(&K, &mut V) -> bool) {
        self.members.retain_mut(|(key, value)| is_kept(key, value));
    }
}

impl<K: Ord, V> SmallMap<K, V> {
    /// The value of `key`.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        self.members.get(at).map(|(_, value)| value)
    }

    /// The same, with the key that stands here.
    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        self.members.get(at).map(pair)
    }

    /// The value of `key`, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        self.members.get_mut(at).map(|(_, value)| value)
    }

    /// Whether `key` has a value.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// Gives `key` a value, and what it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.entry(key) {
            Entry { map, at: Ok(at), key: _ } => {
                let (_, old) = map.members.get_mut(at)?;
                Some(std::mem::replace(old, value))
            }
            vacant => {
                vacant.or_insert(value);
                None
            }
        }
    }

    /// Takes `key` out, and gives what it had.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        Some(self.members.remove(at).1)
    }

    /// The place of `key`, whether it has a value or not.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        let at = self.find(&key);
        Entry { map: self, at, key }
    }

    /// The members whose keys are in `range`.
    pub fn range<Q, R>(&self, range: R) -> Iter<'_, K, V>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
        R: RangeBounds<Q>,
    {
        let start = match range.start_bound() {
            Bound::Included(key) => self.find(key).unwrap_or_else(|at| at),
            Bound::Excluded(key) => self.find(key).map_or_else(|at| at, |at| at + 1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(key) => self.find(key).map_or_else(|at| at, |at| at + 1),
            Bound::Excluded(key) => self.find(key).unwrap_or_else(|at| at),
            Bound::Unbounded => self.members.len(),
        };
        self.members.get(start..end).unwrap_or_default().iter().map(pair)
    }

    /// Where `key` stands, or is to stand.
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        match self.members.last() {
            // Most maps are filled in order.
            Some((last, _)) if last.borrow() < key => Err(self.members.len()),
            _ => self.members.binary_search_by(|(member, _)| member.borrow().cmp(key)),
        }
    }

    /// Brings members that were added at the end to where they belong. Of two with one key the later
    /// one stays.
    fn settle(&mut self) {
        if !self.members.is_sorted_by(|(before, _), (after, _)| before < after) {
            self.members.sort_by(|(one, _), (other, _)| one.cmp(other));
            self.members.dedup_by(|later, earlier| {
                let is_one = later.0 == earlier.0;
                if is_one {
                    std::mem::swap(later, earlier);
                }
                is_one
            });
        }
        self.members.shrink_to_fit();
    }
}

/// The place of a key in a [`SmallMap`].
pub struct Entry<'m, K, V> {
    map: &'m mut SmallMap<K, V>,
    at: Result<usize, usize>,
    key: K,
}

impl<'m, K, V> Entry<'m, K, V> {
    /// The value of the key, which is `value` where it had none.
    pub fn or_insert(self, value: V) -> &'m mut V {
        self.or_insert_with(|| value)
    }

    /// The same, where what it is takes some making.
    pub fn or_insert_with(self, value: impl FnOnce() -> V) -> &'m mut V {
        let Entry { map: SmallMap { members }, at, key } = self;
        let at = at.unwrap_or_else(|at| {
            if members.len() == members.capacity() {
                // A vector would make room for four at once.
                members.reserve_exact(members.len().max(1));
            }
            members.insert(at, (key, value()));
            at
        });
        &mut members[at].1
    }

    /// The same, with what is usual.
    pub fn or_default(self) -> &'m mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

/// The members of a [`SmallMap`], in order.
pub type Iter<'m, K, V> = Map<slice::Iter<'m, (K, V)>, fn(&'m (K, V)) -> (&'m K, &'m V)>;

/// The same, with values that can be changed.
pub type IterMut<'m, K, V> =
    Map<slice::IterMut<'m, (K, V)>, fn(&'m mut (K, V)) -> (&'m K, &'m mut V)>;

fn pair<K, V>((key, value): &(K, V)) -> (&K, &V) {
    (key, value)
}

fn pair_mut<K, V>((key, value): &mut (K, V)) -> (&K, &mut V) {
    (key, value)
}

impl<K, V> Default for SmallMap<K, V> {
    fn default() -> SmallMap<K, V> {
        SmallMap::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for SmallMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Ord + Borrow<Q>, Q: Ord + ?Sized, V> Index<&Q> for SmallMap<K, V> {
    type Output = V;

    /// # Panics
    /// `key` has no value.
    #[expect(clippy::expect_used, reason = "as every map of the standard library does")]
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("no entry found for key")
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SmallMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> SmallMap<K, V> {
        let mut map = SmallMap { members: Vec::from_iter(members) };
        map.settle();
        map
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for SmallMap<K, V> {
    fn from(members: [(K, V); N]) -> SmallMap<K, V> {
        members.into_iter().collect()
    }
}

impl<K: Ord, V> Extend<(K, V)> for SmallMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, members: I) {
        let before = self.members.len();
        self.members.extend(members);
        if self.members.len() > before {
            self.settle();
        }
    }
}

impl<K, V> IntoIterator for SmallMap<K, V> {
    type Item = (K, V);
    type IntoIter = vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.into_iter()
    }
}

impl<'m, K, V> IntoIterator for &'m SmallMap<K, V> {
    type Item = (&'m K, &'m V);
    type IntoIter = Iter<'m, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'m, K, V> IntoIterator for &'m mut SmallMap<K, V> {
    type Item = (&'m K, &'m mut V);
    type IntoIter = IterMut<'m, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Whatever is done to both is seen in both.
    #[test]
    fn it_does_what_a_tree_does() {
        let mut small = SmallMap::new();
        let mut tree = BTreeMap::new();
        for step in 0..4_000_u32 {
            let key = step.wrapping_mul(2_654_435_761) >> 29;
            match step % 7 {
                0 => assert_eq!(small.remove(&key), tree.remove(&key)),
                1 => {
                    *small.entry(key).or_default() += 1;
                    *tree.entry(key).or_default() += 1;
                }
                2 => {
                    small.extend([(key, 9), (3, step), (3, step + 1)]);
                    tree.extend([(key, 9), (3, step), (3, step + 1)]);
                }
                3 => {
                    small.retain(|at, value| at % 3 != 0 || *value % 2 == 0);
                    tree.retain(|at, value| at % 3 != 0 || *value % 2 == 0);
                }
                4 => values(&mut small, &mut tree),
                _ => assert_eq!(small.insert(key, step), tree.insert(key, step)),
            }
            check(&small, &tree);
        }
    }

    fn values(small: &mut SmallMap<u32, u32>, tree: &mut BTreeMap<u32, u32>) {
        small.values_mut().for_each(|value| *value ^= 5);
        for (_, value) in tree.iter_mut() {
            *value ^= 5;
        }
        small.iter_mut().for_each(|(key, value)| *value ^= key);
        for (key, value) in tree {
            *value ^= key;
        }
    }

    #[track_caller]
    fn check(small: &SmallMap<u32, u32>, tree: &BTreeMap<u32, u32>) {
        assert!(small.iter().eq(tree) && small.into_iter().eq(tree));
        assert!(small.keys().eq(tree.keys()) && small.values().eq(tree.values()));
        assert!(small.clone().into_keys().eq(tree.keys().copied()));
        assert!(small.clone().into_values().eq(tree.values().copied()));
        assert_eq!(small.first_key_value(), tree.first_key_value());
        assert_eq!((small.len(), small.is_empty()), (tree.len(), tree.is_empty()));
        assert_eq!(format!("{small:?}"), format!("{tree:?}"));
        for key in 0..9 {
            assert_eq!(small.get(&key), tree.get(&key));
            assert_eq!(small.get_key_value(&key), tree.get_key_value(&key));
            assert_eq!(small.contains_key(&key), tree.contains_key(&key));
            assert!(small.range(key..).eq(tree.range(key..)));
            assert!(small.range(..=key).eq(tree.range(..=key)));
            let behind = (Bound::Excluded(key), Bound::Excluded(7));
            if key < 7 {
                assert!(small.range(behind).eq(tree.range(behind)));
            }
        }
    }

    #[test]
    fn of_two_with_one_key_the_later_one_stays() {
        let map = SmallMap::from([("b", 1), ("a", 2), ("b", 3), ("a", 4), ("b", 5)]);
        assert!(map.into_iter().eq([("a", 4), ("b", 5)]));
    }

    #[test]
    fn it_takes_no_more_room_than_its_members() {
        let mut map = SmallMap::new();
        for (member, room) in [(0, 1), (1, 2), (2, 4), (3, 4), (4, 8)] {
            map.insert(member, ());
            assert_eq!(map.members.capacity(), room);
        }
        let collected: SmallMap<u32, ()> =
            (0..9).filter(|at| at % 4 == 0).map(|at| (at, ())).collect();
        assert_eq!(collected.members.capacity(), 3);
    }
}
