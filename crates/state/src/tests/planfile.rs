//! Plan files: what is read is what was written, and nothing else is taken for one.

use model::basis::{Basis, LiveBasis, ObjectBasis, StateBasis};
use model::desired::ImportBy;
use model::guard::{Breach, Limit, RuleName};
use model::kind::Side;
use model::live::{Definition, DefinitionQuery, Scope, Wanted};
use model::moment::Moment;
use model::plan::{
    Action, Blocker, BlockerCause, Call, Change, LeafChange, Memory, MovedSide, Note, Plan, Reason,
    Shown, Step, Target,
};
use model::secret::{SecretPart, SecretRef, SecretSource};
use model::value::{Number, Value};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::round_trip::{address, any_owner, any_record, fingerprint, path, small_map};
use super::*;
use crate::document::Document;
use crate::error::Error;
use crate::{Request, SavedPlan, Seed, format, is_plan};

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{0,4}", any::<String>(), Just("[\"number\"]".to_owned())]
}

fn id() -> impl Strategy<Value = Id> {
    text().prop_map(Id)
}

fn kind() -> impl Strategy<Value = Kind> {
    select(&Kind::ALL[..])
}

fn source() -> impl Strategy<Value = SecretSource> {
    prop_oneof![
        text().prop_map(SecretSource::Env),
        text().prop_map(SecretSource::File),
        text().prop_map(SecretSource::Variable),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let part =
        prop_oneof![text().prop_map(SecretPart::Literal), source().prop_map(SecretPart::Lookup),];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|n| Value::Number(n.into())),
        any::<f64>()
            .prop_filter_map("finite", |n| { Number::parse(&n.to_string()).map(Value::Number) }),
        text().prop_map(Value::Text),
        vec(part, 0..3).prop_map(|parts| Value::Secret(SecretRef { parts })),
        address().prop_map(Value::Reference),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::List),
            small_map(text(), inner, 0..3).prop_map(Value::Map),
        ]
    })
}

fn shown() -> impl Strategy<Value = Shown> {
    prop_oneof![
        Just(Shown::Absent),
        value().prop_map(Shown::Clear),
        Just(Shown::Secret),
        Just(Shown::Hidden)
    ]
}

fn addresses() -> impl Strategy<Value = BTreeSet<Address>> {
    btree_set(address(), 0..3)
}

fn texts() -> impl Strategy<Value = BTreeSet<String>> {
    btree_set(text(), 0..3)
}

