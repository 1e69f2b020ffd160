//! A scenario, played.

use std::path::Path;

use crate::Error;
use crate::bench::Bench;
use crate::laws;
use crate::script::{self, Act};
use crate::transcript::Transcript;

/// Plays the scenario in `folder` under the laws, and gives its transcript.
///
/// # Errors
/// The script cannot be played, or a law is broken.
pub fn transcript(folder: &Path, program: &Path) -> Result<String, Error> {
    let mut transcript = Transcript::default();
    let mut bench = Bench::new(folder, program)?;
    for line in script::read(&std::fs::read_to_string(folder.join("script.txt"))?)? {
        match &line.act {
            Act::Run(command) => {
                let ran = bench.run(command)?;
                transcript.ran(&line.text, &ran);
                let so_far = |error| format!("{error}\n\nso far:\n{}", transcript.text());
                laws::after_run(&bench, command, &ran).map_err(so_far)?;
                if is_done(command, ran.code) {
                    bench.heal();
                    laws::after_apply(&mut bench, command).map_err(so_far)?;
                }
            }
            other => {
                transcript.script(&line.text);
                bench.act(other)?;
            }
        }
    }
    Ok(transcript.text().to_owned())
}

/// Plays the scenario in `folder` with its applies killed after each of their writes. An apply that
/// only sets the scene, from nothing, is let through.
///
/// # Errors
/// The script cannot be played, or a law is broken.
pub fn crashes(folder: &Path, program: &Path) -> Result<(), Error> {
    let mut bench = Bench::new(folder, program)?;
    let script = script::read(&std::fs::read_to_string(folder.join("script.txt"))?)?;
    let applies = script.iter().filter(|line| line.text.starts_with("$ airform apply")).count();
    for line in &script {
        match &line.act {
            Act::Run(command) => {
                let before = bench.moment()?;
                let sets_the_scene = applies > 1 && bench.outputs()?.is_empty();
                // A fault that was met cannot be met again in the same place.
                let had_faults = bench.has_faults;
                let ran = bench.run(command)?;
                if is_done(command, ran.code) && !had_faults && !sets_the_scene {
                    laws::crashes(&mut bench, command, &before, &ran.journal)?;
                }
            }
            other => bench.act(other)?,
        }
    }
    Ok(())
}

fn is_done(command: &[String], code: i32) -> bool {
    code == 0 && command.get(1).is_some_and(|verb| verb == "apply")
}
