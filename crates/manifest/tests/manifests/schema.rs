//! `schema/manifest.schema.json` is what the code says.

use std::path::Path;

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
