//! What an export says beside what it declares.

use std::fmt::Write;
use std::path::Path;

use manifest::Comments;
use model::kinds::connection_template::HOSTING_AIRBYTE;
use model::{Kind, Value};
use planner::{Export, LeftOut, Remark};

use super::plan::{counted, list};
use super::style::{plain, quoted};

/// How many variables are named on the screen.
const NAMED: usize = 20;

/// The top of the first file.
pub(crate) fn head(export: &Export, in_parts: bool) -> Vec<String> {
    let mut lines = vec![
        "What the organization holds, as `airform export` found it. Its OAuth apps are not told by the"
            .to_owned(),
        "service.".to_owned(),
    ];
    let left_out: Vec<String> = left_out(export);
    if !left_out.is_empty() {
        lines.push(String::new());
        lines.extend(left_out);
    }
    if !export.variables.is_empty() {
        lines.push(String::new());
        lines.push(
            "No secret is written here. Each is looked up in an environment variable; until all of them are"
                .to_owned(),
        );
        lines.push("set, look with `airform plan --without-secrets`.".to_owned());
        if in_parts {
            lines.push("Their names are in .env.example.".to_owned());
        } else {
            lines.extend(variable_lines(export).map(|(name, what)| format!("  {name}  {what}")));
        }
    }
    lines
}

/// What is told of single resources, and of all of a kind.
pub(crate) fn comments(export: &Export) -> Comments {
    let mut comments = Comments::default();
    for kind in Kind::ALL {
        let lines: &[&str] = match kind {
            Kind::Tag | Kind::ConnectionTemplate | Kind::OAuthCredential => &[],
            Kind::SourceTemplate => {
                &["Not told by the service: what a template was cloned from (`clone_of`)."]
            }
            Kind::Workspace => &[
                "Not told by the service: where a workspace's data is kept (`region`). One that is added",
                "here is taken at its word.",
            ],
            Kind::Connector => &[
                "Not told by the service: `credentials` and `environment`, which replace a connector when they",
                "are added here; and the tags that chose its connection templates (`connection_template_tags`),",
                "which are taken at their word.",
            ],
        };
        if !lines.is_empty() {
            let lines = lines.iter().map(|line| (*line).to_owned()).collect();
            comments.sections.insert(kind, lines);
        }
    }
    for (address, resource) in &export.desired.resources {
        let hosting = resource.attributes.get("hosting").and_then(Value::as_text);
        let mut lines = Vec::new();
        if hosting == Some(HOSTING_AIRBYTE) {
            lines.push(
                "Airbyte keeps this destination: only its schedule and its tags are told."
                    .to_owned(),
            );
        }
        let remarks = export.remarks.get(address).into_iter().flatten();
        lines.extend(remarks.map(remark));
        if !lines.is_empty() {
            comments.resources.insert(address.clone(), lines);
        }
    }
    comments
}

fn remark(remark: &Remark) -> String {
    match remark {
        Remark::DefinitionCalled { attribute, name } => {
            format!("`{attribute}` is {}, as another one is called too.", quoted(name))
        }
        Remark::NotWritable { attribute } => {
            format!("`{attribute}` is left as it is: its value cannot be written in a manifest.")
        }
        Remark::UnknownTag { attribute, tag } => {
            format!("`{attribute}` are left as they are: the tag {} is not declared.", quoted(tag))
        }
    }
}

/// One line for each attribute that is not declared.
pub(crate) fn not_managed(export: &Export) -> Vec<String> {
    let mut lines = Vec::new();
    for (address, remarks) in &export.remarks {
        let is_left = |one: &&Remark| !matches!(one, Remark::DefinitionCalled { .. });
        lines.extend(
            remarks.iter().filter(is_left).map(|one| format!("{address}: {}", remark(one))),
        );
    }
    lines
}

/// One line for each object that is not declared.
pub(crate) fn left_out(export: &Export) -> Vec<String> {
    let objects = export.left_out.iter();
    objects
        .map(|((kind, id), why)| {
            let object = |name: &str| {
                format!("the {} {} ({})", kind.noun(), quoted(name), plain(&id.0))
            };
            match why {
                LeftOut::SameName { name, holder } => {
                    format!("{} is left out: {holder} is called so too", object(name))
                }
                LeftOut::SecondAirbyteHosted { holder } => format!(
                    "the {} {} is left out: like {holder} it is hosted by Airbyte, and nothing tells the two apart",
                    kind.noun(),
                    plain(&id.0)
                ),
                LeftOut::Nowhere { name } => {
                    format!("{} is left out: its workspace is not declared", object(name))
                }
                LeftOut::NotWritable { name } => {
                    format!("{} is left out: it cannot be written in a manifest", object(name))
                }
            }
        })
        .collect()
}

/// The file of variables, to be filled in.
pub(crate) fn variables(export: &Export) -> String {
    let mut out =
        "# The secrets of this manifest. Keep what is filled in out of version control.\n"
            .to_owned();
    for (name, what) in variable_lines(export) {
        let _ = write!(out, "\n# {what}\n{name}=\n");
    }
    out
}

fn variable_lines(export: &Export) -> impl Iterator<Item = (&str, String)> {
    export
        .variables
        .iter()
        .map(|(name, (address, path))| (name.as_str(), plain(&format!("{address}: {path}"))))
}

/// What was done.
pub(crate) fn done(export: &Export, out: Option<&Path>, state: Option<&Path>) -> String {
    let counts: Vec<String> = Kind::ALL
        .into_iter()
        .map(|kind| (kind, export.desired.of_kind(kind).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| counted(count, kind.counted(1), kind.counted(2)))
        .collect();
    let mut said = match counts.is_empty() {
        true => "Exported: nothing; the organization is empty.".to_owned(),
        false => format!("Exported: {}.", list(&counts)),
    };
    match (out, state) {
        (Some(out), Some(state)) => {
            let _ = write!(
                said,
                "\nThe manifest is in {}, its state in {}.",
                out.display(),
                state.display()
            );
        }
        (None, Some(state)) => {
            let _ = write!(said, "\nIts state is in {}.", state.display());
        }
        (Some(_), None) | (None, None) => {}
    }
    if !export.variables.is_empty() {
        let _ = write!(
            said,
            "\n{} to be looked up in the environment. Set before the next apply:",
            match export.variables.len() {
                1 => "1 secret is".to_owned(),
                count => format!("{} are", counted(count, "secret", "secrets")),
            }
        );
        for (name, what) in variable_lines(export).take(NAMED) {
            let _ = write!(said, "\n  {name}  ({what})");
        }
        if let Some(more) = export.variables.len().checked_sub(NAMED).filter(|more| *more > 0) {
            let _ = write!(said, "\n  and {more} more");
        }
    }
    said
}
