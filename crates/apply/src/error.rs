//! Why a step fails.

use model::live::Id;
use model::secret::SecretSource;
use model::{Address, Kind};

use crate::seen::Moved;

/// Why a step has failed. Never holds the text of a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The call failed.
    #[error(transparent)]
    Call(#[from] api::Error),
    /// The call panicked. Whether it was carried out is not known.
    #[error("the call broke off by a fault in this program")]
    Broken,
    /// The text of a secret is not known; nothing was sent.
    #[error("there is no text for {secret}")]
    SecretMissing {
        /// Where it was to come from.
        secret: SecretSource,
    },
    /// The id of another resource is not known; nothing was sent.
    #[error("nothing is remembered of {address}, whose id is needed here")]
    ReferenceMissing {
        /// That resource.
        address: Address,
    },
    /// What the plan saw is not so any more; nothing was sent.
    #[error("it has moved since the plan was made, and nothing was sent: {0}")]
    Moved(#[from] Moved),
    /// Something was to be made, and the service answered with something that stood before. Nothing
    /// is recorded: to take it for the new one would put it under another resource's name.
    #[error(
        "a new {} was asked for, and the service gave {id}, which {}",
        kind.noun(), stood_before(holder.as_ref())
    )]
    NotNew {
        /// What was to be made.
        kind: Kind,
        /// What was given.
        id: Id,
        /// The resource that it belongs to, where it belongs to one.
        holder: Option<Address>,
    },
    /// The call was carried out, and state could not be told: see [`crate::Report::state_error`].
    #[error("it was done{}, and that could not be recorded", id.as_ref().map(|id| format!(" (id {id})")).unwrap_or_default())]
    Unrecorded {
        /// The object.
        id: Option<Id>,
    },
    /// The plan asks for what cannot be.
    #[error("the plan contradicts itself: {0}")]
    Contradiction(&'static str),
}

impl Error {
    /// What the service says of single fields of the request.
    pub fn fields(&self) -> &[api::FieldError] {
        match self {
            Error::Call(error) => error.fields(),
            _ => &[],
        }
    }

    /// Whether whatever else is sent will fail too.
    pub(crate) fn ends_it_all(&self) -> bool {
        matches!(self, Error::Call(error) if error.ends_it_all())
    }

    /// Whether a call was sent of which nobody knows if it was carried out.
    pub(crate) fn is_unclear(&self) -> bool {
        match self {
            Error::Call(error) => error.is_unclear(),
            Error::Broken => true,
            Error::SecretMissing { .. }
            | Error::ReferenceMissing { .. }
            | Error::Moved(_)
            | Error::NotNew { .. }
            | Error::Unrecorded { .. }
            | Error::Contradiction(_) => false,
        }
    }
}

fn stood_before(holder: Option<&Address>) -> String {
    match holder {
        Some(holder) => format!("belongs to {holder}"),
        None => "stood before".to_owned(),
    }
}
