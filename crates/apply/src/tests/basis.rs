//! What a kept plan hangs on: each thing that may move, and that nothing else does.

use model::SmallMap;
use model::basis::{Basis, FileMoved, LiveBasis, Moved, ObjectMoved, StateBasis};
use model::desired::Desired;
use model::live::{Live, LiveKind, LiveObject, Scope, Wanted};
use model::plan::{Action, Change, Reason};
use model::state::Owner;

use super::*;
use crate::basis;

/// Digests that can be read.
struct Readable;

impl Fingerprints for Readable {
    fn of(&self, address: &Address, path: &Path, value: &Value) -> Fingerprint {
        Fingerprint(format!("{address} {path} {value:?}"))
    }
}

fn owner(organization: &str) -> Owner {
    Owner { host: "host".to_owned(), organization: organization.to_owned() }
}

fn state(lineage: &str, serial: u64) -> Option<StateBasis> {
    Some(StateBasis { lineage: lineage.to_owned(), serial })
}

fn planned() -> Basis {
    let print = |text: &str| Fingerprint(text.to_owned());
    Basis {
        owner: owner("o"),
        files: [("a.yaml".to_owned(), "1".to_owned()), ("b.yaml".to_owned(), "1".to_owned())]
            .into(),
        declared: [(tag("crm"), print("1"))].into(),
        secrets: [(SecretSource::Env("KEY".to_owned()), print("1"))].into(),
        state: state("l", 3),
        live: LiveBasis::default(),
    }
}

fn tag(name: &str) -> Address {
    Address::new(Kind::Tag, name)
}

#[test]
fn what_is_ours_to_keep() {
    let check = |change: &dyn Fn(&mut Basis), expected: &[Moved]| {
        let mut found = planned();
        change(&mut found);
        assert_eq!(basis::moved(&planned(), &found), expected);
    };
    let other = Fingerprint("2".to_owned());
    let key = SecretSource::Env("KEY".to_owned());
    let file = |name: &str, how| Moved::File { name: name.to_owned(), how };
    let set_file = |basis: &mut Basis| {
        basis.files.insert("a.yaml".to_owned(), "2".to_owned());
        basis.files.remove("b.yaml");
        basis.files.insert("c.yaml".to_owned(), "1".to_owned());
    };
    let declare = |basis: &mut Basis| {
        basis.declared.insert(tag("crm"), other.clone());
        basis.declared.insert(tag("new"), other.clone());
    };
    check(&|_| {}, &[]);
    check(
        &|basis| basis.owner = owner("p"),
        &[Moved::Organization { planned: owner("o"), found: owner("p") }],
    );
    let files = [
        file("a.yaml", FileMoved::Changed),
        file("b.yaml", FileMoved::Gone),
        file("c.yaml", FileMoved::New),
    ];
    check(&set_file, &files);
    check(
        &declare,
        &[Moved::Declaration { address: tag("crm") }, Moved::Declaration { address: tag("new") }],
    );
    // The file says why a declaration is another one.
    check(
        &|basis| {
            set_file(basis);
            declare(basis);
        },
        &files,
    );
    check(
        &|basis| {
            basis.secrets.insert(key.clone(), other.clone());
            declare(basis);
        },
        &[Moved::Secret { source: key.clone() }],
    );
    check(&|basis| basis.state = state("l", 4), &[Moved::Serial { planned: 3, found: 4 }]);
    check(&|basis| basis.state = None, &[Moved::StateGone]);
    // Another state has another key: nothing is to be learnt from its digests.
    check(
        &|basis| {
            basis.state = state("m", 3);
            basis.secrets.insert(key.clone(), other.clone());
            declare(basis);
        },
        &[Moved::Lineage { planned: "l".to_owned(), found: "m".to_owned() }],
    );
    let first = Basis { state: None, ..planned() };
    assert_eq!(basis::moved(&first, &planned()), [Moved::StateBegun]);
    assert_eq!(basis::moved(&first, &first), []);
}

fn object(name: &str) -> LiveObject {
    let attributes = [("name".to_owned(), Value::text(name))].into();
    LiveObject { name: name.to_owned(), ours: true, attributes, updated_at: None }
}

