//! The way back: what would have to be declared for everything that is live to be as declared.
//!
//! Pure and deterministic, as the decision is: the same organization gives the same declaration,
//! in whatever order its lists came. What cannot be declared is left out and told as data; nothing
//! is guessed.

mod names;
mod secrets;

use std::collections::{BTreeMap, BTreeSet};

use model::desired::{Desired, Import, ImportBy, Lifecycle, Resource};
use model::kind::{Attribute, Shape, Side};
use model::kinds::connector::WORKSPACE;
use model::live::{Definition, DefinitionQuery, Id, Live, LiveObject};
use model::span::FileId;
use model::spec::{self, Spec};
use model::{Address, Kind, Path, SmallMap, Span, Value};

use self::names::Names;
use self::secrets::Variables;
use crate::world::is_nameless;

/// What is known of connector definitions, by side.
pub type Definitions = BTreeMap<Side, BTreeSet<Definition>>;

/// What an export leaves out because it was found that a manifest has no words for it: a tag with a
/// `/` in its name, a schedule that is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Except {
    /// Whole objects.
    pub objects: BTreeSet<(Kind, Id)>,
    /// Attributes of objects.
    pub attributes: BTreeSet<(Kind, Id, String)>,
}

/// An organization as a declaration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Export {
    /// The declaration, and which live object each resource is. Its spans lead nowhere.
    pub desired: Desired,
    /// What a reader should know of a resource that is not in its declaration.
    pub remarks: BTreeMap<Address, BTreeSet<Remark>>,
    /// Objects that are not declared.
    pub left_out: BTreeMap<(Kind, Id), LeftOut>,
    /// The environment variables that secrets are to be looked up in, with the leaf that each is.
    pub variables: BTreeMap<String, (Address, Path)>,
}

/// What a reader should know of a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remark {
    /// The UUID that this attribute has is that of the definition of this name, which others have
    /// too.
    DefinitionCalled {
        /// The attribute.
        attribute: String,
        /// What it is called.
        name: String,
    },
    /// The attribute has a value that a manifest has no words for, so it is not managed.
    NotWritable {
        /// The attribute.
        attribute: String,
    },
    /// The attribute names a tag that is not declared, so it is not managed.
    UnknownTag {
        /// The attribute.
        attribute: String,
        /// The tag.
        tag: String,
    },
}

/// Why an object is not declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftOut {
    /// Another one has its name already, by which declarations are told apart.
    SameName {
        /// The name.
        name: String,
        /// The resource that has it.
        holder: Address,
    },
    /// There is another connection template that Airbyte hosts, and nothing tells the two apart.
    SecondAirbyteHosted {
        /// The resource that is declared.
        holder: Address,
    },
    /// It is in a workspace that is not declared.
    Nowhere {
        /// The name.
        name: String,
    },
    /// A manifest has no words for it.
    NotWritable {
        /// The name.
        name: String,
    },
}

/// The definitions that what is live is made from: with their specifications among its facts, an
/// export knows which leaves are secret.
pub fn definitions_of(live: &Live) -> BTreeSet<DefinitionQuery> {
    let mut found = BTreeSet::new();
    for (kind, read) in &live.kinds {
        for attribute in kind.schema().attributes {
            let Shape::Definition(side) = attribute.shape else { continue };
            let told = read.objects.values().filter(|object| object.ours);
            let told = told.filter_map(|object| object.attributes.get(attribute.name)?.as_text());
            found.extend(told.map(|text| DefinitionQuery { side, text: text.to_owned() }));
        }
    }
    found
}

/// Declares everything that is live and ours.
pub fn export(live: &Live, definitions: &Definitions, except: &Except) -> Export {
    let mut exporter = Exporter {
        live,
        definitions: unambiguous(definitions),
        except,
        names: Names::default(),
        variables: Variables::default(),
        addresses: BTreeMap::new(),
        tags: BTreeMap::new(),
        export: Export::default(),
    };
    // What is referred to comes first.
    for kind in Kind::ALL {
        exporter.kind(kind);
    }
    let Exporter { variables, mut export, .. } = exporter;
    export.variables = variables.named();
    export
}

