//! Failures on their way out: every error of every crate becomes one here, once.

use manifest::{Diagnostic, Severity, SourceFile};

use crate::exit::Exit;
use crate::streams::Streams;
use crate::views::diagnostics;
use crate::views::style::{ERROR, STRONG, number, paint, plain};

/// How many complaints are drawn. Each takes a walk through its file, and nobody reads on.
const MOST: usize = 1_000;

/// Why a command did not do what it was asked to.
pub(crate) struct Failure {
    exit: Exit,
    message: Option<String>,
    help: Option<String>,
    complaints: Vec<Diagnostic>,
    files: Vec<SourceFile>,
}

impl Failure {
    /// Something is wrong.
    pub(crate) fn error(message: impl Into<String>) -> Failure {
        Failure::new(Exit::Error, message)
    }

    /// The command line makes no sense.
    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure::new(Exit::Usage, message)
    }

    /// Something is wrong that has an exit code of its own.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Failure {
        Failure {
            exit,
            message: Some(message.into()),
            help: None,
            complaints: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Complaints about a manifest.
    pub(crate) fn complaints(
        exit: Exit,
        complaints: Vec<Diagnostic>,
        files: Vec<SourceFile>,
    ) -> Failure {
        Failure { exit, message: None, help: None, complaints, files }
    }

    /// The same with another exit code.
    #[must_use]
    pub(crate) fn ending(mut self, exit: Exit) -> Failure {
        self.exit = exit;
        self
    }

    /// What can be done about it.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Failure {
        self.help = Some(help.into());
        self
    }

    /// Says it, and gives the exit code.
    pub(crate) fn report(self, streams: &mut Streams) -> Exit {
        let Failure { exit, message, help, complaints, files } = self;
        if let Some(message) = message {
            let mut lines = message.lines().map(plain);
            let first = lines.next().unwrap_or_default();
            streams.remark(format!("{} {first}", paint(ERROR, "error:")));
            for line in lines {
                streams.remark(format!("       {line}"));
            }
        }
        let files = manifest::covered(&files);
        for complaint in complaints.iter().take(MOST) {
            streams.remark(diagnostics::render(complaint, &files));
            streams.remark("");
        }
        let errors = complaints.iter().filter(|c| c.severity == Severity::Error).count();
        if errors > 1 {
            let left = match complaints.len().checked_sub(MOST) {
                Some(left) if left > 0 => format!("; {} more are not shown", number(left)),
                _ => String::new(),
            };
            streams.remark(format!("{} {} errors{left}", paint(ERROR, "error:"), number(errors)));
        }
        if let Some(help) = help {
            streams.remark(format!(" {} {}", paint(STRONG, "help:"), plain(&help)));
        }
        exit
    }
}

/// Says warnings that do not stop a run.
pub(crate) fn warn(complaints: &[Diagnostic], files: &[SourceFile], streams: &mut Streams) {
    let files = if complaints.is_empty() { Vec::new() } else { manifest::covered(files) };
    for complaint in complaints {
        streams.remark(diagnostics::render(complaint, &files));
    }
}

impl From<api::Error> for Failure {
    fn from(error: api::Error) -> Failure {
        let failure = Failure::error(error.to_string());
        match error {
            api::Error::Limited { .. } => failure.help("run the same again when that time is over"),
            api::Error::Spent { .. } => failure
                .help("allow more with --max-requests, or give --rate N/h instead, which waits"),
            _ => failure,
        }
    }
}

impl From<state::Error> for Failure {
    fn from(error: state::Error) -> Failure {
        let exit = match error {
            state::Error::Locked { .. }
            | state::Error::Leased { .. }
            | state::Error::Contended { .. } => Exit::Locked,
            _ => Exit::Error,
        };
        Failure::new(exit, error.to_string())
    }
}
