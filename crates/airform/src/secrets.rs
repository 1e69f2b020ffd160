//! Looking secrets up, once, and knowing them only by digest from then on.

use std::collections::BTreeMap;
use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use model::desired::Desired;
use model::secret::{Fingerprint, Fingerprints, SecretRef, SecretSource};
use model::{Address, Path, Value};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::env::Env;
use crate::sources::{Folder, Unread};

/// Why a secret cannot be had.
#[derive(Debug, PartialEq)]
pub(crate) enum Missing {
    /// Its file lies outside of the manifest's folder, which nobody has allowed.
    Outside,
    /// Anything else, in words.
    Other(String),
}

/// The texts of the secrets that a manifest names.
#[derive(Default)]
pub(crate) struct Secrets {
    texts: BTreeMap<SecretSource, SecretString>,
}

impl Secrets {
    /// Looks up everything that `desired` names. On failure: one fragment for each secret that
    /// cannot be had, so that all are named at once.
    pub(crate) fn look_up(
        desired: &Desired,
        variables: &BTreeMap<String, SecretString>,
        env: &Env,
        folder: Folder<'_>,
    ) -> Result<Secrets, Vec<(SecretSource, Missing)>> {
        let mut texts = BTreeMap::new();
        let mut missing = Vec::new();
        for source in desired.secret_sources() {
            match look_up(source, variables, env, folder) {
                Ok(text) => {
                    texts.insert(source.clone(), text);
                }
                Err(why) => missing.push((source.clone(), why)),
            }
        }
        if missing.is_empty() { Ok(Secrets { texts }) } else { Err(missing) }
    }

    /// What of that which `desired` names is set here, for a run that sends nothing and so can do
    /// without the rest.
    pub(crate) fn at_hand(
        desired: &Desired,
        variables: &BTreeMap<String, SecretString>,
        env: &Env,
        folder: Folder<'_>,
    ) -> Secrets {
        let found = desired.secret_sources().into_iter().filter_map(|source| {
            let text = look_up(source, variables, env, folder).ok()?;
            Some((source.clone(), text))
        });
        Secrets { texts: found.collect() }
    }

    /// Every text, for whoever is not to repeat it.
    pub(crate) fn all(&self) -> impl Iterator<Item = SecretString> {
        self.texts.values().cloned()
    }

    /// A stand-in for everything that `desired` names, so that no real secret is needed, or sent,
    /// where nothing real is at the other end.
    pub(crate) fn stand_ins(desired: &Desired) -> Secrets {
        let texts = desired
            .secret_sources()
            .into_iter()
            .map(|source| {
                let text = match source {
                    SecretSource::Env(name) => format!("stand-in for {name}"),
                    SecretSource::File(path) => format!("stand-in for {path}"),
                    SecretSource::Variable(name) => format!("stand-in for variable {name}"),
                };
                (source.clone(), SecretString::from(text))
            })
            .collect();
        Secrets { texts }
    }
}

/// The text that stands at `source`, or why there is none.
fn look_up(
    source: &SecretSource,
    variables: &BTreeMap<String, SecretString>,
    env: &Env,
    folder: Folder<'_>,
) -> Result<SecretString, Missing> {
    match source {
        SecretSource::Env(name) => env
            .get(name)
            .map(|text| SecretString::from(text.to_owned()))
            .ok_or_else(|| Missing::Other(format!("the environment variable {name} is not set"))),
        SecretSource::File(path) => match folder.read(path) {
            // Editors and `echo` end a file with a line end that is no part of the secret.
            Ok(text) => Ok(SecretString::from(text.trim_end_matches(['\n', '\r']))),
            Err(Unread::Outside) => Err(Missing::Outside),
            Err(Unread::Failed(why)) => Err(Missing::Other(why)),
        },
        SecretSource::Variable(name) => variables
            .get(name)
            .cloned()
            .ok_or_else(|| Missing::Other(format!("the variable {name} has no value"))),
    }
}

impl apply::Secrets for Secrets {
    fn text(&self, source: &SecretSource) -> Option<SecretString> {
        self.texts.get(source).cloned()
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.texts.keys()).finish()
    }
}

/// HMAC-SHA256 over organization, address, path and value (rulings, "Secrets"), under the state's
/// key: a digest that somebody copies to another place or organization fits nowhere else.
pub(crate) struct KeyedFingerprints<'a> {
    keyed: Hmac<Sha256>,
    organization: &'a str,
    secrets: &'a Secrets,
}

impl<'a> KeyedFingerprints<'a> {
    /// Fingerprints under `key` for what belongs to `organization`.
    pub(crate) fn new(
        key: &[u8; 32],
        organization: &'a str,
        secrets: &'a Secrets,
    ) -> KeyedFingerprints<'a> {
        // HMAC takes a key of any length; the block form is the one that cannot fail.
        let mut block = [0u8; 64];
        block[..32].copy_from_slice(key);
        let keyed = Hmac::<Sha256>::new(&block.into());
        KeyedFingerprints { keyed, organization, secrets }
    }

    fn feed(&self, mac: &mut Hmac<Sha256>, value: &Value) {
        match value {
            Value::Null => part(mac, b'n', &[]),
            Value::Bool(flag) => part(mac, b'b', &[u8::from(*flag)]),
            Value::Number(number) => part(mac, b'd', number.as_str().as_bytes()),
            Value::Text(text) => part(mac, b't', text.as_bytes()),
            // The same text in clear has the same fingerprint.
            Value::Secret(secret) => match secret.reveal(|source| self.secrets.texts.get(source)) {
                Some(text) => part(mac, b't', text.expose_secret().as_bytes()),
                // Secrets are looked up before a fingerprint is asked for, so that this stands for
                // nothing that is ever sent; what it is named by keeps it apart from any text.
                None => part(mac, b's', secret.to_string().as_bytes()),
            },
            Value::Reference(address) => part(mac, b'r', address.to_string().as_bytes()),
            Value::List(items) => {
                part(mac, b'l', &(items.len() as u64).to_be_bytes());
                items.iter().for_each(|item| self.feed(mac, item));
            }
            Value::Map(members) => {
                part(mac, b'm', &(members.len() as u64).to_be_bytes());
                for (key, member) in members {
                    part(mac, b'k', key.as_bytes());
                    self.feed(mac, member);
                }
            }
        }
    }
}

