//! `emulator`: serves a sandbox by itself, for tests that are not written in Rust.

use emulator::{Catalog, Config, Emulator, Switches, World};
use std::fmt::Display;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str =
    "usage: emulator [--port PORT] [--world FILE] [--catalog FILE] [--switches FILE]";

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(never) => match never {},
        Err(message) => {
            // Nothing is left to do where even this cannot be written.
            let _ = writeln!(std::io::stderr(), "emulator: {message}\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Result<std::convert::Infallible, String> {
    let mut config = Config::default();
    // The machine's clock suits people and foreign clients; a file of switches may say otherwise.
    config.switches.wall_clock = true;
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--port" => config.port = Some(value.parse().map_err(at(&value))?),
            "--world" => config.world = World::from_json(&read(&value)?).map_err(at(&value))?,
            "--catalog" => {
                config.catalog = Catalog::from_json(&read(&value)?).map_err(at(&value))?;
            }
            "--switches" => {
                config.switches =
                    serde_json::from_str::<Switches>(&read(&value)?).map_err(at(&value))?;
            }
            _ => return Err(format!("unknown argument {name}")),
        }
    }
    let emulator = Emulator::start_blocking(config).map_err(at("127.0.0.1"))?;
    writeln!(std::io::stdout(), "{}", emulator.url()).map_err(at("stdout"))?;
    loop {
        std::thread::park();
    }
}

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(Path::new(path)).map_err(at(path))
}

fn at<E: Display>(place: &str) -> impl FnOnce(E) -> String {
    move |error| format!("{place}: {error}")
}
