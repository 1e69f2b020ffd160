//! Every environment variable that the program reads, in one place. Nothing else asks the
//! environment for anything but what a manifest names.

/// The operator's bearer token.
pub(crate) const OPERATOR_TOKEN: &str = "AIRBYTE_OPERATOR_TOKEN";
/// The client id of an application, exchanged together with [`CLIENT_SECRET`] for a token.
pub(crate) const CLIENT_ID: &str = "AIRBYTE_CLIENT_ID";
/// The client secret of an application.
pub(crate) const CLIENT_SECRET: &str = "AIRBYTE_CLIENT_SECRET";
/// A command that prints an operator token, run without a shell.
pub(crate) const TOKEN_COMMAND: &str = "AIRFORM_TOKEN_COMMAND";
/// The API's root, with `/api/v1`, in place of the public one.
pub(crate) const API_URL: &str = "AIRBYTE_API_URL";
/// The organization to work on, where the manifest does not say.
pub(crate) const ORGANIZATION_ID: &str = "AIRBYTE_ORGANIZATION_ID";
/// What Rust programs are told how much to log by.
pub(crate) const RUST_LOG: &str = "RUST_LOG";
/// Where the user's caches are.
pub(crate) const XDG_CACHE_HOME: &str = "XDG_CACHE_HOME";
/// The same on Windows.
pub(crate) const LOCAL_APP_DATA: &str = "LOCALAPPDATA";
/// The user's home, with a folder for caches in it.
pub(crate) const HOME: &str = "HOME";
/// What the names of the variables that set manifest variables begin with.
pub(crate) const VAR_PREFIX: &str = "AIRFORM_VAR_";
/// What the names of the variables begin with that `--sandbox` ignores.
pub(crate) const AIRBYTE_PREFIX: &str = "AIRBYTE_";

/// What the names of the variables begin with by which buckets are reached.
const BUCKET_PREFIXES: [&str; 4] = ["AWS_", "GOOGLE_", "AZURE_", "IDENTITY_ENDPOINT"];

/// What the names of the variables end with that open a bucket, among those that begin as above.
const BUCKET_SECRETS: [&str; 3] = ["KEY", "TOKEN", "SECRET"];

/// Whether the variable `name` holds what somebody could come in by: to the service, or to the bucket
/// of a state.
pub(crate) fn is_credential(name: &str) -> bool {
    let opens_a_bucket = BUCKET_PREFIXES.iter().any(|begin| name.starts_with(begin))
        && BUCKET_SECRETS.iter().any(|end| name.ends_with(end));
    [OPERATOR_TOKEN, CLIENT_SECRET, TOKEN_COMMAND].contains(&name) || opens_a_bucket
}

/// The environment as it was when the program started.
#[derive(Clone, Default)]
pub(crate) struct Env {
    variables: std::collections::BTreeMap<String, String>,
}

// Values may be secrets, so only the names are shown.
impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

impl Env {
    /// The process's own. Variables that are not Unicode are as good as unset.
    pub(crate) fn of_process() -> Env {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Env { variables }
    }

    /// The value of `name`. An empty one is as good as unset, as CI systems set what they do not
    /// have to nothing.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The manifest variables that are set here, without the prefix.
    pub(crate) fn manifest_variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix(VAR_PREFIX)?, value.as_str())))
    }

    /// What a bucket may want to know: the tools of each service have names of their own for it.
    pub(crate) fn of_buckets(&self) -> impl Iterator<Item = (String, String)> {
        let is_theirs = |name: &str| BUCKET_PREFIXES.iter().any(|own| name.starts_with(own));
        let all = self.variables.iter().filter(move |(name, _)| is_theirs(name));
        all.map(|(name, value)| (name.clone(), value.clone()))
    }

    /// This environment as a sandbox sees it: without a way to a real organization.
    pub(crate) fn without_airbyte(&self) -> Env {
        let mut env = self.clone();
        env.variables.retain(|name, _| !name.starts_with(AIRBYTE_PREFIX));
        env
    }

    /// This environment with `name` set to `value`.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Env {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_could_come_in_by() {
        for (name, is) in [
            ("AIRBYTE_OPERATOR_TOKEN", true),
            ("AIRBYTE_CLIENT_SECRET", true),
            ("AIRFORM_TOKEN_COMMAND", true),
            ("AWS_SECRET_ACCESS_KEY", true),
            ("AWS_SESSION_TOKEN", true),
            ("AZURE_STORAGE_ACCOUNT_KEY", true),
            ("AZURE_CLIENT_SECRET", true),
            ("GOOGLE_SERVICE_ACCOUNT_KEY", true),
            ("AIRBYTE_CLIENT_ID", false),
            ("AIRBYTE_ORGANIZATION_ID", false),
            ("AWS_REGION", false),
            ("STRIPE_KEY", false),
        ] {
            assert_eq!(is_credential(name), is, "{name}");
        }
    }
}
