//! What resources are called in the manifest, in state and in plans.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use crate::kind::Kind;
use crate::value::{quote, unquote};

/// The logical address of a resource: `source_templates.github`, or, of one of the several that a
/// `for_each` makes, `workspaces.customer["acme"]`. It never changes with what the object is called
/// in the organization.
///
/// Plans name each address many times over: in maps, steps and references. So copies share one text, and
/// an address takes the room of a pointer wherever it stands.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address(Arc<Parts>);

#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Parts {
    kind: Kind,
    name: Box<str>,
    key: Option<Box<str>>,
}

impl Ord for Address {
    fn cmp(&self, other: &Address) -> Ordering {
        // Whoever looks an address up mostly has a copy of the very one.
        if Arc::ptr_eq(&self.0, &other.0) {
            return Ordering::Equal;
        }
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Address {
    fn partial_cmp(&self, other: &Address) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

// As if the parts stood here: that they are shared is nobody's business.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { kind, name, key } = &*self.0;
        let mut shown = f.debug_struct("Address");
        shown.field("kind", kind).field("name", name).field("key", key).finish()
    }
}

impl Address {
    /// The address of the resource `name` of `kind`. Whether `name` is a good name is for the
    /// reader of the manifest to say: see [`is_name`].
    pub fn new(kind: Kind, name: impl Into<String>) -> Address {
        Address(Arc::new(Parts { kind, name: name.into().into(), key: None }))
    }

    /// The address of the instance `key` of the `for_each` called `name`.
    pub fn instance(kind: Kind, name: impl Into<String>, key: impl Into<String>) -> Address {
        let (name, key) = (name.into().into(), Some(key.into().into()));
        Address(Arc::new(Parts { kind, name, key }))
    }

    /// The kind of the resource.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The logical name: the key in its section of the manifest.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Which of the instances of its name it is. `None` where the name stands for one resource.
    pub fn key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }

    /// The address without the key: the declaration that an instance comes from.
    pub fn declaration(&self) -> Address {
        Address::new(self.kind(), self.name())
    }

    /// What it is called within its section: `github`, `customer["acme"]`.
    pub fn within_section(&self) -> String {
        WithinSection(self).to_string()
    }

    /// Reads `section.name` or `section.name["key"]` as printed by `Display`. `None` where the
    /// section is unknown, the name is not one, or the key is empty.
    pub fn parse(text: &str) -> Option<Address> {
        let (section, rest) = text.split_once('.')?;
        Address::parse_within(Kind::from_section(section)?, rest)
    }

    /// Reads what [`Address::within_section`] prints.
    pub fn parse_within(kind: Kind, text: &str) -> Option<Address> {
        let Some((name, rest)) = text.split_once('[') else {
            return is_name(text).then(|| Address::new(kind, text));
        };
        let (key, rest) = unquote(rest.strip_prefix('"')?)?;
        let whole = is_name(name) && !key.is_empty() && rest == "]";
        whole.then(|| Address::instance(kind, name, key))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind().section(), WithinSection(self))
    }
}

struct WithinSection<'a>(&'a Address);

impl fmt::Display for WithinSection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())?;
        let Some(key) = self.0.key() else { return Ok(()) };
        f.write_str("[")?;
        quote(key, f)?;
        f.write_str("]")
    }
}

/// Whether `text` can be a logical name: ASCII letters, digits, `_` and `-`, at least one. Dots and
/// brackets are left to the syntax of addresses.
pub fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}
