//! From a step of the plan to one that can be sent: ids and secrets are filled in.

use std::collections::BTreeMap;

use api::{Filled, ReadyCall, ReadyStep};
use model::live::Id;
use model::plan::{Call, Memory, Step, Target};
use model::secret::SecretRef;
use model::state::State;
use model::{Address, SmallMap, Value};

use crate::Secrets;
use crate::error::Error;

/// What the gaps of a step are filled from.
pub(crate) struct Sources<'a> {
    pub(crate) state: &'a State,
    pub(crate) secrets: &'a dyn Secrets,
}

/// `step` with nothing left open; `None` if it sends nothing. Whatever is amiss with the step is
/// found here, before its call is sent.
pub(crate) fn ready(step: &Step, sources: &Sources<'_>) -> Result<Option<ReadyStep>, Error> {
    let Step { address, call, after: _, memory } = step;
    let updated = matches!(memory, Memory::Updated { .. } | Memory::DeposedGone { .. });
    if updated && !sources.state.records.contains_key(address) {
        return Err(Error::ReferenceMissing { address: address.clone() });
    }
    let creates = matches!(call, Call::Create { .. });
    if matches!(memory, Memory::Created { .. }) != creates {
        return Err(Error::Contradiction("what it makes is not what it remembers"));
    }
    let call = match call {
        Call::Nothing => return Ok(None),
        Call::Create { attributes } => ReadyCall::Create {
            name: natural_name(step).map(str::to_owned),
            attributes: sources.fill_all(attributes)?,
        },
        Call::Update { target, name, attributes } => ReadyCall::Update {
            id: sources.target(target, address)?,
            name: name.clone(),
            attributes: sources.fill_all(attributes)?,
        },
        Call::Delete { id, name } => ReadyCall::Delete { id: id.clone(), name: name.clone() },
        Call::Attach { target, tag } => {
            ReadyCall::Attach { id: sources.target(target, address)?, tag: tag.clone() }
        }
        Call::Detach { target, tag } => {
            ReadyCall::Detach { id: sources.target(target, address)?, tag: tag.clone() }
        }
    };
    Ok(Some(ReadyStep { kind: address.kind(), call }))
}

/// The name under which `step` makes an object, where it does and the object has one.
pub(crate) fn natural_name(step: &Step) -> Option<&str> {
    match &step.call {
        Call::Create { attributes } => {
            attributes.get(step.address.kind().schema().natural_key)?.as_text()
        }
        _ => None,
    }
}

impl Sources<'_> {
    fn target(&self, target: &Target, own: &Address) -> Result<Id, Error> {
        match target {
            Target::Id(id) => Ok(id.clone()),
            Target::Own => self.id(own),
        }
    }

    /// The id of the object of `address`, as it is by now. Ids of what is somebody else's stand in
    /// the plan.
    fn id(&self, address: &Address) -> Result<Id, Error> {
        let record = self.state.records.get(address);
        record
            .map(|record| record.id.clone())
            .ok_or_else(|| Error::ReferenceMissing { address: address.clone() })
    }

    fn fill_all(
        &self,
        attributes: &SmallMap<String, Value>,
    ) -> Result<BTreeMap<String, Filled>, Error> {
        attributes.iter().map(|(name, value)| Ok((name.clone(), self.fill(value)?))).collect()
    }

    fn fill(&self, value: &Value) -> Result<Filled, Error> {
        Ok(match value {
            Value::Null => Filled::Null,
            Value::Bool(flag) => Filled::Bool(*flag),
            Value::Number(number) => Filled::Number(number.clone()),
            Value::Text(text) => Filled::Text(text.clone()),
            Value::Secret(secret) => self.reveal(secret)?,
            Value::Reference(address) => Filled::Text(self.id(address)?.0),
            Value::List(items) => {
                Filled::List(items.iter().map(|item| self.fill(item)).collect::<Result<_, _>>()?)
            }
            Value::Map(members) => Filled::Map(self.fill_all(members)?),
        })
    }

    fn reveal(&self, secret: &SecretRef) -> Result<Filled, Error> {
        let mut texts = BTreeMap::new();
        for source in secret.sources() {
            let text = self.secrets.text(source);
            let text = text.ok_or_else(|| Error::SecretMissing { secret: source.clone() })?;
            texts.insert(source, text);
        }
        let text = secret.reveal(|source| texts.get(source));
        text.map(Filled::Secret).ok_or(Error::Contradiction("a secret has parts without a source"))
    }
}
