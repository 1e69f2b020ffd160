//! Rows of one kind, found by id, by name, by workspace and by page in time that does not grow with
//! their number.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use uuid::Uuid;

/// What a [`Table`] needs to know of a row.
pub trait Row {
    /// The row's id, unique in its table.
    fn id(&self) -> Uuid;
    /// The organization that the row belongs to; none: it is global.
    fn organization(&self) -> Option<Uuid>;
    /// The workspace that the row stands in; none: it is the organization's.
    fn workspace(&self) -> Option<Uuid> {
        None
    }
    /// The name by which people call it. It need not be unique.
    fn name(&self) -> &str;
    /// Whether lists and look-ups by name show the row. A tombstone is kept but not shown.
    fn is_listed(&self) -> bool {
        true
    }
}

/// Rows of one kind in order of insertion, with indices by id, by organization, by name and by
/// workspace.
///
/// Rows change through [`Table::update`] alone, so that no index can go stale.
#[derive(Clone, Debug)]
pub struct Table<T> {
    rows: BTreeMap<u64, T>,
    by_id: HashMap<Uuid, u64>,
    by_organization: HashMap<Option<Uuid>, Index>,
    /// The listed rows of a workspace, ascending as in [`Index`].
    by_workspace: HashMap<Uuid, Vec<u64>>,
    next: u64,
}

/// The listed rows of one organization, by their place in the order of insertion.
#[derive(Clone, Debug, Default)]
struct Index {
    /// Ascending: a place is appended when its row comes and found by bisection when it goes.
    listed: Vec<u64>,
    by_name: HashMap<String, Vec<u64>>,
}

/// What the indices know of a row.
#[derive(PartialEq)]
struct Key {
    id: Uuid,
    organization: Option<Uuid>,
    workspace: Option<Uuid>,
    name: String,
    is_listed: bool,
}

impl Key {
    fn of<T: Row>(row: &T) -> Key {
        Key {
            id: row.id(),
            organization: row.organization(),
            workspace: row.workspace(),
            name: row.name().to_owned(),
            is_listed: row.is_listed(),
        }
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table {
            rows: BTreeMap::new(),
            by_id: HashMap::new(),
            by_organization: HashMap::new(),
            by_workspace: HashMap::new(),
            next: 0,
        }
    }
}

impl<T: Row> Table<T> {
    /// Every row, tombstones included, in order of insertion.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.rows.values()
    }

    /// The number of rows, tombstones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row with this id.
    #[must_use]
    pub fn get(&self, id: Uuid) -> Option<&T> {
        self.rows.get(self.by_id.get(&id)?)
    }

    /// The listed rows of an organization with exactly this name, oldest first.
    pub fn named(&self, organization: Option<Uuid>, name: &str) -> impl Iterator<Item = &T> {
        self.by_organization
            .get(&organization)
            .and_then(|index| index.by_name.get(name))
            .into_iter()
            .flatten()
            .filter_map(|place| self.rows.get(place))
    }

    /// The listed rows of an organization, oldest first.
    pub fn listed(&self, organization: Option<Uuid>) -> impl Iterator<Item = &T> {
        self.places(organization).iter().filter_map(|place| self.rows.get(place))
    }

    /// The listed rows of a workspace, oldest first.
    pub fn in_workspace(&self, workspace: Uuid) -> impl Iterator<Item = &T> {
        self.by_workspace
            .get(&workspace)
            .into_iter()
            .flatten()
            .filter_map(|place| self.rows.get(place))
    }

    /// How many rows [`Table::listed`] gives.
    #[must_use]
    pub fn count(&self, organization: Option<Uuid>) -> usize {
        self.places(organization).len()
    }

    /// The listed rows of an organization from `offset` on, at most `limit`.
    pub fn page(
        &self,
        organization: Option<Uuid>,
        offset: usize,
        limit: usize,
    ) -> impl Iterator<Item = &T> {
        let places = self.places(organization);
        let start = offset.min(places.len());
        let end = offset.saturating_add(limit).min(places.len());
        places.get(start..end).into_iter().flatten().filter_map(|place| self.rows.get(place))
    }

    /// Adds a row; one with the same id gives way to it, in its place.
    pub fn insert(&mut self, row: T) {
        let place = match self.by_id.get(&row.id()) {
            Some(place) => *place,
            None => {
                self.next += 1;
                self.next
            }
        };
        if let Some(old) = self.rows.remove(&place) {
            self.forget(place, &Key::of(&old));
        }
        self.remember(place, Key::of(&row));
        self.rows.insert(place, row);
    }

    /// Changes the row with this id, if there is one, and gives what `change` returns.
    pub fn update<R>(&mut self, id: Uuid, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let place = *self.by_id.get(&id)?;
        let row = self.rows.get_mut(&place)?;
        let before = Key::of(row);
        let result = change(row);
        let after = Key::of(row);
        // Taking a place out of an index and putting it back moves everything behind it.
        if before != after {
            self.forget(place, &before);
            self.remember(place, after);
        }
        Some(result)
    }

    /// Changes every row in turn.
    pub fn update_all(&mut self, mut change: impl FnMut(&mut T)) {
        let ids: Vec<Uuid> = self.rows.values().map(Row::id).collect();
        for id in ids {
            self.update(id, &mut change);
        }
    }

    /// Takes the row with this id out.
    pub fn remove(&mut self, id: Uuid) -> Option<T> {
        let place = *self.by_id.get(&id)?;
        let row = self.rows.remove(&place)?;
        self.forget(place, &Key::of(&row));
        Some(row)
    }

    fn places(&self, organization: Option<Uuid>) -> &[u64] {
        self.by_organization.get(&organization).map_or(&[], |index| &index.listed)
    }

    fn remember(&mut self, place: u64, key: Key) {
        let Key { id, organization, workspace, name, is_listed } = key;
        self.by_id.insert(id, place);
        if is_listed {
            let index = self.by_organization.entry(organization).or_default();
            add(&mut index.listed, place);
            add(index.by_name.entry(name).or_default(), place);
            if let Some(workspace) = workspace {
                add(self.by_workspace.entry(workspace).or_default(), place);
            }
        }
    }

    fn forget(&mut self, place: u64, key: &Key) {
        let Key { id, organization, workspace, name, is_listed: _ } = key;
        self.by_id.remove(id);
        if let Some(index) = self.by_organization.get_mut(organization) {
            drop_from(&mut index.listed, place);
            drop_from_entry(&mut index.by_name, name, place);
        }
        if let Some(workspace) = workspace {
            drop_from_entry(&mut self.by_workspace, workspace, place);
        }
    }
}

