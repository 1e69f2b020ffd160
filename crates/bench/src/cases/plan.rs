//! Plans: of nothing at all, and of much that is new.

use super::{Bench, float};
use crate::Error;
use crate::floor;
use crate::report::Unit;
use crate::scene::{self, Scene};

/// Some more than the floor: what tells how many workspaces there are, and one to spare.
const ABOVE_FLOOR: usize = 2;

/// Goals for CPU time and memory, where the issue names some for this size.
struct Goals {
    cpu: Option<f64>,
    memory: Option<f64>,
}

impl Goals {
    /// Those for (a).
    fn of(size: usize) -> Goals {
        match size {
            1_000 => Goals { cpu: Some(0.05), memory: None },
            10_000 => Goals { cpu: Some(0.3), memory: Some(96.0) },
            100_000 => Goals { cpu: Some(3.0), memory: Some(512.0) },
            _ => Goals { cpu: None, memory: None },
        }
    }
}

/// With how few requests (a) can be known: a page for every 100 workspaces (`default` is one too), a
/// list for each of three kinds, and a look at each source template. The definitions are known
/// since the first apply.
fn floor_of_workspaces(size: usize, sources: usize) -> usize {
    (size + 1).div_ceil(100) + 3 + sources
}

fn named(size: usize) -> String {
    format!("no-op plan of {size} workspaces")
}

fn named_connectors(size: usize) -> String {
    format!("no-op plan of {} connectors", size / 10 * 9)
}

/// (a) Everything is declared and nothing is different.
pub(crate) fn no_op(bench: &mut Bench<'_>, size: usize) -> Result<(), Error> {
    let sources = bench.sized(scene::SOURCE_TEMPLATES, 8);
    let connections = bench.sized(scene::CONNECTION_TEMPLATES, 3);
    let scene = Scene::new(
        &scene::world(size, 0),
        &[
            ("templates.yaml", &scene::templates(sources, connections)),
            ("workspaces.yaml", &scene::workspaces(size)),
        ],
    )?;
    let floor = floor_of_workspaces(size, sources);
    measured(bench, &scene, &named(size), floor, &Goals::of(size))?;
    growth(bench, &named(size), &named(size / 10));
    Ok(())
}

/// (b) A tenth of the workspaces, with nine connectors in each.
pub(crate) fn no_op_connectors(bench: &mut Bench<'_>, size: usize) -> Result<(), Error> {
    let workspaces = size / 10;
    let connectors = workspaces * 9;
    let scene = Scene::new(
        &scene::world(workspaces, 9),
        &[
            ("connectors.yaml", &scene::connectors(workspaces)),
            ("workspaces.yaml", &scene::workspaces(workspaces)),
        ],
    )?;
    // Pages of workspaces and of 200 connectors, a look at each connector and at the one template,
    // and its list.
    let floor = (workspaces + 1).div_ceil(100) + connectors.div_ceil(200) + connectors + 1 + 1;
    // As much for each request as (a) may take.
    let for_each = Goals::of(size)
        .cpu
        .map(|cpu| cpu / float(floor_of_workspaces(size, scene::SOURCE_TEMPLATES)));
    let goals = Goals { cpu: for_each.map(|cpu| cpu * float(floor)), memory: None };
    let case = named_connectors(size);
    measured(bench, &scene, &case, floor, &goals)?;
    growth(bench, &case, &named_connectors(size / 10));
    Ok(())
}

/// How many times what a tenth of it took, where both were measured.
fn growth(bench: &mut Bench<'_>, case: &str, tenth: &str) {
    let figure = "user and system";
    if let (Some(smaller), Some(this)) =
        (bench.report.find(tenth, figure), bench.report.find(case, figure))
    {
        bench.add(case, "over a tenth of the size", Unit::Ratio, this / smaller, Some(11.0));
    }
}

