//! The rules, one by one: what was applied, what has happened since, what is declared now.

mod asking;
mod connectors;
mod destroying;
mod diffing;
mod focusing;
mod guarding;
mod guards;
mod identity;
mod lifecycle;
mod oauth_credentials;
mod owners;
mod pairing;
mod places;
mod presets;
mod secrets;
mod stepping;
mod unseen;

use model::live::Id;
use model::state::{Deposed, OpenIntent};
use model::{Address, Kind};

use super::Scene;
use super::notation::{attributes, lines, manifest};
use super::render::render;
use super::service::Mask;
use crate::{Options, Prune};

/// The plan for `now`, after `before` was applied and then `meanwhile` happened.
fn planned(before: &str, meanwhile: &str, now: &str, options: &Options) -> String {
    let mut scene = scene(before, meanwhile);
    let now = manifest(now);
    let plan = scene.plan(&now, options);
    assert_eq!(plan, scene.plan(&now, options), "it is the same each time");
    if plan.blockers.is_empty() {
        super::walk::carry_out(&plan, &mut scene);
        let again = scene.plan(&now, options);
        assert!(again.is_empty(), "{}\nand then\n{}", render(&plan), render(&again));
    }
    render(&plan)
}

fn scene(before: &str, meanwhile: &str) -> Scene {
    let mut scene = Scene::of(&manifest(before));
    for line in lines(meanwhile) {
        happen(&mut scene, line);
    }
    scene
}

/// Deletes what is no longer declared of `kinds`.
fn pruning(kinds: &[Kind], expected_workspace_deletes: Option<usize>) -> Options {
    let kinds = kinds.iter().copied().collect();
    Options { prune: Prune { kinds, expected_workspace_deletes }, ..Options::default() }
}

/// `set ID …`, `gone ID`, `stray SECTION …`, `global SECTION …`, `forget ADDRESS|all`,
/// `begun ADDRESS NAME`, `deposed ADDRESS ID`, `confuse ADDRESS ADDRESS`, `unavailable SECTION`,
/// `mask …`, `taste ignores_null|normalizes|shows_presets`, `apply RESOURCE`.
fn happen(scene: &mut Scene, line: &str) {
    let (verb, rest) = line.split_once(' ').unwrap();
    let (subject, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let kind = |text: &str| {
        let section = text.split(['-', '.']).next().unwrap();
        Kind::from_section(section).unwrap_or_else(|| panic!("{section}?"))
    };
    let id = Id(subject.to_owned());
    match verb {
        "set" => {
            let thing = scene.service.thing(kind(subject), &id);
            thing.attributes.extend(attributes(rest));
        }
        "gone" => scene.service.delete(kind(subject), &id),
        "stray" => scene.service.stray(kind(subject), true, attributes(rest)),
        "global" => scene.service.stray(kind(subject), false, attributes(rest)),
        "forget" if subject == "all" => scene.state = Default::default(),
        "forget" => assert!(scene.state.records.remove(&address(subject)).is_some()),
        "begun" => scene.state.open.push(OpenIntent {
            address: address(subject),
            name: (!rest.is_empty()).then(|| rest.to_owned()),
            sent: None,
        }),
        "deposed" => {
            let record = scene.state.records.get_mut(&address(subject)).unwrap();
            record.deposed.push(Deposed { id: Id(rest.to_owned()), name: "replaced".to_owned() });
        }
        "confuse" => {
            let id = scene.state.records[&address(rest)].id.clone();
            scene.state.records.get_mut(&address(subject)).unwrap().id = id;
        }
        "unavailable" => assert!(scene.service.unavailable.insert(kind(subject))),
        "taste" if subject == "ignores_null" => scene.service.tastes.ignores_null = true,
        "taste" if subject == "normalizes" => scene.service.tastes.normalizes = true,
        "taste" if subject == "shows_presets" => scene.service.tastes.shows_presets = true,
        "apply" => {
            let plan = scene.plan(&manifest(&format!("{subject} {rest}")), &Options::default());
            assert_eq!(plan.blockers, []);
            super::walk::carry_out(&plan, scene);
        }
        "mask" => {
            scene.service.tastes.mask = match subject {
                "asterisks" => Mask::Asterisks,
                "object" => Mask::Object,
                "dropped" => Mask::Dropped,
                "clear" => Mask::Clear,
                other => panic!("{other}?"),
            }
        }
        other => panic!("{other}?"),
    }
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}
