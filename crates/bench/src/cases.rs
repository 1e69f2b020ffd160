//! What is measured: one function per question that an operator asks.

use std::path::Path;

use crate::Error;
use crate::client::Ran;
use crate::floor;
use crate::report::{Report, Unit};
use crate::scene::{self, Scene};

/// Counts are small enough for any float.
fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// The middle one of three runs, by CPU time.
fn median(mut run: impl FnMut() -> Result<Ran, Error>) -> Result<Ran, Error> {
    let mut runs = [run()?, run()?, run()?];
    runs.sort_by(|one, other| one.cpu.total_cmp(&other.cpu));
    let [_, middle, _] = runs;
    Ok(middle)
}

/// Goals for CPU time and memory, where the issue names some for this size.
struct Goals {
    cpu: Option<f64>,
    memory: Option<f64>,
}

/// How long it takes to say anything, and how large the program is.
pub(crate) fn start(report: &mut Report, program: &Path) -> Result<(), Error> {
    let scene = Scene::new(
        &scene::world(0, 0),
        &[("airform.yaml", include_str!("../../../examples/01-quickstart/airform.yaml"))],
    )?;
    let version = median(|| scene.run(program, &["--version"])?.expect("--version", &[0]))?;
    report.add("--version", "start to end", Unit::Wall, version.wall, Some(0.005));
    let validate = median(|| scene.run(program, &["validate"])?.expect("validate", &[0]))?;
    report.add("validate quickstart", "start to end", Unit::Wall, validate.wall, Some(0.020));
    let size = float(usize::try_from(std::fs::metadata(program)?.len())?);
    report.add("binary", "size", Unit::Bytes, size, Some(20.0 * 1024.0 * 1024.0));
    Ok(())
}

/// (a) Everything is declared and nothing is different.
pub(crate) fn no_op_plan(report: &mut Report, program: &Path, size: usize) -> Result<(), Error> {
    let case = format!("no-op plan of {size} workspaces");
    let (sources, connections) = (scene::SOURCE_TEMPLATES, scene::CONNECTION_TEMPLATES);
    let scene = Scene::new(
        &scene::world(size, 0),
        &[
            ("templates.yaml", &scene::templates(sources, connections)),
            ("workspaces.yaml", &scene::workspaces(size)),
        ],
    )?;
    scene.run(program, &["apply", "--auto-approve"])?.expect("the first apply", &[0])?;
    // One page for every 100 workspaces (`default` is one too), one list for each of three kinds, a
    // look at each source template, and a definition of either side.
    let floor = (size + 1).div_ceil(100) + 3 + sources + 2;
    let goals = match size {
        1_000 => Goals { cpu: Some(0.05), memory: None },
        10_000 => Goals { cpu: Some(0.3), memory: Some(96.0) },
        100_000 => Goals { cpu: Some(3.0), memory: Some(512.0) },
        _ => Goals { cpu: None, memory: None },
    };
    no_op(report, program, &scene, &case, floor, &goals)?;
    let smaller =
        report.find(&format!("no-op plan of {} workspaces", size / 10), "user and system");
    if let (Some(smaller), Some(this)) = (smaller, report.find(&case, "user and system")) {
        report.add(&case, "over a tenth of the size", Unit::Ratio, this / smaller, Some(11.0));
    }
    Ok(())
}

/// (b) The same with nine connectors in each of a tenth of the workspaces.
pub(crate) fn no_op_connectors(
    report: &mut Report,
    program: &Path,
    size: usize,
) -> Result<(), Error> {
    let workspaces = size / 10;
    let connectors = workspaces * 9;
    let case = format!("no-op plan of {connectors} connectors");
    let scene = Scene::new(
        &scene::world(workspaces, 9),
        &[
            ("connectors.yaml", &scene::connectors(workspaces)),
            ("workspaces.yaml", &scene::workspaces(workspaces)),
        ],
    )?;
    scene.run(program, &["apply", "--auto-approve"])?.expect("the first apply", &[0])?;
    // Pages of workspaces and of 200 connectors, a look at each connector and at the one template,
    // its list, and its definition.
    let floor = (workspaces + 1).div_ceil(100) + connectors.div_ceil(200) + connectors + 1 + 1 + 1;
    no_op(report, program, &scene, &case, floor, &Goals { cpu: None, memory: None })?;
    // What (a) may take per request.
    if let (Some(cpu), Some(other)) = (
        report.find(&case, "user and system"),
        report.find(&format!("no-op plan of {size} workspaces"), "user and system"),
    ) {
        let requests = report.find(&case, "made").unwrap_or(1.0);
        let others = report.find(&format!("no-op plan of {size} workspaces"), "made");
        let per_request = (cpu / requests) / (other / others.unwrap_or(1.0));
        report.add(&case, "CPU per request, over (a)", Unit::Ratio, per_request, Some(1.0));
    }
    Ok(())
}

