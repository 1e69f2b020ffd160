//! The plans that every view is looked at with.

mod closed;

use std::collections::{BTreeMap, BTreeSet};

use model::guard::{Breach, Limit, RuleName, TOO_MANY_GONE};
use model::live::{Definition, Id};
use model::plan::{
    Action, Blocker, BlockerCause, Call, Change, LeafChange, Memory, MovedSide, Note, Plan, Reason,
    Shown, Step, StepId, Target,
};
use model::{Address, Kind, Path, SmallMap, Value};

const S3: &str = "4816b78f-1489-44c1-9060-4b19d5fa9362";

/// A change of the resource at `address`, called `name`, with the leaves in `leaves`.
struct Planned {
    address: Address,
    change: Change,
}

fn planned(address: &str, name: &str, action: Action, reason: Reason) -> Planned {
    let id = match action {
        Action::Create => None,
        _ => Some(Id(format!("00000000-0000-4000-8000-{:012}", name.len()))),
    };
    let address = Address::parse(address).unwrap();
    let change = Change {
        action,
        reason,
        id,
        name: name.to_owned(),
        leaves: SmallMap::new(),
        definitions: BTreeSet::new(),
    };
    Planned { address, change }
}

fn text(text: &str) -> Shown {
    Shown::Clear(Value::text(text))
}

fn refers(address: &str) -> Shown {
    Shown::Clear(Value::Reference(Address::parse(address).unwrap()))
}

impl Planned {
    fn leaf(mut self, path: &str, before: Shown, after: Shown) -> Planned {
        let (forces_replace, moved) = (false, MovedSide::Declared);
        let leaf = LeafChange { before, after, forces_replace, moved };
        self.change.leaves.insert(Path::parse(path).unwrap(), leaf);
        self
    }

    fn gains(self, path: &str, after: Shown) -> Planned {
        self.leaf(path, Shown::Absent, after)
    }

    /// A secret that is as declared, and written again.
    fn rotates(mut self, path: &str) -> Planned {
        let (before, after) = (Shown::Secret, Shown::Secret);
        let (forces_replace, moved) = (false, MovedSide::Neither);
        let leaf = LeafChange { before, after, forces_replace, moved };
        self.change.leaves.insert(Path::parse(path).unwrap(), leaf);
        self
    }

    /// The leaf at `path` is the reason of a replace.
    fn forcing(mut self, path: &str) -> Planned {
        let path = Path::parse(path).unwrap();
        if let Some(leaf) = self.change.leaves.get_mut(&path) {
            leaf.forces_replace = true;
        }
        self
    }
}

/// A plan of `changes`, with one step each, where one of a later kind waits for all of the kind before
/// it; of many, for the one before.
fn plan(changes: Vec<Planned>) -> Plan {
    let mut plan = Plan::default();
    let mut last: BTreeMap<Kind, BTreeSet<StepId>> = BTreeMap::new();
    for Planned { address, change } in changes {
        let at = StepId(plan.steps.len());
        let kind = address.kind();
        let id = change.id.clone().unwrap_or(Id("new".to_owned()));
        let name = change.name.clone();
        let call = match change.action {
            Action::NoOp | Action::Record | Action::Forget => Call::Nothing,
            Action::Create | Action::Replace => Call::Create { attributes: SmallMap::new() },
            Action::Delete => Call::Delete { id, name },
            Action::Update | Action::Adopt => {
                let roots = change.leaves.keys().map(|path| (path.root().to_owned(), Value::Null));
                Call::Update { target: Target::Id(id), name, attributes: roots.collect() }
            }
        };
        let after = last.range(..kind).next_back().map(|(_, steps)| steps.clone());
        let memory = match change.action {
            Action::Delete | Action::Forget => Memory::Removed,
            _ => Memory::Unchanged,
        };
        let after: BTreeSet<StepId> = after.unwrap_or_default().into_iter().take(3).collect();
        plan.steps.push(Step { address: address.clone(), call, after, memory });
        last.entry(kind).or_default().insert(at);
        plan.changes.insert(address, change);
    }
    plan
}