/// What each definition can be called, and whether nothing else is called so.
fn unambiguous(definitions: &Definitions) -> BTreeMap<(Side, &str), (&str, bool)> {
    let mut called = BTreeMap::new();
    for (side, definitions) in definitions {
        let mut holders: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for definition in definitions {
            holders.entry(definition.name.to_lowercase()).or_default().insert(&definition.id);
        }
        for Definition { id, name } in definitions {
            let is_alone = holders.get(&name.to_lowercase()).is_some_and(|ids| ids.len() == 1);
            called.insert((*side, id.as_str()), (name.as_str(), is_alone));
        }
    }
    called
}

struct Exporter<'a> {
    live: &'a Live,
    definitions: BTreeMap<(Side, &'a str), (&'a str, bool)>,
    except: &'a Except,
    names: Names,
    variables: Variables,
    /// The resource that each object is.
    addresses: BTreeMap<(Kind, &'a str), Address>,
    /// Tags by what they are called.
    tags: BTreeMap<&'a str, Address>,
    export: Export,
}

impl<'a> Exporter<'a> {
    fn kind(&mut self, kind: Kind) {
        // What is only written is remembered at most, and stands nowhere to be read.
        let told = self.live.kinds.get(&kind).filter(|_| !kind.schema().write_only);
        let Some(read) = told else { return };
        let mut objects: Vec<(&str, &Id, &LiveObject)> = read
            .objects
            .iter()
            .filter(|(_, object)| object.ours)
            .map(|(id, object)| (object.name.as_str(), id, object))
            .collect();
        objects.sort_by_key(|&(name, id, _)| (name, id));
        let mut holders: BTreeMap<(Option<Address>, Option<&str>), Address> = BTreeMap::new();
        let mut declared = Vec::new();
        for &(name, id, object) in &objects {
            match self.place(kind, id, object, &holders) {
                Ok(place) => {
                    let nameless = is_nameless(kind, &object.attributes);
                    let within = place.as_ref().map(Address::name);
                    let address = Address::new(kind, self.names.of(kind, within, name));
                    let name = (!nameless).then_some(name);
                    holders.insert((place, name), address.clone());
                    self.addresses.insert((kind, &id.0), address.clone());
                    if kind == Kind::Tag {
                        self.tags.insert(&object.name, address.clone());
                    }
                    declared.push((address, id, object));
                }
                Err(why) => {
                    self.export.left_out.insert((kind, id.clone()), why);
                }
            }
        }
        for (address, id, object) in declared {
            self.resource(address, id, object);
        }
    }

    /// Where the name of an object counts, or why it cannot be declared.
    fn place(
        &self,
        kind: Kind,
        id: &Id,
        object: &LiveObject,
        holders: &BTreeMap<(Option<Address>, Option<&str>), Address>,
    ) -> Result<Option<Address>, LeftOut> {
        let name = || object.name.clone();
        if self.except.objects.contains(&(kind, id.clone())) {
            return Err(LeftOut::NotWritable { name: name() });
        }
        let place = match kind {
            Kind::Connector => match self.told(object, WORKSPACE, Kind::Workspace) {
                Some(workspace) => Some(workspace),
                None => return Err(LeftOut::Nowhere { name: name() }),
            },
            Kind::Tag
            | Kind::SourceTemplate
            | Kind::ConnectionTemplate
            | Kind::Workspace
            | Kind::OAuthCredential => None,
        };
        let nameless = is_nameless(kind, &object.attributes);
        let key = (place, (!nameless).then_some(object.name.as_str()));
        match holders.get(&key).cloned() {
            Some(holder) if nameless => Err(LeftOut::SecondAirbyteHosted { holder }),
            Some(holder) => Err(LeftOut::SameName { name: name(), holder }),
            None => Ok(key.0),
        }
    }

    /// The resource of `kind` whose id `object` tells under `attribute`.
    fn told(&self, object: &LiveObject, attribute: &str, kind: Kind) -> Option<Address> {
        let id = object.attributes.get(attribute)?.as_text()?;
        self.addresses.get(&(kind, id)).cloned()
    }

