//! `airform state`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::parsers::address;
use super::{ReadingArgs, RequestArgs};

/// `airform state`.
#[derive(Debug, Args)]
pub(crate) struct StateCommand {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: StateVerb,

    /// The state file [default: the bucket of the manifest in the current folder, or
    /// airform.state.json there]
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) state: Option<PathBuf>,

    /// The state of the sandbox of the current folder
    #[arg(long, global = true, conflicts_with = "state")]
    pub(crate) sandbox: bool,

    /// How the manifest is read that says which bucket.
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

/// The commands under `airform state`.
#[derive(Debug, Subcommand)]
pub(crate) enum StateVerb {
    /// List the addresses that are remembered
    ///
    /// One a line, by section of the manifest.
    #[command(after_help = "Examples:\n  airform state list\n  airform state list --sandbox")]
    List,
    /// Show what is remembered of one address
    ///
    /// Its object's id and name, what is kept of it beside that, and which values are declared. No value that
    /// is a secret is in it.
    #[command(after_help = "Examples:\n  airform state show source_templates.github")]
    Show {
        /// For example source_templates.github
        #[arg(value_parser = address)]
        address: model::Address,
    },
    /// Give what is remembered of one address to another
    ///
    /// For when a resource is called otherwise in the manifest. `moved:` in the manifest does the same in
    /// the next apply, and for everybody who has another state.
    #[command(after_help = "Examples:\n  airform state mv workspaces.acme workspaces.acme-corp")]
    Mv {
        /// The address that it has
        #[arg(value_parser = address)]
        from: model::Address,
        /// The address that it is to have
        #[arg(value_parser = address)]
        to: model::Address,
    },
    /// Make a new key for all fingerprints, and every fingerprint anew
    ///
    /// For when somebody has seen the state who should not have: with its key, guesses at a secret can
    /// be tried against its fingerprint. Every secret must be at hand, and what stands is read; nothing
    /// is written to the service. The old state is kept as backup: delete that, and other copies.
    #[command(after_help = "Examples:\n  airform state replace-key")]
    ReplaceKey {
        /// How what stands is read.
        #[command(flatten)]
        requests: RequestArgs,
    },
    /// List the last runs that changed something, by number, for `airform plan --inverse`
    ///
    /// Each with the command that it was, and what it did.
    #[command(after_help = "Examples:\n  airform state runs")]
    Runs,
    /// Print the state as it is kept; it holds no secret, but a key that belongs to nobody else
    ///
    /// For a backup, or to mend it by hand and give it back with `airform state push`.
    #[command(after_help = "Examples:\n  airform state pull > state.json")]
    Pull,
    /// Put a state that was pulled, and mended, in place of the one that stands
    ///
    /// It must be of the same lineage and of a serial that is no lower.
    #[command(after_help = "Examples:\n  airform state push state.json")]
    Push {
        /// The state
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Forget an address; its object stays
    ///
    /// Where it is declared, the next plan finds the object by its name and takes it over again. `removed:`
    /// in the manifest does the same in the next apply.
    #[command(after_help = "Examples:\n  airform state rm workspaces.acme")]
    Rm {
        /// For example source_templates.github
        #[arg(value_parser = address)]
        address: model::Address,
    },
    /// Remove the lock that a dead run has left
    ///
    /// A state file's lock ends with its run, so this only tidies up. In a bucket a lock runs out
    /// after a minute; with its ID, which whoever finds it locked is told, it ends at once.
    #[command(after_help = "Examples:\n  airform state unlock\n  airform state unlock 2f1c9a7e")]
    Unlock {
        /// The lock's id, where it is in a bucket and has not run out
        id: Option<String>,
    },
}