fn live_of(objects: &[(&str, LiveObject)]) -> Live {
    let objects: BTreeMap<Id, LiveObject> =
        objects.iter().map(|(id, object)| (Id((*id).to_owned()), object.clone())).collect();
    let total = objects.len();
    let tags = LiveKind { objects, total, unavailable: false };
    Live { kinds: [(Kind::Tag, tags)].into(), ..Live::default() }
}

/// One tag is made, one renamed, and one, which is gone, forgotten.
fn plan() -> Plan {
    let change = |action, id: Option<&str>| Change {
        action,
        reason: Reason::Edited,
        id: id.map(|id| Id(id.to_owned())),
        name: String::new(),
        leaves: SmallMap::new(),
        definitions: BTreeSet::new(),
    };
    let named = |name: &str| SmallMap::from([("name".to_owned(), Value::text(name))]);
    let step = |name: &str, call| Step {
        address: tag(name),
        call,
        after: BTreeSet::new(),
        memory: Memory::Unchanged,
    };
    Plan {
        changes: [
            (tag("made"), change(Action::Create, None)),
            (tag("renamed"), change(Action::Update, Some("id-1"))),
            (tag("gone"), change(Action::Forget, Some("id-9"))),
            (tag("same"), change(Action::NoOp, Some("id-3"))),
        ]
        .into(),
        steps: vec![
            step("made", Call::Create { attributes: named("made") }),
            step(
                "renamed",
                Call::Update {
                    target: Target::Id(Id("id-1".to_owned())),
                    name: "old".to_owned(),
                    attributes: named("new"),
                },
            ),
            step("gone", Call::Nothing),
        ],
        ..Plan::default()
    }
}

#[test]
fn what_the_organization_holds() {
    let before = [("id-1", object("old")), ("id-3", object("same")), ("id-4", object("theirs"))];
    let remembered = ["id-1", "id-3"].map(|id| (Id(id.to_owned()), "called so".to_owned())).into();
    let full = Wanted { remembered, ..Wanted::default() };
    let scope = Scope { kinds: [(Kind::Tag, full)].into(), ..Scope::default() };
    let desired = Desired::default();
    let planned = basis::live(&plan(), &desired, &scope, &live_of(&before), &Readable);
    let wanted = &planned.scope.kinds[&Kind::Tag];
    assert_eq!(wanted.ids, ["id-1", "id-9"].map(|id| Id(id.to_owned())).into());
    assert_eq!(wanted.remembered.keys().collect::<Vec<_>>(), [&Id("id-1".to_owned())]);
    assert_eq!(wanted.names, ["made", "new"].map(str::to_owned).into());

    let check = |objects: &[(&str, LiveObject)], expected: &[Moved]| {
        let found = basis::again(&planned, &live_of(objects), &Readable);
        assert_eq!(basis::live_moved(&planned, &found), expected);
    };
    let moved = |name: &str, id: &str, how| Moved::Object {
        address: tag(name),
        id: Id(id.to_owned()),
        how,
    };
    check(&before, &[]);
    // What it does not touch, and when something was written last, is all one.
    let written = LiveObject { updated_at: Some("now".to_owned()), ..object("old") };
    check(&[("id-1", written), ("id-3", object("other"))], &[]);
    check(&[], &[moved("renamed", "id-1", ObjectMoved::Gone)]);
    let changed = LiveObject { ours: false, ..object("old") };
    check(&[("id-1", changed)], &[moved("renamed", "id-1", ObjectMoved::Changed)]);
    check(
        &[("id-1", object("old")), ("id-9", object("back"))],
        &[moved("gone", "id-9", ObjectMoved::Back)],
    );
    let taken = |name: &str, id: &str| Moved::NameTaken {
        kind: Kind::Tag,
        name: name.to_owned(),
        id: Id(id.to_owned()),
    };
    check(
        &[("id-1", object("old")), ("id-5", object("made")), ("id-6", object("new"))],
        &[taken("made", "id-5"), taken("new", "id-6")],
    );
    // A name of somebody else's object is not in the way.
    let theirs = LiveObject { ours: false, ..object("made") };
    check(&[("id-1", object("old")), ("id-5", theirs)], &[]);
}
