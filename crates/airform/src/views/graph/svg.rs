//! A drawing as a picture.

use std::fmt::Write;

use super::layout::{Layout, layout};
use super::{Drawing, class, with_symbol};
use crate::views::html::escaped;
use crate::views::style::Width;

/// The height of a node, and of the gap below it.
const HEIGHT: usize = 28;
const GAP: usize = 14;
/// The gap between columns, in which the lines run.
const LANE: usize = 60;
/// How wide a letter is, about, and how much stands beside the text.
const LETTER: usize = 8;
const PADDING: usize = 20;
/// The longest label, in columns of text.
const LABEL: usize = 44;

/// The drawing as an SVG document that needs nothing else.
pub(crate) fn svg(drawing: &Drawing) -> String {
    let Layout { places, columns } = layout(drawing);
    let labels: Vec<String> =
        drawing.nodes.iter().map(|node| shortened(&with_symbol(node))).collect();
    let mut widths = vec![0usize; columns.len()];
    for ((column, _), label) in places.iter().zip(&labels) {
        if let Some(width) = widths.get_mut(*column) {
            *width = (*width).max(label.width() * LETTER + PADDING);
        }
    }
    let mut lefts = Vec::with_capacity(widths.len());
    let mut left = 10;
    for width in &widths {
        lefts.push(left);
        left += width + LANE;
    }
    let total = left.saturating_sub(LANE) + 10;
    let tall = columns.iter().max().map_or(0, |rows| rows * (HEIGHT + GAP)) + 10;
    // Columns stand in the middle, as trees do.
    let place = |node: usize| -> Option<(usize, usize, usize)> {
        let (column, row) = *places.get(node)?;
        let free = tall.saturating_sub(columns.get(column)? * (HEIGHT + GAP));
        Some((*lefts.get(column)?, free / 2 + row * (HEIGHT + GAP), *widths.get(column)?))
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {total} {tall}\" width=\"{total}\" height=\"{tall}\" role=\"img\" aria-label=\"What waits for what\" font-family=\"ui-monospace, monospace\" font-size=\"13\">\n{STYLE}\n",
    );
    for &(from, to) in &drawing.edges {
        if let (Some((x, y, width)), Some((to_x, to_y, _))) = (place(from), place(to)) {
            let (start, end) = (x + width, to_x);
            let (y, to_y) = (y + HEIGHT / 2, to_y + HEIGHT / 2);
            let bend = LANE / 2;
            let _ = writeln!(
                out,
                "<path class=\"edge\" d=\"M{start} {y} C{} {y} {} {to_y} {end} {to_y}\"/>",
                start + bend,
                end.saturating_sub(bend),
            );
        }
    }
    for (at, (node, label)) in drawing.nodes.iter().zip(&labels).enumerate() {
        if let Some((x, y, width)) = place(at) {
            let class = node.action.map_or("same", class);
            let _ = writeln!(
                out,
                "<g class=\"node {class}\"><title>{}</title><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{HEIGHT}\" rx=\"6\"/><text x=\"{}\" y=\"{}\">{}</text></g>",
                escaped(&with_symbol(node)),
                x + PADDING / 2,
                y + HEIGHT / 2 + 5,
                escaped(label),
            );
        }
    }
    out.push_str("</svg>");
    out
}

/// Both in a page and alone, in light and in dark.
const STYLE: &str = "<style>.edge{fill:none;stroke:#8c959f;stroke-width:1.5}.node rect{fill:#ffffff;stroke:#8c959f;stroke-width:1.5}.node text{fill:#1f2328}.node.create rect{stroke:#1a7f37}.node.update rect{stroke:#9a6700}.node.delete rect,.node.replace rect{stroke:#cf222e}.node.adopt rect,.node.record rect{stroke:#0969da}@media (prefers-color-scheme: dark){.node rect{fill:#0d1117}.node text{fill:#e6edf3}}</style>";

fn shortened(label: &str) -> String {
    if label.width() <= LABEL {
        return label.to_owned();
    }
    let mut out = String::new();
    for c in label.chars() {
        if out.width() + 2 > LABEL {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}
