//! What resources are called in the manifest, in state and in plans.

use std::fmt;

use crate::kind::Kind;

/// The logical address of a resource: `source_templates.github`. It never changes with what the
/// object is called in the organization.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    kind: Kind,
    name: String,
}

impl Address {
    /// The address of the resource `name` of `kind`. Whether `name` is a good name is for the
    /// reader of the manifest to say: see [`is_name`].
    pub fn new(kind: Kind, name: impl Into<String>) -> Address {
        Address { kind, name: name.into() }
    }

    /// The kind of the resource.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The logical name: the key in its section of the manifest.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads `section.name` as printed by `Display`. `None` where the section is unknown or the
    /// name is not one.
    pub fn parse(text: &str) -> Option<Address> {
        let (section, name) = text.split_once('.')?;
        let kind = Kind::from_section(section)?;
        is_name(name).then(|| Address::new(kind, name))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind.section(), self.name)
    }
}

/// Whether `text` can be a logical name: ASCII letters, digits, `_` and `-`, at least one. Dots and
/// brackets are left to the syntax of addresses.
pub fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}
