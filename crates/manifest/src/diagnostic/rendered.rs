//! A complaint joined with the text it is about, in the shape that `miette` draws.

use std::error::Error;
use std::fmt;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use model::Span;

use super::{Diagnostic, Severity};
use crate::SourceFile;

/// How many bytes are drawn whole. Data can be one line of megabytes, and nobody finds a place in that.
const DRAWN: usize = 4_000;
/// How many bytes are drawn on each side of a place where there are more.
const AROUND: usize = 80;

/// A [`Diagnostic`] that can be drawn. `miette` shows one file per diagnostic, so places in other
/// files hang below as related ones.
#[derive(Debug)]
pub struct Rendered<'a> {
    head: Head<'a>,
    source: Option<Source<'a>>,
    labels: Vec<LabeledSpan>,
    related: Vec<Rendered<'a>>,
}

/// What stands above the text.
#[derive(Debug)]
enum Head<'a> {
    Complaint(&'a Diagnostic),
    /// A file that the complaint above it is also about.
    Elsewhere,
}

#[derive(Debug)]
struct Source<'a> {
    file: &'a SourceFile,
}

impl<'a> Rendered<'a> {
    pub(super) fn new(diagnostic: &'a Diagnostic, files: &'a [SourceFile]) -> Rendered<'a> {
        let mut parts: Vec<(Span, Vec<LabeledSpan>)> = Vec::new();
        for (span, label) in &diagnostic.labels {
            let same_file = parts.iter_mut().find(|(first, _)| first.file == span.file);
            let range = SourceSpan::from(span.start..span.end);
            match same_file {
                Some((_, labels)) => {
                    labels.push(LabeledSpan::new_with_span(Some(label.clone()), range));
                }
                None => {
                    let primary = LabeledSpan::new_primary_with_span(Some(label.clone()), range);
                    parts.push((*span, vec![primary]));
                }
            }
        }
        let mut parts = parts.into_iter().map(|(span, labels)| {
            let file = usize::try_from(span.file.0).ok().and_then(|at| files.get(at));
            (file.map(|file| Source { file }), labels)
        });
        let (source, labels) = parts.next().unwrap_or_default();
        let related = parts
            .map(|(source, labels)| Rendered {
                head: Head::Elsewhere,
                source,
                labels,
                related: Vec::new(),
            })
            .collect();
        Rendered { head: Head::Complaint(diagnostic), source, labels, related }
    }
}

impl fmt::Display for Rendered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.head {
            Head::Complaint(diagnostic) => f.write_str(&diagnostic.message),
            Head::Elsewhere => f.write_str("in another file"),
        }
    }
}

impl Error for Rendered<'_> {}

impl miette::Diagnostic for Rendered<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        match self.head {
            Head::Complaint(diagnostic) => Some(Box::new(diagnostic.code)),
            Head::Elsewhere => None,
        }
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match &self.head {
            Head::Complaint(diagnostic) => match diagnostic.severity {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
            },
            Head::Elsewhere => miette::Severity::Advice,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        match self.head {
            Head::Complaint(diagnostic) => {
                diagnostic.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
            }
            Head::Elsewhere => None,
        }
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'b>(&'b self) -> Option<Box<dyn Iterator<Item = &'b dyn miette::Diagnostic> + 'b>> {
        if self.related.is_empty() {
            return None;
        }
        Some(Box::new(self.related.iter().map(|part| part as &dyn miette::Diagnostic)))
    }
}

impl SourceCode for Source<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let text = self.file.text.read_span(span, lines_before, lines_after)?;
        let (data, start) = (text.data(), text.span().offset());
        // Without lines around it a place is looked up, and nothing is drawn.
        let is_drawn = lines_before + lines_after > 0;
        let (from, to) = if is_drawn && data.len() > DRAWN {
            let around = |at: usize| self.file.text.floor_char_boundary(at);
            let from = around(span.offset().saturating_sub(AROUND)).max(start);
            let to = around(span.offset() + span.len() + AROUND).min(start + data.len());
            (from, to)
        } else {
            (start, start + data.len())
        };
        let data = data.get(from - start..to - start).unwrap_or(data);
        let line_ends = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
        let before = text.data().get(..from - start).unwrap_or_default();
        Ok(Box::new(MietteSpanContents::new_named(
            self.file.name.clone(),
            data,
            (from, to - from).into(),
            text.line() + line_ends(before),
            text.column(),
            text.line_count(),
        )))
    }
}
