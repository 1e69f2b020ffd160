//! How long it takes to say anything, and how large the program is.

use super::{Bench, QUICK_RUNS, float};
use crate::Error;
use crate::report::Unit;
use crate::scene::{self, Scene};

pub(crate) fn start(bench: &mut Bench<'_>) -> Result<(), Error> {
    let quickstart = include_str!("../../../../examples/01-quickstart/airform.yaml");
    let scene = Scene::new(&scene::world(0, 0), &[("airform.yaml", quickstart)])?;
    for (case, words, goal) in
        [("--version", ["--version"], 0.005), ("validate quickstart", ["validate"], 0.020)]
    {
        let run = || bench.run(&scene, case, &words, &[0]);
        let ran = bench.median(QUICK_RUNS, |ran| ran.wall, run)?;
        bench.add(case, "start to end", Unit::Wall, ran.wall, Some(goal));
        bench.add(case, "user and system", Unit::Cpu, ran.cpu, None);
    }
    let size = float(usize::try_from(std::fs::metadata(bench.program.path)?.len())?);
    bench.add("binary", "size", Unit::Bytes, size, Some(20.0 * 1024.0 * 1024.0));
    Ok(())
}
