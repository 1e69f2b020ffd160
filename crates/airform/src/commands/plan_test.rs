//! `airform test`.

use std::path::{Path, PathBuf};

use api::{Client, Credentials, Settings};
use emulator::{Config, Emulator, World};
use manifest::plan_test::{Expectation, PlanTest};
use manifest::{Diagnostic, SourceFile};
use model::plan::{Action, Plan};
use secrecy::SecretString;
use state::Store;

use super::{Context, config_check, decide, declared, runtime};
use crate::args::{DecisionArgs, ManifestArgs, ReadingArgs, TestCommand};
use crate::env::{self, Env};
use crate::exit::Exit;
use crate::report::Failure;
use crate::secrets::{KeyedFingerprints, Secrets};
use crate::sources::{self, shown};
use crate::views;
use crate::views::plan_test as view;
use crate::views::text_diff::unified;

/// What the name of a test ends with.
pub(super) const ENDING: &str = ".test.yaml";
/// Where tests are looked for.
const FOLDER: &str = "tests";
/// The columns of a plan that is kept.
const WIDTH: usize = 80;

/// Makes the plan of every test and says which ones are not as expected.
pub(crate) fn run(command: TestCommand, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let TestCommand { paths, update } = command;
    let tests = tests(&paths)?;
    let mut failed = 0;
    for path in &tests {
        let name = shown(path);
        let verdict = match verdict(path, update, context) {
            Ok(verdict) => verdict,
            Err(failure) => {
                failure.report(context.streams);
                Verdict::Failed(Vec::new())
            }
        };
        context.streams.say(match &verdict {
            Verdict::Passed => view::passed(&name),
            Verdict::Updated => view::updated(&name),
            Verdict::Failed(why) => view::failed(&name, why),
        });
        failed += usize::from(matches!(verdict, Verdict::Failed(_)));
    }
    context.streams.say(view::summary(tests.len(), failed));
    Ok(if failed > 0 { Exit::Error } else { Exit::Done })
}

/// The tests that `paths` name, by name in each folder.
fn tests(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let here = [PathBuf::from(FOLDER)];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let told = |path: &Path, error: &std::io::Error| {
        Failure::error(format!("{}: {error}", path.display()))
    };
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).map_err(|error| told(path, &error))? {
            let path = entry.map_err(|error| told(path, &error))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.ends_with(ENDING) {
                inside.push(path);
            }
        }
        inside.sort();
        found.extend(inside);
    }
    if found.is_empty() {
        let paths: Vec<String> = paths.iter().map(|path| shown(path)).collect();
        return Err(Failure::error(format!("no test in {}", paths.join(", ")))
            .help("a test is called NAME.test.yaml; airform schema test says what is in it"));
    }
    Ok(found)
}

/// How a test ended.
enum Verdict {
    Passed,
    Updated,
    /// And what is not as expected.
    Failed(Vec<String>),
}

fn verdict(path: &Path, update: bool, context: &mut Context<'_>) -> Result<Verdict, Failure> {
    let text = sources::read_text(path).map_err(Failure::error)?;
    let file = SourceFile { name: shown(path), text };
    let test = manifest::plan_test::read(&file)
        .map_err(|found| Failure::complaints(Exit::Error, found, vec![file]))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let (plan, blockers) = planned(&test, folder, context)?;
    let mut why = unexpected(&test.expect, &plan);
    if !test.snapshot {
        return Ok(if why.is_empty() { Verdict::Passed } else { Verdict::Failed(why) });
    }
    let kept = kept_at(path);
    let before =
        if kept.exists() { Some(sources::read_text(&kept).map_err(Failure::error)?) } else { None };
    let after = view::kept(&plan, &blockers, WIDTH);
    let is_same = before.as_ref() == Some(&after);
    if !is_same && update {
        std::fs::write(&kept, &after)
            .map_err(|error| Failure::error(format!("{}: {error}", kept.display())))?;
    } else if !is_same {
        why.push(match before {
            Some(before) => unified(&shown(&kept), &before, &after),
            None => format!("{} is not there; --update writes it", shown(&kept)),
        });
    }
    Ok(match (why.is_empty(), is_same) {
        (false, _) => Verdict::Failed(why),
        (true, true) => Verdict::Passed,
        (true, false) => Verdict::Updated,
    })
}

/// Where the plan of a test is kept.
fn kept_at(path: &Path) -> PathBuf {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let stem = name.strip_suffix(ENDING).or(name.strip_suffix(".yaml")).unwrap_or(name);
    path.with_file_name(format!("{stem}.snap"))
}

