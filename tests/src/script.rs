//! The script of a scenario: what a person does at a terminal, and what happens meanwhile at the
//! service. `scenarios/README.md` has the words.

use serde_json::Value;

use crate::Error;

/// A line of a script, with the text that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// As it stands in the script.
    pub text: String,
    /// What it means.
    pub act: Act,
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Prose, as it stands.
    Say(String),
    /// Runs a command line.
    Run(Vec<String>),
    /// Sets a variable of the environment, or takes it away.
    Env(String, Option<String>),
    /// Writes a file of the folder.
    Write(String, String),
    /// Puts one text in place of another, which stands there once, in a file of the folder.
    Edit(String, String, String),
    /// Deletes a file of the folder.
    Delete(String),
    /// The next command runs on a terminal, at which this is typed when it asks.
    Type {
        /// What is typed, without its end of line.
        answer: String,
        /// A part of the question.
        question: String,
    },
    /// While the next command asks, the organization is changed by hand.
    Meanwhile(Value),
    /// The next command is interrupted, as by Ctrl-C, when its journal says that it has begun with
    /// this resource.
    Interrupt(String),
    /// The same, as by whoever ends processes: SIGTERM.
    Terminate(String),
    /// The next command reads what the last one has printed.
    Pipe,
    /// Turns switches of the service.
    Switch(Value),
    /// Puts a fault in the way of requests to come.
    Fault(Value),
    /// Takes all faults back.
    Heal,
    /// Changes the organization by hand.
    Change(Value),
    /// Gives the organization this many more workspaces.
    Crowd(usize),
    /// Lets time go by, in seconds.
    Wait(i64),
}

/// Reads a script.
///
/// # Errors
/// A line that says nothing known, with its number.
pub fn read(text: &str) -> Result<Vec<Line>, Error> {
    let mut acts = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        let mut whole = line.to_owned();
        let act = match line.strip_suffix(" <<END") {
            Some(head) => {
                let body = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "END");
                let text: String = body.map(|line| format!("{line}\n")).collect();
                whole = format!("{line}\n{text}END");
                head.strip_prefix("write ").map(|file| Act::Write(file.trim().to_owned(), text))
            }
            None => read_line(line),
        };
        let act = act.ok_or_else(|| format!("script.txt:{}: what is `{line}`?", number + 1))?;
        acts.push(Line { text: whole, act });
    }
    Ok(acts)
}

fn read_line(line: &str) -> Option<Act> {
    if line.starts_with('#') {
        return Some(Act::Say(line.to_owned()));
    }
    if line == "service heal" {
        return Some(Act::Heal);
    }
    if line == "pipe" {
        return Some(Act::Pipe);
    }
    let (word, rest) = line.split_once(' ')?;
    let rest = rest.trim();
    match word {
        "$" => Some(Act::Run(shlex::split(rest)?)),
        "env" => {
            let (name, value) = rest.split_once('=')?;
            Some(Act::Env(name.to_owned(), Some(value.to_owned())))
        }
        "unset" => Some(Act::Env(rest.to_owned(), None)),
        "delete" => Some(Act::Delete(rest.to_owned())),
        "edit" => {
            let (file, change) = rest.split_once(" s")?;
            let mark = change.chars().next()?;
            let mut parts = change[mark.len_utf8()..].split(mark);
            let (from, to, rest) = (parts.next()?, parts.next()?, parts.next()?);
            let is_whole = rest.is_empty() && parts.next().is_none();
            let lines = |text: &str| text.replace("\\n", "\n");
            is_whole.then(|| Act::Edit(file.to_owned(), lines(from), lines(to)))
        }
        "type" => {
            let (answer, question) = rest.split_once(" at ")?;
            Some(Act::Type { answer: answer.to_owned(), question: question.to_owned() })
        }
        "meanwhile" => Some(Act::Meanwhile(serde_json::from_str(rest).ok()?)),
        "interrupt" | "terminate" => {
            let address = rest.strip_prefix("when ")?.strip_suffix(" is begun")?.to_owned();
            Some(if word == "interrupt" {
                Act::Interrupt(address)
            } else {
                Act::Terminate(address)
            })
        }
        "service" => {
            let (verb, rest) = rest.split_once(' ')?;
            match verb {
                "switch" => Some(Act::Switch(serde_json::from_str(rest).ok()?)),
                "fault" => Some(Act::Fault(serde_json::from_str(rest).ok()?)),
                "change" => Some(Act::Change(serde_json::from_str(rest).ok()?)),
                "crowd" => Some(Act::Crowd(rest.parse().ok()?)),
                "wait" => Some(Act::Wait(rest.parse().ok()?)),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, acts: &[Act]) {
        let lines = read(text).unwrap();
        let got: Vec<Act> = lines.iter().map(|line| line.act.clone()).collect();
        assert_eq!(got, acts);
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts.join("\n"), text.trim_end());
    }

    #[test]
    fn scripts_are_read() {
        let text = |text: &str| text.to_owned();
        check("# Prose.\n\n", &[Act::Say(text("# Prose."))]);
        check(
            "$ airform plan 'a b'",
            &[Act::Run(vec![text("airform"), text("plan"), text("a b")])],
        );
        check(
            "env A=b=c\nunset A",
            &[Act::Env(text("A"), Some(text("b=c"))), Act::Env(text("A"), None)],
        );
        check(
            "write a.yaml <<END\nb:\n  c\nEND\nservice heal",
            &[Act::Write(text("a.yaml"), text("b:\n  c\n")), Act::Heal],
        );
        check("edit a.yaml s/b c/d/", &[Act::Edit(text("a.yaml"), text("b c"), text("d"))]);
        check("pipe", &[Act::Pipe]);
        check("meanwhile {}", &[Act::Meanwhile(json!({}))]);
        check("type no at Apply?", &[Act::Type { answer: text("no"), question: text("Apply?") }]);
        check("interrupt when tags.b is begun", &[Act::Interrupt(text("tags.b"))]);
        check("terminate when tags.b is begun", &[Act::Terminate(text("tags.b"))]);
        check(r#"service change {"tags": {}}"#, &[Act::Change(json!({"tags": {}}))]);
        assert!(read("\nservice sing").is_err_and(|error| error.to_string().contains(":2:")));
        assert!(read("edit a.yaml s/b").is_err());
    }
}
