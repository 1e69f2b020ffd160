//! Crashes in small: see `acceptance::crashes`, and its program `crashes` for the whole.

use std::path::Path;

use acceptance::crashes::{Kill, Scene};

/// Spread over the whole run; neither divides the number of kinds of moments.
const KILLS: usize = 25;

#[test]
fn one_plain_apply_puts_every_kill_right() {
    let program = Path::new(env!("CARGO_BIN_EXE_airform-under-test"));
    let mut scene = Scene::new(2, program).unwrap();
    let kills: Vec<Kill> = scene.kills();
    assert!(kills.len() > 2 * KILLS, "{}", kills.len());
    for number in 0..KILLS {
        let kill = kills[number * (kills.len() - 1) / (KILLS - 1)];
        scene.check(kill).unwrap_or_else(|error| panic!("{error}"));
    }
}
