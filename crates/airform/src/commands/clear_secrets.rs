//! Secrets that stand in clear in a manifest.

use manifest::{Diagnostic, Severity, SourceFile};
use model::live::Facts;
use model::{Address, Path, Span};

use super::Context;
use super::declared::Declared;
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

/// Refuses to save a plan that would have to hold one: the file is passed from hand to hand.
pub(crate) fn none_to_save(declared: &Declared, facts: &Facts) -> Result<(), Failure> {
    match planner::secrets_in_clear(&declared.desired, facts).len() {
        0 => Ok(()),
        count => Err(Failure::error(format!(
            "the plan is not saved: a plan file holds no secret, and {} in clear in the manifest",
            if count == 1 { "1 stands".to_owned() } else { format!("{count} stand") }
        ))
        .help("write ${secret:env:NAME} or ${secret:file:PATH} in their place")),
    }
}

/// The files of the manifest without them, and without all else that no plan shows.
pub(super) fn covered(declared: &Declared, facts: &Facts) -> Vec<SourceFile> {
    let mut files = declared.files.clone();
    for (address, path) in planner::withheld(&declared.desired, facts) {
        if let Some(span) = place(declared, &address, &path) {
            cover(&mut files, span);
        }
    }
    files
}

// A place near it would show the text, which is not known where it stands.
fn place(declared: &Declared, address: &Address, path: &Path) -> Option<Span> {
    declared.desired.resources.get(address)?.places.get(path).copied()
}

/// Puts `*` over what stands at `span`, byte for byte, so that all else keeps its place.
fn cover(files: &mut [SourceFile], span: Span) {
    let Some(file) = files.get_mut(span.file.0 as usize) else { return };
    let covered = file.text.char_indices().map(|(at, char)| {
        let is_within = (span.start..span.end).contains(&at);
        match char {
            '\n' | '\r' | ' ' => char.to_string(),
            char if is_within => "*".repeat(char.len_utf8()),
            char => char.to_string(),
        }
    });
    file.text = covered.collect();
}

#[cfg(test)]
mod tests {
    use model::span::FileId;

    use super::*;

    #[test]
    fn what_is_covered_keeps_every_place() {
        let mut files = [SourceFile { name: "a".to_owned(), text: "k: hé\n  x\nl: 1".to_owned() }];
        cover(&mut files, Span { file: FileId(0), start: 3, end: 10 });
        assert_eq!(files[0].text, "k: ***\n  *\nl: 1");
        cover(&mut files, Span { file: FileId(1), start: 0, end: 9 });
    }
}
