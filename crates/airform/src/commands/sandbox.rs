//! `airform sandbox`.

use emulator::{Catalog, Config, Credentials, Emulator, World};

use super::target::write_whole;
use super::{Context, runtime};
use crate::args::SandboxCommand;
use crate::env;
use crate::exit::Exit;
use crate::report::Failure;
use crate::sources::read_text;

/// Serves the stand-in until Ctrl-C.
pub(crate) fn run(command: SandboxCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let SandboxCommand { port, world, catalog, operator_token, client_id, client_secret } = command;
    let mut config = Config { port, ..Config::default() };
    if let Some(path) = &world {
        if state::is_open_to_others(path) {
            super::store::warn_of(std::slice::from_ref(path), context.streams);
        }
        let text = read_text(path).map_err(Failure::error)?;
        config.world = World::from_json(&text)
            .map_err(|why| Failure::error(format!("{}: {why}", path.display())))?;
    }
    if let Some(path) = &catalog {
        let text = read_text(path).map_err(Failure::error)?;
        config.catalog = Catalog::from_json(&text)
            .map_err(|why| Failure::error(format!("{}: {why}", path.display())))?;
    }
    config.credentials = Credentials { operator_token, client_id, client_secret };
    let credentials = config.credentials.clone();
    let emulator = Emulator::start_blocking(config)
        .map_err(|error| Failure::error(format!("cannot start the sandbox: {error}")))?;
    let url = emulator.url();
    let root = url.trim_end_matches("/api/v1");
    let organization = emulator.world().home().to_string();
    let exports = [
        (env::API_URL, url.as_str()),
        (env::OPERATOR_TOKEN, &credentials.operator_token),
        (env::CLIENT_ID, &credentials.client_id),
        (env::CLIENT_SECRET, &credentials.client_secret),
        (env::ORGANIZATION_ID, organization.as_str()),
        // What the vendor's own clients read (dossier 1).
        ("AIRBYTE_AGENTS_API_URL", &url),
        ("AIRBYTE_API_HOST", root),
    ];
    for (name, value) in exports {
        context.streams.give(format!("export {name}={}", quoted(value)));
    }
    context.streams.remark("The sandbox is up. Ctrl-C ends it.");
    let waited = runtime()?.block_on(tokio::signal::ctrl_c());
    if let Some(path) = &world {
        write_whole(path, &emulator.world().to_json())?;
    }
    waited.map_err(|error| Failure::error(format!("cannot wait for Ctrl-C: {error}")))?;
    Ok(Exit::Done)
}

/// As a shell reads it.
fn quoted(text: &str) -> String {
    shlex::try_quote(text).map_or_else(|_| "''".to_owned(), |quoted| quoted.into_owned())
}
