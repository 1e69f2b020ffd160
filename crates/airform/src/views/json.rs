//! A plan and an apply, for programs.
//!
//! This is a promise: a field keeps its name and its meaning while `format_version` is the same, and
//! readers pass over fields that they do not know. `schema/plan.schema.json` is made from here.

mod event;
mod value;

use std::fmt::Write;

use model::plan::{Action, Blocker, Change, LeafChange, MovedSide, Plan, Reason, Step};
use model::{Address, Path};
use schemars::JsonSchema;
use serde::Serialize;

pub(crate) use self::event::{Event, Standing};
use self::value::Side;
use super::apply::step_words;
use super::plan::{Entry, entries, remarks};
use super::requests::Requests;
use super::style::bare;

/// The version of everything below.
const VERSION: u32 = 1;

/// A plan. What stands as declared is counted, and everything else is listed.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Document {
    /// Changes where a reader of the version before would be misled.
    format_version: u32,
    /// Whether it may not be applied; `blockers` says why.
    blocked: bool,
    /// How many resources each action is for.
    summary: Summary,
    /// What is done about resources, by kind and address.
    changes: Vec<ChangeRow>,
    /// The calls, in an order in which they can be made.
    steps: Vec<StepRow>,
    /// What stands in the way.
    blockers: Vec<BlockerRow>,
    /// What a reader should know though nothing is done about it, in words.
    notes: Vec<String>,
    /// How many requests it took, where the organization was asked for it just now.
    requests: Option<Requests>,
    /// How many objects of each kind belong to nobody here, by section of the manifest.
    unmanaged: std::collections::BTreeMap<&'static str, usize>,
}

/// How many resources each action is for.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Summary {
    create: usize,
    update: usize,
    replace: usize,
    delete: usize,
    adopt: usize,
    record: usize,
    forget: usize,
    /// Nothing is done about these.
    unchanged: usize,
}

/// What is done about one resource.
#[derive(Serialize, JsonSchema)]
struct ChangeRow {
    /// Its address in the manifest.
    address: String,
    /// The section of the manifest that it is in.
    kind: &'static str,
    /// What it is called in the organization, or is to be called.
    name: String,
    /// What is done.
    action: ActionWord,
    /// Why, as a word of a closed list.
    reason: &'static str,
    /// The attributes or addresses that the reason is about.
    because: Vec<String>,
    /// The object's id, where it has one; in a replace, the old one's.
    id: Option<String>,
    /// What and why, in words.
    message: String,
    /// What it leads to beside that, in words.
    consequence: Option<String>,
    /// The leaves that differ.
    leaves: Vec<LeafRow>,
}

/// What is done about a resource.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ActionWord {
    NoOp,
    Create,
    Update,
    Replace,
    Delete,
    Adopt,
    Record,
    Forget,
}

/// How one leaf differs.
#[derive(Serialize, JsonSchema)]
struct LeafRow {
    /// Its path in the resource.
    path: String,
    /// What is live.
    before: Side,
    /// What is declared.
    after: Side,
    /// Its attribute cannot be changed in place.
    forces_replace: bool,
    /// Which side moved since it was last written.
    moved: MovedWord,
}

/// Which side of a leaf moved.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum MovedWord {
    Declared,
    Live,
    Unknown,
    Neither,
}

/// At most one call.
#[derive(Serialize, JsonSchema)]
struct StepRow {
    /// Its number, from 0.
    step: usize,
    /// The resource that it is for.
    address: String,
    /// What it does, in words.
    message: String,
    /// The steps that it waits for.
    after: Vec<usize>,
}

/// Why a plan may not be applied.
#[derive(Serialize, JsonSchema)]
struct BlockerRow {
    /// The resource that it is about, where it is about one.
    address: Option<String>,
    /// The place in it, where there is one.
    path: Option<String>,
    /// What stands in the way, as `airform explain` knows it.
    code: &'static str,
    /// What stands in the way, in words.
    message: String,
    /// What can be done about it.
    help: String,
}

/// The plan as one document, with what it took where it was just made.
pub(crate) fn document(plan: &Plan, requests: Option<Requests>) -> Document {
    let mut changes: Vec<ChangeRow> = entries(plan).iter().map(change_row).collect();
    // Nothing is done about these, for a reason of its own.
    let idle = plan.changes.iter().filter(|(_, change)| {
        change.action == Action::NoOp
            && !matches!(change.reason, Reason::AsDeclared | Reason::External)
    });
    changes.extend(idle.map(|(address, change)| row(address, change, String::new(), None)));
    Document {
        format_version: VERSION,
        blocked: !plan.blockers.is_empty(),
        summary: summary(plan),
        changes,
        steps: plan.steps.iter().enumerate().map(step_row).collect(),
        blockers: plan.blockers.iter().map(blocker_row).collect(),
        notes: remarks(plan).iter().map(|remark| note(remark)).collect(),
        requests,
        unmanaged: plan.unmanaged.iter().map(|(kind, count)| (kind.section(), *count)).collect(),
    }
}

/// A remark without what is only for a terminal.
fn note(remark: &str) -> String {
    let bare = bare(remark);
    bare.strip_prefix("note: ").unwrap_or(&bare).to_owned()
}

