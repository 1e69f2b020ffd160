//! Scalars and keys: as plain as they can be without being taken for something else.

use model::secret::{SecretPart, SecretRef};

use crate::scalar::{Plain, read};

/// The key of a map. What a key says is never looked at, but what is quoted as a value should be
/// quoted as a key.
pub(super) fn key(name: &str) -> String {
    if is_plain(name, ":") { name.to_owned() } else { quoted(name) }
}

/// Text on one line. `reserved` holds the characters that mean something where it is to stand.
pub(super) fn text(text: &str, reserved: &str) -> String {
    let escaped = escaped(text);
    if is_plain(&escaped, reserved) { escaped } else { quoted(&escaped) }
}

/// A secret by where it is looked up.
pub(super) fn secret(secret: &SecretRef) -> String {
    let parts: String = secret
        .parts
        .iter()
        .map(|part| match part {
            SecretPart::Literal(text) => escaped(text),
            SecretPart::Lookup(source) => source.to_string(),
        })
        .collect();
    quoted(&parts)
}

/// `text` as a literal block: what stands behind the key, and its lines. Only where that is read by
/// people and survives editors: several lines, no blanks at an end, no control characters.
pub(super) fn literal(text: &str) -> Option<(&'static str, Vec<String>)> {
    let (head, body) = match text.strip_suffix('\n') {
        Some(body) => ("|", body),
        None => ("|-", text),
    };
    let lines: Vec<&str> = body.split('\n').collect();
    let is_clean = |line: &&str| {
        let ends_well = !line.ends_with([' ', '\t']);
        ends_well && line.chars().all(is_printable)
    };
    // The first line says how far all are moved to the right.
    let begins_well = |line: &&str| !line.is_empty() && !line.starts_with([' ', '\t']);
    let fits = lines.len() > 1
        && lines.iter().all(is_clean)
        && lines.first().is_some_and(begins_well)
        && lines.last().is_some_and(|line| !line.is_empty());
    fits.then(|| (head, escaped(body).split('\n').map(str::to_owned).collect()))
}

/// `text` with `${` in it taken for itself.
fn escaped(text: &str) -> String {
    text.replace("${", "$${")
}

/// Whether `text` says itself where it stands unquoted. Narrower than YAML: what a person would have
/// to think about is quoted.
fn is_plain(text: &str, reserved: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() && is_printable(c);
    let starts = |c: char| is_letter(c) || matches!(c, '_' | '/');
    let goes_on = |c: char| {
        is_letter(c)
            || matches!(c, ' ' | '_' | '-' | '.' | '/' | '@' | '+' | '(' | ')' | '=' | ';' | '~')
    };
    let ends = |c: char| c != ' ';
    text.chars().next().is_some_and(starts)
        && text.chars().all(|c| goes_on(c) && !reserved.contains(c))
        && text.chars().next_back().is_some_and(ends)
        && read(text) == Plain::Text
}

/// `text` between double quotes, with everything escaped that an editor, a terminal or a reader
/// could take for something else.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            c => {
                let code = u32::from(c);
                let escape = match code {
                    0..=0xff => format!("\\x{code:02x}"),
                    0x100..=0xffff => format!("\\u{code:04x}"),
                    _ => format!("\\U{code:08x}"),
                };
                out.push_str(&escape);
            }
        }
    }
    out.push('"');
    out
}

/// Whether `c` may stand as it is: it is in YAML's set, breaks no line, and is seen (marks that turn
/// the direction of text are not).
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !super::is_break(c)
        && !matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e0fff}')
        && !matches!(u32::from(c) & 0xffff, 0xfffe | 0xffff)
}
