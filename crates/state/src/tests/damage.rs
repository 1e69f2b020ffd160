//! Files that were edited, mixed up or half lost.

use super::*;
use crate::Error;

/// The files of a killed run on a state of one record.
fn files() -> Files {
    let folder = Folder::new();
    let mut session = folder.lock();
    session.edit(put(0));
    session.finish().unwrap();
    let mut session = folder.lock();
    session.intents(&[create(1)]).unwrap();
    session.outcomes(&[made(1)]).unwrap();
    folder.files()
}

/// With the state file edited by `edit`, loading complains in these words.
fn check_state(edit: impl Fn(String) -> String, complaint: &str) {
    let mut files = files();
    files.remove("state.json.journal");
    let text = String::from_utf8(files["state.json"].clone()).unwrap();
    files.insert("state.json".into(), edit(text).into_bytes());
    check(&files, complaint);
}

/// With the journal edited by `edit`, loading complains in these words.
fn check_journal(edit: impl Fn(Vec<String>) -> Vec<String>, complaint: &str) {
    let mut files = files();
    let text = String::from_utf8(files["state.json.journal"].clone()).unwrap();
    let lines = edit(text.lines().map(str::to_owned).collect());
    files.insert("state.json.journal".into(), (lines.join("\n") + "\n").into_bytes());
    check(&files, complaint);
}

fn check(files: &Files, complaint: &str) {
    let folder = Folder::with(files);
    let error = folder.store().load().unwrap_err().to_string();
    let place = format!("{}", folder.store().path().display());
    let error = error.replace(&place, "STATE");
    assert!(error.contains(complaint), "{error}");
    folder.store().lock(&holder("ann")).unwrap_err();
    let mut files = files.clone();
    files.remove("state.json.lock");
    assert_eq!(folder.files(), files, "a refusal has changed something");
}

/// `json` as a line of a journal.
fn line(json: &str) -> String {
    format!("{:08x} {json}", crc32fast::hash(json.as_bytes()))
}

#[test]
fn states() {
    check_state(|_| String::new(), "STATE:1:0: not a state file: EOF while parsing a value; ");
    check_state(
        |text| text[..60].to_owned(),
        "STATE:3:35: not a state file: EOF while parsing a string; put it right, or move it away",
    );
    check_state(
        |text| text.replace("\"serial\"", "\"cereal\""),
        "STATE:4:10: not a state file: unknown field `cereal`, expected one of ",
    );
    check_state(
        |text| text.replace("tags.t0", "tags"),
        "STATE:9:10: not a state file: expected an address; ",
    );
    check_state(
        |text| text.replace("\"name\": {", "\"[\": {"),
        "not a state file: expected the path of a leaf; ",
    );
    check_state(
        |text| text.replace("\"kept\": {}", "\"kept\": {\"a\": \"\", \"a\": \"\"}"),
        "not a state file: this entry stands here twice; ",
    );
    check_state(
        |text| text.replace("\"format_version\": 1", "\"format_version\": 0"),
        "STATE:2:21: not a state file: expected format version 1; ",
    );
    check_state(|text| text.replace("written", "guessed"), "unknown variant `guessed`");
    check_state(|text| text + "}", "not a state file: trailing characters; ");
}

#[test]
fn a_damaged_key_is_not_repeated() {
    let damage = |text: String| {
        let at = text.find("\"key\": \"").unwrap() + 8;
        text[..at].to_owned() + "hunter2" + &text[at + 7..]
    };
    check_state(damage, "not a state file: expected a key of 64 hexadecimal digits; ");
}

#[test]
fn newer_formats() {
    let newer = "has format version 2, and this version of airform reads up to 1; ";
    check_state(
        |text| {
            text.replace("\"format_version\": 1", "\"format_version\": 2").replace("kept", "held")
        },
        newer,
    );
    check_state(|text| text.replace("\"format_version\": 1", "\"format_version\": 2"), newer);
    check_journal(
        |lines| vec![line(&lines[0][9..].replace("_version\":1", "_version\":2"))],
        newer,
    );
}

#[test]
fn the_backup_is_named_where_there_is_one() {
    let mut files = files();
    files.insert("state.json".into(), b"<<<<<<< HEAD".to_vec());
    files.insert("state.json.backup".into(), b"{}".to_vec());
    files.remove("state.json.journal");
    check(&files, "put it right, or put STATE.backup in its place");
}

#[test]
fn journals() {
    let spoilt = "STATE.journal:2: the journal of an interrupted run is damaged: it does not match \
                  its checksum; ";
    check_journal(
        |mut lines| {
            lines[1] = lines[1].replace("tag 1", "tag 2");
            lines
        },
        spoilt,
    );
    check_journal(|lines| vec![lines[0].clone(), "x".into(), "y".into()], spoilt);
    check_journal(|lines| vec![lines[0].clone(), String::new(), lines[1].clone()], spoilt);
    check_journal(
        |lines| lines[1..].to_vec(),
        ".journal:1: the journal of an interrupted run is \
        damaged: it does not say which state it continues; ",
    );
    check_journal(
        |lines| vec![lines[0].clone(), lines[0].clone()],
        ".journal:2: the journal of an interrupted run is damaged: it begins a journal inside",
    );
    check_journal(
        |lines| vec![lines[0].clone(), line("{\"intent\":[]}")],
        "damaged: unknown variant `intent`, expected one of ",
    );
}

#[test]
fn every_byte_of_a_journal_counts() {
    let mut files = files();
    let journal = files["state.json.journal"].clone();
    let last = journal[..journal.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap();
    for at in 0..last {
        let mut damaged = journal.clone();
        damaged[at] ^= 1;
        files.insert("state.json.journal".into(), damaged);
        let error = Folder::with(&files).store().load().unwrap_err();
        assert!(matches!(error, Error::JournalDamaged { .. }), "byte {at}: {error}");
    }
}

#[test]
fn files_that_do_not_belong_together() {
    let mut mixed = files();
    mixed.insert("state.json".into(), files()["state.json"].clone());
    check(&mixed, "STATE.journal belongs to another state (lineage ");

    let mut older = files();
    let text = String::from_utf8(older["state.json"].clone()).unwrap();
    older.insert("state.json".into(), text.replace("\"serial\": 1", "\"serial\": 7").into());
    check(&older, "serial 1) than the one beside it (lineage ");

    let mut orphaned = files();
    orphaned.remove("state.json");
    check(&orphaned, "STATE.journal continues a state file that is gone; ");
}
