//! What `cargo bench -p api` measures: an answer from its bytes to objects in the manifest's terms.
//! Nothing of this is reached by the program.

use serde_json::Value as Json;

use crate::kinds::{source_template, workspace};
use crate::wire;

/// How many workspaces a page shows. None where it is no page.
pub fn workspaces(page: &[u8]) -> Option<usize> {
    let page: Json = serde_json::from_slice(page).ok()?;
    let mut count = 0;
    for item in wire::items(page)? {
        count += usize::from(workspace::read(item, None).ok()?.is_some());
    }
    Some(count)
}

/// How many attributes a source template shows. None where it is no source template.
pub fn source_template(shown: &[u8]) -> Option<usize> {
    let shown: Json = serde_json::from_slice(shown).ok()?;
    (source_template::TEMPLATE.read)(shown, None).map(|(_, template)| template.attributes.len())
}
