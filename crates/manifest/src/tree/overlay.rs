//! One tree laid over others: maps merge, lists replace, `null` removes.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use model::Span;

use super::build::measure;
use super::{Content, Entry, Node};
use crate::diagnostic::Diagnostic;

/// Lays `over`, the root of an overlay, over the files before it. What it says of a member of a
/// section goes where that member is declared, so that the files of a manifest are one here too.
/// What is declared nowhere is the overlay's own: it comes back as the root of a file.
pub(crate) fn lay(
    files: &mut [Rc<Node>],
    over: &Rc<Node>,
    sections: &[&str],
    diagnostics: &mut Vec<Diagnostic>,
) -> Rc<Node> {
    let Content::Map(entries) = &over.content else { return Rc::clone(over) };
    let mut own = Vec::new();
    for entry in entries {
        let key = entry.key.as_str();
        let is_section = sections.contains(&key);
        match &entry.value.content {
            // Its own, like the anchors that people keep under `x-…`.
            _ if key == "version" || key.starts_with("x-") => own.push(entry.clone()),
            Content::Map(members) if is_section => {
                let left = lay_members(files, key, members, diagnostics);
                let value = Rc::new(map(entry.value.span, left));
                own.push(Entry { key: entry.key.clone(), key_span: entry.key_span, value });
            }
            // What is no section is one value, and a section as a whole can only go.
            _ if !is_section || is_removal(entry) => {
                let mut is_there = false;
                for file in files.iter_mut().filter(|file| file.member(key).is_some()) {
                    is_there = true;
                    let Content::Map(under) = &file.content else { continue };
                    let merged = merge(under, std::slice::from_ref(entry), diagnostics);
                    *file = Rc::new(map(file.span, merged));
                }
                if !is_there && is_removal(entry) {
                    diagnostics.push(nothing_to_remove(entry));
                } else if !is_there {
                    own.push(entry.clone());
                }
            }
            // Whatever is wrong with it is said when it is read.
            _ => own.push(entry.clone()),
        }
    }
    Rc::new(map(over.span, own))
}

/// Lays the members of a section over the files that declare them. Gives those that none does.
fn lay_members(
    files: &mut [Rc<Node>],
    section: &str,
    members: &[Entry],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Entry> {
    let mut left: Vec<Entry> = members.to_vec();
    for file in files {
        let (Content::Map(root), Some(there)) = (&file.content, file.member(section)) else {
            continue;
        };
        let Content::Map(under) = &there.content else { continue };
        let known: HashSet<&str> = under.iter().map(|entry| entry.key.as_str()).collect();
        let (over, rest) = left.into_iter().partition(|entry| known.contains(entry.key.as_str()));
        left = rest;
        let over: Vec<Entry> = over;
        if over.is_empty() {
            continue;
        }
        // The way down to the section is copied, and nothing else.
        let merged = Rc::new(map(there.span, merge(under, &over, diagnostics)));
        let root = root.iter().cloned().map(|entry| match entry.key == section {
            true => Entry { value: Rc::clone(&merged), ..entry },
            false => entry,
        });
        *file = Rc::new(map(file.span, root.collect()));
    }
    left.retain(|entry| {
        if is_removal(entry) {
            diagnostics.push(nothing_to_remove(entry));
        }
        !is_removal(entry)
    });
    left
}

/// The members of a map with those of another laid over it.
fn merge(under: &[Entry], over: &[Entry], diagnostics: &mut Vec<Diagnostic>) -> Vec<Entry> {
    let mut merged: Vec<Option<Entry>> = under.iter().cloned().map(Some).collect();
    let places: HashMap<&str, usize> =
        under.iter().enumerate().map(|(at, entry)| (entry.key.as_str(), at)).collect();
    for entry in over {
        let there = places.get(entry.key.as_str()).and_then(|&at| merged.get_mut(at));
        match there {
            None if is_removal(entry) => diagnostics.push(nothing_to_remove(entry)),
            None => merged.push(Some(entry.clone())),
            Some(there) if is_removal(entry) => *there = None,
            Some(there) => *there = there.take().map(|there| laid(there, entry, diagnostics)),
        }
    }
    merged.into_iter().flatten().collect()
}

/// A member with another of the same name laid over it.
fn laid(under: Entry, over: &Entry, diagnostics: &mut Vec<Diagnostic>) -> Entry {
    let (Content::Map(below), Content::Map(above)) = (&under.value.content, &over.value.content)
    else {
        return over.clone();
    };
    let value = Rc::new(map(under.value.span, merge(below, above, diagnostics)));
    Entry { value, ..under }
}

/// Whether a member says `null`. A key with nothing behind it is a slip: it is read as such.
fn is_removal(entry: &Entry) -> bool {
    entry.value.is_null() && entry.value.span != entry.key_span
}

/// Most likely a name is misspelt, and what was to go would stay.
fn nothing_to_remove(entry: &Entry) -> Diagnostic {
    Diagnostic::error(
        "manifest::overlay",
        format!("this overlay removes `{}`, and it is not there", entry.key),
    )
    .at(entry.key_span, "there is nothing of this name below")
    .help("`null` in an overlay takes away what the files before it say; leave it out where they say nothing")
}

fn map(span: Span, entries: Vec<Entry>) -> Node {
    let content = Content::Map(entries);
    let (size, depth) = measure(&content);
    Node { span, content, size, depth }
}
