//! The three views of the world side by side, with the one index that the stations share.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::desired::{Desired, ImportBy, Lifecycle, Resource};
use model::kinds::connection_template::HOSTING_AIRBYTE;
use model::kinds::workspace::DEFAULT_NAME;
use model::live::{Id, Live, LiveObject};
use model::secret::{Fingerprint, Fingerprints};
use model::state::{Record, SECRET_VERSION, Sent, State};
use model::{Address, Kind, Path, SmallMap, Value};

use crate::Options;
use crate::scope::{Scope, told_workspace};

/// What a plan is made from.
pub(crate) struct World<'a> {
    pub(crate) desired: &'a Desired,
    pub(crate) live: &'a Live,
    pub(crate) state: &'a State,
    pub(crate) options: &'a Options,
    /// Everything that carries our ownership tag.
    pub(crate) marked: &'a BTreeMap<Address, Id>,
    fingerprints: &'a dyn Fingerprints,
    // Each of these is asked some ten times for every resource, and none for its order. To compare
    // addresses on the way down a tree would cost more than all else that is decided.
    resources: HashMap<&'a Address, &'a Resource>,
    records: HashMap<&'a Address, &'a Record>,
    objects: HashMap<(Kind, &'a Id), Object<'a>>,
    /// What stands, by name. Without it every lookup would be a scan of the organization.
    by_name: BTreeMap<Kind, HashMap<&'a str, Vec<Object<'a>>>>,
    /// The connectors among it by workspace and name: customers call theirs alike, and in an
    /// organization of thousands each name is that of thousands.
    by_workspace: HashMap<(&'a str, &'a str), Vec<Object<'a>>>,
    /// Our own connection templates hosted by Airbyte, which have no name.
    nameless: Vec<Object<'a>>,
    /// The names that are declared, and by whom.
    declared_names: BTreeMap<Kind, HashMap<&'a str, Vec<&'a Address>>>,
    /// The addresses that a declared one was before.
    moved: BTreeMap<&'a Address, Vec<&'a Address>>,
    /// Addresses with a create of which nothing is known, each with the names it was begun under.
    begun: BTreeMap<&'a Address, Vec<Option<&'a str>>>,
}

/// A live object together with its id.
#[derive(Clone, Copy)]
pub(crate) struct Object<'a> {
    pub(crate) id: &'a Id,
    pub(crate) live: &'a LiveObject,
}

/// A resource whose declaration another one hangs on.
pub(crate) struct Trigger<'a> {
    pub(crate) address: &'a Address,
    /// The fingerprint of its declaration.
    pub(crate) sent: Fingerprint,
    /// Another one that means the same: with the values of its secrets in place of their version, or
    /// the other way round. That somebody begins or ends to give a version is no change.
    pub(crate) also: Option<Fingerprint>,
}

