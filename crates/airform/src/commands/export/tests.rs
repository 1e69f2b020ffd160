//! Whatever an organization holds and however the service shows it: what is exported is at rest, and
//! an edit of it is at rest once it has been applied.

mod edits;
mod worlds;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::{Client, Clock, Credentials, Settings};
use emulator::{Config, Emulator, Masking, Switches, World};
use manifest::{Comments, GivenVariables, SourceFile};
use model::desired::{Desired, ImportBy};
use model::live::{Id, Live, Scope};
use model::plan::{Call, Plan};
use model::secret::Fingerprints;
use model::state::{Owner, State, StateChange};
use model::{Address, Kind, Path};
use planner::{Options, Prune};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use secrecy::SecretString;
use state::{Holder, Store};
use tokio::runtime::Runtime;

use self::edits::{Edit, edit, edits};
use self::worlds::worlds;
use super::organization::{self, Exported};
use crate::env::Env;
use crate::secrets::{KeyedFingerprints, Secrets};
use crate::sources::Folder;
use crate::views::plan::Look;

/// Time passes as soon as somebody waits for it.
#[derive(Debug, Default)]
struct Hurried(Mutex<Duration>);

impl Clock for Hurried {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        *self.0.lock().unwrap() += time;
        Box::pin(tokio::task::yield_now())
    }
}

/// A service, a client of it and what it takes to wait for an answer.
struct Bench {
    emulator: Emulator,
    client: Client,
    runtime: Runtime,
}

impl Bench {
    fn new() -> Bench {
        let config = Config::default();
        let token = SecretString::from(config.credentials.operator_token.clone());
        let emulator = Emulator::start_blocking(config).unwrap();
        let settings = Settings::new(emulator.url(), Credentials::Token(token));
        let client = Client::with_clock(settings, Arc::new(Hurried::default())).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Bench { emulator, client, runtime }
    }

    fn set(&self, world: World, switches: Switches) -> Owner {
        let organization = world.home().to_string();
        self.emulator.set_world(world);
        self.emulator.set_switches(switches);
        self.emulator.clear_journal();
        Owner { host: self.client.host().to_owned(), organization }
    }

    fn export(&self, owner: &Owner, in_parts: bool) -> Exported {
        let kinds = Kind::ALL.into();
        let client = self.client.clone().read_only();
        let read = organization::read(&client, &kinds, owner.clone(), in_parts);
        let Ok(exported) = self.runtime.block_on(read) else { panic!("cannot be exported") };
        exported
    }

    fn plan(
        &self,
        desired: &Desired,
        state: &State,
        fingerprints: &dyn Fingerprints,
        options: &Options,
    ) -> (Plan, Live) {
        let scope = Scope::of(desired, state);
        let live = self.runtime.block_on(self.client.refresh(&scope)).unwrap();
        (planner::plan(desired, &live, state, fingerprints, options), live)
    }
}

/// What the files of a manifest declare.
fn declared(files: &[SourceFile]) -> Desired {
    let yaml: Vec<SourceFile> =
        files.iter().filter(|file| file.name.ends_with(".yaml")).cloned().collect();
    let reading = manifest::read(&yaml, &GivenVariables::default(), &organization::Nothing);
    let text = || yaml.iter().map(|file| file.text.as_str()).collect::<String>();
    reading.desired.unwrap_or_else(|| panic!("{}\n{:#?}", text(), reading.diagnostics))
}

/// The environment of somebody who knows the secrets. What the service hides may be anything.
fn filled_in(exported: &Exported) -> Env {
    let mut env = Env::default();
    for (name, (address, path)) in &exported.export.variables {
        let ImportBy::Id(id) = &exported.desired.imports[address].by else { panic!("{address}") };
        let object = &exported.live.kinds[&address.kind()].objects[id];
        let leaves = object.attributes[path.root()].leaves(&Path::attribute(path.root()));
        let shown =
            leaves.get(path).filter(|leaf| !leaf.is_opaque()).and_then(|leaf| leaf.as_text());
        env = env.with(name, shown.unwrap_or("hidden"));
    }
    env
}

