//! What reading carries along.

use std::collections::BTreeMap;

use model::Span;
use secrecy::SecretString;

use crate::Lookup;
use crate::diagnostic::Diagnostic;
use crate::for_each::{DataFiles, Row};
use crate::suggest::{Suggester, one_of};
use crate::tree::Node;
use crate::variables::Variable;

/// What every reader of values is handed: where to look things up, and where to complain.
pub(crate) struct Context<'a> {
    pub(crate) lookup: &'a dyn Lookup,
    /// What is declared under `variables:`. `None` while that section itself is being read, where
    /// everything is taken as written.
    pub(crate) variables: Option<BTreeMap<String, Variable>>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) suggester: Suggester,
    /// The sensitive variables that a value asked for.
    pub(crate) secret_variables: BTreeMap<String, SecretString>,
    /// The files of data that a `for_each` asked for.
    pub(crate) data: DataFiles,
    /// How many bytes the values have come to that hold something looked up.
    pub(crate) filled: usize,
    /// The row that a resource is being made from.
    pub(crate) row: Option<Row>,
}

/// What a value is called, and where that stands: a key, or an item of a list by the list's name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name<'a> {
    pub(crate) text: &'a str,
    pub(crate) span: Span,
}

impl<'a> Context<'a> {
    pub(crate) fn new(lookup: &'a dyn Lookup) -> Context<'a> {
        Context {
            lookup,
            variables: None,
            diagnostics: Vec::new(),
            suggester: Suggester::default(),
            secret_variables: BTreeMap::new(),
            data: DataFiles::default(),
            filled: 0,
            row: None,
        }
    }

    pub(crate) fn complain(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// A value of another type than `name` wants.
    pub(crate) fn wrong_type(&mut self, name: &Name<'_>, wanted: &str, node: &Node) {
        let diagnostic = if node.is_null() {
            Diagnostic::error("manifest::no-value", format!("`{}` has no value", name.text))
                .at(node.span, "nothing is said here")
                .help(format!("write {wanted}, or leave it out"))
        } else {
            let message = format!("`{}` wants {wanted}", name.text);
            Diagnostic::error("manifest::wrong-type", message)
                .at(node.span, format!("this is {}", node.noun()))
        };
        self.complain(diagnostic);
    }

    /// A word that is not one of `known`.
    pub(crate) fn unknown_word(&mut self, name: &Name<'_>, found: &str, known: &[&str], at: Span) {
        let help = match self.suggester.nearest(found, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`? It can be {}", one_of(known)),
            None => format!("it can be {}", one_of(known)),
        };
        self.complain(
            Diagnostic::error(
                "manifest::unknown-word",
                format!("`{}` cannot be `{found}`", name.text),
            )
            .at(at, "not a known word")
            .help(help),
        );
    }
}