/// The plan of a test, and what blocks it.
fn planned(
    test: &PlanTest,
    folder: &Path,
    context: &mut Context<'_>,
) -> Result<(Plan, Vec<Diagnostic>), Failure> {
    let PlanTest {
        manifest,
        overlays,
        variables,
        env: seen,
        world,
        state,
        catalog,
        options,
        snapshot: _,
        expect: _,
    } = test;
    let inside = |path: &String| folder.join(path);
    let decision = DecisionArgs::parse_words(options)
        .map_err(|why| Failure::error(format!("`options`: {why}")))?;
    if decision.inverse.is_some() {
        return Err(Failure::error("`options`: --inverse needs a run, and a test has none"));
    }
    let arguments = ManifestArgs {
        paths: manifest.iter().map(inside).collect(),
        reading: ReadingArgs {
            var: variables.iter().map(|(name, value)| format!("{name}={value}")).collect(),
            var_file: Vec::new(),
            overlay: overlays.iter().map(inside).collect(),
            allow_outside: false,
        },
    };
    let organization = emulator::SANDBOX_ORGANIZATION.to_string();
    let env = Env::default().with(env::ORGANIZATION_ID, &organization);
    let env = seen.iter().fold(env, |env, (name, value)| env.with(name, value));
    let declared = declared::read(&arguments, &env, context)?;
    let client_and_service =
        service(world.as_ref().map(inside).as_deref(), catalog.as_ref().map(inside).as_deref())?;
    let (_service, client) = &client_and_service;
    // Where none is named, one that is not there: nothing is remembered.
    let state = state.as_ref().map_or_else(|| folder.join(".airform-test.state"), inside);
    let document = Store::file(state).load()?.document;
    let secrets = Secrets::default();
    let owner = document.state.owner.as_ref().map(|owner| owner.organization.as_str());
    let owner = owner.unwrap_or(&organization);
    let fingerprints = KeyedFingerprints::new(document.key.bytes(), owner, &secrets);
    let options = decide::options(&decision);
    let decided = runtime()?.block_on(decide::decide(
        &declared,
        client,
        &document.state,
        &fingerprints,
        &options,
    ))?;
    let check = (decision.no_config_check, catalog.is_none());
    config_check::enforce_planned(&declared, &decided, &options, check, context)?;
    let blockers = decide::blockers(&decided.plan, &declared);
    Ok((decided.plan, blockers))
}

/// The recorded organization, and the way to it.
fn service(world: Option<&Path>, catalog: Option<&Path>) -> Result<(Emulator, Client), Failure> {
    let read = |path: &Path| sources::read_text(path).map_err(Failure::error);
    let wrong = |path: &Path, why: String| Failure::error(format!("{}: {why}", path.display()));
    let mut config = Config::default();
    if let Some(path) = world {
        config.world = World::from_json(&read(path)?).map_err(|why| wrong(path, why))?;
    }
    if let Some(path) = catalog {
        config.catalog =
            emulator::Catalog::from_json(&read(path)?).map_err(|why| wrong(path, why))?;
    }
    let token = SecretString::from(config.credentials.operator_token.clone());
    let service = Emulator::start_blocking(config)
        .map_err(|error| Failure::error(format!("cannot start the stand-in: {error}")))?;
    let settings = Settings::new(service.url(), Credentials::Token(token));
    let client = Client::new(settings)?.read_only();
    Ok((service, client))
}

/// What of a plan is not as expected, one line each.
fn unexpected(expect: &Expectation, plan: &Plan) -> Vec<String> {
    let Expectation { counts, actions, blockers } = expect;
    let mut why = Vec::new();
    for (action, expected) in counts {
        let found = plan.count(*action);
        if found != *expected {
            why.push(view::count(*action, *expected, found));
        }
    }
    for (address, expected) in actions {
        let found = plan.changes.get(address).map_or(Action::NoOp, |change| change.action);
        if found != *expected {
            why.push(view::action(address, *expected, found));
        }
    }
    if let Some(expected) = blockers {
        let mut expected = expected.clone();
        expected.sort();
        expected.dedup();
        let mut found: Vec<String> =
            plan.blockers.iter().map(|b| views::code::of_blocker(&b.cause).to_owned()).collect();
        found.sort();
        found.dedup();
        if found != expected {
            why.push(view::blockers(&expected, &found));
        }
    }
    why
}

#[cfg(test)]
mod tests {
    use model::plan::{Blocker, BlockerCause, Change, Reason};
    use model::{Address, Kind};

    use super::*;

    #[track_caller]
    fn check(expect: &Expectation, expected: &[&str]) {
        let change = |action| Change {
            action,
            reason: Reason::New,
            id: None,
            name: "x".to_owned(),
            leaves: Default::default(),
            definitions: Default::default(),
        };
        let plan = Plan {
            changes: [
                (Address::new(Kind::Tag, "a"), change(Action::Create)),
                (Address::new(Kind::Tag, "b"), change(Action::Delete)),
            ]
            .into(),
            blockers: vec![Blocker {
                address: None,
                path: None,
                cause: BlockerCause::DestroyPrevented,
            }],
            ..Plan::default()
        };
        assert_eq!(unexpected(expect, &plan), expected);
    }

    #[test]
    fn each_thing_that_is_not_as_expected_is_said() {
        check(&Expectation::default(), &[]);
        check(
            &Expectation {
                counts: [(Action::Create, 1), (Action::Delete, 1), (Action::Update, 0)].into(),
                actions: [(Address::new(Kind::Tag, "a"), Action::Create)].into(),
                blockers: Some(vec!["plan::destroy-prevented".to_owned()]),
            },
            &[],
        );
        check(
            &Expectation {
                counts: [(Action::Delete, 0)].into(),
                actions: [
                    (Address::new(Kind::Tag, "b"), Action::NoOp),
                    (Address::new(Kind::Tag, "c"), Action::Create),
                ]
                .into(),
                blockers: Some(Vec::new()),
            },
            &[
                "expected 0 to delete, and there is 1",
                "expected none for tags.b, and it is delete",
                "expected create for tags.c, and it is none",
                "expected no blocker, and there is plan::destroy-prevented",
            ],
        );
    }
}
