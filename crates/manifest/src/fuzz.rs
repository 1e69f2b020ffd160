//! What the fuzzers in `fuzz/` call. The same functions replay their corpora in
//! `tests/suite/corpus.rs`, so that what a fuzzer once found is looked for on every run.
//!
//! Each takes any bytes and returns; what would be a defect panics. Nothing of this is reached by
//! the program.

use model::span::FileId;

use crate::{GivenVariables, Lookup, Origin, Reading, Severity, SourceFile};

/// What stands between a manifest, what is laid over it and a file of data: the record separator,
/// which none of them may hold.
const BETWEEN: char = '\u{1e}';

/// A world that answers everything, so that what stands behind an answer is reached too.
struct World<'a> {
    data: &'a str,
}

impl Lookup for World<'_> {
    fn env(&self, name: &str) -> Option<String> {
        (name != "UNSET").then(|| "value".to_owned())
    }

    fn file(&self, path: &str, _: FileId) -> Result<String, String> {
        if path.contains("..") { Err("no such file".to_owned()) } else { Ok(self.data.to_owned()) }
    }
}

/// Reads a manifest; behind a record separator, an overlay; and behind another, what every file
/// holds that it names.
///
/// # Panics
/// A complaint points beside its file or cannot be drawn, or something is wrong and nothing is said.
pub fn manifest(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.splitn(3, BETWEEN);
    let mut source = |name: &str| {
        parts.next().map(|text| SourceFile { name: name.to_owned(), text: text.to_owned() })
    };
    let files: Vec<SourceFile> = source("any.yaml").into_iter().collect();
    let overlays: Vec<SourceFile> = source("overlay.yaml").into_iter().collect();
    let data = parts.next().unwrap_or("slug,name\none,First\ntwo,Second\n");
    read(&files, &overlays, data);
}

/// Reads a file of data for a `for_each`: JSON where it begins so, and CSV otherwise.
///
/// # Panics
/// As [`manifest`].
pub fn data(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let ending = if text.trim_start().starts_with(['{', '[']) { "json" } else { "csv" };
    let manifest = format!(
        "version: 1\nworkspaces:\n  w:\n    for_each: {{file: data.{ending}}}\n    key: slug\n    name: \"${{each:name}}\"\n"
    );
    read(&[SourceFile { name: "any.yaml".to_owned(), text: manifest }], &[], &text);
}

fn read(files: &[SourceFile], overlays: &[SourceFile], data: &str) {
    let mut variables = GivenVariables::default();
    variables.set("given", "value", Origin::Flag);
    let reading = crate::read_with_overlays(files, overlays, &variables, &World { data });
    let Reading { desired, diagnostics, data, secret_variables: _, sensitive_variables: _ } =
        reading;
    let all = [files, overlays, &data].concat();
    let wrong = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    assert_eq!(desired.is_none(), wrong, "what is wrong is said, and what is said is wrong");
    for diagnostic in &diagnostics {
        assert!(!diagnostic.message.is_empty());
        for (span, _) in &diagnostic.labels {
            let file = usize::try_from(span.file.0).ok().and_then(|at| all.get(at));
            let text = file.and_then(|file| file.text.get(span.start..span.end));
            assert!(text.is_some(), "{span:?} lies beside the text");
        }
        let mut drawn = String::new();
        let drawing = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::none())
            .with_links(false)
            .render_report(&mut drawn, &diagnostic.rendered(&all));
        assert!(drawing.is_ok(), "a complaint cannot be drawn");
    }
    if let Some(desired) = desired {
        assert!(desired.graph().cycles().is_empty(), "what is accepted has an order");
    }
}
