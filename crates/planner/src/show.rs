//! What of a value may be shown. A plan is read in terminals, CI logs and pull requests.

use std::collections::BTreeSet;

use model::desired::Desired;
use model::live::Facts;
use model::plan::{Call, Plan, Shown, StepId};
use model::secret::{SecretPart, SecretRef, is_named_like_one};
use model::spec::{self, Spec};
use model::{Address, Path, Value, value::Segment};

/// What begins the name of a secret that a manager outside keeps (dossier 5.2): not itself one.
const COORDINATE: &str = "secret_coordinate::";

/// What tells secret leaves of one attribute: the specification of its connector, where there is
/// one, and the value whose alternatives count.
#[derive(Clone, Copy)]
pub(crate) struct Secrecy<'s> {
    pub(crate) spec: Option<&'s Spec>,
    pub(crate) config: &'s Value,
}

impl Secrecy<'_> {
    /// Whether the specification marks the leaf at `path`.
    pub(crate) fn is_marked(&self, path: &Path) -> bool {
        self.marks(path) == Some(true)
    }

    /// Whether the declared `leaf` at `path` is a secret: looked up, or in clear.
    pub(crate) fn holds(&self, path: &Path, leaf: &Value) -> bool {
        matches!(leaf, Value::Secret(_)) || self.is_secret(path, leaf)
    }

    fn marks(&self, path: &Path) -> Option<bool> {
        self.spec?.marks(self.config, path)
    }

    /// Whether `leaf` at `path` is a secret, or, where nothing is known of it, looks like one.
    pub(crate) fn is_secret(&self, path: &Path, leaf: &Value) -> bool {
        match (self.marks(path), leaf) {
            (_, Value::Text(text)) if text.starts_with(COORDINATE) => false,
            (_, Value::Text(text)) if is_private_key(text) => true,
            (Some(marked), Value::Text(_) | Value::Number(_) | Value::Bool(_)) => marked,
            (_, leaf) => looks_secret(path, leaf),
        }
    }
}

/// `value` of the attribute at `root` with every secret text in it made a secret, as if it had been
/// looked up: from here on nobody shows it, a refusal that quotes it included.
pub fn sealed(spec: Option<&Spec>, root: &Path, value: Value) -> Value {
    let config = value.clone();
    seal(Secrecy { spec, config: &config }, root, value)
}

fn seal(secrecy: Secrecy<'_>, path: &Path, value: Value) -> Value {
    match value {
        Value::Map(members) if !members.contains_key("_secret") => {
            let members = members.into_iter().map(|(key, member)| {
                let member = seal(secrecy, &path.key(&key), member);
                (key, member)
            });
            Value::Map(members.collect())
        }
        Value::List(items) => {
            let items = items.into_iter().enumerate();
            Value::List(items.map(|(at, item)| seal(secrecy, &path.index(at), item)).collect())
        }
        Value::Text(text) if !text.is_empty() && secrecy.is_secret(path, &Value::text(&text)) => {
            Value::Secret(SecretRef { parts: vec![SecretPart::Literal(text)] })
        }
        other => other,
    }
}

/// The declared leaves that stand in clear and that the specification of their connector, as far as
/// `facts` have it, marks secret. Whoever reads the manifest reads them.
pub fn secrets_in_clear(desired: &Desired, facts: &Facts) -> BTreeSet<(Address, Path)> {
    let mut found = BTreeSet::new();
    for (address, resource) in &desired.resources {
        let mut described =
            resource.attributes.iter().filter(|(name, _)| spec::describes(name)).peekable();
        if described.peek().is_none() {
            continue;
        }
        let query = desired.definition(address);
        let Some(spec) = query.and_then(|query| facts.spec(&query)) else { continue };
        for (name, config) in described {
            let marked = spec.secrets(&Path::attribute(name), config).into_iter();
            let in_clear = marked.filter(|(_, leaf)| is_in_clear(leaf));
            found.extend(in_clear.map(|(path, _)| (address.clone(), path)));
        }
    }
    found
}

/// The declared leaves that stand in clear and that no plan shows: also those that only look like
/// secrets, because no specification speaks of them. Whoever quotes the manifest leaves them out too.
pub fn withheld(desired: &Desired, facts: &Facts) -> BTreeSet<(Address, Path)> {
    let mut found = secrets_in_clear(desired, facts);
    for (address, resource) in &desired.resources {
        let spec = || desired.definition(address).and_then(|query| facts.spec(&query));
        for (name, config) in &resource.attributes {
            let spec = if spec::describes(name) { spec() } else { None };
            let secrecy = Secrecy { spec, config };
            let leaves = config.leaves(&Path::attribute(name)).into_iter();
            let secrets =
                leaves.filter(|(path, leaf)| is_in_clear(leaf) && secrecy.is_secret(path, leaf));
            found.extend(secrets.map(|(path, _)| (address.clone(), path)));
        }
    }
    found
}

