//! Complaints, each with its place and a caret.

use manifest::{Diagnostic, SourceFile};
use miette::{GraphicalReportHandler, GraphicalTheme};

use super::style::{is_invisible, plain};

/// `diagnostic` with the lines of `files` that it is about.
///
/// Colours are taken out by the stream where they do not belong; the drawing itself stays.
pub(crate) fn render(diagnostic: &Diagnostic, files: &[SourceFile]) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode())
        .with_links(false)
        .with_width(100);
    let mut out = String::new();
    match handler.render_report(&mut out, &diagnostic.rendered(files)) {
        Ok(()) => without_bidi(out.trim_end()),
        Err(_) => plain(&diagnostic.message),
    }
}

/// Source lines are shown as they are written, but for what would show them otherwise: letters that
/// turn the reading direction, or that nobody sees. The drawing has escapes of its own, so those of
/// the text were taken care of where it was read.
fn without_bidi(drawn: &str) -> String {
    let mut out = String::with_capacity(drawn.len());
    for c in drawn.chars() {
        if is_invisible(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}
