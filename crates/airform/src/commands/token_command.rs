//! A command that prints a token.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use api::TokenProvider;
use secrecy::SecretString;

/// How long a command may take. Some ask their user for a fingerprint first.
const LIMIT: Duration = Duration::from_secs(60);
/// How often it is looked whether a command has ended that has closed its output.
const LOOK: Duration = Duration::from_millis(5);
/// No token is longer. What a command prints beyond it is not read.
const LONGEST: u64 = 64 * 1024;

/// A command that prints a token: it is run without a shell, and again whenever a token is needed.
pub(crate) struct TokenCommand {
    words: Vec<String>,
    limit: Duration,
}

impl TokenCommand {
    /// A command and its arguments.
    pub(crate) fn new(words: Vec<String>) -> TokenCommand {
        TokenCommand { words, limit: LIMIT }
    }
}

impl TokenProvider for TokenCommand {
    fn token(&self) -> Result<SecretString, String> {
        let Some((program, arguments)) = self.words.split_first() else {
            return Err("there is no command".to_owned());
        };
        let failed = |error: std::io::Error| format!("{program}: {error}");
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(failed)?;
        let printed = self.printed(program, &mut child);
        if printed.is_err() {
            // Where it has ended by itself there is nothing to kill, which is no failure.
            let _ = child.kill();
        }
        let status = child.wait().map_err(failed)?;
        let printed = printed?;
        if !status.success() {
            return Err(format!("{program} failed ({status})"));
        }
        let token = String::from_utf8(printed)
            .map_err(|_| format!("{program} printed something that is no text"))?;
        match token.trim() {
            "" => Err(format!("{program} printed nothing")),
            token => Ok(SecretString::from(token.to_owned())),
        }
    }
}

impl TokenCommand {
    /// What a command has printed by the time it ends.
    fn printed(&self, program: &str, child: &mut Child) -> Result<Vec<u8>, String> {
        let until = Instant::now() + self.limit;
        let too_long = || {
            let seconds = self.limit.as_secs_f64();
            format!("{program} took more than {seconds} s and was stopped")
        };
        let Some(output) = child.stdout.take() else { return Ok(Vec::new()) };
        let (send, receive) = mpsc::channel();
        // On a thread of its own: a read cannot be given up, and what the command has started may
        // hold the other end open for ever.
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let read = output.take(LONGEST + 1).read_to_end(&mut text);
            // Nobody listens any more where it took too long.
            let _ = send.send(read.map(|_| text));
        });
        let text = match receive.recv_timeout(self.limit) {
            Ok(Ok(text)) => text,
            Ok(Err(error)) => return Err(format!("{program}: {error}")),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                return Err(too_long());
            }
        };
        if text.len() as u64 > LONGEST {
            return Err(format!("{program} printed more than any token is long"));
        }
        while child.try_wait().map_err(|error| format!("{program}: {error}"))?.is_none() {
            if Instant::now() >= until {
                return Err(too_long());
            }
            std::thread::sleep(LOOK);
        }
        Ok(text)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    /// What a shell's script prints is taken for a token, or why it is not.
    #[track_caller]
    fn check(script: &str, limit: Duration, expected: Result<&str, &str>) {
        let words = ["sh", "-c", script].map(str::to_owned).to_vec();
        let token = TokenCommand { words, limit }.token();
        let token = token.as_ref().map(|token| token.expose_secret()).map_err(String::as_str);
        assert_eq!(token, expected, "{script}");
    }

    #[test]
    fn a_command_prints_a_token_or_says_why_not() {
        check("echo ' abc '", LIMIT, Ok("abc"));
        check("exit 3", LIMIT, Err("sh failed (exit status: 3)"));
        check("echo", LIMIT, Err("sh printed nothing"));
        check("printf '\\377'", LIMIT, Err("sh printed something that is no text"));
        let endless = "while :; do echo 0123456789012345678901234567890123456789; done";
        check(endless, LIMIT, Err("sh printed more than any token is long"));
        let missing = TokenCommand::new(vec!["airform-has-no-such-program".to_owned()]).token();
        assert!(missing.is_err_and(|why| why.starts_with("airform-has-no-such-program: ")));
    }

    #[test]
    fn a_command_that_does_not_end_is_stopped() {
        let limit = Duration::from_millis(50);
        let why = Err("sh took more than 0.05 s and was stopped");
        check("exec sleep 1000", limit, why);
        check("echo abc; exec >&-; exec sleep 1000", limit, why);
        // One that leaves something behind that holds its output open.
        check("sleep 2 & echo abc", limit, why);
    }
}