/// The leaves that the calls of `plan` send and that are secrets in clear: looked up nowhere, so that
/// whoever keeps the plan keeps their texts.
pub fn sent_in_clear(plan: &Plan, desired: &Desired, facts: &Facts) -> BTreeSet<(StepId, Path)> {
    let mut found = BTreeSet::new();
    for (at, step) in plan.steps.iter().enumerate() {
        let (Call::Create { attributes } | Call::Update { attributes, .. }) = &step.call else {
            continue;
        };
        let spec = desired.definition(&step.address).and_then(|query| facts.spec(&query));
        for (name, config) in attributes {
            let secrecy = Secrecy { spec: spec.filter(|_| spec::describes(name)), config };
            let leaves = config.leaves(&Path::attribute(name)).into_iter();
            let secrets = leaves.filter(|(path, leaf)| match leaf {
                Value::Secret(secret) => secret.sources().next().is_none(),
                leaf => is_in_clear(leaf) && secrecy.is_secret(path, leaf),
            });
            found.extend(secrets.map(|(path, _)| (StepId(at), path)));
        }
    }
    found
}

fn is_in_clear(leaf: &Value) -> bool {
    match leaf {
        Value::Text(text) => !text.is_empty() && !text.starts_with(COORDINATE) && !leaf.is_opaque(),
        Value::Number(_) => true,
        _ => false,
    }
}

fn is_private_key(text: &str) -> bool {
    text.contains("PRIVATE KEY-----")
}

/// A leaf of something that no specification describes, as it may be shown.
pub(crate) fn shown_plain(path: &Path, leaf: &Value) -> Shown {
    shown(leaf, looks_secret(path, leaf))
}

/// A leaf as it may be shown. `secret` says that it is a secret.
pub(crate) fn shown(leaf: &Value, secret: bool) -> Shown {
    match leaf {
        leaf if leaf.is_opaque() => Shown::Hidden,
        // No leaf: a value of a shape that nobody expected, with anything in it.
        Value::List(_) | Value::Map(_) if !leaf.is_empty() => Shown::Hidden,
        Value::Secret(_) => Shown::Secret,
        _ if secret => Shown::Secret,
        leaf => Shown::Clear(leaf.clone()),
    }
}

/// Whether a leaf at `path` is likely a secret, where no specification speaks of it and the service may
/// show it in clear (dossier 5.2). A container is none: its members are leaves.
fn looks_secret(path: &Path, leaf: &Value) -> bool {
    let key = path.segments().iter().rev().find_map(|segment| match segment {
        Segment::Key(key) => Some(key),
        Segment::Index(_) | Segment::Member(_) => None,
    });
    let keyed = key.is_some_and(|key| is_named_like_one(key));
    match leaf {
        Value::Text(text) => keyed || is_private_key(text),
        Value::Number(_) => keyed,
        Value::Null
        | Value::Bool(_)
        | Value::Secret(_)
        | Value::Reference(_)
        | Value::List(_)
        | Value::Map(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, leaf: Value, expected: &str) {
        let shown = shown_plain(&Path::parse(path).unwrap(), &leaf);
        let shown = match shown {
            Shown::Absent => "absent",
            Shown::Clear(_) => "clear",
            Shown::Secret => "secret",
            Shown::Hidden => "hidden",
        };
        assert_eq!(shown, expected, "{path}");
    }

    #[test]
    fn what_looks_like_a_secret_is_not_shown() {
        check("destination_config.bucket", Value::text("acme"), "clear");
        check("destination_config.DB_Password", Value::text("hunter2"), "secret");
        check("destination_config.credentials.auth_type", Value::text("iam"), "clear");
        check("destination_config.credentials.api_key", Value::text("k"), "secret");
        check("destination_config.tokens[0]", Value::text("k"), "secret");
        check("destination_config.pin_token", Value::Number(1.into()), "secret");
        check("destination_config.use_token", Value::Bool(true), "clear");
        check("destination_config.key", Value::text("-----BEGIN PRIVATE KEY-----\nx"), "secret");
        check("destination_config.bucket", Value::text("****"), "hidden");
        check("destination_config.secrets", Value::List(vec![]), "clear");
        check("cron_expression", Value::Null, "clear");
    }
}
