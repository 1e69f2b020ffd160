//! The help of every command is a short manual that fits a terminal, and what it shows can be typed.

use std::fmt::Write;

use clap::{Command, CommandFactory, Parser};
use unicode_width::UnicodeWidthStr;

use super::Cli;

/// Every command with what is typed to call it.
fn commands() -> Vec<(String, Command)> {
    fn below(command: &Command, found: &mut Vec<(String, Command)>) {
        for child in command.get_subcommands().filter(|child| child.get_name() != "help") {
            found.push((child.get_bin_name().unwrap_or_default().to_owned(), child.clone()));
            below(child, found);
        }
    }
    let mut root = Cli::command();
    root.build();
    let mut found = vec![("airform".to_owned(), root.clone())];
    below(&root, &mut found);
    found
}

fn help(command: &Command) -> String {
    command.clone().render_long_help().to_string()
}

/// What stands under `Examples:`.
fn examples(help: &str) -> Vec<&str> {
    let (_, after) = help.split_once("\nExamples:\n").unwrap_or_default();
    after.lines().map_while(|line| line.strip_prefix("  ")).collect()
}

#[test]
fn every_help_has_an_example_and_fits_a_terminal() {
    let commands = commands();
    assert!(commands.len() > 30, "{}", commands.len());
    for (name, command) in commands {
        let help = help(&command);
        assert!(!examples(&help).is_empty(), "{name} has no example:\n{help}");
        // A manual says more than the line in the list of commands.
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let long = command.get_long_about().map(ToString::to_string).unwrap_or_default();
        assert!(long.len() > about.len(), "{name} has only one line");
        for line in help.lines() {
            assert!(line.width() <= 80, "{name}: {line}");
        }
    }
}

/// What the shell would hand to the program, of a line with pipes, redirections and substitutions.
fn typed(line: &str) -> Vec<Vec<String>> {
    let line = line.replace("<(", "| ").replace("$(", "| ").replace([')', '"'], " ");
    line.split('|')
        .map(str::trim)
        .filter(|part| part.starts_with("airform"))
        .filter_map(|part| shlex::split(part.split('>').next().unwrap_or_default()))
        .collect()
}

#[test]
fn every_example_can_be_typed() {
    for (name, command) in commands() {
        let help = help(&command);
        let lines: Vec<_> = examples(&help).into_iter().flat_map(typed).collect();
        assert!(!lines.is_empty(), "{name}");
        for words in &lines {
            let parsed = Cli::try_parse_from(words);
            assert!(parsed.is_ok(), "{name}: {words:?}: {}", parsed.unwrap_err());
        }
        let is_shown = lines.iter().any(|words| words.join(" ").starts_with(&name));
        assert!(is_shown, "{name} does not show itself: {lines:?}");
    }
}

#[test]
fn every_help_reads_so() {
    let mut all = String::new();
    for (name, command) in commands() {
        let _ = writeln!(all, "──── {name}\n\n{}", help(&command).trim_end());
        all.push('\n');
    }
    let lines: Vec<&str> = all.lines().map(str::trim_end).collect();
    insta::assert_snapshot!("help", lines.join("\n"));
}
