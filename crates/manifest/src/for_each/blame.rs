//! Which complaints are about a row, and which about the declaration that all rows share.

use std::collections::HashSet;

use model::Span;

use super::{DataFiles, Row};
use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::limits::WRONG_ROWS;

/// Sorts the complaints of a declaration that is read once for every row.
pub(crate) struct Blame {
    /// What has been said of the declaration.
    said: HashSet<(&'static str, Option<Span>, String)>,
    wrong_rows: usize,
    /// Where `for_each` stands.
    for_each: Span,
}

impl Blame {
    pub(crate) fn new(for_each: Span) -> Blame {
        Blame { said: HashSet::new(), wrong_rows: 0, for_each }
    }

    /// Takes up the complaints since there were `from`, which `row` gave rise to. Those that a cell
    /// has caused are shown at the cell; of the others, each is kept once.
    pub(crate) fn take(&mut self, row: &Row, from: usize, cx: &mut Context<'_>) {
        if cx.diagnostics.len() == from {
            return;
        }
        let mut is_wrong = false;
        for diagnostic in cx.diagnostics.split_off(from) {
            let place = diagnostic.labels.first().map(|(span, _)| *span);
            let cells = cells(row, place, &cx.data);
            if !cells.is_empty() {
                is_wrong = true;
                if self.wrong_rows < WRONG_ROWS {
                    cx.complain(at_cells(diagnostic, cells));
                }
            } else if self.said.insert((diagnostic.code, place, diagnostic.message.clone())) {
                cx.complain(diagnostic);
            }
        }
        if is_wrong {
            self.wrong_rows += 1;
            if self.wrong_rows == WRONG_ROWS + 1 {
                cx.complain(and_more(self.for_each));
            }
        }
    }
}

/// The cells that the value at `place` was filled from.
fn cells(row: &Row, place: Option<Span>, data: &DataFiles) -> Vec<(Span, String)> {
    let Some(place) = place else { return Vec::new() };
    let covers = |span: Span| {
        // The key of a row is also the name that its resource has without another.
        span.file == place.file && span.start <= place.start && place.start <= span.end
    };
    let mut cells = Vec::new();
    for used in row.uses.iter().filter(|used| covers(used.scalar)) {
        let cell = row.place(&used.column, data);
        if !cells.contains(&cell) {
            cells.push(cell);
        }
    }
    cells
}

/// A complaint that first shows the cells, and then what the manifest makes of them.
fn at_cells(diagnostic: Diagnostic, cells: Vec<(Span, String)>) -> Diagnostic {
    let Diagnostic { code, severity, message, labels, help } = diagnostic;
    let labels = cells.into_iter().chain(labels).collect();
    Diagnostic { code, severity, message, labels, help }
}

/// Enough has been said of the rows of the `for_each` at `span`.
pub(crate) fn and_more(span: Span) -> Diagnostic {
    Diagnostic::error(
        "manifest::wrong-rows",
        format!("more than {WRONG_ROWS} rows are wrong, and the rest is not shown"),
    )
    .at(span, "repeated over here")
}
