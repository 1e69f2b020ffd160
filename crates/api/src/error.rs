//! Everything that can go wrong. Closed, and each in one line without secret text.

use std::fmt;
use std::time::Duration;

use model::Kind;
use model::live::Id;

use crate::refusal::FieldError;

/// Why a call came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The settings are wrong; nothing was sent.
    #[error("{0}")]
    Settings(String),
    /// The certificates in [`crate::Settings::authorities`] are none.
    #[error("{0}")]
    Authorities(String),
    /// No token could be had.
    #[error("no token: {0}")]
    Credentials(String),
    /// The credentials belong to another organization than the configured one.
    #[error("the credentials belong to organization {found}, not to {expected}")]
    WrongOrganization {
        /// The configured one, or the one seen first.
        expected: String,
        /// The one that they belong to.
        found: String,
    },
    /// The service answered and refused.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// The service did not answer, or its answer broke off.
    #[error("{request}: no answer: {cause}")]
    Unanswered {
        /// Method and path.
        request: String,
        /// What happened.
        cause: String,
        /// It was a write, and it may have been carried out.
        unclear: bool,
    },
    /// The service lets no request through, for longer than anybody waits. This one was not carried
    /// out; others will not be either.
    #[error(
        "{request}: the service is asked too much (429) and wants to be left alone for {}; more than {} is not waited for",
        said(*asked), said(*waited)
    )]
    Limited {
        /// Method and path.
        request: String,
        /// How long it wants to be left alone.
        asked: Duration,
        /// How long it is waited for at most.
        waited: Duration,
        /// It was a write, and an earlier try may have been carried out.
        unclear: bool,
    },
    /// As many requests as were allowed have been sent: see [`crate::Budget`]. This one was not.
    #[error("{request}: not sent, as all {allowed} requests that are allowed have been")]
    Spent {
        /// Method and path.
        request: String,
        /// How many were allowed.
        allowed: u64,
        /// It was a write, and an earlier try may have been carried out.
        unclear: bool,
    },
    /// It would have had to wait, and the client was told not to: see [`crate::Client::stop_waiting`].
    #[error("{request}: not sent, as the run is to end")]
    Stopped {
        /// Method and path.
        request: String,
        /// It was a write, and an earlier try may have been carried out.
        unclear: bool,
    },
    /// The service answered something that means nothing here.
    #[error("{request}: the answer cannot be read: {cause}")]
    Unreadable {
        /// Method and path.
        request: String,
        /// What is wrong with it.
        cause: String,
        /// It was a write, and it may have been carried out.
        unclear: bool,
    },
    /// The answer to a create was lost, and several objects now stand where none stood before: one
    /// of them is ours, and nothing tells which.
    #[error(
        "the answer to a create was lost, and there are several {} now that it may have made: {}",
        kind.counted(2), list(ids)
    )]
    Several {
        /// Their kind.
        kind: Kind,
        /// Their name; empty where they have none that was asked for.
        name: String,
        /// Their ids.
        ids: Vec<Id>,
    },
    /// A token was minted, and it is not for the workspace that was asked for: somebody renamed that
    /// one in between (dossier 7.1).
    #[error(
        "the token is for another workspace than {asked}: {}",
        .minted.as_ref().map_or("it does not say which", |id| id.0.as_str())
    )]
    OtherWorkspace {
        /// The one that was asked for.
        asked: Id,
        /// The one that the token is for, where it says so. It may have been made by this.
        minted: Option<Id>,
    },
    /// The client was told not to write, and this would.
    #[error("{request} would write, and this command only reads")]
    ReadOnly {
        /// Method and path.
        request: String,
    },
    /// The configuration of a connector was checked before it was sent, and does not work.
    #[error("the check says {status}{}{message}", if message.is_empty() { "" } else { ": " })]
    CheckFailed {
        /// How the check ended, in the service's word: `failed`.
        status: String,
        /// What it says to people; empty where it says nothing.
        message: String,
    },
    /// A 404, and elsewhere the service shows what it says is not there. Whatever came in between, the
    /// object stands, and taking it for gone would make a second one or forget the first.
    #[error("{request}: 404, and yet the service shows {id}: try again")]
    Contradicted {
        /// Method and path.
        request: String,
        /// What is said to be gone.
        id: Id,
    },
    /// The workspace that something is to be made in was deleted.
    #[error("the workspace {id} is deleted")]
    WorkspaceGone {
        /// Its id.
        id: Id,
    },
    /// Something is made in a workspace by the workspace's name, and several have it: it could come
    /// to be in another customer's.
    #[error(
        "there are several workspaces called {name:?} ({}), and a name is all that the service takes",
        list(ids)
    )]
    WorkspaceAmbiguous {
        /// The name.
        name: String,
        /// Their ids.
        ids: Vec<Id>,
    },
    /// No call of the service does that. Whoever asked did not know the service.
    #[error("no call of the service can {0}")]
    Unsupported(String),
    /// The text cannot stand in a path of the service.
    #[error("the service has no path to something called {text:?}")]
    Unaddressable {
        /// The text.
        text: String,
    },
}

impl Error {
    /// What the service says of single fields of the request.
    pub fn fields(&self) -> &[FieldError] {
        self.refusal().map_or(&[], |refusal| &refusal.fields)
    }

