//! Laws that hold for every plan.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// What the service makes of a step: how long it takes, and whether it fails.
#[derive(Debug, Clone, Copy)]
struct Fate {
    delay: usize,
    fails: bool,
    unclear: bool,
    quiet: bool,
}

fn fate() -> impl Strategy<Value = Fate> {
    (0..6usize, prop::bool::weighted(0.15), any::<bool>(), prop::bool::weighted(0.2))
        .prop_map(|(delay, fails, unclear, quiet)| Fate { delay, fails, unclear, quiet })
}

/// Fates, and for each pair of steps whether the later one waits for the earlier.
fn fates() -> impl Strategy<Value = Vec<(Fate, Vec<bool>)>> {
    vec((fate(), vec(prop::bool::weighted(0.25), 14)), 1..14)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_plan(fates in fates(), parallelism in 1..5usize) {
        let fake = Fake::default();
        let mut steps = Vec::new();
        for (at, (fate, edges)) in fates.iter().enumerate() {
            let name = format!("t{at}");
            let waits: Vec<usize> = (0..at).filter(|first| edges[*first]).collect();
            let mut made = create(&name, &waits);
            if fate.quiet {
                made.call = Call::Nothing;
                made.memory = Memory::Put { record: record(&format!("id-{name}")), moved_from: None };
            }
            steps.push(made);
            let failure = if fate.unclear { Failure::Unclear } else { Failure::Certain };
            let failure = fate.fails.then_some(failure);
            let answer = Answer { delay: fate.delay, id: None, failure };
            fake.0.lock().unwrap().script.insert(name, answer);
        }
        let plan = plan(steps);
        let came = Run { parallelism, ..Run::new(&fake) }.of(&plan);

        // What ends how follows from the plan and from what fails.
        let mut good = Vec::new();
        for (at, (step, (fate, _))) in plan.steps.iter().zip(&fates).enumerate() {
            let begun = step.after.iter().all(|first| good[first.0]);
            good.push(begun && (fate.quiet || !fate.fails));
            match &came.report.steps[at] {
                StepResult::Done { .. } => prop_assert!(good[at]),
                StepResult::Failed(_) => prop_assert!(begun && !good[at]),
                StepResult::Skipped { because } => {
                    prop_assert!(!begun && step.after.contains(because) && !good[because.0]);
                }
                StepResult::Cancelled => prop_assert!(false, "nobody asked"),
            }
            // Each is called once, if it is begun and calls at all, after all that it waits for.
            let log = fake.log();
            let came_at: Vec<usize> = (log.iter().enumerate())
                .filter(|(_, line)| **line == format!("create t{at}"))
                .map(|(position, _)| position)
                .collect();
            prop_assert_eq!(came_at.len(), usize::from(begun && !fate.quiet));
            for first in step.after.iter().filter(|first| !fates[first.0].0.quiet) {
                let gone = log.iter().position(|line| *line == format!("(t{})", first.0));
                prop_assert!(came_at.iter().all(|here| gone.is_some_and(|gone| gone < *here)));
            }
            // What was done is remembered, what is in doubt is open, and nothing else.
            let address = tag(&format!("t{at}"));
            prop_assert_eq!(came.state.records.contains_key(&address), good[at]);
            let doubtful = begun && !fate.quiet && fate.fails && fate.unclear;
            let open = came.state.open.iter().any(|intent| intent.address == address);
            prop_assert_eq!(open, doubtful);
            let ends = came.events.iter().filter(|event| match event {
                Event::Done { step } | Event::Failed { step, .. } => step.0 == at,
                Event::Skipped { step, .. } | Event::Cancelled { step } => step.0 == at,
                Event::Started { .. } | Event::Differs { .. } => false,
            });
            prop_assert_eq!(ends.count(), 1);
        }
        prop_assert!(fake.0.lock().unwrap().most <= parallelism);
    }
}