fn told(plan: &Plan) -> String {
    let blockers: Vec<String> =
        plan.blockers.iter().map(|blocker| format!("{blocker:?}")).collect();
    format!("{}\n{}", crate::views::plan::render(plan, Look::default()), blockers.join("\n"))
}

fn switches() -> impl Strategy<Value = Switches> {
    let masking = prop_oneof![
        Just(Masking::Cleartext),
        Just(Masking::Asterisks),
        Just(Masking::SecretObject),
        Just(Masking::Dropped),
    ];
    (masking, any::<[bool; 5]>()).prop_map(
        |(masking, [null_clears, organization_routes, tag_routes, presets, globals])| Switches {
            masking,
            null_clears,
            organization_routes,
            connector_config_shows_presets: presets,
            plain_list_has_globals: globals,
            // The routes of tags are rarely gone (dossier 3.2), but may be.
            tag_routes: tag_routes || organization_routes,
            ..Switches::default()
        },
    )
}

/// One random case, from the organization to the applied edit. Gives whether anything was applied.
fn check(
    bench: &Bench,
    world: &str,
    switches: Switches,
    in_parts: bool,
    changes: &[Edit],
) -> Result<bool, TestCaseError> {
    let tag_routes = switches.tag_routes;
    let owner = bench.set(World::from_json(world).unwrap(), switches);
    let exported = bench.export(&owner, in_parts);
    let files = || exported.files.iter().map(|file| file.text.as_str()).collect::<String>();

    // Everything is declared or left out, and nothing is written.
    let held = bench.emulator.world();
    let kinds =
        [held.source_templates.count(Some(held.home())), held.workspaces.count(Some(held.home()))];
    let of = |kind: Kind| {
        let left = exported.export.left_out.keys().filter(|(other, _)| *other == kind).count();
        exported.desired.of_kind(kind).count() + left
    };
    prop_assert_eq!(kinds, [of(Kind::SourceTemplate), of(Kind::Workspace)]);
    prop_assert!(bench.emulator.journal().iter().all(|exchange| !exchange.committed));

    // The state that belongs to it.
    let folder = tempfile::tempdir().unwrap();
    let store = Store::file(folder.path().join("state.json"));
    let holder =
        Holder { who: "a test".to_owned(), command: "export".to_owned(), at: "now".to_owned() };
    let mut session = store.lock(&holder).unwrap();
    let key = *session.document().key.bytes();
    let nothing = Secrets::default();
    let without = KeyedFingerprints::new(&key, &owner.organization, &nothing);
    let (records, unsettled) = exported.records(&without);
    prop_assert_eq!(&unsettled, &Vec::<Address>::new(), "{}", files());
    for (address, record) in records {
        session.edit(StateChange::Put { address, record });
    }
    let state = session.state().clone();

    // The plan right after is empty, without secrets and, where the service hides them, with any.
    let desired = declared(&exported.files);
    prop_assert_eq!(
        desired.resources.keys().collect::<Vec<_>>(),
        state.records.keys().collect::<Vec<_>>()
    );
    let options = Options::default();
    let (plan, _) = bench.plan(&desired, &state, &without, &options);
    prop_assert!(plan.is_empty() && plan.blockers.is_empty(), "{}\n{}", files(), told(&plan));
    let env = filled_in(&exported);
    let folder = Folder { path: folder.path(), allow_outside: false };
    let secrets = Secrets::at_hand(&desired, &BTreeMap::new(), &env, folder);
    let with = KeyedFingerprints::new(&key, &owner.organization, &secrets);
    let (plan, _) = bench.plan(&desired, &state, &with, &options);
    prop_assert!(plan.is_quiet() && plan.blockers.is_empty(), "{}\n{}", files(), told(&plan));
    prop_assert!(plan.steps.iter().all(|step| step.call == Call::Nothing));

    // Edited, planned and applied it is at rest.
    let odd: BTreeSet<&Address> = exported.export.remarks.keys().collect();
    let mut edited = desired;
    for change in changes {
        edit(&mut edited, change, tag_routes, &odd);
    }
    let written = manifest::write(&edited, &Kind::ALL, None, &Comments::default());
    let text = written.text.clone();
    let edited = declared(&[SourceFile { name: "all.yaml".to_owned(), text: written.text }]);
    let secrets = Secrets::stand_ins(&edited);
    let with = KeyedFingerprints::new(&key, &owner.organization, &secrets);
    let mut kinds: BTreeSet<Kind> = Kind::ALL.into();
    kinds.remove(&Kind::Workspace);
    let options =
        Options { prune: Prune { kinds, expected_workspace_deletes: None }, ..Options::default() };
    let (plan, live) = bench.plan(&edited, session.state(), &with, &options);
    if !plan.blockers.is_empty() {
        return Ok(false);
    }
    let workspaces = live.kinds.get(&Kind::Workspace).map(|kind| kind.objects.keys().cloned());
    let walk = apply::Options {
        parallelism: 4,
        known_workspaces: workspaces.into_iter().flatten().collect(),
        seen: None,
    };
    let cancel = apply::Cancel::default();
    let mut unheard = |_| {};
    let applied = apply::apply(
        &plan,
        &bench.client,
        &mut session,
        &secrets,
        &with,
        &walk,
        &cancel,
        &mut unheard,
    );
    let report = bench.runtime.block_on(applied);
    prop_assert!(report.is_complete(), "{}\n{}\n{:?}", text, told(&plan), report.steps);
    let state = session.finish().unwrap().state;
    let (again, _) = bench.plan(&edited, &state, &with, &options);
    prop_assert!(
        again.is_empty() && again.blockers.is_empty(),
        "{}\n{}\nand then\n{}",
        text,
        told(&plan),
        told(&again)
    );
    Ok(!plan.is_empty())
}