impl<'a> World<'a> {
    pub(crate) fn new(
        desired: &'a Desired,
        live: &'a Live,
        state: &'a State,
        fingerprints: &'a dyn Fingerprints,
        options: &'a Options,
        marked: &'a BTreeMap<Address, Id>,
    ) -> World<'a> {
        let count = live.kinds.values().map(|read| read.objects.len()).sum();
        let mut objects = HashMap::with_capacity(count);
        let mut by_name: BTreeMap<Kind, HashMap<&str, Vec<Object>>> = BTreeMap::new();
        let mut by_workspace: HashMap<(&str, &str), Vec<Object>> = HashMap::new();
        let mut nameless = Vec::new();
        for (&kind, read) in &live.kinds {
            by_name.insert(kind, HashMap::with_capacity(read.objects.len()));
            for (id, live) in &read.objects {
                let object = Object { id, live };
                objects.insert((kind, id), object);
                let namesakes = by_name.entry(kind).or_default().entry(&live.name).or_default();
                namesakes.push(object);
                if let Some(workspace) = told_workspace(object).filter(|_| kind == Kind::Connector)
                {
                    by_workspace.entry((workspace, &live.name)).or_default().push(object);
                }
                if live.ours && is_nameless(kind, &live.attributes) {
                    nameless.push(object);
                }
            }
        }
        let mut declared_names: BTreeMap<Kind, HashMap<&str, Vec<&Address>>> = BTreeMap::new();
        for (address, resource) in &desired.resources {
            if let Some(name) = resource.natural_name(address.kind()) {
                let names = declared_names.entry(address.kind()).or_default();
                names.entry(name).or_default().push(address);
            }
        }
        let mut begun: BTreeMap<&Address, Vec<Option<&str>>> = BTreeMap::new();
        for intent in &state.open {
            begun.entry(&intent.address).or_default().push(intent.name.as_deref());
        }
        let mut moved: BTreeMap<&Address, Vec<&Address>> = BTreeMap::new();
        for (from, target) in &desired.moved {
            moved.entry(&target.to).or_default().push(from);
        }
        World {
            desired,
            live,
            state,
            options,
            marked,
            fingerprints,
            resources: desired.resources.iter().collect(),
            records: state.records.iter().collect(),
            objects,
            by_name,
            by_workspace,
            nameless,
            declared_names,
            moved,
            begun,
        }
    }

    /// What is declared at `address`.
    pub(crate) fn resource(&self, address: &Address) -> Option<&'a Resource> {
        self.resources.get(address).copied()
    }

    /// What is remembered of `address`.
    pub(crate) fn record(&self, address: &Address) -> Option<&'a Record> {
        self.records.get(address).copied()
    }

    /// What `address` is to be called: see [`Desired::natural_name`].
    pub(crate) fn natural_name(&self, address: &Address) -> Option<&'a str> {
        self.resource(address)?.natural_name(address.kind())
    }

    /// The object `id` of ours. Others are never paired with what is written (see
    /// [`LiveObject::ours`]).
    pub(crate) fn object(&self, kind: Kind, id: &Id) -> Option<Object<'a>> {
        self.objects.get(&(kind, id)).copied().filter(|object| object.live.ours)
    }

    /// Everything of `kind` that is called `name`, whoever owns it.
    pub(crate) fn called(&self, kind: Kind, name: &str) -> &[Object<'a>] {
        self.by_name.get(&kind).and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
    }

    /// Our objects of `kind` that are called `name`.
    pub(crate) fn ours(&self, kind: Kind, name: &str) -> impl Iterator<Item = Object<'a>> {
        self.called(kind, name).iter().copied().filter(|object| object.live.ours)
    }

    /// Our objects in `scope` that may be what `address` declares, by its natural key.
    pub(crate) fn namesakes(&self, address: &Address, scope: &Scope<'_>) -> Vec<Object<'a>> {
        match (self.natural_name(address), self.resource(address)) {
            (Some(name), _) => match scope {
                Scope::Organization => self.ours(address.kind(), name).collect(),
                Scope::Workspace(id) => {
                    let here = self.by_workspace.get(&(id.0.as_str(), name));
                    here.into_iter().flatten().copied().filter(|object| object.live.ours).collect()
                }
                Scope::Nowhere => Vec::new(),
            },
            (None, Some(resource)) if is_nameless(address.kind(), &resource.attributes) => {
                self.nameless.clone()
            }
            (None, _) => Vec::new(),
        }
    }

    /// Whether a resource of `kind` is declared under `name`.
    pub(crate) fn is_declared(&self, kind: Kind, name: &str) -> bool {
        !self.declarers(kind, name).is_empty()
    }

    /// The resources of `kind` that are declared under `name`.
    pub(crate) fn declarers(&self, kind: Kind, name: &str) -> &[&'a Address] {
        self.declared_names.get(&kind).and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
    }

    /// Whether `object`, which stands for the undeclared `address`, is to be deleted.
    pub(crate) fn prunes(&self, address: &Address, object: Object<'_>) -> bool {
        let is_let_go = self.desired.removed.get(address).is_some_and(|removal| !removal.destroy);
        (self.options.destroy || self.is_deleted(address))
            && !is_let_go
            && !self.is_default(address, &object.live.name)
    }

    /// Whether `address`, whose object is called `name`, is or was the workspace that is never
    /// deleted.
    pub(crate) fn is_default(&self, address: &Address, name: &str) -> bool {
        let remembered = self.record(address).map(|record| record.name.as_str());
        address.kind() == Kind::Workspace && [Some(name), remembered].contains(&Some(DEFAULT_NAME))
    }

    /// The addresses that `address` was before.
    pub(crate) fn former(&self, address: &Address) -> &[&'a Address] {
        self.moved.get(address).map_or(&[], Vec::as_slice)
    }

    /// The live object that the manifest says `address` is: every one that it could mean. `None`
    /// where it says nothing, or has been heard already.
    pub(crate) fn imported(&self, address: &Address) -> Option<(&'a ImportBy, Vec<Object<'a>>)> {
        let import = self.desired.imports.get(address)?;
        if self.record(address).is_some() {
            return None;
        }
        let found = match &import.by {
            ImportBy::Id(id) => self.object(address.kind(), id).into_iter().collect(),
            ImportBy::Name(name) => self.ours(address.kind(), name).collect(),
        };
        Some((&import.by, found))
    }

    /// How far a plan may go with `address`.
    pub(crate) fn lifecycle(&self, address: &Address) -> Option<&'a Lifecycle> {
        self.resource(address).map(|resource| &resource.lifecycle)
    }

    /// What is remembered of each resource that `address` is replaced with. The fingerprints are
    /// of declarations, so that they say the same after a run that broke off between the two; and
    /// they are the trigger's own, so that they do not change when `address` moves.
    pub(crate) fn triggers(&self, address: &Address) -> SmallMap<Path, Trigger<'a>> {
        let triggers = self.lifecycle(address).map(|lifecycle| &lifecycle.replace_triggered_by);
        let Some(triggers) = triggers.filter(|triggers| !triggers.is_empty()) else {
            return SmallMap::new();
        };
        let root = Path::attribute("replace_triggered_by");
        let trigger = |address: &'a Address| {
            let resource = self.resource(address)?;
            let print = |version: Option<&str>| {
                let attributes = resource.attributes.iter();
                let named =
                    attributes.map(|(name, value)| (name.clone(), self.named(value, version)));
                self.fingerprint(address, &root, &Value::Map(named.collect()))
            };
            let declared = resource.lifecycle.secret_version.as_deref();
            let kept = self.record(address);
            let kept = kept.and_then(|record| record.kept.get(SECRET_VERSION));
            let (sent, also) = match (declared, kept) {
                (Some(version), _) => (print(Some(version)), Some(print(None))),
                (None, Some(version)) => (print(None), Some(print(Some(version)))),
                (None, None) => (print(None), None),
            };
            Some((root.member(&address.to_string()), Trigger { address, sent, also }))
        };
        triggers.iter().filter_map(trigger).collect()
    }

    /// `value` with names in place of addresses, which may change without a meaning, and with the
    /// version of secrets, where they have one, in place of their values.
    fn named(&self, value: &Value, version: Option<&str>) -> Value {
        match value {
            Value::Secret(_) => version.map_or_else(|| value.clone(), Value::text),
            Value::Reference(address) => {
                Value::text(self.natural_name(address).unwrap_or(address.name()))
            }
            Value::List(items) => {
                Value::List(items.iter().map(|item| self.named(item, version)).collect())
            }
            Value::Map(members) => Value::Map(
                members
                    .iter()
                    .map(|(key, member)| (key.clone(), self.named(member, version)))
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    /// Whether the object of `address`, which is no longer declared, is deleted.
    pub(crate) fn is_deleted(&self, address: &Address) -> bool {
        match self.desired.removed.get(address) {
            Some(removal) => removal.destroy,
            None => self.options.prune.kinds.contains(&address.kind()),
        }
    }

    /// The names under which creates of `address` were begun of whose end nothing is known.
    pub(crate) fn begun(&self, address: &Address) -> Option<&[Option<&'a str>]> {
        self.begun.get(address).map(Vec::as_slice)
    }

    /// What creates of `address` under `name` sent. None where that is not known, or not of which of
    /// them the object is.
    pub(crate) fn sent(&self, address: &Address, name: &str) -> Option<&'a Sent> {
        let begun = self.state.open.iter().filter(|intent| {
            intent.address == *address && intent.name.as_deref().is_none_or(|begun| begun == name)
        });
        let mut sent = begun.map(|intent| intent.sent.as_ref());
        let first = sent.next()??;
        sent.all(|other| other == Some(first)).then_some(first)
    }

    /// The addresses with such creates.
    pub(crate) fn all_begun(&self) -> impl Iterator<Item = &'a Address> {
        self.begun.keys().copied()
    }

    /// Whether what is live of `kind` is known. A kind that was not read counts as not there:
    /// taking it as empty would create everything a second time.
    pub(crate) fn is_known(&self, kind: Kind) -> bool {
        self.live.kinds.get(&kind).is_some_and(|read| !read.unavailable)
    }

    /// The kinds that are declared or remembered.
    pub(crate) fn wanted(&self) -> BTreeSet<Kind> {
        let begun = self.begun.keys().copied();
        let remembered = self.state.records.keys();
        self.desired.resources.keys().chain(remembered).chain(begun).map(Address::kind).collect()
    }

    /// What is remembered of `kind`.
    pub(crate) fn records(&self, kind: Kind) -> impl Iterator<Item = &'a Record> + Clone {
        let records = self.state.records.iter();
        records.filter(move |(address, _)| address.kind() == kind).map(|(_, record)| record)
    }

    /// Whether `value` is no secret, or one whose text is at hand.
    pub(crate) fn is_at_hand(&self, value: &Value) -> bool {
        match value {
            Value::Secret(secret) => self.fingerprints.has(secret),
            _ => true,
        }
    }

    pub(crate) fn fingerprint(&self, address: &Address, path: &Path, value: &Value) -> Fingerprint {
        self.fingerprints.of(address, path, value)
    }
}

/// Whether an object with these attributes has no name that anybody chose (dossier 3.4).
pub(crate) fn is_nameless(kind: Kind, attributes: &SmallMap<String, Value>) -> bool {
    kind == Kind::ConnectionTemplate
        && attributes.get("hosting").and_then(Value::as_text) == Some(HOSTING_AIRBYTE)
}
