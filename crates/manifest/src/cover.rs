//! What a complaint may quote of a file. It may be about anything, also about a file that is no YAML, and
//! shows whatever stands beside it. So this reads lines and not trees, and takes for a secret what is
//! called like one: where it is in doubt it covers too much.

use model::secret::is_named_like_one;
use model::state::SECRET_VERSION;

use crate::SourceFile;

/// `files` with `*` over every value in clear whose key is called like a secret's, byte for byte, so that
/// all else keeps its place. Where something is looked up, that is left: it says where, and not what.
pub fn covered(files: &[SourceFile]) -> Vec<SourceFile> {
    let cover = |file: &SourceFile| SourceFile { name: file.name.clone(), text: text(&file.text) };
    files.iter().map(cover).collect()
}

/// What a value goes on as, on the lines below its key.
#[derive(Clone, Copy)]
enum Below {
    /// As text, whatever it looks like.
    Text,
    /// As anything: a map has keys of its own.
    Any,
}

fn text(whole: &str) -> String {
    let mut out = String::with_capacity(whole.len());
    let mut open: Option<(usize, Below)> = None;
    for line in whole.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let is_blank = line.trim().is_empty();
        let is_item = line.get(indent..).is_some_and(|rest| rest.starts_with("- "));
        let belongs = |(at, below): &(usize, Below)| match below {
            Below::Text => is_blank || indent > *at,
            Below::Any => is_blank || indent > *at || (is_item && indent == *at),
        };
        open = open.filter(belongs);
        match open {
            Some((_, Below::Text)) => mask(line, &mut out),
            Some((at, Below::Any)) if !has_key(line) => {
                mask(line, &mut out);
                open = Some((at, Below::Any));
            }
            held => {
                let begun = keyed(line, indent, &mut out);
                open = begun.or(held);
            }
        }
    }
    out
}

/// Covers what stands in `line` behind keys that are called like secrets. What the last one's value may
/// go on as, below.
fn keyed(line: &str, indent: usize, out: &mut String) -> Option<(usize, Below)> {
    let mut rest = line;
    let (mut opened, mut counted) = (0, 0);
    while let Some((key, at)) = next_key(rest) {
        let (head, tail) = rest.split_at(at);
        let seen = line.len() - tail.len();
        opened += depth(&line[counted..seen]);
        counted = seen;
        let is_flow = opened > 0;
        out.push_str(head);
        rest = tail;
        if !is_named_like_one(key) || key == SECRET_VERSION {
            continue;
        }
        let value = without_properties(tail);
        out.push_str(&tail[..tail.len() - value.len()]);
        rest = value;
        match value.chars().next() {
            None | Some('#' | '\n' | '\r') => {
                out.push_str(rest);
                return Some((indent, Below::Any));
            }
            Some('|' | '>') => {
                out.push_str(rest);
                return Some((indent, Below::Text));
            }
            Some('{' | '*') => continue,
            Some(quote @ ('"' | '\'')) => match closing(value, quote) {
                Some(end) => {
                    mask(&value[..end], out);
                    rest = &value[end..];
                }
                None => {
                    mask(value, out);
                    return Some((indent, Below::Text));
                }
            },
            Some(_) => {
                let end =
                    if is_flow || value.starts_with('[') { flow_end(value) } else { value.len() };
                let word = value[..end].trim();
                match word {
                    "true" | "false" | "null" | "~" => out.push_str(&value[..end]),
                    _ => mask(&value[..end], out),
                }
                rest = &value[end..];
                if end == value.len() {
                    // Text that goes on below is indented further.
                    return Some((indent, Below::Any));
                }
            }
        }
    }
    out.push_str(rest);
    None
}

/// The next key in `text`, and where what follows its colon and blanks begins.
fn next_key(text: &str) -> Option<(&str, usize)> {
    for (colon, _) in text.match_indices(':') {
        let after = &text[colon + 1..];
        let before = &text[..colon];
        let is_quoted = before.trim_end().ends_with(['"', '\'']);
        let is_key = after.is_empty() || after.starts_with([' ', '\t', '\n', '\r']);
        if !(is_key || is_quoted && after.starts_with(['"', '\'', '{', '['])) {
            continue;
        }
        let start = before.rfind(['{', ',', '[']).map_or(0, |at| at + 1);
        let key = before[start..].trim().trim_start_matches("- ").trim_start_matches("? ");
        let key = key.trim().trim_matches(['"', '\'']);
        let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
        return Some((key, colon + 1 + blanks));
    }
    None
}

fn has_key(line: &str) -> bool {
    let content = line.trim_start().trim_start_matches("- ");
    content.starts_with(['{', '#']) || next_key(content).is_some()
}

