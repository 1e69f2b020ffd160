//! Taking secrets out of what is shown, in every form in which a service could say them again.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands where a secret stood.
const HIDDEN: &str = "(secret)";
/// The shortest text that is looked for in another form than its own, and the shortest such form: a
/// few letters are in everything.
const SHORTEST: usize = 8;

/// Takes `secret` out of `text`.
pub(crate) fn hide(text: &mut String, secret: &str) {
    replace(text, secret);
    if secret.len() < SHORTEST {
        return;
    }
    // A text of several lines is quoted with its line ends escaped.
    for line in secret.lines().map(str::trim).filter(|line| line.len() >= SHORTEST) {
        replace(text, line);
    }
    for form in forms(secret) {
        if form.len() >= SHORTEST {
            replace(text, &form);
        }
    }
}

/// `secret` as JSON, addresses and base64 have it, the longest form of each first.
fn forms(secret: &str) -> Vec<String> {
    let json = serde_json::Value::from(secret).to_string();
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let mut forms = vec![
        json[1..json.len() - 1].to_owned(),
        percent.replace("%20", "+"),
        percent.replace("%2D", "-").replace("%2E", ".").replace("%5F", "_").replace("%7E", "~"),
        percent,
    ];
    // In the midst of something else it begins at any of three places of a group of four letters;
    // those at its ends are not all its own.
    for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        for before in 0..3 {
            let whole = [&vec![0; before][..], secret.as_bytes()].concat();
            let own = (before * 8).div_ceil(6)..whole.len() * 8 / 6;
            forms.extend(engine.encode(&whole).get(own).map(str::to_owned));
        }
    }
    forms
}

fn replace(text: &mut String, form: &str) {
    if !form.is_empty() && text.contains(form) {
        *text = text.replace(form, HIDDEN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(secret: &str, text: &str, shown: &str) {
        let mut text = text.to_owned();
        hide(&mut text, secret);
        assert_eq!(text, shown);
    }

    #[test]
    fn a_secret_is_hidden_in_every_form() {
        let secret = "p+s/w\"rd-1 ü";
        for text in [
            secret.to_owned(),
            r#"p+s/w\"rd-1 ü"#.to_owned(),
            "p%2Bs%2Fw%22rd%2D1%20%C3%BC".to_owned(),
            "p%2Bs%2Fw%22rd-1%20%C3%BC".to_owned(),
            "p%2Bs%2Fw%22rd%2D1+%C3%BC".to_owned(),
        ] {
            check(secret, &format!("'{text}' is wrong"), "'(secret)' is wrong");
        }
        for before in ["", "a", "ab", "abc"] {
            for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
                let mut text = engine.encode(format!("{before}{secret}."));
                hide(&mut text, secret);
                assert!(text.contains(HIDDEN), "{text}");
            }
        }
    }

    #[test]
    fn a_few_letters_are_hidden_as_they_stand_only() {
        check("abc", "abc YWJj", "(secret) YWJj");
        check("", "abc", "abc");
    }
}
