//! Nouns that stand in the files as text, and maps by them.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use model::live::Id;
use model::secret::Fingerprint;
use model::{Address, Kind, Path, SmallMap};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::document::Key;
use crate::format::VERSION;

/// A noun in its printed form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Text<T>(pub(super) T);

/// A noun that has a printed form, which can be read back.
pub(super) trait Noun: Sized {
    /// What it is called in a complaint.
    const NAME: &'static str;
    fn print(&self) -> String;
    fn parse(text: &str) -> Option<Self>;
}

impl Noun for Address {
    const NAME: &'static str = "an address";
    fn print(&self) -> String {
        self.to_string()
    }
    fn parse(text: &str) -> Option<Address> {
        Address::parse(text)
    }
}

impl Noun for Path {
    const NAME: &'static str = "the path of a leaf";
    fn print(&self) -> String {
        self.to_string()
    }
    fn parse(text: &str) -> Option<Path> {
        Path::parse(text)
    }
}

impl Noun for Kind {
    const NAME: &'static str = "a section of a manifest";
    fn print(&self) -> String {
        self.section().to_owned()
    }
    fn parse(text: &str) -> Option<Kind> {
        Kind::from_section(text)
    }
}

impl Noun for Id {
    const NAME: &'static str = "an id";
    fn print(&self) -> String {
        self.0.clone()
    }
    fn parse(text: &str) -> Option<Id> {
        Some(Id(text.to_owned()))
    }
}

impl Noun for Fingerprint {
    const NAME: &'static str = "a fingerprint";
    fn print(&self) -> String {
        self.0.clone()
    }
    fn parse(text: &str) -> Option<Fingerprint> {
        Some(Fingerprint(text.to_owned()))
    }
}

impl Noun for Key {
    const NAME: &'static str = "a key of 64 hexadecimal digits";
    fn print(&self) -> String {
        self.to_hex()
    }
    fn parse(text: &str) -> Option<Key> {
        Key::from_hex(text)
    }
}

impl<T: Noun> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.print())
    }
}

impl<'de, T: Noun> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text<T>, D::Error> {
        let text = String::deserialize(deserializer)?;
        // The text is not repeated: it may be a damaged key.
        T::parse(&text).map(Text).ok_or_else(|| de::Error::custom(format!("expected {}", T::NAME)))
    }
}

/// The version of the format. Only the known one can be read.
#[derive(Debug)]
pub(super) struct Version;

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(VERSION)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Version, D::Error> {
        match u64::deserialize(deserializer)? {
            VERSION => Ok(Version),
            _ => Err(de::Error::custom(format!("expected format version {VERSION}"))),
        }
    }
}

/// A map that can be filled.
pub(super) trait Entries: Default {
    type Key;
    type Value;
    /// Adds an entry, and gives the one that was there under its key.
    fn put(&mut self, key: Self::Key, value: Self::Value) -> Option<Self::Value>;
}

impl<K: Ord, V> Entries for BTreeMap<K, V> {
    type Key = K;
    type Value = V;
    fn put(&mut self, key: K, value: V) -> Option<V> {
        self.insert(key, value)
    }
}

impl<K: Ord, V> Entries for SmallMap<K, V> {
    type Key = K;
    type Value = V;
    fn put(&mut self, key: K, value: V) -> Option<V> {
        self.insert(key, value)
    }
}

/// A map without doubles. What people and merges make of a file can have an entry twice, and to
/// take the last of them, as usual, would lose a record silently.
pub(super) fn unique<'de, D, M>(deserializer: D) -> Result<M, D::Error>
where
    D: Deserializer<'de>,
    M: Entries<Key: Deserialize<'de>, Value: Deserialize<'de>>,
{
    struct Unique<M>(PhantomData<M>);
    impl<'de, M> Visitor<'de> for Unique<M>
    where
        M: Entries<Key: Deserialize<'de>, Value: Deserialize<'de>>,
    {
        type Value = M;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<M, A::Error> {
            let mut map = M::default();
            while let Some((key, value)) = access.next_entry()? {
                if map.put(key, value).is_some() {
                    return Err(de::Error::custom("this entry stands here twice"));
                }
            }
            Ok(map)
        }
    }
    deserializer.deserialize_map(Unique(PhantomData))
}

/// A map as every other one is written. The model's own knows nothing of files.
pub(super) fn as_map<S, K, V>(map: &SmallMap<K, V>, serializer: S) -> Result<S::Ok, S::Error>
where
    S: Serializer,
    K: Serialize,
    V: Serialize,
{
    serializer.collect_map(map)
}
