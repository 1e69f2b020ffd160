//! Secrets that stand in clear in a manifest.

use manifest::{Diagnostic, Severity, SourceFile};
use model::Span;

use super::Context;
use super::decide::Decided;
use super::declared::Declared;
use crate::report;

/// Says where they stand, and does not repeat them.
pub(crate) fn warn(declared: &Declared, decided: &Decided, context: &mut Context<'_>) {
    let found = planner::secrets_in_clear(&declared.desired, &decided.live.facts);
    let mut files = declared.files.clone();
    let mut complaints = Vec::new();
    for (address, path) in found {
        let resource = declared.desired.resources.get(&address);
        // A place near it would show the text, which is not known where it stands.
        let place = resource.and_then(|resource| resource.places.get(&path)).copied();
        if let Some(span) = place {
            cover(&mut files, span);
        }
        complaints.push(Diagnostic {
            code: "secret::in-clear",
            severity: Severity::Warning,
            message: format!("{address}: {path} is a secret, and stands in clear"),
            labels: place.map(|span| (span, "here".to_owned())).into_iter().collect(),
            help: Some(
                "write ${secret:env:NAME} or ${secret:file:PATH}; change it if others have read it"
                    .to_owned(),
            ),
        });
    }
    report::warn(&complaints, &files, context.streams);
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
