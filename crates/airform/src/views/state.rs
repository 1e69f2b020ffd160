//! What is remembered, for people.

use std::fmt::Write;

use model::Address;
use model::kinds::workspace::region_name;
use model::state::{Origin, Record, Seen, State};

use super::style::{FAINT, STRONG, paint, plain, quoted};

/// One line per address.
pub(crate) fn list(state: &State) -> String {
    let lines: Vec<String> = state.records.keys().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Everything about one address. Digests are left out: they say nothing to people.
pub(crate) fn show(address: &Address, record: &Record) -> String {
    let Record { id, name, kept, leaves, prevent_destroy, deposed } = record;
    let mut out = paint(STRONG, address.to_string());
    let _ = write!(out, "\n  id: {}\n  name: {}", plain(&id.0), quoted(name));
    for (attribute, value) in kept {
        let value = if attribute == "region" { region_name(value) } else { value };
        let _ = write!(out, "\n  {attribute}: {}", plain(value));
    }
    if *prevent_destroy {
        out.push_str("\n  protected: it is neither deleted nor replaced");
    }
    if !leaves.is_empty() {
        out.push_str("\n  declared:");
    }
    for (path, leaf) in leaves {
        let mut remarks = Vec::new();
        match leaf.origin {
            Origin::Written => {}
            Origin::Assumed => remarks.push("taken as declared, never written"),
            Origin::Unknown => remarks.push("taken as it is, never seen"),
        }
        match leaf.seen {
            Seen::Same => {}
            Seen::Hidden => remarks.push("cannot be read back"),
            Seen::Other(_) => remarks.push("the service keeps another value"),
        }
        let _ = write!(out, "\n    {}", plain(&path.to_string()));
        if !remarks.is_empty() {
            let _ = write!(out, " {}", paint(FAINT, format!("({})", remarks.join("; "))));
        }
    }
    for deposed in deposed {
        let _ = write!(
            out,
            "\n  replaced, to be deleted: {} {}",
            quoted(&deposed.name),
            plain(&deposed.id.0)
        );
    }
    out
}