/// One part of what is digested, with its length, so that no two inputs run together.
fn part(mac: &mut Hmac<Sha256>, mark: u8, bytes: &[u8]) {
    mac.update(&[mark]);
    mac.update(&(bytes.len() as u64).to_be_bytes());
    mac.update(bytes);
}

fn hex_digit(half: u8) -> char {
    char::from(if half < 10 { b'0' + half } else { b'a' - 10 + half })
}

impl Fingerprints for KeyedFingerprints<'_> {
    fn of(&self, address: &Address, path: &Path, value: &Value) -> Fingerprint {
        let mut mac = self.keyed.clone();
        part(&mut mac, b'o', self.organization.as_bytes());
        part(&mut mac, b'a', address.to_string().as_bytes());
        part(&mut mac, b'p', path.to_string().as_bytes());
        self.feed(&mut mac, value);
        let digest = mac.finalize().into_bytes();
        let mut hex = String::with_capacity(2 * digest.len());
        for byte in digest {
            hex.extend([byte >> 4, byte & 15].map(hex_digit));
        }
        Fingerprint(hex)
    }

    fn has(&self, secret: &SecretRef) -> bool {
        secret.sources().all(|source| self.secrets.texts.contains_key(source))
    }
}

#[cfg(test)]
mod tests {
    use model::secret::SecretPart;
    use model::{Kind, SmallMap, desired};

    use super::*;

    fn here() -> Folder<'static> {
        Folder { path: std::path::Path::new("."), allow_outside: false }
    }

    fn secret(name: &str) -> Value {
        let source = SecretSource::Env(name.to_owned());
        Value::Secret(SecretRef { parts: vec![SecretPart::Lookup(source)] })
    }

    fn declaring(values: &[Value]) -> Desired {
        let attributes = [("destination_config".to_owned(), Value::List(values.to_vec()))].into();
        let span = model::Span { file: model::span::FileId(0), start: 0, end: 0 };
        let places = SmallMap::new();
        let resource = desired::Resource {
            span,
            external: false,
            lifecycle: desired::Lifecycle::default(),
            attributes,
            places,
        };
        let address = Address::new(Kind::ConnectionTemplate, "lake");
        Desired { resources: [(address, resource)].into(), ..Desired::default() }
    }

    fn secrets(values: &[Value], variables: &[(&str, &str)]) -> Secrets {
        let mut env = Env::default();
        for (name, value) in variables {
            env = env.with(name, value);
        }
        match Secrets::look_up(&declaring(values), &BTreeMap::new(), &env, here()) {
            Ok(secrets) => secrets,
            Err(missing) => panic!("{missing:?}"),
        }
    }

    fn print(secrets: &Secrets, organization: &str, path: &str, value: &Value) -> String {
        let fingerprints = KeyedFingerprints::new(&[7; 32], organization, secrets);
        let address = Address::new(Kind::ConnectionTemplate, "lake");
        fingerprints.of(&address, &Path::attribute(path), value).0
    }

    #[test]
    fn a_secret_and_its_text_have_one_fingerprint() {
        let secrets = secrets(&[secret("A")], &[("A", "hunter2")]);
        let of = |value: &Value| print(&secrets, "o", "p", value);
        assert_eq!(of(&secret("A")), of(&Value::text("hunter2")));
        assert_ne!(of(&secret("A")), of(&Value::text("hunter3")));
        assert_eq!(of(&Value::Null).len(), 64);
    }

    #[test]
    fn a_fingerprint_fits_nowhere_else() {
        let secrets = Secrets::default();
        let value = Value::text("x");
        let prints = [
            print(&secrets, "o", "p", &value),
            print(&secrets, "o2", "p", &value),
            print(&secrets, "o", "p2", &value),
            // Nothing runs together.
            print(&secrets, "op", "", &value),
            print(&secrets, "o", "p", &Value::List(vec![value.clone()])),
            print(&secrets, "o", "p", &Value::Bool(true)),
            print(&secrets, "o", "p", &Value::text("true")),
            print(&secrets, "o", "p", &Value::Null),
            print(&secrets, "o", "p", &Value::text("")),
        ];
        let distinct: std::collections::BTreeSet<_> = prints.iter().collect();
        assert_eq!(distinct.len(), prints.len());
    }

    #[test]
    fn every_missing_secret_is_named() {
        let desired = declaring(&[secret("A"), secret("B"), secret("C")]);
        let env = Env::default().with("B", "x").with("C", "");
        let missing = match Secrets::look_up(&desired, &BTreeMap::new(), &env, here()) {
            Ok(secrets) => panic!("{secrets:?}"),
            Err(missing) => missing,
        };
        let missing: Vec<Missing> = missing.into_iter().map(|(_, why)| why).collect();
        assert_eq!(
            missing,
            ["A", "C"]
                .map(|name| Missing::Other(format!("the environment variable {name} is not set")))
        );
    }

    #[test]
    fn debug_output_has_no_text() {
        let secrets = secrets(&[secret("A")], &[("A", "hunter2")]);
        assert!(!format!("{secrets:?}").contains("hunter2"));
        assert!(!format!("{:?}", Env::default().with("A", "hunter2")).contains("hunter2"));
    }
}