/// So many customers that are to be deleted.
pub(super) fn deleting(count: usize) -> Plan {
    plan(
        (0..count)
            .map(|number| {
                planned(
                    &format!("workspaces.customer[\"c{number:04}\"]"),
                    &format!("customer {number:04}"),
                    Action::Delete,
                    Reason::Pruned,
                )
            })
            .collect(),
    )
}

fn blocker(address: Option<&str>, cause: BlockerCause) -> Blocker {
    Blocker { address: address.map(|address| Address::parse(address).unwrap()), path: None, cause }
}

fn empty() -> Plan {
    let unchanged = planned("tags.crm", "crm", Action::NoOp, Reason::AsDeclared);
    let mut plan = plan(Vec::new());
    plan.changes.insert(unchanged.address, unchanged.change);
    for (address, reason) in [
        ("tags.theirs", Reason::External),
        ("tags.kept", Reason::UndeclaredKept),
        ("workspaces.default", Reason::DefaultWorkspace),
    ] {
        let Planned { address, change } = planned(address, "kept", Action::NoOp, reason);
        plan.changes.insert(address, change);
    }
    plan.unmanaged.insert(Kind::Workspace, 3);
    plan
}

fn create() -> Plan {
    let new = |address, name| planned(address, name, Action::Create, Reason::New);
    let mut lake = new("connection_templates.lake", "Lake")
        .gains("destination", text(S3))
        .gains("destination_config.bucket", text("acme-lake"))
        .gains("destination_config.secret_access_key", Shown::Secret)
        .gains("destination_config.format.columns[0]", text("id"))
        .gains("destination_config.format.columns[1]", text("name"))
        .gains("cron_expression", text("0 0 3 * * ?"))
        .gains("tags[\"crm\"]", text("crm"));
    let s3 = Definition { id: S3.to_owned(), name: "S3".to_owned() };
    lake.change.definitions.insert(s3);
    plan(vec![
        new("tags.crm", "crm"),
        new("source_templates.github", "GitHub").gains("tags[\"crm\"]", text("crm")),
        lake,
        new("workspaces.acme", "acme"),
        planned("workspaces.again", "again", Action::Create, Reason::Vanished),
        new("connectors.acme-github", "GitHub of acme")
            .gains("workspace", refers("workspaces.acme"))
            .gains("source_template", refers("source_templates.github")),
    ])
}

fn update() -> Plan {
    let before: String = (1..=12).map(|line| format!("line {line}\n")).collect();
    let after = before.replace("line 7\n", "line seven\n").replace("line 12", "the end");
    let long = "https://storage.example.com/".repeat(8);
    let update = |address, name, reason| planned(address, name, Action::Update, reason);
    plan(vec![
        update("source_templates.github", "GitHub", Reason::EditedAndDrifted)
            .leaf("name", text("Git"), text("GitHub"))
            .leaf("tags[\"crm\"]", text("crm"), Shown::Absent)
            .leaf("tags[\"sales\"]", Shown::Absent, text("sales"))
            .leaf("partial_default_config.query", text(&before), text(&after)),
        update("connection_templates.lake", "Lake", Reason::Edited)
            .leaf("cron_expression", text("0 0 3 * * ?"), text("0 0 */6 * * ?"))
            .leaf("destination_config.secret_access_key", Shown::Secret, Shown::Secret)
            .leaf("destination_config.url", text(&long), text("https://storage.example.com/a/b/c"))
            .leaf("destination_config.kept_by_the_service", Shown::Hidden, Shown::Absent)
            .leaf(
                "destination_config.a_name_that_is_rather_long",
                text("a value that is rather long too"),
                text("another value that is as long"),
            ),
        update("workspaces.acme", "acme", Reason::Drifted).leaf(
            "status",
            text("active"),
            text("inactive"),
        ),
        update("workspaces.globex", "globex", Reason::Differs).leaf(
            "cache_enabled",
            Shown::Clear(Value::Bool(true)),
            Shown::Clear(Value::Bool(false)),
        ),
        update("connectors.acme-postgres", "Postgres of acme", Reason::Rotated)
            .rotates("replication_config.password")
            .rotates("replication_config.tunnel.ssh_key"),
    ])
}

