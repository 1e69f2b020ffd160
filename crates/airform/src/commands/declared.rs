//! From paths to what they declare.

use std::collections::BTreeMap;
use std::path::PathBuf;

use manifest::{Diagnostic, GivenVariables, Origin, Severity, SourceFile};
use model::desired::Desired;
use model::secret::SecretSource;
use model::{Span, Value};
use secrecy::SecretString;

use super::Context;
use crate::args::ManifestArgs;
use crate::env::Env;
use crate::exit::Exit;
use crate::report::{self, Failure};
use crate::secrets::Secrets;
use crate::sources::{self, Lookup, Sources};
use crate::views::style::{WARNING, paint, plain};

/// A manifest that was read without an error.
pub(crate) struct Declared {
    /// What it declares.
    pub(crate) desired: Desired,
    /// Its files, what is laid over them, and their data, to show places in.
    pub(crate) files: Vec<SourceFile>,
    /// Its first folder.
    pub(crate) base: PathBuf,
    /// The values of the sensitive variables that it uses.
    secret_variables: BTreeMap<String, SecretString>,
}

/// Reads the manifest, shows its warnings, and fails with all its errors at once.
pub(crate) fn read(
    arguments: &ManifestArgs,
    env: &Env,
    context: &mut Context<'_>,
) -> Result<Declared, Failure> {
    let Sources { mut files, overlays, folders, base, passed_over } =
        Sources::read(&arguments.paths, &arguments.reading.overlay)?;
    for file in passed_over {
        context.streams.remark(format!(
            "{} {} is not read: it needs both `version:` and a section of ours",
            paint(WARNING, "note:"),
            plain(&file)
        ));
    }
    let variables = given(arguments, env)?;
    let lookup = Lookup { env, folders: &folders, allow_outside: arguments.reading.allow_outside };
    let reading = manifest::read_with_overlays(&files, &overlays, &variables, &lookup);
    // In the order in which spans count them.
    files.extend(overlays);
    files.extend(reading.data);
    match reading.desired {
        Some(desired) => {
            report::warn(&reading.diagnostics, &files, context.streams);
            let secret_variables = reading.secret_variables;
            Ok(Declared { desired, files, base, secret_variables })
        }
        None => Err(Failure::complaints(Exit::Error, reading.diagnostics, files)),
    }
}

/// The variables that were given, the nearest last: environment, files in order, arguments.
fn given(arguments: &ManifestArgs, env: &Env) -> Result<GivenVariables, Failure> {
    let mut variables = GivenVariables::default();
    for (name, value) in env.manifest_variables() {
        variables.set(name, value, Origin::Environment);
    }
    for path in &arguments.reading.var_file {
        let text = sources::read_text(path).map_err(Failure::error)?;
        let file = SourceFile { name: path.display().to_string(), text };
        let diagnostics = manifest::var_file::read(&file, &mut variables);
        if !diagnostics.is_empty() {
            return Err(Failure::complaints(Exit::Error, diagnostics, vec![file]));
        }
    }
    for (name, value) in sources::assignments(&arguments.reading.var)? {
        variables.set(name, value, Origin::Flag);
    }
    Ok(variables)
}

impl Declared {
    /// Nothing at all, beside `base`: for a command that has no manifest yet.
    pub(crate) fn nothing(base: PathBuf) -> Declared {
        Declared {
            desired: Desired::default(),
            files: Vec::new(),
            base,
            secret_variables: BTreeMap::new(),
        }
    }

    /// Looks up what secrets can be had, for a run that writes nothing to the service.
    pub(crate) fn secrets_at_hand(&self, env: &Env) -> Secrets {
        Secrets::at_hand(&self.desired, &self.secret_variables, env, &self.base)
    }

    /// Looks up every secret that is declared, before anything is asked of the network.
    pub(crate) fn secrets(&self, env: &Env) -> Result<Secrets, Failure> {
        let looked_up = Secrets::look_up(&self.desired, &self.secret_variables, env, &self.base);
        looked_up.map_err(|missing| {
            let complaints = missing
                .into_iter()
                .map(|(source, why)| Diagnostic {
                    code: "secret::missing",
                    severity: Severity::Error,
                    message: format!("a secret is missing: {why}"),
                    labels: self.place_of(&source).map(|span| (span, "wanted here".to_owned())).into_iter().collect(),
                    help: Some("it is looked up here and sent to the service; it is never written anywhere else".to_owned()),
                })
                .collect();
            Failure::complaints(Exit::Error, complaints, self.files.clone())
        })
    }

    fn place_of(&self, source: &SecretSource) -> Option<Span> {
        for resource in self.desired.resources.values() {
            for (attribute, value) in &resource.attributes {
                for (path, leaf) in value.leaves(&model::Path::attribute(attribute)) {
                    if matches!(leaf, Value::Secret(secret) if secret.sources().any(|s| s == source))
                    {
                        return Some(resource.place(&path));
                    }
                }
            }
        }
        None
    }
}
