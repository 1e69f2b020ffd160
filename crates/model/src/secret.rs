//! Secrets as everything but their text: where to look one up, and what is remembered of it.

use std::fmt;

use secrecy::SecretString;

use crate::address::Address;
use crate::value::{Path, Value};

/// Parts of key names behind which secrets are kept. Where nobody says of a value whether it is one, a
/// name is all there is to go by. Too many hide a harmless value; too few show a password.
const SECRET_KEYS: [&str; 21] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "api_key",
    "apikey",
    "access_key",
    "accesskey",
    "private_key",
    "privatekey",
    "ssh_key",
    "account_key",
    "client_key",
    "encrypting_key",
    "encryption_key",
    "sas_key",
    "credential",
    "connection_string",
    "service_account",
    "authorization",
];

/// Whether what stands under `key` is likely a secret, as far as its name tells.
pub fn is_named_like_one(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    SECRET_KEYS.iter().any(|part| key.contains(part))
}

/// Where the text of a secret comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretSource {
    /// An environment variable, by name.
    Env(String),
    /// A file, by path as written in the manifest, resolved against the manifest's folder.
    File(String),
    /// A variable declared `sensitive`, by name.
    Variable(String),
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretSource::Env(name) => write!(f, "${{secret:env:{name}}}"),
            SecretSource::File(path) => write!(f, "${{secret:file:{path}}}"),
            SecretSource::Variable(name) => write!(f, "${{var:{name}}}"),
        }
    }
}

/// A piece of a secret value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretPart {
    /// Text that stands in the manifest.
    Literal(String),
    /// Text that is looked up.
    Lookup(SecretSource),
}

/// A scalar with at least one looked-up part. The whole leaf is then a secret (rulings, "Secrets").
/// It holds no secret text and can be printed, compared and stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretRef {
    /// The parts, whose texts make up the value one after the other.
    pub parts: Vec<SecretPart>,
}

impl SecretRef {
    /// The places where parts of it are looked up.
    pub fn sources(&self) -> impl Iterator<Item = &SecretSource> {
        self.parts.iter().filter_map(|part| match part {
            SecretPart::Literal(_) => None,
            SecretPart::Lookup(source) => Some(source),
        })
    }

    /// The text, with each part's source looked up by `lookup`. `None` where one is not known.
    pub fn reveal<'a>(
        &self,
        lookup: impl Fn(&SecretSource) -> Option<&'a SecretString>,
    ) -> Option<SecretString> {
        use secrecy::ExposeSecret;
        let mut text = String::new();
        for part in &self.parts {
            match part {
                SecretPart::Literal(literal) => text.push_str(literal),
                SecretPart::Lookup(source) => text.push_str(lookup(source)?.expose_secret()),
            }
        }
        Some(SecretString::from(text))
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                SecretPart::Literal(text) => f.write_str(text)?,
                SecretPart::Lookup(source) => source.fmt(f)?,
            }
        }
        Ok(())
    }
}

/// A keyed digest of one leaf (HMAC-SHA256, hex). It is safe to store and to compare, and says
/// nothing of the value to whoever does not hold the key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub String);

/// Makes fingerprints. The planner and the walk see secrets only through this; the key and the
/// texts stay with whoever implements it.
pub trait Fingerprints {
    /// The fingerprint of `value` at `path` of the resource at `address`. Equal values at the same
    /// place have equal fingerprints, whether `value` is a [`Value::Secret`] or the same text in
    /// clear. [`Value::Null`] stands for an absent leaf too.
    ///
    /// Total: whoever implements it has looked up beforehand what it [has](Fingerprints::has).
    fn of(&self, address: &Address, path: &Path, value: &Value) -> Fingerprint;

    /// Whether the text of `secret` is at hand. Where it is not, its fingerprint is equal to that of
    /// nothing else, and the secret is taken to be what it was.
    fn has(&self, _secret: &SecretRef) -> bool {
        true
    }
}