fn replace() -> Plan {
    let attributes = BTreeSet::from(["source_definition".to_owned()]);
    let by = BTreeSet::from([Address::new(Kind::SourceTemplate, "github")]);
    plan(vec![
        planned(
            "source_templates.github",
            "GitHub",
            Action::Replace,
            Reason::Immutable { attributes },
        )
        .leaf("definition", text("ef69ef6e"), text("36c891d9"))
        .forcing("definition"),
        planned(
            "workspaces.acme",
            "acme",
            Action::Replace,
            Reason::Immutable { attributes: BTreeSet::from(["region".to_owned()]) },
        )
        .leaf("region", text("eu"), text("us"))
        .forcing("region"),
        planned(
            "connectors.acme-github",
            "GitHub of acme",
            Action::Replace,
            Reason::Triggered { by },
        )
        .leaf(
            "source_template",
            refers("source_templates.github"),
            refers("source_templates.github"),
        )
        .forcing("source_template"),
        planned("connectors.acme-asked", "Asked of acme", Action::Replace, Reason::Asked),
        planned("connectors.acme-left", "Left by a run", Action::Replace, Reason::Deposed),
    ])
}

fn delete() -> Plan {
    let mut plan = plan(vec![
        planned("tags.old", "old", Action::Delete, Reason::Pruned),
        planned("connection_templates.lake", "Lake", Action::Delete, Reason::Removed),
        planned("workspaces.gone", "gone", Action::Delete, Reason::Pruned),
        planned("workspaces.going", "going", Action::Delete, Reason::Destroyed),
        planned("workspaces.undone", "undone", Action::Delete, Reason::Undone),
        planned("source_templates.orphan", "Orphan", Action::Delete, Reason::Orphaned),
        planned("connectors.gone", "GitHub", Action::Delete, Reason::GoesWithWorkspace),
    ]);
    plan.notes.push(Note::Kept { address: Address::new(Kind::Connector, "kept") });
    plan
}

fn adopt() -> Plan {
    let mut plan = plan(vec![
        planned("tags.crm", "crm", Action::Adopt, Reason::FoundByName),
        planned("connection_templates.lake", "Lake", Action::Adopt, Reason::Imported).leaf(
            "cron_expression",
            Shown::Clear(Value::Null),
            text("0 30 4 ? * MON-FRI"),
        ),
        planned("workspaces.acme", "acme", Action::Adopt, Reason::AnswerLost),
    ]);
    plan.notes.push(Note::Assumed { leaves: 3, resources: 1 });
    plan
}

fn record() -> Plan {
    let from = Address::new(Kind::Workspace, "acme-old");
    let mut plan = plan(vec![
        planned("tags.crm", "crm", Action::Record, Reason::NotRemembered),
        planned("workspaces.acme", "acme", Action::Record, Reason::Moved { from }),
        planned("connection_templates.lake", "Lake", Action::Record, Reason::SecretsAtHand),
        planned("workspaces.let-go", "let go", Action::Forget, Reason::Removed),
        planned("workspaces.vanished", "vanished", Action::Forget, Reason::GoneAndUndeclared),
    ]);
    let later = planned("workspaces.later", "later", Action::NoOp, Reason::LeftOut);
    plan.changes.insert(later.address, later.change);
    plan.notes.push(Note::Settled {
        address: Address::new(Kind::ConnectionTemplate, "lake"),
        path: Path::attribute("cron_expression"),
        live: text("0 0 3 * * ?"),
        declared: Shown::Clear(Value::Null),
    });
    plan
}

