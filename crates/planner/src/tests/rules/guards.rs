//! Guards that people declare.

use model::guard::{Guard, Limit, Pattern, Rule, RuleName, TOO_MANY_GONE};
use model::moment::Moment;
use model::plan::Plan;
use model::{Address, Kind};

use super::{manifest, pruning, scene};
use crate::Options;

/// What guards say of the plan for `now` after `before` was applied: blockers, then notes.
#[track_caller]
fn check(before: &str, now: &str, options: &Options, expected: &[&str]) {
    let scene = scene(before, "");
    let Plan { blockers, notes, .. } = scene.plan(&manifest(now), options);
    let subject = |address: &Option<Address>| {
        address.as_ref().map_or(String::new(), |address| format!("{address}: "))
    };
    let blockers = blockers.iter().map(|b| format!("{}{:?}", subject(&b.address), b.cause));
    let notes = notes.iter().map(|note| format!("{note:?}"));
    let found: Vec<String> = blockers.chain(notes).collect();
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            expected.split(" … ").all(|part| found.contains(part)),
            "{found} is not {expected}"
        );
    }
}

fn guarded(name: &str, guard: Guard, options: Options) -> Options {
    Options { guards: [(name.to_owned(), guard)].into(), ..options }
}

fn most(rule: RuleName, limit: Limit) -> Guard {
    Guard::of(rule, Rule::Most { limit, from: 1 })
}

const TWO: &str = "
    tags.a name=a
    tags.b name=b
";

#[test]
fn so_many_may_be_deleted() {
    let prune = || pruning(&[Kind::Tag], None);
    let none = most(RuleName::MaxDeletes, Limit::Count(0));
    let expected =
        &["Guarded … \"none\" … MaxDeletes … kind: Tag, count: 1, of: 2, limit: Count(0)"];
    check(TWO, "tags.a name=a", &guarded("none", none.clone(), prune()), expected);
    let half = most(RuleName::MaxDeletes, Limit::Percent(50));
    check(TWO, "tags.a name=a", &guarded("half", half, prune()), &[]);
    // Another kind is not meant.
    let others = Guard { kinds: [Kind::Workspace].into(), ..none };
    check(TWO, "tags.a name=a", &guarded("others", others, prune()), &[]);
}

#[test]
fn so_much_may_change() {
    let most = most(RuleName::MaxChanges, Limit::Count(1));
    let now = "
        tags.a name=x
        tags.b name=y
        tags.c name=c
    ";
    let expected = &["MaxChanges … count: 3, of: 2"];
    check(TWO, now, &guarded("slow", most, Options::default()), expected);
}

#[test]
fn what_is_protected_stays_as_it_is() {
    let patterns = vec![Pattern("tags.a*".to_owned())];
    let guard = Guard::of(RuleName::Protect, Rule::Protect(patterns));
    let now = "
        tags.a name=x
        tags.ab name=ab
        tags.b name=y
    ";
    let expected = &["tags.a: Guarded … Protected"];
    check(TWO, now, &guarded("keep", guard, Options::default()), expected);
}

#[test]
fn tags_and_names_are_asked_of_what_is_written() {
    let team = Address::new(Kind::Tag, "a");
    let tags = Guard::of(RuleName::RequireTags, Rule::Tags([team].into()));
    let before = "
        tags.a name=a
        source_templates.old name=old definition=GitHub tags=[]
    ";
    let now = "
        tags.a name=a
        source_templates.old name=old definition=GitHub tags=[]
        source_templates.bare name=bare definition=GitHub tags=[]
        source_templates.good name=good definition=GitHub tags=[a]
        workspaces.w name=w
    ";
    let expected = &["source_templates.bare: Guarded … TagsMissing"];
    check(before, now, &guarded("team", tags, Options::default()), expected);
    let names = Guard::of(RuleName::RequireName, Rule::Name(Pattern("*o*".to_owned())));
    let expected = &[
        "source_templates.bare: Guarded … NameUnlike { name: \"bare\", pattern: \"*o*\" }",
        "workspaces.w: Guarded … NameUnlike",
    ];
    check(before, now, &guarded("names", names, Options::default()), expected);
}

#[test]
fn nothing_is_changed_while_it_is_frozen() {
    let rule = Rule::Freeze { from: Moment(100), until: Moment(200) };
    let at = |now: Option<i64>| {
        let guard = Guard::of(RuleName::Freeze, rule.clone());
        guarded("xmas", guard, Options { now: now.map(Moment), ..Options::default() })
    };
    let now = "
        tags.a name=x
        tags.b name=b
    ";
    check(TWO, now, &at(Some(99)), &[]);
    check(TWO, now, &at(Some(100)), &["Frozen { until: Moment(200) }"]);
    check(TWO, now, &at(Some(199)), &["Frozen"]);
    check(TWO, now, &at(Some(200)), &[]);
    check(TWO, now, &at(None), &[]);
    check(TWO, TWO, &at(Some(150)), &[]);
}

#[test]
fn an_overridden_guard_is_a_note() {
    let none = most(RuleName::MaxDeletes, Limit::Count(0));
    let options = guarded("none", none, pruning(&[Kind::Tag], None));
    let options = Options { override_guards: ["none".to_owned()].into(), ..options };
    let expected = &["Overridden … \"none\" … count: 1"];
    check(TWO, "tags.a name=a", &options, expected);
}

#[test]
fn the_standing_guard_gives_way_to_a_declared_one_of_its_name() {
    let many: String = (0..10).map(|n| format!("tags.t{n} name=t{n}\n")).collect();
    let prune = || pruning(&[Kind::Tag], None);
    check(&many, "tags.t0 name=t0", &prune(), &["\"too-many-gone\" … count: 9, of: 10"]);
    let overridden = Options { override_guards: [TOO_MANY_GONE.to_owned()].into(), ..prune() };
    check(&many, "tags.t0 name=t0", &overridden, &["Overridden … count: 9, of: 10"]);
    let scene = scene(&many, "");
    let mut desired = manifest("tags.t0 name=t0");
    let all = most(RuleName::MaxGone, Limit::Percent(100));
    desired.guards.insert(TOO_MANY_GONE.to_owned(), all);
    assert_eq!(scene.plan(&desired, &prune()).blockers, []);
}
