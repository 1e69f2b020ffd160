//! Files of values for variables (`--var-file`).

use model::span::FileId;
use secrecy::SecretString;

use crate::SourceFile;
use crate::diagnostic::{Diagnostic, in_order};
use crate::scalar::{self, Plain};
use crate::tree::{self, Content, Node};
use crate::variables::{Form, GivenVariables, Origin};

/// Reads a map of variables' names and values into `given`, in place of what was given before.
///
/// Any of the values may be a secret, so the complaints name file and line and show no text.
pub fn read(file: &SourceFile, given: &mut GivenVariables) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut diagnostics = Vec::new();
    if let Some(root) = tree::parse(FileId(0), &file.text, &mut found) {
        values(&root, file, given, &mut diagnostics);
    }
    diagnostics.extend(found.into_iter().map(|diagnostic| without_text(diagnostic, file)));
    in_order(diagnostics)
}

fn values(
    root: &Node,
    file: &SourceFile,
    given: &mut GivenVariables,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Content::Map(entries) = &root.content else {
        let message = format!("{} is not a map of variables' names and values", file.name);
        diagnostics.push(Diagnostic::error("manifest::variable-file", message));
        return;
    };
    for entry in entries {
        match value(&entry.value) {
            Ok((text, form)) => {
                let origin = Origin::File(file.name.clone());
                given.set_formed(entry.key.clone(), text, form, origin);
            }
            Err(problem) => diagnostics.push(Diagnostic::error(
                "manifest::variable-file",
                format!("{}: `{}` {problem}", place(file, entry.key_span.start), entry.key),
            )),
        }
    }
}

fn value(node: &Node) -> Result<(SecretString, Form), &'static str> {
    let Content::Scalar(scalar) = &node.content else {
        return Err("is not text, a number, `true` or `false`");
    };
    let text = SecretString::from(scalar.text.clone());
    if !scalar.plain {
        return Ok((text, Form::Text));
    }
    match scalar::read(&scalar.text) {
        Plain::Text | Plain::Date => Ok((text, Form::Free)),
        Plain::Number(_) => Ok((text, Form::Number)),
        Plain::Bool(bool) => Ok((SecretString::from(bool.to_string()), Form::Bool)),
        Plain::Null => Err("has no value"),
        Plain::NotFinite | Plain::Ambiguous(_) => {
            Err("can be read in two ways: put the value into quotes")
        }
    }
}

/// A complaint about a file whose text is not to be shown.
fn without_text(diagnostic: Diagnostic, file: &SourceFile) -> Diagnostic {
    let Diagnostic { code, severity, message, labels, help } = diagnostic;
    let message = match labels.first() {
        Some((span, label)) => format!("{}: {message}: {label}", place(file, span.start)),
        None => format!("{}: {message}", file.name),
    };
    Diagnostic { code, severity, message, labels: Vec::new(), help }
}

/// `vars.yaml:3`.
fn place(file: &SourceFile, offset: usize) -> String {
    let before = file.text.get(..offset).unwrap_or(&file.text);
    format!("{}:{}", file.name, before.matches('\n').count() + 1)
}