fn reason() -> impl Strategy<Value = Reason> {
    prop_oneof![
        select(vec![
            Reason::AsDeclared,
            Reason::External,
            Reason::UndeclaredKept,
            Reason::DefaultWorkspace,
            Reason::New,
            Reason::Vanished,
            Reason::Edited,
            Reason::Drifted,
            Reason::EditedAndDrifted,
            Reason::Differs,
            Reason::FoundByName,
            Reason::AnswerLost,
            Reason::NotRemembered,
            Reason::Imported,
            Reason::Removed,
            Reason::Pruned,
            Reason::Destroyed,
            Reason::GoesWithWorkspace,
            Reason::LeftOut,
            Reason::Deposed,
            Reason::GoneAndUndeclared,
            Reason::Asked,
            Reason::Undone,
            Reason::Rotated,
        ]),
        texts().prop_map(|attributes| Reason::Immutable { attributes }),
        addresses().prop_map(|by| Reason::Triggered { by }),
        address().prop_map(|from| Reason::Moved { from }),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let moved =
        select(vec![MovedSide::Declared, MovedSide::Live, MovedSide::Unknown, MovedSide::Neither]);
    let leaf = (shown(), shown(), any::<bool>(), moved).prop_map(
        |(before, after, forces_replace, moved)| LeafChange {
            before,
            after,
            forces_replace,
            moved,
        },
    );
    let action = select(vec![
        Action::NoOp,
        Action::Create,
        Action::Update,
        Action::Replace,
        Action::Delete,
        Action::Adopt,
        Action::Record,
        Action::Forget,
    ]);
    let definition = (text(), text()).prop_map(|(id, name)| Definition { id, name });
    (
        action,
        reason(),
        option::of(id()),
        text(),
        small_map(path(), leaf, 0..3),
        btree_set(definition, 0..2),
    )
        .prop_map(|(action, reason, id, name, leaves, definitions)| Change {
            action,
            reason,
            id,
            name,
            leaves,
            definitions,
        })
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![id().prop_map(Target::Id), Just(Target::Own)]
}

fn step() -> impl Strategy<Value = Step> {
    let attributes = || small_map(text(), value(), 0..3);
    let prints = || small_map(path(), fingerprint(), 0..3);
    let deposed = (id(), text()).prop_map(|(id, name)| Deposed { id, name });
    let call = prop_oneof![
        Just(Call::Nothing),
        attributes().prop_map(|attributes| Call::Create { attributes }),
        (target(), text(), attributes()).prop_map(|(target, name, attributes)| Call::Update {
            target,
            name,
            attributes
        }),
        (id(), text()).prop_map(|(id, name)| Call::Delete { id, name }),
        (target(), text()).prop_map(|(target, tag)| Call::Attach { target, tag }),
        (target(), text()).prop_map(|(target, tag)| Call::Detach { target, tag }),
    ];
    let memory = prop_oneof![
        Just(Memory::Unchanged),
        Just(Memory::Removed),
        id().prop_map(|id| Memory::DeposedGone { id }),
        (any_record(), option::of(address()))
            .prop_map(|(record, moved_from)| Memory::Put { record, moved_from }),
        (option::of(text()), prints(), btree_set(path(), 0..3), small_map(text(), text(), 0..2))
            .prop_map(|(name, leaves, dropped, kept)| Memory::Updated {
                name,
                leaves,
                dropped,
                kept
            }),
        (text(), small_map(text(), text(), 0..2), prints(), any::<bool>(), option::of(deposed))
            .prop_map(|(name, kept, leaves, prevent_destroy, replaces)| Memory::Created {
                name,
                kept,
                leaves,
                prevent_destroy,
                replaces
            }),
    ];
    let after = btree_set(any::<usize>().prop_map(StepId), 0..3);
    (address(), call, after, memory).prop_map(|(address, call, after, memory)| Step {
        address,
        call,
        after,
        memory,
    })
}

fn blocker() -> impl Strategy<Value = Blocker> {
    let by = prop_oneof![id().prop_map(ImportBy::Id), text().prop_map(ImportBy::Name)];
    let ids = || btree_set(id(), 0..3);
    let count = || any::<usize>();
    let cause = prop_oneof![
        (text(), ids()).prop_map(|(name, ids)| BlockerCause::Ambiguous { name, ids }),
        (id(), texts())
            .prop_map(|(id, attributes)| BlockerCause::AdoptionWouldReplace { id, attributes }),
        (text(), id(), option::of(address()))
            .prop_map(|(name, id, holder)| BlockerCause::NameTaken { name, id, holder }),
        (address(), id()).prop_map(|(from, id)| BlockerCause::MoveTaken { from, id }),
        by.prop_map(|by| BlockerCause::ImportMissing { by }),
        addresses().prop_map(|addresses| BlockerCause::RenameCycle { addresses }),
        Just(BlockerCause::DestroyPrevented),
        any::<bool>().prop_map(|stands| BlockerCause::NothingToRotate { stands }),
        (text(), vec(text(), 0..3))
            .prop_map(|(text, similar)| BlockerCause::UnknownDefinition { text, similar }),
        (text(), rule(), breach()).prop_map(|(guard, rule, breach)| BlockerCause::Guarded {
            guard,
            rule,
            breach
        }),
        (count(), option::of(count())).prop_map(|(count, expected)| {
            BlockerCause::WorkspaceDeletesUnconfirmed { count, expected }
        }),
    ];
    (option::of(address()), option::of(path()), cause).prop_map(|(address, path, cause)| Blocker {
        address,
        path,
        cause,
    })
}

fn rule() -> impl Strategy<Value = RuleName> {
    prop_oneof![
        Just(RuleName::MaxDeletes),
        Just(RuleName::MaxReplaces),
        Just(RuleName::MaxGone),
        Just(RuleName::MaxChanges),
        Just(RuleName::Protect),
        Just(RuleName::RequireTags),
        Just(RuleName::RequireName),
        Just(RuleName::Freeze),
    ]
}

fn breach() -> impl Strategy<Value = Breach> {
    let limit =
        prop_oneof![any::<usize>().prop_map(Limit::Count), any::<u8>().prop_map(Limit::Percent),];
    prop_oneof![
        (kind(), any::<usize>(), any::<usize>(), limit)
            .prop_map(|(kind, count, of, limit)| Breach::TooMany { kind, count, of, limit }),
        Just(Breach::Protected),
        vec(address(), 0..3)
            .prop_map(|tags| Breach::TagsMissing { tags: tags.into_iter().collect() }),
        (text(), text()).prop_map(|(name, pattern)| Breach::NameUnlike { name, pattern }),
        any::<i64>().prop_map(|until| Breach::Frozen { until: Moment(until) }),
    ]
}

fn note() -> impl Strategy<Value = Note> {
    prop_oneof![
        (any::<usize>(), any::<usize>())
            .prop_map(|(leaves, resources)| Note::Assumed { leaves, resources }),
        (address(), path(), shown(), shown()).prop_map(|(address, path, live, declared)| {
            Note::Settled { address, path, live, declared }
        }),
        (address(), text())
            .prop_map(|(address, attribute)| Note::NoLongerDeclared { address, attribute }),
        (address(), address()).prop_map(|(from, to)| Note::PerhapsMoved { from, to }),
        address().prop_map(|address| Note::Kept { address }),
        (address(), any::<usize>(), any::<usize>())
            .prop_map(|(address, again, lost)| Note::ConnectorsGo { address, again, lost }),
        (address(), any::<usize>())
            .prop_map(|(address, count)| Note::ConnectorsStay { address, count }),
        (kind(), any::<usize>()).prop_map(|(kind, count)| Note::Orphans { kind, count }),
        (kind(), any::<usize>()).prop_map(|(kind, resources)| Note::Unseen { kind, resources }),
        ((text(), text()).prop_map(|(id, name)| Definition { id, name }), any::<usize>())
            .prop_map(|(definition, resources)| Note::Unchecked { definition, resources }),
        (address(), any::<usize>())
            .prop_map(|(address, connectors)| Note::Deactivates { address, connectors }),
        (address(), text()).prop_map(|(address, name)| Note::Overwrites { address, name }),
        (text(), rule(), option::of(address()), breach()).prop_map(
            |(guard, rule, address, breach)| Note::Overridden { guard, rule, address, breach }
        ),
    ]
}

fn plan() -> impl Strategy<Value = Plan> {
    (
        btree_map(address(), change(), 0..4),
        vec(step(), 0..4),
        vec(blocker(), 0..3),
        vec(note(), 0..3),
        btree_map(kind(), any::<usize>(), 0..3),
    )
        .prop_map(|(changes, steps, blockers, notes, unmanaged)| Plan {
            changes,
            steps,
            blockers,
            notes,
            unmanaged,
        })
}

fn basis() -> impl Strategy<Value = Basis> {
    let ids = || btree_set(id(), 0..3);
    let remembered = btree_map(id(), text(), 0..2);
    let flags = any::<(bool, bool)>();
    let wanted = (ids(), texts(), ids(), texts(), flags, remembered).prop_map(
        |(ids, names, detailed_ids, detailed_names, (foreign, all), remembered)| Wanted {
            ids,
            names,
            detailed_ids,
            detailed_names,
            foreign,
            all,
            remembered,
        },
    );
    let query = || {
        (select(vec![Side::Source, Side::Destination]), text())
            .prop_map(|(side, text)| DefinitionQuery { side, text })
    };
    let queries = || btree_set(query(), 0..2);
    let scope = (btree_map(kind(), wanted, 0..3), queries(), queries())
        .prop_map(|(kinds, definitions, specs)| Scope { kinds, definitions, specs });
    let object = (address(), option::of(fingerprint()))
        .prop_map(|(address, seen)| ObjectBasis { address, seen });
    let live = (
        scope,
        btree_map((kind(), id()), object, 0..3),
        btree_map((kind(), text()), btree_set(id(), 0..3), 0..3),
    )
        .prop_map(|(scope, objects, holders)| LiveBasis { scope, objects, holders });
    let state = (text(), any::<u64>()).prop_map(|(lineage, serial)| StateBasis { lineage, serial });
    (
        any_owner(),
        btree_map(text(), text(), 0..3),
        btree_map(address(), fingerprint(), 0..3),
        btree_map(source(), fingerprint(), 0..3),
        option::of(state),
        live,
    )
        .prop_map(|(owner, files, declared, secrets, state, live)| Basis {
            owner,
            files,
            declared,
            secrets,
            state,
            live,
        })
}

fn saved() -> impl Strategy<Value = SavedPlan> {
    let texts = || vec(text(), 0..3);
    let request = (
        (texts(), texts(), texts(), texts()),
        any::<bool>(),
        option::of(text()),
        any::<bool>(),
        texts(),
    )
        .prop_map(
            |((paths, overlays, var_files, variables), outside, state, sandbox, options)| Request {
                paths,
                overlays,
                var_files,
                variables,
                allow_outside: outside,
                state,
                sandbox,
                options,
            },
        );
    let seed = any::<bool>().prop_map(|seeded| {
        let Document { lineage, key, .. } = Document::fresh();
        seeded.then_some(Seed { lineage, key })
    });
    let withheld = btree_map(0..9_usize, btree_set(path(), 0..3), 0..3);
    (request, seed, basis(), plan(), withheld).prop_map(|(request, seed, basis, plan, withheld)| {
        SavedPlan { request, seed, basis, plan, withheld }
    })
}

proptest! {
    #[test]
    fn what_was_reviewed_is_what_runs(saved in saved()) {
        let written = format::write_plan(&saved).unwrap();
        prop_assert!(is_plan(&written));
        let read = format::read_plan(&written).unwrap();
        prop_assert_eq!(format::write_plan(&read).unwrap(), written);
        prop_assert_eq!(read, saved);
    }
}

fn some_plan() -> SavedPlan {
    let live = LiveBasis::default();
    let (files, declared, secrets) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    SavedPlan {
        request: Request::default(),
        seed: None,
        basis: Basis { owner: owner(), files, declared, secrets, state: None, live },
        plan: Plan::default(),
        withheld: BTreeMap::new(),
    }
}

#[test]
fn a_plan_is_its_owners_alone_and_has_one_id() {
    let folder = Folder::new();
    let path = folder.0.path().join("a.plan");
    some_plan().write(&path).unwrap();
    let (read, id) = SavedPlan::read(&path).unwrap();
    assert_eq!(read, some_plan());
    assert_eq!(SavedPlan::read(&path).unwrap().1, id);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_tree_may_be_as_deep_as_a_manifest_lets_it() {
    let deep = (0..64).fold(Value::Null, |inner, level| match level % 2 {
        0 => Value::List(vec![inner]),
        _ => Value::Map([("k".to_owned(), inner)].into()),
    });
    let mut saved = some_plan();
    let attributes = [("destination_config".to_owned(), deep)].into();
    let memory = Memory::Unchanged;
    let call = Call::Create { attributes };
    saved.plan.steps.push(Step { address: tag(1), call, after: BTreeSet::new(), memory });
    assert_eq!(format::read_plan(&format::write_plan(&saved).unwrap()).unwrap(), saved);
}

#[test]
fn what_is_no_plan() {
    let folder = Folder::new();
    let path = folder.0.path().join("a.plan");
    let whole = format::write_plan(&some_plan()).unwrap();
    let check = |text: &[u8], expected: &str| {
        fs::write(&path, text).unwrap();
        let error = SavedPlan::read(&path).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(b"{\"airform_plan\":2,\"of\":\"tomorrow\"}", "format version 2");
    check(&whole[..whole.len() / 2], "not a plan file that can be used");
    check(b"version: 1", "not a plan file that can be used");
    let more = String::from_utf8(whole).unwrap().replace("\"steps\"", "\"more\":1,\"steps\"");
    check(more.as_bytes(), "unknown field `more`");
}

#[test]
fn a_plan_is_applied_once() {
    let folder = Folder::new();
    let mut session = folder.lock();
    assert!(!session.exists());
    let Document { lineage, key, .. } = Document::fresh();
    session.begin_as(&Seed { lineage: lineage.clone(), key: key.clone() });
    session.apply_plan("first").unwrap();
    // It is so even where the run is killed at once.
    drop(session);
    let mut session = folder.lock();
    assert!(session.exists());
    assert_eq!((&session.document().lineage, &session.document().key), (&lineage, &key));
    assert!(matches!(session.apply_plan("first"), Err(Error::PlanApplied)));
    let other = Document::fresh();
    session.begin_as(&Seed { lineage: other.lineage, key: other.key });
    assert_eq!(session.document().lineage, lineage);
    for number in 0..30 {
        session.apply_plan(&format!("plan {number}")).unwrap();
    }
    let document = session.finish().unwrap();
    assert_eq!(document.applied_plans.len(), 20);
    assert_eq!(document.applied_plans.last().unwrap(), "plan 29");
}
