//! What `cargo bench -p airform` measures, with the ways in that a command takes. Nothing of this is
//! reached by the program.

use model::plan::Plan;

use crate::views;

/// The plan as a terminal shows it, each of its changes by name.
pub fn text(plan: &Plan) -> String {
    views::plan::render(plan, views::plan::Look { full: true, width: Some(100) })
}

/// The plan for machines.
pub fn json(plan: &Plan) -> String {
    views::json::text(&views::json::document(plan, None), true)
}

/// The plan as a comment under a change of the manifest.
pub fn markdown(plan: &Plan) -> String {
    views::markdown::render(plan)
}

/// The plan as a page.
pub fn html(plan: &Plan) -> String {
    views::html::render(plan)
}
