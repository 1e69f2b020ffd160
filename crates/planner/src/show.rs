//! What of a value may be shown. A plan is read in terminals, CI logs and pull requests.

use model::plan::Shown;
use model::{Path, Value, value::Segment};

/// Parts of key names behind which secrets are kept. The service does not say which leaves are
/// secret, and may show them in clear (dossier 5.2), so a name is all there is to go by. Too many
/// hide a harmless value; too few show a password.
const SECRET_KEYS: [&str; 17] = [
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
    "sas_key",
    "credential",
    "connection_string",
    "service_account",
    "authorization",
];

/// A leaf as it may be shown. `secret` says that it is known to be one.
pub(crate) fn shown(path: &Path, leaf: &Value, secret: bool) -> Shown {
    match leaf {
        leaf if leaf.is_opaque() => Shown::Hidden,
        // No leaf: a value of a shape that nobody expected, with anything in it.
        Value::List(_) | Value::Map(_) if !leaf.is_empty() => Shown::Hidden,
        Value::Secret(_) => Shown::Secret,
        _ if secret || looks_secret(path, leaf) => Shown::Secret,
        leaf => Shown::Clear(leaf.clone()),
    }
}

/// Whether a leaf at `path` is likely a secret. A container is none: its members are leaves.
pub(crate) fn looks_secret(path: &Path, leaf: &Value) -> bool {
    let key = path.segments().iter().rev().find_map(|segment| match segment {
        Segment::Key(key) => Some(key.to_ascii_lowercase()),
        Segment::Index(_) | Segment::Member(_) => None,
    });
    let keyed = key.is_some_and(|key| SECRET_KEYS.iter().any(|part| key.contains(part)));
    match leaf {
        Value::Text(text) => keyed || text.contains("PRIVATE KEY-----"),
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
        let shown = shown(&Path::parse(path).unwrap(), &leaf, false);
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
