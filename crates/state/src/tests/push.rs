//! A state that was pulled, and takes the place of the one that stands.

use std::path::Path;

use super::*;
use crate::Error;

/// What becomes of the state of `folder`, pulled and changed by `edit`, when it is pushed back after
/// `meanwhile`.
fn pushed(
    folder: &Folder,
    edit: impl FnOnce(String) -> String,
    meanwhile: impl FnOnce(&Folder),
) -> Result<u64, Error> {
    let text = edit(folder.store().pull().unwrap().unwrap());
    meanwhile(folder);
    folder.store().push(&holder("bob"), Path::new("pushed.json"), text.as_bytes())
}

fn put(folder: &Folder, name: &str) {
    let mut session = folder.lock();
    let address = Address::new(Kind::Tag, name);
    let record = Record {
        id: Id(name.to_owned()),
        name: name.to_owned(),
        kept: SmallMap::new(),
        leaves: SmallMap::new(),
        prevent_destroy: false,
        deposed: Vec::new(),
    };
    session.edit(StateChange::Put { address, record });
    session.finish().unwrap();
}

fn filled() -> Folder {
    let folder = Folder::new();
    put(&folder, "a");
    folder
}

#[test]
fn what_is_pulled_can_be_pushed() {
    let folder = filled();
    let before = folder.store().load().unwrap().document;
    let serial = pushed(&folder, |text| text.replace("tags.a", "tags.b"), |_| {}).unwrap();
    assert_eq!(serial, before.serial + 1);
    let after = folder.store().load().unwrap().document;
    assert_eq!((after.serial, &after.lineage), (serial, &before.lineage));
    assert_eq!(after.state.records.keys().map(ToString::to_string).collect::<Vec<_>>(), ["tags.b"]);
    // Nobody holds it, and what it was is kept.
    put(&folder, "c");
    assert!(folder.names().contains("state.json.backup"));
}

#[test]
fn what_has_gone_on_meanwhile_is_not_lost() {
    let folder = filled();
    let refused = pushed(&folder, |text| text, |folder| put(folder, "b"));
    assert!(matches!(refused, Err(Error::Outdated { theirs: 1, ours: 2, .. })), "{refused:?}");
    assert_eq!(folder.store().load().unwrap().document.state.records.len(), 2);
}

#[test]
fn another_history_is_refused() {
    let (folder, other) = (filled(), filled());
    let text = other.store().pull().unwrap().unwrap();
    let refused = pushed(&folder, |_| text, |_| {});
    assert!(matches!(refused, Err(Error::OtherLineage { .. })), "{refused:?}");
}

#[test]
fn another_organization_is_refused() {
    let folder = filled();
    let owner = |organization: &str| Owner {
        host: "https://a.example".to_owned(),
        organization: organization.to_owned(),
    };
    let mut session = folder.lock();
    session.claim(owner("ours")).unwrap();
    session.finish().unwrap();
    let refused = pushed(&folder, |text| text.replace("ours", "theirs"), |_| {});
    assert!(matches!(refused, Err(Error::OtherOwner { .. })), "{refused:?}");
}

#[test]
fn what_is_no_state_is_refused() {
    let folder = filled();
    for (edit, too_new) in [
        (String::from("{"), false),
        (String::from("{}"), false),
        (String::from(r#"{"format_version": 99}"#), true),
    ] {
        let refused = pushed(&folder, |_| edit, |_| {});
        match refused {
            Err(Error::TooNew { .. }) => assert!(too_new),
            Err(Error::Malformed { backup: None, .. }) => assert!(!too_new),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn where_nothing_stands_anything_goes() {
    let text = filled().store().pull().unwrap().unwrap();
    let folder = Folder::new();
    assert_eq!(folder.store().pull().unwrap(), None);
    folder.store().push(&holder("bob"), Path::new("pushed.json"), text.as_bytes()).unwrap();
    assert_eq!(folder.store().load().unwrap().document.state.records.len(), 1);
}
