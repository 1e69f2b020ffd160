//! The manifest's JSON schema, for editors.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;

use crate::syntax::document::Document;

/// The JSON schema of a file of a manifest: what `airform schema` prints and
/// `schema/manifest.schema.json` holds. Draft 7 is the one that the YAML language server reads in
/// full.
pub fn json_schema() -> serde_json::Value {
    let generator =
        SchemaSettings::draft07().with_transform(RecursiveTransform(unwrap_lines)).into_generator();
    generator.into_root_schema_for::<Document>().to_value()
}

/// Editors break lines themselves; those of the source code are not theirs.
fn unwrap_lines(schema: &mut Schema) {
    if let Some(description) = schema.get_mut("description")
        && let Some(text) = description.as_str()
    {
        *description = text.replace('\n', " ").into();
    }
}
