//! One call with nothing left open, and what came of it.

use std::collections::BTreeMap;

use model::live::Id;
use model::secret::is_named_like_one;
use model::value::Number;
use model::{Kind, SmallMap, Value};
use secrecy::SecretString;

/// One write call with nothing left open: every id and every secret is filled in.
#[derive(Debug, Clone)]
pub struct ReadyStep {
    /// The kind of the object.
    pub kind: Kind,
    /// What to do.
    pub call: ReadyCall,
}

/// What to do. Attributes have the manifest's names.
#[derive(Debug, Clone)]
pub enum ReadyCall {
    /// Make an object. Whoever asks knows that none of ours stands under its natural name: this is
    /// what makes it safe to take one that stands there after an answer was lost (dossier 11).
    Create {
        /// The value of its natural key; none where it cannot have one (a connection template
        /// hosted by Airbyte).
        name: Option<String>,
        /// What it is made of: definitions as UUIDs, a clone's origin as its id.
        attributes: BTreeMap<String, Filled>,
    },
    /// Change an object in place.
    Update {
        /// Which.
        id: Id,
        /// What it is called now: tags are addressed so (dossier 3.2).
        name: String,
        /// What to change; whole attributes only. [`Filled::Null`] is sent as it is.
        attributes: BTreeMap<String, Filled>,
    },
    /// Delete an object. One that is gone already counts as deleted.
    Delete {
        /// Which.
        id: Id,
        /// What it is called now.
        name: String,
    },
    /// Put a tag on a template. One that has it already counts as tagged.
    Attach {
        /// The template.
        id: Id,
        /// The tag's name.
        tag: String,
    },
    /// Take a tag off a template. One that does not have it counts as done.
    Detach {
        /// The template.
        id: Id,
        /// The tag's name.
        tag: String,
    },
}

/// A value with every secret filled in. It can be sent and nothing else: it is not serializable,
/// and its `Debug` shows no secret.
#[derive(Debug, Clone)]
pub enum Filled {
    /// Nothing, said aloud.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text in clear.
    Text(String),
    /// Secret text.
    Secret(SecretString),
    /// Values in order.
    List(Vec<Filled>),
    /// Values by name.
    Map(BTreeMap<String, Filled>),
}

impl Filled {
    /// The text, where the value is text in clear.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Filled::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Adds every secret in the value, which stands under `key`, to `secrets`. A number cannot be
    /// looked up (it would become text), so one that is called like a secret counts as one; one that is
    /// too short to be any hides nothing but other numbers.
    pub(crate) fn collect_secrets(&self, key: &str, secrets: &mut Vec<SecretString>) {
        match self {
            Filled::Secret(secret) => secrets.push(secret.clone()),
            Filled::Number(number) if is_named_like_one(key) => {
                let text = number.to_string();
                secrets.extend((text.len() >= SHORTEST_NUMBER).then(|| text.into()));
            }
            Filled::List(items) => {
                items.iter().for_each(|item| item.collect_secrets(key, secrets));
            }
            Filled::Map(members) => {
                members.iter().for_each(|(key, member)| member.collect_secrets(key, secrets));
            }
            Filled::Null | Filled::Bool(_) | Filled::Number(_) | Filled::Text(_) => {}
        }
    }
}

/// The shortest number that is taken for a secret, in characters.
const SHORTEST_NUMBER: usize = 3;

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The object's id.
    pub id: Id,
    /// What the service showed of the object in its answer, under the manifest's names. None where
    /// its answer tells nothing: a workspace made, a tag put on or taken off, anything deleted.
    pub attributes: Option<SmallMap<String, Value>>,
    /// When the object was last written to, as the answer says it. Only of source templates, which
    /// whoever trusts it need not read again ([`Client::trusting`](crate::Client::trusting)).
    pub updated_at: Option<String>,
}
