//! `external: true`.

use super::{Field, Fields, Flag};
use crate::context::Context;
use crate::diagnostic::Diagnostic;

/// Whether a resource is declared to belong to somebody else.
pub(crate) fn is(external: &Field<Flag>) -> bool {
    matches!(external.value(), Some(Flag(true)))
}

/// Complains about every field of an external resource but `named`, by which it is found.
pub(super) fn only(named: &[&str], noun: &str, fields: &Fields<'_>, cx: &mut Context<'_>) {
    for entry in fields.entries() {
        let key = entry.key.as_str();
        // Fields that nobody knows are complained about as such.
        if key == "external" || named.contains(&key) || !fields.knows(key) {
            continue;
        }
        cx.complain(
            Diagnostic::error(
                "manifest::external-field",
                format!("{noun} that is external is not written, so `{key}` cannot be set"),
            )
            .at(entry.key_span, "never sent")
            .help(format!(
                "leave it out, or take `external: true` away; `{}` is how it is found",
                named.join("`, `")
            )),
        );
    }
}