fn summary(plan: &Plan) -> Summary {
    Summary {
        create: plan.count(Action::Create),
        update: plan.count(Action::Update),
        replace: plan.count(Action::Replace),
        delete: plan.count(Action::Delete),
        adopt: plan.count(Action::Adopt),
        record: plan.count(Action::Record),
        forget: plan.count(Action::Forget),
        unchanged: plan.count(Action::NoOp),
    }
}

fn change_row(entry: &Entry<'_>) -> ChangeRow {
    let Entry { address, shown: _, change, sentence, consequence, rows: _ } = entry;
    row(address, change, sentence.clone(), consequence.clone())
}

fn row(
    address: &Address,
    change: &Change,
    message: String,
    consequence: Option<String>,
) -> ChangeRow {
    let Change { action, reason, id, name, leaves, definitions: _ } = change;
    let (reason, because) = reason_words(reason);
    ChangeRow {
        address: address.to_string(),
        kind: address.kind().section(),
        name: name.clone(),
        action: match action {
            Action::NoOp => ActionWord::NoOp,
            Action::Create => ActionWord::Create,
            Action::Update => ActionWord::Update,
            Action::Replace => ActionWord::Replace,
            Action::Delete => ActionWord::Delete,
            Action::Adopt => ActionWord::Adopt,
            Action::Record => ActionWord::Record,
            Action::Forget => ActionWord::Forget,
        },
        reason,
        because,
        id: id.as_ref().map(|id| id.0.clone()),
        message,
        consequence,
        leaves: leaves.iter().map(leaf_row).collect(),
    }
}

fn leaf_row((path, leaf): (&Path, &LeafChange)) -> LeafRow {
    let LeafChange { before, after, forces_replace, moved } = leaf;
    LeafRow {
        path: path.to_string(),
        before: Side::of(before),
        after: Side::of(after),
        forces_replace: *forces_replace,
        moved: match moved {
            MovedSide::Declared => MovedWord::Declared,
            MovedSide::Live => MovedWord::Live,
            MovedSide::Unknown => MovedWord::Unknown,
            MovedSide::Neither => MovedWord::Neither,
        },
    }
}

fn reason_words(reason: &Reason) -> (&'static str, Vec<String>) {
    let word = match reason {
        Reason::Immutable { attributes } => {
            return ("immutable", attributes.iter().cloned().collect());
        }
        Reason::Triggered { by } => {
            return ("triggered", by.iter().map(Address::to_string).collect());
        }
        Reason::Moved { from } => return ("moved", vec![from.to_string()]),
        Reason::AsDeclared => "as_declared",
        Reason::External => "external",
        Reason::UndeclaredKept => "undeclared_kept",
        Reason::DefaultWorkspace => "default_workspace",
        Reason::New => "new",
        Reason::Vanished => "vanished",
        Reason::Edited => "edited",
        Reason::Drifted => "drifted",
        Reason::EditedAndDrifted => "edited_and_drifted",
        Reason::Differs => "differs",
        Reason::FoundByName => "found_by_name",
        Reason::AnswerLost => "answer_lost",
        Reason::NotRemembered => "not_remembered",
        Reason::SecretsAtHand => "secrets_at_hand",
        Reason::Imported => "imported",
        Reason::Removed => "removed",
        Reason::Pruned => "pruned",
        Reason::Destroyed => "destroyed",
        Reason::GoesWithWorkspace => "goes_with_workspace",
        Reason::LeftOut => "left_out",
        Reason::Deposed => "deposed",
        Reason::GoneAndUndeclared => "gone_and_undeclared",
        Reason::Orphaned => "orphaned",
        Reason::Asked => "asked",
        Reason::Rotated => "rotated",
        Reason::Undone => "undone",
    };
    (word, Vec::new())
}

fn step_row((number, step): (usize, &Step)) -> StepRow {
    StepRow {
        step: number,
        address: step.address.to_string(),
        message: step_words(step),
        after: step.after.iter().map(|step| step.0).collect(),
    }
}

fn blocker_row(blocker: &Blocker) -> BlockerRow {
    let words = super::blocker::words(blocker);
    BlockerRow {
        address: blocker.address.as_ref().map(Address::to_string),
        path: blocker.path.as_ref().map(Path::to_string),
        code: super::code::of_blocker(&blocker.cause),
        message: words.message,
        help: words.help,
    }
}

/// `what` as JSON, in one line or in several.
pub(crate) fn text(what: &impl Serialize, lines: bool) -> String {
    let text = if lines { serde_json::to_string_pretty(what) } else { serde_json::to_string(what) };
    // Keys are text and nothing is read while it is written, so there is nothing that could fail.
    visible(&text.unwrap_or_default())
}

/// JSON in which every character is one that can be seen: what steers a terminal or turns the reading
/// direction stands as its number. Outside of texts there is none of it.
pub(crate) fn visible(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        let is_seen = c == '\n' || !(c.is_control() || super::style::is_invisible(c));
        if is_seen {
            out.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

/// The JSON schema of a plan and of the events of an apply.
pub(crate) fn schema() -> serde_json::Value {
    let mut generator = schemars::generate::SchemaSettings::draft07().into_generator();
    let document = generator.subschema_for::<Document>().to_value();
    let event = generator.subschema_for::<Event>().to_value();
    serde_json::json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "What Airform says to programs",
        "description": "A plan (plan and show with --format json), or one line of an apply.",
        "anyOf": [document, event],
        "definitions": generator.take_definitions(true),
    })
}
