//! `airform graph`.

use super::{Context, declared, saved};
use crate::args::{GraphCommand, GraphFormat};
use crate::exit::Exit;
use crate::report::Failure;
use crate::views::graph;

/// Draws what waits for what.
pub(crate) fn run(command: GraphCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let GraphCommand { manifest, format, full } = command;
    let drawing = match manifest.paths.as_slice() {
        [path] if saved::is_plan(path) => graph::of_plan(&saved::read(path, context)?.0.plan, full),
        _ => {
            let env = context.env.clone();
            graph::of_desired(&declared::read(&manifest, &env, context)?.desired, full)
        }
    };
    context.streams.say(match format {
        GraphFormat::Dot => graph::dot(&drawing),
        GraphFormat::Mermaid => graph::mermaid(&drawing),
        GraphFormat::Svg => graph::svg(&drawing),
    });
    Ok(Exit::Done)
}
