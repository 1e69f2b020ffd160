//! Complaints, each with its place and a caret.

use manifest::{Diagnostic, SourceFile};
use miette::{GraphicalReportHandler, GraphicalTheme};

/// `diagnostic` with the lines of `files` that it is about.
///
/// Colours are taken out by the stream where they do not belong; the drawing itself stays.
pub(crate) fn render(diagnostic: &Diagnostic, files: &[SourceFile]) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode())
        .with_links(false)
        .with_width(100);
    let mut out = String::new();
    match handler.render_report(&mut out, &diagnostic.rendered(files)) {
        Ok(()) => out.trim_end().to_owned(),
        Err(_) => diagnostic.message.clone(),
    }
}
