//! Logical names, made from what objects are called.

use std::collections::{BTreeMap, BTreeSet};

use model::Kind;
use model::address::is_name;

/// How long a logical name may become. Names of objects have no limit (dossier 10), and a logical
/// name is typed.
const LONGEST: usize = 64;

/// The names that are taken, by kind.
#[derive(Default)]
pub(super) struct Names {
    taken: BTreeMap<Kind, BTreeSet<String>>,
    /// How often each name was wanted.
    wanted: BTreeMap<(Kind, String), usize>,
}

impl Names {
    /// A name of its own for an object of `kind` called `name`. One that can stand as it is stays so.
    /// What only has its name within something else is called after both.
    pub(super) fn of(&mut self, kind: Kind, within: Option<&str>, name: &str) -> String {
        let own = match name {
            name if is_name(name) && name.len() <= LONGEST => name.to_owned(),
            name => simplified(name),
        };
        let own = match (within, own.as_str()) {
            (None, "") => kind.noun().replace(' ', "_"),
            (None, _) => own,
            (Some(within), "") => format!("{within}_{}", kind.noun().replace(' ', "_")),
            (Some(within), own) => format!("{within}_{own}"),
        };
        let taken = self.taken.entry(kind).or_default();
        if taken.insert(own.clone()) {
            return own;
        }
        let count = self.wanted.entry((kind, own.clone())).or_insert(1);
        loop {
            *count += 1;
            let numbered = format!("{own}_{count}");
            if taken.insert(numbered.clone()) {
                return numbered;
            }
        }
    }
}

/// `name` in lower case, with everything that a logical name cannot hold made `_`. Empty where
/// nothing of it is left.
fn simplified(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || c == '-' => out.push(c.to_ascii_lowercase()),
            _ if out.is_empty() || out.ends_with('_') => {}
            _ => out.push('_'),
        }
        if out.len() >= LONGEST {
            break;
        }
    }
    out.trim_matches(['_', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &[(Option<&str>, &str)], expected: &[&str]) {
        let mut names = Names::default();
        let found: Vec<String> = wanted
            .iter()
            .map(|(within, name)| names.of(Kind::SourceTemplate, *within, name))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_name_is_kept_or_simplified_and_never_given_twice() {
        check(&[(None, "acme-prod"), (None, "CRM")], &["acme-prod", "CRM"]);
        check(
            &[(None, "Acme Inc. (EU)"), (None, "Müller & Söhne")],
            &["acme_inc_eu", "m_ller_s_hne"],
        );
        check(
            &[(None, "a b"), (None, "a_b"), (None, "a  b"), (None, "a_b_2")],
            &["a_b", "a_b_2", "a_b_3", "a_b_2_2"],
        );
        check(&[(None, "客户"), (None, "")], &["source_template", "source_template_2"]);
        check(
            &[(Some("acme"), "GitHub"), (Some("acme"), "!")],
            &["acme_GitHub", "acme_source_template"],
        );
        check(&[(None, &"x".repeat(300))], &[&"x".repeat(64)]);
    }
}
