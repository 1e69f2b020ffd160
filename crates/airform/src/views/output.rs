//! Ids and names, for programs.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

/// Something that is told.
pub(crate) struct Told {
    /// What it is told of, where several resources are.
    pub(crate) under: Option<String>,
    /// What it is, in JSON.
    pub(crate) name: String,
    /// What a variable is named after.
    pub(crate) variable: String,
    /// The value.
    pub(crate) value: String,
}

/// As one object, with an object for each resource where there are several.
pub(crate) fn json(told: &[Told]) -> String {
    let mut members = Map::new();
    for Told { under, name, variable: _, value } in told {
        let value = Json::String(value.clone());
        match under {
            None => drop(members.insert(name.clone(), value)),
            Some(under) => {
                let of = members.entry(under.clone()).or_insert_with(|| Map::new().into());
                of[name.as_str()] = value;
            }
        }
    }
    super::json::visible(&format!("{:#}", Json::Object(members)))
}

/// As a shell reads it.
///
/// # Errors
/// Two variables have one name.
pub(crate) fn env(told: &[Told]) -> Result<String, String> {
    // In single quotes nothing means anything, but for the quote itself.
    lines(told, |name, value| format!("export {name}='{}'", value.replace('\'', r"'\''")))
}

/// As a `.env` file has it.
///
/// # Errors
/// Two variables have one name.
pub(crate) fn dotenv(told: &[Told]) -> Result<String, String> {
    lines(told, |name, value| {
        let mut quoted = String::new();
        for c in value.chars() {
            match c {
                '\n' => quoted.push_str("\\n"),
                '\r' => quoted.push_str("\\r"),
                '"' | '\\' | '$' | '`' => quoted.extend(['\\', c]),
                c => quoted.push(c),
            }
        }
        format!("{name}=\"{quoted}\"")
    })
}

fn lines(told: &[Told], line: impl Fn(&str, &str) -> String) -> Result<String, String> {
    let mut named: BTreeMap<String, &Told> = BTreeMap::new();
    for one in told {
        let name = variable(&one.variable);
        if let Some(first) = named.insert(name.clone(), one) {
            let (first, second) = (&first.variable, &one.variable);
            return Err(format!("{first} and {second} would both be called {name}"));
        }
    }
    let lines: Vec<String> = named.iter().map(|(name, one)| line(name, &one.value)).collect();
    Ok(lines.join("\n"))
}

/// The name of a variable: in capitals, and with one `_` for whatever cannot stand in it.
fn variable(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let mut name = words.join("_").to_ascii_uppercase();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(variable: &str, value: &str) -> Told {
        let (name, variable) = (variable.to_owned(), variable.to_owned());
        Told { under: None, name, variable, value: value.to_owned() }
    }

    #[test]
    fn values_are_quoted() {
        let value = "it's $5 `a` \"b\" \\ c\nd";
        for (text, expected) in [
            (env(&[told("a-b.c", value)]), "export A_B_C='it'\\''s $5 `a` \"b\" \\ c\nd'"),
            (dotenv(&[told("9", value)]), "_9=\"it's \\$5 \\`a\\` \\\"b\\\" \\\\ c\\nd\""),
            (
                env(&[told("workspaces.customer[\"a.b\"].id", "x")]),
                "export WORKSPACES_CUSTOMER_A_B_ID='x'",
            ),
            (env(&[]), ""),
        ] {
            assert_eq!(text.as_deref(), Ok(expected));
        }
    }

    #[test]
    fn two_variables_have_two_names() {
        let both = [told("a-b", "1"), told("a_b", "2")];
        assert_eq!(env(&both), Err("a-b and a_b would both be called A_B".to_owned()));
    }
}