#[test]
fn an_export_is_at_rest_and_so_is_an_applied_edit_of_it() {
    let bench = Bench::new();
    let applied = Cell::new(0_usize);
    let config =
        ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() };
    let cases = (worlds(), switches(), any::<bool>(), edits());
    let ran = TestRunner::new(config).run(&cases, |(world, switches, in_parts, edits)| {
        let changed = check(&bench, &world, switches, in_parts, &edits)?;
        applied.set(applied.get() + usize::from(changed));
        Ok(())
    });
    ran.unwrap_or_else(|failed| panic!("{failed}"));
    // What is blocked proves little.
    assert!(applied.get() > 250, "only {} of 500 were applied", applied.get());
}

/// Which object each resource of an export is, and what became of the others.
#[test]
fn what_cannot_be_declared_is_left_out_and_named() {
    let bench = Bench::new();
    let world = r#"{
        "tags": [{"name": "a/b"}, {"name": "crm"}],
        "workspaces": [{"name": "twin"}, {"name": "twin"}, {"name": " "}],
        "source_templates": [
            {"definition": "GitHub", "name": "A", "tags": ["a/b", "crm"]},
            {"definition": "GitHub", "name": "B", "tags": ["crm"]}],
        "connection_templates": [
            {"destination": "S3", "destination_name": "slip", "destination_config": {"cron_expression": "x"}},
            {"destination": "S3", "destination_name": "odd", "destination_config": {}, "cron_expression": "string"},
            {"cron_expression": "0 0 12 * * ?"}, {}]
    }"#;
    let owner = bench.set(World::from_json(world).unwrap(), Switches::default());
    let exported = bench.export(&owner, true);
    let Exported { export, desired, .. } = &exported;
    let left_out = crate::views::export::left_out(export);
    let left_out: Vec<&str> =
        left_out.iter().map(|line| line.split(" (0").next().unwrap_or(line)).collect();
    insta::assert_debug_snapshot!((
        desired.resources.keys().map(ToString::to_string).collect::<Vec<_>>(),
        left_out.iter().map(|line| line.split('(').next().unwrap()).collect::<Vec<_>>(),
        &export.remarks.iter().map(|(at, remarks)| (at.to_string(), remarks)).collect::<Vec<_>>(),
    ));
    let left: BTreeSet<&Id> = export.left_out.keys().map(|(_, id)| id).collect();
    let mut declared: BTreeSet<&Id> = BTreeSet::new();
    for import in desired.imports.values() {
        let ImportBy::Id(id) = &import.by else { panic!("{import:?}") };
        assert!(declared.insert(id) && !left.contains(id));
    }
    assert_eq!(declared.len(), desired.resources.len());
}
