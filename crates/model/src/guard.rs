//! Guards: what a plan may not do, whatever is declared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::address::Address;
use crate::kind::Kind;
use crate::moment::Moment;
use crate::span::Span;

/// The guard that stands where nobody declares one of its name: see [`Guard::too_many_gone`].
pub const TOO_MANY_GONE: &str = "too-many-gone";

/// Guards by name.
pub type Guards = BTreeMap<String, Guard>;

/// Rules that a plan is held to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// Where its name stands, where it stands in a manifest.
    pub span: Option<Span>,
    /// The kinds that it is about. None: every kind.
    pub kinds: BTreeSet<Kind>,
    /// The rules, by the word that each has in a manifest.
    pub rules: BTreeMap<RuleName, Rule>,
    /// Where the rules stand, where they stand in a manifest.
    pub places: BTreeMap<RuleName, Span>,
}

/// One rule of a guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// How many resources of a kind something may happen to.
    Most {
        /// How many.
        limit: Limit,
        /// From how many managed ones of the kind on that is asked.
        from: usize,
    },
    /// These stay as they are.
    Protect(Vec<Pattern>),
    /// Templates carry these tags.
    Tags(BTreeSet<Address>),
    /// Names look like this.
    Name(Pattern),
    /// Nothing is changed from the first moment on, until the second one.
    Freeze {
        /// The first moment.
        from: Moment,
        /// The first moment after it.
        until: Moment,
    },
}

/// What a rule of a guard is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleName {
    /// [`Rule::Most`] are deleted.
    MaxDeletes,
    /// [`Rule::Most`] are replaced.
    MaxReplaces,
    /// [`Rule::Most`] are deleted or replaced.
    MaxGone,
    /// [`Rule::Most`] are made, changed, replaced or deleted.
    MaxChanges,
    /// [`Rule::Protect`].
    Protect,
    /// [`Rule::Tags`].
    RequireTags,
    /// [`Rule::Name`].
    RequireName,
    /// [`Rule::Freeze`].
    Freeze,
}

impl RuleName {
    /// Its word in a manifest.
    pub const fn word(self) -> &'static str {
        match self {
            RuleName::MaxDeletes => "max_deletes",
            RuleName::MaxReplaces => "max_replaces",
            RuleName::MaxGone => "max_gone",
            RuleName::MaxChanges => "max_changes",
            RuleName::Protect => "protect",
            RuleName::RequireTags => "require_tags",
            RuleName::RequireName => "require_name",
            RuleName::Freeze => "freeze",
        }
    }
}

/// The most that is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// So many.
    Count(usize),
    /// So many in a hundred of those that are managed.
    Percent(u8),
}

impl Limit {
    /// Reads `5` or `30%`. `None` where `text` is neither, or is more than all.
    pub fn parse(text: &str) -> Option<Limit> {
        match text.strip_suffix('%') {
            Some(percent) => {
                let percent = percent.trim_end().parse().ok().filter(|percent| *percent <= 100);
                percent.map(Limit::Percent)
            }
            None => text.parse().ok().map(Limit::Count),
        }
    }

    /// Whether `count` of `of` is more than that. Of nothing there is no share.
    pub fn is_exceeded(self, count: usize, of: usize) -> bool {
        match self {
            Limit::Count(most) => count > most,
            Limit::Percent(percent) => of > 0 && count * 100 > of * usize::from(percent),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Count(most) => write!(f, "{most}"),
            Limit::Percent(percent) => write!(f, "{percent} %"),
        }
    }
}

/// Text in which `*` stands for any text and `?` for any character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(pub String);

impl Pattern {
    /// Whether `text` looks so as a whole.
    pub fn matches(&self, text: &str) -> bool {
        let pattern: Vec<char> = self.0.chars().collect();
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut of) = (0, 0);
        // Where the last `*` stands, and how much of the text it stands for so far.
        let mut star: Option<(usize, usize)> = None;
        while at < text.len() {
            match pattern.get(of) {
                Some('*') => {
                    star = Some((of, at));
                    of += 1;
                }
                Some(wanted) if *wanted == '?' || Some(wanted) == text.get(at) => {
                    at += 1;
                    of += 1;
                }
                _ => {
                    let Some((behind, taken)) = star else { return false };
                    star = Some((behind, taken + 1));
                    at = taken + 1;
                    of = behind + 1;
                }
            }
        }
        pattern.iter().skip(of).all(|rest| *rest == '*')
    }
}

impl Guard {
    /// A guard with one rule, which stands in no manifest.
    pub fn of(name: RuleName, rule: Rule) -> Guard {
        Guard {
            span: None,
            kinds: BTreeSet::new(),
            rules: [(name, rule)].into(),
            places: BTreeMap::new(),
        }
    }

    /// What holds from the first day: not more than 30 % of a managed kind of ten or more goes
    /// (rulings, "Data").
    pub fn too_many_gone() -> Guard {
        Guard::of(RuleName::MaxGone, Rule::Most { limit: Limit::Percent(30), from: 10 })
    }

    /// Whether it is about `kind`.
    pub fn is_about(&self, kind: Kind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }
}

/// How a plan breaks a rule. Closed: a view says it in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breach {
    /// More of a kind than is allowed.
    TooMany {
        /// The kind.
        kind: Kind,
        /// How many.
        count: usize,
        /// Of how many managed ones.
        of: usize,
        /// The most that is allowed.
        limit: Limit,
    },
    /// It stays as it is.
    Protected,
    /// It lacks these tags.
    TagsMissing {
        /// Their addresses.
        tags: BTreeSet<Address>,
    },
    /// Its name looks otherwise.
    NameUnlike {
        /// The name.
        name: String,
        /// What names look like.
        pattern: String,
    },
    /// It is a time in which nothing is changed.
    Frozen {
        /// The first moment after it.
        until: Moment,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("acme-*", "acme-", true),
            ("acme-*", "acme", false),
            ("*-prod", "a-prod-prod", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("?ürich", "Zürich", true),
            ("?", "", false),
            ("workspaces.c[\"*\"]", "workspaces.c[\"acme\"]", true),
        ] {
            assert_eq!(Pattern(pattern.to_owned()).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn limits() {
        for (text, expected) in [
            ("0", Some(Limit::Count(0))),
            ("12", Some(Limit::Count(12))),
            ("30%", Some(Limit::Percent(30))),
            ("30 %", Some(Limit::Percent(30))),
            ("101%", None),
            ("-1", None),
            ("%", None),
            ("a", None),
        ] {
            assert_eq!(Limit::parse(text), expected, "{text}");
        }
        assert!(!Limit::Percent(30).is_exceeded(3, 10) && Limit::Percent(30).is_exceeded(4, 10));
        assert!(!Limit::Percent(0).is_exceeded(1, 0) && Limit::Count(0).is_exceeded(1, 0));
    }
}
