//! What the planner is held to: rules one by one ([`rules`]), and laws over random worlds
//! ([`laws`]), both over a small perfect service and walk ([`service`], [`walk`]).

mod chaos;
mod cut_short;
mod draws;
mod laws;
mod notation;
mod render;
mod rules;
mod service;
mod undoing;
mod walk;

use model::desired::Desired;
use model::secret::{Fingerprint, Fingerprints, SecretRef};
use model::state::State;
use model::{Address, Path, SmallMap, Value};

use self::service::Service;

/// Fingerprints that can be read, so that a failing test says which leaf it was.
struct Readable;

impl Fingerprints for Readable {
    fn of(&self, address: &Address, path: &Path, value: &Value) -> Fingerprint {
        Fingerprint(format!("{address} {path} {:?}", service::revealed(value)))
    }
}

/// The same, of somebody who has no secret.
struct Without;

impl Fingerprints for Without {
    fn of(&self, address: &Address, path: &Path, value: &Value) -> Fingerprint {
        match value {
            Value::Secret(secret) if !self.has(secret) => {
                Fingerprint(format!("{secret} is not at hand"))
            }
            value => Readable.of(address, path, value),
        }
    }

    fn has(&self, secret: &SecretRef) -> bool {
        secret.sources().next().is_none()
    }
}

/// A world in which something has been applied, and what is remembered of it.
#[derive(Clone, Default)]
struct Scene {
    service: Service,
    state: State,
}

impl Scene {
    /// What stands after `manifest` was applied to an empty organization.
    fn of(manifest: &Desired) -> Scene {
        let mut scene = Scene::default();
        let plan = scene.plan(manifest, &crate::Options::default());
        assert_eq!(plan.blockers, [], "{}", render::render(&plan));
        walk::carry_out(&plan, &mut scene);
        scene
    }

    fn plan(&self, desired: &Desired, options: &crate::Options) -> model::plan::Plan {
        self.plan_with(desired, &Readable, options)
    }

    fn plan_with(
        &self,
        desired: &Desired,
        fingerprints: &dyn Fingerprints,
        options: &crate::Options,
    ) -> model::plan::Plan {
        let live = self.service.refresh(desired, &self.state);
        crate::plan(desired, &live, &self.state, fingerprints, options)
    }
}

/// Attributes by name.
type Attributes = SmallMap<String, Value>;
