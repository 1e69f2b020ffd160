//! `schema/manifest.schema.json` is what the code says.

use std::path::Path;

use crate::support::{cases, read};

#[test]
fn the_file_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/manifest.schema.json");
    let generated = format!("{:#}\n", manifest::json_schema());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, generated, "run the test with UPDATE=1 and look at the difference");
}

/// Whether a file is what the schema says.
fn is_valid(text: &str, schema: &jsonschema::Validator) -> bool {
    let options = serde_saphyr::options! { strict_booleans: true };
    let value: serde_json::Value = serde_saphyr::from_str_with_options(text, options).unwrap();
    schema.is_valid(&value)
}

#[test]
fn the_schema_takes_what_the_reader_takes() {
    let schema = jsonschema::validator_for(&manifest::json_schema()).unwrap();
    for case in cases("good") {
        // What an overlay removes is `null`, which is nothing that a manifest says.
        for file in case.files.iter().filter(|file| !file.name.contains("overlay")) {
            assert!(is_valid(&file.text, &schema), "{}", file.name);
        }
    }
}

#[test]
fn the_schema_refuses_what_the_reader_refuses_for_its_shape() {
    let schema = jsonschema::validator_for(&manifest::json_schema()).unwrap();
    let mut refused = 0;
    for case in cases("bad") {
        let code = read(&case.files).diagnostics.first().map(|diagnostic| diagnostic.code);
        let is_about_shape = matches!(
            code,
            Some(
                "manifest::unknown-field"
                    | "manifest::unknown-word"
                    | "manifest::wrong-type"
                    | "manifest::no-value"
                    | "manifest::version"
                    | "manifest::empty-text"
                    | "manifest::bad-name"
                    | "manifest::bad-uuid"
            )
        );
        // What an expression gives is for the reader alone to see.
        let is_written = case.files.iter().all(|file| !file.text.contains("${"));
        // To JSON, nothing behind a key and `null` are the same.
        let is_json = case.name != "109-cron-without-value";
        if is_about_shape && is_written && is_json {
            refused += 1;
            let valid = case.files.iter().all(|file| is_valid(&file.text, &schema));
            assert!(!valid, "{}", case.name);
        }
    }
    assert!(refused > 30, "only {refused} cases");
}
