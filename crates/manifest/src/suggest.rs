//! "Did you mean …": the known word nearest to an unknown one.

/// Finds near words. It gives up once it has compared a great many: a file with thousands of
/// mistakes gets every complaint, but not a guess for each.
#[derive(Debug)]
pub(crate) struct Suggester {
    comparisons_left: usize,
}

impl Default for Suggester {
    fn default() -> Suggester {
        Suggester { comparisons_left: 200_000 }
    }
}

impl Suggester {
    /// The word of `known` that `unknown` was probably meant to be: the first of the nearest.
    pub(crate) fn nearest<'a>(
        &mut self,
        unknown: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'a str> {
        // Nobody mistypes a novel, and comparing costs the product of both lengths.
        if unknown.len() > 100 || self.comparisons_left == 0 {
            return None;
        }
        let plain = |word: &str| word.to_ascii_lowercase().replace(['-', ' '], "_");
        let wanted = plain(unknown);
        // A third of the letters may be wrong: `worksapces` is one, `tag` for `tags` too.
        let tolerance = (wanted.chars().count() / 3).max(1);
        let mut best: Option<(usize, &str)> = None;
        for word in known {
            if self.comparisons_left == 0 {
                break;
            }
            self.comparisons_left -= 1;
            let candidate = plain(word);
            // `hash` for `hashing`, `europe` for `eu`: worse than any slip of the finger.
            let is_short = |a: &str, b: &str| a.len() >= 2 && b.starts_with(a);
            if is_short(&wanted, &candidate) || is_short(&candidate, &wanted) {
                best = best.or(Some((tolerance, word)));
            }
            if candidate.len().abs_diff(wanted.len()) > tolerance {
                continue;
            }
            let distance = strsim::osa_distance(&wanted, &candidate);
            if distance <= tolerance && best.is_none_or(|(nearest, _)| distance < nearest) {
                best = Some((distance, word));
            }
        }
        best.map(|(_, word)| word)
    }
}

/// A list of words for a sentence: `` `a`, `b` or `c` ``.
pub(crate) fn one_of(words: &[&str]) -> String {
    joined(words, " or ")
}

/// A list of words for a sentence: `` `a`, `b` and `c` ``.
pub(crate) fn all_of(words: &[&str]) -> String {
    joined(words, " and ")
}

fn joined(words: &[&str], last: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((end, [])) => end.clone(),
        Some((end, rest)) => format!("{}{last}{end}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(unknown: &str, known: &[&str], expected: Option<&str>) {
        assert_eq!(Suggester::default().nearest(unknown, known.iter().copied()), expected);
    }

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        check("worksapces", &["workspaces", "tags"], Some("workspaces"));
        check("REPLICATION", &["direct", "replication"], Some("replication"));
        check("github-lite", &["github", "github_lite"], Some("github_lite"));
        check("tag", &["name", "tags"], Some("tags"));
        check("hash", &["encryption", "hashing"], Some("hashing"));
        check("europe", &["eu", "us"], Some("eu"));
        check("colour", &["name", "tags"], None);
        check(&"a".repeat(101), &["a"], None);
    }

    #[test]
    fn words_in_a_sentence() {
        assert_eq!(one_of(&["a"]), "`a`");
        assert_eq!(one_of(&["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(all_of(&[]), "");
    }
}
