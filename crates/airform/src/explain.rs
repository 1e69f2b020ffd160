//! What each code means: one text per diagnostic, reason not to apply and reason for a change.

/// The texts, one per `# code`.
const TEXTS: [&str; 3] = [
    include_str!("explain/manifest.md"),
    include_str!("explain/plan.md"),
    include_str!("explain/reason.md"),
];

/// Every code with its text, in the order of the files.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    TEXTS.into_iter().flat_map(|file| file.split("# ").skip(1)).filter_map(|entry| {
        let (code, text) = entry.split_once('\n')?;
        Some((code.trim(), text.trim()))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Every code that stands in the sources below `folder`.
    fn codes(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                codes(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let quoted = text.split('"').filter(|part| {
                    part.split_once("::").is_some_and(|(family, name)| {
                        let is_word = |word: &str| {
                            !word.is_empty()
                                && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
                        };
                        is_word(family) && is_word(name)
                    })
                });
                found.extend(quoted.map(str::to_owned));
            }
        }
    }

    #[test]
    fn every_code_has_its_text_and_every_text_its_code() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut used = BTreeSet::new();
        for name in ["manifest", "airform"] {
            codes(&crates.join(name).join("src"), &mut used);
        }
        let explained: BTreeSet<String> = all().map(|(code, _)| code.to_owned()).collect();
        assert_eq!(used, explained);
        assert_eq!(explained.len(), all().count(), "each once");
        assert!(all().all(|(_, text)| !text.is_empty()));
    }
}
