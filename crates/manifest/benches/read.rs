//! `cargo bench -p manifest`: from text to what is declared.

use std::fmt::Write as _;

use divan::Bencher;
use manifest::{GivenVariables, Lookup, SourceFile};
use model::span::FileId;

fn main() {
    divan::main();
}

/// One file lies beside the manifest.
struct Beside(String);

impl Lookup for Beside {
    fn env(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, _path: &str, _from: FileId) -> Result<String, String> {
        Ok(self.0.clone())
    }
}

/// Reads `text` with `data` beside it, and makes sure that it is what is measured.
fn read(bencher: Bencher<'_, '_>, text: String, data: String, resources: usize) {
    let files = [SourceFile { name: "airform.yaml".to_owned(), text }];
    let beside = Beside(data);
    bencher.bench(|| {
        let reading = manifest::read(&files, &GivenVariables::default(), &beside);
        assert_eq!(
            reading.desired.as_ref().map(|desired| desired.resources.len()),
            Some(resources)
        );
        reading
    });
}

#[divan::bench(args = [1_000, 10_000])]
fn workspaces(bencher: Bencher<'_, '_>, count: usize) {
    let mut text = String::from("version: 1\nworkspaces:\n");
    for number in 0..count {
        let _ = writeln!(text, "  customer-{number:06}: {{region: us}}");
    }
    read(bencher, text, String::new(), count);
}

#[divan::bench(args = [1_000])]
fn source_templates(bencher: Bencher<'_, '_>, count: usize) {
    let mut text = String::from("version: 1\nsource_templates:\n");
    for number in 0..count {
        let _ = writeln!(
            text,
            "  source-{number:04}:\n    definition: GitHub\n    partial_default_config:\n      \
             start_date: \"2025-01-01T00:00:00Z\"\n      repositories: [acme/repo-{number}]"
        );
    }
    read(bencher, text, String::new(), count);
}

#[divan::bench(args = [1_000, 10_000])]
fn rows_of_csv(bencher: Bencher<'_, '_>, count: usize) {
    let text = "version: 1\nworkspaces:\n  customer:\n    for_each: {file: customers.csv}\n    \
                key: slug\n    region: \"${each:region}\"\n";
    let mut rows = String::from("slug,region\n");
    for number in 0..count {
        let _ = writeln!(rows, "customer-{number:06},us");
    }
    read(bencher, text.to_owned(), rows, count);
}