    /// What the connector that `object` is made from says of its configuration, where it is known.
    fn spec(&self, kind: Kind, object: &LiveObject) -> Option<&'a Spec> {
        let is_definition =
            |attribute: &&Attribute| matches!(attribute.shape, Shape::Definition(_));
        let attribute = kind.schema().attributes.iter().find(is_definition)?;
        self.live.facts.specs.get(object.attributes.get(attribute.name)?.as_text()?)
    }

    fn resource(&mut self, address: Address, id: &Id, object: &'a LiveObject) {
        let kind = address.kind();
        let mut attributes = SmallMap::new();
        let mut remarks = BTreeSet::new();
        for attribute in kind.schema().attributes {
            let key = (kind, id.clone(), attribute.name.to_owned());
            if self.except.attributes.contains(&key) {
                remarks.insert(Remark::NotWritable { attribute: attribute.name.to_owned() });
                continue;
            }
            let value = self.value(&address, attribute, object, &attributes, &mut remarks);
            attributes.extend(value.map(|value| (attribute.name.to_owned(), value)));
        }
        let nowhere = Span { file: FileId(0), start: 0, end: 0 };
        let resource = Resource {
            span: nowhere,
            external: false,
            lifecycle: Lifecycle::default(),
            attributes,
            places: SmallMap::new(),
        };
        let import = Import { by: ImportBy::Id(id.clone()), span: nowhere };
        if !remarks.is_empty() {
            self.export.remarks.insert(address.clone(), remarks);
        }
        self.export.desired.imports.insert(address.clone(), import);
        self.export.desired.resources.insert(address, resource);
    }

    /// What is to be declared of `attribute`; nothing where it goes without saying.
    fn value(
        &mut self,
        address: &Address,
        attribute: &'static Attribute,
        object: &'a LiveObject,
        declared: &SmallMap<String, Value>,
        remarks: &mut BTreeSet<Remark>,
    ) -> Option<Value> {
        let kind = address.kind();
        let name = attribute.name;
        let nameless = is_nameless(kind, &object.attributes);
        // What Airbyte fills in cannot be declared (dossier 3.4).
        if nameless && !matches!(name, "hosting" | "cron_expression" | "tags") {
            return None;
        }
        if name == kind.schema().natural_key {
            return Some(Value::text(&object.name));
        }
        let told = object.attributes.get(name);
        match attribute.shape {
            // Only what is never told has one (dossier 3.7).
            Shape::Instruction | Shape::DefinitionName(_) => None,
            Shape::Reference => {
                let target = match name {
                    WORKSPACE => Kind::Workspace,
                    _ => Kind::SourceTemplate,
                };
                self.told(object, name, target).map(Value::Reference)
            }
            // A template says what it is a template of.
            Shape::Definition(_) if declared.contains_key("source_template") => None,
            Shape::Definition(side) => {
                let id = told?.as_text()?;
                Some(match self.definitions.get(&(side, id)) {
                    Some(&(name, true)) => Value::text(name),
                    Some(&(name, false)) => {
                        let (attribute, name) = (attribute.name.to_owned(), name.to_owned());
                        remarks.insert(Remark::DefinitionCalled { attribute, name });
                        Value::text(id)
                    }
                    None => Value::text(id),
                })
            }
            Shape::Set => {
                let Value::List(names) = (attribute.canonical)(told?.clone()) else { return None };
                let mut tags = Vec::with_capacity(names.len());
                for tag in names.iter().filter_map(Value::as_text) {
                    let Some(declared) = self.tags.get(tag) else {
                        let (attribute, tag) = (name.to_owned(), tag.to_owned());
                        remarks.insert(Remark::UnknownTag { attribute, tag });
                        return None;
                    };
                    tags.push(Value::Reference(declared.clone()));
                }
                (!tags.is_empty()).then_some(Value::List(tags))
            }
            Shape::Tree | Shape::Scalar => {
                let value = (attribute.canonical)(told?.clone());
                if goes_without_saying(attribute, &value) {
                    return None;
                }
                Some(match spec::describes(name) {
                    true => {
                        let spec = self.spec(kind, object);
                        self.variables.fill(address, &Path::attribute(name), value, spec)
                    }
                    false => value,
                })
            }
        }
    }
}

/// Whether `value` is what the service fills in (dossier 5.2) and is not worth a line in each of a
/// thousand declarations.
fn goes_without_saying(attribute: &Attribute, value: &Value) -> bool {
    let empty = || (attribute.canonical)(Value::Null) == *value;
    match attribute.name {
        "mode" => value.as_text() == Some("replication"),
        "status" => value.as_text() == Some("active"),
        "non_breaking_changes_preference" => value.as_text() == Some("ignore"),
        "sync_on_create" => *value == Value::Bool(true),
        // They are required, or the declaration could not be told from another.
        "hosting" | "destination_config" => false,
        "partial_default_config" | "replication_config" => value.is_empty() || empty(),
        _ => empty(),
    }
}
