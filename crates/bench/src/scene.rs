//! A folder with a manifest, and a service that it is for.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use emulator::{Config, Emulator, Switches, World};
use serde_json::json;
use tempfile::TempDir;

use crate::Error;
use crate::client::{self, Program, Ran};

/// How many source templates a large organization has.
pub(crate) const SOURCE_TEMPLATES: usize = 200;
/// How many connection templates.
pub(crate) const CONNECTION_TEMPLATES: usize = 50;
/// How many tags they have between them.
pub(crate) const TAGS: usize = 10;

/// An organization and the manifest that describes it.
pub(crate) struct Scene {
    pub(crate) emulator: Emulator,
    folder: TempDir,
}

impl Scene {
    /// A service with `world`, and a manifest of these files.
    ///
    /// # Errors
    /// The world is none, or a file cannot be written.
    pub(crate) fn new(world: &serde_json::Value, files: &[(&str, &str)]) -> Result<Scene, Error> {
        let world = World::from_json(&world.to_string())?;
        let switches = Switches { journal_bodies: false, ..Switches::default() };
        let config = Config { world, switches, ..Config::default() };
        let emulator = Emulator::start_blocking(config)?;
        let folder = tempfile::tempdir()?;
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text)?;
        }
        Ok(Scene { emulator, folder })
    }

    /// Where the manifest is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the program here; what it asked before is forgotten.
    ///
    /// # Errors
    /// It cannot be run.
    pub(crate) fn run(&self, program: Program<'_>, words: &[&str]) -> Result<Ran, Error> {
        self.emulator.clear_journal();
        client::run(program, words, self.folder(), &self.emulator.url())
    }

    /// The same for a run that changes something, with the journal that it wrote: its own, of the
    /// state, which is gone when it is over.
    ///
    /// # Errors
    /// It cannot be run, or has left no journal.
    pub(crate) fn run_journaled(
        &self,
        program: Program<'_>,
        words: &[&str],
    ) -> Result<(Ran, Vec<u8>), Error> {
        let journal = self.folder().join("airform.state.json.journal");
        let kept = self.folder().join("journal.kept");
        let is_over = AtomicBool::new(false);
        let ran = std::thread::scope(|scope| {
            // A second name for the file, from its first line on: what is removed is the first one.
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed)
                    && std::fs::hard_link(&journal, &kept).is_err()
                {
                    std::thread::sleep(Duration::from_millis(1));
                }
            });
            let ran = self.run(program, words);
            is_over.store(true, Ordering::Relaxed);
            ran
        })?;
        let bytes = std::fs::read(&kept).map_err(|why| format!("no journal was seen: {why}"))?;
        std::fs::remove_file(&kept)?;
        Ok((ran, bytes))
    }

    /// From now on every answer takes so long.
    pub(crate) fn wait_for_each_answer(&self, millis: u64) {
        let switches = self.emulator.switches();
        self.emulator.set_switches(Switches { latency_millis: millis, ..switches });
    }

    /// From now on answers can be looked at.
    pub(crate) fn keep_bodies(&self) {
        let switches = self.emulator.switches();
        self.emulator.set_switches(Switches { journal_bodies: true, ..switches });
    }

    /// How many requests the last run made.
    pub(crate) fn requests(&self) -> usize {
        self.emulator.journal().len()
    }
}

/// The name of a customer.
pub(crate) fn customer(number: usize) -> String {
    format!("customer-{number:06}")
}

/// Tags and templates, as a manifest.
pub(crate) fn templates(sources: usize, connections: usize) -> String {
    let mut text = String::from("version: 1\ntags:\n");
    for number in 0..TAGS {
        let _ = writeln!(text, "  tier-{number}: {{}}");
    }
    text.push_str("source_templates:\n");
    for number in 0..sources {
        let _ = writeln!(
            text,
            "  source-{number:03}:\n    definition: GitHub\n    tags: [tier-{}]\n    \
             partial_default_config: {{start_date: \"2025-01-01T00:00:00Z\", repositories: [acme/repo-{number}]}}",
            number % TAGS
        );
    }
    text.push_str("connection_templates:\n");
    for number in 0..connections {
        let _ = writeln!(
            text,
            "  lake-{number:03}:\n    destination: S3\n    tags: [tier-{}]\n    \
             cron_expression: \"0 0 12 * * ?\"\n    destination_config:\n      \
             s3_bucket_name: lake-{number}\n      s3_bucket_region: eu-central-1\n      \
             s3_bucket_path: data\n      access_key_id: ${{secret:env:LAKE_KEY}}\n      \
             secret_access_key: ${{secret:env:LAKE_SECRET}}\n      format: {{format_type: JSONL}}",
            number % TAGS
        );
    }
    text
}

/// Source templates of one definition with nothing to tell them apart but their names.
pub(crate) fn plain_templates(count: usize, definition: &str) -> String {
    let mut text = String::from("version: 1\nsource_templates:\n");
    for number in 0..count {
        let _ = writeln!(text, "  source-{number:04}: {{definition: {definition}}}");
    }
    text
}

/// Workspaces, each written out.
pub(crate) fn workspaces(count: usize) -> String {
    let mut text = String::from("version: 1\nworkspaces:\n");
    for number in 0..count {
        let _ = writeln!(text, "  {}: {{region: us}}", customer(number));
    }
    text
}

/// Connectors, nine to a workspace.
pub(crate) fn connectors(workspaces: usize) -> String {
    let mut text = String::from(
        "version: 1\nsource_templates:\n  postgres:\n    definition: Postgres\n    name: PostgreSQL\n    \
         partial_default_config: {port: 5432}\nconnectors:\n",
    );
    for workspace in 0..workspaces {
        let customer = customer(workspace);
        for number in 0..9 {
            let _ = writeln!(
                text,
                "  {customer}-{number}:\n    workspace: {customer}\n    source_template: postgres\n    \
                 name: database-{number}\n    replication_config: {{host: db-{number}.{customer}.example, \
                 database: main, username: airbyte}}"
            );
        }
    }
    text
}

/// An organization that has the workspaces already, and the connectors.
pub(crate) fn world(workspaces: usize, connectors: usize) -> serde_json::Value {
    let standing: Vec<_> =
        (0..workspaces).map(|number| json!({"name": customer(number), "region": "us"})).collect();
    let mut sources = Vec::new();
    let mut made = Vec::new();
    if connectors > 0 {
        sources.push(json!({
            "name": "PostgreSQL", "definition": "Postgres",
            "partial_default_config": {"port": 5432},
        }));
    }
    for workspace in 0..workspaces {
        let customer = customer(workspace);
        for number in 0..connectors {
            made.push(json!({
                "name": format!("database-{number}"), "workspace": customer,
                "source_template": "PostgreSQL",
                "replication_config": {
                    "host": format!("db-{number}.{customer}.example"),
                    "database": "main", "username": "airbyte",
                },
            }));
        }
    }
    json!({
        "organizations": [{"name": "Bench"}],
        "workspaces": standing,
        "source_templates": sources,
        "connectors": made,
    })
}
