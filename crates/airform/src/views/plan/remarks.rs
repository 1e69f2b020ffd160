//! What a reader should know besides.

use std::collections::BTreeMap;
use std::fmt::Write;

use model::live::Definition;
use model::plan::{Note, Plan, Reason, Shown};
use model::{Address, Kind};

use super::going;
use super::leaf::plain_value;
use super::summary::assumed;
use super::{counted, list};
use crate::views::guard as guard_words;
use crate::views::style::{WARNING, number, paint, plain, quoted};

/// How many resources that are no longer declared are named.
const KEPT_NAMES: usize = 5;
/// How many addresses are named where there are many.
const NAMED: usize = 5;

/// That state was believed.
const NOT_REFRESHED: &str =
    "the organization was not looked at (--refresh=false): what was changed elsewhere is not seen";

/// What a reader should know besides, one remark each. These go to standard error.
pub(crate) fn remarks(plan: &Plan) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut moved: Vec<(&Address, &Address)> = Vec::new();
    let mut kept: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut overwritten: Vec<String> = Vec::new();
    for note in &plan.notes {
        match note {
            Note::NotRefreshed => remarks.push(NOT_REFRESHED.to_owned()),
            Note::Assumed { .. } => {
                remarks.extend(plan.is_empty().then(|| assumed(plan)).flatten())
            }
            Note::Settled { address, path, live, declared } => {
                let show = |shown: &Shown| match shown {
                    Shown::Clear(value) => plain_value(value),
                    Shown::Absent => "nothing".to_owned(),
                    Shown::Secret => "a secret".to_owned(),
                    Shown::Hidden => "a hidden value".to_owned(),
                };
                remarks.push(format!(
                    "{address}: {} was sent as {}, and the service shows {}; left so until either side changes",
                    plain(&path.to_string()),
                    show(declared),
                    show(live),
                ));
            }
            Note::NoLongerDeclared { address, attribute } => remarks.push(format!(
                "{address}: {attribute} is no longer declared; its value stays as it is"
            )),
            // Beside the workspace itself.
            Note::ConnectorsGo { .. } | Note::Deactivates { .. } => {}
            Note::ConnectorsStay { address, count } => remarks.push(going::stay(address, *count)),
            Note::PerhapsMoved { from, to } => moved.push((from, to)),
            Note::Orphans { kind, count } => remarks.push(format!(
                "{} {} the ownership tag and {} neither declared nor remembered; --prune would delete {}",
                counted(*count, kind.noun(), kind.counted(2)),
                if *count == 1 { "carries" } else { "carry" },
                if *count == 1 { "is" } else { "are" },
                if *count == 1 { "it" } else { "them" },
            )),
            Note::Unseen { kind, resources } => {
                remarks.push(unseen(*kind, *resources));
            }
            Note::Unchecked { definition, resources } => {
                remarks.push(unchecked(definition, *resources));
            }
            Note::Overwrites { address: _, name } => overwritten.push(quoted(name)),
            Note::Overridden { guard, rule, address, breach } => {
                let subject = address.as_ref().map_or(String::new(), |at| format!("{at} "));
                remarks.push(format!(
                    "overridden, {}: {subject}{}",
                    guard_words::name(guard),
                    guard_words::breach(*rule, breach)
                ));
            }
            Note::Kept { address } => {
                kept.entry(prune(address.kind())).or_default().push(address.to_string());
            }
        }
    }
    remarks.extend(overwrites(overwritten));
    remarks.extend(renames(&moved));
    for (option, mut names) in kept {
        let count = names.len();
        shorten(&mut names);
        remarks.push(format!(
            "no longer declared, and left as {}: {}; {} would delete {}",
            if count == 1 { "it is" } else { "they are" },
            list(&names),
            option,
            if count == 1 { "it" } else { "them" },
        ));
    }
    remarks.extend(left_out(plan));
    for (address, change) in &plan.changes {
        if change.reason == Reason::DefaultWorkspace {
            remarks.push(format!(
                "{address}: the workspace {} is the organization's own, and is never deleted",
                quoted(&change.name)
            ));
        }
    }
    remarks.iter().map(noted).collect()
}