fn measured(
    bench: &mut Bench<'_>,
    scene: &Scene,
    case: &str,
    floor: usize,
    goals: &Goals,
) -> Result<(), Error> {
    bench.run(scene, "the first apply", &["apply", "--auto-approve"], &[0])?;
    let words = ["plan", "--detailed-exitcode"];
    let plan = bench.by_cpu(|| bench.run(scene, case, &words, &[0]))?;
    let made = float(scene.requests());
    bench.add(case, "made", Unit::Requests, made, Some(float(floor + ABOVE_FLOOR)));
    bench.add(case, "user and system", Unit::Cpu, plan.cpu, goals.cpu);
    bench.add(case, "start to end", Unit::Wall, plan.wall, None);
    bench.add(case, "peak", Unit::Memory, plan.peak, goals.memory);
    bench.add(case, "printed", Unit::Lines, float(plan.stdout.lines().count()), Some(1.0));
    if bench.is_counting {
        return Ok(());
    }
    let requests = floor::Requests::of_last_run(scene)?;
    let requests = bench.by_cpu(|| requests.measure(scene))?;
    let yaml = bench.by_cpu(|| floor::yaml(scene))?;
    bench.add(case, "bare requests", Unit::Cpu, requests.cpu, None);
    bench.add(case, "bare YAML", Unit::Cpu, yaml.cpu, None);
    let bare = requests.cpu + yaml.cpu;
    bench.add(case, "over the bare floor", Unit::Ratio, plan.cpu / bare, Some(1.5));
    Ok(())
}

/// Five thousand customers that are not there yet, from one declaration.
fn new_customers() -> Result<Scene, Error> {
    let rows: String =
        (0..5_000).map(|number| format!("      - {}\n", scene::customer(number))).collect();
    let manifest =
        format!("version: 1\nworkspaces:\n  customer:\n    for_each:\n{rows}    region: us\n");
    Scene::new(&scene::world(0, 0), &[("airform.yaml", &manifest)])
}

pub(crate) fn creation(bench: &mut Bench<'_>) -> Result<(), Error> {
    let scene = new_customers()?;
    let case = "plan of 5000 creations";
    let words = ["plan", "--detailed-exitcode"];
    let plan = bench.by_cpu(|| bench.run(&scene, case, &words, &[2]))?;
    bench.add(case, "user and system", Unit::Cpu, plan.cpu, Some(0.2));
    bench.add(case, "peak", Unit::Memory, plan.peak, None);
    bench.add(case, "printed", Unit::Lines, float(plan.stdout.lines().count()), None);
    Ok(())
}

/// A hundred thousand rows of CSV to the summary of a plan.
pub(crate) fn csv(bench: &mut Bench<'_>) -> Result<(), Error> {
    let rows: String =
        (0..100_000).map(|number| format!("{},us\n", scene::customer(number))).collect();
    let manifest = "version: 1\nworkspaces:\n  customer:\n    for_each: {file: customers.csv}\n    \
                    key: slug\n    region: \"${each:region}\"\n";
    let scene = Scene::new(
        &scene::world(0, 0),
        &[("airform.yaml", manifest), ("customers.csv", &format!("slug,region\n{rows}"))],
    )?;
    let case = "plan of 100000 rows of CSV";
    let words = ["plan", "--detailed-exitcode"];
    let plan = bench.by_cpu(|| bench.run(&scene, case, &words, &[2]))?;
    bench.add(case, "user and system", Unit::Cpu, plan.cpu, Some(2.0));
    bench.add(case, "peak", Unit::Memory, plan.peak, None);
    Ok(())
}

/// A saved plan, read and shown with each of its changes.
pub(crate) fn rendering(bench: &mut Bench<'_>) -> Result<(), Error> {
    let scene = new_customers()?;
    let case = "show of 5000 changes";
    bench.run(&scene, case, &["plan", "--out", "saved.plan"], &[0])?;
    let show = bench.by_cpu(|| bench.run(&scene, case, &["show", "saved.plan", "--full"], &[0]))?;
    bench.add(case, "user and system", Unit::Cpu, show.cpu, Some(0.2));
    bench.add(case, "printed", Unit::Lines, float(show.stdout.lines().count()), None);
    Ok(())
}

/// A no-op plan where most of the time is spent waiting.
pub(crate) fn latency(bench: &mut Bench<'_>) -> Result<(), Error> {
    let case = "no-op plan of 1000 at 50 ms, 32 at once";
    let scene = Scene::new(
        &scene::world(1_000, 0),
        &[
            ("templates.yaml", &scene::templates(200, 50)),
            ("workspaces.yaml", &scene::workspaces(1_000)),
        ],
    )?;
    bench.run(&scene, case, &["apply", "--auto-approve"], &[0])?;
    scene.wait_for_each_answer(50);
    let words = ["plan", "--detailed-exitcode", "--parallelism", "32"];
    let plan = bench.median(3, |ran| ran.wall, || bench.run(&scene, case, &words, &[0]))?;
    let requests = float(scene.requests());
    // A list, then a look at what stands in it; beside them a chain of eleven pages.
    let goal = 1.15 * requests * 0.050 / 32.0 + (2.0 + 11.0) * 0.050;
    bench.add(case, "start to end", Unit::Wall, plan.wall, Some(goal));
    Ok(())
}