fn add(places: &mut Vec<u64>, place: u64) {
    if let Err(at) = places.binary_search(&place) {
        places.insert(at, place);
    }
}

fn drop_from(places: &mut Vec<u64>, place: u64) {
    if let Ok(at) = places.binary_search(&place) {
        places.remove(at);
    }
}

fn drop_from_entry<K, Q>(entries: &mut HashMap<K, Vec<u64>>, key: &Q, place: u64)
where
    K: Borrow<Q> + Eq + Hash,
    Q: Eq + Hash + ?Sized,
{
    if let Some(places) = entries.get_mut(key) {
        drop_from(places, place);
        if places.is_empty() {
            entries.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids;

    #[derive(Clone, Debug)]
    struct Item {
        id: Uuid,
        workspace: u64,
        name: &'static str,
        gone: bool,
    }

    impl Row for Item {
        fn id(&self) -> Uuid {
            self.id
        }
        fn organization(&self) -> Option<Uuid> {
            None
        }
        fn workspace(&self) -> Option<Uuid> {
            Some(ids::numbered(self.workspace))
        }
        fn name(&self) -> &str {
            self.name
        }
        fn is_listed(&self) -> bool {
            !self.gone
        }
    }

    fn table(names: &[&'static str]) -> Table<Item> {
        let mut table = Table::default();
        for (n, name) in names.iter().enumerate() {
            table.insert(Item { id: ids::numbered(n as u64), workspace: 7, name, gone: false });
        }
        table
    }

    #[track_caller]
    fn check(table: &Table<Item>, listed: &[&str]) {
        let names: Vec<&str> = table.listed(None).map(|item| item.name).collect();
        assert_eq!(names, listed);
        for item in table.iter() {
            assert_eq!(table.get(item.id).map(|found| found.id), Some(item.id));
            let by_name = table.named(None, item.name).any(|found| found.id == item.id);
            assert_eq!(by_name, !item.gone, "{item:?}");
        }
    }

    #[test]
    fn indices_follow_every_change() {
        let mut items = table(&["a", "b", "a"]);
        check(&items, &["a", "b", "a"]);
        assert_eq!(items.named(None, "a").count(), 2);
        items.update(ids::numbered(1), |item| item.name = "c");
        check(&items, &["a", "c", "a"]);
        items.update(ids::numbered(0), |item| item.gone = true);
        check(&items, &["c", "a"]);
        assert_eq!(items.len(), 3);
        items.remove(ids::numbered(2));
        check(&items, &["c"]);
        items.insert(Item { id: ids::numbered(1), workspace: 7, name: "d", gone: false });
        check(&items, &["d"]);
    }

    #[test]
    fn a_workspace_has_its_rows_and_no_others() {
        let mut items = table(&["a", "b", "c", "d"]);
        let names = |items: &Table<Item>, workspace| {
            let rows = items.in_workspace(ids::numbered(workspace));
            rows.map(|item| item.name).collect::<Vec<_>>()
        };
        items.update(ids::numbered(1), |item| item.workspace = 8);
        items.update(ids::numbered(2), |item| item.gone = true);
        assert_eq!((names(&items, 7), names(&items, 8)), (vec!["a", "d"], vec!["b"]));
        items.remove(ids::numbered(1));
        items.update(ids::numbered(2), |item| item.gone = false);
        assert_eq!((names(&items, 7), names(&items, 8)), (vec!["a", "c", "d"], vec![]));
    }

    #[test]
    fn a_page_past_the_end_is_empty() {
        let items = table(&["a", "b", "c"]);
        let page = |offset, limit| {
            items.page(None, offset, limit).map(|item| item.name).collect::<Vec<_>>()
        };
        assert_eq!(page(0, 2), ["a", "b"]);
        assert_eq!(page(2, usize::MAX), ["c"]);
        assert!(page(9, 2).is_empty());
    }
}
