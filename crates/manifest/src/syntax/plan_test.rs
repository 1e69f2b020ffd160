//! A file of `airform test`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use model::Address;
use model::plan::Action;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::document::Version;
use super::{Field, Fields, Flag, List, Read, Record, Scalar, Text};
use crate::context::{Context, Name};
use crate::diagnostic::Diagnostic;
use crate::tree::{Content, Entry, Node};

/// What a plan is expected to be. Paths are from the folder of the file on.
#[derive(Debug, Default, JsonSchema)]
#[schemars(
    default,
    deny_unknown_fields,
    title = "Airform plan test",
    rename = "plan_test",
    extend("required" = ["version", "manifest"])
)]
pub(crate) struct Document {
    /// The version of this format: `1`.
    pub(crate) version: Field<Version>,
    /// Files and folders of the manifest.
    pub(crate) manifest: Field<List<Text>>,
    /// Files that are laid over it, in order.
    pub(crate) overlays: Field<List<Text>>,
    /// Values of its variables.
    pub(crate) variables: Field<Values>,
    /// The environment that it sees. It sees no other.
    pub(crate) env: Field<Values>,
    /// The organization, as `airform snapshot` writes it. Left out: one with nothing in it.
    pub(crate) world: Field<Text>,
    /// What is remembered of earlier runs, as `airform state pull` writes it. Left out: nothing.
    pub(crate) state: Field<Text>,
    /// Connectors that are known instead of the built-in ones, as for `airform sandbox --catalog`.
    pub(crate) catalog: Field<Text>,
    /// Options of `airform plan`, such as `--prune`.
    pub(crate) options: Field<List<Text>>,
    /// Whether the plan is compared with the one that is kept beside the test (it is).
    pub(crate) snapshot: Field<Flag>,
    /// What has to hold of the plan.
    pub(crate) expect: Field<Expect>,
}

/// What has to hold of a plan.
#[derive(Debug, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields, rename = "expect")]
pub(crate) struct Expect {
    /// How many changes there are of an action: `{delete: 0}`.
    pub(crate) counts: Field<Counts>,
    /// What is done about a resource: `{workspaces.acme: update}`.
    pub(crate) actions: Field<Actions>,
    /// The codes of all that blocks the plan: `[plan::guarded]`; `[]` where nothing does.
    pub(crate) blockers: Field<List<Text>>,
}

/// Texts by name.
#[derive(Debug)]
pub(crate) struct Values(pub(crate) BTreeMap<String, String>);

/// Numbers by action.
#[derive(Debug)]
pub(crate) struct Counts(pub(crate) BTreeMap<Action, usize>);

/// Actions by address.
#[derive(Debug)]
pub(crate) struct Actions(pub(crate) BTreeMap<Address, Action>);

const ACTIONS: [(&str, Action); 8] = [
    ("none", Action::NoOp),
    ("create", Action::Create),
    ("update", Action::Update),
    ("replace", Action::Replace),
    ("delete", Action::Delete),
    ("adopt", Action::Adopt),
    ("record", Action::Record),
    ("forget", Action::Forget),
];

impl Record for Document {
    const NOUN: &'static str = "a plan test";

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Document {
        Document {
            version: fields.need("version", Self::NOUN, cx),
            manifest: fields.need("manifest", Self::NOUN, cx),
            overlays: fields.take("overlays", cx),
            variables: fields.take("variables", cx),
            env: fields.take("env", cx),
            world: fields.take("world", cx),
            state: fields.take("state", cx),
            catalog: fields.take("catalog", cx),
            options: fields.take("options", cx),
            snapshot: fields.take("snapshot", cx),
            expect: fields.take("expect", cx),
        }
    }
}

impl Record for Expect {
    const NOUN: &'static str = "an expectation";

    fn read(fields: &mut Fields<'_>, cx: &mut Context<'_>) -> Expect {
        Expect {
            counts: fields.take("counts", cx),
            actions: fields.take("actions", cx),
            blockers: fields.take("blockers", cx),
        }
    }
}

/// The members of a map, each read by `read`. None after a complaint about any of them.
fn members<K: Ord, V>(
    node: &Node,
    name: &Name<'_>,
    wanted: &str,
    cx: &mut Context<'_>,
    mut read: impl FnMut(&Entry, &Name<'_>, &mut Context<'_>) -> Option<(K, V)>,
) -> Option<BTreeMap<K, V>> {
    let Content::Map(entries) = &node.content else {
        cx.wrong_type(name, wanted, node);
        return None;
    };
    let read: Vec<Option<(K, V)>> = entries
        .iter()
        .map(|entry| read(entry, &Name { text: &entry.key, span: entry.key_span }, cx))
        .collect();
    read.into_iter().collect()
}

fn action(text: &str, name: &Name<'_>, at: model::Span, cx: &mut Context<'_>) -> Option<Action> {
    let found = ACTIONS.iter().find(|(word, _)| *word == text);
    if found.is_none() {
        cx.unknown_word(name, text, &ACTIONS.map(|(word, _)| word), at);
    }
    found.map(|(_, action)| *action)
}

impl Read for Values {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Values> {
        let read = |entry: &Entry, name: &Name<'_>, cx: &mut Context<'_>| {
            let Scalar(value) = Scalar::read(&entry.value, name, cx)?;
            Some((entry.key.clone(), crate::interpolate::spelling(&value)))
        };
        members(node, name, "a map of names and values", cx, read).map(Values)
    }
}

impl Read for Counts {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Counts> {
        let read = |entry: &Entry, name: &Name<'_>, cx: &mut Context<'_>| {
            let action = action(&entry.key, name, entry.key_span, cx);
            let Scalar(value) = Scalar::read(&entry.value, name, cx)?;
            let count = crate::interpolate::spelling(&value).parse().ok();
            if count.is_none() {
                cx.wrong_type(name, "a number of changes", &entry.value);
            }
            Some((action?, count?))
        };
        members(node, name, "a map of actions and numbers", cx, read).map(Counts)
    }
}

impl Read for Actions {
    fn read(node: &Node, name: &Name<'_>, cx: &mut Context<'_>) -> Option<Actions> {
        let read = |entry: &Entry, name: &Name<'_>, cx: &mut Context<'_>| {
            let address = Address::parse(&entry.key);
            if address.is_none() {
                cx.complain(
                    Diagnostic::error(
                        "manifest::bad-address",
                        format!("`{}` is no address", entry.key),
                    )
                    .at(entry.key_span, "SECTION.NAME, or SECTION.NAME[\"KEY\"]")
                    .help("such as `workspaces.acme`, with the logical name of a resource"),
                );
            }
            let Text(text) = Text::read(&entry.value, name, cx)?;
            let action = action(&text, name, entry.value.span, cx);
            Some((address?, action?))
        };
        members(node, name, "a map of addresses and actions", cx, read).map(Actions)
    }
}

fn words() -> [&'static str; 8] {
    ACTIONS.map(|(word, _)| word)
}

impl JsonSchema for Values {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Values".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": { "type": ["string", "number", "boolean"] },
        })
    }
}

impl JsonSchema for Counts {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Counts".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": { "enum": words() },
            "additionalProperties": { "type": "integer", "minimum": 0 },
        })
    }
}

impl JsonSchema for Actions {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Actions".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": { "enum": words() } })
    }
}
