//! From paths to what they declare.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use manifest::{Diagnostic, GivenVariables, Origin, Severity, SourceFile};
use model::backend::Bucket;
use model::desired::Desired;
use model::live::Facts;
use model::secret::SecretSource;
use model::{Span, Value};
use secrecy::SecretString;

use super::{Context, clear_secrets, saved};
use crate::args::{ManifestArgs, ReadingArgs};
use crate::env::Env;
use crate::exit::Exit;
use crate::report::{self, Failure};
use crate::secrets::{Missing, Secrets};
use crate::sources::{self, ALLOW_OUTSIDE, Folder, Lookup, OUTSIDE, Sources};
use crate::views::style::{WARNING, paint, plain};

/// A manifest that was read without an error.
pub(crate) struct Declared {
    /// What it declares.
    pub(crate) desired: Desired,
    /// Its files, what is laid over them, and their data, as they are.
    pub(crate) files: Vec<SourceFile>,
    /// The same without the secrets that stand in them in clear, once they are known.
    covered: OnceCell<Vec<SourceFile>>,
    /// Its first folder.
    pub(crate) base: PathBuf,
    /// Whether it may read files outside of its folders.
    allow_outside: bool,
    /// The values of the sensitive variables that it uses.
    secret_variables: BTreeMap<String, SecretString>,
    /// The names of all sensitive variables that were given a value.
    pub(crate) sensitive_variables: BTreeSet<String>,
}

/// Reads the manifest, shows its warnings, and fails with all its errors at once.
pub(crate) fn read(
    arguments: &ManifestArgs,
    env: &Env,
    context: &mut Context<'_>,
) -> Result<Declared, Failure> {
    if let Some(plan) = arguments.paths.iter().find(|path| saved::is_plan(path)) {
        let plan = plain(&plan.display().to_string());
        return Err(Failure::usage(format!("{plan} is a saved plan, and no part of a manifest"))
            .help(format!("look at it with `airform show {plan}`, carry it out with `airform apply {plan}` and nothing beside it")));
    }
    let Sources { mut files, overlays, folders, base, passed_over } =
        Sources::read(&arguments.paths, &arguments.reading.overlay)?;
    for file in passed_over {
        context.streams.remark(format!(
            "{} {} is not read: it needs both `version:` and a section of ours",
            paint(WARNING, "note:"),
            plain(&file)
        ));
    }
    let variables = given(&arguments.reading, env)?;
    let lookup = Lookup { env, folders: &folders, allow_outside: arguments.reading.allow_outside };
    let reading = manifest::read_with_overlays(&files, &overlays, &variables, &lookup);
    // In the order in which spans count them.
    files.extend(overlays);
    files.extend(reading.data);
    match reading.desired {
        Some(desired) => {
            report::warn(&reading.diagnostics, &files, context.streams);
            let secret_variables = reading.secret_variables;
            let sensitive_variables = reading.sensitive_variables;
            Ok(Declared {
                desired,
                files,
                covered: OnceCell::new(),
                base,
                allow_outside: arguments.reading.allow_outside,
                secret_variables,
                sensitive_variables,
            })
        }
        None => Err(Failure::complaints(Exit::Error, reading.diagnostics, files)),
    }
}

/// The bucket that the state of a manifest is kept in. `None` where there is no manifest at all, too;
/// one that cannot be read is an error, as its state may be anywhere.
pub(crate) fn bucket(
    paths: &[PathBuf],
    reading: &ReadingArgs,
    env: &Env,
) -> Result<Option<Bucket>, Failure> {
    let Sources { files, overlays, folders, .. } = match Sources::read(paths, &reading.overlay) {
        Ok(sources) => sources,
        Err(_) if reading.overlay.is_empty() && sources::are_bare(paths) => return Ok(None),
        Err(failure) => return Err(failure),
    };
    let variables = given(reading, env)?;
    let lookup = Lookup { env, folders: &folders, allow_outside: reading.allow_outside };
    manifest::bucket(&files, &overlays, &variables, &lookup).map_err(|complaints| {
        Failure::complaints(Exit::Error, complaints, files.into_iter().chain(overlays).collect())
            .help(ELSEWHERE)
    })
}

/// What can be done where a manifest does not say where its state is.
const ELSEWHERE: &str =
    "the manifest says where its state is kept; put it right, or name a state file with --state";

/// The variables that were given, the nearest last: environment, files in order, arguments.
fn given(reading: &ReadingArgs, env: &Env) -> Result<GivenVariables, Failure> {
    let mut variables = GivenVariables::default();
    for (name, value) in env.manifest_variables() {
        variables.set(name, value, Origin::Environment);
    }
    for path in &reading.var_file {
        let text = sources::read_text(path).map_err(Failure::error)?;
        let file = SourceFile { name: path.display().to_string(), text };
        let diagnostics = manifest::var_file::read(&file, &mut variables);
        if !diagnostics.is_empty() {
            return Err(Failure::complaints(Exit::Error, diagnostics, vec![file]));
        }
    }
    for (name, value) in sources::assignments(&reading.var)? {
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
            covered: OnceCell::new(),
            base,
            allow_outside: false,
            secret_variables: BTreeMap::new(),
            sensitive_variables: BTreeSet::new(),
        }
    }

    /// Keeps what specifications mark as secret out of everything that is shown from now on: a
    /// complaint about anything quotes whatever stands beside it.
    pub(crate) fn cover(&self, facts: &Facts) {
        self.covered.get_or_init(|| clear_secrets::covered(self, facts));
    }

    /// The files to show places in.
    pub(crate) fn shown(&self) -> &[SourceFile] {
        self.covered.get().unwrap_or(&self.files)
    }

    /// Looks up what secrets can be had, for a run that writes nothing to the service.
    pub(crate) fn secrets_at_hand(&self, env: &Env) -> Secrets {
        Secrets::at_hand(&self.desired, &self.secret_variables, env, self.folder())
    }

    fn folder(&self) -> Folder<'_> {
        Folder { path: &self.base, allow_outside: self.allow_outside }
    }

    /// Looks up every secret that is declared, before anything is asked of the network.
    pub(crate) fn secrets(&self, env: &Env) -> Result<Secrets, Failure> {
        let looked_up = Secrets::look_up(&self.desired, &self.secret_variables, env, self.folder());
        looked_up.map_err(|missing| {
            let complaints =
                missing.into_iter().map(|(source, why)| self.missing(&source, why)).collect();
            Failure::complaints(Exit::Error, complaints, self.files.clone())
        })
    }

    fn missing(&self, source: &SecretSource, why: Missing) -> Diagnostic {
        let label = |text: &str| {
            self.place_of(source).map(|span| (span, text.to_owned())).into_iter().collect()
        };
        match why {
            Missing::Outside => Diagnostic {
                code: "secret::outside",
                severity: Severity::Error,
                message: format!("the file of a secret lies {OUTSIDE}: {source}"),
                labels: label("wanted here"),
                help: Some(format!(
                    "whoever runs this may let it be read with `{ALLOW_OUTSIDE}`; or name a path below the folder, or use ${{secret:env:NAME}}"
                )),
            },
            Missing::Other(why) => Diagnostic {
                code: "secret::missing",
                severity: Severity::Error,
                message: format!("a secret is missing: {why}"),
                labels: label("wanted here"),
                help: Some("it is looked up here and sent to the service; it is never written anywhere else".to_owned()),
            },
        }
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