fn no_op(
    report: &mut Report,
    program: &Path,
    scene: &Scene,
    case: &str,
    floor: usize,
    goals: &Goals,
) -> Result<(), Error> {
    let plan = median(|| scene.run(program, &["plan", "--detailed-exitcode"])?.expect(case, &[0]))?;
    let made = scene.requests();
    report.add(case, "made", Unit::Requests, float(made), Some(float(floor + 2)));
    report.add(case, "user and system", Unit::Cpu, plan.cpu, goals.cpu);
    report.add(case, "start to end", Unit::Wall, plan.wall, None);
    report.add(case, "peak", Unit::Memory, plan.peak, goals.memory);
    report.add(case, "printed", Unit::Lines, float(plan.stdout.lines().count()), Some(1.0));
    let requests = median(|| floor::requests(scene))?;
    let yaml = median(|| floor::yaml(scene))?;
    report.add(case, "bare requests", Unit::Cpu, requests.cpu, None);
    report.add(case, "bare YAML", Unit::Cpu, yaml.cpu, None);
    let bare = requests.cpu + yaml.cpu;
    report.add(case, "over the bare floor", Unit::Ratio, plan.cpu / bare, Some(1.5));
    Ok(())
}

/// Five thousand resources that do not stand yet, from one declaration.
pub(crate) fn plan_creation(report: &mut Report, program: &Path) -> Result<(), Error> {
    let rows: String =
        (0..5_000).map(|number| format!("      - {}\n", scene::customer(number))).collect();
    let manifest =
        format!("version: 1\nworkspaces:\n  customer:\n    for_each:\n{rows}    region: us\n");
    let scene = Scene::new(&scene::world(0, 0), &[("airform.yaml", &manifest)])?;
    let case = "plan of 5000 creations";
    let plan = median(|| scene.run(program, &["plan", "--detailed-exitcode"])?.expect(case, &[2]))?;
    report.add(case, "user and system", Unit::Cpu, plan.cpu, Some(0.2));
    report.add(case, "peak", Unit::Memory, plan.peak, None);
    report.add(case, "printed", Unit::Lines, float(plan.stdout.lines().count()), None);
    Ok(())
}

/// A hundred thousand rows of CSV to the summary of a plan.
pub(crate) fn plan_csv(report: &mut Report, program: &Path) -> Result<(), Error> {
    let rows: String =
        (0..100_000).map(|number| format!("{},us\n", scene::customer(number))).collect();
    let manifest = "version: 1\nworkspaces:\n  customer:\n    for_each: {file: customers.csv}\n    \
                    key: slug\n    region: \"${each:region}\"\n";
    let scene = Scene::new(
        &scene::world(0, 0),
        &[("airform.yaml", manifest), ("customers.csv", &format!("slug,region\n{rows}"))],
    )?;
    let case = "plan of 100000 rows of CSV";
    let plan = median(|| scene.run(program, &["plan", "--detailed-exitcode"])?.expect(case, &[2]))?;
    report.add(case, "user and system", Unit::Cpu, plan.cpu, Some(2.0));
    report.add(case, "peak", Unit::Memory, plan.peak, None);
    Ok(())
}

/// Everything is new: a twentieth are templates, the rest customers.
pub(crate) fn first_apply(report: &mut Report, program: &Path, size: usize) -> Result<(), Error> {
    let case = format!("first apply of {size}");
    let (sources, connections) = (size / 25, size / 100);
    let workspaces = size - sources - connections - 10;
    let files = [
        ("templates.yaml", scene::templates(sources, connections)),
        ("workspaces.yaml", scene::workspaces(workspaces)),
    ];
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let goal = match size {
        1_000 => Some(1.5),
        5_000 => Some(6.0),
        _ => None,
    };
    let scene = Scene::new(&scene::world(0, 0), &files)?;
    let apply = scene.run(program, &["apply", "--auto-approve"])?.expect(&case, &[0])?;
    let journal = scene.emulator.journal();
    let writes = journal.iter().filter(|exchange| exchange.method != "GET").count();
    let read = journal.len() - writes;
    report.add(&case, "start to end", Unit::Wall, apply.wall, goal);
    report.add(&case, "user and system", Unit::Cpu, apply.cpu, None);
    report.add(&case, "peak", Unit::Memory, apply.peak, None);
    // Every template has one tag, put on by a request of its own.
    let planned = size + sources + connections;
    report.add(&case, "writes", Unit::Requests, float(writes), Some(float(planned)));
    // What a refresh of an empty organization reads: who we are, four lists, two definitions.
    report.add(&case, "reads", Unit::Requests, float(read), Some(float(7 + 2)));
    let state = std::fs::metadata(scene.folder().join("airform.state.json"))?.len();
    let state = float(usize::try_from(state)?) / float(size);
    report.add(&case, "state, per resource", Unit::Bytes, state, None);
    Ok(())
}

/// Half of the time is spent waiting: 50 ms for each answer, 32 requests at once.
pub(crate) fn latency(report: &mut Report, program: &Path) -> Result<(), Error> {
    let case = "first apply of 1000 at 50 ms, 32 at once";
    let scene = Scene::new(
        &scene::world(0, 0),
        &[
            ("templates.yaml", &scene::templates(40, 10)),
            ("workspaces.yaml", &scene::workspaces(940)),
        ],
    )?;
    let mut switches = scene.emulator.switches();
    switches.latency_millis = 50;
    scene.emulator.set_switches(switches);
    let words = ["apply", "--auto-approve", "--parallelism", "32"];
    let apply = scene.run(program, &words)?.expect(case, &[0])?;
    let requests = float(scene.requests());
    // A tag, a template, its tagging; before them a refresh of who, then lists of one page each.
    let depth = 3.0 + 2.0;
    let goal = 1.15 * requests * 0.050 / 32.0 + depth * 0.050;
    report.add(case, "start to end", Unit::Wall, apply.wall, Some(goal));
    report.add(case, "made", Unit::Requests, requests, None);
    Ok(())
}
