//! Format version 1 of a plan file.
//!
//! Unknown fields are refused: an old version that passed over what a newer one has written would
//! carry out another plan than the one that was looked at.

use model::live::Id;
use model::moment::Moment;
use model::secret::Fingerprint;
use model::state as remembered;
use model::{Address, Kind, Path, basis, desired, guard, kind, live, plan, secret};
use serde::{Deserialize, Serialize};

use super::mirror::{Few, Mirror, Pairs, Set, mirror};
use super::text::Text;
use super::tree::Tree;
use super::v1::{Deposed, Owner, Record};
use crate::document::Key;
use crate::planfile;

/// The version that is written, and the newest that is read.
pub(crate) const VERSION: u64 = 1;

/// A plan file. What it is stands first, so that it is known by its first bytes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    airform_plan: u64,
    request: Request,
    seed: Option<Seed>,
    basis: Basis,
    plan: Plan,
    #[serde(default, skip_serializing_if = "Pairs::is_empty")]
    withheld: Pairs<usize, Set<Text<Path>>>,
}

impl From<&planfile::SavedPlan> for File {
    fn from(saved: &planfile::SavedPlan) -> File {
        let planfile::SavedPlan { request, seed, basis, plan, withheld } = saved;
        File {
            airform_plan: VERSION,
            request: Mirror::of(request),
            seed: Mirror::of(seed),
            basis: Mirror::of(basis),
            plan: Mirror::of(plan),
            withheld: Mirror::of(withheld),
        }
    }
}

impl From<File> for planfile::SavedPlan {
    fn from(file: File) -> planfile::SavedPlan {
        let File { airform_plan: _, request, seed, basis, plan, withheld } = file;
        planfile::SavedPlan {
            request: request.model(),
            seed: seed.model(),
            basis: basis.model(),
            plan: plan.model(),
            withheld: withheld.model(),
        }
    }
}

mirror! { struct Request in planfile {
    paths: Vec<String>, overlays: Vec<String>, var_files: Vec<String>, variables: Vec<String>,
    allow_outside: bool, state: Option<String>, sandbox: bool, options: Vec<String>,
} }

mirror! { struct Seed in planfile { lineage: String, key: Text<Key> } }

mirror! { struct Basis in basis {
    owner: Owner,
    files: Pairs<String, String>,
    declared: Pairs<Text<Address>, Text<Fingerprint>>,
    secrets: Pairs<SecretSource, Text<Fingerprint>>,
    state: Option<StateBasis>,
    live: LiveBasis,
} }

mirror! { struct StateBasis in basis { lineage: String, serial: u64 } }

mirror! { struct LiveBasis in basis {
    scope: Scope,
    objects: Pairs<(Text<Kind>, Text<Id>), ObjectBasis>,
    holders: Pairs<(Text<Kind>, String), Set<Text<Id>>>,
} }

mirror! { struct ObjectBasis in basis { address: Text<Address>, seen: Option<Text<Fingerprint>> } }

mirror! { struct Scope in live {
    kinds: Pairs<Text<Kind>, Wanted>, definitions: Set<DefinitionQuery>,
    specs: Set<DefinitionQuery>,
} }

mirror! { struct Wanted in live {
    ids: Set<Text<Id>>, names: Set<String>, detailed_ids: Set<Text<Id>>,
    detailed_names: Set<String>, foreign: bool, all: bool,
    remembered: Pairs<Text<Id>, String>,
} }

mirror! { struct DefinitionQuery in live { side: Side, text: String } }

mirror! { struct Definition in live { id: String, name: String } }

mirror! { enum Side in kind { Source, Destination } }

mirror! { enum SecretSource in secret { Env(name: String), File(path: String), Variable(name: String) } }

mirror! { struct Plan in plan {
    changes: Pairs<Text<Address>, Change>,
    steps: Vec<Step>,
    blockers: Vec<Blocker>,
    notes: Vec<Note>,
    unmanaged: Pairs<Text<Kind>, usize>,
} }

mirror! { struct Change in plan {
    action: Action, reason: Reason, id: Option<Text<Id>>, name: String,
    leaves: Few<Text<Path>, LeafChange>, definitions: Set<Definition>,
} }

mirror! { enum Action in plan { NoOp, Create, Update, Replace, Delete, Adopt, Record, Forget } }

mirror! { enum Reason in plan {
    AsDeclared, External, UndeclaredKept, DefaultWorkspace, New, Vanished, Edited, Drifted,
    EditedAndDrifted, Differs,
    Immutable { attributes: Set<String> },
    Triggered { by: Set<Text<Address>> },
    FoundByName, AnswerLost,
    Moved { from: Text<Address> },
    NotRemembered, SecretsAtHand, Imported, Removed, Pruned, Destroyed, GoesWithWorkspace, LeftOut, Deposed,
    GoneAndUndeclared, Orphaned, Asked, Undone, Rotated,
} }

mirror! { struct LeafChange in plan {
    before: Shown, after: Shown, forces_replace: bool, moved: MovedSide,
} }

mirror! { enum MovedSide in plan { Declared, Live, Unknown, Neither } }

mirror! { enum Shown in plan { Absent, Clear(value: Tree), Secret, Hidden } }

