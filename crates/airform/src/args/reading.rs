//! Where a manifest is and how it is read, for the commands that read one.

use std::path::{Path, PathBuf};

use clap::Args;

use super::RequestArgs;

/// Where the manifest is, and what its variables are.
#[derive(Debug, Args)]
pub(crate) struct ManifestArgs {
    /// Files and folders that make up the manifest [default: the current folder]
    ///
    /// Of a folder, every *.yaml and *.yml directly in it that has a `version:` and a section of
    /// ours is read, in order of name. All of them together are one manifest.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// How it is read.
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

/// How a manifest is read. Global, for the commands that have further ones under them.
#[derive(Debug, Args)]
pub(crate) struct ReadingArgs {
    /// Set a variable of the manifest
    #[arg(long, value_name = "NAME=VALUE", global = true)]
    pub(crate) var: Vec<String>,

    /// Set variables of the manifest from a YAML file; a later file wins, and --var over all
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) var_file: Vec<PathBuf>,

    /// Lay a file over the manifest, for what differs here; may be given several times, in order
    ///
    /// It is written as a manifest is. Maps merge, lists and single values replace what stands below
    /// them, and `null` removes it. Keep overlays in a folder of their own: two files of one manifest
    /// may not declare the same thing.
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) overlay: Vec<PathBuf>,

    /// Let the manifest read files that lie outside of the folders of its own files
    ///
    /// That goes for ${file:…}, ${secret:file:…}, such as /run/secrets/NAME, and the files of for_each.
    /// A saved plan remembers it.
    #[arg(long, global = true)]
    pub(crate) allow_outside: bool,
}

/// As [`ManifestArgs`], for a command whose arguments are something else.
#[derive(Debug, Args)]
pub(crate) struct NamedManifestArgs {
    /// A file or folder of the manifest [default: the current folder]
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest: Vec<PathBuf>,

    /// How it is read.
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

impl NamedManifestArgs {
    /// The folder beside which state is kept.
    pub(crate) fn base(&self) -> PathBuf {
        crate::sources::base_of(self.manifest.first().map_or(Path::new("."), PathBuf::as_path))
    }
}

impl From<NamedManifestArgs> for ManifestArgs {
    fn from(named: NamedManifestArgs) -> ManifestArgs {
        let NamedManifestArgs { manifest: paths, reading } = named;
        ManifestArgs { paths, reading }
    }
}

/// What to compare the manifest with.
#[derive(Debug, Args)]
pub(crate) struct TargetArgs {
    /// The state file [default: airform.state.json beside the first PATH]
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,

    /// Use a stand-in for the service that runs inside the program, with no account and no network
    ///
    /// Its organization, state and journal are kept under .airform/sandbox beside the manifest.
    /// AIRBYTE_* variables and --state are ignored, and secrets are replaced by stand-ins.
    #[arg(long)]
    pub(crate) sandbox: bool,

    /// How many requests may be under way at once
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) parallelism: u16,

    /// Ask again what connectors there are and how they are configured
    ///
    /// That is kept for a week in the user's cache folder ($XDG_CACHE_HOME or ~/.cache), for each
    /// organization.
    #[arg(long)]
    pub(crate) refresh_definitions: bool,

    /// How requests are made.
    #[command(flatten)]
    pub(crate) requests: RequestArgs,
}