    /// Whether this was a write of which nobody knows if it was carried out.
    pub fn is_unclear(&self) -> bool {
        match self {
            Error::Refused(refusal) => refusal.unclear,
            Error::Unanswered { unclear, .. }
            | Error::Unreadable { unclear, .. }
            | Error::Limited { unclear, .. }
            | Error::Spent { unclear, .. }
            | Error::Stopped { unclear, .. } => *unclear,
            Error::Several { .. } => true,
            Error::Settings(_)
            | Error::Authorities(_)
            | Error::Credentials(_)
            | Error::WrongOrganization { .. }
            | Error::OtherWorkspace { .. }
            | Error::ReadOnly { .. }
            | Error::CheckFailed { .. }
            | Error::Contradicted { .. }
            | Error::WorkspaceGone { .. }
            | Error::WorkspaceAmbiguous { .. }
            | Error::Unsupported(_)
            | Error::Unaddressable { .. } => false,
        }
    }

    /// Whether every other request will fail in the same way, so that whoever has more to do need
    /// not begin: no request may go any more, or the credentials are good for nothing.
    pub fn ends_it_all(&self) -> bool {
        match self {
            Error::Limited { .. }
            | Error::Spent { .. }
            | Error::Stopped { .. }
            | Error::Credentials(_)
            | Error::WrongOrganization { .. } => true,
            Error::Refused(refusal) => refusal.status == 401,
            Error::Settings(_)
            | Error::Authorities(_)
            | Error::Unanswered { .. }
            | Error::Unreadable { .. }
            | Error::Several { .. }
            | Error::OtherWorkspace { .. }
            | Error::ReadOnly { .. }
            | Error::CheckFailed { .. }
            | Error::Contradicted { .. }
            | Error::WorkspaceGone { .. }
            | Error::WorkspaceAmbiguous { .. }
            | Error::Unsupported(_)
            | Error::Unaddressable { .. } => false,
        }
    }

    /// The same error, unclear if it is by itself or `other` is.
    pub(crate) fn or_unclear(mut self, other: bool) -> Error {
        match &mut self {
            Error::Refused(refusal) => refusal.unclear |= other,
            Error::Unanswered { unclear, .. }
            | Error::Unreadable { unclear, .. }
            | Error::Limited { unclear, .. }
            | Error::Spent { unclear, .. }
            | Error::Stopped { unclear, .. } => {
                *unclear |= other;
            }
            Error::Settings(_)
            | Error::Authorities(_)
            | Error::Credentials(_)
            | Error::WrongOrganization { .. }
            | Error::Several { .. }
            | Error::OtherWorkspace { .. }
            | Error::ReadOnly { .. }
            | Error::CheckFailed { .. }
            | Error::Contradicted { .. }
            | Error::WorkspaceGone { .. }
            | Error::WorkspaceAmbiguous { .. }
            | Error::Unsupported(_)
            | Error::Unaddressable { .. } => {}
        }
        self
    }

    /// The status that the service refused with.
    pub fn status(&self) -> Option<u16> {
        self.refusal().map(|refusal| refusal.status)
    }

    /// Whether the service says that what is to be made is there already. Its status for that is
    /// not known for sure, so the words count (dossier 1.1).
    pub(crate) fn says_already(&self) -> bool {
        self.refusal().is_some_and(|refusal| match refusal.status {
            409 => true,
            400 | 422 => refusal.message.to_lowercase().contains("already"),
            _ => false,
        })
    }

    /// Whether the service says that it has no such route.
    pub(crate) fn says_no_route(&self) -> bool {
        self.refusal().is_some_and(|refusal| refusal.by_router)
    }

    fn refusal(&self) -> Option<&Refusal> {
        match self {
            Error::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

/// A refusal by the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Method and path.
    pub request: String,
    /// The status.
    pub status: u16,
    /// What the service says; empty where it says nothing.
    pub message: String,
    /// What it says of single fields.
    pub fields: Vec<FieldError>,
    /// What it calls the request, where it does.
    pub request_id: Option<String>,
    /// What it may mean.
    pub hint: Option<&'static str>,
    /// It was a write, and it may have been carried out in spite of the status.
    pub unclear: bool,
    /// It is the router's: there is no such route.
    pub(crate) by_router: bool,
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.request, self.status)?;
        let reason = reqwest::StatusCode::from_u16(self.status).ok();
        if let Some(reason) = reason.and_then(|status| status.canonical_reason()) {
            write!(f, " {reason}")?;
        }
        // The message repeats the first field's, with the validator's own prefix (dossier 1.2).
        let said = self.message.strip_prefix("Value error, ").unwrap_or(&self.message);
        if !self.message.is_empty() {
            write!(f, ": {said}")?;
        }
        for FieldError { path: _, field, message, code: _ } in &self.fields {
            match field {
                Some(field) if *message == said => write!(f, " (at {field})")?,
                Some(field) => write!(f, "; {field}: {message}")?,
                None if *message == said => {}
                None => write!(f, "; {message}")?,
            }
        }
        if let Some(hint) = self.hint {
            write!(f, " ({hint})")?;
        }
        // Only what the service has to look into; for the rest its message is enough.
        if let Some(id) = self.request_id.as_ref().filter(|_| self.status >= 500) {
            write!(f, " (request {id})")?;
        }
        Ok(())
    }
}

/// A time as people say it, rounded up to what they would wait for: `1 h 5 min`, `40 s`.
pub fn said(time: Duration) -> String {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) if seconds.is_multiple_of(60) => format!("{minutes} min"),
        (0, _) => format!("{minutes} min {} s", seconds % 60),
        (_, 0) => format!("{hours} h"),
        (_, _) => format!("{hours} h {minutes} min"),
    }
}

fn list(ids: &[Id]) -> String {
    ids.iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(", ")
}
