//! Connector configuration held against the connector's own specification, before it is sent.
//!
//! A specification is a JSON schema of draft 7 with marks of Airbyte's own (dossier 3.8). Its
//! structure is walked here, so that a complaint is about one field and names what can stand there:
//! which branch of a `oneOf` is meant is told by its constants, and only that branch is asked. What a
//! single value may be is for [`jsonschema`] to say.
//!
//! Nothing here is sure to be what the service thinks: the specification may be older than it.

mod branch;
mod complaint;
mod fields;
mod json;
mod leaf;
mod nearest;
mod presets;
mod schema;
mod walk;

use model::{Path, Value};

pub use complaint::{About, Complaint, Found, Problem, Severity};
pub use fields::{Described, describe, sample};
pub use json::{from_json, to_json};
pub use presets::{merged, preset_again};

/// How much of what the specification asks for has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// All but what is secret, which comes another way (dossier 3.5: `credentials`, OAuth).
    WithoutSecrets,
    /// Any part: somebody else gives the rest. Presets of a source template are such a part.
    Partial,
}

/// Everything that `spec`, a connector's `connectionSpecification`, has against `config`, in the
/// order of the paths. `at` is the path of `config` itself.
pub fn check(spec: &Value, config: &Value, at: &Path, extent: Extent) -> Vec<Complaint> {
    let mut complaints = walk::walk(&schema::Schema::of(spec), config, at, extent);
    complaints.sort();
    complaints.dedup();
    complaints
}

#[cfg(test)]
mod tests;
