//! Secrets that stand in clear in a manifest.

use manifest::{Diagnostic, Severity, SourceFile};
use model::desired::Desired;
use model::live::Facts;
use model::{Address, Path, Span, Value};

use super::Context;
use super::declared::Declared;
use crate::exit::Exit;
use crate::report::{self, Failure};

/// Says where they stand, and does not repeat them.
pub(crate) fn warn(declared: &Declared, facts: &Facts, context: &mut Context<'_>) {
    let complaints: Vec<Diagnostic> = planner::secrets_in_clear(&declared.desired, facts)
        .into_iter()
        .map(|(address, path)| Diagnostic {
            code: "secret::in-clear",
            severity: Severity::Warning,
            message: format!("{address}: {path} is a secret, and stands in clear"),
            labels: place(declared, &address, &path)
                .map(|span| (span, "here".to_owned()))
                .into_iter()
                .collect(),
            help: Some(
                "write ${secret:env:NAME} or ${secret:file:PATH}; change it if others have read it"
                    .to_owned(),
            ),
        })
        .collect();
    report::warn(&complaints, declared.shown(), context.streams);
}

/// Refuses to save a plan that would have to hold one: the file is passed from hand to hand. Where no
/// specification speaks of a value it counts by what it is called. A number could not be looked up: it is
/// taken out instead ([`super::withheld`]).
pub(crate) fn none_to_save(declared: &Declared, facts: &Facts) -> Result<(), Failure> {
    let marked = planner::secrets_in_clear(&declared.desired, facts);
    let complaints: Vec<Diagnostic> = planner::withheld(&declared.desired, facts)
        .into_iter()
        .filter(|leaf| is_text(&declared.desired, leaf))
        .map(|leaf| {
            let is = if marked.contains(&leaf) { "is" } else { "looks like" };
            let (address, path) = leaf;
            Diagnostic {
                code: "secret::not-saved",
                severity: Severity::Error,
                message: format!("the plan is not saved: {address}: {path} {is} a secret, and a plan file holds none"),
                labels: place(declared, &address, &path)
                    .map(|span| (span, "stands in clear".to_owned()))
                    .into_iter()
                    .collect(),
                help: Some(
                    "write ${secret:env:NAME} or ${secret:file:PATH} in its place; it is looked up when the plan is applied"
                        .to_owned(),
                ),
            }
        })
        .collect();
    match complaints.is_empty() {
        true => Ok(()),
        false => Err(Failure::complaints(Exit::Error, complaints, declared.shown().to_vec())),
    }
}

fn is_text(desired: &Desired, (address, path): &(Address, Path)) -> bool {
    let attributes = desired.resources.get(address).map(|resource| &resource.attributes);
    let value = attributes.and_then(|attributes| attributes.get(path.root()));
    let leaves = value.map(|value| value.leaves(&Path::attribute(path.root())));
    leaves.is_some_and(|leaves| matches!(leaves.get(path), Some(Value::Text(_))))
}

/// The files of the manifest without them, and without all else that no plan shows.
pub(super) fn covered(declared: &Declared, facts: &Facts) -> Vec<SourceFile> {
    let withheld = planner::withheld(&declared.desired, facts);
    let mut spans: Vec<Span> =
        withheld.iter().filter_map(|(address, path)| place(declared, address, path)).collect();
    spans.sort_by_key(|span| span.start);
    let mut files = declared.files.clone();
    for (file, number) in files.iter_mut().zip(0..) {
        let mut here = spans.iter().filter(|span| span.file.0 == number).peekable();
        if here.peek().is_some() {
            file.text = cover(&file.text, here);
        }
    }
    files
}

// A place near it would show the text, which is not known where it stands.
fn place(declared: &Declared, address: &Address, path: &Path) -> Option<Span> {
    declared.desired.resources.get(address)?.places.get(path).copied()
}

/// `text` with `*` over what stands at `spans`, which come in order, byte for byte, so that all else
/// keeps its place.
fn cover<'a>(text: &str, spans: impl Iterator<Item = &'a Span>) -> String {
    let mut covered = String::with_capacity(text.len());
    for span in spans {
        // One that begins inside another goes on where that one ends.
        let start = span.start.max(covered.len());
        let Some(within) = text.get(start..span.end) else { continue };
        covered.push_str(&text[covered.len()..start]);
        for char in within.chars() {
            match char {
                '\n' | '\r' | ' ' => covered.push(char),
                char => covered.extend(std::iter::repeat_n('*', char.len_utf8())),
            }
        }
    }
    covered.push_str(&text[covered.len()..]);
    covered
}

#[cfg(test)]
mod tests {
    use model::span::FileId;

    use super::*;

    #[test]
    fn what_is_covered_keeps_every_place() {
        let at = |start, end| Span { file: FileId(0), start, end };
        let check = |spans: &[Span], expected: &str| {
            assert_eq!(cover("k: hé\n  x\nl: 1", spans.iter()), expected);
        };
        check(&[at(3, 10)], "k: ***\n  *\nl: 1");
        check(&[at(3, 6), at(14, 15)], "k: ***\n  x\nl: *");
        // One in another, one that only begins in it, and one that is beside the text.
        check(&[at(0, 6), at(3, 4)], "** ***\n  x\nl: 1");
        check(&[at(0, 4), at(3, 6), at(14, 99)], "** ***\n  x\nl: 1");
        check(&[], "k: hé\n  x\nl: 1");
    }
}
