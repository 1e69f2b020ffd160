//! What a specification has against a configuration, as data.

use model::Path;

/// One complaint. It holds no value of a field that is secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    /// Where to look: the value itself, or what lacks a field.
    pub path: Path,
    /// What is wrong there.
    pub problem: Problem,
    /// What the specification says of the field, where it knows it.
    pub about: About,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The connector will not take it.
    Error,
    /// It is taken, and is probably not what was meant.
    Warning,
}

/// What is wrong with a value. Closed: a view says it in words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// A field that has to be there is not.
    Missing {
        /// The field.
        field: String,
    },
    /// The specification has no such field.
    Unknown {
        /// The field.
        field: String,
        /// One that is called something like it.
        similar: Option<String>,
        /// Every field that could stand there.
        known: Vec<String>,
        /// The specification says that there are no others. Otherwise it is silent about them.
        closed: bool,
    },
    /// A value of another type.
    WrongType {
        /// What it is.
        found: Found,
        /// The types that it can have, in the words of JSON schema.
        wanted: Vec<String>,
    },
    /// None of the values that are allowed.
    NotAllowed {
        /// What stands there; none where the field is secret.
        found: Option<String>,
    },
    /// Several forms are possible, and nothing says which one is meant.
    Undecided {
        /// The field that tells.
        field: String,
    },
    /// A number, a length or a count beyond a bound.
    Bound {
        /// The rule, in the word of JSON schema.
        rule: &'static str,
        /// The bound.
        limit: String,
    },
    /// Text that does not match a pattern.
    Pattern {
        /// A regular expression.
        pattern: String,
    },
    /// Text that is not of a format. Connectors are often more lenient than a format.
    Format {
        /// Its name in JSON schema.
        format: String,
    },
    /// Some other rule of JSON schema.
    Rule {
        /// Its word.
        rule: String,
    },
    /// The source template gives it already.
    Preset,
}

/// What a value is, where it is of the wrong type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// True or false.
    Bool,
    /// A number.
    Number,
    /// Text.
    Text,
    /// Text that is looked up.
    Secret,
    /// A list.
    List,
    /// A map.
    Map,
}

/// What a specification says of a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct About {
    /// Its name for people.
    pub title: Option<String>,
    /// The values that it can have, where there are a few.
    pub allowed: Vec<String>,
    /// An example.
    pub example: Option<String>,
    /// What it is where it is left out.
    pub default: Option<String>,
    /// Its value is a secret.
    pub secret: bool,
}

impl Complaint {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        match self.problem {
            Problem::Unknown { closed: false, .. } | Problem::Format { .. } | Problem::Preset => {
                Severity::Warning
            }
            Problem::Missing { .. }
            | Problem::Unknown { closed: true, .. }
            | Problem::WrongType { .. }
            | Problem::NotAllowed { .. }
            | Problem::Undecided { .. }
            | Problem::Bound { .. }
            | Problem::Pattern { .. }
            | Problem::Rule { .. } => Severity::Error,
        }
    }
}
