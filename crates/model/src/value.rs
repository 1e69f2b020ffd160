//! The one shape of data between the doors: a tree of plain values, and paths into it.

use std::fmt;

use crate::address::Address;
use crate::secret::SecretRef;
use crate::small_map::SmallMap;

/// A tree of values, as declared or as live.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Nothing, said aloud.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text in clear.
    Text(String),
    /// Text that is known only by where to look it up. Only in desired values.
    Secret(SecretRef),
    /// Another resource. Only in desired values.
    Reference(Address),
    /// Values in order.
    List(Vec<Value>),
    /// Values by name.
    Map(SmallMap<String, Value>),
}

impl Value {
    /// Text.
    pub fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    /// The text, where the value is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is a list or map without members.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::List(items) => items.is_empty(),
            Value::Map(members) => members.is_empty(),
            _ => false,
        }
    }

    /// Whether this is what the service shows in place of a secret: a string made of `*` only, an
    /// object that holds `_secret`, or the coordinate of a stored secret (dossier 5.2). Nothing can
    /// be learnt from such a value, and it must never be sent back.
    pub fn is_opaque(&self) -> bool {
        match self {
            Value::Text(text) => {
                (!text.is_empty() && text.bytes().all(|b| b == b'*'))
                    || (text.starts_with("airbyte_workspace_") && text.contains("_secret_"))
                    || (text.starts_with("airbyte_oauth_") && text.contains("_secret_"))
            }
            Value::Map(members) => members.contains_key("_secret"),
            _ => false,
        }
    }

    /// The leaves below `root`: every scalar, empty list, empty map and opaque object, by path. An
    /// opaque object is one leaf whatever it holds.
    pub fn leaves(&self, root: &Path) -> SmallMap<Path, &Value> {
        let mut leaves = SmallMap::new();
        collect_leaves(self, root.clone(), &mut leaves);
        leaves
    }
}

fn collect_leaves<'a>(value: &'a Value, path: Path, leaves: &mut SmallMap<Path, &'a Value>) {
    match value {
        Value::Map(members) if !members.is_empty() && !value.is_opaque() => {
            for (key, member) in members {
                collect_leaves(member, path.key(key), leaves);
            }
        }
        Value::List(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                collect_leaves(item, path.index(index), leaves);
            }
        }
        leaf => {
            leaves.insert(path, leaf);
        }
    }
}

/// A number in the one spelling that equal numbers share: `1`, `1.0` and `1e0` are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(String);

impl Number {
    /// Reads a JSON or YAML number. `None` where it is not a finite one.
    pub fn parse(text: &str) -> Option<Number> {
        if let Ok(integer) = text.parse::<i128>() {
            return Some(Number(integer.to_string()));
        }
        let float = text.parse::<f64>().ok().filter(|float| float.is_finite())?;
        // Beyond 2^53 a float no longer names one integer, so it keeps its own spelling.
        if float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0 {
            return Some(Number((float as i128).to_string()));
        }
        Some(Number(format!("{float:?}")))
    }

    /// The spelling, which is also valid JSON.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Number {
        Number(integer.to_string())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A step into a tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// The member of a map.
    Key(String),
    /// The item of a list.
    Index(usize),
    /// The member of a set.
    Member(String),
}

/// A way into a resource: `destination_config.format.columns[2]`, `tags["crm"]`. The first segment
/// is always the key of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Path {
    segments: Vec<Segment>,
}

impl Path {
    /// The path of an attribute.
    pub fn attribute(name: &str) -> Path {
        Path::default().key(name)
    }

    /// A path of these segments.
    pub fn of(segments: Vec<Segment>) -> Path {
        Path { segments }
    }

    /// The segments.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The name of the attribute that it leads into.
    pub fn root(&self) -> &str {
        match self.segments.first() {
            Some(Segment::Key(key) | Segment::Member(key)) => key,
            Some(Segment::Index(_)) | None => "",
        }
    }

    /// One step further, into a map.
    #[must_use]
    pub fn key(&self, key: &str) -> Path {
        self.step(Segment::Key(key.to_owned()))
    }

    /// One step further, into a list.
    #[must_use]
    pub fn index(&self, index: usize) -> Path {
        self.step(Segment::Index(index))
    }

    /// One step further, into a set.
    #[must_use]
    pub fn member(&self, member: &str) -> Path {
        self.step(Segment::Member(member.to_owned()))
    }

    fn step(&self, segment: Segment) -> Path {
        let mut segments = self.segments.clone();
        segments.push(segment);
        Path { segments }
    }

    /// The path that leads to what holds this one. `None` at the top.
    pub fn parent(&self) -> Option<Path> {
        let (_, rest) = self.segments.split_last()?;
        Some(Path { segments: rest.to_vec() })
    }

    /// Reads what `Display` prints. `None` where `text` is not a path.
    pub fn parse(text: &str) -> Option<Path> {
        let mut segments = Vec::new();
        let mut rest = text;
        let mut first = true;
        while !rest.is_empty() {
            if let Some(tail) = rest.strip_prefix('[') {
                if let Some(quoted) = tail.strip_prefix('"') {
                    let (member, after) = unquote(quoted)?;
                    segments.push(Segment::Member(member));
                    rest = after.strip_prefix(']')?;
                } else {
                    let (index, after) = tail.split_once(']')?;
                    segments.push(Segment::Index(index.parse().ok()?));
                    rest = after;
                }
            } else {
                let tail = if first { rest } else { rest.strip_prefix('.')? };
                if let Some(quoted) = tail.strip_prefix('"') {
                    let (key, after) = unquote(quoted)?;
                    segments.push(Segment::Key(key));
                    rest = after;
                } else {
                    let end = tail.find(['.', '[', '"']).unwrap_or(tail.len());
                    if end == 0 {
                        return None;
                    }
                    segments.push(Segment::Key(tail[..end].to_owned()));
                    rest = &tail[end..];
                }
            }
            first = false;
        }
        (!segments.is_empty()).then_some(Path { segments })
    }
}

/// The text up to the closing quote, with escapes undone, and what follows the quote.
pub(crate) fn unquote(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, &text[at + 1..])),
            '\\' => out.push(chars.next()?.1),
            c => out.push(c),
        }
    }
    None
}

/// Writes `text` between quotes, with `"` and `\` escaped.
pub(crate) fn quote(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    f.write_str("\"")
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Key(key) => {
                    if position > 0 {
                        f.write_str(".")?;
                    }
                    if key.is_empty() || key.contains(['.', '[', ']', '"', '\\']) {
                        quote(key, f)?;
                    } else {
                        f.write_str(key)?;
                    }
                }
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Member(member) => {
                    f.write_str("[")?;
                    quote(member, f)?;
                    f.write_str("]")?;
                }
            }
        }
        Ok(())
    }
}
