//! What a guard has against a plan, in words.

use model::Address;
use model::guard::{Breach, RuleName, TOO_MANY_GONE};

use super::plan::list;
use super::style::{plain, quoted};

/// How a rule is broken, as the rest of a sentence about the resource, where it is about one.
pub(crate) fn breach(rule: RuleName, breach: &Breach) -> String {
    match breach {
        Breach::TooMany { kind, count, of, limit } => {
            let would = match rule {
                RuleName::MaxDeletes => "deleted",
                RuleName::MaxReplaces => "replaced",
                RuleName::MaxGone => "deleted or replaced",
                RuleName::MaxChanges
                | RuleName::Protect
                | RuleName::RequireTags
                | RuleName::RequireName
                | RuleName::Freeze => "made, changed, replaced or deleted",
            };
            let kinds = kind.counted(*of);
            match rule {
                RuleName::MaxChanges => {
                    format!(
                        "{count} {} would be {would}, which is more than {limit}",
                        kind.counted(*count)
                    )
                }
                _ => format!(
                    "{count} of {of} managed {kinds} would be {would}, which is more than {limit}"
                ),
            }
        }
        Breach::Protected => "is protected, and would be changed".to_owned(),
        Breach::TagsMissing { tags } => {
            let names: Vec<String> = tags.iter().map(Address::within_section).collect();
            let noun = if names.len() == 1 { "the tag" } else { "the tags" };
            format!("lacks {noun} {}", list(&names))
        }
        Breach::NameUnlike { name, pattern } => {
            format!("is called {}, and has to look like {}", quoted(name), plain(pattern))
        }
        Breach::Frozen { until } => format!("nothing is changed until {until}"),
    }
}

/// Who says so.
pub(crate) fn name(guard: &str) -> String {
    match guard {
        TOO_MANY_GONE => "the guard too-many-gone".to_owned(),
        flag if flag.starts_with("--") => flag.to_owned(),
        declared => format!("the guard {}", plain(declared)),
    }
}

/// What can be done about it.
pub(crate) fn help(guard: &str, breach: &Breach) -> String {
    let instead = match breach {
        Breach::TooMany { .. } => "make the change in smaller parts",
        Breach::Protected => "leave it as it is",
        Breach::TagsMissing { .. } => "add what is missing to its `tags:`",
        Breach::NameUnlike { .. } => "give it another name",
        Breach::Frozen { .. } => "wait",
    };
    if guard.starts_with("--") {
        format!("{instead}, or leave {guard} out")
    } else {
        format!("{instead}, or say that it is meant: --override-guard {}", plain(guard))
    }
}
