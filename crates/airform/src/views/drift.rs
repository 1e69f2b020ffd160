//! What was changed outside Airform, for the terminal.

use std::collections::BTreeMap;

use model::Address;
use model::plan::Change;

use super::plan::{Fresh, counted, leaf_lines, rows};
use super::style::{DELETE, STRONG, UPDATE, paint, quoted};

/// What was changed outside Airform.
#[derive(Default)]
pub(crate) struct Drift {
    /// Resources that differ from what was applied, with the leaves that do: from what was applied
    /// to what is there now.
    pub(crate) changed: BTreeMap<Address, Change>,
    /// Resources that are gone, with what they were called.
    pub(crate) gone: BTreeMap<Address, String>,
    /// How many resources the manifest wants otherwise, of which that was not applied yet.
    pub(crate) pending: usize,
}

impl Drift {
    /// Whether all is as it was applied.
    pub(crate) fn is_none(&self) -> bool {
        self.changed.is_empty() && self.gone.is_empty()
    }
}

/// Every change with its leaves, then a count. One line where there is none.
pub(crate) fn render(drift: &Drift) -> String {
    let Drift { changed, gone, pending } = drift;
    let pending = (*pending > 0).then(|| {
        format!(
            "{} of the manifest {} not applied yet; airform plan shows {}.",
            counted(*pending, "change", "changes"),
            if *pending == 1 { "is" } else { "are" },
            if *pending == 1 { "it" } else { "them" },
        )
    });
    if drift.is_none() {
        let line = format!("{} All stands as it was applied.", paint(STRONG, "No drift."));
        return [Some(line), pending].into_iter().flatten().collect::<Vec<_>>().join(" ");
    }
    let mut out = String::new();
    let line = |symbol: String, address: &Address, name: &str, what: &str| {
        let noun = address.kind().noun();
        let shown = paint(STRONG, address.to_string());
        format!("  {symbol} {shown}  {noun} {} {what}\n", quoted(name))
    };
    for (address, change) in changed {
        let what = "was changed outside Airform";
        out.push_str(&line(paint(UPDATE, "~"), address, &change.name, what));
        out.push_str(&leaf_lines(&rows(address.kind(), change, Fresh::default()), None));
        out.push('\n');
    }
    for (address, name) in gone {
        out.push_str(&line(paint(DELETE, "-"), address, name, "is gone"));
        out.push('\n');
    }
    let counts = [(changed.len(), "changed"), (gone.len(), "gone")];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    out.push_str(&format!("{} {} outside Airform.", paint(STRONG, "Drift:"), counts.join(", ")));
    if let Some(pending) = pending {
        out.push('\n');
        out.push_str(&pending);
    }
    out
}
