//! `airform destroy`.

use planner::{Options, Prune};

use super::apply::{Job, carry_out};
use super::{Context, decide, declared};
use crate::args::DestroyCommand;
use crate::exit::Exit;
use crate::report::Failure;
use crate::secrets::Secrets;

/// Shows what would be deleted, asks, and deletes it. No secret is needed for that.
pub(crate) fn run(command: DestroyCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let DestroyCommand {
        manifest,
        target,
        expect_workspace_deletes: expected_workspace_deletes,
        accept_vanished,
        guards,
        auto_approve,
    } = command;
    let env = decide::seen_env(target.sandbox, &context.env);
    let declared = declared::read(&manifest, &env, context)?;
    let options = Options {
        prune: Prune { expected_workspace_deletes, ..Prune::default() },
        accept_vanished: accept_vanished.into_iter().collect(),
        destroy: true,
        ..decide::guarded(&guards)
    };
    let secrets = Secrets::default();
    let job = Job {
        verb: "destroy",
        declared,
        secrets,
        target,
        options,
        inverse: None,
        no_config_check: false,
        auto_approve,
    };
    carry_out(job, context)
}
