//! Files that say what a plan is expected to be (`airform test`).

use std::collections::BTreeMap;

use model::Address;
use model::plan::Action;
use model::span::FileId;
use schemars::generate::SchemaSettings;

use crate::context::Context;
use crate::diagnostic::{Diagnostic, in_order};
use crate::syntax::plan_test::Document;
use crate::syntax::{Field, Fields, List, Spanned, Text};
use crate::tree;
use crate::{Lookup, SourceFile};

/// What a plan is made of in a test, and what it is expected to be. Paths are as written: from the
/// folder of the file on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanTest {
    /// Files and folders of the manifest.
    pub manifest: Vec<String>,
    /// What is laid over it, in order.
    pub overlays: Vec<String>,
    /// Values of its variables.
    pub variables: BTreeMap<String, String>,
    /// The environment that it sees. It sees no other.
    pub env: BTreeMap<String, String>,
    /// The organization, as `airform snapshot` writes it. None: one with nothing in it.
    pub world: Option<String>,
    /// What is remembered of earlier runs, as `airform state pull` writes it. None: nothing.
    pub state: Option<String>,
    /// Connectors beside the built-in ones.
    pub catalog: Option<String>,
    /// Options of `airform plan`.
    pub options: Vec<String>,
    /// The plan is compared with the one that is kept beside the test.
    pub snapshot: bool,
    /// What has to hold of it.
    pub expect: Expectation,
}

/// What has to hold of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expectation {
    /// How many changes there are of each action. Others are not looked at.
    pub counts: BTreeMap<Action, usize>,
    /// What is done about a resource.
    pub actions: BTreeMap<Address, Action>,
    /// The codes of everything that blocks the plan; `plan::guarded` for example. None: it is not
    /// looked at.
    pub blockers: Option<Vec<String>>,
}

/// Nothing is asked of the world outside: what is written is meant.
struct Nothing;

impl Lookup for Nothing {
    fn env(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, _path: &str, _from: FileId) -> Result<String, String> {
        Err("a test says what it needs".to_owned())
    }
}

/// Reads a test.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(file: &SourceFile) -> Result<PlanTest, Vec<Diagnostic>> {
    let nothing = Nothing;
    let mut cx = Context::new(&nothing);
    let root = tree::parse(FileId(0), &file.text, &mut cx.diagnostics);
    let test = root.and_then(|root| {
        let fields: Fields<'_> = crate::syntax::document::open(&root, FileId(0), &mut cx)?;
        Some(test(fields.record(&mut cx)))
    });
    match test {
        Some(test) if cx.diagnostics.is_empty() => Ok(test),
        _ => Err(in_order(cx.diagnostics)),
    }
}

fn test(document: Document) -> PlanTest {
    let Document {
        version: _,
        manifest,
        overlays,
        variables,
        env,
        world,
        state,
        catalog,
        options,
        snapshot,
        expect,
    } = document;
    let texts = |field: Field<List<Text>>| match field {
        Field::Given(Spanned { value: List(items), .. }) => {
            items.into_iter().map(|Spanned { value: Text(text), .. }| text).collect()
        }
        Field::Absent | Field::Bad => Vec::new(),
    };
    let path = |field: Field<Text>| match field {
        Field::Given(Spanned { value: Text(text), .. }) => Some(text),
        Field::Absent | Field::Bad => None,
    };
    PlanTest {
        manifest: texts(manifest),
        overlays: texts(overlays),
        variables: variables.value().map(|values| values.0.clone()).unwrap_or_default(),
        env: env.value().map(|values| values.0.clone()).unwrap_or_default(),
        world: path(world),
        state: path(state),
        catalog: path(catalog),
        options: texts(options),
        snapshot: snapshot.value().is_none_or(|flag| flag.0),
        expect: match expect {
            Field::Given(Spanned { value, .. }) => Expectation {
                counts: value.counts.value().map(|counts| counts.0.clone()).unwrap_or_default(),
                actions: value.actions.value().map(|actions| actions.0.clone()).unwrap_or_default(),
                blockers: value.blockers.is_mentioned().then(|| texts(value.blockers)),
            },
            Field::Absent | Field::Bad => Expectation::default(),
        },
    }
}

/// The JSON schema of a test, for editors.
pub fn json_schema() -> serde_json::Value {
    let generator = SchemaSettings::draft07().into_generator();
    generator.into_root_schema_for::<Document>().to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<PlanTest, &[&str]>) {
        let found = read(&SourceFile { name: "a.test.yaml".to_owned(), text: text.to_owned() });
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{text}"),
            (Err(found), Err(codes)) => {
                assert_eq!(found.iter().map(|d| d.code).collect::<Vec<_>>(), codes, "{text}");
            }
            (found, _) => panic!("{text}: {found:?}"),
        }
    }

    #[test]
    fn a_test_is_read_whole_or_not_at_all() {
        let least =
            PlanTest { manifest: vec!["..".to_owned()], snapshot: true, ..PlanTest::default() };
        check("version: 1\nmanifest: [..]\n", Ok(least.clone()));
        let (workspace, tag) = (Address::parse("workspaces.acme"), Address::parse("tags.a"));
        check(
            "version: 1\nmanifest: [..]\nvariables: {stage: prod, on: true}\nworld: w.json\nsnapshot: false\nexpect:\n  counts: {create: 2, delete: 0}\n  actions: {workspaces.acme: update, tags.a: none}\n  blockers: []\n",
            Ok(PlanTest {
                variables: [("stage", "prod"), ("on", "true")]
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .into(),
                world: Some("w.json".to_owned()),
                snapshot: false,
                expect: Expectation {
                    counts: [(Action::Create, 2), (Action::Delete, 0)].into(),
                    actions: [(workspace.unwrap(), Action::Update), (tag.unwrap(), Action::NoOp)]
                        .into(),
                    blockers: Some(Vec::new()),
                },
                ..least
            }),
        );
        check("version: 1\n", Err(&["manifest::missing-field"]));
        check(
            "version: 1\nmanifest: [..]\nwrld: x\nexpect: {counts: {creat: 1, delete: -1}, actions: {acme: update}}\n",
            Err(&[
                "manifest::unknown-field",
                "manifest::unknown-word",
                "manifest::wrong-type",
                "manifest::bad-address",
            ]),
        );
    }
}
