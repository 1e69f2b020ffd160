//! What a reader of manifests has to say: plain data, with places.

mod rendered;

use model::Span;

pub use rendered::Rendered;

use crate::SourceFile;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is planned while it stands.
    Error,
    /// It is read as it stands, and is probably not what was meant.
    Warning,
}

/// One complaint. It never holds secret text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable name for the kind of complaint, such as `manifest::unknown-field`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The places involved, each with what it has to do with it; the first one is where to look.
    /// None for what stands in no file, such as a variable given on the command line.
    pub labels: Vec<(Span, String)>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    pub(crate) fn error(code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels: Vec::new(),
            help: None,
        }
    }

    pub(crate) fn warning(code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, message) }
    }

    /// Adds a place.
    #[must_use]
    pub(crate) fn at(mut self, span: Span, label: impl Into<String>) -> Diagnostic {
        self.labels.push((span, label.into()));
        self
    }

    /// Says what to do.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// The complaint with the text that it is about, for drawing. `files` is what the spans count
    /// in: the slice given to [`crate::read`].
    pub fn rendered<'a>(&'a self, files: &'a [SourceFile]) -> Rendered<'a> {
        Rendered::new(self, files)
    }
}

/// The most characters that a part of a complaint has. Words from the file are quoted in it, and
/// those may be of any length.
const LONGEST: usize = 400;

/// Text on one line that leaves the terminal as it is.
fn tidy(text: &mut String) {
    if text.chars().any(char::is_control) {
        *text = text
            .chars()
            .map(|c| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() })
            .collect();
    }
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
}

/// Brings complaints into the order of files and places, each once: a value that an alias repeats
/// is complained about where it is written.
pub(crate) fn in_order(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    for Diagnostic { code: _, severity: _, message, labels, help } in &mut diagnostics {
        labels.iter_mut().map(|(_, label)| label).chain([message]).chain(help).for_each(tidy);
    }
    let place = |diagnostic: &Diagnostic| diagnostic.labels.first().map(|(span, _)| *span);
    diagnostics.sort_by(|a, b| {
        place(a)
            .cmp(&place(b))
            .then_with(|| a.severity.cmp(&b.severity))
            .then_with(|| a.code.cmp(b.code))
            .then_with(|| a.message.cmp(&b.message))
    });
    diagnostics.dedup();
    diagnostics
}