/// What of `plan` no look at the organization could have told, one remark each.
pub(crate) fn blind_spots(plan: &Plan) -> Vec<String> {
    let unseen = plan.notes.iter().filter_map(|note| match note {
        Note::Unseen { kind, resources } => Some(unseen(*kind, *resources)),
        _ => None,
    });
    unseen.map(noted).collect()
}

fn noted(remark: impl std::fmt::Display) -> String {
    format!("{} {remark}", paint(WARNING, "note:"))
}

/// The first few of `names`, and how many more there are.
fn shorten(names: &mut Vec<String>) {
    let count = names.len();
    if count > KEPT_NAMES {
        names.truncate(KEPT_NAMES);
        names.push(format!("{} more", number(count - KEPT_NAMES)));
    }
}

/// What is written over unseen.
fn overwrites(mut names: Vec<String>) -> Option<String> {
    let is_one = names.len() == 1;
    shorten(&mut names);
    (!names.is_empty()).then(|| {
        format!(
            "{} set by hand for {} would be overwritten; the service does not tell whether there {}",
            if is_one { "an OAuth app" } else { "OAuth apps" },
            list(&names),
            if is_one { "is one" } else { "are any" },
        )
    })
}

/// That what cannot be read back cannot be compared either.
fn unseen(kind: Kind, resources: usize) -> String {
    if resources == 1 {
        return format!(
            "the declared {} cannot be read back: a change made to it elsewhere is not seen",
            kind.noun()
        );
    }
    format!(
        "the {} declared {} cannot be read back: changes made to them elsewhere are not seen",
        number(resources),
        kind.counted(resources)
    )
}

/// That a configuration is sent as it is.
fn unchecked(definition: &Definition, resources: usize) -> String {
    let configurations = match resources {
        1 => "a configuration of it is".to_owned(),
        _ => format!("{} configurations of it are", number(resources)),
    };
    format!(
        "the service does not tell what {} asks for: {configurations} not checked before the apply",
        plain(&definition.name)
    )
}

/// What has probably been renamed, as an entry that can be pasted into the manifest.
fn renames(moved: &[(&Address, &Address)]) -> Option<String> {
    let (from, to) = moved.first()?;
    let mut remark = match moved {
        [_] => format!("{from} is gone, and {to} is new and equal to it but for its name"),
        _ => format!(
            "{} resources are gone, and as many are new and equal to them but for their names",
            moved.len()
        ),
    };
    remark.push_str("; if that is a rename, say so in the manifest, and nothing is made or deleted:\n\n  moved:");
    for (from, to) in moved {
        let _ = write!(remark, "\n    - {{from: {}, to: {}}}", in_yaml(from), in_yaml(to));
    }
    remark.push('\n');
    Some(remark)
}

/// An address as YAML. A key brings brackets, and whatever somebody wrote into it.
fn in_yaml(address: &Address) -> String {
    let text = address.to_string();
    if address.key().is_some() { format!("'{}'", text.replace('\'', "''")) } else { text }
}

/// The least that deletes something of `kind` that is no longer declared.
fn prune(kind: Kind) -> &'static str {
    match kind {
        Kind::Tag | Kind::SourceTemplate | Kind::ConnectionTemplate | Kind::OAuthCredential => {
            "--prune"
        }
        Kind::Connector => "--prune=connectors",
        Kind::Workspace => "--prune=workspaces",
    }
}

/// What would change and was left for another time.
fn left_out(plan: &Plan) -> Option<String> {
    let left_out = plan.changes.iter().filter(|(_, change)| change.reason == Reason::LeftOut);
    let all: Vec<String> = left_out.map(|(address, _)| address.to_string()).collect();
    let (head, more) = (all.get(..NAMED).unwrap_or(&all), all.len().saturating_sub(NAMED));
    let tail = if more > 0 { format!(" and {} more", number(more)) } else { String::new() };
    (!all.is_empty()).then(|| {
        format!(
            "left out, though {}: {}{tail}; until then the organization is not as declared",
            if all.len() == 1 { "it would change" } else { "they would change" },
            head.join(", ")
        )
    })
}
