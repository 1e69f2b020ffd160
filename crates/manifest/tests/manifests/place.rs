//! Where a state is kept, beside all kinds of mistakes.

use manifest::{GivenVariables, SourceFile};

use crate::support::World;

/// What is said of the backend of these files, of which the one called `over` is an overlay: its
/// bucket's name, nothing, or the codes of all complaints.
#[track_caller]
fn check(files: &[(&str, &str)], expected: Result<Option<&str>, &[&str]>) {
    let source = |(name, text): &(&str, &str)| SourceFile {
        name: (*name).to_owned(),
        text: (*text).to_owned(),
    };
    let (over, files): (Vec<_>, Vec<_>) =
        files.iter().map(source).partition(|file| file.name == "over");
    let found = manifest::bucket(&files, &over, &GivenVariables::default(), &World::default());
    let found = found.map(|bucket| bucket.map(|bucket| bucket.name));
    let found = found.map_err(|all| all.into_iter().map(|one| one.code).collect::<Vec<_>>());
    let expected = expected.map(|name| name.map(str::to_owned)).map_err(<[&str]>::to_vec);
    assert_eq!(found, expected);
}

const KEPT: &str = "version: 1\nbackend: {s3: {bucket: b}}\n";

#[test]
fn mistakes_elsewhere_hide_nothing() {
    check(&[("a", KEPT)], Ok(Some("b")));
    check(&[("a", "version: 1\n"), ("b", "tags: {x: {nam: 1}}\nbackned_by: 1\n")], Ok(None));
    check(&[("a", KEPT), ("b", "tags: {x: {nam: 1}, y: 3}\nworkspaces: []\n")], Ok(Some("b")));
    check(&[("a", &format!("{KEPT}variables: {{x: {{type: what}}}}\n"))], Ok(Some("b")));
    check(&[("a", KEPT), ("over", "backend: {s3: {bucket: c}}\n")], Ok(Some("c")));
    check(&[("a", KEPT), ("over", "backend: null\n")], Ok(None));
}

#[test]
fn mistakes_that_may_hide_it_are_told() {
    check(&[("a", "version: 1\nbackend: {s3: {bucket: b}\n")], Err(&["manifest::yaml"]));
    check(&[("a", KEPT), ("b", "a: [\n")], Err(&["manifest::yaml"]));
    check(&[("a", KEPT), ("over", "a: [\n")], Err(&["manifest::yaml"]));
    check(&[("a", "- version: 1\n")], Err(&["manifest::wrong-type"]));
    check(&[("a", "version: 1\nbackned: {s3: {bucket: b}}\n")], Err(&["manifest::unknown-field"]));
    check(
        &[("a", "backend: {s3: {buket: b}}\n")],
        Err(&["manifest::missing-field", "manifest::unknown-field"]),
    );
    check(&[("a", "backend: bucket\n")], Err(&["manifest::wrong-type"]));
    check(&[("a", "backend: {}\n")], Err(&["manifest::backend"]));
    check(&[("a", KEPT), ("b", KEPT)], Err(&["manifest::declared-twice"]));
    let wanted = "variables: {x: {type: what}}\nbackend: {s3: {bucket: '${var:x}'}}\n";
    check(&[("a", wanted)], Err(&["manifest::unknown-word"]));
}