fn blocked() -> Plan {
    let mut plan = plan(vec![planned("tags.crm", "crm", Action::Create, Reason::New)]);
    plan.blockers = closed::blockers();
    plan.notes = closed::notes();
    plan
}

fn guarded() -> Plan {
    let mut plan = deleting(12);
    plan.blockers = vec![
        blocker(
            None,
            BlockerCause::Guarded {
                guard: TOO_MANY_GONE.to_owned(),
                rule: RuleName::MaxGone,
                breach: Breach::TooMany {
                    kind: Kind::Workspace,
                    count: 12,
                    of: 30,
                    limit: Limit::Percent(30),
                },
            },
        ),
        blocker(None, BlockerCause::WorkspaceDeletesUnconfirmed { count: 12, expected: Some(2) }),
    ];
    plan
}

fn many() -> Plan {
    let mut changes = vec![planned("tags.crm", "crm", Action::Create, Reason::New)];
    let customer = |number: usize, action, reason| {
        let address = format!("workspaces.customer[\"c{number:04}\"]");
        planned(&address, &format!("customer {number:04}"), action, reason)
    };
    changes.extend((0..4_996).map(|number| customer(number, Action::Create, Reason::New)));
    changes.push(customer(9_000, Action::Delete, Reason::Pruned));
    changes.extend((9_001..9_004).map(|number| {
        customer(number, Action::Update, Reason::Edited).leaf(
            "name",
            text(&format!("old {number}")),
            text(&format!("customer {number}")),
        )
    }));
    plan(changes)
}

fn hostile() -> Plan {
    let names = [
        "<img src=x onerror=alert(1)>",
        "| x | y |",
        "``` \n````\n</details><script>alert(1)</script>",
        "[a](http://evil.example) @octocat #1 **bold**",
        "\u{1b}[31mred\u{202e}turned",
        "\"];end[\" --> n1",
        "&lt;b&gt; ' \" \\",
    ];
    let changes = names.iter().flat_map(|name| {
        let key = name.replace('\\', "\\\\").replace('"', "\\\"");
        let address = format!("workspaces.customer[\"{key}\"]");
        let tag = planned("tags.crm", name, Action::Create, Reason::New);
        let workspace = planned(&address, name, Action::Update, Reason::Edited)
            .leaf("name", text(name), text("harmless"))
            .leaf("status", text(name), text(&format!("one\n{name}\n```\n")));
        [tag, workspace]
    });
    let mut plan = plan(changes.collect());
    plan.blockers = vec![blocker(
        Some("tags.crm"),
        BlockerCause::ExternalMissing { name: "<img src=x onerror=alert(2)> `x` | y |".to_owned() },
    )];
    plan
}

fn wide() -> Plan {
    let new = |address, name| planned(address, name, Action::Create, Reason::New);
    plan(vec![
        new("tags.tokyo", "東京営業部"),
        new(
            "workspaces.customer[\"株式会社エアバイト\"]",
            "株式会社エアバイト・東京本社・第一営業部・御中",
        ),
        planned("workspaces.emoji", "🚀🚀🚀 Zürich", Action::Update, Reason::Edited).leaf(
            "name",
            text("ﷺ العربية"),
            text("🚀🚀🚀 Zürich"),
        ),
    ])
}

/// All of them.
pub(super) fn plans() -> Vec<(&'static str, Plan)> {
    vec![
        ("01-empty", empty()),
        ("02-create", create()),
        ("03-update", update()),
        ("04-replace", replace()),
        ("05-delete", delete()),
        ("06-adopt", adopt()),
        ("07-record", record()),
        ("08-blocked", blocked()),
        ("09-guarded", guarded()),
        ("10-many", many()),
        ("11-hostile", hostile()),
        ("12-wide", wide()),
    ]
}