/// How many more maps and lists are open behind `text` than before it.
fn depth(text: &str) -> isize {
    let of = |c| match c {
        '{' | '[' => 1,
        '}' | ']' => -1,
        _ => 0,
    };
    text.chars().map(of).sum()
}

/// `value` without an anchor and a tag before it.
fn without_properties(value: &str) -> &str {
    let mut value = value;
    while value.starts_with(['&', '!']) {
        let end = value.find([' ', '\n']).unwrap_or(value.len());
        value = value[end..].trim_start_matches(' ');
    }
    value
}

/// Where quoted text ends, behind its closing quote.
fn closing(value: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    let mut chars = value.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' if quote == '"' => escaped = !escaped,
            c if c == quote && !escaped => {
                let is_doubled =
                    quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == quote);
                if !is_doubled {
                    return Some(at + 1);
                }
                chars.next();
            }
            _ => escaped = false,
        }
    }
    None
}

/// Where a value inside `{…}` or `[…]` ends: at the first mark behind which nothing but further marks,
/// or another key, stands. What is wrong with the file may be just that the value holds such marks.
fn flow_end(value: &str) -> usize {
    for (at, _) in value.match_indices([',', '}', ']']) {
        let rest = value[at..].trim_start_matches([',', '}', ']', ' ', '\t']);
        let next = rest.split([',', '}', ']', '\n']).next().unwrap_or_default();
        if rest.trim().is_empty() || rest.starts_with('#') || next_key(next).is_some() {
            return at;
        }
    }
    value.len()
}

/// Puts `*` over `text`, but for blanks, line ends, and what says where something is looked up.
fn mask(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((before, from)) = rest.split_once("${") {
        let Some((inside, after)) = from.split_once('}') else { break };
        stars(before, out);
        out.push_str("${");
        out.push_str(inside);
        out.push('}');
        rest = after;
    }
    // Quotes around nothing but an expression hide nothing.
    match rest {
        "\"" | "'" => out.push_str(rest),
        _ => stars(rest, out),
    }
}

fn stars(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '\n' | '\r' | ' ' | '"' | '\'' => out.push(c),
            c => out.extend(std::iter::repeat_n('*', c.len_utf8())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `hunter2` in `shown` stands for what has to be covered.
    #[track_caller]
    fn check(written: &str, shown: &str) {
        let covered = text(written);
        assert_eq!(covered, shown);
        assert_eq!(covered.len(), written.len());
    }

    #[test]
    fn what_is_called_like_a_secret_is_covered() {
        check("a: {password: hunter2, host: x}", "a: {password: *******, host: x}");
        check("password: hunter2\nhost: x\n", "password: *******\nhost: x\n");
        check("- api_key: hü ter\n", "- api_key: *** ***\n");
        check(r#"{"token":"hun\"ter","x":1}"#, r#"{"token":"****"***","x":1}"#);
        check("secret: 'it''s' # said\nx: y", "secret: '**''*' # said\nx: y");
        check("token: &t !!str hunter2\nb: *t", "token: &t !!str *******\nb: *t");
        check("password: 123\n", "password: ***\n");
    }

    #[test]
    fn what_goes_on_below_is_covered_too() {
        check("private_key: |\n  a: b\n\n  c\nx: y\n", "private_key: |\n  ** *\n\n  *\nx: y\n");
        check("password:\n  hunter2\nx: y", "password:\n  *******\nx: y");
        check("password: hun\n  ter\nx: y", "password: ***\n  ***\nx: y");
        check("password: \"hun\n  ter\"\nx: y", "password: \"***\n  ***\"\nx: y");
        check("tokens:\n- a\n- b\nx: y", "tokens:\n* *\n* *\nx: y");
        check("tokens: [a, b]\nx: y", "tokens: *** *]\nx: y");
    }

    #[test]
    fn what_is_broken_is_covered_rather_too_far() {
        check("{password: hun,ter}2, host: x}", "{password: *********, host: x}");
        check("{password: hun: ter2}", "{password: **** ****}");
        check("password: \"hunter2\nx: y", "password: \"*******\nx: y");
    }

    #[test]
    fn what_is_none_is_left() {
        for text in [
            "host: x\n",
            "use_token: true\n",
            "password: ${secret:env:P}\n",
            "password: \"${secret:env:P}\"\n",
            "a: {password: \"${var:p}\", b: c}",
            "credentials:\n  auth_type: x\n  list:\n    - {y: z}\n",
            "widget_tokens: {portal: {origin: x}}\n",
            "secret_version: a\n",
            "url: http://a.example/token:x\n",
        ] {
            check(text, text);
        }
        check("jdbc_password: a${var:p}b", "jdbc_password: *${var:p}*");
    }
}