mirror! { struct Step in plan {
    address: Text<Address>, call: Call, after: Set<StepId>, memory: Memory,
} }

#[derive(Serialize, Deserialize)]
struct StepId(usize);

impl Mirror for StepId {
    type Model = plan::StepId;
    fn of(model: &plan::StepId) -> StepId {
        StepId(model.0)
    }
    fn model(self) -> plan::StepId {
        plan::StepId(self.0)
    }
}

mirror! { enum Call in plan {
    Nothing,
    Create { attributes: Few<String, Tree> },
    Update { target: Target, name: String, attributes: Few<String, Tree> },
    Delete { id: Text<Id>, name: String },
    Attach { target: Target, tag: String },
    Detach { target: Target, tag: String },
} }

mirror! { enum Target in plan { Id(id: Text<Id>), Own } }

mirror! { enum Memory in plan {
    Unchanged,
    Created {
        name: String, kept: Few<String, String>, leaves: Few<Text<Path>, Text<Fingerprint>>,
        prevent_destroy: bool, replaces: Option<Deposed>,
    },
    Updated {
        name: Option<String>, leaves: Few<Text<Path>, Text<Fingerprint>>, dropped: Set<Text<Path>>,
        kept: Few<String, String>,
    },
    Put { record: Record, moved_from: Option<Text<Address>> },
    DeposedGone { id: Text<Id> },
    Removed,
} }

mirror! { struct Blocker in plan {
    address: Option<Text<Address>>, path: Option<Text<Path>>, cause: BlockerCause,
} }

mirror! { enum BlockerCause in plan {
    Ambiguous { name: String, ids: Set<Text<Id>> },
    AdoptionRefused { id: Text<Id> },
    AdoptionWouldReplace { id: Text<Id>, attributes: Set<String> },
    NameTaken { name: String, id: Text<Id>, holder: Option<Text<Address>> },
    MoveTaken { from: Text<Address>, id: Text<Id> },
    ImportMissing { by: ImportBy },
    ImportTaken { id: Text<Id>, holder: Text<Address> },
    RenameCycle { addresses: Set<Text<Address>> },
    WorkspaceReplaced { attributes: Set<String> },
    WorkspaceReplaceUnconfirmed { name: String },
    DestroyPrevented,
    ConnectorReplaced { attributes: Set<String> },
    TemplateInUse { count: usize },
    UnknownDefinition { text: String, similar: Vec<String> },
    AmbiguousDefinition { text: String, ids: Set<String> },
    ExternalMissing { name: String },
    OwnedByAnother { id: Text<Id>, tag: String },
    HiddenValueLost,
    KindUnavailable { kind: Text<Kind> },
    KindVanished { kind: Text<Kind>, count: usize },
    Guarded { guard: String, rule: RuleName, breach: Breach },
    NothingToRotate { stands: bool },
    Unsettled { addresses: Set<Text<Address>> },
    WorkspaceDeletesUnconfirmed { count: usize, expected: Option<usize> },
} }

mirror! { enum RuleName in guard {
    MaxDeletes, MaxReplaces, MaxGone, MaxChanges, Protect, RequireTags, RequireName, Freeze,
} }

mirror! { enum Breach in guard {
    TooMany { kind: Text<Kind>, count: usize, of: usize, limit: Limit },
    Protected,
    TagsMissing { tags: Set<Text<Address>> },
    NameUnlike { name: String, pattern: String },
    Frozen { until: Seconds },
} }

mirror! { enum Limit in guard { Count(most: usize), Percent(percent: u8) } }

/// A moment as the seconds since 1970.
#[derive(Serialize, Deserialize)]
struct Seconds(i64);

impl Mirror for Seconds {
    type Model = Moment;
    fn of(model: &Moment) -> Seconds {
        Seconds(model.0)
    }
    fn model(self) -> Moment {
        Moment(self.0)
    }
}

mirror! { enum ImportBy in desired { Id(id: Text<Id>), Name(name: String) } }

mirror! { enum Note in plan {
    NotRefreshed,
    ConnectorsGo { address: Text<Address>, again: usize, lost: usize },
    ConnectorsStay { address: Text<Address>, count: usize },
    Assumed { leaves: usize, resources: usize },
    Settled { address: Text<Address>, path: Text<Path>, live: Shown, declared: Shown },
    NoLongerDeclared { address: Text<Address>, attribute: String },
    PerhapsMoved { from: Text<Address>, to: Text<Address> },
    Kept { address: Text<Address> },
    Orphans { kind: Text<Kind>, count: usize },
    Unseen { kind: Text<Kind>, resources: usize },
    Unchecked { definition: Definition, resources: usize },
    Deactivates { address: Text<Address>, connectors: usize },
    Overwrites { address: Text<Address>, name: String },
    Overridden { guard: String, rule: RuleName, address: Option<Text<Address>>, breach: Breach },
} }

/// What a state file has already stands in a plan file as it does there.
macro_rules! as_in_a_state {
    ($($name:ident),*) => {
        $(impl Mirror for $name {
            type Model = remembered::$name;
            fn of(model: &remembered::$name) -> $name {
                model.into()
            }
            fn model(self) -> remembered::$name {
                self.into()
            }
        })*
    };
}

as_in_a_state!(Owner, Record, Deposed);
