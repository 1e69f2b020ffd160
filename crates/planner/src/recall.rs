//! The organization as state remembers it, for a plan that asks nobody.

use std::collections::BTreeMap;

use model::desired::{Desired, ImportBy};
use model::kind::Schema;
use model::kinds::connector::WORKSPACE;
use model::live::{Facts, Id, Live, LiveObject, Scope};
use model::state::State;
use model::{Address, Kind, SmallMap, Value};

/// What a refresh for `scope` would tell if nothing had changed since the last run: everything that
/// is remembered stands, and so does what `desired` says is somebody else's, or is to be imported.
///
/// But for names no value is told, so each is compared by its digest. The caller adds the
/// [facts](Live::facts) that it has.
pub fn recalled(desired: &Desired, state: &State, scope: &Scope) -> Live {
    let mut live = Live { kinds: BTreeMap::new(), facts: Facts::default() };
    for kind in scope.kinds.keys() {
        live.kinds.entry(*kind).or_default();
    }
    let mut stands = |kind: Kind, id: Id, name: String, workspace: Option<&Id>| {
        let mut attributes = SmallMap::new();
        if let Some(id) = workspace {
            attributes.insert(WORKSPACE.to_owned(), Value::text(&id.0));
        }
        let Schema { natural_key, write_only, .. } = kind.schema();
        if !write_only {
            attributes.insert((*natural_key).to_owned(), Value::text(&name));
        }
        let object = LiveObject { name, ours: true, attributes, updated_at: None };
        let read = live.kinds.entry(kind).or_default();
        read.objects.entry(id).or_insert(object);
        read.total = read.objects.len();
    };
    for (address, record) in &state.records {
        let kept = record.kept.get(WORKSPACE).filter(|_| address.kind() == Kind::Connector);
        let workspace = kept.and_then(|kept| state.records.get(&Address::parse(kept)?));
        let workspace = workspace.map(|record| &record.id);
        stands(address.kind(), record.id.clone(), record.name.clone(), workspace);
        for deposed in &record.deposed {
            stands(address.kind(), deposed.id.clone(), deposed.name.clone(), workspace);
        }
    }
    let named = |address: &Address| -> String {
        desired.natural_name(address).unwrap_or(address.name()).to_owned()
    };
    // Ids that the service gives are UUIDs, so an address can be none of them.
    let unknown = |address: &Address| Id(address.to_string());
    for (address, _) in desired.resources.iter().filter(|(_, resource)| resource.external) {
        stands(address.kind(), unknown(address), named(address), None);
    }
    for (address, import) in &desired.imports {
        if state.records.contains_key(address) {
            continue;
        }
        match &import.by {
            ImportBy::Id(id) => stands(address.kind(), id.clone(), named(address), None),
            ImportBy::Name(name) => stands(address.kind(), unknown(address), name.clone(), None),
        }
    }
    live
}
