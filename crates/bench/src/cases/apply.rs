//! Applies: of everything at once, and over a slow line.

use super::{Bench, RUNS, float};
use crate::Error;
use crate::report::Unit;
use crate::scene::{self, Scene};

/// Everything is new: a twentieth are templates, the rest customers.
pub(crate) fn first(bench: &mut Bench<'_>, size: usize) -> Result<(), Error> {
    let case = format!("first apply of {size}");
    let (sources, connections) = (size / 25, size / 100);
    let workspaces = size - sources - connections - scene::TAGS;
    let goal = match size {
        1_000 => Some(1.5),
        5_000 => Some(6.0),
        _ => None,
    };
    let scene = Scene::new(
        &scene::world(0, 0),
        &[
            ("templates.yaml", &scene::templates(sources, connections)),
            ("workspaces.yaml", &scene::workspaces(workspaces)),
        ],
    )?;
    let (apply, journal) = scene.run_journaled(bench.program, &["apply", "--auto-approve"])?;
    let apply = apply.expect(&case, &[0])?;
    let exchanges = scene.emulator.journal();
    let writes = exchanges.iter().filter(|exchange| exchange.method != "GET").count();
    let read = exchanges.len() - writes;
    bench.add(&case, "start to end", Unit::Wall, apply.wall, goal);
    bench.add(&case, "user and system", Unit::Cpu, apply.cpu, None);
    bench.add(&case, "peak", Unit::Memory, apply.peak, None);
    // Every template has one tag, put on by a request of its own.
    let planned = size + sources + connections;
    bench.add(&case, "writes", Unit::Requests, float(writes), Some(float(planned)));
    // What a refresh of an empty organization reads: four lists, and a list of definitions and a
    // specification of either side.
    bench.add(&case, "reads", Unit::Requests, float(read), Some(float(4 + 4 + 2)));
    let state = std::fs::metadata(scene.folder().join("airform.state.json"))?.len();
    let state = float(usize::try_from(state)?);
    let steps = float(planned);
    let lines = journal.iter().filter(|byte| **byte == b'\n').count();
    let journaled = float(journal.len());
    bench.add(&case, "journal, per step", Unit::Bytes, journaled / steps, None);
    bench.add(&case, "fsyncs, per step", Unit::Ratio, float(lines) / steps, None);
    bench.add(&case, "state, per step", Unit::Bytes, state / steps, None);
    let written = "state and journal, in all";
    bench.add(&case, written, Unit::Bytes, state + journaled, None);
    // A fifth of it: what is written grows as the steps do, and no faster.
    let fifth = bench.report.find(&format!("first apply of {}", size / 5), written);
    if let Some(smaller) = fifth {
        let growth = (state + journaled) / smaller;
        bench.add(&case, "written, over a fifth of the size", Unit::Ratio, growth, Some(5.5));
    }
    Ok(())
}

/// Whether what the service answers stays in memory. The same many templates, from definitions with
/// a short and with a long specification: each answer holds it, and nothing else differs.
pub(crate) fn answers(bench: &mut Bench<'_>) -> Result<(), Error> {
    const TEMPLATES: usize = 2_000;
    let case = "apply of 2000 templates";
    let mut peaks = Vec::new();
    let mut bodies = Vec::new();
    for definition in ["Faker", "Postgres"] {
        let manifest = scene::plain_templates(TEMPLATES, definition);
        let (mut least, mut body) = (f64::INFINITY, 0.0);
        // The least of some: huge pages, which the system gives where it has them, are several MiB.
        for _ in 0..RUNS {
            let scene = Scene::new(&scene::world(0, 0), &[("airform.yaml", &manifest)])?;
            scene.keep_bodies();
            let apply = bench.run(&scene, case, &["apply", "--auto-approve"], &[0])?;
            least = least.min(apply.peak);
            let written = scene.emulator.journal().into_iter().filter(|one| one.method == "POST");
            let sizes = written.filter_map(|one| Some(one.response?.to_string().len()));
            body = float(sizes.sum()) / (1024.0 * 1024.0);
        }
        peaks.push(least);
        bodies.push(body);
    }
    if let ([short, long], [few, many]) = (peaks.as_slice(), bodies.as_slice()) {
        bench.add(case, "longer answers, in all", Unit::Memory, many - few, None);
        let goal = Some((many - few) / 2.0);
        bench.add(case, "peak over that with short answers", Unit::Memory, long - short, goal);
    }
    Ok(())
}

/// Most of the time is spent waiting: 50 ms for each answer, 32 requests at once.
pub(crate) fn latency(bench: &mut Bench<'_>) -> Result<(), Error> {
    let case = "first apply of 1000 at 50 ms, 32 at once";
    let scene = Scene::new(
        &scene::world(0, 0),
        &[
            ("templates.yaml", &scene::templates(40, 10)),
            ("workspaces.yaml", &scene::workspaces(940)),
        ],
    )?;
    scene.wait_for_each_answer(50);
    let words = ["apply", "--auto-approve", "--parallelism", "32"];
    let apply = bench.run(&scene, case, &words, &[0])?;
    let requests = float(scene.requests());
    // A tag, a template, its tagging; before them lists of one page each.
    let goal = 1.15 * requests * 0.050 / 32.0 + (3.0 + 1.0) * 0.050;
    bench.add(case, "start to end", Unit::Wall, apply.wall, Some(goal));
    bench.add(case, "sent", Unit::Requests, requests, None);
    Ok(())
}
