//! Placeholders for what must not stand in a manifest.

use std::collections::{BTreeMap, BTreeSet};

use model::secret::{SecretPart, SecretRef, SecretSource};
use model::spec::Spec;
use model::value::Segment;
use model::{Address, Path, Value};

use crate::show::Secrecy;

/// Environment variables, each with the leaf that it is to hold.
#[derive(Default)]
pub(super) struct Variables {
    names: BTreeMap<String, (Address, Path)>,
    taken: BTreeSet<String>,
}

impl Variables {
    /// `value`, which stands at `path` of `address`, with a placeholder wherever the service shows
    /// nothing, or shows what `spec` marks as a secret or, where it says nothing, looks like one.
    pub(super) fn fill(
        &mut self,
        address: &Address,
        path: &Path,
        value: Value,
        spec: Option<&Spec>,
    ) -> Value {
        let config = value.clone();
        self.filled(address, path, value, Secrecy { spec, config: &config })
    }

    fn filled(
        &mut self,
        address: &Address,
        path: &Path,
        value: Value,
        secrecy: Secrecy<'_>,
    ) -> Value {
        match value {
            value if value.is_opaque() => self.placeholder(address, path),
            Value::Map(members) => Value::Map(
                members
                    .into_iter()
                    .map(|(key, member)| {
                        let member = self.filled(address, &path.key(&key), member, secrecy);
                        (key, member)
                    })
                    .collect(),
            ),
            Value::List(items) => Value::List(
                items
                    .into_iter()
                    .enumerate()
                    .map(|(index, item)| self.filled(address, &path.index(index), item, secrecy))
                    .collect(),
            ),
            // A number that is looked up would become text.
            Value::Text(text)
                if !text.is_empty() && secrecy.is_secret(path, &Value::text(&text)) =>
            {
                self.placeholder(address, path)
            }
            other => other,
        }
    }

    fn placeholder(&mut self, address: &Address, path: &Path) -> Value {
        let wanted = variable(address, path);
        let mut name = wanted.clone();
        let mut count = 1;
        while !self.taken.insert(name.clone()) {
            count += 1;
            name = format!("{wanted}_{count}");
        }
        self.names.insert(name.clone(), (address.clone(), path.clone()));
        Value::Secret(SecretRef { parts: vec![SecretPart::Lookup(SecretSource::Env(name))] })
    }

    /// All of them.
    pub(super) fn named(self) -> BTreeMap<String, (Address, Path)> {
        self.names
    }
}

/// `AIRFORM_SOURCE_TEMPLATES_POSTGRES_PASSWORD`: the address, and the way into its configuration.
fn variable(address: &Address, path: &Path) -> String {
    let mut parts =
        vec!["AIRFORM".to_owned(), address.kind().section().to_owned(), address.name().to_owned()];
    for segment in path.segments().iter().skip(1) {
        parts.push(match segment {
            Segment::Key(key) | Segment::Member(key) => key.clone(),
            Segment::Index(index) => index.to_string(),
        });
    }
    let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    parts.join("_").chars().map(word).collect()
}

#[cfg(test)]
mod tests {
    use model::Kind;

    use super::*;

    #[test]
    fn hidden_and_likely_secrets_are_looked_up() {
        let address = Address::new(Kind::ConnectionTemplate, "lake-eu");
        let map = |members: &[(&str, Value)]| {
            Value::Map(members.iter().map(|(key, v)| ((*key).to_owned(), v.clone())).collect())
        };
        let config = map(&[
            ("bucket", Value::text("acme")),
            ("key", Value::text("******")),
            ("auth", map(&[("a.b", map(&[("_secret", Value::text("x"))]))])),
            ("list", Value::List(vec![Value::text("*"), Value::text("a")])),
            ("auth a_b", Value::text("**")),
            ("password", Value::text("hunter2")),
            ("token_ttl", Value::Number(5.into())),
        ]);
        let mut variables = Variables::default();
        let root = Path::attribute("destination_config");
        let Value::Map(filled) = variables.fill(&address, &root, config, None) else { panic!() };
        let prefix = "AIRFORM_CONNECTION_TEMPLATES_LAKE_EU_";
        let named: Vec<(String, String)> = variables
            .named()
            .into_iter()
            .map(|(name, (_, path))| (name.replace(prefix, ""), path.to_string()))
            .collect();
        let expected = [
            ("AUTH_A_B", "destination_config.auth.\"a.b\""),
            ("AUTH_A_B_2", "destination_config.auth a_b"),
            ("KEY", "destination_config.key"),
            ("LIST_0", "destination_config.list[0]"),
            ("PASSWORD", "destination_config.password"),
        ];
        let expected = expected.map(|(name, path)| (name.to_owned(), path.to_owned()));
        assert_eq!(named, expected);
        assert_eq!(filled["bucket"], Value::text("acme"));
        assert_eq!(filled["token_ttl"], Value::Number(5.into()));
        assert!(matches!(filled["password"], Value::Secret(_)));
    }
}
